// SPDX-License-Identifier: MIT
// Interface description blocks (draft-ietf-opsawg-pcapng, section 4.2).
//
// Body: link type (2), reserved (2), snapshot length (4), options. An option is
// code (2), length (2), value padded to 4 bytes; code 0 ends them. Two matter:
//    9  if_tsresol   1 byte: n with the high bit clear is a clock of 10^-n s, with
//                    it set 2^-n s; microseconds without this option
//   14  if_tsoffset  8 bytes: seconds to add to every time, signed
//   19  if_tsoffset_ns  4 bytes: nanoseconds to add too, signed, less than a second
// A frame check sequence (13, if_fcslen) stays at the end of the frame, behind what
// the IP header counts.
#include "capture/pcapng_interface.h"

enum { OPTION_RESOLUTION = 9, OPTION_OFFSET = 14, OPTION_OFFSET_NS = 19 };
enum { DESCRIPTION_MIN = 8 };

const struct pcapng_interface pcapng_interface_unknown = {
	.link_type = LINK_TYPE_UNKNOWN,
	.time_digits = 6,
	.multiplier = 1000,
	.divisor = 1,
};

static uint64_t power_of_ten(unsigned exponent)
{
	uint64_t power = 1;
	for (unsigned i = 0; i < exponent; i++)
		power *= 10;
	return power;
}

// Of a clock finer than 10^-28 s, 64 bits do not hold a single nanosecond.
static void set_decimal_clock(struct pcapng_interface *interface, unsigned n)
{
	interface->multiplier = n > 28 ? 0 : n < 9 ? power_of_ten(9 - n) : 1;
	interface->divisor = n > 9 && n <= 28 ? power_of_ten(n - 9) : 1;
	interface->shift = 0;
	interface->time_digits = (uint8_t)(n < 9 ? n : 9);
}

static void set_binary_clock(struct pcapng_interface *interface, unsigned n)
{
	const unsigned digits = (n * 30103 + 99999) / 100000;  // log10(2) = 0.30103
	interface->multiplier = 1000000000;
	interface->divisor = 1;
	interface->shift = (uint8_t)n;
	interface->time_digits = (uint8_t)(digits < 9 ? digits : 9);
}

static bool read_option(bool is_big_endian, uint16_t code, struct span value,
                        struct pcapng_interface *interface)
{
	if (code == OPTION_RESOLUTION) {
		if (value.length != 1)
			return false;
		const unsigned n = span_u8(value, 0);
		if (n < 0x80)
			set_decimal_clock(interface, n);
		else
			set_binary_clock(interface, n & 0x7f);
	} else if (code == OPTION_OFFSET) {
		if (value.length != 8)
			return false;
		interface->offset_s = (int64_t)reader_u64(is_big_endian, value, 0);
	} else if (code == OPTION_OFFSET_NS) {
		if (value.length != 4)
			return false;
		interface->offset_ns = (int32_t)reader_u32(is_big_endian, value, 0);
	}
	return true;
}

static bool read_options(bool is_big_endian, struct cursor *c, struct pcapng_interface *interface)
{
	struct pcapng_option option;
	while (pcapng_next_option(is_big_endian, c, &option))
		if (!read_option(is_big_endian, option.code, option.value, interface))
			return false;
	return !c->is_short;
}

bool pcapng_interface_read(bool is_big_endian, struct span body, struct pcapng_interface *out)
{
	struct cursor c = cursor_over(body);
	const struct span header = cursor_take(&c, DESCRIPTION_MIN);
	if (c.is_short)
		return false;
	struct pcapng_interface interface = pcapng_interface_unknown;
	interface.link_type = link_type_from_file(reader_u16(is_big_endian, header, 0));
	interface.snapshot_length = reader_u32(is_big_endian, header, 4);
	if (!read_options(is_big_endian, &c, &interface))
		return false;
	*out = interface;
	return true;
}

uint64_t pcapng_interface_clamp(__int128 time_ns)
{
	if (time_ns < 0)
		return 0;
	return time_ns > (__int128)UINT64_MAX ? UINT64_MAX : (uint64_t)time_ns;
}
