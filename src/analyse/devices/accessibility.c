// SPDX-License-Identifier: MIT
#include "analyse/devices/accessibility.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { PORT_NUMBERS = 1 << 16, NOT_WANTED = UINT16_MAX };

struct finder {
	const struct accessibility_request *request;
	struct accessibility *out;
	struct holdings_responses *responses;
	struct response next;
	bool has_next;
	uint16_t attacked_at[PORT_NUMBERS],
		probed_at[PORT_NUMBERS];  // where in the lists, or NOT_WANTED
};

struct asked_times {
	uint64_t first_ns, last_ns;
};

struct port_use {
	uint64_t answers;
	uint16_t port;
};

static bool is_answer(const struct response *r)
{
	return r->status == RESPONSE_ANSWERED || r->status == RESPONSE_TLS;
}

static bool open_responses(struct holdings *h, struct day_range days,
                           struct holdings_responses **out, struct error *error)
{
	const int32_t to = days.to > INT32_MAX - ACCESSIBILITY_DAYS_AFTER
	                           ? INT32_MAX
	                           : days.to + ACCESSIBILITY_DAYS_AFTER;
	return holdings_open_responses(h, days.from, to, false, out, error);
}

// The most answers first, then the lowest port.
static int by_answers(const void *a, const void *b)
{
	const struct port_use *x = a, *y = b;
	if (x->answers != y->answers)
		return x->answers > y->answers ? -1 : 1;
	return (x->port > y->port) - (x->port < y->port);
}

static int by_port(const void *a, const void *b)
{
	const uint16_t x = *(const uint16_t *)a, y = *(const uint16_t *)b;
	return (x > y) - (x < y);
}

static void note_time(struct asked_times *times, uint64_t time_ns)
{
	if (time_ns == 0)
		return;
	times->first_ns = time_ns < times->first_ns ? time_ns : times->first_ns;
	times->last_ns = time_ns > times->last_ns ? time_ns : times->last_ns;
}

static struct day_range days_of(struct holdings *h, struct asked_times times)
{
	const struct zone *zone = holdings_about(h).zone;
	if (times.last_ns == 0)
		return (struct day_range){ INT32_MAX, INT32_MIN };
	return (struct day_range){ zone_day(zone, times.first_ns).day,
		                   zone_day(zone, times.last_ns).day };
}

static bool count_ports(struct holdings *h, const struct finder *f, bool *is_asked,
                        struct port_use *uses, struct error *error)
{
	struct asked_times times = { .first_ns = UINT64_MAX };
	struct holdings_responses *responses;
	struct response r;
	if (!open_responses(h, f->request->days, &responses, error))
		return false;
	while (responses->next(responses, &r, error)) {
		is_asked[r.port] = true;
		uses[r.port].answers += is_answer(&r);
		note_time(&times, r.time_ns);
	}
	holdings_close_responses(responses);
	f->out->asked = days_of(h, times);
	return error->kind == ERROR_NONE;
}

static void choose_ports(struct finder *f, const bool *is_asked, struct port_use *uses)
{
	struct accessibility *out = f->out;
	size_t count = 0;
	for (uint32_t port = 0; port < PORT_NUMBERS; port++)
		if (is_asked[port])
			uses[count++] = (struct port_use){ uses[port].answers, (uint16_t)port };
	if (count > ACCESSIBILITY_PORTS_MAX)
		qsort(uses, count, sizeof *uses, by_answers);
	out->probed_count = count < ACCESSIBILITY_PORTS_MAX ? count : ACCESSIBILITY_PORTS_MAX;
	out->ports_left_out = count - out->probed_count;
	for (size_t i = 0; i < out->probed_count; i++)
		out->probed[i] = uses[i].port;
	qsort(out->probed, out->probed_count, sizeof *out->probed, by_port);
	const bool is_chosen = f->request->port_count > 0;
	out->attacked_count = is_chosen ? f->request->port_count : out->probed_count;
	memcpy(out->attacked, is_chosen ? f->request->ports : out->probed,
	       out->attacked_count * sizeof *out->attacked);
	qsort(out->attacked, out->attacked_count, sizeof *out->attacked, by_port);
	memset(f->attacked_at, 0xff, sizeof f->attacked_at);
	memset(f->probed_at, 0xff, sizeof f->probed_at);
	for (size_t i = 0; i < out->attacked_count; i++)
		f->attacked_at[out->attacked[i]] = (uint16_t)i;
	for (size_t i = 0; i < out->probed_count; i++)
		f->probed_at[out->probed[i]] = (uint16_t)i;
}

