// SPDX-License-Identifier: MIT
// The survey against its definitions, written out with one array of days a source:
// random sightings, several segments a day, days without any packet, every gap.
#include "analyse/survey/survey.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "base/text.h"
#include "store/store.h"

#include <math.h>
#include <string.h>

enum { FIRST_DAY = 17045, DAYS_MAX = 24, SOURCES_MAX = 120, FAMILIES = 3, PIECES = 3 };
#define DAY_NS (UINT64_C(86400) * NANOSECONDS_A_SECOND)

// By name, ascending, as a survey has them; "*" is every SYN.
static const char *const names[FAMILIES] = { "*", "hajime", "mirai" };
static const uint32_t bits[FAMILIES] = { 0, 1u << 2, 1u << 0 };

// SYNs of a source on a day that match a family; index 0 has all of them.
struct world {
	uint32_t addresses[SOURCES_MAX];  // ascending
	unsigned syns[FAMILIES][DAYS_MAX][SOURCES_MAX];
	bool is_lost[DAYS_MAX];  // nobody can see these any more
	unsigned source_count, day_count;
};

struct piece {
	unsigned syns[FAMILIES];
};

static struct random dice;

// Adds the host-day of one source in one piece to the columns.
static void add_host(struct host_columns *columns, uint32_t address, int32_t day,
                     const struct piece *piece)
{
	struct record records[16];
	const struct record *pointers[16];
	struct aggregator *room = aggregator_new();
	struct host_day host = { .items = NULL };
	unsigned count = 0;
	for (unsigned i = 0; i < piece->syns[0]; i++) {
		records[count] = (struct record){ .time_ns = (uint64_t)day * DAY_NS + i,
			                          .day = day,
			                          .source = address,
			                          .kind = KIND_SYN };
		for (unsigned f = 1; f < FAMILIES; f++)
			records[count].fingerprints |= i < piece->syns[f] ? bits[f] : 0;
		pointers[count] = &records[count];
		count++;
	}
	// A source that sends no SYN is none of the survey's.
	if (count == 0) {
		records[0] = (struct record){ .time_ns = (uint64_t)day * DAY_NS,
			                      .day = day,
			                      .source = address,
			                      .kind = KIND_UDP };
		pointers[count++] = &records[0];
	}
	CHECK(host_day_aggregate(room, pointers, count, &host));
	host_columns_add(columns, &host);
	host_day_done(&host);
	aggregator_free(room);
}

// One ingest: a share of the sightings of every day.
static void take_piece(struct store *s, struct world *w, unsigned share)
{
	struct store_ingest *in;
	struct host_columns columns;
	struct error error;
	const struct store_capture none = { .name = NULL };
	host_columns_init(&columns, 0, SIZE_MAX);
	CHECK(store_ingest_begin(s, &in, &error));
	struct host_day_receiver *receiver = store_ingest_receiver(in);
	for (unsigned d = 0; d < w->day_count; d++) {
		const int32_t day = FIRST_DAY + (int32_t)d;
		// Some days have nothing at all; the first and the last have a source that
		// sends no SYN.
		if (d % 7 == 3 && d + 1 < w->day_count)
			continue;
		host_columns_reset(&columns, (uint64_t)day * DAY_NS);
		for (unsigned i = 0; i < w->source_count; i++) {
			struct piece piece = { .syns = { 0 } };
			const bool is_edge = i == 0 && (d == 0 || d + 1 == w->day_count);
			if (!is_edge && random_below(&dice, 100) >= share)
				continue;
			piece.syns[0] = is_edge ? 0 : random_below(&dice, 4);
			for (unsigned f = 1; f < FAMILIES; f++)
				piece.syns[f] = random_below(&dice, piece.syns[0] + 1);
			for (unsigned f = 0; f < FAMILIES; f++)
				w->syns[f][d][i] += piece.syns[f];
			add_host(&columns, w->addresses[i], day, &piece);
		}
		if (columns.host_count == 0)
			continue;
		const struct host_batch batch = host_columns_batch(&columns);
		void *to = receiver->begin_day(receiver, day, (uint64_t)day * DAY_NS, &error);
		CHECK(to != NULL && receiver->hosts(receiver, to, &batch, &error));
		CHECK(to != NULL && receiver->end_day(receiver, to, true, &error));
	}
	CHECK(store_ingest_commit(in, &none, 0, &error));
	store_ingest_free(in);
	host_columns_done(&columns);
}

