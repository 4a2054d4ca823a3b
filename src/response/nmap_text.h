// SPDX-License-Identifier: MIT
// The escaped texts in which nmap writes answers, and the bytes that they stand for.
//
// `banner` (nselib) writes \xHH, upper case, for what is not printable ASCII, never a backslash for a
// backslash: a device's own text "\x41" reads as the byte. It folds lines with line feeds, also inside an
// escape, strips white space at both ends, and cuts to 63 + 71 n characters with "..." at the end, which are
// kept, since a device may have sent them. `banner-plus` (hdm/scan-tools) writes \t \n \r, else the
// same, and neither folds nor strips nor cuts. A fingerprint of -sV has escapes that can be undone, and
// each answer with its length, cut to 900 bytes.
#pragma once

#include "base/buffer.h"

enum nmap_script { NMAP_BANNER, NMAP_BANNER_PLUS };

struct nmap_text {
	bool is_cut;  // more came than is there
	bool is_lossy;  // a backslash is there that the script did not write: another text may be meant
};

// Whether it is nmap's message that the script failed, and no answer.
bool nmap_is_failure(struct span text);

// Appends the bytes.
struct nmap_text nmap_unescape(enum nmap_script, struct span text, struct buffer *out);

// One answer of a fingerprint: "%r(NULL,2E,"...")".
struct nmap_answer {
	struct span probe;  // its name
	uint64_t length;    // as nmap says: cut if there are less bytes
};

// Takes the next answer off the text, and appends its bytes. False if there is none left; then *is_damaged
// tells whether what is left is none, or it breaks off.
bool nmap_next_answer(struct span *text, struct nmap_answer *out, struct buffer *bytes,
                      bool *is_damaged);
