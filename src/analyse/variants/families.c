// SPDX-License-Identifier: MIT
#include "analyse/variants/families.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { FIELDS = 7, TOKENS_MAX = 1 << 14 };
enum {
	FIELD_FAMILY,
	FIELD_TOKENS,
	FIELD_LOADERS,
	FIELD_PROGRAMS,
	FIELD_KEYS,
	FIELD_SINCE,
	FIELD_SOURCE
};

struct reading {
	struct malware_families *out;
	const char *where;
	size_t line;
	size_t token_capacity;
};

static bool wrong(const struct reading *r, struct error *error, const char *what, struct span word)
{
	return error_set(error, ERROR_USAGE, "%s, line %zu: %s%.*s", r->where, r->line, what,
	                 (int)(word.length < 40 ? word.length : 40), (const char *)word.bytes);
}

static const struct span no_word = { (const uint8_t *)"", 0 };

static int compare_spans(struct span a, struct span b)
{
	const size_t common = a.length < b.length ? a.length : b.length;
	const int order = common == 0 ? 0 : memcmp(a.bytes, b.bytes, common);
	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

// What stands up to the byte, which goes, too; the rest, if it does not stand there.
static struct span take_to(struct span *rest, char byte)
{
	const uint8_t *found = rest->length == 0 ? NULL : memchr(rest->bytes, byte, rest->length);
	const struct span taken = { rest->bytes,
		                    found == NULL ? rest->length : (size_t)(found - rest->bytes) };
	*rest = span_from(*rest, found == NULL ? rest->length : taken.length + 1);
	return taken;
}

static struct span trim(struct span text)
{
	while (text.length > 0 && strchr(" \t\r", text.bytes[text.length - 1]) != NULL)
		text.length--;
	while (text.length > 0 && strchr(" \t", text.bytes[0]) != NULL)
		text = span_from(text, 1);
	return text;
}

static bool is_name(struct span word)
{
	bool is_one = word.length > 0 && word.length < FAMILY_NAME_SIZE;
	for (size_t i = 0; is_one && i < word.length; i++)
		is_one = word.bytes[i] > ' ' && word.bytes[i] <= '~' &&
		         strchr(",;\"'*", word.bytes[i]) == NULL;
	return is_one;
}

static bool add_name(struct reading *r, struct span name, struct error *error)
{
	struct malware_families *f = r->out;
	if (!is_name(name))
		return wrong(r, error, "a family is called by 1 to 32 characters, not by ", name);
	if (f->count == FAMILIES_MAX)
		return wrong(r, error, "these are more than 1,024 families", no_word);
	for (size_t i = 0; i < f->count; i++)
		if (strlen(f->list[i].name) == name.length &&
		    memcmp(f->list[i].name, name.bytes, name.length) == 0)
			return wrong(r, error, "there is such a family already: ", name);
	struct malware_family *family = &f->list[f->count];
	memcpy(family->name, name.bytes, name.length);
	if (text_equal(family->name, "hajime"))
		f->hajime = f->count;
	f->count++;
	return true;
}

static bool add_token(struct reading *r, struct span token, bool is_loaders, struct error *error)
{
	struct malware_families *f = r->out;
	if (is_applet(token))
		return wrong(r, error, "this is an applet of busybox, and so no token: ", token);
	if (!is_token(token))
		return wrong(r, error,
		             "a token has 2 to 16 letters, digits and _, and these are between ;: ",
		             token);
	for (size_t i = 0; i < f->token_count; i++)
		if (compare_spans(f->tokens[i].token, token) == 0)
			return wrong(r, error, "there is such a token already: ", token);
	if (f->token_count == r->token_capacity) {
		const size_t capacity = 2 * r->token_capacity + 64;
		void *more = memory_resize(f->tokens, capacity, sizeof *f->tokens);
		if (more == NULL || capacity > TOKENS_MAX)
			return error_memory(error, "a table of families");
		f->tokens = more;
		r->token_capacity = capacity;
	}
	f->tokens[f->token_count++] = (struct family_token){ token, (unsigned)f->count - 1,
		                                             is_loaders };
	return true;
}

static bool add_tokens(struct reading *r, struct span words, bool is_loaders, struct error *error)
{
	bool ok = true;
	while (ok && words.length > 0)
		ok = add_token(r, trim(take_to(&words, ';')), is_loaders, error);
	return ok;
}

static bool add_programs(struct reading *r, struct span word, struct error *error)
{
	if (word.length > 1 || (word.length == 1 && word.bytes[0] != '1' && word.bytes[0] != '2'))
		return wrong(r, error, "programs are 1 or 2, or nobody knows, not ", word);
	r->out->list[r->out->count - 1].programs = word.length == 0 ? 0
	                                                            : word.bytes[0] - (unsigned)'0';
	return true;
}

static bool is_hex(uint8_t byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
}

static bool add_keys(struct reading *r, struct span words, struct error *error)
{
	r->out->list[r->out->count - 1].keys = words;
	while (words.length > 0) {
		const struct span key = take_to(&words, ';');
		if (key.length != 4 || memcmp(key.bytes, "0x", 2) != 0 || !is_hex(key.bytes[2]) ||
		    !is_hex(key.bytes[3]))
			return wrong(r, error, "a key is 0x00 to 0xff, not ", key);
	}
	return true;
}

static bool add_since(struct reading *r, struct span date, struct error *error)
{
	static const char form[] = "0000-00-00";
	bool is_date = date.length == 0 || date.length == 4 || date.length == 7 ||
	               date.length == 10;
	for (size_t i = 0; is_date && i < date.length; i++)
		is_date = form[i] == '-' ? date.bytes[i] == '-'
		                         : date.bytes[i] >= '0' && date.bytes[i] <= '9';
	if (!is_date)
		return wrong(r, error, "a date is YYYY, YYYY-MM or YYYY-MM-DD, not ", date);
	r->out->list[r->out->count - 1].since = date;
	return true;
}

static bool read_line(struct reading *r, struct span line, struct error *error)
{
	struct span fields[FIELDS];
	if (line.length > FAMILY_LINE_MAX)
		return wrong(r, error, "it is longer than 1,024 bytes", no_word);
	for (unsigned i = 0; i < FIELDS; i++) {
		if (i > 0 && line.length == 0 && i < FIELD_SOURCE)
			return wrong(r, error,
			             "there are seven fields between commas: "
			             "family,tokens,loader tokens,programs,keys,since,source",
			             no_word);
		fields[i] = trim(i == FIELD_SOURCE ? line : take_to(&line, ','));
	}
	const bool ok = add_name(r, fields[FIELD_FAMILY], error) &&
	                add_tokens(r, fields[FIELD_TOKENS], false, error) &&
	                add_tokens(r, fields[FIELD_LOADERS], true, error) &&
	                add_programs(r, fields[FIELD_PROGRAMS], error) &&
	                add_keys(r, fields[FIELD_KEYS], error) &&
	                add_since(r, fields[FIELD_SINCE], error);
	if (ok)
		r->out->list[r->out->count - 1].source = fields[FIELD_SOURCE];
	return ok;
}

static int by_token(const void *a, const void *b)
{
	const struct family_token *x = a, *y = b;
	return compare_spans(x->token, y->token);
}

bool families_parse(struct span text, const char *where, struct malware_families *out,
                    struct error *error)
{
	struct reading r = { .out = out, .where = where };
	*out = (struct malware_families){ .hajime = SIZE_MAX };
	out->list = memory_new(FAMILIES_MAX, sizeof *out->list);
	bool ok = out->list != NULL || error_memory(error, "a table of families");
	while (ok && text.length > 0) {
		const struct span line = trim(take_to(&text, '\n'));
		r.line++;
		if (line.length > 0 && line.bytes[0] != '#')
			ok = read_line(&r, line, error);
	}
	if (ok && out->count == 0)
		ok = error_set(error, ERROR_USAGE, "%s: there is no family in it", where);
	if (!ok) {
		families_done(out);
		return false;
	}
	if (out->token_count > 1)
		qsort(out->tokens, out->token_count, sizeof *out->tokens, by_token);
	return true;
}

void families_done(struct malware_families *f)
{
	memory_free(f->list);
	memory_free(f->tokens);
	*f = (struct malware_families){ .count = 0 };
}

const struct family_token *families_find(const struct malware_families *f, struct span token)
{
	const struct family_token wanted = { .token = token };
	return f->token_count == 0
	               ? NULL
	               : bsearch(&wanted, f->tokens, f->token_count, sizeof *f->tokens, by_token);
}
