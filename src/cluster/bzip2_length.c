// SPDX-License-Identifier: MIT
// Follows bzip2 1.0.8 step by step (Seward; https://sourceware.org/bzip2), since every choice that it makes, also
// between what is equally good, is seen in the length: runs of 4 and more are shortened, rotations sorted, their
// last bytes moved to front, runs of the foremost written as numbers, and all of it in two to six
// Huffman codes, of which each 50 symbols take the best, four times improved.
#include "cluster/bzip2_length.h"

#include "base/memory.h"
#include "cluster/rotations.h"

#include <string.h>

enum {
	RUN_MIN = 4,
	RUN_MAX = 255,
	SYMBOLS_MAX = 258,  // runs A and B, places 1 to 255 of the list, end
	CODES_MAX = 6,
	LANES = 4,  // sums of 16 bits side by side in one number
	LANE_BITS = 16,
	LANE_MASK = 0xffff,
	GROUP = 50,
	ROUNDS = 4,
	BITS_MAX = 17,  // of a code's word
	BITS_UNLIKELY = 15,
	RUN_A = 0,
	RUN_B = 1,
	FILE_BITS = 32 + 48 + 32,                     // what a file has around its blocks
	BLOCK_BITS = 48 + 32 + 1 + 24 + 16 + 3 + 15,  // and a block of fixed width
};

struct code {
	uint32_t counts[SYMBOLS_MAX];  // of its groups' symbols
	uint8_t bits[SYMBOLS_MAX];
};

struct bzip2_room {
	struct rotations *rotations;
	uint8_t *last;
	uint16_t *symbols;   // [length_max + 1]
	uint8_t *selectors;  // [length_max / GROUP + 2]: the code of each group
	struct code codes[CODES_MAX];
	uint64_t bits[SYMBOLS_MAX][2];  // of all codes: LANES in each number
};

struct bzip2_room *bzip2_room_new(size_t length_max)
{
	struct bzip2_room *room = memory_new(1, sizeof *room);
	const size_t block_max = length_max + length_max / RUN_MIN + 1;
	if (room == NULL)
		return NULL;
	room->rotations = rotations_new(block_max);
	room->last = memory_room(block_max);
	room->symbols = memory_room((block_max + 1) * sizeof *room->symbols);
	room->selectors = memory_room(block_max / GROUP + 2);
	if (room->rotations != NULL && room->last != NULL && room->symbols != NULL &&
	    room->selectors != NULL)
		return room;
	bzip2_room_free(room);
	return NULL;
}

void bzip2_room_free(struct bzip2_room *room)
{
	if (room == NULL)
		return;
	rotations_free(room->rotations);
	memory_free(room->last);
	memory_free(room->symbols);
	memory_free(room->selectors);
	memory_free(room);
}

// ---- from bytes to symbols

// Of 4 and more equal bytes 4 are written, and how many more there are.
static uint32_t shorten_runs(const uint8_t *bytes, size_t length, uint8_t *out)
{
	uint8_t *to = out;
	for (size_t i = 0; i < length;) {
		const size_t most = length - i < RUN_MAX ? length - i : RUN_MAX;
		size_t run = 1;
		while (run < most && bytes[i + run] == bytes[i])
			run++;
		const size_t written = run < RUN_MIN ? run : RUN_MIN;
		memset(to, bytes[i], written);
		to += written;
		if (run >= RUN_MIN)
			*to++ = (uint8_t)(run - RUN_MIN);
		i += run;
	}
	return (uint32_t)(to - out);
}

// A number from 1 on in digits of 1 and 2, the least first.
static uint16_t *write_run(uint32_t run, uint16_t *to)
{
	for (; run > 0; run = (run - 1) / 2)
		*to++ = run % 2 == 1 ? RUN_A : RUN_B;
	return to;
}

// The bytes that occur, ascending, and how many they are.
static unsigned list_bytes(const uint8_t *bytes, uint32_t length, uint8_t list[256])
{
	bool is_used[256] = { false };
	unsigned count = 0;
	for (uint32_t i = 0; i < length; i++)
		is_used[bytes[i]] = true;
	for (unsigned byte = 0; byte < 256; byte++)
		if (is_used[byte])
			list[count++] = (uint8_t)byte;
	return count;
}

// Each byte as its place in a list of those that were seen last. How many symbols that makes.
static uint32_t move_to_front(const uint8_t *bytes, uint32_t length, uint8_t list[256],
                              unsigned list_count, uint16_t *symbols)
{
	uint16_t *to = symbols;
	uint32_t run = 0;
	for (uint32_t i = 0; i < length; i++) {
		const uint8_t byte = bytes[i];
		if (list[0] == byte) {
			run++;
			continue;
		}
		to = write_run(run, to);
		run = 0;
		const uint8_t *at = memchr(list, byte, list_count);
		const size_t place = (size_t)(at - list);
		memmove(list + 1, list, place);
		list[0] = byte;
		*to++ = (uint16_t)(place + 1);
	}
	to = write_run(run, to);
	*to++ = (uint16_t)(list_count + 1);
	return (uint32_t)(to - symbols);
}

