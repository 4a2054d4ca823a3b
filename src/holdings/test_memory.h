// SPDX-License-Identifier: MIT
// Holdings in memory, for tests: of host-days that are added, in any grain, and no disk. Whatever is true
// of a store has to be true of them. They count what is open, so that a test sees what nobody closed.
#pragma once

#include "holdings/holdings.h"
#include "holdings/test_memory_bursts.h"
#include "hostday/evidence.h"
#include "holdings/test_hosts.h"
#include "ingest/ingest.h"
#include "ipset/ipset.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

// ---- what is there

static inline size_t memory_count(const struct holdings *h)
{
	return memory_of(h)->count;
}

static inline struct holding memory_at(const struct holdings *h, size_t index)
{
	return memory_of(h)->pieces[index].holding;
}

static inline struct holdings_about memory_about(const struct holdings *h)
{
	return memory_of(h)->about;
}

static inline bool memory_syns(struct holdings *h, size_t index, unsigned family, uint64_t *out,
                               struct error *error)
{
	const struct memory_piece *piece = &memory_of(h)->pieces[index];
	(void)error;
	*out = family == HOLDINGS_ALL_SYNS ? piece->all_syns : piece->syns[family];
	return true;
}

static inline void memory_close_captures(struct holdings_captures *captures)
{
	(void)captures;
}

static inline bool memory_open_captures(struct holdings *h, struct holdings_captures **out,
                                        struct error *error)
{
	(void)error;
	*out = &memory_of(h)->captures;
	return true;
}

static inline struct host_reader memory_reader(const struct memory_piece *piece, uint64_t columns)
{
	const struct host_batch batch = host_columns_batch(&piece->columns);
	struct host_reader reader;
	host_reader_open(&reader, batch.columns, batch.host_count, batch.base_ns, columns);
	return reader;
}

// ---- sets

struct memory_set {
	struct holdings_set base;
	struct memory_holdings *of;
	struct buffer bytes;
	size_t hashed;
};

static inline bool memory_set_read(const struct holdings_set *set, size_t from, size_t length,
                                   uint8_t *out, struct error *error)
{
	const struct buffer *bytes = &((const struct memory_set *)set)->bytes;
	(void)error;
	assert(from <= bytes->length && length <= bytes->length - from);
	if (length > 0)
		memcpy(out, bytes->bytes + from, length);
	return true;
}

static inline void memory_set_hash(struct holdings_set *set, size_t from, struct span bytes)
{
	struct memory_set *s = (struct memory_set *)set;
	assert(from <= s->hashed && memcmp(s->bytes.bytes + from, bytes.bytes, bytes.length) == 0);
	if (from + bytes.length > s->hashed)
		s->hashed = from + bytes.length;
}

static inline bool memory_set_end(struct holdings_set *set, struct error *error)
{
	(void)set;
	(void)error;
	return true;
}

static inline void memory_set_close(struct holdings_set *set)
{
	struct memory_set *s = (struct memory_set *)set;
	s->of->open--;
	buffer_done(&s->bytes);
	memory_free(s);
}

static const struct holdings_set_functions memory_set_functions = { memory_set_read,
	                                                            memory_set_hash, memory_set_end,
	                                                            memory_set_close };

static inline bool memory_fill_set(const struct memory_piece *piece, unsigned family,
                                   struct buffer *out)
{
	struct host_reader reader = memory_reader(piece, 0);
	struct host_day host = { .items = NULL };
	struct ipset_builder *builder = ipset_builder_new();
	struct span bytes = { NULL, 0 };
	size_t sources = 0;
	while (builder != NULL && host_reader_next(&reader, &host))
		if (family == HOLDINGS_ALL_SYNS ? host_day_packets(&host, KIND_SYN) > 0
		                                : host_day_counted(&host) >> family & 1) {
			ipset_builder_add(builder, host.source);
			sources++;
		}
	const bool ok = builder != NULL && ipset_builder_finish(builder, &bytes);
	if (ok && sources > 0)
		buffer_append(out, bytes.bytes, bytes.length);
	ipset_builder_free(builder);
	host_day_done(&host);
	return ok && !out->failed;
}

static inline bool memory_open_set(struct holdings *h, size_t index, unsigned family,
                                   struct holdings_set **out, struct error *error)
{
	struct memory_set *set = memory_new(1, sizeof *set);
	if (set == NULL)
		return error_memory(error, "a set of sources");
	set->of = memory_of(h);
	set->of->open++;
	set->bytes = buffer_up_to(SIZE_MAX / 2);
	set->base.functions = &memory_set_functions;
	if (!memory_fill_set(&set->of->pieces[index], family, &set->bytes)) {
		memory_set_close(&set->base);
		return error_memory(error, "a set of sources");
	}
	set->base.length = set->bytes.length;
	*out = &set->base;
	return true;
}

