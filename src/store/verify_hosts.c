// SPDX-License-Identifier: MIT
// The host-days of a segment: they must ascend, add up to its summary, its tables of ports and what
// the catalogue says, and be the members of its sets.
#include "store/kind_hosts.h"

#include "base/memory.h"
#include "hostday/evidence.h"

// Whether the catalogue has this number in this row, and no other row for the name.
static bool has_sum(struct verifier *v, const char *sql, const char *file, const char *name,
                    const uint64_t sums[2])
{
	struct error error;
	sqlite3_stmt *statement;
	if (!sql_prepare(v->store->db, &statement, sql, &error, "ssuu", file, name, sums[0],
	                 sums[1])) {
		verify_report(v, error.text);
		return false;
	}
	const bool is_there = sql_step(statement, &error) == SQL_ROW;
	sqlite3_finalize(statement);
	return is_there;
}

// The rows of one segment in the catalogue against the summary in its file.
static void check_rows(struct verifier *v, const struct store_segment *entry,
                       const struct segment_summary *sum)
{
	static const char kind_sql[] = "SELECT 1 FROM segment_kind JOIN segment ON segment_id = id"
				       " WHERE file = ? AND kind = ? AND packets = ? AND ? = 0";
	static const char fingerprint_sql[] =
		"SELECT 1 FROM segment_fingerprint JOIN segment ON segment_id = id"
		" WHERE file = ? AND fingerprint = ? AND packets = ? AND sources = ?";
	const struct fingerprint_set *set = &v->store->settings.fingerprints;
	const uint64_t all[2] = { sum->packets[KIND_SYN - HOST_KIND_FIRST], sum->syn_sources };
	bool ok = has_sum(v, fingerprint_sql, entry->file, "*", all);
	for (unsigned kind = 0; kind < HOST_KINDS; kind++) {
		const uint64_t sums[2] = { sum->packets[kind], 0 };
		ok = has_sum(v, kind_sql, entry->file, kind_names[HOST_KIND_FIRST + kind], sums) &&
		     ok;
	}
	for (unsigned f = 0; f < sum->fingerprint_count; f++) {
		const uint64_t sums[2] = { sum->syns[f], sum->sources[f] };
		const char *name = fingerprint_name(set, f);
		ok = (name == NULL || has_sum(v, fingerprint_sql, entry->file, name, sums)) && ok;
	}
	if (!ok)
		verify_report_segment(v, entry, "the catalogue has other sums than its summary");
}

static void sum(struct segment_summary *to, const struct host_day *h, uint32_t counted)
{
	for (unsigned kind = 0; kind < HOST_KINDS; kind++)
		to->packets[kind] += h->packets[kind];
	to->syn_sources += host_day_packets(h, KIND_SYN) > 0;
	for (uint32_t rest = h->matched_mask; rest != 0; rest &= rest - 1) {
		const unsigned f = (unsigned)__builtin_ctz(rest);
		to->syns[f] += h->matched[f];
		to->sources[f] += counted >> f & 1;
	}
}

// Tables of ports, from the host-days, and whether the sets are those of the host-days: they must be
// the stored ones, byte for byte.
struct rebuilt {
	struct ipset_check *sets[FINGERPRINTS_MAX + 1];
	struct port_counts *ports;
	bool is_by_evidence;
	bool has_failed;  // no memory
};

static const struct chunk *stored_set(const struct segment *segment, unsigned i)
{
	return segment_find(segment, CHUNK_SET, i == FINGERPRINTS_MAX ? STORE_ALL : (uint8_t)i, 0);
}

static bool rebuilt_new(const struct segment *segment, struct rebuilt *out)
{
	bool has_room = (out->ports = port_counts_new()) != NULL;
	for (unsigned i = 0; i <= FINGERPRINTS_MAX; i++) {
		const struct chunk *chunk = stored_set(segment, i);
		const struct span set = chunk != NULL ? segment_chunk_unchecked(segment, chunk)
		                                      : (struct span){ .length = 0 };
		has_room = (out->sets[i] = ipset_check_new(set)) != NULL && has_room;
	}
	return has_room;
}