// ---- codes

// An entry of the heap: a weight, of which the low byte is the height of the tree, and below it the tree's number.
enum { NODE_BITS = 10 };

static inline uint64_t weight_of(uint64_t entry)
{
	return entry >> NODE_BITS;
}

static inline uint32_t node_of(uint64_t entry)
{
	return (uint32_t)entry & ((1 << NODE_BITS) - 1);
}

static void push(uint64_t *heap, unsigned at, uint64_t entry)
{
	for (; weight_of(entry) < weight_of(heap[at / 2]); at /= 2)
		heap[at] = heap[at / 2];
	heap[at] = entry;
}

// Takes the first of `count`; the last goes down from there. Behind it is what no weight reaches.
static uint64_t pop(uint64_t *heap, unsigned count)
{
	const uint64_t first = heap[1], entry = heap[count];
	unsigned at = 1;
	heap[count--] = UINT64_MAX;
	for (unsigned low = 2; low <= count; low = 2 * at) {
		low += weight_of(heap[low + 1]) < weight_of(heap[low]);
		if (weight_of(entry) < weight_of(heap[low]))
			break;
		heap[at] = heap[low];
		at = low;
	}
	heap[at] = entry;
	return first;
}

static uint64_t joined(uint64_t a, uint64_t b, uint32_t node)
{
	const uint64_t x = weight_of(a), y = weight_of(b);
	const uint64_t height = (x & 255) > (y & 255) ? x & 255 : y & 255;
	return (((x & ~UINT64_C(255)) + (y & ~UINT64_C(255))) | (height + 1)) << NODE_BITS | node;
}

// A tree of those weights as bzip2 makes it; the longest word that follows from it.
static unsigned make_tree(const uint32_t *weights, unsigned count, uint8_t *bits)
{
	uint64_t heap[SYMBOLS_MAX + 2] = { 0 };
	uint16_t parents[2 * SYMBOLS_MAX];
	uint8_t depths[2 * SYMBOLS_MAX];
	unsigned nodes = count, longest = 0;
	heap[count + 1] = UINT64_MAX;
	for (unsigned i = 1; i <= count; i++)
		push(heap, i, (uint64_t)weights[i - 1] << (8 + NODE_BITS) | i);
	for (unsigned left = count; left > 1; left--) {
		const uint64_t a = pop(heap, left), b = pop(heap, left - 1);
		nodes++;
		parents[node_of(a)] = parents[node_of(b)] = (uint16_t)nodes;
		push(heap, left - 1, joined(a, b, nodes));
	}
	depths[nodes] = 0;
	for (unsigned i = nodes - 1; i > 0; i--)
		depths[i] = (uint8_t)(depths[parents[i]] + 1);
	for (unsigned i = 0; i < count; i++) {
		bits[i] = depths[i + 1];
		longest = bits[i] > longest ? bits[i] : longest;
	}
	return longest;
}

// What does not occur counts as if it occurred once, and where words become too long, differences are halved.
static void make_code(struct code *code, unsigned count)
{
	uint32_t weights[SYMBOLS_MAX];
	for (unsigned i = 0; i < count; i++)
		weights[i] = code->counts[i] > 0 ? code->counts[i] : 1;
	while (make_tree(weights, count, code->bits) > BITS_MAX)
		for (unsigned i = 0; i < count; i++)
			weights[i] = 1 + weights[i] / 2;
}

static unsigned codes_for(uint32_t symbols)
{
	return symbols < 200 ? 2 : symbols < 600 ? 3 : symbols < 1200 ? 4 : symbols < 2400 ? 5 : 6;
}

static inline uint64_t lane(const uint64_t lanes[2], unsigned code)
{
	return lanes[code / LANES] >> code % LANES * LANE_BITS & LANE_MASK;
}

static inline void set_bits(struct bzip2_room *room, unsigned symbol, unsigned code, uint64_t bits)
{
	uint64_t *lanes = &room->bits[symbol][code / LANES];
	const unsigned shift = code % LANES * LANE_BITS;
	*lanes = (*lanes & ~((uint64_t)LANE_MASK << shift)) | bits << shift;
}

// The first codes have each a stretch of the alphabet that is likely, with about as many of the symbols.
static void start_codes(struct bzip2_room *room, const uint32_t *counts, uint32_t total,
                        unsigned alphabet, unsigned codes)
{
	unsigned begin = 0;
	for (unsigned part = codes; part > 0; part--) {
		unsigned end = begin;
		uint32_t sum = 0;
		do
			sum += counts[end++];
		while (sum < total / part && end < alphabet);
		if (end > begin + 1 && part != codes && part != 1 && (codes - part) % 2 == 1)
			sum -= counts[--end];
		for (unsigned i = 0; i < alphabet; i++)
			set_bits(room, i, part - 1, i >= begin && i < end ? 0 : BITS_UNLIKELY);
		begin = end;
		total -= sum;
	}
}

