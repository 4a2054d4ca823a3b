// SPDX-License-Identifier: MIT
// Packet -> the set of fingerprints that it matches.
//
// A fingerprint is a named test on the headers of one SYN, and one entry of the
// table in builtin.c: what it is, whether it stands for a malware family or for a
// tool, where the rule comes from and how strong it is. Users add their own as
// pcap-filter(7) expressions; libpcap compiles them, and they are applied at the
// IPv4 header, so that "tcp[14:2] = 1024" works behind VLAN tags too. They too
// are asked of SYNs only.
//
// A fingerprint of sources is asked of what a source did on a whole day: "source window=792
// window=1320" matches if its SYNs of that day had both, each at least once (header_item.h has
// the items). No packet matches it: hostday/ sees to it when a day of a source is whole, and then all
// SYNs of that source and day do.
#pragma once

#include "base/error.h"
#include "decode/decode.h"
#include "fingerprint/header_item.h"

enum {
	FINGERPRINTS_MAX = 32,
	FINGERPRINT_NAME_SIZE = 32,
	FINGERPRINT_RULE_SIZE = 4096,
	FINGERPRINT_EXPRESSION_SIZE = 512,  // of a pcap-filter expression
	FINGERPRINT_ITEMS_MAX = 64,
};

// The last bit is no fingerprint. SYNs of flows have it, which were not asked anything because
// their headers are not known: that none matches says nothing of them. It travels through
// host-days and segments like the others, under the name "unknown".
enum { FINGERPRINT_UNKNOWN = FINGERPRINTS_MAX - 1 };
extern const char fingerprint_unknown[];

enum fingerprint_kind { FINGERPRINT_FAMILY, FINGERPRINT_TOOL };
extern const char *const fingerprint_kind_names[];

struct fingerprint {
	const char *name;
	enum fingerprint_kind kind;
	const char
		*rule;  // for people; users' own: the pcap-filter expression, or "source ITEM..."
	const char *what;
	const char *source;    // where the rule was published or seen
	const char *strength;  // "seen", "published", "weak" or "user"
	const char *part_of;   // the one that matches all that this one does; NULL: none
	// A SYN of random fields matches once in 2^chance_bits, at most; 0: nobody knows.
	uint8_t chance_bits;
	// Packets of a source and day that it takes at least to count the source (hostday/evidence.h).
	uint8_t evidence_min;
	bool is_paired;  // a packet alone is none: of FINGERPRINT_PAIRED
	void *program;   // users' own: the compiled filter; NULL for those of sources
	// Of sources: all that the source has to have used, ascending, each once; otherwise NULL.
	struct header_item *items;
	size_t item_count;
};

// Bits of the built-in ones that random SYNs match so often that single packets name nobody: those of
// chance_bits up to FINGERPRINT_WEIGHED_BITS. They are the same in every set.
enum { FINGERPRINT_WEIGHED_BITS = 16 };
extern const uint32_t fingerprints_weighed;
// Of such a bit.
unsigned fingerprint_evidence_min(unsigned bit);

// Built-in ones that stores from before them have not: their bits may be of users' own there, so that packets, and
// host-days, say whether they are meant (KNOWN_TOOLS).
enum {
	FINGERPRINT_NMAP = 7,
	FINGERPRINT_UNICORNSCAN,
	FINGERPRINT_ZMAP_4,
	FINGERPRINT_HPING3,
	FINGERPRINT_LARGE_SCALE_SCAN,
	FINGERPRINT_TOOLS_END,
	// Of all of them:
	FINGERPRINT_TOOLS = (1u << FINGERPRINT_TOOLS_END) - (1u << FINGERPRINT_NMAP),
	// Of those that a pair of SYNs shows, not one alone (hostday/evidence.h):
	FINGERPRINT_PAIRED = 1u << FINGERPRINT_NMAP | 1u << FINGERPRINT_UNICORNSCAN,
};

// What is the same in all SYNs of one process of unicornscan: its key, if its machine has the bytes of an address in
// this order. Of a machine whose bytes are the other way round the address goes in so.
static inline uint32_t unicornscan_key(const struct packet *p, bool is_swapped)
{
	const uint32_t address = is_swapped ? __builtin_bswap32(p->destination) : p->destination;
	return p->seq ^ address ^ ((uint32_t)p->destination_port << 16 | p->source_port);
}

static inline bool fingerprint_is_of_sources(const struct fingerprint *f)
{
	return f->item_count > 0;
}

// The fingerprints in force, in the order of their bits: built-in ones first.
struct fingerprint_set {
	struct fingerprint entries[FINGERPRINTS_MAX];
	size_t count, builtin_count;
	uint32_t of_sources;   // bits of those of sources
	bool has_expressions;  // some are users' own of packets
	char *text;            // private: the user's names and expressions
};

// Whether a file is a text that can be taken whole: what follows a zero byte, or a carriage return within
// a line, would be lost. Texts that stores keep were taken before this was asked. Names the line.
bool fingerprint_text_check(struct span text, const char *where, struct error *error) MUST_CHECK;

// The built-in ones, and those of `user_text` unless it is NULL: lines of
// "name = pcap-filter expression" or "name = source ITEM ITEM ...", "#" begins a comment. `where`
// names the text in errors ("FILE:LINE: ..."). The caller calls fingerprint_set_done().
bool fingerprint_set_init(struct fingerprint_set *, const char *user_text, const char *where,
                          struct error *error) MUST_CHECK;
void fingerprint_set_done(struct fingerprint_set *);

// The same with the first so many built-in ones only: a store from before the others has their bits
// for its users' own. What was split off one of them since then is part of it there.
bool fingerprint_set_init_of(struct fingerprint_set *, size_t builtins, const char *user_text,
                             const char *where, struct error *error) MUST_CHECK;
// How many built-in ones a list of names begins with, in their order.
size_t fingerprint_builtins_among(const char *const *names, size_t count);

// The entry of that name; NULL if there is none. *out_bit is its number.
const struct fingerprint *fingerprint_find(const struct fingerprint_set *, const char *name,
                                           unsigned *out_bit);

// What a bit is called; NULL if it has no meaning in the set.
const char *fingerprint_name(const struct fingerprint_set *, unsigned bit);

// Whether two ask the same: their names are not compared.
bool fingerprint_same(const struct fingerprint *, const struct fingerprint *);

// Sets packet.fingerprints of every SYN among the packets. Thread-safe.
//
// SYNs without KNOWN_HEADER get FINGERPRINT_UNKNOWN alone.
void fingerprint_match(const struct fingerprint_set *, struct packet *packets, size_t count);
