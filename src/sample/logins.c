// SPDX-License-Identifier: MIT
#include "sample/logins.h"

#include <stdlib.h>
#include <string.h>

enum { WEIGHT_MAX = 50, RECORDS_MIN = 3, ENDS_MAX = 8, BACK_MAX = 96 };

// How a weight stands behind a password.
struct shape {
	size_t size;
	bool is_big, is_aligned;
};
static const struct shape shapes[] = {
	{ 1, false, false }, { 2, false, true },  { 2, true, true },
	{ 2, false, false }, { 2, true, false },  { 4, false, true },
	{ 4, true, true },   { 4, false, false }, { 4, true, false },
};

// ---- words

static size_t word_length(struct span file, uint8_t key, size_t at)
{
	size_t length = 0;
	while (at + length < file.length && length <= LOGIN_WORD_MAX) {
		const uint8_t byte = file.bytes[at + length], c = byte ^ key;
		if (byte == 0 || byte == key)
			break;
		if (c <= ' ' || c >= 0x7f)
			return 0;
		length++;
	}
	return at + length < file.length && length <= LOGIN_WORD_MAX ? length : 0;
}

static bool is_end(struct span file, uint8_t key, size_t at)
{
	return file.bytes[at] == 0 || file.bytes[at] == key;
}

