// SPDX-License-Identifier: MIT
// Whatever analysis is asked, it finds the same in a store and in memory, whether days are whole, in
// pieces, or in panes of minutes; and ends early where it is told to.
#include "analyse/test_rule_requests.h"
#include "store/test_store.h"

enum { MIRAI, MIRAI_2016, HAJIME };

static const char *const families[] = { "*", "mirai", "hajime", "zmap" };
static const char *const nobody[] = { "nobody" };
static const unsigned bits[] = { HAJIME, MIRAI };
static const uint16_t ports[] = { 23, WORLD_NEW_PORT, 80 };
static const unsigned fields[] = { FIELD_WINDOW, FIELD_DESTINATION_PORT, FIELD_TTL, FIELD_MSS };

static const struct header_item scanner[] = {
	{ .field = FIELD_WINDOW, .value = WORLD_NEW_WINDOW },
	{ .field = FIELD_DESTINATION_PORT, .value = WORLD_NEW_PORT },
};
static const struct header_item usual[] = {
	{ .field = FIELD_WINDOW, .value = 14600 },
	{ .field = FIELD_DESTINATION_PORT, .value = 23 },
};
static const struct rule_query queries[] = { { scanner, 2 }, { scanner, 1 }, { usual, 2 } };

// As initializers of constants: all days, and some.
#define EVER                                                                                       \
	{                                                                                          \
		INT32_MIN, INT32_MAX                                                               \
	}
#define WEEK                                                                                       \
	{                                                                                          \
		TEST_DAY + 2, TEST_DAY + 8                                                         \
	}

static const struct day_range week = WEEK;

#define SURVEY(...)                                                                                \
	&(const struct survey_request)                                                             \
	{                                                                                          \
		families, 4, __VA_ARGS__                                                           \
	}
#define PORTS(...)                                                                                 \
	&(const struct ports_request)                                                              \
	{                                                                                          \
		.families = families, .family_count = 4, .protocols = { true, true }, __VA_ARGS__  \
	}
#define CHOICE(...)                                                                                \
	&(const struct source_choice)                                                              \
	{                                                                                          \
		.threads = 2, __VA_ARGS__                                                          \
	}
#define FILTER(...)                                                                                \
	&(const struct source_filter)                                                              \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}
#define NOTICES(...)                                                                               \
	&(const struct notices_request)                                                            \
	{                                                                                          \
		.families = bits, .family_count = 2, __VA_ARGS__                                   \
	}
#define RULES(...)                                                                                 \
	{                                                                                          \
		.fields = fields, .field_count = 4, .threads = 2,                                  \
		.rules = { .support_min = 12,                                                      \
			   .confidence_min = 0.6,                                                  \
			   .items_max = 3,                                                         \
			   .consequents_max = 1,                                                   \
			   .is_all = true,                                                         \
			   .alpha = 0.05 },                                                        \
		__VA_ARGS__                                                                        \
	}
#define HEADER_RULES(...) &(const struct header_rules_request)RULES(__VA_ARGS__)

// What is new depends on the days before: fewer than a user would ask for.
static const struct emergences_request emergences = {
	.rules = RULES(.window = EVER, .days = 1, .is_across = true),
	.past_days = 11,
	.past_days_min = 1,
};
static const struct emergences_request emergences_without_floods = {
	.rules = RULES(.window = EVER, .days = 1, .without_floods = true),
	.past_days = 9,
	.past_days_min = 1,
};
static const struct rule_targets_request targets = {
	.queries = queries, .query_count = 3, .window = EVER, .has_details = true
};
static const struct rule_targets_request targets_of_days = {
	.queries = queries, .query_count = 3, .window = WEEK, .days = 3, .without_floods = true
};
static const struct rule_supports_request supports = { .queries = queries,
	                                               .query_count = 3,
	                                               .fields = fields,
	                                               .field_count = 4,
	                                               .window = EVER,
	                                               .threads = 2 };

