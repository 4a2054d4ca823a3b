// SPDX-License-Identifier: MIT
// For the tests of store/, and of what asks one: stores that generated host-days are written to.
#pragma once

#include "base/text.h"
#include "holdings/test_hosts.h"
#include "store/day.h"
#include "store/test_bursts_of.h"

// A folder for one store.
struct test_folder {
	char parent[256], path[300];
};

static inline struct test_folder folder_new(void)
{
	struct test_folder f;
	struct error error;
	CHECK(disk_temporary(f.parent, sizeof f.parent, &error));
	CHECK(text_format(f.path, sizeof f.path, "%s/store", f.parent));
	return f;
}

static inline void folder_done(struct test_folder *f)
{
	disk_remove_folder(f->path);
	disk_remove_folder(f->parent);
}

static inline struct store *open_writer(const char *path)
{
	const struct store_request request = { .zone = NULL };
	struct store *s = NULL;
	struct error error;
	CHECK(store_open_writing(path, &request, &s, &error));
	return s;
}

static inline struct store *open_reader(const char *path)
{
	struct store *s = NULL;
	struct error error;
	CHECK(store_open(path, &s, &error));
	return s;
}

// Hands the host-days to the receiver of an ingest, `batch_max` a batch.
static inline bool send_hosts(struct host_day_receiver *receiver, const struct hosts *hosts,
                              size_t batch_max, struct error *error)
{
	struct host_columns columns;
	struct error ignored;
	void *to = NULL;
	bool ok = true;
	host_columns_init(&columns, 0, SIZE_MAX);
	for (size_t i = 0; ok && i < hosts->count; i++) {
		const int32_t day = hosts->entries[i].day;
		const bool is_first = i == 0 || hosts->entries[i - 1].day != day;
		const bool is_last = i + 1 == hosts->count || hosts->entries[i + 1].day != day;
		if (is_first) {
			host_columns_reset(&columns, (uint64_t)day * DAY_NS);
			to = receiver->begin_day(receiver, day, (uint64_t)day * DAY_NS, error);
			ok = to != NULL;
		}
		host_columns_add(&columns, &hosts->entries[i].host);
		if (ok && (is_last || columns.host_count == batch_max)) {
			const struct host_batch batch = host_columns_batch(&columns);
			ok = !host_columns_failed(&columns)
			             ? receiver->hosts(receiver, to, &batch, error)
			             : error_memory(error, "a batch");
			host_columns_reset(&columns, (uint64_t)day * DAY_NS);
		}
		if (to != NULL && (is_last || !ok)) {
			ok = receiver->end_day(receiver, to, ok, ok ? error : &ignored) && ok;
			to = NULL;
		}
	}
	host_columns_done(&columns);
	return ok;
}

// What captures of tests say of drops.
static const struct capture_drops test_drops = {
	.packets = { [DROP_BY_INTERFACE] = 7, [DROP_BETWEEN] = DROPS_MAX },
	.said = 1u << DROP_BY_INTERFACE | 1u << DROP_BY_SYSTEM | 1u << DROP_BETWEEN,
};

// The capture that would hold these host-days: its ledger, which is made, counts what they count.
static inline struct store_capture capture_of(const struct hosts *hosts, const char *name,
                                              uint8_t digest, struct ingest_ledger *ledger)
{
	struct store_capture c = { .name = (char *)(uintptr_t)name,
		                   .format = "pcap",
		                   .identity.length_bytes = 100,
		                   .head = digest,
		                   .first_ns = UINT64_MAX,
		                   .ledger = ledger,
		                   .drops = &test_drops };
	*ledger = (struct ingest_ledger){ .first_ns = UINT64_MAX };
	memset(c.identity.digest, digest, sizeof c.identity.digest);
	for (size_t i = 0; i < hosts->count; i++) {
		const struct host_day *h = &hosts->entries[i].host;
		for (unsigned kind = 0; kind < HOST_KINDS; kind++)
			ledger->frames[HOST_KIND_FIRST + kind] += h->packets[kind];
		c.first_ns = h->first_ns < c.first_ns ? h->first_ns : c.first_ns;
		c.last_ns = h->last_ns > c.last_ns ? h->last_ns : c.last_ns;
	}
	ledger->first_ns = c.first_ns;
	ledger->last_ns = c.last_ns;
	return c;
}

// Takes the host-days in as one capture.
static inline bool take_hosts(struct store *s, const struct hosts *hosts, const char *name,
                              uint8_t digest, struct error *error)
{
	struct ingest_ledger ledger;
	const struct store_capture capture = capture_of(hosts, name, digest, &ledger);
	struct store_ingest *in;
	struct test_days bursts = test_days_of(hosts, digest);
	if (!store_ingest_begin(s, &in, error))
		return false;
	store_ingest_bursts(in, &bursts.base);
	const bool ok = send_hosts(store_ingest_receiver(in), hosts, 100, error) &&
	                store_ingest_commit(in, &capture, 1, error);
	store_ingest_free(in);
	return ok;
}

