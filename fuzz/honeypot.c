// SPDX-License-Identifier: MIT
// Logs of honeypots, in every form: one opens, or one line says why not; what it says is within bounds, and
// the same on one thread as on three.
#include "fuzz.h"
#include "honeypot/honeypot_file.h"

#include <string.h>

struct check {
	uint64_t count, cut, hash;
};

static void add(struct check *c, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;
	for (size_t i = 0; i < length; i++)
		c->hash = (c->hash ^ at[i]) * 0x100000001b3;
}

static void add_span(struct check *c, struct span text)
{
	add(c, &text.length, sizeof text.length);
	add(c, text.bytes, text.length);
}

static bool has_pair(enum honeypot_event_kind kind)
{
	return kind == HONEYPOT_LOGIN || kind == HONEYPOT_LOGIN_FAILED || kind == HONEYPOT_FETCH ||
	       kind == HONEYPOT_UPLOAD;
}

static bool take(void *context, const struct honeypot_event *e, struct error *error)
{
	struct check *c = context;
	(void)error;
	REQUIRE((unsigned)e->kind < HONEYPOT_EVENT_KINDS);
	REQUIRE((unsigned)e->protocol < HONEYPOT_PROTOCOLS);
	REQUIRE(e->text.length <= HONEYPOT_TEXT_MAX && e->sensor.length <= HONEYPOT_SENSOR_MAX &&
	        e->session.length <= HONEYPOT_SESSION_MAX);
	REQUIRE(e->time_ns < UINT64_C(7290000000) * 1000000000);
	REQUIRE(!has_pair(e->kind) || e->is_cut ||
	        memchr(e->text.bytes, 0, e->text.length) != NULL);
	REQUIRE(honeypot_event_compare(e, e) == 0);
	c->count++;
	c->cut += e->is_cut;
	add(c, &e->time_ns, sizeof e->time_ns);
	add(c, &e->source, sizeof e->source);
	add(c, &e->kind, sizeof e->kind);
	add_span(c, e->sensor);
	add_span(c, e->session);
	add_span(c, e->text);
	return true;
}

static void check_ledger(const struct honeypot_file *file, const struct check *c)
{
	const struct honeypot_ledger *ledger = honeypot_file_ledger(file);
	struct error damage = { .text = "" };
	bool has_damage = false;
	REQUIRE(ledger->events == c->count && ledger->cut == c->cut);
	for (enum honeypot_skip skip = 0; skip < HONEYPOT_SKIPS; skip++)
		has_damage |= ledger->skipped[skip] > 0 && honeypot_skip_is_damage(skip);
	const bool is_damaged = honeypot_file_damage(file, &damage);
	REQUIRE(is_damaged || !has_damage);
	REQUIRE(!is_damaged || (damage.text[0] != '\0' && strchr(damage.text, '\n') == NULL));
}

// False: it was not read to its end.
static bool read_on(const char *path, unsigned threads, struct check *c)
{
	const struct honeypot_receiver receiver = { take, c };
	struct honeypot_file *file;
	struct error error = { .text = "" };
	if (!honeypot_file_open(path, 0, &file, &error)) {
		REQUIRE(error.kind == ERROR_FAILED && error.text[0] != '\0');
		REQUIRE(strchr(error.text, '\n') == NULL);
		return false;
	}
	const bool is_read = WORKS(honeypot_file_read(file, threads, &receiver, &error));
	if (is_read)
		check_ledger(file, c);
	honeypot_file_free(file);
	return is_read;
}

void fuzz_one(struct span input)
{
	const char *path = fuzz_file(0, input);
	struct check alone = { .hash = 1 }, together = { .hash = 1 };
	// Which of several threads meets the end of memory is chance.
	if (!read_on(path, 1, &alone) || fuzz_is_starving)
		return;
	REQUIRE(read_on(path, 3, &together));
	REQUIRE(alone.hash == together.hash && alone.count == together.count);
}
