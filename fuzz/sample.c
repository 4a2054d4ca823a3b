// SPDX-License-Identifier: MIT
// A sample of malware: what is found lies in it, ascends, and decodes to what can be in a text; what it is told as is one
// line of JSON; and all of it is the same when it is looked at again.
#include "base/json.h"
#include "base/memory.h"
#include "fuzz.h"
#include "sample/sample_json.h"

#include <string.h>

static void check_entries(const struct sample *s)
{
	size_t end = 0;
	char text[ENTRY_TEXT_MAX + 1];
	REQUIRE(s->table.count <= ENTRIES_MAX);
	for (size_t i = 0; i < s->table.count; i++) {
		const struct entry *e = &s->table.entries[i];
		REQUIRE(e->offset >= end && e->length >= 1);
		end = e->offset + e->length;
		REQUIRE(end <= s->file.length);
		if (e->is_port)
			continue;
		const size_t length = entry_text(s->file, e, text);
		REQUIRE(length == e->length - 1 && s->file.bytes[end - 1] == e->key);
		for (size_t c = 0; c < length; c++)
			REQUIRE(entry_is_text((uint8_t)text[c]));
	}
}

static void check_keys(const struct sample *s)
{
	REQUIRE(s->keys.count <= KEYS_MAX);
	for (size_t i = 0; i < s->keys.count; i++) {
		const struct key_found *f = &s->keys.found[i];
		REQUIRE(f->has_table || f->has_logins);
		REQUIRE(f->evidence_count == f->markers + f->logins);
		for (size_t m = 0; m < f->evidence_count; m++) {
			const struct marker_hit *hit = &f->evidence[m];
			const char *text = markers[hit->marker].text;
			REQUIRE(hit->offset + strlen(text) <= s->file.length);
			for (size_t c = 0; text[c] != '\0'; c++)
				REQUIRE((s->file.bytes[hit->offset + c] ^ f->key) ==
				        (uint8_t)text[c]);
		}
	}
	for (size_t i = 0; i < s->logins.word_count; i++)
		REQUIRE(s->logins.words[i].offset + s->logins.words[i].length < s->file.length);
}

static void check_line(const struct buffer *line)
{
	struct json json = { .count = 0 };
	const struct span text = { line->bytes, line->length - 1 };
	for (size_t i = 0; i < text.length; i++)
		REQUIRE(text.bytes[i] >= 0x20 && text.bytes[i] < 0x7f);
	const enum json_fault fault = json_read(&json, text);
	REQUIRE(fault == JSON_FINE || (fault == JSON_NO_MEMORY && fuzz_is_starving));
	json_done(&json);
}

static bool write_line(struct sample_reader *reader, struct span input, struct buffer *line)
{
	struct error error;
	struct sample s;
	if (!WORKS(sample_read(reader, input, &s, &error)))
		return false;
	check_entries(&s);
	check_keys(&s);
	sample_json_write(line, "a", &s);
	sample_done(&s);
	REQUIRE(!line->failed || fuzz_is_starving);
	return !line->failed;
}

void fuzz_one(struct span input)
{
	struct sample_reader *reader = sample_reader_new();
	struct buffer first = buffer_up_to(SAMPLE_JSON_MAX), again = buffer_up_to(SAMPLE_JSON_MAX);
	if (!WORKS(reader != NULL))
		return;
	if (write_line(reader, input, &first)) {
		check_line(&first);
		if (write_line(reader, input, &again))
			REQUIRE(first.length == again.length &&
			        memcmp(first.bytes, again.bytes, first.length) == 0);
	}
	sample_reader_free(reader);
	buffer_done(&first);
	buffer_done(&again);
}
