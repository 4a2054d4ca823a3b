// SPDX-License-Identifier: MIT
// FlowTuple versions 3 and 4 of CAIDA's STARDUST (caida.org/projects/stardust/docs/data/
// flowtuple; schemas as Corsaro 3 writes them): Avro files of the UCSD telescope.
//
// Version 3 has a record for each combination of both addresses, ports, protocol, TTL,
// flags, length and the window of a SYN. Version 4 joins what came from one source to one /24 or
// /16, port and protocol in some minutes, and names only values that at least a fifth of
// the packets have, with how many had them. Of TCP packets whose flags it does not name
// nobody can say whether they are SYNs: they come out without FLOW_TCP_FLAGS.
//
// The ports of ICMP are its type and code: version 3 has the type as source port, version 4
// both in one number. Addresses are numbers whose highest byte is the first of the quad.
#include "base/memory.h"
#include "capture/avro.h"
#include "capture/reader.h"

enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, SYN_ONLY = 0x02 };

// A telescope of a /8 sees fewer packets than this in any interval.
#define PACKETS_MAX UINT32_MAX

enum wanted {
	TIME,
	SOURCE,
	DESTINATION,
	NETWORK,
	SOURCE_PORT,
	DESTINATION_PORT,
	PROTOCOL,
	TTL,
	TCP_FLAGS,
	LENGTH,
	SYN_WINDOW,
	PACKETS,
	FLAGS,
	FLAG_PACKETS,
	UNIQUE_SOURCE_PORTS,
	COMMON_SOURCE_PORTS,
	UNIQUE_TTLS,
	COMMON_TTLS,
	UNIQUE_LENGTHS,
	COMMON_LENGTHS,
	WANTED_COUNT
};

static const struct avro_wanted wanted[WANTED_COUNT] = {
	[TIME] = { "time", false },
	[SOURCE] = { "src_ip", false },
	[DESTINATION] = { "dst_ip", false },
	[NETWORK] = { "dst_net", false },
	[SOURCE_PORT] = { "src_port", false },
	[DESTINATION_PORT] = { "dst_port", false },
	[PROTOCOL] = { "protocol", false },
	[TTL] = { "ttl", false },
	[TCP_FLAGS] = { "tcp_flags", false },
	[LENGTH] = { "ip_len", false },
	[SYN_WINDOW] = { "tcp_synwinlen", false },
	[PACKETS] = { "packet_cnt", false },
	[FLAGS] = { "common_tcpflags", true },
	[FLAG_PACKETS] = { "common_tcpflag_freqs", true },
	[UNIQUE_SOURCE_PORTS] = { "uniq_src_ports", false },
	[COMMON_SOURCE_PORTS] = { "common_srcports", true },
	[UNIQUE_TTLS] = { "uniq_ttls", false },
	[COMMON_TTLS] = { "common_ttls", true },
	[UNIQUE_LENGTHS] = { "uniq_pkt_sizes", false },
	[COMMON_LENGTHS] = { "common_pktsizes", true },
};

static const enum wanted required_by_both[] = { TIME, SOURCE, DESTINATION_PORT, PROTOCOL, PACKETS };
static const enum wanted required_by_3[] = { DESTINATION, TCP_FLAGS };
static const enum wanted required_by_4[] = { NETWORK, FLAGS, FLAG_PACKETS };

struct flowtuple {
	struct avro *avro;
	bool is_version_4;
	uint64_t time_ns;  // of the last record that had one
	// What a record of version 4 came apart into.
	struct flow parts[AVRO_ITEMS_MAX + 1];
	size_t part_count, part_next;
};

static bool has_all(const struct avro *avro, const enum wanted *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!avro_has(avro, fields[i]))
			return false;
	return true;
}

#define HAS_ALL(avro, fields) has_all(avro, fields, sizeof(fields) / sizeof *(fields))

