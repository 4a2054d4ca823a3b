// SPDX-License-Identifier: MIT
#include "simulate/world.h"

#include "base/memory.h"
#include "simulate/address.h"
#include "simulate/life.h"
#include "simulate/order.h"

#include <string.h>

// Far enough ahead that processors find the host in their cache when it is its turn.
enum { LOOK_AHEAD = 16, GAP_DAYS_MAX = 365 };
#define HOST_NONE UINT32_MAX

static bool fail_memory(struct error *error)
{
	return error_memory(error, "the simulated hosts");
}

static uint64_t mean_gap_us(const struct population *p, uint64_t scale_millionths)
{
	uint64_t rate_milli = p->packets_per_day_milli;
	if (p->scale_by == SCALE_PACKETS)
		rate_milli = rate_milli * scale_millionths / 1000000;
	// Packets are drawn at the rate of the busiest hour; see is_sent_now().
	rate_milli = rate_milli * (100 + p->rhythm_percent) / 100;
	const uint64_t longest_us = GAP_DAYS_MAX * DAY_US;
	if (rate_milli == 0 || DAY_US * 1000 / rate_milli > longest_us)
		return longest_us;
	const uint64_t gap_us = DAY_US * 1000 / rate_milli;
	return gap_us > 0 ? gap_us : 1;
}

static bool init_crowd(struct world *w, const struct population *p, uint64_t scale_millionths)
{
	struct crowd *c = &w->crowds[w->crowd_count++];
	c->rules = p;
	c->gap_us = mean_gap_us(p, scale_millionths);
	c->hosts_millionths = p->scale_by == SCALE_HOSTS ? scale_millionths : 1000000;
	fixed_lognormal_init(&c->lifetime, (p->lifetime_median_millidays * 86400 + 999) / 1000,
	                     (p->lifetime_mean_millidays * 86400 + 999) / 1000);
	c->networks = memory_new(p->networks, sizeof *c->networks);
	if (c->networks == NULL)
		return false;
	address_draw_networks(&w->random, &w->scenario->telescope, c->networks, p->networks);
	return true;
}

bool world_init(struct world *w, const struct scenario *scenario, uint64_t scale_millionths,
                uint64_t seed, struct error *error)
{
	*w = (struct world){ .scenario = scenario,
		             .random = random_from(seed),
		             .unused = HOST_NONE };
	fixed_logs_init(&w->logs);
	w->crowds = memory_new(scenario->population_count, sizeof *w->crowds);
	if (!wheel_init(&w->wheel) || w->crowds == NULL)
		return fail_memory(error);
	for (size_t i = 0; i < scenario->population_count; i++)
		if (!init_crowd(w, &scenario->populations[i], scale_millionths))
			return fail_memory(error);
	return true;
}

void world_done(struct world *w)
{
	for (size_t i = 0; i < w->crowd_count; i++) {
		memory_free(w->crowds[i].networks);
		memory_free(w->crowds[i].infected);
	}
	memory_free(w->crowds);
	wheel_done(&w->wheel);
	memory_free(w->hosts_block);
	memory_free(w->events);
	memory_free(w->scratch);
	memory_free(w->due);
}

static bool grow_hosts(struct world *w, struct error *error)
{
	if (w->host_capacity == WORLD_HOSTS_MAX)
		return error_set(
			error, ERROR_FAILED,
			"the scenario needs more than %d hosts at once; use a smaller --scale",
			WORLD_HOSTS_MAX);
	const uint32_t capacity = w->host_capacity > 0 ? w->host_capacity * 2 : 1024;
	void *block = wheel_reserve(&w->wheel, capacity) ? memory_new(capacity + 1, HOST_SIZE)
	                                                 : NULL;
	if (block == NULL)
		return fail_memory(error);
	struct host *hosts = (void *)(((uintptr_t)block + HOST_SIZE - 1) / HOST_SIZE * HOST_SIZE);
	if (w->host_count > 0)
		memcpy(hosts, w->hosts, w->host_count * sizeof *hosts);
	memory_free(w->hosts_block);
	w->hosts = hosts;
	w->hosts_block = block;
	w->host_capacity = capacity;
	return true;
}

// Room on the list of infected for `count` and as many again who come back.
static bool grow_infected(struct crowd *c, uint64_t count, struct error *error)
{
	const uint32_t capacity = (uint32_t)count * 2 + 16;
	if (c->infected_capacity >= count + 8)
		return true;
	uint32_t *infected = memory_resize(c->infected, capacity, sizeof *infected);
	if (infected == NULL)
		return fail_memory(error);
	c->infected = infected;
	c->infected_capacity = capacity;
	return true;
}

