// SPDX-License-Identifier: MIT
#include "probe/limiter.h"

#include "base/memory.h"
#include "base/random.h"

#include <sys/random.h>

enum { BUCKETS_A_HOST = 4, KINDS = 3 };
enum kind { OF_PREFIX, OF_NETWORK, OF_ALL };
#define NONE UINT32_MAX
#define SECOND_NS 1000000000.0
#define CATCH_UP_NS (20 * UINT64_C(1000000))

struct bucket {
	uint64_t open_ns;      // from when on
	uint32_t first, last;  // the queue of hosts that wait; NONE
	uint32_t hosts;        // that are in
	uint32_t key;
	uint8_t kind;
};

struct host {
	uint32_t buckets[KINDS];  // NONE: no limit
	uint32_t next;            // in a queue
};

struct limiter {
	struct agenda *agenda;
	struct bucket *buckets;  // the last is that of all
	struct host *hosts;
	uint32_t *table, *spare;  // buckets by key, open addressing; those not used
	uint64_t interval_ns[KINDS];
	uint64_t secret;
	size_t host_count, bucket_count, table_size, spare_count;
};

size_t limiter_items(size_t hosts)
{
	return BUCKETS_A_HOST * hosts + 1;
}

static uint64_t interval_of(double rate)
{
	return rate > 0 ? (uint64_t)(SECOND_NS / rate) : 0;
}

static bool make_room(struct limiter *l)
{
	for (l->table_size = 16; l->table_size < 2 * l->bucket_count; l->table_size *= 2) {
	}
	l->buckets = memory_new(l->bucket_count, sizeof *l->buckets);
	l->spare = memory_new(l->bucket_count, sizeof *l->spare);
	l->hosts = memory_new(l->host_count, sizeof *l->hosts);
	l->table = memory_new(l->table_size, sizeof *l->table);
	return l->buckets != NULL && l->spare != NULL && l->hosts != NULL && l->table != NULL;
}

bool limiter_new(const struct limiter_rates *rates, size_t hosts, struct agenda *agenda,
                 struct limiter **out, struct error *error)
{
	struct limiter *l = memory_new(1, sizeof *l);
	if (l == NULL)
		return error_memory(error, "rates");
	*l = (struct limiter){
		.agenda = agenda,
		.interval_ns = { interval_of(rates->prefix), interval_of(rates->network),
		                 interval_of(rates->all) },
		.host_count = hosts,
		.bucket_count = limiter_items(hosts),
	};
	// Which slot a bucket gets is not for who chooses addresses to know.
	if (!make_room(l) || getrandom(&l->secret, sizeof l->secret, 0) < 0) {
		limiter_free(l);
		return error_memory(error, "rates");
	}
	for (size_t i = 0; i < l->table_size; i++)
		l->table[i] = NONE;
	for (size_t i = 0; i + 1 < l->bucket_count; i++)
		l->spare[l->spare_count++] = (uint32_t)i;
	l->buckets[l->bucket_count - 1] = (struct bucket){ .first = NONE,
		                                           .last = NONE,
		                                           .kind = OF_ALL };
	*out = l;
	return true;
}

void limiter_free(struct limiter *l)
{
	if (l == NULL)
		return;
	memory_free(l->buckets);
	memory_free(l->spare);
	memory_free(l->hosts);
	memory_free(l->table);
	memory_free(l);
}

// ---- buckets by key

static size_t slot_of(const struct limiter *l, enum kind kind, uint32_t key)
{
	uint64_t state = l->secret ^ ((uint64_t)kind << 32 | key);
	return random_splitmix(&state) & (l->table_size - 1);
}

// The slot of the bucket, or the free one where it would stand.
static size_t find(const struct limiter *l, enum kind kind, uint32_t key)
{
	size_t at = slot_of(l, kind, key);
	while (l->table[at] != NONE) {
		const struct bucket *b = &l->buckets[l->table[at]];
		if (b->kind == kind && b->key == key)
			break;
		at = (at + 1) & (l->table_size - 1);
	}
	return at;
}

static void forget(struct limiter *l, uint32_t bucket)
{
	const size_t mask = l->table_size - 1;
	size_t hole = find(l, l->buckets[bucket].kind, l->buckets[bucket].key);
	// Those behind that would not be found any more move up (Knuth, 6.4, algorithm R).
	for (size_t at = (hole + 1) & mask; l->table[at] != NONE; at = (at + 1) & mask) {
		const struct bucket *b = &l->buckets[l->table[at]];
		const size_t home = slot_of(l, b->kind, b->key);
		if (((at - home) & mask) >= ((at - hole) & mask)) {
			l->table[hole] = l->table[at];
			hole = at;
		}
	}
	l->table[hole] = NONE;
	agenda_remove(l->agenda, (uint32_t)l->host_count + bucket);
	l->spare[l->spare_count++] = bucket;
}

