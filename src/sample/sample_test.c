// SPDX-License-Identifier: MIT
// Tables that are made here: data alone, in the shape that bots have. tests/sample_test.py has more kinds of them.
#include "sample/sample.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "sample/applet.h"
#include "sample/original_key.h"
#include "sample/sample_json.h"

#include <string.h>

enum { FILLER = 600, ELF_HEADER = 52, SECTION = 40 };

static const char *const texts[] = {
	"listening tun0",
	"cnc.example.com",
	"/proc/",
	"/exe",
	"shell",
	"enable",
	"system",
	"sh",
	"/bin/busybox MIRAI",
	"MIRAI: applet not found",
	"ncorrect",
	"/dev/watchdog",
	"TSource Engine Query",
};
enum { TEXTS = sizeof texts / sizeof *texts };

// ---- making samples

static void put_filler(struct buffer *b, uint64_t seed, size_t length)
{
	struct random r = random_from(seed);
	for (size_t i = 0; i < length; i++)
		buffer_byte(b, (uint8_t)random_u32(&r));
}

static void put_encoded(struct buffer *b, const void *bytes, size_t length, uint8_t key,
                        bool has_zero)
{
	for (size_t i = 0; i < length; i++)
		buffer_byte(b, ((const uint8_t *)bytes)[i] ^ key);
	if (has_zero)
		buffer_byte(b, 0);
}

static void put_table(struct buffer *b, uint8_t key, bool has_zero)
{
	static const uint8_t port[] = { 0xbb, 0xe5 };
	for (size_t i = 0; i < TEXTS; i++)
		put_encoded(b, texts[i], strlen(texts[i]) + 1, key, has_zero);
	put_encoded(b, port, sizeof port, key, has_zero);
}

static struct buffer flat(uint8_t key, bool has_zero)
{
	struct buffer b = buffer_up_to(1 << 16);
	put_filler(&b, key, FILLER);
	buffer_u32(&b, 0x01020300 | key);
	put_table(&b, key, has_zero);
	buffer_u64(&b, 0);
	buffer_u64(&b, 0);
	return b;
}

// An ELF file of 32 bits, little-endian, with one section of data and no program header: nobody can run it.
static struct buffer elf(uint8_t key)
{
	static const uint8_t ident[16] = { 0x7f, 'E', 'L', 'F', 1, 1, 1 };
	struct buffer data = flat(key, true), b = buffer_up_to(1 << 16);
	const uint32_t sections = ELF_HEADER + (uint32_t)data.length;
	buffer_append(&b, ident, sizeof ident);
	buffer_u16(&b, 0);
	buffer_u16(&b, 40);
	for (unsigned i = 0; i < 3; i++)
		buffer_u32(&b, 0);
	buffer_u32(&b, sections);
	buffer_u32(&b, 0);
	for (unsigned i = 0; i < 4; i++)
		buffer_u16(&b, 0);
	buffer_u16(&b, 1);
	buffer_u16(&b, 0);
	buffer_append(&b, data.bytes, data.length);
	const uint32_t fields[SECTION / 4] = { 0, 1, 2, 0x8000, ELF_HEADER, (uint32_t)data.length };
	for (unsigned i = 0; i < SECTION / 4; i++)
		buffer_u32(&b, fields[i]);
	buffer_done(&data);
	return b;
}

// ---- reading them

static struct sample_reader *reader;

static struct sample read_it(struct span file)
{
	struct sample s;
	struct error error;
	if (reader == NULL)
		reader = sample_reader_new();
	CHECK(sample_read(reader, file, &s, &error));
	return s;
}

static void check_table(struct span file, uint8_t key)
{
	struct sample s = read_it(file);
	char text[ENTRY_TEXT_MAX + 1];
	CHECK(s.keys.count == 1 && s.keys.found[0].key == key && s.keys.found[0].has_table);
	CHECK(s.table.count == TEXTS + 1 && s.table.entries[TEXTS].port == 48101);
	for (size_t i = 0; i < TEXTS && i < s.table.count; i++) {
		entry_text(s.file, &s.table.entries[i], text);
		CHECK(text_equal(text, texts[i]));
	}
	CHECK(s.roles.token_count == 1 && text_equal(s.roles.tokens[0].text, "MIRAI"));
	CHECK(s.roles.tokens[0].is_asked && s.roles.tokens[0].is_answered);
	CHECK(s.roles.host_count == 1 && s.roles.programs == 2);
	sample_done(&s);
}

