// SPDX-License-Identifier: MIT
// Turns frames, and flows, into packets: the few header fields that the later stages look at.
//
// The link layer (one small function a header, one table of LINKTYPEs in link.c)
// finds the IPv4 header; ipv4.c and tcp.c read it. Broken packets are counted like
// any others: every frame gets exactly one kind, a packet says which of its
// fields were captured, and a frame that is no packet says why.
#pragma once

#include "capture/capture.h"

// What a frame counts as: the counters of the ledger, in its order, which is
// also the order in which they are tried.
enum kind {
	KIND_UNKNOWN_LINK,  // a link type that hotaru does not read
	KIND_NOT_IP,        // ARP, STP, ...; also IP in an encapsulation that is not opened
	KIND_IPV6,
	KIND_MALFORMED,          // a length or version in the headers contradicts another
	KIND_CUT_SHORT,          // captured bytes end before the kind is known
	KIND_OUTSIDE_TELESCOPE,  // never set here: ingest knows the telescope
	KIND_LATER_FRAGMENT,     // fragment offset > 0: no transport header
	KIND_SYN,                // SYN set, ACK clear, other flags whatever
	KIND_SYN_ACK,            // both set
	KIND_RST,                // else, RST set
	KIND_TCP_OTHER,
	KIND_UDP,
	KIND_ICMP,
	KIND_OTHER_PROTOCOL,
	KIND_COUNT
};

// "unknown_link", ...: the names that the ledger prints.
extern const char *const kind_names[KIND_COUNT];

// Why a frame counts as unknown_link, not_ip, malformed or cut_short, most with a
// number that says it more exactly.
enum reason {
	REASON_NONE,  // of all other kinds
	// unknown_link
	REASON_LINK_TYPE,  // of the frame, or of the frame in it (PPI, PKTAP): LINKTYPE
	// not_ip
	REASON_ETHERTYPE,        // EtherType
	REASON_LLC_SAP,          // destination SAP (IEEE 802.2)
	REASON_SNAP,             // organisation (OUI) whose protocol it is
	REASON_NLPID,            // network layer protocol identifier (ISO/IEC TR 9577)
	REASON_PPP_PROTOCOL,     // PPP protocol
	REASON_HDLC_PROTOCOL,    // protocol of Cisco HDLC that is no EtherType
	REASON_ARCNET_PROTOCOL,  // ARCNET system code
	REASON_AX25_PROTOCOL,    // AX.25 protocol identifier
	REASON_ADDRESS_FAMILY,   // AF_ value of the system that captured
	REASON_DEVICE_TYPE,      // Linux ARPHRD_ value: frames of it are no packets
	REASON_DEVICE_PROTOCOL,  // protocol of Linux cooked capture that is no EtherType
	REASON_PAYLOAD,          // no type says what follows (MPLS), and its first byte is no IP's
	REASON_RECORD_TYPE,      // ERF record type
	REASON_LINK_CONTROL,     // the link's own business: its type or control byte
	REASON_FRAGMENT,         // a later piece of a frame that the link has split
	REASON_NO_PACKET,        // a record about a packet, without it
	REASON_WIFI_MANAGEMENT,  // IEEE 802.11 subtype
	REASON_WIFI_CONTROL,     // IEEE 802.11 subtype
	REASON_WIFI_NO_DATA,     // IEEE 802.11 data frame without data: subtype
	REASON_WIFI_PROTECTED,   // encrypted
	// malformed
	REASON_LINK_HEADER,       // a length, version or mark in a link header cannot be
	REASON_IP_VERSION,        // IPv4 by the link layer, but this version
	REASON_IP_HEADER_LENGTH,  // below 20: bytes
	REASON_IP_TOTAL_LENGTH,   // below the header length: bytes
	REASON_TCP_LENGTH,        // the packet ends within the TCP header: bytes there
	REASON_UDP_LENGTH,        // the packet ends within the UDP header: bytes there
	REASON_FLOW_NUMBERS,      // a number of a flow cannot be
	// cut_short: the captured bytes end within ...
	REASON_CUT_LINK,
	REASON_CUT_IP,
	REASON_CUT_TCP,
	REASON_CUT_UDP,
	REASON_FLOW_FLAGS,  // a flow that does not tell its TCP flags
	// cut_short, too: the rest of the header is in another packet
	REASON_FIRST_FRAGMENT,  // a first fragment that ends within the TCP header
	REASON_NO_LINK_TYPE,    // unknown_link: the capture does not say of what type it is
	// of any kind, also of those that were understood: remarks, beside a reason and not instead
	REASON_FRACTION,  // the fraction of its time is more than a second
	// Of frames that count, whatever they are.
	REASON_FAR_TIME,  // a day that is far from all others (analyse/near_days.h): so many days
	// Of no packet: what a ledger has no room to tell apart.
	REASON_OTHER,
	REASON_COUNT
};

