// SPDX-License-Identifier: MIT
// A darknet of a /16 as studies describe it: half of the hosts of a day send one or two
// packets, the mean is 40, a few scanners send a million; nearly all are SYNs of bots,
// kernels and scanners, the rest backscatter, UDP and ICMP.
//
// A day is laid out first: each host's packets fall into minutes within the while that
// it is awake. Then minute after minute is put into random order and written. Random
// numbers of the first pass are drawn again in the second: the first only counts.
#include "traffic.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

enum { MINUTES = 1440, MINUTE_US = 60000000, NETWORKS = 20000, AHEAD = 12 };

// Weights of hosts: Pareto with an exponent below 1 has a mean that its maximum decides.
static const double PARETO_EXPONENT = 0.85;
static const double LOUDEST_SHARE = 0.04;    // of a day's packets, the most of one host
static const double SCANNER_SHARE = 0.0004;  // who sends more is a scanner
static const double LEAVING = 0.5;           // hosts that are others on the next day

enum role { MIRAI, LINUX, WINDOWS, RAW, ZMAP, MASSCAN, VICTIM, CLOSED, TALKER, PINGER, ROLES };

// How many of 1,000 hosts.
static const unsigned role_share[ROLES] = { 350, 160, 110, 60, 30, 20, 80, 50, 90, 50 };
static const uint16_t linux_windows[] = { 14600, 29200, 5840, 64240 };
static const uint16_t tcp_ports[] = {
	22, 80, 443, 445, 8080, 3389, 5555, 7547, 81, 1433, 8443, 21
};
static const uint16_t udp_ports[] = { 53, 123, 161, 1900, 5060, 53413, 11211, 6881 };

struct host {
	uint32_t source, secret;
	float weight;
	uint32_t packets;  // today
	uint16_t source_port, destination_port, window, mss;
	uint8_t role, form, ttl;
};

struct darknet {
	struct traffic *traffic;
	struct host *hosts;
	uint32_t host_count;
	uint32_t *order;             // hosts of the day's packets, by minutes
	uint64_t ends[MINUTES + 1];  // in `order`
};

static enum role role_of(uint32_t number)
{
	unsigned role = 0;
	while (role + 1 < ROLES && number >= role_share[role])
		number -= role_share[role++];
	return role;
}

#define ONE_OF(table, number) (table)[(number) % (sizeof(table) / sizeof(table)[0])]

static void set_role(struct host *h, enum role role, struct random *r)
{
	static const uint8_t form_of[ROLES] = {
		[MIRAI] = FORM_BARE,     [LINUX] = FORM_LINUX, [WINDOWS] = FORM_WINDOWS,
		[RAW] = FORM_MSS,        [ZMAP] = FORM_BARE,   [MASSCAN] = FORM_BARE,
		[VICTIM] = FORM_SYN_ACK, [CLOSED] = FORM_RST,  [TALKER] = FORM_DATAGRAM,
		[PINGER] = FORM_ECHO,
	};
	const uint32_t x = random_u32(r);

	h->role = (uint8_t)role;
	h->form = form_of[role];
	h->ttl = (uint8_t)((role == WINDOWS ? 128u : x % 8 == 0 ? 255u : 64u) - 5 - (x >> 8) % 20);
	h->destination_port = ONE_OF(tcp_ports, x >> 16);
	h->window = 1024;
	switch (role) {
	case MIRAI:
		h->window = (uint16_t)(x >> 13);
		h->destination_port = 23;
		break;
	case LINUX: h->window = ONE_OF(linux_windows, x >> 5); break;
	case WINDOWS:
		h->window = 8192;
		h->destination_port = 445;
		break;
	case ZMAP: h->window = 65535; break;
	case VICTIM: h->window = 29200; break;
	case TALKER: h->destination_port = ONE_OF(udp_ports, x >> 16); break;
	case RAW:
	case MASSCAN:
	case CLOSED:
	case PINGER:
	case ROLES: break;
	}
}

// Addresses lie in networks, and in some of them lie many.
static void new_host(struct host *h, double weight_max, struct random *r)
{
	const double u = random_unit(r), v = 1 - random_unit(r);
	const uint32_t network = scattered((uint32_t)(u * u * NETWORKS)) % (223u << 8) + (1u << 8);
	const double weight = pow(v, -1 / PARETO_EXPONENT);

	h->source = network << 16 | (random_u32(r) & 0xffff);
	h->secret = random_u32(r);
	h->weight = (float)fmin(weight, weight_max);
	h->source_port = (uint16_t)(1025 + random_below(r, 64000));
	h->mss = random_u32(r) % 4 == 0 ? 1400 : 1460;
	set_role(h, role_of(random_below(r, 1000)), r);
	if (weight >= weight_max * SCANNER_SHARE / LOUDEST_SHARE)
		set_role(h, h->secret % 2 == 0 ? ZMAP : MASSCAN, r);
}

// Who is there today, and how much each sends: `packets` in all, at least one each.
static void wake_hosts(struct darknet *d, uint64_t packets, bool is_first)
{
	struct random *r = &d->traffic->random;
	double sum = 0;

	for (uint32_t i = 0; i < d->host_count; i++) {
		if (is_first || random_unit(r) < LEAVING)
			new_host(&d->hosts[i], (double)packets * LOUDEST_SHARE, r);
		sum += (double)d->hosts[i].weight;
	}
	const double each = (double)(packets - d->host_count) / sum;
	uint64_t given = 0;
	for (uint32_t i = 0; i < d->host_count; i++) {
		d->hosts[i].packets = 1 + (uint32_t)((double)d->hosts[i].weight * each);
		given += d->hosts[i].packets;
	}
	// What rounding left goes round, one each.
	for (uint32_t i = 0; given < packets; i = i + 1 == d->host_count ? 0 : i + 1, given++)
		d->hosts[i].packets++;
}

