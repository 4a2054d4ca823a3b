// SPDX-License-Identifier: MIT
// A /16 is 65,536 bits and as many day numbers, which stay in the cache. Days ascend on both ways, so
// that the last one written is the last one.
#include "analyse/distinct_sources.h"

#include "analyse/set_merge.h"

#include "base/memory.h"
#include "holdings/days.h"

#include <endian.h>
#include <pthread.h>
#include <string.h>

// The /16 that is being filled. It is shown and emptied before the next begins.
struct block_builder {
	const struct distinct_request *request;
	pthread_mutex_t *turns;  // NULL: there is one thread
	int32_t first_day;
	bool is_of_port;
	size_t group;
	bool has_any;
	uint64_t seen[SOURCE_BLOCK_WORDS];
	int32_t *last_day;  // NULL: not wanted
	uint16_t values[SOURCE_BLOCK_ADDRESSES];
};

// Where no port is asked for, all sources are one group.
static bool wants_ports(const struct distinct_request *request, const struct source_visitor *v)
{
	return v->is_by_port && request->choice->port_count > 0;
}

static void builder_free(struct block_builder *b)
{
	if (b != NULL)
		memory_free(b->last_day);
	memory_free(b);
}

static struct block_builder *builder_new(const struct distinct_request *request)
{
	struct block_builder *b = memory_new(1, sizeof *b);
	bool wants_last_day = false;
	if (b == NULL)
		return NULL;
	b->request = request;
	for (size_t i = 0; i < request->visitor_count; i++)
		wants_last_day |= request->visitors[i].wants_last_day;
	if (wants_last_day)
		b->last_day = memory_large(SOURCE_BLOCK_ADDRESSES * sizeof *b->last_day);
	if (wants_last_day && b->last_day == NULL) {
		builder_free(b);
		return NULL;
	}
	return b;
}

static void see(struct block_builder *b, uint16_t low, int32_t day)
{
	b->has_any = true;
	b->seen[low / 64] |= UINT64_C(1) << low % 64;
	if (b->last_day != NULL)
		b->last_day[low] = day;
}

static bool visit(struct block_builder *b, const struct source_visitor *v,
                  const struct source_block *block)
{
	const bool takes_turns = v->takes_turns && b->turns != NULL;
	if (takes_turns)
		pthread_mutex_lock(b->turns);
	const bool ok = v->visit(v->context, block);
	if (takes_turns)
		pthread_mutex_unlock(b->turns);
	return ok;
}

static bool show(void *state, uint32_t key)
{
	struct block_builder *b = state;
	bool ok = true;
	if (!b->has_any)
		return true;
	const struct source_block block = { key, b->group, b->seen, b->last_day };
	for (size_t i = 0; ok && i < b->request->visitor_count; i++) {
		const struct source_visitor *v = &b->request->visitors[i];
		ok = wants_ports(b->request, v) != b->is_of_port || visit(b, v, &block);
	}
	memset(b->seen, 0, sizeof b->seen);
	b->has_any = false;
	return ok;
}

// ---- the sets

static inline uint16_t value_at(const uint8_t *values, size_t i)
{
	uint16_t value;
	memcpy(&value, values + 2 * i, sizeof value);
	return le16toh(value);
}

// Whether the values ascend, as they have to.
static bool see_array(struct block_builder *b, const struct ipset_container *c, int32_t day)
{
	uint32_t descents = 0, next = 0;
	for (uint32_t i = 0; i < c->count; i++) {
		const uint16_t low = value_at(c->bytes.bytes, i);
		descents |= low < next;
		next = low + 1u;
		see(b, low, day);
	}
	return descents == 0;
}

static bool see_container(void *state, const struct ipset_container *c, uint32_t day_index)
{
	struct block_builder *b = state;
	const int32_t day = b->first_day + (int32_t)day_index;
	if (c->kind == IPSET_ARRAY)
		return see_array(b, c, day);
	const uint32_t count = ipset_container_values(c, b->values);
	for (uint32_t i = 0; i < count; i++)
		see(b, b->values[i], day);
	return count > 0;
}