static void join(struct limiter *l, enum kind kind, uint32_t key, uint64_t now_ns, uint32_t *out)
{
	const size_t at = find(l, kind, key);
	if (l->table[at] == NONE) {
		l->table[at] = l->spare[--l->spare_count];
		l->buckets[l->table[at]] = (struct bucket){ .open_ns = now_ns,
			                                    .first = NONE,
			                                    .last = NONE,
			                                    .key = key,
			                                    .kind = (uint8_t)kind };
	}
	*out = l->table[at];
	l->buckets[*out].hosts++;
}

static void plan(struct limiter *l, uint32_t bucket)
{
	agenda_set(l->agenda, (uint32_t)l->host_count + bucket, l->buckets[bucket].open_ns);
}

static void leave(struct limiter *l, uint32_t bucket, uint64_t now_ns)
{
	struct bucket *b = &l->buckets[bucket];
	if (--b->hosts > 0)
		return;
	if (b->open_ns > now_ns)
		plan(l, bucket);  // and goes then
	else
		forget(l, bucket);
}

bool limiter_has_room(const struct limiter *l)
{
	return l->spare_count >= 2;
}

void limiter_enter(struct limiter *l, uint32_t host, uint32_t address, uint32_t network,
                   uint64_t now_ns)
{
	struct host *h = &l->hosts[host];
	*h = (struct host){ { NONE, NONE, NONE }, NONE };
	if (l->interval_ns[OF_PREFIX] > 0)
		join(l, OF_PREFIX, address >> 8, now_ns, &h->buckets[OF_PREFIX]);
	if (l->interval_ns[OF_NETWORK] > 0 && network != 0)
		join(l, OF_NETWORK, network, now_ns, &h->buckets[OF_NETWORK]);
	if (l->interval_ns[OF_ALL] > 0)
		h->buckets[OF_ALL] = (uint32_t)l->bucket_count - 1;
}

void limiter_leave(struct limiter *l, uint32_t host, uint64_t now_ns)
{
	for (enum kind kind = OF_PREFIX; kind < OF_ALL; kind++)
		if (l->hosts[host].buckets[kind] != NONE)
			leave(l, l->hosts[host].buckets[kind], now_ns);
}

// ---- queues

static void enqueue(struct limiter *l, uint32_t bucket, uint32_t host)
{
	struct bucket *b = &l->buckets[bucket];
	l->hosts[host].next = NONE;
	if (b->first == NONE) {
		b->first = host;
		plan(l, bucket);
	} else {
		l->hosts[b->last].next = host;
	}
	b->last = host;
}

static void shut(struct limiter *l, enum kind kind, uint32_t bucket, uint64_t now_ns)
{
	struct bucket *b = &l->buckets[bucket];
	uint64_t from_ns = now_ns;
	if (kind == OF_ALL && now_ns - b->open_ns < CATCH_UP_NS)
		from_ns = b->open_ns;
	else if (kind == OF_ALL)
		from_ns = now_ns - CATCH_UP_NS;
	b->open_ns = from_ns + l->interval_ns[kind];
}

bool limiter_ask(struct limiter *l, uint32_t host, uint64_t now_ns)
{
	const uint32_t *buckets = l->hosts[host].buckets;
	for (enum kind kind = OF_PREFIX; kind <= OF_ALL; kind++)
		if (buckets[kind] != NONE && l->buckets[buckets[kind]].open_ns > now_ns) {
			enqueue(l, buckets[kind], host);
			return false;
		}
	for (enum kind kind = OF_PREFIX; kind <= OF_ALL; kind++)
		if (buckets[kind] != NONE)
			shut(l, kind, buckets[kind], now_ns);
	return true;
}

bool limiter_wake(struct limiter *l, uint32_t item, uint64_t now_ns, uint32_t *out_host)
{
	const uint32_t bucket = item - (uint32_t)l->host_count;
	struct bucket *b = &l->buckets[bucket];
	if (b->kind != OF_ALL && b->hosts == 0) {
		forget(l, bucket);
		return false;
	}
	if (b->first == NONE)
		return false;
	if (b->open_ns > now_ns) {
		plan(l, bucket);
		return false;
	}
	*out_host = b->first;
	b->first = l->hosts[b->first].next;
	if (b->first != NONE)
		plan(l, bucket);
	return true;
}
