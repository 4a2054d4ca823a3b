// SPDX-License-Identifier: MIT
// Every change of a store, with a fault at every call to the disk in turn (base/fake_disk.h
// has the list), at every allocation of hotaru's, and at every one of SQLite's. It ends
// in the change or in one line that says why not; the store is then as it was, or
// as after the change; and once the fault is gone the change works. Some of the
// disks that failed lose power on top of it. Readers, under the same faults, say what the
// store holds or why they cannot.
#include "store/test_changes.h"

#include <sqlite3.h>

// ---- SQLite's allocations

static sqlite3_mem_methods plain;
static unsigned sqlite_allocations, sqlite_fails_at;

static bool sqlite_fails(void)
{
	return sqlite_fails_at != 0 && ++sqlite_allocations >= sqlite_fails_at;
}

static void *failing_malloc(int size)
{
	return sqlite_fails() ? NULL : plain.xMalloc(size);
}

static void *failing_realloc(void *block, int size)
{
	return sqlite_fails() ? NULL : plain.xRealloc(block, size);
}

__attribute__((constructor)) static void watch_sqlite(void)
{
	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain);
	sqlite3_mem_methods watched = plain;
	watched.xMalloc = failing_malloc;
	watched.xRealloc = failing_realloc;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &watched);
}

// ---- faults of all kinds

enum fault {
	ERROR_AT_ONE,
	ERROR_AND_POWER,
	ERROR_FROM_THEN,
	SHORT_WRITE,
	DISK_FULL,
	NO_MEMORY,
	NO_SQLITE_MEMORY
};
enum { FAULTS = NO_SQLITE_MEMORY + 1 };

static const char *const fault_names[FAULTS] = {
	"an I/O error",
	"an I/O error, then no power",
	"I/O errors from then on",
	"a short write",
	"a full disk",
	"no memory",
	"no memory for SQLite",
};

static void fail(struct fake_disk *d, enum fault fault, unsigned at, unsigned power_after)
{
	static const enum fake_fault of_disk[FAULTS] = { FAKE_ONCE,  FAKE_ONCE, FAKE_FOR_EVER,
		                                         FAKE_SHORT, FAKE_FULL, FAKE_NONE,
		                                         FAKE_NONE };
	fake_disk_fail(d, of_disk[fault], at);
	d->power_after = power_after;
	memory_fail_at(fault == NO_MEMORY ? at : 0);
	sqlite_allocations = 0;
	sqlite_fails_at = fault == NO_SQLITE_MEMORY ? at : 0;
}

// Whether the fault came to pass; everything works again.
static bool mend(struct fake_disk *d, enum fault fault, unsigned at)
{
	bool has_fired = d->has_fired;
	if (fault == NO_SQLITE_MEMORY)
		has_fired = sqlite_allocations >= at;
	// The heap does not tell: a new allocation fails if an earlier one did.
	if (fault == NO_MEMORY) {
		void *block = memory_new(1, 1);
		has_fired = block == NULL;
		memory_free(block);
	}
	fail(d, ERROR_AT_ONE, 0, 0);
	fake_disk_mend(d);
	return has_fired;
}

static bool is_one_line(const struct error *error)
{
	return error->kind == ERROR_FAILED && error->text[0] != '\0' &&
	       strchr(error->text, '\n') == NULL;
}

struct sweep {
	const struct change *change;
	const struct fake_disk *start;
	struct state before, after;
	bool has_before;
	enum fault fault;
	unsigned power_after;  // changes after the fault; 0: it is not lost
};

static bool check_left(const struct sweep *w, struct fake_disk *d, bool was_done,
                       struct error *error)
{
	struct state now = state_new();
	char line[512] = "";
	bool ok = change_state(d, &now, error);
	if (!ok)
		ok = !w->has_before && !was_done && strstr(error->text, "is no store") != NULL;
	else if (!same_state(&now, &w->after))
		ok = !was_done && w->has_before &&
		     (same_state(&now, &w->before) ||
		      (w->change->is_by_day && is_between(&now, &w->before, &w->after)));
	if (ok && now.bytes.length > 0 && !change_verify(d, line, error)) {
		ok = false;
		text_copy(error->text, sizeof error->text, line);
	}
	// And the change works.
	ok = ok && change_run(d, w->change, error) && change_state(d, &now, error) &&
	     same_state(&now, &w->after) && change_is_tidy(d);
	buffer_done(&now.bytes);
	return ok;
}

