// SPDX-License-Identifier: MIT
// For the tests that disturb changes of a store: the changes, on a fake disk, and
// what a store holds as one row of bytes.
#pragma once

#include "store/day.h"
#include "store/fake_vfs.h"
#include "store/test_store.h"

enum { CHANGE_PIECES = 4, CHANGE_DAYS = 2, CHANGE_FLOOR = 3 };
#define CHANGE_PATH "/fake/store"

// A change of the store, which does nothing where it was done already.
struct change {
	const char *name;
	bool (*work)(struct store *, struct error *);
	bool is_by_day;  // days are changes of their own: some may be done, others not
};

static struct hosts change_pieces[CHANGE_PIECES];

static inline bool take_piece(struct store *s, unsigned piece, struct error *error)
{
	static const char *const names[CHANGE_PIECES - 1] = { "b.pcap", "c.pcap", "d.pcap" };
	bool is_known;
	return has_taken(s, (uint8_t)(piece + 1), &is_known, error) &&
	       (is_known ||
	        take_hosts(s, &change_pieces[piece], names[piece], (uint8_t)(piece + 1), error));
}

static inline bool change_make(struct store *s, struct error *error)
{
	(void)s;
	error->kind = ERROR_NONE;
	return true;
}

static inline bool change_first(struct store *s, struct error *error)
{
	return take_piece(s, 0, error);
}

static inline bool change_second(struct store *s, struct error *error)
{
	return take_piece(s, 1, error);
}

static inline bool change_third(struct store *s, struct error *error)
{
	return take_piece(s, 2, error);
}

static inline bool set_fingerprints(struct store *s, const char *text, struct error *error)
{
	const struct store_refit refit = { .text = text, .where = "F" };
	struct store_refitted out;
	return store_set_fingerprints(s, &refit, &out, error);
}

static inline bool change_fingerprints(struct store *s, struct error *error)
{
	return set_fingerprints(s, "often = source window=14600 dport=23\n", error);
}

static inline bool change_other_fingerprints(struct store *s, struct error *error)
{
	return set_fingerprints(s,
	                        "lengths = source length=40 length=44 length=48\n"
	                        "usual = source dport=23 window=14600\n",
	                        error);
}

static inline bool change_name(struct store *s, struct error *error)
{
	struct ingest_ledger ledger;
	const struct store_capture c = capture_of(&change_pieces[0], "a.pcap", 1, &ledger);
	return store_rename_capture(s, &c.identity, "a.pcap", error);
}

// The last piece is what is new in the capture that the first one came from.
static inline bool change_grown(struct store *s, struct error *error)
{
	static const uint32_t beginning[BEGINNING_MAX] = { 1, 2, 3 };
	bool is_known;
	return has_taken(s, CHANGE_PIECES, &is_known, error) &&
	       (is_known || take_grown(s, &change_pieces[0], 1, &change_pieces[CHANGE_PIECES - 1],
	                               "a.pcap", CHANGE_PIECES, beginning, error));
}

static inline bool change_compact(struct store *s, struct error *error)
{
	size_t days;
	return store_compact(s, 0, &days, error);
}

static inline bool change_floor(struct store *s, struct error *error)
{
	size_t days;
	return store_compact(s, CHANGE_FLOOR, &days, error);
}

// Keeps two databases; what is in them depends on the version.
static inline bool keep_databases(struct store *s, uint8_t version, struct error *error)
{
	static uint8_t bytes[2][3000];
	struct store_database list[2] = {
		{ .name = "old.mmdb", .type = "Test", .built_day = 17000, .from = INT32_MIN },
		{ .name = "new.csv", .type = "table", .built_day = INT32_MIN, .from = 17001 },
	};
	list[0].to = 17000;
	list[1].to = INT32_MAX;
	memset(bytes[0], version, sizeof bytes[0]);
	memset(bytes[1], version + 1, sizeof bytes[1]);
	const struct span contents[2] = { { bytes[0], 3000 }, { bytes[1], 2000 } };
	return store_keep_databases(
		s, &(struct store_new_databases){ "country", list, contents, 2 }, error);
}

static inline bool change_databases(struct store *s, struct error *error)
{
	return keep_databases(s, 1, error);
}

static inline bool change_other_databases(struct store *s, struct error *error)
{
	return keep_databases(s, 11, error);
}

