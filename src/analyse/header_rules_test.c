// SPDX-License-Identifier: MIT
// Against a naive count: every source asked for every item, every rule of up to three items tried.
#include "analyse/header_rules.h"
#include "analyse/rule_match.h"
#include "store/test_store.h"

#include <math.h>
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

static struct header_rules_wish wish_of(const unsigned *fields, size_t count)
{
	return (struct header_rules_wish){ .window = survey_all_days,
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

static bool counts_for(const struct host_day *h, unsigned field)
{
	for (unsigned kind = 0; kind < HOST_KINDS; kind++)
		if (field_info(field)->kinds >> (HOST_KIND_FIRST + kind) & 1 &&
		    h->packets[kind] > 0)
			return true;
	return false;
}

static bool counts_for_any(const struct host_day *h, const unsigned *fields, size_t count)
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

static uint32_t bucket_of(const struct host_day *h, unsigned field)
{
	uint64_t bucket = 32;
	const uint64_t distinct = host_day_distinct(h, field);
	if (distinct <= 32)
		return 0;
	while (2 * bucket < distinct)
		bucket *= 2;
	return (uint32_t)bucket;
}

static bool uses(const struct host_day *h, const struct header_item *item)
{
	return item->is_bucket ? bucket_of(h, item->field) == item->value
	                       : item_of(h, item) != NULL;
}

static bool is_mirai(const struct host_day *h)
{
	const uint64_t matched = h->matched_mask >> 1 & 1 ? h->matched[1] : 0;
	return 10 * matched > 9 * host_day_packets(h, KIND_SYN);
}

static void model_sources(struct model *m, const struct hosts *hosts, int32_t from, int32_t to)
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

static int compare_items(const void *a, const void *b)
{
	return header_item_compare(a, b);
}

static void add_item(struct model *m, struct header_item item)
{
	CHECK(m->item_count < MODEL_ITEMS);
	m->items[m->item_count++] = item;
}

// Items that `least` sources and more have.
static void model_items(struct model *m, const struct header_rules_wish *wish, unsigned field)
{
	struct header_item *all = memory_new(2000000, sizeof *all);
	size_t count = 0;
	for (size_t s = 0; s < m->count; s++) {
		const struct host_day *h = &m->sources[s];
		const uint32_t bucket = wish->without_buckets ? 0 : bucket_of(h, field);
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
		if (end - begin >= wish->rules.support_min)
			add_item(m, all[begin]);
	}
	memory_free(all);
}

static struct model *model_of(const struct hosts *hosts, const struct header_rules_wish *wish,
                              int32_t day)
{
	struct model *m = memory_new(1, sizeof *m);
	model_sources(m, hosts, day - (int32_t)wish->days + 1, day);
	for (unsigned field = 0; field < HEADER_FIELDS_MAX; field++)
		for (size_t i = 0; i < wish->field_count; i++)
			if (wish->fields[i] == field)
				model_items(m, wish, field);
	m->has = memory_new(m->item_count * m->count + 1, 1);
	for (size_t i = 0; i < m->item_count; i++)
		for (size_t s = 0; s < m->count; s++) {
			const struct host_day *h = &m->sources[s];
			const bool is_in_bucket = !wish->without_buckets &&
			                          bucket_of(h, m->items[i].field) > 0;
			m->has[i * m->count + s] = uses(h, &m->items[i]) &&
			                           is_in_bucket == m->items[i].is_bucket;
		}
	return m;
}

static void model_done(struct model *m)
{
	for (size_t s = 0; s < m->count; s++)
		if (m->is_merged[s])
			host_day_done(&m->sources[s]);
	memory_free(m->has);
	memory_free(m);
}

// Sources whose transactions have all of the items.
static struct support support_of(const struct model *m, const size_t *items, size_t count)
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
	const struct header_rules_wish *wish;
	uint64_t bucketed, sampled, unsure, one_packet, in_buckets, mirai;
	size_t stop_after;
};

static void put_items(struct buffer *out, const struct header_item *items, size_t count)
{
	char text[HEADER_ITEM_TEXT_SIZE];
	for (size_t i = 0; i < count; i++) {
		header_item_text(&items[i], text);
		buffer_format(out, "%s%s", i > 0 ? ";" : "", text);
	}
}

static void put_rule(struct buffer *out, const struct header_rule *rule)
{
	const struct rule *r = &rule->rule;
	put_items(out, rule->antecedent, rule->antecedent_count);
	buffer_text(out, " => ");
	put_items(out, rule->consequent, rule->consequent_count);
	buffer_format(out, " %llu %llu %llu %.9g %.9g %llu %llu %lld\n",
	              (unsigned long long)r->support.all,
	              (unsigned long long)r->antecedent_support.all,
	              (unsigned long long)r->consequent_support.all, r->confidence, r->lift,
	              (unsigned long long)rule->target_sources,
	              (unsigned long long)rule->mirai_sources, (long long)rule->one_packet_sources);
}

// The rest of a rule, of which the support is known, from the sources.
static void naive_targets(const struct model *m, const struct header_rules_wish *wish,
                          struct header_rule *rule)
{
	const struct rule_query set = { rule->antecedent,
		                        rule->antecedent_count + rule->consequent_count };
	rule->target_sources = rule->mirai_sources = rule->one_packet_sources = 0;
	for (size_t s = 0; s < m->count; s++) {
		const struct host_day *h = &m->sources[s];
		bool has_all = true;
		for (size_t i = 0; i < set.count; i++)
			has_all &= uses(h, &set.items[i]);
		rule->target_sources += has_all;
		rule->mirai_sources += has_all && is_mirai(h);
		rule->one_packet_sources += has_all && rule_is_in_one_packet(&set, h);
	}
	bool has_bucket = false;
	for (size_t i = 0; i < set.count; i++)
		has_bucket |= set.items[i].is_bucket;
	for (size_t i = 0; i < set.count; i++)
		for (size_t k = 0; k < i; k++)
			has_bucket |= set.items[i].field == set.items[k].field;
	if (!wish->is_across || has_bucket)
		rule->one_packet_sources = HEADER_NOT_ONE_PACKET;
}

struct line {
	uint64_t support;
	char *text;
};

static int compare_lines(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	if (x->support != y->support)
		return x->support > y->support ? -1 : 1;
	// " => " sorts like the end of the antecedent: it is below any character of an item or ';'.
	return strcmp(x->text, y->text);
}

struct naive {
	const struct model *model;
	const struct header_rules_wish *wish;
	struct line *lines;
	size_t count;
};

// Sources that count for the rule's transactions.
static uint64_t total_of(const struct naive *n, unsigned field)
{
	uint64_t total = 0;
	for (size_t s = 0; s < n->model->count; s++) {
		const struct host_day *h = &n->model->sources[s];
		total += n->wish->is_across
		                 ? counts_for_any(h, n->wish->fields, n->wish->field_count)
		                 : counts_for(h, field);
	}
	return total;
}

static void try_rule(struct naive *n, const size_t *items, size_t count, size_t consequent)
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
	if (r->confidence < n->wish->rules.confidence_min)
		return;
	naive_targets(m, n->wish, &rule);
	struct buffer text = buffer_up_to(4096);
	put_rule(&text, &rule);
	buffer_byte(&text, '\0');
	CHECK(n->count < RULES_SEEN);
	n->lines[n->count++] = (struct line){ r->support.all, (char *)text.bytes };
}

