// SPDX-License-Identifier: MIT
// bench-itemsets: mines a file of transactions in the form of the FIMI workshops (one a line, items as
// numbers with spaces between), or a day of a darknet that it makes, and prints how many sets there are
// and how long it took.
#include "itemsets_made.h"

#include "base/memory.h"
#include "base/options.h"
#include "base/clock.h"

#include <stdio.h>

static const char *const kinds[] = { "all", "closed", "maximal", "generators", NULL };

struct settings {
	unsigned kind;
	uint64_t support, items, work;
	struct made_day made;
	bool wants_extensions, wants_sets, wants_help;
};

#define FIELD(name) offsetof(struct settings, name)
static const struct option options[] = {
	{ .name = "kind",
	  .kind = OPTION_CHOICE,
	  .offset = FIELD(kind),
	  .value = "KIND",
	  .help = "all, closed, maximal or generators (default: all)",
	  .choices = kinds },
	{ .name = "support",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(support),
	  .value = "N",
	  .help = "in how many transactions at least",
	  .minimum = 1 },
	{ .name = "items",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(items),
	  .value = "N",
	  .help = "sets of so many items at most" },
	{ .name = "work",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(work),
	  .value = "N",
	  .help = "look at so many items of transactions at most" },
	{ .name = "sources",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(made.sources),
	  .value = "N",
	  .help = "instead of a file: a day with so many infected hosts",
	  .minimum = 1 },
	{ .name = "scanners",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(made.scanners),
	  .value = "N",
	  .help = "and so many scanners of one operator (default: 1,500)" },
	{ .name = "ports",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(made.ports),
	  .value = "N",
	  .help = "which share so many ports (default: 40)",
	  .maximum = 65536 },
	{ .name = "missing",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(made.missing_percent),
	  .value = "PERCENT",
	  .help = "and each leaves so much of them out (default: 0)",
	  .maximum = 100 },
	{ .name = "extensions",
	  .kind = OPTION_FLAG,
	  .offset = FIELD(wants_extensions),
	  .help = "with the extensions of every set" },
	{ .name = "sets",
	  .kind = OPTION_FLAG,
	  .offset = FIELD(wants_sets),
	  .help = "print the sets" },
	{ .name = "help",
	  .letter = 'h',
	  .kind = OPTION_FLAG,
	  .offset = FIELD(wants_help),
	  .help = "print this help" },
};
static const struct option_table table = { options, sizeof options / sizeof options[0] };

// ---- reading

static uint8_t *read_whole(const char *name, size_t *length)
{
	FILE *file = fopen(name, "rb");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0)
		return NULL;
	const long size = ftell(file);
	rewind(file);
	uint8_t *bytes = size < 0 ? NULL : memory_room((size_t)size);
	if (bytes != NULL && fread(bytes, 1, (size_t)size, file) != (size_t)size)
		bytes = NULL;
	fclose(file);
	*length = (size_t)size;
	return bytes;
}

static bool add_lines(struct transactions *t, const uint8_t *bytes, size_t length)
{
	size_t count = 0, capacity = 1 << 16;
	uint32_t *items = memory_room(capacity * sizeof *items), item = 0;
	bool is_in_number = false;
	for (size_t i = 0; items != NULL && i <= length; i++) {
		const uint8_t byte = i < length ? bytes[i] : '\n';
		if (byte >= '0' && byte <= '9') {
			item = (is_in_number ? item * 10 : 0) + byte - '0';
			is_in_number = true;
			continue;
		}
		if (is_in_number && count < capacity)
			items[count++] = item;
		is_in_number = false;
		if (byte == '\n' && count > 0) {
			if (!transactions_add(t, items, count, (struct support){ .all = 1 }))
				return false;
			count = 0;
		}
	}
	memory_free(items);
	return items != NULL;
}

// ---- mining

static bool count_set(void *context, const struct itemset *set)
{
	uint64_t *sum = context;
	*sum += set->count + set->extension_count;
	return true;
}

static bool print_set(void *context, const struct itemset *set)
{
	(void)context;
	for (size_t i = 0; i < set->count; i++)
		printf("%u ", set->items[i]);
	printf("(%llu)\n", (unsigned long long)set->support.all);
	return true;
}

static double seconds_since(uint64_t start_ns)
{
	return (double)(clock_now_ns() - start_ns) / 1e9;
}

static bool take(const struct settings *settings, const char *name, struct transactions *t)
{
	if (name == NULL)
		return made_day(t, &settings->made);
	size_t length;
	uint8_t *bytes = read_whole(name, &length);
	const bool is_read = bytes != NULL && add_lines(t, bytes, length);
	memory_free(bytes);
	return is_read;
}

// `name` is NULL for a day that is made.
static int run(const struct settings *settings, const char *name)
{
	const uint64_t start = clock_now_ns();
	struct transactions *t = transactions_new();
	if (t == NULL || !take(settings, name, t)) {
		fprintf(stderr, "bench-itemsets: cannot read %s\n", name == NULL ? "it" : name);
		return 1;
	}
	const double reading = seconds_since(start);
	uint64_t sum = 0;
	const struct mine_request request = { .kind = (enum mine_kind)settings->kind,
		                              .support_min = settings->support,
		                              .items_max = settings->items,
		                              .work_max = settings->work,
		                              .wants_extensions = settings->wants_extensions,
		                              .found = settings->wants_sets ? print_set : count_set,
		                              .context = &sum };
	struct mine_result result;
	struct error error;
	if (!mine_itemsets(t, &request, &result, &error)) {
		fprintf(stderr, "bench-itemsets: %s\n", error.text);
		return 1;
	}
	printf("%llu sets, %.3f s (%.3f s taking in), work %llu, %zu bytes of transactions%s\n",
	       (unsigned long long)result.itemsets, seconds_since(start), reading,
	       (unsigned long long)result.work, transactions_bytes(t),
	       result.is_partial ? ", partial" : "");
	transactions_free(t);
	return 0;
}

static void print_help(void)
{
	puts("Usage: bench-itemsets [OPTIONS] FILE\n");
	for (size_t i = 0; i < table.count; i++) {
		char label[OPTION_LABEL_SIZE];
		option_label(&options[i], label);
		printf("  %-20s %s\n", label, options[i].help);
	}
}

int main(int argc, char **argv)
{
	struct settings settings = { .support = 1, .made = { .scanners = 1500, .ports = 40 } };
	struct option_words words = { argv + 1, (size_t)argc - 1 };
	const struct option_table *const tables[] = { &table, NULL };
	struct error error;
	if (!options_parse(tables, &settings, &words, &error)) {
		fprintf(stderr, "bench-itemsets: %s\n", error.text);
		return 2;
	}
	if (settings.wants_help) {
		print_help();
		return 0;
	}
	if (words.count != (settings.made.sources == 0)) {
		fprintf(stderr, "bench-itemsets: either one file or --sources\n");
		return 2;
	}
	return run(&settings, words.count == 1 ? words.words[0] : NULL);
}
