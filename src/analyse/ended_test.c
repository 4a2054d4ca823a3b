// SPDX-License-Identifier: MIT
#include "analyse/ended.h"

#include "holdings/test_memory.h"

enum { CAPTURES_MAX = 8, STRETCHES_MAX = 8, FAR = 46021 };

struct day_frames {
	int32_t day;
	uint64_t frames;
};

// Captures of which days and their frames are said, and pieces of these days.
struct ended_world {
	struct memory_holdings *memory;
	struct hosts hosts;
	struct pile pile;
	struct zone zone;
	struct ingest_ledger ledger;
	struct holdings_capture list[CAPTURES_MAX];
	struct capture_seen seen[CAPTURES_MAX];
	struct seen_stretch stretches[CAPTURES_MAX][STRETCHES_MAX];
	struct holdings_captures captures;
};

static void add_piece(struct ended_world *w, int32_t day)
{
	for (size_t i = 0; i < w->memory->count; i++)
		if (w->memory->pieces[i].holding.period.day == day)
			return;
	struct day_host host = w->hosts.entries[0];
	host.host.first_ns = host.host.last_ns = (uint64_t)day * DAY_NS;
	memory_add(w->memory, (struct holding){ .period = period_of_day(day) }, &host, 1);
}

static void add(struct ended_world *w, const char *name, const struct day_frames *days,
                size_t count)
{
	const size_t n = w->captures.count++;
	struct seen_stretch *stretches = w->stretches[n];
	for (size_t i = 0; i < count; i++) {
		const uint64_t noon_ns = (uint64_t)days[i].day * DAY_NS + DAY_NS / 2;
		stretches[i] = (struct seen_stretch){ noon_ns, noon_ns + 1, days[i].frames };
		add_piece(w, days[i].day);
	}
	w->seen[n] = (struct capture_seen){ stretches, count };
	w->list[n] = (struct holdings_capture){ .name = name,
		                                .ledger = &w->ledger,
		                                .seen = &w->seen[n],
		                                .first_ns = stretches[0].first_ns,
		                                .last_ns = stretches[count - 1].last_ns };
}

#define ADD(world, name, ...)                                                                      \
	add(world, name, (const struct day_frames[]){ __VA_ARGS__ },                               \
	    sizeof(const struct day_frames[]){ __VA_ARGS__ } / sizeof(struct day_frames))

static void begin(struct ended_world *w)
{
	static struct fingerprint_set none;
	struct error error;
	*w = (struct ended_world){ .captures.list = w->list };
	CHECK(zone_parse("UTC", &w->zone, &error));
	const struct holdings_about about = { .name = "memory",
		                              .zone = &w->zone,
		                              .fingerprints = &none };
	w->memory = memory_holdings_new(&about);
	w->pile = pile_from(4, 5, 1, 1, 50);
	w->hosts = pile_hosts(&w->pile, ALL_PIECES);
}

static void end(struct ended_world *w)
{
	memory_holdings_free(w->memory);
	hosts_done(&w->hosts);
	pile_done(&w->pile);
}

// What is left, the first and the last of the days and the names, as text.
static void look(struct ended_world *w, struct day_range days, char out[64])
{
	struct ended_holdings ended;
	struct holdings_captures *captures;
	struct error error;
	memory_use_captures(w->memory, &w->captures);
	CHECK(ended_holdings_begin(&ended, &w->memory->holdings, days, &error));
	struct holdings *h = &ended.window.holdings;
	const size_t count = holdings_count(h);
	out[0] = '\0';
	if (count > 0)
		text_format(out, 64, "%d %d", (int)holdings_day(h, 0),
		            (int)holdings_day(h, count - 1));
	CHECK(holdings_open_captures(h, &captures, &error));
	for (size_t i = 0; i < captures->count; i++)
		text_format(out + strlen(out), 64 - strlen(out), " %s%s", captures->list[i].name,
		            captures->list[i].goes_on ? "+" : "");
	holdings_close_captures(captures);
}

static bool is_left(struct ended_world *w, int32_t from, int32_t to, const char *expected)
{
	char left[64];
	look(w, (struct day_range){ from, to }, left);
	if (!text_equal(left, expected))
		printf("to %d: %s\n", (int)to, left);
	return text_equal(left, expected);
}

