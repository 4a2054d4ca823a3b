// SPDX-License-Identifier: MIT
// Why frames were not understood, in words: the sentence is in words.c, here is how its
// number is written, and what is known by a name.
#include "present/present.h"

#include "base/text.h"
#include "present/words/markup.h"

enum number_style { NO_NUMBER, DECIMAL, HEX_2, HEX_4, HEX_6 };

static const struct {
	enum word word;
	enum number_style style;
} reasons[REASON_COUNT] = {
	[REASON_NONE] = { WORD_REASON_NONE, NO_NUMBER },
	[REASON_LINK_TYPE] = { WORD_REASON_LINK_TYPE, DECIMAL },
	[REASON_ETHERTYPE] = { WORD_REASON_ETHERTYPE, HEX_4 },
	[REASON_LLC_SAP] = { WORD_REASON_LLC_SAP, HEX_2 },
	[REASON_SNAP] = { WORD_REASON_SNAP, HEX_6 },
	[REASON_NLPID] = { WORD_REASON_NLPID, HEX_2 },
	[REASON_PPP_PROTOCOL] = { WORD_REASON_PPP_PROTOCOL, HEX_4 },
	[REASON_HDLC_PROTOCOL] = { WORD_REASON_HDLC_PROTOCOL, HEX_4 },
	[REASON_ARCNET_PROTOCOL] = { WORD_REASON_ARCNET_PROTOCOL, DECIMAL },
	[REASON_AX25_PROTOCOL] = { WORD_REASON_AX25_PROTOCOL, HEX_2 },
	[REASON_ADDRESS_FAMILY] = { WORD_REASON_ADDRESS_FAMILY, DECIMAL },
	[REASON_DEVICE_TYPE] = { WORD_REASON_DEVICE_TYPE, DECIMAL },
	[REASON_DEVICE_PROTOCOL] = { WORD_REASON_DEVICE_PROTOCOL, HEX_4 },
	[REASON_PAYLOAD] = { WORD_REASON_PAYLOAD, HEX_2 },
	[REASON_RECORD_TYPE] = { WORD_REASON_RECORD_TYPE, DECIMAL },
	[REASON_LINK_CONTROL] = { WORD_REASON_LINK_CONTROL, HEX_2 },
	[REASON_FRAGMENT] = { WORD_REASON_FRAGMENT, NO_NUMBER },
	[REASON_NO_PACKET] = { WORD_REASON_NO_PACKET, NO_NUMBER },
	[REASON_WIFI_MANAGEMENT] = { WORD_REASON_WIFI_MANAGEMENT, DECIMAL },
	[REASON_WIFI_CONTROL] = { WORD_REASON_WIFI_CONTROL, DECIMAL },
	[REASON_WIFI_NO_DATA] = { WORD_REASON_WIFI_NO_DATA, DECIMAL },
	[REASON_WIFI_PROTECTED] = { WORD_REASON_WIFI_PROTECTED, NO_NUMBER },
	[REASON_LINK_HEADER] = { WORD_REASON_LINK_HEADER, NO_NUMBER },
	[REASON_IP_VERSION] = { WORD_REASON_IP_VERSION, DECIMAL },
	[REASON_IP_HEADER_LENGTH] = { WORD_REASON_IP_HEADER_LENGTH, DECIMAL },
	[REASON_IP_TOTAL_LENGTH] = { WORD_REASON_IP_TOTAL_LENGTH, DECIMAL },
	[REASON_TCP_LENGTH] = { WORD_REASON_TCP_LENGTH, DECIMAL },
	[REASON_UDP_LENGTH] = { WORD_REASON_UDP_LENGTH, DECIMAL },
	[REASON_FLOW_NUMBERS] = { WORD_REASON_FLOW_NUMBERS, NO_NUMBER },
	[REASON_CUT_LINK] = { WORD_REASON_CUT_LINK, NO_NUMBER },
	[REASON_CUT_IP] = { WORD_REASON_CUT_IP, NO_NUMBER },
	[REASON_CUT_TCP] = { WORD_REASON_CUT_TCP, NO_NUMBER },
	[REASON_CUT_UDP] = { WORD_REASON_CUT_UDP, NO_NUMBER },
	[REASON_FLOW_FLAGS] = { WORD_REASON_FLOW_FLAGS, NO_NUMBER },
	[REASON_OTHER] = { WORD_REASON_OTHER, NO_NUMBER },
};