static void *flowtuple_open(struct stream *stream)
{
	struct flowtuple *f = memory_new(1, sizeof *f);
	if (f == NULL)
		return NULL;
	f->avro = avro_open(stream, wanted, WANTED_COUNT);
	if (f->avro == NULL) {
		memory_free(f);
		return NULL;
	}
	f->is_version_4 = HAS_ALL(f->avro, required_by_4);
	const bool is_known = f->is_version_4 || HAS_ALL(f->avro, required_by_3);
	if (!stream_is_stopped(stream) && !(is_known && HAS_ALL(f->avro, required_by_both)))
		stream_damage(stream, 0, "its Avro schema is not that of FlowTuple 3 or 4");
	return f;
}

static void flowtuple_close(void *state)
{
	struct flowtuple *f = state;
	avro_close(f->avro);
	memory_free(f);
}

// Whether the number is there and at most `maximum`.
static bool is_within(const struct avro_value *value, int64_t maximum)
{
	return value->is_there && value->number >= 0 && value->number <= maximum;
}

// What both versions have in common.
static struct flow common_of(struct flowtuple *f, const struct avro_value *v)
{
	const bool counts = is_within(&v[PACKETS], PACKETS_MAX) && v[PACKETS].number > 0;
	const bool is_sane = counts && is_within(&v[TIME], UINT32_MAX) &&
	                     is_within(&v[SOURCE], UINT32_MAX) && is_within(&v[PROTOCOL], 255) &&
	                     is_within(&v[DESTINATION_PORT], 65535);
	struct flow flow = { .packets = counts ? (uint64_t)v[PACKETS].number : 1,
		             .is_malformed = !is_sane };
	if (is_within(&v[TIME], UINT32_MAX))
		f->time_ns = (uint64_t)v[TIME].number * 1000000000;
	flow.time_ns = f->time_ns;
	if (!is_sane)
		return flow;
	flow.source = (uint32_t)v[SOURCE].number;
	flow.protocol = (uint8_t)v[PROTOCOL].number;
	if (flow.protocol == PROTOCOL_TCP || flow.protocol == PROTOCOL_UDP) {
		flow.destination_port = (uint16_t)v[DESTINATION_PORT].number;
		flow.known |= FLOW_DESTINATION_PORT;
	}
	return flow;
}

static void set_source_port(struct flow *flow, int64_t port)
{
	const bool has_ports = flow->protocol == PROTOCOL_TCP || flow->protocol == PROTOCOL_UDP;
	if (!has_ports || port < 0 || port > 65535)
		return;
	flow->source_port = (uint16_t)port;
	flow->known |= FLOW_SOURCE_PORT;
}

static void set_ttl(struct flow *flow, int64_t ttl)
{
	if (ttl < 0 || ttl > 255)
		return;
	flow->ttl = (uint8_t)ttl;
	flow->known |= FLOW_TTL;
}

static void set_length(struct flow *flow, int64_t length)
{
	if (length < 0 || length > 65535)
		return;
	flow->length = (uint16_t)length;
	flow->known |= FLOW_LENGTH;
}

static void set_flags(struct flow *flow, int64_t flags)
{
	if (flow->protocol != PROTOCOL_TCP || flags < 0 || flags > 255)
		return;
	flow->tcp_flags = (uint8_t)flags;
	flow->known |= FLOW_TCP_FLAGS;
}

static struct flow flow_of_3(struct flowtuple *f, const struct avro_value *v)
{
	struct flow flow = common_of(f, v);
	if (!flow.is_malformed && !is_within(&v[DESTINATION], UINT32_MAX))
		flow.is_malformed = true;
	if (flow.is_malformed)
		return flow;
	flow.destination = (uint32_t)v[DESTINATION].number;
	flow.known |= FLOW_DESTINATION | FLOW_NETWORK;
	if (v[TCP_FLAGS].is_there)
		set_flags(&flow, v[TCP_FLAGS].number);
	if (v[SOURCE_PORT].is_there)
		set_source_port(&flow, v[SOURCE_PORT].number);
	if (v[TTL].is_there)
		set_ttl(&flow, v[TTL].number);
	if (v[LENGTH].is_there)
		set_length(&flow, v[LENGTH].number);
	// The window is kept only of packets with SYN and no other flag.
	if ((flow.known & FLOW_TCP_FLAGS) && flow.tcp_flags == SYN_ONLY &&
	    is_within(&v[SYN_WINDOW], 65535)) {
		flow.window = (uint16_t)v[SYN_WINDOW].number;
		flow.known |= FLOW_WINDOW;
	}
	return flow;
}

