// SPDX-License-Identifier: MIT
#include "analyse/variants/join_rules.h"

#include "analyse/rules/rule_match.h"
#include "base/memory.h"

#include <string.h>

struct matching {
	struct holdings *holdings;
	const struct join *join;
	const struct honeypot_sighting *sightings;
	size_t count, next;         // of the day at hand from `next` on
	size_t first_row, end_row;  // of the day
	const struct header_rules_day *day;
	struct rule_matcher *matcher;
	size_t base;  // the number of its first rule
	struct join_rules *out;
	struct error *error;
};

static bool fail_memory(struct error *error)
{
	return error_memory(error, "honeypots and rules");
}

// ---- texts

static void write_items(struct buffer *out, const struct header_item *items, size_t count)
{
	char text[HEADER_ITEM_TEXT_SIZE];
	for (size_t i = 0; i < count; i++) {
		header_item_text(&items[i], text);
		buffer_text(out, i > 0 ? "&" : "");
		buffer_text(out, text);
	}
}

static size_t *offset_of(const struct join_rules *r, size_t rule)
{
	return (size_t *)(void *)r->offsets.bytes + rule;
}

static void write_rule(struct matching *m, size_t rule)
{
	const struct header_rule *r = &m->day->list[rule];
	size_t *offset = offset_of(m->out, m->base + rule);
	if (*offset != SIZE_MAX)
		return;
	*offset = m->out->texts.length;
	write_items(&m->out->texts, r->antecedent, r->antecedent_count);
	buffer_text(&m->out->texts, " => ");
	write_items(&m->out->texts, r->consequent, r->consequent_count);
	buffer_byte(&m->out->texts, '\0');
}

const char *join_rules_text(const struct join_rules *r, uint32_t rule)
{
	return (const char *)r->texts.bytes + *offset_of(r, rule);
}

// ---- one day

static bool count_rules(struct matching *m, size_t row, const uint32_t *rules, size_t count)
{
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		write_rule(m, rules[i]);
		ok = pair_counts_add(&m->out->counts, (uint32_t)row, (uint32_t)m->base + rules[i],
		                     1);
	}
	return ok && !m->out->texts.failed;
}

static size_t row_of(const struct matching *m, uint32_t family)
{
	size_t row = m->first_row;
	while (m->join->rows[row].family != family)
		row++;
	return row;
}

// All sightings of a source that the telescope saw.
static bool match_source(struct matching *m, const struct host_day *host)
{
	const struct honeypot_sighting *s = m->sightings;
	const uint32_t *rules;
	const size_t count = rule_matcher_find(m->matcher, host, &rules);
	bool ok = count_rules(m, m->first_row, rules, count);
	for (size_t i = m->next;
	     ok && i < m->count && s[i].day == m->day->day && s[i].source == host->source; i++)
		ok = count_rules(m, row_of(m, s[i].family), rules, count);
	return ok || fail_memory(m->error);
}

static bool match_hosts(struct matching *m, struct holdings_hosts *hosts)
{
	const struct honeypot_sighting *s = m->sightings;
	const struct host_day *host;
	m->error->kind = ERROR_NONE;
	while ((host = holdings_next_host(hosts, m->error)) != NULL) {
		while (m->next < m->count && s[m->next].day == m->day->day &&
		       s[m->next].source < host->source)
			m->next++;
		if (m->next == m->count || s[m->next].day != m->day->day)
			return true;
		if (s[m->next].source == host->source && host_day_packets(host, KIND_SYN) > 0 &&
		    !match_source(m, host))
			return false;
	}
	return m->error->kind == ERROR_NONE;
}

static bool match_day(struct matching *m)
{
	const uint64_t columns = rule_matcher_columns(m->matcher) | COLUMN_BIT(COLUMN_SOURCE) |
	                         COLUMN_BIT(COLUMN_PACKETS);
	struct holdings_hosts *hosts;
	if (!holdings_open_hosts(m->holdings, period_of_day(m->day->day), columns, &hosts,
	                         m->error))
		return false;
	const bool ok = match_hosts(m, hosts);
	holdings_close_hosts(hosts);
	return ok;
}

