// SPDX-License-Identifier: MIT
// Each fingerprint with a packet that it matches and with ones that miss it by one
// condition; users' own ones, good and bad.
#include "base/buffer.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "base/text.h"
#include "fingerprint/fingerprint.h"

#include <stdlib.h>

static const uint16_t everything = (uint16_t)KNOWN_IPV4 | KNOWN_PORTS | KNOWN_SEQ | KNOWN_WINDOW |
                                   KNOWN_OPTIONS | KNOWN_MSS;

// The names that match the packet, in the order of their bits: "mirai hajime".
static bool matches(const struct fingerprint_set *set, struct packet p, const char *expected)
{
	char found[400] = "";
	fingerprint_match(set, &p, 1);
	for (size_t i = 0; i < set->count; i++)
		if (p.fingerprints >> i & 1) {
			const size_t length = strlen(found);
			text_format(found + length, sizeof found - length, "%s%s",
			            length > 0 ? " " : "", set->entries[i].name);
		}
	const bool is_same = text_equal(found, expected);
	if (!is_same)
		printf("matches '%s', not '%s'\n", found, expected);
	return is_same;
}

static struct fingerprint_set builtin(void)
{
	struct fingerprint_set set;
	struct error error;
	CHECK(fingerprint_set_init(&set, NULL, NULL, &error));
	return set;
}

static size_t builtin_count(void)
{
	struct fingerprint_set set = builtin();
	const size_t count = set.count;
	fingerprint_set_done(&set);
	return count;
}

// A SYN that matches nothing.
static struct packet plain(void)
{
	return (struct packet){
		.kind = KIND_SYN,
		.source = 0xc0000201,
		.destination = 0xc6336402,
		.source_port = 40000,
		.destination_port = 23,
		.seq = 0x01020304,
		.window = 5840,
		.ip_id = 9,
		.ttl = 64,
		.protocol = 6,
		.tcp_flags = TCP_SYN,
		.known = everything,
	};
}

TEST(the_table_is_complete)
{
	struct fingerprint_set set = builtin();
	static const char *const names[] = { "mirai", "mirai-2016", "hajime",     "hajime-raw",
		                             "zmap",  "masscan",    "mirai-flags" };
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		unsigned bit = 99;
		const struct fingerprint *f = fingerprint_find(&set, names[i], &bit);
		CHECK(f != NULL && bit < set.count && f == &set.entries[bit] &&
		      text_equal(f->name, names[i]));
		CHECK(fingerprint_find(&set, names[i], NULL) == f);
	}
	for (size_t i = 0; i < set.count; i++) {
		const struct fingerprint *f = &set.entries[i];
		CHECK(f->rule[0] && f->what[0] && f->source[0] && f->strength[0] &&
		      f->program == NULL);
		CHECK(strlen(f->name) < FINGERPRINT_NAME_SIZE &&
		      fingerprint_kind_names[f->kind] != NULL);
	}
	CHECK(fingerprint_find(&set, "mirai", NULL)->kind == FINGERPRINT_FAMILY);
	CHECK(fingerprint_find(&set, "zmap", NULL)->kind == FINGERPRINT_TOOL);
	unsigned bit = 99;
	CHECK(fingerprint_find(&set, "mira", &bit) == NULL &&
	      fingerprint_find(&set, "", &bit) == NULL);
	CHECK(bit == 99);
	fingerprint_set_done(&set);
}

