// SPDX-License-Identifier: MIT
#include "cmd/ask.h"
#include "cmd/atlas.h"

#include "analyse/attacks/attacks.h"
#include "base/text.h"
#include "ipset/ipset.h"

enum { SILENCE_MAX_S = 86400 };

// In the order of enum attacks_grain.
static const char *const by_names[] = { "attack", "day", "country", NULL };

struct attacks_command {
	struct analysis_command analysis;
	uint64_t packets, seconds, per_minute, silence_s, top;
	bool is_scaled;
	unsigned by;
	const char *victim, *countries;
	struct ipset_prefix victims;
};

#define FIELD(field) offsetof(struct attacks_command, field)

static const struct option options[] = {
	{ "packets", 0, OPTION_NUMBER, FIELD(packets), "N",
	  "an attack has at least so many packets (default: 25)", 1, UINT32_MAX, NULL },
	{ "seconds", 0, OPTION_NUMBER, FIELD(seconds), "N",
	  "and so many seconds from the first to the last (default: 60)", 0, UINT32_MAX, NULL },
	{ "per-minute", 0, OPTION_NUMBER, FIELD(per_minute), "N",
	  "and so many packets in its fullest minute (default: 30)", 1, UINT32_MAX, NULL },
	{ "silence", 0, OPTION_NUMBER, FIELD(silence_s), "SECONDS",
	  "a packet that comes later than that begins another attack; 60 and more, since packets less far apart "
	  "are kept as one (default: 300)",
	  BURST_SILENCE_S, SILENCE_MAX_S, NULL },
	{ "scaled", 0, OPTION_FLAG, FIELD(is_scaled), NULL,
	  "--packets and --per-minute are for a telescope of a /8: be as strict with one of this size, but never "
	  "below 10",
	  0, 0, NULL },
	{ "by", 'b', OPTION_CHOICE, FIELD(by), "WHAT",
	  "a line for each attack (default), or counts by day or by country", 0, 0, by_names },
	{ "victim", 0, OPTION_TEXT, FIELD(victim), "ADDRESS|PREFIX", "only these victims", 0, 0,
	  NULL },
	{ "country", 0, OPTION_TEXT, FIELD(countries), "CODE[,CODE...]",
	  "only victims in these countries", 0, 0, NULL },
	{ "top", 'n', OPTION_NUMBER, FIELD(top), "N",
	  "the N attacks with the highest rate, or the N countries with the most attacks", 1,
	  UINT32_MAX, NULL },
};
static const struct option_table own_table = { options, sizeof options / sizeof *options };

static bool check(void *context, struct error *error)
{
	struct attacks_command *c = context;
	c->victims = (struct ipset_prefix){ 0, UINT32_MAX };
	if (c->top > 0 && c->by == ATTACKS_BY_DAY)
		return error_set(error, ERROR_USAGE,
		                 "--top is of attacks or countries, not of days");
	return days_check(&c->analysis.days, error) &&
	       (c->victim == NULL || ipset_prefix_parse(c->victim, &c->victims, error));
}

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	const struct attacks_command *c = context;
	if (c->is_scaled && d->telescope[0] == '\0')
		return error_set(error, ERROR_USAGE,
		                 "--scaled needs to know how large the telescope is (--telescope)");
	*out = (struct question){ .kind = QUESTION_ATTACKS,
		                  .days = days_range(&c->analysis.days),
		                  .top = c->top,
		                  .attacks = { .by = (enum attacks_grain)c->by,
		                               .packets = c->packets,
		                               .seconds = c->seconds,
		                               .per_minute = c->per_minute,
		                               .silence_s = c->silence_s,
		                               .is_scaled = c->is_scaled,
		                               .victim_first = c->victims.first,
		                               .victim_last = c->victims.last,
		                               .countries = c->countries } };
	return true;
}

static size_t places(const void *context, enum place_kind out[PLACE_KINDS])
{
	(void)context;
	out[0] = PLACE_COUNTRY;
	out[1] = PLACE_NETWORK;
	return 2;
}

static int run(const struct command *self, struct option_words words)
{
	struct attacks_command c = { .analysis = analysis_defaults(),
		                     .packets = ATTACK_PACKETS,
		                     .seconds = ATTACK_SECONDS,
		                     .per_minute = ATTACK_PER_MINUTE,
		                     .silence_s = ATTACK_SILENCE_S };
	return analysis_run(&(struct analysis){ .command = self,
	                                        .options = &c,
	                                        .check = check,
	                                        .question = question,
	                                        .places = places,
	                                        .places_are_extra = true },
	                    words);
}

static const struct option_table *const tables[] = { &own_table,    &places_table, &store_table,
	                                             &strict_table, &days_table,   &output_table,
	                                             &take_table,   &common_table, NULL };

const struct command command_attacks = {
	.name = "attacks",
	.summary = "victims of floods with forged sources, from what they answer",
	.operands = "[CAPTURE...]",
	.description =
		"Who is flooded with packets whose sources are forged at random answers addresses all over the Internet, also "
		"those of the telescope: TCP SYN-ACK and RST, ICMP errors (of which the packet inside tells the victim, its protocol "
		"and port), and other ICMP. A line for each victim, protocol and attack: when, how many packets, the most in a "
		"minute, ports, and the rate at the victim that this stands for, with a 95 % interval (doc/attacks.md). The rule is "
		"the published method's. An attack counts on the day on which it starts, and is found as a whole, over midnight "
		"and over captures.\n\n"
		"Only floods whose sources are forged at random show. Reflection does not, and bots of Mirai flood from their own "
		"addresses by default: that no attack is seen is no evidence that there was none. How small an attack this "
		"telescope can see is said.",
	.tables = tables,
	.run = run,
};
