// SPDX-License-Identifier: MIT
#include "place/country_names.h"
#include "place/place.h"

#include <stdlib.h>
#include <string.h>

static int by_code(const void *code, const void *entry)
{
	return strcmp(code, ((const struct country_name *)entry)->code);
}

const char *place_country_name(const char *code, bool is_japanese)
{
	const struct country_name *found = bsearch(code, country_names, country_name_count,
	                                           sizeof *country_names, by_code);
	if (found == NULL)
		return NULL;
	return is_japanese ? found->japanese : found->english;
}
