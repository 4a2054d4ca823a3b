// SPDX-License-Identifier: MIT
// Which source was of which family at honeypots on which day: what the join with the telescope begins with (join.h).
//
// Sessions of a family (variants.h), of sources that count; each source once a day and family. Who scans, by his role
// (role.h), and is of a family that the fingerprint stands for, is of the sample: Hajime's own fingerprints stand for
// hajime, all others for all other families.
//
// Memory: 16 bytes for each different day, source and family.
#pragma once

#include "analyse/variants/join.h"
#include "analyse/variants/variants.h"
#include "base/buffer.h"

struct sightings {
	struct honeypot_sighting *list;  // as join.h wants them
	size_t count, capacity;
	struct buffer names;  // of families, each with a zero byte behind it
	size_t *offsets;      // by number of the family, which is the rank of its name
	uint32_t *order;      // numbers by name, while they are gathered
	size_t family_count, family_capacity;
};

struct sightings_request {
	struct day_range days;
	const char *fingerprint;      // whose sample it is; NULL: that of all SYNs
	const char *const *families;  // only these; count 0: all
	size_t family_count;
};

bool sightings_find(struct holdings *, const struct variant_world *,
                    const struct sightings_request *, struct sightings *out,
                    struct error *error) MUST_CHECK;
void sightings_done(struct sightings *);  // accepts one of zeros

static inline const char *sightings_family(const struct sightings *s, uint32_t family)
{
	return (const char *)s->names.bytes + s->offsets[family];
}
