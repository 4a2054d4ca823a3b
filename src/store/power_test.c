// SPDX-License-Identifier: MIT
// Power is lost at every call to the disk in turn, of the database and of segments, while
// a store is made, takes captures in, renames, and compacts; and once after the
// end. For each, several seeds of what the disk lost (base/fake_disk.h). What is
// left must open, be sound, and be the store before the change or after it - after
// it, if the change was reported as done; and doing the change again must give what an
// undisturbed run gives. HOTARU_SEEDS=200 tries more seeds.
#include "store/test_changes.h"

#include <stdlib.h>

struct sweep {
	const struct change *change;
	const struct fake_disk *start;
	struct state before, after;
	bool has_before;  // there was a store before the change
	unsigned before_count, after_count;
};

static unsigned seeds(void)
{
	uint64_t count;
	const char *text = getenv("HOTARU_SEEDS");
	return text != NULL && text_u64(text, 1000000, &count) ? (unsigned)count : 2;
}

// The store as it is after power came back: sound, before or after.
static bool check_left(struct sweep *w, struct fake_disk *d, bool was_done, char *line)
{
	struct state now = state_new();
	struct error error = { .text = "" };
	bool ok = change_state(d, &now, &error);
	if (!ok) {
		text_copy(line, 512, error.text);
		// A store that was being made is none yet, and says so.
		ok = !w->has_before && !was_done && strstr(error.text, "is no store") != NULL;
	} else if (same_state(&now, &w->after)) {
		w->after_count++;
		ok = change_verify(d, line, &error);
	} else {
		ok = !was_done && w->has_before &&
		     (same_state(&now, &w->before) ||
		      (w->change->is_by_day && is_between(&now, &w->before, &w->after))) &&
		     change_verify(d, line, &error);
		if (ok)
			w->before_count++;
	}
	buffer_done(&now.bytes);
	return ok;
}

static bool check_again(struct sweep *w, struct fake_disk *d, char *line)
{
	struct state now = state_new();
	struct error error = { .text = "" };
	const bool ok = change_run(d, w->change, &error) && change_state(d, &now, &error) &&
	                same_state(&now, &w->after) && change_is_tidy(d);
	if (error.kind != ERROR_NONE && line[0] == '\0')
		text_copy(line, 512, error.text);
	buffer_done(&now.bytes);
	return ok;
}

// True if power was lost before the change came to its end.
static bool lose_power(struct sweep *w, unsigned at, uint64_t seed)
{
	struct fake_disk *d = fake_disk_copy(w->start);
	struct error error;
	char left[512] = "", again[512] = "";
	fake_vfs_use(d);
	fake_disk_fail(d, FAKE_POWER, at);
	const bool was_done = change_run(d, w->change, &error);
	const bool has_fired = d->has_fired;
	CHECK(fake_vfs_open_files() == 0 && (was_done || has_fired));
	fake_disk_power_on(d, seed);
	const bool is_sound = check_left(w, d, was_done, left);
	CHECK(is_sound);
	const bool is_taken_up = check_again(w, d, again);
	CHECK(is_taken_up);
	if (!is_sound || !is_taken_up)
		printf("%s, power lost at call %u, seed %llu: %s; then: %s\n", w->change->name, at,
		       (unsigned long long)seed, left, again);
	fake_disk_free(d);
	return has_fired;
}

// Leaves the disk after the change in *start.
static void sweep(const struct change *change, struct fake_disk **start)
{
	struct sweep w = {
		.change = change, .start = *start, .before = state_new(), .after = state_new()
	};
	struct error error;
	struct fake_disk *end = fake_disk_copy(*start);
	fake_vfs_use(*start);
	w.has_before = change_state(*start, &w.before, &error);
	fake_vfs_use(end);
	CHECK(change_run(end, change, &error) && change_state(end, &w.after, &error));
	unsigned at = 1;
	bool goes_on = true;
	for (; goes_on && test_failed_checks < 10; at += sweep_step())
		for (uint64_t seed = 0; seed < seeds(); seed++)
			goes_on = lose_power(&w, at, at * 1000 + seed);
	printf("%s: about %u calls, left %u times as before and %u times as after\n", change->name,
	       at - 2, w.before_count, w.after_count);
	CHECK(at > 5 && w.after_count > 0);
	buffer_done(&w.before.bytes);
	buffer_done(&w.after.bytes);
	fake_disk_free(*start);
	*start = end;
}

TEST(power_is_lost_at_every_call)
{
	struct fake_disk *disk = fake_disk_new();
	changes_begin();
	for (size_t i = 0; i < CHANGES; i++)
		sweep(&changes[i], &disk);
	fake_disk_free(disk);
	changes_done();
}

// The disk itself: what it may lose, it does lose.
TEST(a_fake_disk_loses_what_was_not_synced)
{
	static const uint8_t bytes[2000] = { 1, 2, 3 };
	unsigned lost_name = 0, lost_content = 0, torn = 0, kept = 0;
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct fake_disk *d = fake_disk_new();
		struct fake_file *safe = fake_create(d, "safe"), *other = fake_create(d, "other");
		CHECK(fake_write(d, safe, 0, (struct span){ bytes, 2000 }));
		CHECK(fake_sync(d, safe) && fake_sync_folder(d));
		CHECK(fake_write(d, other, 0, (struct span){ bytes, 2000 }));
		CHECK(fake_create(d, "third") != NULL);
		fake_disk_power_on(d, seed);
		CHECK(fake_find(d, "safe") == safe && safe->now_length == 2000);
		lost_name += fake_find(d, "third") == NULL;
		lost_content += other->now_length == 0;
		kept += other->now_length == 2000 && other->now[2] == 3;
		torn += other->now_length == 2000 && other->now[2] == 0;
		fake_disk_free(d);
	}
	CHECK(lost_name > 20 && lost_content > 20 && kept > 20 && torn > 5);
}

TEST_MAIN
