// SPDX-License-Identifier: MIT
// Makes a store of years: what `hotaru survey` and `hotaru lifetimes` are measured on.
//
//   bench-years STORE [--days 1096] [--sources MIRAI,HAJIME] [--sightings A_DAY] [--scale S]
//               [--seed N] [--threads N] [--bare] [--gap DAYS] [--truth SURVEY,LIFETIMES]
//
// The store is written by the store's own writer, days side by side, and is as valid as any
// other: `hotaru verify` has nothing to say. With --bare host-days have no times and no header
// fields, of which a survey reads nothing, but the ports of what counts by evidence, which the writer
// reads: a quarter of the bytes, but no such store
// ever comes of an ingest, and `hotaru verify` names every segment of it.
//
// --scale multiplies sources and sightings. --truth writes what the survey has to find, counted
// source by source; with --no-store that is all it does.
#include "years_model.h"

#include "base/memory.h"
#include "base/pool.h"
#include "base/text.h"
#include "store/store.h"

#include <getopt.h>
#include <stdlib.h>

#define DAY_NS (UINT64_C(86400) * NANOSECONDS_A_SECOND)
enum { MIRAI = 0, HAJIME = 2, THREADS_DEFAULT = 2 };  // bits of the built-in fingerprints

struct arguments {
	const char *store, *survey, *lifetimes;
	uint64_t threads, gap;
	double scale;
	struct years_options years;
	bool is_bare, has_no_store;
};

struct building {
	const struct years *years;
	struct host_day_receiver *receiver;
	bool is_bare;
	struct error error;
};

// One SYN to port 23 that matches: two items, everything else of the headers was not captured.
static struct host_day make_host(struct item items[2])
{
	struct host_day h = { .items = items, .item_count = 2 };
	items[0] = (struct item){ .packets = 1, .value = 23 };
	items[1] = (struct item){ .packets = 1, .value = 0x0a000001 };
	h.packets[KIND_SYN - HOST_KIND_FIRST] = 1;
	h.matched[MIRAI] = h.matched[HAJIME] = 1;
	h.sets[FIELD_DESTINATION_PORT] = (struct item_set){ .begin = 0, .count = 1 };
	h.sets[FIELD_DESTINATION] = (struct item_set){ .begin = 1, .count = 1 };
	h.sets[FIELD_MATCHED_PORT + MIRAI] = h.sets[FIELD_DESTINATION_PORT];
	h.sets[FIELD_MATCHED_PORT + HAJIME] = h.sets[FIELD_DESTINATION_PORT];
	return h;
}

static bool hand_over(const struct building *b, void *to, struct host_columns *columns,
                      struct error *error)
{
	if (columns->host_count == 0)
		return true;
	struct host_batch batch = host_columns_batch(columns);
	if (b->is_bare)
		batch.columns[COLUMN_TIME] = (struct span){ .length = 0 };
	const bool ok = !host_columns_failed(columns) &&
	                b->receiver->hosts(b->receiver, to, &batch, error);
	host_columns_reset(columns, columns->base_ns);
	return ok;
}

static void add_host(const struct building *b, const struct years_source *source,
                     struct host_day *h, struct host_columns *columns)
{
	// Bit 0 of the model is hajime, bit 1 mirai.
	h->matched_mask = (uint32_t)(source->families & 1) << HAJIME |
	                  (uint32_t)(source->families >> 1) << MIRAI;
	h->source = source->address;
	h->fields_mask = (uint64_t)h->matched_mask << FIELD_MATCHED_PORT;
	if (b->is_bare)
		h->fields_mask &= (uint64_t)fingerprints_weighed << FIELD_MATCHED_PORT;
	else
		h->fields_mask |= (UINT64_C(1) << (FIELD_DESTINATION + 1)) - 1;
	host_columns_add(columns, h);
}

static bool write_day(void *context, size_t job, unsigned thread)
{
	struct building *b = context;
	const uint32_t day = (uint32_t)job;
	const int32_t number = YEARS_FIRST_DAY + (int32_t)day;
	const uint64_t begin_ns = (uint64_t)number * DAY_NS;
	struct item items[2];
	struct host_day h = make_host(items);
	struct host_columns columns;
	struct error error;
	(void)thread;
	void *to = b->receiver->begin_day(b->receiver, number, begin_ns, &error);
	bool ok = to != NULL;
	host_columns_init(&columns, begin_ns, SIZE_MAX);
	h.first_ns = h.last_ns = begin_ns;
	for (size_t i = 0; ok && i < b->years->count; i++) {
		const struct years_source *source = &b->years->sources[i];
		if (!years_is_alive(source, day) || !years_is_seen(b->years, source, day))
			continue;
		add_host(b, source, &h, &columns);
		if (columns.host_count == INGEST_BATCH_HOSTS)
			ok = hand_over(b, to, &columns, &error);
	}
	ok = ok && hand_over(b, to, &columns, &error);
	host_columns_done(&columns);
	if (to != NULL)
		ok = b->receiver->end_day(b->receiver, to, ok, &error) && ok;
	if (!ok)
		b->error = error;  // of any of the threads
	return ok;
}

