// SPDX-License-Identifier: MIT
// The columns of answers about victims of floods.
#include "answer/schemas.h"

// `protocol`: icmp, tcp, udp, or IP's number. `victim_ports`: how many; `first_port` is empty where nothing tells it. The
// rate is unknown where the telescope is, `telescope_addresses` where flows do not tell them.
static const struct column attacks[] = {
	{ "victim", CELL_ADDRESS },
	{ "protocol", CELL_TEXT },
	{ "start", CELL_TIME },
	{ "end", CELL_TIME, .spare = 7 },
	{ "seconds", CELL_REAL, UNIT_SECONDS, .spare = 2 },
	{ "packets", CELL_NUMBER, UNIT_PACKETS, .spare = 2 },
	{ "max_per_minute", CELL_NUMBER, UNIT_PACKETS, .spare = 3 },
	{ "victim_ports", CELL_NUMBER, .spare = 5 },
	{ "telescope_addresses", CELL_NUMBER, .spare = 6 },
	{ "first_port", CELL_NUMBER, .spare = 1 },
	{ "country", CELL_TEXT },
	{ "asn", CELL_TEXT, .spare = 4 },
	{ "estimated_pps", CELL_REAL, UNIT_PACKETS_A_SECOND },
	{ "lower_pps", CELL_REAL, UNIT_PACKETS_A_SECOND, .spare = 8 },
	{ "upper_pps", CELL_REAL, UNIT_PACKETS_A_SECOND, .spare = 8 },
	{ "mismatches", CELL_NUMBER, UNIT_PACKETS, .spare = 10 },
	{ "peak", CELL_TIME, .spare = 9 },
	{ "telescope_networks", CELL_NUMBER, .spare = 10 },
};
static const struct column attacks_day[] = {
	{ "day", CELL_DAY },
	{ "attacks", CELL_NUMBER },
	{ "victims", CELL_NUMBER },
	{ "packets", CELL_NUMBER, UNIT_PACKETS },
	{ "tcp", CELL_NUMBER },
	{ "udp", CELL_NUMBER },
	{ "icmp", CELL_NUMBER },
	{ "other", CELL_NUMBER, .spare = 1 },
	{ "largest_pps", CELL_REAL, UNIT_PACKETS_A_SECOND },
};
static const struct column attacks_country[] = {
	{ "country", CELL_TEXT },
	{ "name", CELL_TEXT, .spare = 1 },
	{ "attacks", CELL_NUMBER },
	{ "victims", CELL_NUMBER },
	{ "packets", CELL_NUMBER, UNIT_PACKETS },
	{ "share", CELL_REAL, UNIT_SHARE },
};

void attacks_schema(const struct question *q, struct schema *out)
{
	switch (q->attacks.by) {
	case ATTACKS_EACH: ADD(out, attacks); break;
	case ATTACKS_BY_DAY: ADD(out, attacks_day); break;
	case ATTACKS_BY_COUNTRY: ADD(out, attacks_country); break;
	}
}
