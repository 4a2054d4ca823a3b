// SPDX-License-Identifier: MIT
// Places and prefixes: questions about the same sources share one pass over them, and get what they would
// get alone; sources always add up; and what has to be known of databases.
#include "answer/local/test_local.h"

#include "answer/local/topic.h"
#include "place/place.h"

enum { SOURCES = 200, DAYS = 6, RECORDS = 4000 };

static const uint16_t ports[] = { 23, 80, 2323 };
static const char *const mirai[] = { "mirai" };

// ---- a world with databases of two times

struct fixture {
	struct stock stock;
	char paths[3][300];
	struct local_world world;
};

static const char *const maps[3] = {
	"# built: 2016-09-01\n0.0.0.0,63.255.255.255,JP\n64.0.0.0,127.255.255.255,BR\n",
	"# built: 2013-01-01\n0.0.0.0,95.255.255.255,VN\n128.0.0.0,191.255.255.255,BR\n",
	"0.0.0.0,31.255.255.255,7,Seven\n32.0.0.0,99.255.255.255,8,Eight\n",
};

static void write_maps(struct fixture *f)
{
	for (size_t i = 0; i < 3; i++) {
		CHECK(text_format(f->paths[i], sizeof f->paths[i], "%s/%zu.csv",
		                  f->stock.folder.parent, i));
		FILE *file = fopen(f->paths[i], "we");
		CHECK(file != NULL && fputs(maps[i], file) > 0 && fclose(file) == 0);
	}
}

static struct fixture fixture_new(uint64_t seed)
{
	struct fixture f = { .stock = stock_with_flood(seed, SOURCES, DAYS, RECORDS) };
	struct error error;
	write_maps(&f);
	const struct place_source countries[] = {
		{ f.paths[0], "early", INT32_MIN, TEST_DAY + 2 },
		{ f.paths[1], "late", TEST_DAY + 3, INT32_MAX },
	};
	const struct place_source networks = { f.paths[2], "all", INT32_MIN, INT32_MAX };
	f.world.holdings = store_holdings(f.stock.store);
	CHECK(place_atlas_open(PLACE_COUNTRY, countries, 2, &f.world.countries, &error));
	CHECK(place_atlas_open(PLACE_NETWORK, &networks, 1, &f.world.networks, &error));
	return f;
}

static void fixture_done(struct fixture *f)
{
	place_atlas_close(f->world.countries);
	place_atlas_close(f->world.networks);
	for (size_t i = 0; i < 3; i++)
		CHECK(remove(f->paths[i]) == 0);
	stock_done(&f->stock);
}

// ---- questions

static struct question places_of(enum place_grain by)
{
	return (struct question){ .kind = QUESTION_PLACES,
		                  .days = all_days,
		                  .places = { .by = by, .bits = 16 } };
}

static struct question prefixes_of(unsigned bits)
{
	return (struct question){ .kind = QUESTION_PREFIXES,
		                  .days = all_days,
		                  .prefixes = { .bits = bits } };
}

// What can be asked of the same sources.
enum { ALIKE = 8 };
static void make_alike(struct question out[ALIKE])
{
	out[0] = prefixes_of(16);
	out[1] = places_of(PLACES_BY_COUNTRY);
	out[2] = places_of(PLACES_BY_NETWORK);
	out[3] = places_of(PLACES_BY_NETWORK);
	out[3].places.is_per_country = true;
	out[3].top = 2;
	out[4] = prefixes_of(24);
	out[5] = places_of(PLACES_BY_PREFIX);
	out[5].top = 5;
	out[6] = places_of(PLACES_BY_COUNTRY);
	out[6].top = 1;
	out[7] = prefixes_of(8);
	out[7].top = 3;
}

static void choose_ports(struct question *q, size_t count)
{
	q->ports = ports;
	q->port_count = count;
}

TEST(questions_about_the_same_sources_are_answered_together_as_alone)
{
	struct fixture f = fixture_new(1);
	struct question questions[ALIKE + 1];
	make_alike(questions);
	check_together(&f.world, questions, ALIKE);
	for (size_t i = 0; i < ALIKE; i++)
		questions[i].without_floods = true;
	check_together(&f.world, questions, ALIKE);
	questions[ALIKE] = places_of(PLACES_BY_COUNTRY);
	questions[ALIKE].places.is_across = true;
	questions[ALIKE].top = 2;
	questions[ALIKE].without_floods = true;
	for (size_t i = 0; i <= ALIKE; i++)
		choose_ports(&questions[i], 3);
	check_together(&f.world, questions, ALIKE + 1);
	fixture_done(&f);
}

