// SPDX-License-Identifier: MIT
// Bursts (burst/burst.h): what a segment has of each form.
//
// A segment has a row for each form that is kept, and none for others: so a segment that was written
// before there were bursts has none. They are taken in with host-days (bursts.h).
#include "store/kind.h"

#include "base/text.h"

static const char *const form_names[BURST_FORMS] = {
	[BURST_BACKSCATTER] = "backscatter",
	[BURST_SCAN] = "scan",
};

static const char layout[] =
	"CREATE TABLE bursts (segment_id INTEGER NOT NULL REFERENCES segment,"
	"  form TEXT NOT NULL, is_whole INTEGER NOT NULL, bursts INTEGER NOT NULL,"
	"  packets INTEGER NOT NULL, evicted_bursts INTEGER NOT NULL,"
	"  evicted_packets INTEGER NOT NULL, PRIMARY KEY (segment_id, form)) WITHOUT ROWID;"
	"CREATE TRIGGER bursts_are_forgotten AFTER DELETE ON segment"
	"  BEGIN DELETE FROM bursts WHERE segment_id = OLD.id; END;";

static const char *const checks[] = {
	("SELECT 'bursts of a segment that cannot be: ' || form || ' of segment ' || segment_id"
	 " FROM bursts WHERE form NOT IN ('backscatter', 'scan') OR is_whole NOT IN (0, 1)"
	 " OR typeof(bursts) <> 'integer' OR typeof(packets) <> 'integer'"
	 " OR typeof(evicted_bursts) <> 'integer' OR typeof(evicted_packets) <> 'integer'"),
	NULL,
};

static bool enter_segment(struct store *s, uint64_t id, const struct segment_summary *sum,
                          struct error *error)
{
	sqlite3_stmt *statement = NULL;
	bool ok = true;
	for (unsigned form = 0; ok && form < BURST_FORMS; form++) {
		const struct store_bursts *b = &sum->bursts[form];
		ok = !b->kept.is_some ||
		     sql_run_again(s->db, &statement,
		                   "INSERT INTO bursts VALUES (?, ?, ?, ?, ?, ?, ?)", error,
		                   "usiuuuu", id, form_names[form], (int64_t)b->kept.is_whole,
		                   b->bursts, b->packets, b->kept.evicted_bursts,
		                   b->kept.evicted_packets);
	}
	sqlite3_finalize(statement);
	return ok;
}

// Rows come in the order of segments. False: there is no such form or segment.
static bool note(struct store *s, size_t *at, sqlite3_stmt *row)
{
	unsigned form = 0;
	while (form < BURST_FORMS && !text_equal(form_names[form], sql_text(row, 1)))
		form++;
	while (*at < s->segment_count && !text_equal(s->segments[*at].file, sql_text(row, 0)))
		++*at;
	if (form == BURST_FORMS || *at == s->segment_count)
		return false;
	s->segments[*at].bursts[form] = (struct store_bursts){ { .is_some = true,
		                                                 .is_whole = sql_u64(row, 2) == 1,
		                                                 .evicted_bursts = sql_u64(row, 5),
		                                                 .evicted_packets = sql_u64(row,
		                                                                            6) },
		                                               sql_u64(row, 3),
		                                               sql_u64(row, 4) };
	return true;
}

bool kind_bursts_load(struct store *s, struct error *error)
{
	sqlite3_stmt *statement;
	enum sql_status status = SQL_END;
	size_t at = 0;
	bool ok = true;
	if (!kind_is_there(s, KIND_BURSTS))
		return true;
	if (!sql_prepare(s->db, &statement,
	                 "SELECT file, form, is_whole, bursts, packets, evicted_bursts,"
	                 " evicted_packets FROM bursts JOIN segment ON segment_id = id"
	                 " ORDER BY day_number, id",
	                 error, ""))
		return false;
	while (ok && (status = sql_step(statement, error)) == SQL_ROW)
		ok = note(s, &at, statement) || s->is_to_verify ||
		     error_set(error, ERROR_FAILED, "store '%s' is damaged: list of bursts",
		               s->path);
	sqlite3_finalize(statement);
	return ok && status == SQL_END;
}

// When a day ends only the zone knows, which may have changed its mind since; no day since 1970 has more than 25 hours.
#define LONGEST_DAY_NS (UINT64_C(25) * 3600 * 1000000000)

// How long it may be: all that comes later counts as of the last day that there is.
static uint64_t longest(const struct verifier *v, int32_t day)
{
	const struct zone *zone = &store_settings(v->store)->zone;
	return day == zone_day(zone, UINT64_MAX).day ? UINT64_MAX : LONGEST_DAY_NS;
}

// Reads all bursts of a form; whether they can be, and lie on the day.
static bool sum(struct verifier *v, const struct store_segment *entry,
                const struct segment *segment, enum burst_form form, struct store_bursts *out)
{
	struct burst_stream *stream = segment_bursts_new(segment, form);
	const uint64_t begin_ns = segment_begin_ns(segment), length_ns = longest(v, entry->day);
	const struct burst *burst = NULL;
	struct error error;
	bool ok = stream != NULL, is_of_day = true;
	if (!ok)
		error_memory(&error, "bursts");
	while (ok && (ok = stream->next(stream, &burst, &error)) && burst != NULL) {
		is_of_day = is_of_day && burst->first_ns >= begin_ns &&
		            burst->last_ns - begin_ns < length_ns;
		out->bursts++;
		out->packets += burst->packets;
	}
	if (stream != NULL)
		stream->close(stream);
	if (!ok && error.kind == ERROR_CORRUPT)
		verify_report(v, error.text);
	else if (!ok)
		verify_report_unchecked(v, entry);
	else if (!is_of_day)
		verify_report_segment(v, entry, "it has bursts of another day");
	return ok && is_of_day;
}

static bool is_same(const struct store_bursts *a, const struct store_bursts *b)
{
	return a->bursts == b->bursts && a->packets == b->packets &&
	       a->kept.is_some == b->kept.is_some && a->kept.is_whole == b->kept.is_whole &&
	       a->kept.evicted_bursts == b->kept.evicted_bursts &&
	       a->kept.evicted_packets == b->kept.evicted_packets;
}

static void verify(struct verifier *v, const struct store_segment *entry,
                   const struct segment *segment)
{
	struct segment_summary claimed;
	struct error error;
	if (!segment_summary(segment, &claimed, &error))
		return;  // host-days have said so
	for (unsigned form = 0; form < BURST_FORMS; form++) {
		const struct store_bursts *claim = &claimed.bursts[form];
		struct store_bursts found = { .bursts = 0 };
		if (!sum(v, entry, segment, form, &found))
			continue;
		if (found.bursts != claim->bursts || found.packets != claim->packets ||
		    (found.bursts > 0 && !claim->kept.is_some))
			verify_report_segment(v, entry, "its summary is not the sum of its bursts");
		else if (!is_same(claim, &entry->bursts[form]))
			verify_report_segment(
				v, entry,
				"the catalogue has other sums of bursts than its summary");
	}
}

const struct store_kind kind_bursts = {
	.name = "bursts",
	.layout = layout,
	.checks = checks,
	.enter_segment = enter_segment,
	.verify = verify,
};
