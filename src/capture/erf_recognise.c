// SPDX-License-Identifier: MIT
// ERF has no magic number. A file is taken for it if its first records hang
// together: each is of a type that exists, ends where the next one begins, was
// captured between 1990 and 2100, at most a year later and two seconds earlier than
// the one before it (several interfaces are in no strict order), and some of them
// hold what their type says.
//
// How much the content of a record weighs: 2 if it begins as IP does in such frames,
// 1 if it begins as such frames do, 0 if nothing can be said. Taken is a file of
// weight 2, or of 1 if it ends with that record. Random bytes make a record of weight
// 1 about once in 10,000 times, and of weight 2 about once in 10^9; the next one
// has to be in order of time beside that. Text and zeros make none. A file that is
// cut off in its first record is refused, and one of nothing but types that hotaru
// has no use for.
#include "capture/erf_record.h"

enum {
	RECORDS_TO_LOOK_AT = 16,
	WEIGHT_ENOUGH = 2,
	TIME_AHEAD_MAX = 366 * 24 * 3600,  // seconds
	FLAG_VARYING = 0x04,
	FLAG_RESERVED = 0x80,
	IPV4_HEADER = 20,
};

enum { IMPOSSIBLE = -1 };

static bool is_ip_ethertype(uint16_t type)
{
	return type == 0x0800 || type == 0x0806 || type == 0x86dd || type == 0x8100 ||
	       type == 0x88a8;
}

static int weigh_ethernet(const struct erf_record *record, struct span frame)
{
	if (span_u8(record->bytes, record->header - 2) != 0)
		return 0;
	const bool is_pad_zero = span_u8(record->bytes, record->header - 1) == 0;
	return frame.length >= 14 && is_pad_zero && is_ip_ethertype(span_u16(frame, 12)) ? 2 : 1;
}

static int weigh_hdlc(struct span frame)
{
	if (frame.length < 4)
		return 0;
	const uint16_t start = span_u16(frame, 0), protocol = span_u16(frame, 2);
	if (start == 0x0f00 || start == 0x8f00)
		return is_ip_ethertype(protocol) ? 2 : 1;
	if (start == 0xff03)
		return protocol == 0x0021 || protocol == 0x0057 ? 2 : 1;
	return 0;
}

static int weigh_aal5(struct span frame)
{
	const struct span llc = span_from(frame, 4);  // behind the header of the cell
	if (llc.length < 8 || span_u32(llc, 0) != 0xaaaa0300)
		return 0;
	return span_u16(llc, 4) == 0 && is_ip_ethertype(span_u16(llc, 6)) ? 2 : 1;
}

static int weigh_ip(const struct erf_record *record, struct span frame)
{
	if (frame.length < IPV4_HEADER)
		return 0;
	const unsigned version = span_u8(frame, 0) >> 4;
	if (record->payload == ERF_IPV6)
		return version == 6 && span_u16(frame, 4) + 40 <= record->wire ? 1 : IMPOSSIBLE;
	const uint16_t length = span_u16(frame, 2);
	const bool is_ip = version == 4 && (span_u8(frame, 0) & 15) >= 5 && length >= 20;
	return is_ip && length <= record->wire ? 1 : IMPOSSIBLE;
}

// A section begins with a number from ff00 on.
static int weigh_meta(struct span frame)
{
	return frame.length >= 8 && span_u8(frame, 0) == 0xff ? 1 : 0;
}

static int weigh(const struct erf_record *record)
{
	const struct span frame = span_from(record->bytes, record->header);
	switch (record->payload) {
	case ERF_ETHERNET: return weigh_ethernet(record, frame);
	case ERF_HDLC: return weigh_hdlc(frame);
	case ERF_ATM:
	case ERF_AAL5: return weigh_aal5(frame);
	case ERF_IPV4:
	case ERF_IPV6: return weigh_ip(record, frame);
	case ERF_META: return weigh_meta(frame);
	case ERF_UNDEFINED:
	case ERF_OTHER:
	case ERF_LOCAL:
	case ERF_PAD: break;
	}
	return 0;
}

// By its header alone. `previous_s` is 0 if there is none.
static bool can_follow(const struct erf_record *record, uint64_t previous_s)
{
	return record->payload != ERF_LOCAL && (record->flags & FLAG_RESERVED) == 0 &&
	       reader_can_follow(record->time >> 32, previous_s, TIME_AHEAD_MAX);
}

// Records of varying lengths have no more than 16 bytes of padding.
static bool has_fitting_length(const struct erf_record *record)
{
	if (record->payload == ERF_META || record->payload == ERF_OTHER)
		return true;
	const bool is_tight = record->total - record->header <= record->wire + 16u;
	return record->wire > 0 && (is_tight || (record->flags & FLAG_VARYING) == 0);
}

bool erf_recognise(struct span head)
{
	struct cursor window = cursor_over(head);
	uint64_t previous_s = 0;
	int sum = 0;
	for (unsigned i = 0; i < RECORDS_TO_LOOK_AT && cursor_left(&window) >= ERF_HEADER; i++) {
		struct erf_record record = { 0 };
		const enum erf_look look = erf_look(window, &record);
		if (look == ERF_WRONG)
			return false;
		if (record.payload != ERF_PAD && !can_follow(&record, previous_s))
			return false;
		if (look == ERF_MORE)
			break;
		cursor_take(&window, record.total);
		if (record.payload == ERF_PAD)
			continue;
		const int weight = has_fitting_length(&record) ? weigh(&record) : IMPOSSIBLE;
		if (weight == IMPOSSIBLE)
			return false;
		sum += weight;
		previous_s = record.time >> 32;
	}
	return sum >= WEIGHT_ENOUGH || (sum > 0 && cursor_left(&window) == 0);
}
