// SPDX-License-Identifier: MIT
// Families of scanners by what they say, as data: a table that is built in, or a user's own in its place.
//
// Lines of text, seven fields between commas; the last one is the rest of the line. `#` begins a line that is a comment.
//
//	family,tokens,loader tokens,programs,keys,since,source
//	mirai,MIRAI,ECCHI,2,0x22,2016-08,where that is published
//
// tokens       what scanners say, several between `;`. Case matters. A token stands in one place only
// loader tokens  what only loaders say
// programs     1: it scans and loads in one program; 2: loaders are others; empty: nobody published it
// keys         of the encoded tables of its samples, each 0x00 to 0xff, between `;`
// since        YYYY, YYYY-MM or YYYY-MM-DD: when it was seen first, or published
//
// The family `hajime` has no tokens: it is told by its commands (role.h).
#pragma once

#include "analyse/variants/tokens.h"
#include "base/error.h"

enum { FAMILIES_MAX = 1024, FAMILY_NAME_SIZE = 33, FAMILIES_TEXT_MAX = 1 << 20 };
enum { FAMILY_LINE_MAX = 1024 };

struct malware_family {
	char name[FAMILY_NAME_SIZE];
	unsigned programs;        // 1, 2; 0: nobody knows
	struct span keys, since;  // of the text
	struct span source;
};

struct family_token {
	struct span token;
	unsigned family;
	bool is_loaders;
};

struct malware_families {
	struct malware_family *list;  // as they stand in the table
	size_t count;
	struct family_token *tokens;  // in the order of bytes
	size_t token_count;
	size_t hajime;  // its number; SIZE_MAX: it is not in the table
};

extern const char families_builtin[];

// The text outlives them. ERROR_USAGE with `where` and the line that is wrong.
bool families_parse(struct span text, const char *where, struct malware_families *out,
                    struct error *error) MUST_CHECK;
void families_done(struct malware_families *);  // accepts one of zeros

// NULL: it is in none.
const struct family_token *families_find(const struct malware_families *, struct span token);