// "ethertype", ...: the names by which catalogue and `hotaru ledger --reasons` know them.
extern const char *const reason_names[REASON_COUNT];

// Says nothing of what a frame counts as, but something else that is to be known of it. A ledger
// has rows of it beside those that add up to its counters.
static inline bool reason_is_remark(enum reason reason)
{
	return reason >= REASON_FRACTION && reason < REASON_OTHER;
}

// Kinds that have a reason.
static inline bool kind_has_reason(enum kind kind)
{
	return kind <= KIND_CUT_SHORT && kind != KIND_IPV6;
}

// Kinds that have an IPv4 source and destination.
static inline bool kind_is_packet(enum kind kind)
{
	return kind >= KIND_LATER_FRAGMENT;
}

enum {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
	TCP_ECE = 0x40,
	TCP_CWR = 0x80,
};

// Which fields of a packet are known. A frame tells all of the IPv4 header, or it is none.
enum known {
	KNOWN_DESTINATION_PORT = 1u << 0,
	KNOWN_SEQ = 1u << 1,
	KNOWN_WINDOW = 1u << 2,
	KNOWN_OPTIONS = 1u << 3,  // the whole option list: options, mss if there is one
	KNOWN_MSS = 1u << 4,      // an MSS option of the right length was there
	KNOWN_SOURCE_PORT = 1u << 5,
	KNOWN_HEADER = 1u << 6,       // `ip`, tos and ip_id
	KNOWN_DESTINATION = 1u << 7,  // tells destinations apart
	KNOWN_NETWORK = 1u << 8,      // the /24 of the destination is the real one
	KNOWN_TTL = 1u << 9,
	KNOWN_LENGTH = 1u << 10,
	KNOWN_TCP_FLAGS = 1u << 11,  // all, not only those that make the kind
	KNOWN_ICMP = 1u << 12,       // type and code
	KNOWN_TOOLS = 1u << 13,      // set by fingerprint/: it matches some of FINGERPRINT_TOOLS
};
enum {
	KNOWN_PORTS = KNOWN_SOURCE_PORT | KNOWN_DESTINATION_PORT,
	KNOWN_IPV4 = KNOWN_HEADER | KNOWN_DESTINATION | KNOWN_NETWORK | KNOWN_TTL | KNOWN_LENGTH |
	             KNOWN_TCP_FLAGS,  // what every frame tells
};

// The order of TCP options as one number: 3 bits an option, the first in the
// lowest bits; enum option_code. Two lists with the same kinds in the same order
// are equal; up to ten options are told apart.
enum option_code {
	OPTION_CODE_END = 1,
	OPTION_CODE_NOP,
	OPTION_CODE_MSS,
	OPTION_CODE_WINDOW_SCALE,
	OPTION_CODE_SACK_PERMITTED,
	OPTION_CODE_TIMESTAMP,
	OPTION_CODE_OTHER,
};
#define OPTIONS_MORE (UINT32_C(1) << 30)       // options follow that do not fit
#define OPTIONS_MALFORMED (UINT32_C(1) << 31)  // a length that cannot be: what follows was not read

