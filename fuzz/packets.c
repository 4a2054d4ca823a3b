// SPDX-License-Identifier: MIT
// `hotaru packets` over any bytes, as CSV and as JSON: a row for each packet, with
// as many columns as the header has, and text that does nothing.
#include "cmd/cmd.h"
#include "fuzz.h"
#include "naive.h"

#include <stdlib.h>
#include <string.h>

enum { LENGTH_MAX = 32 * 1024 };

static struct zone utc;
static struct fingerprint_set fingerprints;

void fuzz_setup(void)
{
	struct error error;
	REQUIRE(zone_parse("UTC", &utc, &error));
	REQUIRE(fingerprint_set_init(&fingerprints, NULL, "", &error));
	// Warnings of damage are not what is tested; a sanitizer writes past stdio.
	stderr = fopen("/dev/null", "we");
	REQUIRE(stderr != NULL);
}

static size_t count_of(struct span text, char c)
{
	size_t count = 0;
	for (size_t i = 0; i < text.length; i++)
		count += text.bytes[i] == (uint8_t)c;
	return count;
}

static void check_characters(struct span text)
{
	for (size_t i = 0; i < text.length; i++)
		REQUIRE(text.bytes[i] == '\n' || (text.bytes[i] >= 0x20 && text.bytes[i] < 0x7f));
}

static struct span print(const char *path, const char *format)
{
	const char *out = fuzz_file(1, (struct span){ .length = 0 });
	char *words[] = { (char *)(uintptr_t) "--format",
		          (char *)(uintptr_t)format,
		          (char *)(uintptr_t) "-o",
		          (char *)(uintptr_t)out,
		          (char *)(uintptr_t) "--no-sandbox",  // the next input has other files
		          (char *)(uintptr_t)path };
	const int code = command_packets.run(
		&command_packets, (struct option_words){ words, sizeof words / sizeof *words });
	REQUIRE(code == EXIT_DONE || code == EXIT_DAMAGED || fuzz_is_starving);
	return fuzz_file_content(1);
}

void fuzz_one(struct span input)
{
	static const char *const formats[] = { "csv", "json", "table" };
	struct naive naive;
	if (input.length > LENGTH_MAX)
		return;
	const char *path = fuzz_file(0, input);
	const bool is_counted = naive_count(path, &utc, NULL, &fingerprints, &naive);
	const size_t packets = naive.rows;
	for (size_t f = 0; naive.is_open && is_counted && f < 3; f++) {
		const struct span text = print(path, formats[f]);
		check_characters(text);
		const size_t rows = count_of(text, '\n');
		if (!fuzz_is_starving)
			REQUIRE(rows == packets + (f == 0 || (f == 2 && packets > 0)) ||
			        (f == 2 && packets == 0));
		// Layouts of options are the one cell that has commas, in quotes.
		if (f == 1 && !fuzz_is_starving)
			REQUIRE(count_of(text, '{') == packets && count_of(text, '}') == packets);
		free((void *)(uintptr_t)text.bytes);
	}
	naive_done(&naive);
}