// ---- tables of ports

struct memory_ports {
	struct holdings_ports base;
	struct memory_holdings *of;
	struct port_counts *counts;
	unsigned field;
	uint32_t next;
};

static inline bool memory_ports_next(struct holdings_ports *ports, struct port_count *out,
                                     struct error *error)
{
	struct memory_ports *p = (struct memory_ports *)ports;
	error->kind = ERROR_NONE;
	if (!port_counts_from(p->counts, p->field, p->next, out))
		return false;
	p->next = out->port + 1;
	return true;
}

static inline void memory_ports_close(struct holdings_ports *ports)
{
	struct memory_ports *p = (struct memory_ports *)ports;
	p->of->open--;
	port_counts_free(p->counts);
	memory_free(p);
}

static inline bool memory_open_ports(struct holdings *h, size_t index, unsigned field,
                                     struct holdings_ports **out, struct error *error)
{
	struct memory_holdings *m = memory_of(h);
	*out = NULL;
	if (!m->has_ports)
		return true;
	struct host_reader reader = memory_reader(&m->pieces[index],
	                                          COLUMN_BIT(COLUMN_FIELD + field));
	struct host_day host = { .items = NULL };
	struct memory_ports *p = memory_new(1, sizeof *p);
	if (p == NULL)
		return error_memory(error, "a table of ports");
	*p = (struct memory_ports){
		{ memory_ports_next, memory_ports_close }, m, port_counts_new(), field, 0
	};
	m->open++;
	bool ok = p->counts != NULL;
	while (ok && host_reader_next(&reader, &host))
		ok = port_counts_add(p->counts, &host, UINT64_C(1) << field,
		                     host_day_counted(&host));
	host_day_done(&host);
	if (!ok) {
		memory_ports_close(&p->base);
		return error_memory(error, "a table of ports");
	}
	*out = &p->base;
	return true;
}

// ---- host-days

struct memory_hosts {
	struct holdings_hosts base;
	struct memory_holdings *of;
	struct host_stream *streams;
	struct host_stream **list;
	size_t count;
	struct host_merger *merger;
};

static inline const struct host_day *memory_hosts_next(struct holdings_hosts *hosts,
                                                       struct error *error)
{
	const struct host_day *host = NULL;
	size_t stream;
	error->kind = ERROR_NONE;
	switch (host_merger_next(((struct memory_hosts *)hosts)->merger, &host, &stream)) {
	case HOST_MERGE_HOST: return host;
	case HOST_MERGE_END: break;
	case HOST_MERGE_DAMAGED: error_set(error, ERROR_FAILED, "columns are damaged"); break;
	case HOST_MERGE_MEMORY: error_memory(error, "a day"); break;
	}
	return NULL;
}

static inline void memory_hosts_close(struct holdings_hosts *hosts)
{
	struct memory_hosts *m = (struct memory_hosts *)hosts;
	m->of->open--;
	host_merger_free(m->merger);
	memory_free(m->streams);
	memory_free(m->list);
	memory_free(m);
}

static inline bool memory_open_streams(struct memory_hosts *hosts, struct period period,
                                       uint64_t columns)
{
	const struct memory_holdings *m = hosts->of;
	hosts->streams = memory_new(m->count + 1, sizeof *hosts->streams);
	hosts->list = memory_new(m->count + 1, sizeof(struct host_stream *));
	if (hosts->streams == NULL || hosts->list == NULL)
		return false;
	for (size_t i = 0; i < m->count; i++)
		if (period_holds(period, m->pieces[i].holding.period)) {
			struct host_stream *stream = &hosts->streams[hosts->count];
			stream->reader = memory_reader(&m->pieces[i], columns);
			hosts->list[hosts->count++] = stream;
		}
	hosts->merger = host_merger_new(hosts->list, hosts->count);
	return hosts->merger != NULL;
}

static inline bool memory_open_hosts(struct holdings *h, struct period period, uint64_t columns,
                                     struct holdings_hosts **out, struct error *error)
{
	struct memory_hosts *hosts = memory_new(1, sizeof *hosts);
	if (hosts == NULL)
		return error_memory(error, "a day");
	hosts->base = (struct holdings_hosts){ memory_hosts_next, memory_hosts_close };
	hosts->of = memory_of(h);
	hosts->of->open++;
	if (!memory_open_streams(hosts, period, columns)) {
		memory_hosts_close(&hosts->base);
		return error_memory(error, "a day");
	}
	*out = &hosts->base;
	return true;
}

