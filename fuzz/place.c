// SPDX-License-Identifier: MIT
// Databases of countries and networks. A whole file is asked for both kinds: it opens, or one line
// says why not; the ranges that it answers with hold the address that was asked, abut, and
// are the same whoever asks; places have clean names.
//
// Input: one byte; then a file. Of a MaxMind database the sections are moved, so that it ends
// at the end of a page, and whoever reads on is noticed: of what is mapped, sanitizers see
// nothing.
#include "base/escape.h"
#include "base/memory.h"
#include "fuzz.h"
#include "place/place.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, RANGES_MAX = 200 };

// libmaxminddb 1.7 forgets what it has read of metadata when the rest of it is damaged.
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libmaxminddb";
}

static const char marker[] = "\xab\xcd\xefMaxMind.com";

// Room between data and metadata, as much as fills the last page.
static const char *place_file(struct span input)
{
	const size_t padding = (PAGE - input.length % PAGE) % PAGE;
	const size_t length = input.length + padding;
	size_t at = input.length;
	while (at > 0 && (input.length - at < sizeof marker - 1 ||
	                  memcmp(input.bytes + at, marker, sizeof marker - 1) != 0))
		at--;
	if (at == 0)
		return fuzz_file(0, input);
	uint8_t *bytes = fuzz_room(length + 1);
	memcpy(bytes, input.bytes, at);
	memset(bytes + at, 0, padding);
	memcpy(bytes + at + padding, input.bytes + at, input.length - at);
	const char *path = fuzz_file(0, (struct span){ bytes, length });
	free(bytes);
	return path;
}

// The page behind what is mapped next is one that nobody may read.
static void *guard(void)
{
	return mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void check_place(const struct place *place)
{
	struct buffer clean = buffer_up_to(4096);
	REQUIRE(memchr(place->id, 0, sizeof place->id) != NULL);
	REQUIRE(memchr(place->name, 0, sizeof place->name) != NULL);
	memory_fail_at(0);
	escape_terminal(&clean, place->name, strlen(place->name));
	REQUIRE(!clean.failed && clean.length == strlen(place->name));
	REQUIRE(clean.length == 0 || memcmp(clean.bytes, place->name, clean.length) == 0);
	buffer_done(&clean);
}

static bool ask(struct place_atlas *atlas, uint32_t address, struct place_range *out)
{
	if (!WORKS(place_find(atlas, 0, address, out)))
		return false;
	REQUIRE(out->first <= address && address <= out->last);
	REQUIRE(out->place < place_count(atlas));
	return true;
}

// From an address on, range by range; another address of each gives the same place.
static void check_ranges(struct place_atlas *atlas, uint32_t from)
{
	struct place_range range, again;
	const uint64_t bad = place_origin_at(atlas, 0).bad_records;
	for (unsigned i = 0; i < RANGES_MAX; i++) {
		if (!ask(atlas, from, &range) || !ask(atlas, range.last, &again))
			return;
		REQUIRE(again.place == range.place && again.last == range.last);
		if (place_origin_at(atlas, 0).bad_records == bad)
			REQUIRE(again.first == range.first);
		if (range.last == UINT32_MAX)
			break;
		from = range.last + 1;
	}
	for (size_t i = 0; i < place_count(atlas); i++)
		check_place(place_at(atlas, (uint32_t)i));
}

static void check_kind(enum place_kind kind, const char *path, uint32_t from)
{
	const struct place_source source = { path, "fuzz", INT32_MIN, INT32_MAX };
	struct place_atlas *atlas;
	struct error error = { .text = "" };
	if (!place_atlas_open(kind, &source, 1, &atlas, &error)) {
		REQUIRE(error.kind == ERROR_FAILED && error.text[0] != '\0');
		REQUIRE(memchr(error.text, '\n', strlen(error.text)) == NULL);
		return;
	}
	check_ranges(atlas, 0);
	check_ranges(atlas, from << 24);
	place_atlas_close(atlas);
}

void fuzz_one(struct span input)
{
	const uint8_t from = fuzz_u8(&input);
	const char *path = place_file(input);
	void *behind = guard();
	check_kind(PLACE_COUNTRY, path, from);
	check_kind(PLACE_NETWORK, path, from);
	munmap(behind, PAGE);
}
