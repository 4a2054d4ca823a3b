// SPDX-License-Identifier: MIT
// Hosts that answered alike, and how many are infected, against a look at every host-day, from memory, however the host-days
// are held: by day, in pieces, in panes of minutes.
#include "answer/local/test_local.h"

#include "holdings/test_memory.h"

enum { SOURCES = 40, DAYS = 3, PIECES = 2, RECORDS = 1500, MODELS = 3, ANSWERS = 4 };

static const char *const banners[MODELS] = {
	"HTTP/1.0 200 OK\r\nServer: one\r\n\r\n<title>Alpha camera</title>",
	"220 Beta disk station ready to serve\r\n", "\r\nGamma-Recorder (none)\r\nlogin: "
};
static const uint16_t banner_ports[MODELS] = { 80, 21, 23 };

// A quarter of the sources says nothing; the others are of a model, by the first byte of their address.
static size_t model_of(uint32_t source)
{
	const uint32_t number = source >> 24;
	return number % 4 == 0 ? MODELS : number % MODELS;
}

static size_t make_responses(const struct hosts *hosts, struct response *out)
{
	size_t count = 0;
	for (size_t i = 0; i < hosts->count; i++) {
		const uint32_t source = hosts->entries[i].host.source;
		const size_t model = model_of(source);
		bool is_new = model < MODELS;
		for (size_t k = 0; k < count; k++)
			is_new = is_new && out[k].address != source;
		if (!is_new)
			continue;
		out[count++] = (struct response){
			.address = source,
			.port = banner_ports[model],
			.time_ns = (uint64_t)(TEST_DAY + DAYS + 2) * DAY_NS,
			.bytes = { (const uint8_t *)banners[model], strlen(banners[model]) },
		};
	}
	return count;
}

static bool is_infected(const struct day_host *entry, struct day_range days, size_t model)
{
	return model_of(entry->host.source) == model && day_range_holds(days, entry->day) &&
	       host_day_packets(&entry->host, KIND_SYN) > 0;
}

static bool has_port(const struct host_day *h, uint64_t port)
{
	const struct item_set *set = &h->sets[FIELD_DESTINATION_PORT];
	bool has = false;
	for (uint32_t i = 0; h->fields_mask >> FIELD_DESTINATION_PORT & 1 && i < set->count; i++)
		has |= h->items[set->begin + i].value == port;
	return has;
}

// Distinct sources of the model on the days: with that port, or any (UINT64_MAX).
static uint64_t naive(const struct hosts *hosts, struct day_range days, size_t model, uint64_t port)
{
	uint64_t found = 0;
	for (size_t i = 0; i < hosts->count; i++) {
		const struct day_host *entry = &hosts->entries[i];
		bool counts = is_infected(entry, days, model) &&
		              (port == UINT64_MAX || has_port(&entry->host, port));
		for (size_t k = 0; counts && k < i; k++)
			counts = hosts->entries[k].host.source != entry->host.source ||
			         !is_infected(&hosts->entries[k], days, model) ||
			         (port != UINT64_MAX && !has_port(&hosts->entries[k].host, port));
		found += counts;
	}
	return found;
}

// The model of a cluster, by the answer that stands for it.
static size_t model_at(const struct answer *clusters, uint64_t cluster)
{
	static const char *const parts[MODELS] = { "Alpha", "Beta", "Gamma" };
	const char *banner = answer_text(clusters, cluster - 1, answer_column(clusters, "banner"));
	for (size_t i = 0; i < MODELS; i++)
		if (strstr(banner, parts[i]) != NULL)
			return i;
	return MODELS;
}

static void check_clusters(const struct answer *a, const struct hosts *hosts, struct day_range days)
{
	uint64_t infected = 0;
	CHECK(a->row_count == MODELS);
	for (size_t row = 0; row < a->row_count; row++) {
		const size_t model = model_at(a, row + 1);
		char port[8];
		snprintf(port, sizeof port, "%u", banner_ports[model % MODELS]);
		CHECK(model < MODELS &&
		      answer_number(a, row, answer_column(a, "cluster")) == row + 1);
		CHECK(strcmp(answer_text(a, row, answer_column(a, "ports")), port) == 0);
		CHECK(answer_number(a, row, answer_column(a, "infected")) ==
		      naive(hosts, days, model, UINT64_MAX));
		infected += answer_number(a, row, answer_column(a, "infected"));
	}
	CHECK(infected > 3);
}

