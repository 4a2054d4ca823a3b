// SPDX-License-Identifier: MIT
// Why frames were not understood, in words: the sentence is in words.c, here is how its
// number is written, and what is known by a name.
#include "present/words/reason.h"

#include "base/text.h"
#include "present/words/markup.h"

enum number_style { NO_NUMBER, DECIMAL, HEX_2, HEX_4, HEX_6 };

// By the names that `hotaru ledger --reasons` has.
static const struct reason_words {
	const char *reason;
	enum word word;
	enum number_style style;
} reasons[] = {
	{ "none", WORD_REASON_NONE, NO_NUMBER },
	{ "link_type", WORD_REASON_LINK_TYPE, DECIMAL },
	{ "ethertype", WORD_REASON_ETHERTYPE, HEX_4 },
	{ "llc_sap", WORD_REASON_LLC_SAP, HEX_2 },
	{ "snap", WORD_REASON_SNAP, HEX_6 },
	{ "nlpid", WORD_REASON_NLPID, HEX_2 },
	{ "ppp_protocol", WORD_REASON_PPP_PROTOCOL, HEX_4 },
	{ "hdlc_protocol", WORD_REASON_HDLC_PROTOCOL, HEX_4 },
	{ "arcnet_protocol", WORD_REASON_ARCNET_PROTOCOL, DECIMAL },
	{ "ax25_protocol", WORD_REASON_AX25_PROTOCOL, HEX_2 },
	{ "address_family", WORD_REASON_ADDRESS_FAMILY, DECIMAL },
	{ "device_type", WORD_REASON_DEVICE_TYPE, DECIMAL },
	{ "device_protocol", WORD_REASON_DEVICE_PROTOCOL, HEX_4 },
	{ "payload", WORD_REASON_PAYLOAD, HEX_2 },
	{ "record_type", WORD_REASON_RECORD_TYPE, DECIMAL },
	{ "link_control", WORD_REASON_LINK_CONTROL, HEX_2 },
	{ "fragment", WORD_REASON_FRAGMENT, NO_NUMBER },
	{ "no_packet", WORD_REASON_NO_PACKET, NO_NUMBER },
	{ "wifi_management", WORD_REASON_WIFI_MANAGEMENT, DECIMAL },
	{ "wifi_control", WORD_REASON_WIFI_CONTROL, DECIMAL },
	{ "wifi_no_data", WORD_REASON_WIFI_NO_DATA, DECIMAL },
	{ "wifi_protected", WORD_REASON_WIFI_PROTECTED, NO_NUMBER },
	{ "link_header", WORD_REASON_LINK_HEADER, NO_NUMBER },
	{ "ip_version", WORD_REASON_IP_VERSION, DECIMAL },
	{ "ip_header_length", WORD_REASON_IP_HEADER_LENGTH, DECIMAL },
	{ "ip_total_length", WORD_REASON_IP_TOTAL_LENGTH, DECIMAL },
	{ "tcp_length", WORD_REASON_TCP_LENGTH, DECIMAL },
	{ "udp_length", WORD_REASON_UDP_LENGTH, DECIMAL },
	{ "flow_numbers", WORD_REASON_FLOW_NUMBERS, NO_NUMBER },
	{ "cut_link", WORD_REASON_CUT_LINK, NO_NUMBER },
	{ "cut_ip", WORD_REASON_CUT_IP, NO_NUMBER },
	{ "cut_tcp", WORD_REASON_CUT_TCP, NO_NUMBER },
	{ "cut_udp", WORD_REASON_CUT_UDP, NO_NUMBER },
	{ "flow_flags", WORD_REASON_FLOW_FLAGS, NO_NUMBER },
	{ "first_fragment", WORD_REASON_FIRST_FRAGMENT, NO_NUMBER },
	{ "no_link_type", WORD_REASON_NO_LINK_TYPE, NO_NUMBER },
	{ "fraction", WORD_REASON_FRACTION, NO_NUMBER },
	{ "far_time", WORD_REASON_FAR_TIME, DECIMAL },
	{ "other", WORD_REASON_OTHER, NO_NUMBER },
};

// Of a reason that nobody here has heard of: other ones.
static const struct reason_words *find(const char *reason)
{
	const size_t count = sizeof reasons / sizeof *reasons;
	size_t i = 0;
	while (i + 1 < count && !text_equal(reasons[i].reason, reason))
		i++;
	return &reasons[i];
}

