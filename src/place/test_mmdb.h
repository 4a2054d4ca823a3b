// SPDX-License-Identifier: MIT
// Makes MaxMind DB files for tests: a tree of 24, 28 or 32 bits a record, over IPv4 or IPv6,
// and records that the test writes itself, with the few types below.
#pragma once

#include "base/buffer.h"

#include <assert.h>
#include <string.h>

enum { TEST_NODES_MAX = 20000 };

struct test_mmdb {
	unsigned record_size, ip_version;
	const char *type;
	uint32_t built_s;
	// Children of nodes: 0 nothing, below TEST_NODES_MAX a node, else a record's offset + that.
	uint32_t children[TEST_NODES_MAX][2];
	uint32_t nodes;
	struct buffer data;
};

static inline void test_mmdb_init(struct test_mmdb *m, unsigned record_size, unsigned ip_version)
{
	memset(m, 0, sizeof *m);
	m->record_size = record_size;
	m->ip_version = ip_version;
	m->type = "Test";
	m->built_s = 1475280000;  // 2016-10-01
	m->nodes = 1;
	m->data = buffer_up_to(1 << 20);
}

static inline void test_mmdb_done(struct test_mmdb *m)
{
	buffer_done(&m->data);
}

// Texts of up to 28 bytes, or longer ones of up to 284.
static inline void test_put_text(struct buffer *out, const char *text)
{
	const size_t length = strlen(text);
	assert(length < 285);
	buffer_byte(out, (uint8_t)(2 << 5 | (length < 29 ? length : 29)));
	if (length >= 29)
		buffer_byte(out, (uint8_t)(length - 29));
	buffer_append(out, text, length);
}

static inline void test_put_map(struct buffer *out, unsigned pairs)
{
	buffer_byte(out, (uint8_t)(7 << 5 | pairs));
}

static inline void test_put_u32(struct buffer *out, uint32_t value)
{
	buffer_byte(out, 6 << 5 | 4);
	for (int shift = 24; shift >= 0; shift -= 8)
		buffer_byte(out, (uint8_t)(value >> shift));
}

static inline void test_put_u16(struct buffer *out, unsigned value)
{
	buffer_byte(out, 5 << 5 | 2);
	buffer_byte(out, (uint8_t)(value >> 8));
	buffer_byte(out, (uint8_t)value);
}

static inline void test_put_pointer(struct buffer *out, uint32_t to)
{
	assert(to < 2048);
	buffer_byte(out, (uint8_t)(1 << 5 | to >> 8));
	buffer_byte(out, (uint8_t)to);
}

// The record that is written next, for test_mmdb_insert().
static inline uint32_t test_mmdb_next(const struct test_mmdb *m)
{
	return (uint32_t)m->data.length;
}

// Gives a prefix the record at an offset. Prefixes inside each other: the longer one later.
static inline void test_mmdb_insert_bits(struct test_mmdb *m, const uint8_t *bytes, unsigned bits,
                                         uint32_t offset)
{
	uint32_t node = 0;
	for (unsigned i = 0; i < bits; i++) {
		uint32_t *child = &m->children[node][bytes[i / 8] >> (7 - i % 8) & 1];
		if (i + 1 == bits) {
			*child = TEST_NODES_MAX + offset;
			return;
		}
		if (*child == 0 || *child >= TEST_NODES_MAX) {
			assert(m->nodes < TEST_NODES_MAX);
			m->children[m->nodes][0] = m->children[m->nodes][1] = *child;
			*child = m->nodes++;
		}
		node = *child;
	}
}

static inline void test_mmdb_insert(struct test_mmdb *m, uint32_t prefix, unsigned bits,
                                    uint32_t offset)
{
	uint8_t bytes[16] = { 0 };
	uint8_t *at = bytes + (m->ip_version == 6 ? 12 : 0);
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(prefix >> (24 - 8 * i));
	test_mmdb_insert_bits(m, bytes, bits + (m->ip_version == 6 ? 96 : 0), offset);
}

static inline uint32_t test_child(const struct test_mmdb *m, uint32_t node, unsigned side)
{
	const uint32_t child = m->children[node][side];
	if (child == 0)
		return m->nodes;
	return child < TEST_NODES_MAX ? child : child - TEST_NODES_MAX + m->nodes + 16;
}

static inline void test_put_node(const struct test_mmdb *m, uint32_t node, struct buffer *out)
{
	const uint32_t left = test_child(m, node, 0), right = test_child(m, node, 1);
	const unsigned whole = m->record_size / 8 * 8;
	for (int shift = (int)whole - 8; shift >= 0; shift -= 8)
		buffer_byte(out, (uint8_t)(left >> shift));
	if (m->record_size == 28)
		buffer_byte(out, (uint8_t)((left >> 24 & 15) << 4 | (right >> 24 & 15)));
	for (int shift = (int)whole - 8; shift >= 0; shift -= 8)
		buffer_byte(out, (uint8_t)(right >> shift));
}

static inline void test_put_metadata(const struct test_mmdb *m, struct buffer *out)
{
	buffer_text(out, "\xab\xcd\xefMaxMind.com");
	test_put_map(out, 9);
	test_put_text(out, "node_count");
	test_put_u32(out, m->nodes);
	test_put_text(out, "record_size");
	test_put_u16(out, m->record_size);
	test_put_text(out, "ip_version");
	test_put_u16(out, m->ip_version);
	test_put_text(out, "database_type");
	test_put_text(out, m->type);
	test_put_text(out, "languages");
	buffer_byte(out, 0);
	buffer_byte(out, 11 - 7);
	test_put_text(out, "binary_format_major_version");
	test_put_u16(out, 2);
	test_put_text(out, "binary_format_minor_version");
	test_put_u16(out, 0);
	test_put_text(out, "build_epoch");
	buffer_byte(out, 4);  // a number of 64 bits in 4 bytes
	buffer_byte(out, 9 - 7);
	for (int shift = 24; shift >= 0; shift -= 8)
		buffer_byte(out, (uint8_t)(m->built_s >> shift));
	test_put_text(out, "description");
	test_put_map(out, 0);
}

// The whole file. The caller calls buffer_done().
static inline struct buffer test_mmdb_file(const struct test_mmdb *m)
{
	struct buffer out = buffer_up_to(1 << 22);
	for (uint32_t node = 0; node < m->nodes; node++)
		test_put_node(m, node, &out);
	for (unsigned i = 0; i < 16; i++)
		buffer_byte(&out, 0);
	buffer_append(&out, m->data.bytes, m->data.length);
	test_put_metadata(m, &out);
	assert(!out.failed && !m->data.failed);
	return out;
}
