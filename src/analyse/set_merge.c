// SPDX-License-Identifier: MIT
// The address space is cut into slabs of /16s, so that what all sets have of a slab fits the cache.
// For each slab the threads first share the sets: they measure what each has of the slab, copy its
// bytes to where all of the slab lie together, add them to the checksum in the order of the
// file, and list the containers. Then they share the /16s: each is merged over all days, and what
// is done with it, a table of functions says.
// So a byte of a set is read once, and never more of all sets is in memory than a slab.
//
// Nothing is believed before the last slab is done and all checksums agree. Damage that
// shows on the way is named by the same checksums.
#include "analyse/set_merge.h"

#include "base/memory.h"
#include "holdings/day_set.h"

#include <stdatomic.h>

enum {
	SLAB_BYTES = 32 << 20,   // of all sets: about what threads share of the cache
	TABLE_BYTES = 16 << 20,  // the list of containers at most
	KEYS_BYTES = 16 << 20,   // the keys of all sets that are in memory at most, see below
	KEYS_MIN = 64,           // of a set at least
	KEYS_MAX = 4096,
	SLAB_KEYS_MAX = 2048,
	SETS_A_JOB = 16,  // the bits of a mark, so that each is written by one thread
	PIECE_BYTES = 16 << 10,
	KIND_BITS = 2,
	COUNT_BITS = 16,
};

// A container of the slab: where it begins in the bytes, values - 1, kind.
typedef uint64_t slot;
// Which of SETS_A_JOB sets have a container. Most sets have none of most /16s: only marks are looked through.
typedef uint16_t mark;

// What a job ended with.
enum failure { FAILED_DAMAGE, FAILED_MEMORY, FAILED_READING };

struct slab {
	struct set_merge *merge;
	uint32_t *days;  // [set_count]
	slot *slots;     // [keys][set_count], of which those that are marked are valid
	mark *marks;     // [keys][set_jobs]
	size_t set_jobs;
	uint8_t *bytes;
	size_t capacity;
	uint32_t keys, keys_max, keys_window;
	uint32_t begin, end;     // keys of the slab
	atomic_bool has_failed;  // why: of the thread that came first
	enum failure failure;
	struct error error;
};

static slot slot_of(size_t at, const struct ipset_container *c)
{
	return (uint64_t)at << (COUNT_BITS + KIND_BITS) | (uint64_t)(c->count - 1) << KIND_BITS |
	       c->kind;
}

static size_t slot_at(slot s)
{
	return (size_t)(s >> (COUNT_BITS + KIND_BITS));
}

static bool slot_open(const struct slab *s, slot from, struct ipset_container *out)
{
	const uint32_t count = (uint32_t)(from >> KIND_BITS & 0xffff) + 1;
	const enum ipset_container_kind kind = (enum ipset_container_kind)(from & 3);
	struct cursor c = cursor_over(
		(struct span){ s->bytes + slot_at(from), s->capacity - slot_at(from) });
	return ipset_container_take(&c, kind, count, out);
}

static bool failed(struct slab *s, enum failure failure, const struct error *error)
{
	if (atomic_exchange(&s->has_failed, true))
		return false;
	s->failure = failure;
	if (error != NULL)
		s->error = *error;
	return false;
}

static bool damaged(struct slab *s)
{
	return failed(s, FAILED_DAMAGE, NULL);
}

// ---- one set

struct entry {
	uint32_t key, count;
	enum ipset_container_kind kind;
};

static bool read_set(struct slab *s, const struct merged_set *set, size_t from, size_t length,
                     uint8_t *to)
{
	struct error error;
	return set->set->functions->read(set->set, from, length, to, &error) ||
	       failed(s, FAILED_READING, &error);
}

