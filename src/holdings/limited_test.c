// SPDX-License-Identifier: MIT
// Limits: with none the answers are those of the holdings behind; a time that is over, a cancellation at
// every place where one is looked for, by a second thread, and a signal end a question with one line.
// Whatever was opened is closed (memory_holdings_free()).
#include "holdings/limited.h"

#include "base/clock.h"
#include "base/interrupt.h"
#include "holdings/days.h"
#include "holdings/test_memory.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SOURCES = 60, DAYS = 3, RECORDS = 2000, SET_PART = 7 };

static struct memory_holdings *holdings_of(uint64_t seed)
{
	static struct fingerprint_set none;
	const struct holdings_about about = { .name = "memory", .fingerprints = &none };
	struct pile pile = pile_from(seed, SOURCES, DAYS, 1, RECORDS);
	struct memory_holdings *m = memory_holdings_of(&about, &pile, 1, GRAIN_DAYS);
	m->has_ports = true;
	pile_done(&pile);
	return m;
}

// ---- everything that can be asked, as one number

static uint64_t mix(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15) + (hash >> 29);
}

static bool ask_set(struct holdings *h, size_t piece, uint64_t *hash, struct error *error)
{
	struct holdings_set *set;
	uint8_t bytes[SET_PART];
	bool ok = true;
	if (!holdings_open_set(h, piece, HOLDINGS_ALL_SYNS, &set, error))
		return false;
	for (size_t at = 0; ok && at < set->length; at += SET_PART) {
		const size_t left = set->length - at, length = left < SET_PART ? left : SET_PART;
		ok = set->functions->read(set, at, length, bytes, error);
		for (size_t i = 0; ok && i < length; i++)
			*hash = mix(*hash, bytes[i]);
		if (ok)
			set->functions->hash(set, at, (struct span){ bytes, length });
	}
	ok = ok && set->functions->end(set, error);
	holdings_close_set(set);
	return ok;
}

static bool ask_ports(struct holdings *h, size_t piece, uint64_t *hash, struct error *error)
{
	struct holdings_ports *ports;
	struct port_count row;
	if (!holdings_open_ports(h, piece, FIELD_DESTINATION_PORT, &ports, error))
		return false;
	while (ports->next(ports, &row, error))
		*hash = mix(*hash, row.port * row.sources + row.packets);
	holdings_close_ports(ports);
	return error->kind == ERROR_NONE;
}

static bool ask_hosts(struct holdings *h, int32_t day, uint64_t *hash, struct error *error)
{
	struct holdings_hosts *hosts;
	const struct host_day *host;
	if (!holdings_open_hosts(h, period_of_day(day), COLUMNS_ALL, &hosts, error))
		return false;
	while ((host = holdings_next_host(hosts, error)) != NULL)
		*hash = mix(*hash, host->source + host->first_ns);
	holdings_close_hosts(hosts);
	return error->kind == ERROR_NONE;
}

static bool ask_captures(struct holdings *h, uint64_t *hash, struct error *error)
{
	struct holdings_captures *captures;
	if (!holdings_open_captures(h, &captures, error))
		return false;
	for (size_t i = 0; i < captures->count; i++)
		*hash = mix(*hash, captures->list[i].first_ns + captures->list[i].last_ns);
	holdings_close_captures(captures);
	return true;
}

static bool ask_all(struct holdings *h, uint64_t *out, struct error *error)
{
	struct held_day day = { .count = 0 };
	uint64_t hash = mix(1, (uintptr_t)holdings_about(h).name), syns;
	while (held_day_next(h, all_days, &day)) {
		if (!held_day_syns(h, &day, 1, &syns, error) ||
		    !ask_set(h, day.first, &hash, error) ||
		    !ask_ports(h, day.first, &hash, error) || !ask_hosts(h, day.day, &hash, error))
			return false;
		hash = mix(hash, syns + day.floor);
	}
	if (!ask_captures(h, &hash, error))
		return false;
	*out = hash;
	return true;
}

TEST(without_limits_nothing_is_different)
{
	const struct limits none = { .threads = 0 };
	const struct limits far = { .deadline_ns = UINT64_MAX };
	struct memory_holdings *m = holdings_of(1);
	struct limited_holdings limited = limited_holdings(&m->holdings, &none);
	struct limited_holdings until = limited_holdings(&m->holdings, &far);
	struct error error;
	uint64_t plain = 0, found = 1, in_time = 2;
	CHECK(ask_all(&m->holdings, &plain, &error));
	CHECK(ask_all(&limited.holdings, &found, &error) && found == plain);
	CHECK(ask_all(&until.holdings, &in_time, &error) && in_time == plain);
	memory_holdings_free(m);
}

// ---- ends

