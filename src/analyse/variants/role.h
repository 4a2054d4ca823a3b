// SPDX-License-Identifier: MIT
// What somebody was at a honeypot for, from the lines that he typed.
//
// Scanners guess passwords, and say one token to see that the shell is real. Loaders come with a password that is known,
// look where they can write and what the machine is, and have a program fetched; they end commands with the token, as
// a mark. Variants of one program do both in one session. That matters to who is told: a loader's address is one of the
// attackers, and a scanner's one of an infected device.
//
// Signs of a loader: /proc/mounts is read; the beginning of a program is (`cat /bin/echo`, `dd if=`, `bs=22`, `bs=52`,
// `while read`); a mark file is written (`.nippon`); something is fetched (wget, tftp, curl, ftpget), made by
// echo (`\x7f`), or may be run (chmod); a token is a mark behind other commands, or is said three times.
//
//	both     signs of a loader, and of a family of one program; or a token that was no mark
//	loader   signs of a loader, otherwise
//	scanner  a token without signs of a loader; or the lines enable, system, shell and sh - three of
//	         them - whether there was a shell or not
//	human    none of these: three lines or more, of which at least half came a second or more after the one before
//	unknown  else. Who only guesses is: many things guess passwords.
//
// Who typed by hand and fetched something is human, too: half of his lines are slow, and there is no token.
//
// Hajime is told by what it does with the file .s: `cp /bin/echo .s`, `cat .s`, `if=.s`; or by `cat /proc/mounts` as the first command of a
// line that ends with a token of five capitals which is no other family's.
#pragma once

#include "analyse/variants/families.h"

enum session_role { ROLE_SCANNER, ROLE_LOADER, ROLE_BOTH, ROLE_HUMAN, ROLE_UNKNOWN, ROLES };
// "scanner", ...
const char *session_role_name(enum session_role);

enum {
	SIGN_LOADS = 1,    // it reads, writes, fetches
	SIGN_MARKS = 2,    // a token behind another command
	SIGN_HAJIME = 4,   // .s
	SIGN_MOUNTS = 8,   // `cat /proc/mounts` with a token of five capitals
	SIGN_ENABLE = 16,  // these lines
	SIGN_SYSTEM = 32,
	SIGN_SHELL = 64,
	SIGN_SH = 128,
};

// What is kept of the lines of a session.
struct role_signs {
	unsigned signs;
	uint32_t calls;        // of tokens
	uint32_t lines, slow;  // typed; of these those that came a second after the one before
	uint64_t last_ns;
};
// A line that was typed; is_typed: in a shell. Passwords are lines, too, where a bot types without waiting.
void role_note_line(struct role_signs *, uint64_t time_ns, struct span line, bool is_typed);
// A token in it.
void role_note_token(struct role_signs *, bool is_mark);

// programs: of its family (families.h), 0 if it has none.
enum session_role role_of(const struct role_signs *, bool has_token, bool is_of_loaders,
                          unsigned programs);
