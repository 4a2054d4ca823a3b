// SPDX-License-Identifier: MIT
// Places against a look at every host-day, with tables of ranges that the test writes and looks into by
// itself: countries, networks, networks by country, places by port; databases of several times; one
// thread and several.
#include "analyse/test_alone.h"
#include "analyse/survey/survey.h"
#include "analyse/pair_counts.h"
#include "analyse/where/where.h"

#include "store/test_store.h"

#include <stdio.h>
#include <unistd.h>

enum { SOURCES = 80, DAYS = 6, PIECES = 3, RECORDS = 4000, RANGES = 48, PAIRS_MAX = 600 };

// Places by range, as written to a file; -1: nobody knows.
struct map {
	uint32_t first[RANGES], last[RANGES];
	int place[RANGES];
};

static const char *const countries[] = { "BR", "CN", "JP", "TW", "VN" };
enum { COUNTRIES = 5, NETWORKS = 9 };

static const uint16_t ports[] = { 23, 24, 9 };

// Ranges in pieces of the address space, some with a hole behind them.
static struct map map_from(uint64_t seed, int places)
{
	struct random dice = random_from(seed);
	struct map m = { .first = { 0 } };
	for (uint32_t i = 0; i < RANGES; i++) {
		const uint32_t size = UINT32_MAX / RANGES;
		m.first[i] = i * size + random_below(&dice, 1000);
		m.last[i] = i * size + size - 1 - (random_below(&dice, 2) ? size / 2 : 0);
		m.place[i] = (int)random_below(&dice, (uint32_t)places + 1) - 1;
	}
	return m;
}

static int look_up(const struct map *m, uint32_t address)
{
	for (unsigned i = 0; i < RANGES; i++)
		if (address >= m->first[i] && address <= m->last[i])
			return m->place[i];
	return -1;
}

static void id_of(enum place_kind kind, int place, char out[PLACE_ID_SIZE])
{
	if (place < 0)
		text_copy(out, PLACE_ID_SIZE, "unknown");
	else if (kind == PLACE_COUNTRY)
		text_copy(out, PLACE_ID_SIZE, countries[place]);
	else
		text_format(out, PLACE_ID_SIZE, "AS%d", 64500 + place);
}

static void write_map(const char *path, enum place_kind kind, const struct map *m)
{
	FILE *file = fopen(path, "w");
	CHECK(file != NULL);
	for (unsigned i = 0; file != NULL && i < RANGES; i++) {
		char first[TEXT_IPV4_SIZE], last[TEXT_IPV4_SIZE];
		if (m->place[i] < 0)
			continue;
		text_from_ipv4(m->first[i], first);
		text_from_ipv4(m->last[i], last);
		if (kind == PLACE_COUNTRY)
			fprintf(file, "%s,%s,%s\n", first, last, countries[m->place[i]]);
		else
			fprintf(file, "%s,%s,%d,network %d\n", first, last, 64500 + m->place[i],
			        m->place[i]);
	}
	CHECK(file != NULL && fclose(file) == 0);
}

struct fixture {
	struct test_folder folder;
	struct hosts hosts;
	struct store *store;
	// Countries of the first days, and of the others; networks of all.
	struct map early, late, networks;
	struct place_atlas *country_atlas, *both_atlas, *network_atlas;
};

static struct place_atlas *atlas_of(const struct fixture *f, enum place_kind kind,
                                    const struct map *const *maps, size_t count)
{
	static const struct place_source times[] = { { NULL, "early", INT32_MIN, TEST_DAY + 2 },
		                                     { NULL, "late", TEST_DAY + 3, INT32_MAX } };
	static const struct place_source all = { NULL, "all", INT32_MIN, INT32_MAX };
	struct place_source sources[2];
	char paths[2][320];
	struct place_atlas *atlas = NULL;
	struct error error = { .kind = ERROR_NONE };
	for (size_t i = 0; i < count; i++) {
		text_format(paths[i], sizeof paths[i], "%s/map%zu.csv", f->folder.parent, i);
		write_map(paths[i], kind, maps[i]);
		sources[i] = count > 1 ? times[i] : all;
		sources[i].path = paths[i];
	}
	CHECK(place_atlas_open(kind, sources, count, &atlas, &error));
	if (error.kind != ERROR_NONE)
		printf("%s\n", error.text);
	for (size_t i = 0; i < count; i++)
		unlink(paths[i]);
	return atlas;
}

