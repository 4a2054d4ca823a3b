// SPDX-License-Identifier: MIT
// Every byte of a store: checksums, then sense. Each segment's host-days must
// ascend, add up to its summary, its tables of ports and what the catalogue says, and be the
// members of its sets; each capture's ledger must be there; databases must be what was kept; no
// file may be missing or too many.
#include "store/seal.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/text.h"

struct verifier {
	struct store *store;
	void (*found)(void *context, const char *line);
	void *context;
	struct store_verify_result *result;
	struct host_marks marks;  // what fingerprints of sources have to say
};

static void report(struct verifier *v, const char *line)
{
	v->result->problems++;
	v->found(v->context, line);
}

static void report_segment(struct verifier *v, const struct store_segment *segment,
                           const char *what)
{
	char line[256];
	text_format(line, sizeof line, "segment '%s': %s", segment->file, what);
	report(v, line);
}

// Not damage, as far as anybody knows.
static void report_unchecked(struct verifier *v, const struct store_segment *segment)
{
	v->result->unchecked++;
	report_segment(v, segment, "not all was checked: out of memory");
}

// Runs a query that returns a line of text for each thing that is wrong.
static void report_rows(struct verifier *v, const char *sql)
{
	struct error error;
	sqlite3_stmt *statement;
	enum sql_status status;
	if (!sql_prepare(v->store->db, &statement, sql, &error, "")) {
		report(v, error.text);
		return;
	}
	while ((status = sql_step(statement, &error)) == SQL_ROW) {
		char line[256];
		text_format(line, sizeof line, "catalogue: %.200s", sql_text(statement, 0));
		report(v, line);
	}
	if (status == SQL_FAILED)
		report(v, error.text);
	sqlite3_finalize(statement);
}

// The catalogue against itself: no row may be missing, none too many, and the
// segments must hold the packets that the ledgers counted.
static void check_catalog(struct verifier *v)
{
	static const char *const queries[] = {
		("SELECT 'the ledgers count ' || frames || ' frames as ' || counter || ', the segments '"
		 " || packets FROM (SELECT counter, sum(frames) AS frames FROM ledger GROUP BY counter)"
		 " JOIN (SELECT kind, sum(packets) AS packets FROM segment_kind"
		 "       JOIN segment ON segment_id = segment.id GROUP BY kind)"
		 " ON counter = kind WHERE frames <> packets"),
		("SELECT 'the ledgers count packets, and there is no segment' FROM"
		 " (SELECT coalesce(sum(frames), 0) AS n FROM ledger WHERE counter IN ('later_fragment',"
		 "  'syn', 'syn_ack', 'rst', 'tcp_other', 'udp', 'icmp', 'other_protocol'))"
		 " WHERE n > 0 AND NOT EXISTS (SELECT 1 FROM segment)"),
		("SELECT 'rows of a segment that is not there: ' || segment_id FROM segment_kind"
		 " WHERE segment_id NOT IN (SELECT id FROM segment)"),
		("SELECT 'rows of a segment that is not there: ' || segment_id FROM segment_fingerprint"
		 " WHERE segment_id NOT IN (SELECT id FROM segment)"),
		("SELECT 'rows of a capture that is not there: ' || capture_id FROM ledger"
		 " WHERE capture_id NOT IN (SELECT id FROM capture)"),
		("SELECT 'rows of a capture that is not there: ' || capture_id FROM not_understood"
		 " WHERE capture_id NOT IN (SELECT id FROM capture)"),
		("SELECT 'day and day_number differ: ' || file FROM segment"
		 " WHERE day <> date(day_number * 86400, 'unixepoch')"),
		("SELECT 'the ledger of a capture is not whole: ' || name FROM capture WHERE"
		 " (SELECT count(*) FROM ledger WHERE capture_id = id) <> 14"),
	};
	_Static_assert(KIND_COUNT == 14, "the last query counts the counters");
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
		report_rows(v, queries[i]);
}

