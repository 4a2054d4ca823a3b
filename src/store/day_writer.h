// SPDX-License-Identifier: MIT
// Private to store/: the host-days that an ingest has of one day, as a segment.
//
// Where fingerprints of sources ask what a source did on all of a day, a day is one segment at all
// times: it replaces those that the store has of the day, and holds their host-days merged with the
// new ones. So whoever reads a store has nothing to merge before he may believe these fingerprints, and
// an ingest that is killed leaves them right. Otherwise it stands beside them.
#pragma once

#include "store/write.h"

// Days of one change may be written side by side, each by one thread at a time.
struct day_writer;
bool day_writer_new(struct store_change *, int32_t day, uint64_t begin_ns, struct day_writer **out,
                    struct error *error) MUST_CHECK;
// Batches ascend.
bool day_writer_add(struct day_writer *, const struct host_batch *, struct error *error) MUST_CHECK;
// Enters the segment in the change. It is not added to any more.
bool day_writer_end(struct day_writer *, struct error *error) MUST_CHECK;
void day_writer_free(struct day_writer *);  // accepts NULL
