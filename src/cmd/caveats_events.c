// SPDX-License-Identifier: MIT
// Of scan events.
#include "cmd/caveats_words.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

// In the order of what the caveat's second number says.
static const char *const bases[] = {
	"as was asked",
	"that of the telescope's size",
	"the shortest there is: the telescope's size would allow less",
	"the longest there is: the telescope's size asks for more",
	"the published one, since nobody said how large the telescope is (--telescope)",
};

void caveat_events(const struct caveat *c, char line[LINE_SIZE])
{
	const uint64_t *n = c->numbers;
	const double rate = (double)n[3] / 1000;
	text_format(line, LINE_SIZE, "note: events end after %" PRIu64 " s of silence, %s", n[0],
	            bases[n[1]]);
	if (n[2] > 0)
		text_format(line + strlen(line), LINE_SIZE - strlen(line),
		            "; with %" PRIu64
		            " addresses any silence of a scan of %g packets a second is longer "
		            "with a chance of %g %%, of one of %g with %g %%: slower ones come in "
		            "pieces",
		            n[2], rate, (double)n[4] / 1e4, rate / 10, (double)n[5] / 1e4);
}

void caveat_no_events(const struct caveat *c, char line[LINE_SIZE])
{
	(void)c;
	text_copy(line, LINE_SIZE, "note: no scan event of these days is like that");
}

static void limit(uint64_t number, const char *unit, char *out, size_t size)
{
	if (number == UINT64_MAX)
		text_format(out, size, "nobody");
	else
		text_format(out, size, "%" PRIu64 " %s and more", number, unit);
}

void caveat_big_scanners(const struct caveat *c, char line[LINE_SIZE])
{
	char packets[64], ports[64];
	const uint64_t *n = c->numbers;
	limit(n[2], "packets", packets, sizeof packets);
	limit(n[3], "ports", ports, sizeof ports);
	text_format(line, LINE_SIZE,
	            "note: volume: %s (of %" PRIu64 " events); ports: %s (of %" PRIu64
	            " sources on days)%s",
	            packets, n[0], ports, n[1],
	            n[4] == 0 ? "" : "; dispersion: not known, as the telescope's size is not");
}

void caveat_source_groups(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "note: %" PRIu64 " of %" PRIu64 " sources with such events are in %" PRIu64
	            " group%s",
	            c->numbers[1], c->numbers[0], c->numbers[2], plural(c->numbers[2]));
}
