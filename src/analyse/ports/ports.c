// SPDX-License-Identifier: MIT
// Day after day: as many are counted side by side as there are threads, then they are taken in
// order, compared with the days behind them, ranked and handed out.
#include "analyse/ports/ports_private.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct ranked {
	uint32_t port;
	uint64_t sources;
};

struct ports_run {
	struct holdings *holdings;
	const struct ports_request *request;
	struct day_range window;
	struct port_series_list series;
	struct port_day *days;  // [threads]
	size_t open_count;
	unsigned threads;
	struct port_past_days *past;
	uint8_t chosen[PORTS / 8];  // bit: --port
	struct ranked *ranked;      // [2 * PORTS]
	struct port_row *rows;
	size_t row_count, row_capacity;
	bool is_enough;
};

// ---- what is asked for

static void add_series(struct ports_run *run, struct port_series series)
{
	assert(run->series.count < PORT_SERIES_MAX);
	run->series.fields |= UINT64_C(1) << series.field;
	run->series.entries[run->series.count++] = series;
}

static bool add_family(struct ports_run *run, const char *name, struct error *error)
{
	struct port_series series = { .family = name, .is_fingerprint = true, .is_shown = true };
	unsigned bit;
	if (!holdings_family(run->holdings, name, &bit, error))
		return false;
	series.field = FIELD_MATCHED_PORT + bit;
	add_series(run, series);
	return true;
}

// All packets of each protocol come first: ports are ranked by them.
static bool make_series(struct ports_run *run, struct error *error)
{
	const struct ports_request *request = run->request;
	bool wants_all = false;
	for (size_t i = 0; i < request->family_count; i++)
		wants_all |= text_equal(request->families[i], "*");
	if (request->protocols[SOURCE_UDP] && wants_all)
		add_series(run, (struct port_series){ .family = "*",
		                                      .protocol = SOURCE_UDP,
		                                      .field = FIELD_UDP_PORT,
		                                      .is_shown = true });
	if (!request->protocols[SOURCE_TCP])
		return true;
	add_series(run, (struct port_series){ .family = "*",
	                                      .field = FIELD_DESTINATION_PORT,
	                                      .is_shown = wants_all });
	for (size_t i = 0; i < request->family_count; i++)
		if (!text_equal(request->families[i], "*") &&
		    !add_family(run, request->families[i], error))
			return false;
	return true;
}

static bool is_chosen(const struct ports_run *run, uint32_t port)
{
	return run->request->port_count == 0 || (run->chosen[port / 8] >> port % 8 & 1);
}

// ---- the rows of a day

static bool add_row(struct ports_run *run, const struct port_row *row)
{
	if (run->row_count == run->row_capacity) {
		const size_t capacity = run->row_capacity == 0 ? 1024 : run->row_capacity * 2;
		struct port_row *rows = memory_resize(run->rows, capacity, sizeof *rows);
		if (rows == NULL)
			return false;
		run->rows = rows;
		run->row_capacity = capacity;
	}
	run->rows[run->row_count++] = *row;
	return true;
}

// What a series has of a port on the day, without its past. False: nothing.
static bool count_row(const struct ports_run *run, const struct port_day *day, size_t which,
                      uint32_t port, struct port_row *out)
{
	const struct port_series *series = &run->series.entries[which];
	const struct port_count count = port_counts_at(day->counts, series->field, port);
	*out = (struct port_row){ .protocol = series->protocol,
		                  .port = (uint16_t)port,
		                  .family = series->family,
		                  .is_known = !series->is_fingerprint || !day->has_unknown,
		                  .packets = count.packets,
		                  .sources = count.sources };
	return !out->is_known || count.sources > 0;
}

// The whole row. False: there is none that is wanted.
static bool make_row(const struct ports_run *run, const struct port_day *day, size_t which,
                     uint32_t port, struct port_row *out)
{
	const bool only_new = run->request->only_new;
	if (!count_row(run, day, which, port, out))
		return false;
	// Most rows are neither: looking back over all days is not for them.
	if (!out->is_known || (only_new && out->sources < PORTS_NEW_SOURCES))
		return !only_new;
	port_past_fill(run->past, &run->series, which, day->day, out);
	return !only_new || out->is_new == PORT_NEW;
}

// Whether the port has a row that is wanted.
static bool has_row(const struct ports_run *run, const struct port_day *day, size_t all,
                    uint32_t port)
{
	struct port_row row;
	for (size_t i = 0; i < run->series.count; i++) {
		const struct port_series *series = &run->series.entries[i];
		if (series->protocol == run->series.entries[all].protocol && series->is_shown &&
		    (run->request->only_new ? make_row(run, day, i, port, &row)
		                            : count_row(run, day, i, port, &row)))
			return true;
	}
	return false;
}

static int by_sources(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->sources != y->sources)
		return x->sources > y->sources ? -1 : 1;
	return (x->port > y->port) - (x->port < y->port);
}

// The first `top` ports of a protocol that have rows. `all` is the series that has all ports.
static size_t rank(struct ports_run *run, const struct port_day *day, size_t all)
{
	const unsigned field = run->series.entries[all].field;
	const size_t top = run->request->top == 0 || run->request->top > PORTS ? PORTS
	                                                                       : run->request->top;
	struct port_count count;
	// Ports with no more sources than these are not among them.
	uint64_t least = run->request->only_new ? PORTS_NEW_SOURCES - 1 : 0;
	size_t found = 0;
	for (uint32_t p = 0; port_counts_from(day->counts, field, p, &count); p = count.port + 1) {
		if (count.sources <= least || !is_chosen(run, count.port) ||
		    !has_row(run, day, all, count.port))
			continue;
		run->ranked[found++] = (struct ranked){ count.port, count.sources };
		// Twice as many are let in before they are sorted: that is cheaper than to sort all.
		if (found == 2 * top) {
			qsort(run->ranked, found, sizeof *run->ranked, by_sources);
			found = top;
			least = run->ranked[top - 1].sources;
		}
	}
	if (found <= top)
		return found;
	qsort(run->ranked, found, sizeof *run->ranked, by_sources);
	return top;
}

