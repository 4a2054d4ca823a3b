// SPDX-License-Identifier: MIT
// Digests of what captures begin with (capture/beginning.h), by which a longer one and a shorter one of
// the same content are known again.
//
// A capture has a row. One that was taken in before hotaru had the table has none, and only its
// identity says how a longer one has to begin.
#include "store/kind.h"

#include "base/buffer.h"
#include "base/memory.h"

enum { DIGEST = 4 };

static const char layout[] =
	"CREATE TABLE beginning (capture_id INTEGER PRIMARY KEY REFERENCES capture,"
	"  digests BLOB NOT NULL);"
	"CREATE TRIGGER beginnings_are_forgotten AFTER DELETE ON capture"
	"  BEGIN DELETE FROM beginning WHERE capture_id = OLD.id; END;";

static const char *const checks[] = {
	("SELECT 'digests of the beginning of a capture that cannot be: ' || name"
	 " FROM beginning JOIN capture ON id = capture_id"
	 " WHERE typeof(digests) <> 'blob' OR length(digests) % 4 <> 0 OR length(digests) > 4 * length_bytes"),
	NULL,
};

static bool enter(struct store *s, uint64_t id, const struct store_capture *capture,
                  struct error *error)
{
	const size_t count = beginning_count(capture->identity.length_bytes);
	struct buffer digests = buffer_up_to((size_t)BEGINNING_MAX * DIGEST);
	sqlite3_stmt *statement;
	if (capture->beginning == NULL || count == 0)
		return true;
	for (size_t i = 0; i < count; i++)
		buffer_u32(&digests, capture->beginning[i]);
	const struct span bytes = { digests.bytes, digests.length };
	const bool ok = (!digests.failed || error_memory(error, "captures")) &&
	                sql_prepare(s->db, &statement, "INSERT INTO beginning VALUES (?, ?)", error,
	                            "ub", id, bytes) &&
	                sql_finish(statement, error);
	buffer_done(&digests);
	return ok;
}

static void done(struct store_capture *capture)
{
	memory_free((void *)(uintptr_t)capture->beginning);
}

const struct store_kind kind_beginning = {
	.name = "beginning",
	.layout = layout,
	.checks = checks,
	.enter = enter,
	.done = done,
};

// False if there are none, or others than a content of that length has.
static bool read_digests(sqlite3_stmt *row, int column, uint64_t length,
                         uint32_t digests[BEGINNING_MAX])
{
	const size_t count = beginning_count(length);
	const struct span bytes = { sqlite3_column_blob(row, column),
		                    (size_t)sqlite3_column_bytes(row, column) };
	if (bytes.bytes == NULL || bytes.length != count * DIGEST)
		return false;
	for (size_t i = 0; i < count; i++)
		digests[i] = span_u32_le(bytes, i * DIGEST);
	return true;
}

bool store_beginnings(struct store *s, store_beginning *each, void *context, struct error *error)
{
	uint32_t digests[BEGINNING_MAX];
	sqlite3_stmt *statement;
	enum sql_status status = SQL_END;
	bool ok = true;
	if (!sql_prepare(s->db, &statement,
	                 "SELECT length_bytes, digest, head, digests FROM capture"
	                 " LEFT JOIN beginning ON capture_id = id ORDER BY id",
	                 error, ""))
		return false;
	while (ok && (status = sql_step(statement, error)) == SQL_ROW) {
		struct capture_identity identity = { .length_bytes = sql_u64(statement, 0) };
		const void *digest = sqlite3_column_blob(statement, 1);
		if (digest == NULL || sqlite3_column_bytes(statement, 1) != sizeof identity.digest)
			continue;
		memcpy(identity.digest, digest, sizeof identity.digest);
		const bool is_there = read_digests(statement, 3, identity.length_bytes, digests);
		ok = each(context, &identity, sql_u64(statement, 2), is_there ? digests : NULL,
		          error);
	}
	sqlite3_finalize(statement);
	return ok && status != SQL_FAILED;
}

bool store_capture_beginning(struct store *s, const struct capture_identity *identity,
                             uint32_t out[BEGINNING_MAX], bool *out_is_there, struct error *error)
{
	const struct span digest = { identity->digest, sizeof identity->digest };
	sqlite3_stmt *statement;
	if (!sql_prepare(s->db, &statement,
	                 "SELECT digests FROM beginning JOIN capture ON id = capture_id"
	                 " WHERE digest = ?",
	                 error, "b", digest))
		return false;
	const enum sql_status status = sql_step(statement, error);
	*out_is_there = status == SQL_ROW &&
	                read_digests(statement, 0, identity->length_bytes, out);
	sqlite3_finalize(statement);
	return status != SQL_FAILED;
}
