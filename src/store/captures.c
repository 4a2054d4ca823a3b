// SPDX-License-Identifier: MIT
// The captures that a store has taken in, read from the catalogue.
#include "store/catalog.h"

#include "base/memory.h"
#include "base/text.h"

bool store_has_head(struct store *s, uint64_t head, bool *out, struct error *error)
{
	sqlite3_stmt *statement;
	if (!sql_prepare(s->db, &statement, "SELECT 1 FROM capture WHERE head = ?", error, "u",
	                 head))
		return false;
	const enum sql_status status = sql_step(statement, error);
	sqlite3_finalize(statement);
	*out = status == SQL_ROW;
	return status != SQL_FAILED;
}

bool store_has_capture(struct store *s, const struct capture_identity *identity, bool *out,
                       char *out_name, struct error *error)
{
	sqlite3_stmt *statement;
	const struct span digest = { identity->digest, sizeof identity->digest };
	if (!sql_prepare(s->db, &statement, "SELECT name FROM capture WHERE digest = ?", error, "b",
	                 digest))
		return false;
	const enum sql_status status = sql_step(statement, error);
	if (status == SQL_ROW)
		text_copy(out_name, 256, sql_text(statement, 0));
	sqlite3_finalize(statement);
	*out = status == SQL_ROW;
	return status != SQL_FAILED;
}

bool store_source_kinds(struct store *s, bool *out_has_hashes, bool *out_has_addresses,
                        struct error *error)
{
	sqlite3_stmt *statement;
	enum sql_status status;
	*out_has_hashes = *out_has_addresses = false;
	if (!sql_prepare(s->db, &statement, "SELECT DISTINCT format FROM capture", error, ""))
		return false;
	while ((status = sql_step(statement, error)) == SQL_ROW)
		*(capture_format_has_hashes(sql_text(statement, 0)) ? out_has_hashes
		                                                    : out_has_addresses) = true;
	sqlite3_finalize(statement);
	return status == SQL_END;
}

bool store_rename_capture(struct store *s, const struct capture_identity *identity,
                          const char *name, struct error *error)
{
	sqlite3_stmt *statement;
	const struct span digest = { identity->digest, sizeof identity->digest };
	return sql_prepare(s->db, &statement,
	                   "UPDATE capture SET name = ?1 WHERE digest = ?2 AND ?1 <> '-'"
	                   " AND (name > ?1 OR name = '-')",
	                   error, "sb", name, digest) &&
	       sql_finish(statement, error);
}

static unsigned kind_by_name(const char *name)
{
	unsigned kind = 0;
	while (kind < KIND_COUNT && !text_equal(kind_names[kind], name))
		kind++;
	return kind;
}

static bool load_frames(struct store *s, uint64_t id, struct ingest_ledger *ledger,
                        struct error *error)
{
	sqlite3_stmt *statement;
	enum sql_status status;
	if (!sql_prepare(s->db, &statement,
	                 "SELECT counter, frames FROM ledger WHERE capture_id = ?", error, "u", id))
		return false;
	while ((status = sql_step(statement, error)) == SQL_ROW) {
		const unsigned kind = kind_by_name(sql_text(statement, 0));
		if (kind < KIND_COUNT)
			ledger->frames[kind] = sql_u64(statement, 1);
	}
	sqlite3_finalize(statement);
	return status == SQL_END;
}

static enum reason reason_by_name(const char *name)
{
	unsigned reason = 0;
	while (reason < REASON_OTHER && !text_equal(reason_names[reason], name))
		reason++;
	return reason;
}

static bool load_details(struct store *s, uint64_t id, bool has_reasons,
                         struct ingest_ledger *ledger, struct error *error)
{
	static const char *const sources[] = {
		"SELECT counter, link_type, reason, number, frames FROM (" CATALOG_OLD_REASONS ")"
		" WHERE capture_id = ? ORDER BY counter, link_type, reason, number",
		"SELECT counter, link_type, reason, number, frames FROM reason"
		" WHERE capture_id = ? ORDER BY counter, link_type, reason, number",
	};
	sqlite3_stmt *statement;
	enum sql_status status;
	if (!sql_prepare(s->db, &statement, sources[has_reasons], error, "u", id))
		return false;
	while ((status = sql_step(statement, error)) == SQL_ROW &&
	       ledger->detail_count < INGEST_DETAILS_MAX) {
		const unsigned kind = kind_by_name(sql_text(statement, 0));
		if (kind < KIND_COUNT)
			ledger->details[ledger->detail_count++] = (struct ingest_detail){
				.kind = kind,
				.link_type = (int32_t)sqlite3_column_int64(statement, 1),
				.reason = reason_by_name(sql_text(statement, 2)),
				.number = (uint32_t)sql_u64(statement, 3),
				.frames = sql_u64(statement, 4),
			};
	}
	sqlite3_finalize(statement);
	return status != SQL_FAILED;
}

static bool load_one(struct store *s, sqlite3_stmt *row, bool has_reasons,
                     struct store_capture *out, struct error *error)
{
	const uint64_t id = sql_u64(row, 0);
	*out = (struct store_capture){ .identity.length_bytes = sql_u64(row, 3),
		                       .head = sql_u64(row, 5) };
	text_copy(out->format, sizeof out->format, sql_text(row, 2));
	out->is_hashed = capture_format_has_hashes(out->format);
	const void *digest = sqlite3_column_blob(row, 4);
	if (digest != NULL && sqlite3_column_bytes(row, 4) == sizeof out->identity.digest)
		memcpy(out->identity.digest, digest, sizeof out->identity.digest);
	out->ledger.first_ns = sql_u64(row, 6);
	out->ledger.last_ns = sql_u64(row, 7);
	out->ledger.is_simulated = sql_u64(row, 8) != 0;
	out->name = memory_text(sql_text(row, 1));
	const bool has_damage = sqlite3_column_type(row, 9) != SQLITE_NULL;
	if (has_damage)
		out->damage = memory_text(sql_text(row, 9));
	if (out->name == NULL || (has_damage && out->damage == NULL))
		return error_memory(error, "captures");
	return load_frames(s, id, &out->ledger, error) &&
	       load_details(s, id, has_reasons, &out->ledger, error);
}

bool store_captures(struct store *s, struct store_capture **out, size_t *out_count,
                    struct error *error)
{
	struct store_capture *captures = NULL;
	size_t count = 0, capacity = 0;
	sqlite3_stmt *statement;
	enum sql_status status;
	const bool has_reasons = s->format >= 2;
	if (!sql_prepare(s->db, &statement,
	                 "SELECT id, name, format, length_bytes, digest, head, first_ns, last_ns,"
	                 " is_simulated, damage FROM capture ORDER BY name, digest",
	                 error, ""))
		return false;
	while ((status = sql_step(statement, error)) == SQL_ROW) {
		if (count == capacity) {
			capacity = capacity == 0 ? 16 : capacity * 2;
			void *more = memory_resize(captures, capacity, sizeof *captures);
			if (more == NULL) {
				error_memory(error, "captures");
				status = SQL_FAILED;
				break;
			}
			captures = more;
		}
		if (!load_one(s, statement, has_reasons, &captures[count++], error)) {
			status = SQL_FAILED;
			break;
		}
	}
	sqlite3_finalize(statement);
	if (status == SQL_FAILED) {
		store_captures_done(captures, count);
		return false;
	}
	*out = captures;
	*out_count = count;
	return true;
}

void store_captures_done(struct store_capture *captures, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		memory_free(captures[i].name);
		memory_free(captures[i].damage);
	}
	memory_free(captures);
}