static void try_set(struct naive *n, const size_t *items, size_t count)
{
	const struct model *m = n->model;
	if (!n->wish->is_across)
		for (size_t i = 1; i < count; i++)
			if (m->items[items[i]].field != m->items[items[0]].field)
				return;
	if (support_of(m, items, count).all < n->wish->rules.support_min)
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
static void naive_day(const struct findings *f, int32_t day, struct buffer *out)
{
	struct model *m = model_of(f->hosts, f->wish, day);
	struct naive n = { .model = m,
		           .wish = f->wish,
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

static bool take_day(void *context, const struct header_rules_day *day)
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
		if (want.length != length)
			printf("day %d: %zu bytes, naive %zu\n", day->day, length, want.length);
		buffer_done(&want);
	}
	return f->days != f->stop_after;
}

// Runs the wish; with `is_compared` each day beside the naive count.
static struct findings find_in(struct stock *s, struct header_rules_wish *wish, bool is_compared)
{
	struct findings f = { .text = buffer_up_to(1 << 28),
		              .wish = wish,
		              .hosts = is_compared ? &s->hosts : NULL };
	struct error error = { .text = "" };
	wish->each = take_day;
	wish->context = &f;
	CHECK(header_rules_run(s->store, wish, NULL, &error));
	if (error.text[0] != '\0')
		printf("%s\n", error.text);
	return f;
}

// Bots with four windows, scanners of a few ports, and of many of everything, and who sends anything.
enum role { BOT, SCANNER, CRAWLER, OTHER, ROLES };

static struct record record_of(struct random *dice, enum role role, struct record r)
{
	static const uint16_t windows[] = { 792, 1320, 2376, 4488 };
	static const uint16_t ports[] = { 80, 81, 443, 8080, 8443 };
	r.tcp_flags = 2;
	switch (role) {
	case BOT:
		r.window = windows[random_below(dice, 4)];
		r.destination_port = random_below(dice, 12) > 0 ? 23 : 2323;
		r.fingerprints = random_below(dice, 25) > 0 ? 3 : 1;
		r.ttl = (uint8_t)(50 + random_below(dice, 4));
		break;
	case SCANNER:
		r.window = 1024;
		r.destination_port = ports[random_below(dice, 5)];
		r.ttl = 240;
		r.options = 3;
		r.mss = 1460;
		break;
	case CRAWLER:
		r.window = windows[random_below(dice, 4)] + (uint16_t)random_below(dice, 12);
		r.destination_port = (uint16_t)(random_below(dice, 3) > 0 ? random_below(dice, 200)
		                                                          : 23);
		r.ttl = (uint8_t)(40 + random_below(dice, 70));
		break;
	case OTHER:
	case ROLES: return r;
	}
	r.kind = KIND_SYN;
	r.known = 0xfff;
	r.destination = r.destination % 8;
	r.tos = random_below(dice, 20) == 0;
	return r;
}

// `each`: packets of a source on a day, on average; crawlers send ten times as many.
static struct stock stock_from(uint64_t seed, uint32_t sources, unsigned days, uint32_t each)
{
	struct random dice = random_from(seed);
	struct pile pile = pile_from(seed, sources, days, 2, (size_t)sources * days * each * 4);
	size_t kept = 0;
	for (size_t i = 0; i < pile.count; i++) {
		struct record r = pile.records[i];
		r.source = random_below(&dice, sources) * 0x01003101;
		const enum role role = (enum role)(r.source % 16 == 0   ? CRAWLER
		                                   : r.source % 16 < 8  ? BOT
		                                   : r.source % 16 < 13 ? SCANNER
		                                                        : OTHER);
		if (role != CRAWLER && random_below(&dice, 4) > 0)
			continue;
		pile.pieces[kept] = pile.pieces[i];
		pile.records[kept++] = record_of(&dice, role, r);
	}
	pile.count = kept;
	return stock_of(&pile, 2);
}

// ---- tests

TEST(a_mirai_host_is_one_of_more_than_nine_tenths)
{
	CHECK(is_mirai_host(1, 1));
	CHECK(is_mirai_host(10, 10));
	CHECK(!is_mirai_host(10, 9));
	CHECK(is_mirai_host(11, 10));
	CHECK(!is_mirai_host(100, 90));
	CHECK(is_mirai_host(100, 91));
	CHECK(!is_mirai_host(0, 0));
	CHECK(is_mirai_host(UINT64_MAX, UINT64_MAX));
	CHECK(!is_mirai_host(UINT64_MAX, UINT64_MAX / 10 * 9));
	CHECK(is_mirai_host(UINT64_MAX, UINT64_MAX / 10 * 9 + 5));
	for (uint64_t syns = 1; syns < 300; syns++)
		for (uint64_t matched = 0; matched <= syns; matched++)
			CHECK(is_mirai_host(syns, matched) == (10 * matched > 9 * syns));
}

static const unsigned four[] = { FIELD_WINDOW, FIELD_DESTINATION_PORT, FIELD_TTL, FIELD_TOS };
static const unsigned mixed[] = { FIELD_TOS, FIELD_OPTIONS, FIELD_MSS, FIELD_UDP_PORT,
	                          FIELD_DESTINATION };

TEST(rules_of_single_fields_are_those_of_a_naive_count)
{
	struct stock s = stock_from(1, 300, 2, 6);
	struct header_rules_wish wish = wish_of(four, 4);
	struct findings f = find_in(&s, &wish, true);
	CHECK(f.days == 2 && f.rules > 100 && f.mirai > 10);
	buffer_done(&f.text);
	stock_done(&s);
}

TEST(rules_across_fields_are_those_of_a_naive_count)
{
	struct stock s = stock_from(2, 300, 2, 6);
	struct header_rules_wish wish = wish_of(four, 4);
	wish.is_across = true;
	wish.rules.support_min = 40;
	struct findings f = find_in(&s, &wish, true);
	CHECK(f.days == 2 && f.rules > 100 && f.one_packet > 10);
	buffer_done(&f.text);
	stock_done(&s);
}

TEST(fields_of_other_packets_have_transactions_of_their_own)
{
	struct stock s = stock_from(3, 300, 1, 6);
	struct header_rules_wish wish = wish_of(mixed, 5);
	struct findings f = find_in(&s, &wish, true);
	CHECK(f.rules > 10);
	buffer_done(&f.text);
	wish.is_across = true;
	wish.rules.support_min = 30;
	f = find_in(&s, &wish, true);
	CHECK(f.rules > 10);
	buffer_done(&f.text);
	stock_done(&s);
}

TEST(transactions_of_several_days_are_unions)
{
	struct stock s = stock_from(4, 200, 4, 3);
	struct header_rules_wish wish = wish_of(four, 4);
	for (wish.days = 2; wish.days <= 5; wish.days++) {
		wish.is_across = wish.days == 3;
		wish.rules.support_min = wish.days == 3 ? 60 : 40;
		wish.window.from = TEST_DAY + 1;
		struct findings f = find_in(&s, &wish, true);
		CHECK(f.days == 3 && f.rules > 10);
		buffer_done(&f.text);
	}
	stock_done(&s);
}

TEST(sources_with_many_values_are_in_buckets_and_are_targets_all_the_same)
{
	struct stock s = stock_from(5, 300, 1, 40);
	const unsigned fields[] = { FIELD_WINDOW, FIELD_TTL, FIELD_IP_ID, FIELD_TOS };
	struct header_rules_wish wish = wish_of(fields, 4);
	wish.rules.support_min = 12;
	wish.rules.confidence_min = 0.8;
	struct findings f = find_in(&s, &wish, true);
	CHECK(f.bucketed > 20 && f.rules > 10 && f.in_buckets > 10);
	buffer_done(&f.text);
	wish.is_across = true;
	f = find_in(&s, &wish, true);
	CHECK(f.rules > 10 && f.in_buckets > 10);
	buffer_done(&f.text);
	stock_done(&s);
}

TEST(without_buckets_all_values_are_items)
{
	struct stock s = stock_from(6, 100, 1, 150);
	const unsigned fields[] = { FIELD_TOS, FIELD_WINDOW, FIELD_IP_ID };
	struct header_rules_wish wish = wish_of(fields, 3);
	wish.without_buckets = true;
	wish.rules.support_min = 4;
	struct findings f = find_in(&s, &wish, true);
	CHECK(f.bucketed == 0 && f.in_buckets == 0 && f.sampled > 0 && f.rules > 0);
	buffer_done(&f.text);
	stock_done(&s);
}

static bool same_text(const struct findings *a, const struct findings *b)
{
	return a->text.length == b->text.length && a->text.length > 0 &&
	       memcmp(a->text.bytes, b->text.bytes, a->text.length) == 0;
}

TEST(threads_change_nothing)
{
	struct stock s = stock_from(7, 200, 7, 6);
	struct header_rules_wish wish = wish_of(four, 4);
	for (int across = 0; across < 2; across++) {
		wish.is_across = across;
		wish.rules.is_all = across;
		wish.threads = 1;
		wish.days = 1 + (unsigned)across;
		struct findings one = find_in(&s, &wish, false);
		CHECK(one.days == 7);
		for (wish.threads = 0; wish.threads <= 9; wish.threads += 3) {
			struct findings more = find_in(&s, &wish, false);
			CHECK(same_text(&one, &more));
			buffer_done(&more.text);
		}
		buffer_done(&one.text);
	}
	stock_done(&s);
}

TEST(days_come_in_order_until_nobody_wants_more)
{
	struct stock s = stock_from(8, 200, 6, 6);
	struct header_rules_wish wish = wish_of(four, 4);
	struct findings f = { .text = buffer_up_to(1 << 20), .wish = &wish, .stop_after = 3 };
	struct error error;
	wish.threads = 2;
	wish.each = take_day;
	wish.context = &f;
	CHECK(header_rules_run(s.store, &wish, NULL, &error));
	CHECK(f.days == 3);
	buffer_done(&f.text);
	wish.window = (struct survey_window){ TEST_DAY + 2, TEST_DAY + 3 };
	f = find_in(&s, &wish, false);
	CHECK(f.days == 2);
	buffer_done(&f.text);
	wish.window = (struct survey_window){ TEST_DAY - 9, TEST_DAY - 1 };
	f = find_in(&s, &wish, false);
	CHECK(f.days == 0);
	buffer_done(&f.text);
	stock_done(&s);
}

static void compact(struct stock *s, uint32_t floor)
{
	struct error error;
	size_t days;
	store_close(s->store);
	s->store = open_writer(s->folder.path);
	CHECK(store_compact(s->store, floor, &days, &error) && days > 0);
	store_close(s->store);
	s->store = open_reader(s->folder.path);
}

static bool is_refused(struct store *store, const struct header_rules_wish *wish, const char *why)
{
	struct error error;
	const bool ok = header_rules_run(store, wish, NULL, &error);
	if (!ok && !text_equal(error.text, why))
		printf("%s\n", error.text);
	return !ok && error.kind == ERROR_USAGE && text_equal(error.text, why);
}

TEST(supports_below_a_floor_are_refused_and_others_are_exact)
{
	struct stock s = stock_from(9, 300, 2, 6);
	struct header_rules_wish wish = wish_of(four, 4);
	const unsigned ports[] = { FIELD_DESTINATION_PORT, FIELD_OPTIONS, FIELD_DESTINATION,
		                   FIELD_UDP_PORT, FIELD_BACKSCATTER_PORT };
	struct header_rules_wish of_ports = wish_of(ports, 5);
	int32_t day = 0;
	struct findings before = find_in(&s, &wish, false);
	CHECK(header_rules_floor(s.store, &wish, &day) == 1 && before.unsure == 0);
	compact(&s, 20);
	CHECK(header_rules_floor(s.store, &wish, &day) == 20 && day == TEST_DAY);
	struct findings after = find_in(&s, &wish, false);
	CHECK(same_text(&before, &after));
	wish.rules.support_min = 19;
	CHECK(is_refused(s.store, &wish,
	                 "a support of 19 is too low: of 2016-09-01 values that fewer than 20 "
	                 "sources used were dropped (compact --floor); it can be answered from 20 "
	                 "on"));
	wish.rules.support_min = 1000;
	wish.days = 2;
	CHECK(header_rules_floor(s.store, &wish, &day) == UINT64_MAX);
	CHECK(is_refused(
		s.store, &wish,
		"rules of several days cannot be counted: of 2016-09-01 values that few "
		"sources used were dropped (compact --floor); rules of single days can, and "
		"those of ports, options and destinations"));
	of_ports.rules.support_min = 15;
	of_ports.days = 2;
	CHECK(header_rules_floor(s.store, &of_ports, &day) == 1);
	struct findings ports_found = find_in(&s, &of_ports, true);
	CHECK(ports_found.rules > 0);
	wish.window = (struct survey_window){ TEST_DAY + 2, TEST_DAY + 9 };
	CHECK(header_rules_floor(s.store, &wish, &day) == UINT64_MAX);
	wish.window.from = TEST_DAY + 3;
	CHECK(header_rules_floor(s.store, &wish, &day) == 1);
	buffer_done(&before.text);
	buffer_done(&after.text);
	buffer_done(&ports_found.text);
	stock_done(&s);
}

// Of a source whose values were dropped nobody knows whether they were 32 or more.
TEST(sources_that_may_have_been_in_buckets_are_counted)
{
	struct stock s = stock_from(5, 300, 1, 40);
	const unsigned fields[] = { FIELD_IP_ID, FIELD_TOS };
	struct header_rules_wish wish = wish_of(fields, 2);
	struct findings f = find_in(&s, &wish, false);
	CHECK(f.unsure == 0 && f.bucketed > 20);
	buffer_done(&f.text);
	compact(&s, 10);
	f = find_in(&s, &wish, false);
	CHECK(f.unsure > 20);
	buffer_done(&f.text);
	stock_done(&s);
}

TEST(no_memory_is_said_and_nothing_else_is_wrong)
{
	struct stock s = stock_from(10, 100, 2, 3);
	struct header_rules_wish wish = wish_of(mixed, 5);
	wish.rules.support_min = 40;
	wish.days = 2;
	struct findings right = find_in(&s, &wish, false);
	bool ok = false;
	unsigned long tries = 0;
	for (; !ok && tries < 20000; tries += sweep_step()) {
		struct findings f = { .text = buffer_up_to(1 << 24), .wish = &wish };
		struct error error = { .kind = ERROR_NONE };
		wish.context = &f;
		memory_fail_at(tries + 1);
		ok = header_rules_run(s.store, &wish, NULL, &error);
		memory_fail_at(0);
		CHECK(ok || text_starts(error.text, "out of memory"));
		ok = ok && f.text.length == right.text.length;
		buffer_done(&f.text);
	}
	CHECK(ok && tries > 50);
	buffer_done(&right.text);
	stock_done(&s);
}

TEST_MAIN