TEST(only_what_had_begun_is_left)
{
	struct ended_world w;
	begin(&w);
	ADD(&w, "a", { 17000, 5 });
	ADD(&w, "b", { 17001, 5 }, { 17002, 7 });
	ADD(&w, "c", { 17002, 5 }, { 17003, 5 });
	w.list[w.captures.count++] = (struct holdings_capture){ .name = "none", .first_ns = 1 };
	CHECK(is_left(&w, all_days.from, 16999, ""));
	CHECK(is_left(&w, all_days.from, 17000, "17000 17000 a"));
	CHECK(is_left(&w, all_days.from, 17001, "17000 17001 a b+"));
	CHECK(is_left(&w, 17002, 17002, "17000 17002 a b c+"));
	CHECK(is_left(&w, all_days.from, 17003, "17000 17003 a b c"));
	CHECK(is_left(&w, all_days.from, 9999999, "17000 17003 a b c"));
	end(&w);
}

TEST(a_capture_that_goes_on_is_cut_at_the_end_of_the_day)
{
	struct ended_world w;
	struct ended_holdings ended;
	struct holdings_captures *captures;
	struct error error;
	begin(&w);
	ADD(&w, "a", { 17000, 5 }, { 17001, 7 }, { 17002, 11 }, { 17003, 13 });
	ADD(&w, "span", { 17000, 1 }, { 17002, 1 });
	w.list[1].seen = NULL;
	memory_use_captures(w.memory, &w.captures);
	CHECK(ended_holdings_begin(&ended, &w.memory->holdings,
	                           (struct day_range){ all_days.from, 17001 }, &error));
	CHECK(holdings_open_captures(&ended.window.holdings, &captures, &error));
	const struct holdings_capture *a = &captures->list[0], *span = &captures->list[1];
	CHECK(captures->count == 2 && a->goes_on && a->frames_after == 24);
	CHECK(a->seen->count == 2 && a->last_ns == a->seen->stretches[1].last_ns);
	CHECK(a->first_ns == w.list[0].first_ns && w.seen[0].count == 4);
	CHECK(span->goes_on && span->frames_after == HOLDINGS_FRAMES_UNKNOWN);
	CHECK(span->last_ns == 17002 * DAY_NS - 1 && span->seen == NULL);
	holdings_close_captures(captures);
	end(&w);
}

TEST(bogus_times_neither_begin_nor_end_a_capture)
{
	struct ended_world w;
	begin(&w);
	ADD(&w, "a", { 17000, 100 }, { FAR, 1 });
	ADD(&w, "b", { 0, 1 }, { 17005, 100 });
	ADD(&w, "c", { 17006, 100 });
	CHECK(is_left(&w, all_days.from, 17004, "17000 17000 a"));
	CHECK(is_left(&w, all_days.from, 17005, "17000 17005 a b"));
	// Asked for by name.
	CHECK(is_left(&w, all_days.from, 3, "0 0 b+"));
	CHECK(is_left(&w, 0, 17004, "0 17000 a+ b+"));
	CHECK(is_left(&w, all_days.from, FAR, "17000 46021 a b c"));
	end(&w);
}

TEST(losing_a_day_leaves_the_end_where_it_is)
{
	struct ended_world w;
	struct ended_holdings ended;
	struct holdings_captures *captures;
	struct error error;
	size_t days;
	begin(&w);
	ADD(&w, "a", { 17000, 5 });
	ADD(&w, "b", { 17001, 5 });
	memory_use_captures(w.memory, &w.captures);
	CHECK(ended_holdings_begin(&ended, &w.memory->holdings,
	                           (struct day_range){ all_days.from, 17000 }, &error));
	memory_lose_day(w.memory, 17000);
	CHECK(holdings_lose(&ended.window.holdings, false, &days, &error));
	CHECK(holdings_count(&ended.window.holdings) == 0);
	CHECK(holdings_open_captures(&ended.window.holdings, &captures, &error));
	CHECK(captures->count == 1 && text_equal(captures->list[0].name, "a"));
	holdings_close_captures(captures);
	end(&w);
}

TEST_MAIN
