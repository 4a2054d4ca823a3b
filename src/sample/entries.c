// SPDX-License-Identifier: MIT
#include "sample/entries.h"

#include "base/memory.h"
#include "sample/original_key.h"

#include <stdlib.h>
#include <string.h>

enum {
	GAP_MAX = 64,   // bytes between entries that belong together
	FILL_MAX = 15,  // of them fill in a row at the ends of a table
	PORTS_MAX = 8,  // in a row
	TIGHT_PORTS_MAX = 2,
	ALONE_MIN = 4,     // letters of an entry that stands alone
	CUT_MAX = 8,       // bytes in front of a first entry that are none of its own
	CLEAR_WEIGHT = 3,  // of a marker that makes a table of clear texts
};

// What is being decoded.
struct decoder {
	struct span file;
	const struct entries_way *way;
	uint8_t key, fill_byte;
	enum entry_fill fill;
	bool key_is_text, key_is_word;  // as a character, which a zero byte of the file then may be
};

// Bytes that may be a text: from behind what cannot be in it to its encoded end.
struct run {
	size_t begin, end;
};

// Entries that follow each other.
struct cluster {
	struct entries entries;
	size_t end;  // where the next could begin
	bool has_marker;
};

// ---- what bytes look like

static uint8_t decoded(const struct decoder *d, size_t at)
{
	return d->file.bytes[at] ^ d->key;
}

static bool is_word(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != 0 && strchr(" /.:-_=%", c) != NULL);
}

static int looks(uint8_t c)
{
	if (c >= 'a' && c <= 'z')
		return 2;
	return is_word(c) ? 1 : entry_is_text(c) ? -1 : -4;
}

// Whether the bytes look better decoded than as they are.
static bool looks_encoded(const struct decoder *d, size_t begin, size_t end)
{
	int sum = 0;
	for (size_t at = begin; at < end; at++)
		sum += looks(decoded(d, at)) - looks(d->file.bytes[at]);
	return sum >= 0;
}

static bool is_known_port(unsigned port)
{
	return port == 23 || port == 2323 || port == 48101 || port == 80 || port == 8080 ||
	       port == 443;
}

static bool is_fill(const struct decoder *d, size_t at)
{
	return at >= d->file.length || (d->fill != FILL_NONE && d->file.bytes[at] == d->fill_byte);
}

// Up to the next fill, or to `limit`.
static size_t piece_end(const struct decoder *d, size_t at, size_t limit)
{
	while (at < limit && !is_fill(d, at))
		at++;
	return at;
}

// A first letter that is a zero byte, where a marker knows it.
static size_t with_first_letter(const struct decoder *d, size_t start, size_t end)
{
	if (start == 0 || d->file.bytes[start - 1] != 0 || !d->key_is_word)
		return start;
	const struct span text = { d->file.bytes + start - 1, end - start + 1 };
	struct marker_scan scan = marker_scan_over(d->way->index, text);
	struct marker_hit hit;
	while (marker_next(&scan, &hit) && hit.offset == 0)
		if (hit.key == d->key && markers[hit.marker].is_begin)
			return start - 1;
	return start;
}

// ---- keeping entries

static void add(struct entries *t, const struct entry *e)
{
	if (t->count == ENTRIES_MAX) {
		t->is_cut = true;
		return;
	}
	if (t->count == t->capacity) {
		const size_t capacity = t->capacity > 0 ? 2 * t->capacity : 64;
		struct entry *entries = memory_resize(t->entries, capacity, sizeof *entries);
		if (entries == NULL) {
			t->is_out_of_memory = true;
			return;
		}
		t->entries = entries;
		t->capacity = capacity;
	}
	t->entries[t->count++] = *e;
}

static void add_text(struct cluster *c, const struct decoder *d, size_t begin, size_t end)
{
	const struct entry e = { .offset = begin, .length = end + 1 - begin, .key = d->key };
	add(&c->entries, &e);
	c->end = end + 1;
}