TEST(mirai_is_sequence_number_and_destination)
{
	struct fingerprint_set set = builtin();
	struct packet p = plain();
	CHECK(matches(&set, p, ""));
	p.seq = p.destination;
	CHECK(matches(&set, p, "mirai mirai-2016"));
	p.source_port = 1025;
	CHECK(matches(&set, p, "mirai mirai-2016"));
	p.source_port = 1024;
	CHECK(matches(&set, p, "mirai"));
	p.source_port = 65535;
	p.destination_port = 2323;
	CHECK(matches(&set, p, "mirai"));
	p.destination_port = 23;
	p.options = OPTION_CODE_MSS;
	p.option_codes = 1u << OPTION_CODE_MSS;
	CHECK(matches(&set, p, "mirai mirai-2016"));
	for (unsigned bit = 0; bit < 32; bit++) {
		struct packet q = p;
		q.seq ^= UINT32_C(1) << bit;
		CHECK(matches(&set, q, ""));
	}
	p.seq = p.destination + 1;
	CHECK(matches(&set, p, ""));
	p.seq = p.destination - 1;
	CHECK(matches(&set, p, ""));
	// Fields that were not captured are 0, which must not be taken for a value.
	p.destination = p.seq = 0;
	p.known = KNOWN_IPV4;
	p.ip_id = 1;
	CHECK(matches(&set, p, ""));
	fingerprint_set_done(&set);
}

// Mirai's scanner sets SYN alone; what sets more counts apart, and for none of its kinds.
TEST(mirai_with_other_flags_counts_apart)
{
	struct fingerprint_set set = builtin(), before;
	struct error error;
	struct packet p = plain();
	p.seq = p.destination;
	CHECK(fingerprint_set_init_of(&before, 6, NULL, NULL, &error) && before.count == 6);
	for (unsigned flags = 0; flags < 256; flags++) {
		p.tcp_flags = (uint8_t)(flags | TCP_SYN);
		CHECK(matches(&set, p,
		              p.tcp_flags == TCP_SYN ? "mirai mirai-2016" : "mirai-flags"));
		// As it was in stores from before there was the other one.
		CHECK(matches(&before, p, p.tcp_flags == TCP_SYN ? "mirai mirai-2016" : "mirai"));
	}
	p.seq++;
	CHECK(matches(&set, p, "") && matches(&before, p, ""));
	fingerprint_set_done(&before);
	fingerprint_set_done(&set);
}

TEST(a_list_of_names_says_how_many_are_built_in)
{
	static const char *const names[] = { "mirai", "mirai-2016", "hajime", "zmap" };
	CHECK(fingerprint_builtins_among(names, 4) == 3);
	CHECK(fingerprint_builtins_among(names, 2) == 2 &&
	      fingerprint_builtins_among(names, 0) == 0);
}

// Users' own have the bits that later built-in ones have elsewhere.
TEST(fewer_built_in_ones_leave_their_bits_to_users)
{
	struct fingerprint_set set;
	struct error error;
	struct packet p = plain();
	p.ip = (struct span){ (const uint8_t[40]){ 0x45 }, 40 };
	p.seq = p.destination;
	p.tcp_flags = TCP_SYN | TCP_ECE;
	CHECK(fingerprint_set_init_of(&set, 6, "none = ip[0] = 0\nall = ip\n", "F", &error));
	CHECK(set.count == 8 && matches(&set, p, "mirai all"));
	fingerprint_set_done(&set);
}

TEST(hajime_is_a_window_and_raw_without_kernel_options)
{
	struct fingerprint_set set = builtin();
	struct packet p = plain();
	p.window = 14600;
	CHECK(matches(&set, p, "hajime hajime-raw"));
	p.option_codes = 1u << OPTION_CODE_MSS | 1u << OPTION_CODE_NOP | 1u << OPTION_CODE_OTHER |
	                 1u << OPTION_CODE_END;
	CHECK(matches(&set, p, "hajime hajime-raw"));
	static const unsigned kernel[] = { OPTION_CODE_SACK_PERMITTED, OPTION_CODE_TIMESTAMP,
		                           OPTION_CODE_WINDOW_SCALE };
	for (unsigned i = 0; i < 3; i++) {
		p.option_codes = (uint8_t)(1u << kernel[i]);
		CHECK(matches(&set, p, "hajime"));
		p.option_codes |= 1u << OPTION_CODE_MSS | 1u << OPTION_CODE_NOP;
		CHECK(matches(&set, p, "hajime"));
	}
	p.option_codes = 0;
	p.known = everything & (uint16_t)~KNOWN_OPTIONS;
	CHECK(matches(&set, p, "hajime"));
	p.known = KNOWN_IPV4 | KNOWN_PORTS | KNOWN_SEQ;
	CHECK(matches(&set, p, ""));
	p.known = everything;
	p.window = 14599;
	CHECK(matches(&set, p, ""));
	p.window = 14601;
	CHECK(matches(&set, p, ""));
	fingerprint_set_done(&set);
}

