// SPDX-License-Identifier: MIT
// bench-rules: a day of a busy telescope, made of cohorts that share ports, windows and distances, and
// how long it takes to find its itemsets, and its rules.
#include "base/options.h"
#include "base/random.h"
#include "mine/mine.h"

#include <stdio.h>
#include <time.h>

struct settings {
	uint64_t sources, support, items, consequents, work, rules;
	double confidence;
	bool is_all, wants_help;
};

#define FIELD(name) offsetof(struct settings, name)
static const struct option options[] = {
	{ .name = "sources",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(sources),
	  .value = "N",
	  .help = "transactions of the day (default: 300000)",
	  .minimum = 1 },
	{ .name = "support",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(support),
	  .value = "N",
	  .help = "default: 1000",
	  .minimum = 1 },
	{ .name = "confidence",
	  .kind = OPTION_REAL,
	  .offset = FIELD(confidence),
	  .value = "SHARE",
	  .help = "default: 0.9" },
	{ .name = "items",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(items),
	  .value = "N",
	  .help = "of a whole rule at most" },
	{ .name = "consequents",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(consequents),
	  .value = "N",
	  .help = "default: 1",
	  .minimum = 1 },
	{ .name = "work",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(work),
	  .value = "N",
	  .help = "steps at most" },
	{ .name = "rules",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(rules),
	  .value = "N",
	  .help = "rules at most" },
	{ .name = "all",
	  .kind = OPTION_FLAG,
	  .offset = FIELD(is_all),
	  .help = "every rule that passes support and confidence" },
	{ .name = "help",
	  .letter = 'h',
	  .kind = OPTION_FLAG,
	  .offset = FIELD(wants_help),
	  .help = "print this help" },
};
static const struct option_table table = { options, sizeof options / sizeof options[0] };

// ---- the day

enum { WINDOW = 1 << 16, PORT = 2 << 16, TTL = 3 << 16, TOS = 4 << 16, ITEMS_MAX = 64 };

struct source {
	uint32_t items[ITEMS_MAX];
	size_t count;
};

static void use(struct source *s, uint32_t field, uint32_t value)
{
	if (s->count < ITEMS_MAX)
		s->items[s->count++] = field | value;
}

static bool percent(struct random *r, uint32_t share)
{
	return random_below(r, 100) < share;
}

// Distances of 5 to 24 hops, those in the middle more often.
static void use_ttl(struct source *s, struct random *r, uint32_t initial)
{
	use(s, TTL, initial - 5 - random_below(r, 10) - random_below(r, 10));
}

// What scans telnet and draws its windows; one in four has packets from several.
static void bot(struct source *s, struct random *r)
{
	use(s, PORT, 23);
	if (percent(r, 25))
		use(s, PORT, 2323);
	for (uint32_t i = random_below(r, 4) == 0 ? 4 : 1; i > 0; i--)
		use(s, WINDOW,
		    percent(r, 5) ? 1320 + 1056 * random_below(r, 4) : random_below(r, 65536));
	use_ttl(s, r, 64);
	use(s, TOS, percent(r, 90) ? 0 : 4 * random_below(r, 64));
}

static void worm(struct source *s, struct random *r)
{
	use(s, PORT, 445);
	if (percent(r, 10))
		use(s, PORT, 139);
	use(s, WINDOW, percent(r, 70) ? 8192 : 65535);
	use_ttl(s, r, 128);
	use(s, TOS, 0);
}

// 20 cohorts, each with its ports, of which a source uses nearly all, and its system.
static void cohort(struct source *s, struct random *r)
{
	static const uint32_t windows[] = { 1024, 5840, 14600, 29200, 64240, 65535 };
	const uint32_t number = random_below(r, 20), ports = 2 + number % 8;
	for (uint32_t i = 0; i < ports; i++)
		if (percent(r, 95))
			use(s, PORT, 1000 + number * 97 + i * 1201 % 4999);
	use(s, WINDOW, windows[number % 6]);
	if (percent(r, 15))
		use(s, WINDOW, windows[(number + 1) % 6]);
	use_ttl(s, r, number % 3 == 0 ? 255 : 64);
	use(s, TOS, number % 5 == 0 ? 72 : 0);
}

