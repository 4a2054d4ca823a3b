// SPDX-License-Identifier: MIT
#include "sample/sample.h"

#include "base/memory.h"
#include "base/sha256.h"
#include "base/text.h"

#include <string.h>

enum { LOOK_SIZE = 4096 };

struct sample_reader {
	struct marker_index *index;
	struct keys_room *room;
};

struct sample_reader *sample_reader_new(void)
{
	struct sample_reader *r = memory_new(1, sizeof *r);
	if (r == NULL)
		return NULL;
	r->index = marker_index_new();
	r->room = keys_room_new();
	if (r->index != NULL && r->room != NULL)
		return r;
	sample_reader_free(r);
	return NULL;
}

void sample_reader_free(struct sample_reader *r)
{
	if (r == NULL)
		return;
	marker_index_free(r->index);
	keys_room_free(r->room);
	memory_free(r);
}

// ---- formats

static bool is_text(struct span file)
{
	const size_t length = file.length < LOOK_SIZE ? file.length : LOOK_SIZE;
	for (size_t i = 0; i < length; i++)
		if (file.bytes[i] < 0x80 && !entry_is_text(file.bytes[i]))
			return false;
	return true;
}

static void name_format(struct sample *s)
{
	const struct span file = s->file;
	if (s->elf.is_elf)
		elf_format(&s->elf, s->format);
	else if (file.length == 0)
		text_copy(s->format, sizeof s->format, "empty");
	else if (file.length > 2 && memcmp(file.bytes, "#!", 2) == 0)
		text_copy(s->format, sizeof s->format, "script");
	else
		text_copy(s->format, sizeof s->format, is_text(file) ? "text" : "data");
}

// The key of a program that is encoded from its first byte on; 0: it is none, or is not.
static uint8_t key_of_image(struct span file)
{
	if (file.length < 4)
		return 0;
	const uint8_t key = file.bytes[0] ^ 0x7f;
	const bool is_elf = (file.bytes[1] ^ key) == 'E' && (file.bytes[2] ^ key) == 'L' &&
	                    (file.bytes[3] ^ key) == 'F';
	return is_elf ? key : 0;
}

static bool decode_image(struct sample *s, uint8_t key, struct error *error)
{
	if (key == 0)
		return true;
	s->image_key = key;
	s->decoded = memory_room(s->file.length);
	if (s->decoded == NULL)
		return error_memory(error, "a sample");
	for (size_t i = 0; i < s->file.length; i++)
		s->decoded[i] = s->file.bytes[i] ^ key;
	s->file.bytes = s->decoded;
	return true;
}

// A file without such a beginning may be encoded as a whole, too: then the compiler's zero bytes are.
static bool find_keys(const struct sample_reader *r, struct sample *s, struct error *error)
{
	keys_find(r->room, r->index, s->file, s->image_key != 0, &s->keys);
	const uint8_t key = s->keys.count > 0 ? s->keys.found[0].image_key : 0;
	if (s->image_key != 0 || key == 0)
		return true;
	if (!decode_image(s, key, error))
		return false;
	keys_find(r->room, r->index, s->file, true, &s->keys);
	return true;
}

// ---- the table

static void find_logins(struct sample *s)
{
	const struct key_found *best = NULL;
	for (size_t i = 0; i < s->keys.count; i++) {
		const struct key_found *f = &s->keys.found[i];
		if (f->has_logins && (best == NULL || f->logins > best->logins))
			best = f;
	}
	s->logins.record_count = s->logins.word_count = 0;
	if (best != NULL)
		logins_find(s->file, best, &s->logins);
}

// What is of a record is no entry of the table, though both may have the same key.
static void leave_out_logins(struct sample *s)
{
	const struct logins *l = &s->logins;
	size_t kept = 0;
	for (size_t i = 0; i < s->table.count; i++) {
		const struct entry *e = &s->table.entries[i];
		const bool is_login = l->record_count > 0 && e->offset >= l->records_begin &&
		                      e->offset < l->records_end;
		if (!is_login)
			s->table.entries[kept++] = *e;
	}
	s->table.count = kept;
}

static bool find_table(const struct sample_reader *r, struct sample *s, struct error *error)
{
	if (!find_keys(r, s, error))
		return false;
	for (size_t i = 0; i < s->keys.count; i++) {
		const struct key_found *f = &s->keys.found[i];
		const struct entries_way way = {
			.index = r->index,
			.elf = &s->elf,
			.wall = f->original != 0 ? f->original_offset + sizeof f->original : 0,
		};
		if (f->has_table)
			entries_decode(&s->table, s->file, &way, f->key, f->fill);
	}
	if (s->table.is_out_of_memory)
		return error_memory(error, "a table");
	entries_settle(&s->table);
	find_logins(s);
	leave_out_logins(s);
	if (!roles_find(s->file, &s->table, &s->roles))
		return error_memory(error, "a table");
	return true;
}

