// SPDX-License-Identifier: MIT
// What a simulated device says: a text with escapes and with what differs between devices.
//
//   \r \n \t \\ \xHH     a byte; \x23 is a #, \x7b a {, \x20 a blank at an end
//   {date}               of HTTP: Thu, 20 Oct 2016 04:05:06 GMT
//   {address} {mac}      the device's own; the MAC's first half is 02:53:49, which nobody has
//   {hex:8} {digits:6}   so many of them, 1 to 64, other ones each time
//   {1.2|1.3|2.0}        one of these, always the same of one device
//
// Nothing else stands in braces.
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "base/random.h"

// Who says it, and when.
struct device_voice {
	uint32_t address;
	uint64_t time_ns;
	uint32_t mac;           // its last 24 bits
	struct random its_own;  // the same whenever it is asked
	struct random anew;
};

// Whether it is such a text; *why says what is wrong.
bool device_text_check(const char *text, const char **why) MUST_CHECK;

// Appends what the device says. The text was checked.
void device_text_say(const char *text, struct device_voice *, struct buffer *out);
