// SPDX-License-Identifier: MIT
// A user's fingerprints: the text, libpcap's compiler, and the filters over packets.
//
// Input: the text up to a zero byte, then one IPv4 packet.
#include "check_packet.h"
#include "fingerprint/fingerprint.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { LINKTYPE_IPV4 = 228, PACKET_MAX = 256, COPIES = 3 };

// Those of sources ask of SYNs, each item once, and have no filter.
static void check_items(const struct fingerprint_set *set, unsigned bit)
{
	const struct fingerprint *f = &set->entries[bit];
	REQUIRE(fingerprint_is_of_sources(f) == (set->of_sources >> bit & 1));
	REQUIRE(!fingerprint_is_of_sources(f) || f->program == NULL);
	REQUIRE(f->item_count <= FINGERPRINT_ITEMS_MAX && fingerprint_same(f, f));
	for (size_t i = 0; i < f->item_count; i++) {
		char text[HEADER_ITEM_TEXT_SIZE];
		struct header_item again;
		struct error error;
		header_item_text(&f->items[i], text);
		REQUIRE(header_item_parse(text, &again, &error));
		REQUIRE(header_item_compare(&again, &f->items[i]) == 0);
		REQUIRE(again.field < FIELD_DESTINATION);
		REQUIRE(i == 0 || header_item_compare(&f->items[i - 1], &f->items[i]) < 0);
	}
}

// Names are those of the table: short, clean, each once, each with an expression.
static void check_set(const struct fingerprint_set *set)
{
	REQUIRE(set->count <= FINGERPRINTS_MAX);
	for (unsigned i = 0; i < set->count; i++) {
		const struct fingerprint *f = &set->entries[i];
		unsigned bit = FINGERPRINTS_MAX;
		REQUIRE(f->name[0] != '\0' && strlen(f->name) < FINGERPRINT_NAME_SIZE);
		REQUIRE(strpbrk(f->name, " \t\n=,;\"<>") == NULL);
		REQUIRE(f->rule[0] != '\0' && strlen(f->rule) < FINGERPRINT_RULE_SIZE);
		REQUIRE(fingerprint_find(set, f->name, &bit) == f && bit == i);
		check_items(set, i);
	}
}

// A packet matches alone what it matches in a row, and only SYNs do.
static void check_match(const struct fingerprint_set *set, struct span ip)
{
	struct frame frames[COPIES];
	struct packet packets[COPIES], alone;
	for (size_t i = 0; i < COPIES; i++)
		frames[i] = (struct frame){ .link_type = LINKTYPE_IPV4,
			                    .captured = { ip.bytes,
			                                  ip.length - ip.length * i / 4 } };
	decode_frames(frames, COPIES, packets);
	fingerprint_match(set, packets, COPIES);
	for (size_t i = 0; i < COPIES; i++) {
		decode_frames(&frames[i], 1, &alone);
		fingerprint_match(set, &alone, 1);
		REQUIRE(alone.fingerprints == packets[i].fingerprints);
		REQUIRE(alone.fingerprints == 0 || alone.kind == KIND_SYN);
		REQUIRE(set->count == 32 || alone.fingerprints >> set->count == 0);
		REQUIRE((alone.fingerprints & set->of_sources) == 0);
	}
}

void fuzz_one(struct span input)
{
	struct fingerprint_set set;
	struct error error = { .kind = ERROR_NONE };
	char *text = fuzz_text_until(&input, '\0');
	if (fingerprint_set_init(&set, text, "'fuzz'", &error)) {
		check_set(&set);
		check_match(&set,
		            (struct span){ input.bytes,
		                           input.length < PACKET_MAX ? input.length : PACKET_MAX });
		fingerprint_set_done(&set);
	} else {
		REQUIRE(error.kind == ERROR_USAGE || (fuzz_is_starving && error.kind));
		REQUIRE(strchr(error.text, '\n') == NULL);
	}
	free(text);
}
