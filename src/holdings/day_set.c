// SPDX-License-Identifier: MIT
#include "holdings/day_set.h"

#include "base/memory.h"
#include "hostday/evidence.h"
#include "ipset/ipset.h"

#include <assert.h>
#include <string.h>

// The bytes are the builder's.
struct made_set {
	struct holdings_set base;
	struct ipset_builder *builder;
	struct span bytes;
};

static bool made_read(const struct holdings_set *set, size_t from, size_t length, uint8_t *out,
                      struct error *error)
{
	const struct made_set *made = (const struct made_set *)set;
	(void)error;
	assert(from <= made->bytes.length && length <= made->bytes.length - from);
	if (length > 0)
		memcpy(out, made->bytes.bytes + from, length);
	return true;
}

static void made_hash(struct holdings_set *set, size_t from, struct span bytes)
{
	(void)set;
	(void)from;
	(void)bytes;
}

// Nobody else had it in the meantime.
static bool made_end(struct holdings_set *set, struct error *error)
{
	(void)set;
	(void)error;
	return true;
}

static void made_close(struct holdings_set *set)
{
	struct made_set *made = (struct made_set *)set;
	ipset_builder_free(made->builder);
	memory_free(made);
}

static const struct holdings_set_functions made_functions = { made_read, made_hash, made_end,
	                                                      made_close };

bool day_set_is_of_pieces(const struct held_day *day, unsigned family)
{
	const bool is_weighed = family < FINGERPRINTS_MAX && fingerprints_weighed >> family & 1;
	return day->count == 1 || !is_weighed;
}

static bool add_sources(struct made_set *made, struct holdings *holdings, int32_t day,
                        unsigned family, struct error *error)
{
	struct holdings_hosts *hosts;
	const struct host_day *h;
	size_t count = 0;
	if (!holdings_open_hosts(holdings, period_of_day(day), 0, &hosts, error))
		return false;
	while ((h = holdings_next_host(hosts, error)) != NULL)
		if (host_day_counted(h) >> family & 1) {
			ipset_builder_add(made->builder, h->source);
			count++;
		}
	holdings_close_hosts(hosts);
	if (error->kind != ERROR_NONE)
		return false;
	if (!ipset_builder_finish(made->builder, &made->bytes))
		return error_memory(error, "a set of sources");
	made->base.length = count > 0 ? made->bytes.length : 0;
	return true;
}

bool day_set_make(struct holdings *holdings, const struct held_day *day, unsigned family,
                  struct holdings_set **out, struct error *error)
{
	struct made_set *made = memory_new(1, sizeof *made);
	assert(family < FINGERPRINTS_MAX);
	if (made == NULL)
		return error_memory(error, "a set of sources");
	made->base.functions = &made_functions;
	made->builder = ipset_builder_new();
	if (made->builder == NULL ? !error_memory(error, "a set of sources")
	                          : !add_sources(made, holdings, day->day, family, error)) {
		made_close(&made->base);
		return false;
	}
	*out = &made->base;
	return true;
}
