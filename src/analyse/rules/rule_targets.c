// SPDX-License-Identifier: MIT
// A fold over sources. The days on which a source is a target of a query are a list that
// ends with the source, so that it counts once however many they are.
#include "analyse/rules/rule_targets.h"

#include "analyse/rules/rule_match.h"
#include "analyse/source_merge.h"
#include "base/memory.h"
#include "holdings/days.h"
#include "hostday/evidence.h"

// One day on which the source at hand is a target of a query.
struct hit {
	size_t sighting;
	size_t next;  // hit of the same query, number + 1; 0: none
};

// A query, and what is known of the source at hand: nothing, between two sources.
struct target {
	size_t first, last;         // hits, number + 1
	struct port_counts *ports;  // NULL: no target yet, or nobody asks
};

struct fold {
	const struct rule_targets_request *request;
	struct rule_targets *out;
	struct rule_matcher *matcher;
	struct target *targets;  // [query_count]
	uint32_t *touched;       // [query_count]: queries that the source at hand is a target of
	size_t touched_count;
	struct hit *hits;
	size_t hit_count, hit_room;
	// Of the source at hand: what is looked at on each day. With `days` above 1 the host-days
	// are `merged` ones.
	struct source_sighting *sightings;  // [day_count]
	size_t sighting_count;
	struct host_day *merged;         // [day_count]
	const struct host_day **pieces;  // of the source
	struct rule_day_targets *days;   // those of the window, with nothing in them
	size_t day_count;
	uint64_t *stamps;  // [PORTS]: `stamp` when it last was seen
	uint64_t stamp;    // of a source and query
	struct mirai_bits mirai;
};

// ---- the example

static uint32_t most_often(const struct host_day *host, unsigned field)
{
	const struct item *items = host->items + host->sets[field].begin;
	uint32_t best = 0;
	for (uint32_t i = 1; i < host->sets[field].count; i++)
		if (items[i].packets > items[best].packets)
			best = i;
	return items[best].value;
}

// Sources ascend, and so do the days of one: of equals the first stays.
static void try_example(struct rule_targets *t, const struct source_sighting *at)
{
	const struct host_day *host = at->host;
	const uint64_t syns = host_day_packets(host, KIND_SYN);
	if (t->example.is_there && t->example.syns <= syns)
		return;
	t->example = (struct rule_example){
		.is_there = true, .source = host->source, .day = at->day, .syns = syns
	};
	for (unsigned field = 0; field < HEADER_FIELDS_MAX; field++) {
		if (!(host->fields_mask >> field & 1) || host->sets[field].count == 0)
			continue;
		t->example.values[field] = most_often(host, field);
		t->example.known |= UINT32_C(1) << field;
	}
}

// ---- ports

static bool add_port(struct fold *f, struct port_counts *ports, const struct item *item)
{
	struct port_count count = port_counts_at(ports, FIELD_DESTINATION_PORT, item->value);
	count.sources += f->stamps[item->value] != f->stamp;
	f->stamps[item->value] = f->stamp;
	if (__builtin_add_overflow(count.packets, item->packets, &count.packets))
		count.packets = UINT64_MAX;
	return port_counts_put(ports, FIELD_DESTINATION_PORT, &count);
}

static bool add_ports(struct fold *f, struct target *target, const struct host_day *host)
{
	if (target->ports == NULL && (target->ports = port_counts_new()) == NULL)
		return false;
	if (!(host->fields_mask >> FIELD_DESTINATION_PORT & 1))
		return true;
	const struct item_set set = host->sets[FIELD_DESTINATION_PORT];
	for (uint32_t i = 0; i < set.count; i++)
		if (!add_port(f, target->ports, &host->items[set.begin + i]))
			return false;
	return true;
}

static void keep_port(struct rule_targets *t, const struct port_count *count)
{
	const bool is_full = t->port_count == RULE_PORTS_KEPT;
	size_t at = is_full ? RULE_PORTS_KEPT - 1 : t->port_count;
	// Ports ascend: of equals the first stays.
	if (is_full && count->sources <= t->ports[at].sources)
		return;
	t->port_count += !is_full;
	for (; at > 0 && t->ports[at - 1].sources < count->sources; at--)
		t->ports[at] = t->ports[at - 1];
	t->ports[at] = *count;
}

static void keep_ports(struct rule_targets *t, const struct port_counts *ports)
{
	struct port_count count;
	for (uint32_t p = 0; port_counts_from(ports, FIELD_DESTINATION_PORT, p, &count);
	     p = count.port + 1) {
		keep_port(t, &count);
		t->ports_seen++;
	}
}

// ---- one source