struct test_place {
	char parent[256], path[300];
	struct store *store;
};

static struct test_place test_place_new(void)
{
	struct test_place p;
	struct error error;
	const struct store_request request = { .zone = NULL };
	CHECK(disk_temporary(p.parent, sizeof p.parent, &error));
	CHECK(text_format(p.path, sizeof p.path, "%s/store", p.parent));
	CHECK(store_open_writing(p.path, &request, &p.store, &error));
	return p;
}

static void test_place_done(struct test_place *p)
{
	store_close(p->store);
	disk_remove_folder(p->path);
	disk_remove_folder(p->parent);
}

static void make_world(struct world *w, struct store *s, uint64_t seed)
{
	dice = random_from(seed);
	memset(w, 0, sizeof *w);
	w->day_count = seed % 5 == 0 ? 1 : 2 + random_below(&dice, DAYS_MAX - 1);
	w->source_count = 20 + random_below(&dice, SOURCES_MAX - 20);
	// Near and far: several sources in one /16, and the two ends of the address space.
	uint32_t address = 0;
	for (unsigned i = 0; i < w->source_count; i++) {
		w->addresses[i] = address;
		address += 1 + (random_below(&dice, 3) ? random_below(&dice, 50)
		                                       : random_below(&dice, 30000000));
	}
	w->addresses[w->source_count - 1] = UINT32_MAX;
	for (unsigned i = 0; i < PIECES; i++)
		take_piece(s, w, seed % 3 == 0 ? 3 : 25);
}

// What the definitions say of one family: a list of spells first.
struct spell {
	unsigned first, last, number;  // number of the spell of its source, from 0
	bool is_open;
};

struct model {
	struct survey_day days[DAYS_MAX];
	struct spell spells[DAYS_MAX * SOURCES_MAX];
	size_t spell_count;
	uint64_t sources;
};

// Days behind `last` and before `day` on which anybody could have been seen.
static unsigned silence(const struct world *w, unsigned last, unsigned day)
{
	unsigned days = 0;
	for (unsigned d = last + 1; d < day; d++)
		days += !w->is_lost[d];
	return days;
}

static void find_spells(const struct world *w, unsigned family, uint32_t gap, struct model *m)
{
	for (unsigned i = 0; i < w->source_count; i++) {
		struct spell *current = NULL;
		unsigned number = 0;
		for (unsigned d = 0; d < w->day_count; d++) {
			if (w->syns[family][d][i] == 0)
				continue;
			const unsigned silent = current == NULL ? 0 : silence(w, current->last, d);
			if (current == NULL || (gap != SURVEY_GAP_NONE && silent > gap)) {
				current = &m->spells[m->spell_count++];
				*current = (struct spell){ .first = d, .number = number++ };
			}
			current->last = d;
		}
		m->sources += number > 0;
	}
	for (size_t k = 0; k < m->spell_count; k++) {
		struct spell *s = &m->spells[k];
		const unsigned silent = silence(w, s->last, w->day_count);
		s->is_open = gap == SURVEY_GAP_NONE ? silent == 0 : silent <= gap;
	}
}

static void count_days(const struct world *w, unsigned family, struct model *m)
{
	uint64_t gained = 0, lost = 0;
	for (unsigned d = 0; d < w->day_count; d++) {
		struct survey_day *day = &m->days[d];
		for (unsigned i = 0; i < w->source_count; i++) {
			day->packets += w->syns[family][d][i];
			day->sources += w->syns[family][d][i] > 0;
		}
		for (size_t k = 0; k < m->spell_count; k++) {
			const struct spell *s = &m->spells[k];
			day->new_sources += s->first == d && s->number == 0;
			day->returned += s->first == d && s->number > 0;
			day->recovered += !s->is_open && s->last + 1 == d;
		}
		day->cumulative_new = gained += day->new_sources + day->returned;
		day->cumulative_recovered = lost += day->recovered;
		day->active = gained - lost;
	}
}

