// SPDX-License-Identifier: MIT
// Packets of which it is known what they meet, and what is left of them in the host-day.
#include "analyse/rules/mirai_hosts.h"
#include "base/test.h"

enum { BITS_MIRAI = 1, BITS_MIRAI_2016 = 3, PACKETS_MAX = 2000 };

static const struct mirai_bits bits = { 0, 1 };

struct syns {
	struct record list[PACKETS_MAX];
	size_t count;
};

static void send(struct syns *s, size_t count, uint16_t from, uint16_t to, bool is_mirai)
{
	const bool is_2016 = is_mirai && to == 23 && from > 1024;
	for (size_t i = 0; i < count; i++)
		s->list[s->count++] = (struct record){
			.source = 7,
			.source_port = from,
			.destination_port = to,
			.kind = KIND_SYN,
			.known = KNOWN_HEADER | KNOWN_SOURCE_PORT | KNOWN_DESTINATION_PORT,
			.fingerprints = is_2016    ? BITS_MIRAI_2016
			                : is_mirai ? BITS_MIRAI
			                           : 0,
		};
}

// What is said of them; they are forgotten.
static uint64_t any_port_of(struct syns *s)
{
	const struct record *records[PACKETS_MAX];
	struct host_day host = { .source = 0 };
	struct aggregator *a = aggregator_new();
	CHECK(a != NULL);
	for (size_t i = 0; i < s->count; i++)
		records[i] = &s->list[i];
	CHECK(host_day_aggregate(a, records, s->count, &host));
	const uint64_t found = mirai_any_port_syns(bits, &host);
	CHECK(found >= mirai_2016_syns(bits, &host));
	host_day_done(&host);
	aggregator_free(a);
	s->count = 0;
	return found;
}

TEST(a_source_that_tries_2323_once_in_ten_is_a_mirai_host)
{
	static struct syns s;
	send(&s, 18, 40000, 23, true);
	send(&s, 2, 40000, 2323, true);
	CHECK(any_port_of(&s) == 20 && is_mirai_host(20, 20) && !is_mirai_host(20, 18));
}

TEST(low_source_ports_do_not_count)
{
	static struct syns s;
	send(&s, 9, 1025, 2323, true);
	send(&s, 1, 1024, 2323, true);
	CHECK(any_port_of(&s) == 9 && !is_mirai_host(10, 9));
	send(&s, 30, 1024, 23, true);
	CHECK(any_port_of(&s) == 0);
}

TEST(others_of_the_source_do_not_count)
{
	static struct syns s;
	send(&s, 10, 1025, 80, true);
	send(&s, 1, 1025, 80, false);
	CHECK(any_port_of(&s) == 10 && is_mirai_host(11, 10));
	send(&s, 10, 1025, 80, false);
	CHECK(any_port_of(&s) == 0);
}

// Of both it is not known which were which: what surely fits counts.
TEST(of_both_the_least_counts)
{
	static struct syns s;
	send(&s, 18, 40000, 2323, true);
	send(&s, 2, 1000, 2323, false);
	CHECK(any_port_of(&s) == 16);
	send(&s, 18, 40000, 23, true);
	send(&s, 2, 1000, 23, false);
	CHECK(any_port_of(&s) == 18);
}

// More source ports than a host-day keeps: those that are kept stand for the others.
TEST(many_source_ports)
{
	static struct syns s;
	for (uint16_t i = 0; i < 1000; i++)
		send(&s, 1, (uint16_t)(2000 + 50 * i), 2323, true);
	CHECK(any_port_of(&s) == 1000);
	for (uint16_t i = 0; i < 1000; i++)
		send(&s, 1, (uint16_t)(i % 2 == 0 ? 20000 + i : i), 2323, true);
	const uint64_t half = any_port_of(&s);
	CHECK(half > 350 && half < 650);
}

TEST_MAIN
