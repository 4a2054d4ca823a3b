// SPDX-License-Identifier: MIT
// A table of labels of hosts: a reason, or names in ascending order that hosts have.
#include "analyse/devices/host_labels.h"
#include "fuzz.h"

#include <string.h>

void fuzz_one(struct span input)
{
	struct host_labels labels;
	struct error error = { .kind = ERROR_NONE };
	if (!host_labels_read(input, "table", &labels, &error)) {
		REQUIRE(error.text[0] != 0 && strchr(error.text, '\n') == NULL);
		return;
	}
	for (uint32_t i = 1; i <= labels.name_count; i++)
		REQUIRE(strcmp(labels.names[i - 1], labels.names[i]) < 0);
	for (uint32_t i = 0; i < labels.count; i++) {
		const struct answer_label *label = &labels.list[i];
		REQUIRE(label->name >= 1 && label->name <= labels.name_count && label->port == 0);
		REQUIRE(host_labels_of(&labels, label->address) == label->name);
		REQUIRE(host_labels_of_port(&labels, label->address, 80) == label->name);
	}
	host_labels_done(&labels);
}
