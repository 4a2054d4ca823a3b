// SPDX-License-Identifier: MIT
// One bit is flipped, anywhere in a store. Readers then say what the store holds, or in one
// line which file is damaged - never anything else; verify finds it, unless the byte means
// nothing; and a writer does not make it worse. No byte of a segment means nothing. In
// the catalogue those are the ones that SQLite does not read: free room in pages,
// and in the header of the file counters, versions of SQLite and sizes that it
// knows better. HOTARU_SEEDS=151 tries every byte of the catalogue.
#include "store/test_changes.h"

#include <stdlib.h>

enum { STRIDE = 151 };

struct damage {
	struct fake_disk *disk;
	struct state whole;
	unsigned refused, same, found;
};

static struct damage damage_new(void)
{
	struct damage m = { .disk = fake_disk_new(), .whole = state_new() };
	struct error error;
	changes_begin();
	fake_vfs_use(m.disk);
	CHECK(change_run(m.disk, &changes[1], &error) && change_run(m.disk, &changes[2], &error));
	CHECK(change_state(m.disk, &m.whole, &error));
	return m;
}

static void damage_done(struct damage *m)
{
	buffer_done(&m->whole.bytes);
	fake_disk_free(m->disk);
	changes_done();
}

// What readers and verify make of the store as it is now. `name` is the damaged file.
static bool check_readers(struct damage *m, const char *name, bool has_to_be_found)
{
	struct state now = state_new();
	struct error error = { .text = "" };
	char line[512];
	bool ok;
	if (change_state(m->disk, &now, &error)) {
		m->same++;
		ok = same_state(&now, &m->whole);
	} else {
		m->refused++;
		ok = strchr(error.text, '\n') == NULL &&
		     (strstr(error.text, name) != NULL || strstr(error.text, CHANGE_PATH) != NULL);
	}
	const bool was_refused = now.sections == 0;
	const bool is_found = !change_verify(m->disk, line, &error);
	m->found += is_found;
	if (is_found && line[0] == '\0')
		text_copy(line, sizeof line, error.text);
	ok = ok && (is_found || (!has_to_be_found && !was_refused)) &&
	     (!has_to_be_found || strstr(line, name) != NULL);
	if (!ok)
		printf("readers: %s; verify: %s\n", error.text, line);
	buffer_done(&now.bytes);
	return ok;
}

TEST(every_byte_of_a_segment)
{
	struct damage m = damage_new();
	const struct fake_name *entry = NULL;
	for (size_t i = 0; i < m.disk->now.count && entry == NULL; i++)
		if (text_ends(m.disk->now.entries[i].name, ".segment"))
			entry = &m.disk->now.entries[i];
	CHECK(entry != NULL);
	for (size_t at = 0;
	     entry != NULL && at < entry->file->now_length && test_failed_checks < 10;
	     at += sweep_step()) {
		entry->file->now[at] ^= (uint8_t)(1 << at % 8);
		const bool ok = check_readers(&m, entry->name, true);
		CHECK(ok);
		if (!ok)
			printf("at byte %zu of %s\n", at, entry->name);
		entry->file->now[at] ^= (uint8_t)(1 << at % 8);
	}
	printf("segment: %u flips refused by readers, %u that they do not read, %u found\n",
	       m.refused, m.same, m.found);
	CHECK(m.refused > 1000 / sweep_step());
	damage_done(&m);
}

// Captures that are there must be known again, or the writer must refuse.
static bool check_writer(const struct damage *m)
{
	struct fake_disk *d = fake_disk_copy(m->disk);
	struct state now = state_new();
	struct error error;
	bool ok = true;
	fake_vfs_use(d);
	if (change_run(d, &changes[1], &error) && change_run(d, &changes[2], &error))
		ok = change_state(d, &now, &error) && same_state(&now, &m->whole);
	buffer_done(&now.bytes);
	fake_disk_free(d);
	fake_vfs_use(m->disk);
	return ok;
}

static void flip_catalogue(struct damage *m, size_t from)
{
	struct fake_file *file = fake_find(m->disk, "catalog.sqlite");
	for (size_t at = from; at < file->now_length && test_failed_checks < 10;
	     at += STRIDE * sweep_step()) {
		const uint8_t bit = (uint8_t)(1 << (at / 3 + from) % 8);
		file->now[at] ^= bit;
		const bool ok = check_readers(m, "catalog.sqlite", false) && check_writer(m);
		CHECK(ok);
		if (!ok)
			printf("at byte %zu of the catalogue, bit %u\n", at, bit);
		file->now[at] ^= bit;
	}
}

TEST(bytes_of_the_catalogue)
{
	struct damage m = damage_new();
	uint64_t count;
	const char *text = getenv("HOTARU_SEEDS");
	if (text == NULL || !text_u64(text, STRIDE, &count))
		count = 1;
	for (size_t from = 0; from < count; from++)
		flip_catalogue(&m, from);
	printf("catalogue: %u flips refused by readers, %u that mean nothing to them, %u found\n",
	       m.refused, m.same, m.found);
	CHECK(m.refused > 20 / sweep_step() && m.found > 20 / sweep_step());
	damage_done(&m);
}

TEST_MAIN