static unsigned length_of(const struct spell *s)
{
	return s->last - s->first + 1;
}

// Of the spells with at least d days at risk, the share that did not end then, day by day.
static double naive_survival(const struct model *m, unsigned days)
{
	double survival = 1;
	for (unsigned d = 1; d <= days; d++) {
		unsigned at_risk = 0, ended = 0;
		for (size_t k = 0; k < m->spell_count; k++) {
			at_risk += length_of(&m->spells[k]) >= d;
			ended += length_of(&m->spells[k]) == d && !m->spells[k].is_open;
		}
		if (at_risk > 0)
			survival *= (double)(at_risk - ended) / at_risk;
	}
	return survival;
}

// How many spells last at most so many days.
static unsigned not_longer(const struct model *m, unsigned days)
{
	unsigned count = 0;
	for (size_t k = 0; k < m->spell_count; k++)
		count += length_of(&m->spells[k]) <= days;
	return count;
}

static unsigned least_with(const struct model *m, size_t rank)
{
	unsigned days = 1;
	while (not_longer(m, days) < rank)
		days++;
	return days;
}

static void check_lifetimes(const struct world *w, const struct lifetimes *l, const struct model *m)
{
	double survival[DAYS_MAX + 1], sum = 0;
	uint64_t open = 0, ended_by_length[DAYS_MAX + 1] = { 0 },
		 open_by_length[DAYS_MAX + 1] = { 0 };
	unsigned km_median = 0;
	const size_t n = m->spell_count;
	for (size_t k = 0; k < n; k++) {
		const struct spell *s = &m->spells[k];
		open += s->is_open;
		(s->is_open ? open_by_length : ended_by_length)[length_of(s)]++;
		sum += length_of(s);
	}
	CHECK(l->sources == m->sources && l->spells == n && l->open_spells == open);
	lifetimes_survival(l, w->day_count, survival);
	for (unsigned d = 0; d <= w->day_count; d++) {
		CHECK(fabs(survival[d] - naive_survival(m, d)) < 1e-9);
		CHECK(l->ended[d] == ended_by_length[d] && l->open[d] == open_by_length[d]);
		if (d > 0 && km_median == 0 && naive_survival(m, d) <= 0.5 + 1e-9)
			km_median = d;
	}
	CHECK(l->kaplan_meier_median_days == km_median);
	if (n == 0)
		return;
	CHECK(fabs(l->mean_days - sum / (double)n) < 1e-9);
	CHECK(l->median_days == (least_with(m, (n + 1) / 2) + least_with(m, n / 2 + 1)) / 2.0);
	CHECK(l->p90_days == least_with(m, (9 * n + 9) / 10));
}

static void check_family(const struct world *w, const struct survey *survey, unsigned family)
{
	static struct model m;
	const struct survey_family *found = &survey->families[family];
	m = (struct model){ .spell_count = 0 };
	find_spells(w, family, survey->gap_days, &m);
	count_days(w, family, &m);
	CHECK(text_equal(found->name, names[family]));
	CHECK(memcmp(found->days, m.days, w->day_count * sizeof *m.days) == 0);
	check_lifetimes(w, &found->lifetimes, &m);
}

static bool has_syns(const struct world *w, unsigned day)
{
	for (unsigned i = 0; i < w->source_count; i++)
		if (w->syns[0][day][i] > 0)
			return true;
	return false;
}

static void check_survey(const struct world *w, struct store *store, uint32_t gap, unsigned threads)
{
	static const char *const asked[FAMILIES] = { "mirai", "*", "hajime" };
	const struct survey_request request = { asked, FAMILIES, gap, NULL, threads };
	struct survey survey;
	struct error error;
	CHECK(survey_run(store_holdings(store), &request, &survey, &error));
	CHECK(survey.gap_days == gap && survey.family_count == FAMILIES);
	CHECK(survey.first_day == FIRST_DAY && survey.day_count == w->day_count);
	for (unsigned d = 0; d < w->day_count; d++)
		CHECK(survey.has_data[d] == (d % 7 != 3 || d + 1 == w->day_count) ||
		      (!survey.has_data[d] && !has_syns(w, d)));
	for (unsigned family = 0; family < FAMILIES; family++)
		check_family(w, &survey, family);
	survey_done(&survey);
}

