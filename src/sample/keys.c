// SPDX-License-Identifier: MIT
#include "sample/keys.h"

#include "base/memory.h"
#include "sample/applet.h"
#include "sample/original_key.h"

#include <string.h>

enum {
	CASE_KEY = 0x20,
	QUERIES_MAX = 8,
	CLEAR_OTHERS = 4,
	IMAGE_ENDS_MIN = 5,
	NOWHERE = UINT32_MAX
};
static const char query[] = "/bin/busybox ", reply[] = ": applet not found";

// What was seen under one key.
struct seen {
	bool is_touched;
	uint32_t first[MARKERS_MAX];   // offsets; NOWHERE: never
	size_t run_begin, run_end;     // the text that was walked last
	bool is_ended;                 // by an encoded end
	uint32_t zeros, keys, others;  // what stood behind encoded ends
	// Of the others the one that most are, if one is most (Boyer and Moore's vote).
	uint8_t other;
	uint32_t other_lead;
};

struct keys_room {
	struct seen seen[256];
	// Of key 0: what is asked for, and what is answered, as whole texts.
	struct span queries[QUERIES_MAX], replies[QUERIES_MAX];
	size_t query_count, reply_count;
};

static void clear(struct seen *seen)
{
	memset(seen, 0, sizeof *seen);
	memset(seen->first, 0xff, sizeof seen->first);
}

struct keys_room *keys_room_new(void)
{
	struct keys_room *room = memory_new(1, sizeof *room);
	for (size_t key = 0; room != NULL && key < 256; key++)
		clear(&room->seen[key]);
	return room;
}

void keys_room_free(struct keys_room *room)
{
	memory_free(room);
}

// What the file before left.
static void clear_room(struct keys_room *room)
{
	room->query_count = room->reply_count = 0;
	for (size_t key = 0; key < 256; key++)
		if (room->seen[key].is_touched)
			clear(&room->seen[key]);
}

// ---- texts of tables

static uint8_t byte_at(struct span file, size_t at)
{
	return at < file.length ? file.bytes[at] : 0;
}

static void vote(struct seen *seen, uint8_t other)
{
	seen->others++;
	if (seen->other_lead == 0)
		seen->other = other;
	if (seen->other == other)
		seen->other_lead++;
	else
		seen->other_lead--;
}

static void note_end(struct seen *seen, struct span file, uint8_t key)
{
	const size_t behind = seen->run_end + 1;
	if (behind >= file.length)
		return;
	if (file.bytes[behind] == key)
		seen->keys++;
	else if (file.bytes[behind] == 0)
		seen->zeros++;
	else
		vote(seen, file.bytes[behind]);
}

// Walks to the end of the text that the hit is in, once however many hits are in it. False: it is in the one before.
static bool enters(struct seen *seen, struct span file, const struct marker_hit *hit)
{
	if (hit->offset < seen->run_end)
		return false;
	size_t end = hit->offset;
	while (end < file.length && end - hit->offset < ENTRY_TEXT_MAX &&
	       file.bytes[end] != hit->key && entry_is_text(file.bytes[end] ^ hit->key))
		end++;
	seen->run_begin = hit->offset;
	seen->run_end = end;
	seen->is_ended = end < file.length && file.bytes[end] == hit->key;
	if (seen->is_ended)
		note_end(seen, file, hit->key);
	return true;
}

// ---- clear texts

static bool is_clear_border(uint8_t byte)
{
	return !entry_is_text(byte) && (byte == 0 || byte >= 0x7f || byte < 0x07);
}

// The whole text that the hit is in; empty: it is no line of a program, but of a text.
static struct span clear_text(struct span file, const struct marker_hit *hit)
{
	size_t begin = hit->offset, end = hit->offset;
	while (begin > 0 && hit->offset - begin < ENTRY_TEXT_MAX &&
	       entry_is_text(file.bytes[begin - 1]))
		begin--;
	while (end < file.length && end - hit->offset < ENTRY_TEXT_MAX &&
	       entry_is_text(file.bytes[end]))
		end++;
	const bool is_whole = (begin == 0 || is_clear_border(file.bytes[begin - 1])) &&
	                      end < file.length && file.bytes[end] == 0;
	const struct span text = { file.bytes + begin, is_whole ? end - begin : 0 };
	return memchr(text.bytes, '\n', text.length) == NULL ? text
	                                                     : (struct span){ text.bytes, 0 };
}

static void note(struct span list[QUERIES_MAX], size_t *count, struct span word)
{
	if (*count < QUERIES_MAX && applet_is_token(word))
		list[(*count)++] = word;
}

// Keeps what is asked for and answered; the others have to be whole texts.
static bool counts_in_clear(struct keys_room *room, struct span file, const struct marker_hit *hit)
{
	const struct span text = clear_text(file, hit);
	const size_t length = strlen(markers[hit->marker].text);
	if (text.length == 0)
		return false;
	if (strcmp(markers[hit->marker].text, query) == 0) {
		if (text.bytes == file.bytes + hit->offset)
			note(room->queries, &room->query_count, span_from(text, length));
		return false;
	}
	if (strcmp(markers[hit->marker].text, reply) == 0) {
		if (text.bytes + text.length == file.bytes + hit->offset + length)
			note(room->replies, &room->reply_count,
			     (struct span){ text.bytes, text.length - length });
		return false;
	}
	return text.bytes == file.bytes + hit->offset;
}