// A clear word decodes to letters too, but hardly ever to more of them in lower case.
static int looks(struct span file, uint8_t key, const struct login_word *w)
{
	int decoded = 0, clear = 0;
	for (size_t i = 0; i < w->length; i++) {
		const uint8_t byte = file.bytes[w->offset + i], c = byte ^ key;
		decoded += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		clear += (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
	}
	return decoded - clear;
}

static bool add_word(struct logins *out, struct login_word w)
{
	for (size_t i = 0; i < out->word_count; i++)
		if (out->words[i].offset == w.offset)
			return false;
	if (out->word_count == LOGINS_MAX)
		return false;
	out->words[out->word_count++] = w;
	return true;
}

// The words from a known one on, as long as there are some that end as it does.
static void walk_on(struct span file, struct logins *out, size_t at)
{
	const size_t first = word_length(file, out->key, at);
	const uint8_t end = file.bytes[at + first];
	for (;;) {
		const struct login_word w = { at, word_length(file, out->key, at) };
		if (w.length == 0 || file.bytes[at + w.length] != end ||
		    looks(file, out->key, &w) < 0 || !add_word(out, w))
			return;
		const size_t behind = at + w.length;
		for (at = behind;
		     at < file.length && at - behind < ENDS_MAX && is_end(file, out->key, at);)
			at++;
	}
}

// And those in front of it.
static void walk_back(struct span file, struct logins *out, size_t at)
{
	for (;;) {
		size_t end = at;
		while (end > 0 && at - end < ENDS_MAX && is_end(file, out->key, end - 1))
			end--;
		size_t begin = end;
		while (begin > 0 && end - begin <= LOGIN_WORD_MAX &&
		       !is_end(file, out->key, begin - 1))
			begin--;
		const struct login_word w = { begin, end - begin };
		if (end == at || w.length == 0 || word_length(file, out->key, begin) != w.length ||
		    file.bytes[end] != 0 || looks(file, out->key, &w) <= 0 || !add_word(out, w))
			return;
		at = begin;
	}
}

// ---- records

// A word and its end: the zero byte, perhaps behind the key.
static bool take_word(struct span file, uint8_t key, size_t *at, struct login_word *out)
{
	size_t next = *at;
	*out = (struct login_word){ next, word_length(file, key, next) };
	next += out->length;
	next += next < file.length && file.bytes[next] == key && key != 0;
	if (next >= file.length || file.bytes[next] != 0)
		return false;
	*at = next + 1;
	return true;
}

static bool take_weight(struct span file, const struct shape *shape, size_t *at, unsigned *out)
{
	size_t next = *at;
	if (shape->is_aligned)
		next = (next + shape->size - 1) / shape->size * shape->size;
	if (next + shape->size > file.length)
		return false;
	uint32_t weight = 0;
	for (size_t i = 0; i < shape->size; i++)
		weight = weight << 8 | file.bytes[next + (shape->is_big ? i : shape->size - 1 - i)];
	*at = next + shape->size;
	*out = weight;
	return weight >= 1 && weight <= WEIGHT_MAX;
}

static bool take_record(struct span file, uint8_t key, const struct shape *shape, size_t *at,
                        struct login *out)
{
	return take_word(file, key, at, &out->user) && out->user.length > 0 &&
	       take_word(file, key, at, &out->password) &&
	       take_weight(file, shape, at, &out->weight);
}

// The record that ends where this one begins, if there is one; else `at`.
static size_t record_before(struct span file, uint8_t key, const struct shape *shape, size_t at)
{
	for (size_t back = BACK_MAX; back > 0; back--) {
		struct login record;
		size_t end = at - back;
		if (back <= at && take_record(file, key, shape, &end, &record) && end == at)
			return at - back;
	}
	return at;
}

static size_t first_record(struct span file, uint8_t key, const struct shape *shape, size_t at)
{
	size_t before;
	for (size_t i = 0; i < LOGINS_MAX && (before = record_before(file, key, shape, at)) < at;
	     i++)
		at = before;
	return at;
}

static bool is_known(struct span file, uint8_t key, const struct login_word *w)
{
	for (size_t i = 0; i < marker_count; i++) {
		const char *text = markers[i].text;
		size_t at = 0;
		if (markers[i].kind != MARKER_LOGIN || strlen(text) != w->length)
			continue;
		while (at < w->length && (file.bytes[w->offset + at] ^ key) == (uint8_t)text[at])
			at++;
		if (at == w->length)
			return true;
	}
	return false;
}

// What looks like records may be words, of which first letters look like weights: users are known then hardly ever.
static bool have_known_users(struct span file, uint8_t key, const struct login *records,
                             size_t count)
{
	size_t known = 0;
	for (size_t i = 0; i < count; i++)
		known += is_known(file, key, &records[i].user);
	return 2 * known >= count;
}

static void read_records(struct span file, const struct shape *shape, size_t at, struct logins *out)
{
	struct login records[LOGINS_MAX];
	size_t count = 0;
	at = first_record(file, out->key, shape, at);
	while (count < LOGINS_MAX && take_record(file, out->key, shape, &at, &records[count]))
		count++;
	// A password may be taken for the user of a record without one; then the other begins before it.
	const bool is_better = count > out->record_count ||
	                       (count == out->record_count && count > 0 &&
	                        records[0].user.offset < out->records_begin);
	if (count < RECORDS_MIN || !is_better || !have_known_users(file, out->key, records, count))
		return;
	memcpy(out->records, records, count * sizeof *records);
	out->record_count = count;
	out->records_begin = records[0].user.offset;
	out->records_end = at;
}

// ---- all of them

static int by_offset(const void *a, const void *b)
{
	const struct login_word *x = a, *y = b;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

void logins_find(struct span file, const struct key_found *found, struct logins *out)
{
	out->key = found->key;
	out->record_count = out->word_count = 0;
	for (size_t i = 0; i < found->evidence_count; i++) {
		const struct marker_hit *hit = &found->evidence[i];
		if (markers[hit->marker].kind != MARKER_LOGIN)
			continue;
		for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
			read_records(file, &shapes[s], hit->offset, out);
		walk_on(file, out, hit->offset);
		walk_back(file, out, hit->offset);
	}
	for (size_t i = 0; i < out->record_count; i++) {
		add_word(out, out->records[i].user);
		if (out->records[i].password.length > 0)
			add_word(out, out->records[i].password);
	}
	qsort(out->words, out->word_count, sizeof *out->words, by_offset);
}

void login_text(struct span file, const struct logins *l, const struct login_word *w,
                char out[LOGIN_WORD_MAX + 1])
{
	for (size_t i = 0; i < w->length; i++)
		out[i] = (char)(file.bytes[w->offset + i] ^ l->key);
	out[w->length] = '\0';
}
