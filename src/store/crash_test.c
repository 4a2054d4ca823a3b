// SPDX-License-Identifier: MIT
// A process that makes a store, takes captures in and compacts is killed at every
// step in turn, before each call to the disk and before each commit of the catalogue.
// What it leaves must open, hold captures whole or not at all, and take the rest in.
#include "store/test_store.h"

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECES = 2, DAYS = 2, KILLED = 42, APPENDS_A_STEP = 16 };

// In the child: steps left until it dies.
static unsigned steps_left, appends;
static struct disk real;

static void step(void)
{
	if (--steps_left == 0)
		_exit(KILLED);
}

static int before_commit(void *context)
{
	(void)context;
	step();
	return 0;
}

static int watch_commits(sqlite3 *db, const char **message, const void *api)
{
	(void)message;
	(void)api;
	sqlite3_commit_hook(db, before_commit, NULL);
	return SQLITE_OK;
}

static bool step_create(struct disk *disk, const char *name, struct disk_file **out,
                        struct error *error)
{
	step();
	return real.create(disk, name, out, error);
}

// Appends are many and alike: one in so many is a step.
static bool step_append(struct disk_file *file, struct span bytes, struct error *error)
{
	if (appends++ % APPENDS_A_STEP == 0)
		step();
	return real.append(file, bytes, error);
}

static bool step_sync(struct disk_file *file, struct error *error)
{
	step();
	return real.sync(file, error);
}

static bool step_rename(struct disk *disk, const char *from, const char *to, struct error *error)
{
	step();
	return real.rename(disk, from, to, error);
}

static bool step_remove(struct disk *disk, const char *name, struct error *error)
{
	step();
	return real.remove(disk, name, error);
}

static bool step_sync_folder(struct disk *disk, struct error *error)
{
	step();
	return real.sync_folder(disk, error);
}

static void watch_disk(struct disk *disk)
{
	real = *disk;
	disk->create = step_create;
	disk->append = step_append;
	disk->sync = step_sync;
	disk->rename = step_rename;
	disk->remove = step_remove;
	disk->sync_folder = step_sync_folder;
}

// Makes the store if need be, takes in what it lacks, the last piece as what is new in the capture of the
// first, compacts.
static bool work(const char *path, const struct hosts pieces[PIECES + 1], bool is_watched)
{
	const struct store_request request = { .zone = "+09:00" };
	struct store *s;
	struct error error;
	size_t days;
	bool ok = store_open_writing(path, &request, &s, &error);
	if (!ok)
		return false;
	if (is_watched)
		watch_disk(store_disk(s));
	bool has_grown = false;
	ok = has_taken(s, PIECES + 1, &has_grown, &error);
	for (uint8_t i = 0; ok && i < PIECES; i++) {
		bool is_known;
		// The first is the one that grows.
		ok = has_taken(s, i == 0 && has_grown ? PIECES + 1 : i + 1, &is_known, &error) &&
		     (is_known || take_hosts(s, &pieces[i], "piece", i + 1, &error));
	}
	ok = ok && (has_grown || take_grown(s, &pieces[0], 1, &pieces[PIECES], "piece", PIECES + 1,
	                                    NULL, &error));
	ok = ok && store_compact(s, 0, &days, &error);
	store_close(s);
	return ok;
}

// True if the process was killed, false if it came to its end.
static bool kill_at(unsigned at, const char *path, const struct hosts pieces[PIECES + 1])
{
	int status = 0;
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0) {
		steps_left = at;
		sqlite3_auto_extension((void (*)(void))watch_commits);
		_exit(work(path, pieces, true) ? 0 : 1);
	}
	CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
	CHECK(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == KILLED);
	return WEXITSTATUS(status) == KILLED;
}

static bool count_segment(void *context, const char *name)
{
	*(unsigned *)context += strstr(name, ".segment") != NULL;
	return true;
}

// Each capture is there with all its packets, or not at all.
static void check_left(const char *path)
{
	struct store *s;
	struct error error;
	struct store_capture *captures = NULL;
	struct store_verify_result result = { .problems = 1 };
	char line[512];
	size_t count = 0;
	// Before it was made whole it is no store to readers.
	if (!store_open(path, &s, &error))
		return;
	CHECK(store_captures(s, &captures, &count, &error));
	CHECK(store_verify(s, say_problem, line, &result, &error));
	CHECK(result.problems == 0);
	CHECK(count > 0 || store_segment_count(s) == 0);
	CHECK(count == 0 || store_segment_count(s) > 0);
	store_captures_done(captures, count);
	store_close(s);
}

TEST(killed_at_every_step)
{
	struct pile pile = pile_from(1, 10, DAYS, PIECES + 1, 120);
	struct hosts all = pile_hosts(&pile, ALL_PIECES);
	struct hosts pieces[PIECES + 1] = { pile_hosts(&pile, 0), pile_hosts(&pile, 1),
		                            pile_hosts(&pile, 2) };
	unsigned at = 1;
	for (bool was_killed = true; was_killed; at += sweep_step()) {
		const unsigned failed = test_failed_checks;
		struct test_folder f = folder_new();
		char line[512] = "";
		was_killed = kill_at(at, f.path, pieces);
		check_left(f.path);
		const bool is_taken_up = work(f.path, pieces, false);
		CHECK(is_taken_up);
		if (is_taken_up) {
			struct store *s = open_reader(f.path);
			unsigned files = 0;
			CHECK(holds(s, &all) && store_segment_count(s) == DAYS);
			CHECK(text_equal(store_settings(s)->zone.name, "+09:00"));
			CHECK(store_disk(s)->list(store_disk(s), count_segment, &files,
			                          &(struct error){ 0 }));
			CHECK(files == DAYS);
			store_close(s);
			CHECK(problems_of(f.path, line) == 0);
		}
		if (test_failed_checks > failed)
			printf("killed at step %u %s\n", at, line);
		folder_done(&f);
	}
	CHECK(at > 40);
	for (int i = 0; i <= PIECES; i++)
		hosts_done(&pieces[i]);
	hosts_done(&all);
	pile_done(&pile);
}

TEST_MAIN
