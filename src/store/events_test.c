// SPDX-License-Identifier: MIT
// What was done at honeypots, in a store: each event once, in order, whatever way it came; forgotten,
// verified, and lost where it is damaged.
#include "base/random.h"
#include "store/records.h"
#include "store/test_sql.h"

#include <stdlib.h>

enum { FIRST_DAY = 17299, NAMES = 5 };

static const char *const names[NAMES] = { "", "a", "honey", "honeypot", "d77dbf85c0b8" };
static const char *const sessions[NAMES] = { "", "1df7abab60e0", "1df7abab60e1", "TT1", "TT10" };

struct made {
	struct honeypot_event *list;
	struct buffer bytes;
	size_t count;
};

static struct span span_of(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

// Few values of all fields, so that many events are alike in most of them, and some in all.
static struct made make(uint64_t seed, size_t count, unsigned days, size_t length_max)
{
	struct made made = { .list = memory_new(count, sizeof *made.list), .count = count };
	struct random random = random_from(seed);
	made.bytes = buffer_up_to(SIZE_MAX);
	for (size_t i = 0; i < 20 + length_max; i++)
		buffer_byte(&made.bytes, (uint8_t)random_below(&random, 3));
	for (size_t i = 0; i < count; i++) {
		const uint64_t day = FIRST_DAY + random_below(&random, days);
		made.list[i] = (struct honeypot_event){
			.time_ns = random_below(&random, 50) == 0
			                   ? 0
			                   : day * DAY_NS + random_below(&random, 3) * 1000000007,
			.sensor = span_of(names[random_below(&random, NAMES)]),
			.session = span_of(sessions[random_below(&random, NAMES)]),
			.source = (uint32_t)random_below(&random, 3) << 30,
			.destination = (uint32_t)random_below(&random, 2),
			.source_port = (uint16_t)random_below(&random, 2),
			.port = (uint16_t)(random_below(&random, 2) * 2223),
			.protocol = (enum honeypot_protocol)random_below(&random,
			                                                 HONEYPOT_PROTOCOLS),
			.kind = (enum honeypot_event_kind)random_below(&random,
			                                               HONEYPOT_EVENT_KINDS),
			.text = { made.bytes.bytes + random_below(&random, 20),
			          random_below(&random, 4) == 0
			                  ? 0
			                  : random_below(&random, (uint32_t)length_max) },
			.is_cut = random_below(&random, 9) == 0,
		};
	}
	return made;
}

static void made_done(struct made *made)
{
	memory_free(made->list);
	buffer_done(&made->bytes);
}

static int by_order(const void *a, const void *b)
{
	return honeypot_event_compare(a, b);
}

static bool take(struct store *s, const struct made *made, size_t from, size_t to,
                 uint64_t memory_bytes, struct store_taken *out, struct error *error)
{
	struct store_take *taking;
	if (!store_take_begin(s, STORE_EVENTS, memory_bytes, &taking, error))
		return false;
	bool ok = true;
	for (size_t i = from; ok && i < to; i++)
		ok = store_take_event(taking, &made->list[i], error);
	ok = ok && store_take_commit(taking, 2, out, error);
	store_take_free(taking);
	return ok;
}

static bool is_of(const struct honeypot_event *e, int32_t from, int32_t to)
{
	const int32_t day = (int32_t)(e->time_ns / DAY_NS);
	return day >= from && day <= to;
}

// Whether the store says of these days what a sorted list does in which each is once.
static bool holds_events(struct store *s, const struct made *made, size_t count, int32_t from,
                         int32_t to)
{
	struct honeypot_event *sorted = memory_new(count + 1, sizeof *sorted), e;
	struct holdings_events *events;
	struct error error;
	size_t kept = 0;
	bool ok = true;
	for (size_t i = 0; i < count; i++)
		if (is_of(&made->list[i], from, to))
			sorted[kept++] = made->list[i];
	qsort(sorted, kept, sizeof *sorted, by_order);
	CHECK(holdings_open_events(store_holdings(s), from, to, &events, &error));
	for (size_t i = 0; ok && i < kept; i++)
		ok = (i > 0 && by_order(&sorted[i - 1], &sorted[i]) == 0) ||
		     (events->next(events, &e, &error) && by_order(&e, &sorted[i]) == 0);
	ok = ok && !events->next(events, &e, &error) && error.kind == ERROR_NONE;
	holdings_close_events(events);
	memory_free(sorted);
	return ok;
}

static void note_line(void *context, const char *line)
{
	if (!text_starts(line, "note: "))
		text_copy(context, 512, line);
}

static void check_sound(const char *path)
{
	struct store *s = open_reader(path);
	struct store_verify_result result;
	char line[512] = "";
	struct error error;
	CHECK(store_verify(s, note_line, line, &result, &error));
	CHECK(result.problems == 0 && line[0] == '\0');
	store_close(s);
}

TEST(events_come_back)
{
	struct test_folder f = folder_new();
	struct made made = make(1, 9000, 4, 60);
	struct store_taken taken;
	struct error error;
	int32_t day;
	struct store *s = open_writer(f.path);
	CHECK(take(s, &made, 0, 6000, 0, &taken, &error));
	CHECK(taken.came == 6000 && taken.fresh > 4000 && taken.fresh < 6000 && taken.days == 5);
	CHECK(holds_events(s, &made, 6000, INT32_MIN, INT32_MAX));
	CHECK(take(s, &made, 3000, 9000, 0, &taken, &error));
	store_close(s);
	s = open_reader(f.path);
	CHECK(holds_events(s, &made, 9000, INT32_MIN, INT32_MAX));
	CHECK(holds_events(s, &made, 9000, FIRST_DAY + 1, FIRST_DAY + 2));
	CHECK(holds_events(s, &made, 9000, 0, 0));
	CHECK(holds_events(s, &made, 9000, 1, FIRST_DAY - 1));
	CHECK(holdings_next_event_day(store_holdings(s), INT32_MIN, &day) && day == 0);
	CHECK(holdings_next_event_day(store_holdings(s), 1, &day) && day == FIRST_DAY);
	CHECK(!holdings_next_event_day(store_holdings(s), FIRST_DAY + 4, &day));
	store_close(s);
	check_sound(f.path);
	made_done(&made);
	folder_done(&f);
}

// Pieces that overlap, in any order, of little memory: the same files, to the byte.
TEST(pieces_and_memory_make_no_difference)
{
	struct test_folder whole = folder_new(), pieces = folder_new();
	struct made made = make(3, 20000, 3, 6000);
	struct store_taken taken;
	struct error error;
	struct store *a = open_writer(whole.path), *b = open_writer(pieces.path);
	CHECK(take(a, &made, 0, made.count, SIZE_MAX, &taken, &error));
	CHECK(take(b, &made, 12000, 20000, 1, &taken, &error));
	CHECK(take(b, &made, 0, 3000, 1, &taken, &error));
	CHECK(take(b, &made, 1000, 15000, 1, &taken, &error));
	CHECK(take(b, &made, 0, made.count, 1, &taken, &error) && taken.fresh == 0);
	CHECK(store_record_days(a, STORE_EVENTS) == 4 && store_record_days(b, STORE_EVENTS) == 4);
	for (size_t i = 0; i < 4; i++) {
		CHECK(a->records[STORE_EVENTS].files[i].digest ==
		      b->records[STORE_EVENTS].files[i].digest);
		CHECK(store_record_day_at(a, STORE_EVENTS, i).bytes ==
		      store_record_day_at(b, STORE_EVENTS, i).bytes);
	}
	CHECK(holds_events(b, &made, made.count, INT32_MIN, INT32_MAX));
	store_close(a);
	store_close(b);
	check_sound(pieces.path);
	made_done(&made);
	folder_done(&whole);
	folder_done(&pieces);
}

// More sensors than there are numbers for at a time: what was gathered is put aside then.
TEST(sensors_may_be_many)
{
	struct test_folder f = folder_new();
	struct made made = make(4, 5000, 2, 9);
	struct buffer numbers = buffer_up_to(SIZE_MAX);
	struct store_taken taken;
	struct error error;
	struct store *s = open_writer(f.path);
	for (size_t i = 0; i < made.count; i++)
		buffer_format(&numbers, "%05zu", i % 3000);
	for (size_t i = 0; i < made.count; i++)
		made.list[i].sensor = (struct span){ numbers.bytes + 5 * i, 5 };
	CHECK(take(s, &made, 0, made.count, SIZE_MAX, &taken, &error));
	CHECK(holds_events(s, &made, made.count, INT32_MIN, INT32_MAX));
	store_close(s);
	buffer_done(&numbers);
	made_done(&made);
	folder_done(&f);
}

TEST(days_are_forgotten)
{
	struct test_folder f = folder_new();
	struct made made = make(5, 1000, 3, 100);
	struct store_taken taken;
	struct store_forgotten forgotten;
	struct error error;
	struct store *s = open_writer(f.path);
	CHECK(take(s, &made, 0, 1000, 0, &taken, &error) &&
	      store_record_days(s, STORE_EVENTS) == 4);
	CHECK(store_forget(s, FIRST_DAY + 1, &forgotten, &error));
	CHECK(forgotten.records[STORE_EVENTS] > 100 && forgotten.records[STORE_RESPONSES] == 0);
	CHECK(store_record_days(s, STORE_EVENTS) == 2);
	CHECK(holds_events(s, &made, 1000, FIRST_DAY + 1, INT32_MAX));
	CHECK(take(s, &made, 0, 1000, 0, &taken, &error) && taken.fresh == 0);
	CHECK(taken.forgotten > 100 && store_record_days(s, STORE_EVENTS) == 2);
	store_close(s);
	check_sound(f.path);
	made_done(&made);
	folder_done(&f);
}

static void flip(const char *path, const char *file, long at)
{
	char name[500];
	text_format(name, sizeof name, "%s/%s", path, file);
	FILE *f = fopen(name, "r+");
	CHECK(f != NULL);
	if (f == NULL)
		return;
	CHECK(fseek(f, at, SEEK_SET) == 0);
	const int byte = fgetc(f);
	CHECK(fseek(f, at, SEEK_SET) == 0 && fputc(byte ^ 4, f) != EOF);
	CHECK(fclose(f) == 0);
}

// Any byte: a reader says that the day is damaged, and it is lost; other days are not.
static void check_damage(const char *path, const char *file, long at, const struct made *made)
{
	struct holdings_events *events;
	struct honeypot_event e;
	struct error error;
	int32_t day;
	size_t days;
	flip(path, file, at);
	struct store *s = open_reader(path);
	struct holdings *h = store_holdings(s);
	const bool is_open = holdings_open_events(h, INT32_MIN, INT32_MAX, &events, &error);
	while (is_open && events->next(events, &e, &error))
		;
	if (is_open)
		holdings_close_events(events);
	CHECK(error.kind == ERROR_CORRUPT && strstr(error.text, file) != NULL);
	CHECK(holdings_lose(h, false, &days, &error) && days == 1);
	CHECK(holds_events(s, made, made->count, FIRST_DAY + 1, INT32_MAX));
	CHECK(holdings_next_event_day(h, FIRST_DAY, &day) && day == FIRST_DAY + 1);
	store_close(s);
	flip(path, file, at);
}

TEST(every_byte_matters)
{
	struct test_folder f = folder_new();
	struct made made = make(6, 400, 2, 50);
	struct store_taken taken;
	struct error error;
	struct store *s = open_writer(f.path);
	for (size_t i = 0; i < made.count; i++)
		made.list[i].time_ns += made.list[i].time_ns == 0 ? FIRST_DAY * DAY_NS : 0;
	CHECK(take(s, &made, 0, 400, 0, &taken, &error) && store_record_days(s, STORE_EVENTS) == 2);
	char file[STORE_NAME_SIZE];
	text_copy(file, sizeof file, s->records[STORE_EVENTS].files[0].file);
	const long length = (long)s->records[STORE_EVENTS].files[0].bytes;
	store_close(s);
	for (long at = 0; at < length; at += 1 + (long)sweep_step())
		check_damage(f.path, file, at, &made);
	made_done(&made);
	folder_done(&f);
}

TEST(what_is_damaged_can_be_dropped)
{
	struct test_folder f = folder_new();
	struct made made = make(7, 400, 2, 50);
	struct store_taken taken;
	struct store_verify_result result;
	struct store_dropped dropped;
	char line[512] = "";
	struct error error;
	struct store *s = open_writer(f.path);
	CHECK(take(s, &made, 0, 400, 0, &taken, &error) && store_record_days(s, STORE_EVENTS) == 3);
	flip(f.path, s->records[STORE_EVENTS].files[1].file, 100);
	CHECK(store_verify(s, note_line, line, &result, &error) && result.problems == 1);
	CHECK(strstr(line, s->records[STORE_EVENTS].files[1].file) != NULL);
	CHECK(store_drop_damaged(s, false, note_line, line, &dropped, &error));
	CHECK(dropped.record_files[STORE_EVENTS] == 1 && dropped.segments == 0);
	CHECK(store_record_days(s, STORE_EVENTS) == 2);
	CHECK(take(s, &made, 0, 400, 0, &taken, &error) && taken.days == 1);
	CHECK(holds_events(s, &made, 400, INT32_MIN, INT32_MAX));
	store_close(s);
	check_sound(f.path);
	made_done(&made);
	folder_done(&f);
}

// One that a hotaru from before the kind made has no table.
TEST(a_store_from_before_has_none)
{
	struct test_folder f = folder_new();
	struct made made = make(8, 50, 1, 50);
	struct store_taken taken;
	struct error error;
	int32_t day;
	struct store *s = open_writer(f.path);
	store_close(s);
	run_sql(f.path, "DROP TABLE events;" TO_FORMAT_1);
	s = open_writer(f.path);
	CHECK(!holdings_next_event_day(store_holdings(s), INT32_MIN, &day));
	CHECK(take(s, &made, 0, 50, 0, &taken, &error) && taken.fresh > 0);
	store_close(s);
	s = open_reader(f.path);
	CHECK(holds_events(s, &made, 50, INT32_MIN, INT32_MAX));
	store_close(s);
	made_done(&made);
	folder_done(&f);
}

TEST_MAIN
