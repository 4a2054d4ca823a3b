// SPDX-License-Identifier: MIT
// The SYN behind every link layer, cut at every length; and random bytes.
#include "base/random.h"
#include "decode/layers.h"
#include "decode/test_frames.h"

enum { HEADERS_MAX = 180, FRAME_SIZE = 256, LINK_TYPES_KNOWN = 73 };

// What stands in front of the IPv4 header: of IPv4, IPv6 and of something else.
struct wrapping {
	uint16_t link_type;
	size_t length;
	uint8_t ipv4[HEADERS_MAX], ipv6[HEADERS_MAX], other[HEADERS_MAX];
	enum reason reason;  // of the something else
	uint32_t number;
};

#define MACS 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
#define COOKED 0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0
#define COOKED_2 0, 0, 0, 0, 0, 9, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0

#define PREAMBLE 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55
#define SNAP 0xaa, 0xaa, 3, 0, 0, 0
#define WIFI_TO_DS 8, 1, 0, 0, MACS, 1, 2, 3, 4, 5, 6, 0x40, 0
#define AVS 0x80, 0x21, 0x10, 1, 0, 0, 0, 12, 9, 9, 9, 9
#define ERF(type) 1, 2, 3, 4, 5, 6, 7, 8, type, 0, 0, 90, 0, 0, 0, 60
#define EXTENSION(type) type, 1, 2, 3, 4, 5, 6, 7
#define MGC(flags) 'M', 'G', 'C', flags