static int by_order(const void *a, const void *b)
{
	const struct port_row *x = a, *y = b;
	if (x->is_known != y->is_known)
		return x->is_known ? -1 : 1;
	if (x->is_known && x->sources != y->sources)
		return x->sources > y->sources ? -1 : 1;
	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	return strcmp(x->family, y->family);
}

static bool make_rows(struct ports_run *run, const struct port_day *day, size_t all)
{
	const size_t ports = rank(run, day, all), begin = run->row_count;
	for (size_t p = 0; p < ports; p++)
		for (size_t i = 0; i < run->series.count; i++) {
			const struct port_series *series = &run->series.entries[i];
			struct port_row row;
			if (series->protocol == run->series.entries[all].protocol &&
			    series->is_shown && make_row(run, day, i, run->ranked[p].port, &row) &&
			    !add_row(run, &row))
				return false;
		}
	if (run->row_count > begin)
		qsort(run->rows + begin, run->row_count - begin, sizeof *run->rows, by_order);
	return true;
}

static bool hand_out(struct ports_run *run, const struct port_day *day, ports_each_day *each,
                     void *context, struct error *error)
{
	bool ok = true;
	run->row_count = 0;
	for (enum source_protocol protocol = SOURCE_TCP; protocol <= SOURCE_UDP; protocol++)
		for (size_t i = 0; ok && i < run->series.count; i++)
			if (run->series.entries[i].protocol == protocol &&
			    !run->series.entries[i].is_fingerprint)
				ok = make_rows(run, day, i);
	if (!ok)
		return error_memory(error, "ports");
	const struct ports_day out = { .day = day->day,
		                       .has_unknown = day->has_unknown,
		                       .rows = run->rows,
		                       .row_count = run->row_count };
	run->is_enough = !each(context, &out);
	return true;
}

// ---- all days

static bool count_day(void *context, size_t job, unsigned thread)
{
	struct ports_run *run = context;
	(void)thread;
	return port_day_count(&run->days[job], &run->series);
}

static bool count_days(struct ports_run *run, struct error *error)
{
	if (pool_run(run->threads, run->open_count, count_day, run))
		return true;
	for (size_t i = 0; i < run->open_count; i++)
		if (run->days[i].error.kind != ERROR_NONE) {
			*error = run->days[i].error;
			return false;
		}
	return error_memory(error, "ports");
}

static void close_days(struct ports_run *run)
{
	for (size_t i = 0; i < run->open_count; i++)
		port_day_close(&run->days[i]);
	run->open_count = 0;
}

// Counts the days that are open and takes them in order.
static bool take_days(struct ports_run *run, ports_each_day *each, void *context,
                      struct error *error)
{
	bool ok = count_days(run, error);
	for (size_t i = 0; ok && !run->is_enough && i < run->open_count; i++) {
		const struct port_day *day = &run->days[i];
		port_past_add(run->past, day, &run->series);
		if (day->day < run->window.from)
			continue;
		if (day->floods != NULL && run->request->left_out != NULL)
			floods_leave_out(run->request->left_out, day->floods, day->left_out);
		ok = hand_out(run, day, each, context, error);
	}
	close_days(run);
	return ok;
}

static bool run_days(struct ports_run *run, ports_each_day *each, void *context,
                     struct error *error)
{
	const struct day_range days = day_range_with_past(run->window, PORTS_PAST_DAYS);
	struct held_day day = { .count = 0 };
	while (!run->is_enough && held_day_next(run->holdings, days, &day)) {
		struct port_day *next = &run->days[run->open_count];
		if (interrupt_requested())
			return error_set(error, ERROR_FAILED, "interrupted");
		if (!port_day_open(next, run->holdings, &day, &run->series, run->request, error)) {
			port_day_close(next);
			return false;
		}
		if (++run->open_count == run->threads && !take_days(run, each, context, error))
			return false;
	}
	return run->is_enough || take_days(run, each, context, error);
}

static bool prepare(struct ports_run *run, struct error *error)
{
	if (!make_series(run, error))
		return false;
	for (size_t i = 0; i < run->request->port_count; i++)
		run->chosen[run->request->ports[i] / 8] |= (uint8_t)(1
		                                                     << run->request->ports[i] % 8);
	run->days = memory_new(run->threads, sizeof *run->days);
	run->past = port_past_new(run->series.count);
	run->ranked = memory_new(2 * PORTS, sizeof *run->ranked);
	bool ok = run->days != NULL && run->past != NULL && run->ranked != NULL;
	for (unsigned i = 0; ok && i < run->threads; i++)
		ok = (run->days[i].counts = port_counts_new()) != NULL;
	return ok || error_memory(error, "ports");
}

bool ports_run(struct holdings *holdings, const struct ports_request *request, ports_each_day *each,
               void *context, struct error *error)
{
	struct ports_run run = { .holdings = holdings,
		                 .request = request,
		                 .window = request->window != NULL ? *request->window : all_days,
		                 .threads = pool_threads(request->threads) };
	const bool ok = prepare(&run, error) && run_days(&run, each, context, error);
	if (run.days != NULL)
		close_days(&run);
	for (unsigned i = 0; run.days != NULL && i < run.threads; i++)
		port_counts_free(run.days[i].counts);
	memory_free(run.days);
	port_past_free(run.past);
	memory_free(run.ranked);
	memory_free(run.rows);
	return ok;
}
