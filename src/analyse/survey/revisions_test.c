// SPDX-License-Identifier: MIT
// What the survey says that it said then, against surveys of those days: every view of random worlds, longer
// and shorter than the past that is looked at, with days that are missing, lost, or came as flows.
#include "analyse/survey/revisions.h"

#include "base/text.h"
#include "holdings/test_memory.h"

#include <math.h>

enum { SOURCES = 60, FAMILIES = 2, DAYS_MAX = 90, LOST_DAY = 9, FLOWS_DAY = 14, EMPTY_DAY = 19 };
static const char *const names[FAMILIES] = { "*", "mirai" };

static struct holdings_about about_nothing(struct fingerprint_set *fingerprints, struct zone *zone)
{
	static const struct telescope every_destination;
	static const struct ipset_prefixes none;
	struct error error;
	CHECK(fingerprint_set_init(fingerprints, NULL, NULL, &error));
	CHECK(zone_parse("UTC", zone, &error));
	return (struct holdings_about){
		"memory", zone, "", &none, &every_destination, fingerprints
	};
}

static struct record syn_at(uint32_t source, uint32_t day, uint32_t fingerprints)
{
	return (struct record){ .time_ns = (uint64_t)(TEST_DAY + day) * DAY_NS + source,
		                .day = TEST_DAY + (int32_t)day,
		                .source = source * 0x00101001,
		                .kind = KIND_SYN,
		                .known = 0xfff,
		                .fingerprints = fingerprints };
}

// Sources come and go, and are seen one day in two or in ten.
static struct pile world_of(uint64_t seed, uint32_t days)
{
	struct random dice = random_from(seed);
	struct pile p = { .records = memory_new(SOURCES * DAYS_MAX, sizeof *p.records),
		          .pieces = memory_new(SOURCES * DAYS_MAX, sizeof *p.pieces) };
	for (uint32_t source = 0; source < SOURCES; source++) {
		const uint32_t first = random_below(&dice, days), life = random_below(&dice, days);
		const uint32_t rarity = random_below(&dice, 2) == 0 ? 2 : 10;
		for (uint32_t day = first; day < days && day <= first + life; day++)
			if (day % EMPTY_DAY != EMPTY_DAY - 1 && random_below(&dice, rarity) == 0)
				p.records[p.count++] = syn_at(source, day,
				                              day % FLOWS_DAY == FLOWS_DAY - 1
				                                      ? 1u << FINGERPRINT_UNKNOWN
				                                      : source % 2);
	}
	return p;
}

static struct memory_holdings *hold(const struct holdings_about *about, const struct pile *p,
                                    uint32_t days, bool loses)
{
	struct memory_holdings *m = memory_holdings_of(about, p, 1, GRAIN_DAYS);
	for (uint32_t day = LOST_DAY; loses && day < days; day += LOST_DAY * 2)
		memory_lose_day(m, TEST_DAY + (int32_t)day);
	return m;
}

static void survey_to(struct memory_holdings *m, uint32_t gap, int32_t last, struct survey *out)
{
	const struct day_range days = { INT32_MIN, last };
	const struct survey_request request = { names, FAMILIES, gap, &days, 1 };
	struct error error;
	CHECK(survey_run(&m->holdings, &request, out, &error));
}

static size_t check_row(const struct survey *now, const struct survey *then, size_t family,
                        size_t age)
{
	const uint32_t end = then->day_count - 1, days = survey_ages[age];
	if (end <= days || !survey_is_known(now, family, end - days))
		return 0;
	const struct survey_then row = survey_row_then(now, family, end - days, age);
	const struct survey_day *wanted = &then->families[family].days[end - days];
	CHECK(row.recovered == wanted->recovered && row.active == wanted->active);
	return row.recovered != now->families[family].days[end - days].recovered;
}

// Returns how many rows said something else then.
static size_t check_view(const struct survey *now, const struct survey *then)
{
	size_t moved = 0;
	for (size_t f = 0; f < FAMILIES; f++) {
		const struct survey_family *x = &then->families[f], *y = &now->families[f];
		CHECK(memcmp(x->days, y->days, x->final_days * sizeof *x->days) == 0);
		CHECK(x->final_days >= 1);
		CHECK(x->lifetimes.spells == 0 ? x->final_days == then->day_count
		                               : x->final_days <= y->final_days);
		// Of what is not final something can change: it does, if nobody is seen any more.
		for (uint32_t i = x->final_days;
		     then->gap_days != SURVEY_GAP_NONE && i < then->day_count; i++)
			CHECK(x->days[i].recovered == 0);
		for (size_t age = 0;
		     age < SURVEY_AGES && survey_is_known(now, f, then->day_count - 1); age++)
			moved += check_row(now, then, f, age);
	}
	return moved;
}

static size_t check_views(struct memory_holdings *m, uint32_t gap)
{
	struct survey now, then;
	size_t moved = 0;
	survey_to(m, gap, INT32_MAX, &now);
	// The oldest row of a view is one of the past that is looked at.
	const uint32_t oldest = survey_past_first(now.day_count) + survey_ages[SURVEY_AGES - 1] + 1;
	for (uint32_t end = now.day_count > SURVEY_PAST_DAYS ? oldest : 0; end < now.day_count;
	     end++) {
		if (!now.has_data[end])
			continue;
		survey_to(m, gap, now.first_day + (int32_t)end, &then);
		CHECK(then.day_count == end + 1);
		moved += check_view(&now, &then);
		survey_done(&then);
	}
	survey_done(&now);
	return moved;
}