// A SYN with window 14600 and these option bytes, a multiple of four.
static struct packet with_options(const void *options, size_t length)
{
	static uint8_t ip[80] = { 0x45, 0, 0, 0, 0,   9,  0,   0, 64,   6,    0,    0,
		                  192,  0, 2, 1, 198, 51, 100, 2, 0x9c, 0x40, 0,    23,
		                  1,    2, 3, 4, 0,   0,  0,   0, 0,    2,    0x39, 0x08 };
	memcpy(ip + 40, options, length);
	ip[3] = (uint8_t)(40 + length);
	ip[32] = (uint8_t)((5 + length / 4) << 4);
	const struct frame frame = { .link_type = 101, .captured = { ip, 40 + length } };
	struct packet p;
	decode_frames(&frame, 1, &p);
	return p;
}

TEST(hajime_raw_sees_kernel_options_wherever_they_stand)
{
	struct fingerprint_set set = builtin();
	CHECK(matches(&set, with_options("", 0), "hajime hajime-raw"));
	CHECK(matches(&set, with_options("\2\4\5\xb4", 4), "hajime hajime-raw"));
	static const char *const kernel[] = { "\4\2\1\1", "\3\3\7\1",
		                              "\x08\x0a\1\2\3\4\5\6\7\x08\1\1" };
	static const size_t lengths[] = { 4, 4, 12 };
	for (size_t i = 0; i < 3; i++)
		for (size_t nops = 0; nops + lengths[i] <= 40; nops += 4) {
			char options[40];
			memset(options, 1, sizeof options);
			memcpy(options + nops, kernel[i], lengths[i]);
			CHECK(matches(&set, with_options(options, nops + lengths[i]), "hajime"));
		}
	fingerprint_set_done(&set);
}

TEST(zmap_is_an_ip_id)
{
	struct fingerprint_set set = builtin();
	struct packet p = plain();
	p.ip_id = 54321;
	CHECK(matches(&set, p, "zmap"));
	p.known = KNOWN_IPV4;  // the id is in the IPv4 header, which always is captured
	CHECK(matches(&set, p, "zmap"));
	p.ip_id = 54320;
	CHECK(matches(&set, p, ""));
	p.ip_id = 54322;
	CHECK(matches(&set, p, ""));
	fingerprint_set_done(&set);
}

TEST(masscan_is_a_cookie_in_the_ip_id)
{
	struct fingerprint_set set = builtin();
	struct packet p = plain();
	p.ip_id = 0x6402 ^ 23 ^ 0x0304;
	CHECK(matches(&set, p, "masscan"));
	struct packet q = p;
	q.destination ^= 0xffff0000;
	q.seq ^= 0xabcd0000;
	CHECK(matches(&set, q, "masscan"));
	for (unsigned bit = 0; bit < 16; bit++) {
		q = p;
		q.ip_id = (uint16_t)(q.ip_id ^ 1u << bit);
		CHECK(matches(&set, q, ""));
		q = p;
		q.destination_port = (uint16_t)(q.destination_port ^ 1u << bit);
		CHECK(matches(&set, q, ""));
		q = p;
		q.seq ^= 1u << bit;
		CHECK(matches(&set, q, ""));
	}
	p.known = KNOWN_IPV4 | KNOWN_PORTS;
	CHECK(matches(&set, p, ""));
	fingerprint_set_done(&set);
}

