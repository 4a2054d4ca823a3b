// SPDX-License-Identifier: MIT
// hotaru's own form of answers: JSON Lines, one response a line.
//
//   {"address":"192.0.2.7","port":23,"time":"2017-05-13T04:05:06.789Z","probe":"telnet",
//    "status":"answered","response":"bG9naW46IA=="}
//
// `address` is IPv4; `port` of TCP, from 1; `time` RFC 3339 in UTC when it was asked, with as much of a fraction
// as is known, or null; `probe` how it was asked; `status` one of response_status_name(); `response` the
// bytes in base64 (RFC 4648 section 4, strict). Behind these stand "cut":true and "lossy":true where
// they hold (response.h). Readers also take seconds since 1970 as a number for `time`, and go without
// `time`, `probe`, and without `status` where there is a `response`: answered, or empty. Members
// that they do not know are passed over; of two with one name the first counts.
#pragma once

#include "base/buffer.h"
#include "base/json.h"
#include "response/response_file.h"

// Appends a line, with its end.
void json_lines_write(struct buffer *out, const struct response *);

// Of one line without its end, for who has lines of his own; of a file see response_file.h. The reader holds
// what *out points to, until the next line. A struct of zeros is a new reader.
struct json_lines {
	struct json json;
	struct buffer bytes;
	char probe[RESPONSE_PROBE_MAX + 1];
};
void json_lines_done(struct json_lines *);

// False if it is none: then *why says so, and *words has it in words, behind "line 7 ". For want of
// memory *words is NULL.
bool json_lines_read(struct json_lines *, struct span line, struct response *out,
                     enum response_skip *why, const char **words) MUST_CHECK;
