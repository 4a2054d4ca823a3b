// SPDX-License-Identifier: MIT
// Host-days as columns of bytes. All numbers are LEB128 varints.
//
//   source    the first one; then the distance to the one before, minus 1
//   time      first - begin of the day, in ns; last - first
//   packets   mask of the kinds that occur, with bits above for what else there is
//             (enum head_bit); for each kind, packets - 1
//   matched   mask of fingerprints; for each, SYNs - 1
//   a field   2 * items + (1 if sampled); for each item 2 * distance + (1 if more
//             than one packet), and then packets - 2. The distance is the value
//             itself for the first item, then value - value before - 1.
//
// A host-day has an entry in a field's column only where its packets and
// fingerprints say that it has the field (host_fields), so that nobody
// pays for columns that do not concern him.
#include "hostday/hostday_private.h"

void host_columns_init(struct host_columns *c, uint64_t base_ns, size_t maximum)
{
	*c = (struct host_columns){ .base_ns = base_ns };
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		c->column[i] = buffer_up_to(maximum);
}

void host_columns_done(struct host_columns *c)
{
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		buffer_done(&c->column[i]);
}

void host_columns_reset(struct host_columns *c, uint64_t base_ns)
{
	for (unsigned i = 0; i < COLUMN_COUNT; i++) {
		c->column[i].length = 0;
		c->column[i].failed = false;
	}
	c->base_ns = base_ns;
	c->host_count = 0;
	c->item_count = 0;
	c->last_source = 0;
}

size_t host_columns_bytes(const struct host_columns *c)
{
	size_t sum = 0;
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		sum += c->column[i].length;
	return sum;
}

// In the mask of kinds, above them: host_day.has_tools, and each field of pairs.
enum { HEAD_TOOLS = HOST_KINDS, HEAD_PAIR };

static void add_packets(struct buffer *to, const struct host_day *h)
{
	unsigned mask = (unsigned)h->has_tools << HEAD_TOOLS |
	                (unsigned)(h->fields_mask >> FIELD_PAIR) << HEAD_PAIR;
	for (unsigned kind = 0; kind < HOST_KINDS; kind++)
		mask |= (unsigned)(h->packets[kind] > 0) << kind;
	buffer_varint(to, mask);
	for (unsigned kind = 0; kind < HOST_KINDS; kind++)
		if (h->packets[kind] > 0)
			buffer_varint(to, h->packets[kind] - 1);
}

static void add_matched(struct buffer *to, const struct host_day *h)
{
	buffer_varint(to, h->matched_mask);
	for (uint32_t rest = h->matched_mask; rest != 0; rest &= rest - 1)
		buffer_varint(to, h->matched[__builtin_ctz(rest)] - 1);
}

// Room for a whole set is asked for once, and the loop writes without looking.
void host_columns_add_items(struct host_columns *c, unsigned field, const struct item *items,
                            uint32_t count, bool is_sampled)
{
	struct buffer *to = &c->column[COLUMN_FIELD + field];
	if (!buffer_reserve(to, VARINT_MAX + (size_t)count * 2 * VARINT_MAX))
		return;
	uint8_t *at = varint_put(to->bytes + to->length, (uint64_t)count << 1 | is_sampled);
	uint32_t next = 0;
	for (uint32_t i = 0; i < count; i++) {
		const struct item item = items[i];
		at = varint_put(at, (uint64_t)(item.value - next) << 1 | (item.packets > 1));
		if (item.packets > 1)
			at = varint_put(at, item.packets - 2);
		next = item.value + 1;
	}
	to->length = (size_t)(at - to->bytes);
	c->item_count += count;
}

bool host_columns_failed(const struct host_columns *c)
{
	bool failed = false;
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		failed |= c->column[i].failed;
	return failed;
}

static void add_source(struct host_columns *c, uint32_t source)
{
	assert(c->host_count == 0 || source > c->last_source);
	if (c->host_count == 0)
		c->first_source = source;
	buffer_varint(&c->column[COLUMN_SOURCE],
	              c->host_count == 0 ? source : source - c->last_source - 1);
}

