// SPDX-License-Identifier: MIT
// The captures that a store has taken in, read from the catalogue.
#include "store/kind.h"

#include "base/memory.h"
#include "base/text.h"

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

static bool load_one(struct store *s, sqlite3_stmt *row, struct store_capture *out,
                     struct error *error)
{
	const bool has_damage = sqlite3_column_type(row, 9) != SQLITE_NULL;
	*out = (struct store_capture){ .name = memory_text(sql_text(row, 1)),
		                       .identity.length_bytes = sql_u64(row, 3),
		                       .head = sql_u64(row, 5),
		                       .first_ns = sql_u64(row, 6),
		                       .last_ns = sql_u64(row, 7),
		                       .is_simulated = sql_u64(row, 8) != 0,
		                       .damage = has_damage ? memory_text(sql_text(row, 9))
		                                            : NULL };
	const uint64_t kept_ns = s->settings.kept_from_ns;
	if (out->first_ns <= out->last_ns && out->last_ns < kept_ns) {
		out->first_ns = UINT64_MAX;
		out->last_ns = 0;
	} else if (out->first_ns < kept_ns) {
		out->first_ns = kept_ns;
	}
	text_copy(out->format, sizeof out->format, sql_text(row, 2));
	out->is_hashed = capture_format_has_hashes(out->format);
	const void *digest = sqlite3_column_blob(row, 4);
	if (digest != NULL && sqlite3_column_bytes(row, 4) == sizeof out->identity.digest)
		memcpy(out->identity.digest, digest, sizeof out->identity.digest);
	if (out->name == NULL || (has_damage && out->damage == NULL))
		return error_memory(error, "captures");
	return kinds_load(s, sql_u64(row, 0), out, error);
}

bool store_captures(struct store *s, struct store_capture **out, size_t *out_count,
                    struct error *error)
{
	struct store_capture *captures = NULL;
	size_t count = 0, capacity = 0;
	sqlite3_stmt *statement;
	enum sql_status status;
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
		if (!load_one(s, statement, &captures[count++], error)) {
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

void store_capture_done(struct store_capture *capture)
{
	memory_free(capture->name);
	memory_free(capture->damage);
	kinds_done(capture);
	*capture = (struct store_capture){ .name = NULL };
}

void store_captures_done(struct store_capture *captures, size_t count)
{
	for (size_t i = 0; i < count; i++)
		store_capture_done(&captures[i]);
	memory_free(captures);
}

bool store_capture_set_ledger(struct store_capture *capture, const struct ingest_ledger *ledger,
                              struct error *error)
{
	struct ingest_ledger *copy = memory_new(1, sizeof *copy);
	if (copy == NULL)
		return error_memory(error, "captures");
	*copy = *ledger;
	capture->ledger = copy;
	capture->first_ns = ledger->first_ns;
	capture->last_ns = ledger->last_ns;
	capture->is_simulated = ledger->is_simulated;
	return true;
}

bool store_capture_set_copies(struct store_capture *capture, uint64_t copies, struct error *error)
{
	struct ingest_ledger ledger = *capture->ledger;
	const struct ingest_ledger *old = capture->ledger;
	ledger.copies = copies;
	if (!store_capture_set_ledger(capture, &ledger, error))
		return false;
	memory_free((void *)(uintptr_t)old);
	return true;
}

// One block: the struct, and behind it what it points to.
bool store_capture_set_seen(struct store_capture *capture, const struct capture_seen *seen,
                            struct error *error)
{
	const size_t bytes = seen->count * sizeof *seen->stretches;
	struct capture_seen *copy = memory_room(sizeof *copy + bytes);
	if (copy == NULL)
		return error_memory(error, "captures");
	*copy = (struct capture_seen){ (struct seen_stretch *)(copy + 1), seen->count };
	if (bytes > 0)
		memcpy(copy->stretches, seen->stretches, bytes);
	capture->seen = copy;
	return true;
}

bool store_capture_set_drops(struct store_capture *capture, const struct capture_drops *drops,
                             struct error *error)
{
	struct capture_drops *copy = memory_new(1, sizeof *copy);
	if (copy == NULL)
		return error_memory(error, "captures");
	*copy = *drops;
	capture->drops = copy;
	return true;
}

bool store_capture_set_beginning(struct store_capture *capture, const uint32_t *digests,
                                 struct error *error)
{
	const size_t count = beginning_count(capture->identity.length_bytes);
	uint32_t *copy = memory_new(count + 1, sizeof *copy);
	if (copy == NULL)
		return error_memory(error, "captures");
	memcpy(copy, digests, count * sizeof *copy);
	capture->beginning = copy;
	return true;
}
