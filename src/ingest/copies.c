// SPDX-License-Identifier: MIT
// The last packets that are no copies are kept in a ring, and found by a hash of what copies have in
// common.
#include "ingest/copies.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
	RING = 1 << 14,
	STEPS_MAX = 64,  // who chooses packets that collide does not choose how long that takes
	COPIES_MAX = 255,
};

enum state { LOOKING, NOT_THE_RULE, THE_RULE };

// What copies have in common.
struct key {
	uint32_t source, destination, seq;
	uint16_t source_port, destination_port, ip_id, length, fragment;
	uint8_t protocol, tcp_flags, icmp_type, icmp_code;
	uint16_t zero;  // no byte of it is left to chance
};

struct original {
	struct key key;
	uint32_t copies;
	uint64_t time_ns;
	uint64_t next;  // number of an earlier one with that hash, from 1 on; 0: none
};

struct copies {
	enum state state;
	unsigned each;         // most copies of a packet and itself; 0: not the rule
	uint64_t first;        // number of the first original of the capture
	uint64_t count;        // of all that there were: number n is in ring[n % RING]
	uint64_t heads[RING];  // by hash: the latest
	struct original ring[RING];
	struct packet held[COPIES_LOOK];
	uint8_t bytes[COPIES_BYTES];
	size_t held_count, byte_count;
	uint64_t order[COPIES_LOOK];  // originals by source, while it is decided
	size_t twice;                 // of the originals among these, how many have a copy
};

struct copies *copies_new(void)
{
	return memory_new(1, sizeof(struct copies));
}

void copies_free(struct copies *c)
{
	memory_free(c);
}

void copies_begin(struct copies *c)
{
	c->state = LOOKING;
	c->each = 0;
	c->first = c->count + 1;
	c->held_count = c->byte_count = c->twice = 0;
}

static struct key key_of(const struct packet *p)
{
	return (struct key){ .source = p->source,
		             .destination = p->destination,
		             .seq = p->seq,
		             .source_port = p->source_port,
		             .destination_port = p->destination_port,
		             .ip_id = p->ip_id,
		             .length = p->length,
		             .fragment = p->ip.length >= 8 ? span_u16(p->ip, 6) : 0,
		             .protocol = p->protocol,
		             .tcp_flags = p->tcp_flags,
		             .icmp_type = p->icmp_type,
		             .icmp_code = p->icmp_code };
}

static uint32_t hash_of(const struct key *k)
{
	uint64_t h = ((uint64_t)k->source << 32 | k->destination) * UINT64_C(0x9e3779b97f4a7c15);
	h ^= (uint64_t)k->seq << 32 | (uint32_t)k->source_port << 16 | k->destination_port;
	h = (h ^ h >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	h ^= (uint64_t)k->ip_id << 16 | k->length;
	h = (h ^ h >> 32) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(h >> 50);
}

static bool is_apart(uint64_t a_ns, uint64_t b_ns)
{
	return (a_ns > b_ns ? a_ns - b_ns : b_ns - a_ns) > COPIES_APART_NS;
}

// The packet that this one is a copy of, with fewer than `copies_max` of them; NULL: it is none, and is
// noted.
static struct original *find(struct copies *c, const struct packet *p, uint32_t copies_max)
{
	const struct key key = key_of(p);
	uint64_t *head = &c->heads[hash_of(&key)];
	uint64_t at = *head;
	for (int step = 0; step < STEPS_MAX && at >= c->first && c->count - at < RING; step++) {
		struct original *o = &c->ring[at % RING];
		if (o->copies < copies_max && memcmp(&o->key, &key, sizeof key) == 0 &&
		    !is_apart(o->time_ns, p->time_ns))
			return o;
		at = o->next;
	}
	c->ring[++c->count % RING] = (struct original){ .key = key,
		                                        .time_ns = p->time_ns,
		                                        .next = *head };
	*head = c->count;
	return NULL;
}

// ---- whether copies are the rule

static void look_at(struct copies *c, const struct packet *p)
{
	struct original *o = find(c, p, COPIES_MAX);
	if (o != NULL)
		c->twice += o->copies++ == 0;
}

static size_t originals(const struct copies *c)
{
	return (size_t)(c->count + 1 - c->first);
}

static bool wants_more(const struct copies *c, const struct packet *p)
{
	return c->held_count < COPIES_LOOK && p->ip.length <= COPIES_BYTES - c->byte_count &&
	       (c->held_count < COPIES_GLANCE || 2 * c->twice >= originals(c));
}

static void hold(struct copies *c, const struct packet *p)
{
	struct packet *held = &c->held[c->held_count++];
	*held = *p;
	if (held->ip.length == 0)
		return;
	memcpy(c->bytes + c->byte_count, p->ip.bytes, p->ip.length);
	held->ip.bytes = c->bytes + c->byte_count;
	c->byte_count += p->ip.length;
}

// Packet by packet, as where a batch ends must make no difference.
size_t copies_look(struct copies *c, const struct packet *packets, size_t count)
{
	size_t taken = 0;
	for (; taken < count && wants_more(c, &packets[taken]); taken++) {
		hold(c, &packets[taken]);
		look_at(c, &packets[taken]);
	}
	return taken;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

// The first packet of each source says how many copies it has, so that no source says more than another:
// the most frequent number but none. *out_sources: how many sources there are.
static unsigned usual_copies(struct copies *c, size_t *out_sources)
{
	size_t counts[COPIES_MAX + 1] = { 0 };
	unsigned most = 1;
	const size_t count = originals(c);
	for (size_t i = 0; i < count; i++)
		c->order[i] = (uint64_t)c->ring[(c->first + i) % RING].key.source << 32 | i;
	qsort(c->order, count, sizeof *c->order, by_number);
	*out_sources = 0;
	for (size_t i = 0; i < count; i++)
		if (i == 0 || c->order[i] >> 32 != c->order[i - 1] >> 32) {
			const uint32_t number = (uint32_t)c->order[i];
			counts[c->ring[(c->first + number) % RING].copies]++;
			++*out_sources;
		}
	for (unsigned copies = 2; copies <= COPIES_MAX; copies++)
		if (counts[copies] > counts[most])
			most = copies;
	return most;
}

struct packet *copies_decide(struct copies *c, size_t *out_count)
{
	const size_t count = originals(c);
	size_t sources = 0;
	unsigned usual = 0;
	if (count >= COPIES_PACKETS && 10 * c->twice >= 9 * count)
		usual = usual_copies(c, &sources);
	c->each = sources >= COPIES_SOURCES ? usual + 1 : 0;
	c->state = c->each > 0 ? THE_RULE : NOT_THE_RULE;
	c->first = c->count + 1;  // from the begin once more
	*out_count = c->held_count;
	return c->held;
}

bool copies_are_looked_for(const struct copies *c)
{
	return c->state == LOOKING;
}

unsigned copies_each(const struct copies *c)
{
	return c->each;
}

// ---- leaving them out

size_t copies_leave_out(struct copies *c, struct packet *packets, size_t count)
{
	size_t kept = 0;
	if (c->state != THE_RULE)
		return count;
	for (size_t i = 0; i < count; i++) {
		struct original *o = find(c, &packets[i], c->each - 1);
		if (o != NULL)
			o->copies++;
		else
			packets[kept++] = packets[i];
	}
	return kept;
}
