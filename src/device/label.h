// SPDX-License-Identifier: MIT
// What an answer is the answer of: labels by the rules of recog (github.com/rapid7/recog, BSD-2-Clause),
// or by one's own in the same form.
//
// A rule is a regular expression for one field (fields.h) with what it says of vendor, product, family,
// device and version. Files of rules are XML; which field one is about stands in its `matches`
// ("ssh.banner"), or in its name (ssh_banners.xml). Files about what no answer here has (SNMP, DHCP) are
// left alone.
//
//   * Expressions are PCRE2's over bytes, and mean what Ruby makes of them: ^ and $ are at every line;
//     REG_ICASE, and "." that takes a line end (REG_MULTILINE, REG_DOT_NEWLINE).
//   * The first rule of a field that matches counts, in the order of the file. If it says of something
//     that its certainty is 0.0, it says nothing of it: nor do later rules.
//   * `pos` 0 gives a value; else it is that group's text. {hw.product} in a value is put in, and
//     nothing where there is no such text; _tmp.* is there for that alone.
//   * vendor, product, family and version are those of hw., else of service., else of os.; device of hw.,
//     else of os. Of several fields that have a label the one that knows hardware counts, then the one
//     that knows more.
//   * Vendors have one spelling: that of identifiers/vendor.txt, else the most frequent one of the rules.
//     Case, what is neither letter nor digit, and Inc., Ltd. and the like make no difference.
//
// Rules and answers come from strangers: an expression that does not compile is left out and counted. One
// that takes LABEL_STEPS_MAX steps on a field, or more memory than LABEL_HEAP_MAX, ends there, is
// counted, and does not match; after LABEL_GIVE_UPS_MAX of them nothing more is tried on the answer.
#pragma once

#include "base/cursor.h"
#include "base/error.h"

#include <stddef.h>

enum {
	LABEL_TEXT_SIZE = 96,  // of each text of a label, with the zero byte; longer ones are cut
	LABEL_STEPS_MAX = 50000,
	LABEL_HEAP_MAX = 1 << 20,
	LABEL_GIVE_UPS_MAX = 8,
	LABEL_FILE_MAX = 16 << 20,  // bytes of a file of rules
	LABEL_RULES_MAX = 1 << 16,  // in all
};

// In ascending order of what it says.
enum label_basis { LABEL_NONE, LABEL_OS, LABEL_SERVICE, LABEL_HARDWARE };

// Texts without control characters, "" is unknown. They may come out of the answer: escape them.
struct label {
	enum label_basis basis;  // LABEL_NONE: all of them are empty
	char vendor[LABEL_TEXT_SIZE], product[LABEL_TEXT_SIZE], family[LABEL_TEXT_SIZE];
	char device[LABEL_TEXT_SIZE], version[LABEL_TEXT_SIZE];
};

// How much it says: more where it knows hardware than where software, and where it has a product; 0: nothing.
unsigned label_knowledge(const struct label *);

// One name for a table: "Vendor Product", with the family where there is no product, and the device where
// neither is; "" for LABEL_NONE. The version is no part of it.
enum { LABEL_NAME_SIZE = 2 * LABEL_TEXT_SIZE };
void label_name(const struct label *, char out[LABEL_NAME_SIZE]);

// ---- rules

struct label_rules;

// What was read. `trouble` is of the first of those that are unusable: "ssh_banners.xml:12: why".
struct label_rules_summary {
	size_t files, files_of_others, rules, unusable;
	char trouble[256];
};

// NULL: no memory. Accepts NULL.
struct label_rules *label_rules_new(struct error *error) MUST_CHECK;
void label_rules_free(struct label_rules *);

// Adds a file of rules; `name` without its folder. Fails for what is no XML of rules, with the line.
bool label_rules_read(struct label_rules *, struct span xml, const char *name,
                      struct error *error) MUST_CHECK;

// Adds spellings of vendors, a name a line, that come before those of the rules.
bool label_rules_read_vendors(struct label_rules *, struct span text,
                              struct error *error) MUST_CHECK;

// After the last file, and before the first answer.
bool label_rules_finish(struct label_rules *, struct error *error) MUST_CHECK;

// All of it for a folder: the *.xml in it, or in its folder xml where there is one (a checkout of recog),
// in ascending order, and identifiers/vendor.txt. Fails if no rule is usable.
bool label_rules_open(const char *folder, struct label_rules **out, struct error *error) MUST_CHECK;

struct label_rules_summary label_rules_summary(const struct label_rules *);

// ---- labels

// What one thread needs to ask, with the answers it asked about last: devices say the same again and
// again.
struct label_work;

struct label_work *label_work_new(const struct label_rules *, struct error *error) MUST_CHECK;
void label_work_free(struct label_work *);  // accepts NULL

// What an answer is; the bytes as they came. False: nobody knows, and `out` is LABEL_NONE.
bool label_of(struct label_work *, struct span answer, struct label *out);

// Expressions that were ended by a limit, since the beginning.
uint64_t label_gave_up(const struct label_work *);