// Everything that looks, asked by itself.
static unsigned refusals(struct holdings *h, const char *line)
{
	struct holdings_set *set;
	struct holdings_ports *ports;
	struct holdings_hosts *hosts;
	struct holdings_captures *captures;
	struct error error;
	uint64_t syns;
	unsigned refused = 0;
	refused += !holdings_syns(h, 0, 0, &syns, &error) && text_equal(error.text, line);
	refused += !holdings_open_set(h, 0, 0, &set, &error) && text_equal(error.text, line);
	refused += !holdings_open_ports(h, 0, FIELD_UDP_PORT, &ports, &error) &&
	           text_equal(error.text, line);
	refused += !holdings_open_hosts(h, period_of_day(TEST_DAY), 0, &hosts, &error) &&
	           text_equal(error.text, line);
	refused += !holdings_open_captures(h, &captures, &error) && text_equal(error.text, line);
	return refused;
}

TEST(a_time_that_is_over)
{
	struct memory_holdings *m = holdings_of(2);
	struct limits limits = { .deadline_ns = clock_now_ns() };
	struct limited_holdings limited = limited_holdings(&m->holdings, &limits);
	CHECK(refusals(&limited.holdings, "the time for the answer is over") == 5);
	CHECK(holdings_count(&limited.holdings) == DAYS);
	memory_holdings_free(m);
}

// Cancels at a look, and counts them.
struct looks {
	unsigned count, cancel_at;
};

static bool count_look(void *context)
{
	struct looks *looks = context;
	return ++looks->count == looks->cancel_at;
}

static unsigned set_parts(struct holdings *h)
{
	struct holdings_set *set;
	struct error error;
	unsigned parts = 0;
	for (size_t i = 0; i < holdings_count(h); i++) {
		CHECK(holdings_open_set(h, i, HOLDINGS_ALL_SYNS, &set, &error));
		parts += (unsigned)((set->length + SET_PART - 1) / SET_PART);
		holdings_close_set(set);
	}
	return parts;
}

TEST(cancelled_at_every_look)
{
	struct memory_holdings *m = holdings_of(3);
	struct looks looks = { .cancel_at = 0 };
	const struct limits limits = { .is_cancelled = count_look, .context = &looks };
	struct limited_holdings limited = limited_holdings(&m->holdings, &limits);
	struct error error;
	uint64_t hash;
	CHECK(ask_all(&limited.holdings, &hash, &error));
	const unsigned all = looks.count;
	// Spans, and of each day: SYNs, set, its end, ports, host-days, and every part of the set.
	CHECK(all == 1 + 5 * DAYS + set_parts(&m->holdings));
	for (unsigned at = 1; at <= all; at++) {
		looks = (struct looks){ .cancel_at = at };
		CHECK(!ask_all(&limited.holdings, &hash, &error));
		CHECK(error.kind == ERROR_FAILED && text_equal(error.text, "cancelled"));
		CHECK(looks.count == at && atomic_load(&m->open) == 0);
	}
	memory_holdings_free(m);
}

// ---- host-days without end

struct endless {
	struct holdings holdings;
	struct holdings_hosts hosts;
	struct host_day host;
	uint64_t given, given_max;  // 0: no end at all
	atomic_bool has_begun;
};

static struct endless *endless_of(struct holdings_hosts *hosts)
{
	return (struct endless *)(uintptr_t)((char *)hosts - offsetof(struct endless, hosts));
}

static const struct host_day *endless_next(struct holdings_hosts *hosts, struct error *error)
{
	struct endless *e = endless_of(hosts);
	error->kind = ERROR_NONE;
	atomic_store(&e->has_begun, true);
	if (e->given == e->given_max && e->given_max > 0)
		return NULL;
	e->given++;
	return &e->host;
}

static void endless_close(struct holdings_hosts *hosts)
{
	(void)hosts;
}

static bool endless_open(struct holdings *h, struct period period, uint64_t columns,
                         struct holdings_hosts **out, struct error *error)
{
	(void)period;
	(void)columns;
	(void)error;
	*out = &((struct endless *)h)->hosts;
	return true;
}

static const struct holdings_functions endless_functions = { .open_hosts = endless_open };

static struct endless endless_new(uint64_t given_max)
{
	return (struct endless){ .holdings = { &endless_functions },
		                 .hosts = { endless_next, endless_close },
		                 .given_max = given_max };
}

// Reads all that there is; false: it was ended.
static bool read_all(struct limited_holdings *limited, struct error *error)
{
	struct holdings_hosts *hosts;
	if (!holdings_open_hosts(&limited->holdings, period_of_day(0), 0, &hosts, error))
		return false;
	while (holdings_next_host(hosts, error) != NULL)
		;
	holdings_close_hosts(hosts);
	return error->kind == ERROR_NONE;
}

TEST(host_days_are_looked_between)
{
	enum { LOOKS = 5 };
	struct endless e = endless_new(0);
	struct looks looks = { .cancel_at = 1 + LOOKS };  // the first is at opening
	const struct limits limits = { .is_cancelled = count_look, .context = &looks };
	struct limited_holdings limited = limited_holdings(&e.holdings, &limits);
	struct error error;
	CHECK(!read_all(&limited, &error) && text_equal(error.text, "cancelled"));
	CHECK(looks.count == 1 + LOOKS);
	CHECK(e.given == LOOKS * LIMITED_HOSTS - 1);
	// One that has an end is read to it.
	e = endless_new(3 * LIMITED_HOSTS + 7);
	looks = (struct looks){ .cancel_at = 0 };
	CHECK(read_all(&limited, &error) && e.given == e.given_max && looks.count == 1 + 3);
}