// The key, count and kind of container i; behind the last one a key that there is not, and
// also where its keys cannot be read: that has been noted.
static struct entry entry_of(struct slab *s, struct merged_set *set, uint32_t i)
{
	if (i >= set->head.container_count)
		return (struct entry){ .key = IPSET_KEYS };
	if (i < set->keys_begin || i >= set->keys_end) {
		const uint32_t left = set->head.container_count - i;
		const uint32_t count = left < s->keys_window ? left : s->keys_window;
		set->keys_begin = i;
		set->keys_end = i + count;
		if (!read_set(s, set, set->head.keys_at + (size_t)i * 4, (size_t)count * 4,
		              set->keys)) {
			set->keys_end = i;
			return (struct entry){ .key = IPSET_KEYS };
		}
	}
	const uint8_t *at = set->keys + (size_t)(i - set->keys_begin) * 4;
	const uint32_t count = (uint32_t)(at[2] | at[3] << 8) + 1;
	const bool is_of_runs = set->head.flags_length > 0 && (set->flags[i / 8] >> (i % 8) & 1);
	return (struct entry){ .key = (uint32_t)(at[0] | at[1] << 8),
		               .count = count,
		               .kind = ipset_container_kind(is_of_runs, count) };
}

// The first key that was not merged.
static uint32_t key_of(struct slab *s, struct merged_set *set)
{
	return set->made != NULL ? day_set_key(set->made) : entry_of(s, set, set->next).key;
}

// Reads the head for the checksum, and keeps of it what merging needs.
static bool open_stored(struct slab *s, struct merged_set *set)
{
	uint8_t piece[PIECE_BYTES];
	const size_t length = set->set->length;
	const size_t first = length < sizeof piece ? length : sizeof piece;
	if (!read_set(s, set, 0, first, piece))
		return false;
	if (!ipset_head_read((struct span){ piece, first }, length, &set->head))
		return damaged(s);
	set->keys = memory_room((size_t)s->keys_window * 4);
	set->flags = memory_room(set->head.flags_length);
	if (set->keys == NULL || set->flags == NULL)
		return failed(s, FAILED_MEMORY, NULL);
	if (!read_set(s, set, set->head.flags_at, set->head.flags_length, set->flags))
		return false;
	set->at = set->head.content_at;
	for (size_t at = 0; at < set->at;) {
		const size_t left = set->at - at;
		const size_t count = left < sizeof piece ? left : sizeof piece;
		if (!read_set(s, set, at, count, piece))
			return false;
		set->set->functions->hash(set->set, at, (struct span){ piece, count });
		at += count;
	}
	return true;
}

static bool open_set(struct slab *s, struct merged_set *set)
{
	struct error error;
	if (set->made == NULL)
		return open_stored(s, set);
	return day_set_begin(set->made, &error) || failed(s, FAILED_READING, &error);
}

// How many bytes it has of the slab, at most: what runs take, only they themselves know, and nobody what is yet to
// be made.
static void measure_set(struct slab *s, struct merged_set *set)
{
	if (set->made != NULL) {
		const uint32_t key = day_set_key(set->made);
		set->need = key < s->end ? (size_t)(s->end - key) * DAY_SET_BYTES : 0;
		return;
	}
	const size_t left = set->set->length - set->at;
	size_t need = 0;
	struct entry e;
	for (uint32_t i = set->next; (e = entry_of(s, set, i)).key < s->end; i++)
		need += ipset_container_size_max(e.kind, e.count);
	set->need = need < left ? need : left;
}

static void enter(struct slab *s, uint32_t key, size_t index, slot entry)
{
	const size_t row = key - s->begin;
	s->slots[row * s->merge->set_count + index] = entry;
	s->marks[row * s->set_jobs + index / SETS_A_JOB] |= (mark)(1u << index % SETS_A_JOB);
}

