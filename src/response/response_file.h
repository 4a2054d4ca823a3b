// SPDX-License-Identifier: MIT
// Files of what hosts answered: told by content and not by name, compressed or plain, or standard input.
//
// The formats are one file each, one line each in the table of response_file.c: hotaru's own JSON Lines
// (json_lines.h) and the outputs of other tools. What cannot be used is counted, by reason; nothing
// is dropped silently. A file that breaks off, or has a damaged line, gives what is sound in it, and
// response_file_damage() says where the first damage is.
#pragma once

#include "capture/capture.h"
#include "response/response.h"

// Why something of a file is no response. The first group is damage, the others are what the form can
// hold and a response cannot be.
enum response_skip {
	RESPONSE_SKIP_SYNTAX,    // a line or element that is none of its form
	RESPONSE_SKIP_LONG,      // a line of more than 16 MiB
	RESPONSE_SKIP_FIELD,     // a field with a value that cannot be
	RESPONSE_SKIP_ENCODING,  // base64, hex or escapes that cannot be
	RESPONSE_SKIP_ADDRESS,   // no IPv4 address: IPv6, or a name alone
	RESPONSE_SKIP_PROTOCOL,  // not TCP
	RESPONSE_SKIP_UNKNOWN,   // what was answered, or how it ended, is not there
	RESPONSE_SKIPS
};

// "lines or elements that are none of their form", ...: behind a number.
const char *response_skip_words(enum response_skip);
bool response_skip_is_damage(enum response_skip);

struct response_ledger {
	uint64_t records;     // lines, or hosts of XML
	uint64_t responses;   // handed on
	uint64_t cut, lossy;  // of them; see response.h
	uint64_t without_time;
	uint64_t skipped[RESPONSE_SKIPS];
};

struct response_file;

// Opens a file, or standard input if `path` is "-". Fails with one line that names the file if it cannot
// be read, or is of no form that hotaru knows. Its codec may take so much memory (128 MiB is the
// least). The caller frees *out.
bool response_file_open(const char *path, uint64_t memory_bytes, struct response_file **out,
                        struct error *error) MUST_CHECK;

// Accepts NULL.
void response_file_free(struct response_file *);

// Hands on all responses, in the order of the file. Fails if the receiver does, or for want of memory;
// damage is no failure.
bool response_file_read(struct response_file *, const struct response_receiver *,
                        struct error *error) MUST_CHECK;

// Behind response_file_read(): true if something was damaged; *error (ERROR_DAMAGED, or ERROR_FAILED
// where reading failed) names the file, where and why.
bool response_file_damage(const struct response_file *, struct error *error);
const struct response_ledger *response_file_ledger(const struct response_file *);

// "hotaru", "nmap", "zgrab2", ..., and with compression "nmap.gz".
const char *response_file_form(const struct response_file *);

// For progress: see capture_bytes_read(). May be asked while it is read.
uint64_t response_file_bytes_read(const struct response_file *);
uint64_t response_file_bytes_total(const struct response_file *);
