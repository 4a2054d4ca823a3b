// SPDX-License-Identifier: MIT
// Link types that mean the same under another number.
//
// Files are to hold LINKTYPE_ values, the same on every system. Some writers put
// the DLT_ value of their own system there instead, and for raw IP the two
// differ: DLT_RAW is 12, on OpenBSD and BSD/OS 14 (pcap/dlt.h of libpcap).
// LINKTYPE_ values from 11 to 49 are never given out (draft-ietf-opsawg-
// pcaplinktype), so nothing else is meant.
#include "capture/reader.h"

enum { LINKTYPE_RAW = 101 };

static const struct {
	uint16_t in_file, link_type;
} synonyms[] = {
	{ 12, LINKTYPE_RAW },
	{ 14, LINKTYPE_RAW },
};

uint16_t link_type_from_file(uint16_t number)
{
	for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++)
		if (synonyms[i].in_file == number)
			return synonyms[i].link_type;
	return number;
}
