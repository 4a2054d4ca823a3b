// SPDX-License-Identifier: MIT
// A fold over sources. Packets by port are summed in an array of all ports, and only
// those that were touched are looked at and cleared again.
#include "analyse/notices/notices.h"

#include "base/memory.h"
#include "holdings/days.h"
#include "hostday/evidence.h"
#include "place/place.h"

#include <assert.h>

struct fold {
	const struct notices_request *request;
	uint64_t own, special;
	bool is_enough;     // no more is wanted
	uint64_t *packets;  // [65536], by port
	uint16_t *touched;  // [65536]: ports that have some
	uint32_t touched_count;
};

static void add_ports(struct fold *f, const struct host_day *host, unsigned family)
{
	const unsigned field = FIELD_MATCHED_PORT + family;
	if (!(host->fields_mask >> field & 1))
		return;
	const struct item_set set = host->sets[field];
	for (uint32_t i = 0; i < set.count; i++) {
		const struct item *item = &host->items[set.begin + i];
		const uint16_t port = (uint16_t)item->value;
		if (f->packets[port] == 0)
			f->touched[f->touched_count++] = port;
		f->packets[port] += item->packets;
	}
}

static bool is_more(const struct notice_port *a, const struct notice_port *b)
{
	return a->packets != b->packets ? a->packets > b->packets : a->port < b->port;
}

static void insert_port(struct notice *n, struct notice_port port)
{
	const bool is_full = n->port_count == NOTICE_PORTS_MAX;
	if (is_full && !is_more(&port, &n->ports[NOTICE_PORTS_MAX - 1]))
		return;
	size_t at = is_full ? NOTICE_PORTS_MAX - 1 : n->port_count++;
	for (; at > 0 && is_more(&port, &n->ports[at - 1]); at--)
		n->ports[at] = n->ports[at - 1];
	n->ports[at] = port;
}

static void take_ports(struct fold *f, struct notice *n)
{
	for (uint32_t i = 0; i < f->touched_count; i++) {
		const uint16_t port = f->touched[i];
		insert_port(n, (struct notice_port){ port, f->packets[port] });
		f->packets[port] = 0;
	}
	n->ports_seen = f->touched_count;
	f->touched_count = 0;
}

static bool locate(struct place_atlas *atlas, int32_t day, uint32_t source, uint32_t *out,
                   struct error *error)
{
	struct place_range range = { .place = PLACE_UNKNOWN };
	if (atlas != NULL && !place_find(atlas, day, source, &range))
		return error_memory(error, "the places of sources");
	*out = range.place;
	return true;
}

// The source's notice of one family; false: it has none, or a failure.
static bool make_notice(struct fold *f, const struct source_days *days, size_t family,
                        struct notice *out, struct error *error)
{
	const unsigned bit = f->request->families[family];
	struct notice n = { .source = days->source, .family = family, .first_ns = UINT64_MAX };
	int32_t last_day = 0;
	error->kind = ERROR_NONE;
	for (size_t i = 0; i < days->count; i++) {
		const struct host_day *host = days->sightings[i].host;
		if (!(host_day_counted(host) >> bit & 1))
			continue;
		n.days++;
		n.packets += host->matched[bit];
		n.first_ns = host->first_ns < n.first_ns ? host->first_ns : n.first_ns;
		n.last_ns = host->last_ns > n.last_ns ? host->last_ns : n.last_ns;
		last_day = days->sightings[i].day;
		add_ports(f, host, bit);
	}
	if (n.days == 0)
		return false;
	take_ports(f, &n);
	if (!locate(f->request->countries, last_day, n.source, &n.country, error) ||
	    !locate(f->request->networks, last_day, n.source, &n.network, error))
		return false;
	*out = n;
	return true;
}

static bool take_source(struct fold *f, const struct source_days *days, struct error *error)
{
	struct notice notice;
	for (size_t i = 0; i < f->request->family_count && !f->is_enough; i++) {
		if (make_notice(f, days, i, &notice, error))
			f->is_enough = !f->request->each(f->request->context, &notice);
		else if (error->kind != ERROR_NONE)
			return false;
	}
	return true;
}

static bool fold_sources(struct fold *f, struct source_merge *merge,
                         const struct ipset_prefixes *telescope, struct error *error)
{
	struct source_days days;
	while (source_merge_next(merge, &days, error)) {
		if (ipset_prefixes_hold(telescope, days.source))
			f->own++;
		else if (ipset_is_special(days.source))
			f->special++;
		else if (!take_source(f, &days, error))
			return false;
		else if (f->is_enough)
			return true;
	}
	return error->kind == ERROR_NONE;
}

// Notices are handed on source by source, when all days are read up to there: what is damaged behind it has to be
// found before.
static bool check_days(struct holdings *holdings, const struct source_filter *filter,
                       uint64_t columns, struct error *error)
{
	struct held_day day = { .count = 0 };
	const uint64_t floods = filter->without_floods ? FLOOD_COLUMNS : 0;
	while (held_day_next(holdings, filter->window, &day))
		if (!holdings_check_hosts(holdings, period_of_day(day.day), columns | floods,
		                          error))
			return false;
	return true;
}

bool notices_find(struct holdings *holdings, const struct notices_request *request,
                  struct notices_left_out *out, struct error *error)
{
	struct fold fold = { .request = request,
		             .packets = memory_new(65536, sizeof *fold.packets),
		             .touched = memory_new(65536, sizeof *fold.touched) };
	struct source_filter filter = { .window = request->window,
		                        .family = HOLDINGS_ALL_SYNS,
		                        .port = SOURCE_ANY_PORT,
		                        .without_floods = request->without_floods };
	uint64_t columns = COLUMN_BIT(COLUMN_TIME);
	struct source_merge *merge = NULL;
	assert(request->family_count > 0);
	for (size_t i = 0; i < request->family_count; i++) {
		filter.any_of |= UINT32_C(1) << request->families[i];
		columns |= COLUMN_BIT(COLUMN_FIELD + FIELD_MATCHED_PORT + request->families[i]);
	}
	bool ok = (fold.packets != NULL && fold.touched != NULL) || error_memory(error, "notices");
	ok = ok && check_days(holdings, &filter, columns, error) &&
	     source_merge_open(holdings, &filter, columns, &merge, error) &&
	     fold_sources(&fold, merge, holdings_about(holdings).prefixes, error);
	if (ok)
		*out = (struct notices_left_out){ fold.own, fold.special,
			                          source_merge_left_out(merge) };
	source_merge_close(merge);
	memory_free(fold.packets);
	memory_free(fold.touched);
	return ok;
}
