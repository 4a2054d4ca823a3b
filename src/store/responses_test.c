// SPDX-License-Identifier: MIT
// What hosts answered, in a store: each response once, in order, whatever way it came; forgotten, verified,
// and lost where it is damaged.
#include "base/random.h"
#include "response/order.h"
#include "store/records.h"
#include "store/test_sql.h"

#include <stdlib.h>

enum { FIRST_DAY = 17299, PROBES = 3 };

static const char *const probes[PROBES] = { "", "get", "nmap-banner" };

// Made responses, with their bytes.
struct made {
	struct response *list;
	struct buffer bytes;
	size_t count;
};

static struct made make(uint64_t seed, size_t count, unsigned days, uint32_t length_max)
{
	struct made made = { .list = memory_new(count, sizeof *made.list), .count = count };
	struct random random = random_from(seed);
	made.bytes = buffer_up_to(SIZE_MAX);
	for (size_t i = 0; i < 200 + length_max; i++)
		buffer_byte(&made.bytes, (uint8_t)random_below(&random, 256));
	for (size_t i = 0; i < count; i++) {
		const char *probe = probes[random_below(&random, PROBES)];
		const uint64_t day = FIRST_DAY + random_below(&random, days);
		const size_t length = random_below(&random, 4) == 0
		                              ? 0
		                              : 1 + random_below(&random, length_max);
		made.list[i] = (struct response){
			.address = (uint32_t)random_below(&random, 500) * 1000003u,
			.port = (uint16_t)(1 + random_below(&random, 3) * 1000),
			.time_ns = random_below(&random, 50) == 0
			                   ? 0
			                   : day * DAY_NS + random_below(&random, 5) * 1000000007,
			.status = length == 0 ? RESPONSE_EMPTY : RESPONSE_ANSWERED,
			.probe = { (const uint8_t *)probe, strlen(probe) },
			.bytes = { made.bytes.bytes + random_below(&random, 200), length },
			.is_cut = random_below(&random, 9) == 0,
			.is_lossy = random_below(&random, 9) == 0,
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
	return response_compare(a, b);
}

static bool take(struct store *s, const struct made *made, size_t from, size_t to,
                 uint64_t memory_bytes, struct store_taken *out, struct error *error)
{
	struct store_take *taking;
	if (!store_take_begin(s, STORE_RESPONSES, memory_bytes, &taking, error))
		return false;
	bool ok = true;
	for (size_t i = from; ok && i < to; i++)
		ok = store_take_response(taking, &made->list[i], error);
	ok = ok && store_take_commit(taking, 2, out, error);
	store_take_free(taking);
	return ok;
}

static int32_t day_of(const struct response *r)
{
	return (int32_t)(r->time_ns / DAY_NS);
}

// Whether the store says of these days what a sorted list does in which each is once.
static bool holds_responses(struct store *s, const struct made *made, size_t count, int32_t from,
                            int32_t to)
{
	struct response *sorted = memory_new(count + 1, sizeof *sorted), r;
	struct holdings_responses *responses;
	struct error error;
	size_t at = 0;
	bool ok = true;
	memcpy(sorted, made->list, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, by_order);
	CHECK(holdings_open_responses(store_holdings(s), from, to, true, &responses, &error));
	while (ok && responses->next(responses, &r, &error)) {
		while (at < count &&
		       (day_of(&sorted[at]) < from || day_of(&sorted[at]) > to ||
		        (at > 0 && response_compare(&sorted[at], &sorted[at - 1]) == 0)))
			at++;
		ok = at < count && response_compare(&r, &sorted[at]) == 0;
		at++;
	}
	while (at < count && (day_of(&sorted[at]) < from || day_of(&sorted[at]) > to ||
	                      response_compare(&sorted[at], &sorted[at - 1]) == 0))
		at++;
	holdings_close_responses(responses);
	memory_free(sorted);
	return ok && error.kind == ERROR_NONE && at == count;
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

TEST(responses_come_back)
{
	struct test_folder f = folder_new();
	struct made made = make(1, 3000, 4, 300);
	struct store_taken taken;
	struct error error;
	struct store *s = open_writer(f.path);
	CHECK(take(s, &made, 0, 2000, 0, &taken, &error));
	CHECK(taken.came == 2000 && taken.fresh > 1000 && taken.fresh < 2000 && taken.days == 5);
	CHECK(holds_responses(s, &made, 2000, INT32_MIN, INT32_MAX));
	CHECK(take(s, &made, 1000, 3000, 0, &taken, &error));
	store_close(s);
	s = open_reader(f.path);
	CHECK(holds_responses(s, &made, 3000, INT32_MIN, INT32_MAX));
	CHECK(holds_responses(s, &made, 3000, FIRST_DAY + 1, FIRST_DAY + 2));
	CHECK(holds_responses(s, &made, 3000, 0, 0));
	CHECK(holds_responses(s, &made, 3000, 1, FIRST_DAY - 1));
	store_close(s);
	check_sound(f.path);
	made_done(&made);
	folder_done(&f);
}

TEST(what_is_there_changes_nothing)
{
	struct test_folder f = folder_new();
	struct made made = make(2, 500, 2, 100);
	struct store_taken taken;
	struct error error;
	struct store *s = open_writer(f.path);
	CHECK(take(s, &made, 0, 500, 0, &taken, &error));
	char file[STORE_NAME_SIZE];
	text_copy(file, sizeof file, s->records[STORE_RESPONSES].files[0].file);
	CHECK(take(s, &made, 100, 400, 0, &taken, &error) && taken.fresh == 0 && taken.days == 0);
	CHECK(text_equal(file, s->records[STORE_RESPONSES].files[0].file) &&
	      s->records[STORE_RESPONSES].count == 3);
	store_close(s);
	s = open_writer(f.path);
	store_close(s);
	check_sound(f.path);
	made_done(&made);
	folder_done(&f);
}

// Of little memory: some of it is put aside, and the answer is the same.
TEST(memory_makes_no_difference)
{
	struct test_folder f = folder_new();
	struct made made = make(3, 6000, 3, 6000);
	struct store_taken taken;
	struct error error;
	struct store *s = open_writer(f.path);
	CHECK(take(s, &made, 0, 6000, 1, &taken, &error));
	CHECK(holds_responses(s, &made, 6000, INT32_MIN, INT32_MAX));
	store_close(s);
	check_sound(f.path);
	made_done(&made);
	folder_done(&f);
}

TEST(answers_are_left_out_where_nobody_wants_them)
{
	struct test_folder f = folder_new();
	struct made made = make(4, 300, 1, 100);
	struct store_taken taken;
	struct holdings_responses *responses;
	struct response r;
	struct error error;
	size_t count = 0;
	struct store *s = open_writer(f.path);
	CHECK(take(s, &made, 0, 300, 0, &taken, &error));
	CHECK(holdings_open_responses(store_holdings(s), FIRST_DAY, FIRST_DAY, false, &responses,
	                              &error));
	while (responses->next(responses, &r, &error))
		count += r.bytes.length == 0 && r.address % 1000003u == 0;
	CHECK(error.kind == ERROR_NONE && count > 50);
	holdings_close_responses(responses);
	store_close(s);
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
	CHECK(take(s, &made, 0, 1000, 0, &taken, &error) && s->records[STORE_RESPONSES].count == 4);
	CHECK(store_forget(s, FIRST_DAY + 1, &forgotten, &error) &&
	      forgotten.records[STORE_RESPONSES] > 100);
	CHECK(s->records[STORE_RESPONSES].count == 2 &&
	      s->records[STORE_RESPONSES].files[0].day == FIRST_DAY + 1);
	CHECK(holds_responses(s, &made, 1000, FIRST_DAY + 1, INT32_MAX));
	CHECK(take(s, &made, 0, 1000, 0, &taken, &error) && taken.fresh == 0);
	CHECK(taken.forgotten > 100 && s->records[STORE_RESPONSES].count == 2);
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

// Any byte: a reader says that it is damaged, or nothing wrong.
static void check_damage(const char *path, const char *file, long at, const struct made *made)
{
	struct holdings_responses *responses;
	struct response r;
	struct error error;
	size_t days;
	flip(path, file, at);
	struct store *s = open_reader(path);
	struct holdings *h = store_holdings(s);
	bool is_open = holdings_open_responses(h, INT32_MIN, INT32_MAX, true, &responses, &error);
	while (is_open && responses->next(responses, &r, &error))
		;
	if (is_open)
		holdings_close_responses(responses);
	CHECK(error.kind == ERROR_CORRUPT && strstr(error.text, file) != NULL);
	CHECK(holdings_lose(h, false, &days, &error) && days == 1);
	CHECK(holds_responses(s, made, made->count, FIRST_DAY + 1, INT32_MAX));
	// Of the two days one is left.
	int32_t day;
	CHECK(holdings_next_asked_day(h, INT32_MIN, &day) && day == FIRST_DAY + 1);
	CHECK(!holdings_next_asked_day(h, FIRST_DAY + 2, &day));
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
	CHECK(take(s, &made, 0, 400, 0, &taken, &error) && s->records[STORE_RESPONSES].count == 2);
	char file[STORE_NAME_SIZE];
	text_copy(file, sizeof file, s->records[STORE_RESPONSES].files[0].file);
	const long length = (long)s->records[STORE_RESPONSES].files[0].bytes;
	store_close(s);
	// The four bytes of a block's head that are kept for later are part of the digest, too.
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
	CHECK(take(s, &made, 0, 400, 0, &taken, &error) && s->records[STORE_RESPONSES].count == 3);
	flip(f.path, s->records[STORE_RESPONSES].files[1].file, 100);
	CHECK(store_verify(s, note_line, line, &result, &error) && result.problems == 1);
	CHECK(strstr(line, s->records[STORE_RESPONSES].files[1].file) != NULL);
	CHECK(store_drop_damaged(s, false, note_line, line, &dropped, &error));
	CHECK(dropped.record_files[STORE_RESPONSES] == 1 && dropped.segments == 0 &&
	      s->records[STORE_RESPONSES].count == 2);
	CHECK(take(s, &made, 0, 400, 0, &taken, &error) && taken.days == 1);
	CHECK(holds_responses(s, &made, 400, INT32_MIN, INT32_MAX));
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
	struct holdings_responses *responses;
	struct response r;
	struct error error;
	struct store *s = open_writer(f.path);
	store_close(s);
	run_sql(f.path, "DROP TABLE responses;" TO_FORMAT_1);
	s = open_writer(f.path);
	CHECK(take(s, &made, 0, 50, 0, &taken, &error) && taken.fresh > 0);
	store_close(s);
	s = open_reader(f.path);
	CHECK(holdings_open_responses(store_holdings(s), INT32_MIN, INT32_MAX, true, &responses,
	                              &error));
	CHECK(responses->next(responses, &r, &error));
	holdings_close_responses(responses);
	store_close(s);
	made_done(&made);
	folder_done(&f);
}

TEST_MAIN
