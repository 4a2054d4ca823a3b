// SPDX-License-Identifier: MIT
// Days side by side, as many as there are threads; the results go out in the order of days.
#include "analyse/rules/header_rules_private.h"

#include "base/memory.h"
#include "base/pool.h"
#include "holdings/days.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

// What a command on a store may take (SECURITY.md), with what else there is in memory.
enum {
	THREADS_MAX = 8,  // each has a day, with some MiB of counters
	KEPT_BYTES = 24 << 20,
	WEIGHT = 1 << 20,
	MINING_BYTES = 28 << 20,
	WEIGHT_ALONE = 1 << 20,
	MINING_BYTES_ALONE = 56 << 20,
};

// How far a listener has got.
struct hearing {
	size_t alpha;  // its number
	size_t days;   // so many days have been read for it
	bool has_enough;
};

struct run {
	struct holdings *holdings;
	const struct header_rules_request *request;
	struct header_rules_listener *listeners;
	struct hearing *hearings;  // [listener_count]
	size_t listener_count;
	double *alphas;  // [alpha_count], descending
	size_t alpha_count;
	struct rules_source_day *days;  // those that are held and read, ascending
	size_t day_count;
	size_t floods_known;  // of the first so many days
	struct rules_day_job *jobs;
	size_t job_count;  // in this round
	unsigned threads;
	struct mirai_bits mirai;
};

// ---- floors

// The days of all transactions.
static struct day_range days_read(const struct header_rules_request *request)
{
	return day_range_with_past(request->window, request->days - 1);
}

static uint64_t floored_fields(const struct header_rules_request *request)
{
	uint64_t fields = 0;
	for (size_t i = 0; i < request->field_count; i++)
		fields |= UINT64_C(1) << request->fields[i];
	return fields & ~HEADER_FIELDS_WITHOUT_FLOOR;
}

uint64_t header_rules_floor(const struct holdings *holdings,
                            const struct header_rules_request *request, int32_t *out_day)
{
	struct held_day day = { .count = 0 };
	uint64_t floor = 1;
	while (floored_fields(request) != 0 && held_day_next(holdings, days_read(request), &day)) {
		if (day.floor <= floor)
			continue;
		*out_day = day.day;
		if (request->days > 1)
			return UINT64_MAX;
		floor = day.floor;
	}
	return floor;
}

bool header_rules_check(const struct holdings *holdings, const struct header_rules_request *request,
                        struct error *error)
{
	char date[CALENDAR_DAY_SIZE];
	int32_t day = 0;
	const uint64_t floor = header_rules_floor(holdings, request, &day);
	if (request->rules.support_min >= floor)
		return true;
	day_format(day, date);
	if (floor == UINT64_MAX)
		return error_set(
			error, ERROR_USAGE,
			"rules of several days cannot be counted: of %s values that few "
			"sources used were dropped (compact --floor); rules of single days "
			"can, and those of ports, options and destinations",
			date);
	return error_set(error, ERROR_USAGE,
	                 "a support of %" PRIu64
	                 " is too low: of %s values that fewer than %" PRIu64
	                 " sources used were dropped (compact --floor); it can be answered from "
	                 "%" PRIu64 " on",
	                 request->rules.support_min, date, floor, floor);
}

// ---- days

static void add_lost(struct run *run, struct day_range range, int32_t day)
{
	if (day_range_holds(range, day))
		run->days[run->day_count++] = (struct rules_source_day){ .day = day,
			                                                 .is_lost = true };
}

static bool list_days(struct run *run, struct error *error)
{
	const struct day_range range = days_read(run->request);
	struct held_day held = { .count = 0 };
	size_t lost_count, lost = 0;
	const struct lost_day *list = holdings_lost(run->holdings, &lost_count);
	run->days = memory_new(held_days_count(run->holdings, range) + lost_count + 1,
	                       sizeof *run->days);
	if (run->days == NULL)
		return error_memory(error, "the days of rules");
	while (held_day_next(run->holdings, range, &held)) {
		for (; lost < lost_count && list[lost].day < held.day; lost++)
			add_lost(run, range, list[lost].day);
		struct rules_source_day *day = &run->days[run->day_count++];
		*day = (struct rules_source_day){ .day = held.day, .floor = held.floor };
		if (!held_day_has_unknown(run->holdings, &held, &day->has_unknown, error))
			return false;
	}
	for (; lost < lost_count; lost++)
		add_lost(run, range, list[lost].day);
	return true;
}

