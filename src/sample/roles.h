// SPDX-License-Identifier: MIT
// What entries are for, and what they say together.
//
// * Token: `/bin/busybox X` of an X that is no applet, and `X: applet not found`, case kept. Both of one X are a *branch*.
//   It says how the bot calls itself to shells; a key never says it.
// * C2: an entry that is nothing but a host name or an IPv4 address, perhaps with a port, is a *candidate*, and a port right behind it its own.
//   Names of files (bins.sh, bot.arm7) are none, nor are hosts in addresses of pages. That there is none is
//   normal: many bots of 2024 on have the address in their code alone (notes of the fork of mirai-toushi, 2026).
// * One program, or two: a bot that loads others itself has the answers that a loader waits for (`wget: applet not found`,
//   `tftp:`, `ftpget:`, `echo:`, ..., ECHODONE) or names for several processors; one that only reports has a host to
//   report to and the report server's port 48101, or a second host with a port, and none of these. Anything
//   else is not known.
#pragma once

#include "base/buffer.h"
#include "sample/entries.h"

enum { ROLES_TOKENS_MAX = 16, ROLES_HOSTS_MAX = 32, ROLES_EVIDENCE_MAX = 8192 };

enum entry_role {
	ROLE_TEXT,
	ROLE_PORT,
	ROLE_QUERY,   // /bin/busybox X
	ROLE_REPLY,   // X: applet not found
	ROLE_LOADER,  // what a loader waits for
	ROLE_C2,
	ROLE_C2_PORT,
	ROLE_URL,
};
const char *entry_role_name(enum entry_role);

struct role_token {
	char text[20];
	bool is_asked, is_answered;
	size_t asked_at, answered_at;  // offsets
};

struct role_host {
	size_t entry;       // its number
	size_t port_entry;  // and that of its port; SIZE_MAX: none follows
};

struct roles {
	enum entry_role *of;  // each entry
	struct role_token tokens[ROLES_TOKENS_MAX];
	size_t token_count;
	struct role_host hosts[ROLES_HOSTS_MAX];
	size_t host_count;
	unsigned programs;       // 1 or 2; 0: nobody knows
	struct buffer evidence;  // sentences between semicolons
};

// False: no memory. The caller calls roles_done() in every case.
bool roles_find(struct span file, const struct entries *, struct roles *out);
void roles_done(struct roles *);

// Hosts that nothing makes a link of: every dot becomes [.]
void roles_defang(struct buffer *out, const char *host);
