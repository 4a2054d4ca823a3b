// SPDX-License-Identifier: MIT
// What hosts answered: rows as they come from holdings.
#include "answer/local/topic.h"

#include <xxhash.h>

// Of the escaped answer that a row shows.
enum { BANNER_MAX = 120, DIGEST_SIZE = 33 };

// XXH3-128 in hex.
static void digest_text(struct span bytes, char out[DIGEST_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	XXH128_canonical_t digest;
	XXH128_canonicalFromHash(&digest, XXH3_128bits(bytes.bytes, bytes.length));
	for (size_t i = 0; i < sizeof digest.digest; i++) {
		out[2 * i] = digits[digest.digest[i] >> 4];
		out[2 * i + 1] = digits[digest.digest[i] & 15];
	}
	out[DIGEST_SIZE - 1] = '\0';
}

// One byte as printable ASCII; what that is long.
static size_t escape_byte(uint8_t byte, char out[4])
{
	static const char digits[] = "0123456789ABCDEF";
	static const char bytes[] = "\\\r\n\t", letters[] = "\\rnt";
	const char *found = byte == '\0' ? NULL : strchr(bytes, byte);
	if (found == NULL && byte >= ' ' && byte <= '~') {
		out[0] = (char)byte;
		return 1;
	}
	out[0] = '\\';
	if (found != NULL) {
		out[1] = letters[found - bytes];
		return 2;
	}
	out[1] = 'x';
	out[2] = digits[byte >> 4];
	out[3] = digits[byte & 15];
	return 4;
}

// No escape is cut in two.
static struct span banner_of(struct span bytes, char out[BANNER_MAX])
{
	size_t length = 0;
	for (size_t i = 0; i < bytes.length; i++) {
		char escaped[4];
		const size_t more = escape_byte(bytes.bytes[i], escaped);
		if (length + more > BANNER_MAX)
			break;
		memcpy(out + length, escaped, more);
		length += more;
	}
	return (struct span){ (const uint8_t *)out, length };
}

static void write_time(struct rows *rows, uint64_t time_ns)
{
	if (time_ns == 0)
		rows_empty(rows);
	else
		rows_time(rows, time_ns);
}

static void write_row(struct rows *rows, const struct response *r)
{
	char digest[DIGEST_SIZE], banner[BANNER_MAX];
	rows_address(rows, r->address);
	rows_number(rows, r->port);
	write_time(rows, r->time_ns);
	rows_text(rows, response_status_name(r->status));
	rows_number(rows, r->bytes.length);
	digest_text(r->bytes, digest);
	rows_text(rows, digest);
	rows_text_span(rows, banner_of(r->bytes, banner));
	rows_end(rows);
}

static void write_whole(struct rows *rows, const struct response *r)
{
	rows_address(rows, r->address);
	rows_number(rows, r->port);
	write_time(rows, r->time_ns);
	rows_text_span(rows, r->probe);
	rows_text(rows, response_status_name(r->status));
	rows_text_span(rows, r->bytes);
	rows_number(rows, r->is_cut);
	rows_number(rows, r->is_lossy);
	rows_end(rows);
}

static bool is_wanted(const struct question *q, uint16_t port)
{
	bool is_one = q->port_count == 0;
	for (size_t i = 0; i < q->port_count; i++)
		is_one = is_one || q->ports[i] == port;
	return is_one;
}

// Rows go out while they are read, so all of it is looked at before.
static bool check(const struct answering *a, const struct question *q, struct error *error)
{
	struct holdings_responses *responses;
	struct response r;
	if (!holdings_open_responses(a->holdings, q->days.from, q->days.to, true, &responses,
	                             error))
		return false;
	while (responses->next(responses, &r, error))
		;
	holdings_close_responses(responses);
	return error->kind == ERROR_NONE;
}

static bool write_rows(const struct answering *a, const struct question *q, struct rows *rows,
                       struct error *error)
{
	struct holdings_responses *responses;
	struct response r;
	if (!holdings_open_responses(a->holdings, q->days.from, q->days.to, true, &responses,
	                             error))
		return false;
	while (!rows->is_enough && responses->next(responses, &r, error)) {
		if (!is_wanted(q, r.port))
			continue;
		if (q->responses.is_whole)
			write_whole(rows, &r);
		else
			write_row(rows, &r);
	}
	holdings_close_responses(responses);
	return rows->is_enough || error->kind == ERROR_NONE;
}

static bool answer_one(const struct answering *a, struct inquiry *inquiry, struct error *error)
{
	struct schema schema;
	struct rows rows;
	struct error ignored;
	question_schema(inquiry->question, &schema);
	if (!check(a, inquiry->question, error))
		return false;
	const bool ok = rows_begin(&rows, inquiry->receiver, &schema, error) &&
	                write_rows(a, inquiry->question, &rows, error);
	return rows_finish(&rows, ok ? error : &ignored) && ok;
}

bool answer_responses(const struct answering *a, struct inquiry *const *list, size_t count,
                      struct error *error)
{
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = answer_one(a, list[i], error);
	return ok;
}
