// SPDX-License-Identifier: MIT
// Responses in order, from several sources that each are, each once.
//
// The order is address, port, time, and then whatever else tells two apart: so that of the same responses,
// in whatever order and how often they came, there is one row.
#pragma once

#include "base/buffer.h"
#include "response/response.h"

// Less than, equal to, or greater than 0. Two that are equal are the same response.
int response_compare(const struct response *, const struct response *);

// A source of responses that ascend.
struct response_source {
	// False at the end (then error->kind is ERROR_NONE) or at a failure. What *out points to is valid
	// until the next call.
	bool (*next)(struct response_source *, struct response *out, struct error *error);
};

// A merge of sources, which stay the caller's.
struct response_merge {
	struct response_source **sources;
	size_t count;
	struct response *heads;  // of each source
	bool *is_over;
	size_t at;  // whose head was handed out; count: nobody's
	struct response last;
	struct buffer last_bytes;  // of the probe, then the answer
	bool has_last;
};
bool response_merge_begin(struct response_merge *, struct response_source **sources, size_t count,
                          struct error *error) MUST_CHECK;
void response_merge_done(struct response_merge *);

// The next response; *out_source: the first of the sources that have it. As next() above.
bool response_merge_next(struct response_merge *, struct response *out, size_t *out_source,
                         struct error *error);