void host_columns_add_head(struct host_columns *c, const struct host_day *h)
{
	assert(h->first_ns >= c->base_ns && h->last_ns >= h->first_ns);
	add_source(c, h->source);
	buffer_varint(&c->column[COLUMN_TIME], h->first_ns - c->base_ns);
	buffer_varint(&c->column[COLUMN_TIME], h->last_ns - h->first_ns);
	add_packets(&c->column[COLUMN_PACKETS], h);
	add_matched(&c->column[COLUMN_MATCHED], h);
	c->last_source = h->source;
	c->host_count++;
}

void host_columns_add(struct host_columns *c, const struct host_day *h)
{
	host_columns_add_head(c, h);
	for (uint64_t rest = h->fields_mask; rest != 0; rest &= rest - 1) {
		const unsigned field = (unsigned)__builtin_ctzll(rest);
		const struct item_set *set = &h->sets[field];
		// A host-day whose sets are all empty may have no room at all.
		const struct item *items = set->count > 0 ? h->items + set->begin : NULL;
		host_columns_add_items(c, field, items, set->count, set->is_sampled);
	}
}

struct host_batch host_columns_batch(const struct host_columns *c)
{
	struct host_batch batch = { .host_count = c->host_count,
		                    .base_ns = c->base_ns,
		                    .first_source = c->first_source,
		                    .last_source = c->last_source };
	assert(c->host_count > 0);
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		batch.columns[i] = buffer_span(&c->column[i]);
	return batch;
}

// Only the first source of a batch is written relative to nothing; all other
// bytes mean the same behind other host-days.
void host_columns_append(struct host_columns *c, const struct host_batch *batch)
{
	assert(batch->base_ns == c->base_ns);
	struct cursor sources = cursor_over(batch->columns[COLUMN_SOURCE]);
	cursor_varint(&sources);
	add_source(c, batch->first_source);
	buffer_append(&c->column[COLUMN_SOURCE], sources.at, cursor_left(&sources));
	for (unsigned i = COLUMN_SOURCE + 1; i < COLUMN_COUNT; i++)
		buffer_append(&c->column[i], batch->columns[i].bytes, batch->columns[i].length);
	c->last_source = batch->last_source;
	c->host_count += batch->host_count;
}

void host_reader_open(struct host_reader *r, const struct span columns[COLUMN_COUNT],
                      uint64_t host_count, uint64_t base_ns, uint64_t wanted)
{
	*r = (struct host_reader){
		.host_count = host_count,
		.base_ns = base_ns,
		.wanted = wanted | COLUMN_BIT(COLUMN_SOURCE) | COLUMN_BIT(COLUMN_PACKETS) |
		          COLUMN_BIT(COLUMN_MATCHED) | COLUMNS_OF_PAIRS,
	};
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		r->column[i] = cursor_over(columns[i]);
}

// A number that 64 bits do not hold once 1 was added is damage: it would read as 0,
// of something that is said to be there.
static bool read_packets(struct cursor *c, struct host_day *out)
{
	const uint64_t mask = cursor_varint(c);
	bool fits = mask >> (HEAD_PAIR + PAIR_FIELDS) == 0;
	out->has_tools = mask >> HEAD_TOOLS & 1;
	out->fields_mask = (mask >> HEAD_PAIR & ((1u << PAIR_FIELDS) - 1)) << FIELD_PAIR;
	for (unsigned kind = 0; kind < HOST_KINDS; kind++) {
		const bool is_there = mask >> kind & 1;
		out->packets[kind] = is_there ? cursor_varint(c) + 1 : 0;
		fits &= !is_there || out->packets[kind] > 0;
	}
	return fits;
}

static bool read_matched(struct cursor *c, struct host_day *out)
{
	bool fits = true;
	out->matched_mask = (uint32_t)cursor_varint(c);
	for (uint32_t rest = out->matched_mask; rest != 0; rest &= rest - 1) {
		out->matched[__builtin_ctz(rest)] = cursor_varint(c) + 1;
		fits &= out->matched[__builtin_ctz(rest)] > 0;
	}
	return fits;
}

