// SPDX-License-Identifier: MIT
// Private to store/: the catalogue, a SQLite database, and the open store.
#pragma once

#include "store/segment.h"
#include "store/sql.h"

struct store {
	struct holdings holdings;  // as analysis sees it
	char *path;
	struct disk *disk;
	sqlite3 *db;
	int lock_fd;  // -1: opened to read
	unsigned format;
	uint32_t kinds;  // that have tables, a bit each (kind.h)
	bool is_to_verify;
	bool is_new;  // it was made by this opening, and has taken nothing in: that was for nothing so far
	struct store_settings settings;
	struct store_segment *segments;
	size_t segment_count;
	struct record_list {
		struct store_records_file *files;  // ascending by day (records.h)
		size_t count;
	} records[STORE_RECORDS];
	struct store_lost *lost;  // days that readers found damaged (lost.h); NULL: none
	struct store_database *databases;
	size_t database_count;
};

// Whether the names of database and lock are those of files: for a pipe SQLite would wait, and for the rest it
// has no words. Before anything of the store is opened.
bool catalog_check_names(const struct store *, struct error *error) MUST_CHECK;

// Opens the database file in the folder; a writer makes it, and a reader begins the transaction in which
// it reads. *out_is_empty: it has no tables yet.
bool catalog_open(struct store *, bool *out_is_empty, struct error *error) MUST_CHECK;

// Whether the catalogue is what was written; a writer also has its indices checked, by
// which captures are known again. Brings an older format up to date if it may write.
bool catalog_check(struct store *, struct error *error) MUST_CHECK;

// Makes the tables, in a transaction of the caller's.
bool catalog_lay_out(struct store *, struct error *error) MUST_CHECK;

// Reads the value of a setting into *out (the caller frees it).
bool catalog_setting(struct store *, const char *key, char **out, struct error *error) MUST_CHECK;
bool catalog_set_setting(struct store *, const char *key, const char *value,
                         struct error *error) MUST_CHECK;

// Enters fingerprints in place of those that are there, the text that they are made of, and the format
// that they ask for. In a transaction of the caller's.
bool catalog_save_fingerprints(struct store *, const struct fingerprint_set *, const char *text,
                               struct error *error) MUST_CHECK;

// Days before this one were forgotten (INT32_MIN: none were); its settings say so.
void store_keep_from(struct store *, int32_t day);

// Reads the list of segments anew; mapped ones are let go.
bool catalog_load_segments(struct store *, struct error *error) MUST_CHECK;

// Reads the list of databases anew.
bool catalog_load_databases(struct store *, struct error *error) MUST_CHECK;

// In a transaction of the caller's.
bool catalog_add_capture(struct store *, const struct store_capture *,
                         struct error *error) MUST_CHECK;
// Enters it in place of the one that it has grown from: in its row, under its id. Whatever there was of
// that by capture, of any kind, is forgotten, and that of the whole capture entered. Fails if the one
// before owes days (owed.h).
bool catalog_grow_capture(struct store *, const struct store_capture *,
                          struct error *error) MUST_CHECK;
// 0: there is none.
bool catalog_capture_id(struct store *, const struct capture_identity *, uint64_t *out,
                        struct error *error) MUST_CHECK;
// Removes it, with whatever there is of it.
bool catalog_remove_capture(struct store *, const struct capture_identity *,
                            struct error *error) MUST_CHECK;
bool catalog_add_segment(struct store *, const struct store_segment *,
                         const struct segment_summary *, struct error *error) MUST_CHECK;
bool catalog_remove_segment(struct store *, const char *file, struct error *error) MUST_CHECK;
// A number that no file's name has yet.
bool catalog_next_number(struct store *, uint64_t *out, struct error *error) MUST_CHECK;

// The mapped segment.
bool store_segment_open(struct store *, size_t index, const struct segment **out,
                        struct error *error) MUST_CHECK;

// Names of segment files: "2016-09-01.000042.segment", aside "....segment.new".
void segment_name(int32_t day, uint64_t number, bool is_aside, char out[STORE_NAME_SIZE]);

// Names of files of the store's own making; only these are removed, if the catalogue does not
// name them.
bool store_is_own_name(const char *name);
bool store_is_named(const struct store *, const char *name);
bool store_is_database_name(const char *name);
bool store_has_database_file(const struct store *, const char *name);
