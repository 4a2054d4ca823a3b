// SPDX-License-Identifier: MIT
#include "answer/local/variants_basis.h"

#include <string.h>

bool variants_basis_begin(struct variants_basis *h, const struct answering *a,
                          const struct variants_question *q, struct error *error)
{
	const struct span builtin = { (const uint8_t *)families_builtin, strlen(families_builtin) };
	const bool is_own = q->table.length > 0;
	*h = (struct variants_basis){ .world = { NULL, NULL } };
	h->world = (struct variant_world){ &h->families, &h->names };
	return families_parse(is_own ? q->table : builtin,
	                      is_own ? q->table_name : "the table of families", &h->families,
	                      error) &&
	       token_names_find(a->holdings, &h->families, &h->names, error);
}

void variants_basis_done(struct variants_basis *h)
{
	families_done(&h->families);
	token_names_done(&h->names);
}

static void escape_byte(struct buffer *out, uint8_t byte)
{
	if (byte > ' ' && byte <= '~' && byte != '\\')
		buffer_byte(out, byte);
	else
		buffer_format(out, "\\x%02X", byte);
}

void variants_escape(struct buffer *out, struct span text)
{
	for (size_t i = 0; i < text.length; i++)
		escape_byte(out, text.bytes[i]);
}

static uint8_t lower(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 'a' - 'A') : byte;
}

static bool begins(struct span text, const char *word)
{
	size_t i = 0;
	while (i < text.length && word[i] != '\0' && lower(text.bytes[i]) == (uint8_t)word[i])
		i++;
	return word[i] == '\0';
}

// Every dot up to the path: a name without a scheme is one, too.
void variants_defang(struct buffer *out, struct span url)
{
	size_t at = 0;
	if (begins(url, "http")) {
		buffer_text(out, "hxxp");
		at = 4;
	} else if (begins(url, "ftp")) {
		buffer_text(out, "fxp");
		at = 3;
	} else if (begins(url, "tftp")) {
		buffer_text(out, "tfxp");
		at = 4;
	}
	const uint8_t *scheme = memmem(url.bytes + at, url.length - at, "://", 3);
	size_t host = scheme == NULL ? at : (size_t)(scheme - url.bytes) + 3;
	for (; at < host; at++)
		escape_byte(out, url.bytes[at]);
	for (; at < url.length && url.bytes[at] != '/'; at++) {
		if (url.bytes[at] == '.')
			buffer_text(out, "[.]");
		else
			escape_byte(out, url.bytes[at]);
	}
	variants_escape(out, span_from(url, at));
}
