// SPDX-License-Identifier: MIT
// Host-days: the sums of a segment in the catalogue, and the segments of a day as one.
#include "store/kind_hosts.h"

#include "store/day.h"
#include "store/rewrite.h"

static const char layout[] =
	"CREATE TABLE segment_kind (segment_id INTEGER NOT NULL REFERENCES segment,"
	"  kind TEXT NOT NULL, packets INTEGER NOT NULL, PRIMARY KEY (segment_id, kind)) WITHOUT ROWID;"
	"CREATE TABLE segment_fingerprint (segment_id INTEGER NOT NULL REFERENCES segment,"
	"  fingerprint TEXT NOT NULL, packets INTEGER NOT NULL, sources INTEGER NOT NULL,"
	"  PRIMARY KEY (segment_id, fingerprint)) WITHOUT ROWID;"
	"CREATE VIEW daily_packets AS SELECT day, kind, sum(packets) AS packets"
	"  FROM segment JOIN segment_kind ON segment_id = segment.id GROUP BY day, kind;"
	"CREATE VIEW daily_fingerprints AS SELECT day, fingerprint, sum(packets) AS packets,"
	"  max(sources) AS sources_at_least, sum(sources) AS sources_at_most"
	"  FROM segment JOIN segment_fingerprint ON segment_id = segment.id"
	"  GROUP BY day, fingerprint;";

// Segments hold the packets that the ledgers counted, but those of days that captures owe (owed.h), and of days that
// were forgotten.
#define NO_DAY_WENT                                                                                \
	" NOT EXISTS (SELECT 1 FROM owed)"                                                         \
	" AND NOT EXISTS (SELECT 1 FROM setting WHERE key = 'kept_from')"

static const char *const checks[] = {
	("SELECT 'the ledgers count ' || frames || ' frames as ' || counter || ', the segments '"
	 " || packets FROM (SELECT counter, sum(frames) AS frames FROM ledger GROUP BY counter)"
	 " JOIN (SELECT kind, sum(packets) AS packets FROM segment_kind"
	 "       JOIN segment ON segment_id = segment.id GROUP BY kind)"
	 " ON counter = kind WHERE frames < packets"
	 " OR (frames > packets AND" NO_DAY_WENT ")"),
	("SELECT 'the ledgers count packets, and there is no segment' FROM"
	 " (SELECT coalesce(sum(frames), 0) AS n FROM ledger WHERE counter IN ('later_fragment',"
	 "  'syn', 'syn_ack', 'rst', 'tcp_other', 'udp', 'icmp', 'other_protocol'))"
	 " WHERE n > 0 AND NOT EXISTS (SELECT 1 FROM segment)"
	 " AND" NO_DAY_WENT),
	NULL,
};

static bool enter_packets(struct store *s, uint64_t id, const struct segment_summary *sum,
                          struct error *error)
{
	sqlite3_stmt *statement = NULL;
	bool ok = true;
	for (unsigned kind = 0; ok && kind < HOST_KINDS; kind++)
		ok = sql_run_again(s->db, &statement, "INSERT INTO segment_kind VALUES (?, ?, ?)",
		                   error, "usu", id, kind_names[HOST_KIND_FIRST + kind],
		                   sum->packets[kind]);
	sqlite3_finalize(statement);
	return ok;
}

static bool enter_fingerprints(struct store *s, uint64_t id, const struct segment_summary *sum,
                               struct error *error)
{
	static const char sql[] = "INSERT INTO segment_fingerprint VALUES (?, ?, ?, ?)";
	sqlite3_stmt *statement = NULL;
	bool ok = sql_run_again(s->db, &statement, sql, error, "usuu", id, "*",
	                        sum->packets[KIND_SYN - HOST_KIND_FIRST], sum->syn_sources);
	for (unsigned f = 0; ok && f < sum->fingerprint_count; f++) {
		const char *name = fingerprint_name(&s->settings.fingerprints, f);
		ok = name == NULL || sql_run_again(s->db, &statement, sql, error, "usuu", id, name,
		                                   sum->syns[f], sum->sources[f]);
	}
	sqlite3_finalize(statement);
	return ok;
}

static bool enter_segment(struct store *s, uint64_t id, const struct segment_summary *sum,
                          struct error *error)
{
	return enter_packets(s, id, sum, error) && enter_fingerprints(s, id, sum, error);
}

static bool count_values(struct store *s, size_t first, size_t count, struct floor_counts *counts,
                         struct error *error)
{
	struct store_day *reader;
	if (!store_day_open_segments(s, first, count, FLOOR_COLUMNS, &reader, error))
		return false;
	const struct host_day *host;
	while ((host = store_day_next(reader, error)) != NULL)
		floor_counts_add(counts, host);
	store_day_close(reader);
	return error->kind == ERROR_NONE;
}

static bool merge(struct store_change *change, size_t first, size_t count, uint32_t floor,
                  struct error *error)
{
	struct floor_counts *counts = NULL;
	bool ok = true;
	if (floor > 1) {
		counts = floor_counts_new();
		ok = counts != NULL || error_memory(error, "a floor");
		ok = ok && count_values(change->store, first, count, counts, error);
	}
	const struct rewrite rewrite = { .floor = floor,
		                         .counts = counts,
		                         .interrupted = "days that were rewritten stay so" };
	ok = ok && store_rewrite_day(change, first, count, &rewrite, error);
	floor_counts_free(counts);
	return ok;
}

const struct store_kind kind_hosts = {
	.name = "segment_kind",
	.layout = layout,
	.checks = checks,
	.enter_segment = enter_segment,
	.verify = hosts_verify,
	.merge = merge,
};