static inline bool memory_check_hosts(struct holdings *h, struct period period, uint64_t columns,
                                      struct error *error)
{
	(void)h;
	(void)period;
	(void)columns;
	(void)error;
	return true;
}

static inline const struct lost_day *memory_lost(const struct holdings *h, size_t *out_count)
{
	*out_count = memory_of(h)->lost_count;
	return memory_of(h)->lost;
}

// Nothing in memory is damaged: a test loses days with memory_lose_day().
static inline bool memory_lose(struct holdings *h, bool looks_at_all, size_t *out_days,
                               struct error *error)
{
	(void)h;
	(void)looks_at_all;
	(void)error;
	*out_days = 0;
	return true;
}

static const struct holdings_functions memory_functions = {
	memory_count,          memory_at,          memory_about,          memory_syns,
	memory_open_set,       memory_open_ports,  memory_open_hosts,     memory_open_captures,
	memory_check_hosts,    memory_lost,        memory_lose,           memory_open_responses,
	memory_next_asked_day, memory_open_events, memory_next_event_day, memory_open_bursts,
	memory_kept,
};

// ---- making them

// All that `about` points to stays the caller's.
static inline struct memory_holdings *memory_holdings_new(const struct holdings_about *about)
{
	struct memory_holdings *m = memory_new(1, sizeof *m);
	assert(m != NULL);
	m->holdings.functions = &memory_functions;
	m->about = *about;
	m->captures.close = memory_close_captures;
	return m;
}

static inline void memory_free_captures(struct memory_holdings *m)
{
	for (size_t i = 0; i < m->capture_count; i++)
		memory_free((void *)(uintptr_t)m->capture_list[i].ledger);
	memory_free(m->capture_list);
	m->capture_list = NULL;
	m->capture_count = 0;
}

// As if these had been taken in, which stay the caller's.
static inline void memory_use_captures(struct memory_holdings *m,
                                       const struct holdings_captures *captures)
{
	memory_free_captures(m);
	m->captures.list = captures->list;
	m->captures.count = captures->count;
}

// Takes out what is held of the day, as if it had been found damaged.
static inline void memory_lose_day(struct memory_holdings *m, int32_t day)
{
	size_t kept = 0, at = 0;
	for (size_t i = 0; i < m->count; i++) {
		if (m->pieces[i].holding.period.day == day)
			host_columns_done(&m->pieces[i].columns);
		else
			m->pieces[kept++] = m->pieces[i];
	}
	m->count = kept;
	struct lost_day *more = memory_resize(m->lost, m->lost_count + 1, sizeof *more);
	assert(more != NULL);
	while (at < m->lost_count && more[at].day < day)
		at++;
	for (size_t i = m->lost_count++; i > at; i--)
		more[i] = more[i - 1];
	more[at] = (struct lost_day){ day, "a test took it" };
	m->lost = more;
}

static inline void memory_holdings_free(struct memory_holdings *m)
{
	CHECK(m->open == 0);
	memory_free_bursts(m);
	memory_free(m->lost);
	for (size_t i = 0; i < m->count; i++)
		host_columns_done(&m->pieces[i].columns);
	memory_free(m->pieces);
	memory_free_captures(m);
	memory_free(m);
}

static inline void memory_count_syns(struct memory_piece *piece, const struct host_day *host)
{
	piece->all_syns += host_day_packets(host, KIND_SYN);
	for (uint32_t rest = host->matched_mask; rest != 0; rest &= rest - 1)
		piece->syns[__builtin_ctz(rest)] += host->matched[__builtin_ctz(rest)];
}

// Adds a piece behind those of its period. The host-days ascend by source, and there is one at least.
static inline void memory_add(struct memory_holdings *m, struct holding holding,
                              const struct day_host *hosts, size_t count)
{
	struct memory_piece piece = { .holding = holding };
	struct memory_piece *pieces = memory_resize(m->pieces, m->count + 1, sizeof *pieces);
	size_t at = m->count;
	assert(pieces != NULL);
	m->pieces = pieces;
	host_columns_init(&piece.columns, (uint64_t)holding.period.day * DAY_NS, SIZE_MAX);
	for (size_t i = 0; i < count; i++) {
		host_columns_add(&piece.columns, &hosts[i].host);
		memory_count_syns(&piece, &hosts[i].host);
	}
	CHECK(count > 0 && !host_columns_failed(&piece.columns));
	for (; at > 0 && period_compare(pieces[at - 1].holding.period, holding.period) > 0; at--)
		pieces[at] = pieces[at - 1];
	pieces[at] = piece;
	m->count++;
}