// Whoever merges and writes host-days relies on this order.
static bool read_times(struct cursor *c, uint64_t base_ns, struct host_day *out)
{
	out->first_ns = base_ns + cursor_varint(c);
	out->last_ns = out->first_ns + cursor_varint(c);
	return out->first_ns >= base_ns && out->last_ns >= out->first_ns;
}

// An item takes a byte at least: a count that the column cannot hold is damage,
// found before anything is allocated.
static bool read_items(struct cursor *c, unsigned field, struct host_day *out)
{
	const uint64_t head = cursor_varint(c), count = head >> 1;
	if (c->is_short || count > cursor_left(c) || count > field_info(field)->values_max)
		return false;
	if (!host_day_reserve(out, count))
		return false;
	const uint64_t value_max = (UINT64_C(1) << (8 * field_info(field)->width)) - 1;
	struct item *to = count == 0 ? NULL : out->items + out->item_count;
	uint64_t next = 0;
	for (uint64_t i = 0; i < count; i++) {
		const uint64_t number = cursor_varint(c), value = next + (number >> 1);
		to[i].packets = number & 1 ? cursor_varint(c) + 2 : 1;
		if (number >> 1 > UINT32_MAX || value > value_max || to[i].packets == 0)
			return false;
		to[i].value = (uint32_t)value;
		next = value + 1;
	}
	out->sets[field] = (struct item_set){ .begin = (uint32_t)out->item_count,
		                              .count = (uint32_t)count,
		                              .is_sampled = head & 1 };
	out->item_count += count;
	return !c->is_short;
}

static bool read_fields(struct host_reader *r, struct host_day *out)
{
	out->fields_mask |= host_fields(out->packets, out->matched_mask);
	out->fields_mask &= r->wanted >> COLUMN_FIELD;
	for (uint64_t rest = out->fields_mask; rest != 0; rest &= rest - 1) {
		const unsigned field = (unsigned)__builtin_ctzll(rest);
		if (!read_items(&r->column[COLUMN_FIELD + field], field, out)) {
			r->stuck = COLUMN_FIELD + field;
			return false;
		}
	}
	return true;
}

static bool read_source(const struct host_reader *r, struct cursor *c, uint32_t *out)
{
	const uint64_t distance = cursor_varint(c);
	const uint64_t first = r->next == 0 ? 0 : (uint64_t)r->last_source + 1;
	if (distance > UINT32_MAX || first + distance > UINT32_MAX)
		return false;
	*out = (uint32_t)(first + distance);
	return true;
}

static bool read_host(struct host_reader *r, struct host_day *out)
{
	uint32_t source;
	r->stuck = COLUMN_SOURCE;
	if (!read_source(r, &r->column[COLUMN_SOURCE], &source))
		return false;
	out->source = r->last_source = source;
	out->item_count = 0;
	out->failed = false;
	out->first_ns = out->last_ns = r->base_ns;
	if ((r->wanted & COLUMN_BIT(COLUMN_TIME)) &&
	    !read_times(&r->column[COLUMN_TIME], r->base_ns, out))
		return false;
	if (!read_packets(&r->column[COLUMN_PACKETS], out) ||
	    !read_matched(&r->column[COLUMN_MATCHED], out))
		return false;
	bool is_short = false;
	for (unsigned i = COLUMN_SOURCE; i < COLUMN_FIELD; i++)
		if (r->column[i].is_short) {
			r->stuck = i;
			is_short = true;
		}
	return !is_short && read_fields(r, out);
}

bool host_reader_next(struct host_reader *r, struct host_day *out)
{
	if (r->is_damaged || r->next == r->host_count)
		return false;
	if (!read_host(r, out)) {
		r->is_damaged = !out->failed;
		return false;
	}
	r->next++;
	return true;
}