static const struct set_visitor distinct_visitor = { see_container, show };

static bool family_of(const struct holdings *holdings, const struct source_choice *choice,
                      unsigned *out, struct error *error)
{
	return holdings_family(holdings, choice->family, out, error) &&
	       (*out == HOLDINGS_ALL_SYNS || choice->protocol != SOURCE_UDP ||
	        error_set(error, ERROR_USAGE, "families are of SYNs; UDP has none"));
}

static bool make_states(struct set_merge *merge, const struct distinct_request *request,
                        pthread_mutex_t *turns, struct error *error)
{
	for (unsigned i = 0; i < merge->threads; i++) {
		struct block_builder *builder = builder_new(request);
		if (builder == NULL)
			return error_memory(error, "the sets of sources");
		builder->turns = turns;
		builder->first_day = merge->first_day;
		merge->states[i] = builder;
	}
	return true;
}

bool distinct_of_sets(struct holdings *holdings, const struct distinct_request *request,
                      struct error *error)
{
	void *builders[POOL_THREADS_MAX] = { NULL };
	struct set_merge merge = { .visitor = &distinct_visitor,
		                   .states = builders,
		                   .threads = pool_threads(request->choice->threads) };
	pthread_mutex_t turns;
	struct day_range days;
	unsigned family;
	if (!family_of(holdings, request->choice, &family, error))
		return false;
	if (!held_days_bounds(holdings, request->choice->window, &days))
		return true;
	merge.first_day = days.from;
	pthread_mutex_init(&turns, NULL);
	const bool ok = make_states(&merge, request, &turns, error) &&
	                set_merge_open(&merge, holdings, days.to, family, error) &&
	                set_merge_run(&merge, error);
	set_merge_close(&merge);
	for (unsigned i = 0; i < merge.threads; i++)
		builder_free(builders[i]);
	pthread_mutex_destroy(&turns);
	return ok;
}

// ---- the sources

struct fold {
	const struct distinct_request *request;
	struct source_filter of_merge;
	struct source_filter filters[CHOSEN_PORTS_MAX];  // of each port, or one of any
	size_t filter_count;
	struct block_builder *all;                        // NULL: everybody wants ports
	struct block_builder *of_port[CHOSEN_PORTS_MAX];  // a group each; NULL: nobody does
	uint32_t key;
};

static bool show_all(struct fold *f, struct error *error)
{
	bool ok = f->all == NULL || show(f->all, f->key);
	for (size_t i = 0; ok && i < f->filter_count; i++)
		ok = f->of_port[i] == NULL || show(f->of_port[i], f->key);
	return ok || error_memory(error, "the sources of a /16");
}

// The last day on which the source sent what the filter wants; false: it did not.
static bool last_day(const struct source_filter *filter, const struct source_days *source,
                     int32_t *out)
{
	for (size_t i = source->count; i > 0; i--)
		if (source_filter_packets(filter, source->sightings[i - 1].host) > 0) {
			*out = source->sightings[i - 1].day;
			return true;
		}
	return false;
}

static void see_source(struct fold *f, const struct source_days *source)
{
	const uint16_t low = (uint16_t)source->source;
	int32_t latest = INT32_MIN;
	bool has_any = false;
	for (size_t i = 0; i < f->filter_count; i++) {
		int32_t day;
		if (!last_day(&f->filters[i], source, &day))
			continue;
		if (f->of_port[i] != NULL)
			see(f->of_port[i], low, day);
		latest = day > latest ? day : latest;
		has_any = true;
	}
	if (has_any && f->all != NULL)
		see(f->all, low, latest);
}

static bool fold_sources(struct fold *f, struct source_merge *merge, struct error *error)
{
	struct source_days source;
	while (source_merge_next(merge, &source, error)) {
		if (source.source >> 16 != f->key && !show_all(f, error))
			return false;
		f->key = source.source >> 16;
		see_source(f, &source);
	}
	return error->kind == ERROR_NONE && show_all(f, error);
}

