// SPDX-License-Identifier: MIT
// For the tests of response/: files of made answers, read back whole.
#pragma once

#include "base/memory.h"
#include "base/test.h"
#include "response/response_file.h"

#include <string.h>
#include <unistd.h>

enum { KEPT_MAX = 256, KEPT_BYTES = 4096 };

struct kept {
	struct response responses[KEPT_MAX];
	uint8_t bytes[KEPT_MAX][KEPT_BYTES];  // the first of each
	char probes[KEPT_MAX][RESPONSE_PROBE_MAX + 1];
	size_t count;
	struct response_ledger ledger;
	bool is_damaged;
	struct error error;
	char form[32];
};

static inline bool keep(void *context, const struct response *response, struct error *error)
{
	struct kept *kept = context;
	(void)error;
	if (kept->count == KEPT_MAX)
		return true;
	const size_t at = kept->count++;
	const size_t length = response->bytes.length < KEPT_BYTES ? response->bytes.length
	                                                          : KEPT_BYTES;
	kept->responses[at] = *response;
	if (length > 0)
		memcpy(kept->bytes[at], response->bytes.bytes, length);
	kept->responses[at].bytes.bytes = kept->bytes[at];
	text_format(kept->probes[at], sizeof kept->probes[at], "%.*s", (int)response->probe.length,
	            (const char *)response->probe.bytes);
	return true;
}

// False, with kept->error, if it cannot be opened or read.
static inline bool keep_file(const char *path, struct kept *kept)
{
	struct response_file *file = NULL;
	const struct response_receiver receiver = { .take = keep, .context = kept };
	*kept = (struct kept){ .count = 0 };
	if (!response_file_open(path, 0, &file, &kept->error))
		return false;
	const bool is_read = response_file_read(file, &receiver, &kept->error);
	kept->is_damaged = response_file_damage(file, &kept->error);
	kept->ledger = *response_file_ledger(file);
	text_copy(kept->form, sizeof kept->form, response_file_form(file));
	response_file_free(file);
	return is_read;
}

static inline bool keep_bytes(const void *bytes, size_t length, struct kept *kept)
{
	char path[] = "/tmp/hotaru-responses-XXXXXX";
	const int fd = mkstemp(path);
	const bool is_written = fd >= 0 && write(fd, bytes, length) == (ssize_t)length;
	close(fd);
	const bool is_read = is_written && keep_file(path, kept);
	unlink(path);
	return is_read;
}

static inline bool keep_text(const char *text, struct kept *kept)
{
	return keep_bytes(text, strlen(text), kept);
}

static inline bool kept_is(const struct kept *kept, size_t at, const char *bytes, size_t length)
{
	return at < kept->count && kept->responses[at].bytes.length == length &&
	       memcmp(kept->bytes[at], bytes, length) == 0;
}

static inline bool kept_text(const struct kept *kept, size_t at, const char *text)
{
	return kept_is(kept, at, text, strlen(text));
}