// The days that end with day number `last`.
static size_t first_of_window(const struct run *run, size_t last)
{
	size_t first = last;
	while (first > 0 && (int64_t)run->days[first - 1].day >
	                            (int64_t)run->days[last].day - run->request->days)
		first--;
	return first;
}

static bool is_any_lost(const struct run *run, size_t last)
{
	bool is_lost = false;
	for (size_t i = first_of_window(run, last); i <= last; i++)
		is_lost = is_lost || run->days[i].is_lost;
	return is_lost;
}

// ---- rounds

static bool open_job(struct run *run, size_t last, struct rules_day_job *job, struct error *error)
{
	const struct header_rules_request *request = run->request;
	const size_t first = first_of_window(run, last);
	const int64_t from = (int64_t)run->days[last].day - request->days + 1;
	for (; request->without_floods && run->floods_known <= last; run->floods_known++) {
		struct rules_source_day *day = &run->days[run->floods_known];
		if (!day->is_lost && !floods_find(run->holdings, day->day, &day->floods, error))
			return false;
	}
	*job = (struct rules_day_job){ .holdings = run->holdings,
		                       .request = request,
		                       .mirai = run->mirai,
		                       .threads = 1,
		                       .alphas = run->alphas,
		                       .alpha_count = run->alpha_count,
		                       .days = run->days + first,
		                       .day_count = last - first + 1,
		                       .from = (int32_t)from,
		                       .day = run->days[last].day };
	job->reading = (struct transaction_days){ .days = job->days,
		                                  .count = job->day_count,
		                                  .columns = MIRAI_HOST_COLUMNS };
	for (size_t i = 0; i < request->field_count; i++) {
		job->reading.columns |= COLUMN_BIT(COLUMN_FIELD + request->fields[i]);
		job->reading.kinds |= field_info(request->fields[i])->kinds;
	}
	bool ok = true;
	for (size_t i = 0; ok && i < RULES_READERS; i++)
		ok = transaction_reader_open(run->holdings, &job->reading, &job->readers[i], error);
	return ok;
}

static bool run_job(void *context, size_t number, unsigned thread)
{
	struct run *run = context;
	(void)thread;
	return rules_day_run(&run->jobs[number]);
}

static size_t least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

static struct header_rules_room share_of_room(const struct run *run)
{
	static const struct header_rules_room commands = {
		.kept_bytes = KEPT_BYTES,
		.weight = WEIGHT,
		.mining_bytes = MINING_BYTES,
		.weight_alone = WEIGHT_ALONE,
		.mining_bytes_alone = MINING_BYTES_ALONE
	};
	struct header_rules_room room = run->request->room != NULL ? *run->request->room : commands;
	room.kept_bytes /= run->job_count;
	room.weight /= run->job_count;
	// No more than a day alone has, so that what comes to its end there does so here.
	room.mining_bytes = least_of(room.mining_bytes / run->threads, room.mining_bytes_alone);
	room.weight = least_of(room.weight, room.weight_alone);
	return room;
}

static bool run_jobs(struct run *run, struct error *error)
{
	for (size_t i = 0; i < run->job_count; i++)
		run->jobs[i].room = share_of_room(run);
	if (run->job_count == 1)
		run->jobs[0].threads = run->threads;
	if (pool_run(run->threads, run->job_count, run_job, run))
		return true;
	for (size_t i = 0; i < run->job_count; i++)
		if (run->jobs[i].error.kind != ERROR_NONE) {
			*error = run->jobs[i].error;
			return false;
		}
	return error_memory(error, "the rules of a day");
}

static void note_left_out(struct run *run, const struct rules_day_job *job)
{
	const uint64_t *left_out = transaction_reader_left_out(job->readers[0]);
	struct rules_source_day *days = run->days + (job->days - run->days);
	for (size_t i = 0; i < job->day_count; i++)
		days[i].left_out = left_out[i];
}

// `results`: by alpha; one for all, if it has none of its own. False: nobody wants more.
static bool tell(struct run *run, size_t days, const struct header_rules_day *results,
                 bool is_by_alpha)
{
	bool is_wanted = false;
	for (size_t i = 0; i < run->listener_count; i++) {
		const struct header_rules_listener *l = &run->listeners[i];
		struct hearing *h = &run->hearings[i];
		if (h->has_enough)
			continue;
		h->days = days;
		h->has_enough = !l->each(l->context, &results[is_by_alpha ? h->alpha : 0]);
		is_wanted |= !h->has_enough;
	}
	return is_wanted;
}

