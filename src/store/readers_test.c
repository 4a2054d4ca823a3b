// SPDX-License-Identifier: MIT
// Readers of a store that changes: each sees it as of one moment, from its opening to its end.
#include "base/memory.h"
#include "store/test_store.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECES = 6, DAYS = 3, MANY = 300 };

// ---- while it is opened

// What is done to the store before a reader maps its next segment, and how often.
static struct {
	struct disk real;
	const char *path;
	const struct hosts *pieces;
	unsigned taken, changes_left;
} meanwhile;

// Takes one more piece in, and compacts: all segments that there were are gone.
static void change_store(void)
{
	struct store *s = open_writer(meanwhile.path);
	struct error error;
	size_t days = 0;
	const unsigned i = meanwhile.taken++;
	CHECK(take_hosts(s, &meanwhile.pieces[i], "piece", (uint8_t)(i + 1), &error));
	CHECK(store_compact(s, 0, &days, &error) && days == DAYS);
	store_close(s);
}

static bool late_map(struct disk *disk, const char *name, struct span *out, struct error *error)
{
	if (meanwhile.changes_left > 0) {
		meanwhile.changes_left--;
		change_store();
	}
	return meanwhile.real.map(disk, name, out, error);
}

static struct store *open_late(const char *path)
{
	struct disk *disk;
	struct store *s = NULL;
	struct error error = { .text = "" };
	CHECK(disk_real_open(path, false, &disk, &error));
	meanwhile.real = *disk;
	disk->map = late_map;
	CHECK(store_open_on(disk, path, &s, &error));
	return s;
}

TEST(what_is_gone_before_it_was_mapped_is_looked_up_again)
{
	struct pile pile = pile_from(3, 40, DAYS, PIECES, 120);
	struct hosts pieces[PIECES], all = pile_hosts(&pile, ALL_PIECES);
	for (int i = 0; i < PIECES; i++)
		pieces[i] = pile_hosts(&pile, i);
	// Once with one change, once with all pieces, one behind the other.
	for (unsigned changes = 1; changes < PIECES; changes += PIECES - 2) {
		struct test_folder f = folder_new();
		struct error error;
		struct store *s = open_writer(f.path);
		CHECK(take_hosts(s, &pieces[0], "piece", 1, &error));
		store_close(s);
		meanwhile.path = f.path;
		meanwhile.pieces = pieces;
		meanwhile.taken = 1;
		meanwhile.changes_left = changes;
		s = open_late(f.path);
		CHECK(meanwhile.changes_left == 0 && store_segment_count(s) == DAYS);
		CHECK(changes + 1 < PIECES || holds(s, &all));
		store_close(s);
		folder_done(&f);
	}
	for (int i = 0; i < PIECES; i++)
		hosts_done(&pieces[i]);
	hosts_done(&all);
	pile_done(&pile);
}

// What nobody replaced is missing for good, and is no reason to look for ever.
TEST(a_segment_that_is_named_again_is_missing)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(4, 20, 2, 1, 30);
	struct hosts hosts = pile_hosts(&pile, 0);
	struct error error;
	struct store *s = open_writer(f.path);
	CHECK(take_hosts(s, &hosts, "a", 1, &error) && store_segment_count(s) == 2);
	CHECK(store_disk(s)->remove(store_disk(s), store_segment_at(s, 1)->file, &error));
	store_close(s);
	s = open_reader(f.path);
	const struct segment *segment;
	CHECK(store_segment_count(s) == 2 && store_segment_open(s, 0, &segment, &error));
	CHECK(!store_segment_open(s, 1, &segment, &error));
	store_close(s);
	hosts_done(&hosts);
	pile_done(&pile);
	folder_done(&f);
}

// ---- while it is open

// What a reader has of the store: captures, and host-days of all segments; 0: a failure.
static unsigned look(struct store *s)
{
	struct store_capture *captures;
	struct error error;
	size_t count = 0;
	unsigned hosts = 0;
	if (!store_captures(s, &captures, &count, &error))
		return 0;
	store_captures_done(captures, count);
	for (size_t i = 0; i < store_segment_count(s); i++) {
		struct store_day *day;
		if (!store_day_open_segments(s, i, 1, COLUMNS_ALL, &day, &error))
			return 0;
		while (store_day_next(day, &error) != NULL)
			hosts++;
		store_day_close(day);
		if (error.kind != ERROR_NONE)
			return 0;
	}
	return (unsigned)(count << 16) | hosts;
}

// A process that opens the store, says so, and says what is in it when it is asked to.
static void read_later(const char *path, bool may_write, int asked, int answers)
{
	enum { NOBODY = 65534 };
	struct store *s;
	struct error error;
	char byte = 0;
	if (!may_write && geteuid() == 0 && setuid(NOBODY) != 0)
		_exit(1);
	bool ok = store_open(path, &s, &error);
	if (!ok)
		printf("%s\n", error.text);
	fflush(stdout);
	// SQLite forgets what it read: the rest comes from the disk.
	ok = ok && sqlite3_db_release_memory(s->db) == SQLITE_OK && write(answers, &byte, 1) == 1 &&
	     read(asked, &byte, 1) == 1;
	const unsigned seen = ok ? look(s) : 0;
	_exit(ok && write(answers, &seen, sizeof seen) == sizeof seen ? 0 : 1);
}

