// SPDX-License-Identifier: MIT
// Estimates of all families and days: counts from the host-days, read once for all families, and how
// much silence is enough, from what the telescope sees on the days that follow.
#include "analyse/survey/survey.h"

#include "base/memory.h"
#include "base/text.h"
#include "holdings/holdings.h"
#include "hostday/evidence.h"

#include <math.h>

#define ADDRESSES 4294967296.0

struct run {
	struct holdings *holdings;
	const struct estimate_request *request;
	const struct survey *survey;
	unsigned bits[FINGERPRINTS_MAX + 1];  // of the families
	struct source_counts *counts;         // of the families, on one day
	double *watched;                      // [day_count + 1]: sum of exposures before the day
	double *watched_known;                // of days only on which families are known
	struct estimate_day *days;
};

// How much the telescope sees on a day, of what one address sees on a whole day.
static double exposure(const struct run *r, uint32_t day)
{
	const int32_t number = r->survey->first_day + (int32_t)day;
	const struct coverage_day *covered = coverage_on(r->request->coverage, number);
	const struct telescope *telescope = holdings_about(r->holdings).telescope_days;
	const double size = telescope->count > 0 ? (double)telescope_size(telescope, number) : 1;
	const bool is_seen = covered != NULL && !r->survey->is_lost[day];
	return is_seen ? size * coverage_share(covered) : 0;
}

static bool sum_exposures(struct run *r, struct error *error)
{
	const size_t count = (size_t)r->survey->day_count + 1;
	r->watched = memory_new(count, sizeof *r->watched);
	r->watched_known = memory_new(count, sizeof *r->watched_known);
	if (r->watched == NULL || r->watched_known == NULL)
		return error_memory(error, "the estimates");
	for (uint32_t i = 0; i < r->survey->day_count; i++) {
		const double seen = exposure(r, i);
		r->watched[i + 1] = r->watched[i] + seen;
		r->watched_known[i + 1] = r->watched_known[i] +
		                          (r->survey->has_unknown[i] ? 0 : seen);
	}
	return true;
}

// Behind the last day of the store each day is whole, with its last telescope.
static double last_exposure(const struct run *r)
{
	const struct telescope *telescope = holdings_about(r->holdings).telescope_days;
	const int32_t last = r->survey->first_day + (int32_t)r->survey->day_count - 1;
	return telescope->count > 0 ? (double)telescope_size(telescope, last) : 1;
}

// The least number of days behind `day` that sum to at least `need`; 0: there never are.
static uint64_t days_until(const struct run *r, const double *watched, uint32_t day, double need)
{
	const uint32_t count = r->survey->day_count;
	const double target = watched[day + 1] + need;
	uint32_t low = day + 1, high = count;
	if (target > watched[count]) {
		const double days = ceil((target - watched[count]) / last_exposure(r));
		return days < (double)UINT32_MAX ? count - day - 1 + (uint64_t)days : 0;
	}
	while (low < high) {
		const uint32_t middle = (low + high) / 2;
		if (watched[middle] < target)
			low = middle + 1;
		else
			high = middle;
	}
	return low - day - 1;
}

static void finish_family(const struct run *r, uint32_t day, size_t family)
{
	struct estimate_day *out = &r->days[day * r->survey->family_count + family];
	const double *watched = r->survey->families[family].is_fingerprint ? r->watched_known
	                                                                   : r->watched;
	const int32_t number = r->survey->first_day + (int32_t)day;
	const struct coverage_day *covered = coverage_on(r->request->coverage, number);
	const uint64_t size = telescope_size(holdings_about(r->holdings).telescope_days, number);
	const double seen = watched[day + 1] - watched[day];
	out->estimate = estimate_make(&r->counts[family]);
	if (!out->estimate.is_known || !(seen > 0) || covered == NULL)
		return;
	const double rate = out->estimate.slow_rate;
	out->gone_after_days = days_until(r, watched, day, -log(r->request->error) / rate * seen);
	if (size > 0)
		out->slow_internet_rate = rate * ADDRESSES / (double)size /
		                          ((double)covered->covered_ns / NANOSECONDS_A_SECOND);
}

static void count_host(const struct run *r, const struct host_day *h)
{
	const uint32_t counted = host_day_counted(h);
	for (size_t f = 0; f < r->survey->family_count; f++) {
		const unsigned bit = r->bits[f];
		const uint64_t packets = bit == HOLDINGS_ALL_SYNS ? host_day_packets(h, KIND_SYN)
		                         : counted >> bit & 1     ? h->matched[bit]
		                                                  : 0;
		if (packets > 0)
			source_counts_add(&r->counts[f], packets);
	}
}

static bool count_day(const struct run *r, uint32_t day, struct error *error)
{
	struct holdings_hosts *hosts;
	const struct host_day *h;
	memset(r->counts, 0, r->survey->family_count * sizeof *r->counts);
	if (!holdings_open_hosts(r->holdings, period_of_day(r->survey->first_day + (int32_t)day), 0,
	                         &hosts, error))
		return false;
	while ((h = holdings_next_host(hosts, error)) != NULL)
		count_host(r, h);
	holdings_close_hosts(hosts);
	if (error->kind != ERROR_NONE)
		return false;
	for (size_t f = 0; f < r->survey->family_count; f++)
		if (survey_is_known(r->survey, f, day))
			finish_family(r, day, f);
	return true;
}

static bool make_room(struct run *r, struct error *error)
{
	const struct survey *s = r->survey;
	if (s->family_count > sizeof r->bits / sizeof *r->bits)
		return error_set(error, ERROR_USAGE, "too many families");
	for (size_t f = 0; f < s->family_count; f++)
		if (!holdings_family(r->holdings, s->families[f].name, &r->bits[f], error))
			return false;
	r->counts = memory_new(s->family_count + 1, sizeof *r->counts);
	r->days = memory_new(((size_t)s->day_count + 1) * (s->family_count + 1), sizeof *r->days);
	return (r->counts != NULL && r->days != NULL) || error_memory(error, "the estimates");
}

bool estimates_make(struct holdings *holdings, const struct estimate_request *request,
                    struct estimates *out, struct error *error)
{
	struct run r = { .holdings = holdings, .request = request, .survey = request->survey };
	bool ok = make_room(&r, error) && sum_exposures(&r, error);
	for (uint32_t i = 0; ok && i < r.survey->day_count; i++) {
		const int32_t day = r.survey->first_day + (int32_t)i;
		if (day_range_holds(request->window, day) && r.survey->has_data[i])
			ok = count_day(&r, i, error);
	}
	memory_free(r.counts);
	memory_free(r.watched);
	memory_free(r.watched_known);
	if (!ok) {
		memory_free(r.days);
		return false;
	}
	*out = (struct estimates){ .days = r.days, .family_count = r.survey->family_count };
	return true;
}

void estimates_done(struct estimates *e)
{
	memory_free(e->days);
	*e = (struct estimates){ .family_count = 0 };
}
