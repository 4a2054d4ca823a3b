// SPDX-License-Identifier: MIT
// The texts that a store keeps: its zone, its telescope and its fingerprints. A
// store that is made with them opens again and has the same.
//
// Input: three texts, the first two each up to the end of a line.
#include "fuzz.h"
#include "base/text.h"
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

// What the pieces of the text say of one day, as a text without dates.
static void prefixes_of_day(const char *text, int32_t day, char *out, size_t size)
{
	char piece[64];
	out[0] = '\0';
	while (text_next(&text, ',', piece, sizeof piece)) {
		int32_t from = INT32_MIN, to = INT32_MAX;
		char *at = strchr(piece, '@');
		if (at != NULL) {
			char *dots = strstr(at, "..");
			*at = *dots = '\0';
			REQUIRE(at[1] == '\0' || day_parse(at + 1, &from));
			REQUIRE(dots[2] == '\0' || day_parse(dots + 2, &to));
		}
		const size_t length = strlen(out);
		if (from <= day && day <= to)
			REQUIRE(text_format(out + length, size - length, "%s,", piece));
	}
}

static void check_day(const struct telescope *t, const char *text, int32_t day)
{
	static char prefixes[1 << 20];
	const struct ipset_prefixes *found = telescope_on(t, day);
	struct ipset_prefixes want;
	struct error error;
	uint64_t size = 0;
	prefixes_of_day(text, day, prefixes, sizeof prefixes);
	if (prefixes[0] == '\0') {
		REQUIRE(found->count == 0 && telescope_size(t, day) == 0);
		return;
	}
	if (!WORKS(ipset_prefixes_parse(prefixes, &want, &error)))
		return;
	REQUIRE(found->count == want.count);
	for (size_t i = 0; i < want.count; i++) {
		REQUIRE(found->ranges[i].first == want.ranges[i].first);
		REQUIRE(found->ranges[i].last == want.ranges[i].last);
		size += (uint64_t)want.ranges[i].last - want.ranges[i].first + 1;
	}
	REQUIRE(size == telescope_size(t, day));
	ipset_prefixes_done(&want);
}

static void check_dated(const char *text)
{
	struct telescope t;
	struct error error;
	if (strlen(text) > 1 << 18 || !telescope_parse(text, &t, &error))
		return;
	REQUIRE(t.count > 0 && t.count <= TELESCOPE_PERIODS_MAX);
	REQUIRE(t.periods[0].first_day == INT32_MIN && telescope_same(&t, &t));
	for (size_t i = 0; i < t.count && i < 20; i++) {
		check_day(&t, text, t.periods[i].first_day);
		if (i > 0)
			check_day(&t, text, t.periods[i].first_day - 1);
	}
	check_day(&t, text, INT32_MAX);
	telescope_done(&t);
}

static void check_same(const struct store_settings *a, const struct store_request *request)
{
	REQUIRE(strcmp(a->telescope, request->telescope != NULL ? request->telescope : "") == 0);
	REQUIRE(strcmp(a->fingerprint_text, request->fingerprint_text) == 0);
}

// Fingerprints of sources can be taken out and put back; those of packets have to stay.
static void check_refit(const char *folder, const char *text)
{
	const struct store_request request = { .zone = NULL };
	struct store *store;
	struct store_refitted done;
	struct error error = { .kind = ERROR_NONE };
	if (!WORKS(store_open_writing(folder, &request, &store, &error)))
		return;
	const struct fingerprint_set *set = &store_settings(store)->fingerprints;
	const uint32_t of_sources = set->of_sources;
	const bool has_packets = set->has_expressions;
	const struct store_refit none = { .text = "", .where = "'none'" };
	const struct store_refit all = { .text = text, .where = "'fuzz'" };
	if (store_set_fingerprints(store, &none, &done, &error)) {
		REQUIRE(!has_packets && set->of_sources == 0);
		REQUIRE(store_format(store) == STORE_FORMAT);
		REQUIRE(done.removed == (size_t)__builtin_popcount(of_sources));
	} else {
		REQUIRE(has_packets || fuzz_is_starving);
	}
	if (WORKS(store_set_fingerprints(store, &all, &done, &error)))
		REQUIRE(set->of_sources == of_sources &&
		        (store_format(store) == STORE_FORMAT_OF_SOURCES) == (of_sources != 0));
	store_close(store);
}

static void check_store(const struct store_request *request)
{
	const char *folder = fuzz_folder();
	struct store *store;
	struct error error = { .kind = ERROR_NONE };
	if (store_open_writing(folder, request, &store, &error)) {
		check_same(store_settings(store), request);
		store_close(store);
		if (WORKS(store_open(folder, &store, &error))) {
			check_same(store_settings(store), request);
			store_close(store);
		}
		// The same request does not contradict the store.
		if (WORKS(store_open_writing(folder, request, &store, &error)))
			store_close(store);
		check_refit(folder, request->fingerprint_text);
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
	check_dated(telescope);
	const struct store_request request = { .zone = zone[0] != '\0' ? zone : NULL,
		                               .telescope = telescope[0] != '\0' ? telescope : NULL,
		                               .fingerprint_text = fingerprints,
		                               .fingerprint_where = "'fuzz'" };
	check_store(&request);
	free(zone);
	free(telescope);
	free(fingerprints);
}