static bool list_made(struct slab *s, struct merged_set *set, size_t index)
{
	struct ipset_container container;
	struct error error;
	size_t at = set->slab_at;
	for (uint32_t key; (key = day_set_key(set->made)) < s->end;) {
		if (!day_set_next(set->made, s->bytes + at, &container, &error))
			return failed(s, FAILED_READING, &error);
		enter(s, key, index, slot_of(at, &container));
		at += container.bytes.length;
	}
	return true;
}

static bool list_stored(struct slab *s, struct merged_set *set, size_t index)
{
	const struct span bytes = { s->bytes + set->slab_at, set->need };
	struct cursor c = cursor_over(bytes);
	struct ipset_container container;
	uint32_t least = s->begin;
	struct entry e;
	if (!read_set(s, set, set->at, bytes.length, s->bytes + set->slab_at))
		return false;
	for (; (e = entry_of(s, set, set->next)).key < s->end; set->next++) {
		const size_t at = set->slab_at + (size_t)(c.at - bytes.bytes);
		if (e.key < least || !ipset_container_take(&c, e.kind, e.count, &container))
			return damaged(s);
		enter(s, e.key, index, slot_of(at, &container));
		least = e.key + 1;
	}
	const size_t taken = (size_t)(c.at - bytes.bytes);
	set->set->functions->hash(set->set, set->at, (struct span){ bytes.bytes, taken });
	set->at += taken;
	return true;
}

static bool list_set(struct slab *s, struct merged_set *set, size_t index)
{
	return set->made != NULL ? list_made(s, set, index) : list_stored(s, set, index);
}

// ---- jobs

struct range {
	size_t begin, end;
};

static struct range sets_of(const struct slab *s, size_t job)
{
	const size_t begin = job * SETS_A_JOB, end = begin + SETS_A_JOB;
	return (struct range){ begin, end < s->merge->set_count ? end : s->merge->set_count };
}

static bool open_job(void *context, size_t job, unsigned thread)
{
	struct slab *s = context;
	const struct range r = sets_of(s, job);
	bool ok = true;
	(void)thread;
	for (size_t i = r.begin; ok && i < r.end; i++)
		ok = open_set(s, &s->merge->sets[i]);
	return ok;
}

static bool list_job(void *context, size_t job, unsigned thread)
{
	struct slab *s = context;
	const struct range r = sets_of(s, job);
	bool ok = true;
	(void)thread;
	for (size_t i = r.begin; ok && i < r.end; i++)
		ok = list_set(s, &s->merge->sets[i], i);
	return ok;
}

// Containers lie anywhere in the slab: they are fetched before it is their turn.
static void fetch(const struct slab *s, const slot *slots, mark marked)
{
	for (unsigned bits = marked; bits != 0; bits &= bits - 1)
		__builtin_prefetch(s->bytes + slot_at(slots[__builtin_ctz(bits)]));
}

static bool key_job(void *context, size_t job, unsigned thread)
{
	struct slab *s = context;
	const struct set_visitor *visitor = s->merge->visitor;
	void *state = s->merge->states[thread];
	const slot *slots = &s->slots[job * s->merge->set_count];
	const uint32_t *days = s->days;
	mark *marks = &s->marks[job * s->set_jobs], *end = marks + s->set_jobs;
	struct ipset_container container;
	bool ok = true, has_any = false;
	for (; ok && marks < end; marks++, slots += SETS_A_JOB, days += SETS_A_JOB) {
		if (marks + 1 < end)
			fetch(s, slots + SETS_A_JOB, marks[1]);
		for (unsigned bits = *marks; ok && bits != 0; bits &= bits - 1) {
			const int i = __builtin_ctz(bits);
			ok = slot_open(s, slots[i], &container);
			container.key = (uint16_t)(s->begin + (uint32_t)job);
			ok = ok && visitor->container(state, &container, days[i]);
			has_any = true;
		}
		*marks = 0;
	}
	if (!ok)
		return damaged(s);
	return !has_any || visitor->end(state, s->begin + (uint32_t)job) ||
	       failed(s, FAILED_MEMORY, NULL);
}

