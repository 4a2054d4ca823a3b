// SPDX-License-Identifier: MIT
// One function a kind, which writes the line. To add a kind: its words here, or beside (caveats_words.h).
#include "cmd/caveats.h"

#include "analyse/survey/gap.h"
#include "base/calendar.h"
#include "base/text.h"
#include "cmd/caveats_words.h"
#include "cmd/cmd.h"

#include <inttypes.h>
#include <string.h>

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

static void tools(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "note: no families, but matched: %.900s; --family has them by day",
	            c->texts[0]);
}

static void gap_of_silences(const struct caveat *c, char line[LINE_SIZE])
{
	char why[160];
	if (c->numbers[4] != 0)
		text_format(why, sizeof why,
		            "of %" PRIu64
		            " silences that ended within %d days 99 %% had after %" PRIu64,
		            c->numbers[3], GAP_MOST_DAYS, c->numbers[4]);
	else
		text_format(why, sizeof why, "%" PRIu64 " silences that ended are too few to go by",
		            c->numbers[3]);
	text_format(line, LINE_SIZE,
	            "note: --gap auto is %" PRIu64 " days%s: %s. %" PRIu64
	            " addresses see a device of one packet a second within %" PRIu64
	            " days with 99 %%: who is silent for longer than the gap counts as recovered, "
	            "and as returned when seen again",
	            c->numbers[0], c->numbers[0] == GAP_MOST_DAYS ? ", the most that it waits" : "",
	            why, c->numbers[2], c->numbers[1]);
}

static void not_final(const struct caveat *c, char line[LINE_SIZE])
{
	const uint64_t gap = c->numbers[0];
	char first[CALENDAR_DAY_SIZE];
	day_format(c->days[0], first);
	if (c->numbers[2] != 0 && gap == GAP_NONE)
		text_copy(
			line, LINE_SIZE,
			"note: spells not seen on the last day count as ended; who comes back had not "
			"recovered (--gap auto waits)");
	else if (c->numbers[2] != 0)
		text_format(
			line, LINE_SIZE,
			"note: spells seen on %s or later are open, and may go on (--gap %" PRIu64
			")",
			first, gap);
	else if (gap == GAP_NONE)
		text_format(
			line, LINE_SIZE,
			"note: recovered and active of %s and later are not final: who comes back "
			"had not recovered (with --gap auto days become final)",
			first);
	else
		text_format(line, LINE_SIZE,
		            "note: recovered and active of %s and later are not final: nobody "
		            "recovers in the first %" PRIu64 " days of silence (--gap)",
		            first, gap);
}

// "rose by 6.1 % (at most 11.8 %)"
static void moved_by(const uint64_t numbers[2], const char *verb, char out[64])
{
	text_format(out, 64, "%s by %.1f %% (at most %.1f %%)", verb, (double)numbers[0] / 1e4,
	            (double)numbers[1] / 1e4);
}

static void moved(const struct caveat *c, char line[LINE_SIZE])
{
	const bool no_gap = c->numbers[4] == GAP_NONE;
	char active[64], recovered[64] = "";
	moved_by(c->numbers, no_gap ? "rose" : "fell", active);
	if (no_gap && c->numbers[2] != UINT64_MAX)
		moved_by(c->numbers + 2, ", recovered fell", recovered);
	text_format(line, LINE_SIZE,
	            "note: as later days came, active of a last day %s%s: median of four weeks, "
	            "of %.32s (survey --revisions)",
	            active, recovered, c->texts[0]);
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

// ---- notices

static void own_sources(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "note: left out %" PRIu64 " sources that are addresses of the telescope",
	            c->numbers[0]);
}

static void special_sources(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "note: left out %" PRIu64
	            " sources that no host of the Internet can have: private, reserved, multicast",
	            c->numbers[0]);
}

