// SPDX-License-Identifier: MIT
// Private to analyse/devices: some items as if there were no others, so that work on them does not depend on how many
// others there are.
#pragma once

#include "analyse/devices/hosts.h"

struct item_subset {
	struct hosts hosts;       // one for each item, and the texts that they have
	struct host_items items;  // without of_host
	struct host_answer *answers;
};

// `numbers` has room for a number for each text of the hosts, with any content. False: no memory.
bool item_subset_make(const struct hosts *, const struct host_items *, const uint32_t *members,
                      uint32_t count, uint32_t *numbers, struct item_subset *out);
void item_subset_done(struct item_subset *);  // accepts one of zeros