size_t host_batch_bytes(const struct host_batch *batch)
{
	size_t sum = 0;
	for (unsigned c = COLUMN_SOURCE + 1; c < COLUMN_COUNT; c++)
		sum += batch->columns[c].length;
	return sum;
}

// What a reader has gone over of the batch, as a batch.
static struct host_batch gone_over(const struct host_reader *r, const struct host_batch *batch)
{
	struct host_batch gone = { .host_count = r->next,
		                   .base_ns = batch->base_ns,
		                   .first_source = batch->first_source,
		                   .last_source = r->last_source };
	for (unsigned c = 0; c < COLUMN_COUNT; c++)
		if (batch->columns[c].length > 0)
			gone.columns[c] = (struct span){
				.bytes = batch->columns[c].bytes,
				.length = (size_t)(r->column[c].at - batch->columns[c].bytes),
			};
	return gone;
}

bool host_batch_take(struct host_batch *rest, uint64_t hosts_max, size_t bytes_max,
                     struct host_day *room, struct host_batch *out)
{
	struct host_reader r;
	struct host_batch taken = { .host_count = 0 };
	host_reader_open(&r, rest->columns, rest->host_count, rest->base_ns, COLUMNS_ALL);
	// The rest of a batch begins relative to what was taken, which the reader cannot know.
	uint32_t before = 0;
	while (r.next < r.host_count && r.next < hosts_max &&
	       host_batch_bytes(&taken) < bytes_max) {
		if (!host_reader_next(&r, room))
			return false;
		if (r.next == 1)
			before = rest->first_source - room->source;
		taken = gone_over(&r, rest);
		taken.last_source += before;
	}
	*out = taken;
	rest->host_count -= taken.host_count;
	for (unsigned c = 0; c < COLUMN_COUNT; c++)
		rest->columns[c] = span_from(rest->columns[c], taken.columns[c].length);
	struct cursor sources = r.column[COLUMN_SOURCE];
	if (rest->host_count > 0 && !read_source(&r, &sources, &rest->first_source))
		return false;
	rest->first_source += rest->host_count > 0 ? before : 0;
	return true;
}

// Whether there is a next host-day to be read, damaged or not.
static bool has_next(struct host_stream *s)
{
	while (!s->is_damaged && s->reader.next == s->reader.host_count)
		if (s->refill == NULL || !s->refill(s))
			return false;
	return !s->is_damaged;
}

// Where the columns are shown in parts, one of them may end within the host-day: then more of it is shown, and the
// host-day is read again.
static bool next_in_parts(struct host_stream *s, struct host_day *out)
{
	struct host_reader *r = &s->reader;
	const uint8_t *begins[COLUMN_COUNT];
	const uint32_t last_source = r->last_source;
	for (;;) {
		for (unsigned i = 0; i < COLUMN_COUNT; i++)
			begins[i] = r->column[i].at;
		if (host_reader_next(r, out) || !r->is_damaged)
			return !r->is_damaged && !out->failed;
		for (unsigned i = 0; i < COLUMN_COUNT; i++) {
			r->column[i].at = begins[i];
			r->column[i].is_short = false;
		}
		if (!s->more(s, r->stuck))
			return false;
		r->last_source = last_source;
		r->is_damaged = false;
	}
}

bool host_stream_peek(struct host_stream *s, uint32_t *out_source)
{
	if (!has_next(s))
		return false;
	if (s->more != NULL && cursor_left(&s->reader.column[COLUMN_SOURCE]) < VARINT_MAX)
		(void)!s->more(s, COLUMN_SOURCE);
	if (s->is_damaged)
		return false;
	struct cursor ahead = s->reader.column[COLUMN_SOURCE];
	s->is_damaged = !read_source(&s->reader, &ahead, out_source);
	return !s->is_damaged;
}

bool host_stream_next(struct host_stream *s, struct host_day *out)
{
	out->failed = false;
	if (!has_next(s))
		return false;
	const bool ok = s->more == NULL ? host_reader_next(&s->reader, out) : next_in_parts(s, out);
	s->is_damaged = s->reader.is_damaged;
	return ok;
}
