// SPDX-License-Identifier: MIT
// Private to cmd/: the incidents that are built in, and those of --incidents.
#pragma once

#include "cmd/dataset.h"
#include "incident/incident.h"

// An entry of the options table of a command whose struct begins with struct analysis_command.
#define INCIDENTS_OPTION                                                                                                 \
	{                                                                                                                \
		"incidents", 0, OPTION_TEXT, offsetof(struct analysis_command, incidents), "FILE",                       \
			"incidents of your own besides those that are built in: date,label,size,unit,source,confidence", \
			0, 0, NULL                                                                                       \
	}

// Inside the sandbox. `path` NULL: there are none of one's own. The caller calls incidents_done(), also when it fails.
bool incident_file_read(const char *path, struct incidents *out, struct error *error) MUST_CHECK;