// Two bytes, or only the second where the first looked like fill.
static void add_port(struct cluster *c, const struct decoder *d, size_t end, size_t length)
{
	const uint8_t high = length < 2 && d->fill == FILL_KEY ? 0 : decoded(d, end - 2);
	const unsigned port = (unsigned)(high << 8 | decoded(d, end - 1));
	const struct entry e = { .offset = end - 2,
		                 .length = 2,
		                 .key = d->key,
		                 .is_port = true,
		                 .port = (uint16_t)port };
	// Between clear texts are all kinds of numbers.
	if (d->key != 0 || is_known_port(port))
		add(&c->entries, &e);
}

// ---- from one entry to the next

static bool is_port_piece(const struct decoder *d, size_t at, size_t length)
{
	if (length == 1)
		return d->fill == FILL_KEY && decoded(d, at) != 0;
	const bool is_text = d->key_is_word && is_word(decoded(d, at)) &&
	                     is_word(decoded(d, at + 1));
	return length == 2 && decoded(d, at + 1) != 0 && !is_text;
}

// Of a port that has a byte like the key, that one is a zero byte: where the two end of which one is seen; 0: it is none.
static size_t end_of_half_port(const struct decoder *d, size_t at, size_t end)
{
	if (d->fill != FILL_ZERO || end - at != 1 || at < 2 || d->file.bytes[at] == d->key ||
	    !is_fill(d, end))
		return 0;
	if (is_fill(d, at - 2))
		return end;
	return end + 1 < d->file.length && is_fill(d, end + 1) ? end + 1 : 0;
}

// Between entries there is fill, and ports between fill. False: or something else. *start is where the run's text begins.
static bool follow_fill(struct cluster *c, const struct decoder *d, const struct run *run,
                        size_t *start)
{
	size_t at = c->end;
	if (d->fill == FILL_ZERO && !is_fill(d, at))
		return false;
	for (;;) {
		while (at < run->end && is_fill(d, at))
			at++;
		const size_t end = piece_end(d, at, run->end), length = end - at;
		if (end == run->end ||
		    (at >= run->begin && d->key_is_word && !is_port_piece(d, at, length))) {
			*start = at;
			return at >= run->begin && at < end;
		}
		const size_t half = end_of_half_port(d, at, end);
		if (half > 0) {
			add_port(c, d, half, 2);
			at = half;
			continue;
		}
		if (length > 2 ||
		    (length == 1 && d->fill != FILL_KEY && d->file.bytes[at] != d->key))
			return false;
		// One byte that is the key is an empty text.
		if (length == 2 || d->fill == FILL_KEY)
			add_port(c, d, end, length);
		at = end;
	}
}

// A word that folds to the key right in front, or at the beginning, is its constant, and no text.
static size_t behind_constant(const struct decoder *d, size_t start, size_t end)
{
	for (size_t at = start; at >= 4 && at <= start + 4 && at < end; at++)
		if (original_key_fold(span_u32(d->file, at - 4)) == d->key)
			return at;
	return start;
}

// Three first letters in a row are zero bytes of something else.
static bool has_zeros(const struct decoder *d, const struct run *run)
{
	static const uint8_t zeros[3] = { 0 };
	return memmem(d->file.bytes + run->begin, run->end - run->begin, zeros, sizeof zeros) !=
	       NULL;
}

// Without fill ports are pairs of bytes; the second of the last may print.
static bool follow_tight(struct cluster *c, const struct decoder *d, const struct run *run,
                         size_t *start)
{
	const size_t gap = run->begin - c->end, bytes = gap + gap % 2;
	// By chance there are texts of some letters, and what follows one may be the first that is none.
	const struct entry *last = &c->entries.entries[c->entries.count - 1];
	if (!c->has_marker && last->length <= ALONE_MIN &&
	    behind_constant(d, run->begin, run->end) != run->begin)
		return false;
	if (bytes > 2 * TIGHT_PORTS_MAX || c->end + bytes >= run->end ||
	    (d->key != 0 && has_zeros(d, run)))
		return false;
	for (size_t at = c->end; at < c->end + bytes; at += 2)
		add_port(c, d, at + 2, 2);
	*start = c->end + bytes;
	return true;
}