static bool is_answered(const struct keys_room *room)
{
	for (size_t i = 0; i < room->query_count; i++)
		for (size_t j = 0; j < room->reply_count; j++)
			if (room->queries[i].length == room->replies[j].length &&
			    memcmp(room->queries[i].bytes, room->replies[j].bytes,
			           room->queries[i].length) == 0)
				return true;
	return false;
}

// ---- credentials

// A weight may stand in front, in clear.
static bool is_login_border(uint8_t byte, uint8_t key)
{
	return byte == 0 || byte == key || byte < 0x20;
}

static bool is_login(struct span file, const struct marker_hit *hit)
{
	const size_t end = hit->offset + strlen(markers[hit->marker].text);
	const uint8_t behind = byte_at(file, end);
	return hit->key != 0 && (behind == 0 || behind == hit->key) &&
	       (hit->offset == 0 || is_login_border(file.bytes[hit->offset - 1], hit->key));
}

// ---- all of them

static void take(struct keys_room *room, struct span file, const struct marker_hit *hit)
{
	struct seen *seen = &room->seen[hit->key];
	const struct marker *marker = &markers[hit->marker];
	if (seen->first[hit->marker] != NOWHERE || (hit->key == CASE_KEY && marker->has_letters))
		return;
	bool counts = false;
	seen->is_touched = true;
	if (marker->kind == MARKER_LOGIN)
		counts = is_login(file, hit);
	else if (hit->key == 0)
		counts = counts_in_clear(room, file, hit);
	else
		counts = enters(seen, file, hit) && seen->is_ended;
	if (counts)
		seen->first[hit->marker] = (uint32_t)hit->offset;
}

static enum entry_fill fill_of(const struct seen *seen, uint8_t key)
{
	if (key == 0 || (seen->keys > seen->zeros && seen->keys > seen->others))
		return FILL_KEY;
	return seen->zeros >= seen->others ? FILL_ZERO : FILL_NONE;
}

// False: nothing was.
static bool sum_up(const struct seen *seen, uint8_t key, struct key_found *out)
{
	if (!seen->is_touched)
		return false;
	const uint32_t ends = seen->zeros + seen->keys + seen->others;
	*out = (struct key_found){ .key = key, .fill = fill_of(seen, key) };
	// Nine in ten.
	if (seen->other_lead >= IMAGE_ENDS_MIN && 5 * (ends - seen->other_lead) <= ends)
		out->image_key = seen->other;
	for (size_t i = 0; i < marker_count; i++) {
		if (seen->first[i] == NOWHERE)
			continue;
		const bool is_login = markers[i].kind == MARKER_LOGIN;
		out->logins += is_login;
		out->markers += !is_login;
		out->weight += is_login ? 0 : markers[i].weight;
		out->evidence[out->evidence_count++] = (struct marker_hit){ seen->first[i],
			                                                    (uint8_t)i, key };
	}
	return true;
}

// Who encodes a whole program has something to hide: there one of the two is enough.
static bool is_clear_table(const struct keys_room *room, const struct key_found *f, bool is_image)
{
	if (is_image && room->query_count + room->reply_count > 0 && f->markers >= 2)
		return true;
	return (is_answered(room) && f->markers >= 1) ||
	       (room->query_count > 0 && f->markers >= CLEAR_OTHERS);
}

static bool is_first_table(const struct keys_room *room, const struct key_found *f, bool is_image)
{
	if (f->key == 0)
		return is_clear_table(room, f, is_image);
	return f->markers >= 3 && f->weight >= KEYS_WEIGHT;
}

static bool is_another_table(const struct key_found *f)
{
	return f->key != 0 && (f->markers >= 2 || f->weight >= 3);
}

static bool is_before(const struct key_found *a, const struct key_found *b)
{
	if (a->has_table != b->has_table)
		return a->has_table;
	return a->weight != b->weight ? a->weight > b->weight : a->key < b->key;
}

static void keep(struct keys *out, const struct key_found *f)
{
	size_t at = out->count;
	out->is_cut |= at == KEYS_MAX;
	while (at > 0 && is_before(f, &out->found[at - 1]))
		at--;
	if (at == KEYS_MAX)
		return;
	out->count += out->count < KEYS_MAX;
	memmove(out->found + at + 1, out->found + at, (out->count - 1 - at) * sizeof *f);
	out->found[at] = *f;
}

void keys_find(struct keys_room *room, const struct marker_index *index, struct span file,
               bool is_image, struct keys *out)
{
	struct marker_scan scan = marker_scan_over(index, file);
	struct marker_hit hit;
	struct key_found f;
	bool has_table = false;
	clear_room(room);
	while (marker_next(&scan, &hit))
		take(room, file, &hit);
	*out = (struct keys){ .count = 0 };
	for (unsigned key = 0; key < 256; key++) {
		if (sum_up(&room->seen[key], (uint8_t)key, &f))
			has_table |= is_first_table(room, &f, is_image);
	}
	for (unsigned key = 0; key < 256; key++) {
		if (!sum_up(&room->seen[key], (uint8_t)key, &f))
			continue;
		f.has_table = is_first_table(room, &f, is_image) ||
		              (has_table && is_another_table(&f));
		f.has_logins = f.logins >= (has_table ? KEYS_LOGINS : KEYS_LOGINS_ALONE);
		if (f.has_table || f.has_logins)
			keep(out, &f);
	}
	for (size_t i = 0; i < out->count; i++)
		original_key_find(file, out->found[i].key, &out->found[i].original,
		                  &out->found[i].original_offset);
}
