// SPDX-License-Identifier: MIT
// Fingerprints are tests on headers, and random headers pass them now and then
// (one in 65,536 looks like ZMap). Here they never do: such a draw is repeated.
#include "simulate/sketch.h"

#include "simulate/address.h"
#include "simulate/life.h"
#include "simulate/truth.h"

enum { ZMAP_IP_ID = 54321, HAJIME_WINDOW = 14600, REDRAWS_MAX = 16 };

static uint16_t masscan_ip_id(const struct sketch *s)
{
	return (uint16_t)(s->destination ^ s->destination_port ^ s->seq);
}

static void draw_seq_and_id(struct world *w, const struct population *p, struct sketch *s)
{
	const uint64_t roll = random_u64(&w->random);
	s->seq = p->seq == SEQ_DESTINATION ? s->destination : (uint32_t)(roll >> 32);
	switch ((enum ip_id_rule)p->ip_id) {
	case IP_ID_RANDOM: s->ip_id = (uint16_t)roll; break;
	case IP_ID_ZERO: s->ip_id = 0; break;
	case IP_ID_ZMAP: s->ip_id = ZMAP_IP_ID; break;
	case IP_ID_MASSCAN: s->ip_id = masscan_ip_id(s); break;
	}
}

static bool is_accident(const struct population *p, const struct sketch *s)
{
	return (p->seq != SEQ_DESTINATION && s->seq == s->destination) ||
	       (p->ip_id != IP_ID_ZMAP && s->ip_id == ZMAP_IP_ID) ||
	       (p->ip_id != IP_ID_MASSCAN && s->ip_id == masscan_ip_id(s));
}

static unsigned families_of(const struct population *p, const struct sketch *s)
{
	unsigned families = 0;
	if (s->send != SEND_SYN)
		return 0;
	if (p->seq == SEQ_DESTINATION) {
		families |= 1u << FAMILY_MIRAI;
		if (s->destination_port == 23 && s->source_port > 1024)
			families |= 1u << FAMILY_MIRAI_2016;
	}
	if (s->window == HAJIME_WINDOW) {
		families |= 1u << FAMILY_HAJIME;
		if (s->options < TCP_OPTIONS_LINUX)
			families |= 1u << FAMILY_HAJIME_RAW;
	}
	return families;
}

static uint16_t pick_port(struct world *w, const struct population *p)
{
	if (!p->ports.is_random)
		return choice_pick(&p->ports, &w->random);
	return (uint16_t)(1025 + random_below(&w->random, UINT16_MAX - 1024));
}

static uint8_t options_of(const struct population *p, const struct host *h)
{
	if (p->options == TCP_OPTIONS_NONE && h->has_path_mss)
		return TCP_OPTIONS_MSS;
	return (uint8_t)p->options;
}

unsigned sketch_packet(struct world *w, const struct host *h, struct sketch *out)
{
	const struct population *p = w->crowds[h->population].rules;
	*out = (struct sketch){
		.source = h->source,
		.source_port = h->source_port,
		.window = h->window,
		.ttl = h->ttl,
		.options = options_of(p, h),
		.payload_bytes = (uint16_t)p->payload_bytes,
	};
	out->send = (uint8_t)choice_pick(&p->send, &w->random);
	out->tos = (uint8_t)choice_pick(&p->tos, &w->random);
	out->destination_port = pick_port(w, p);
	if (p->window_per == PER_PACKET)
		out->window = life_window(w, p);
	if (p->source_port_per == PER_PACKET)
		out->source_port = life_source_port(w, p);
	out->destination = address_in_telescope(&w->scenario->telescope, random_u32(&w->random));

	draw_seq_and_id(w, p, out);
	for (unsigned tries = 0; tries < REDRAWS_MAX && is_accident(p, out); tries++)
		draw_seq_and_id(w, p, out);
	if (out->send != SEND_SYN)
		out->ack = random_u32(&w->random);
	if (out->send == SEND_RST)
		out->window = 0;
	return families_of(p, out);
}
