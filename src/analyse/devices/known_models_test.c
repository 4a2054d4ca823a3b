// SPDX-License-Identifier: MIT
// Models that are saved, read and joined, against the mean distances of all pairs of hosts.
#include "analyse/devices/known_models.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "response/json_lines.h"

#include <string.h>

enum { EARLIER = 30, LATER = 30, HOSTS = EARLIER + LATER, PORTS = 3, TEXT_SIZE = 48 };
#define CUT 0.25

static const struct cluster_options how = { .distance = TEXT_NGRAM, .cut = CUT };

struct said {
	uint32_t address;
	uint16_t port;
	char text[TEXT_SIZE];
};

// Makers have a text for each port; models of one differ in a number. Half of the later hosts are of makers that were
// not there before.
static size_t make(struct random *r, struct said *out)
{
	static const char *const makers[] = { "tervax router", "umitsu storage", "quilo camera",
		                              "hoshi recorder" };
	size_t count = 0;
	for (uint32_t host = 0; host < HOSTS; host++) {
		const uint32_t maker = random_below(r, 2) +
		                       (host >= EARLIER ? random_below(r, 3) : 0);
		const uint32_t number = 100 + 111 * random_below(r, 2),
			       kept = random_below(r, PORTS);
		for (uint32_t port = 0; port < PORTS; port++) {
			if (port != kept && random_below(r, 2) == 0)
				continue;
			out[count] = (struct said){ .address = host,
				                    .port = (uint16_t)(20 + port) };
			text_format(out[count].text, TEXT_SIZE, "%u %s %u ready\r\n", port,
			            makers[maker], number);
			count++;
		}
	}
	return count;
}

static void gather(const struct said *said, size_t count, uint32_t from, uint32_t to,
                   struct hosts *out)
{
	struct error error;
	struct host_gatherer *g = host_gatherer_new(NULL, &error);
	for (size_t i = 0; i < count; i++) {
		const struct response r = { .address = said[i].address,
			                    .port = said[i].port,
			                    .bytes = { (const uint8_t *)said[i].text,
			                               strlen(said[i].text) } };
		if (said[i].address >= from && said[i].address < to)
			CHECK(host_gatherer_take(g, &r, &error));
	}
	CHECK(host_gatherer_finish(g, out, &error));
}

static struct known_models *read_saved(struct buffer *saved)
{
	struct error error;
	struct json_lines lines = { .bytes = { .bytes = NULL } };
	struct known_models *known = known_models_new(&error);
	for (size_t at = 0; at < saved->length;) {
		const uint8_t *end = memchr(saved->bytes + at, '\n', saved->length - at);
		const size_t length = (size_t)(end - saved->bytes) - at;
		struct response r;
		enum response_skip why;
		const char *words;
		CHECK(json_lines_read(&lines, (struct span){ saved->bytes + at, length }, &r, &why,
		                      &words));
		CHECK(known_models_take(known, &r, &error));
		at += length + 1;
	}
	json_lines_done(&lines);
	CHECK(known_models_ready(known, &error));
	return known;
}

// The cluster of earlier hosts with the least mean distance to a later one, 0: none is near enough.
static uint32_t naive(const struct device_clusters *earlier, const float *d, uint32_t host)
{
	uint32_t best = 0;
	double least = 0;
	for (uint32_t k = 1; k <= earlier->count; k++) {
		double sum = 0, count = 0;
		for (uint32_t i = 0; i < EARLIER; i++) {
			if (earlier->of_item[earlier->items.of_host[i]] != k)
				continue;
			sum += (double)d[condensed_at(HOSTS, i, host)];
			count++;
		}
		if (sum / count <= (double)(float)CUT &&
		    (best == 0 || sum / count < least - 1e-9)) {
			best = k;
			least = sum / count;
		}
	}
	return best;
}

TEST(hosts_join_the_model_that_is_nearest_on_the_mean)
{
	for (uint64_t seed = 1; seed <= 2; seed++) {
		struct random r = random_from(seed);
		struct said said[HOSTS * PORTS];
		const size_t count = make(&r, said);
		struct hosts all, old, new;
		struct host_items items;
		struct error error;
		struct device_clusters earlier, later;
		struct model_name *first, *names;
		struct buffer saved = buffer_up_to(1 << 20), again = buffer_up_to(1 << 20);
		gather(said, count, 0, HOSTS, &all);
		gather(said, count, 0, EARLIER, &old);
		gather(said, count, EARLIER, HOSTS, &new);
		float *d = memory_new(pairs_of(HOSTS), sizeof *d);
		CHECK(host_items_single(&all, &items, &error));
		CHECK(vector_distances(&all, &items, TEXT_NGRAM, COMPRESSOR_BZIP2, d, NULL, NULL,
		                       &error));
		// Nobody is known: clusters are those that are found.
		CHECK(device_clusters_assign(&old, NULL, &how, &earlier, &first, NULL, NULL,
		                             &error));
		CHECK(known_models_write(NULL, &old, &earlier, first, 0, &saved, &error));
		struct known_models *known = read_saved(&saved);
		CHECK(device_clusters_assign(&new, known, &how, &later, &names, NULL, NULL,
		                             &error));
		for (uint32_t i = 0; i < LATER; i++) {
			const uint32_t k = later.of_item[later.items.of_host[i]];
			const uint32_t model = naive(&earlier, d, EARLIER + i);
			CHECK(names[k].is_new == (model == 0));
			CHECK(model == 0 || text_equal(names[k].text, first[model].text));
		}
		// Written again, old models are what they were.
		CHECK(known_models_write(known, &new, &later, names, 9, &again, &error));
		CHECK(again.length >= saved.length &&
		      memcmp(again.bytes, saved.bytes, saved.length) == 0);
		known_models_free(known);
		memory_free(first);
		memory_free(names);
		memory_free(d);
		buffer_done(&saved);
		buffer_done(&again);
		device_clusters_done(&earlier);
		device_clusters_done(&later);
		host_items_done(&items);
		hosts_done(&all);
		hosts_done(&old);
		hosts_done(&new);
	}
}

TEST(what_is_no_model_is_refused)
{
	static const char *const probes[] = {
		"get", "m1", "m1:", ":4", "m1:0", "m 1:4", "m1:4x", "", "m1:99999999999", "a\"b:3"
	};
	struct error error;
	struct known_models *known = known_models_new(&error);
	struct response r = { .address = 1, .port = 23, .bytes = { (const uint8_t *)"x", 1 } };
	for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
		r.probe = (struct span){ (const uint8_t *)probes[i], strlen(probes[i]) };
		CHECK(!known_models_take(known, &r, &error));
	}
	r.probe = (struct span){ (const uint8_t *)"cam-4.2:7", 9 };
	CHECK(known_models_take(known, &r, &error));
	r.probe = (struct span){ (const uint8_t *)"m8:7", 4 };
	CHECK(!known_models_take(known, &r, &error));  // the number is another's
	r.address = UINT32_MAX;
	CHECK(!known_models_take(known, &r, &error));
	known_models_free(known);
}

TEST_MAIN
