// SPDX-License-Identifier: MIT
// Record headers under a magic number that does not tell (as Wireshark knows them):
//    a1b2c3d4  16 bytes  everybody
//              24        patch of 1999-04-17 (Red Hat 6.1): interface (4), protocol
//                        (2), packet type (1), padding (1)
//              20        Nokia: 4 bytes that are 0W YZ bf Xf with W 1 or 2, Y b or d,
//                        Z 6 or 9, X 9 or b
//    a1b2cd34  24        patch of 1999-10-29: as that of 1999-04-17
//              28        patch of 1999-09-15 (SuSE 6.3): the same and 4 bytes more
//
// Read with a wrong length, the second header is shifted. A guess is made only
// where the usual length does not fit the first records and another one does, in
// every field, for two records or to the end of the file; so a damaged file of the
// usual kind is not taken for another one.
#include "capture/pcap_variant.h"

#include "capture/reader.h"

enum {
	HEADER = 16,
	RECORDS_TO_TRY = 4,
	WIRE_MAX = 128 * 1024 * 1024,
	TIME_MIN = 883612800,  // 1998: before the first of these writers
	INTERFACES_MAX = 10000,
	PACKET_TYPE_MAX = 4,  // PACKET_FASTROUTE of linux/if_packet.h in 1999
};

// Whether the bytes behind the first 16 can be what the variant has there.
typedef bool more_check(const struct pcap_records *, struct span header);

static bool is_linux_more(const struct pcap_records *r, struct span header)
{
	const uint32_t interface = reader_u32(r->is_big_endian, header, HEADER);
	const uint16_t protocol = reader_u16(r->is_big_endian, header, HEADER + 4);
	// An EtherType, or a number that Linux uses beside them (linux/if_ether.h).
	const bool is_protocol = protocol >= 0x0600 || protocol <= 0x0017 || protocol == 0x0060 ||
	                         protocol == 0x0200 || protocol == 0x0400;
	return interface <= INTERFACES_MAX && is_protocol &&
	       span_u8(header, HEADER + 6) <= PACKET_TYPE_MAX &&
	       reader_u32(r->is_big_endian, header, 0) >= TIME_MIN;
}

static bool is_nokia_more(const struct pcap_records *r, struct span header)
{
	(void)r;
	const uint8_t w = span_u8(header, HEADER), yz = span_u8(header, HEADER + 1);
	const uint8_t x = span_u8(header, HEADER + 3);
	return (w == 0x01 || w == 0x02) && (yz == 0xb6 || yz == 0xb9 || yz == 0xd6 || yz == 0xd9) &&
	       span_u8(header, HEADER + 2) == 0xbf && (x == 0x9f || x == 0xbf);
}

static const struct variant {
	bool is_modified;
	uint32_t more;
	more_check *check;  // NULL: the usual one of its magic number
} variants[] = {
	{ false, 8, is_linux_more },
	{ false, 4, is_nokia_more },
	{ true, 12, is_linux_more },
};

static bool is_plausible(const struct pcap_records *r, struct span header)
{
	const uint32_t captured = reader_u32(r->is_big_endian, header, 8);
	const uint32_t wire = reader_u32(r->is_big_endian, header, 12);
	return reader_u32(r->is_big_endian, header, 4) < 1000000 && captured <= r->frame_max &&
	       captured <= wire && wire <= WIRE_MAX;
}

struct trial {
	bool fits;         // nothing contradicts the variant
	bool is_at_end;    // the file ends behind a whole record
	unsigned records;  // that are there as a whole
};

static struct trial try_variant(const struct pcap_records *r, uint32_t more, more_check *check)
{
	struct trial trial = { .fits = true };
	struct cursor c = cursor_over(r->bytes);
	while (trial.records < RECORDS_TO_TRY && cursor_left(&c) > 0) {
		if (reader_begins((struct span){ c.at, cursor_left(&c) })) {
			trial.is_at_end = true;
			return trial;
		}
		const struct span header = cursor_take(&c, HEADER + more);
		if (c.is_short)
			break;
		if (!is_plausible(r, header) || (check != NULL && !check(r, header)))
			return (struct trial){ .fits = false };
		cursor_take(&c, reader_u32(r->is_big_endian, header, 8));
		if (!c.is_short)
			trial.records++;
	}
	trial.fits = !c.is_short || !r->is_all;
	trial.is_at_end = !c.is_short && r->is_all && cursor_left(&c) == 0;
	return trial;
}

uint32_t pcap_variant_more(const struct pcap_records *r)
{
	const uint32_t usual = r->is_modified ? 8 : 0;
	if (try_variant(r, usual, NULL).fits)
		return usual;
	for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++) {
		if (variants[i].is_modified != r->is_modified)
			continue;
		const struct trial trial = try_variant(r, variants[i].more, variants[i].check);
		const bool is_enough = trial.records >= 2 ||
		                       (trial.records == 1 && trial.is_at_end);
		if (trial.fits && is_enough)
			return variants[i].more;
	}
	return usual;
}