// All numbers in host byte order. Fields that are not `known` are 0. What a host-day is made of
// stands first, in the order in which struct record (hostday.h) has it too.
struct packet {
	uint64_t time_ns;  // since the Unix epoch, UTC
	uint32_t seq;
	uint32_t source, destination;
	uint32_t options;                        // option layout, see enum option_code
	uint32_t fingerprints;                   // one bit each; set by fingerprint/, 0 here
	uint16_t source_port, destination_port;  // TCP and UDP
	uint16_t window;
	uint16_t ip_id;
	uint16_t length;  // total length in the IPv4 header
	uint16_t mss;
	uint8_t ttl, tos;
	uint8_t tcp_flags;
	uint8_t kind;    // enum kind
	uint16_t known;  // enum known bits
	uint8_t protocol;
	uint8_t icmp_type;
	uint32_t packets;        // how many it stands for: 1, unless it is of a flow
	uint32_t reason_number;  // what enum reason says; 0 where it says nothing
	uint8_t reason;          // enum reason
	uint8_t option_codes;    // bit c: an option of enum option_code c is in the list
	uint8_t time_digits;
	uint8_t icmp_code;
	struct span ip;  // from the IPv4 header to the end of what was captured of
			 // the packet; points into the frame; empty if none was found
};

// Fills `out` from `count` frames, one packet a frame. Never fails.
void decode_frames(const struct frame *frames, size_t count, struct packet *out);

// The same for flows. Packets of TCP whose flags the flow does not tell are KIND_CUT_SHORT: as
// of a frame that ends before them, nobody can say what they are. A flow of more packets
// than 32 bits hold is malformed, and counts as so many.
void decode_flows(const struct flow *flows, size_t count, struct packet *out);

// The packet that an ICMP error is about: what the error carries of it, as far as it was captured.
enum inner_known {
	INNER_PROTOCOL = 1u << 0,
	INNER_SOURCE = 1u << 1,
	INNER_DESTINATION = 1u << 2,
	INNER_SOURCE_PORT = 1u << 3,  // of TCP and UDP; a later fragment has none
	INNER_DESTINATION_PORT = 1u << 4,
	INNER_SEQ = 1u << 5,
};
enum inner_fault {
	INNER_MALFORMED = 1u << 0,     // its version or header length cannot be: nothing is known
	INNER_TOTAL_LENGTH = 1u << 1,  // below its header length: it ends where the error does
	INNER_OTHER_SOURCE = 1u << 2,  // its source is not who got the error
	INNER_LENGTH = 1u << 3,        // what the error says of its length cannot be (RFC 4884)
};

// All numbers in host byte order. Fields that are not `known` are 0.
struct inner_packet {
	uint32_t source, destination;
	uint32_t seq;
	uint16_t source_port, destination_port;
	uint8_t protocol;
	uint8_t known;   // enum inner_known bits
	uint8_t faults;  // enum inner_fault bits
};

// True if the packet is an ICMP error: destination unreachable, source quench, redirect, time
// exceeded or parameter problem. It reads the bytes of packet->ip, so that nothing of it is paid
// for by who does not ask. Answers to a flood of forged packets have their sender, the telescope,
// as inner source and the victim as inner destination, while the error may come from any router.
bool decode_icmp_error(const struct packet *packet, struct inner_packet *out) MUST_CHECK;

// True if hotaru knows the link type.
bool decode_knows_link(uint16_t link_type);

// "EN10MB"-like name for a link type that hotaru reads, NULL otherwise.
const char *decode_link_name(uint16_t link_type);

// The layout as text, "mss,sack_permitted,timestamp,nop,window_scale"; "none"
// for no options; ends in ",more" (than ten) or ",malformed" where those bits are set.
enum { DECODE_LAYOUT_SIZE = 192 };
void decode_layout_text(uint32_t options, char out[DECODE_LAYOUT_SIZE]);

// Source address of the Ethernet frames that `hotaru simulate` writes: locally
// administered, the letters SIMUL. It marks simulated traffic wherever it goes.
extern const uint8_t decode_simulated_mac[6];
bool decode_is_simulated(const struct frame *frame);