TEST(what_was_said_then)
{
	static const uint32_t gaps[] = { SURVEY_GAP_NONE, 0, 1, 4, 20, 400 };
	struct fingerprint_set fingerprints;
	struct zone zone;
	const struct holdings_about about = about_nothing(&fingerprints, &zone);
	size_t moved[sizeof gaps / sizeof *gaps] = { 0 };
	for (uint64_t seed = 1; seed <= random_rounds(8); seed++) {
		const unsigned failed = test_failed_checks;
		const uint32_t days = seed % 2 == 0 ? DAYS_MAX : 5 + (uint32_t)seed * 5;
		struct pile p = world_of(seed, days);
		struct memory_holdings *m = hold(&about, &p, days, seed % 3 == 0);
		for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++)
			moved[g] += check_views(m, gaps[g]);
		if (test_failed_checks > failed)
			printf("seed %llu\n", (unsigned long long)seed);
		memory_holdings_free(m);
		pile_done(&p);
	}
	fingerprint_set_done(&fingerprints);
	// With a gap of 0 the day that begins a silence ends it, and behind one of 400 nobody has recovered.
	for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++)
		CHECK((moved[g] > 0) == (gaps[g] != 0 && gaps[g] != 400) || random_rounds(8) < 8);
}

// ---- what is made of it

static bool is_near(double a, double b)
{
	return fabs(a - b) < 1e-12;
}

// Views of 28 days, of which each row is looked at by hand.
static struct revision_change naive(const struct survey *s, size_t family, size_t age,
                                    bool is_active)
{
	double values[REVISION_VIEWS];
	size_t count = 0;
	for (int32_t end = (int32_t)s->day_count - 1 - 34; end <= (int32_t)s->day_count - 1 - 7;
	     end++) {
		const int32_t day = end - (int32_t)survey_ages[age];
		if (day < 1 || !s->has_data[end] || !survey_is_known(s, family, (uint32_t)end) ||
		    !survey_is_known(s, family, (uint32_t)day) ||
		    (!is_active && !survey_is_change_known(s, family, (uint32_t)day)))
			continue;
		const struct survey_then row = survey_row_then(s, family, (uint32_t)day, age);
		const struct survey_day *now = &s->families[family].days[day];
		const double x = (double)(is_active ? row.active : row.recovered);
		size_t at = count;
		if (x <= 0)
			continue;
		const double value = (double)(is_active ? now->active : now->recovered) / x - 1;
		for (; at > 0 && values[at - 1] > value; at--)
			values[at] = values[at - 1];
		values[at] = value;
		count++;
	}
	if (count < 7)
		return (struct revision_change){ .is_known = false };
	return (struct revision_change){ true, (values[(count - 1) / 2] + values[count / 2]) / 2,
		                         -values[0] > values[count - 1] ? values[0]
		                                                        : values[count - 1] };
}

static void check_change(struct revision_change found, struct revision_change wanted)
{
	CHECK(found.is_known == wanted.is_known);
	CHECK(!found.is_known || (is_near(found.median, wanted.median) &&
	                          is_near(fabs(found.most), fabs(wanted.most))));
}

TEST(by_how_much_it_moved)
{
	static const uint32_t gaps[] = { SURVEY_GAP_NONE, 3 };
	struct fingerprint_set fingerprints;
	struct zone zone;
	const struct holdings_about about = about_nothing(&fingerprints, &zone);
	struct pile p = world_of(7, DAYS_MAX);
	struct memory_holdings *m = hold(&about, &p, DAYS_MAX, true);
	for (size_t g = 0; g < 2; g++) {
		struct revision found[SURVEY_AGES];
		struct survey s;
		survey_to(m, gaps[g], INT32_MAX, &s);
		for (size_t f = 0; f < FAMILIES; f++) {
			revisions_make(&s, f, found);
			for (size_t age = 0; age < SURVEY_AGES; age++) {
				check_change(found[age].active, naive(&s, f, age, true));
				check_change(found[age].recovered, naive(&s, f, age, false));
			}
			CHECK(found[0].active.is_known);
			CHECK(g == 0 ? found[0].active.median > 0 && found[0].recovered.median < 0
			             : found[0].active.median < 0 && !found[0].recovered.is_known);
			// Four days later nothing moves any more.
			CHECK(g == 0 || (is_near(found[4].active.most, 0) &&
			                 is_near(found[4].recovered.most, 0)));
		}
		survey_done(&s);
	}
	memory_holdings_free(m);
	pile_done(&p);
	fingerprint_set_done(&fingerprints);
}

TEST(too_little_past)
{
	struct fingerprint_set fingerprints;
	struct zone zone;
	const struct holdings_about about = about_nothing(&fingerprints, &zone);
	for (uint32_t days = 1; days < 13; days++) {
		struct pile p = world_of(3, days);
		struct memory_holdings *m = hold(&about, &p, days, false);
		struct revision found[SURVEY_AGES];
		struct survey s;
		survey_to(m, SURVEY_GAP_NONE, INT32_MAX, &s);
		revisions_make(&s, 0, found);
		// The first day has no view, and the last seven are not settled.
		uint32_t views = 0;
		for (uint32_t i = 1; i + REVISION_SETTLED_DAYS < s.day_count; i++)
			views += s.has_data[i];
		CHECK(found[0].views == views);
		CHECK(found[0].active.is_known == (found[0].views >= REVISION_VIEWS_MIN));
		CHECK(found[7].views == 0 && !found[7].recovered.is_known);
		survey_done(&s);
		memory_holdings_free(m);
		pile_done(&p);
	}
	fingerprint_set_done(&fingerprints);
}

TEST_MAIN
