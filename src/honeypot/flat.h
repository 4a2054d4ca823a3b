// SPDX-License-Identifier: MIT
// The members of a JSON object that logs of honeypots are read by, found in one pass over a line.
//
// Nearly all lines of a log are plain: an object of texts, numbers and lists of texts. Those are scanned without a
// table of values; anything else is left to json_read(), which decides what is JSON. Where both can
// read a line they say the same: of members with one name the first counts.
#pragma once

#include "base/json.h"

enum flat_member {
	FLAT_EVENTID,
	FLAT_TIMESTAMP,
	FLAT_AT_TIMESTAMP,
	FLAT_EPOCH,
	FLAT_TIME,
	FLAT_SESSION,
	FLAT_SOURCE,
	FLAT_SOURCE_PORT,
	FLAT_DESTINATION,
	FLAT_PORT,
	FLAT_SENSOR,
	FLAT_UUID,
	FLAT_PROTOCOL,
	FLAT_SYSTEM,
	FLAT_USER,
	FLAT_PASSWORD,
	FLAT_INPUT,
	FLAT_URL,
	FLAT_DIGEST,
	FLAT_OUTFILE,
	FLAT_DESTFILE,
	FLAT_FILENAME,
	FLAT_VERSION,
	FLAT_MEMBERS
};

struct flat_value {
	struct span raw;  // of a text what is between its quotes, of a number all of it
	bool is_there, is_text, is_number, has_escapes;
};

struct flat {
	struct flat_value values[FLAT_MEMBERS];
};

// False if the line is not plain, or none of it is JSON.
bool flat_read(struct flat *, struct span line);

// The same members of an object that json_read() read.
void flat_of_json(struct flat *, const struct json *, const struct json_value *object);
