// SPDX-License-Identifier: MIT
#include "decode/layers.h"

#include "base/text.h"

#include <string.h>

const char *const kind_names[KIND_COUNT] = {
	"unknown_link",   "not_ip",
	"ipv6",           "malformed",
	"cut_short",      "outside_telescope",
	"later_fragment", "syn",
	"syn_ack",        "rst",
	"tcp_other",      "udp",
	"icmp",           "other_protocol",
};

const uint8_t decode_simulated_mac[6] = { 0x02, 'S', 'I', 'M', 'U', 'L' };

void decode_frames(const struct frame *frames, size_t count, struct packet *out)
{
	const struct link_type *link = NULL;
	uint16_t number = 0;
	for (size_t i = 0; i < count; i++) {
		const struct frame *frame = &frames[i];
		struct packet *packet = &out[i];
		*packet = (struct packet){ .time_ns = frame->time_ns,
			                   .time_digits = frame->time_digits,
			                   .packets = 1 };
		// Nearly all captures have one link type: it is looked up once.
		if (link == NULL || number != frame->link_type) {
			link = link_type_find(frame->link_type);
			number = frame->link_type;
		}
		if (link == NULL) {
			packet->kind = KIND_UNKNOWN_LINK;
			packet->detail = frame->link_type;
			continue;
		}
		link->decode(frame->captured, packet);
	}
}

bool decode_knows_link(uint16_t link_type)
{
	return link_type_find(link_type) != NULL;
}

const char *decode_link_name(uint16_t link_type)
{
	const struct link_type *link = link_type_find(link_type);
	return link == NULL ? NULL : link->name;
}

bool decode_is_simulated(const struct frame *frame)
{
	return frame->link_type == 1 && frame->captured.length >= 12 &&
	       memcmp(frame->captured.bytes + 6, decode_simulated_mac,
	              sizeof decode_simulated_mac) == 0;
}

// Appends a word, behind a comma. There is room for ten of the longest name and both marks.
static void add_word(char out[DECODE_LAYOUT_SIZE], const char *word)
{
	const size_t length = strlen(out);
	text_format(out + length, DECODE_LAYOUT_SIZE - length, "%s%s", length > 0 ? "," : "", word);
}

void decode_layout_text(uint32_t options, char out[DECODE_LAYOUT_SIZE])
{
	static const char *const names[] = { "",          "end",          "nop",
		                             "mss",       "window_scale", "sack_permitted",
		                             "timestamp", "other" };
	out[0] = '\0';
	for (uint32_t rest = options & ~(OPTIONS_MORE | OPTIONS_MALFORMED); rest != 0; rest >>= 3)
		add_word(out, names[rest & 7]);
	if (options & OPTIONS_MORE)
		add_word(out, "...");
	if (options & OPTIONS_MALFORMED)
		add_word(out, "malformed");
	if (out[0] == '\0')
		add_word(out, "none");
}
