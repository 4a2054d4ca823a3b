// SPDX-License-Identifier: MIT
// One record of the Extensible Record Format of Endace's DAG cards (ERF Types
// Reference Guide, EDM11-01; types also in Wireshark's wiretap/erf_record.h).
//
// Header, 16 bytes:
//    0  time        8, little-endian: seconds since 1970 and their 2^-32 parts
//    8  type        1: the low 7 bits; the high one says that extension headers follow
//    9  flags       1: 04 records have varying lengths, 08 cut, 10 error on the wire,
//                   20 error in the card, 43 interface
//   10  rlen        2, big-endian: length of the record, all headers and padding in it
//   12  lost        2, big-endian: records lost before this one, or a colour (drops.h)
//   14  wlen        2, big-endian: length on the wire
// Extension headers: 8 bytes each; the high bit of their first byte says that another
// follows. Then, by type, a sub-header of 0, 2 or 4 bytes, and the frame.
#pragma once

#include "capture/reader.h"

enum { ERF_HEADER = 16 };

// What a record holds.
enum erf_payload {
	ERF_UNDEFINED,
	ERF_ETHERNET,
	ERF_HDLC,  // PPP, Cisco HDLC or another protocol over it: the frame tells
	ERF_ATM,   // one cell: 4 bytes of its header, without checksum, and 48 more
	ERF_AAL5,  // the header of a cell, and a reassembled frame
	ERF_IPV4,
	ERF_IPV6,
	ERF_META,   // about the capture; no frame
	ERF_OTHER,  // a frame or counters that cannot hold an IP packet for hotaru
	ERF_LOCAL,  // a type for everybody's own use
	ERF_PAD,    // nothing
};

struct erf_record {
	enum erf_payload payload;
	uint8_t type;  // without its high bit
	uint8_t flags;
	uint16_t wire;  // wlen
	uint16_t lost;  // records before this one; 0 where it does not say
	bool says_lost;
	uint64_t time;    // as it stands there
	uint32_t total;   // rlen, or how many bytes are needed to know more
	uint32_t header;  // bytes in front of the frame
	struct span bytes;
	const char *wrong;  // why it is no record
};

enum erf_look { ERF_WHOLE, ERF_MORE, ERF_WRONG };

// What is at the beginning of the window. ERF_MORE: record->total bytes are needed,
// and what the header says is there if ERF_HEADER bytes are. ERF_WRONG: no record.
enum erf_look erf_look(struct cursor window, struct erf_record *record);

// The frame in a record that is there as a whole and no padding. What no link type
// of its own fits is handed out as it is: LINKTYPE_ERF, the whole record.
void erf_frame(const struct erf_record *record, struct frame *frame);

// Whether a file that begins like this is ERF. See erf_recognise.c.
bool erf_recognise(struct span head);
