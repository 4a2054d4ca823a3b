// SPDX-License-Identifier: MIT
// What holds for everything in a store, as its catalogue has it.
#include "store/catalog.h"

#include "base/memory.h"
#include "base/text.h"

static bool has_other_fingerprints(struct store *s, struct error *error)
{
	char *version = NULL;
	if (!catalog_setting(s, "hotaru", &version, error))
		return false;
	error_set(
		error, ERROR_FAILED,
		"store '%s' was made by hotaru %s, whose fingerprints %s does not have; use that one",
		s->path, version, HOTARU_VERSION);
	memory_free(version);
	return false;
}

// The bits in segments mean what the catalogue's table of fingerprints says. A store from before some of
// the built-in ones goes on without them.
static bool load_fingerprints(struct store *s, struct error *error)
{
	struct store_settings *settings = &s->settings;
	char *names[FINGERPRINTS_MAX] = { NULL };
	sqlite3_stmt *statement;
	enum sql_status status = SQL_FAILED;
	size_t count = 0;
	if (!sql_prepare(s->db, &statement, "SELECT name FROM fingerprint ORDER BY bit", error, ""))
		return false;
	bool ok = true;
	for (; ok && (status = sql_step(statement, error)) == SQL_ROW; count++)
		if (count < FINGERPRINTS_MAX)
			ok = (names[count] = memory_text(sql_text(statement, 0))) != NULL ||
			     error_memory(error, "fingerprints");
	sqlite3_finalize(statement);
	const size_t known = count < FINGERPRINTS_MAX ? count : FINGERPRINTS_MAX;
	ok = ok && status != SQL_FAILED &&
	     fingerprint_set_init_of(&settings->fingerprints,
	                             fingerprint_builtins_among((const char *const *)names, known),
	                             settings->fingerprint_text, "the store's fingerprints", error);
	bool same = ok && count == settings->fingerprints.count;
	for (size_t i = 0; same && i < count; i++)
		same = text_equal(names[i], settings->fingerprints.entries[i].name);
	for (size_t i = 0; i < known; i++)
		memory_free(names[i]);
	return ok && (same || has_other_fingerprints(s, error));
}

// The format says whether an older hotaru may write: days are whole where it has to be so.
static bool check_format(const struct store *s, struct error *error)
{
	const bool has_any = s->settings.fingerprints.of_sources != 0;
	return has_any == (s->format == STORE_FORMAT_OF_SOURCES) ||
	       error_set(error, ERROR_FAILED,
	                 "store '%s' is damaged: it says format %u, and has %s of sources", s->path,
	                 s->format, has_any ? "fingerprints" : "no fingerprints");
}

// The day begins within a day of where it does in UTC.
static uint64_t begin_of(const struct zone *zone, int32_t day)
{
	static const uint64_t day_ns = UINT64_C(86400) * 1000000000;
	struct day_span span = zone_day(zone, day > 0 ? (uint64_t)day * day_ns : 0);
	while (span.day > day && span.begin_ns > 0)
		span = zone_day(zone, span.begin_ns - 1);
	while (span.day < day)
		span = zone_day(zone, span.end_ns);
	return span.begin_ns;
}

void store_keep_from(struct store *s, int32_t day)
{
	s->settings.kept_from = day;
	s->settings.kept_from_ns = day == INT32_MIN ? 0 : begin_of(&s->settings.zone, day);
}

static bool load_kept_from(struct store *s, struct error *error)
{
	char *text = NULL;
	int32_t day = INT32_MIN;
	if (!catalog_setting(s, "kept_from", &text, error))
		return false;
	const bool ok = text[0] == '\0' || day_parse(text, &day);
	memory_free(text);
	if (!ok)
		return error_set(error, ERROR_FAILED, "store '%s' is damaged: setting kept_from",
		                 s->path);
	store_keep_from(s, day);
	return true;
}

// A store that keeps none, like each that was made before there was the setting, has no row.
static bool load_keeps_events(struct store *s, struct error *error)
{
	char *text = NULL;
	if (!catalog_setting(s, "events", &text, error))
		return false;
	s->settings.keeps_events = text_equal(text, "1");
	const bool ok = s->settings.keeps_events || text[0] == '\0';
	memory_free(text);
	return ok ||
	       error_set(error, ERROR_FAILED, "store '%s' is damaged: setting events", s->path);
}

bool store_load_settings(struct store *s, struct error *error)
{
	struct store_settings *settings = &s->settings;
	char *zone = NULL;
	if (!catalog_setting(s, "zone", &zone, error))
		return false;
	const bool ok = zone_parse(zone, &settings->zone, error);
	memory_free(zone);
	return ok && load_kept_from(s, error) && load_keeps_events(s, error) &&
	       catalog_setting(s, "telescope", &settings->telescope, error) &&
	       (settings->telescope[0] == '\0' ||
	        (telescope_parse(settings->telescope, &settings->telescope_days, error) &&
	         telescope_ever(&settings->telescope_days, &settings->prefixes, error))) &&
	       catalog_setting(s, "fingerprints", &settings->fingerprint_text, error) &&
	       load_fingerprints(s, error) && check_format(s, error);
}