// The entry of a day, which is among them.
static struct rule_day_targets *day_of(struct rule_targets *t, int32_t day)
{
	size_t low = 0, high = t->day_count - 1;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (t->days[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return &t->days[low];
}

static bool add_hit(struct fold *f, size_t query, size_t sighting)
{
	struct target *target = &f->targets[query];
	if (f->hit_count == f->hit_room) {
		const size_t room = f->hit_room == 0 ? 1024 : 2 * f->hit_room;
		struct hit *hits = memory_resize(f->hits, room, sizeof *hits);
		if (hits == NULL)
			return false;
		f->hits = hits;
		f->hit_room = room;
	}
	f->hits[f->hit_count++] = (struct hit){ .sighting = sighting };
	if (target->last == 0) {
		f->touched[f->touched_count++] = (uint32_t)query;
		target->first = f->hit_count;
	} else {
		f->hits[target->last - 1].next = f->hit_count;
	}
	target->last = f->hit_count;
	return true;
}

// What the source used on the days that end with each day of the window.
static bool merge_days(struct fold *f, const struct source_days *source)
{
	size_t begin = 0, end = 0;
	f->sighting_count = 0;
	for (size_t d = 0; d < f->day_count; d++) {
		const int32_t day = f->days[d].day;
		for (; end < source->count && source->sightings[end].day <= day; end++)
			f->pieces[end] = source->sightings[end].host;
		while (begin < end &&
		       (int64_t)source->sightings[begin].day <= (int64_t)day - f->request->days)
			begin++;
		if (begin == end)
			continue;
		const size_t at = f->sighting_count++;
		f->sightings[at] = (struct source_sighting){ .day = day, .host = f->pieces[begin] };
		if (end - begin == 1)
			continue;
		if (!host_day_merge(f->pieces + begin, end - begin, &f->merged[at]))
			return false;
		f->sightings[at].host = &f->merged[at];
	}
	return true;
}

static bool find_hits(struct fold *f)
{
	for (size_t i = 0; i < f->sighting_count; i++) {
		const uint32_t *queries;
		const size_t count = rule_matcher_find(f->matcher, f->sightings[i].host, &queries);
		for (size_t k = 0; k < count; k++)
			if (!add_hit(f, queries[k], i))
				return false;
	}
	return true;
}

static bool take_hit(struct fold *f, size_t query, const struct source_sighting *at)
{
	struct rule_targets *t = &f->out[query];
	struct rule_day_targets *day = day_of(t, at->day);
	const uint64_t syns = host_day_packets(at->host, KIND_SYN);
	day->sources++;
	day->mirai_sources += is_mirai_host(syns, mirai_2016_syns(f->mirai, at->host));
	day->mirai_any_port_sources += is_mirai_host(syns, mirai_any_port_syns(f->mirai, at->host));
	t->syns += syns;
	if (f->request->found != NULL)
		f->request->found(f->request->context, query, at->day, at->host->source);
	if (!f->request->has_details)
		return true;
	try_example(t, at);
	return add_ports(f, &f->targets[query], at->host);
}

// All days of the source as a target of the query.
static bool take_target(struct fold *f, size_t query)
{
	struct rule_targets *t = &f->out[query];
	uint64_t syns = 0, mirai = 0, any_port = 0;
	uint32_t matched = 0;
	f->stamp++;
	for (size_t number = f->targets[query].first; number > 0;
	     number = f->hits[number - 1].next) {
		const struct source_sighting *at = &f->sightings[f->hits[number - 1].sighting];
		if (!take_hit(f, query, at))
			return false;
		syns += host_day_packets(at->host, KIND_SYN);
		mirai += mirai_2016_syns(f->mirai, at->host);
		any_port += mirai_any_port_syns(f->mirai, at->host);
		matched |= host_day_counted(at->host);
	}
	t->sources++;
	t->mirai_sources += is_mirai_host(syns, mirai);
	t->mirai_any_port_sources += is_mirai_host(syns, any_port);
	for (; matched != 0; matched &= matched - 1)
		t->matched[__builtin_ctz(matched)]++;
	return true;
}

static bool take_source(struct fold *f, const struct source_days *source)
{
	f->hit_count = f->touched_count = 0;
	if (!merge_days(f, source) || !find_hits(f))
		return false;
	for (size_t i = 0; i < f->touched_count; i++) {
		const size_t query = f->touched[i];
		if (!take_target(f, query))
			return false;
		f->targets[query].first = f->targets[query].last = 0;
	}
	return true;
}

// ---- all sources

static struct day_range days_read(const struct rule_targets_request *request)
{
	return day_range_with_past(request->window, request->days - 1);
}

static bool fold_sources(struct fold *f, struct holdings *holdings, struct error *error)
{
	const struct rule_targets_request *request = f->request;
	const uint64_t asked = rule_matcher_columns(f->matcher);
	uint64_t columns = asked | MIRAI_HOST_COLUMNS;
	struct source_filter filter = { .window = days_read(request),
		                        .family = HOLDINGS_ALL_SYNS,
		                        .port = SOURCE_ANY_PORT,
		                        .without_floods = request->without_floods };
	struct source_merge *merge;
	struct source_days source;
	for (unsigned field = FIELD_DESTINATION; field < HEADER_FIELDS_MAX; field++)
		filter.is_any_packet |= (asked & COLUMN_BIT(COLUMN_FIELD + field)) != 0;
	if (request->has_details)
		columns |= COLUMN_BIT(COLUMN_FIELD + HEADER_FIELDS_MAX) - COLUMN_BIT(COLUMN_FIELD);
	if (!source_merge_open(holdings, &filter, columns, &merge, error))
		return false;
	bool ok = true;
	while (ok && source_merge_next(merge, &source, error))
		ok = take_source(f, &source) || error_memory(error, "the targets of rules");
	ok = ok && error->kind == ERROR_NONE;
	source_merge_close(merge);
	return ok;
}

static bool make_room(struct fold *f, const struct holdings *holdings, struct error *error)
{
	const struct rule_targets_request *request = f->request;
	const size_t days = held_days_count(holdings, request->window);
	const size_t days_with_past = held_days_count(holdings, days_read(request));
	struct held_day day = { .count = 0 };
	f->days = memory_new(days + 1, sizeof *f->days);
	f->day_count = days;
	f->sightings = memory_new(days + 1, sizeof *f->sightings);
	f->merged = memory_new(days + 1, sizeof *f->merged);
	f->pieces = memory_new(days_with_past + 1, sizeof(const struct host_day *));
	f->out = memory_new(request->query_count + 1, sizeof *f->out);
	f->targets = memory_new(request->query_count + 1, sizeof *f->targets);
	f->touched = memory_new(request->query_count + 1, sizeof *f->touched);
	f->stamps = memory_new(PORTS, sizeof *f->stamps);
	bool ok = f->out != NULL && f->targets != NULL && f->touched != NULL && f->stamps != NULL &&
	          f->days != NULL && f->sightings != NULL && f->merged != NULL && f->pieces != NULL;
	for (size_t d = 0; ok && held_day_next(holdings, request->window, &day); d++)
		f->days[d].day = day.day;
	for (size_t i = 0; ok && i < request->query_count; i++) {
		f->out[i].day_count = days;
		ok = (f->out[i].days = memory_new(days + 1, sizeof *f->out[i].days)) != NULL;
		for (size_t d = 0; ok && d < days; d++)
			f->out[i].days[d].day = f->days[d].day;
	}
	return ok || error_memory(error, "the targets of rules");
}

static void fold_done(struct fold *f)
{
	for (size_t i = 0; f->targets != NULL && i < f->request->query_count; i++)
		port_counts_free(f->targets[i].ports);
	for (size_t d = 0; f->merged != NULL && d < f->day_count; d++)
		host_day_done(&f->merged[d]);
	rule_matcher_free(f->matcher);
	memory_free(f->days);
	memory_free(f->sightings);
	memory_free(f->merged);
	memory_free(f->pieces);
	memory_free(f->targets);
	memory_free(f->touched);
	memory_free(f->stamps);
	memory_free(f->hits);
}

bool rule_targets_find(struct holdings *holdings, const struct rule_targets_request *request,
                       struct rule_targets *out, struct error *error)
{
	const struct fingerprint_set *fingerprints = holdings_about(holdings).fingerprints;
	struct rule_targets_request asked = *request;
	asked.days = request->days == 0 ? 1 : request->days;
	struct fold fold = { .request = &asked, .mirai = mirai_bits_of(fingerprints) };
	const bool ok = make_room(&fold, holdings, error) &&
	                rule_matcher_new(request->queries, request->query_count, &fold.matcher,
	                                 error) &&
	                fold_sources(&fold, holdings, error);
	for (size_t i = 0; ok && i < request->query_count; i++) {
		if (fold.targets[i].ports != NULL)
			keep_ports(&fold.out[i], fold.targets[i].ports);
		out[i] = fold.out[i];
	}
	if (!ok && fold.out != NULL)
		rule_targets_done(fold.out, request->query_count);
	memory_free(fold.out);
	fold_done(&fold);
	return ok;
}

void rule_targets_done(struct rule_targets *targets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		memory_free(targets[i].days);
}