// What an analyst meets, by the name under which it is known.
static const struct {
	enum reason reason;
	uint32_t number;
	const char *name;
} names[] = {
	{ REASON_ETHERTYPE, 0x0806, "ARP" },
	{ REASON_ETHERTYPE, 0x22f3, "TRILL" },
	{ REASON_ETHERTYPE, 0x6002, "DEC MOP" },
	{ REASON_ETHERTYPE, 0x8035, "RARP" },
	{ REASON_ETHERTYPE, 0x809b, "AppleTalk" },
	{ REASON_ETHERTYPE, 0x8137, "IPX" },
	{ REASON_ETHERTYPE, 0x8808, "pause" },
	{ REASON_ETHERTYPE, 0x8809, "LACP and the like" },
	{ REASON_ETHERTYPE, 0x8863, "PPPoE discovery" },
	{ REASON_ETHERTYPE, 0x888e, "802.1X" },
	{ REASON_ETHERTYPE, 0x88cc, "LLDP" },
	{ REASON_ETHERTYPE, 0x88e5, "MACsec" },
	{ REASON_ETHERTYPE, 0x88e7, "MAC in MAC" },
	{ REASON_ETHERTYPE, 0x88f7, "PTP" },
	{ REASON_ETHERTYPE, 0x8902, "CFM" },
	{ REASON_ETHERTYPE, 0x8906, "FCoE" },
	{ REASON_ETHERTYPE, 0x9000, "loopback" },
	{ REASON_LLC_SAP, 0x42, "spanning tree" },
	{ REASON_LLC_SAP, 0xe0, "IPX" },
	{ REASON_LLC_SAP, 0xf0, "NetBIOS" },
	{ REASON_LLC_SAP, 0xfe, "ISO" },
	{ REASON_LLC_SAP, 0xff, "IPX" },
	{ REASON_SNAP, 0x00000c, "Cisco" },
	{ REASON_SNAP, 0x0080c2, "IEEE 802.1" },
	{ REASON_SNAP, 0x080007, "Apple" },
	{ REASON_NLPID, 0x08, "Q.933" },
	{ REASON_NLPID, 0x81, "CLNP" },
	{ REASON_NLPID, 0x82, "ES-IS" },
	{ REASON_NLPID, 0x83, "IS-IS" },
	{ REASON_NLPID, 0xb1, "fragment" },
	{ REASON_PPP_PROTOCOL, 0x0023, "OSI" },
	{ REASON_PPP_PROTOCOL, 0x002d, "compressed TCP" },
	{ REASON_PPP_PROTOCOL, 0x002f, "TCP before compression" },
	{ REASON_PPP_PROTOCOL, 0x003d, "multilink" },
	{ REASON_PPP_PROTOCOL, 0x00fd, "compressed" },
	{ REASON_PPP_PROTOCOL, 0x8021, "IPCP" },
	{ REASON_PPP_PROTOCOL, 0x8057, "IPv6CP" },
	{ REASON_PPP_PROTOCOL, 0xc021, "LCP" },
	{ REASON_PPP_PROTOCOL, 0xc023, "PAP" },
	{ REASON_PPP_PROTOCOL, 0xc223, "CHAP" },
	{ REASON_HDLC_PROTOCOL, 0x2000, "CDP" },
	{ REASON_HDLC_PROTOCOL, 0x8035, "SLARP" },
	{ REASON_HDLC_PROTOCOL, 0xfefe, "ISO" },
	{ REASON_ARCNET_PROTOCOL, 205, "BACnet" },
	{ REASON_ARCNET_PROTOCOL, 213, "ARP" },
	{ REASON_ARCNET_PROTOCOL, 241, "ARP" },
	{ REASON_AX25_PROTOCOL, 0xcd, "ARP" },
	{ REASON_DEVICE_TYPE, 824, "netlink" },
	{ REASON_DEVICE_PROTOCOL, 0x0001, "IPX" },
	{ REASON_WIFI_MANAGEMENT, 8, "beacon" },
	{ REASON_WIFI_CONTROL, 11, "RTS" },
	{ REASON_WIFI_CONTROL, 12, "CTS" },
	{ REASON_WIFI_CONTROL, 13, "acknowledgement" },
};

static const int digits[] = { [HEX_2] = 2, [HEX_4] = 4, [HEX_6] = 6 };

static void write_number(char out[REASON_TEXT_SIZE], enum reason reason, uint32_t number)
{
	struct buffer text = buffer_up_to(REASON_TEXT_SIZE);
	if (reasons[reason].style == DECIMAL)
		buffer_format(&text, "%u", number);
	else
		buffer_format(&text, "0x%0*x", digits[reasons[reason].style], number);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].reason == reason && names[i].number == number)
			buffer_format(&text, " (%s)", names[i].name);
	buffer_byte(&text, 0);
	text_copy(out, REASON_TEXT_SIZE, text.failed ? "" : (const char *)text.bytes);
	buffer_done(&text);
}

void reason_text(enum lang lang, enum reason reason, uint32_t number, char out[REASON_TEXT_SIZE])
{
	char value[REASON_TEXT_SIZE];
	struct buffer text = buffer_up_to(REASON_TEXT_SIZE);
	write_number(value, reason, number);
	markup_plain_phrase(&text, lang, reasons[reason].word,
	                    (struct markup_values){ .one = value });
	buffer_byte(&text, 0);
	text_copy(out, REASON_TEXT_SIZE, text.failed ? "" : (const char *)text.bytes);
	buffer_done(&text);
}

void link_type_text(int32_t link_type, char out[REASON_TEXT_SIZE])
{
	const char *name = link_type >= 0 ? decode_link_name((uint16_t)link_type) : NULL;
	if (link_type < 0)
		out[0] = '\0';
	else if (name == NULL)
		text_format(out, REASON_TEXT_SIZE, "%d", (int)link_type);
	else
		text_format(out, REASON_TEXT_SIZE, "%d (%s)", (int)link_type, name);
}