static struct fixture fixture_new(uint64_t seed)
{
	struct fixture f = { .folder = folder_new() };
	struct pile pile = pile_from(seed, SOURCES, DAYS, PIECES, RECORDS);
	// Some sources use several ports, and not the same every day.
	for (size_t i = 0; i < pile.count; i++)
		if (i % 40 == 0)
			pile.records[i].destination_port = ports[i / 40 % 3];
	f.hosts = pile_hosts(&pile, ALL_PIECES);
	f.store = open_writer(f.folder.path);
	take_pile(f.store, &pile, PIECES);
	store_close(f.store);
	f.store = open_reader(f.folder.path);
	pile_done(&pile);
	f.early = map_from(seed * 3, COUNTRIES);
	f.late = map_from(seed * 3 + 1, COUNTRIES);
	f.networks = map_from(seed * 3 + 2, NETWORKS);
	const struct map *const both[] = { &f.early, &f.late };
	const struct map *const networks[] = { &f.networks };
	f.country_atlas = atlas_of(&f, PLACE_COUNTRY, both, 1);
	f.both_atlas = atlas_of(&f, PLACE_COUNTRY, both, 2);
	f.network_atlas = atlas_of(&f, PLACE_NETWORK, networks, 1);
	return f;
}

static void fixture_done(struct fixture *f)
{
	place_atlas_close(f->country_atlas);
	place_atlas_close(f->both_atlas);
	place_atlas_close(f->network_atlas);
	store_close(f->store);
	hosts_done(&f->hosts);
	folder_done(&f->folder);
}

// ---- the naive count

struct wanted {
	const struct source_choice *choice;
	struct places_request request;
};

static bool sent(const struct host_day *h, const struct source_choice *c, int port)
{
	const unsigned mirai = 0;
	const unsigned field = c->protocol == SOURCE_UDP ? FIELD_UDP_PORT
	                       : c->family == NULL       ? FIELD_DESTINATION_PORT
	                                                 : FIELD_MATCHED_PORT + mirai;
	if (port < 0)
		return c->protocol == SOURCE_UDP ? host_day_packets(h, KIND_UDP) > 0
		       : c->family == NULL       ? host_day_packets(h, KIND_SYN) > 0
		                                 : (h->matched_mask >> mirai & 1) != 0;
	for (uint32_t i = 0; h->fields_mask >> field & 1 && i < h->sets[field].count; i++)
		if (h->items[h->sets[field].begin + i].value == (uint32_t)port)
			return true;
	return false;
}

static bool sent_any(const struct host_day *h, const struct source_choice *c)
{
	bool any = c->port_count == 0 && sent(h, c, -1);
	for (size_t i = 0; i < c->port_count; i++)
		any = any || sent(h, c, c->ports[i]);
	return any;
}

// The last day of the window on which the source sent to that port, or to any of the choice (-1); -1:
// it did not. Only at the last of its host-days, so that each source is looked at once.
static int32_t last_day_at(const struct fixture *f, const struct source_choice *c, size_t index,
                           int port)
{
	const uint32_t source = f->hosts.entries[index].host.source;
	int32_t last = -1;
	for (size_t i = 0; i < f->hosts.count; i++) {
		const struct day_host *e = &f->hosts.entries[i];
		if (e->host.source != source)
			continue;
		if (i > index)
			return -1;
		if (e->day >= c->window.from && e->day <= c->window.to &&
		    (port < 0 ? sent_any(&e->host, c) : sent(&e->host, c, port)))
			last = e->day;
	}
	return last;
}

struct expected {
	uint64_t of_group, of_row;
};

