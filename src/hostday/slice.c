// SPDX-License-Identifier: MIT
// The sources of a slice: their records laid over each other, so that it shows which fields
// differ; and what is counted of them.
#include "hostday/slice.h"

// Records that are fetched ahead of their turn: in the order of sources they lie anywhere.
enum { AHEAD = 16 };

static void set_bytes(struct words *words, size_t offset, size_t size)
{
	memset((char *)words + offset, 0xff, size);
}

void slice_init(struct aggregator *a)
{
	for (unsigned field = 0; field <= FIELD_MATCHED_PORT; field++) {
		const struct field_info *info = field_info(field);
		const struct record known = { .known = info->known };
		memcpy(&a->field_mask[field], &known, sizeof known);
		set_bytes(&a->field_mask[field], info->offset, info->width);
	}
	set_bytes(&a->uniform_mask, offsetof(struct record, kind), sizeof(uint8_t));
	set_bytes(&a->uniform_mask, offsetof(struct record, more_packets), sizeof(uint16_t));
	const struct record times = { .known = RECORD_TIMES_65536 };
	struct words flows;
	memcpy(&flows, &times, sizeof flows);
	for (unsigned w = 0; w < WORDS; w++)
		a->uniform_mask.at[w] |= flows.at[w];
	set_bytes(&a->known_mask, offsetof(struct record, known), sizeof(uint16_t));
}

static inline bool has_any(const struct words *difference, const struct words *mask)
{
	uint64_t any = 0;
	for (unsigned w = WORD_WHOSE + 1; w < WORDS; w++)
		any |= difference->at[w] & mask->at[w];
	return any != 0;
}

// True if some record stands for several packets.
static bool count_one_by_one(const struct record *const *records, size_t count,
                             struct host_day *out)
{
	uint64_t most = 1;
	for (size_t i = 0; i < count; i++) {
		const struct record *r = records[i];
		const uint64_t packets = record_packets(r);
		out->has_tools |= (r->known & KNOWN_TOOLS) != 0;
		most |= packets;
		out->packets[r->kind - HOST_KIND_FIRST] += packets;
		for (uint32_t rest = r->fingerprints; rest != 0; rest &= rest - 1) {
			const unsigned bit = (unsigned)__builtin_ctz(rest);
			if (!(out->matched_mask >> bit & 1))
				out->matched[bit] = 0;
			out->matched_mask |= UINT32_C(1) << bit;
			out->matched[bit] += packets;
		}
	}
	return most > 1;
}

// `differing`: the fingerprints that not all match or not.
// `known`: what some of them know.
static void count_uniform(const struct record *const *records, size_t count, uint32_t differing,
                          unsigned known, struct host_day *out)
{
	const struct record *first = records[0];
	out->packets[first->kind - HOST_KIND_FIRST] = count;
	out->matched_mask = first->fingerprints | differing;
	out->has_tools = (known & KNOWN_TOOLS) != 0;
	for (uint32_t rest = out->matched_mask; rest != 0; rest &= rest - 1) {
		const unsigned bit = (unsigned)__builtin_ctz(rest);
		out->matched[bit] = count;
		if (!(differing >> bit & 1))
			continue;
		out->matched[bit] = 0;
		for (size_t i = 0; i < count; i++)
			out->matched[bit] += records[i]->fingerprints >> bit & 1;
	}
}

// The fields that not all records of a uniform source have alike. The ports of SYNs that match
// are those of all, but where some match and others not.
static uint64_t varied_fields(const struct aggregator *a, const struct words *difference,
                              uint32_t differing, uint64_t fields)
{
	const uint64_t own = (UINT64_C(1) << FIELD_MATCHED_PORT) - 1;
	uint64_t varied = (uint64_t)differing << FIELD_MATCHED_PORT;
	for (uint64_t rest = fields & own; rest != 0; rest &= rest - 1) {
		const unsigned field = (unsigned)__builtin_ctzll(rest);
		varied |= (uint64_t)has_any(difference, &a->field_mask[field]) << field;
	}
	return varied;
}

// Lays the records of the first source over each other. How many there are.
static inline size_t lay_over(const struct record *const *records, size_t count,
                              struct words *difference, struct host_day *head)
{
	struct words first, different = { .at = { 0 } };
	memcpy(&first, records[0], sizeof first);
	uint64_t first_ns = first.at[WORD_TIME], last_ns = first_ns;
	size_t i = 1;
	for (; i < count; i++) {
		struct words r;
		if (i + AHEAD < count)
			__builtin_prefetch(records[i + AHEAD]);
		memcpy(&r, records[i], sizeof r);
		if (r.at[WORD_WHOSE] != first.at[WORD_WHOSE])
			break;
		for (unsigned w = WORD_WHOSE + 1; w < WORDS; w++)
			different.at[w] |= r.at[w] ^ first.at[w];
		first_ns = r.at[WORD_TIME] < first_ns ? r.at[WORD_TIME] : first_ns;
		last_ns = r.at[WORD_TIME] > last_ns ? r.at[WORD_TIME] : last_ns;
	}
	*difference = different;
	head->source = records[0]->source;
	head->first_ns = first_ns;
	head->last_ns = last_ns;
	return i;
}

// Counts the packets of the source into the head.
static bool count_packets(struct aggregator *a, const struct record *const *records, size_t count,
                          const struct words *difference)
{
	struct record different;
	memset(a->head.packets, 0, sizeof a->head.packets);
	a->head.matched_mask = 0;
	a->head.has_tools = false;
	if (count == 0)
		return true;
	memcpy(&different, difference, sizeof different);
	const bool is_uniform = !has_any(difference, &a->uniform_mask) &&
	                        record_packets(records[0]) == 1;
	if (is_uniform)
		count_uniform(records, count, different.fingerprints,
		              records[0]->known | different.known, &a->head);
	else
		a->has_flows |= count_one_by_one(records, count, &a->head);
	return is_uniform;
}

size_t slice_add_source(struct aggregator *a, const struct record **records, size_t begin,
                        size_t count)
{
	struct words difference;
	const size_t taken = lay_over(records + begin, count - begin, &difference, &a->head);
	for (unsigned w = WORD_WHOSE + 1; w < WORDS; w++)
		a->different.at[w] |= difference.at[w];
	size_t packets = taken;
	uint64_t of_pairs = 0;
	struct record different;
	memcpy(&different, &difference, sizeof different);
	if (different.kind != 0 || records[begin]->kind == RECORD_PAIR)
		packets = slice_part_pairs(records + begin, taken, &difference, &of_pairs);
	const bool is_uniform = count_packets(a, records + begin, packets, &difference);
	memcpy(&different, &difference, sizeof different);
	a->head.fields_mask = of_pairs;
	host_columns_add_head(&a->columns, &a->head);
	const uint64_t fields = host_fields(a->head.packets, a->head.matched_mask);
	const uint64_t varied = !is_uniform   ? fields
	                        : packets > 0 ? varied_fields(a, &difference,
	                                                      different.fingerprints, fields)
	                                      : 0;
	a->sources[a->source_count++] = (struct source){
		.begin = (uint32_t)begin,
		.end = (uint32_t)(begin + packets),
		.pairs_end = (uint32_t)(begin + taken),
		.is_uniform = is_uniform,
		.is_known = is_uniform && !has_any(&difference, &a->known_mask),
		.fields = fields | of_pairs,
		.varied = varied | of_pairs,
	};
	return taken;
}