TEST(a_packet_can_match_several)
{
	struct fingerprint_set set = builtin();
	struct packet p = plain();
	p.seq = p.destination;
	p.window = 14600;
	p.ip_id = 54321;
	p.destination_port = 54321;  // seq and destination cancel out
	CHECK(matches(&set, p, "mirai hajime hajime-raw zmap masscan"));
	fingerprint_set_done(&set);
}

TEST(only_syns_are_asked)
{
	struct fingerprint_set set;
	struct error error;
	CHECK(fingerprint_set_init(&set, "all = ip\n", "text", &error));
	static const uint8_t bytes[40] = { 0x45 };
	for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
		struct packet p = plain();
		p.kind = (uint8_t)kind;
		p.seq = p.destination;
		p.window = 14600;
		p.ip_id = 54321;
		p.ip = (struct span){ bytes, sizeof bytes };
		CHECK(matches(&set, p,
		              kind == KIND_SYN ? "mirai mirai-2016 hajime hajime-raw zmap all"
		                               : ""));
	}
	fingerprint_set_done(&set);
}

TEST(users_add_their_own)
{
	struct fingerprint_set set, builtins = builtin();
	struct error error;
	const char text[] = "# a comment\n\n"
			    "  window-1024 =  tcp[14:2] = 1024  # weak\r\n"
			    "\t# another\n"
			    "ttl_200=ip[8]>=200\n"
			    "port = tcp dst port 23";
	CHECK(fingerprint_set_init(&set, text, "my.conf", &error));
	CHECK(set.count == builtins.count + 3);
	unsigned bit = 0;
	const struct fingerprint *f = fingerprint_find(&set, "window-1024", &bit);
	CHECK(f != NULL && bit == builtins.count && text_equal(f->rule, "tcp[14:2] = 1024"));
	CHECK(f != NULL && text_equal(f->strength, "user") && f->kind == FINGERPRINT_FAMILY);
	f = fingerprint_find(&set, "ttl_200", &bit);
	CHECK(f != NULL && bit == builtins.count + 1 && text_equal(f->rule, "ip[8]>=200"));
	CHECK(fingerprint_find(&set, "port", NULL) != NULL);
	fingerprint_set_done(&set);
	CHECK(fingerprint_set_init(&set, "", "my.conf", &error) && set.count == builtins.count);
	fingerprint_set_done(&set);
}

// Leaves bytes on the stack that are no empty text.
static __attribute__((noinline)) void litter(void)
{
	volatile char room[4096];
	for (size_t i = 0; i < sizeof room; i++)
		room[i] = 'x';
}

