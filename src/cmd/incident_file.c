// SPDX-License-Identifier: MIT
#include "cmd/incident_file.h"

#include "base/disk.h"

bool incident_file_read(const char *path, struct incidents *out, struct error *error)
{
	struct span text;
	if (!incidents_built_in(out, error))
		return false;
	if (path == NULL)
		return true;
	if (!disk_map_file(path, &text, error))
		return false;
	const bool ok = incidents_merge(out, text, path, error);
	disk_unmap_file(text);
	return ok;
}