// Calls for the minute of each packet: counts them, or where `order` is there, fills it in.
static void lay_out(struct darknet *d, uint64_t *at, uint32_t *order)
{
	struct random r = d->traffic->random;
	for (uint32_t i = 0; i < d->host_count; i++) {
		const uint32_t count = d->hosts[i].packets;
		const uint32_t span = count >= MINUTES / 8 ? MINUTES : 1 + count * 8;
		const uint32_t start = random_below(&r, MINUTES);
		for (uint32_t k = 0; k < count; k++) {
			uint32_t minute = start + random_below(&r, span);
			minute = minute >= MINUTES ? minute - MINUTES : minute;
			if (order != NULL)
				order[at[minute]] = i;
			at[minute]++;
		}
	}
	if (order != NULL)
		d->traffic->random = r;
}

static void plan_day(struct darknet *d)
{
	uint64_t at[MINUTES] = { 0 };
	lay_out(d, at, NULL);
	for (unsigned minute = 0; minute < MINUTES; minute++) {
		d->ends[minute + 1] = d->ends[minute] + at[minute];
		at[minute] = d->ends[minute];
	}
	lay_out(d, at, d->order);
}

static void put_packet(struct darknet *d, const struct host *host, uint64_t time_us)
{
	const uint64_t x = random_u64(&d->traffic->random);
	const uint32_t high = (uint32_t)(x >> 32);
	struct header h = {
		.time_us = time_us,
		.source = host->source,
		.destination = darknet_address((uint32_t)x),
		.seq = high,
		.clock = (uint32_t)(time_us / 1000) + host->secret,
		.source_port = host->source_port,
		.destination_port = host->destination_port,
		.ip_id = (uint16_t)(x >> 16),
		.window = host->window,
		.mss = host->mss,
		.ttl = host->ttl,
		.form = host->form,
	};
	switch ((enum role)host->role) {
	case MIRAI:
		h.seq = h.destination;
		h.destination_port = high % 10 == 0 ? 2323 : 23;
		break;
	case LINUX:
	case WINDOWS:
	case TALKER: h.source_port = (uint16_t)(32768 + high % 28232); break;
	case ZMAP:
		h.ip_id = 54321;
		h.source_port = (uint16_t)(32768 + (h.destination ^ host->secret) % 28232);
		break;
	case MASSCAN:
		h.seq = scattered(h.destination ^ host->secret);
		h.destination_port = ONE_OF(tcp_ports, high);
		h.ip_id = (uint16_t)(h.destination ^ h.destination_port ^ h.seq);
		break;
	case VICTIM:
	case CLOSED:
		h.source_port = host->destination_port;
		h.destination_port = (uint16_t)(high >> 7 | 1024);
		h.ack = h.seq * 5 + 1;
		break;
	case PINGER: h.seq = host->secret << 16 | (high & 0xffff); break;
	case RAW:
	case ROLES: break;
	}
	writer_put(d->traffic->writer, &h);
}

static void put_minute(struct darknet *d, uint64_t begin_us, uint32_t *order, uint32_t count)
{
	struct random *r = &d->traffic->random;
	for (uint32_t i = count; i > 1; i--) {
		const uint32_t other = random_below(r, i), host = order[other];
		order[other] = order[i - 1];
		order[i - 1] = host;
	}
	const double step_us = count > 0 ? (double)MINUTE_US / count : 0;
	for (uint32_t i = 0; i < count; i++) {
		if (i + AHEAD < count)
			__builtin_prefetch(&d->hosts[order[i + AHEAD]]);
		const uint64_t into_us = (uint64_t)((i + 0.9 * (order[i] % 64) / 64) * step_us);
		put_packet(d, &d->hosts[order[i]], begin_us + into_us);
	}
}

bool telescope(struct traffic *t, struct error *error)
{
	struct darknet *d = memory_new(1, sizeof *d);
	const uint64_t a_day = (t->packets + t->days - 1) / t->days;
	bool is_done = false;

	if (d == NULL)
		return error_memory(error, "hosts");
	d->traffic = t;
	d->host_count = (uint32_t)(t->sources < a_day ? t->sources : a_day);
	d->hosts = memory_new(d->host_count, sizeof *d->hosts);
	d->order = memory_room(a_day * sizeof *d->order);
	if (d->hosts == NULL || d->order == NULL) {
		error_memory(error, "hosts of a day");
		goto done;
	}
	for (uint64_t day = 0, left = t->packets; day < t->days && left > 0; day++) {
		const uint64_t today = left < a_day ? left : a_day;
		if (today < d->host_count)
			d->host_count = (uint32_t)today;
		wake_hosts(d, today, day == 0);
		plan_day(d);
		for (unsigned minute = 0; minute < MINUTES; minute++)
			put_minute(d, t->begin_us + day * DAY_US + (uint64_t)minute * MINUTE_US,
			           &d->order[d->ends[minute]],
			           (uint32_t)(d->ends[minute + 1] - d->ends[minute]));
		left -= today;
	}
	is_done = true;
done:
	memory_free(d->order);
	memory_free(d->hosts);
	memory_free(d);
	return is_done;
}