static bool follow(struct cluster *c, const struct decoder *d, const struct run *run, size_t *start)
{
	if (c->entries.count == 0 || run->begin < c->end || run->begin - c->end > GAP_MAX ||
	    elf_range_of(d->way->elf, c->end - 1) != elf_range_of(d->way->elf, run->end))
		return false;
	const size_t count = c->entries.count;
	const bool ok = d->fill == FILL_NONE ? follow_tight(c, d, run, start)
	                                     : follow_fill(c, d, run, start);
	if (!ok)
		c->entries.count = count;
	return ok;
}

// ---- where a first entry begins

static bool is_zero(const struct decoder *d, size_t at)
{
	return d->file.bytes[at] == 0;
}

// Of pieces between zero bytes the last is the text's, and those before it as far as they look like it.
static size_t start_of_pieces(const struct decoder *d, const struct run *run)
{
	size_t start = run->end;
	while (start > run->begin && !is_zero(d, start - 1))
		start--;
	while (d->key_is_word && start > run->begin) {
		size_t before = start - 1;
		while (before > run->begin && !is_zero(d, before - 1))
			before--;
		if (start - 1 - before < 2 || is_port_piece(d, before, start - 1 - before) ||
		    !looks_encoded(d, before, start - 1))
			break;
		start = before;
	}
	return start;
}

// Where a marker says that an entry begins: at the beginning, behind a zero byte, or behind some bytes that are no part
// of a table.
static size_t start_of_marker(const struct decoder *d, const struct run *run, size_t start)
{
	const struct span text = { d->file.bytes + run->begin, run->end - run->begin };
	struct marker_scan scan = marker_scan_over(d->way->index, text);
	struct marker_hit hit;
	while (marker_next(&scan, &hit)) {
		const size_t at = run->begin + hit.offset;
		if (hit.key == d->key && markers[hit.marker].is_begin &&
		    (hit.offset <= CUT_MAX || is_zero(d, at - 1) ||
		     (at >= start && at - start <= CUT_MAX)))
			return at;
	}
	return start;
}

static size_t first_start(const struct decoder *d, const struct run *run)
{
	const size_t start = d->key_is_text && d->fill != FILL_KEY ? start_of_pieces(d, run)
	                                                           : run->begin;
	const bool is_clean = start == 0 || is_zero(d, start - 1) || start == d->way->wall ||
	                      (d->fill == FILL_KEY && d->file.bytes[start - 1] == d->key);
	if (is_clean && !d->key_is_word)
		return start;
	const size_t of_marker = start_of_marker(d, run, start);
	return is_clean || of_marker != start ? of_marker : behind_constant(d, start, run->end);
}

// ---- tables

static bool has_marker(const struct decoder *d, size_t begin, size_t end)
{
	const struct span text = { d->file.bytes + begin, end - begin };
	struct marker_scan scan = marker_scan_over(d->way->index, text);
	struct marker_hit hit;
	while (marker_next(&scan, &hit))
		if (hit.key == d->key && markers[hit.marker].kind == MARKER_TABLE &&
		    (d->key != 0 || markers[hit.marker].weight >= CLEAR_WEIGHT))
			return true;
	return false;
}

static bool stands_alone(const struct decoder *d, const struct entry *e)
{
	const size_t end = e->offset + e->length;
	return d->key != 0 && d->fill == FILL_ZERO && !e->is_port && e->length > ALONE_MIN &&
	       (e->offset == 0 || d->file.bytes[e->offset - 1] == 0) && is_fill(d, end) &&
	       looks_encoded(d, e->offset, end - 1);
}

