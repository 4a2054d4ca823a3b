// SPDX-License-Identifier: MIT
// Tokens: words that busybox is called with and that are none of its applets.
//
// Who guessed a password calls busybox with a word of his own, `/bin/busybox MIRAI`. A shell answers "MIRAI: applet not
// found", and a honeypot that is none does not; loaders use the same line as the mark of the end of a
// command. The word is mostly the name that the maker gave his variant.
//
// A call is at the beginning of the line, or behind one of ; & | ( ` " ' { or the end of a line or text, and what is called is
// busybox, with any path. The word has 2 to 16 letters, digits and _, and nothing but blanks is behind it to the end of the line
// or the next of these characters (also ) } > <): applets that are called with arguments are no tokens, also
// where the list of applets does not have them.
#pragma once

#include "base/cursor.h"

enum { TOKEN_MIN = 2, TOKEN_MAX = 16, TOKEN_SIZE = TOKEN_MAX + 1 };

// The next token of a line, behind `*at`, which is 0 at first and moves on. *is_mark: it stands behind another command.
bool token_next(struct span line, size_t *at, struct span *out, bool *is_mark);

// Whether all of it could be one, which no applet is.
bool is_token(struct span word);

// An applet of BusyBox 1.36 or earlier, or of the builds that devices have.
bool is_applet(struct span word);

// Five capital letters: as Hajime makes them, anew for each session. Many names are, too: MIRAI, ECCHI.
bool token_has_random_shape(struct span token);
