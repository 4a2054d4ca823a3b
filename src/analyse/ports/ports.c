// SPDX-License-Identifier: MIT
// Day after day: as many are counted side by side as there are threads, then they are taken in
// order, compared with the days behind them, ranked and handed out to each listener.
#include "analyse/ports/ports_private.h"

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

// A request on its way.
struct listener {
	const struct ports_request *request;
	struct day_range window;
	size_t series[PORT_SERIES_MAX];  // of the run
	bool is_shown[PORT_SERIES_MAX];  // false: "*" where only families are wanted, to rank ports
	size_t series_count;
	uint8_t chosen[PORTS / 8];  // bit: --port
	bool is_enough;
	bool is_in_doubt;  // on the day, ports.h
};

struct ports_run {
	struct holdings *holdings;
	struct listener *listeners;
	size_t listener_count;
	struct port_series_list series;  // of all listeners
	bool without_floods;
	struct port_day *days;  // [threads]
	size_t open_count;
	unsigned threads;
	struct port_past_days *past;
	struct ranked *ranked;  // [2 * PORTS]
	struct port_row *rows;
	size_t row_count, row_capacity;
};

// ---- what is asked for

static struct day_range both_ranges(struct day_range a, struct day_range b)
{
	return (struct day_range){ a.from < b.from ? a.from : b.from, a.to > b.to ? a.to : b.to };
}

// Listeners share a series, which has the days of all.
static void add_series(struct ports_run *run, struct listener *l, struct port_series series,
                       bool is_shown)
{
	size_t at = 0;
	series.days = day_range_with_past(l->window, PORTS_PAST_DAYS);
	while (at < run->series.count && run->series.entries[at].field != series.field)
		at++;
	assert(at < PORT_SERIES_MAX && l->series_count < PORT_SERIES_MAX);
	if (at == run->series.count)
		run->series.entries[run->series.count++] = series;
	else
		run->series.entries[at].days = both_ranges(run->series.entries[at].days,
		                                           series.days);
	l->is_shown[l->series_count] = is_shown;
	l->series[l->series_count++] = at;
}

static bool add_family(struct ports_run *run, struct listener *l, const char *name,
                       struct error *error)
{
	unsigned bit;
	if (!holdings_family(run->holdings, name, &bit, error))
		return false;
	add_series(run, l,
	           (struct port_series){ .family = name,
	                                 .is_fingerprint = true,
	                                 .field = FIELD_MATCHED_PORT + bit },
	           true);
	return true;
}

// All packets of each protocol come first: ports are ranked by them.
static bool make_series(struct ports_run *run, struct listener *l, struct error *error)
{
	const struct ports_request *request = l->request;
	bool wants_all = false;
	for (size_t i = 0; i < request->family_count; i++)
		wants_all |= text_equal(request->families[i], "*");
	if (request->protocols[SOURCE_UDP] && wants_all)
		add_series(run, l,
		           (struct port_series){
				   .family = "*", .protocol = SOURCE_UDP, .field = FIELD_UDP_PORT },
		           true);
	if (!request->protocols[SOURCE_TCP])
		return true;
	add_series(run, l, (struct port_series){ .family = "*", .field = FIELD_DESTINATION_PORT },
	           wants_all);
	for (size_t i = 0; i < request->family_count; i++)
		if (!text_equal(request->families[i], "*") &&
		    !add_family(run, l, request->families[i], error))
			return false;
	return true;
}

static bool make_listener(struct ports_run *run, struct listener *l,
                          const struct ports_request *request, struct error *error)
{
	assert(request->without_floods == run->without_floods);
	l->request = request;
	l->window = request->window != NULL ? *request->window : all_days;
	for (size_t i = 0; i < request->port_count; i++)
		l->chosen[request->ports[i] / 8] |= (uint8_t)(1 << request->ports[i] % 8);
	return make_series(run, l, error);
}

