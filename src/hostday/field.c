// SPDX-License-Identifier: MIT
// The table of header fields. A field is data: where its value stands in a
// record, of which packets it is taken, and how many values one host-day keeps.
#include "hostday/hostday_private.h"

#include <stddef.h>

enum { VALUES_MAX = 256, DESTINATIONS_MAX = 64, PAIRS_MAX = 64, NO_CAP = 65536 };

#define OF_SYN (1u << KIND_SYN)
#define OF_UDP (1u << KIND_UDP)
#define OF_BACKSCATTER (1u << KIND_SYN_ACK | 1u << KIND_RST)
#define OF_ALL ((1u << KIND_COUNT) - 1)
#define OF_PAIR (1u << RECORD_PAIR)
#define AT(member) sizeof(((struct record *)0)->member), offsetof(struct record, member)

#define PAIR(field) FIELD_MATCHED_PORT + 1 + ((field)-FIELD_PAIR)

const struct field_info field_infos[FIELD_MATCHED_PORT + 1 + PAIR_FIELDS] = {
	[FIELD_WINDOW] = { OF_SYN, KNOWN_WINDOW, AT(window), VALUES_MAX },
	[FIELD_DESTINATION_PORT] = { OF_SYN, KNOWN_DESTINATION_PORT, AT(destination_port), NO_CAP },
	[FIELD_TTL] = { OF_SYN, KNOWN_TTL, AT(ttl), VALUES_MAX },
	[FIELD_TOS] = { OF_SYN, KNOWN_HEADER, AT(tos), VALUES_MAX },
	[FIELD_SOURCE_PORT] = { OF_SYN, KNOWN_SOURCE_PORT, AT(source_port), VALUES_MAX },
	[FIELD_IP_ID] = { OF_SYN, KNOWN_HEADER, AT(ip_id), VALUES_MAX },
	[FIELD_LENGTH] = { OF_SYN, KNOWN_LENGTH, AT(length), VALUES_MAX },
	[FIELD_TCP_FLAGS] = { OF_SYN, KNOWN_TCP_FLAGS, AT(tcp_flags), VALUES_MAX },
	[FIELD_OPTIONS] = { OF_SYN, KNOWN_OPTIONS, AT(options), VALUES_MAX },
	[FIELD_MSS] = { OF_SYN, KNOWN_MSS, AT(mss), VALUES_MAX },
	[FIELD_DESTINATION] = { OF_ALL, KNOWN_DESTINATION, AT(destination), DESTINATIONS_MAX },
	[FIELD_UDP_PORT] = { OF_UDP, KNOWN_DESTINATION_PORT, AT(destination_port), NO_CAP },
	[FIELD_BACKSCATTER_PORT] = { OF_BACKSCATTER, KNOWN_SOURCE_PORT, AT(source_port), NO_CAP },
	[FIELD_MATCHED_PORT] = { OF_SYN, KNOWN_DESTINATION_PORT, AT(destination_port), NO_CAP },
	[PAIR(FIELD_NMAP_SEQ)] = { OF_PAIR, PAIR_NMAP, AT(destination), PAIRS_MAX },
	[PAIR(FIELD_UNICORNSCAN_SEQ)] = { OF_PAIR, PAIR_UNICORNSCAN, AT(destination), PAIRS_MAX },
	[PAIR(FIELD_UNICORNSCAN_KEY)] = { OF_PAIR, PAIR_UNICORNSCAN, AT(options), PAIRS_MAX },
	[PAIR(FIELD_UNICORNSCAN_SWAPPED_KEY)] = { OF_PAIR, PAIR_UNICORNSCAN, AT(fingerprints),
	                                          PAIRS_MAX },
};

uint64_t host_fields(const uint64_t packets[HOST_KINDS], uint32_t matched_mask)
{
	uint64_t mask = UINT64_C(1) << FIELD_DESTINATION;
	if (packets[KIND_SYN - HOST_KIND_FIRST] > 0)
		mask |= (UINT64_C(1) << FIELD_DESTINATION) - 1;
	if (packets[KIND_UDP - HOST_KIND_FIRST] > 0)
		mask |= UINT64_C(1) << FIELD_UDP_PORT;
	if ((packets[KIND_SYN_ACK - HOST_KIND_FIRST] | packets[KIND_RST - HOST_KIND_FIRST]) > 0)
		mask |= UINT64_C(1) << FIELD_BACKSCATTER_PORT;
	return mask | (uint64_t)matched_mask << FIELD_MATCHED_PORT;
}
