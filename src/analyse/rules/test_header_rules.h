// SPDX-License-Identifier: MIT
// For the tests of rules: a naive count. Every source is asked for every item, and every rule of up to
// three items is tried.
#pragma once

#include "analyse/test_alone.h"
#include "analyse/rules/header_rules.h"
#include "analyse/rules/rule_match.h"
#include "store/test_store.h"

#include <string.h>

enum { MODEL_SOURCES = 2000, MODEL_ITEMS = 4000, RULES_SEEN = 200000 };

// ---- the naive count

struct model {
	struct host_day sources[MODEL_SOURCES];  // of all days of a window, merged
	bool is_merged[MODEL_SOURCES];
	size_t count;
	struct header_item items[MODEL_ITEMS];
	size_t item_count;
	uint8_t *has;  // [item][source]: in the transaction; that is, not while in a bucket
};

static inline struct header_rules_request request_of(const unsigned *fields, size_t count)
{
	return (struct header_rules_request){ .window = all_days,
		                              .days = 1,
		                              .fields = fields,
		                              .field_count = count,
		                              .rules = { .support_min = 20,
		                                         .confidence_min = 0.6,
		                                         .items_max = 3,
		                                         .consequents_max = 1,
		                                         .is_all = true,
		                                         .alpha = 0.05 } };
}

static inline bool counts_for(const struct host_day *h, unsigned field)
{
	for (unsigned kind = 0; kind < HOST_KINDS; kind++)
		if (field_info(field)->kinds >> (HOST_KIND_FIRST + kind) & 1 &&
		    h->packets[kind] > 0)
			return true;
	return false;
}

static inline bool counts_for_any(const struct host_day *h, const unsigned *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (counts_for(h, fields[i]))
			return true;
	return false;
}

static const struct item *item_of(const struct host_day *h, const struct header_item *item)
{
	const struct item_set set = h->fields_mask >> item->field & 1
	                                    ? h->sets[item->field]
	                                    : (struct item_set){ .count = 0 };
	for (uint32_t i = set.begin; i < set.begin + set.count; i++)
		if (h->items[i].value == item->value)
			return &h->items[i];
	return NULL;
}

static inline uint32_t bucket_of(const struct host_day *h, unsigned field)
{
	uint64_t bucket = 32;
	const uint64_t distinct = host_day_distinct(h, field);
	if (distinct <= 32)
		return 0;
	while (2 * bucket < distinct)
		bucket *= 2;
	return (uint32_t)bucket;
}

static inline bool uses(const struct host_day *h, const struct header_item *item)
{
	return item->is_bucket ? bucket_of(h, item->field) == item->value
	                       : item_of(h, item) != NULL;
}

static inline bool is_mirai(const struct host_day *h)
{
	const uint64_t matched = h->matched_mask >> 1 & 1 ? h->matched[1] : 0;
	return 10 * matched > 9 * host_day_packets(h, KIND_SYN);
}

static inline bool is_mirai_on_any_port(const struct host_day *h)
{
	const uint64_t matched = mirai_any_port_syns((struct mirai_bits){ 0, 1 }, h);
	return 10 * matched > 9 * host_day_packets(h, KIND_SYN);
}

static inline void model_sources(struct model *m, const struct hosts *hosts, int32_t from,
                                 int32_t to)
{
	const struct host_day *pieces[16];
	for (uint64_t source = 0, next; source <= UINT32_MAX; source = next) {
		size_t count = 0;
		next = UINT64_MAX;
		for (size_t i = 0; i < hosts->count; i++) {
			const struct day_host *entry = &hosts->entries[i];
			if (entry->day < from || entry->day > to)
				continue;
			if (entry->host.source == source)
				pieces[count++] = &entry->host;
			else if (entry->host.source > source && entry->host.source < next)
				next = entry->host.source;
		}
		if (count == 1)
			m->sources[m->count] = *pieces[0];
		m->is_merged[m->count] = count > 1;
		if (count > 1)
			CHECK(host_day_merge(pieces, count, &m->sources[m->count]));
		m->count += count > 0;
	}
}

static inline int compare_items(const void *a, const void *b)
{
	return header_item_compare(a, b);
}

static inline void add_item(struct model *m, struct header_item item)
{
	CHECK(m->item_count < MODEL_ITEMS);
	m->items[m->item_count++] = item;
}

// Items that `least` sources and more have.
static inline void model_items(struct model *m, const struct header_rules_request *request,
                               unsigned field)
{
	struct header_item *all = memory_new(2000000, sizeof *all);
	size_t count = 0;
	for (size_t s = 0; s < m->count; s++) {
		const struct host_day *h = &m->sources[s];
		const uint32_t bucket = request->without_buckets ? 0 : bucket_of(h, field);
		if (bucket > 0)
			all[count++] = (struct header_item){ (uint8_t)field, true, bucket };
		if (bucket > 0 || !(h->fields_mask >> field & 1))
			continue;
		for (uint32_t i = 0; i < h->sets[field].count; i++)
			all[count++] = (struct header_item){
				(uint8_t)field, false, h->items[h->sets[field].begin + i].value
			};
	}
	qsort(all, count, sizeof *all, compare_items);
	for (size_t begin = 0, end; begin < count; begin = end) {
		for (end = begin; end < count && !compare_items(&all[begin], &all[end]); end++)
			;
		if (end - begin >= request->rules.support_min)
			add_item(m, all[begin]);
	}
	memory_free(all);
}