TEST(bad_lines_are_refused_with_their_number)
{
	static const struct {
		const char *text, *start, *part;
	} bad[] = {
		{ "x", "F:1: ", "'x'" },
		{ "a = ip\n\n# c\nb = nonsense here\n", "F:4: ", "nonsense here" },
		{ "a = tcp[14:2 = 1\n", "F:1: ", "pcap-filter" },
		{ "a = vlan 5\n", "F:1: ", "vlan 5" },
		{ "a = ip\na = tcp\n", "F:2: ", "'a' is there already" },
		{ "mirai = ip\n", "F:1: ", "'mirai' is there already" },
		{ "A = ip\n", "F:1: ", "name has 1-31" },
		{ "a b = ip\n", "F:1: ", "name has 1-31" },
		{ "a.b = ip\n", "F:1: ", "name has 1-31" },
		{ "\xc3\xa4 = ip\n", "F:1: ", "name has 1-31" },
		{ "abcdefghijklmnopqrstuvwxyz123456 = ip\n", "F:1: ", "name has 1-31" },
		{ " = ip\n", "F:1: ", "name has 1-31" },
		{ "= ip\n", "F:1: ", "name has 1-31" },
		{ "a = \n", "F:1: ", "needs an expression" },
		{ "a = # ip\n", "F:1: ", "needs an expression" },
		{ "a =\n", "F:1: ", "needs an expression" },
		{ "\n\n\na =", "F:4: ", "needs an expression" },
		{ "a = source", "F:1: ", "'a' needs values that its sources use" },
		{ "a = source\t \n", "F:1: ", "'a' needs values that its sources use" },
		{ "a = source window", "F:1: ", "'window' is no header value" },
		{ "a = source window=1 2", "F:1: ", "'2' is no header value" },
		{ "a = source window = 1", "F:1: ", "'window' is no header value" },
		{ "a = source window=1;ttl=2", "F:1: ", "window has no value '1;ttl=2'" },
		{ "\na = source ttl=256", "F:2: ", "ttl has no value '256'" },
		{ "a = source Window=1", "F:1: ", "'Window=1' is no header value" },
		{ "a = source destination=1.2.3.4", "F:1: ", "is not of SYNs" },
		{ "a = source ttl=1 backscatter_port=80", "F:1: ", "is not of SYNs" },
		{ "a = source dport=33-64_values dport=33-65_values", "F:1: ", "no value" },
		{ "a = source dport=33-64_values dport=65-128_values", "F:1: ", "second number" },
		{ "a = sourced window=1", "F:1: ", "pcap-filter" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct fingerprint_set set;
		struct error error = { .kind = ERROR_NONE };
		litter();
		const bool is_refused = !fingerprint_set_init(&set, bad[i].text, "F", &error);
		const bool is_told = is_refused && error.kind == ERROR_USAGE &&
		                     text_starts(error.text, bad[i].start) &&
		                     strstr(error.text, bad[i].part) != NULL;
		CHECK(is_told);
		if (!is_told)
			printf("line %zu: %s\n", i, is_refused ? error.text : "was taken");
		if (!is_refused)
			fingerprint_set_done(&set);
	}
}

TEST(fingerprints_of_sources_are_lists_of_items)
{
	struct fingerprint_set set;
	struct error error;
	unsigned bit = 99;
	CHECK(fingerprint_set_init(
		&set,
		"ip = ip\n"
		"p = source window=1320\twindow=792  ttl=64 window=792 # Mirai's\n"
		"q = source ttl=64 window=792 window=1320\r\n"
		"r = source destination_port=33-64_values",
		"F", &error));
	CHECK(set.of_sources == UINT32_C(7) << (builtin_count() + 1));
	const struct fingerprint *p = fingerprint_find(&set, "p", &bit);
	CHECK(p != NULL && bit == builtin_count() + 1 && p->item_count == 3);
	CHECK(p->items[0].field == FIELD_WINDOW && p->items[0].value == 792);
	CHECK(p->items[1].value == 1320 && p->items[2].field == FIELD_TTL);
	CHECK(text_equal(p->rule, "source window=1320\twindow=792  ttl=64 window=792"));
	CHECK(fingerprint_is_of_sources(p) && p->program == NULL);
	const struct fingerprint *r = fingerprint_find(&set, "r", &bit);
	CHECK(r->item_count == 1 && r->items[0].is_bucket && r->items[0].value == 32);
	CHECK(fingerprint_same(p, fingerprint_find(&set, "q", &bit)));
	CHECK(!fingerprint_same(p, r) && !fingerprint_same(fingerprint_find(&set, "ip", &bit), r));
	CHECK(!fingerprint_is_of_sources(fingerprint_find(&set, "ip", &bit)));
	// Of packets only those match that are of packets.
	struct packet syn = plain();
	static const uint8_t bytes[40] = { 0x45 };
	syn.ip = (struct span){ bytes, sizeof bytes };
	syn.window = 792;
	CHECK(matches(&set, syn, "ip"));
	fingerprint_set_done(&set);
}

TEST(fingerprints_of_sources_have_maxima)
{
	struct buffer text = buffer_up_to(100000);
	struct fingerprint_set set;
	struct error error;
	buffer_text(&text, "a = source");
	for (unsigned i = 0; i < FINGERPRINT_ITEMS_MAX; i++)
		buffer_format(&text, " window=%u", 10000 + i);
	buffer_byte(&text, 0);
	CHECK(fingerprint_set_init(&set, (const char *)text.bytes, "F", &error));
	CHECK(set.entries[set.count - 1].item_count == FINGERPRINT_ITEMS_MAX);
	fingerprint_set_done(&set);
	text.length--;
	buffer_text(&text, " window=1");
	buffer_byte(&text, 0);
	CHECK(!fingerprint_set_init(&set, (const char *)text.bytes, "F", &error));
	CHECK(text_equal(error.text, "F:1: fingerprint 'a' has more than 64 values"));
	text.length = 0;
	buffer_text(&text, "a = source");
	for (unsigned i = 0; i < FINGERPRINT_RULE_SIZE / 9 + 1; i++)
		buffer_text(&text, " window=1");
	buffer_byte(&text, 0);
	CHECK(!fingerprint_set_init(&set, (const char *)text.bytes, "F", &error) &&
	      error.kind == ERROR_USAGE);
	buffer_done(&text);
}

TEST(names_and_expressions_have_maxima)
{
	struct fingerprint_set set;
	struct error error;
	struct buffer text = buffer_up_to(100000);
	CHECK(fingerprint_set_init(&set, "abcdefghijklmnopqrstuvwxyz12345 = ip", "F", &error));
	const size_t free_count = FINGERPRINT_UNKNOWN - (set.count - 1);
	fingerprint_set_done(&set);
	for (size_t i = 0; i < free_count; i++)
		buffer_format(&text, "f%zu = tcp dst port %zu\n", i, i + 1);
	buffer_byte(&text, 0);
	CHECK(fingerprint_set_init(&set, (const char *)text.bytes, "F", &error) &&
	      set.count == FINGERPRINT_UNKNOWN);
	struct packet p = plain();
	uint8_t ip[40] = { 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6 };
	ip[23] = (uint8_t)free_count;
	p.ip = (struct span){ ip, sizeof ip };
	fingerprint_match(&set, &p, 1);
	CHECK(p.fingerprints == UINT32_C(1) << 30);
	fingerprint_set_done(&set);
	text.length--;
	buffer_text(&text, "one-more = ip\n");
	buffer_byte(&text, 0);
	CHECK(!fingerprint_set_init(&set, (const char *)text.bytes, "F", &error) &&
	      error.kind == ERROR_USAGE);
	buffer_done(&text);
	char longest[FINGERPRINT_EXPRESSION_SIZE + 10];
	for (size_t length = FINGERPRINT_EXPRESSION_SIZE - 1; length <= FINGERPRINT_EXPRESSION_SIZE;
	     length++) {
		text_format(longest, sizeof longest, "a=%*s%*s", 3, "tcp", (int)length - 3,
		            "or udp");
		CHECK(fingerprint_set_init(&set, longest, "F", &error) ==
		      (length < FINGERPRINT_EXPRESSION_SIZE));
		if (length < FINGERPRINT_EXPRESSION_SIZE)
			fingerprint_set_done(&set);
	}
}

// Mirai's SYN to 198.51.100.2:23, window 1024, with two VLAN tags.
static const uint8_t tagged[] = {
	1,    2,    3, 4,  5,   6,  7,   8, 9, 10, 11, 12, 0x88, 0xa8, 0, 5, 0x81, 0,   0,  6,   8,
	0,    0x45, 0, 0,  40,  0,  9,   0, 0, 64, 6,  0,  0,    192,  0, 2, 1,    198, 51, 100, 2,
	0x9c, 0x40, 0, 23, 198, 51, 100, 2, 0, 0,  0,  0,  0x50, 0x02, 4, 0, 0,    0,   0,  0,
};

TEST(expressions_begin_at_the_ipv4_header)
{
	struct fingerprint_set set;
	struct error error;
	CHECK(fingerprint_set_init(
		&set,
		"w = tcp[14:2] = 1024\nv = ip[0] = 0x45\n"
		"p = tcp dst port 23 and src host 192.0.2.1\nn = tcp dst port 24\n"
		"u = udp\nsyn = tcp[tcpflags] & tcp-syn != 0\n",
		"F", &error));
	const struct frame frame = { .link_type = 1, .captured = { tagged, sizeof tagged } };
	struct packet p;
	decode_frames(&frame, 1, &p);
	CHECK(p.kind == KIND_SYN && matches(&set, p, "mirai mirai-2016 w v p syn"));
	// Without the window only what does not look at it.
	for (size_t cut = 5; cut <= 6; cut++) {
		const struct frame short_frame = { .link_type = 1,
			                           .captured = { tagged, sizeof tagged - cut } };
		decode_frames(&short_frame, 1, &p);
		CHECK(p.kind == KIND_SYN && matches(&set, p, "mirai mirai-2016 v p syn"));
	}
	fingerprint_set_done(&set);
}

enum { PACKETS = 1000 };

// Every packet on its own is the model of the batch.
static void compare_batch(const struct fingerprint_set *set, uint64_t seed)
{
	static struct packet batch[PACKETS], alone[PACKETS];
	static uint8_t ip[PACKETS][40];
	struct random r = random_from(seed);
	const size_t count = random_below(&r, PACKETS + 1);
	for (size_t i = 0; i < count; i++) {
		struct packet p = plain();
		p.kind = random_below(&r, 4) == 0 ? (uint8_t)random_below(&r, KIND_COUNT)
		                                  : KIND_SYN;
		p.seq = random_below(&r, 2) == 0 ? p.destination : random_u32(&r);
		p.tcp_flags = random_below(&r, 4) == 0 ? TCP_SYN | TCP_PSH : TCP_SYN;
		p.window = random_below(&r, 2) == 0 ? 14600 : 1024;
		p.ip_id = random_below(&r, 2) == 0 ? 54321 : (uint16_t)(p.destination ^ 23 ^ p.seq);
		ip[i][0] = 0x45;
		ip[i][8] = (uint8_t)random_u32(&r);
		p.ip = (struct span){ ip[i], sizeof ip[i] };
		batch[i] = alone[i] = p;
	}
	fingerprint_match(set, batch, count);
	uint32_t seen = 0;
	for (size_t i = 0; i < count; i++) {
		fingerprint_match(set, &alone[i], 1);
		CHECK(batch[i].fingerprints == alone[i].fingerprints);
		CHECK(batch[i].kind == KIND_SYN || batch[i].fingerprints == 0);
		CHECK(batch[i].kind != KIND_SYN ||
		      (batch[i].fingerprints >> (set->count - 1) & 1) == (ip[i][8] >= 128));
		seen |= batch[i].fingerprints;
	}
	// Those of tools need windows and options of their own (tools_test.c).
	CHECK(count < 300 || (seen | FINGERPRINT_TOOLS) == (UINT32_C(1) << set->count) - 1);
}

TEST(batches_of_any_size_match_like_single_packets)
{
	struct fingerprint_set set;
	struct error error;
	CHECK(fingerprint_set_init(&set, "high-ttl = ip[8] >= 128", "F", &error) &&
	      set.count == builtin_count() + 1);
	for (uint64_t seed = 0; seed < 100; seed++) {
		const unsigned before = test_failed_checks;
		compare_batch(&set, seed);
		if (test_failed_checks > before)
			printf("seed %llu\n", (unsigned long long)seed);
	}
	fingerprint_set_done(&set);
}

TEST(without_memory_nothing_is_left_behind)
{
	struct fingerprint_set set;
	struct error error;
	unsigned long allocation = 1;
	bool ok = false;
	for (; !ok && allocation < 20; allocation++) {
		memory_fail_at(allocation);
		error.kind = ERROR_NONE;
		ok = fingerprint_set_init(&set, "a = ip\nc = source ttl=1\nb = tcp\n", "F", &error);
		memory_fail_at(0);
		CHECK(ok || error.kind == ERROR_FAILED);
	}
	CHECK(ok && allocation == 6);
	fingerprint_set_done(&set);
}

TEST_MAIN
