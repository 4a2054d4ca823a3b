// SPDX-License-Identifier: MIT
// Labels of hosts, from answers by rules of our own and from tables; what clusters are called by them.
#include "analyse/devices/host_labels.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"

#include <string.h>

static const char RULES[] =
	"<fingerprints matches='ssh.banner'>"
	"<fingerprint pattern='^box'><param pos='0' name='service.product' value='Box'/></fingerprint>"
	"<fingerprint pattern='^umi (\\S+)'><param pos='0' name='hw.vendor' value='Umi'/>"
	"<param pos='1' name='hw.product'/></fingerprint></fingerprints>";

static struct span span_of(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

struct said {
	uint32_t address;
	uint16_t port;
	uint64_t time_ns;
	const char *answer;
};

static const struct said all_said[] = {
	{ 1, 22, 5, "SSH-2.0-box\n" },   { 1, 2222, 5, "SSH-2.0-umi A\n" },
	{ 2, 22, 5, "SSH-2.0-umi A\n" }, { 2, 22, 6, "SSH-2.0-box\n" },
	{ 3, 22, 5, "SSH-2.0-umi B\n" }, { 3, 22, 6, "login: " },
	{ 4, 22, 5, "SSH-2.0-umi B\n" }, { 4, 23, 9, "SSH-2.0-umi A\n" },
	{ 5, 22, 5, "nothing" },         { 6, 22, 5, "SSH-2.0-umi AA\n" },
	{ 6, 23, 5, "SSH-2.0-box\n" },
};
enum { SAID = sizeof all_said / sizeof *all_said };

// In an order that `seed` chooses.
static bool gather(uint64_t seed, struct host_labels *out, struct error *error)
{
	struct label_rules *rules = label_rules_new(error);
	struct label_work *work = NULL;
	struct label_gatherer *g = NULL;
	struct random random = random_from(seed);
	unsigned order[SAID];
	bool is_done = rules != NULL && label_rules_read(rules, span_of(RULES), "a.xml", error) &&
	               label_rules_finish(rules, error) &&
	               (work = label_work_new(rules, error)) != NULL &&
	               (g = label_gatherer_new(work, error)) != NULL;
	for (unsigned i = 0; i < SAID; i++) {
		const unsigned k = random_below(&random, i + 1);
		order[i] = order[k];
		order[k] = i;
	}
	for (unsigned i = 0; is_done && i < SAID; i++) {
		const struct said *s = &all_said[order[i]];
		const struct response r = { .address = s->address,
			                    .port = s->port,
			                    .time_ns = s->time_ns,
			                    .bytes = span_of(s->answer) };
		is_done = label_gatherer_take(g, &r, error);
	}
	if (is_done)
		is_done = label_gatherer_finish(g, out, error);
	else
		label_gatherer_free(g);
	label_work_free(work);
	label_rules_free(rules);
	return is_done;
}

static bool has(const struct host_labels *labels, uint32_t name, const char *expected)
{
	return text_equal(labels->names[name], expected);
}

TEST(the_port_that_knows_most_counts_and_the_latest_answer)
{
	for (uint64_t seed = 1; seed < 20; seed++) {
		struct host_labels l;
		struct error error;
		CHECK(gather(seed, &l, &error));
		CHECK(l.name_count == 4 && has(&l, 1, "Box") && has(&l, 2, "Umi A") &&
		      has(&l, 3, "Umi AA") && has(&l, 4, "Umi B"));
		CHECK(has(&l, host_labels_of(&l, 1), "Umi A"));
		CHECK(has(&l, host_labels_of_port(&l, 1, 22), "Box"));
		CHECK(has(&l, host_labels_of(&l, 2), "Box"));
		CHECK(has(&l, host_labels_of(&l, 3), ""));
		CHECK(has(&l, host_labels_of(&l, 4), "Umi B"));  // as much as 23: the lower port
		CHECK(has(&l, host_labels_of_port(&l, 4, 23), "Umi A"));
		CHECK(has(&l, host_labels_of(&l, 5), "") && has(&l, host_labels_of(&l, 7), ""));
		CHECK(has(&l, host_labels_of_port(&l, 6, 80), ""));
		host_labels_done(&l);
	}
}

TEST(no_memory_is_told_and_nothing_lost)
{
	bool is_done = false;
	for (unsigned long n = 1; !is_done; n += sweep_step()) {
		struct host_labels l = { 0 };
		struct error error = { 0 };
		memory_fail_at(n);
		is_done = gather(1, &l, &error);
		memory_fail_at(0);
		CHECK(is_done || error.text[0] != 0);
		host_labels_done(&l);
	}
}

TEST(tables_have_labels_of_hosts)
{
	struct host_labels l;
	struct error error;
	CHECK(host_labels_read(span_of("address,model,ports\r\n0.0.0.1,nagi,80;23\n\n# none\n"
	                               "0.0.0.3,\"a \"\"b\"\", c\"\n0.0.0.2,,\n0.0.0.1,nagi"),
	                       "t.csv", &l, &error));
	CHECK(l.name_count == 2);
	CHECK(has(&l, host_labels_of(&l, 1), "nagi") && has(&l, host_labels_of(&l, 2), ""));
	CHECK(has(&l, host_labels_of(&l, 3), "a \"b\", c"));
	CHECK(has(&l, host_labels_of_port(&l, 1, 443), "nagi"));
	host_labels_done(&l);
	CHECK(host_labels_read(span_of(""), "t.csv", &l, &error));
	CHECK(has(&l, host_labels_of(&l, 1), ""));
	host_labels_done(&l);
}

TEST(what_is_no_table_is_refused_with_its_line)
{
	static const char *const cases[][2] = {
		{ "a,b\nx,y\n", "t.csv:2: 'x' is no IPv4 address" },
		{ "0.0.0.1\n", "t.csv:1: this is not ADDRESS,LABEL" },
		{ "0.0.0.1,\"open\n", "t.csv:1: this is not ADDRESS,LABEL" },
		{ "0.0.0.1,\"a\"b\n", "t.csv:1: this is not ADDRESS,LABEL" },
		{ "a,b\n0.0.0.1,b\n0.0.0.1,a\n", "t.csv: 0.0.0.1 has two labels, 'a' and 'b'" },
	};
	struct host_labels l;
	struct error error;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK(!host_labels_read(span_of(cases[i][0]), "t.csv", &l, &error));
		if (!text_equal(error.text, cases[i][1]))
			printf("%s\n", error.text);
		CHECK(text_equal(error.text, cases[i][1]));
	}
	CHECK(!host_labels_read((struct span){ (const uint8_t *)"1.2.3.4,a\0b", 11 }, "t.csv", &l,
	                        &error));
	char line[HOST_LABELS_LINE_MAX + 10];
	memset(line, 'a', sizeof line);
	CHECK(!host_labels_read((struct span){ (uint8_t *)line, sizeof line }, "t.csv", &l,
	                        &error));
}

TEST_MAIN
