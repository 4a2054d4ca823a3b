// SPDX-License-Identifier: MIT
// Ports by day against a look at every item of every host-day: random records in pieces on several
// days, compacted and not; every choice of families, ports and days; and the rule for new ports at
// its borders.
#include "analyse/ports/test_ports.h"

// ---- the naive count

static unsigned field_of(const char *family, enum source_protocol protocol)
{
	unsigned bit = 0;
	struct fingerprint_set set;
	struct error error;
	if (protocol == SOURCE_UDP)
		return FIELD_UDP_PORT;
	if (text_equal(family, "*"))
		return FIELD_DESTINATION_PORT;
	CHECK(fingerprint_set_init(&set, "", "", &error) &&
	      fingerprint_find(&set, family, &bit) != NULL);
	fingerprint_set_done(&set);
	return FIELD_MATCHED_PORT + bit;
}

static struct port_count naive_count(const struct stock *f, int32_t day, unsigned field,
                                     uint32_t port)
{
	struct port_count out = { .port = port };
	for (size_t i = 0; i < f->hosts.count; i++) {
		const struct host_day *h = &f->hosts.entries[i].host;
		if (f->hosts.entries[i].day != day || !(h->fields_mask >> field & 1))
			continue;
		for (uint32_t at = 0; at < h->sets[field].count; at++) {
			const struct item *item = &h->items[h->sets[field].begin + at];
			out.packets += item->value == port ? item->packets : 0;
			out.sources += item->value == port;
		}
	}
	return out;
}

static bool has_day(const struct stock *f, int32_t day)
{
	for (size_t i = 0; i < f->hosts.count; i++)
		if (f->hosts.entries[i].day == day)
			return true;
	return false;
}

static struct port_past naive_past(const struct stock *f, int32_t day, unsigned field,
                                   uint32_t port)
{
	if (!has_day(f, day))
		return (struct port_past){ .is_there = false };
	return (struct port_past){ true, naive_count(f, day, field, port).sources };
}

// The row as it has to be.
static struct port_row naive_row(const struct stock *f, const struct found_row *found)
{
	const unsigned field = field_of(found->row.family, found->row.protocol);
	const struct port_count count = naive_count(f, found->day, field, found->row.port);
	struct port_row row = { .protocol = found->row.protocol,
		                .port = found->row.port,
		                .family = found->row.family,
		                .is_known = true,
		                .packets = count.packets,
		                .sources = count.sources };
	unsigned days = 0;
	for (int32_t day = found->day - 28; day < found->day; day++) {
		const struct port_past past = naive_past(f, day, field, row.port);
		days += past.is_there;
		if (past.is_there &&
		    (!row.most_before.is_there || past.sources > row.most_before.sources))
			row.most_before = past;
	}
	row.day_before = naive_past(f, found->day - 1, field, row.port);
	row.week_before = naive_past(f, found->day - 7, field, row.port);
	if (row.sources >= 20 && row.sources > 3 * row.most_before.sources)
		row.is_new = days >= 7 ? PORT_NEW : PORT_NEW_UNKNOWN;
	return row;
}

// Ports of the field on the day that somebody sent something to.
static size_t naive_ports(const struct stock *f, int32_t day, unsigned field)
{
	static bool seen[PORTS];
	size_t count = 0;
	memset(seen, 0, sizeof seen);
	for (size_t i = 0; i < f->hosts.count; i++) {
		const struct host_day *h = &f->hosts.entries[i].host;
		if (f->hosts.entries[i].day != day || !(h->fields_mask >> field & 1))
			continue;
		for (uint32_t at = 0; at < h->sets[field].count; at++) {
			const uint32_t port = h->items[h->sets[field].begin + at].value;
			count += !seen[port];
			seen[port] = true;
		}
	}
	return count;
}

static bool in_order(const struct found_row *a, const struct found_row *b)
{
	if (a->day != b->day)
		return a->day < b->day;
	if (a->row.protocol != b->row.protocol)
		return a->row.protocol < b->row.protocol;
	if (a->row.sources != b->row.sources)
		return a->row.sources > b->row.sources;
	if (a->row.port != b->row.port)
		return a->row.port < b->row.port;
	return strcmp(a->row.family, b->row.family) < 0;
}