static void rebuilt_free(struct rebuilt *r)
{
	port_counts_free(r->ports);
	for (unsigned i = 0; i <= FINGERPRINTS_MAX; i++)
		ipset_check_free(r->sets[i]);
}

// The host-days let go of their own columns. Of the sets there is never much between two calls.
static void release_sets(const struct segment *segment)
{
	for (unsigned i = 0; i <= FINGERPRINTS_MAX; i++) {
		const struct chunk *chunk = stored_set(segment, i);
		if (chunk != NULL)
			segment_chunk_release(segment, chunk);
	}
}

static void check_sets(struct verifier *v, const struct store_segment *entry,
                       const struct segment *segment, const struct segment_summary *found,
                       struct rebuilt *rebuilt)
{
	for (unsigned i = 0; i <= FINGERPRINTS_MAX; i++) {
		const bool is_all = i == FINGERPRINTS_MAX;
		const bool is_due = (is_all ? found->syn_sources : found->sources[i]) > 0;
		bool is_same = true;
		if ((stored_set(segment, i) != NULL) != is_due)
			verify_report_segment(v, entry, "a set of sources is missing, or too many");
		else if (is_due && !ipset_check_end(rebuilt->sets[i], &is_same))
			verify_report_unchecked(v, entry);
		else if (!is_same)
			verify_report_segment(v, entry,
			                      "a set of sources is not that of its host-days");
	}
	release_sets(segment);
}

static void check_ports(struct verifier *v, const struct store_segment *entry,
                        const struct segment *segment, const struct rebuilt *rebuilt)
{
	if (!segment_has_ports(segment))
		return;
	for (uint64_t rest = PORT_FIELDS; rest != 0; rest &= rest - 1) {
		const uint8_t field = (uint8_t)__builtin_ctzll(rest);
		const struct chunk *chunk = segment_find(segment, CHUNK_PORTS, field, 0);
		const struct chunk none = { .length = 0 }, *stored = chunk != NULL ? chunk : &none;
		struct buffer due = buffer_up_to(SIZE_MAX);
		struct span bytes = { .length = 0 };
		struct error error;
		const uint64_t rows = segment_ports_encode(rebuilt->ports, field,
		                                           segment_version(segment), &due);
		const bool is_read = chunk == NULL ||
		                     segment_chunk_bytes(segment, chunk, &bytes, &error);
		if (due.failed)
			verify_report_unchecked(v, entry);
		else if (!is_read || stored->count != rows || bytes.length != due.length ||
		         (rows > 0 && memcmp(bytes.bytes, due.bytes, due.length) != 0) ||
		         (chunk != NULL && rows == 0))
			verify_report_segment(v, entry,
			                      "a table of ports is not that of its host-days");
		buffer_done(&due);
	}
}

static void take_host(struct rebuilt *to, struct segment_summary *found, const struct host_day *h)
{
	const uint32_t counted = to->is_by_evidence ? host_day_counted(h) : h->matched_mask;
	sum(found, h, counted);
	if (host_day_packets(h, KIND_SYN) > 0)
		ipset_check_add(to->sets[FINGERPRINTS_MAX], h->source);
	for (uint32_t rest = counted; rest != 0; rest &= rest - 1)
		ipset_check_add(to->sets[__builtin_ctz(rest)], h->source);
	to->has_failed |= !port_counts_add(to->ports, h, PORT_FIELDS, counted);
}

static bool same_ports(const struct host_day *h, unsigned field)
{
	const struct item_set all = h->sets[FIELD_DESTINATION_PORT], some = h->sets[field];
	bool same = all.count == some.count;
	for (uint32_t i = 0; same && i < all.count; i++) {
		const struct item *a = &h->items[all.begin + i], *b = &h->items[some.begin + i];
		same = a->value == b->value && a->packets == b->packets;
	}
	return same;
}