// True if the fault came before the change came to its end.
static bool disturb(struct sweep *w, unsigned at)
{
	struct fake_disk *d = fake_disk_copy(w->start);
	struct error error = { .text = "" };
	fake_vfs_use(d);
	fail(d, w->fault, at, w->power_after);
	const bool was_done = change_run(d, w->change, &error);
	const bool has_fired = mend(d, w->fault, at);
	CHECK(fake_vfs_open_files() == 0 && d->open == 0);
	const bool is_told = was_done || (has_fired && is_one_line(&error));
	CHECK(is_told);
	if (w->fault == ERROR_AND_POWER || (w->fault <= DISK_FULL && at % 2 == 1))
		fake_disk_power_on(d, at * 100 + w->power_after);
	struct error left = { .text = "" };
	const bool is_sound = check_left(w, d, was_done, &left);
	CHECK(is_sound);
	if (!is_told || !is_sound)
		printf("%s, %s at %u: %s; then: %s\n", w->change->name, fault_names[w->fault], at,
		       error.text, left.text);
	fake_disk_free(d);
	return has_fired;
}

// Readers of the store as it is before the change.
static bool disturb_reader(struct sweep *w, unsigned at)
{
	struct fake_disk *d = fake_disk_copy(w->start);
	struct state now = state_new();
	struct error error = { .text = "" };
	char line[512];
	fake_vfs_use(d);
	fail(d, w->fault, at, 0);
	bool ok = change_state(d, &now, &error) ? same_state(&now, &w->before)
	                                        : is_one_line(&error);
	const bool has_fired = mend(d, w->fault, at);
	fail(d, w->fault, at, 0);
	error = (struct error){ .text = "" };
	ok = ok && (change_verify(d, line, &error) || line[0] != '\0' || is_one_line(&error));
	const bool verify_has_fired = mend(d, w->fault, at);
	CHECK(ok && fake_vfs_open_files() == 0 && d->open == 0);
	if (!ok)
		printf("reading before %s, %s at %u: %s\n", w->change->name, fault_names[w->fault],
		       at, error.text);
	buffer_done(&now.bytes);
	fake_disk_free(d);
	return has_fired || verify_has_fired;
}

// A fault at every call of the first hundred, then at one in `stride` of them.
static unsigned sweep_fault(struct sweep *w, bool (*one)(struct sweep *, unsigned), unsigned stride)
{
	unsigned at = 1, count = 0;
	while (test_failed_checks < 10 && one(w, at)) {
		at += (at < 100 ? 1 : stride) * sweep_step();
		count++;
	}
	return count;
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
	for (unsigned fault = 0; fault < FAULTS; fault++) {
		w.fault = (enum fault)fault;
		const unsigned stride = fault == NO_SQLITE_MEMORY  ? 97
		                        : fault == ERROR_AND_POWER ? 1
		                                                   : 7;
		unsigned done = 0;
		do {
			w.power_after = w.fault == ERROR_AND_POWER ? w.power_after + 3 : 0;
			done += sweep_fault(&w, disturb, stride);
		} while (w.power_after % 6 != 0);
		const bool can_read = fault != ERROR_AND_POWER && fault != SHORT_WRITE &&
		                      fault != DISK_FULL;
		const unsigned read = w.has_before && can_read
		                              ? sweep_fault(&w, disturb_reader, stride)
		                              : 0;
		printf("%s, %s: %u while it was done, %u while it was read\n", change->name,
		       fault_names[fault], done, read);
		CHECK(done > 0);
	}
	buffer_done(&w.before.bytes);
	buffer_done(&w.after.bytes);
	fake_disk_free(*start);
	*start = end;
}

TEST(a_fault_at_every_call)
{
	struct fake_disk *disk = fake_disk_new();
	changes_begin();
	for (size_t i = 0; i < CHANGES; i++)
		sweep(&changes[i], &disk);
	fake_disk_free(disk);
	changes_done();
}

TEST_MAIN
