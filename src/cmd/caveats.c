// SPDX-License-Identifier: MIT
// One function a kind, which writes the line. To add a kind: its words here.
#include "cmd/caveats.h"

#include "base/calendar.h"
#include "base/text.h"
#include "cmd/cmd.h"

#include <inttypes.h>

enum { LINE_SIZE = 640 };

typedef void caveat_words(const struct caveat *, char line[LINE_SIZE]);

// ---- days

static void no_days(const struct caveat *c, char line[LINE_SIZE])
{
	(void)c;
	text_copy(line, LINE_SIZE, "note: there is no packet to count, so there is no day");
}

static void no_rows_of_days(const struct caveat *c, char line[LINE_SIZE])
{
	char first[CALENDAR_DAY_SIZE], last[CALENDAR_DAY_SIZE];
	day_format(c->days[0], first);
	day_format(c->days[1], last);
	text_format(line, LINE_SIZE, "note: the days are %s to %s; none is from --from to --to",
	            first, last);
}

static void no_packets(const struct caveat *c, char line[LINE_SIZE])
{
	(void)c;
	text_copy(line, LINE_SIZE, "note: there is no packet on these days");
}

static void no_source_days(const struct caveat *c, char line[LINE_SIZE])
{
	(void)c;
	text_copy(line, LINE_SIZE, "note: no source-day is like that");
}

static void coverage(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "note: of %" PRIu64 " days %" PRIu64 " partly covered by captures, %" PRIu64
	            " without any: a recovery there may be a hole (--coverage shows which)",
	            c->numbers[0], c->numbers[1], c->numbers[2]);
}

static void unknown_families(const struct caveat *c, char line[LINE_SIZE])
{
	if (c->numbers[2] == 0)
		text_format(line, LINE_SIZE,
		            "note: on %" PRIu64
		            " days packets came as flows, which do not tell families: they are "
		            "unknown there (all SYNs: --family '*')",
		            c->numbers[0]);
	else
		text_format(line, LINE_SIZE,
		            "note: on %" PRIu64 " of %" PRIu64
		            " days packets came as flows, which do not tell families: they are "
		            "unknown there (all SYNs: --family '*'), and no silence in between",
		            c->numbers[0], c->numbers[1]);
}

// ---- floods

static void floods_left_out(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "note: left out %" PRIu64 " source-days as flood suspects on %" PRIu64 " days",
	            c->numbers[0], c->numbers[1]);
}

static void floods_unseen(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "note: on %" PRIu64 " days more than %" PRIu64 " ports had %" PRIu64
	            " sources of one packet: only the busiest were looked at for floods",
	            c->numbers[0], c->numbers[1], c->numbers[2]);
}

// ---- all

enum loudness { UNLESS_QUIET, ALWAYS, WARNING };
static const struct {
	caveat_words *words;
	enum loudness loudness;
} kinds[CAVEAT_KINDS] = {
	[CAVEAT_NO_DAYS] = { no_days, ALWAYS },
	[CAVEAT_NO_ROWS_OF_DAYS] = { no_rows_of_days, ALWAYS },
	[CAVEAT_NO_PACKETS] = { no_packets, ALWAYS },
	[CAVEAT_NO_SOURCE_DAYS] = { no_source_days, ALWAYS },
	[CAVEAT_COVERAGE] = { coverage, UNLESS_QUIET },
	[CAVEAT_UNKNOWN_FAMILIES] = { unknown_families, UNLESS_QUIET },
	[CAVEAT_FLOODS_LEFT_OUT] = { floods_left_out, UNLESS_QUIET },
	[CAVEAT_FLOODS_UNSEEN] = { floods_unseen, UNLESS_QUIET },
};

void caveats_say(const struct caveats *caveats, bool is_quiet)
{
	char line[LINE_SIZE];
	for (size_t i = 0; i < caveats->count; i++) {
		const struct caveat *c = &caveats->list[i];
		const enum loudness loudness = kinds[c->kind].loudness;
		if (kinds[c->kind].words == NULL || (is_quiet && loudness == UNLESS_QUIET))
			continue;
		kinds[c->kind].words(c, line);
		(loudness == WARNING ? command_warn : command_say)(line);
	}
}
