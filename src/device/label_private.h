// SPDX-License-Identifier: MIT
// Private to label*.c: rules as they rest.
#pragma once

#include "base/buffer.h"
#include "device/fields.h"
#include "device/label.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

// What a parameter is about, by its name: "hw.product" is of hardware, and its product.
enum label_group { GROUP_OTHER, GROUP_OS, GROUP_SERVICE, GROUP_HARDWARE };
enum label_part {
	PART_OTHER,
	PART_VENDOR,
	PART_PRODUCT,
	PART_FAMILY,
	PART_DEVICE,
	PART_VERSION,
	PART_CERTAINTY
};

struct label_param {
	enum label_group group;
	enum label_part part;
	uint32_t position;     // of the group of the expression; 0: the value
	uint32_t name, value;  // in `texts`
};

struct label_rule {
	pcre2_code *code;
	uint32_t params, param_count;  // in `params`
};

struct label_rule_list {
	struct label_rule *rules;
	size_t count, capacity;
};

struct label_vendor {
	uint32_t key, name;  // in `texts`
	uint32_t count;      // of rules that spell it so; UINT32_MAX: a list does
};

enum { LABEL_PARAMS_MAX = 64, LABEL_TEXTS_MAX = 64 << 20 };

struct label_rules {
	struct label_rule_list lists[FIELD_KINDS];
	struct label_param *params;
	size_t param_count, param_capacity;
	struct buffer texts;  // ended by zero bytes
	struct label_vendor *vendors;
	size_t vendor_count, vendor_capacity;
	struct label_rules_summary summary;
	pcre2_general_context *memory;
	pcre2_compile_context *compile;
};

static inline const char *label_text(const struct label_rules *rules, uint32_t at)
{
	return (const char *)rules->texts.bytes + at;
}

// Room for one more: `item` of an array that grows (label_rules.c).
bool label_room(void **items, size_t *capacity, size_t count, size_t size);

// Keeps a text; false: no room for it.
bool label_keep_text(struct label_rules *, const char *text, size_t length, uint32_t *out);

// A rule as it is read: names and values are kept before, `params` are the last that were added.
struct label_draft {
	const char *pattern;
	bool ignores_case, dot_takes_all;
	size_t param_count;
};

// Compiles and adds a rule for a field. What cannot be compiled is counted, with `file` and `line`; its
// parameters go. Fails for want of memory, or of room.
bool label_rules_add(struct label_rules *, enum field_kind, const struct label_draft *,
                     const char *file, unsigned long line, struct error *error) MUST_CHECK;

// ---- vendors (label_vendor.c)

// What spellings of one vendor have in common; "" for none.
void label_vendor_key(const char *name, char out[LABEL_TEXT_SIZE]);
bool label_vendor_add(struct label_rules *, const char *name, uint32_t count) MUST_CHECK;
void label_vendors_finish(struct label_rules *);
// Puts the right spelling in the place of another.
void label_vendor_mend(const struct label_rules *, char name[LABEL_TEXT_SIZE]);
