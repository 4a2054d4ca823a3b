// SPDX-License-Identifier: MIT
// Private to the local engine: what the files of the topic of changes share.
//
//	changes.c         which days are looked at; the rows and what has to be known of them
//	changes_counts.c  families, ports and places: counts by day, of which analyse/changes/ says which are news
//	around.c          the same counts before and after a day
//	changes_rules.c   association rules that emerged, and those that are gone
#pragma once

#include "answer/local/topic.h"
#include "analyse/changes/changes.h"
#include "analyse/coverage.h"

enum change_subject {
	SUBJECT_FAMILY,
	SUBJECT_PORT,
	SUBJECT_RULE,
	SUBJECT_COUNTRY,
	SUBJECT_NETWORK,
	CHANGE_SUBJECTS
};

// One that was found. Its texts are its own.
struct changes_row {
	int32_t day;
	enum change_subject subject;
	struct changed changed;
	bool has_usual;
	char *id, *name;
};

// One inquiry on its way: days [first, first + days.count), of which those that are asked for are the last.
struct changes_run {
	const struct answering *answering;
	const struct question *question;
	int32_t first, from, to;
	struct change_days days;
	bool *is_known, *has_unknown, *is_whole;  // [days.count]; flows: families are unknown
	uint64_t compared;                        // subjects, on the last day
	struct changes_row *rows;
	size_t count, room;
	// Who takes the counts by day instead of having them judged (around.c); NULL: nobody.
	bool (*take)(struct changes_run *, const struct change_days *, enum change_subject,
	             const char *id, const uint32_t *sources, struct error *error);
};

// All days of the question that are held, and what is known of them: days.count is 0 if there is none. The caller calls
// changes_run_done(), also when it fails.
bool changes_run_begin(struct changes_run *, struct error *error) MUST_CHECK;
void changes_run_done(struct changes_run *);

// Adds what is told of the subject on the days asked for.
bool changes_judge(struct changes_run *, const struct change_days *, enum change_subject,
                   const char *id, const char *name, const uint32_t *sources,
                   struct error *error) MUST_CHECK;
bool changes_add(struct changes_run *, const struct changes_row *, struct error *error) MUST_CHECK;

bool changes_of_families(struct changes_run *, struct error *error) MUST_CHECK;
bool changes_of_ports(struct changes_run *, struct error *error) MUST_CHECK;
bool changes_of_places(struct changes_run *, struct error *error) MUST_CHECK;
bool changes_of_rules(struct changes_run *, struct error *error) MUST_CHECK;
