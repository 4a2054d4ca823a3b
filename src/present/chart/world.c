// SPDX-License-Identifier: MIT
#include "present/chart/world.h"

#include <string.h>

bool world_is_land(double x, double y)
{
	if (x < 0 || y < 0 || x >= world.width || y >= world.height)
		return false;
	return world.land[(size_t)y / (size_t)world.cell][(size_t)x / (size_t)world.cell] == '#';
}

bool world_find(const char *code, size_t *out)
{
	size_t low = 0, high = world.count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = strcmp(code, world.countries[middle].code);
		if (order == 0) {
			*out = middle;
			return true;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}