TEST(random_sightings)
{
	static const uint32_t gaps[] = {
		SURVEY_GAP_NONE, 0, 1, 2, 5, INT32_MAX, 1u << 31, DAYS_MAX + 9, SURVEY_GAP_NONE - 1
	};
	static struct world w;
	for (uint64_t seed = 1; seed <= random_rounds(20); seed++) {
		const unsigned failed = test_failed_checks;
		struct test_place p = test_place_new();
		make_world(&w, p.store, seed);
		for (unsigned g = 0; g < sizeof gaps / sizeof *gaps; g++)
			check_survey(&w, p.store, gaps[g], (g + (unsigned)seed) % 4);
		if (test_failed_checks > failed)
			printf("seed %llu\n", (unsigned long long)seed);
		test_place_done(&p);
	}
}

// Takes one day away, or some, by removing their files. False: there was nothing to take.
static bool lose_days(struct world *w, const struct test_place *p)
{
	bool has_any = false;
	for (size_t i = 0; i < store_segment_count(p->store); i++) {
		const struct store_segment *segment = store_segment_at(p->store, i);
		const unsigned day = (unsigned)(segment->day - FIRST_DAY);
		char path[400];
		w->is_lost[day] = w->is_lost[day] || random_below(&dice, 6) == 0;
		if (!w->is_lost[day])
			continue;
		text_format(path, sizeof path, "%s/%s", p->path, segment->file);
		CHECK(remove(path) == 0);
		has_any = true;
		for (unsigned f = 0; f < FAMILIES; f++)
			memset(w->syns[f][day], 0, sizeof w->syns[f][day]);
	}
	return has_any;
}

static void check_lost(struct world *w, struct store *store, uint32_t gap)
{
	static const struct survey_request request = { names, FAMILIES, 1, NULL, 1 };
	struct holdings *h = store_holdings(store);
	struct survey survey;
	struct error error = { .kind = ERROR_NONE };
	size_t days = 0, lost = 0;
	CHECK(!survey_run(h, &request, &survey, &error) && error.kind == ERROR_CORRUPT);
	CHECK(holdings_lose(h, false, &days, &error));
	for (unsigned d = 0; d < w->day_count; d++)
		lost += w->is_lost[d];
	CHECK(days == lost);
	check_survey(w, store, gap, 2);
	CHECK(survey_run(h, &request, &survey, &error));
	for (unsigned d = 0; d < w->day_count; d++) {
		const bool is_behind = d > 0 && w->is_lost[d - 1];
		CHECK(survey.is_lost[d] == w->is_lost[d]);
		CHECK(survey_is_known(&survey, 0, d) == !w->is_lost[d]);
		CHECK(survey_is_change_known(&survey, 0, d) == (!w->is_lost[d] && !is_behind));
	}
	CHECK(survey_lost_days(&survey) == lost && survey_unknown_days(&survey) == 0);
	survey_done(&survey);
	CHECK(holdings_lose(h, true, &days, &error) && days == 0);
}

TEST(lost_days_are_no_silence)
{
	static const uint32_t gaps[] = { SURVEY_GAP_NONE, 0, 1, 3 };
	static struct world w;
	unsigned worlds = 0;
	for (uint64_t seed = 1; seed <= random_rounds(12); seed++) {
		const unsigned failed = test_failed_checks;
		struct test_place p = test_place_new();
		struct error error;
		make_world(&w, p.store, seed);
		if (lose_days(&w, &p)) {
			store_close(p.store);
			p.store = NULL;
			CHECK(store_open(p.path, &p.store, &error));
			check_lost(&w, p.store, gaps[seed % 4]);
			worlds++;
		}
		if (test_failed_checks > failed)
			printf("seed %llu\n", (unsigned long long)seed);
		test_place_done(&p);
	}
	CHECK(worlds > random_rounds(12) / 2);
}

