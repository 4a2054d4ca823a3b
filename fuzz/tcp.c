// SPDX-License-Identifier: MIT
// The options of a TCP header, against a reading of them that is written anew.
//
// Input: up to 40 bytes of options, behind a header that is always right.
#include "check_packet.h"
#include "fuzz.h"

#include <string.h>

enum { LINKTYPE_IPV4 = 228, IPV4 = 20, TCP = 20, OPTIONS_LENGTH_MAX = 40 };

struct layout {
	unsigned codes[OPTIONS_LENGTH_MAX];
	unsigned count;
	bool is_malformed, has_mss;
	uint16_t mss;
};

static unsigned code_of(uint8_t kind)
{
	static const uint8_t kinds[] = { 0, 1, 2, 3, 4, 8 };
	const uint8_t *at = memchr(kinds, kind, sizeof kinds);
	return at == NULL ? OPTION_CODE_OTHER : (unsigned)(at - kinds) + OPTION_CODE_END;
}

static struct layout naive_layout(const uint8_t *bytes, size_t count)
{
	struct layout layout = { .count = 0 };
	for (size_t at = 0; at < count;) {
		const uint8_t kind = bytes[at];
		const size_t length = kind < 2 ? 1 : at + 1 < count ? bytes[at + 1] : 0;
		if (length < (kind < 2 ? 1u : 2u) || at + length > count) {
			layout.is_malformed = true;
			break;
		}
		layout.codes[layout.count++] = code_of(kind);
		if (kind == 2 && length == 4) {
			layout.has_mss = true;
			layout.mss = (uint16_t)(bytes[at + 2] * 256 + bytes[at + 3]);
		}
		if (kind == 0)
			break;
		at += length;
	}
	return layout;
}

static void check_layout(const struct packet *packet, const struct layout *layout)
{
	unsigned set = 0;
	for (unsigned i = 0; i < layout->count; i++) {
		if (i < 10)
			REQUIRE((packet->options >> 3 * i & 7) == layout->codes[i]);
		set |= 1u << layout->codes[i];
	}
	for (unsigned i = layout->count; i < 10; i++)
		REQUIRE((packet->options >> 3 * i & 7) == 0);
	REQUIRE(packet->option_codes == set);
	REQUIRE(((packet->options & OPTIONS_MORE) != 0) == (layout->count > 10));
	REQUIRE(((packet->options & OPTIONS_MALFORMED) != 0) == layout->is_malformed);
	REQUIRE(((packet->known & KNOWN_MSS) != 0) == layout->has_mss);
	REQUIRE(packet->mss == layout->mss);
}

void fuzz_one(struct span input)
{
	uint8_t bytes[IPV4 + TCP + OPTIONS_LENGTH_MAX] = { 0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6 };
	const size_t given = input.length < OPTIONS_LENGTH_MAX ? input.length : OPTIONS_LENGTH_MAX;
	const size_t options = (given + 3) / 4 * 4, length = IPV4 + TCP + options;
	bytes[3] = (uint8_t)length;
	bytes[IPV4 + 12] = (uint8_t)((TCP + options) / 4 << 4);
	bytes[IPV4 + 13] = TCP_SYN;
	if (given > 0)
		memcpy(bytes + IPV4 + TCP, input.bytes, given);
	const struct frame frame = { .link_type = LINKTYPE_IPV4, .captured = { bytes, length } };
	struct packet packet;
	decode_frames(&frame, 1, &packet);
	check_packet(&frame, &packet);
	REQUIRE(packet.kind == KIND_SYN && (packet.known & KNOWN_OPTIONS));
	const struct layout layout = naive_layout(bytes + IPV4 + TCP, options);
	check_layout(&packet, &layout);
}