static void no_telescope(const struct caveat *c, char line[LINE_SIZE])
{
	(void)c;
	text_copy(line, LINE_SIZE,
	          "note: the store was not told its telescope: sources that are addresses of it "
	          "cannot be left out");
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

// ---- ports

// An empty table is no answer: why it is empty is.
static void ports_no_days(const struct caveat *c, char line[LINE_SIZE])
{
	(void)c;
	text_copy(line, LINE_SIZE, "note: no day from --from to --to has a packet");
}

static void ports_none_new(const struct caveat *c, char line[LINE_SIZE])
{
	const uint64_t *n = c->numbers;
	if (n[0] == 0)
		text_format(line, LINE_SIZE,
		            "note: no port is new on these days: none that was asked for has at "
		            "least %" PRIu64 " sources and more than %" PRIu64
		            " times as many as on any of the %" PRIu64 " days before",
		            n[2], n[3], n[4]);
	else
		text_format(line, LINE_SIZE,
		            "note: no port is known to be new: on %" PRIu64 " of %" PRIu64
		            " days some have the %" PRIu64 " sources that it takes, but fewer than "
		            "%" PRIu64 " of the %" PRIu64 " days before have data to compare with",
		            n[0], n[1], n[2], n[5], n[4]);
}

static void ports_none(const struct caveat *c, char line[LINE_SIZE])
{
	(void)c;
	text_copy(line, LINE_SIZE, "note: none of these packets is on these days");
}

static void ports_unknown_families(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "note: on %" PRIu64 " of %" PRIu64
	            " days packets came as flows, which do not tell families: they are unknown "
	            "there",
	            c->numbers[0], c->numbers[1]);
}

// ---- places and prefixes

static void sources_no_days(const struct caveat *c, char line[LINE_SIZE])
{
	(void)c;
	text_copy(line, LINE_SIZE, "note: on these days there is no packet to count");
}

static void sources_not_counted(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "note: on %" PRIu64 " of %" PRIu64
	            " days packets came as flows, which do not tell families: what they were is "
	            "not counted (all SYNs: --family '*')",
	            c->numbers[0], c->numbers[1]);
}

// How concentrated they are, in the words of the published observations.
static void concentration(const struct caveat *c, char line[LINE_SIZE])
{
	const uint64_t fifth = c->numbers[1], half = c->numbers[2];
	text_format(line, LINE_SIZE,
	            "%" PRIu64 " /%" PRIu64 "%s a fifth, %" PRIu64 " %s half of %" PRIu64
	            " sources in %" PRIu64 " prefixes",
	            fifth, c->numbers[0], fifth == 1 ? " holds" : "s hold", half,
	            half == 1 ? "holds" : "hold", c->numbers[3], c->numbers[4]);
}

static void fullest(const struct caveat *c, char line[LINE_SIZE])
{
	text_copy(line, LINE_SIZE, "the fullest:");
	for (size_t i = 0; i < CAVEAT_NUMBERS && c->numbers[i + 1] > 0; i += 2) {
		const size_t length = strlen(line);
		char address[TEXT_IPV4_SIZE];
		text_from_ipv4((uint32_t)c->numbers[i], address);
		text_format(line + length, LINE_SIZE - length, "%s %s/24 with %" PRIu64,
		            i == 0 ? "" : ",", address, c->numbers[i + 1]);
	}
}

static void database_stale(const struct caveat *c, char line[LINE_SIZE])
{
	char built[CALENDAR_DAY_SIZE], first[CALENDAR_DAY_SIZE], last[CALENDAR_DAY_SIZE];
	day_format(c->days[0], built);
	day_format(c->days[1], first);
	day_format(c->days[2], last);
	text_format(line, LINE_SIZE,
	            "'%.200s' is of %s, and is asked about %s to %s: addresses have moved in "
	            "between (doc/places.md)",
	            c->texts[0], built, first, last);
}

// ---- rules