static void check_counts(const struct answer *a, const struct answer *clusters,
                         const struct hosts *hosts, struct day_range days, enum devices_grain by)
{
	const size_t key = answer_column(a, by == DEVICES_BY_PORT ? "attacked_port" : "day");
	CHECK(a->row_count > 0);
	for (size_t row = 0; row < a->row_count; row++) {
		const size_t model = model_at(clusters, answer_number(a, row, 0));
		const int32_t day = by == DEVICES_BY_DAY ? answer_day(a, row, key) : 0;
		const struct day_range of = by == DEVICES_BY_DAY ? (struct day_range){ day, day }
		                                                 : days;
		const uint64_t port = by == DEVICES_BY_PORT ? answer_number(a, row, key)
		                                            : UINT64_MAX;
		CHECK(day_range_holds(days, day) || by == DEVICES_BY_PORT);
		CHECK(answer_number(a, row, answer_column(a, "infected")) ==
		      naive(hosts, of, model, port));
	}
}

static void check_world(const struct local_world *world, const struct hosts *hosts,
                        struct day_range days)
{
	struct question questions[ANSWERS];
	struct asked asked[ANSWERS];
	struct error error;
	for (size_t i = 0; i < ANSWERS; i++)
		questions[i] = (struct question){ .kind = QUESTION_DEVICES,
			                          .days = days,
			                          .devices = { (enum devices_grain)i, 100 } };
	CHECK(ask_local(world, questions, ANSWERS, asked, &error));
	check_clusters(&asked[0].answer, hosts, days);
	check_counts(&asked[DEVICES_BY_PORT].answer, &asked[0].answer, hosts, days,
	             DEVICES_BY_PORT);
	check_counts(&asked[DEVICES_BY_DAY].answer, &asked[0].answer, hosts, days, DEVICES_BY_DAY);
	CHECK(asked[DEVICES_BY_COUNTRY].answer.row_count == 0);
	asked_done(asked, ANSWERS);
	// More different answers than are allowed: no rows, and it is said.
	questions[0].devices.vectors_max = MODELS - 1;
	CHECK(ask_local(world, questions, 1, asked, &error));
	const struct caveat *about = caveats_find(&asked[0].inquiry.caveats, CAVEAT_DEVICES);
	CHECK(asked[0].answer.row_count == 0 && about != NULL);
	CHECK(about != NULL && about->numbers[1] == MODELS && about->numbers[2] == 1);
	asked_done(asked, 1);
}

TEST(as_a_naive_count)
{
	static const struct zone utc = { .name = "UTC" };
	static const struct day_range ranges[] = { { TEST_DAY, TEST_DAY + DAYS },
		                                   { TEST_DAY + 1, TEST_DAY + 1 } };
	struct pile pile = pile_from(5, SOURCES, DAYS, PIECES, RECORDS);
	struct hosts hosts = pile_hosts(&pile, ALL_PIECES);
	struct fingerprint_set set;
	struct error error;
	CHECK(fingerprint_set_init(&set, NULL, NULL, &error));
	const struct holdings_about about = {
		.name = "m", .zone = &utc, .telescope = "", .fingerprints = &set
	};
	struct response *list = memory_new(hosts.count + 1, sizeof *list);
	const size_t count = make_responses(&hosts, list);
	for (enum test_grain grain = 0; grain < TEST_GRAINS; grain++) {
		struct memory_holdings *m = memory_holdings_of(&about, &pile, PIECES, grain);
		m->responses = list;
		m->response_count = count;
		const struct local_world world = { .holdings = &m->holdings };
		for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
			check_world(&world, &hosts, ranges[i]);
		memory_holdings_free(m);
	}
	memory_free(list);
	fingerprint_set_done(&set);
	hosts_done(&hosts);
	pile_done(&pile);
}

TEST_MAIN