TEST(questions_about_other_sources_are_answered_for_those)
{
	struct fixture f = fixture_new(2);
	static const char *const everybody[] = { "*" };
	struct question questions[14];
	for (size_t i = 0; i < 14; i++)
		questions[i] = i % 2 == 0 ? places_of(PLACES_BY_COUNTRY) : prefixes_of(16);
	for (size_t i = 1; i <= 3; i++)
		questions[i].days = (struct day_range){ TEST_DAY + 4, TEST_DAY + 4 };
	questions[4].days.from = TEST_DAY + 1;
	questions[5].families = questions[6].families = mirai;
	questions[5].family_count = questions[6].family_count = 1;
	questions[7].families = everybody;
	questions[7].family_count = 1;
	questions[8].protocol = questions[9].protocol = PROTOCOL_UDP_DATAGRAM;
	choose_ports(&questions[9], 1);
	choose_ports(&questions[10], 1);
	choose_ports(&questions[11], 2);
	questions[12].without_floods = true;
	questions[13].days = (struct day_range){ 1, 2 };
	check_together(&f.world, questions, 14);
	fixture_done(&f);
}

TEST(questions_about_the_same_sources_read_the_days_once)
{
	struct fixture f = fixture_new(3);
	struct question questions[ALIKE];
	struct asked asked[ASKED_MAX];
	struct error error;
	make_alike(questions);
	for (size_t i = 0; i < ALIKE; i++)
		questions[i].protocol = PROTOCOL_UDP_DATAGRAM;
	test_count_opened(f.world.holdings);
	CHECK(ask_local(&f.world, questions, ALIKE, asked, &error));
	CHECK(test_opened == DAYS);
	asked_done(asked, ALIKE);
	fixture_done(&f);
}

// ---- rows

static uint64_t sum_of(const struct answer *a, const char *name)
{
	uint64_t sum = 0;
	for (size_t row = 0; row < a->row_count; row++)
		sum += answer_number(a, row, answer_column(a, name));
	return sum;
}

// All SYNs, each source once.
static uint64_t count_sources(const struct stock *s)
{
	uint64_t count = 0;
	for (size_t i = 0; i < s->hosts.count; i++) {
		const struct host_day *h = &s->hosts.entries[i].host;
		bool is_first = host_day_packets(h, KIND_SYN) > 0;
		for (size_t k = 0; is_first && k < i; k++) {
			const struct host_day *earlier = &s->hosts.entries[k].host;
			is_first = earlier->source != h->source ||
			           host_day_packets(earlier, KIND_SYN) == 0;
		}
		count += is_first;
	}
	return count;
}

TEST(sources_add_up_to_all_of_them)
{
	struct fixture f = fixture_new(4);
	struct question questions[ALIKE];
	struct asked asked[ASKED_MAX];
	struct error error;
	const uint64_t sources = count_sources(&f.stock);
	make_alike(questions);
	CHECK(ask_local(&f.world, questions, ALIKE, asked, &error));
	// The last one has the fullest only.
	for (size_t i = 0; i + 1 < ALIKE; i++)
		CHECK(sum_of(&asked[i].answer, "sources") == sources);
	CHECK(asked[7].answer.row_count == 3 && sum_of(&asked[7].answer, "sources") < sources);
	// One country, the rest, and how many they are.
	const struct answer *one = &asked[6].answer;
	CHECK(one->row_count == 2 && text_equal(answer_text(one, 1, 0), "other"));
	CHECK(text_equal(answer_text(one, 1, 1), "3 places"));
	for (size_t i = 0; i < ALIKE; i++) {
		const struct caveat *c = caveats_find(&asked[i].inquiry.caveats,
		                                      CAVEAT_CONCENTRATION);
		CHECK((c != NULL) == (questions[i].kind == QUESTION_PREFIXES));
		CHECK(c == NULL || c->numbers[3] == sources);
	}
	asked_done(asked, ALIKE);
	fixture_done(&f);
}

