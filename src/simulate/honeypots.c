// SPDX-License-Identifier: MIT
#include "simulate/honeypots.h"

#include "base/memory.h"
#include "simulate/address.h"
#include "simulate/country.h"
#include "simulate/life.h"

#include <string.h>

enum {
	SLOT_MS = 60 * 1000,
	LOOKS_A_DAY = 6,
	VARIANT_NONE = INFECTED_VARIANT_NONE,
	RANDOM_LETTERS = 5,
	SEED_HOSTS = 1,
	SEED_LOADERS = 2,
	SEED_STREAM = 3,
};
#define MEAN_MS_MAX (INT64_C(1) << 48)

// ---- what follows from seed and address

static struct random drawn_for(uint64_t seed, uint64_t what, uint64_t about)
{
	uint64_t state = seed ^ what * UINT64_C(0x9e3779b97f4a7c15);
	state = random_splitmix(&state) ^ about;
	return random_from(random_splitmix(&state));
}

// How much more often than elsewhere the variant is in the country.
static uint64_t country_factor(const struct variant *variant, uint16_t country)
{
	const struct choice *c = &variant->countries;
	for (unsigned i = 0; i < c->count; i++)
		if (c->values[i] == country)
			return c->sums[i] - (i > 0 ? c->sums[i - 1] : 0);
	return 1;
}

static uint64_t strength_on(const struct variant *variant, int64_t minute)
{
	return variant->strength.count > 0 ? curve_hosts(&variant->strength, minute) : 100;
}

// The variant that a host of the population has on a day, or VARIANT_NONE.
static uint8_t variant_of(const struct honeypots *h, const struct population *p, uint32_t source,
                          int32_t day)
{
	const struct choice *c = &p->variants;
	const uint16_t country = country_of(h->scenario, source);
	uint64_t sums[SCENARIO_CHOICES_MAX], sum = 0;
	for (unsigned i = 0; i < c->count; i++) {
		const uint64_t weight = c->sums[i] - (i > 0 ? c->sums[i - 1] : 0);
		const struct variant *variant = c->values[i] > 0
		                                        ? &h->scenario->variants[c->values[i] - 1]
		                                        : NULL;
		sum += variant == NULL ? weight * 100
		                       : weight * strength_on(variant, (int64_t)day * SLOTS_A_DAY) *
		                                 country_factor(variant, country);
		sums[i] = sum;
	}
	if (sum == 0)
		return VARIANT_NONE;
	struct random random = drawn_for(h->seed, SEED_HOSTS, source);
	const uint64_t roll = random_u64(&random) % sum;
	unsigned i = 0;
	while (sums[i] <= roll)
		i++;
	return c->values[i] > 0 ? (uint8_t)(c->values[i] - 1) : VARIANT_NONE;
}

// ---- sessions

static bool is_a_token(const struct scenario *scenario, const char *word)
{
	for (size_t i = 0; i < scenario->variant_count; i++)
		if (strcmp(scenario->variants[i].token, word) == 0 ||
		    strcmp(scenario->variants[i].loader_token, word) == 0)
			return true;
	return false;
}

// A random token is nobody's name.
static void choose_token(struct honeypots *h, const struct variant *variant, struct visit *visit)
{
	const bool is_own = visit->is_loader && variant->loader_token[0] != '\0';
	memcpy(visit->token, is_own ? variant->loader_token : variant->token, TOKEN_SIZE);
	if (strcmp(visit->token, "random") != 0)
		return;
	do
		for (unsigned i = 0; i < RANDOM_LETTERS; i++)
			visit->token[i] = (char)('A' + random_below(&h->random, 26));
	while (visit->token[RANDOM_LETTERS] = '\0', is_a_token(h->scenario, visit->token));
}

static uint8_t choose_sensor(struct honeypots *h)
{
	uint64_t roll = random_below(&h->random, (uint32_t)h->addresses);
	uint8_t sensor = 0;
	while (roll >= h->scenario->sensors[sensor].addresses)
		roll -= h->scenario->sensors[sensor++].addresses;
	return sensor;
}

// What all sessions have; the rest is the caller's.
static void begin_visit(struct honeypots *h, struct visit *visit)
{
	const struct variant *variant = &h->scenario->variants[visit->variant];
	visit->session = random_u64(&h->random) >> 16;
	visit->source_port = (uint16_t)(1025 + random_below(&h->random, UINT16_MAX - 1024));
	visit->country = country_of(h->scenario, visit->source);
	visit->fetches = random_below(&h->random, 100) < variant->fetch_percent;
	choose_token(h, variant, visit);
}