static inline struct model *model_of(const struct hosts *hosts,
                                     const struct header_rules_request *request, int32_t day)
{
	struct model *m = memory_new(1, sizeof *m);
	model_sources(m, hosts, day - (int32_t)request->days + 1, day);
	for (unsigned field = 0; field < HEADER_FIELDS_MAX; field++)
		for (size_t i = 0; i < request->field_count; i++)
			if (request->fields[i] == field)
				model_items(m, request, field);
	m->has = memory_new(m->item_count * m->count + 1, 1);
	for (size_t i = 0; i < m->item_count; i++)
		for (size_t s = 0; s < m->count; s++) {
			const struct host_day *h = &m->sources[s];
			const bool is_in_bucket = !request->without_buckets &&
			                          bucket_of(h, m->items[i].field) > 0;
			m->has[i * m->count + s] = uses(h, &m->items[i]) &&
			                           is_in_bucket == m->items[i].is_bucket;
		}
	return m;
}

static inline void model_done(struct model *m)
{
	for (size_t s = 0; s < m->count; s++)
		if (m->is_merged[s])
			host_day_done(&m->sources[s]);
	memory_free(m->has);
	memory_free(m);
}

// Sources whose transactions have all of the items.
static inline struct support support_of(const struct model *m, const size_t *items, size_t count)
{
	struct support support = { 0, 0 };
	for (size_t s = 0; s < m->count; s++) {
		bool has_all = true;
		for (size_t i = 0; i < count; i++)
			has_all &= m->has[items[i] * m->count + s];
		support.all += has_all;
		support.marked += has_all && is_mirai(&m->sources[s]);
	}
	return support;
}

// ---- what is found, as text: one line a rule

struct findings {
	struct buffer text;
	size_t rules, days;
	const struct hosts *hosts;
	const struct header_rules_request *request;
	uint64_t bucketed, sampled, unsure, one_packet, in_buckets, mirai;
	size_t stop_after;
};

static inline void put_items(struct buffer *out, const struct header_item *items, size_t count)
{
	char text[HEADER_ITEM_TEXT_SIZE];
	for (size_t i = 0; i < count; i++) {
		header_item_text(&items[i], text);
		buffer_format(out, "%s%s", i > 0 ? ";" : "", text);
	}
}

// A floor drops source ports, which is how it is known who is Mirai on any port.
static bool has_floor;

static inline void put_rule(struct buffer *out, const struct header_rule *rule)
{
	const struct rule *r = &rule->rule;
	put_items(out, rule->antecedent, rule->antecedent_count);
	buffer_text(out, " => ");
	put_items(out, rule->consequent, rule->consequent_count);
	buffer_format(
		out, " %llu %llu %llu %.9g %.9g %llu %llu %llu %lld\n",
		(unsigned long long)r->support.all, (unsigned long long)r->antecedent_support.all,
		(unsigned long long)r->consequent_support.all, r->confidence, r->lift,
		(unsigned long long)rule->target_sources, (unsigned long long)rule->mirai_sources,
		(unsigned long long)(has_floor ? 0 : rule->mirai_any_port_sources),
		(long long)rule->one_packet_sources);
}

// The rest of a rule, of which the support is known, from the sources.
static inline void naive_targets(const struct model *m, const struct header_rules_request *request,
                                 struct header_rule *rule)
{
	const struct rule_query set = { rule->antecedent,
		                        rule->antecedent_count + rule->consequent_count };
	rule->target_sources = rule->mirai_sources = 0;
	rule->mirai_any_port_sources = rule->one_packet_sources = 0;
	for (size_t s = 0; s < m->count; s++) {
		const struct host_day *h = &m->sources[s];
		bool has_all = true;
		for (size_t i = 0; i < set.count; i++)
			has_all &= uses(h, &set.items[i]);
		rule->target_sources += has_all;
		rule->mirai_sources += has_all && is_mirai(h);
		rule->mirai_any_port_sources += has_all && is_mirai_on_any_port(h);
		rule->one_packet_sources += has_all && rule_is_in_one_packet(&set, h);
	}
	bool has_bucket = false;
	for (size_t i = 0; i < set.count; i++)
		has_bucket |= set.items[i].is_bucket;
	for (size_t i = 0; i < set.count; i++)
		for (size_t k = 0; k < i; k++)
			has_bucket |= set.items[i].field == set.items[k].field;
	if (!request->is_across || has_bucket)
		rule->one_packet_sources = HEADER_NOT_ONE_PACKET;
}

struct line {
	uint64_t support;
	char *text;
};

