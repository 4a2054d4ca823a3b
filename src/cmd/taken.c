// SPDX-License-Identifier: MIT
#include "cmd/taken.h"

#include "base/text.h"
#include "cmd/cmd.h"

#include <inttypes.h>

void taken_say(const struct store_taken *taken, const char *records, const char *store)
{
	char line[512];
	text_format(line, sizeof line,
	            "took in %" PRIu64 " %s that are new, of %" PRIu64 "; store '%.300s'",
	            taken->fresh, records, taken->came, store);
	command_say(line);
	if (taken->forgotten == 0)
		return;
	text_format(line, sizeof line,
	            "left out %" PRIu64 " of days that the store has forgotten (`hotaru forget`)",
	            taken->forgotten);
	command_say(line);
}