// ---- slabs

// Compares all checksums, of what was not merged too; in the order of the sets, so that
// of several damaged ones it always is the same that is named.
static bool check_sets(struct set_merge *m, struct error *error)
{
	for (size_t i = 0; i < m->set_count; i++)
		if (m->sets[i].set != NULL &&
		    !m->sets[i].set->functions->end(m->sets[i].set, error))
			return false;
	return true;
}

static bool explain(const struct slab *s, struct error *error)
{
	if (!atomic_load(&s->has_failed) || s->failure == FAILED_MEMORY)
		return error_memory(error, "the sets of sources");
	if (s->failure == FAILED_READING) {
		*error = s->error;
		return false;
	}
	return check_sets(s->merge, error) &&
	       error_set(error, ERROR_FAILED,
	                 "a set of sources contradicts itself; run `hotaru verify`");
}

// Keys are read between the jobs, too, and may have failed there.
static bool run(struct slab *s, size_t jobs, pool_job *job, struct error *error)
{
	return (pool_run(s->merge->threads, jobs, job, s) && !atomic_load(&s->has_failed)) ||
	       explain(s, error);
}

static uint32_t next_key(struct slab *s)
{
	uint32_t least = IPSET_KEYS;
	for (size_t i = 0; i < s->merge->set_count; i++) {
		const uint32_t key = key_of(s, &s->merge->sets[i]);
		least = key < least ? key : least;
	}
	return least;
}

// Finds a place for all bytes of the slab. False: they are too many.
static bool lay_out(struct slab *s, size_t *out_size)
{
	size_t size = 0;
	for (size_t i = 0; i < s->merge->set_count; i++) {
		struct merged_set *set = &s->merge->sets[i];
		measure_set(s, set);
		set->slab_at = size;
		size += set->need;
	}
	*out_size = size;
	return size <= s->capacity;
}

static uint32_t within(uint64_t number, uint32_t least, uint32_t most)
{
	return number < least ? least : number > most ? most : (uint32_t)number;
}

// Chooses the end of the slab: as many keys as there is room for, but one at least.
static bool cut_slab(struct slab *s, struct error *error)
{
	size_t size;
	for (;;) {
		const uint32_t left = IPSET_KEYS - s->begin;
		s->end = s->begin + (left < s->keys ? left : s->keys);
		if (lay_out(s, &size) || s->keys == 1)
			break;
		s->keys = within((uint64_t)s->keys * s->capacity / size, 1, s->keys - 1);
	}
	if (size > s->capacity) {
		memory_free(s->bytes);
		s->bytes = memory_large(size);
		if (s->bytes == NULL)
			return error_memory(error, "the sets of sources");
		s->capacity = size;
	}
	if (size < s->capacity / 2)
		s->keys = within((uint64_t)s->keys * 3 / 2 + 1, 1, s->keys_max);
	return true;
}

static bool merge_slabs(struct slab *s, struct error *error)
{
	if (!run(s, s->set_jobs, open_job, error))
		return false;
	while ((s->begin = next_key(s)) < IPSET_KEYS) {
		if (!cut_slab(s, error) || !run(s, s->set_jobs, list_job, error) ||
		    !run(s, s->end - s->begin, key_job, error))
			return false;
	}
	return !atomic_load(&s->has_failed) ? check_sets(s->merge, error)
	                                    : run(s, 0, key_job, error);
}

