// SPDX-License-Identifier: MIT
// The credentials that a bot tries, as far as they can be told without its code.
//
// They have a key, too, often the table's, and end with the true zero byte alone, so none of their letters is one.
// In most bots weights are numbers in the code and the linker keeps each word once: then all that is left are *words*, in
// the order of the file. Where user, password and weight lie together (three such records at least, weights 1 to 50 of
// one, two or four bytes, and half of the users known) they are *records*.
#pragma once

#include "sample/keys.h"

enum { LOGIN_WORD_MAX = 32, LOGINS_MAX = 512 };

struct login_word {
	size_t offset, length;  // in the file, without an end; 0: an empty password
};

struct login {
	struct login_word user, password;
	unsigned weight;
};

struct logins {
	uint8_t key;
	struct login records[LOGINS_MAX];
	size_t record_count;
	size_t records_begin, records_end;    // in the file
	struct login_word words[LOGINS_MAX];  // ascending; those of records too
	size_t word_count;
};

// Of a key with has_logins.
void logins_find(struct span file, const struct key_found *, struct logins *out);

void login_text(struct span file, const struct logins *, const struct login_word *,
                char out[LOGIN_WORD_MAX + 1]);