bool sample_read(struct sample_reader *r, struct span file, struct sample *out, struct error *error)
{
	*out = (struct sample){ .file = file };
	sha256(file, out->sha256);
	bool ok = decode_image(out, key_of_image(file), error);
	out->elf = elf_read(out->file);
	ok = ok && find_table(r, out, error);
	if (!ok) {
		sample_done(out);
		return false;
	}
	name_format(out);
	out->packed = packed_look(out->file, &out->elf, out->table.count > 0);
	return true;
}

void sample_done(struct sample *s)
{
	entries_done(&s->table);
	roles_done(&s->roles);
	memory_free(s->decoded);
	s->decoded = NULL;
}

uint8_t sample_key(const struct sample *s, uint8_t key)
{
	return key == 0 ? s->image_key : key;
}

// ---- lists

static void separate(struct buffer *out, size_t begin)
{
	if (out->length > begin)
		buffer_byte(out, ';');
}

// The image's first, where there is one.
void sample_list_keys(const struct sample *s, struct buffer *out)
{
	const size_t begin = out->length;
	if (s->image_key != 0 && s->keys.count > 0)
		buffer_format(out, "0x%02x", s->image_key);
	for (size_t i = 0; i < s->keys.count; i++) {
		if (s->image_key != 0 && s->keys.found[i].key == 0)
			continue;
		separate(out, begin);
		buffer_format(out, "0x%02x", s->keys.found[i].key);
	}
}

void sample_list_tokens(const struct sample *s, struct buffer *out)
{
	const size_t begin = out->length;
	for (size_t i = 0; i < s->roles.token_count; i++) {
		separate(out, begin);
		buffer_text(out, s->roles.tokens[i].text);
	}
}

// Each once.
void sample_list_hosts(const struct sample *s, struct buffer *out)
{
	const size_t begin = out->length;
	for (size_t i = 0; i < s->roles.host_count; i++) {
		char host[ENTRY_TEXT_MAX + 1], before[ENTRY_TEXT_MAX + 1];
		bool is_new = true;
		entry_text(s->file, &s->table.entries[s->roles.hosts[i].entry], host);
		for (size_t j = 0; is_new && j < i; j++) {
			entry_text(s->file, &s->table.entries[s->roles.hosts[j].entry], before);
			is_new = !text_equal(host, before);
		}
		if (!is_new)
			continue;
		separate(out, begin);
		roles_defang(out, host);
	}
}

// Each once.
void sample_list_ports(const struct sample *s, struct buffer *out)
{
	const size_t begin = out->length;
	for (size_t i = 0; i < s->table.count; i++) {
		const struct entry *e = &s->table.entries[i];
		bool is_new = e->is_port;
		for (size_t j = 0; is_new && j < i; j++)
			is_new = !s->table.entries[j].is_port ||
			         s->table.entries[j].port != e->port;
		if (!is_new)
			continue;
		separate(out, begin);
		buffer_format(out, "%u", (unsigned)e->port);
	}
}

static void list_key(const struct sample *s, const struct key_found *f, struct buffer *out)
{
	const struct marker_hit *best = NULL;
	for (size_t i = 0; i < f->evidence_count; i++)
		if (best == NULL ||
		    markers[f->evidence[i].marker].weight > markers[best->marker].weight)
			best = &f->evidence[i];
	buffer_format(out, "key 0x%02x: %u markers, %u credentials", sample_key(s, f->key),
	              f->markers, f->logins);
	if (best != NULL)
		buffer_format(out, " (%s at 0x%zx)", markers[best->marker].text, best->offset);
	if (f->original != 0)
		buffer_format(out, ", from 0x%08x at 0x%zx", (unsigned)f->original,
		              f->original_offset);
}

void sample_list_evidence(const struct sample *s, struct buffer *out)
{
	const size_t begin = out->length;
	if (s->image_key != 0)
		buffer_format(out, "the whole file is encoded with 0x%02x", s->image_key);
	if (s->packed.packed != PACKED_NO) {
		separate(out, begin);
		buffer_format(out, "packed: %s, at 0x%zx, %.2f bits a byte", s->packed.mark,
		              s->packed.offset, s->packed.entropy);
	}
	for (size_t i = 0; i < s->keys.count; i++) {
		separate(out, begin);
		list_key(s, &s->keys.found[i], out);
	}
	if (s->keys.is_cut)
		buffer_format(out, ";more than %d keys, of which the others are left out",
		              KEYS_MAX);
	if (s->roles.evidence.length > 0)
		separate(out, begin);
	buffer_append(out, s->roles.evidence.bytes, s->roles.evidence.length);
}
