// SPDX-License-Identifier: MIT
// Against a naive count (test_header_rules.h), over sources with habits.
#include "analyse/test_alone.h"
#include "analyse/rules/header_rules_private.h"
#include "analyse/rules/test_header_rules.h"

#include <math.h>

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
	struct header_rules_request request = request_of(four, 4);
	struct findings f = find_in(&s, &request, true);
	CHECK(f.days == 2 && f.rules > 100 && f.mirai > 10);
	buffer_done(&f.text);
	stock_done(&s);
}

TEST(rules_across_fields_are_those_of_a_naive_count)
{
	struct stock s = stock_from(2, 300, 2, 6);
	struct header_rules_request request = request_of(four, 4);
	request.is_across = true;
	request.rules.support_min = 40;
	struct findings f = find_in(&s, &request, true);
	CHECK(f.days == 2 && f.rules > 100 && f.one_packet > 10);
	buffer_done(&f.text);
	stock_done(&s);
}

TEST(fields_of_other_packets_have_transactions_of_their_own)
{
	struct stock s = stock_from(3, 300, 1, 6);
	struct header_rules_request request = request_of(mixed, 5);
	struct findings f = find_in(&s, &request, true);
	CHECK(f.rules > 10);
	buffer_done(&f.text);
	request.is_across = true;
	request.rules.support_min = 30;
	f = find_in(&s, &request, true);
	CHECK(f.rules > 10);
	buffer_done(&f.text);
	stock_done(&s);
}

TEST(transactions_of_several_days_are_unions)
{
	struct stock s = stock_from(4, 200, 4, 3);
	struct header_rules_request request = request_of(four, 4);
	for (request.days = 2; request.days <= 5; request.days++) {
		request.is_across = request.days == 3;
		request.rules.support_min = request.days == 3 ? 60 : 40;
		request.window.from = TEST_DAY + 1;
		struct findings f = find_in(&s, &request, true);
		CHECK(f.days == 3 && f.rules > 10);
		buffer_done(&f.text);
	}
	stock_done(&s);
}

TEST(sources_with_many_values_are_in_buckets_and_are_targets_all_the_same)
{
	struct stock s = stock_from(5, 300, 1, 40);
	const unsigned fields[] = { FIELD_WINDOW, FIELD_TTL, FIELD_IP_ID, FIELD_TOS };
	struct header_rules_request request = request_of(fields, 4);
	request.rules.support_min = 12;
	request.rules.confidence_min = 0.8;
	struct findings f = find_in(&s, &request, true);
	CHECK(f.bucketed > 20 && f.rules > 10 && f.in_buckets > 10);
	buffer_done(&f.text);
	request.is_across = true;
	f = find_in(&s, &request, true);
	CHECK(f.rules > 10 && f.in_buckets > 10);
	buffer_done(&f.text);
	stock_done(&s);
}

