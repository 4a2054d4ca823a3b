// SPDX-License-Identifier: MIT
// Private to store/: what those who verify have in common.
#pragma once

#include "store/catalog.h"

struct verifier {
	struct store *store;
	void (*found)(void *context, const char *line);
	void *context;
	struct store_verify_result *result;
	struct host_marks marks;  // what fingerprints of sources have to say
};

// Something is wrong.
void verify_report(struct verifier *, const char *line);
void verify_report_segment(struct verifier *, const struct store_segment *, const char *what);
// Not damage, as far as anybody knows: there was no memory to look.
void verify_report_unchecked(struct verifier *, const struct store_segment *);