// Chooses the best code for each group. Whether any is another than before.
static bool choose_codes(struct bzip2_room *room, uint32_t symbols, unsigned codes)
{
	bool is_other = false;
	for (uint32_t begin = 0, group = 0; begin < symbols; begin += GROUP, group++) {
		const uint32_t end = symbols - begin < GROUP ? symbols : begin + GROUP;
		uint64_t sums[2] = { 0 };
		uint8_t best = 0;
		for (uint32_t i = begin; i < end; i++) {
			sums[0] += room->bits[room->symbols[i]][0];
			sums[1] += room->bits[room->symbols[i]][1];
		}
		for (uint8_t k = 1; k < codes; k++)
			best = lane(sums, k) < lane(sums, best) ? k : best;
		is_other |= room->selectors[group] != best;
		room->selectors[group] = best;
	}
	return is_other;
}

// Makes the codes of what was chosen for them. One that has the same symbols as before is the same.
static void improve_codes(struct bzip2_room *room, uint32_t symbols, unsigned alphabet,
                          unsigned codes, bool is_first)
{
	uint32_t counts[CODES_MAX][SYMBOLS_MAX];
	for (unsigned k = 0; k < codes; k++)
		memset(counts[k], 0, alphabet * sizeof *counts[k]);
	for (uint32_t i = 0; i < symbols; i++)
		counts[room->selectors[i / GROUP]][room->symbols[i]]++;
	for (unsigned k = 0; k < codes; k++) {
		struct code *code = &room->codes[k];
		if (!is_first && memcmp(code->counts, counts[k], alphabet * sizeof *counts[k]) == 0)
			continue;
		memcpy(code->counts, counts[k], alphabet * sizeof *counts[k]);
		make_code(code, alphabet);
		for (unsigned i = 0; i < alphabet; i++)
			set_bits(room, i, k, code->bits[i]);
	}
}

// ---- how long it is

static uint64_t selector_bits(const uint8_t *selectors, uint32_t groups)
{
	uint8_t list[CODES_MAX] = { 0, 1, 2, 3, 4, 5 };
	uint64_t bits = 0;
	for (uint32_t i = 0; i < groups; i++) {
		unsigned place = 0;
		while (list[place] != selectors[i])
			place++;
		memmove(list + 1, list, place);
		list[0] = selectors[i];
		bits += place + 1;
	}
	return bits;
}

static uint64_t code_bits(const struct code *code, unsigned alphabet)
{
	uint64_t bits = 5;
	unsigned before = code->bits[0];
	for (unsigned i = 0; i < alphabet; i++) {
		const unsigned now = code->bits[i];
		bits += 2 * (now > before ? now - before : before - now) + 1 +
		        (uint64_t)now * code->counts[i];
		before = now;
	}
	return bits;
}

// Which bytes occur: which sixteenths of all, and which of each.
static uint64_t map_bits(const uint8_t *list, unsigned count)
{
	uint64_t bits = 0;
	for (unsigned i = 0; i < count; i++)
		bits += i == 0 || list[i] / 16 != list[i - 1] / 16 ? 16 : 0;
	return bits;
}

static uint64_t block_bits(struct bzip2_room *room, uint32_t symbols, unsigned alphabet)
{
	const unsigned codes = codes_for(symbols);
	uint32_t counts[SYMBOLS_MAX] = { 0 };
	for (uint32_t i = 0; i < symbols; i++)
		counts[room->symbols[i]]++;
	start_codes(room, counts, symbols, alphabet, codes);
	for (unsigned round = 0; round < ROUNDS; round++) {
		if (!choose_codes(room, symbols, codes) && round > 0)
			break;
		improve_codes(room, symbols, alphabet, codes, round == 0);
	}
	uint64_t bits = selector_bits(room->selectors, (symbols + GROUP - 1) / GROUP);
	for (unsigned k = 0; k < codes; k++)
		bits += code_bits(&room->codes[k], alphabet);
	return bits;
}

uint32_t bzip2_length(struct bzip2_room *room, const uint8_t *bytes, size_t length)
{
	uint64_t bits = FILE_BITS;
	if (length > 0) {
		uint8_t list[256];
		uint8_t *block = rotations_bytes(room->rotations);
		const uint32_t count = shorten_runs(bytes, length, block);
		const unsigned used = list_bytes(block, count, list);
		rotations_last(room->rotations, count, room->last);
		bits += BLOCK_BITS + map_bits(list, used);
		const uint32_t symbols = move_to_front(room->last, count, list, used,
		                                       room->symbols);
		bits += block_bits(room, symbols, used + 2);
	}
	return (uint32_t)((bits + 7) / 8);
}
