// SPDX-License-Identifier: MIT
#include "capture/erf_record.h"

enum {
	LINKTYPE_ETHERNET = 1,
	LINKTYPE_PPP = 9,
	LINKTYPE_PPP_HDLC = 50,
	LINKTYPE_ATM_RFC1483 = 100,
	LINKTYPE_RAW = 101,
	LINKTYPE_C_HDLC = 104,
	LINKTYPE_ERF = 197,
	LINKTYPE_IPV4 = 228,
	LINKTYPE_IPV6 = 229,
};

enum { EXTENSION = 8, HAS_EXTENSION = 0x80, ATM_HEADER = 4 };
enum { TYPE_MAX = 29, TYPE_LOCAL_MAX = 47, TYPE_PAD = 48 };

static const struct {
	enum erf_payload payload;
	uint8_t sub_header;
} types[TYPE_MAX + 1] = {
	[1] = { ERF_HDLC, 0 },       // HDLC_POS
	[2] = { ERF_ETHERNET, 2 },   // ETH
	[3] = { ERF_ATM, 0 },        // ATM
	[4] = { ERF_AAL5, 0 },       // AAL5
	[5] = { ERF_HDLC, 4 },       // MC_HDLC
	[6] = { ERF_OTHER, 4 },      // MC_RAW
	[7] = { ERF_ATM, 4 },        // MC_ATM
	[8] = { ERF_OTHER, 4 },      // MC_RAW_CHANNEL
	[9] = { ERF_AAL5, 4 },       // MC_AAL5
	[10] = { ERF_HDLC, 0 },      // COLOR_HDLC_POS
	[11] = { ERF_ETHERNET, 2 },  // COLOR_ETH
	[12] = { ERF_OTHER, 4 },     // MC_AAL2
	[13] = { ERF_OTHER, 0 },     // IP_COUNTER
	[14] = { ERF_OTHER, 0 },     // TCP_FLOW_COUNTER
	[15] = { ERF_HDLC, 0 },      // DSM_COLOR_HDLC_POS
	[16] = { ERF_ETHERNET, 2 },  // DSM_COLOR_ETH
	[17] = { ERF_HDLC, 4 },      // COLOR_MC_HDLC_POS
	[18] = { ERF_OTHER, 4 },     // AAL2
	[19] = { ERF_HDLC, 0 },      // COLOR_HASH_POS
	[20] = { ERF_ETHERNET, 2 },  // COLOR_HASH_ETH
	[21] = { ERF_OTHER, 0 },     // INFINIBAND
	[22] = { ERF_IPV4, 0 },      // IPV4
	[23] = { ERF_IPV6, 0 },      // IPV6
	[24] = { ERF_OTHER, 0 },     // RAW_LINK
	[25] = { ERF_OTHER, 0 },     // INFINIBAND_LINK
	[26] = { ERF_LOCAL, 0 },     // not given out
	[27] = { ERF_META, 0 },      // META
	[28] = { ERF_OTHER, 0 },     // OPA_SNC
	[29] = { ERF_OTHER, 0 },     // OPA_9B
};

// Types whose records have a colour where others count what was lost.
enum {
	COLORED = 1 << 10 | 1 << 11 | 1 << 15 | 1 << 16 | 1 << 17 | 1 << 19 | 1 << 20,
};

// Types 30 and 31 are not given out yet, 32 to 47 are for local use.
static inline enum erf_payload payload_of(uint8_t type)
{
	if (type <= TYPE_MAX)
		return types[type].payload;
	return type <= TYPE_LOCAL_MAX ? ERF_LOCAL : type == TYPE_PAD ? ERF_PAD : ERF_UNDEFINED;
}

static inline bool says_lost(uint8_t type)
{
	if (type > TYPE_MAX)
		return type == TYPE_PAD;
	return !(COLORED >> type & 1) && types[type].payload != ERF_LOCAL;
}

// Moves over the extension headers. False if there are not that many bytes.
static inline bool skip_extensions(struct cursor *c, uint8_t type)
{
	while ((type & HAS_EXTENSION) != 0) {
		const struct span extension = cursor_take(c, EXTENSION);
		if (c->is_short)
			return false;
		type = span_u8(extension, 0);
	}
	return true;
}