static void compare(const struct stock *f, const struct ports_request *request, unsigned threads)
{
	struct found found = run_threads(f->store, request, threads);
	size_t expected = 0;
	for (int32_t day = TEST_DAY; day < TEST_DAY + DAYS; day++)
		for (size_t i = 0; i < request->family_count; i++) {
			const char *family = request->families[i];
			expected += naive_ports(f, day, field_of(family, SOURCE_TCP));
			if (text_equal(family, "*"))
				expected += naive_ports(f, day, FIELD_UDP_PORT);
		}
	CHECK(found.count == expected && found.count > 100 && found.days == DAYS);
	for (size_t i = 0; i < found.count; i++) {
		const struct port_row want = naive_row(f, &found.rows[i]);
		CHECK(same_row(&found.rows[i].row, &want));
		CHECK(i == 0 || in_order(&found.rows[i - 1], &found.rows[i]));
	}
	memory_free(found.rows);
}

TEST(ports_are_what_a_look_at_all_host_days_gives)
{
	for (uint64_t seed = 1; seed <= random_rounds(3); seed++)
		for (int is_compacted = 0; is_compacted < 2; is_compacted++) {
			struct stock f = stock_new(seed, is_compacted == 1);
			struct ports_request request = { .families = all_families,
				                         .family_count = 3,
				                         .protocols = { true, true } };
			compare(&f, &request, (unsigned)seed);
			request.families = all_families + 1;
			request.family_count = 2;
			compare(&f, &request, (unsigned)seed);
			stock_done(&f);
		}
}

// Every row of `some` is the next of `all` that the filter wants.
struct filter {
	int32_t from, to;
	enum source_protocol protocol;
	uint16_t port;
};

static void check_filter(const struct found *some, const struct found *all,
                         const struct filter *filter)
{
	size_t at = 0;
	for (size_t i = 0; i < all->count; i++) {
		const struct found_row *row = &all->rows[i];
		if (row->day < filter->from || row->day > filter->to ||
		    row->row.protocol != filter->protocol || row->row.port != filter->port)
			continue;
		CHECK(at < some->count && some->rows[at].day == row->day &&
		      same_row(&some->rows[at].row, &row->row));
		at++;
	}
	CHECK(at == some->count && at > 0);
}

TEST(days_ports_and_protocols_are_chosen_and_nothing_else_changes)
{
	struct stock f = stock_new(7, false);
	struct ports_request request = { .families = all_families,
		                         .family_count = 3,
		                         .protocols = { true, true } };
	struct found all = run(f.store, &request);
	for (enum source_protocol protocol = SOURCE_TCP; protocol <= SOURCE_UDP; protocol++) {
		const uint16_t port = 23;
		const struct day_range window = { TEST_DAY + 1, TEST_DAY + 2 };
		const struct filter filter = { window.from, window.to, protocol, port };
		request.window = &window;
		request.ports = &port;
		request.port_count = 1;
		request.protocols[SOURCE_TCP] = protocol == SOURCE_TCP;
		request.protocols[SOURCE_UDP] = protocol == SOURCE_UDP;
		struct found some = run(f.store, &request);
		CHECK(some.days == 2);
		check_filter(&some, &all, &filter);
		memory_free(some.rows);
	}
	memory_free(all.rows);
	stock_done(&f);
}

