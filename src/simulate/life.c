// SPDX-License-Identifier: MIT
#include "simulate/life.h"

#include "simulate/address.h"

#include <assert.h>

#define NEVER (UINT64_MAX / 2)

static uint64_t after(struct world *w, uint64_t now_us, uint64_t mean_us)
{
	return 1 + now_us +
	       fixed_multiply_q24(mean_us, fixed_exponential_q24(&w->logs, &w->random));
}

// A random moment, on average so much later; 0 thousandths of a day is never.
static uint64_t after_days(struct world *w, uint64_t now_us, uint64_t millidays)
{
	return millidays == 0 ? NEVER : after(w, now_us, millidays * (DAY_US / 1000));
}

// Windows that a fingerprint, a published rule or a scanner's default claims: a
// random window is none of them.
static bool is_window_with_meaning(uint16_t window)
{
	switch (window) {
	case 792:
	case 1320:
	case 2376:
	case 4488:   // prototypes of Mirai
	case 14600:  // Hajime
	case 1024:
	case 1025:  // masscan
	case 2048:
	case 3072:
	case 4096:  // nmap
	case 0:
	case UINT16_MAX:  // ZMap
		return true;
	default: return false;
	}
}

uint16_t life_window(struct world *w, const struct population *p)
{
	uint16_t window = choice_pick(&p->windows, &w->random);
	while (p->windows.is_random && is_window_with_meaning(window))
		window = choice_pick(&p->windows, &w->random);
	return window;
}

uint16_t life_source_port(struct world *w, const struct population *p)
{
	if (!p->source_ports.is_random)
		return choice_pick(&p->source_ports, &w->random);
	return (uint16_t)(1025 + random_below(&w->random, UINT16_MAX - 1024));
}

static void start_process(struct world *w, struct host *h, uint64_t now_us)
{
	const struct population *p = w->crowds[h->population].rules;
	h->window = life_window(w, p);
	h->source_port = life_source_port(w, p);
	h->process_until_us = after_days(w, now_us, p->process_millidays);
}

static void infect(struct world *w, uint32_t host, uint64_t now_us)
{
	struct host *h = &w->hosts[host];
	struct crowd *c = &w->crowds[h->population];
	assert(c->infected_count < c->infected_capacity);
	h->state = HOST_INFECTED;
	h->rank = c->infected_count;
	c->infected[c->infected_count++] = host;
	h->infected_until_us = after_days(w, now_us, c->rules->reboot_millidays);
	if (h->infected_until_us > h->lifetime_until_us)
		h->infected_until_us = h->lifetime_until_us;
	start_process(w, h, now_us);
}

static uint64_t gap_of(const struct world *w, const struct host *h)
{
	return w->crowds[h->population].gap_us * 100 / h->speed_percent;
}

void life_begin(struct world *w, uint32_t host, uint8_t crowd, uint64_t now_us)
{
	struct crowd *c = &w->crowds[crowd];
	const struct population *p = c->rules;
	const uint32_t spread = (uint32_t)p->spread_percent;
	const uint32_t paths = (uint32_t)(p->path_max - p->path_min + 1);
	struct random *random = &w->random;
	struct host *h = &w->hosts[host];

	// One draw a statement: within an initialiser C leaves their order open.
	*h = (struct host){ .population = crowd };
	h->lifetime_until_us = fixed_lognormal_s(&c->lifetime, random) * MICROSECONDS_A_SECOND +
	                       now_us;
	h->address_until_us = after_days(w, now_us, p->address_millidays);
	const uint16_t network = address_pick_network(random, c->networks, p->networks);
	h->source = address_in_network(random, network);
	const uint32_t path = (uint32_t)p->path_min + random_below(random, paths);
	h->ttl = (uint8_t)(choice_pick(&p->ttl, random) - path);
	h->speed_percent = (uint8_t)(100 - spread + random_below(random, 2 * spread + 1));
	h->has_path_mss = random_below(random, 100) < p->mss_percent;
	infect(w, host, now_us);
	h->next_us = after(w, now_us, gap_of(w, h));
}

