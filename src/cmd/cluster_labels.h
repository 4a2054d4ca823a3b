// SPDX-License-Identifier: MIT
// Private to cmd/: where `hotaru cluster` and the report have their labels from, and the table of scores.
#pragma once

#include "analyse/devices/cluster_labels.h"
#include "answer/rows.h"
#include "cmd/cmd.h"

// --recog DIR, or --labels FILE; both NULL: there are none.
struct label_source {
	const char *recog, *table;
	struct label_rules *rules;
	struct label_work *work;
	struct label_gatherer *gatherer;
	struct response_receiver next;
	struct host_labels labels;
	bool has_labels;
};

// Whether the two contradict each other.
bool label_source_check(const struct label_source *, struct error *error) MUST_CHECK;

// Reads the rules or the table, for who has labels found by others; inside the sandbox. Ends, and fails, as
// label_source_open().
bool label_source_read(struct label_source *, struct error *error) MUST_CHECK;
// Says which of the rules cannot be used.
void label_source_warn(const struct label_source *);

// Opens the source; inside the sandbox. False: it is not what it should be. Whatever this returned,
// label_source_done() ends it.
bool label_source_open(struct label_source *, struct error *error) MUST_CHECK;
void label_source_done(struct label_source *);

// Who takes the answers: `next` gets all of them, as they come.
struct response_receiver label_source_receiver(struct label_source *,
                                               struct response_receiver next);

// After the last answer: the labels of the hosts are there. Says what could not be used.
bool label_source_finish(struct label_source *, bool is_quiet, struct error *error) MUST_CHECK;

// The rows of --score: one for all ports, one for each that is left out.
extern const struct schema cluster_score_schema;
void cluster_score_rows(struct rows *, const struct cluster_scores *);