TEST(the_first_are_those_with_the_most_sources_of_all_syns)
{
	struct stock f = stock_new(8, true);
	struct ports_request request = {
		.families = all_families, .family_count = 3, .protocols = { true, true }, .top = 2
	};
	struct found top = run(f.store, &request);
	CHECK(top.count > 0);
	for (size_t i = 0; i < top.count; i++) {
		const struct found_row *row = &top.rows[i];
		const unsigned field = field_of("*", row->row.protocol);
		const uint64_t own = naive_count(&f, row->day, field, row->row.port).sources;
		unsigned before = 0;
		for (uint32_t port = 0; port < PORTS; port += 1) {
			// All ports of all days would take long: those that have a row are enough.
			if (port > 30 && port != row->row.port)
				continue;
			const uint64_t others = naive_count(&f, row->day, field, port).sources;
			before += others > own || (others == own && port < row->row.port);
		}
		CHECK(before < 2);
	}
	// Without "*" it ranks all the same, and has no rows.
	request.families = all_families + 1;
	request.family_count = 2;
	request.top = 1;
	struct found families = run(f.store, &request);
	size_t at = 0;
	for (size_t i = 0; i < top.count; i++)
		if (!text_equal(top.rows[i].row.family, "*") && top.rows[i].row.port == 23) {
			CHECK(at < families.count &&
			      same_row(&families.rows[at].row, &top.rows[i].row));
			at++;
		}
	CHECK(at == families.count && at > 0);
	memory_free(families.rows);
	memory_free(top.rows);
	stock_done(&f);
}

// ---- the rule for new ports

static enum port_is_new judged_on(struct store *store, int32_t day, const char *family)
{
	const uint16_t port = 23;
	const struct day_range window = { day, day };
	const struct ports_request request = { .families = &family,
		                               .family_count = 1,
		                               .protocols = { true, false },
		                               .window = &window,
		                               .ports = &port,
		                               .port_count = 1 };
	struct found found = run(store, &request);
	CHECK(found.count == 1);
	const enum port_is_new is_new = found.rows[0].row.is_new;
	memory_free(found.rows);
	return is_new;
}

// On the last day.
static enum port_is_new judged(const int *sources, size_t days)
{
	struct stock f = fixture_of_days(sources, days);
	const int32_t day = TEST_DAY + (int32_t)days - 1;
	const enum port_is_new is_new = judged_on(f.store, day, "*");
	CHECK(judged_on(f.store, day, "mirai") == is_new);
	stock_done(&f);
	return is_new;
}

TEST(new_ports_have_twenty_sources)
{
	CHECK(judged((const int[]){ 0, 0, 0, 0, 0, 0, 0, 20 }, 8) == PORT_NEW);
	CHECK(judged((const int[]){ 0, 0, 0, 0, 0, 0, 0, 19 }, 8) == PORT_NOT_NEW);
}

TEST(new_ports_have_more_than_three_times_as_many_as_ever)
{
	CHECK(judged((const int[]){ 0, 8, 0, 0, 0, 0, 0, 25 }, 8) == PORT_NEW);
	CHECK(judged((const int[]){ 0, 8, 0, 0, 0, 0, 0, 24 }, 8) == PORT_NOT_NEW);
}

TEST(a_short_past_proves_only_that_a_port_is_not_new)
{
	CHECK(judged((const int[]){ 0, 0, 0, 0, 0, 0, 20 }, 7) == PORT_NEW_UNKNOWN);
	CHECK(judged((const int[]){ 0, -1, 0, 0, 0, 0, 0, 20 }, 8) == PORT_NEW_UNKNOWN);
	CHECK(judged((const int[]){ 8, 24 }, 2) == PORT_NOT_NEW);
	CHECK(judged((const int[]){ 19 }, 1) == PORT_NOT_NEW);
}

TEST(the_past_has_twenty_eight_days)
{
	int sources[40] = { 0 };
	sources[39] = 50;
	sources[39 - 28] = 30;
	CHECK(judged(sources, 40) == PORT_NOT_NEW);
	sources[39 - 28] = 0;
	sources[39 - 29] = 30;
	CHECK(judged(sources, 40) == PORT_NEW);
	// Slots of the ring are reused: what a port had 32 days ago is forgotten.
	sources[39 - 29] = 0;
	sources[39 - 32] = sources[39 - 33] = 30;
	CHECK(judged(sources, 40) == PORT_NEW);
}