// The value that all packets of a record have; -1 if there is none.
static int64_t only_value(const struct avro_value *unique, const struct avro_value *common)
{
	const bool is_one = unique->is_there && unique->number == 1 && common->is_there &&
	                    common->item_count == 1;
	return is_one ? common->items[0] : -1;
}

static void add_part(struct flowtuple *f, struct flow part, uint64_t packets)
{
	part.packets = packets;
	f->parts[f->part_count++] = part;
}

// Takes a record of version 4 apart: packets of the flags that it names, and the rest.
static void split_4(struct flowtuple *f, const struct avro_value *v)
{
	struct flow flow = common_of(f, v);
	f->part_count = f->part_next = 0;
	if (!flow.is_malformed && !is_within(&v[NETWORK], UINT32_MAX))
		flow.is_malformed = true;
	if (!flow.is_malformed) {
		// A /24, or a /16: where it may be the latter nobody knows which /24 of it was
		// meant.
		flow.destination = (uint32_t)v[NETWORK].number;
		if ((flow.destination & 0xffff) != 0)
			flow.known |= FLOW_NETWORK;
		set_source_port(&flow,
		                only_value(&v[UNIQUE_SOURCE_PORTS], &v[COMMON_SOURCE_PORTS]));
		set_ttl(&flow, only_value(&v[UNIQUE_TTLS], &v[COMMON_TTLS]));
		set_length(&flow, only_value(&v[UNIQUE_LENGTHS], &v[COMMON_LENGTHS]));
	}
	uint64_t rest = flow.packets;
	const bool has_flags = !flow.is_malformed && flow.protocol == PROTOCOL_TCP &&
	                       v[FLAGS].is_there && v[FLAG_PACKETS].is_there;
	const uint32_t named = v[FLAGS].item_count < v[FLAG_PACKETS].item_count
	                               ? v[FLAGS].item_count
	                               : v[FLAG_PACKETS].item_count;
	for (uint32_t i = 0; has_flags && i < named && i < AVRO_ITEMS_MAX; i++) {
		const int64_t packets = v[FLAG_PACKETS].items[i];
		struct flow part = flow;
		if (packets <= 0 || (uint64_t)packets > rest)
			continue;
		set_flags(&part, v[FLAGS].items[i]);
		add_part(f, part, (uint64_t)packets);
		rest -= (uint64_t)packets;
	}
	if (rest > 0)
		add_part(f, flow, rest);
}

static size_t flowtuple_next(void *state, struct stream *stream, struct flow *flows,
                             size_t flows_max)
{
	struct flowtuple *f = state;
	struct avro_value values[WANTED_COUNT] = { { .is_there = false } };
	size_t count = 0;
	while (count < flows_max) {
		if (f->part_next < f->part_count) {
			flows[count++] = f->parts[f->part_next++];
			continue;
		}
		if (!avro_next(f->avro, stream, values))
			break;
		if (f->is_version_4)
			split_4(f, values);
		else
			flows[count++] = flow_of_3(f, values);
	}
	return count;
}

const struct reader_format reader_flowtuple = {
	.name = "flowtuple",
	.recognise = avro_recognise,
	.open = flowtuple_open,
	.close = flowtuple_close,
	.content = CAPTURE_FLOWS,
	.next_flows = flowtuple_next,
};