// Sources of that place, of which the group is `group`: a port, a country, or "" for all.
static struct expected count_naively(const struct fixture *f, const struct wanted *w,
                                     const char *group, int port, const char *place)
{
	struct expected out = { 0, 0 };
	for (size_t i = 0; i < f->hosts.count; i++) {
		const uint32_t source = f->hosts.entries[i].host.source;
		const int32_t day = last_day_at(f, w->choice, i, port);
		char id[PLACE_ID_SIZE], country[PLACE_ID_SIZE] = "";
		if (day < 0)
			continue;
		const struct map *map = w->request.atlas == f->network_atlas ? &f->networks
		                        : w->request.atlas == f->country_atlas ||
		                                        day <= TEST_DAY + 2
		                                ? &f->early
		                                : &f->late;
		id_of(w->request.atlas == f->network_atlas ? PLACE_NETWORK : PLACE_COUNTRY,
		      look_up(map, source), id);
		const struct map *of_countries = w->request.countries == f->country_atlas ||
		                                                 day <= TEST_DAY + 2
		                                         ? &f->early
		                                         : &f->late;
		if (w->request.countries != NULL)
			id_of(PLACE_COUNTRY, look_up(of_countries, source), country);
		if (!text_equal(country, group))
			continue;
		out.of_group++;
		out.of_row += text_equal(id, place);
	}
	return out;
}

static void check_group(const struct fixture *f, const struct wanted *w,
                        const struct places_group *g)
{
	const int port = w->request.is_by_port ? g->port : -1;
	uint64_t sum = 0;
	for (size_t i = 0; i < g->count; i++) {
		const struct places_row *row = &g->rows[i];
		const struct expected e = count_naively(f, w, g->country.id, port, row->place.id);
		CHECK(e.of_row == row->sources && e.of_group == g->sources);
		CHECK(i == 0 || row[-1].sources > row->sources ||
		      (row[-1].sources == row->sources &&
		       strcmp(row[-1].place.id, row->place.id) < 0));
		sum += row->sources;
	}
	CHECK(sum == g->sources);
	if (g->count == 0)
		CHECK(count_naively(f, w, g->country.id, port, "").of_group == 0);
}

static void check_all(const struct fixture *f, const struct wanted *w)
{
	struct places p;
	struct error error;
	uint64_t sum = 0;
	CHECK(places_run(store_holdings(f->store), w->choice, &w->request, &p, &error));
	for (size_t i = 0; i < p.group_count; i++) {
		const struct places_group *g = &p.groups[i];
		check_group(f, w, g);
		if (w->request.is_by_port)
			CHECK(g->port == w->choice->ports[i]);
		else if (i > 0)
			CHECK(g[-1].sources > g->sources ||
			      (g[-1].sources == g->sources &&
			       strcmp(g[-1].country.id, g->country.id) < 0));
		sum += g->sources;
	}
	CHECK(sum == p.sources);
	if (w->request.countries == NULL && !w->request.is_by_port)
		CHECK(p.group_count == 1);
	places_done(&p);
}

static struct source_choice choice_of(unsigned which, size_t port_count)
{
	return (struct source_choice){
		.window = { TEST_DAY + (int32_t)(which % 2), TEST_DAY + 4 + (int32_t)(which / 2) },
		.family = which == 1 ? "mirai" : NULL,
		.protocol = which == 3 ? SOURCE_UDP : SOURCE_TCP,
		.ports = ports,
		.port_count = port_count,
		.threads = 1 + which,
	};
}

TEST(places_are_those_of_a_naive_count)
{
	for (uint64_t seed = 1; seed <= random_rounds(3); seed++) {
		struct fixture f = fixture_new(seed);
		struct place_atlas *const atlases[] = { f.country_atlas, f.both_atlas,
			                                f.network_atlas };
		for (unsigned which = 0; which < 4; which++)
			for (size_t a = 0; a < 3; a++) {
				const struct source_choice c = choice_of(which, which % 3);
				const struct wanted request = { &c, { atlases[a], NULL, false } };
				check_all(&f, &request);
			}
		fixture_done(&f);
	}
}

TEST(networks_within_countries)
{
	for (uint64_t seed = 4; seed <= 5; seed++) {
		struct fixture f = fixture_new(seed);
		for (unsigned which = 0; which < 4; which++) {
			const struct source_choice c = choice_of(which, which / 2);
			const struct wanted request = {
				&c, { f.network_atlas, f.country_atlas, false }
			};
			const struct wanted late = { &c, { f.network_atlas, f.both_atlas, false } };
			check_all(&f, &request);
			check_all(&f, &late);
		}
		fixture_done(&f);
	}
}