static bool same_families(const struct survey *a, const struct survey *b)
{
	const size_t lengths = ((size_t)a->day_count + 1) * sizeof(uint64_t);
	bool ok = a->day_count == b->day_count && a->family_count == b->family_count;
	for (size_t i = 0; ok && i < a->family_count; i++) {
		const struct survey_family *x = &a->families[i], *y = &b->families[i];
		ok = memcmp(x->days, y->days, a->day_count * sizeof *x->days) == 0 &&
		     memcmp(x->lifetimes.ended, y->lifetimes.ended, lengths) == 0 &&
		     memcmp(x->lifetimes.open, y->lifetimes.open, lengths) == 0;
	}
	return ok;
}

// Reads the file, or writes it back with one bit flipped.
static size_t file_of(const char *path, const char *mode, uint8_t *bytes, size_t length)
{
	FILE *file = fopen(path, mode);
	CHECK(file != NULL);
	if (file == NULL)
		return 0;
	length = mode[0] == 'r' ? fread(bytes, 1, length, file) : fwrite(bytes, 1, length, file);
	CHECK(fclose(file) == 0);
	return length;
}

// Checksums are compared while sets are merged, and a flipped bit may lead it astray first:
// whatever it meets, it ends in one line that names the segment, or nobody read that bit.
static void check_flip(const struct test_place *p, const char *name, const struct survey *whole)
{
	static const struct survey_request request = { names, FAMILIES, 1, NULL, 2 };
	struct store *store;
	struct survey survey;
	struct error error = { .text = "" };
	if (!store_open(p->path, &store, &error)) {
		CHECK(false);
		return;
	}
	if (survey_run(store_holdings(store), &request, &survey, &error)) {
		CHECK(same_families(&survey, whole));
		survey_done(&survey);
	} else {
		const bool is_named = strstr(error.text, name) != NULL &&
		                      strstr(error.text, "is damaged") != NULL &&
		                      strchr(error.text, '\n') == NULL;
		CHECK(is_named);
		if (!is_named)
			printf("%s\n", error.text);
	}
	store_close(store);
}

// Where the bytes of a set lie in the file.
static size_t offset_of(struct store *store, unsigned bit, const uint8_t *file, size_t length,
                        size_t *set_length)
{
	struct holdings_set *set;
	struct error error;
	CHECK(holdings_open_set(store_holdings(store), 0, bit, &set, &error) && set->length > 0);
	uint8_t *bytes = memory_new(set->length, 1);
	CHECK(bytes != NULL && set->functions->read(set, 0, set->length, bytes, &error));
	size_t at = 0;
	while (at + set->length <= length && memcmp(file + at, bytes, set->length) != 0)
		at++;
	const bool is_found = at + set->length <= length;
	*set_length = set->length;
	memory_free(bytes);
	holdings_close_set(set);
	if (is_found)
		return at;
	CHECK(false);
	return 0;
}

TEST(every_byte_of_a_set)
{
	static const struct survey_request request = { names, FAMILIES, 1, NULL, 1 };
	static struct world w;
	static uint8_t bytes[1 << 16];
	struct test_place p = test_place_new();
	struct survey whole;
	struct error error = { .text = "" };
	char path[400], name[STORE_NAME_SIZE];
	size_t set_length;
	make_world(&w, p.store, 2);
	CHECK(survey_run(store_holdings(p.store), &request, &whole, &error));
	text_copy(name, sizeof name, store_segment_at(p.store, 0)->file);
	text_format(path, sizeof path, "%s/%s", p.path, name);
	const size_t length = file_of(path, "rbe", bytes, sizeof bytes);
	CHECK(length > 100 && length < sizeof bytes);
	const size_t begin = offset_of(p.store, 0, bytes, length, &set_length);
	for (size_t at = begin; at < begin + set_length && test_failed_checks < 10;
	     at += sweep_step()) {
		bytes[at] ^= (uint8_t)(1 << at % 8);
		CHECK(file_of(path, "wbe", bytes, length) == length);
		check_flip(&p, name, &whole);
		bytes[at] ^= (uint8_t)(1 << at % 8);
	}
	CHECK(file_of(path, "wbe", bytes, length) == length);
	check_flip(&p, name, &whole);
	survey_done(&whole);
	test_place_done(&p);
}