static inline int compare_lines(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	if (x->support != y->support)
		return x->support > y->support ? -1 : 1;
	// " => " sorts like the end of the antecedent: it is below any character of an item or ';'.
	return strcmp(x->text, y->text);
}

struct naive {
	const struct model *model;
	const struct header_rules_request *request;
	struct line *lines;
	size_t count;
};

// Sources that count for the rule's transactions.
static inline uint64_t total_of(const struct naive *n, unsigned field)
{
	uint64_t total = 0;
	for (size_t s = 0; s < n->model->count; s++) {
		const struct host_day *h = &n->model->sources[s];
		total += n->request->is_across
		                 ? counts_for_any(h, n->request->fields, n->request->field_count)
		                 : counts_for(h, field);
	}
	return total;
}

static inline void try_rule(struct naive *n, const size_t *items, size_t count, size_t consequent)
{
	const struct model *m = n->model;
	struct header_item list[3];
	size_t left[3], rest = 0;
	for (size_t i = 0; i < count; i++)
		if (i != consequent) {
			left[rest] = items[i];
			list[rest++] = m->items[items[i]];
		}
	list[rest] = m->items[items[consequent]];
	struct header_rule rule = { .antecedent = list,
		                    .consequent = list + rest,
		                    .antecedent_count = rest,
		                    .consequent_count = 1 };
	struct rule *r = &rule.rule;
	r->support = support_of(m, items, count);
	r->antecedent_support = support_of(m, left, rest);
	r->consequent_support = support_of(m, &items[consequent], 1);
	r->confidence = (double)r->support.all / (double)r->antecedent_support.all;
	r->lift = r->confidence /
	          ((double)r->consequent_support.all / (double)total_of(n, list[0].field));
	if (r->confidence < n->request->rules.confidence_min)
		return;
	naive_targets(m, n->request, &rule);
	struct buffer text = buffer_up_to(4096);
	put_rule(&text, &rule);
	buffer_byte(&text, '\0');
	CHECK(n->count < RULES_SEEN);
	n->lines[n->count++] = (struct line){ r->support.all, (char *)text.bytes };
}

static inline void try_set(struct naive *n, const size_t *items, size_t count)
{
	const struct model *m = n->model;
	if (!n->request->is_across)
		for (size_t i = 1; i < count; i++)
			if (m->items[items[i]].field != m->items[items[0]].field)
				return;
	if (support_of(m, items, count).all < n->request->rules.support_min)
		return;
	for (size_t i = 0; count > 1 && i < count; i++)
		try_rule(n, items, count, i);
	for (size_t next = items[count - 1] + 1; count < 3 && next < m->item_count; next++) {
		size_t more[3] = { items[0], count > 1 ? items[1] : 0, 0 };
		more[count] = next;
		try_set(n, more, count + 1);
	}
}

// The text that the day should have.
static inline void naive_day(const struct findings *f, int32_t day, struct buffer *out)
{
	struct model *m = model_of(f->hosts, f->request, day);
	struct naive n = { .model = m,
		           .request = f->request,
		           .lines = memory_new(RULES_SEEN, sizeof *n.lines) };
	for (size_t i = 0; i < m->item_count; i++)
		try_set(&n, &i, 1);
	qsort(n.lines, n.count, sizeof *n.lines, compare_lines);
	for (size_t i = 0; i < n.count; i++) {
		buffer_text(out, n.lines[i].text);
		memory_free(n.lines[i].text);
	}
	memory_free(n.lines);
	model_done(m);
}

static inline bool take_day(void *context, const struct header_rules_day *day)
{
	struct findings *f = context;
	const size_t begin = f->text.length;
	for (size_t i = 0; i < day->count; i++) {
		const struct header_rule *rule = &day->list[i];
		put_rule(&f->text, rule);
		f->in_buckets += rule->target_sources > rule->rule.support.all;
		f->one_packet += rule->one_packet_sources != HEADER_NOT_ONE_PACKET &&
		                 rule->one_packet_sources > 0;
		f->mirai += rule->mirai_sources > 0;
	}
	f->rules += day->count;
	f->days++;
	f->bucketed += day->bucketed_sources;
	f->sampled += day->sampled_sources;
	f->unsure += day->unsure_sources;
	if (f->hosts != NULL) {
		struct buffer want = buffer_up_to(1 << 28);
		naive_day(f, day->day, &want);
		const size_t length = f->text.length - begin;
		CHECK(want.length == length &&
		      (length == 0 || memcmp(want.bytes, f->text.bytes + begin, length) == 0));
		buffer_done(&want);
	}
	return f->days != f->stop_after;
}

// Runs the request; with `is_compared` each day beside the naive count.
static inline struct findings find_in(struct stock *s, struct header_rules_request *request,
                                      bool is_compared)
{
	struct findings f = { .text = buffer_up_to(1 << 28),
		              .request = request,
		              .hosts = is_compared ? &s->hosts : NULL };
	struct error error = { .text = "" };
	request->each = take_day;
	request->context = &f;
	CHECK(header_rules_run(store_holdings(s->store), request, NULL, &error));
	return f;
}