TEST(places_by_port_count_a_source_in_each_of_its_ports)
{
	for (uint64_t seed = 6; seed <= 7; seed++) {
		struct fixture f = fixture_new(seed);
		for (unsigned which = 0; which < 4; which++) {
			const struct source_choice c = choice_of(which, 1 + which % 3);
			const struct wanted request = { &c, { f.both_atlas, NULL, true } };
			check_all(&f, &request);
		}
		fixture_done(&f);
	}
}

// ---- several at once

static void check_same_places(const struct places *a, const struct places *b)
{
	CHECK(a->group_count == b->group_count && a->sources == b->sources);
	for (size_t g = 0; g < a->group_count && g < b->group_count; g++) {
		const struct places_group *x = &a->groups[g], *y = &b->groups[g];
		CHECK(x->port == y->port && x->sources == y->sources && x->count == y->count &&
		      text_equal(x->country.id, y->country.id));
		for (size_t i = 0; i < x->count && i < y->count; i++)
			CHECK(x->rows[i].sources == y->rows[i].sources &&
			      text_equal(x->rows[i].place.id, y->rows[i].place.id));
	}
	CHECK(a->seen.days == b->seen.days && a->seen.last == b->seen.last);
}

static void check_same_prefixes(const struct prefixes *a, const struct prefixes *b)
{
	CHECK(a->bits == b->bits && a->count == b->count && a->sources == b->sources);
	for (size_t i = 0; i < a->count && i < b->count; i++)
		CHECK(prefixes_row_at(a, i).first == prefixes_row_at(b, i).first &&
		      prefixes_row_at(a, i).sources == prefixes_row_at(b, i).sources);
	CHECK(a->seen.days == b->seen.days && a->seen.last == b->seen.last);
}

// All together are what each is alone.
static void check_together(const struct fixture *f, const struct source_choice *c)
{
	enum { ALL = 8 };
	const struct where_request requests[ALL] = {
		{ .bits = 16 },
		{ .places = { f->country_atlas } },
		{ .places = { f->both_atlas } },
		{ .bits = 24 },
		{ .places = { f->network_atlas } },
		{ .places = { f->network_atlas, f->both_atlas } },
		{ .places = { f->network_atlas, NULL, c->port_count > 0 } },
		{ .bits = 8 },
	};
	struct where_found together[ALL], alone;
	struct error error;
	CHECK(where_run(store_holdings(f->store), c, requests, ALL, together, &error));
	for (size_t i = 0; i < ALL; i++) {
		CHECK(where_run(store_holdings(f->store), c, &requests[i], 1, &alone, &error));
		CHECK(alone.places.sources + alone.prefixes.sources > 0);
		check_same_places(&together[i].places, &alone.places);
		check_same_prefixes(&together[i].prefixes, &alone.prefixes);
		where_found_done(&alone);
		where_found_done(&together[i]);
	}
}

TEST(several_in_one_pass_are_what_each_is_alone)
{
	struct fixture f = fixture_new(11);
	for (unsigned which = 0; which < 4; which++)
		for (size_t port_count = 0; port_count <= 3; port_count += 3) {
			const struct source_choice c = choice_of(which, port_count);
			check_together(&f, &c);
		}
	fixture_done(&f);
}

TEST(without_a_database_every_place_is_unknown)
{
	struct fixture f = fixture_new(8);
	const struct source_choice c = choice_of(0, 0);
	struct place_atlas *none;
	struct places p;
	struct error error;
	CHECK(place_atlas_open(PLACE_COUNTRY, NULL, 0, &none, &error));
	const struct wanted request = { &c, { none, NULL, false } };
	CHECK(places_run(store_holdings(f.store), &c, &request.request, &p, &error));
	CHECK(p.group_count == 1 && p.groups[0].count == 1 && p.sources > 0);
	CHECK(text_equal(p.groups[0].rows[0].place.id, "unknown"));
	CHECK(p.groups[0].rows[0].sources == p.sources);
	places_done(&p);
	place_atlas_close(none);
	fixture_done(&f);
}

