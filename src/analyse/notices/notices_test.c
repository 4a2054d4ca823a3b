// SPDX-License-Identifier: MIT
// Notices against a count over all host-days: random records of several days and pieces.
#include "analyse/notices/notices.h"

#include "place/place.h"
#include "store/test_store.h"

enum { SOURCES = 40, DAYS = 5, PIECES = 2, RECORDS = 4000, NOTICES_MAX = 1000 };

static const unsigned families[] = { 3, 0 };
enum { FAMILIES = 2 };

struct gathered {
	struct notice list[NOTICES_MAX];
	size_t count, room;
};

static bool gather(void *context, const struct notice *notice)
{
	struct gathered *g = context;
	CHECK(g->count < g->room);
	g->list[g->count++] = *notice;
	return g->count < g->room;
}

// The packets of the source and family that went to the port, on the days of the window.
static uint64_t naive_port(const struct hosts *hosts, const struct notice *n,
                           const struct day_range *window, uint32_t port)
{
	const unsigned field = FIELD_MATCHED_PORT + families[n->family];
	uint64_t packets = 0;
	for (size_t i = 0; i < hosts->count; i++) {
		const struct host_day *h = &hosts->entries[i].host;
		if (h->source != n->source || hosts->entries[i].day < window->from ||
		    hosts->entries[i].day > window->to || !(h->fields_mask >> field & 1))
			continue;
		for (uint32_t k = 0; k < h->sets[field].count; k++)
			if (h->items[h->sets[field].begin + k].value == port)
				packets += h->items[h->sets[field].begin + k].packets;
	}
	return packets;
}

static void check_ports(const struct hosts *hosts, const struct notice *n,
                        const struct day_range *window)
{
	uint32_t seen = 0;
	for (uint32_t port = 0; port < 65536; port++) {
		const uint64_t packets = naive_port(hosts, n, window, port);
		size_t rank = 0;  // of those listed, how many come before
		bool is_listed = false;
		seen += packets > 0;
		for (size_t i = 0; packets > 0 && i < n->port_count; i++) {
			is_listed |= n->ports[i].port == port && n->ports[i].packets == packets;
			rank += n->ports[i].packets > packets ||
			        (n->ports[i].packets == packets && n->ports[i].port < port);
		}
		CHECK(packets == 0 || is_listed || rank == NOTICE_PORTS_MAX);
		CHECK(!is_listed || n->ports[rank].port == port);
	}
	CHECK(n->ports_seen == seen);
	CHECK(n->port_count == (seen < NOTICE_PORTS_MAX ? seen : NOTICE_PORTS_MAX));
}

// What the host-days say of one source and family; days 0: nothing.
static struct notice naive_notice(const struct hosts *hosts, uint32_t source, size_t family,
                                  const struct day_range *window)
{
	struct notice n = { .source = source, .family = family, .first_ns = UINT64_MAX };
	for (size_t i = 0; i < hosts->count; i++) {
		const struct host_day *h = &hosts->entries[i].host;
		if (h->source != source || hosts->entries[i].day < window->from ||
		    hosts->entries[i].day > window->to ||
		    !(h->matched_mask >> families[family] & 1))
			continue;
		n.days++;
		n.packets += h->matched[families[family]];
		n.first_ns = h->first_ns < n.first_ns ? h->first_ns : n.first_ns;
		n.last_ns = h->last_ns > n.last_ns ? h->last_ns : n.last_ns;
	}
	return n;
}

static bool is_same(const struct notice *a, const struct notice *b)
{
	return a->source == b->source && a->family == b->family && a->days == b->days &&
	       a->packets == b->packets && a->first_ns == b->first_ns && a->last_ns == b->last_ns;
}

static int by_source(const void *a, const void *b)
{
	const struct day_host *const *x = a, *const *y = b;
	return ((*x)->host.source > (*y)->host.source) - ((*x)->host.source < (*y)->host.source);
}

static void check_notices(const struct hosts *hosts, const struct gathered *got,
                          const struct day_range *window)
{
	const struct day_host **sorted = memory_new(hosts->count, sizeof(struct day_host *));
	size_t at = 0;
	for (size_t i = 0; i < hosts->count; i++)
		sorted[i] = &hosts->entries[i];
	qsort(sorted, hosts->count, sizeof(struct day_host *), by_source);
	for (size_t i = 0; i < hosts->count; i++) {
		if (i > 0 && sorted[i - 1]->host.source == sorted[i]->host.source)
			continue;
		for (size_t f = 0; f < FAMILIES; f++) {
			const struct notice want = naive_notice(hosts, sorted[i]->host.source, f,
			                                        window);
			if (want.days == 0 || ipset_is_special(want.source))
				continue;
			CHECK(at < got->count && is_same(&got->list[at], &want));
			CHECK(got->list[at].country == PLACE_UNKNOWN);
			if (at % 7 == 0)
				check_ports(hosts, &got->list[at], window);
			at++;
		}
	}
	CHECK(at == got->count);
	memory_free(sorted);
}

TEST(notices_are_what_the_host_days_say)
{
	static struct gathered got;
	for (uint64_t seed = 1; seed <= random_rounds(4); seed++) {
		struct test_folder folder = folder_new();
		struct pile pile = pile_from(seed, SOURCES, DAYS, PIECES, RECORDS);
		struct hosts hosts = pile_hosts(&pile, ALL_PIECES);
		struct store *store = open_writer(folder.path);
		struct notices_left_out left_out;
		struct error error;
		take_pile(store, &pile, PIECES);
		store_close(store);
		store = open_reader(folder.path);
		struct notices_request request = { .window = { TEST_DAY + (int32_t)(seed % 2),
			                                       TEST_DAY + 3 },
			                           .families = families,
			                           .family_count = FAMILIES,
			                           .each = gather,
			                           .context = &got };
		got.count = 0;
		got.room = NOTICES_MAX;
		CHECK(notices_find(store_holdings(store), &request, &left_out, &error));
		CHECK(left_out.own == 0);
		check_notices(&hosts, &got, &request.window);
		got.count = 0;
		got.room = 3;
		CHECK(notices_find(store_holdings(store), &request, &left_out, &error) &&
		      got.count == 3);
		store_close(store);
		hosts_done(&hosts);
		folder_done(&folder);
		pile_done(&pile);
	}
}

TEST(addresses_of_the_telescope_are_left_out)
{
	static struct gathered got = { .room = NOTICES_MAX };
	const struct store_request settings = { .telescope = "0.0.0.0/1,198.51.0.0/16" };
	struct test_folder folder = folder_new();
	struct pile pile = pile_from(9, 200, 1, 1, RECORDS);
	struct store *store;
	struct notices_left_out left_out;
	struct error error;
	CHECK(store_open_writing(folder.path, &settings, &store, &error));
	take_pile(store, &pile, 1);
	store_close(store);
	store = open_reader(folder.path);
	const struct notices_request request = { .window = all_days,
		                                 .families = families,
		                                 .family_count = FAMILIES,
		                                 .each = gather,
		                                 .context = &got };
	CHECK(notices_find(store_holdings(store), &request, &left_out, &error));
	for (size_t i = 0; i < got.count; i++)
		CHECK(got.list[i].source >> 31 == 1 && got.list[i].source >> 16 != 0xc633);
	CHECK(got.count > 10 && left_out.own > 10);
	store_close(store);
	folder_done(&folder);
	pile_done(&pile);
}

TEST_MAIN