// Ports behind the last text. Of clear texts of two letters nobody knows; without fill there is no end to them.
static void ports_behind(struct cluster *c, const struct decoder *d)
{
	for (unsigned i = 0; i < PORTS_MAX; i++) {
		size_t at = c->end;
		while (at < d->file.length && at - c->end <= FILL_MAX && is_fill(d, at))
			at++;
		if (at + 2 > d->file.length || (d->fill == FILL_ZERO && at == c->end))
			return;
		const size_t end = piece_end(d, at, at + 3), half = end_of_half_port(d, at, end);
		if (half > 0 &&
		    is_known_port((unsigned)(decoded(d, half - 2) << 8 | decoded(d, half - 1)))) {
			add_port(c, d, half, 2);
			c->end = half;
			continue;
		}
		const unsigned port = (unsigned)(decoded(d, at) << 8 | decoded(d, at + 1));
		const bool is_clear = is_word(d->file.bytes[at]) && is_word(d->file.bytes[at + 1]);
		const bool is_one = d->fill == FILL_ZERO && end - at == 2 &&
		                    decoded(d, at + 1) != 0 && !is_clear;
		const bool is_low = d->fill == FILL_KEY && end - at == 1;
		const bool is_last = d->fill == FILL_NONE && !is_clear && !is_zero(d, at) &&
		                     !is_zero(d, at + 1) &&
		                     (at + 2 == d->file.length || is_zero(d, at + 2));
		if (!is_one && !is_low && !is_last && !is_known_port(port))
			return;
		const size_t port_end = is_low ? end : at + 2;
		add_port(c, d, port_end, port_end - at);
		c->end = port_end;
	}
}

// And in front of the first, of those that are known.
static void ports_before(struct entries *t, const struct decoder *d, size_t begin)
{
	struct cluster before = { .end = 0 };
	for (unsigned i = 0; i < PORTS_MAX; i++) {
		size_t at = begin;
		while (at > 0 && d->fill != FILL_NONE && begin - at <= FILL_MAX &&
		       is_fill(d, at - 1))
			at--;
		if (at < 2 || (d->fill == FILL_ZERO && at == begin))
			break;
		begin = at - 2;
		if (!is_known_port((unsigned)(decoded(d, begin) << 8 | decoded(d, begin + 1))))
			break;
		add_port(&before, d, at, 2);
	}
	for (size_t i = 0; i < before.entries.count; i++)
		add(t, &before.entries.entries[i]);
	entries_done(&before.entries);
}

// ---- first letters that are zero bytes

static size_t aligned(size_t at, size_t to, size_t rest)
{
	return at + (to + rest - at % to) % to;
}

// Where the entry behind `e` should begin.
static size_t wanted(const struct entry *e, size_t to, size_t rest)
{
	return aligned(e->offset + e->length + 1, to, rest);
}

static size_t count_fits(const struct entries *t, size_t to, size_t rest)
{
	size_t fits = 0;
	for (size_t i = 1; i < t->count; i++)
		fits += t->entries[i].offset == wanted(&t->entries[i - 1], to, rest);
	return fits;
}

// How most entries are aligned, three in five of them at least. False: nobody knows.
static bool find_alignment(const struct entries *t, size_t *to, size_t *rest)
{
	static const size_t alignments[] = { 1, 2, 4, 8, 16 };
	size_t most = 2;
	for (size_t a = 0; a < sizeof alignments / sizeof *alignments; a++)
		for (size_t r = 0; r < alignments[a]; r++) {
			const size_t fits = count_fits(t, alignments[a], r);
			if (fits <= most || 5 * fits < 3 * (t->count - 1))
				continue;
			most = fits;
			*to = alignments[a];
			*rest = r;
		}
	return most > 2;
}

static void give_first_letters(struct entries *t, const struct decoder *d)
{
	size_t to, rest;
	if (d->fill != FILL_ZERO || !d->key_is_word || !find_alignment(t, &to, &rest))
		return;
	for (size_t i = 1; i < t->count; i++) {
		struct entry *e = &t->entries[i];
		const size_t want = wanted(&t->entries[i - 1], to, rest);
		if (e->is_port || want >= e->offset || e->offset - want > 2)
			continue;
		e->length += e->offset - want;
		e->offset = want;
	}
}