static void play(struct honeypots *h, struct visit *visit)
{
	if (sensor_is_silent(&h->scenario->sensors[visit->sensor], visit->time_us))
		return;
	visit->transport = h->transports[visit->sensor]++;
	visit_play(visit, h->scenario, &h->random, &h->log);
	visit_truth_note(&h->truth, visit);
}

static uint32_t loader_address(const struct honeypots *h, const struct visit *after)
{
	const struct variant *variant = &h->scenario->variants[after->variant];
	struct random of_now = drawn_for(h->seed, SEED_LOADERS, after->session);
	const uint64_t number = random_below(&of_now, (uint32_t)variant->loaders);
	struct random random = drawn_for(h->seed, SEED_LOADERS,
	                                 (uint64_t)(after->variant + 1) << 32 | number);
	uint16_t network;
	address_draw_networks(&random, &h->scenario->telescope, &network, 1);
	return address_in_network(&random, network);
}

static bool expect_loader(struct honeypots *h, const struct visit *after, struct error *error)
{
	const struct variant *variant = &h->scenario->variants[after->variant];
	if (h->waiting_count == h->waiting_capacity) {
		const size_t capacity = h->waiting_capacity * 2 + 16;
		struct visit *larger = memory_resize(h->waiting, capacity, sizeof *larger);
		if (larger == NULL)
			return error_memory(error, "the simulated loaders");
		h->waiting = larger;
		h->waiting_capacity = capacity;
	}
	const uint32_t spread = (uint32_t)(variant->loader_max_s - variant->loader_min_s + 1);
	const uint64_t delay_s = variant->loader_min_s + random_below(&h->random, spread);
	struct visit loader = { .time_us = after->end_us + delay_s * MICROSECONDS_A_SECOND,
		                .source = loader_address(h, after),
		                .variant = after->variant,
		                .sensor = after->sensor,
		                .protocol = after->protocol,
		                .account = after->account,
		                .is_loader = true,
		                .is_accepted = true };
	begin_visit(h, &loader);
	h->waiting[h->waiting_count++] = loader;
	return true;
}

static bool hit(struct honeypots *h, const struct host *host, uint64_t time_us, struct error *error)
{
	const struct population *p = &h->scenario->populations[host->population];
	const int32_t day = (int32_t)(time_us / DAY_US);
	const uint8_t number = variant_of(h, p, host->source, day);
	if (number == VARIANT_NONE)
		return true;
	const struct variant *variant = &h->scenario->variants[number];
	const uint32_t more = (uint32_t)(variant->failed_max - variant->failed_min + 1);
	struct visit visit = { .time_us = time_us, .source = host->source, .variant = number };
	visit.sensor = choose_sensor(h);
	visit.protocol = (uint8_t)choice_pick(&variant->protocols, &h->random);
	visit.account = (uint8_t)random_below(&h->random, 100);
	visit.failed = (uint8_t)(variant->failed_min + random_below(&h->random, more));
	visit.is_accepted = random_below(&h->random, 100) < variant->accepted_percent;
	begin_visit(h, &visit);
	play(h, &visit);
	return variant->acts != ACTS_SCANS || !visit.token_is_logged ||
	       expect_loader(h, &visit, error);
}

// ---- slots

static bool live_crowd(struct honeypots *h, const struct world *w, size_t number,
                       struct error *error)
{
	const struct crowd *c = &w->crowds[number];
	const struct population *p = c->rules;
	const uint32_t fastest = (uint32_t)(100 + p->spread_percent);
	const uint64_t slot_us = (uint64_t)h->scenario->start_day * DAY_US + w->wheel.now * SLOT_US;
	if (p->variants.count == 0)
		return true;
	// Hosts come at the rate of the fastest in the busiest hour, and some of them are left out.
	const uint64_t telescope = UINT64_C(1) << (32 - h->scenario->telescope.bits);
	uint64_t mean_ms = (c->gap_us / 1000 + 1) * telescope / h->addresses;
	mean_ms = mean_ms < MEAN_MS_MAX ? mean_ms + 1 : MEAN_MS_MAX;
	h->credits[number] -= (int64_t)((uint64_t)c->infected_count * SLOT_MS * fastest / 100);
	while (h->credits[number] < 0) {
		h->credits[number] += (int64_t)fixed_multiply_q24(
			mean_ms, fixed_exponential_q24(&h->logs, &h->random));
		const uint32_t index = random_below(&h->random, c->infected_count);
		const struct host *host = &w->hosts[c->infected[index]];
		const uint64_t within_us = random_below(&h->random, (uint32_t)SLOT_US);
		if (random_below(&h->random, fastest) >= host->speed_percent ||
		    !life_is_awake(&h->random, p, host->source, w->wheel.now * SLOT_US + within_us))
			continue;
		if (!hit(h, host, slot_us + within_us, error))
			return false;
	}
	return true;
}

