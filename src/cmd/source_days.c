// SPDX-License-Identifier: MIT
#include "cmd/source_days.h"

#include "base/text.h"

#define ANY_PORT (UINT64_C(1) + UINT16_MAX)

// In the order of enum packet_protocol.
static const char *const protocol_names[] = { "tcp", "udp", NULL };

static const struct option packets_options[] = {
	{ "port", 'p', OPTION_NUMBER, offsetof(struct source_days_command, port), "PORT",
	  "only source-days that sent something to this port", 0, UINT16_MAX, NULL },
	{ "protocol", 0, OPTION_CHOICE, offsetof(struct source_days_command, protocol), "tcp|udp",
	  "look at SYNs (default) or at UDP datagrams", 0, 0, protocol_names },
};
const struct option_table packets_table = { packets_options, 2 };

struct source_days_command source_days_defaults(void)
{
	return (struct source_days_command){ .analysis = analysis_defaults(), .port = ANY_PORT };
}

static bool find_families(struct source_days_command *c, const struct description *d,
                          const char *by_default, struct error *error)
{
	const bool is_udp = c->protocol == PROTOCOL_UDP_DATAGRAM;
	const char *wanted = c->analysis.families != NULL ? c->analysis.families
	                     : is_udp                     ? "*"
	                                                  : by_default;
	if (!family_names_parse(d, wanted, &c->families, error))
		return false;
	if (is_udp && !(c->families.count == 1 && text_equal(c->families.list[0], "*")))
		return error_set(error, ERROR_USAGE,
		                 "families are told by SYNs: --protocol udp has none");
	if (wanted == NULL)
		c->families.list[c->families.count++] = "*";
	family_names_sort(&c->families);
	return true;
}

bool source_days_question(struct source_days_command *c, const struct description *d,
                          const char *by_default, struct question *out, struct error *error)
{
	if (!find_families(c, d, by_default, error))
		return false;
	c->chosen_port = (uint16_t)c->port;
	*out = (struct question){ .days = days_range(&c->analysis.days),
		                  .families = c->families.list,
		                  .family_count = c->families.count,
		                  .protocol = (enum packet_protocol)c->protocol,
		                  .ports = &c->chosen_port,
		                  .port_count = c->port < ANY_PORT,
		                  .without_floods = c->analysis.without_floods };
	return true;
}
