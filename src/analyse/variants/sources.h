// SPDX-License-Identifier: MIT
// Sources that no host of the Internet can have, or that are the honeypot's own: they are shown, and not counted.
//
// Behind a container or a router that rewrites addresses a honeypot sees the gateway in place of whoever came. Gateways
// have private addresses, mostly, or the sensor's own. Addresses for documentation (192.0.2.0/24 and two more) are
// counted: who anonymises a log takes them.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum source_flag {
	SOURCE_COUNTS,
	SOURCE_PRIVATE,  // RFC 1918, RFC 6598
	SOURCE_SPECIAL,  // 0/8, 127/8, 169.254/16, 198.18/15, and all from 224 on
	SOURCE_OWN,      // a destination of the same sensor (token_names.h)
	SOURCE_FLAGS
};
// "", "private", ...
const char *source_flag_name(enum source_flag);
// By the address alone.
enum source_flag source_flag_of(uint32_t address);