// Not formatted: a table of frames is read line by line.
// clang-format off
static const struct wrapping wrappings[] = {
	// Ethernet, VLAN tags, MPLS, PPPoE, LLC.
	{ 1, 14, { MACS, 8, 0 }, { MACS, 0x86, 0xdd }, { MACS, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 1, 14, { MACS, 8, 0 }, { MACS, 0x86, 0xdd }, { MACS, 0x88, 0xcc }, REASON_ETHERTYPE,
	  0x88cc },
	{ 1, 18, { MACS, 0x81, 0, 0xff, 0xff, 8, 0 }, { MACS, 0x81, 0, 0, 5, 0x86, 0xdd },
	  { MACS, 0x81, 0, 0, 5, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 1, 22, { MACS, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0 },
	  { MACS, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 0x86, 0xdd },
	  { MACS, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 1, 22, { MACS, 0x91, 0, 0, 5, 0x92, 0, 0, 6, 8, 0 },
	  { MACS, 0x91, 0, 0, 5, 0x92, 0, 0, 6, 0x86, 0xdd },
	  { MACS, 0x91, 0, 0, 5, 0x92, 0, 0, 6, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 1, 20, { MACS, 0x89, 0x26, 0, 0, 0, 0, 8, 0 }, { MACS, 0x89, 0x26, 0, 0, 0, 0, 0x86, 0xdd },
	  { MACS, 0x89, 0x26, 0, 0, 0, 0, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 1, 22, { MACS, 0x89, 0x3f, 0, 0, 0, 0, 0, 0, 8, 0 },
	  { MACS, 0x89, 0x3f, 0, 0, 0, 0, 0, 0, 0x86, 0xdd },
	  { MACS, 0x89, 0x3f, 0, 0, 0, 0, 0, 0, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 1, 18, { MACS, 0x88, 0x47, 0, 1, 1, 64 }, { MACS, 0x88, 0x47, 0, 1, 1, 64, 0x60 },
	  { MACS, 0x88, 0x47, 0, 1, 1, 64, 0x00 }, REASON_PAYLOAD, 0 },
	{ 1, 22, { MACS, 0x88, 0x48, 0, 1, 0, 64, 0, 2, 1, 64 },
	  { MACS, 0x88, 0x48, 0, 1, 0, 64, 0, 2, 1, 64, 0x6f },
	  { MACS, 0x88, 0x48, 0, 1, 0, 64, 0, 2, 1, 64, 0x1c }, REASON_PAYLOAD, 0x1c },
	{ 1, 22, { MACS, 0x88, 0x64, 0x11, 0, 0, 1, 0, 62, 0, 0x21 },
	  { MACS, 0x88, 0x64, 0x11, 0, 0, 1, 0, 62, 0, 0x57 },
	  { MACS, 0x88, 0x64, 0x11, 0, 0, 1, 0, 62, 0xc0, 0x21 }, REASON_PPP_PROTOCOL, 0xc021 },
	{ 1, 16, { MACS, 0x88, 0x0b, 0, 0x21 }, { MACS, 0x88, 0x0b, 0x57 },
	  { MACS, 0x88, 0x0b, 0, 0x2d }, REASON_PPP_PROTOCOL, 0x2d },
	{ 1, 22, { MACS, 0, 60, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0 },
	  { MACS, 0, 60, 0xaa, 0xab, 3, 0, 0, 0xf8, 0x86, 0xdd },
	  { MACS, 5, 0xdc, 0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0 }, REASON_SNAP, 0x0c },
	{ 1, 17, { MACS, 0, 60, 6, 6, 3 }, { MACS, 0, 60, 0xfe, 0xfe, 3, 0x8e },
	  { MACS, 0, 38, 0x42, 0x42, 3 }, REASON_LLC_SAP, 0x42 },
	{ 1, 22, { MACS, 0x88, 0x70, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0 },
	  { MACS, 0x88, 0x70, 0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd }, { MACS, 0x88, 0x70, 6, 6, 0x0f },
	  REASON_LLC_SAP, 6 },
	{ 1, 40, { 1, 0, 0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 80, 0xaa, 0xaa, 3, [38] = 8 },
	  { 3, 0, 0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 80, 0xaa, 0xaa, 3, [38] = 0x86, 0xdd },
	  { 1, 0, 0x0c, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 80, 0xe0, 0xe0, 3 }, REASON_LLC_SAP, 0xe0 },
	// Shared media.
	{ 6, 22, { 0x10, 0x40, MACS, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0 },
	  { 0x10, 0x40, MACS, 0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd }, { 0x10, 0, MACS },
	  REASON_LINK_CONTROL, 0 },
	{ 6, 26, { 0x10, 0x40, 1, 2, 3, 4, 5, 6, 0x87, 8, 9, 10, 11, 12, 4, 0, 1, 2, 0xaa, 0xaa, 3,
	           0, 0, 0, 8, 0 },
	  { 0x10, 0x40, 1, 2, 3, 4, 5, 6, 0x87, 8, 9, 10, 11, 12, 2, 0, 0xfe, 0xfe, 3, 0x8e },
	  { 0x10, 0x40, MACS, 0xf0, 0xf0, 3 }, REASON_LLC_SAP, 0xf0 },
	{ 10, 21, { 0x50, MACS, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0 },
	  { 0xd1, MACS, 0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd }, { 0x41, MACS }, REASON_LINK_CONTROL,
	  0x41 },
	{ 7, 6, { 1, 2, 212, 0, 0, 9 }, { 1, 2, 196, 0, 0, 9 }, { 1, 2, 213 },
	  REASON_ARCNET_PROTOCOL, 213 },
	{ 7, 9, { 1, 2, 212, 0xff, 0xff, 0xff, 1, 0, 9 }, { 1, 2, 196, 0xff, 0xff, 0xff, 0, 0, 9 },
	  { 1, 2, 212, 2, 0, 9 }, REASON_FRAGMENT, 0 },
	{ 129, 5, { 1, 2, 0, 0, 240 }, { 1, 2, 0, 0, 196, 0, 0, 9 }, { 1, 2, 0, 0, 241 },
	  REASON_ARCNET_PROTOCOL, 241 },
	{ 129, 8, { 1, 2, 0, 0, 212, 3, 0, 9 }, { 1, 2, 0, 0, 196, 0, 0, 9 },
	  { 1, 2, 0, 0, 205 }, REASON_ARCNET_PROTOCOL, 205 },
	{ 122, 24, { MACS, 1, 2, 3, 4, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0 },
	  { MACS, 1, 2, 3, 4, 0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd },
	  { MACS, 1, 2, 3, 4, 0xaa, 0xaa, 3, 0, 0, 0, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 138, 18, { MACS, 1, 2, 3, 4, 8, 0 }, { MACS, 1, 2, 3, 4, 0x86, 0xdd },
	  { MACS, 1, 2, 3, 4, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 242, 44, { [40] = 8 }, { [40] = 0x86, 0xdd }, { [40] = 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 99, 44, { [6] = 8 }, { [6] = 0x86, 0xdd }, { [6] = 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 3, 16, { 2, 2, 2, 2, 2, 2, 0x60, 4, 4, 4, 4, 4, 4, 0x61, 3, 0xcc }, { 0 },
	  { 2, 2, 2, 2, 2, 2, 0x60, 4, 4, 4, 4, 4, 4, 0x61, 3, 0xcd }, REASON_AX25_PROTOCOL, 0xcd },
	{ 202, 17, { 0, 2, 2, 2, 2, 2, 2, 0x60, 4, 4, 4, 4, 4, 4, 0x61, 0, 0xcc }, { 0 },
	  { 0, 2, 2, 2, 2, 2, 2, 0x60, 4, 4, 4, 4, 4, 4, 0x61, 0x3f }, REASON_LINK_CONTROL, 0x3f },
	{ 143, 20, { 0, 0, 0, 80, 9, 9, MACS, 8, 0 }, { 0, 0, 0, 80, 9, 9, MACS, 0x86, 0xdd },
	  { 0xc2, 0, 0, 80, 9, 9 }, REASON_LINK_CONTROL, 0xc2 },
	{ 143, 23, { 1, 3, 0, 80, 7, 7, 7, 9, 9, MACS, 8, 0 },
	  { 1, 3, 0, 80, 7, 7, 7, 9, 9, MACS, 0x86, 0xdd }, { 1, 3, 0, 80, 7, 7, 7, 9, 9, MACS, 8, 6 },
	  REASON_ETHERTYPE, 0x0806 },
	{ 110, 16, { 0, 1, MACS, 8, 0 }, { 0, 1, MACS, 0x86, 0xdd }, { 0, 1, MACS, 8, 6 },
	  REASON_ETHERTYPE, 0x0806 },
	{ 240, 18, { 0, 0, 0, 0, MACS, 8, 0 }, { 0, 0, 0, 0, MACS, 0x86, 0xdd },
	  { 0, 0, 0, 0, MACS, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 241, 26, { 1, 1, 1, 1, PREAMBLE, 0xd5, MACS, 8, 0 },
	  { 1, 1, 1, 1, PREAMBLE, 0xd5, MACS, 0x86, 0xdd },
	  { 1, 1, 1, 1, PREAMBLE, 0xd5, MACS, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 259, 20, { 0xd5, 0x55, 0x55, 0, 1, 9, MACS, 8, 0 },
	  { 0xd5, 0x55, 0x55, 0, 1, 9, MACS, 0x86, 0xdd }, { 0xd5, 0x55, 0x55, 0, 1, 9, MACS, 8, 6 },
	  REASON_ETHERTYPE, 0x0806 },
	{ 274, 22, { PREAMBLE, 0xd5, MACS, 8, 0 }, { PREAMBLE, 0xe6, MACS, 0x86, 0xdd },
	  { PREAMBLE, 0x07 }, REASON_LINK_CONTROL, 7 },
	{ 274, 22, { PREAMBLE, 0xb3, MACS, 8, 0 }, { PREAMBLE, 0x4c, MACS, 0x86, 0xdd },
	  { 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x61, 0xe6 }, REASON_FRAGMENT, 0 },
	{ 281, 18, { MACS, 1, 2, 3, 4, 8, 0 }, { MACS, 1, 2, 3, 4, 0x86, 0xdd },
	  { MACS, 1, 2, 3, 4, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 282, 18, { 1, 2, 3, 4, MACS, 8, 0 }, { 1, 2, 3, 4, MACS, 0x86, 0xdd },
	  { 1, 2, 3, 4, MACS, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 284, 18, { MACS, 1, 2, 3, 4, 8, 0 }, { MACS, 1, 2, 3, 4, 0x86, 0xdd },
	  { MACS, 1, 2, 3, 4, 0, 38, 0x42, 0x42, 3 }, REASON_LLC_SAP, 0x42 },
	{ 285, 22, { MACS, 0xda, 0xda, 0, 0, 1, 2, 3, 4, 8, 0 },
	  { MACS, 0xda, 0xda, 0, 0, 1, 2, 3, 4, 0x86, 0xdd },
	  { MACS, 0xda, 0xda, 0, 0, 1, 2, 3, 4, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	// Between two ends.
	{ 9, 2, { 0, 0x21 }, { 0, 0x57 }, { 0xc0, 0x21 }, REASON_PPP_PROTOCOL, 0xc021 },
	{ 9, 4, { 0xff, 3, 0, 0x21 }, { 0xff, 3, 0, 0x57 }, { 0xff, 3, 0, 0xfd },
	  REASON_PPP_PROTOCOL, 0xfd },
	{ 9, 4, { 0x0f, 0, 8, 0 }, { 0x8f, 0, 0x86, 0xdd }, { 0x8f, 0, 0x80, 0x35 },
	  REASON_HDLC_PROTOCOL, 0x8035 },
	{ 9, 3, { 0xff, 3, 0x21 }, { 0xff, 3, 0x57 }, { 0xff, 3, 0x2f }, REASON_PPP_PROTOCOL, 0x2f },
	{ 9, 1, { 0x21 }, { 0x57 }, { 0x3d }, REASON_PPP_PROTOCOL, 0x3d },
	{ 9, 8, { 0xff, 3, 2, 0x81, 0, 1, 1, 64 }, { 0xff, 3, 2, 0x83, 0, 1, 1, 64, 0x60 },
	  { 0xff, 3, 2, 0x81, 0, 1, 1, 64, 0x12 }, REASON_PAYLOAD, 0x12 },
	{ 9, 18, { 0, 0x31, 0, 1, MACS, 8, 0 }, { 0, 0x31, 0, 1, MACS, 0x86, 0xdd },
	  { 0, 0x31, 0, 2 }, REASON_PPP_PROTOCOL, 0x31 },
	{ 9, 22, { 0, 0x31, 0x40, 1, 7, 7, 7, 7, MACS, 8, 0 },
	  { 0, 0x31, 0x40, 1, 7, 7, 7, 7, MACS, 0x86, 0xdd }, { 0, 0x31, 0x40, 1, 7, 7, 7, 7, MACS, 8, 6 },
	  REASON_ETHERTYPE, 0x0806 },
	{ 50, 4, { 0xff, 3, 0, 0x21 }, { 0xff, 3, 0, 0x57 }, { 0xff, 3, 0x80, 0x21 },
	  REASON_PPP_PROTOCOL, 0x8021 },
	{ 50, 4, { 0x0f, 0, 8, 0 }, { 0x8f, 0, 0x86, 0xdd }, { 0x8f, 0, 0x80, 0x35 },
	  REASON_HDLC_PROTOCOL, 0x8035 },
	{ 51, 8, { 0x11, 0, 0, 1, 0, 62, 0, 0x21 }, { 0x11, 0, 0, 1, 0, 62, 0, 0x57 },
	  { 0x11, 9, 0, 0, 0, 4 }, REASON_LINK_CONTROL, 9 },
	{ 103, 24, { [5] = 0, 0x21 }, { [5] = 0, 0x57 }, { [5] = 0xc0, 0x21 }, REASON_PPP_PROTOCOL,
	  0xc021 },
	{ 166, 4, { 1, 3, 0, 0x21 }, { 0, 3, 0, 0x57 }, { 0, 3, 0xc2, 0x23 }, REASON_PPP_PROTOCOL,
	  0xc223 },
	{ 204, 5, { 1, 0xff, 3, 0, 0x21 }, { 0, 0xff, 3, 0, 0x57 }, { 0, 0xff, 3, 0xc2, 0x23 },
	  REASON_PPP_PROTOCOL, 0xc223 },
	{ 204, 3, { 1, 0, 0x21 }, { 0, 0, 0x57 }, { 0, 0xc2, 0x23 }, REASON_PPP_PROTOCOL, 0xc223 },
	{ 104, 4, { 0x0f, 0, 8, 0 }, { 0x0f, 0, 0x86, 0xdd }, { 0x8f, 0, 0x20, 0 },
	  REASON_HDLC_PROTOCOL, 0x2000 },
	{ 104, 8, { 0x0f, 0, 0x88, 0x47, 0, 1, 1, 64 }, { 0x0f, 0, 0x88, 0x47, 0, 1, 1, 64, 0x60 },
	  { 0x0f, 0, 0xfe, 0xfe }, REASON_HDLC_PROTOCOL, 0xfefe },
	{ 205, 5, { 1, 0x0f, 0, 8, 0 }, { 0, 0x0f, 0, 0x86, 0xdd }, { 0, 0x0f, 0, 8, 6 },
	  REASON_ETHERTYPE, 0x0806 },
	{ 107, 4, { 0x18, 0x41, 3, 0xcc }, { 0x18, 0x41, 3, 0x8e }, { 0x18, 0x41, 3, 8 },
	  REASON_NLPID, 8 },
	{ 107, 5, { 0x18, 0x40, 0x41, 3, 0xcc }, { 0x18, 0x40, 0x41, 3, 0x8e },
	  { 0x18, 0x40, 0x41, 3, 0xb1 }, REASON_NLPID, 0xb1 },
	{ 107, 7, { 0x18, 0x40, 0x40, 0x41, 3, 0, 0xcc }, { 0x18, 0x40, 0x40, 0x41, 3, 0, 0x8e },
	  { 0x18, 0x41, 0x73 }, REASON_LINK_CONTROL, 0x73 },
	{ 107, 10, { 0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0 },
	  { 0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 0x86, 0xdd }, { 0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xc2, 0, 14 },
	  REASON_SNAP, 0x80c2 },
	{ 107, 24, { 0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xc2, 0, 7, MACS, 8, 0 },
	  { 0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xc2, 0, 1, MACS, 0x86, 0xdd },
	  { 0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xc2, 0, 7, MACS, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 107, 4, { 0x18, 0x41, 8, 0 }, { 0x18, 0x41, 0x86, 0xdd }, { 0x18, 0x41, 8, 6 },
	  REASON_ETHERTYPE, 0x0806 },
	{ 107, 6, { 0x18, 0x41, 3, 0xcf, 0, 0x21 }, { 0x18, 0x41, 3, 0xcf, 0, 0x57 },
	  { 0x18, 0x41, 3, 0xcf, 0xc0, 0x21 }, REASON_PPP_PROTOCOL, 0xc021 },
	{ 107, 4, { 0x18, 0x41, 8, 0 }, { 0x18, 0x41, 0x86, 0xdd }, { 0x18, 0x41, 4, 0 },
	  REASON_LINK_CONTROL, 4 },
	{ 206, 5, { 1, 0x18, 0x41, 3, 0xcc }, { 0, 0x18, 0x41, 3, 0x8e }, { 0, 0x18, 0x41, 3, 0x81 },
	  REASON_NLPID, 0x81 },
	{ 182, 6, { 0xc0, 5, 0x18, 0x41, 3, 0xcc }, { 0x80, 5, 0x18, 0x41, 3, 0x8e }, { 0x40, 5 },
	  REASON_FRAGMENT, 0 },
	{ 182, 6, { 0xc0, 5, 0x18, 0x41, 3, 0xcc }, { 0x80, 5, 0x18, 0x41, 3, 0x8e }, { 0xe1, 0 },
	  REASON_LINK_CONTROL, 0xe1 },
	{ 100, 8, { 0xaa, 0xaa, 3, 0, 0, 0, 8, 0 }, { 0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd },
	  { 0xaa, 0xaa, 3, 0, 0, 0, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 100, 4, { 0xfe, 0xfe, 3, 0xcc }, { 0xfe, 0xfe, 3, 0x8e }, { 0xfe, 0xfe, 3, 0x83 },
	  REASON_NLPID, 0x83 },
	{ 100, 2, { 3, 0xcc }, { 3, 0x8e }, { 3, 0x82 }, REASON_NLPID, 0x82 },
	{ 100, 24, { 0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 7, 0, 0, MACS, 8, 0 },
	  { 0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 1, 0, 0, MACS, 0x86, 0xdd },
	  { 0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 9, 0, 0, MACS, 8, 6 }, REASON_SNAP, 0x80c2 },
	{ 106, 8, { 0xaa, 0xaa, 3, 0, 0, 0, 8, 0 }, { 0x60 }, { 0xaa, 0xaa, 3, 0, 0, 0, 8, 6 },
	  REASON_ETHERTYPE, 0x0806 },
	{ 123, 12, { 2, 0, 0, 40, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0 },
	  { 0x82, 0, 0, 40, 0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd }, { 6, 0, 0, 5 }, REASON_LINK_CONTROL,
	  6 },
	{ 123, 20, { 1, 0, 0, 40, 0, 7, MACS, 8, 0 }, { 1, 0, 0, 40, 0, 7, MACS, 0x86, 0xdd },
	  { 1, 0, 0, 40, 0, 7, MACS, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 8, 16, { 1 }, { [16] = 0x60 }, { 0 }, REASON_NONE, 0 },
	{ 102, 24, { 1 }, { [24] = 0x60 }, { 0 }, REASON_NONE, 0 },
	{ 219, 4, { 0, 1, 1, 64 }, { 0, 1, 1, 64, 0x60 }, { 0, 1, 1, 64, 0xff }, REASON_PAYLOAD, 0xff },
	// Operating systems.
	{ 113, 16, { COOKED, 8, 0 }, { COOKED, 0x86, 0xdd }, { COOKED, 8, 6 }, REASON_ETHERTYPE,
	  0x0806 },
	{ 113, 20, { COOKED, 0x81, 0, 0, 5, 8, 0 }, { COOKED, 0x81, 0, 0, 5, 0x86, 0xdd },
	  { COOKED, 0x81, 0, 0, 5, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 113, 24, { COOKED, 0, 4, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0 },
	  { COOKED, 0, 4, 0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd }, { COOKED, 0, 1 },
	  REASON_DEVICE_PROTOCOL, 1 },
	{ 113, 20, { 0, 0, 3, 2, [16] = 0x18, 0x41, 3, 0xcc }, { 0, 0, 3, 2, [16] = 0x18, 0x41, 3, 0x8e },
	  { 0, 4, 3, 0x38, [14] = 8, 0 }, REASON_DEVICE_TYPE, 824 },
	{ 113, 56, { 0, 0, 3, 0x23, [14] = 0, 0x19, 0, 0, 8, [24] = 8, 2, [48] = 0xaa, 0xaa, 3, 0, 0, 0, 8, 0 },
	  { 0, 0, 3, 0x21, [14] = 0, 0x19, 8, 2, [40] = 0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd },
	  { 0, 0, 3, 0x21, [14] = 0, 0x19, 0x80, 0 }, REASON_WIFI_MANAGEMENT, 8 },
	{ 276, 20, { 8, 0, COOKED_2 }, { 0x86, 0xdd, COOKED_2 }, { 8, 6, COOKED_2 },
	  REASON_ETHERTYPE, 0x0806 },
	{ 276, 28, { 0, 4, COOKED_2, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0 },
	  { 0, 4, COOKED_2, 0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd }, { 0, 16, 0, 0, 0, 0, 0, 9, 3, 0x38 },
	  REASON_DEVICE_TYPE, 824 },
	{ 0, 4, { 2, 0, 0, 0 }, { 30, 0, 0, 0 }, { 7, 0, 0, 0 }, REASON_ADDRESS_FAMILY, 7 },
	{ 0, 4, { 0, 0, 0, 2 }, { 0, 0, 0, 24 }, { 0, 0, 0, 7 }, REASON_ADDRESS_FAMILY, 7 },
	{ 0, 4, { 2, 0, 0, 0 }, { 10, 0, 0, 0 }, { 0, 0, 0, 0 }, REASON_ADDRESS_FAMILY, 0 },
	{ 108, 4, { 0, 0, 0, 2 }, { 0, 0, 0, 28 }, { 0, 0, 0, 7 }, REASON_ADDRESS_FAMILY, 7 },
	{ 109, 12, { 2, 0, 0, 0 }, { 0, 0, 0, 24 }, { 26 }, REASON_ADDRESS_FAMILY, 26 },
	{ 117, 64, { 61, 2 }, { 61, 24 }, { 61, 18 }, REASON_ADDRESS_FAMILY, 18 },
	{ 226, 24, { 1, 2 }, { 1, 26 }, { 1, 24 + 1 }, REASON_ADDRESS_FAMILY, 25 },
	{ 239, 20, { 2, 0, 0, 5, 5, 0, 10, 0, 'x', 0, 0, 0, 4, 0, 20, 0x80, 64, 0, 9, 0 },
	  { 10, 0, 0, 5, 5, 0, 10, 0, 'x', 0, 0, 0, 4, 0, 20, 0x80, 64, 0, 9, 0 },
	  { 7, 0, 0, 5, 5, 0, 10, 0, 'x', 0, 0, 0, 4, 0, 20, 0x80, 64, 0, 9, 0 },
	  REASON_ADDRESS_FAMILY, 7 },
	{ 239, 16, { 2, 0, 0, 5, 0, 8, 0, 1, 0, 0, 0, 0, 0, 64, 0, 9 },
	  { 10, 0, 0, 5, 0, 8, 0, 1, 0, 0, 0, 0, 0, 64, 0, 9 },
	  { 0, 0, 0, 5, 0, 8, 0, 1, 0, 0, 0, 0, 0, 64, 0, 9 }, REASON_ADDRESS_FAMILY, 0 },
	// Headers that name another link type.
	{ 258, 30, { 16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9, 9, 9, 9, MACS, 8, 0 },
	  { 16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9, 9, 9, 9, MACS, 0x86, 0xdd },
	  { 16, 0, 0, 0, 0, 0, 0, 0, 1 }, REASON_NO_PACKET, 0 },
	{ 258, 12, { 12, 0, 0, 0, 1, 0, 0, 0, 12 }, { 12, 0, 0, 0, 1, 0, 0, 0, 14, [12] = 0x60 },
	  { 12, 0, 0, 0, 2, 0, 0, 0, 12 }, REASON_NO_PACKET, 0 },
	{ 192, 8, { 0, 0, 8, 0, 101 }, { 0, 0, 8, 0, 229, [8] = 0x60 }, { 0, 0, 8, 0, 105, [8] = 0xd4 },
	  REASON_WIFI_CONTROL, 13 },
	{ 192, 24, { 0, 0, 12, 0, 192, [12] = 0, 0, 12, 0, 228 }, { 0, 0, 12, 0, 229, [12] = 0x60 },
	  { 0, 0, 8, 0, 9, 0, 0, 0, 0x3d }, REASON_PPP_PROTOCOL, 0x3d },
	{ 128, 24, { 1, 0, 0, 1, 0, 11, 2, 9, 9, 1, MACS, 8, 0 },
	  { 1, 1, 0, 1, 0, 11, 2, 9, 9, 1, MACS, 0x86, 0xdd }, { 1, 0, 0, 99, 1 }, REASON_RECORD_TYPE,
	  99 },
	{ 128, 5, { 1, 0, 0, 7, 1 }, { 1, 0, 0, 7, 1, 0x60 }, { 1, 4, 0, 0 }, REASON_LINK_CONTROL, 4 },
	// IEEE 802.11.
	{ 105, 32, { WIFI_TO_DS, SNAP, 8, 0 }, { WIFI_TO_DS, SNAP, 0x86, 0xdd },
	  { WIFI_TO_DS, SNAP, 0x88, 0x8e }, REASON_ETHERTYPE, 0x888e },
	{ 105, 40, { 0x88, 3, [30] = 0, 0, SNAP, 8 }, { 0x88, 2, [24] = 0, 0, SNAP, 0x86, 0xdd },
	  { 0x88, 0x42 }, REASON_WIFI_PROTECTED, 0 },
	{ 105, 38, { 0x88, 0x82, [24] = 0, 0, 1, 2, 3, 4, SNAP, 8 },
	  { 0x88, 0x82, [24] = 0, 0, 1, 2, 3, 4, SNAP, 0x86, 0xdd }, { 0xc8, 2 }, REASON_WIFI_NO_DATA,
	  12 },
	{ 105, 48, { 0x88, 2, [24] = 0x80, 0, MACS, 0, 68, SNAP, 8 },
	  { 0x88, 2, [24] = 0x80, 0, MACS, 0, 68, SNAP, 0x86, 0xdd }, { 8, 2, [22] = 0x31, 0 , 0}, REASON_FRAGMENT,
	  0 },
	{ 105, 32, { WIFI_TO_DS, SNAP, 8, 0 }, { WIFI_TO_DS, SNAP, 0x86, 0xdd }, { 0x0c, 0 },
	  REASON_WIFI_MANAGEMENT, 0 },
	{ 127, 40, { 0, 0, 8, 0, 0, 0, 0, 0, WIFI_TO_DS, SNAP, 8, 0 },
	  { 0, 0, 8, 0, 0, 0, 0, 0, WIFI_TO_DS, SNAP, 0x86, 0xdd }, { 0, 0, 8, 0, 0, 0, 0, 0, 0xb4 },
	  REASON_WIFI_CONTROL, 11 },
	// With a second word of presence, the time, and flags that say padded: 26 bytes become 28.
	{ 127, 61, { 0, 0, 25, 0, 3, 0, 0, 0x80, [24] = 0x20, 0x88, 2, [53] = SNAP, 8 },
	  { 0, 0, 25, 0, 3, 0, 0, 0x80, [24] = 0x20, 0x88, 2, [53] = SNAP, 0x86, 0xdd },
	  { 0, 0, 25, 0, 3, 0, 0, 0x80, [24] = 0x20, 0x88, 0x42 }, REASON_WIFI_PROTECTED, 0 },
	{ 119, 176, { 0x44, [144] = WIFI_TO_DS, SNAP, 8, 0 },
	  { 0x44, [144] = WIFI_TO_DS, SNAP, 0x86, 0xdd }, { 0x44, [144] = 0x40 },
	  REASON_WIFI_MANAGEMENT, 4 },
	{ 119, 44, { AVS, WIFI_TO_DS, SNAP, 8, 0 }, { AVS, WIFI_TO_DS, SNAP, 0x86, 0xdd },
	  { AVS, 0x40 }, REASON_WIFI_MANAGEMENT, 4 },
	{ 163, 44, { AVS, WIFI_TO_DS, SNAP, 8, 0 }, { AVS, WIFI_TO_DS, SNAP, 0x86, 0xdd },
	  { AVS, 0x40 }, REASON_WIFI_MANAGEMENT, 4 },
	// Records.
	{ 197, 32, { ERF(2), 0, 0, MACS, 8, 0 }, { ERF(2), 0x17, 0x51, MACS, 0x86, 0xdd }, { ERF(48) },
	  REASON_RECORD_TYPE, 48 },
	{ 197, 48, { ERF(0x8b), EXTENSION(0x83), EXTENSION(3), 14, 0, MACS, 8, 0 },
	  { ERF(0x97), EXTENSION(3), 0x60 }, { ERF(0x9b), EXTENSION(3) }, REASON_RECORD_TYPE, 27 },
	{ 197, 20, { ERF(1), 0xff, 3, 0, 0x21 }, { ERF(10), 0x0f, 0, 0x86, 0xdd }, { ERF(15), 0x0f, 0, 0x80, 0x35 },
	  REASON_HDLC_PROTOCOL, 0x8035 },
	{ 197, 24, { ERF(5), 9, 9, 9, 9, 0xff, 3, 0, 0x21 }, { ERF(17), 9, 9, 9, 9, 0xff, 3, 0, 0x57 },
	  { ERF(5), 9, 9, 9, 9, 0xff, 3, 0xc0, 0x21 }, REASON_PPP_PROTOCOL, 0xc021 },
	{ 197, 28, { ERF(4), 9, 9, 9, 9, SNAP, 8, 0 }, { ERF(9), 9, 9, 9, 9, 8, 8, 8, 8, 0x60 },
	  { ERF(4), 9, 9, 9, 9, 0x0c }, REASON_PAYLOAD, 0x0c },
	{ 197, 16, { ERF(22) }, { ERF(23), 0x60 }, { ERF(0) }, REASON_RECORD_TYPE, 0 },
	{ 175, 32, { ERF(16), 0, 0, MACS, 8, 0 }, { ERF(20), 0xff, 0, MACS, 0x86, 0xdd }, { ERF(3) },
	  REASON_RECORD_TYPE, 3 },
	{ 176, 20, { ERF(19), 0xff, 3, 0, 0x21 }, { ERF(19), 0xff, 3, 0, 0x57 }, { ERF(7) },
	  REASON_RECORD_TYPE, 7 },
	{ 178, 18, { MGC(0), MACS, 8, 0 }, { MGC(1), MACS, 0x86, 0xdd }, { MGC(0), MACS, 8, 6 },
	  REASON_ETHERTYPE, 0x0806 },
	{ 178, 23, { MGC(0x80), 0, 3, 1, 1, 9, MACS, 8, 0 }, { MGC(0x80), 0, 3, 1, 1, 9, MACS, 0x86, 0xdd },
	  { MGC(0x80), 0, 3, 1, 1, 9, MACS, 8, 6 }, REASON_ETHERTYPE, 0x0806 },
	{ 178, 8, { MGC(3), 2, 0, 0, 0 }, { MGC(3), 2, 0, 0, 0, 0x60 }, { MGC(2), 2, 0, 0, 0, 0x88 },
	  REASON_PAYLOAD, 0x88 },
	{ 130, 8, { MGC(0), 5, 5, 0, 0x21 }, { MGC(0), 5, 5, 0, 0x57 }, { MGC(0), 5, 5, 0xc0, 0x21 },
	  REASON_PPP_PROTOCOL, 0xc021 },
	{ 130, 10, { MGC(0), 0x54, 5, 5, 5, 0, 0x21 }, { MGC(0), 0x54, 5, 5, 5, 0, 0x57 },
	  { MGC(0), 0x47, 0, 0, 0, 0x0c, 0, 0, 0, 0xc0, 0x21 }, REASON_PPP_PROTOCOL, 0xc021 },
	{ 130, 12, { MGC(0), 0x47, 0, 0, 0, 0, 0, 0, 0 }, { MGC(0), 0x47, 0, 0, 0, 0, 0x10, 0, 0 },
	  { MGC(0), 0x47, 0, 0, 0, 0, 0x30, 0, 0, 0x83 }, REASON_NLPID, 0x83 },
	{ 131, 8, { MGC(0), 5, 5, 3, 0xcc }, { MGC(0), 5, 5, 3, 0x8e }, { MGC(0), 5, 5, 7 },
	  REASON_LINK_CONTROL, 7 },
	{ 131, 16, { MGC(0), 0x47, 0, 0, 0, 0, 0x20, 0, 0, 0, 1, 1, 64 },
	  { MGC(0), 0x47, 0, 0, 0, 0, 0x20, 0, 0, 0, 1, 1, 64, 0x60 }, { MGC(0), 0x47, 0, 0, 0, 0, 0x70, 0, 0 },
	  REASON_RECORD_TYPE, 7 },
	{ 133, 12, { MGC(0), 5, 5, 2, 0, 0, 0, 0, 0 }, { MGC(0), 5, 5, 6, 0, 0, 0, 0, 0 },
	  { MGC(0), 5, 5, 1, 0, 0, 0, 0, 0 }, REASON_RECORD_TYPE, 1 },
	{ 134, 10, { MGC(0), 5, 5, 5, 5, 3, 0xcc }, { MGC(0), 0xc0, 1, 0x18, 0x41, 3, 0x8e },
	  { MGC(0), 0xe0, 0 }, REASON_LINK_CONTROL, 0xe0 },
	{ 135, 20, { MGC(1), 0, 0, 0, 0, 0, 0, 0, 0, SNAP, 8, 0 },
	  { MGC(0), 0, 0, 0, 1, 0, 0, 0, 0, MACS, 0x86, 0xdd }, { MGC(0), 0, 0, 0, 0, 0, 0, 0, 0x10 },
	  REASON_LINK_CONTROL, 0x10 },
	{ 135, 14, { MGC(1), 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x21 }, { MGC(1), 0, 0, 0, 1, 0, 0, 0, 0, 3, 0x8e },
	  { MGC(1), 0, 0, 0, 1, 0, 0, 0, 0, 0x1e }, REASON_PAYLOAD, 0x1e },
	{ 136, 12, { MGC(0), 5, 0, 0, 0, 0, 0, 0, 0 }, { MGC(0), 5, 0, 0, 0, 0, 0, 0, 0, 0x60 },
	  { MGC(0), 5, 0, 0, 0, 0, 0, 0, 0, 1 }, REASON_PAYLOAD, 1 },
	{ 164, 14, { MGC(0), 0x54, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, { MGC(0), 5, 0, 0, 0, 0, 0, 0, 0, 0x60 },
	  { MGC(0), 5, 0, 0, 0, 0, 0, 0, 0, 1 }, REASON_PAYLOAD, 1 },
	{ 137, 16, { MGC(0), 0, 0, 0, 0, SNAP, 8, 0 }, { MGC(0), 0, 0, 0, 0, 0x60 },
	  { MGC(0), 0x80, 0, 0, 0 }, REASON_LINK_CONTROL, 0x80 },
	{ 167, 18, { MGC(0), MACS, 8, 0 }, { MGC(0), MACS, 0x86, 0xdd }, { MGC(0), MACS, 0x88, 0x63 },
	  REASON_ETHERTYPE, 0x8863 },
	{ 168, 14, { MGC(0), 0x88, 0x64, 0x11, 0, 0, 1, 0, 62, 0, 0x21 },
	  { MGC(0), 0x88, 0x64, 0x11, 0, 0, 1, 0, 62, 0, 0x57 }, { MGC(0), 0x88, 0x63 }, REASON_ETHERTYPE, 0x8863 },
	{ 179, 6, { MGC(0), 0, 0x21 }, { MGC(0), 0, 0x57 }, { MGC(0), 0xc0, 0x21 },
	  REASON_PPP_PROTOCOL, 0xc021 },
	{ 180, 8, { MGC(0), 0x18, 0x41, 3, 0xcc }, { MGC(0), 0x18, 0x41, 3, 0x8e },
	  { MGC(0), 0x18, 0x41, 3, 8 }, REASON_NLPID, 8 },
	{ 181, 8, { MGC(0), 0x0f, 0, 8, 0 }, { MGC(0), 0x0f, 0, 0x86, 0xdd }, { MGC(0), 0x0f, 0, 8, 6 },
	  REASON_ETHERTYPE, 0x0806 },
};
// clang-format on
enum { WRAPPINGS = sizeof wrappings / sizeof *wrappings };

static struct packet wrapped(const struct wrapping *w, const uint8_t *ip, size_t length)
{
	uint8_t frame[FRAME_SIZE];
	memcpy(frame, w->ipv4, w->length);
	memcpy(frame + w->length, ip, length);
	return decoded(w->link_type, frame, w->length + length);
}

TEST(a_syn_is_read_behind_every_link_layer)
{
	for (size_t i = 0; i < WRAPPINGS; i++) {
		const struct packet p = wrapped(&wrappings[i], syn, sizeof syn);
		check_syn(&p);
	}
	const struct packet raw = decoded(101, syn, sizeof syn),
			    ipv4 = decoded(228, syn, sizeof syn),
			    other = decoded(229, syn, sizeof syn);
	check_syn(&raw);
	check_syn(&ipv4);
	check_syn(&other);
}

TEST(every_cut_counts_as_far_as_it_goes)
{
	for (size_t i = 0; i < WRAPPINGS; i++) {
		for (size_t length = 0; length < wrappings[i].length; length++) {
			const struct packet p = decoded(wrappings[i].link_type, wrappings[i].ipv4,
			                                length);
			CHECK((p.kind == KIND_CUT_SHORT && p.reason == REASON_CUT_LINK) ||
			      (p.kind == KIND_NOT_IP && p.reason == REASON_NO_PACKET &&
			       wrappings[i].link_type == 239));
			CHECK(p.ip.length == 0 && p.known == 0 && p.source == 0);
		}
		for (size_t length = 0; length <= sizeof syn; length++) {
			const struct packet p = wrapped(&wrappings[i], syn, length);
			check_cut(&p, length);
		}
	}
	for (size_t length = 0; length <= sizeof syn; length++) {
		const struct packet raw = decoded(101, syn, length),
				    ipv4 = decoded(228, syn, length);
		check_cut(&raw, length);
		check_cut(&ipv4, length);
	}
}

// A prefix is cut short or already what the whole is.
static void check_prefixes(uint16_t link_type, const uint8_t *bytes, size_t length)
{
	const struct packet whole = decoded(link_type, bytes, length);
	for (size_t cut = 0; cut < length; cut++) {
		const struct packet p = decoded(link_type, bytes, cut);
		const bool is_same = p.kind == whole.kind && p.reason == whole.reason &&
		                     p.reason_number == whole.reason_number;
		// Between two attributes nothing says whether more were to follow.
		CHECK(p.kind == KIND_CUT_SHORT || is_same || p.reason == REASON_NO_PACKET);
		check_consistent(&p);
	}
}

TEST(what_is_not_ipv4_says_what_it_is)
{
	for (size_t i = 0; i < WRAPPINGS; i++) {
		const struct wrapping *w = &wrappings[i];
		const unsigned before = test_failed_checks;
		struct packet p = decoded(w->link_type, w->ipv6, HEADERS_MAX);
		const bool is_ax25 = w->link_type == 3 || w->link_type == 202;  // no number for it
		CHECK(is_ax25 || (p.kind == KIND_IPV6 && p.reason == REASON_NONE));
		check_prefixes(w->link_type, w->ipv6, HEADERS_MAX);
		p = decoded(w->link_type, w->other, HEADERS_MAX);
		const bool is_named = p.kind == KIND_NOT_IP && p.reason == w->reason &&
		                      p.reason_number == w->number && p.ip.length == 0;
		CHECK(is_named || w->reason == REASON_NONE);
		check_prefixes(w->link_type, w->other, HEADERS_MAX);
		if (test_failed_checks > before)
			printf("wrapping %zu, link type %u: kind %u, reason %s %u\n", i,
			       w->link_type, p.kind, reason_names[p.reason], p.reason_number);
	}
	CHECK(decoded(101, "\x60", 1).kind == KIND_IPV6);
	CHECK(decoded(229, "\x60", 1).kind == KIND_IPV6);
	CHECK(decoded(228, "\x60", 1).kind == KIND_IPV6);
	CHECK(decoded(229, "\x50", 1).kind == KIND_MALFORMED);
	CHECK(decoded(229, "", 0).kind == KIND_CUT_SHORT);
	CHECK(decoded(9, "\x0f\x05\x08\0", 4).reason == REASON_PPP_PROTOCOL);
	CHECK(decoded(101, "\x50", 1).kind == KIND_MALFORMED);
	struct packet p = decoded(147, syn, sizeof syn);
	CHECK(p.kind == KIND_UNKNOWN_LINK && p.reason == REASON_LINK_TYPE &&
	      p.reason_number == 147 && p.ip.length == 0);
	// Within PPI: a link type that is not read, and a number that is none.
	p = decoded(192, "\0\0\x08\0\x93\0\0\0", 8);
	CHECK(p.kind == KIND_UNKNOWN_LINK && p.reason == REASON_LINK_TYPE &&
	      p.reason_number == 147);
	p = decoded(192, "\0\0\x08\0\1\0\1\0", 8);
	CHECK(p.kind == KIND_UNKNOWN_LINK && p.reason_number == 65537);
}

TEST(link_headers_that_cannot_be_are_malformed)
{
	static const struct {
		uint16_t link_type;
		uint8_t bytes[HEADERS_MAX];
	} cases[] = {
		{ 1, { MACS, 0x88, 0x64, 0x21 } },                        // version of PPPoE
		{ 6, { 0x10, 0x40, 1, 2, 3, 4, 5, 6, 0x80 } },            // path of 0 bytes
		{ 6, { 0x10, 0x40, 1, 2, 3, 4, 5, 6, 0x80, [14] = 5 } },  // of an odd number
		{ 3, { 0 } },                                             // addresses without end
		{ 107, { 0x19, 0x41, 3, 0xcc } },                         // an address of one byte
		{ 107, { 0x18, 0x40, 0x40, 0x40, 3, 0xcc } },             // of more than four
		{ 105, { 9, 1 } },                                        // version of 802.11
		{ 127, { 1, 0, 8 } },                                     // version of radiotap
		{ 127, { 0, 0, 7 } },                                     // length of radiotap
		{ 127, { 0, 0, 8, 0, 2 } },                    // its flags lie behind its end
		{ 127, { 0, 0, 8, 0, 0, 0, 0, 0x80 } },        // its presence does too
		{ 163, { 0x80, 0x21, 0x10, 1, 0, 0, 0, 7 } },  // length of AVS
		{ 192, { 1, 0, 8, 0, 101 } },                  // version of PPI
		{ 192, { 0, 0, 7, 0, 101 } },                  // length of PPI
		{ 258, { 11, 0, 0, 0, 1, 0, 0, 0, 1 } },       // length of PKTAP
		{ 117, { 44, 2 } },                            // length of PFLOG
		{ 226, { 2, 2 } },                             // version of IPNET
		{ 239, { 2, 1 } },                             // version of NFLOG
		{ 239, { 2, 0, 0, 0, 3, 0, 9, 0 } },           // length of an attribute
		{ 128, { 2, 0, 0, 1, 1 } },                    // version of TZSP
		{ 178, { 'M', 'G', 'B', 0, MACS, 8, 0 } },     // mark of Juniper
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct packet p = decoded(cases[i].link_type, cases[i].bytes, HEADERS_MAX);
		CHECK(p.kind == KIND_MALFORMED && p.reason == REASON_LINK_HEADER);
		check_prefixes(cases[i].link_type, cases[i].bytes, HEADERS_MAX);
	}
}

TEST(nflog_without_a_packet_says_so)
{
	CHECK(decoded(239, "\2\0\0\5", 4).reason == REASON_NO_PACKET);
	CHECK(decoded(239, "\2\0\0\5\x08\0\1\0\0\0\0\0", 12).reason == REASON_NO_PACKET);
}

// Deep stacks of headers: a long walk, no deep one.
TEST(headers_may_be_as_deep_as_the_frame_is_long)
{
	enum { LENGTH = 4 << 20 };
	static const struct {
		uint16_t link_type;
		uint8_t length;
		uint8_t bytes[8];
	} layers[] = {
		{ 219, 4, { 0, 1, 0, 64 } },               // MPLS labels
		{ 192, 8, { 0, 0, 8, 0, 192, 0, 0, 0 } },  // PPI in PPI
		{ 107, 4, { 0x18, 0x41, 3, 0 } },          // NLPID padding ends it soon
		{ 239, 4, { 4, 0, 1, 0 } },                // empty attributes
	};
	uint8_t *bytes = memory_new(LENGTH, 1);
	for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
		for (size_t at = 0; at < LENGTH; at++)
			bytes[at] = layers[i].bytes[at % layers[i].length];
		const struct packet p = decoded(layers[i].link_type, bytes, LENGTH);
		check_consistent(&p);
	}
	for (size_t at = 0; at < LENGTH; at++)
		bytes[at] = at % 4 == 0 ? 0x81 : 0;
	bytes[12] = 0x81;
	const struct packet p = decoded(1, bytes, LENGTH);  // tags up to the end
	CHECK(p.kind != KIND_SYN);
	memory_free(bytes);
}

TEST(link_types_have_names_and_stand_in_order)
{
	unsigned known = 0;
	for (unsigned number = 0; number < 65536; number++) {
		const bool is_known = decode_knows_link((uint16_t)number);
		CHECK(is_known == (decode_link_name((uint16_t)number) != NULL));
		known += is_known;
	}
	CHECK(known == LINK_TYPES_KNOWN);
	for (size_t i = 0; i < WRAPPINGS; i++)
		CHECK(decode_knows_link(wrappings[i].link_type));
	CHECK(!decode_knows_link(147) && !decode_knows_link(280) && !decode_knows_link(65535));
	CHECK(text_equal(decode_link_name(1), "ETHERNET"));
}

TEST(kinds_and_reasons_have_names)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		CHECK(kind_names[i] != NULL &&
		      kind_is_packet((enum kind)i) == (i >= KIND_LATER_FRAGMENT));
	CHECK(text_equal(kind_names[KIND_SYN], "syn") &&
	      text_equal(kind_names[KIND_OTHER_PROTOCOL], "other_protocol"));
	CHECK(text_equal(kind_names[KIND_OUTSIDE_TELESCOPE], "outside_telescope"));
	for (size_t i = 0; i < REASON_COUNT; i++)
		for (size_t k = 0; k < i; k++)
			CHECK(!text_equal(reason_names[i], reason_names[k]));
	CHECK(text_equal(reason_names[REASON_CUT_UDP], "cut_udp") &&
	      text_equal(reason_names[REASON_OTHER], "other"));
}

// Either noise, or the SYN with a few bytes changed. Returns its link type.
static uint16_t random_frame(struct random *r, uint8_t frame[FRAME_SIZE])
{
	static const uint8_t protocols[] = { 1, 6, 6, 17 }, flags[] = { 0x02, 0x12, 0x04, 0x10 };
	const struct wrapping *w = &wrappings[random_below(r, WRAPPINGS)];
	for (size_t i = 0; i < FRAME_SIZE; i++)
		frame[i] = (uint8_t)random_u32(r);
	if (random_below(r, 3) == 0)
		return random_below(r, 4) == 0 ? (uint16_t)random_below(r, 300) : w->link_type;
	memcpy(frame, w->ipv4, w->length);
	memcpy(frame + w->length, syn, sizeof syn);
	frame[w->length + 9] = protocols[random_below(r, 4)];
	frame[w->length + 33] = flags[random_below(r, 4)];
	for (unsigned changes = random_below(r, 4); changes > 0; changes--)
		frame[random_below(r, (uint32_t)w->length + 60)] = (uint8_t)random_u32(r);
	return w->link_type;
}

TEST(random_bytes_are_packets_like_any_other)
{
	unsigned seen[KIND_COUNT] = { 0 };
	for (uint64_t seed = 0; seed < 20000; seed++) {
		struct random r = random_from(seed);
		const unsigned before = test_failed_checks;
		uint8_t frame[FRAME_SIZE];
		const uint16_t link_type = random_frame(&r, frame);
		const struct packet p = decoded(link_type, frame,
		                                random_below(&r, sizeof frame + 1));
		check_consistent(&p);
		seen[p.kind]++;
		if (test_failed_checks > before)
			printf("seed %llu\n", (unsigned long long)seed);
	}
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		CHECK((seen[kind] > 0) == (kind != KIND_OUTSIDE_TELESCOPE));
}

TEST_MAIN
