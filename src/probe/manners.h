// SPDX-License-Identifier: MIT
// Who asks, as every host is told: the words of the requests that are sent, and the file by which the
// operator says the same out of band (RFC 9511: attribution of Internet probes).
//
// RFC 9511 puts the URI of a description at the start of a payload that has no structure. HTTP and SSH
// have one: there it stands in the User-Agent, and in the comment of the identification (RFC 4253, 4.2).
#pragma once

#include "base/buffer.h"
#include "base/error.h"

enum { MANNERS_TEXT_MAX = 200, MANNERS_GET_MAX = 1024, MANNERS_IDENTIFICATION_MAX = 255 };

struct manners {
	char contact[MANNERS_TEXT_MAX + 8];  // "mailto:soc@example.org", or another URI
	char page[MANNERS_TEXT_MAX + 1];     // "https://probe.example.org/"
	char version[16];                    // of hotaru
};

// A contact is a mail address or a URI (mailto:, tel:, https:), a page a URI of the Web; both of
// printable ASCII that means nothing in a header or comment: no blank, quote, bracket, backslash.
bool manners_init(struct manners *, const char *contact, const char *page, const char *version,
                  struct error *error) MUST_CHECK;

// "GET / HTTP/1.1" with Host, User-Agent and `Connection: close`.
void manners_get(const struct manners *, uint32_t address, uint16_t port, struct buffer *out);

// "SSH-2.0-hotaru_VERSION PAGE": at most 255 bytes with its line end.
void manners_identification(const struct manners *, struct buffer *out);

// probing.txt (RFC 9511, in the form of RFC 9116), for who operates the web server to publish. It ends
// to be true after 300 days: RFC 9116 wants less than a year.
void manners_probing_txt(const struct manners *, uint64_t today_ns, struct buffer *out);
