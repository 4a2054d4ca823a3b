// SPDX-License-Identifier: MIT
#include "decode/layers.h"

#include "base/buffer.h"
#include "base/text.h"

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

void decode_layout_text(uint32_t options, char out[DECODE_LAYOUT_SIZE])
{
	static const char *const names[] = { "",          "end",          "nop",
		                             "mss",       "window_scale", "sack_permitted",
		                             "timestamp", "other" };
	struct buffer text = buffer_up_to(DECODE_LAYOUT_SIZE);
	for (uint32_t rest = options & ~(OPTIONS_MORE | OPTIONS_MALFORMED); rest != 0; rest >>= 3)
		buffer_format(&text, "%s%s", text.length > 0 ? "," : "", names[rest & 7]);
	if (options & OPTIONS_MORE)
		buffer_text(&text, ",...");
	if (options & OPTIONS_MALFORMED)
		buffer_text(&text, text.length > 0 ? ",malformed" : "malformed");
	if (text.length == 0)
		buffer_text(&text, "none");
	buffer_byte(&text, 0);
	text_copy(out, DECODE_LAYOUT_SIZE, text.failed ? "" : (const char *)text.bytes);
	buffer_done(&text);
}
