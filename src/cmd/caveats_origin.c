// SPDX-License-Identifier: MIT
// Of where it all comes from, and of captures.
#include "cmd/caveats_words.h"

#include "base/calendar.h"
#include "base/text.h"

#include <inttypes.h>

void caveat_simulated(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE, "note: %" PRIu64 " of %" PRIu64 " captures are simulated",
	            c->numbers[0], c->numbers[1]);
}

void caveat_hashed(const struct caveat *c, char line[LINE_SIZE])
{
	(void)c;
	text_copy(line, LINE_SIZE,
	          "note: sources are hashes cut to 32 bits, not addresses; of n sources about "
	          "n^2 / 8.6e9 coincide");
}

void caveat_damaged(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "%" PRIu64 " of %" PRIu64
	            " captures are damaged: what they lost is not counted; `hotaru ledger` names "
	            "them",
	            c->numbers[0], c->numbers[1]);
}

void caveat_far_days(const struct caveat *c, char line[LINE_SIZE])
{
	char first[CALENDAR_DAY_SIZE], last[CALENDAR_DAY_SIZE];
	const bool is_one = c->days[0] == c->days[1];
	day_format(c->days[0], first);
	day_format(c->days[1], last);
	text_format(line, LINE_SIZE,
	            "note: %" PRIu64 " frame%s of %" PRIu64
	            " capture%s on days far from all others, %s%s%s: not shown unless --from or "
	            "--to asks for them (`hotaru ledger --reasons`)",
	            c->numbers[0], plural(c->numbers[0]), c->numbers[1], plural(c->numbers[1]),
	            first, is_one ? "" : " to ", is_one ? "" : last);
}

void caveat_captures_go_on(const struct caveat *c, char line[LINE_SIZE])
{
	const bool is_one = c->numbers[0] == 1;
	char of_frames[64] = "";
	if (c->numbers[2] == 0)
		text_format(of_frames, sizeof of_frames, ", %" PRIu64 " frame%s of %s",
		            c->numbers[1], plural(c->numbers[1]), is_one ? "it" : "them");
	text_format(line, LINE_SIZE,
	            "note: %" PRIu64 " capture%s after --to%s: the ledger is of whole captures",
	            c->numbers[0], is_one ? " goes on" : "s go on", of_frames);
}

void caveat_lost_days(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(
		line, LINE_SIZE,
		"%" PRIu64 " of %" PRIu64
		" days %s lost to damage: what was seen on them is unknown, and what is counted "
		"over several days is of the others; --strict refuses instead",
		c->numbers[0], c->numbers[1], c->numbers[0] == 1 ? "is" : "are");
}

void caveat_lost_day(const struct caveat *c, char line[LINE_SIZE])
{
	char date[CALENDAR_DAY_SIZE];
	day_format(c->days[0], date);
	text_format(line, LINE_SIZE, "%s is lost: %.400s", date, c->texts[0]);
}

// ---- captures

// As long as a line of the capture's own can be.
void caveat_capture_damaged(const struct caveat *c, char line[LINE_SIZE])
{
	enum { DAMAGE_SIZE = 1024 };
	text_format(line, DAMAGE_SIZE, "'%s' is %s", c->texts[0], c->texts[1]);
}

void caveat_packets_lost(const struct caveat *c, char line[LINE_SIZE])
{
	const uint64_t silent = c->numbers[3] - c->numbers[2];
	char rest[64] = "";
	if (silent > 0)
		text_format(rest, sizeof rest, "; %" PRIu64 " of them do%s not say", silent,
		            silent == 1 ? "es" : "");
	text_format(line, LINE_SIZE,
	            "note: %" PRIu64 " packets did not get into %" PRIu64 " of %" PRIu64
	            " captures, as these say%s (`hotaru ledger --drops`)",
	            c->numbers[0], c->numbers[1], c->numbers[3], rest);
}

void caveat_no_drops(const struct caveat *c, char line[LINE_SIZE])
{
	(void)c;
	text_copy(line, LINE_SIZE, "note: no capture says how many packets did not get into it");
}

void caveat_logged(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "note: of %" PRIu64 " days %" PRIu64 " partly logged by honeypots, %" PRIu64
	            " not at all: nobody recovered there (--coverage shows which)",
	            c->numbers[0], c->numbers[1], c->numbers[2]);
}