static void floor_raised(const struct caveat *c, char line[LINE_SIZE])
{
	char date[CALENDAR_DAY_SIZE];
	day_format(c->days[0], date);
	text_format(line, LINE_SIZE,
	            "note: the support is %" PRIu64 ", not %" PRIu64
	            ": of %s values that fewer sources used were dropped (compact --floor)",
	            c->numbers[1], c->numbers[0], date);
}

static void rules_partial(const struct caveat *c, char line[LINE_SIZE])
{
	char below[80] = "";
	if (c->numbers[4] > 0)
		text_format(below, sizeof below, "; none of a support below %" PRIu64,
		            c->numbers[4]);
	text_format(line, LINE_SIZE,
	            "on %" PRIu64 " of %" PRIu64 " days there are more rules than these%s: the "
	            "work came to its end (--work %" PRIu64 ") or the room did; a higher "
	            "--min-support or --max-items needs less",
	            c->numbers[0], c->numbers[1], below, c->numbers[2] / 1000000);
}

// What is new has its own word for nothing, and is worth no note below what chance brings together.
static void no_rule(const struct caveat *c, char line[LINE_SIZE])
{
	const bool is_all = c->numbers[0] != 0, is_of_new = c->numbers[2] != 0;
	char listed[64] = "";
	if (c->numbers[1] >= (is_of_new ? RULES_SUPPORT_LEAST : 1))
		text_format(listed, sizeof listed, "; with --min-support %" PRIu64 " there is one",
		            c->numbers[1]);
	else if (is_of_new) {
		line[0] = '\0';
		return;
	}
	text_format(line, LINE_SIZE, "note: no rule on these days%s%s", listed,
	            is_all || is_of_new ? "" : "; --all also lists those that are not productive");
}

// "10", or "10 to 62".
static void append_range(char *line, uint64_t least, uint64_t most)
{
	const size_t length = strlen(line);
	if (least == most)
		text_format(line + length, LINE_SIZE - length, "%" PRIu64, least);
	else
		text_format(line + length, LINE_SIZE - length, "%" PRIu64 " to %" PRIu64, least,
		            most);
}

static void append(char *line, const char *text)
{
	const size_t length = strlen(line);
	text_copy(line + length, LINE_SIZE - length, text);
}

static void support_by_day(const struct caveat *c, char line[LINE_SIZE])
{
	char rule[256];
	text_format(rule, sizeof rule,
	            "; %s%d at least (--min-support takes another, or study: %d)",
	            c->numbers[4] != 0 ? "less where the telescope is small, " : "",
	            RULES_SUPPORT_LEAST, RULES_SUPPORT_STUDY);
	text_copy(line, LINE_SIZE, "note: the support is ");
	append_range(line, c->numbers[0], c->numbers[1]);
	text_format(line + strlen(line), LINE_SIZE - strlen(line), ": one in %d of the day's ",
	            RULES_SUPPORT_ONE_IN);
	append_range(line, c->numbers[2], c->numbers[3]);
	append(line, " sources");
	append(line, rule);
}

static void buckets(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "note: %" PRIu64 " sources on %" PRIu64 " days used more than %" PRIu64
	            " values of a field: they have a bucket in place of these (--no-buckets)",
	            c->numbers[0], c->numbers[1], c->numbers[2]);
}

static void sampled_values(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "note: of %" PRIu64 " sources on %" PRIu64 " days the store keeps a "
	            "sample of the values of a field: target_sources may lack them%s",
	            c->numbers[0], c->numbers[1], c->numbers[2] != 0 ? "" : ", and so may support");
}

static void unsure_buckets(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "note: of %" PRIu64 " sources on %" PRIu64 " days a floor dropped values "
	            "(compact --floor): they may belong in another bucket than they are in",
	            c->numbers[0], c->numbers[1]);
}

static void unknown_mirai(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "note: on %" PRIu64 " of %" PRIu64 " days packets came as flows, which do "
	            "not tell families: Mirai hosts are unknown there",
	            c->numbers[0], c->numbers[1]);
}

