// SPDX-License-Identifier: MIT
// Arbitrary bytes as catalog.sqlite: whatever it says, opening the store and asking
// for everything in it ends in an answer or a reason.
#include "analyse/survey/survey.h"
#include "base/text.h"
#include "fuzz.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE_MAX_BYTES = 1 << 18, SPAN_DAYS_MAX = 4000 };

static void ignore(void *context, const char *line)
{
	(void)context;
	REQUIRE(line[0] != '\0');
}

// A survey has a row for each day, even where a mutation made it a million years.
static bool is_short_enough(const struct store *store)
{
	const size_t count = store_segment_count(store);
	if (count == 0)
		return true;
	const int64_t first = store_segment_at(store, 0)->day,
		      last = store_segment_at(store, count - 1)->day;
	return last - first <= SPAN_DAYS_MAX;
}

static void ask(struct store *store)
{
	static const char *const families[] = { "*", "mirai" };
	static const struct survey_request request = { families, 2, SURVEY_GAP_NONE, NULL, 1 };
	struct error error;
	struct store_capture *captures;
	struct store_verify_result result;
	struct survey survey;
	size_t count;
	if (store_captures(store, &captures, &count, &error)) {
		for (size_t i = 0; i < count; i++) {
			REQUIRE(captures[i].name != NULL);
			REQUIRE(captures[i].ledger == NULL ||
			        captures[i].ledger->detail_count <= INGEST_DETAILS_MAX);
		}
		store_captures_done(captures, count);
	}
	(void)!store_verify(store, ignore, NULL, &result, &error);
	if (is_short_enough(store) && survey_run(store_holdings(store), &request, &survey, &error))
		survey_done(&survey);
}

void fuzz_one(struct span input)
{
	char path[256];
	struct store *store;
	struct error error = { .kind = ERROR_NONE };
	const struct store_request request = { .zone = NULL };
	size_t days;
	if (input.length > SIZE_MAX_BYTES)
		return;
	const char *folder = fuzz_folder();
	text_format(path, sizeof path, "%s/catalog.sqlite", folder);
	REQUIRE(fuzz_write(path, input));
	if (store_open(folder, &store, &error)) {
		ask(store);
		store_close(store);
	} else {
		REQUIRE(error.text[0] != '\0');
	}
	if (store_open_writing(folder, &request, &store, &error)) {
		(void)!store_compact(store, 0, &days, &error);
		store_close(store);
	}
	fuzz_folder_done();
}