// Whether the catalogue has this number in this row, and no other row for the name.
static bool has_sum(struct verifier *v, const char *sql, const char *file, const char *name,
                    const uint64_t sums[2])
{
	struct error error;
	sqlite3_stmt *statement;
	if (!sql_prepare(v->store->db, &statement, sql, &error, "ssuu", file, name, sums[0],
	                 sums[1])) {
		report(v, error.text);
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
		report_segment(v, entry, "the catalogue has other sums than its summary");
}

static bool check_chunks(struct verifier *v, const struct store_segment *entry,
                         const struct segment *segment)
{
	struct error error;
	struct span bytes;
	bool ok = true;
	for (size_t i = 0; i < segment_chunk_count(segment); i++)
		if (!segment_chunk_bytes(segment, segment_chunk(segment, i), &bytes, &error)) {
			report(v, error.text);
			ok = false;
		}
	if (!segment_is_padded(segment)) {
		report_segment(v, entry, "there are bytes between its chunks that nobody wrote");
		ok = false;
	}
	return ok;
}

static void sum(struct segment_summary *to, const struct host_day *h)
{
	for (unsigned kind = 0; kind < HOST_KINDS; kind++)
		to->packets[kind] += h->packets[kind];
	to->syn_sources += host_day_packets(h, KIND_SYN) > 0;
	for (uint32_t rest = h->matched_mask; rest != 0; rest &= rest - 1) {
		const unsigned f = (unsigned)__builtin_ctz(rest);
		to->syns[f] += h->matched[f];
		to->sources[f]++;
	}
}

// Sets and tables of ports, from the host-days: they must be the stored ones, byte for byte.
struct rebuilt {
	struct ipset_builder *builder[FINGERPRINTS_MAX + 1];
	struct port_counts *ports;
	bool has_failed;  // no memory
};

static bool rebuilt_new(struct rebuilt *out)
{
	bool has_room = (out->ports = port_counts_new()) != NULL;
	for (unsigned i = 0; i <= FINGERPRINTS_MAX; i++)
		has_room = (out->builder[i] = ipset_builder_new()) != NULL && has_room;
	return has_room;
}

static void rebuilt_free(struct rebuilt *r)
{
	port_counts_free(r->ports);
	for (unsigned i = 0; i <= FINGERPRINTS_MAX; i++)
		ipset_builder_free(r->builder[i]);
}

static void check_sets(struct verifier *v, const struct store_segment *entry,
                       const struct segment *segment, const struct segment_summary *found,
                       struct rebuilt *sets)
{
	for (unsigned i = 0; i <= FINGERPRINTS_MAX; i++) {
		struct error error;
		struct span stored, rebuilt;
		const bool is_all = i == FINGERPRINTS_MAX;
		const bool is_due = (is_all ? found->syn_sources : found->sources[i]) > 0;
		const struct chunk *chunk = segment_find(segment, CHUNK_SET,
		                                         is_all ? STORE_ALL : (uint8_t)i, 0);
		if ((chunk != NULL) != is_due)
			report_segment(v, entry, "a set of sources is missing, or too many");
		else if (is_due && !ipset_builder_finish(sets->builder[i], &rebuilt))
			report_unchecked(v, entry);
		else if (is_due && (!segment_chunk_bytes(segment, chunk, &stored, &error) ||
		                    stored.length != rebuilt.length ||
		                    memcmp(stored.bytes, rebuilt.bytes, rebuilt.length) != 0))
			report_segment(v, entry, "a set of sources is not that of its host-days");
	}
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
		const uint64_t rows = segment_ports_encode(rebuilt->ports, field, &due);
		const bool is_read = chunk == NULL ||
		                     segment_chunk_bytes(segment, chunk, &bytes, &error);
		if (due.failed)
			report_unchecked(v, entry);
		else if (!is_read || stored->count != rows || bytes.length != due.length ||
		         (rows > 0 && memcmp(bytes.bytes, due.bytes, due.length) != 0) ||
		         (chunk != NULL && rows == 0))
			report_segment(v, entry, "a table of ports is not that of its host-days");
		buffer_done(&due);
	}
}

static void take_host(struct rebuilt *to, struct segment_summary *found, const struct host_day *h)
{
	sum(found, h);
	if (host_day_packets(h, KIND_SYN) > 0)
		ipset_builder_add(to->builder[FINGERPRINTS_MAX], h->source);
	for (uint32_t rest = h->matched_mask; rest != 0; rest &= rest - 1)
		ipset_builder_add(to->builder[__builtin_ctz(rest)], h->source);
	to->has_failed |= !port_counts_add(to->ports, h, PORT_FIELDS);
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
                       struct segment_hosts *hosts, struct segment_summary *found,
                       struct rebuilt *rebuilt)
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
	}
	const bool host_failed = host.failed;
	host_day_done(&host);
	v->result->hosts += count;
	if (!ok)
		report_segment(v, entry, "its sources do not ascend");
	else if (host_failed || rebuilt->has_failed)
		report_unchecked(v, entry);
	else if (stream->is_damaged)
		report(v, segment_hosts_error(hosts)->text);
	else if (count != entry->hosts)
		report_segment(v, entry, "it does not have the host-days that it claims");
	else if (!are_marked)
		report_segment(v, entry, "fingerprints of sources are not those of its host-days");
	else
		return true;
	return false;
}