TEST(ports_side_by_side_add_up_each)
{
	struct fixture f = fixture_new(5);
	struct question questions[4];
	struct asked asked[ASKED_MAX];
	struct error error;
	questions[0] = places_of(PLACES_BY_COUNTRY);
	questions[0].places.is_across = true;
	questions[0].top = 1;
	choose_ports(&questions[0], 3);
	for (size_t i = 0; i < 3; i++) {
		questions[i + 1] = prefixes_of(16);
		questions[i + 1].ports = &ports[i];
		questions[i + 1].port_count = 1;
	}
	CHECK(ask_local(&f.world, questions, 4, asked, &error));
	CHECK(asked[0].answer.row_count == 2 && asked[0].answer.schema.count == 13);
	CHECK(answer_cell(&asked[0].answer, 1, 0)->state == CELL_EMPTY);
	for (size_t i = 0; i < 3; i++) {
		char name[SCHEMA_NAME_SIZE];
		text_format(name, sizeof name, "sources_%u", ports[i]);
		CHECK(sum_of(&asked[0].answer, name) == sum_of(&asked[i + 1].answer, "sources"));
	}
	CHECK(sum_of(&asked[0].answer, "sources_23") > 10);
	asked_done(asked, 4);
	fixture_done(&f);
}

TEST(how_concentrated_sources_are_is_said)
{
	struct fixture f = fixture_new(6);
	const struct question questions[] = { prefixes_of(24), prefixes_of(16) };
	struct asked asked[2];
	struct error error;
	CHECK(ask_local(&f.world, questions, 2, asked, &error));
	const struct answer *a = &asked[0].answer;
	const struct caveat *c = caveats_find(&asked[0].inquiry.caveats, CAVEAT_CONCENTRATION);
	const struct caveat *fullest = caveats_find(&asked[0].inquiry.caveats, CAVEAT_FULLEST);
	const size_t sum = answer_column(a, "cumulative_sources");
	CHECK(c != NULL && fullest != NULL && c->numbers[0] == 24);
	CHECK(c != NULL && c->numbers[4] == a->row_count && c->numbers[1] < c->numbers[2]);
	for (size_t i = 1; c != NULL && i <= 2; i++) {
		const uint64_t parts = i == 1 ? 5 : 2, row = c->numbers[i] - 1;
		CHECK(answer_number(a, row, sum) * parts >= c->numbers[3]);
		CHECK(row == 0 || answer_number(a, row - 1, sum) * parts < c->numbers[3]);
	}
	for (size_t i = 0; fullest != NULL && i < 3; i++)
		CHECK(fullest->numbers[2 * i + 1] ==
		      answer_number(a, i, answer_column(a, "sources")));
	CHECK(caveats_find(&asked[1].inquiry.caveats, CAVEAT_FULLEST) == NULL);
	asked_done(asked, 2);
	fixture_done(&f);
}

// ---- databases

TEST(databases_are_told_in_the_order_of_columns)
{
	struct fixture f = fixture_new(7);
	struct question q = places_of(PLACES_BY_NETWORK);
	struct asked asked;
	struct error error;
	q.places.is_per_country = true;
	CHECK(ask_local(&f.world, &q, 1, &asked, &error));
	const struct caveats *c = &asked.inquiry.caveats;
	CHECK(c->count == 3 && c->list[0].kind == CAVEAT_DATABASES && c->list[0].numbers[0] == 0);
	CHECK(c->list[0].days[0] == TEST_DAY && c->list[0].days[1] == TEST_DAY + DAYS - 1);
	// Only what is asked about days far from its own is stale.
	CHECK(c->list[1].kind == CAVEAT_DATABASE_STALE && text_equal(c->list[1].texts[0], "late"));
	CHECK(c->list[1].days[0] == 15706 && c->list[1].days[1] == TEST_DAY + 3 &&
	      c->list[1].days[2] == TEST_DAY + DAYS - 1);
	CHECK(c->list[2].kind == CAVEAT_DATABASES && c->list[2].numbers[0] == 1);
	asked_done(&asked, 1);
	q.days.to = TEST_DAY + 2;
	q.places.by = PLACES_BY_COUNTRY;
	q.places.is_per_country = false;
	CHECK(ask_local(&f.world, &q, 1, &asked, &error));
	CHECK(c->count == 1 && c->list[0].kind == CAVEAT_DATABASES);
	asked_done(&asked, 1);
	fixture_done(&f);
}