static void put_to_sleep(struct world *w, uint32_t host)
{
	const struct host *h = &w->hosts[host];
	uint64_t wakes_us = h->next_us;
	if (h->state == HOST_INFECTED && h->infected_until_us < wakes_us)
		wakes_us = h->infected_until_us;
	wheel_put(&w->wheel, wakes_us / SLOT_US, host);
}

static bool add_host(struct world *w, uint8_t crowd, struct error *error)
{
	uint32_t host = w->unused;
	if (host != HOST_NONE) {
		w->unused = w->hosts[host].rank;
	} else {
		if (w->host_count == w->host_capacity && !grow_hosts(w, error))
			return false;
		host = w->host_count++;
	}
	const uint64_t within_us = random_below(&w->random, (uint32_t)SLOT_US);
	life_begin(w, host, crowd, w->wheel.now * SLOT_US + within_us);
	put_to_sleep(w, host);
	return true;
}

static void drop_host(struct world *w, uint32_t host)
{
	w->hosts[host].state = HOST_UNUSED;
	w->hosts[host].rank = w->unused;
	w->unused = host;
}

// Brings a population to the number that its curve asks for. One who is cured
// stays in the wheel, and is dropped when its slot comes.
static bool steer_crowd(struct world *w, uint8_t crowd, struct error *error)
{
	struct crowd *c = &w->crowds[crowd];
	const int64_t minute = (int64_t)w->scenario->start_day * SLOTS_A_DAY +
	                       (int64_t)w->wheel.now;
	const uint64_t wanted = (curve_hosts(&c->rules->active, minute) * c->hosts_millionths +
	                         500000) /
	                        1000000;
	if (wanted > WORLD_HOSTS_MAX)
		return error_set(
			error, ERROR_FAILED,
			"population %s has more than %d hosts at once; use a smaller --scale",
			c->rules->name, WORLD_HOSTS_MAX);
	if (!grow_infected(c, wanted, error))
		return false;
	while (c->infected_count < wanted)
		if (!add_host(w, crowd, error))
			return false;
	while (c->infected_count > wanted) {
		const uint32_t host = c->infected[random_below(&w->random, c->infected_count)];
		life_discharge(w, host);
		w->hosts[host].state = HOST_CURED;
	}
	return true;
}

static bool take_due(struct world *w, size_t *out_count, struct error *error)
{
	size_t count = 0, taken;
	do {
		if (w->due_capacity - count < WHEEL_CHUNK_HOSTS) {
			const size_t capacity = w->due_capacity > 0 ? w->due_capacity * 2 : 1024;
			uint32_t *due = memory_resize(w->due, capacity, sizeof *due);
			if (due == NULL)
				return fail_memory(error);
			w->due = due;
			w->due_capacity = capacity;
		}
		taken = wheel_take(&w->wheel, w->due + count);
		count += taken;
	} while (taken > 0);
	*out_count = count;
	return true;
}

static bool grow_events(struct world *w, struct error *error)
{
	if (w->event_count + LIFE_PACKETS_MAX <= w->event_capacity)
		return true;
	if (w->event_capacity == WORLD_EVENTS_MAX)
		return error_set(error, ERROR_FAILED,
		                 "the scenario sends more than %d packets in a minute; "
		                 "use a smaller --scale",
		                 WORLD_EVENTS_MAX);
	const size_t capacity = w->event_capacity > 0 ? w->event_capacity * 2 : 1024;
	uint64_t *events = memory_resize(w->events, capacity, sizeof *events);
	if (events == NULL)
		return fail_memory(error);
	w->events = events;
	uint64_t *scratch = memory_resize(w->scratch, capacity, sizeof *scratch);
	if (scratch == NULL)
		return fail_memory(error);
	w->scratch = scratch;
	w->event_capacity = capacity;
	return true;
}

static bool run_host(struct world *w, uint32_t host, struct error *error)
{
	do
		if (!grow_events(w, error))
			return false;
	while (!life_run(w, host, (w->wheel.now + 1) * SLOT_US));
	if (w->hosts[host].state == HOST_CURED)
		drop_host(w, host);
	else
		put_to_sleep(w, host);
	return true;
}

bool world_live(struct world *w, struct error *error)
{
	size_t due_count = 0;
	w->event_count = 0;
	for (size_t i = 0; i < w->crowd_count; i++)
		if (!steer_crowd(w, (uint8_t)i, error))
			return false;
	if (!take_due(w, &due_count, error))
		return false;
	for (size_t i = 0; i < due_count; i++) {
		if (i + LOOK_AHEAD < due_count)
			__builtin_prefetch(&w->hosts[w->due[i + LOOK_AHEAD]]);
		if (!run_host(w, w->due[i], error))
			return false;
	}
	order_events(w->events, w->scratch, w->event_count);
	return true;
}