static void anybody(struct source *s, struct random *r)
{
	for (uint32_t i = 1 + random_below(r, 3); i > 0; i--)
		use(s, PORT,
		    percent(r, 50) ? random_below(r, 65536) : 22 + 58 * random_below(r, 2));
	use(s, WINDOW, random_below(r, 65536));
	use_ttl(s, r, percent(r, 50) ? 64 : 128);
	use(s, TOS, percent(r, 80) ? 0 : 4 * random_below(r, 64));
}

static bool make_day(struct transactions *t, uint64_t sources)
{
	struct random random = random_from(20160902);
	for (uint64_t i = 0; i < sources; i++) {
		struct source s = { .count = 0 };
		const uint32_t who = random_below(&random, 100);
		(who < 35 ? bot : who < 50 ? worm : who < 85 ? cohort : anybody)(&s, &random);
		if (!transactions_add(t, s.items, s.count,
		                      (struct support){ .all = 1, .marked = who < 35 }))
			return false;
	}
	return true;
}

// ---- measuring

// Of the processor: nothing here waits.
static double seconds_since(clock_t start)
{
	return (double)(clock() - start) / CLOCKS_PER_SEC;
}

static bool count_set(void *context, const struct itemset *set)
{
	(void)context, (void)set;
	return true;
}

static bool print_sets(const struct transactions *t, const struct settings *settings,
                       enum mine_kind kind, const char *name, struct error *error)
{
	const clock_t start = clock();
	const struct mine_wish wish = { .kind = kind,
		                        .support_min = settings->support,
		                        .items_max = settings->items,
		                        .work_max = settings->work,
		                        .wants_extensions = kind == MINE_GENERATORS,
		                        .found = count_set };
	struct mine_result result;
	if (!mine_itemsets(t, &wish, &result, error))
		return false;
	printf("%-12s %.3f s, %llu\n", name, seconds_since(start),
	       (unsigned long long)result.itemsets);
	return true;
}

static bool print_rules(const struct transactions *t, const struct settings *settings,
                        struct error *error)
{
	const clock_t start = clock();
	const struct rules_wish wish = { .support_min = settings->support,
		                         .confidence_min = settings->confidence,
		                         .items_max = settings->items,
		                         .consequents_max = settings->consequents,
		                         .is_all = settings->is_all,
		                         .alpha = 0.05,
		                         .work_max = settings->work,
		                         .rules_max = settings->rules };
	struct rules rules;
	size_t productive = 0;
	if (!rules_mine(t, &wish, &rules, error))
		return false;
	for (size_t i = 0; i < rules.count; i++)
		productive += rules.list[i].is_productive;
	printf("%-12s %.3f s, %zu, %zu productive, %llu tested, work %llu%s\n", "rules",
	       seconds_since(start), rules.count, productive, (unsigned long long)rules.tested,
	       (unsigned long long)rules.work, rules.is_partial ? ", partial" : "");
	rules_done(&rules);
	return true;
}

static int run(const struct settings *settings)
{
	struct error error;
	const clock_t start = clock();
	struct transactions *t = transactions_new();
	if (t == NULL || !make_day(t, settings->sources)) {
		fprintf(stderr, "bench-rules: no memory\n");
		return 1;
	}
	printf("%-12s %.3f s\n", "day", seconds_since(start));
	const bool is_done = (!settings->is_all ||
	                      print_sets(t, settings, MINE_ALL, "all", &error)) &&
	                     print_sets(t, settings, MINE_CLOSED, "closed", &error) &&
	                     print_sets(t, settings, MINE_GENERATORS, "generators", &error) &&
	                     print_rules(t, settings, &error);
	transactions_free(t);
	if (!is_done)
		fprintf(stderr, "bench-rules: %s\n", error.text);
	return !is_done;
}

static void print_help(void)
{
	puts("Usage: bench-rules [OPTIONS]\n");
	for (size_t i = 0; i < table.count; i++) {
		char label[OPTION_LABEL_SIZE];
		option_label(&options[i], label);
		printf("  %-20s %s\n", label, options[i].help);
	}
}

int main(int argc, char **argv)
{
	struct settings settings = {
		.sources = 300000, .support = 1000, .confidence = 0.9, .consequents = 1
	};
	struct option_words words = { argv + 1, (size_t)argc - 1 };
	const struct option_table *const tables[] = { &table, NULL };
	struct error error;
	if (!options_parse(tables, &settings, &words, &error)) {
		fprintf(stderr, "bench-rules: %s\n", error.text);
		return 2;
	}
	if (settings.wants_help) {
		print_help();
		return 0;
	}
	return run(&settings);
}