TEST(a_table_is_read_under_every_key)
{
	for (unsigned key = 1; key < 256; key++) {
		struct buffer b = flat((uint8_t)key, true);
		check_table(buffer_span(&b), (uint8_t)key);
		buffer_done(&b);
	}
}

TEST(without_true_zero_bytes_it_is_the_same)
{
	static const uint8_t keys[] = { 0x07, 0x22, 0x45, 0x54, 0x62, 0xe0 };
	for (size_t i = 0; i < sizeof keys; i++) {
		struct buffer b = flat(keys[i], false);
		struct sample s = read_it(buffer_span(&b));
		CHECK(s.keys.count == 1 && s.keys.found[0].key == keys[i]);
		CHECK(s.keys.found[0].fill == FILL_NONE && s.table.count == TEXTS + 1);
		sample_done(&s);
		buffer_done(&b);
	}
}

TEST(an_elf_file_tells_addresses)
{
	struct buffer b = elf(0x22);
	uint64_t address = 0;
	check_table(buffer_span(&b), 0x22);
	struct sample s = read_it(buffer_span(&b));
	CHECK(text_equal(s.format, "elf32-le-arm") && s.elf.damage == NULL);
	CHECK(elf_address(&s.elf, s.table.entries[0].offset, &address));
	CHECK(address == 0x8000 + s.table.entries[0].offset - ELF_HEADER);
	CHECK(!elf_address(&s.elf, ELF_HEADER - 1, &address));
	sample_done(&s);
	buffer_done(&b);
}

TEST(cut_anywhere_it_is_read_as_far_as_it_goes)
{
	struct buffer b = elf(0x54);
	size_t entries = 0;
	for (size_t length = 0; length <= b.length; length += sweep_step()) {
		// A block of just that size, so that a byte too far is seen.
		uint8_t *bytes = memory_room(length + (length == 0));
		memcpy(bytes, b.bytes, length);
		struct sample s = read_it((struct span){ bytes, length });
		CHECK(s.table.count + 3 >= entries);
		entries = s.table.count > entries ? s.table.count : entries;
		sample_done(&s);
		memory_free(bytes);
	}
	CHECK(entries == TEXTS + 1);
	buffer_done(&b);
}

TEST(no_byte_of_a_header_is_believed)
{
	static const uint8_t values[] = { 0, 1, 2, 0x7f, 0x80, 0xff };
	struct buffer b = elf(0x22);
	for (size_t at = 4; at < ELF_HEADER; at++)
		for (size_t i = 0; i < sizeof values; i++) {
			const uint8_t was = b.bytes[at];
			b.bytes[at] = values[i];
			struct sample s = read_it(buffer_span(&b));
			CHECK(s.keys.count == 1 && s.table.count == TEXTS + 1);
			sample_done(&s);
			b.bytes[at] = was;
		}
	buffer_done(&b);
}

TEST(want_of_memory_is_an_error)
{
	struct buffer b = elf(0x22);
	struct error error;
	struct sample s;
	for (unsigned long at = 1; at < 40; at++) {
		memory_fail_at(at);
		struct sample_reader *r = sample_reader_new();
		const bool ok = r != NULL && sample_read(r, buffer_span(&b), &s, &error);
		memory_fail_at(0);
		if (ok)
			sample_done(&s);
		sample_reader_free(r);
		CHECK(ok || at < 20);
	}
	buffer_done(&b);
}

// ---- markers

