// SPDX-License-Identifier: MIT
#include "analyse/events/groups.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/sha256.h"

#include <stdlib.h>
#include <string.h>

// What a source did: a digest, so that equal ones are found by sorting; nobody can make two that are alike.
struct behaviour {
	uint8_t digest[SHA256_SIZE];
	uint64_t first_ns, last_ns, packets;
	uint32_t source;
};

struct gathering {
	struct buffer ports;  // of the source at hand: protocol << 16 | port, ascending
	uint32_t last_port, fingerprints;
	struct behaviour now;  // packets 0: none is at hand
	struct behaviour *list;
	size_t count, room;
	// The second pass: groups by source.
	struct source_group *groups;
	size_t group_count;
};

// ---- one source

static bool keep(struct gathering *g)
{
	if (g->count == g->room) {
		const size_t room = g->room * 2 + 1024;
		struct behaviour *list = memory_resize(g->list, room, sizeof *list);
		if (list == NULL)
			return false;
		g->list = list;
		g->room = room;
	}
	buffer_u32(&g->ports, g->fingerprints);
	if (g->ports.failed)
		return false;
	sha256(buffer_span(&g->ports), g->now.digest);
	g->list[g->count++] = g->now;
	return true;
}

static int by_source(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = ((const struct source_group *)b)->source;
	return (x > y) - (x < y);
}

// A group has the ports and fingerprints of its first source.
static void describe(struct gathering *g)
{
	struct source_group *group = g->group_count == 0
	                                     ? NULL
	                                     : bsearch(&g->now.source, g->groups, g->group_count,
	                                               sizeof *g->groups, by_source);
	if (group == NULL)
		return;
	const struct span ports = buffer_span(&g->ports);
	group->fingerprints = g->fingerprints;
	group->port_count = (uint32_t)(g->ports.length / sizeof(uint32_t));
	for (size_t i = 0; i < GROUP_PORTS && i < group->port_count; i++)
		group->ports[i] = span_u32_le(ports, i * sizeof(uint32_t));
}

static bool end_source(struct gathering *g, struct error *error)
{
	bool ok = true;
	if (g->now.packets > 0 && g->groups != NULL)
		describe(g);
	else if (g->now.packets > 0)
		ok = keep(g);
	g->ports.length = 0;
	g->fingerprints = 0;
	g->now = (struct behaviour){ .packets = 0 };
	return (ok && !g->ports.failed) || error_memory(error, "groups of sources");
}

static bool add(void *context, const struct event *e, struct error *error)
{
	struct gathering *g = context;
	const uint32_t port = (uint32_t)e->protocol << 16 | e->port;
	struct behaviour *now = &g->now;
	if (now->packets > 0 && now->source != e->source && !end_source(g, error))
		return false;
	if (now->packets == 0)
		*now = (struct behaviour){ .source = e->source,
			                   .first_ns = e->first_ns,
			                   .last_ns = e->last_ns };
	if (g->ports.length == 0 || g->last_port != port)
		buffer_u32(&g->ports, port);
	g->last_port = port;
	g->fingerprints |= e->fingerprints;
	now->packets += e->packets;
	now->first_ns = e->first_ns < now->first_ns ? e->first_ns : now->first_ns;
	now->last_ns = e->last_ns > now->last_ns ? e->last_ns : now->last_ns;
	return true;
}

static bool pass(struct gathering *g, struct holdings *h, const struct events_request *r,
                 struct error *error)
{
	return events_each(h, r, add, g, error) && end_source(g, error);
}

// ---- groups of them

static int by_behaviour(const void *a, const void *b)
{
	const struct behaviour *x = a, *y = b;
	const int digests = memcmp(x->digest, y->digest, sizeof x->digest);
	if (digests != 0)
		return digests;
	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

// Whether the one goes on with the group of the one before it.
static bool goes_on(const struct behaviour *before, const struct behaviour *b, uint64_t timeout_ns)
{
	return memcmp(before->digest, b->digest, sizeof b->digest) == 0 &&
	       b->first_ns - before->first_ns <= timeout_ns;
}

static struct source_group group_of(const struct behaviour *list, size_t count)
{
	struct source_group g = { .first_ns = list[0].first_ns,
		                  .begun_ns = list[count - 1].first_ns,
		                  .sources = (uint32_t)count,
		                  .source = UINT32_MAX };
	for (size_t i = 0; i < count; i++) {
		g.packets += list[i].packets;
		g.last_ns = list[i].last_ns > g.last_ns ? list[i].last_ns : g.last_ns;
		g.source = list[i].source < g.source ? list[i].source : g.source;
	}
	return g;
}

// Counts groups, or writes them too.
static size_t find_groups(const struct gathering *g, uint64_t timeout_ns, uint64_t sources_min,
                          struct source_group *out)
{
	size_t count = 0;
	for (size_t begin = 0, end; begin < g->count; begin = end) {
		for (end = begin + 1; end < g->count; end++)
			if (!goes_on(&g->list[end - 1], &g->list[end], timeout_ns))
				break;
		if (end - begin < sources_min)
			continue;
		if (out != NULL)
			out[count] = group_of(g->list + begin, end - begin);
		count++;
	}
	return count;
}

static int groups_by_source(const void *a, const void *b)
{
	return by_source(&((const struct source_group *)a)->source, b);
}

static int groups_by_size(const void *a, const void *b)
{
	const struct source_group *x = a, *y = b;
	if (x->sources != y->sources)
		return x->sources > y->sources ? -1 : 1;
	return groups_by_source(a, b);
}

static bool group_all(struct gathering *g, const struct events_request *r, uint64_t sources_min,
                      struct source_groups *out, struct error *error)
{
	const uint64_t timeout_ns = r->timeout_s * NANOSECONDS_A_SECOND;
	if (g->count > 0)
		qsort(g->list, g->count, sizeof *g->list, by_behaviour);
	out->sources = g->count;
	out->count = find_groups(g, timeout_ns, sources_min, NULL);
	out->list = memory_new(out->count + 1, sizeof *out->list);
	if (out->list == NULL)
		return error_memory(error, "groups of sources");
	find_groups(g, timeout_ns, sources_min, out->list);
	for (size_t i = 0; i < out->count; i++)
		out->grouped += out->list[i].sources;
	return true;
}

bool source_groups_find(struct holdings *h, const struct events_request *r, uint64_t sources_min,
                        struct source_groups *out, struct error *error)
{
	struct gathering g = { .ports = buffer_up_to(SIZE_MAX) };
	*out = (struct source_groups){ .count = 0 };
	bool ok = pass(&g, h, r, error) && group_all(&g, r, sources_min, out, error);
	memory_free(g.list);
	g.list = NULL;
	if (ok) {
		qsort(out->list, out->count, sizeof *out->list, groups_by_source);
		g.groups = out->list;
		g.group_count = out->count;
		ok = pass(&g, h, r, error);
		qsort(out->list, out->count, sizeof *out->list, groups_by_size);
	}
	buffer_done(&g.ports);
	if (!ok)
		source_groups_done(out);
	return ok;
}

void source_groups_done(struct source_groups *groups)
{
	memory_free(groups->list);
	*groups = (struct source_groups){ .count = 0 };
}