// Adds what all of this was taken in as, like one capture.
static inline void memory_add_capture(struct memory_holdings *m, const struct hosts *hosts)
{
	struct holdings_capture *list = memory_resize(m->capture_list, m->capture_count + 1,
	                                              sizeof *list);
	struct ingest_ledger *ledger = memory_new(1, sizeof *ledger);
	assert(list != NULL && ledger != NULL);
	m->capture_list = list;
	m->captures.list = list;
	ledger->first_ns = UINT64_MAX;
	for (size_t i = 0; i < hosts->count; i++) {
		const struct host_day *h = &hosts->entries[i].host;
		ledger->first_ns = h->first_ns < ledger->first_ns ? h->first_ns : ledger->first_ns;
		ledger->last_ns = h->last_ns > ledger->last_ns ? h->last_ns : ledger->last_ns;
		for (unsigned kind = 0; kind < HOST_KINDS; kind++)
			ledger->frames[HOST_KIND_FIRST + kind] += h->packets[kind];
	}
	m->captures.count = m->capture_count + 1;
	list[m->capture_count++] = (struct holdings_capture){ .name = "memory",
		                                              .format = "memory",
		                                              .first_ns = ledger->first_ns,
		                                              .last_ns = ledger->last_ns,
		                                              .ledger = ledger };
}

// Adds each day of the host-days as a piece of its own.
static inline void memory_add_days(struct memory_holdings *m, const struct hosts *hosts,
                                   uint16_t minute, uint16_t minutes)
{
	for (size_t begin = 0, end; begin < hosts->count; begin = end) {
		const int32_t day = hosts->entries[begin].day;
		for (end = begin; end < hosts->count && hosts->entries[end].day == day; end++)
			;
		const struct holding holding = { .period = period_of_pane(day, minute, minutes) };
		memory_add(m, holding, hosts->entries + begin, end - begin);
	}
}

// What a pile is held in: a piece a day, one for each of its pieces, or panes of so many minutes, the
// last of a day being shorter. The days are those of UTC.
enum test_grain { GRAIN_DAYS, GRAIN_PIECES, GRAIN_PANES, TEST_GRAINS };
enum { TEST_PANE_MINUTES = 95 };

static inline void memory_add_panes(struct memory_holdings *m, const struct pile *pile)
{
	enum { DAY_MINUTES = 1440 };
	struct pile panes = { .records = pile->records,
		              .pieces = memory_new(pile->count + 1, sizeof *panes.pieces),
		              .count = pile->count };
	assert(panes.pieces != NULL);
	for (size_t i = 0; i < pile->count; i++) {
		const uint64_t ns = pile->records[i].time_ns % DAY_NS;
		panes.pieces[i] = (int)(ns / (DAY_NS / DAY_MINUTES) / TEST_PANE_MINUTES);
	}
	for (int pane = 0; pane * TEST_PANE_MINUTES < DAY_MINUTES; pane++) {
		struct hosts hosts = pile_hosts(&panes, pane);
		const int left = DAY_MINUTES - pane * TEST_PANE_MINUTES;
		memory_add_days(m, &hosts, (uint16_t)(pane * TEST_PANE_MINUTES),
		                (uint16_t)(left < TEST_PANE_MINUTES ? left : TEST_PANE_MINUTES));
		hosts_done(&hosts);
	}
	memory_free(panes.pieces);
}

// The pile, whose pieces are its captures, however it is held.
static inline struct memory_holdings *memory_holdings_of(const struct holdings_about *about,
                                                         const struct pile *pile, int pieces,
                                                         enum test_grain grain)
{
	struct memory_holdings *m = memory_holdings_new(about);
	for (int piece = 0; piece < pieces; piece++) {
		struct hosts hosts = pile_hosts(pile, piece);
		memory_add_capture(m, &hosts);
		if (grain == GRAIN_PIECES)
			memory_add_days(m, &hosts, 0, 0);
		hosts_done(&hosts);
	}
	if (grain == GRAIN_DAYS) {
		struct hosts hosts = pile_hosts(pile, ALL_PIECES);
		memory_add_days(m, &hosts, 0, 0);
		hosts_done(&hosts);
	} else if (grain == GRAIN_PANES) {
		memory_add_panes(m, pile);
	}
	return m;
}
