// SPDX-License-Identifier: MIT
#include "simulate/country.h"

#include "base/text.h"

enum { NETWORK_BITS = 13 };

uint16_t country_of(const struct scenario *scenario, uint32_t address)
{
	if (scenario->countries.count == 0)
		return 0;
	struct random random = random_from(address >> (32 - NETWORK_BITS));
	return choice_pick(&scenario->countries, &random);
}

void country_format(uint16_t country, char out[COUNTRY_TEXT_SIZE])
{
	const char letters[3] = { (char)(country >> 8), (char)country, '\0' };
	text_copy(out, COUNTRY_TEXT_SIZE, country == 0 ? "unknown" : letters);
}

void country_write(const struct scenario *scenario, struct buffer *out)
{
	const uint32_t step = UINT32_C(1) << (32 - NETWORK_BITS);
	char first[TEXT_IPV4_SIZE], last[TEXT_IPV4_SIZE], country[COUNTRY_TEXT_SIZE];
	buffer_text(out, "first,last,country\n");
	for (uint32_t network = 0; network < UINT32_C(1) << NETWORK_BITS; network++) {
		text_from_ipv4(network * step, first);
		text_from_ipv4(network * step + (step - 1), last);
		country_format(country_of(scenario, network * step), country);
		buffer_format(out, "%s,%s,%s\n", first, last, country);
	}
}