static void flush(struct entries *out, struct cluster *c, const struct decoder *d)
{
	struct entries *t = &c->entries;
	if (c->has_marker) {
		give_first_letters(t, d);
		ports_before(out, d, t->entries[0].offset);
		ports_behind(c, d);
	}
	for (size_t i = 0; i < t->count; i++)
		if (c->has_marker || stands_alone(d, &t->entries[i]))
			add(out, &t->entries[i]);
	out->is_cut |= t->is_cut;
	out->is_out_of_memory |= t->is_out_of_memory;
	t->count = 0;
	t->is_cut = false;
	c->has_marker = false;
}

static bool is_all_fill(const struct decoder *d, const struct run *run)
{
	size_t at = run->begin;
	while (at < run->end && is_fill(d, at))
		at++;
	return at == run->end;
}

static void take(struct entries *out, struct cluster *c, const struct decoder *d,
                 const struct run *run)
{
	size_t start;
	// A port below 256 has the key for its first byte.
	if (is_all_fill(d, run))
		return;
	if (!follow(c, d, run, &start)) {
		if (c->entries.count > 0)
			flush(out, c, d);
		start = first_start(d, run);
		// Of one byte there is one by chance in three.
		if (run->end - start < 2)
			return;
	}
	start = with_first_letter(d, start, run->end);
	add_text(c, d, start, run->end);
	c->has_marker |= has_marker(d, start, run->end);
}

// The next text from *at on; false: there is none.
static bool next_run(const struct decoder *d, size_t *at, struct run *out)
{
	while (*at < d->file.length) {
		const uint8_t *end = memchr(d->file.bytes + *at, d->key, d->file.length - *at);
		if (end == NULL)
			return false;
		out->end = (size_t)(end - d->file.bytes);
		out->begin = out->end;
		while (out->begin > *at && out->end - out->begin < ENTRY_TEXT_MAX &&
		       entry_is_text(decoded(d, out->begin - 1)))
			out->begin--;
		if (out->begin < d->way->wall && d->way->wall <= out->end)
			out->begin = d->way->wall;
		*at = out->end + 1;
		if (out->begin < out->end)
			return true;
	}
	return false;
}

void entries_decode(struct entries *out, struct span file, const struct entries_way *way,
                    uint8_t key, enum entry_fill fill)
{
	const struct decoder d = {
		.file = file,
		.way = way,
		.key = key,
		.fill = fill,
		.fill_byte = fill == FILL_KEY ? key : 0,
		.key_is_text = entry_is_text(key),
		.key_is_word = is_word(key),
	};
	struct cluster c = { .end = 0 };
	struct run run;
	size_t at = 0;
	while (next_run(&d, &at, &run))
		take(out, &c, &d, &run);
	if (c.entries.count > 0)
		flush(out, &c, &d);
	entries_done(&c.entries);
}

void entries_done(struct entries *t)
{
	memory_free(t->entries);
	*t = (struct entries){ .count = 0 };
}

// ---- all keys together

static int by_offset(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return x->length != y->length ? (x->length > y->length ? -1 : 1) : x->key - y->key;
}

void entries_settle(struct entries *t)
{
	size_t kept = 0;
	if (t->count > 0)
		qsort(t->entries, t->count, sizeof *t->entries, by_offset);
	for (size_t i = 0; i < t->count; i++) {
		const struct entry *e = &t->entries[i];
		struct entry *last = kept > 0 ? &t->entries[kept - 1] : NULL;
		if (last == NULL || e->offset >= last->offset + last->length)
			t->entries[kept++] = *e;
		else if (e->length > last->length)
			*last = *e;
	}
	t->count = kept;
}

size_t entry_text(struct span file, const struct entry *e, char out[ENTRY_TEXT_MAX + 1])
{
	size_t length = 0;
	for (size_t i = 0; i + 1 < e->length && length < ENTRY_TEXT_MAX; i++)
		out[length++] = (char)(file.bytes[e->offset + i] ^ e->key);
	out[length] = '\0';
	return length;
}
