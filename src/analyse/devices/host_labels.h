// SPDX-License-Identifier: MIT
// Which labels hosts have, from rules (device/label.h) or from a table of somebody's own.
//
// Nothing here depends on the order in which labels come: names are numbered in the order of their bytes,
// from 1; 0 is no label.
#pragma once

#include "base/buffer.h"
#include "device/label.h"
#include "response/response.h"

// What one answer says. The latest of one host and port counts, as with hosts.h; of the same moment the
// one that says more, then the later name.
struct answer_label {
	uint32_t address, name;
	uint64_t time_ns;
	uint16_t port;      // 0: of the whole host, from a table
	uint8_t knowledge;  // what is larger counts first among ports of a host
};

struct host_labels {
	struct answer_label *list;  // one a host and port; ascending by address, port
	uint32_t count, capacity;
	struct buffer texts;
	const char **names;  // [name_count + 1]; names[0] is ""
	uint32_t name_count;
};
void host_labels_done(struct host_labels *);  // accepts one of zeros

// The label of a host: that of its port that knows most; of several the lowest port's. 0: none.
uint32_t host_labels_of(const struct host_labels *, uint32_t address);

// The label by what the host answered on one port; of a table, that of the host. 0: none.
uint32_t host_labels_of_port(const struct host_labels *, uint32_t address, uint16_t port);

// ---- from answers

struct label_gatherer;

// NULL: no memory. `work` stays the caller's.
struct label_gatherer *label_gatherer_new(struct label_work *work, struct error *error) MUST_CHECK;
void label_gatherer_free(struct label_gatherer *);  // accepts NULL

// Takes a response, as a response_receiver's with the gatherer as context: its bytes as they came.
bool label_gatherer_take(void *gatherer, const struct response *, struct error *error) MUST_CHECK;

// The gatherer becomes *out; also in case of failure it is gone.
bool label_gatherer_finish(struct label_gatherer *, struct host_labels *out,
                           struct error *error) MUST_CHECK;

// ---- from a table

// "address,label" a line, further columns are passed over; a label may stand in double quotes. A first line
// without an address is a heading; what is empty, or begins with #, is no line; a host without a label
// has none. Fails for a line that is none of these, with its number behind `name`, and for a host that
// has two labels.
enum { HOST_LABELS_LINE_MAX = 4096 };
bool host_labels_read(struct span csv, const char *name, struct host_labels *out,
                      struct error *error) MUST_CHECK;