// What an analyst meets, by the name under which it is known.
static const struct {
	const char *reason;
	uint32_t number;
	const char *name;
} names[] = {
	{ "ethertype", 0x0806, "ARP" },
	{ "ethertype", 0x22f3, "TRILL" },
	{ "ethertype", 0x6002, "DEC MOP" },
	{ "ethertype", 0x8035, "RARP" },
	{ "ethertype", 0x809b, "AppleTalk" },
	{ "ethertype", 0x8137, "IPX" },
	{ "ethertype", 0x8808, "pause" },
	{ "ethertype", 0x8809, "LACP and the like" },
	{ "ethertype", 0x8863, "PPPoE discovery" },
	{ "ethertype", 0x888e, "802.1X" },
	{ "ethertype", 0x88cc, "LLDP" },
	{ "ethertype", 0x88e5, "MACsec" },
	{ "ethertype", 0x88e7, "MAC in MAC" },
	{ "ethertype", 0x88f7, "PTP" },
	{ "ethertype", 0x8902, "CFM" },
	{ "ethertype", 0x8906, "FCoE" },
	{ "ethertype", 0x9000, "loopback" },
	{ "llc_sap", 0x42, "spanning tree" },
	{ "llc_sap", 0xe0, "IPX" },
	{ "llc_sap", 0xf0, "NetBIOS" },
	{ "llc_sap", 0xfe, "ISO" },
	{ "llc_sap", 0xff, "IPX" },
	{ "snap", 0x00000c, "Cisco" },
	{ "snap", 0x0080c2, "IEEE 802.1" },
	{ "snap", 0x080007, "Apple" },
	{ "nlpid", 0x08, "Q.933" },
	{ "nlpid", 0x81, "CLNP" },
	{ "nlpid", 0x82, "ES-IS" },
	{ "nlpid", 0x83, "IS-IS" },
	{ "nlpid", 0xb1, "fragment" },
	{ "ppp_protocol", 0x0023, "OSI" },
	{ "ppp_protocol", 0x002d, "compressed TCP" },
	{ "ppp_protocol", 0x002f, "TCP before compression" },
	{ "ppp_protocol", 0x003d, "multilink" },
	{ "ppp_protocol", 0x00fd, "compressed" },
	{ "ppp_protocol", 0x8021, "IPCP" },
	{ "ppp_protocol", 0x8057, "IPv6CP" },
	{ "ppp_protocol", 0xc021, "LCP" },
	{ "ppp_protocol", 0xc023, "PAP" },
	{ "ppp_protocol", 0xc223, "CHAP" },
	{ "hdlc_protocol", 0x2000, "CDP" },
	{ "hdlc_protocol", 0x8035, "SLARP" },
	{ "hdlc_protocol", 0xfefe, "ISO" },
	{ "arcnet_protocol", 205, "BACnet" },
	{ "arcnet_protocol", 213, "ARP" },
	{ "arcnet_protocol", 241, "ARP" },
	{ "ax25_protocol", 0xcd, "ARP" },
	{ "device_type", 824, "netlink" },
	{ "device_protocol", 0x0001, "IPX" },
	{ "wifi_management", 8, "beacon" },
	{ "wifi_control", 11, "RTS" },
	{ "wifi_control", 12, "CTS" },
	{ "wifi_control", 13, "acknowledgement" },
};

static const int digits[] = { [HEX_2] = 2, [HEX_4] = 4, [HEX_6] = 6 };

static void write_number(char out[REASON_TEXT_SIZE], const struct reason_words *words,
                         uint32_t number)
{
	struct buffer text = buffer_up_to(REASON_TEXT_SIZE);
	if (words->style == DECIMAL)
		buffer_format(&text, "%u", number);
	else
		buffer_format(&text, "0x%0*x", digits[words->style], number);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (text_equal(names[i].reason, words->reason) && names[i].number == number)
			buffer_format(&text, " (%s)", names[i].name);
	buffer_byte(&text, 0);
	text_copy(out, REASON_TEXT_SIZE, text.failed ? "" : (const char *)text.bytes);
	buffer_done(&text);
}

bool reason_name_is_remark(const char *reason)
{
	const enum word word = find(reason)->word;
	return word >= WORD_REASON_FRACTION && word < WORD_REASON_OTHER;
}

void reason_text(enum lang lang, const char *reason, uint32_t number, char out[REASON_TEXT_SIZE])
{
	const struct reason_words *words = find(reason);
	char value[REASON_TEXT_SIZE];
	struct buffer text = buffer_up_to(REASON_TEXT_SIZE);
	write_number(value, words, number);
	markup_plain_phrase(&text, lang, words->word, (struct markup_values){ .one = value });
	buffer_byte(&text, 0);
	text_copy(out, REASON_TEXT_SIZE, text.failed ? "" : (const char *)text.bytes);
	buffer_done(&text);
}

void link_type_text(int32_t link_type, const char *name, char out[REASON_TEXT_SIZE])
{
	if (link_type < 0)
		out[0] = '\0';
	else if (name == NULL)
		text_format(out, REASON_TEXT_SIZE, "%d", (int)link_type);
	else
		text_format(out, REASON_TEXT_SIZE, "%d (%s)", (int)link_type, name);
}