static bool is_chosen(const struct listener *l, uint32_t port)
{
	return l->request->port_count == 0 || (l->chosen[port / 8] >> port % 8 & 1);
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

// One day as one listener sees it.
struct view {
	struct ports_run *run;
	struct listener *listener;
	const struct port_day *day;
	enum source_protocol protocol;  // whose ports are looked at
};

static const struct port_series *series_at(const struct view *v, size_t i)
{
	return &v->run->series.entries[v->listener->series[i]];
}

// What a series has of a port on the day, without its past. False: nothing.
static bool count_row(const struct view *v, size_t which, uint32_t port, struct port_row *out)
{
	const struct port_series *series = series_at(v, which);
	const struct port_day *day = v->day;
	const struct port_count count = port_counts_at(day->counts, series->field, port);
	*out = (struct port_row){ .protocol = series->protocol,
		                  .port = (uint16_t)port,
		                  .family = series->family,
		                  .is_known = !series->is_fingerprint || !day->has_unknown,
		                  .packets = count.packets,
		                  .sources = count.sources };
	return !out->is_known || count.packets > 0;
}

// The whole row. False: there is none that is wanted.
static bool make_row(const struct view *v, size_t which, uint32_t port, struct port_row *out)
{
	const bool only_new = v->listener->request->only_new;
	if (!count_row(v, which, port, out))
		return false;
	// Most rows are neither: looking back over all days is not for them.
	if (!out->is_known || (only_new && out->sources < PORTS_NEW_SOURCES))
		return !only_new;
	port_past_fill(v->run->past, &v->run->series, v->listener->series[which], v->day->day, out);
	v->listener->is_in_doubt |= out->is_new == PORT_NEW_UNKNOWN;
	return !only_new || out->is_new == PORT_NEW;
}

static bool is_row(const struct view *v, size_t which)
{
	return series_at(v, which)->protocol == v->protocol && v->listener->is_shown[which];
}

// Whether the port has a row that is wanted.
static bool has_row(const struct view *v, uint32_t port)
{
	struct port_row row;
	for (size_t i = 0; i < v->listener->series_count; i++)
		if (is_row(v, i) && (v->listener->request->only_new ? make_row(v, i, port, &row)
		                                                    : count_row(v, i, port, &row)))
			return true;
	return false;
}

static int by_sources(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->sources != y->sources)
		return x->sources > y->sources ? -1 : 1;
	return (x->port > y->port) - (x->port < y->port);
}