static unsigned look_at(const char *path)
{
	struct store *s = open_reader(path);
	const unsigned seen = look(s);
	store_close(s);
	return seen;
}

// What a reader sees that opens the store now, and looks at it when all has changed.
static unsigned look_later(const char *path, bool may_write)
{
	int asked[2], answers[2], status = 1;
	unsigned seen = 0;
	char byte = 0;
	CHECK(pipe(asked) == 0 && pipe(answers) == 0);
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0)
		read_later(path, may_write, asked[0], answers[1]);
	close(answers[1]);  // so that a reader who fails is heard
	const bool is_open = child > 0 && read(answers[0], &byte, 1) == 1;
	CHECK(is_open);
	for (meanwhile.taken = 1; meanwhile.taken < PIECES;)
		change_store();
	CHECK(!is_open || (write(asked[1], &byte, 1) == 1 &&
	                   read(answers[0], &seen, sizeof seen) == sizeof seen));
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(asked[0]);
	close(asked[1]);
	close(answers[0]);
	return seen;
}

// Takes the host-days in as so many captures that they fill more than a page of the catalogue.
static void take_many(struct store *s, const struct hosts *hosts)
{
	struct store_capture *captures = memory_new(MANY, sizeof *captures);
	struct ingest_ledger ledger;
	struct store_ingest *in;
	struct error error;
	assert(captures != NULL);
	for (unsigned i = 0; i < MANY; i++) {
		captures[i] = capture_of(hosts, "piece", 0, &ledger);
		memcpy(captures[i].identity.digest, &(unsigned){ i + 1000 }, sizeof i);
	}
	CHECK(store_ingest_begin(s, &in, &error));
	CHECK(send_hosts(store_ingest_receiver(in), hosts, 100, &error));
	CHECK(store_ingest_commit(in, captures, MANY, &error));
	store_ingest_free(in);
	memory_free(captures);
}

static void sees_its_opening(bool may_write)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(7, 60, DAYS, PIECES, 200);
	struct hosts pieces[PIECES];
	for (int i = 0; i < PIECES; i++)
		pieces[i] = pile_hosts(&pile, i);
	struct store *s = open_writer(f.path);
	take_many(s, &pieces[0]);
	CHECK(chmod(f.parent, 0755) == 0);
	const unsigned before = look(s);
	store_close(s);
	meanwhile.path = f.path;
	meanwhile.pieces = pieces;
	CHECK(before >> 16 == MANY && (before & 0xffff) > 0);
	CHECK(look_later(f.path, may_write) == before);
	CHECK(look_at(f.path) >> 16 == MANY + PIECES - 1);
	for (int i = 0; i < PIECES; i++)
		hosts_done(&pieces[i]);
	pile_done(&pile);
	folder_done(&f);
}

// To be closed last: whoever closes a file lets go of all locks on it.
static FILE *open_lock_file(const char *path)
{
	char name[512];
	text_format(name, sizeof name, "%s/catalog.sqlite-shm", path);
	FILE *file = fopen(name, "r+");
	assert(file != NULL);
	return file;
}

// Flips bits of what SQLite keeps twice there, to know whether a writer is writing it.
static void flip(FILE *file)
{
	CHECK(fseek(file, 8, SEEK_SET) == 0);
	const int byte = fgetc(file);
	CHECK(byte >= 0 && fseek(file, 8, SEEK_SET) == 0);
	CHECK(fputc(~byte & 0xff, file) >= 0 && fflush(file) == 0);
}

// He looks while a writer is writing, who has ended when it is asked whether there is one: once in 26,000 runs of
// commands beside writers.
TEST(who_may_not_write_looks_again_where_a_writer_was_writing)
{
	enum { HALF_WRITTEN_US = 300000 };
	struct test_folder f = folder_new();
	struct pile pile = pile_from(9, 20, DAYS, 1, 50);
	struct hosts hosts = pile_hosts(&pile, ALL_PIECES);
	struct store *s = open_writer(f.path);
	int asked[2], answers[2], status = 1;
	char byte = 0;
	take_many(s, &hosts);
	store_close(s);
	CHECK(chmod(f.parent, 0755) == 0 && pipe(asked) == 0 && pipe(answers) == 0);
	fflush(stdout);
	const pid_t child = fork();  // before the writer opens, whose rights it would share
	if (child == 0 && read(asked[0], &byte, 1) == 1)
		read_later(f.path, false, asked[0], answers[1]);
	close(answers[1]);
	FILE *locks = open_lock_file(f.path);
	s = open_writer(f.path);
	flip(locks);
	CHECK(write(asked[1], &byte, 1) == 1);
	usleep(HALF_WRITTEN_US);
	flip(locks);
	CHECK(read(answers[0], &byte, 1) == 1 && write(asked[1], &byte, 1) == 1);
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(asked[0]);
	close(asked[1]);
	close(answers[0]);
	store_close(s);
	fclose(locks);
	hosts_done(&hosts);
	pile_done(&pile);
	folder_done(&f);
}

TEST(a_reader_sees_the_store_as_of_its_opening)
{
	sees_its_opening(true);
}

TEST(so_does_one_that_may_not_write_in_the_folder)
{
	sees_its_opening(false);
}

TEST_MAIN