// Takes in the hosts as what is new in a capture that goes on from another, of which `before` came.
static inline bool take_grown(struct store *s, const struct hosts *before, uint8_t before_digest,
                              const struct hosts *hosts, const char *name, uint8_t digest,
                              const uint32_t *beginning, struct error *error)
{
	struct ingest_ledger old_ledger, ledger;
	const struct store_capture old = capture_of(before, name, before_digest, &old_ledger);
	struct store_capture capture = capture_of(hosts, name, digest, &ledger);
	struct store_ingest *in;
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		ledger.frames[kind] += old_ledger.frames[kind];
	capture.first_ns = old.first_ns < capture.first_ns ? old.first_ns : capture.first_ns;
	capture.last_ns = old.last_ns > capture.last_ns ? old.last_ns : capture.last_ns;
	capture.beginning = beginning;
	capture.grown_from = old.identity;
	struct test_days bursts = test_days_of(hosts, digest);
	if (!store_ingest_begin(s, &in, error))
		return false;
	store_ingest_bursts(in, &bursts.base);
	const bool ok = send_hosts(store_ingest_receiver(in), hosts, 100, error) &&
	                store_ingest_commit(in, &capture, 1, error);
	store_ingest_free(in);
	return ok;
}

// Whether a capture that take_hosts() gave this digest is there.
static inline bool has_taken(struct store *s, uint8_t digest, bool *out, struct error *error)
{
	struct capture_identity identity = { .length_bytes = 100 };
	char name[256];
	memset(identity.digest, digest, sizeof identity.digest);
	return store_has_capture(s, &identity, out, name, error);
}

// Takes in the pieces of a pile, one ingest each.
static inline void take_pile(struct store *s, const struct pile *p, int pieces)
{
	struct error error;
	for (int piece = 0; piece < pieces; piece++) {
		struct hosts hosts = pile_hosts(p, piece);
		CHECK(take_hosts(s, &hosts, "piece", (uint8_t)(piece + 1), &error));
		hosts_done(&hosts);
	}
}

// A store that took a pile in, open to read, and all host-days that it holds, by day and source.
struct stock {
	struct test_folder folder;
	struct hosts hosts;
	struct store *store;
};

// Takes the pile over.
static inline struct stock stock_of(struct pile *pile, int pieces)
{
	struct stock s = { .folder = folder_new(), .hosts = pile_hosts(pile, ALL_PIECES) };
	s.store = open_writer(s.folder.path);
	take_pile(s.store, pile, pieces);
	store_close(s.store);
	s.store = open_reader(s.folder.path);
	pile_done(pile);
	return s;
}

static inline void stock_done(struct stock *s)
{
	store_close(s->store);
	hosts_done(&s->hosts);
	folder_done(&s->folder);
}

// Whether the segments of the store, one after the other, hold these host-days.
static inline bool holds(struct store *s, const struct hosts *hosts)
{
	struct error error;
	size_t at = 0;
	bool ok = true;
	for (size_t i = 0; ok && i < store_segment_count(s); i++) {
		const struct host_day *host;
		struct store_day *segment;
		if (!store_day_open_segments(s, i, 1, COLUMNS_ALL, &segment, &error))
			return false;
		while (ok && (host = store_day_next(segment, &error)) != NULL) {
			ok = at < hosts->count &&
			     hosts->entries[at].day == store_segment_at(s, i)->day &&
			     host_day_same(host, &hosts->entries[at].host, COLUMNS_ALL);
			at++;
		}
		ok = ok && error.kind == ERROR_NONE;
		store_day_close(segment);
	}
	return ok && at == hosts->count;
}

// The length of a set of sources, after its checksum was compared; SIZE_MAX: it is damaged.
static inline size_t set_length(struct store *s, size_t index, unsigned family)
{
	struct holdings_set *set;
	struct error error;
	if (!holdings_open_set(store_holdings(s), index, family, &set, &error))
		return SIZE_MAX;
	const size_t length = set->functions->end(set, &error) ? set->length : SIZE_MAX;
	holdings_close_set(set);
	return length;
}

static inline void say_problem(void *context, const char *line)
{
	text_copy(context, 512, line);
}

// Problems that verify finds; the last line it said goes to `line` (512 bytes).
static inline uint64_t problems_of(const char *path, char *line)
{
	struct store *s = NULL;
	struct store_verify_result result = { .problems = UINT64_MAX };
	struct error error;
	line[0] = '\0';
	CHECK(store_open_to_verify(path, &s, &error));
	CHECK(s != NULL && store_verify(s, say_problem, line, &result, &error));
	store_close(s);
	return result.problems;
}