// The first `top` ports that have rows. `field` is that of all ports of the protocol.
static size_t rank(const struct view *v, unsigned field)
{
	const struct ports_request *request = v->listener->request;
	const size_t top = request->top == 0 || request->top > PORTS ? PORTS : request->top;
	struct ranked *ranked = v->run->ranked;
	struct port_count count;
	// Ports with no more sources than these are not among them.
	uint64_t least = request->only_new ? PORTS_NEW_SOURCES - 1 : 0;
	size_t found = 0;
	for (uint32_t p = 0; port_counts_from(v->day->counts, field, p, &count);
	     p = count.port + 1) {
		if (count.sources <= least || !is_chosen(v->listener, count.port) ||
		    !has_row(v, count.port))
			continue;
		ranked[found++] = (struct ranked){ count.port, count.sources };
		// Twice as many are let in before they are sorted: that is cheaper than to sort all.
		if (found == 2 * top) {
			qsort(ranked, found, sizeof *ranked, by_sources);
			found = top;
			least = ranked[top - 1].sources;
		}
	}
	if (found <= top)
		return found;
	qsort(ranked, found, sizeof *ranked, by_sources);
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

static bool make_rows(const struct view *v, unsigned field)
{
	struct ports_run *run = v->run;
	const size_t ports = rank(v, field), begin = run->row_count;
	for (size_t p = 0; p < ports; p++)
		for (size_t i = 0; i < v->listener->series_count; i++) {
			struct port_row row;
			if (is_row(v, i) && make_row(v, i, run->ranked[p].port, &row) &&
			    !add_row(run, &row))
				return false;
		}
	if (run->row_count > begin)
		qsort(run->rows + begin, run->row_count - begin, sizeof *run->rows, by_order);
	return true;
}

static bool hand_out(struct ports_run *run, struct listener *l, const struct port_day *day,
                     struct error *error)
{
	bool ok = true;
	run->row_count = 0;
	l->is_in_doubt = false;
	for (enum source_protocol protocol = SOURCE_TCP; protocol <= SOURCE_UDP; protocol++) {
		const struct view view = { run, l, day, protocol };
		for (size_t i = 0; ok && i < l->series_count; i++)
			if (series_at(&view, i)->protocol == protocol &&
			    !series_at(&view, i)->is_fingerprint)
				ok = make_rows(&view, series_at(&view, i)->field);
	}
	if (!ok)
		return error_memory(error, "ports");
	const struct ports_day out = { .day = day->day,
		                       .has_unknown = day->has_unknown,
		                       .is_in_doubt = l->is_in_doubt,
		                       .rows = run->rows,
		                       .row_count = run->row_count };
	if (day->floods != NULL && l->request->left_out != NULL)
		floods_leave_out(l->request->left_out, day->floods, day->left_out);
	l->is_enough = !l->request->each(l->request->context, &out);
	return true;
}

// ---- lost days

static bool add_lost(struct ports_run *run, const struct listener *l,
                     const struct port_series *series)
{
	const struct ports_request *request = l->request;
	struct port_row row = { .protocol = series->protocol, .family = series->family };
	bool ok = true;
	row.is_any_port = request->port_count == 0;
	for (size_t i = 0; ok && i < (row.is_any_port ? 1 : request->port_count); i++) {
		row.port = row.is_any_port ? 0 : request->ports[i];
		ok = add_row(run, &row);
	}
	return ok;
}

static bool tell_lost(struct ports_run *run, struct listener *l, int32_t day, struct error *error)
{
	bool ok = true;
	run->row_count = 0;
	for (enum source_protocol protocol = SOURCE_TCP; protocol <= SOURCE_UDP; protocol++) {
		const struct view view = { run, l, NULL, protocol };
		const size_t begin = run->row_count;
		for (size_t i = 0; ok && i < l->series_count && !l->request->only_new; i++)
			ok = !is_row(&view, i) || add_lost(run, l, series_at(&view, i));
		if (run->row_count > begin)
			qsort(run->rows + begin, run->row_count - begin, sizeof *run->rows,
			      by_order);
	}
	if (!ok)
		return error_memory(error, "ports");
	const struct ports_day out = {
		.day = day, .is_lost = true, .rows = run->rows, .row_count = run->row_count
	};
	l->is_enough = !l->request->each(l->request->context, &out);
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
static bool take_days(struct ports_run *run, struct error *error)
{
	bool ok = count_days(run, error);
	for (size_t i = 0; ok && i < run->open_count; i++) {
		const struct port_day *day = &run->days[i];
		port_past_add(run->past, day, &run->series);
		for (size_t k = 0; ok && k < run->listener_count; k++) {
			struct listener *l = &run->listeners[k];
			if (!l->is_enough && day_range_holds(l->window, day->day))
				ok = hand_out(run, l, day, error);
		}
	}
	close_days(run);
	return ok;
}

// Days that somebody wants to see, or to look back at.
static bool is_wanted(const struct ports_run *run, int32_t day)
{
	for (size_t i = 0; i < run->listener_count; i++) {
		const struct listener *l = &run->listeners[i];
		if (!l->is_enough &&
		    day_range_holds(day_range_with_past(l->window, PORTS_PAST_DAYS), day))
			return true;
	}
	return false;
}

// Those from number *next on that come before the day, behind all that are open.
static bool take_lost(struct ports_run *run, size_t *next, int64_t before, struct error *error)
{
	size_t count;
	const struct lost_day *lost = holdings_lost(run->holdings, &count);
	bool ok = true;
	for (; ok && *next < count && lost[*next].day < before; ++*next) {
		ok = take_days(run, error);
		for (size_t i = 0; ok && i < run->listener_count; i++) {
			struct listener *l = &run->listeners[i];
			if (!l->is_enough && day_range_holds(l->window, lost[*next].day))
				ok = tell_lost(run, l, lost[*next].day, error);
		}
	}
	return ok;
}

static bool run_days(struct ports_run *run, struct error *error)
{
	struct held_day day = { .count = 0 };
	size_t lost = 0;
	while (held_day_next(run->holdings, all_days, &day)) {
		if (!take_lost(run, &lost, day.day, error))
			return false;
		struct port_day *next = &run->days[run->open_count];
		if (!is_wanted(run, day.day))
			continue;
		if (!port_day_open(next, run->holdings, &day, &run->series, run->without_floods,
		                   error)) {
			port_day_close(next);
			return false;
		}
		if (++run->open_count == run->threads && !take_days(run, error))
			return false;
	}
	return take_days(run, error) && take_lost(run, &lost, INT64_MAX, error);
}

static bool prepare(struct ports_run *run, const struct ports_request *requests, size_t count,
                    struct error *error)
{
	run->listeners = memory_new(count + 1, sizeof *run->listeners);
	if (run->listeners == NULL)
		return error_memory(error, "ports");
	run->listener_count = count;
	for (size_t i = 0; i < count; i++)
		if (!make_listener(run, &run->listeners[i], &requests[i], error))
			return false;
	run->days = memory_new(run->threads, sizeof *run->days);
	run->past = port_past_new(run->series.count);
	run->ranked = memory_new(2 * PORTS, sizeof *run->ranked);
	bool ok = run->days != NULL && run->past != NULL && run->ranked != NULL;
	for (unsigned i = 0; ok && i < run->threads; i++)
		ok = (run->days[i].counts = port_counts_new()) != NULL;
	return ok || error_memory(error, "ports");
}

bool ports_run(struct holdings *holdings, const struct ports_request *requests, size_t count,
               unsigned threads, struct error *error)
{
	struct ports_run run = { .holdings = holdings,
		                 .without_floods = count > 0 && requests[0].without_floods,
		                 .threads = pool_threads(threads) };
	const bool ok = prepare(&run, requests, count, error) && run_days(&run, error);
	if (run.days != NULL)
		close_days(&run);
	for (unsigned i = 0; run.days != NULL && i < run.threads; i++)
		port_counts_free(run.days[i].counts);
	memory_free(run.days);
	port_past_free(run.past);
	memory_free(run.ranked);
	memory_free(run.rows);
	memory_free(run.listeners);
	return ok;
}