static bool find_ports(struct holdings *h, struct finder *f, struct error *error)
{
	bool *is_asked = memory_new(PORT_NUMBERS, sizeof *is_asked);
	struct port_use *uses = memory_new(PORT_NUMBERS, sizeof *uses);
	const bool ok = (is_asked != NULL && uses != NULL) || error_memory(error, "ports");
	const bool is_counted = ok && count_ports(h, f, is_asked, uses, error);
	if (is_counted)
		choose_ports(f, is_asked, uses);
	memory_free(is_asked);
	memory_free(uses);
	return is_counted;
}

static bool advance(struct finder *f, struct error *error)
{
	f->has_next = f->responses->next(f->responses, &f->next, error);
	return f->has_next || error->kind == ERROR_NONE;
}

// Which of the wanted ports the source sent SYNs to; false: none.
static bool note_attacked(const struct finder *f, const struct source_filter *filter,
                          const struct source_days *source, bool *attacked)
{
	const unsigned field = source_filter_field(filter);
	bool is_any = false;
	memset(attacked, 0, f->out->attacked_count * sizeof *attacked);
	for (size_t i = 0; i < source->count; i++) {
		const struct host_day *host = source->sightings[i].host;
		if (!(host->fields_mask >> field & 1))
			continue;
		const struct item_set *set = &host->sets[field];
		for (uint32_t at = set->begin; at < set->begin + set->count; at++) {
			const uint16_t number = f->attacked_at[host->items[at].value & 0xffff];
			if (number == NOT_WANTED)
				continue;
			attacked[number] = true;
			is_any = true;
		}
	}
	return is_any;
}

// On which ports the source answered; *is_asked: it was asked on some. Responses of sources that attacked
// nothing are passed over.
static bool note_answered(struct finder *f, uint32_t source, bool *answered, bool *is_asked,
                          struct error *error)
{
	*is_asked = false;
	memset(answered, 0, f->out->probed_count * sizeof *answered);
	while (f->has_next && f->next.address < source)
		if (!advance(f, error))
			return false;
	while (f->has_next && f->next.address == source) {
		const uint16_t number = f->probed_at[f->next.port];
		*is_asked = true;
		if (number != NOT_WANTED && is_answer(&f->next))
			answered[number] = true;
		if (!advance(f, error))
			return false;
	}
	return true;
}

static void count_source(struct finder *f, const bool *attacked, const bool *answered)
{
	struct accessibility *out = f->out;
	for (size_t a = 0; a < out->attacked_count; a++) {
		if (!attacked[a])
			continue;
		out->hosts[a]++;
		for (size_t b = 0; b < out->probed_count; b++)
			out->accessible[a][b] += answered[b];
	}
}

static bool count_sources(struct finder *f, const struct source_filter *filter,
                          struct source_merge *merge, struct error *error)
{
	bool attacked[ACCESSIBILITY_PORTS_MAX], answered[ACCESSIBILITY_PORTS_MAX], is_asked;
	struct source_days source;
	if (!advance(f, error))
		return false;
	while (source_merge_next(merge, &source, error)) {
		if (!note_attacked(f, filter, &source, attacked))
			continue;
		if (!note_answered(f, source.source, answered, &is_asked, error))
			return false;
		f->out->sources++;
		f->out->never_asked += !is_asked;
		count_source(f, attacked, answered);
	}
	f->out->floods = source_merge_left_out(merge);
	return error->kind == ERROR_NONE;
}

static bool find(struct holdings *h, struct finder *f, struct error *error)
{
	const struct source_filter filter = { .window = f->request->days,
		                              .family = f->request->family,
		                              .port = SOURCE_ANY_PORT,
		                              .without_floods = f->request->without_floods };
	const uint64_t columns = COLUMN_BIT(COLUMN_FIELD + source_filter_field(&filter));
	struct source_merge *merge;
	if (!find_ports(h, f, error))
		return false;
	if (f->out->probed_count == 0)
		return true;
	if (!open_responses(h, f->request->days, &f->responses, error))
		return false;
	bool ok = source_merge_open(h, &filter, columns, &merge, error);
	if (ok) {
		ok = count_sources(f, &filter, merge, error);
		source_merge_close(merge);
	}
	holdings_close_responses(f->responses);
	return ok;
}

bool accessibility_find(struct holdings *h, const struct accessibility_request *request,
                        struct accessibility *out, struct error *error)
{
	struct finder *f = memory_new(1, sizeof *f);
	if (f == NULL)
		return error_memory(error, "accessibility");
	memset(out, 0, sizeof *out);
	f->request = request;
	f->out = out;
	const bool ok = find(h, f, error);
	memory_free(f);
	return ok;
}
