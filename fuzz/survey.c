// SPDX-License-Identifier: MIT
// A capture into a store and out of it again as a survey, held against a survey
// that is counted day by day and source by source; every other question of it; and the same capture into
// another store with other memory and threads, whose segments have the same bytes.
//
// Input: two bytes of choices, then the capture.
#include "analyse/survey/survey.h"
#include "base/text.h"
#include "cmd/take.h"
#include "fuzz.h"
#include "naive.h"
#include "questions.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	LENGTH_MAX = 16 * 1024,
	DAYS_MAX = 3000,
	QUESTION_DAYS_MAX = 2,
	FAMILIES = 2,
	MEMORY_ONE_CHUNK = 8 * 3200
};

static const char *const families[FAMILIES] = { "*", "mirai" };
static struct zone utc;
static struct fingerprint_set fingerprints;

void fuzz_setup(void)
{
	struct error error;
	REQUIRE(zone_parse("UTC", &utc, &error));
	REQUIRE(fingerprint_set_init(&fingerprints, NULL, "", &error));
	// Warnings of damage are not what is tested; a sanitizer writes past stdio.
	stderr = fopen("/dev/null", "we");
	REQUIRE(stderr != NULL);
}

static bool is_sighting(const struct naive_host *h, unsigned family)
{
	return family == 0 ? h->packets[KIND_SYN - HOST_KIND_FIRST] > 0 : h->matched[0] > 0;
}

static int by_source(const void *a, const void *b)
{
	const struct naive_host *x = a, *y = b;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->day > y->day) - (x->day < y->day);
}

// A spell has ended if enough silence was seen behind it.
static bool has_ended(int32_t last, uint32_t gap, int32_t end)
{
	return gap == SURVEY_GAP_NONE ? last < end : (int64_t)last + gap + 1 <= end;
}

static void count_day(struct survey_day *days, const struct naive_host *h, int32_t first,
                      unsigned family)
{
	struct survey_day *day = &days[h->day - first];
	day->sources++;
	day->packets += family == 0 ? h->packets[KIND_SYN - HOST_KIND_FIRST] : h->matched[0];
}

// `hosts` ascend by source, then by day.
static void naive_survey(const struct naive *n, unsigned family, const struct survey *s,
                         struct survey_day *days)
{
	const int32_t end = s->first_day + (int32_t)s->day_count - 1;
	const struct naive_host *before = NULL;
	for (size_t i = 0; i <= n->count; i++) {
		const struct naive_host *h = i < n->count ? &n->hosts[i] : NULL;
		if (h != NULL && !is_sighting(h, family))
			continue;
		const bool is_same = before != NULL && h != NULL && before->source == h->source;
		const bool is_spell = is_same &&
		                      (s->gap_days == SURVEY_GAP_NONE ||
		                       (uint32_t)(h->day - before->day - 1) <= s->gap_days);
		if (before != NULL && !is_spell && has_ended(before->day, s->gap_days, end))
			days[before->day + 1 - s->first_day].recovered++;
		if (h == NULL)
			break;
		count_day(days, h, s->first_day, family);
		if (!is_same)
			days[h->day - s->first_day].new_sources++;
		else if (!is_spell)
			days[h->day - s->first_day].returned++;
		before = h;
	}
}

static void check_family(const struct naive *n, unsigned family, const struct survey *s)
{
	const struct survey_family *found = NULL;
	struct survey_day *days = fuzz_room((s->day_count + 1) * sizeof *days);
	uint64_t new_sum = 0, recovered_sum = 0;
	for (size_t i = 0; i < s->family_count; i++)
		if (text_equal(s->families[i].name, families[family]))
			found = &s->families[i];
	REQUIRE(found != NULL);
	naive_survey(n, family, s, days);
	for (uint32_t i = 0; i < s->day_count; i++) {
		const struct survey_day *a = &found->days[i], *b = &days[i];
		new_sum += b->new_sources + b->returned;
		recovered_sum += b->recovered;
		REQUIRE(a->packets == b->packets && a->sources == b->sources);
		REQUIRE(a->new_sources == b->new_sources && a->returned == b->returned);
		REQUIRE(a->recovered == b->recovered);
		REQUIRE(a->cumulative_new == new_sum && a->cumulative_recovered == recovered_sum);
		REQUIRE(a->active == new_sum - recovered_sum);
	}
	free(days);
}