// Whether fingerprints of sources match where the values of the host-day say so. Where a floor has
// dropped values, nobody knows.
static bool is_marked(const struct verifier *v, const struct store_segment *entry,
                      const struct host_day *h)
{
	const uint32_t of_sources = v->marks.set->of_sources;
	struct host_day marked;
	if (of_sources == 0 || entry->floor > 1)
		return true;
	host_day_mark(h, &v->marks, &marked);
	bool ok = marked.matched_mask == h->matched_mask;
	for (uint32_t rest = h->matched_mask & of_sources; ok && rest != 0; rest &= rest - 1) {
		const unsigned f = (unsigned)__builtin_ctz(rest);
		ok = marked.matched[f] == h->matched[f] && same_ports(h, FIELD_MATCHED_PORT + f);
	}
	return ok;
}

static bool walk_hosts(struct verifier *v, const struct store_segment *entry,
                       const struct segment *segment, struct segment_hosts *hosts,
                       struct segment_summary *found, struct rebuilt *rebuilt)
{
	struct host_stream *stream = segment_hosts_stream(hosts);
	struct host_day host = { .items = NULL };
	uint64_t count = 0, next_source = 0;
	bool ok = true, are_marked = true;
	while (ok && host_stream_next(stream, &host)) {
		ok = host.source >= next_source;
		are_marked = are_marked && is_marked(v, entry, &host);
		next_source = (uint64_t)host.source + 1;
		count++;
		if (ok)
			take_host(rebuilt, found, &host);
		if (count % SEGMENT_GROUP_HOSTS == 0)
			release_sets(segment);
	}
	const bool host_failed = host.failed;
	host_day_done(&host);
	v->result->hosts += count;
	if (!ok)
		verify_report_segment(v, entry, "its sources do not ascend");
	else if (host_failed || rebuilt->has_failed ||
	         (stream->is_damaged && segment_hosts_error(hosts)->kind != ERROR_CORRUPT))
		verify_report_unchecked(v, entry);
	else if (stream->is_damaged)
		verify_report(v, segment_hosts_error(hosts)->text);
	else if (count != entry->hosts)
		verify_report_segment(v, entry, "it does not have the host-days that it claims");
	else if (!are_marked)
		verify_report_segment(v, entry,
		                      "fingerprints of sources are not those of its host-days");
	else
		return true;
	return false;
}

void hosts_verify(struct verifier *v, const struct store_segment *entry,
                  const struct segment *segment)
{
	struct segment_summary found = { .syn_sources = 0 }, claimed;
	struct rebuilt rebuilt = { .is_by_evidence = segment_is_by_evidence(segment) };
	struct segment_hosts *hosts = segment_hosts_new(segment, COLUMNS_ALL, SEGMENT_WINDOW_MAX);
	struct error error;
	if (!rebuilt_new(segment, &rebuilt) || hosts == NULL) {
		verify_report_unchecked(v, entry);
	} else if (walk_hosts(v, entry, segment, hosts, &found, &rebuilt)) {
		check_sets(v, entry, segment, &found, &rebuilt);
		check_ports(v, entry, segment, &rebuilt);
		if (!segment_summary(segment, &claimed, &error))
			verify_report(v, error.text);
		else if (memcmp(found.packets, claimed.packets, sizeof found.packets) != 0 ||
		         memcmp(found.syns, claimed.syns, sizeof found.syns) != 0 ||
		         memcmp(found.sources, claimed.sources, sizeof found.sources) != 0 ||
		         found.syn_sources != claimed.syn_sources)
			verify_report_segment(v, entry,
			                      "its summary is not the sum of its host-days");
		else
			check_rows(v, entry, &claimed);
	}
	rebuilt_free(&rebuilt);
	segment_hosts_free(hosts);
}
