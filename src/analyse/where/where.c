// SPDX-License-Identifier: MIT
#include "analyse/where/where_private.h"

#include "base/memory.h"

#include <assert.h>

// A request while sources are walked: it counts one of both.
struct counter {
	struct places_count *places;
	struct prefixes_count *prefixes;
};

struct pass {
	struct counter *counters;
	struct source_visitor *visitors;
	struct where_found *found;
	size_t count;
};

static bool prepare(struct pass *p, const struct source_choice *choice,
                    const struct where_request *requests)
{
	for (size_t i = 0; i < p->count; i++) {
		struct counter *c = &p->counters[i];
		if (requests[i].places.atlas != NULL)
			c->places = places_count_new(choice, &requests[i].places);
		else
			c->prefixes = prefixes_count_new(requests[i].bits);
		if (c->places == NULL && c->prefixes == NULL)
			return false;
		p->visitors[i] = c->places != NULL ? places_count_visitor(c->places)
		                                   : prefixes_count_visitor(c->prefixes);
	}
	return true;
}

static bool finish(struct pass *p, struct error *error)
{
	bool ok = true;
	for (size_t i = 0; ok && i < p->count; i++) {
		const struct counter *c = &p->counters[i];
		ok = c->places != NULL
		             ? places_count_finish(c->places, &p->found[i].places, error)
		             : prefixes_count_finish(c->prefixes, &p->found[i].prefixes, error);
	}
	return ok;
}

// The same days for all, of which one tells as well as another whether there were sources.
static bool see_days(struct pass *p, struct holdings *holdings, const struct source_choice *choice,
                     const struct floods_left_out *left_out, struct error *error)
{
	struct source_days_seen seen;
	if (!distinct_sources_days(holdings, choice,
	                           p->found[0].places.sources + p->found[0].prefixes.sources, &seen,
	                           error))
		return false;
	seen.left_out = *left_out;
	for (size_t i = 0; i < p->count; i++)
		p->found[i].places.seen = p->found[i].prefixes.seen = seen;
	return true;
}

static bool run(struct pass *p, struct holdings *holdings, const struct source_choice *choice,
                struct error *error)
{
	struct floods_left_out left_out = { .days = 0 };
	const struct distinct_request request = { .choice = choice,
		                                  .visitors = p->visitors,
		                                  .visitor_count = p->count,
		                                  .left_out = &left_out };
	return distinct_sources_run(holdings, &request, error) && finish(p, error) &&
	       see_days(p, holdings, choice, &left_out, error);
}

bool where_run(struct holdings *holdings, const struct source_choice *choice,
               const struct where_request *requests, size_t count, struct where_found *out,
               struct error *error)
{
	assert(count > 0);
	struct pass p = { .counters = memory_new(count, sizeof *p.counters),
		          .visitors = memory_new(count, sizeof *p.visitors),
		          .found = memory_new(count, sizeof *p.found) };
	bool ok = p.counters != NULL && p.visitors != NULL && p.found != NULL;
	if (ok)
		p.count = count;
	ok = (ok && prepare(&p, choice, requests)) || error_memory(error, "places and prefixes");
	ok = ok && run(&p, holdings, choice, error);
	for (size_t i = 0; i < p.count; i++) {
		places_count_free(p.counters[i].places);
		prefixes_count_free(p.counters[i].prefixes);
		if (ok)
			out[i] = p.found[i];
		else
			where_found_done(&p.found[i]);
	}
	memory_free(p.counters);
	memory_free(p.visitors);
	memory_free(p.found);
	return ok;
}

void where_found_done(struct where_found *f)
{
	places_done(&f->places);
	prefixes_done(&f->prefixes);
}
