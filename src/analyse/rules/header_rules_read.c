// SPDX-License-Identifier: MIT
// A window has few days: which source comes next is found by asking each of them.
#include "analyse/rules/header_rules_private.h"

#include "base/memory.h"

struct window_day {
	const struct floods *floods;
	struct holdings_hosts *reader;
	const struct host_day *host;  // the next one; NULL: that was all
};

struct transaction_reader {
	struct window_day *days;
	uint64_t *left_out;              // [count]
	const struct host_day **pieces;  // [count]: those of the source that the caller has
	size_t *taken;                   // [count]: whose they are
	size_t count, taken_count;
	struct host_day merged;
	uint32_t kinds;
};

bool transaction_reader_open(struct holdings *holdings, const struct transaction_days *request,
                             struct transaction_reader **out, struct error *error)
{
	const size_t count = request->count;
	struct transaction_reader *r = memory_new(1, sizeof *r);
	if (r == NULL)
		return error_memory(error, "the days of rules");
	r->kinds = request->kinds;
	r->days = memory_new(count + 1, sizeof *r->days);
	r->left_out = memory_new(count + 1, sizeof *r->left_out);
	r->pieces = memory_new(count + 1, sizeof(struct host_day *));
	r->taken = memory_new(count + 1, sizeof *r->taken);
	bool ok = r->days != NULL && r->left_out != NULL && r->pieces != NULL && r->taken != NULL;
	if (!ok)
		error_memory(error, "the days of rules");
	for (; ok && r->count < count; r->count += ok) {
		struct window_day *day = &r->days[r->count];
		const uint64_t more = request->days[r->count].floods != NULL ? FLOOD_COLUMNS : 0;
		day->floods = request->days[r->count].floods;
		ok = holdings_open_hosts(holdings, period_of_day(request->days[r->count].day),
		                         request->columns | more, &day->reader, error);
	}
	if (!ok) {
		transaction_reader_close(r);
		return false;
	}
	// As if the caller had had the host-day before the first of each.
	for (size_t i = 0; i < count; i++)
		r->taken[r->taken_count++] = i;
	*out = r;
	return true;
}

void transaction_reader_close(struct transaction_reader *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->count; i++)
		holdings_close_hosts(r->days[i].reader);
	host_day_done(&r->merged);
	memory_free(r->days);
	memory_free(r->left_out);
	memory_free(r->pieces);
	memory_free(r->taken);
	memory_free(r);
}

const uint64_t *transaction_reader_left_out(const struct transaction_reader *r)
{
	return r->left_out;
}

static bool advance(struct transaction_reader *r, size_t i, struct error *error)
{
	struct window_day *day = &r->days[i];
	while ((day->host = holdings_next_host(day->reader, error)) != NULL) {
		if (packets_of_kinds(day->host, r->kinds) == 0)
			continue;
		if (day->floods == NULL || !floods_suspect(day->floods, day->host))
			return true;
		r->left_out[i]++;
	}
	return error->kind == ERROR_NONE;
}

// The host-days of the least source that any day has next.
static size_t take_least(struct transaction_reader *r)
{
	r->taken_count = 0;
	for (size_t i = 0; i < r->count; i++) {
		const struct host_day *host = r->days[i].host;
		if (host == NULL || (r->taken_count > 0 && host->source > r->pieces[0]->source))
			continue;
		if (r->taken_count > 0 && host->source < r->pieces[0]->source)
			r->taken_count = 0;
		r->pieces[r->taken_count] = host;
		r->taken[r->taken_count++] = i;
	}
	return r->taken_count;
}

const struct host_day *transaction_reader_next(struct transaction_reader *r, struct error *error)
{
	error->kind = ERROR_NONE;
	while (r->taken_count > 0)
		if (!advance(r, r->taken[--r->taken_count], error))
			return NULL;
	const size_t count = take_least(r);
	if (count < 2)
		return count == 0 ? NULL : r->pieces[0];
	if (host_day_merge(r->pieces, count, &r->merged))
		return &r->merged;
	error_memory(error, "the days of rules");
	return NULL;
}
