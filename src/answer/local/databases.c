// SPDX-License-Identifier: MIT
// Databases of places, as readers have to know of them.
#include "answer/local/described.h"
#include "answer/local/topic.h"

#include "base/memory.h"
#include "place/place.h"

enum { STALE_DAYS = 366 };

static size_t count_databases(const struct place_atlas *atlas)
{
	return atlas != NULL ? place_origin_count(atlas) : 0;
}

static size_t list_databases(const struct place_atlas *atlas, bool is_of_networks,
                             struct described_database *out)
{
	const size_t count = count_databases(atlas);
	for (size_t i = 0; i < count; i++) {
		const struct place_origin origin = place_origin_at(atlas, i);
		out[i] = (struct described_database){ origin.name,
			                              origin.type,
			                              is_of_networks,
			                              origin.built_day,
			                              { origin.from, origin.to } };
	}
	return count;
}

bool describe_databases(struct described *d, const struct local_world *world, struct error *error)
{
	const size_t room = count_databases(world->countries) + count_databases(world->networks);
	struct described_database *list = memory_new(room + 1, sizeof *list);
	if (list == NULL)
		return error_memory(error, "a description");
	const size_t countries = list_databases(world->countries, false, list);
	memory_free(d->databases);
	d->all.databases = d->databases = list;
	d->all.database_count = countries + list_databases(world->networks, true, list + countries);
	return true;
}

static int64_t distance(int32_t a, int32_t b)
{
	return a > b ? (int64_t)a - b : (int64_t)b - a;
}

static bool is_stale(const struct place_origin *origin, struct day_range asked)
{
	return origin->built_day != INT32_MIN &&
	       (distance(origin->built_day, asked.from) > STALE_DAYS ||
	        distance(origin->built_day, asked.to) > STALE_DAYS);
}

static struct day_range common_days(const struct place_origin *origin, struct day_range asked)
{
	return (struct day_range){ asked.from > origin->from ? asked.from : origin->from,
		                   asked.to < origin->to ? asked.to : origin->to };
}

bool database_caveats(struct inquiry *inquiry, const struct place_atlas *atlas, bool is_of_networks,
                      struct day_range asked, struct error *error)
{
	struct caveat databases = { CAVEAT_DATABASES,
		                    { is_of_networks },
		                    { asked.from, asked.to } };
	struct caveat stale = { CAVEAT_DATABASE_STALE };
	for (size_t i = 0; i < count_databases(atlas); i++) {
		const struct place_origin origin = place_origin_at(atlas, i);
		const struct day_range days = common_days(&origin, asked);
		if (days.from > days.to)
			continue;
		databases.numbers[1] += origin.bad_records;
		if (is_stale(&origin, days)) {
			stale.days[0] = origin.built_day;
			stale.days[1] = days.from;
			stale.days[2] = days.to;
			stale.texts[0] = origin.name;
		}
	}
	return count_databases(atlas) == 0 ||
	       (add_caveat(inquiry, &databases, error) &&
	        (stale.texts[0] == NULL || add_caveat(inquiry, &stale, error)));
}