static bool build(const struct arguments *a, const struct years *years, struct error *error)
{
	const struct store_request request = { .zone = "UTC" };
	struct building b = { .years = years, .is_bare = a->is_bare };
	struct store *store;
	struct store_ingest *in;
	if (!store_open_writing(a->store, &request, &store, error))
		return false;
	bool ok = store_ingest_begin(store, &in, error);
	if (ok) {
		b.receiver = store_ingest_receiver(in);
		ok = pool_run((unsigned)a->threads, years->options.days, write_day, &b);
		if (!ok)
			*error = b.error;
		ok = ok && store_ingest_commit(in, NULL, 0, error);
		store_ingest_free(in);
	}
	store_close(store);
	return ok;
}

static bool write_truth(const struct arguments *a, const struct years *years, struct error *error)
{
	FILE *survey = fopen(a->survey, "we"), *lifetimes = fopen(a->lifetimes, "we");
	const bool ok = (survey != NULL && lifetimes != NULL) ||
	                error_errno(error, "cannot write '%s' and '%s'", a->survey, a->lifetimes);
	const bool is_written = ok && years_write_truth(years, (uint32_t)a->gap, survey, lifetimes,
	                                                error);
	if (survey != NULL)
		fclose(survey);
	if (lifetimes != NULL)
		fclose(lifetimes);
	return is_written;
}

// "A,B" as two numbers; the model has hajime first.
static bool read_sources(const char *text, struct years_options *to)
{
	char piece[32];
	return text_next(&text, ',', piece, sizeof piece) &&
	       text_u64(piece, UINT32_MAX, &to->sources[1]) &&
	       text_next(&text, ',', piece, sizeof piece) &&
	       text_u64(piece, UINT32_MAX, &to->sources[0]);
}

static bool read_truth(char *text, struct arguments *a)
{
	char *comma = strchr(text, ',');
	if (comma == NULL)
		return false;
	*comma = '\0';
	a->survey = text;
	a->lifetimes = comma + 1;
	return true;
}

static bool read_option(int option, char *value, struct arguments *a)
{
	switch (option) {
	case 'd': return text_u64(value, YEARS_DAYS_MAX, &a->years.days) && a->years.days > 0;
	case 'o': return read_sources(value, &a->years);
	case 'i': return text_u64(value, UINT32_MAX, &a->years.sightings);
	case 'x': return text_double(value, &a->scale) && a->scale > 0;
	case 'e': return text_u64(value, UINT64_MAX, &a->years.seed);
	case 't': return text_u64(value, POOL_THREADS_MAX, &a->threads) && a->threads > 0;
	case 'g': return text_u64(value, UINT32_MAX - 1, &a->gap);
	case 'r': return read_truth(value, a);
	case 'b': return (a->is_bare = true);
	case 'n': return (a->has_no_store = true);
	default: return false;
	}
}

static bool read_arguments(int count, char **words, struct arguments *a)
{
	static const struct option options[] = {
		{ "days", 1, NULL, 'd' },  { "sources", 1, NULL, 'o' },
		{ "scale", 1, NULL, 'x' }, { "sightings", 1, NULL, 'i' },
		{ "seed", 1, NULL, 'e' },  { "threads", 1, NULL, 't' },
		{ "gap", 1, NULL, 'g' },   { "truth", 1, NULL, 'r' },
		{ "bare", 0, NULL, 'b' },  { "no-store", 0, NULL, 'n' },
		{ NULL, 0, NULL, 0 },
	};
	int option;
	while ((option = getopt_long(count, words, "", options, NULL)) != -1)
		if (!read_option(option, optarg, a))
			return false;
	if (optind + 1 != count)
		return false;
	a->store = words[optind];
	for (unsigned f = 0; f < YEARS_FAMILIES; f++)
		a->years.sources[f] = (uint64_t)((double)a->years.sources[f] * a->scale);
	a->years.sightings = (uint64_t)((double)a->years.sightings * a->scale);
	// Two devices of five behind a hajime address had mirai too.
	a->years.both = a->years.sources[0] * 2 / 5;
	return a->years.both <= a->years.sources[1] && a->years.sources[1] > 0;
}

int main(int count, char **words)
{
	struct arguments a = {
		.threads = THREADS_DEFAULT,
		.gap = UINT32_MAX,
		.scale = 1,
		.years = { .days = 1096,
		           .seed = 1,
		           .sources = { 25000000, 36000000 },
		           .sightings = 1500000 },
	};
	struct years years;
	struct error error;
	if (!read_arguments(count, words, &a)) {
		fprintf(stderr, "usage: see the head of bench/years.c\n");
		return EXIT_FAILURE;
	}
	bool ok = years_make(&a.years, &years, &error);
	if (ok) {
		ok = (a.has_no_store || build(&a, &years, &error)) &&
		     (a.survey == NULL || write_truth(&a, &years, &error));
		years_done(&years);
	}
	if (!ok)
		fprintf(stderr, "bench-years: %s\n", error.text);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
