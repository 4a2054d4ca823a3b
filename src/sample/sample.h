// SPDX-License-Identifier: MIT
// What a sample of malware says by its data alone. Bytes are read; nothing is executed, disassembled or written.
//
// A sample is looked at whole, in one pass for all keys (keys.h), and one for each key that was found (table.h). A program
// that was encoded as a whole is told by its first four bytes, or by what stands for the zero bytes behind entries, decoded, and looked at then: `image_key`.
#pragma once

#include "base/error.h"
#include "sample/elf.h"
#include "sample/keys.h"
#include "sample/logins.h"
#include "sample/packed.h"
#include "sample/roles.h"
#include "sample/entries.h"

enum { SAMPLE_FORMAT_SIZE = ELF_FORMAT_SIZE, SAMPLE_LIST_MAX = 1 << 17 };

struct sample {
	struct span file;                 // decoded, if it was encoded as a whole
	char format[SAMPLE_FORMAT_SIZE];  // "elf32-le-arm", "script", "text", "data", "empty"
	uint8_t image_key;                // 0: the image is as it is
	uint8_t sha256[32];               // of the file as it was given
	struct elf elf;
	struct packed_look packed;
	struct keys keys;
	struct entries table;
	struct roles roles;
	struct logins logins;  // of the key that has most; none: no words
	uint8_t *decoded;      // private
};

// Room and tables for looking at one sample after the other; NULL: no memory.
struct sample_reader;
struct sample_reader *sample_reader_new(void);
void sample_reader_free(struct sample_reader *);  // accepts NULL

// Looks at a file, which has to outlive what is found. Fails for want of memory alone. The caller
// calls sample_done() after success.
bool sample_read(struct sample_reader *, struct span file, struct sample *out,
                 struct error *error) MUST_CHECK;
void sample_done(struct sample *);

// The key as a user of the file sees it: 0 of an image that is decoded is the image's.
uint8_t sample_key(const struct sample *, uint8_t key);

// Lists as a column has them, between semicolons: "0x22;0x54", tokens, hosts that nothing makes a link of, ports. Appended.
void sample_list_keys(const struct sample *, struct buffer *out);
void sample_list_tokens(const struct sample *, struct buffer *out);
void sample_list_hosts(const struct sample *, struct buffer *out);
void sample_list_ports(const struct sample *, struct buffer *out);
// And why: each claim with where it stands in the file.
void sample_list_evidence(const struct sample *, struct buffer *out);