// Where nobody knows of any day what is new, that is said already.
static void nothing_new(const struct caveat *c, char line[LINE_SIZE])
{
	text_copy(line, LINE_SIZE,
	          c->numbers[1] < c->numbers[2] ? "note: no rule is new on these days" : "");
}

static void new_unknown(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "note: on %" PRIu64 " of %" PRIu64
	            " days it is not known what is new: that takes %" PRIu64
	            " days with data among the %" PRIu64 " before, not counting the last %" PRIu64,
	            c->numbers[0], c->numbers[1], c->numbers[2], c->numbers[3], c->numbers[4]);
}

static void new_partial(const struct caveat *c, char line[LINE_SIZE])
{
	text_format(line, LINE_SIZE,
	            "on %" PRIu64 " of %" PRIu64
	            " days there are too many sets of values to compare all: those with "
	            "the most support were; a higher --min-support finds fewer",
	            c->numbers[0], c->numbers[1]);
}

// ---- changes

static void changes_unknown(const struct caveat *c, char line[LINE_SIZE])
{
	char day[CALENDAR_DAY_SIZE];
	day_format(c->days[0], day);
	text_format(line, LINE_SIZE,
	            "note: what changed on %s is not known: %" PRIu64 " of the %" PRIu64
	            " days before it are known, and it takes %" PRIu64 " of them",
	            day, c->numbers[0], c->numbers[2], c->numbers[1]);
}

static void variants(const struct caveat *c, char line[LINE_SIZE])
{
	const uint64_t *n = c->numbers;
	text_format(line, LINE_SIZE,
	            "note: of %" PRIu64 " sessions %" PRIu64
	            " showed no token, which comes after a password that "
	            "the honeypot takes: counts are lower bounds; %" PRIu64
	            " of addresses that are no source of the "
	            "Internet are left out; %" PRIu64 " sources make an unknown token a name",
	            n[0], n[1], n[2], n[4]);
}

static void never_asked(const struct caveat *c, char line[LINE_SIZE])
{
	char more[160] = "";
	const uint64_t *n = c->numbers;
	if (n[2] > 0)
		text_format(more, sizeof more,
		            "; of the ports that hosts were asked on the %" PRIu64
		            " with most answers are shown, %" PRIu64 " are not",
		            n[3], n[2]);
	if (n[3] == 0)
		text_copy(line, LINE_SIZE,
		          "note: nobody was asked on these days, or up to 30 days after "
		          "(`hotaru responses`, `hotaru probe`)");
	else if (n[0] > 0 || n[2] > 0)
		text_format(line, LINE_SIZE,
		            "note: %" PRIu64 " of the %" PRIu64
		            " sources were never asked, and count as not accessible%s",
		            n[0], n[1], more);
	else
		line[0] = '\0';
}

static void changes_no_data(const struct caveat *c, char line[LINE_SIZE])
{
	char day[CALENDAR_DAY_SIZE];
	day_format(c->days[0], day);
	text_format(line, LINE_SIZE, "note: what changed on %s is not known: %s", day,
	            c->numbers[0] != 0 ? "the day is lost" : "there are no captures of that day");
}

// ---- effect

static void effect(const struct caveat *c, char line[LINE_SIZE])
{
	char gone[128] = "";
	if (c->numbers[0] == 0) {
		text_format(line, LINE_SIZE,
		            "note: nobody who was treated was infected on that day: %" PRIu64
		            " were seen on other days; of %" PRIu64 " days of treatment %" PRIu64
		            " are not among the data",
		            c->numbers[1], c->numbers[4], c->numbers[5]);
		return;
	}
	if (c->numbers[3] != UINT64_MAX)
		text_format(gone, sizeof gone,
		            "; of those that nobody treated %.1f %% were gone within a week",
		            (double)c->numbers[3] / 1e4);
	text_format(
		line, LINE_SIZE,
		"note: silence is no recovery: who got another address, or is too slow to be seen, "
		"counts as recovered in both groups%s",
		gone);
}