TEST(markers_are_found_as_by_trying_every_key)
{
	struct marker_index *index = marker_index_new();
	struct random r = random_from(5);
	for (unsigned round = 0; round < random_rounds(40); round++) {
		struct buffer b = buffer_up_to(1 << 16);
		for (unsigned i = 0; i < 12; i++) {
			const char *text = markers[random_below(&r, (uint32_t)marker_count)].text;
			put_filler(&b, random_u64(&r), random_below(&r, 9));
			put_encoded(&b, text, strlen(text), (uint8_t)random_below(&r, 256), false);
		}
		size_t naive = 0, found = 0;
		for (size_t at = 0; at < b.length; at++)
			for (size_t m = 0; m < marker_count; m++) {
				const size_t length = strlen(markers[m].text);
				const uint8_t key = b.bytes[at] ^ (uint8_t)markers[m].text[0];
				size_t same = 0;
				while (same < length && at + same < b.length &&
				       (b.bytes[at + same] ^ key) == (uint8_t)markers[m].text[same])
					same++;
				naive += same == length;
			}
		struct marker_scan scan = marker_scan_over(index, buffer_span(&b));
		struct marker_hit hit;
		while (marker_next(&scan, &hit)) {
			found++;
			CHECK((b.bytes[hit.offset] ^ hit.key) ==
			      (uint8_t)markers[hit.marker].text[0]);
		}
		CHECK(naive >= 12 && found == naive);
		buffer_done(&b);
	}
	marker_index_free(index);
}

TEST(constants_fold_to_the_published_keys)
{
	static const uint8_t keys[] = { 0x22, 0x45, 0x54, 0x54, 0x66, 0x04, 0xea, 0x37, 0xb4 };
	CHECK(original_key_count == sizeof keys);
	for (size_t i = 0; i < original_key_count; i++)
		CHECK(original_key_fold(original_keys[i].constant) == keys[i]);
}

static bool is_token(const char *word)
{
	return applet_is_token((struct span){ (const uint8_t *)word, strlen(word) });
}

TEST(a_token_is_no_applet)
{
	CHECK(is_token("MIRAI") && is_token("daddyl33t") && is_token("IZ1H9") && is_token("GREP"));
	CHECK(!is_token("ps") && !is_token("kill") && !is_token("[[") && !is_token("zcip"));
	CHECK(!applet_is_one((struct span){ (const uint8_t *)"ps\0ps", 5 }));
	CHECK(!is_token("a") && !is_token("12345678901234567") && !is_token("A-B") &&
	      !is_token(""));
}

// ---- what has no table

static void check_nothing(const char *bytes, size_t length)
{
	struct sample s = read_it((struct span){ (const uint8_t *)bytes, length });
	CHECK(s.keys.count == 0 && s.table.count == 0 && s.roles.token_count == 0);
	sample_done(&s);
}

TEST(clear_text_is_no_table)
{
	static const char busybox[] =
		"\0%s: applet not found\0/proc/\0/dev/watchdog\0incorrect\0Password: \0"
		"system\0shell\0enable\0/bin/busybox \0/bin/busybox kill\0";
	static const char rules[] =
		"$a = \"/bin/busybox MIRAI\"\n$b = \"MIRAI: applet not found\"\n$c = \"enable\"\n"
		"/bin/busybox MIRAI\nMIRAI: applet not found\nenable\nsystem\nshell\nncorrect\n";
	static const char capitals[] =
		"\0ENABLE \0SYSTEM \0SHELL \0NCORRECT \0ASSWORD \0OGIN \0CHUNKED \0";
	check_nothing(busybox, sizeof busybox);
	check_nothing(rules, sizeof rules);
	check_nothing(capitals, sizeof capitals);
	check_nothing("", 0);
}

TEST(a_bot_in_clear_is_one)
{
	static const char bot[] =
		"\0/bin/busybox ASUNA\0ASUNA: applet not found\0enable\0system\0shell\0";
	struct sample s = read_it((struct span){ (const uint8_t *)bot, sizeof bot });
	CHECK(s.keys.count == 1 && s.keys.found[0].key == 0 && s.table.count == 5);
	CHECK(s.roles.token_count == 1 && text_equal(s.roles.tokens[0].text, "ASUNA"));
	sample_done(&s);
}

TEST(a_line_is_json_whatever_is_in_it)
{
	struct buffer b = elf(0x22), line = buffer_up_to(SAMPLE_JSON_MAX);
	struct sample s = read_it(buffer_span(&b));
	sample_json_write(&line, "a\"\n\x1b[31m", &s);
	CHECK(!line.failed && line.length > 100 && line.bytes[line.length - 1] == '\n');
	CHECK(memchr(line.bytes, '\x1b', line.length) == NULL);
	CHECK(memchr(line.bytes, '\n', line.length) == line.bytes + line.length - 1);
	sample_done(&s);
	buffer_done(&line);
	buffer_done(&b);
}

TEST(the_end)
{
	sample_reader_free(reader);
}

TEST_MAIN