// A matcher wants the items of a rule in one place.
static bool make_matcher(struct matching *m, struct error *error)
{
	const struct header_rules_day *day = m->day;
	size_t items = 0, at = 0;
	for (size_t i = 0; i < day->count; i++)
		items += day->list[i].antecedent_count + day->list[i].consequent_count;
	struct header_item *all = memory_new(items + 1, sizeof *all);
	struct rule_query *queries = memory_new(day->count + 1, sizeof *queries);
	bool ok = (all != NULL && queries != NULL) || fail_memory(error);
	for (size_t i = 0; ok && i < day->count; i++) {
		const struct header_rule *r = &day->list[i];
		queries[i] = (struct rule_query){ all + at,
			                          r->antecedent_count + r->consequent_count };
		memcpy(all + at, r->antecedent, r->antecedent_count * sizeof *all);
		at += r->antecedent_count;
		memcpy(all + at, r->consequent, r->consequent_count * sizeof *all);
		at += r->consequent_count;
	}
	ok = ok && rule_matcher_new(queries, day->count, &m->matcher, error);
	memory_free(all);
	memory_free(queries);
	return ok;
}

static bool take_day(void *context, const struct header_rules_day *day)
{
	struct matching *m = context;
	const size_t none = SIZE_MAX;
	if (day->is_lost)
		return true;
	m->day = day;
	for (size_t row = m->first_row; row < m->end_row; row++)
		m->out->is_known[row] = true;
	for (size_t i = 0; i < day->count; i++)
		buffer_append(&m->out->offsets, &none, sizeof none);
	if (m->out->offsets.failed)
		return fail_memory(m->error);
	if (day->count == 0)
		return true;
	const bool ok = make_matcher(m, m->error) && match_day(m);
	rule_matcher_free(m->matcher);
	m->matcher = NULL;
	m->base += day->count;
	return ok;
}

// Values that a floor dropped raise the support, or leave nothing to be known.
static bool mine_day(struct matching *m, int32_t day, const struct header_rules_request *asked)
{
	struct header_rules_request request = *asked;
	struct header_rules_listener listener = { .alpha = asked->rules.alpha,
		                                  .each = take_day,
		                                  .context = m };
	int32_t floor_day;
	request.window = (struct day_range){ day, day };
	request.days = 1;
	const uint64_t floor = header_rules_floor(m->holdings, &request, &floor_day);
	if (floor == UINT64_MAX)
		return true;
	if (floor > request.rules.support_min)
		request.rules.support_min = floor;
	m->error->kind = ERROR_NONE;
	return header_rules_share(m->holdings, &request, &listener, 1, m->error) &&
	       m->error->kind == ERROR_NONE;
}

// ---- all of them

static bool match_days(struct matching *m, struct day_range days,
                       const struct header_rules_request *request)
{
	const struct join *join = m->join;
	for (m->first_row = 0; m->first_row < join->row_count; m->first_row = m->end_row) {
		const struct join_row *row = &join->rows[m->first_row];
		m->end_row = m->first_row;
		while (m->end_row < join->row_count && join->rows[m->end_row].day == row->day)
			m->end_row++;
		while (m->next < m->count && m->sightings[m->next].day < row->day)
			m->next++;
		if (row->is_known && day_range_holds(days, row->day) &&
		    !mine_day(m, row->day, request))
			return false;
	}
	return true;
}

bool join_rules_find(struct holdings *h, const struct join *join,
                     const struct honeypot_sighting *sightings, size_t count, struct day_range days,
                     const struct header_rules_request *request, struct join_rules *out,
                     struct error *error)
{
	struct matching m = { .holdings = h,
		              .join = join,
		              .sightings = sightings,
		              .count = count,
		              .out = out,
		              .error = error };
	*out = (struct join_rules){ .texts = buffer_up_to(SIZE_MAX),
		                    .offsets = buffer_up_to(SIZE_MAX) };
	out->first = memory_new(join->row_count + 1, sizeof *out->first);
	out->is_known = memory_new(join->row_count + 1, sizeof *out->is_known);
	bool ok = (out->first != NULL && out->is_known != NULL) || fail_memory(error);
	ok = ok && match_days(&m, days, request);
	if (ok)
		pair_counts_by_group(&out->counts, out->first, join->row_count);
	else
		join_rules_done(out);
	return ok;
}

void join_rules_done(struct join_rules *r)
{
	pair_counts_done(&r->counts);
	memory_free(r->first);
	memory_free(r->is_known);
	buffer_done(&r->texts);
	buffer_done(&r->offsets);
	*r = (struct join_rules){ .first = NULL };
}