// Events likewise.
TEST(events_are_looked_between)
{
	enum { LOOKS = 3, EVENTS = 4 * LIMITED_HOSTS };
	struct honeypot_event *list = memory_new(EVENTS, sizeof *list), event;
	struct zone utc;
	struct error error;
	CHECK(zone_parse("UTC", &utc, &error));
	for (size_t i = 0; i < EVENTS; i++)
		list[i].time_ns = 1 + i;
	struct memory_holdings m = { .holdings = { &memory_functions },
		                     .about = { .zone = &utc },
		                     .events = list,
		                     .event_count = EVENTS };
	struct looks looks = { .cancel_at = 1 + LOOKS };
	const struct limits limits = { .is_cancelled = count_look, .context = &looks };
	struct limited_holdings limited = limited_holdings(&m.holdings, &limits);
	struct holdings_events *events;
	size_t given = 0;
	CHECK(holdings_open_events(&limited.holdings, 0, 0, &events, &error));
	while (events->next(events, &event, &error))
		given++;
	CHECK(text_equal(error.text, "cancelled") && given == LOOKS * LIMITED_HOSTS - 1);
	holdings_close_events(events);
	CHECK(m.open == 0);
	memory_free(list);
}

TEST(bursts_are_looked_between)
{
	enum { LOOKS = 2, BURSTS = 3 * LIMITED_HOSTS };
	struct looks looks = { .cancel_at = 1 + LOOKS };
	const struct limits limits = { .is_cancelled = count_look, .context = &looks };
	static const struct holdings_about about = { .name = "memory" };
	struct memory_holdings *m = memory_holdings_new(&about);
	struct burst_record *records = memory_new(BURSTS, sizeof *records);
	struct burst_stream *bursts;
	const struct burst *burst;
	struct error error;
	size_t given = 0;
	for (uint32_t i = 0; i < BURSTS; i++)
		records[i] = (struct burst_record){ .address = i, .packets = 1, .time_ns = 1 };
	memory_add_bursts(m, 0, BURST_SCAN, records, BURSTS);
	struct limited_holdings limited = limited_holdings(&m->holdings, &limits);
	CHECK(holdings_open_bursts(&limited.holdings, period_of_day(0), BURST_SCAN, &bursts,
	                           &error));
	while (bursts->next(bursts, &burst, &error) && burst != NULL)
		given++;
	CHECK(text_equal(error.text, "cancelled") && given == LOOKS * LIMITED_HOSTS - 1);
	bursts->close(bursts);
	memory_free(records);
	memory_holdings_free(m);
}

TEST(the_time_ends_while_days_are_read)
{
	struct endless e = endless_new(0);
	const struct limits limits = { .deadline_ns = clock_now_ns() + 20 * 1000 * 1000 };
	struct limited_holdings limited = limited_holdings(&e.holdings, &limits);
	struct error error;
	CHECK(!read_all(&limited, &error));
	CHECK(text_equal(error.text, "the time for the answer is over"));
	CHECK(clock_now_ns() >= limits.deadline_ns && e.given > 0);
}

static atomic_bool is_cancelled;

static bool ask_flag(void *context)
{
	(void)context;
	return atomic_load(&is_cancelled);
}

static void *cancel_once_begun(void *context)
{
	struct endless *e = context;
	while (!atomic_load(&e->has_begun))
		;
	atomic_store(&is_cancelled, true);
	return NULL;
}

TEST(another_thread_cancels)
{
	struct endless e = endless_new(0);
	const struct limits limits = { .is_cancelled = ask_flag };
	struct limited_holdings limited = limited_holdings(&e.holdings, &limits);
	struct error error;
	pthread_t thread;
	CHECK(pthread_create(&thread, NULL, cancel_once_begun, &e) == 0);
	CHECK(!read_all(&limited, &error) && text_equal(error.text, "cancelled"));
	CHECK(pthread_join(thread, NULL) == 0);
}

// In a process of its own: what was noted stays.
TEST(the_user_interrupts)
{
	const pid_t child = fork();
	if (child == 0) {
		const struct limits none = { .threads = 1 };
		struct endless e = endless_new(0);
		struct memory_holdings *m = holdings_of(4);
		struct limited_holdings limited = limited_holdings(&e.holdings, &none);
		struct limited_holdings of_memory = limited_holdings(&m->holdings, &none);
		struct holdings_hosts *hosts;
		struct error error;
		interrupt_catch();
		alarm(20);
		bool ok = holdings_open_hosts(&limited.holdings, period_of_day(0), 0, &hosts,
		                              &error);
		raise(SIGINT);
		while (ok && holdings_next_host(hosts, &error) != NULL)
			;
		ok = ok && text_equal(error.text, "interrupted") && e.given < LIMITED_HOSTS &&
		     refusals(&of_memory.holdings, "interrupted") == 5;
		_exit(ok ? 0 : 1);
	}
	int status = -1;
	CHECK(child > 0 && waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_MAIN