static bool make_filters(struct fold *f, const struct holdings *holdings,
                         const struct source_choice *choice, struct error *error)
{
	struct source_filter any = { .window = choice->window,
		                     .family = HOLDINGS_ALL_SYNS,
		                     .protocol = choice->protocol,
		                     .port = SOURCE_ANY_PORT,
		                     .without_floods = choice->without_floods };
	if (!family_of(holdings, choice, &any.family, error))
		return false;
	f->filters[0] = any;
	f->filter_count = 1;
	for (size_t i = 0; i < choice->port_count; i++) {
		f->filters[i] = any;
		f->filters[i].port = choice->ports[i];
		f->filter_count = i + 1;
	}
	// One port the merge itself can look for; of several it knows nothing.
	f->of_merge = choice->port_count == 1 ? f->filters[0] : any;
	return true;
}

static bool make_builders(struct fold *f, struct error *error)
{
	bool wants_all = false, wants_each = false, ok = true;
	for (size_t i = 0; i < f->request->visitor_count; i++) {
		const bool is_by_port = wants_ports(f->request, &f->request->visitors[i]);
		wants_each |= is_by_port;
		wants_all |= !is_by_port;
	}
	if (wants_all)
		ok = (f->all = builder_new(f->request)) != NULL;
	for (size_t i = 0; ok && wants_each && i < f->filter_count; i++) {
		f->of_port[i] = builder_new(f->request);
		if ((ok = f->of_port[i] != NULL)) {
			f->of_port[i]->is_of_port = true;
			f->of_port[i]->group = i;
		}
	}
	return ok || error_memory(error, "the sources of a /16");
}

bool distinct_of_sources(struct holdings *holdings, const struct distinct_request *request,
                         struct error *error)
{
	struct fold fold = { .request = request };
	struct source_merge *merge = NULL;
	bool ok = make_filters(&fold, holdings, request->choice, error) &&
	          make_builders(&fold, error);
	if (ok) {
		const unsigned field = source_filter_field(&fold.of_merge);
		const bool has_ports = request->choice->port_count > 0;
		const uint64_t columns = has_ports ? COLUMN_BIT(COLUMN_FIELD + field) : 0;
		ok = source_merge_open(holdings, &fold.of_merge, columns, &merge, error) &&
		     fold_sources(&fold, merge, error);
		if (ok && request->left_out != NULL)
			*request->left_out = source_merge_left_out(merge);
	}
	source_merge_close(merge);
	builder_free(fold.all);
	for (size_t i = 0; i < fold.filter_count; i++)
		builder_free(fold.of_port[i]);
	return ok;
}

bool distinct_sources_run(struct holdings *holdings, const struct distinct_request *request,
                          struct error *error)
{
	const bool sets_know = request->choice->protocol == SOURCE_TCP &&
	                       request->choice->port_count == 0 && !request->choice->without_floods;
	return sets_know ? distinct_of_sets(holdings, request, error)
	                 : distinct_of_sources(holdings, request, error);
}

bool distinct_sources_days(struct holdings *holdings, const struct source_choice *choice,
                           uint64_t sources, struct source_days_seen *out, struct error *error)
{
	struct source_days_seen seen = { .days = 0 };
	struct held_day day = { .count = 0 };
	unsigned family;
	if (!family_of(holdings, choice, &family, error))
		return false;
	seen.is_family = family != HOLDINGS_ALL_SYNS;
	seen.lost_days = (uint32_t)lost_days_count(holdings, choice->window);
	for (; held_day_next(holdings, choice->window, &day); seen.days++) {
		bool has_unknown;
		if (!held_day_has_unknown(holdings, &day, &has_unknown, error))
			return false;
		seen.unknown_days += has_unknown;
		seen.first = seen.days == 0 ? day.day : seen.first;
		seen.last = day.day;
	}
	if (seen.is_family && seen.unknown_days > 0 && sources == 0)
		return error_set(error, ERROR_FAILED,
		                 "nothing is known of '%s': on %u of %u days SYNs came as flows, "
		                 "which tell no families (all SYNs: --family '*')",
		                 choice->family, seen.unknown_days, seen.days);
	*out = seen;
	return true;
}