enum erf_look erf_look(struct cursor window, struct erf_record *record)
{
	struct cursor c = window;
	const struct span header = cursor_take(&c, ERF_HEADER);
	record->total = ERF_HEADER;
	if (c.is_short)
		return ERF_MORE;
	const uint8_t type = span_u8(header, 8);
	record->type = type & 0x7f;
	record->time = span_u64_le(header, 0);
	record->flags = span_u8(header, 9);
	record->total = span_u16(header, 10);
	record->says_lost = says_lost(record->type);
	record->lost = record->says_lost ? span_u16(header, 12) : 0;
	record->wire = span_u16(header, 14);
	record->payload = payload_of(record->type);
	record->wrong = "the record is of a type that does not exist";
	if (record->payload == ERF_UNDEFINED)
		return ERF_WRONG;
	record->bytes = cursor_take(&window, record->total);
	if (window.is_short)
		return ERF_MORE;
	c = cursor_over(record->bytes);
	cursor_take(&c, ERF_HEADER);
	skip_extensions(&c, type);
	record->wrong = "the record claims to be shorter than its headers";
	cursor_take(&c, record->type <= TYPE_MAX ? types[record->type].sub_header : 0);
	if (c.is_short)
		return ERF_WRONG;
	record->header = record->total - (uint32_t)cursor_left(&c);
	return ERF_WHOLE;
}

// Parts of a second come as 2^-32; rounding gives back the nanoseconds they were
// made from.
static inline uint64_t nanoseconds(uint64_t time)
{
	const uint64_t parts = time & UINT32_MAX;
	return (time >> 32) * 1000000000 + ((parts * 1000000000 + (UINT64_C(1) << 31)) >> 32);
}

static uint16_t hdlc_link_type(struct span frame)
{
	if (frame.length < 2)
		return LINKTYPE_ERF;
	switch (span_u16(frame, 0)) {
	case 0x0f00:  // Cisco HDLC: unicast
	case 0x8f00:  // and multicast
		return LINKTYPE_C_HDLC;
	case 0xff03:  // PPP with address and control
		return LINKTYPE_PPP_HDLC;
	case 0x0021:  // PPP without them: IPv4
	case 0x0057:  // IPv6
		return LINKTYPE_PPP;
	default: return LINKTYPE_ERF;
	}
}

// AAL5 carries IP behind an LLC header, or alone (RFC 2684). Of single cells only the
// first of a frame begins with LLC; what the others hold nobody can tell, so that
// IP alone is believed in reassembled frames only.
static uint16_t aal5_link_type(struct span frame, bool is_reassembled)
{
	if (frame.length >= 3 && (span_u16(frame, 0) == 0xaaaa || span_u16(frame, 0) == 0xfefe) &&
	    span_u8(frame, 2) == 0x03)
		return LINKTYPE_ATM_RFC1483;
	if (is_reassembled && frame.length >= 20 && span_u8(frame, 0) >= 0x45 &&
	    span_u8(frame, 0) <= 0x4f && span_u16(frame, 2) >= 20)
		return LINKTYPE_RAW;
	return LINKTYPE_ERF;
}

// The link type of the frame, which is cut down to what that means.
static uint16_t find_link_type(const struct erf_record *record, struct span *frame, uint32_t *wire)
{
	switch (record->payload) {
	// The guide calls the first byte of the sub-header an offset: how much of the frame's head
	// was left out. No card leaves out any, but cards write other things there: 98 of the 100
	// records of a capture that comes with libtrace have neither byte zero, and whole frames.
	// So nobody believes the two (libpcap, Wireshark and libtrace go over them).
	case ERF_ETHERNET: return LINKTYPE_ETHERNET;
	case ERF_HDLC: return hdlc_link_type(*frame);
	case ERF_IPV4: return LINKTYPE_IPV4;
	case ERF_IPV6: return LINKTYPE_IPV6;
	case ERF_ATM:
	case ERF_AAL5:
		*frame = span_from(*frame, ATM_HEADER);
		*wire = *wire > ATM_HEADER ? *wire - ATM_HEADER : 0;
		return aal5_link_type(*frame, record->payload == ERF_AAL5);
	case ERF_UNDEFINED:
	case ERF_META:
	case ERF_OTHER:
	case ERF_LOCAL:
	case ERF_PAD: break;
	}
	return LINKTYPE_ERF;
}

void erf_frame(const struct erf_record *record, struct frame *frame)
{
	struct span captured = span_from(record->bytes, record->header);
	uint32_t wire = record->wire;
	frame->link_type = find_link_type(record, &captured, &wire);
	if (frame->link_type == LINKTYPE_ERF) {
		captured = record->bytes;
		wire = record->header + record->wire;
	}
	if (captured.length > wire)
		captured.length = wire;  // the rest is padding
	frame->captured = captured;
	frame->length_wire = wire;
	frame->time_ns = nanoseconds(record->time);
	frame->time_digits = 9;
}
