// SPDX-License-Identifier: MIT
#include "decode/layers.h"
#include "decode/plain.h"

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

const char *const reason_names[REASON_COUNT] = {
	[REASON_NONE] = "none",
	[REASON_LINK_TYPE] = "link_type",
	[REASON_ETHERTYPE] = "ethertype",
	[REASON_LLC_SAP] = "llc_sap",
	[REASON_SNAP] = "snap",
	[REASON_NLPID] = "nlpid",
	[REASON_PPP_PROTOCOL] = "ppp_protocol",
	[REASON_HDLC_PROTOCOL] = "hdlc_protocol",
	[REASON_ARCNET_PROTOCOL] = "arcnet_protocol",
	[REASON_AX25_PROTOCOL] = "ax25_protocol",
	[REASON_ADDRESS_FAMILY] = "address_family",
	[REASON_DEVICE_TYPE] = "device_type",
	[REASON_DEVICE_PROTOCOL] = "device_protocol",
	[REASON_PAYLOAD] = "payload",
	[REASON_RECORD_TYPE] = "record_type",
	[REASON_LINK_CONTROL] = "link_control",
	[REASON_FRAGMENT] = "fragment",
	[REASON_NO_PACKET] = "no_packet",
	[REASON_WIFI_MANAGEMENT] = "wifi_management",
	[REASON_WIFI_CONTROL] = "wifi_control",
	[REASON_WIFI_NO_DATA] = "wifi_no_data",
	[REASON_WIFI_PROTECTED] = "wifi_protected",
	[REASON_LINK_HEADER] = "link_header",
	[REASON_IP_VERSION] = "ip_version",
	[REASON_IP_HEADER_LENGTH] = "ip_header_length",
	[REASON_IP_TOTAL_LENGTH] = "ip_total_length",
	[REASON_TCP_LENGTH] = "tcp_length",
	[REASON_UDP_LENGTH] = "udp_length",
	[REASON_FLOW_NUMBERS] = "flow_numbers",
	[REASON_CUT_LINK] = "cut_link",
	[REASON_CUT_IP] = "cut_ip",
	[REASON_CUT_TCP] = "cut_tcp",
	[REASON_CUT_UDP] = "cut_udp",
	[REASON_FLOW_FLAGS] = "flow_flags",
	[REASON_FIRST_FRAGMENT] = "first_fragment",
	[REASON_NO_LINK_TYPE] = "no_link_type",
	[REASON_FRACTION] = "fraction",
	[REASON_FAR_TIME] = "far_time",
	[REASON_OTHER] = "other",
};

const uint8_t decode_simulated_mac[6] = { 0x02, 'S', 'I', 'M', 'U', 'L' };

enum { LINK_ETHERNET = 1, LINK_RAW = 101, LINK_IPV4 = 228, ETHERNET_HEADER = 14 };

// The IPv4 packet of nearly every frame of a telescope: right behind an Ethernet header, or with
// none. Empty if it is not there.
static inline struct span plain_ip(const struct frame *frame)
{
	const struct span captured = frame->captured;
	if (frame->link_type == LINK_ETHERNET && captured.length >= ETHERNET_HEADER &&
	    span_u16(captured, 12) == 0x0800)
		return span_from(captured, ETHERNET_HEADER);
	const bool is_raw = frame->link_type == LINK_RAW || frame->link_type == LINK_IPV4;
	return is_raw ? captured : (struct span){ .length = 0 };
}

void decode_frames(const struct frame *frames, size_t count, struct packet *out)
{
	const struct link_type *link = NULL;
	uint16_t number = 0;
	for (size_t i = 0; i < count; i++) {
		const struct frame *frame = &frames[i];
		struct packet *packet = &out[i];
		if (decode_plain(plain_ip(frame), frame, packet))
			continue;
		*packet = (struct packet){ .time_ns = frame->time_ns,
			                   .time_digits = frame->time_digits,
			                   .packets = 1 };
		// Nearly all captures have one link type: it is looked up once.
		if (link == NULL || number != frame->link_type) {
			link = link_type_find(frame->link_type);
			number = frame->link_type;
		}
		if (link == NULL && number == LINK_TYPE_UNKNOWN)
			link_stop(packet, KIND_UNKNOWN_LINK, REASON_NO_LINK_TYPE, 0);
		else if (link == NULL)
			link_stop(packet, KIND_UNKNOWN_LINK, REASON_LINK_TYPE, number);
		else
			link_decode(link, frame->captured, packet);
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
		add_word(out, "more");
	if (options & OPTIONS_MALFORMED)
		add_word(out, "malformed");
	if (out[0] == '\0')
		add_word(out, "none");
}
