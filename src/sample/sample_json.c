// SPDX-License-Identifier: MIT
#include "sample/sample_json.h"

#include "base/escape.h"
#include "base/sha256.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

// ---- values

static void name(struct buffer *out, const char *key)
{
	const uint8_t last = out->length > 0 ? out->bytes[out->length - 1] : '{';
	if (last != '{' && last != '[')
		buffer_byte(out, ',');
	buffer_format(out, "\"%s\":", key);
}

static void comma(struct buffer *out)
{
	if (out->length > 0 && out->bytes[out->length - 1] != '[')
		buffer_byte(out, ',');
}

static void text(struct buffer *out, const char *value)
{
	buffer_byte(out, '"');
	escape_json(out, value, strlen(value));
	buffer_byte(out, '"');
}

static void text_of(struct buffer *out, const char *key, const char *value)
{
	name(out, key);
	text(out, value);
}

static void number_of(struct buffer *out, const char *key, uint64_t value)
{
	name(out, key);
	buffer_format(out, "%" PRIu64, value);
}

static void key_of(struct buffer *out, const char *key, uint8_t value)
{
	name(out, key);
	buffer_format(out, "\"0x%02x\"", value);
}

static void null_of(struct buffer *out, const char *key)
{
	name(out, key);
	buffer_text(out, "null");
}

static void sha256_of(struct buffer *out, const char *key, const uint8_t sum[SHA256_SIZE])
{
	name(out, key);
	buffer_byte(out, '"');
	for (size_t i = 0; i < SHA256_SIZE; i++)
		buffer_format(out, "%02x", sum[i]);
	buffer_byte(out, '"');
}

// Texts between semicolons as an array.
static void list_of(struct buffer *out, const char *key, const struct buffer *texts)
{
	const char *rest = (const char *)texts->bytes;
	size_t left = texts->length;
	name(out, key);
	buffer_byte(out, '[');
	while (left > 0) {
		const char *end = memchr(rest, ';', left);
		const size_t length = end != NULL ? (size_t)(end - rest) : left;
		comma(out);
		buffer_byte(out, '"');
		escape_json(out, rest, length);
		buffer_byte(out, '"');
		left -= length + (end != NULL);
		rest += length + (end != NULL);
	}
	buffer_byte(out, ']');
}

// ---- what mirai-toushi writes

// As there: what does not print is \xNN.
static void printed(struct buffer *out, const struct sample *s, const struct entry *e)
{
	char decoded[ENTRY_TEXT_MAX + 1];
	const size_t length = entry_text(s->file, e, decoded);
	for (size_t i = 0; i < length; i++) {
		const uint8_t c = (uint8_t)decoded[i];
		if (c >= 0x20 && c < 0x7f)
			buffer_byte(out, c);
		else
			buffer_format(out, "\\x%02x", c);
	}
}

static void write_entry(struct buffer *out, const struct sample *s, size_t i, bool is_ours)
{
	const struct entry *e = &s->table.entries[i];
	uint64_t address = e->offset;
	struct buffer data = buffer_up_to(8 * ENTRY_TEXT_MAX);
	char place[24];
	(void)elf_address(&s->elf, e->offset, &address);
	comma(out);
	buffer_byte(out, '{');
	number_of(out, "id", i);
	text_of(out, "type", e->is_port ? "int" : "str");
	if (e->is_port) {
		number_of(out, "int_data", e->port);
	} else {
		printed(&data, s, e);
		name(out, "str_data");
		buffer_byte(out, '"');
		escape_json(out, (const char *)data.bytes, data.length);
		buffer_byte(out, '"');
		out->failed |= data.failed;
	}
	text_format(place, sizeof place, "%08" PRIx64, address);
	text_of(out, "table_addr", place);
	name(out, "refs");
	buffer_text(out, "[]");
	if (is_ours) {
		key_of(out, "key", sample_key(s, e->key));
		number_of(out, "offset", e->offset);
		number_of(out, "length", e->length);
		text_of(out, "role", entry_role_name(s->roles.of[i]));
	}
	buffer_byte(out, '}');
	buffer_done(&data);
}

