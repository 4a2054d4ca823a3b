// SPDX-License-Identifier: MIT
// Flow files behind heads that are always right: records of a FlowTuple in a block whose
// lengths and marker hold, blocks as they come, a schema as it comes, and lines of a CSV.
//
// Input: a byte of choices, then what they say.
#include "check_capture.h"
#include "fuzz.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

enum { LENGTH_MAX = 32 * 1024, SYNC = 16 };
enum what { WHAT_RECORDS, WHAT_BLOCKS, WHAT_SCHEMA, WHAT_LINES, WHAT_COUNT };

static const char *const schemas[] = {
	"{\"type\":\"record\",\"name\":\"f\",\"fields\":["
	"{\"name\":\"time\",\"type\":\"long\"},{\"name\":\"src_ip\",\"type\":\"long\"},"
	"{\"name\":\"dst_ip\",\"type\":\"long\"},{\"name\":\"dst_port\",\"type\":\"int\"},"
	"{\"name\":\"protocol\",\"type\":\"int\"},{\"name\":\"tcp_flags\",\"type\":\"int\"},"
	"{\"name\":\"country\",\"type\":\"string\"},{\"name\":\"packet_cnt\",\"type\":\"long\"}]}",
	"{\"type\":\"record\",\"name\":\"f\",\"fields\":["
	"{\"name\":\"time\",\"type\":[\"null\",\"long\"]},{\"name\":\"src_ip\",\"type\":\"long\"},"
	"{\"name\":\"more\",\"type\":{\"type\":\"map\",\"values\":{\"type\":\"array\",\"items\":"
	"{\"type\":\"fixed\",\"name\":\"x\",\"size\":3}}}},"
	"{\"name\":\"dst_net\",\"type\":\"long\"},{\"name\":\"dst_port\",\"type\":\"int\"},"
	"{\"name\":\"protocol\",\"type\":\"int\"},{\"name\":\"packet_cnt\",\"type\":\"long\"},"
	"{\"name\":\"common_tcpflags\",\"type\":{\"type\":\"array\",\"items\":\"long\"}},"
	"{\"name\":\"common_tcpflag_freqs\",\"type\":{\"type\":\"array\",\"items\":\"long\"}}]}",
};
static const char *const codecs[] = { "null", "deflate", "snappy" };

static void put_number(struct buffer *out, uint64_t value)
{
	buffer_varint(out, value << 1);  // zigzag
}

static void put_piece(struct buffer *out, const void *bytes, size_t length)
{
	put_number(out, length);
	buffer_append(out, bytes, length);
}

static void put_text(struct buffer *out, const char *text)
{
	put_piece(out, text, strlen(text));
}

static void put_head(struct buffer *out, struct span schema, const char *codec)
{
	buffer_append(out, "Obj\1", 4);
	put_number(out, 2);
	put_text(out, "avro.codec");
	put_text(out, codec);
	put_text(out, "avro.schema");
	put_piece(out, schema.bytes, schema.length);
	put_number(out, 0);
	buffer_append(out, "0123456789abcdef", SYNC);
}

static void put_file(struct buffer *out, uint8_t choices, struct span input)
{
	const enum what what = choices % WHAT_COUNT;
	const char *text = schemas[choices >> 2 & 1];
	const struct span schema = { (const uint8_t *)text, strlen(text) };
	const char *codec = what == WHAT_RECORDS ? codecs[0] : codecs[(choices >> 3) % 3];
	if (what == WHAT_LINES) {
		buffer_text(out, "1483228800.5,ab,cd,1.2,23\n");
		buffer_append(out, input.bytes, input.length);
		return;
	}
	put_head(out, what == WHAT_SCHEMA ? input : schema, codec);
	if (what == WHAT_BLOCKS)
		buffer_append(out, input.bytes, input.length);
	if (what != WHAT_RECORDS)
		return;
	// As many records as the first byte says; the marker is right.
	const struct span rows = span_from(input, 1);
	put_number(out, input.length > 0 ? input.bytes[0] : 0);
	put_piece(out, rows.bytes, rows.length);
	buffer_append(out, "0123456789abcdef", SYNC);
}

void fuzz_one(struct span input)
{
	const uint8_t choices = fuzz_u8(&input);
	struct buffer file = buffer_up_to(1 << 20);
	if (input.length > LENGTH_MAX)
		return;
	put_file(&file, choices, input);
	if (!file.failed)
		check_capture(buffer_span(&file));
	buffer_done(&file);
}