static const struct test_request requests[] = {
	{ "survey", ask_survey, SURVEY(SURVEY_GAP_NONE, NULL, 2), "mirai 0" },
	{ "survey, gap 0", ask_survey, SURVEY(0, NULL, 1), "\n5 1 1" },
	{ "survey, gap 2, a week", ask_survey, SURVEY(2, &week, 3), "survey 2 17047 7 1" },
	{ "survey, no such family", ask_survey,
	  &(const struct survey_request){ nobody, 1, 0, NULL, 1 }, "2: 'nobody' is no" },
	{ "estimates", ask_estimates, SURVEY(SURVEY_GAP_NONE, NULL, 1), " 1 0x1." },
	{ "coverage", ask_coverage, NULL, " 1 3 0" },
	{ "ports", ask_ports, PORTS(.top = 0), "0 5555 mirai 1" },
	{ "ports, new", ask_ports, PORTS(.only_new = true), "0 5555 mirai 1" },
	{ "ports, top, a week", ask_ports, PORTS(.top = 5, .window = &week), "0 23 * 1" },
	{ "ports, without floods", ask_ports, PORTS(.top = 9, .without_floods = true),
	  "floods 1200 1" },
	{ "ports, chosen", ask_ports, PORTS(.ports = ports, .port_count = 3), "0 23 mirai 0" },
	{ "places", ask_places, CHOICE(.window = EVER), "unknown " },
	{ "places, of a family", ask_places, CHOICE(.window = EVER, .family = "mirai"),
	  "seen 17045 17062 17 1 1" },
	{ "places, without floods", ask_places, CHOICE(.window = EVER, .without_floods = true),
	  "floods 1200 1" },
	{ "places, of a family nobody knows of", ask_places,
	  CHOICE(.window = { WORLD_FLOWS_DAY, WORLD_FLOWS_DAY }, .family = "zmap"),
	  "1: nothing is known of 'zmap'" },
	{ "places, UDP", ask_places, CHOICE(.window = WEEK, .protocol = SOURCE_UDP), "unknown " },
	{ "places, by port", ask_places, CHOICE(.window = EVER, .ports = ports, .port_count = 3),
	  "group 5555 " },
	{ "prefixes", ask_prefixes, CHOICE(.window = EVER), "d0000000 " },
	{ "prefixes, of a port", ask_prefixes,
	  CHOICE(.window = EVER, .ports = ports, .port_count = 1), "01000000 " },
	{ "shapes", ask_shapes,
	  FILTER(.window = EVER, .family = HOLDINGS_ALL_SYNS, .port = SOURCE_ANY_PORT),
	  "d0000000 1 " },
	{ "shapes, of a family", ask_shapes,
	  FILTER(.window = WEEK, .family = HAJIME, .port = SOURCE_ANY_PORT), "day 17050 1" },
	{ "shapes, UDP, without floods", ask_shapes,
	  FILTER(.window = WEEK, .family = HOLDINGS_ALL_SYNS, .protocol = SOURCE_UDP,
	         .port = SOURCE_ANY_PORT, .without_floods = true),
	  "horizontal " },
	{ "sources", ask_sources,
	  FILTER(.window = EVER, .family = HOLDINGS_ALL_SYNS, .port = SOURCE_ANY_PORT),
	  "d0000000" },
	{ "sources, without floods", ask_sources,
	  FILTER(.window = EVER, .family = MIRAI, .port = SOURCE_ANY_PORT, .without_floods = true),
	  "floods 1200 1" },
	{ "sources, of a port", ask_sources,
	  FILTER(.window = WEEK, .family = HOLDINGS_ALL_SYNS, .port = 23), "17053 " },
	{ "notices", ask_notices, NOTICES(.window = EVER, .without_floods = true),
	  "floods 1200 1" },
	{ "notices, a week", ask_notices, NOTICES(.window = WEEK), "d0000000 1 1 " },
	{ "rules", ask_rules, HEADER_RULES(.window = EVER, .days = 1), " ttl=50 ttl=51 " },
	{ "rules, across", ask_rules, HEADER_RULES(.window = WEEK, .days = 1, .is_across = true),
	  " mss=1460 window=14600 " },
	{ "rules, of days", ask_rules,
	  HEADER_RULES(.window = EVER, .days = 3, .without_floods = true), "floods 1200 1" },
	{ "timeline", ask_timeline,
	  HEADER_RULES(.window = EVER, .days = 1, .without_buckets = true), " ttl=50;ttl=51 " },
	{ "new rules", ask_new_rules, &emergences, "new 17060" },
	{ "new rules, without floods", ask_new_rules, &emergences_without_floods, "new 17060" },
	{ "targets", ask_targets, &targets, "example 1" },
	{ "targets, of days", ask_targets, &targets_of_days, "found 2 " },
	{ "supports", ask_supports, &supports, "day 17060 " },
};
enum { REQUESTS = sizeof requests / sizeof *requests };

TEST(findings_are_the_same_wherever_facts_rest)
{
	struct pile pile = world_pile(1), same = world_pile(1);
	struct stock s = stock_of(&same, WORLD_PIECES);
	check_same(store_holdings(s.store), &pile, WORLD_PIECES, requests, REQUESTS);
	stock_done(&s);
	pile_done(&pile);
}

TEST(whatever_is_cancelled_ends_and_leaves_nothing_open)
{
	struct pile pile = world_pile(2), same = world_pile(2);
	struct stock s = stock_of(&same, WORLD_PIECES);
	const struct holdings_about about = holdings_about(store_holdings(s.store));
	struct memory_holdings *m = memory_holdings_of(&about, &pile, WORLD_PIECES, GRAIN_PIECES);
	check_cancelled(m, requests, REQUESTS);
	memory_holdings_free(m);
	stock_done(&s);
	pile_done(&pile);
}

TEST_MAIN