// The caveats of a database that was made on the first of 2016-09, about these days.
static size_t caveats_about(const struct fixture *f, int32_t from, int32_t to)
{
	struct inquiry inquiry = { NULL, NULL };
	struct place_atlas *atlas;
	struct error error;
	const struct place_source source = { f->paths[0], "map", INT32_MIN, INT32_MAX };
	CHECK(place_atlas_open(PLACE_COUNTRY, &source, 1, &atlas, &error));
	CHECK(database_caveats(&inquiry, atlas, false, (struct day_range){ from, to }, &error));
	const size_t count = inquiry.caveats.count;
	caveats_done(&inquiry.caveats);
	place_atlas_close(atlas);
	return count;
}

TEST(a_database_is_stale_about_days_more_than_a_year_from_its_own)
{
	struct fixture f = fixture_new(12);
	CHECK(caveats_about(&f, TEST_DAY - 366, TEST_DAY + 366) == 1);
	CHECK(caveats_about(&f, TEST_DAY, TEST_DAY + 367) == 2);
	CHECK(caveats_about(&f, TEST_DAY - 367, TEST_DAY) == 2);
	fixture_done(&f);
}

TEST(the_description_names_databases)
{
	struct fixture f = fixture_new(8);
	struct engine *engine;
	struct error error;
	CHECK(local_engine_open(&f.world, &engine, &error));
	const struct description *d = engine_describe(engine);
	CHECK(d->database_count == 3);
	CHECK(text_equal(d->databases[0].name, "early") && d->databases[0].days.to == TEST_DAY + 2);
	CHECK(text_equal(d->databases[1].name, "late") && d->databases[1].built_day == 15706);
	CHECK(text_equal(d->databases[2].name, "all") && d->databases[2].is_of_networks);
	CHECK(!d->databases[1].is_of_networks && d->databases[2].built_day == INT32_MIN);
	engine_close(engine);
	fixture_done(&f);
}

TEST(without_databases_every_place_is_unknown)
{
	struct stock s = stock_with_flood(9, SOURCES, DAYS, RECORDS);
	const struct local_world world = { .holdings = store_holdings(s.store) };
	struct question questions[] = { places_of(PLACES_BY_COUNTRY),
		                        places_of(PLACES_BY_NETWORK) };
	struct asked asked[2];
	struct error error;
	CHECK(ask_local(&world, questions, 2, asked, &error));
	for (size_t i = 0; i < 2; i++) {
		CHECK(asked[i].answer.row_count == 1 && asked[i].inquiry.caveats.count == 0);
		CHECK(text_equal(answer_text(&asked[i].answer, 0, 0), "unknown"));
		CHECK(answer_number(&asked[i].answer, 0, 2) == count_sources(&s));
	}
	asked_done(asked, 2);
	stock_done(&s);
}

TEST(who_is_no_family_is_refused_before_anybody_is_answered)
{
	static const char *const nobody[] = { "nobody" };
	struct stock s = stock_with_flood(10, SOURCES, 2, 100);
	const struct local_world world = { .holdings = store_holdings(s.store) };
	struct question questions[] = { prefixes_of(8), prefixes_of(8) };
	struct asked asked[2];
	struct error error;
	questions[1].families = nobody;
	questions[1].family_count = 1;
	CHECK(!ask_local(&world, questions, 2, asked, &error) && error.kind == ERROR_USAGE);
	CHECK(asked[0].answer.schema.count == 0);
	asked_done(asked, 2);
	stock_done(&s);
}

TEST(who_wants_no_more_gets_no_more)
{
	struct fixture f = fixture_new(11);
	struct question questions[ALIKE];
	const struct limits limits = { .threads = 1 };
	struct error error;
	struct engine *engine;
	make_alike(questions);
	CHECK(local_engine_open(&f.world, &engine, &error));
	for (size_t i = 0; i < ALIKE; i++) {
		struct impatient impatient = impatient_after(1);
		struct inquiry inquiry = { &questions[i], &impatient.receiver };
		CHECK(engine_ask(engine, &inquiry, 1, &limits, &error) && impatient.count == 1);
		caveats_done(&inquiry.caveats);
	}
	engine_close(engine);
	fixture_done(&f);
}

TEST_MAIN
