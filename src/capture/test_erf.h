// SPDX-License-Identifier: MIT
// For the tests of ERF: records of any type.
#pragma once

#include "capture/reader.h"
#include "capture/test_capture.h"

enum { META = 27, PAD = 48 };

// A record; its frame is `start` and then `more` bytes of `fill`.
struct made {
	uint64_t time;
	uint8_t type;
	uint8_t extensions;
	uint8_t flags;
	uint8_t sub_length;
	uint8_t sub[4];
	uint8_t start_length;
	uint8_t start[24];
	uint16_t more;
	uint16_t padding;
	uint16_t wire;
};

static inline void big_u16(struct maker *m, size_t value)
{
	buffer_byte(&m->out, (uint8_t)(value >> 8));
	buffer_byte(&m->out, (uint8_t)value);
}

static inline void erf_record(struct maker *m, const struct made *r, uint8_t fill)
{
	const size_t length = 16u + 8u * r->extensions + r->sub_length + r->start_length + r->more +
	                      r->padding;
	buffer_u64(&m->out, r->time);
	buffer_byte(&m->out, (uint8_t)(r->type | (r->extensions > 0 ? 0x80 : 0)));
	buffer_byte(&m->out, r->flags);
	big_u16(m, length);
	big_u16(m, 0x0102);  // lost, or colour
	big_u16(m, r->wire);
	for (unsigned i = 1; i <= r->extensions; i++) {
		buffer_byte(&m->out, i < r->extensions ? 0x83 : 0x03);
		make_bytes(m, 0xff, 7);
	}
	buffer_append(&m->out, r->sub, r->sub_length);
	buffer_append(&m->out, r->start, r->start_length);
	make_bytes(m, fill, r->more);
	make_bytes(m, 0, r->padding);
}

#define some_time (UINT64_C(1600000000) << 32)

#define ETHERNET_IP                                                                                \
	.start_length = 16,                                                                        \
	.start = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x08, 0x00, 0x45, 0x00 }

static inline struct made ethernet(uint32_t second)
{
	return (struct made){ .time = some_time + ((uint64_t)second << 32),
		              .type = 2,
		              .flags = 4,
		              .sub_length = 2,
		              ETHERNET_IP,
		              .more = 46,
		              .padding = 6,
		              .wire = 66 };
}

// Whether a file of these records is taken for ERF.
static inline bool is_taken(const struct made *records, size_t count)
{
	struct maker m = maker_for(false);
	for (size_t i = 0; i < count; i++)
		erf_record(&m, &records[i], 1);
	const bool is_erf = reader_erf.recognise(buffer_span(&m.out));
	buffer_done(&m.out);
	return is_erf;
}