// A whole /16 and more a day: containers of all kinds.
TEST(dense_sources)
{
	enum { SOURCES = 70000, DAYS = 3 };
	struct test_place p = test_place_new();
	struct host_columns columns;
	struct store_ingest *in;
	struct survey survey;
	struct error error;
	const struct piece one = { .syns = { 1, 0, 1 } };
	const char *const family = "mirai";
	host_columns_init(&columns, 0, SIZE_MAX);
	CHECK(store_ingest_begin(p.store, &in, &error));
	struct host_day_receiver *receiver = store_ingest_receiver(in);
	for (int32_t d = 0; d < DAYS; d++) {
		const int32_t day = FIRST_DAY + d;
		void *to = receiver->begin_day(receiver, day, (uint64_t)day * DAY_NS, &error);
		// Day 0: all; day 1: every other one; day 2: the first 50,000.
		host_columns_reset(&columns, (uint64_t)day * DAY_NS);
		for (uint32_t i = 0; i < SOURCES; i++) {
			if (d == 0 || (d == 1 && i % 2 == 0) || (d == 2 && i < 50000))
				add_host(&columns, 0x0a000000 + i, day, &one);
			if (columns.host_count == 10000 ||
			    (i + 1 == SOURCES && columns.host_count > 0)) {
				const struct host_batch batch = host_columns_batch(&columns);
				CHECK(to != NULL && receiver->hosts(receiver, to, &batch, &error));
				host_columns_reset(&columns, (uint64_t)day * DAY_NS);
			}
		}
		CHECK(to != NULL && receiver->end_day(receiver, to, true, &error));
	}
	CHECK(store_ingest_commit(in, &(struct store_capture){ .name = NULL }, 0, &error));
	store_ingest_free(in);
	CHECK(survey_run(store_holdings(p.store),
	                 &(struct survey_request){ &family, 1, 0, NULL, 2 }, &survey, &error));
	const struct survey_day *days = survey.families[0].days;
	CHECK(days[0].sources == 70000 && days[0].new_sources == 70000);
	CHECK(days[1].sources == 35000 && days[1].recovered == 35000 && days[1].active == 35000);
	CHECK(days[2].sources == 50000 && days[2].returned == 25000 && days[2].recovered == 10000);
	CHECK(days[2].active == 50000);
	survey_done(&survey);
	host_columns_done(&columns);
	test_place_done(&p);
}

TEST(an_empty_store)
{
	struct test_place p = test_place_new();
	struct survey survey;
	struct error error;
	for (size_t count = 0; count <= FAMILIES; count++) {
		const struct survey_request request = { names, count, 2, NULL, 2 };
		CHECK(survey_run(store_holdings(p.store), &request, &survey, &error));
		CHECK(survey.day_count == 0 && survey.family_count == count);
		for (size_t i = 0; i < count; i++) {
			double survival = 0;
			CHECK(survey.families[i].lifetimes.spells == 0);
			CHECK(survey.families[i].lifetimes.kaplan_meier_median_days == 0);
			lifetimes_survival(&survey.families[i].lifetimes, 0, &survival);
			CHECK(survival == 1);
		}
		survey_done(&survey);
	}
	test_place_done(&p);
}

TEST(unknown_families)
{
	static const char *const asked[] = { "mirai", "mozi" };
	static const struct survey_request request = { asked, 2, 0, NULL, 1 };
	static struct world w;
	struct test_place p = test_place_new();
	struct survey survey;
	struct error error = { .text = "" };
	CHECK(!survey_run(store_holdings(p.store), &request, &survey, &error) &&
	      error.kind == ERROR_USAGE);
	make_world(&w, p.store, 1);
	CHECK(!survey_run(store_holdings(p.store), &request, &survey, &error) &&
	      error.kind == ERROR_USAGE);
	CHECK(strstr(error.text, "'mozi' is no fingerprint of this store") != NULL);
	test_place_done(&p);
}

TEST_MAIN