static struct store *make_store(const char *folder, const char *path, uint64_t memory_bytes,
                                unsigned threads)
{
	const struct store_request request = { .zone = "UTC" };
	struct take_command options = { .common = { .quiet = true, .no_progress = true },
		                        .take = { .memory_bytes = memory_bytes,
		                                  .threads = threads } };
	char *words[] = { (char *)(uintptr_t)path };
	const struct option_words names = { words, 1 };
	struct take_result result;
	struct store *store;
	struct error error;
	if (!WORKS(store_open_writing(folder, &request, &store, &error)))
		return NULL;
	if (!WORKS(take_captures(store, &options, &names, false, &result, &error))) {
		store_close(store);
		return NULL;
	}
	REQUIRE(result.taken == 1);
	return store;
}

static struct span map_segment(struct store *store, size_t index)
{
	struct disk *disk = store_disk(store);
	struct span bytes;
	struct error error;
	return WORKS(disk->map(disk, store_segment_at(store, index)->file, &bytes, &error))
	               ? bytes
	               : (struct span){ .length = 0 };
}

static void check_same_segments(struct store *a, struct store *b)
{
	REQUIRE(store_segment_count(a) == store_segment_count(b));
	for (size_t i = 0; i < store_segment_count(a); i++) {
		const struct span x = map_segment(a, i), y = map_segment(b, i);
		REQUIRE(fuzz_is_starving ||
		        (x.length == y.length && memcmp(x.bytes, y.bytes, x.length) == 0));
		store_disk(a)->unmap(store_disk(a), x);
		store_disk(b)->unmap(store_disk(b), y);
	}
}

static int64_t survey_days(const struct naive *naive)
{
	int32_t first = INT32_MAX, last = INT32_MIN;
	for (size_t i = 0; i < naive->count; i++) {
		first = naive->hosts[i].day < first ? naive->hosts[i].day : first;
		last = naive->hosts[i].day > last ? naive->hosts[i].day : last;
	}
	return naive->count > 0 ? (int64_t)last - first : 0;
}

static void note(void *context, const char *line)
{
	(void)line;
	++*(unsigned *)context;
}

static void check_store(struct store *store, const struct naive *naive, uint32_t gap)
{
	const struct survey_request request = { families, FAMILIES, gap, NULL, 1 + gap % 3 };
	struct survey survey;
	struct store_verify_result result;
	struct error error;
	unsigned lines = 0;
	if (WORKS(survey_run(store_holdings(store), &request, &survey, &error))) {
		for (unsigned f = 0; f < FAMILIES; f++)
			check_family(naive, f, &survey);
		survey_done(&survey);
	}
	// How answers end without memory, the tests beside them see.
	if (!fuzz_is_starving && survey_days(naive) < QUESTION_DAYS_MAX)
		questions_ask(store, gap);
	if (WORKS(store_verify(store, note, &lines, &result, &error)))
		REQUIRE(fuzz_is_starving || lines == 0);
}

static void check_stores(const char *path, unsigned choices, const struct naive *naive)
{
	char first[256], second[256];
	const char *folder = fuzz_folder();
	const uint32_t gap = choices & 0x80 ? SURVEY_GAP_NONE : choices >> 8 & 15;
	text_format(first, sizeof first, "%s/1", folder);
	text_format(second, sizeof second, "%s/2", folder);
	struct store *a = make_store(first, path, 1 << 20, 1);
	struct store *b = make_store(second, path, MEMORY_ONE_CHUNK * (1 + (choices & 15)),
	                             1 + (choices >> 4 & 3));
	if (a != NULL)
		check_store(a, naive, gap);
	if (a != NULL && b != NULL)
		check_same_segments(a, b);
	store_close(a);
	store_close(b);
	fuzz_folder_done();
}

void fuzz_one(struct span input)
{
	const unsigned choices = fuzz_u16(&input);
	struct naive naive;
	if (input.length > LENGTH_MAX)
		return;
	const char *path = fuzz_file(0, input);
	const bool is_counted = naive_count(path, &utc, NULL, &fingerprints, &naive);
	if (naive.is_open && is_counted && survey_days(&naive) < DAYS_MAX) {
		qsort(naive.hosts, naive.count, sizeof *naive.hosts, by_source);
		check_stores(path, choices, &naive);
	}
	naive_done(&naive);
}
