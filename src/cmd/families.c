// SPDX-License-Identifier: MIT
#include "cmd/families.h"

#include "base/suggest.h"
#include "base/text.h"

#include <string.h>

static const char *find(const struct description *d, const char *name)
{
	if (text_equal(name, "*"))
		return "*";
	for (size_t i = 0; i < d->fingerprint_count; i++)
		if (text_equal(d->fingerprints[i].name, name))
			return d->fingerprints[i].name;
	return NULL;
}

bool family_unknown(const char *word, const struct suggestion *meant, struct error *error)
{
	error_set(error, ERROR_USAGE,
	          "there is no fingerprint '%s'; `hotaru fingerprints` lists them", word);
	return suggestion_add(meant, "", error);
}

bool family_name_parse(const struct description *d, const char *word, const char **out,
                       struct error *error)
{
	const char *known = find(d, word);
	if (known == NULL) {
		struct suggestion meant = { .word = word };
		for (size_t i = 0; i < d->fingerprint_count; i++)
			suggestion_try(&meant, d->fingerprints[i].name);
		return family_unknown(word, &meant, error);
	}
	*out = known;
	return true;
}

static bool add(const struct description *d, const char *name, struct family_names *names,
                struct error *error)
{
	const char *known;
	if (!family_name_parse(d, name, &known, error))
		return false;
	for (size_t i = 0; i < names->count; i++)
		if (text_equal(names->list[i], known))
			return true;
	names->list[names->count++] = known;
	return true;
}

bool family_names_parse(const struct description *d, const char *words, struct family_names *out,
                        struct error *error)
{
	struct family_names names = { .count = 0 };
	char name[FINGERPRINT_NAME_SIZE];
	if (words == NULL) {
		for (size_t i = 0; i < d->fingerprint_count; i++)
			if (d->fingerprints[i].is_family)
				names.list[names.count++] = d->fingerprints[i].name;
		*out = names;
		return true;
	}
	while (text_next(&words, ',', name, sizeof name))
		if (!add(d, name, &names, error))
			return false;
	if (names.count == 0)
		return error_set(error, ERROR_USAGE, "--family names no fingerprint");
	*out = names;
	return true;
}

void family_names_sort(struct family_names *names)
{
	for (size_t i = 1; i < names->count; i++) {
		const char *name = names->list[i];
		size_t at = i;
		for (; at > 0 && strcmp(names->list[at - 1], name) > 0; at--)
			names->list[at] = names->list[at - 1];
		names->list[at] = name;
	}
}