// One capture that is read again takes the place of all that are there.
static inline bool change_telescope(struct store *s, struct error *error)
{
	static const uint8_t digests[] = { CHANGE_PIECES, 2, 3 };
	struct capture_identity before[sizeof digests];
	struct ingest_ledger ledger;
	struct store_ingest *in;
	const struct store_capture c = capture_of(&change_pieces[1], "again.pcap", 9, &ledger);
	if (text_equal(store_settings(s)->telescope, "192.0.2.0/24"))
		return change_make(s, error);
	for (size_t i = 0; i < sizeof digests; i++) {
		before[i] = (struct capture_identity){ .length_bytes = 100 };
		memset(before[i].digest, digests[i], sizeof before[i].digest);
	}
	if (!store_ingest_begin(s, &in, error))
		return false;
	struct test_days bursts = test_days_of(&change_pieces[1], 9);
	store_ingest_bursts(in, &bursts.base);
	const bool ok = store_ingest_anew(in, "192.0.2.0/24", before, sizeof digests, error) &&
	                send_hosts(store_ingest_receiver(in), &change_pieces[1], 100, error) &&
	                store_ingest_commit(in, &c, 1, error);
	store_ingest_free(in);
	return ok;
}

// Answers of two hosts on two days, one in both versions.
static inline bool take_responses(struct store *s, uint64_t version, struct error *error)
{
	static const uint8_t texts[] = "login: HTTP/1.1 401 Unauthorized\r\n";
	struct store_take *take;
	struct store_taken taken;
	bool ok = true;
	if (!store_take_begin(s, STORE_RESPONSES, 0, &take, error))
		return false;
	for (uint64_t i = 0; ok && i < 4; i++)
		ok = store_take_response(
			take,
			&(struct response){
				.address = (uint32_t)(i % 2),
				.port = 23,
				.time_ns = (1 + i / 2 + (i == 3) * version) * DAY_NS,
				.bytes = { texts + i, 7 + i },
			},
			error);
	ok = ok && store_take_commit(take, 1, &taken, error);
	store_take_free(take);
	return ok;
}

static inline bool change_responses(struct store *s, struct error *error)
{
	return take_responses(s, 0, error);
}

static inline bool change_more_responses(struct store *s, struct error *error)
{
	return take_responses(s, 1, error);
}

// A session over midnight, of which one version has an event more.
static inline bool take_events(struct store *s, uint64_t version, struct error *error)
{
	static const uint8_t texts[] = "root shell /bin/busybox MIRAI";
	struct store_take *take;
	struct store_taken taken;
	bool ok = true;
	if (!store_take_begin(s, STORE_EVENTS, 0, &take, error))
		return false;
	for (uint64_t i = 0; ok && i < 4 + version; i++)
		ok = store_take_event(take,
		                      &(struct honeypot_event){
					      .time_ns = 2 * DAY_NS + (i - 2) * 1000000000,
					      .sensor = { texts, 4 },
					      .session = { texts + 5, 5 },
					      .source = 7,
					      .kind = i == 0 ? HONEYPOT_CONNECT : HONEYPOT_INPUT,
					      .text = { texts + i, i == 0 ? 0 : 20 },
				      },
		                      error);
	ok = ok && store_take_commit(take, 1, &taken, error);
	store_take_free(take);
	return ok;
}

static inline bool change_events(struct store *s, struct error *error)
{
	return take_events(s, 0, error);
}

static inline bool change_more_events(struct store *s, struct error *error)
{
	return take_events(s, 1, error);
}

static inline bool change_forget(struct store *s, struct error *error)
{
	struct store_forgotten out;
	return store_segment_count(s) < 2 ||
	       store_forget(s, store_segment_at(s, 1)->day, &out, error);
}

// In this order: each begins where the one before it ended.
static const struct change changes[] = {
	{ "making a store", change_make, false },
	{ "the first ingest", change_first, false },
	{ "the second ingest", change_second, false },
	{ "a new name", change_name, false },
	{ "a capture that has grown", change_grown, false },
	{ "compact", change_compact, true },
	{ "fingerprints of sources", change_fingerprints, false },
	{ "an ingest into whole days", change_third, false },
	{ "compact --floor", change_floor, true },
	{ "other fingerprints of sources", change_other_fingerprints, false },
	{ "databases", change_databases, false },
	{ "other databases", change_other_databases, false },
	{ "what hosts answered", change_responses, false },
	{ "more of that", change_more_responses, false },
	{ "what was done at honeypots", change_events, false },
	{ "more of that, too", change_more_events, false },
	{ "another telescope", change_telescope, false },
	{ "forgetting a day", change_forget, false },
};
enum { CHANGES = sizeof changes / sizeof *changes };

static inline void changes_begin(void)
{
	struct pile pile = pile_from(1, 10, CHANGE_DAYS, CHANGE_PIECES, 120);
	for (int i = 0; i < CHANGE_PIECES; i++)
		change_pieces[i] = pile_hosts(&pile, i);
	pile_done(&pile);
}