static void write_tables_sha256(struct buffer *out, const struct sample *s)
{
	struct buffer all = buffer_up_to(SAMPLE_JSON_MAX);
	uint8_t sum[SHA256_SIZE];
	for (size_t i = 0; i < s->table.count; i++) {
		const struct entry *e = &s->table.entries[i];
		if (e->is_port)
			buffer_format(&all, "int%u", (unsigned)e->port);
		else
			buffer_text(&all, "str");
		if (!e->is_port)
			printed(&all, s, e);
	}
	sha256(buffer_span(&all), sum);
	sha256_of(out, "tables_sha256", sum);
	out->failed |= all.failed;
	buffer_done(&all);
}

static void write_tables(struct buffer *out, const struct sample *s, bool is_ours)
{
	size_t ports = 0;
	for (size_t i = 0; i < s->table.count; i++)
		ports += s->table.entries[i].is_port;
	write_tables_sha256(out, s);
	number_of(out, "tables_count", s->table.count);
	number_of(out, "tables_int_count", ports);
	number_of(out, "tables_str_count", s->table.count - ports);
	name(out, "tables");
	buffer_byte(out, '[');
	for (size_t i = 0; i < s->table.count; i++)
		write_entry(out, s, i, is_ours);
	buffer_byte(out, ']');
}

static void write_key(struct buffer *out, const struct sample *s)
{
	const struct key_found *f = &s->keys.found[0];
	key_of(out, "table_key", sample_key(s, f->key));
	if (f->original != 0) {
		name(out, "table_original_key");
		buffer_format(out, "\"0x%08" PRIx32 "\"", f->original);
	}
}

static void write_word(struct buffer *out, const struct sample *s, const char *key,
                       const struct login_word *w)
{
	char word[LOGIN_WORD_MAX + 1];
	login_text(s->file, &s->logins, w, word);
	if (key != NULL)
		text_of(out, key, word);
	else
		text(out, word);
}

static void write_records_sha256(struct buffer *out, const struct sample *s)
{
	struct buffer all = buffer_up_to(SAMPLE_JSON_MAX);
	uint8_t sum[SHA256_SIZE];
	char word[LOGIN_WORD_MAX + 1];
	for (size_t i = 0; i < s->logins.record_count; i++) {
		const struct login *l = &s->logins.records[i];
		login_text(s->file, &s->logins, &l->user, word);
		buffer_text(&all, word);
		login_text(s->file, &s->logins, &l->password, word);
		buffer_format(&all, "%s%u", word, l->weight);
	}
	sha256(buffer_span(&all), sum);
	sha256_of(out, "auth_tables_sha256", sum);
	out->failed |= all.failed;
	buffer_done(&all);
}

static void write_records(struct buffer *out, const struct sample *s)
{
	write_records_sha256(out, s);
	number_of(out, "auth_tables_count", s->logins.record_count);
	name(out, "auth_tables");
	buffer_byte(out, '[');
	for (size_t i = 0; i < s->logins.record_count; i++) {
		const struct login *l = &s->logins.records[i];
		comma(out);
		buffer_byte(out, '{');
		write_word(out, s, "user", &l->user);
		write_word(out, s, "pass", &l->password);
		number_of(out, "weight", l->weight);
		buffer_byte(out, '}');
	}
	buffer_byte(out, ']');
}

static bool has_table(const struct sample *s)
{
	return s->keys.count > 0 && s->keys.found[0].has_table;
}

static void open_group(struct buffer *out, const char *key)
{
	name(out, key);
	buffer_byte(out, '{');
}

static void write_groups(struct buffer *out, const char *file, const struct sample *s)
{
	open_group(out, "ghidra_current_program");
	text_of(out, "name", file);
	sha256_of(out, "sha256", s->sha256);
	buffer_byte(out, '}');
	if (has_table(s)) {
		open_group(out, "table_lock_val_func");
		write_key(out, s);
		buffer_byte(out, '}');
		open_group(out, "table_init_func");
		write_tables(out, s, false);
		buffer_byte(out, '}');
	}
	if (s->logins.word_count == 0)
		return;
	open_group(out, "add_auth_entry_func");
	key_of(out, "scanner_key", sample_key(s, s->logins.key));
	buffer_byte(out, '}');
	if (s->logins.record_count > 0) {
		open_group(out, "scanner_init_func");
		write_records(out, s);
		buffer_byte(out, '}');
	}
}

// ---- ours