TEST(only_new_ports)
{
	const int sources[] = { 0, 0, 0, 0, 0, 0, 0, 30, 30, -1, 91 };
	struct stock f = fixture_of_days(sources, 11);
	const struct ports_request request = { .families = all_families,
		                               .family_count = 3,
		                               .protocols = { true, true },
		                               .only_new = true };
	struct found found = run(f.store, &request);
	CHECK(found.days == 10 && found.count == 4);
	for (size_t i = 0; i < found.count; i++) {
		CHECK(found.rows[i].row.port == 23 && found.rows[i].row.is_new == PORT_NEW);
		CHECK(found.rows[i].day == TEST_DAY + (i < 2 ? 7 : 10));
	}
	memory_free(found.rows);
	stock_done(&f);
}

// ---- flows, filters, limits

TEST(families_are_unknown_on_days_with_flows)
{
	struct pile pile = pile_from(11, 5, 2, 1, 60);
	bool has_flow = false;
	for (size_t i = 0; i < pile.count; i++)
		if (!has_flow && pile.records[i].kind == KIND_SYN &&
		    pile.records[i].day == TEST_DAY) {
			pile.records[i].fingerprints = UINT32_C(1) << FINGERPRINT_UNKNOWN;
			has_flow = true;
		}
	struct stock f = stock_of_days(&pile, 1, false);
	const struct ports_request request = { .families = all_families,
		                               .family_count = 3,
		                               .protocols = { true, true } };
	struct found found = run(f.store, &request);
	size_t unknown = 0;
	bool has_known = false;
	for (size_t i = 0; i < found.count; i++) {
		const struct found_row *row = &found.rows[i];
		const bool is_family = !text_equal(row->row.family, "*");
		CHECK(row->row.is_known == (!is_family || row->day != TEST_DAY));
		unknown += !row->row.is_known;
		has_known |= is_family && row->row.is_known;
		// Nobody knows what a family was the day before.
		if (is_family && row->day == TEST_DAY + 1)
			CHECK(!row->row.day_before.is_there && !row->row.most_before.is_there);
	}
	CHECK(has_flow && has_known);
	CHECK(unknown == 2 * naive_ports(&f, TEST_DAY, FIELD_DESTINATION_PORT));
	memory_free(found.rows);
	stock_done(&f);
}

TEST(flood_suspects_can_be_left_out)
{
	struct stock f = stock_with_flood();
	struct floods_left_out left_out = { .days = 0 };
	const struct ports_request request = { .families = all_families,
		                               .family_count = 3,
		                               .protocols = { true, true },
		                               .without_floods = true,
		                               .left_out = &left_out };
	size_t kept = 0;
	for (size_t i = 0; i < f.hosts.count; i++)
		if (f.hosts.entries[i].host.source < FLOOD_FIRST)
			f.hosts.entries[kept++] = f.hosts.entries[i];
		else
			host_day_done(&f.hosts.entries[i].host);
	f.hosts.count = kept;
	compare(&f, &request, 1);
	CHECK(left_out.source_days == FLOOD_SOURCES && left_out.days == 1);
	stock_done(&f);
}

TEST(whoever_has_enough_gets_no_more_days)
{
	struct stock f = stock_new(13, false);
	const struct ports_request request = { .families = all_families,
		                               .family_count = 3,
		                               .protocols = { true, true } };
	struct found found = { .rows = memory_new(ROWS_MAX, sizeof *found.rows), .days_max = 1 };
	struct error error;
	CHECK(run_into(f.store, &request, 2, &found, &error) && found.days == 1);
	memory_free(found.rows);
	stock_done(&f);
}

TEST(a_family_that_is_none_is_an_error)
{
	static const char *const nobody[] = { "nobody" };
	struct stock f = stock_new(14, false);
	const struct ports_request request = { .families = nobody,
		                               .family_count = 1,
		                               .protocols = { true, true } };
	struct found found = { .rows = NULL };
	struct error error;
	CHECK(!run_into(f.store, &request, 1, &found, &error) && error.kind == ERROR_USAGE &&
	      strstr(error.text, "'nobody'") != NULL);
	stock_done(&f);
}

TEST_MAIN
