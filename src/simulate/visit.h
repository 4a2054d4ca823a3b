// SPDX-License-Identifier: MIT
// One session at a simulated honeypot: who comes, what he means to do, and what of it got into the log.
#pragma once

#include "base/random.h"
#include "simulate/cowrie.h"
#include "simulate/scenario.h"

// How far a session came, and whose it is, as doc/variants.md has it.
enum visit_stage { VISIT_CONNECT, VISIT_LOGIN, VISIT_SHELL, VISIT_TOKEN, VISIT_DOWNLOAD };
extern const char *const visit_stage_names[];
enum visit_role { VISIT_UNKNOWN, VISIT_SCANNER, VISIT_LOADER, VISIT_BOTH, VISIT_PERSON };
extern const char *const visit_role_names[];

struct visit {
	uint64_t time_us;  // of the connection, since the Unix epoch
	uint64_t session;  // its number, 48 bits
	uint32_t source;
	uint16_t country;
	uint16_t source_port;
	uint8_t variant, sensor;
	uint8_t protocol;  // enum visit_protocol
	uint8_t account;   // of the passwords that are tried; it is accepted where is_accepted
	uint8_t failed;    // attempts before
	bool is_loader, is_accepted, fetches;
	char token[TOKEN_SIZE];  // "": none
	uint32_t transport;      // number of the connection at its honeypot

	// What the log has of it.
	uint64_t end_us;
	unsigned logged_failed, logged_logins, logged_commands, logged_fetches;
	bool token_is_logged, load_is_logged;
};

// Plays the session into the log, from visit->time_us on. A gap of the honeypot ends it; it has begun
// outside of gaps.
void visit_play(struct visit *, const struct scenario *, struct random *, struct cowrie_log *);

enum visit_stage visit_stage_of(const struct visit *);
enum visit_role visit_role_of(const struct visit *, const struct variant *);

// Whether the honeypot logs nothing then.
bool sensor_is_silent(const struct sensor *, uint64_t time_us);