// False: it failed, or nobody wants more; then *error is ERROR_NONE.
static bool run_round(struct run *run, struct error *error)
{
	bool goes_on = run_jobs(run, error);
	for (size_t i = 0; goes_on && i < run->job_count; i++) {
		struct rules_day_job *job = &run->jobs[i];
		if (job->results == NULL && !rules_day_run_alone(job)) {
			*error = job->error;
			goes_on = false;
			break;
		}
		note_left_out(run, job);
		goes_on = tell(run, (size_t)(job->days - run->days) + job->day_count, job->results,
		               true);
		rules_day_done(job);
	}
	for (size_t i = 0; i < run->job_count; i++)
		rules_day_done(&run->jobs[i]);
	run->job_count = 0;
	return goes_on;
}

// Behind the days that are on their way. False: as run_round().
static bool lose_day(struct run *run, size_t last, struct error *error)
{
	const int64_t from = (int64_t)run->days[last].day - run->request->days + 1;
	const struct header_rules_day lost = { .from = (int32_t)from,
		                               .day = run->days[last].day,
		                               .is_lost = true };
	return run_round(run, error) && tell(run, last + 1, &lost, false);
}

static bool run_days(struct run *run, struct error *error)
{
	bool ok = true;
	for (size_t i = 0; ok && i < run->day_count; i++) {
		if (run->days[i].day < run->request->window.from)
			continue;
		if (is_any_lost(run, i)) {
			ok = lose_day(run, i, error);
			continue;
		}
		ok = open_job(run, i, &run->jobs[run->job_count++], error);
		if (ok && (run->job_count == run->threads || i + 1 == run->day_count))
			ok = run_round(run, error);
	}
	for (size_t i = 0; i < run->job_count; i++)
		rules_day_done(&run->jobs[i]);
	return ok || error->kind == ERROR_NONE;
}

// What floods took away from the first so many days.
static struct floods_left_out floods_of(const struct run *run, size_t days)
{
	struct floods_left_out out = { .source_days = 0 };
	for (size_t i = 0; i < days && i < run->floods_known; i++)
		if (run->days[i].floods != NULL)
			floods_leave_out(&out, run->days[i].floods, run->days[i].left_out);
	return out;
}

// ---- listeners

static int by_alpha(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x < y) - (x > y);
}

static bool list_alphas(struct run *run, struct error *error)
{
	const size_t count = run->listener_count;
	run->hearings = memory_new(count, sizeof *run->hearings);
	run->alphas = memory_new(count, sizeof *run->alphas);
	if (run->hearings == NULL || run->alphas == NULL)
		return error_memory(error, "the rules of a day");
	for (size_t i = 0; i < count; i++)
		run->alphas[i] = run->listeners[i].alpha;
	qsort(run->alphas, count, sizeof *run->alphas, by_alpha);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || run->alphas[i] < run->alphas[run->alpha_count - 1])
			run->alphas[run->alpha_count++] = run->alphas[i];
	for (size_t i = 0; i < count; i++)
		while (run->alphas[run->hearings[i].alpha] > run->listeners[i].alpha)
			run->hearings[i].alpha++;
	return true;
}

// ---- all of it

static void run_done(struct run *run)
{
	for (size_t i = 0; i < run->floods_known; i++)
		floods_free(run->days[i].floods);
	memory_free(run->days);
	memory_free(run->jobs);
	memory_free(run->hearings);
	memory_free(run->alphas);
}

static unsigned threads_of(const struct header_rules_request *request)
{
	const unsigned threads = pool_threads(request->threads);
	return threads < THREADS_MAX ? threads : THREADS_MAX;
}

bool header_rules_share(struct holdings *holdings, const struct header_rules_request *request,
                        struct header_rules_listener *listeners, size_t count, struct error *error)
{
	struct run run = { .holdings = holdings,
		           .request = request,
		           .listeners = listeners,
		           .listener_count = count,
		           .threads = threads_of(request),
		           .mirai = mirai_bits_of(holdings_about(holdings).fingerprints) };
	assert(request->field_count > 0 && request->field_count <= HEADER_FIELDS_MAX &&
	       request->days > 0 && count > 0);
	error->kind = ERROR_NONE;
	if (!header_rules_check(holdings, request, error))
		return false;
	run.jobs = memory_new(run.threads, sizeof *run.jobs);
	bool ok = run.jobs != NULL || error_memory(error, "the rules of a day");
	ok = ok && list_alphas(&run, error) && list_days(&run, error) && run_days(&run, error);
	for (size_t i = 0; ok && i < count; i++)
		listeners[i].left_out = floods_of(&run, run.hearings[i].days);
	run_done(&run);
	return ok;
}
