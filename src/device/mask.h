// SPDX-License-Identifier: MIT
// What in an answer varies from host to host, or from minute to minute, of the same model: put aside, so that
// such answers are the same text.
//
//   <date>   a date, with a clock and a zone where they follow: "Tue, 29 Jul 2014 16:26:06 GMT", "Jul 29 2014",
//            "29/Jul/2014:16:26:06 +0900", "2014-07-29T16:26:06Z", "29.07.2014", "2014/07/29"; or a clock
//            alone, with seconds: "16:26:06"
//   <ip>     four numbers up to 255 with points between; behind "v", a single "/", "-" or "_" it is a version
//   <mac>    six pairs of hexadecimal digits, all with ":" or all with "-" between
//   <hex>    8 and more hexadecimal digits of which one is a decimal one at least, with no letter or digit
//            around them; with or without "0x"; also the five groups of a UUID
//   <value>  what a cookie is set to (its name stays), and what nonce=, cnonce=, opaque=, session=, sessionid=,
//            token= and sid= have behind them, in quotes or without, 4 bytes and more
//
// Names and models stay, and with them all numbers that are none of these: of FTP servers, masking all digits
// costs a fifth of what clusters get right. Markers are plain text that a host could send, too; then it looks
// as if something had been put aside, and no more. Nothing is masked twice; time is linear in the length.
#pragma once

#include "base/buffer.h"

// Appends the masked answer: at most twice its length.
void mask_answer(struct span answer, struct buffer *out);

// Private to device/: the length of a date or clock that begins here; 0: none does. `at` is in the answer, and no
// letter or digit stands before it.
size_t mask_date(struct span answer, size_t at);
