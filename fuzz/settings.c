// SPDX-License-Identifier: MIT
// The texts that a store keeps: its zone, its telescope and its fingerprints. A
// store that is made with them opens again and has the same.
//
// Input: three texts, the first two each up to the end of a line.
#include "fuzz.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

static void check_telescope(const char *text)
{
	struct ipset_prefixes prefixes;
	struct error error;
	if (!ipset_prefixes_parse(text, &prefixes, &error))
		return;
	REQUIRE(prefixes.count > 0);
	for (size_t i = 0; i < prefixes.count; i++) {
		const struct ipset_prefix *p = &prefixes.ranges[i];
		REQUIRE(p->first <= p->last);
		REQUIRE(i == 0 || (uint64_t)p[-1].last + 1 < p->first);
		REQUIRE(ipset_prefixes_hold(&prefixes, p->first));
		REQUIRE(ipset_prefixes_hold(&prefixes, p->last));
		if (p->first > 0)
			REQUIRE(!ipset_prefixes_hold(&prefixes, p->first - 1));
		if (p->last < UINT32_MAX)
			REQUIRE(!ipset_prefixes_hold(&prefixes, p->last + 1));
	}
	ipset_prefixes_done(&prefixes);
}

static void check_same(const struct store_settings *a, const struct store_wish *wish)
{
	REQUIRE(strcmp(a->telescope, wish->telescope != NULL ? wish->telescope : "") == 0);
	REQUIRE(strcmp(a->fingerprint_text, wish->fingerprint_text) == 0);
}

static void check_store(const struct store_wish *wish)
{
	const char *folder = fuzz_folder();
	struct store *store;
	struct error error = { .kind = ERROR_NONE };
	if (store_open_writing(folder, wish, &store, &error)) {
		check_same(store_settings(store), wish);
		store_close(store);
		if (WORKS(store_open(folder, &store, &error))) {
			check_same(store_settings(store), wish);
			store_close(store);
		}
		// The same wish does not contradict the store.
		if (WORKS(store_open_writing(folder, wish, &store, &error)))
			store_close(store);
	} else {
		REQUIRE(error.kind == ERROR_USAGE || fuzz_is_starving);
	}
	fuzz_folder_done();
}

void fuzz_one(struct span input)
{
	char *zone = fuzz_text_until(&input, '\n'), *telescope = fuzz_text_until(&input, '\n');
	char *fingerprints = fuzz_text(input);
	check_telescope(telescope);
	const struct store_wish wish = { .zone = zone[0] != '\0' ? zone : NULL,
		                         .telescope = telescope[0] != '\0' ? telescope : NULL,
		                         .fingerprint_text = fingerprints,
		                         .fingerprint_where = "'fuzz'" };
	check_store(&wish);
	free(zone);
	free(telescope);
	free(fingerprints);
}
