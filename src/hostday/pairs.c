// SPDX-License-Identifier: MIT
// Records of pairs: made beside SYNs, and told apart from packets in a slice.
#include "hostday/slice.h"

void record_make_pair(struct record *record, const struct packet *p)
{
	record->kind = RECORD_PAIR;
	record->destination = p->seq;
	if (p->fingerprints >> FINGERPRINT_NMAP & 1) {
		record->known = PAIR_NMAP;
		return;
	}
	record->known = PAIR_UNICORNSCAN;
	record->options = unicornscan_key(p, false);
	record->fingerprints = unicornscan_key(p, true);
}

// Fields that records of pairs have.
uint64_t pair_fields(unsigned known)
{
	const uint64_t unicornscan = UINT64_C(7) << FIELD_UNICORNSCAN_SEQ;
	return (known & PAIR_NMAP ? UINT64_C(1) << FIELD_NMAP_SEQ : 0) |
	       (known & PAIR_UNICORNSCAN ? unicornscan : 0);
}

static bool has_pair(const struct record *const *records, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (records[i]->kind == RECORD_PAIR)
			return true;
	return false;
}

// Brings those of pairs behind the others. How many others there are; *out_fields are those that pairs have.
static size_t part_pairs(const struct record **records, size_t count, uint64_t *out_fields)
{
	size_t packets = 0;
	for (size_t i = 0; i < count; i++) {
		const struct record *r = records[i];
		if (r->kind == RECORD_PAIR) {
			*out_fields |= pair_fields(r->known);
			continue;
		}
		records[i] = records[packets];
		records[packets++] = r;
	}
	return packets;
}

static struct words difference_of(const struct record *const *records, size_t count)
{
	struct words first = { .at = { 0 } }, difference = { .at = { 0 } };
	if (count > 0)
		memcpy(&first, records[0], sizeof first);
	for (size_t i = 1; i < count; i++) {
		struct words r;
		memcpy(&r, records[i], sizeof r);
		for (unsigned w = WORD_WHOSE + 1; w < WORDS; w++)
			difference.at[w] |= r.at[w] ^ first.at[w];
	}
	return difference;
}

size_t slice_part_pairs(const struct record **records, size_t count, struct words *difference,
                        uint64_t *out_fields)
{
	if (!has_pair(records, count))
		return count;
	const size_t packets = part_pairs(records, count, out_fields);
	*difference = difference_of(records, packets);
	return packets;
}