TEST(without_buckets_all_values_are_items)
{
	struct stock s = stock_from(6, 100, 1, 150);
	const unsigned fields[] = { FIELD_TOS, FIELD_WINDOW, FIELD_IP_ID };
	struct header_rules_request request = request_of(fields, 3);
	request.without_buckets = true;
	request.rules.support_min = 4;
	struct findings f = find_in(&s, &request, true);
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
	struct header_rules_request request = request_of(four, 4);
	for (int across = 0; across < 2; across++) {
		request.is_across = across;
		request.rules.is_all = across;
		request.threads = 1;
		request.days = 1 + (unsigned)across;
		struct findings one = find_in(&s, &request, false);
		CHECK(one.days == 7);
		for (request.threads = 0; request.threads <= 9; request.threads += 3) {
			struct findings more = find_in(&s, &request, false);
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
	struct header_rules_request request = request_of(four, 4);
	struct findings f = { .text = buffer_up_to(1 << 20), .request = &request, .stop_after = 3 };
	struct error error;
	request.threads = 2;
	request.each = take_day;
	request.context = &f;
	CHECK(header_rules_run(store_holdings(s.store), &request, NULL, &error));
	CHECK(f.days == 3);
	buffer_done(&f.text);
	request.window = (struct day_range){ TEST_DAY + 2, TEST_DAY + 3 };
	f = find_in(&s, &request, false);
	CHECK(f.days == 2);
	buffer_done(&f.text);
	request.window = (struct day_range){ TEST_DAY - 9, TEST_DAY - 1 };
	f = find_in(&s, &request, false);
	CHECK(f.days == 0);
	buffer_done(&f.text);
	stock_done(&s);
}

// All that a listener is told, as text.
struct heard {
	struct buffer text;
	size_t rules, days, partial_days, stop_after;
};

static bool hear(void *context, const struct header_rules_day *day)
{
	struct heard *h = context;
	buffer_format(&h->text, "%d %llu %llu %d %zu %llu %llu\n", day->day,
	              (unsigned long long)day->tested, (unsigned long long)day->total.all,
	              day->is_partial, day->antecedents_whole,
	              (unsigned long long)day->bucketed_sources,
	              (unsigned long long)day->sampled_sources);
	for (size_t i = 0; i < day->count; i++) {
		const struct rule *r = &day->list[i].rule;
		put_rule(&h->text, &day->list[i]);
		buffer_format(&h->text, "%a %a %a %a %d\n", r->leverage, r->conviction,
		              r->improvement, r->p_value, r->is_minimal);
	}
	h->rules += day->count;
	h->days++;
	h->partial_days += day->is_partial;
	return h->days != h->stop_after;
}

enum { HEARERS = 5 };
static const double hearers_alphas[HEARERS] = { 0.05, INFINITY, 1e-12, 0.05, 0.9 };

// Asks for all of them together, and for each alone. *out_rules: of each.
static size_t share_and_compare(struct stock *s, const struct header_rules_request *request,
                                size_t out_rules[HEARERS])
{
	struct header_rules_listener listeners[HEARERS];
	struct heard together[HEARERS];
	struct error error;
	size_t partial_days = 0;
	for (size_t i = 0; i < HEARERS; i++) {
		together[i] = (struct heard){ .text = buffer_up_to(1 << 28),
			                      .stop_after = i == 3 ? 1 : 0 };
		listeners[i] = (struct header_rules_listener){ hearers_alphas[i], hear,
			                                       &together[i] };
	}
	CHECK(header_rules_share(store_holdings(s->store), request, listeners, HEARERS, &error));
	for (size_t i = 0; i < HEARERS; i++) {
		struct header_rules_request one = *request;
		struct heard alone = { .text = buffer_up_to(1 << 28),
			               .stop_after = together[i].stop_after };
		struct floods_left_out left_out = { .days = 0 };
		one.rules.alpha = hearers_alphas[i];
		one.threads = 1;
		one.each = hear;
		one.context = &alone;
		CHECK(header_rules_run(store_holdings(s->store), &one, &left_out, &error));
		CHECK(alone.text.length == together[i].text.length &&
		      memcmp(alone.text.bytes, together[i].text.bytes, alone.text.length) == 0);
		CHECK(left_out.source_days == listeners[i].left_out.source_days &&
		      left_out.days == listeners[i].left_out.days);
		out_rules[i] = alone.rules;
		partial_days += alone.partial_days;
		buffer_done(&alone.text);
		buffer_done(&together[i].text);
	}
	return partial_days;
}

TEST(who_shares_a_run_gets_what_it_would_have_got_alone)
{
	struct stock s = stock_from(12, 300, 3, 6);
	size_t rules[HEARERS];
	for (unsigned threads = 1; threads < 3; threads++) {
		struct header_rules_request request = request_of(four, 4);
		request.threads = threads;
		request.rules.is_all = false;
		CHECK(share_and_compare(&s, &request, rules) == 0);
		CHECK(rules[1] > rules[4] && rules[4] > rules[0] && rules[0] > rules[2] &&
		      rules[2] > 0 && rules[3] < rules[0]);
		request.is_across = true;
		request.rules.consequents_max = 2;
		CHECK(share_and_compare(&s, &request, rules) == 0);
		CHECK(rules[1] > rules[0] && rules[0] > rules[2] && rules[2] > 0);
		request.rules.is_all = true;
		CHECK(share_and_compare(&s, &request, rules) == 0);
		CHECK(rules[1] == rules[2] && rules[1] > 100);
	}
	stock_done(&s);
}

// Of the highest alpha there are more rules than of the others, and so their room ends first.
TEST(who_shares_a_run_that_comes_to_its_end_gets_what_it_would_have_got_alone)
{
	struct stock s = stock_from(12, 300, 3, 6);
	struct header_rules_request request = request_of(four, 4);
	size_t rules[HEARERS], some = 0, all = 0;
	request.is_across = true;
	request.rules.is_all = false;
	for (request.rules.rules_max = 4; request.rules.rules_max < 5000;
	     request.rules.rules_max *= 3) {
		const size_t partial_days = share_and_compare(&s, &request, rules);
		some += partial_days > 0 && partial_days < (size_t)4 * 3 + 1;
		all += partial_days == (size_t)4 * 3 + 1;
	}
	CHECK(some > 0 && all > 0);
	request.rules.rules_max = 0;
	for (request.rules.work_max = 2000; request.rules.work_max < 4000000;
	     request.rules.work_max *= 3)
		(void)share_and_compare(&s, &request, rules);
	request.rules.is_all = true;
	request.rules.work_max = 100000;
	CHECK(share_and_compare(&s, &request, rules) > 0);
	stock_done(&s);
}

// A day whose values are not kept is read again, and what is too much beside others is made alone: the
// rules are the same.
TEST(rules_are_the_same_in_any_room)
{
	static const struct header_rules_room rooms[] = {
		{ 0, 1 << 20, 64 << 20, 1 << 20, 64 << 20 },
		{ 5000, 1 << 20, 64 << 20, 1 << 20, 64 << 20 },
		{ 0, 300, 64 << 20, 1 << 20, 64 << 20 },
		{ 1 << 20, 300, 64 << 20, 1 << 20, 64 << 20 },
		{ 1 << 20, 1 << 20, 1000, 1 << 20, 64 << 20 },
		{ 0, 1, 1, 1 << 20, 64 << 20 },
	};
	static const unsigned *const fields[] = { four, mixed };
	struct stock s = stock_from(14, 300, 3, 12);
	for (unsigned way = 0; way < 6; way++) {
		struct header_rules_request request = request_of(fields[way % 2], 4 + way % 2);
		request.is_across = way >= 2;
		request.without_buckets = way >= 4;
		request.rules.support_min = way >= 4 ? 60 : 30;
		request.rules.is_all = way < 4;
		request.threads = 1 + way % 3;
		struct findings want = find_in(&s, &request, false);
		CHECK(want.rules > 10);
		for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
			request.room = &rooms[i];
			struct findings got = find_in(&s, &request, false);
			CHECK(same_text(&want, &got) && want.bucketed == got.bucketed &&
			      want.sampled == got.sampled && want.unsure == got.unsure);
			buffer_done(&got.text);
		}
		buffer_done(&want.text);
	}
	stock_done(&s);
}

TEST(values_are_kept_as_long_as_there_is_room)
{
	struct stock s = stock_from(16, 300, 1, 6);
	struct holdings *holdings = store_holdings(s.store);
	const struct header_rules_request request = request_of(mixed, 5);
	const struct rules_source_day source_day = { .day = TEST_DAY, .floor = 1 };
	const struct transaction_days days = { &source_day, 1, UINT64_MAX, UINT32_MAX };
	for (size_t kept_max = 0; kept_max < 1 << 20; kept_max = 8 * kept_max + 1) {
		struct transaction_reader *reader;
		struct day_items items;
		struct error error;
		const struct host_day *h;
		CHECK(transaction_reader_open(holdings, &days, &reader, &error));
		CHECK(day_items_init(&items, &request, (struct mirai_bits){ 0 }, kept_max, &error));
		while ((h = transaction_reader_next(reader, &error)) != NULL)
			day_items_add(&items, h);
		size_t kept = items.marks.length;
		for (size_t i = 0; i < items.field_count; i++)
			kept += items.fields[i].codes.length + items.fields[i].values.length +
			        items.fields[i].long_counts.length;
		CHECK(kept == items.kept && kept <= kept_max && items.keeps == (kept > 0));
		CHECK(items.keeps ? kept_max > 300 : kept_max < 1 << 18);
		day_items_done(&items);
		transaction_reader_close(reader);
	}
	stock_done(&s);
}

static bool note_support(void *context, const struct header_rules_day *day)
{
	uint64_t *support = context;
	CHECK(day->support_whole == 0 || (day->is_partial && day->antecedents_whole == 0));
	*support = day->support_whole;
	return true;
}

// Where transactions weigh too much the support is raised: to one that is told, and of which all is there.
TEST(rules_for_which_there_is_no_room_are_those_of_a_higher_support)
{
	struct stock s = stock_from(15, 400, 1, 12);
	uint64_t before = 0;
	for (size_t weight = 1 << 16; weight >= 64; weight /= 4)
		for (unsigned kept = 0; kept < 2; kept++) {
			const struct header_rules_room room = { kept * (1 << 20), 100, 64 << 20,
				                                weight, 64 << 20 };
			struct header_rules_request request = request_of(four, 4);
			struct error error;
			uint64_t support = 0;
			request.is_across = true;
			request.rules.support_min = 10;
			request.rules.is_all = false;
			request.room = &room;
			struct findings got = find_in(&s, &request, false);
			request.each = note_support;
			request.context = &support;
			CHECK(header_rules_run(store_holdings(s.store), &request, NULL, &error));
			CHECK(support >= before);
			request.room = NULL;
			request.rules.support_min = support > 0 ? support : 10;
			struct findings want = find_in(&s, &request, false);
			CHECK(want.text.length == got.text.length &&
			      (got.text.length == 0 || same_text(&want, &got)));
			CHECK(weight < 1 << 16 || (support == 0 && got.rules > 10));
			CHECK(weight > 1 << 11 || support > 10);
			before = support;
			buffer_done(&want.text);
			buffer_done(&got.text);
		}
	CHECK(before > 20);
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

static bool is_refused(struct store *store, const struct header_rules_request *request,
                       const char *why)
{
	struct error error;
	const bool ok = header_rules_run(store_holdings(store), request, NULL, &error);
	if (!ok && !text_equal(error.text, why))
		printf("%s\n", error.text);
	return !ok && error.kind == ERROR_USAGE && text_equal(error.text, why);
}

TEST(supports_below_a_floor_are_refused_and_others_are_exact)
{
	struct stock s = stock_from(9, 300, 2, 6);
	struct header_rules_request request = request_of(four, 4);
	const unsigned ports[] = { FIELD_DESTINATION_PORT, FIELD_OPTIONS, FIELD_DESTINATION,
		                   FIELD_UDP_PORT, FIELD_BACKSCATTER_PORT };
	struct header_rules_request of_ports = request_of(ports, 5);
	int32_t day = 0;
	has_floor = true;
	struct findings before = find_in(&s, &request, false);
	CHECK(header_rules_floor(store_holdings(s.store), &request, &day) == 1 &&
	      before.unsure == 0);
	compact(&s, 20);
	CHECK(header_rules_floor(store_holdings(s.store), &request, &day) == 20 && day == TEST_DAY);
	struct findings after = find_in(&s, &request, false);
	CHECK(same_text(&before, &after));
	request.rules.support_min = 19;
	CHECK(is_refused(s.store, &request,
	                 "a support of 19 is too low: of 2016-09-01 values that fewer than 20 "
	                 "sources used were dropped (compact --floor); it can be answered from 20 "
	                 "on"));
	request.rules.support_min = 1000;
	request.days = 2;
	CHECK(header_rules_floor(store_holdings(s.store), &request, &day) == UINT64_MAX);
	CHECK(is_refused(
		s.store, &request,
		"rules of several days cannot be counted: of 2016-09-01 values that few "
		"sources used were dropped (compact --floor); rules of single days can, and "
		"those of ports, options and destinations"));
	of_ports.rules.support_min = 15;
	of_ports.days = 2;
	CHECK(header_rules_floor(store_holdings(s.store), &of_ports, &day) == 1);
	struct findings ports_found = find_in(&s, &of_ports, true);
	CHECK(ports_found.rules > 0);
	request.window = (struct day_range){ TEST_DAY + 2, TEST_DAY + 9 };
	CHECK(header_rules_floor(store_holdings(s.store), &request, &day) == UINT64_MAX);
	request.window.from = TEST_DAY + 3;
	CHECK(header_rules_floor(store_holdings(s.store), &request, &day) == 1);
	has_floor = false;
	buffer_done(&before.text);
	buffer_done(&after.text);
	buffer_done(&ports_found.text);
	stock_done(&s);
}

// A flood of as many SYNs, one a source, and one of UDP.
static struct stock stock_with_floods(uint32_t sources)
{
	struct pile pile = pile_from(11, 200, 1, 1, 4000 + 2 * (size_t)sources);
	for (uint32_t i = 0; i < 2 * sources; i++)
		pile.records[i] = (struct record){ .time_ns = TEST_DAY * DAY_NS + i % 1000,
			                           .day = TEST_DAY,
			                           .source = UINT32_C(0xd0000000) + i,
			                           .destination_port = 80,
			                           .window = 1024,
			                           .ttl = 77,
			                           .kind = i < sources ? KIND_SYN : KIND_UDP,
			                           .known = 0xfff };
	return stock_of(&pile, 1);
}

static bool take_total(void *context, const struct header_rules_day *day)
{
	*(uint64_t *)context = day->total.all;
	return true;
}

TEST(floods_are_left_out_and_counted)
{
	struct stock s = stock_with_floods(1500);
	struct header_rules_request request = request_of(four, 4);
	struct floods_left_out left_out = { .days = 9 };
	struct error error;
	uint64_t all = 0, rest = 0;
	request.each = take_total;
	request.context = &all;
	request.days = 3;
	CHECK(header_rules_run(store_holdings(s.store), &request, &left_out, &error));
	CHECK(left_out.source_days == 0 && left_out.days == 0);
	request.context = &rest;
	request.without_floods = true;
	CHECK(header_rules_run(store_holdings(s.store), &request, &left_out, &error));
	// Datagrams are nothing to rules over SYNs, and so are not left out of them.
	CHECK(left_out.source_days == 1500 && left_out.days == 1);
	CHECK(rest > 100 && all == rest + 1500);
	size_t rules[HEARERS];
	(void)share_and_compare(&s, &request, rules);
	stock_done(&s);
}

// Of a source whose values were dropped nobody knows whether they were 32 or more.
TEST(sources_that_may_have_been_in_buckets_are_counted)
{
	struct stock s = stock_from(5, 300, 1, 40);
	const unsigned fields[] = { FIELD_IP_ID, FIELD_TOS };
	struct header_rules_request request = request_of(fields, 2);
	struct findings f = find_in(&s, &request, false);
	CHECK(f.unsure == 0 && f.bucketed > 20);
	buffer_done(&f.text);
	compact(&s, 10);
	f = find_in(&s, &request, false);
	CHECK(f.unsure > 20);
	buffer_done(&f.text);
	stock_done(&s);
}

TEST(no_memory_is_said_and_nothing_else_is_wrong)
{
	struct stock s = stock_from(10, 100, 2, 3);
	struct header_rules_request request = request_of(mixed, 5);
	request.rules.support_min = 40;
	request.days = 2;
	struct findings right = find_in(&s, &request, false);
	bool ok = false;
	unsigned long tries = 0;
	for (; !ok && tries < 20000; tries += sweep_step()) {
		struct findings f = { .text = buffer_up_to(1 << 24), .request = &request };
		struct error error = { .kind = ERROR_NONE };
		request.context = &f;
		memory_fail_at(tries + 1);
		ok = header_rules_run(store_holdings(s.store), &request, NULL, &error);
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
