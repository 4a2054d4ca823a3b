// SPDX-License-Identifier: MIT
// Private to cmd/: the names behind --family.
#pragma once

#include "answer/engine.h"
#include "fingerprint/fingerprint.h"

enum { FAMILY_NAMES_MAX = FINGERPRINTS_MAX + 1 };
struct family_names {
	const char *list[FAMILY_NAMES_MAX];  // of the description
	size_t count;
};
// What the words name, each once; without words all fingerprints that stand for malware.
bool family_names_parse(const struct description *, const char *words, struct family_names *out,
                        struct error *error) MUST_CHECK;
void family_names_sort(struct family_names *);  // by name

// There is no such name; `meant` has seen those that there are. Returns false.
struct suggestion;
bool family_unknown(const char *word, const struct suggestion *meant, struct error *error);

// The one name that the word is.
bool family_name_parse(const struct description *, const char *word, const char **out,
                       struct error *error) MUST_CHECK;
