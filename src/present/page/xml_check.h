// SPDX-License-Identifier: MIT
// For tests: whether a text is well-formed XML, as far as hotaru's own writers can
// get it wrong: tags that nest, attributes in quotes and given once, no stray < or &, no
// characters that XML forbids.
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct xml_check {
	const char *at;
	const char *open[64];  // names of the open elements, in the text itself
	size_t lengths[64];
	size_t depth;
	size_t elements;
};

static inline size_t xml_name(const char *at)
{
	return strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:");
}

// One of the five entities of XML, or a decimal one.
static inline bool xml_entity(const char *at)
{
	return strncmp(at, "&amp;", 5) == 0 || strncmp(at, "&lt;", 4) == 0 ||
	       strncmp(at, "&gt;", 4) == 0 || strncmp(at, "&quot;", 6) == 0 ||
	       strncmp(at, "&#39;", 5) == 0;
}

static inline bool xml_character(const char *at)
{
	const unsigned char c = (unsigned char)*at;
	if (c < 0x20 && c != '\n' && c != '\t')
		return false;
	if (c == '&')
		return xml_entity(at);
	return strncmp(at, "\xef\xbf\xbe", 3) != 0 && strncmp(at, "\xef\xbf\xbf", 3) != 0;
}

static inline bool xml_attributes(struct xml_check *x)
{
	const char *names[32];
	size_t lengths[32], count = 0;
	while (*x->at == ' ') {
		const char *name = ++x->at;
		const size_t length = xml_name(name);
		for (size_t i = 0; i < count; i++)
			if (lengths[i] == length && strncmp(names[i], name, length) == 0)
				return false;
		if (length == 0 || count == 32 || strncmp(name + length, "=\"", 2) != 0)
			return false;
		names[count] = name;
		lengths[count++] = length;
		for (x->at = name + length + 2; *x->at != '"'; x->at++)
			if (*x->at == '<' || *x->at == '\0' || !xml_character(x->at))
				return false;
		x->at++;
	}
	return true;
}

static inline bool xml_tag(struct xml_check *x)
{
	const bool closes = x->at[1] == '/';
	const char *name = x->at + 1 + closes;
	const size_t length = xml_name(name);
	x->at = name + length;
	if (closes) {
		if (x->depth == 0 || x->lengths[x->depth - 1] != length ||
		    strncmp(x->open[x->depth - 1], name, length) != 0 || *x->at != '>')
			return false;
		x->depth--;
		x->at++;
		return true;
	}
	x->elements++;
	if (length == 0 || x->depth == 64 || !xml_attributes(x))
		return false;
	if (strncmp(x->at, "/>", 2) == 0) {
		x->at += 2;
		return true;
	}
	x->open[x->depth] = name;
	x->lengths[x->depth++] = length;
	return *x->at++ == '>';
}

// `text` ends in a zero byte. A doctype may stand in front; there are no comments.
static inline bool xml_is_well_formed(const char *text)
{
	struct xml_check x = { .at = text };
	if (strncmp(x.at, "<!DOCTYPE html>\n", 16) == 0)
		x.at += 16;
	bool good = *x.at == '<';
	while (good && *x.at != '\0') {
		if (*x.at == '<')
			good = xml_tag(&x);
		else
			good = xml_character(x.at++);
	}
	if (!good || x.depth > 0)
		printf("not well-formed after %zu elements: %.60s\n", x.elements, x.at);
	return good && x.depth == 0 && x.elements > 0;
}