static inline void changes_done(void)
{
	for (int i = 0; i < CHANGE_PIECES; i++)
		hosts_done(&change_pieces[i]);
}

static inline bool change_run(struct fake_disk *d, const struct change *change, struct error *error)
{
	const struct store_request request = { .zone = "+09:00" };
	struct store *s;
	if (!store_open_writing_on(&d->disk, CHANGE_PATH, &request, &s, error))
		return false;
	const bool ok = change->work(s, error);
	store_close(s);
	return ok;
}

// What a store holds: settings and captures, then a section for each day.
struct state {
	struct buffer bytes;
	size_t ends[CHANGE_DAYS + 1], sections;
};

static inline struct state state_new(void)
{
	return (struct state){ .bytes = buffer_up_to(SIZE_MAX) };
}

static inline void end_section(struct state *state)
{
	CHECK(state->sections <= CHANGE_DAYS);
	state->ends[state->sections++] = state->bytes.length;
}

static inline bool same_section(const struct state *a, const struct state *b, size_t i)
{
	const size_t from_a = i == 0 ? 0 : a->ends[i - 1], from_b = i == 0 ? 0 : b->ends[i - 1];
	const size_t length = a->ends[i] - from_a;
	return b->ends[i] - from_b == length &&
	       memcmp(a->bytes.bytes + from_a, b->bytes.bytes + from_b, length) == 0;
}

// Each section is that of one or the other.
static inline bool is_between(const struct state *now, const struct state *a, const struct state *b)
{
	bool ok = now->sections == a->sections && now->sections == b->sections;
	for (size_t i = 0; ok && i < now->sections; i++)
		ok = same_section(now, a, i) || same_section(now, b, i);
	return ok;
}

static inline bool same_state(const struct state *a, const struct state *b)
{
	return is_between(a, b, b);
}

static inline bool add_databases(struct store *s, struct buffer *out, struct error *error)
{
	for (size_t i = 0; i < store_database_count(s); i++) {
		const struct store_database *d = store_database_at(s, i);
		if (!store_database_check(s, i, error))
			return false;
		buffer_format(out, "%s %s %s %d %d %d ", d->kind, d->name, d->type, d->built_day,
		              d->from, d->to);
		buffer_u64(out, d->bytes);
		buffer_u64(out, d->digest);
	}
	return true;
}

static inline bool add_responses(struct store *s, struct buffer *out, struct error *error)
{
	struct holdings_responses *responses;
	struct response r;
	if (!holdings_open_responses(store_holdings(s), INT32_MIN, INT32_MAX, true, &responses,
	                             error))
		return false;
	while (responses->next(responses, &r, error)) {
		buffer_format(out, "%u %u %llu ", r.address, r.port, (unsigned long long)r.time_ns);
		buffer_append(out, r.bytes.bytes, r.bytes.length);
	}
	holdings_close_responses(responses);
	return error->kind == ERROR_NONE;
}

static inline bool add_events(struct store *s, struct buffer *out, struct error *error)
{
	struct holdings_events *events;
	struct honeypot_event e;
	if (!holdings_open_events(store_holdings(s), INT32_MIN, INT32_MAX, &events, error))
		return false;
	while (events->next(events, &e, error)) {
		buffer_format(out, "%u %d %llu ", e.source, (int)e.kind,
		              (unsigned long long)e.time_ns);
		buffer_append(out, e.session.bytes, e.session.length);
		buffer_append(out, e.text.bytes, e.text.length);
	}
	holdings_close_events(events);
	return error->kind == ERROR_NONE;
}

// In the forms that somebody kept.
static inline bool add_bursts(struct store *s, int32_t day, struct buffer *out, struct error *error)
{
	bool ok = true;
	for (unsigned form = 0; ok && form < BURST_FORMS; form++) {
		const struct holdings_kept kept = holdings_kept(store_holdings(s),
		                                                period_of_day(day), form);
		const struct burst *burst;
		struct burst_stream *bursts;
		buffer_format(out, "%d %d %u %u ", kept.is_some, kept.is_whole,
		              (unsigned)kept.evicted_bursts, (unsigned)kept.evicted_packets);
		if (!holdings_open_bursts(store_holdings(s), period_of_day(day), form, &bursts,
		                          error))
			return false;
		while ((ok = bursts->next(bursts, &burst, error)) && burst != NULL) {
			buffer_format(out, "%u %u %x ", burst->key.address,
			              (unsigned)burst->packets, burst->matched_mask);
			buffer_u64(out, burst->first_ns);
			buffer_u64(out, burst->last_ns);
			buffer_append(out, burst->others.bytes, burst->others.length);
		}
		bursts->close(bursts);
	}
	return ok;
}

