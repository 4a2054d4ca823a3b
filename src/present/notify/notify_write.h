// SPDX-License-Identifier: MIT
// Private to present/notify/: what the writers of notices share.
#pragma once

#include "present/notify/notify.h"

struct notify_writer {
	const char *extension;
	void (*begin)(struct notify_sheet *);
	void (*add)(struct notify_sheet *, const struct notify_row *);
	void (*end)(struct notify_sheet *);
};
extern const struct notify_writer notify_csv, notify_event4, notify_intelmq, notify_stix;

// The number of "AS4713"; the letters of "JP", if ISO 3166-1 has them (or they are Kosovo's, XK). False:
// it is no such place.
bool notify_asn(const struct place *, uint32_t *out);
bool notify_country(const struct place *, char out[3]);

// Whether a match says that the source is infected: it is a family's, and the rule was seen in the
// malware or published. Who matches a weak rule, a tool's or a user's own, was seen scanning.
bool notify_is_infection(const struct described_fingerprint *);
// 0 to 100, on the scale of STIX 2.1, appendix A (None / Low / Med / High); -1: not said.
int notify_confidence(const struct described_fingerprint *);

// "port;port", most packets first.
void notify_ports(struct buffer *, const struct notify_row *, const char *separator);

// Quoted and escaped.
void notify_json(struct buffer *, const char *text);
void notify_field(struct buffer *, const char *text);  // of CSV
