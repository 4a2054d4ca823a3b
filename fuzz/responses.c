// SPDX-License-Identifier: MIT
// What hosts answered, in every form that files of it have: a file opens, or one line says why not; what
// it says is within bounds, and comes back whole from hotaru's own lines; a store holds each once.
#include "base/memory.h"
#include "fuzz.h"
#include "response/json_lines.h"
#include "response/order.h"

#include <string.h>

struct check {
	struct buffer line;
	struct json_lines lines;
	uint64_t count;
};

static bool take(void *context, const struct response *r, struct error *error)
{
	struct check *c = context;
	struct response back;
	enum response_skip why;
	const char *words;
	(void)error;
	REQUIRE(r->port > 0 && (unsigned)r->status < RESPONSE_STATUSES);
	REQUIRE(r->bytes.length <= RESPONSE_BYTES_MAX && r->probe.length <= RESPONSE_PROBE_MAX);
	c->count++;
	c->line.length = 0;
	json_lines_write(&c->line, r);
	if (c->line.failed) {
		REQUIRE(fuzz_is_starving);
		return true;
	}
	if (!WORKS(json_lines_read(&c->lines, (struct span){ c->line.bytes, c->line.length - 1 },
	                           &back, &why, &words)))
		return true;
	REQUIRE(response_compare(r, &back) == 0);
	return true;
}

static void check_ledger(const struct response_file *file, const struct check *c)
{
	const struct response_ledger *ledger = response_file_ledger(file);
	struct error damage = { .text = "" };
	bool has_damage = false;
	REQUIRE(ledger->responses == c->count);
	for (enum response_skip skip = 0; skip < RESPONSE_SKIPS; skip++)
		has_damage |= ledger->skipped[skip] > 0 && response_skip_is_damage(skip);
	const bool is_damaged = response_file_damage(file, &damage);
	REQUIRE(is_damaged || !has_damage);
	REQUIRE(!is_damaged || (damage.text[0] != '\0' && strchr(damage.text, '\n') == NULL));
}

void fuzz_one(struct span input)
{
	const char *path = fuzz_file(0, input);
	struct check c = { .line = buffer_up_to(1 << 20) };
	const struct response_receiver receiver = { take, &c };
	struct response_file *file;
	struct error error = { .text = "" };
	if (!response_file_open(path, 0, &file, &error)) {
		REQUIRE(error.kind == ERROR_FAILED && error.text[0] != '\0');
		REQUIRE(strchr(error.text, '\n') == NULL);
	} else {
		if (WORKS(response_file_read(file, &receiver, &error)))
			check_ledger(file, &c);
		response_file_free(file);
	}
	json_lines_done(&c.lines);
	buffer_done(&c.line);
}