static bool slab_init(struct slab *s, struct set_merge *m, struct error *error)
{
	uint64_t bytes = 0;
	for (size_t i = 0; i < m->set_count; i++)
		bytes += m->sets[i].made != NULL ? SLAB_BYTES : m->sets[i].set->length;
	*s = (struct slab){
		.merge = m,
		.keys_window = within(KEYS_BYTES / (m->set_count * 4), KEYS_MIN, KEYS_MAX),
		.keys_max = within(TABLE_BYTES / (m->set_count * sizeof(slot)), 1, SLAB_KEYS_MAX),
		.capacity = bytes < SLAB_BYTES ? (size_t)bytes : SLAB_BYTES,
	};
	s->keys = s->keys_max;
	s->set_jobs = (m->set_count + SETS_A_JOB - 1) / SETS_A_JOB;
	s->days = memory_new(m->set_count, sizeof *s->days);
	s->slots = memory_room((size_t)s->keys_max * m->set_count * sizeof *s->slots);
	s->marks = memory_new((size_t)s->keys_max * s->set_jobs, sizeof *s->marks);
	s->bytes = memory_large(s->capacity);
	const bool ok = s->days != NULL && s->slots != NULL && s->marks != NULL && s->bytes != NULL;
	for (size_t i = 0; ok && i < m->set_count; i++)
		s->days[i] = m->sets[i].day;
	return ok || error_memory(error, "the sets of sources");
}

static void slab_done(struct slab *s)
{
	for (size_t i = 0; i < s->merge->set_count; i++) {
		memory_free(s->merge->sets[i].keys);
		memory_free(s->merge->sets[i].flags);
	}
	memory_free(s->bytes);
	memory_free(s->slots);
	memory_free(s->marks);
	memory_free(s->days);
}

bool set_merge_run(struct set_merge *m, struct error *error)
{
	struct slab slab;
	if (m->set_count == 0)
		return true;
	const bool ok = slab_init(&slab, m, error) && merge_slabs(&slab, error);
	slab_done(&slab);
	return ok;
}

// ---- the sets of some days

// Takes over a set of the day.
static void add_set(struct set_merge *m, int32_t day, struct holdings_set *set)
{
	if (set->length == 0) {
		holdings_close_set(set);
		return;
	}
	m->sets[m->set_count++] = (struct merged_set){ .set = set,
		                                       .day = (uint32_t)(day - m->first_day) };
}

// *out_are_known is false if the sets of the pieces are not that of the day.
static bool open_pieces(struct set_merge *m, struct holdings *holdings, const struct held_day *day,
                        unsigned family, bool *out_are_known, struct error *error)
{
	*out_are_known = day_set_is_of_pieces(day, family);
	for (size_t i = day->first; *out_are_known && i < day->first + day->count; i++) {
		struct holdings_set *set;
		if (!holdings_open_set(holdings, i, family, &set, error))
			return false;
		if (set != NULL)
			add_set(m, day->day, set);
		*out_are_known = set != NULL;
	}
	return true;
}

static bool open_day(struct set_merge *m, struct holdings *holdings, const struct held_day *day,
                     unsigned family, struct error *error)
{
	struct day_set *made;
	bool are_known;
	if (!open_pieces(m, holdings, day, family, &are_known, error))
		return false;
	if (are_known)
		return true;
	if (!day_set_open(holdings, day, family, &made, error))
		return false;
	m->sets[m->set_count++] = (struct merged_set){ .made = made,
		                                       .day = (uint32_t)(day->day - m->first_day) };
	return true;
}

bool set_merge_open(struct set_merge *m, struct holdings *holdings, int32_t last_day,
                    unsigned family, struct error *error)
{
	struct held_day day = { .count = 0 };
	m->set_count = 0;
	m->sets = memory_new(holdings_count(holdings) + 1, sizeof *m->sets);
	if (m->sets == NULL)
		return error_memory(error, "the sets of sources");
	while (held_day_next(holdings, (struct day_range){ m->first_day, last_day }, &day))
		if (!open_day(m, holdings, &day, family, error))
			return false;
	return true;
}

void set_merge_close(struct set_merge *m)
{
	for (size_t i = 0; i < m->set_count; i++) {
		holdings_close_set(m->sets[i].set);
		day_set_close(m->sets[i].made);
	}
	memory_free(m->sets);
	m->sets = NULL;
	m->set_count = 0;
}