TEST(a_database_of_some_days_is_asked_for_those)
{
	struct fixture f = fixture_new(9);
	const struct source_choice c = choice_of(2, 0);
	char path[320];
	text_format(path, sizeof path, "%s/early.csv", f.folder.parent);
	write_map(path, PLACE_COUNTRY, &f.early);
	const struct place_source source = { path, "early", TEST_DAY, TEST_DAY + 2 };
	struct place_atlas *atlas;
	struct places p;
	struct error error;
	CHECK(place_atlas_open(PLACE_COUNTRY, &source, 1, &atlas, &error));
	const struct wanted request = { &c, { atlas, NULL, false } };
	CHECK(places_run(store_holdings(f.store), &c, &request.request, &p, &error));
	uint64_t known = 0, expected = 0;
	for (size_t i = 0; i < p.groups[0].count; i++)
		if (!text_equal(p.groups[0].rows[i].place.id, "unknown"))
			known += p.groups[0].rows[i].sources;
	for (size_t i = 0; i < f.hosts.count; i++) {
		const int32_t day = last_day_at(&f, &c, i, -1);
		expected += day >= TEST_DAY && day <= TEST_DAY + 2 &&
		            look_up(&f.early, f.hosts.entries[i].host.source) >= 0;
	}
	CHECK(known == expected && known > 0);
	places_done(&p);
	place_atlas_close(atlas);
	unlink(path);
	fixture_done(&f);
}

// Makes each allocation fail in turn: one line, and nothing is left behind (AddressSanitizer looks).
static unsigned long count_failures(const struct fixture *f, const struct wanted *w)
{
	unsigned long at = 0;
	bool ok = false;
	while (!ok && at < 10000) {
		struct places p = { .sources = 1234567 };
		struct error error = { .kind = ERROR_NONE };
		memory_fail_at(++at);
		ok = places_run(store_holdings(f->store), w->choice, &w->request, &p, &error);
		memory_fail_at(0);
		CHECK(ok || (error.kind == ERROR_FAILED && p.sources == 1234567));
		if (ok)
			places_done(&p);
	}
	CHECK(ok);
	return at;
}

TEST(without_memory_there_is_a_line)
{
	struct fixture f = fixture_new(12);
	const struct source_choice all = choice_of(0, 0), of_ports = choice_of(0, 3);
	const struct wanted sets = { &all, { f.network_atlas, f.both_atlas, false } };
	const struct wanted hosts = { &of_ports, { f.both_atlas, NULL, true } };
	check_all(&f, &sets);
	CHECK(count_failures(&f, &sets) > 10);
	CHECK(count_failures(&f, &hosts) > 10);
	fixture_done(&f);
}

TEST(cells_add_up_however_many_there_are)
{
	enum { GROUPS = 40, PLACES = 300 };
	static uint64_t sums[GROUPS][PLACES];
	uint32_t numbers[PLACES];
	struct pair_counts cells = { .slots = NULL };
	struct random dice = random_from(10);
	size_t used = 0;
	for (size_t i = 0; i < PLACES; i++)
		numbers[i] = random_u32(&dice);
	for (size_t i = 0; i < 20000; i++) {
		const uint32_t group = random_below(&dice, GROUPS);
		const uint32_t place = random_below(&dice, PLACES);
		const uint64_t count = 1 + random_below(&dice, 9);
		used += sums[group][place] == 0;
		sums[group][place] += count;
		CHECK(pair_counts_add(&cells, group, numbers[place], count));
	}
	CHECK(used > 4000 && pair_counts_pack(&cells) == used);
	for (size_t i = 0; i < used; i++) {
		const struct pair_count *cell = &cells.slots[i];
		size_t place = 0;
		while (place < PLACES && numbers[place] != cell->place)
			place++;
		CHECK(place < PLACES && cell->count == sums[cell->group][place]);
		sums[cell->group][place % PLACES] = 0;  // and no other is of it
	}
	pair_counts_done(&cells);
}

TEST_MAIN
