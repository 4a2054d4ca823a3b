// SPDX-License-Identifier: MIT
// The columns of answers about what was done at honeypots.
#include "answer/schemas.h"

// Times are of the first event. `logins`: passwords that were accepted; `flag`: why the source does not count, empty if
// it does; `fetched`: defanged, in printable ASCII.
static const struct column sessions[] = {
	{ "time", CELL_TIME, .spare = 1 },
	{ "sensor", CELL_TEXT, .spare = 9 },
	{ "session", CELL_TEXT, .spare = 10 },
	{ "source", CELL_ADDRESS },
	{ "protocol", CELL_TEXT, .spare = 5 },
	{ "tokens", CELL_TEXT, .form = FORM_LIST },
	{ "role", CELL_TEXT },
	{ "family", CELL_TEXT },
	{ "stage", CELL_TEXT },
	{ "logins", CELL_NUMBER, .spare = 4 },
	{ "commands", CELL_NUMBER, .spare = 3 },
	{ "downloads", CELL_NUMBER, .spare = 2 },
	{ "failed", CELL_NUMBER, .spare = 6 },
	{ "seconds", CELL_REAL, UNIT_SECONDS, .spare = 7 },
	{ "flag", CELL_TEXT, .spare = 8 },
	{ "client", CELL_TEXT, .spare = 11 },
	{ "fetched", CELL_TEXT, .is_detail = true, .form = FORM_WORDS },
};

void sessions_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, sessions);
}

// A row for each day from the first on which some honeypot logged to the last (analyse/variants/logged.h): honeypots that
// belong to it, the seconds that they logged, all together, and their share of what they could have; `status` as of
// coverage_schema: covered, partly, missing.
static const struct column logged[] = {
	{ "day", CELL_DAY },
	{ "sensors", CELL_NUMBER },
	{ "logged_seconds", CELL_NUMBER, UNIT_SECONDS },
	{ "share", CELL_REAL, UNIT_SHARE },
	{ "status", CELL_TEXT },
};

void logged_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, logged);
}

static const struct column variants_day[] = { { "day", CELL_DAY } };
static const struct column variants_family[] = { { "family", CELL_TEXT } };
static const struct column variants_token[] = { { "token", CELL_TEXT } };
static const struct column variants_counts[] = {
	{ "country", CELL_TEXT },
	{ "sources", CELL_NUMBER, UNIT_SOURCES },
	{ "sessions", CELL_NUMBER },
};
// programs: 1, 2, or empty: nobody knows; published: that is what the table of families says, 0: what sessions show.
// countries: those with the most sources, "JP:12".
static const struct column variants_table[] = {
	{ "type", CELL_TEXT },
	{ "programs", CELL_NUMBER },
	{ "tokens", CELL_TEXT, .form = FORM_LIST },
	{ "countries", CELL_TEXT, .form = FORM_COUNTS },
	{ "keys", CELL_TEXT, .form = FORM_LIST },
	{ "sources", CELL_NUMBER, UNIT_SOURCES },
	{ "sessions", CELL_NUMBER, .spare = 1 },
	{ "scanners", CELL_NUMBER, UNIT_SOURCES, .spare = 4 },
	{ "loaders", CELL_NUMBER, UNIT_SOURCES, .spare = 3 },
	{ "both", CELL_NUMBER, UNIT_SOURCES, .spare = 2 },
	{ "first_day", CELL_DAY, .spare = 6 },
	{ "last_day", CELL_DAY, .spare = 5 },
	{ "published", CELL_TEXT, .is_detail = true },
};

void variants_schema(const struct question *q, struct schema *out)
{
	if (q->variants.by == VARIANTS_TABLE) {
		ADD(out, variants_table);
		return;
	}
	if (q->variants.by != VARIANTS_BY_COUNTRY)
		ADD(out, variants_day);
	if (q->variants.by == VARIANTS_BY_TOKEN)
		ADD(out, variants_token);
	else
		ADD(out, variants_family);
	ADD(out, variants_counts);
}
