// SPDX-License-Identifier: MIT
// Private to cmd/: databases of countries and networks, as options name them, as a store keeps them,
// and as a command asks them.
//
//   --country-db FILE[@FROM..TO][,FILE...]   (and --asn-db)
//
// FROM and TO are days, both included; either may be left out, and then has no limit. Of several for
// one day that with the fewest days is asked (place/place.h).
#pragma once

#include "answer/engine.h"
#include "answer/rows.h"
#include "cmd/dataset.h"
#include "place/place.h"

// --country-db and --asn-db. Both fill take_command.databases: one table is for commands
// that ask them, the other for those that keep them with a store.
extern const struct option_table places_table, keep_databases_table;

// What an option names. The caller calls database_list_done().
struct database_list {
	struct place_source *sources;
	size_t count;
};
bool database_list_parse(enum place_kind, const char *text, struct database_list *out,
                         struct error *error) MUST_CHECK;
void database_list_done(struct database_list *);  // accepts one of zeros

// For confine_enter(): every file that both options name, NULL at the end. The caller frees
// the list with database_files_done().
bool database_files(const struct take_command *, char ***out, struct error *error) MUST_CHECK;
void database_files_done(char **);  // accepts NULL

// Opens the databases of an option, if it is given, and keeps copies of them with the store.
bool atlas_keep(struct store *, const struct take_command *, struct error *error) MUST_CHECK;
// Whether they can be opened at all: asked before anything else is done.
bool atlas_try(const struct take_command *, struct error *error) MUST_CHECK;

// Opens the databases that the option names, or else those that the store keeps. Where there are
// none, the atlas knows no place, and a hint says how to get some.
bool atlas_open(enum place_kind, const struct analysis_command *, const struct dataset *,
                struct place_atlas **out, struct error *error) MUST_CHECK;

// The line of CAVEAT_DATABASES: which databases were asked, of what type and date, and for which days.
enum { ATLAS_NOTE_SIZE = 1024 };
void atlas_note(const struct caveat *, const struct description *, char line[ATLAS_NOTE_SIZE]);

// The rows of `info` and `settings` about databases that a store keeps.
void atlas_write_kept(struct rows *, const struct store *);