static void write_keys(struct buffer *out, const struct sample *s)
{
	name(out, "key_evidence");
	buffer_byte(out, '[');
	for (size_t i = 0; i < s->keys.count; i++) {
		const struct key_found *f = &s->keys.found[i];
		comma(out);
		buffer_byte(out, '{');
		key_of(out, "key", sample_key(s, f->key));
		name(out, "is_of_table");
		buffer_text(out, f->has_table ? "true" : "false");
		name(out, "is_of_logins");
		buffer_text(out, f->has_logins ? "true" : "false");
		number_of(out, "weight", f->weight);
		if (f->original != 0)
			number_of(out, "original_offset", f->original_offset);
		name(out, "markers");
		buffer_byte(out, '[');
		for (size_t m = 0; m < f->evidence_count; m++) {
			comma(out);
			buffer_byte(out, '{');
			text_of(out, "text", markers[f->evidence[m].marker].text);
			number_of(out, "offset", f->evidence[m].offset);
			buffer_byte(out, '}');
		}
		buffer_text(out, "]}");
	}
	buffer_byte(out, ']');
}

static void write_hosts(struct buffer *out, const struct sample *s)
{
	name(out, "c2_candidates");
	buffer_byte(out, '[');
	for (size_t i = 0; i < s->roles.host_count; i++) {
		const struct role_host *h = &s->roles.hosts[i];
		char host[ENTRY_TEXT_MAX + 1];
		entry_text(s->file, &s->table.entries[h->entry], host);
		comma(out);
		buffer_text(out, "{\"host\":\"");
		roles_defang(out, host);  // letters, digits, dots, hyphens, a colon
		buffer_byte(out, '"');
		if (h->port_entry != SIZE_MAX)
			number_of(out, "port", s->table.entries[h->port_entry].port);
		number_of(out, "offset", s->table.entries[h->entry].offset);
		buffer_byte(out, '}');
	}
	buffer_byte(out, ']');
}

static void write_packed(struct buffer *out, const struct sample *s)
{
	number_of(out, "size", s->file.length);
	sha256_of(out, "sha256", s->sha256);
	if (s->image_key != 0)
		key_of(out, "image_key", s->image_key);
	else
		null_of(out, "image_key");
	name(out, "entropy");
	buffer_format(out, "%.3f", s->packed.entropy);
	if (s->packed.mark != NULL) {
		text_of(out, "packed_mark", s->packed.mark);
		number_of(out, "packed_offset", s->packed.offset);
	}
	if (s->elf.damage != NULL)
		text_of(out, "elf_damage", s->elf.damage);
}

static void write_own_lists(struct buffer *out, const struct sample *s)
{
	struct buffer list = buffer_up_to(SAMPLE_LIST_MAX);
	if (s->packed.packed != PACKED_NO)
		text_of(out, "packed", packed_name(s->packed.packed));
	else
		null_of(out, "packed");
	sample_list_keys(s, &list);
	list_of(out, "keys", &list);
	number_of(out, "entries", s->table.count);
	list.length = 0;
	sample_list_tokens(s, &list);
	list_of(out, "tokens", &list);
	if (s->roles.programs > 0)
		number_of(out, "programs", s->roles.programs);
	else
		null_of(out, "programs");
	list.length = 0;
	sample_list_hosts(s, &list);
	list_of(out, "c2", &list);
	list.length = 0;
	sample_list_ports(s, &list);
	name(out, "ports");
	buffer_byte(out, '[');
	for (size_t i = 0; i < list.length; i++)
		buffer_byte(out, list.bytes[i] == ';' ? ',' : list.bytes[i]);
	buffer_byte(out, ']');
	number_of(out, "logins", s->logins.word_count);
	list.length = 0;
	sample_list_evidence(s, &list);
	list_of(out, "evidence", &list);
	out->failed |= list.failed;
	buffer_done(&list);
}

void sample_json_write(struct buffer *out, const char *file, const struct sample *s)
{
	buffer_byte(out, '{');
	text_of(out, "file", file);
	text_of(out, "format", s->format);
	write_own_lists(out, s);
	write_packed(out, s);
	write_keys(out, s);
	write_hosts(out, s);
	if (has_table(s)) {
		write_key(out, s);
		write_tables(out, s, true);
	}
	if (s->logins.word_count > 0) {
		key_of(out, "scanner_key", sample_key(s, s->logins.key));
		write_records(out, s);
		name(out, "auth_words");
		buffer_byte(out, '[');
		for (size_t i = 0; i < s->logins.word_count; i++) {
			comma(out);
			write_word(out, s, NULL, &s->logins.words[i]);
		}
		buffer_byte(out, ']');
	}
	write_groups(out, file, s);
	buffer_text(out, "}\n");
}