void life_discharge(struct world *w, uint32_t host)
{
	const struct host *h = &w->hosts[host];
	struct crowd *c = &w->crowds[h->population];
	assert(h->state == HOST_INFECTED && c->infected[h->rank] == host);
	const uint32_t last = c->infected[--c->infected_count];
	c->infected[h->rank] = last;
	w->hosts[last].rank = h->rank;
}

// A reboot clears the infection. The host may come back, as long as its
// lifetime is not over: by then it was patched, or replaced.
static void end_infection(struct world *w, uint32_t host)
{
	struct host *h = &w->hosts[host];
	const struct population *p = w->crowds[h->population].rules;
	life_discharge(w, host);
	h->state = HOST_CURED;
	if (h->infected_until_us >= h->lifetime_until_us ||
	    random_below(&w->random, 100) >= p->return_percent)
		return;
	h->next_us = after_days(w, h->infected_until_us, p->return_millidays);
	if (h->next_us < h->lifetime_until_us)
		h->state = HOST_CLEAN;
}

// A host returns only to a population that still has infected hosts to catch it from.
static void come_back(struct world *w, uint32_t host)
{
	struct host *h = &w->hosts[host];
	const struct crowd *c = &w->crowds[h->population];
	if (c->infected_count == 0 || c->infected_count == c->infected_capacity) {
		h->state = HOST_CURED;
		return;
	}
	infect(w, host, h->next_us);
	h->next_us = after(w, h->next_us, gap_of(w, h));
}

static void renew(struct world *w, struct host *h)
{
	const struct population *p = w->crowds[h->population].rules;
	if (h->address_until_us <= h->next_us) {
		h->source = address_in_network(&w->random, (uint16_t)(h->source >> 16));
		h->memo = (struct truth_memo){ .day = 0 };
		h->address_until_us = after_days(w, h->next_us, p->address_millidays);
	}
	if (h->process_until_us <= h->next_us)
		start_process(w, h, h->next_us);
}

// The rhythm of day and night is a triangle over 24 hours, shifted by where the
// host lives. Packets are drawn at the rate of the busiest hour, and left out at others.
bool life_is_awake(struct random *random, const struct population *p, uint32_t source,
                   uint64_t time_us)
{
	const uint64_t percent = p->rhythm_percent;
	if (percent == 0)
		return true;
	const uint64_t shift_us = (source >> 8) * DAY_US >> 24;
	const uint32_t position = (uint32_t)((time_us + shift_us) % DAY_US * 2048 / DAY_US);
	const uint32_t height = position < 1024 ? position : 2048 - position;
	const uint32_t share = (uint32_t)((100 - percent) * 1024 + 2 * percent * height);
	return random_below(random, (uint32_t)(100 + percent) * 1024) < share;
}

static bool is_sent_now(struct world *w, const struct host *h)
{
	return life_is_awake(&w->random, w->crowds[h->population].rules, h->source, h->next_us);
}

bool life_run(struct world *w, uint32_t host, uint64_t until_us)
{
	struct host *h = &w->hosts[host];
	if (h->state == HOST_CLEAN && h->next_us < until_us)
		come_back(w, host);
	for (unsigned packets = 0; h->state == HOST_INFECTED;) {
		if (h->infected_until_us <= h->next_us) {
			if (h->infected_until_us >= until_us)
				return true;
			end_infection(w, host);
			return true;
		}
		if (h->next_us >= until_us)
			return true;
		if (packets == LIFE_PACKETS_MAX)
			return false;
		renew(w, h);
		if (is_sent_now(w, h)) {
			packets++;
			w->events[w->event_count++] = (h->next_us % SLOT_US) << 32 | host;
		}
		h->next_us = after(w, h->next_us, gap_of(w, h));
	}
	return true;
}