// Loaders whose time has come, in the order in which they were called.
static void live_loaders(struct honeypots *h, uint64_t until_us)
{
	size_t kept = 0;
	for (size_t i = 0; i < h->waiting_count; i++)
		if (h->waiting[i].time_us < until_us)
			play(h, &h->waiting[i]);
		else
			h->waiting[kept++] = h->waiting[i];
	h->waiting_count = kept;
}

static void note_infected(struct honeypots *h, const struct host *host, int32_t day, bool at_noon)
{
	const struct population *p = &h->scenario->populations[host->population];
	visit_truth_infected(&h->truth, host->source, host->population,
	                     variant_of(h, p, host->source, day), at_noon);
}

void honeypots_note_sender(struct honeypots *h, const struct host *host, uint64_t time_us)
{
	if (h->asked != NULL && h->asked->infected != NULL)
		note_infected(h, host, (int32_t)(time_us / DAY_US), false);
}

static void look_at_infected(struct honeypots *h, const struct world *w, int32_t day, bool at_noon)
{
	if (h->asked->infected == NULL)
		return;
	for (size_t i = 0; i < w->crowd_count; i++)
		for (size_t k = 0; k < w->crowds[i].infected_count; k++)
			note_infected(h, &w->hosts[w->crowds[i].infected[k]], day, at_noon);
}

bool honeypots_live(struct honeypots *h, const struct world *w, struct error *error)
{
	const uint64_t slot = w->wheel.now, of_day = slot % SLOTS_A_DAY;
	const int32_t day = h->scenario->start_day + (int32_t)(slot / SLOTS_A_DAY);
	if (h->asked == NULL)
		return true;
	for (size_t i = 0; i < w->crowd_count; i++)
		if (!live_crowd(h, w, i, error))
			return false;
	live_loaders(h, (uint64_t)h->scenario->start_day * DAY_US + (slot + 1) * SLOT_US);
	if (of_day % (SLOTS_A_DAY / LOOKS_A_DAY) == 0)
		look_at_infected(h, w, day, of_day == SLOTS_A_DAY / 2);
	if (of_day != SLOTS_A_DAY - 1)
		return true;
	visit_truth_end_day(&h->truth, day);
	return cowrie_hand_on(&h->log, day, h->asked, error);
}

bool honeypots_finish(struct honeypots *h, int32_t last_day, struct error *error)
{
	return h->asked == NULL || (cowrie_hand_on(&h->log, last_day + 1, h->asked, error) &&
	                            visit_truth_write(&h->truth, error));
}

bool honeypots_init(struct honeypots *h, const struct scenario *scenario,
                    const struct simulate_honeypots *asked, const struct zone *zone, uint64_t seed,
                    struct error *error)
{
	*h = (struct honeypots){ .scenario = scenario, .asked = asked, .zone = zone, .seed = seed };
	if (asked == NULL)
		return true;
	if (scenario->sensor_count == 0)
		return error_set(error, ERROR_USAGE, "the scenario has no [honeypot NAME]");
	h->random = drawn_for(seed, SEED_STREAM, 0);
	h->log = cowrie_log_new(scenario, asked->is_old_form);
	h->truth = (struct visit_truth){
		.scenario = scenario, .asked = asked, .zone = zone, .lines = buffer_up_to(1 << 30)
	};
	fixed_logs_init(&h->logs);
	for (size_t i = 0; i < scenario->sensor_count; i++)
		h->addresses += scenario->sensors[i].addresses;
	h->credits = memory_new(scenario->population_count, sizeof *h->credits);
	return h->credits != NULL || error_memory(error, "the simulated honeypots");
}

void honeypots_done(struct honeypots *h)
{
	memory_free(h->credits);
	memory_free(h->waiting);
	cowrie_log_done(&h->log);
	visit_truth_done(&h->truth);
}