static inline bool add_days(struct store *s, struct state *state, struct error *error)
{
	for (size_t first = 0, count; first < store_segment_count(s); first += count) {
		struct buffer *out = &state->bytes;
		struct store_day *reader;
		struct host_columns columns;
		const struct host_day *host;
		count = store_day_segments(s, first);
		if (!store_day_open_segments(s, first, count, COLUMNS_ALL, &reader, error))
			return false;
		const int32_t day = store_segment_at(s, first)->day;
		buffer_format(out, "day %d floor %u\n", day, store_segment_at(s, first)->floor);
		host_columns_init(&columns, 0, SIZE_MAX);
		while ((host = store_day_next(reader, error)) != NULL)
			host_columns_add(&columns, host);
		for (unsigned i = 0; i < COLUMN_COUNT; i++)
			buffer_append(out, columns.column[i].bytes, columns.column[i].length);
		out->failed |= host_columns_failed(&columns);
		host_columns_done(&columns);
		store_day_close(reader);
		if (error->kind != ERROR_NONE || !add_bursts(s, day, out, error))
			return false;
		end_section(state);
	}
	return true;
}

static inline void add_capture(struct buffer *out, const struct store_capture *c)
{
	buffer_format(out, "%s %s %llu %llu", c->name, c->format, (unsigned long long)c->head,
	              (unsigned long long)c->identity.length_bytes);
	buffer_append(out, c->identity.digest, sizeof c->identity.digest);
	buffer_append(out, c->ledger->frames, sizeof c->ledger->frames);
	if (c->drops != NULL)
		buffer_append(out, c->drops->packets, sizeof c->drops->packets);
	buffer_u64(out, c->first_ns);
	buffer_u64(out, c->last_ns);
}

// All that the store says: settings, captures with their ledgers, host-days. How days are
// cut into segments is not in it. False: something could not be read.
static inline bool change_state(struct fake_disk *d, struct state *state, struct error *error)
{
	struct buffer *out = &state->bytes;
	struct store *s;
	struct store_capture *captures;
	size_t count;
	out->length = state->sections = 0;
	error->kind = ERROR_NONE;
	if (!store_open_on(&d->disk, CHANGE_PATH, &s, error))
		return false;
	bool ok = store_captures(s, &captures, &count, error);
	if (ok) {
		buffer_format(out, "%s %s\n%s\n%u\n", store_settings(s)->zone.name,
		              store_settings(s)->telescope, store_settings(s)->fingerprint_text,
		              store_format(s));
		for (size_t i = 0; i < count; i++)
			add_capture(out, &captures[i]);
		store_captures_done(captures, count);
		ok = add_databases(s, out, error) && add_responses(s, out, error) &&
		     add_events(s, out, error);
		end_section(state);
		ok = ok && add_days(s, state, error);
	}
	store_close(s);
	return ok && (!out->failed || error_memory(error, "a test"));
}

static inline void count_problem(void *context, const char *line)
{
	if (!text_starts(line, "note: "))
		text_copy(context, 512, line);
}

// Whether verify finds nothing; what it said goes to `line` (512 bytes).
static inline bool change_verify(struct fake_disk *d, char *line, struct error *error)
{
	struct store *s;
	struct store_verify_result result = { .problems = 1 };
	line[0] = '\0';
	if (!store_open_on(&d->disk, CHANGE_PATH, &s, error))
		return false;
	const bool ok = store_verify(s, count_problem, line, &result, error);
	store_close(s);
	return ok && result.problems == 0;
}

static inline bool is_strange(const struct fake_disk *d, size_t segments, size_t databases,
                              size_t records)
{
	size_t found = 0, found_databases = 0, found_records = 0;
	for (size_t i = 0; i < d->now.count; i++) {
		const char *name = d->now.entries[i].name;
		if (text_ends(name, ".segment"))
			found++;
		else if (text_ends(name, ".database"))
			found_databases++;
		else if (text_ends(name, ".responses") || text_ends(name, ".events"))
			found_records++;
		else if (!text_starts(name, "catalog.sqlite") && !text_equal(name, "lock"))
			return true;
	}
	return found != segments || found_databases != databases || found_records != records;
}

// Whether the folder has the files of the catalogue and nothing else, as it must
// once a writer opened the store.
static inline bool change_is_tidy(struct fake_disk *d)
{
	struct store *s;
	struct error error;
	const struct store_request request = { .zone = NULL };
	if (!store_open_writing_on(&d->disk, CHANGE_PATH, &request, &s, &error))
		return false;
	const size_t segments = store_segment_count(s), databases = store_database_count(s);
	const size_t records = store_record_days(s, STORE_RESPONSES) +
	                       store_record_days(s, STORE_EVENTS);
	store_close(s);
	return !is_strange(d, segments, databases, records);
}
