// SPDX-License-Identifier: MIT
// For tests: whatever is asked of holdings, they answer the same wherever the facts rest and however they are
// cut. A request is a function that asks and writes what it found as text; a list of them is put to
// some holdings, and to the same facts in memory, in every grain.
#pragma once

#include "base/buffer.h"
#include "base/work_limits.h"
#include "holdings/limited.h"
#include "holdings/test_memory.h"

struct test_request {
	const char *name;
	bool (*ask)(const void *what, struct holdings *, struct buffer *out, struct error *error);
	const void *what;
	const char *
		holds;  // text that has to be in what it finds, so that there is something to compare
};

// What it found, or why it failed.
static inline struct buffer test_ask(const struct test_request *request, struct holdings *holdings)
{
	struct buffer out = buffer_up_to(SIZE_MAX / 2);
	struct error error;
	if (!request->ask(request->what, holdings, &out, &error)) {
		out.length = 0;
		buffer_format(&out, "%d: %s\n", (int)error.kind, error.text);
	}
	buffer_byte(&out, '\0');
	CHECK(!out.failed);
	return out;
}

// Prints the first line that differs.
static inline void test_tell(const char *request, const char *where, const struct buffer *want,
                             const struct buffer *got)
{
	size_t line = 0, end = 0;
	while (want->bytes[end] == got->bytes[end])
		if (want->bytes[end++] == '\n')
			line = end;
	printf("%s, %s: byte %zu\n  want %.*s\n  got  %.*s\n", request, where, end,
	       (int)strcspn((const char *)want->bytes + line, "\n"),
	       (const char *)want->bytes + line,
	       (int)strcspn((const char *)got->bytes + line, "\n"),
	       (const char *)got->bytes + line);
}

static inline void test_compare(const struct test_request *list, size_t count,
                                const struct buffer *want, struct holdings *holdings,
                                const char *where)
{
	for (size_t i = 0; i < count; i++) {
		struct buffer got = test_ask(&list[i], holdings);
		const bool is_same = got.length == want[i].length &&
		                     memcmp(got.bytes, want[i].bytes, got.length) == 0;
		CHECK(is_same);
		if (!is_same)
			test_tell(list[i].name, where, &want[i], &got);
		buffer_done(&got);
	}
}

// `holdings` hold the pile, and what they were taken in as goes for all of them.
static inline void check_same(struct holdings *holdings, const struct pile *pile, int pieces,
                              const struct test_request *list, size_t count)
{
	static const char *const names[][2] = { { "days", "days with tables of ports" },
		                                { "pieces", "pieces with tables" },
		                                { "panes", "panes with tables" } };
	const struct holdings_about about = holdings_about(holdings);
	// Slow builds that look for other things have half of the requests here.
	count = sweep_step() > 40 ? (count + 1) / 2 : count;
	struct buffer *want = memory_new(count, sizeof *want);
	struct holdings_captures *captures;
	struct error error;
	CHECK(holdings_open_captures(holdings, &captures, &error));
	for (size_t i = 0; i < count; i++) {
		want[i] = test_ask(&list[i], holdings);
		const bool holds = strstr((const char *)want[i].bytes, list[i].holds) != NULL;
		CHECK(holds);
		if (!holds)
			printf("%s: nothing has %s\n", list[i].name, list[i].holds);
	}
	// The coarsest, of slow builds that look for other things, has panes alone: the finest of them.
	const enum test_grain first = sweep_step() > 40 ? GRAIN_PANES : GRAIN_DAYS;
	for (enum test_grain grain = first; grain < TEST_GRAINS; grain++) {
		struct memory_holdings *m = memory_holdings_of(&about, pile, pieces, grain);
		memory_use_captures(m, captures);
		for (int with_ports = 0; with_ports < 2; with_ports++) {
			// A coarse sweep has one of the two, by turns.
			if (sweep_step() > 1 && with_ports != (int)grain % 2)
				continue;
			m->has_ports = with_ports;
			test_compare(list, count, want, &m->holdings, names[grain][with_ports]);
		}
		memory_holdings_free(m);
	}
	holdings_close_captures(captures);
	for (size_t i = 0; i < count; i++)
		buffer_done(&want[i]);
	memory_free(want);
}

// ---- what is ended early

struct test_looks {
	atomic_uint count;
	unsigned cancel_from;  // 0: never
};

static inline bool test_look(void *context)
{
	struct test_looks *looks = context;
	const unsigned count = atomic_fetch_add(&looks->count, 1) + 1;
	return looks->cancel_from > 0 && count >= looks->cancel_from;
}

// Each request, cancelled at looks that lie over all of it: it fails, says so, and leaves nothing open.
static inline void check_cancelled(struct memory_holdings *m, const struct test_request *list,
                                   size_t count)
{
	const unsigned cuts = sweep_step() > 1 ? 2 : 6;
	const size_t step = sweep_step() > 40 ? 3 : 1;
	for (size_t i = 0; i < count; i += step) {
		struct test_looks looks = { .count = 0 };
		const struct limits limits = { .is_cancelled = test_look, .context = &looks };
		struct limited_holdings limited = limited_holdings(&m->holdings, &limits);
		struct buffer whole = test_ask(&list[i], &m->holdings);
		struct buffer got = test_ask(&list[i], &limited.holdings);
		const unsigned all = atomic_load(&looks.count);
		bool is_right = all > 0 && memcmp(whole.bytes, got.bytes, got.length) == 0;
		buffer_done(&whole);
		buffer_done(&got);
		for (unsigned cut = 0; cut <= cuts && cut < all; cut++) {
			atomic_store(&looks.count, 0);
			looks.cancel_from = 1 + (unsigned)((uint64_t)(all - 1) * cut / cuts);
			got = test_ask(&list[i], &limited.holdings);
			is_right &= text_equal((const char *)got.bytes, "1: cancelled\n") &&
			            atomic_load(&m->open) == 0;
			buffer_done(&got);
		}
		CHECK(is_right);
		if (!is_right)
			printf("%s\n", list[i].name);
	}
}
