// SPDX-License-Identifier: MIT
// Many hosts that begin their connections as soon as they may, in a time that is made up.
#include "probe/limiter.h"

#include "base/random.h"
#include "base/test.h"

enum { HOSTS = 300, NETWORKS = 5, PREFIXES = 40, CONNECTIONS = 11 };
#define SECOND UINT64_C(1000000000)

struct town {
	struct agenda agenda;
	struct limiter *limiter;
	uint32_t addresses[HOSTS];
	uint32_t begun[HOSTS];
	uint64_t last_of_prefix[PREFIXES], last_of_network[NETWORKS + 1];
	uint64_t least_prefix, least_network;
	uint64_t all;
	double seconds;  // that all of it took
};

// Whose network is 0 has none that is known.
static uint32_t network_of(uint32_t address)
{
	return (address >> 8) % (NETWORKS + 1);
}

static void note_least(uint64_t *last, uint64_t now_ns, uint64_t *least)
{
	if (*last > 0 && now_ns - *last < *least)
		*least = now_ns - *last;
	*last = now_ns;
}

static void ask(struct town *t, uint32_t host, uint64_t now_ns)
{
	const uint32_t address = t->addresses[host], network = network_of(address);
	if (!limiter_ask(t->limiter, host, now_ns))
		return;
	note_least(&t->last_of_prefix[address >> 8], now_ns, &t->least_prefix);
	if (network != 0)
		note_least(&t->last_of_network[network], now_ns, &t->least_network);
	t->all++;
	t->seconds = (double)(now_ns - SECOND) / 1e9;
	if (++t->begun[host] < CONNECTIONS)
		agenda_set(&t->agenda, host, now_ns + SECOND / 100);
	else
		limiter_leave(t->limiter, host, now_ns);
}

static void run(struct town *t, const struct limiter_rates *rates)
{
	struct random random = random_from(9);
	struct error error;
	uint32_t item, host;
	*t = (struct town){ .least_prefix = UINT64_MAX, .least_network = UINT64_MAX };
	CHECK(agenda_init(&t->agenda, HOSTS + limiter_items(HOSTS), &error));
	CHECK(limiter_new(rates, HOSTS, &t->agenda, &t->limiter, &error));
	for (host = 0; host < HOSTS; host++) {
		t->addresses[host] = random_below(&random, PREFIXES) << 8 | host % 250;
		CHECK(limiter_has_room(t->limiter));
		limiter_enter(t->limiter, host, t->addresses[host], network_of(t->addresses[host]),
		              SECOND);
		ask(t, host, SECOND);
	}
	for (uint64_t now_ns; (now_ns = agenda_next_ns(&t->agenda)) != UINT64_MAX;) {
		CHECK(agenda_take(&t->agenda, now_ns, &item));
		if (item < HOSTS)
			ask(t, item, now_ns);
		else if (limiter_wake(t->limiter, item, now_ns, &host))
			ask(t, host, now_ns);
	}
	// Nobody is forgotten in a queue.
	CHECK(t->all == HOSTS * CONNECTIONS);
	limiter_free(t->limiter);
	agenda_done(&t->agenda);
}

TEST(rates_hold_at_all_levels)
{
	static struct town t;
	run(&t, &(struct limiter_rates){ .all = 40, .network = 10, .prefix = 4 });
	CHECK(t.least_prefix >= SECOND / 4 && t.least_network >= SECOND / 10);
	CHECK(t.seconds > HOSTS * CONNECTIONS / 40 - 1);
	// And what one limit leaves another host gets.
	CHECK(t.seconds < HOSTS * CONNECTIONS / 40 * 1.2);
}

TEST(one_rate_alone_holds)
{
	static struct town t;
	run(&t, &(struct limiter_rates){ .network = 10 });
	CHECK(t.least_network >= SECOND / 10 && t.seconds > 40);
	run(&t, &(struct limiter_rates){ .prefix = 2 });
	CHECK(t.least_prefix >= SECOND / 2 && t.seconds > 40);
	run(&t, &(struct limiter_rates){ .all = 0 });
	CHECK(t.seconds < 0.2);
}

// Prefixes by the million come through a few buckets, and a limit outlives who was in.
TEST(buckets_come_and_go)
{
	const struct limiter_rates rates = { .network = 1000, .prefix = 1 };
	struct agenda agenda;
	struct limiter *limiter;
	struct error error;
	uint64_t now_ns = SECOND, refused = 0;
	uint32_t item, host;
	CHECK(agenda_init(&agenda, 4 + limiter_items(4), &error));
	CHECK(limiter_new(&rates, 4, &agenda, &limiter, &error));
	for (uint32_t i = 0; i < 20000; i++) {
		while (agenda_take(&agenda, now_ns, &item))
			CHECK(!limiter_wake(limiter, item, now_ns, &host));
		if (limiter_has_room(limiter)) {
			limiter_enter(limiter, i % 4, i << 8, i, now_ns);
			CHECK(limiter_ask(limiter, i % 4, now_ns));
			limiter_leave(limiter, i % 4, now_ns);
		} else {
			refused++;
		}
		now_ns += SECOND / 10;
	}
	CHECK(refused < 100);
	now_ns += 2 * SECOND;
	while (agenda_take(&agenda, now_ns, &item))
		CHECK(!limiter_wake(limiter, item, now_ns, &host));
	// Asked, gone, and back within the second.
	limiter_enter(limiter, 0, 7 << 8, 0, now_ns);
	CHECK(limiter_ask(limiter, 0, now_ns));
	limiter_leave(limiter, 0, now_ns);
	limiter_enter(limiter, 1, 7 << 8, 0, now_ns + 1);
	CHECK(!limiter_ask(limiter, 1, now_ns + 1));
	CHECK(agenda_take(&agenda, now_ns + SECOND, &item));
	CHECK(limiter_wake(limiter, item, now_ns + SECOND, &host) && host == 1);
	CHECK(limiter_ask(limiter, 1, now_ns + SECOND));
	limiter_leave(limiter, 1, now_ns + SECOND);
	limiter_free(limiter);
	agenda_done(&agenda);
}

TEST(a_slow_rate_of_all_catches_up_little)
{
	struct agenda agenda;
	struct limiter *limiter;
	struct error error;
	CHECK(agenda_init(&agenda, 1 + limiter_items(1), &error));
	CHECK(limiter_new(&(struct limiter_rates){ .all = 1000 }, 1, &agenda, &limiter, &error));
	limiter_enter(limiter, 0, 0, 0, 100 * SECOND);
	unsigned at_once = 0;
	while (limiter_ask(limiter, 0, 100 * SECOND))
		at_once++;
	// 20 ms of a thousand a second, and the one that is due.
	CHECK(at_once == 21);
	limiter_leave(limiter, 0, 100 * SECOND);
	limiter_free(limiter);
	agenda_done(&agenda);
}

TEST_MAIN
