// SPDX-License-Identifier: MIT
// Magic numbers as in file(1) and Wireshark.
#include "capture/foreign.h"

#include <string.h>

enum { TEXT_TO_LOOK_AT = 512 };

static const char convert[] = "; convert it with editcap";
static const char unpack[] = "; unpack it first";

#define MAGIC(bytes) (bytes), sizeof(bytes) - 1

static const struct {
	const char *magic;
	size_t length, at;
	const char *what, *advice;
} files[] = {
	{ MAGIC("GMBU"), 0, "a Microsoft Network Monitor capture", convert },
	{ MAGIC("RTSS"), 0, "a Microsoft Network Monitor capture", convert },
	{ MAGIC("ObserverPktBuffe"), 0, "a Network Instruments Observer capture", convert },
	{ MAGIC("TRSNIFF data    \x1a"), 0, "a Sniffer capture", convert },
	{ MAGIC("XCP\0"), 0, "a NetXRay or Windows Sniffer capture", convert },
	{ MAGIC("iptrace "), 0, "an AIX iptrace capture", convert },
	{ MAGIC("\x01\x10\x4c\x00\x01\x05"), 0, "a Novell LANalyzer capture", convert },
	{ MAGIC("\x00\x00\x02\x00\x12\x05\x00\x10"), 0, "a Tektronix K12 capture", convert },
	{ MAGIC("\x7fver"), 0, "an EtherPeek or OmniPeek capture", convert },
	{ MAGIC("\x05VNF"), 0, "a Visual Networks capture", convert },
	{ MAGIC("\xaa\xaa\xaa\xaa"), 0, "an InfoVista 5View capture", convert },
	{ MAGIC("btsnoop\0"), 0, "a Bluetooth capture", "" },
	{ MAGIC("\x0c\xa5\x01\x00"), 0, "a file of nfdump's flow records", "" },
	{ MAGIC("\x0c\xa5\x02\x00"), 0, "a file of nfdump's flow records", "" },
	{ MAGIC("\xa5\x0c\x00\x01"), 0, "a file of nfdump's flow records", "" },
	{ MAGIC("\xde\xad\xbe\xef"), 0, "a file of SiLK's flow records", "" },
	{ MAGIC("ustar"), 257, "a tar archive", unpack },
	{ MAGIC("PK\x03\x04"), 0, "a zip archive", unpack },
	{ MAGIC("7z\xbc\xaf\x27\x1c"), 0, "a 7z archive", unpack },
	{ MAGIC("SQLite format 3\0"), 0, "an SQLite database", "" },
	{ MAGIC("<!DOCTYPE html"), 0, "a web page", "" },
	{ MAGIC("<!doctype html"), 0, "a web page", "" },
	{ MAGIC("<html"), 0, "a web page", "" },
};

// Printable ASCII and white space, all of it.
static bool is_text(struct span head)
{
	for (size_t i = 0; i < head.length && i < TEXT_TO_LOOK_AT; i++) {
		const uint8_t byte = span_u8(head, i);
		if ((byte < ' ' || byte > '~') && byte != '\t' && byte != '\n' && byte != '\r')
			return false;
	}
	return true;
}

bool foreign_name(struct span head, const char **what, const char **advice)
{
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		const struct span there = span_from(head, files[i].at);
		if (there.length < files[i].length ||
		    memcmp(there.bytes, files[i].magic, files[i].length) != 0)
			continue;
		*what = files[i].what;
		*advice = files[i].advice;
		return true;
	}
	*what = "plain text";
	*advice = "";
	return is_text(head);
}