// ---- all

// IN_PUBLIC: only where an answer goes on to others, who cannot ask `hotaru info`.
enum loudness { UNLESS_QUIET, IN_PUBLIC, ALWAYS, WARNING, WARNING_OF_DAMAGE };
static const struct {
	caveat_words *words;
	enum loudness loudness;
} kinds[CAVEAT_KINDS] = {
	[CAVEAT_SIMULATED] = { caveat_simulated, IN_PUBLIC },
	[CAVEAT_HASHED] = { caveat_hashed, UNLESS_QUIET },
	[CAVEAT_DAMAGED] = { caveat_damaged, WARNING_OF_DAMAGE },
	[CAVEAT_FAR_DAYS] = { caveat_far_days, UNLESS_QUIET },
	[CAVEAT_CAPTURES_GO_ON] = { caveat_captures_go_on, UNLESS_QUIET },
	[CAVEAT_LOST_DAYS] = { caveat_lost_days, WARNING },
	[CAVEAT_LOST_DAY] = { caveat_lost_day, WARNING },
	[CAVEAT_CAPTURE_DAMAGED] = { caveat_capture_damaged, WARNING_OF_DAMAGE },
	[CAVEAT_PACKETS_LOST] = { caveat_packets_lost, UNLESS_QUIET },
	[CAVEAT_NO_DROPS] = { caveat_no_drops, ALWAYS },
	[CAVEAT_NO_DAYS] = { no_days, ALWAYS },
	[CAVEAT_NO_ROWS_OF_DAYS] = { no_rows_of_days, ALWAYS },
	[CAVEAT_NO_PACKETS] = { no_packets, ALWAYS },
	[CAVEAT_NO_SOURCE_DAYS] = { no_source_days, ALWAYS },
	[CAVEAT_COVERAGE] = { coverage, UNLESS_QUIET },
	[CAVEAT_LOGGED] = { caveat_logged, UNLESS_QUIET },
	[CAVEAT_GAP] = { gap_of_silences, UNLESS_QUIET },
	[CAVEAT_TOOLS] = { tools, UNLESS_QUIET },
	[CAVEAT_NOT_FINAL] = { not_final, UNLESS_QUIET },
	[CAVEAT_MOVED] = { moved, UNLESS_QUIET },
	[CAVEAT_UNKNOWN_FAMILIES] = { unknown_families, UNLESS_QUIET },
	[CAVEAT_OWN_SOURCES] = { own_sources, UNLESS_QUIET },
	[CAVEAT_SPECIAL_SOURCES] = { special_sources, UNLESS_QUIET },
	[CAVEAT_NO_TELESCOPE] = { no_telescope, UNLESS_QUIET },
	[CAVEAT_FLOODS_LEFT_OUT] = { floods_left_out, UNLESS_QUIET },
	[CAVEAT_FLOODS_UNSEEN] = { floods_unseen, UNLESS_QUIET },
	[CAVEAT_PORTS_NO_DAYS] = { ports_no_days, ALWAYS },
	[CAVEAT_PORTS_NONE_NEW] = { ports_none_new, ALWAYS },
	[CAVEAT_PORTS_NONE] = { ports_none, ALWAYS },
	[CAVEAT_PORTS_UNKNOWN_FAMILIES] = { ports_unknown_families, UNLESS_QUIET },
	[CAVEAT_SOURCES_NO_DAYS] = { sources_no_days, UNLESS_QUIET },
	[CAVEAT_SOURCES_NOT_COUNTED] = { sources_not_counted, UNLESS_QUIET },
	[CAVEAT_CONCENTRATION] = { concentration, UNLESS_QUIET },
	[CAVEAT_FULLEST] = { fullest, UNLESS_QUIET },
	[CAVEAT_DATABASES] = { NULL, UNLESS_QUIET },  // its words need the description
	[CAVEAT_DATABASE_STALE] = { database_stale, WARNING },
	[CAVEAT_FLOOR_RAISED] = { floor_raised, UNLESS_QUIET },
	[CAVEAT_RULES_PARTIAL] = { rules_partial, WARNING },
	[CAVEAT_NO_RULE] = { no_rule, UNLESS_QUIET },
	[CAVEAT_SUPPORT_BY_DAY] = { support_by_day, UNLESS_QUIET },
	[CAVEAT_BUCKETS] = { buckets, UNLESS_QUIET },
	[CAVEAT_SAMPLED_VALUES] = { sampled_values, UNLESS_QUIET },
	[CAVEAT_UNSURE_BUCKETS] = { unsure_buckets, UNLESS_QUIET },
	[CAVEAT_UNKNOWN_MIRAI] = { unknown_mirai, UNLESS_QUIET },
	[CAVEAT_NOTHING_NEW] = { nothing_new, UNLESS_QUIET },
	[CAVEAT_NEW_UNKNOWN] = { new_unknown, UNLESS_QUIET },
	[CAVEAT_NEW_PARTIAL] = { new_partial, WARNING },
	[CAVEAT_CHANGES_UNKNOWN] = { changes_unknown, UNLESS_QUIET },
	[CAVEAT_CHANGES_NO_DATA] = { changes_no_data, UNLESS_QUIET },
	[CAVEAT_NEVER_ASKED] = { never_asked, UNLESS_QUIET },
	[CAVEAT_AROUND] = { caveat_around, UNLESS_QUIET },
	[CAVEAT_EFFECT] = { effect, UNLESS_QUIET },
	[CAVEAT_EVENTS] = { caveat_events, UNLESS_QUIET },
	[CAVEAT_NO_EVENTS] = { caveat_no_events, ALWAYS },
	[CAVEAT_BIG_SCANNERS] = { caveat_big_scanners, UNLESS_QUIET },
	[CAVEAT_SOURCE_GROUPS] = { caveat_source_groups, UNLESS_QUIET },
	[CAVEAT_ATTACKS] = { caveat_attacks, UNLESS_QUIET },
	[CAVEAT_BURSTS_UNKNOWN] = { caveat_bursts_unknown, UNLESS_QUIET },
	[CAVEAT_VARIANTS] = { variants, UNLESS_QUIET },
};

