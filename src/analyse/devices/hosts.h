// SPDX-License-Identifier: MIT
// Hosts as what they answered: which text stands at which of their ports.
//
// Nothing here depends on the order in which responses come, nor on how often one comes: texts are numbered
// in the order of their bytes, hosts in that of their addresses. Of several answers of one host on one
// port the latest counts; of the same moment the one whose text comes last in the order of bytes. Responses
// that are no answer (response.h) are passed over.
#pragma once

#include "base/buffer.h"
#include "response/response.h"

struct host_answer {
	uint32_t text;
	uint16_t port;
};

struct host {
	uint32_t address;
	uint32_t count;                     // of ports that it answered on, at least 1
	const struct host_answer *answers;  // ascending by port
};

struct hosts {
	struct host *hosts;  // ascending by address
	uint32_t count;
	struct span *texts;  // all different, ascending as bytes
	uint32_t text_count;
	struct host_gatherer *gathered;  // private: what they point into
};
void hosts_done(struct hosts *);  // accepts one of zeros

// What is made of an answer before it counts, such as a mask: at most RESPONSE_BYTES_MAX bytes.
typedef void host_text(struct span bytes, struct buffer *out);

// NULL: no memory. Without `text` answers count as they are.
struct host_gatherer *host_gatherer_new(host_text *text, struct error *error) MUST_CHECK;
void host_gatherer_free(struct host_gatherer *);  // accepts NULL

// Takes a response; as a response_receiver's, with the gatherer as context. Fails for want of memory, or if
// there are more than 2^31 answers.
bool host_gatherer_take(void *gatherer, const struct response *, struct error *error) MUST_CHECK;

// The gatherer becomes part of *out, which hosts_done() frees; also in case of failure it is gone.
bool host_gatherer_finish(struct host_gatherer *, struct hosts *out,
                          struct error *error) MUST_CHECK;

// ---- what is clustered

// Hosts that answered the same on the same ports, or single hosts.
struct host_item {
	const struct host *host;  // one of them: that of the lowest address
	uint32_t weight;          // how many they are
};

struct host_items {
	struct host_item *items;
	uint32_t count;
	uint32_t *of_host;  // [hosts.count]: its item
};
void host_items_done(struct host_items *);

// Each host by itself, in the order of addresses.
bool host_items_single(const struct hosts *, struct host_items *out,
                       struct error *error) MUST_CHECK;

// Equal ones together, in the order of what they answered: port by port, texts as bytes. So the order
// depends on nothing else.
bool host_items_grouped(const struct hosts *, struct host_items *out,
                        struct error *error) MUST_CHECK;