static void check_hosts(struct verifier *v, const struct store_segment *entry,
                        const struct segment *segment)
{
	struct segment_summary found = { .syn_sources = 0 }, claimed;
	struct rebuilt rebuilt = { .ports = NULL };
	struct segment_hosts *hosts = segment_hosts_new(segment, COLUMNS_ALL);
	struct error error;
	if (!rebuilt_new(&rebuilt) || hosts == NULL) {
		report_unchecked(v, entry);
	} else if (walk_hosts(v, entry, hosts, &found, &rebuilt)) {
		check_sets(v, entry, segment, &found, &rebuilt);
		check_ports(v, entry, segment, &rebuilt);
		if (!segment_summary(segment, &claimed, &error))
			report(v, error.text);
		else if (memcmp(found.packets, claimed.packets, sizeof found.packets) != 0 ||
		         memcmp(found.syns, claimed.syns, sizeof found.syns) != 0 ||
		         memcmp(found.sources, claimed.sources, sizeof found.sources) != 0 ||
		         found.syn_sources != claimed.syn_sources)
			report_segment(v, entry, "its summary is not the sum of its host-days");
		else
			check_rows(v, entry, &claimed);
	}
	rebuilt_free(&rebuilt);
	segment_hosts_free(hosts);
}

static bool check_name(void *context, const char *name)
{
	struct verifier *v = context;
	const struct store *s = v->store;
	if (!store_is_own_name(name) || store_is_named(s, name))
		return true;
	char line[256];
	text_format(line, sizeof line,
	            "note: '%s' was left by a crash; no harm, the next ingest removes it", name);
	v->found(v->context, line);
	return true;
}

// Fingerprints of sources ask what happened on a whole day.
static void check_days(struct verifier *v)
{
	const struct store *s = v->store;
	for (size_t i = 1; v->marks.set->of_sources != 0 && i < s->segment_count; i++)
		if (s->segments[i].day == s->segments[i - 1].day)
			report_segment(
				v, &s->segments[i],
				"its day has several, and there are fingerprints of sources");
}

static void check_databases(struct verifier *v)
{
	struct store *s = v->store;
	for (size_t i = 0; i < s->database_count; i++) {
		struct error problem;
		if (store_database_check(s, i, &problem))
			v->result->bytes += s->databases[i].bytes;
		else
			report(v, problem.text);
	}
}

bool store_verify(struct store *s, void (*found)(void *context, const char *line), void *context,
                  struct store_verify_result *out, struct error *error)
{
	*out = (struct store_verify_result){ .segments = s->segment_count };
	struct verifier v = { .store = s,
		              .found = found,
		              .context = context,
		              .result = out,
		              .marks = host_marks_of(&s->settings.fingerprints) };
	report_rows(&v, "SELECT integrity_check FROM pragma_integrity_check"
	                " WHERE integrity_check <> 'ok'");
	struct error broken;
	if (s->format >= 2 && !seal_check(s, &broken))
		report(&v, broken.text);
	for (size_t i = 0; i < s->segment_count; i++) {
		const struct segment *segment;
		struct error problem;
		if (interrupt_requested())
			return error_set(error, ERROR_FAILED, "interrupted; not all was checked");
		const uint64_t before = out->problems, unchecked = out->unchecked;
		if (!store_segment_open(s, i, &segment, &problem)) {
			report(&v, problem.text);
			// No memory, too many mappings: what is in the file nobody has seen.
			out->unchecked += s->disk->exists(s->disk, s->segments[i].file) &&
			                  strstr(problem.text, "' is damaged: ") == NULL;
		} else {
			out->bytes += segment_length(segment);
			if (check_chunks(&v, &s->segments[i], segment))
				check_hosts(&v, &s->segments[i], segment);
		}
		s->segments[i].is_damaged = out->problems - before > out->unchecked - unchecked;
	}
	check_days(&v);
	check_databases(&v);
	check_catalog(&v);
	return s->disk->list(s->disk, check_name, &v, error);
}