// False: there is nothing to be said.
static bool write_line(const struct caveat *c, const struct description *d, char line[LINE_SIZE])
{
	char note[ATLAS_NOTE_SIZE];
	if (kinds[c->kind].words != NULL) {
		kinds[c->kind].words(c, line);
		return line[0] != '\0';
	}
	if (c->kind != CAVEAT_DATABASES)
		return false;
	atlas_note(c, d, note);
	text_format(line, LINE_SIZE, "note: %s", note);
	return true;
}

static bool wants(struct listener listener, enum loudness loudness)
{
	return loudness == UNLESS_QUIET        ? !listener.is_quiet
	       : loudness == IN_PUBLIC         ? listener.is_public && !listener.is_quiet
	       : loudness == WARNING_OF_DAMAGE ? !listener.knows_damage
	                                       : true;
}

void caveats_say_lost(const struct description *d, struct listener listener)
{
	struct caveats caveats = { .count = 0 };
	struct error ignored;
	if (lost_caveats(d, &caveats, &ignored))
		caveats_say(&caveats, d, listener);
	caveats_done(&caveats);
}

void caveats_say(const struct caveats *caveats, const struct description *d,
                 struct listener listener)
{
	char line[LINE_SIZE];
	for (size_t i = 0; i < caveats->count; i++) {
		const struct caveat *c = &caveats->list[i];
		const enum loudness loudness = kinds[c->kind].loudness;
		if (wants(listener, loudness) && write_line(c, d, line))
			(loudness >= WARNING ? command_warn : command_say)(line);
	}
}
