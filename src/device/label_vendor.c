// SPDX-License-Identifier: MIT
// One spelling for each vendor.
#include "base/text.h"
#include "device/fields_private.h"
#include "device/label_private.h"

#include <stdlib.h>
#include <string.h>

// What companies have behind their names.
static bool is_form_of_company(const char *word)
{
	static const char *const forms[] = {
		"inc", "incorporated", "corp", "corporation", "co",  "company",
		"ltd", "limited",      "llc",  "gmbh",        "ag",  "sa",
		"srl", "bv",           "ab",   "oy",          "plc", "kk"
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (text_equal(word, forms[i]))
			return true;
	return false;
}

static bool is_part(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte >= 0x80;
}

void label_vendor_key(const char *name, char out[LABEL_TEXT_SIZE])
{
	// Where words begin in `out`, so that the last ones can be taken away again.
	size_t starts[LABEL_TEXT_SIZE], words = 0, length = 0;
	bool is_inside = false;
	for (size_t i = 0; name[i] != 0 && length + 1 < LABEL_TEXT_SIZE; i++) {
		const uint8_t byte = lower((uint8_t)name[i]);
		if (is_part(byte)) {
			if (!is_inside)
				starts[words++] = length;
			out[length++] = (char)byte;
		}
		is_inside = is_part(byte);
	}
	out[length] = 0;
	while (words > 1 && is_form_of_company(out + starts[words - 1]))
		out[starts[--words]] = 0;
}

bool label_vendor_add(struct label_rules *rules, const char *name, uint32_t count)
{
	char key[LABEL_TEXT_SIZE];
	struct label_vendor vendor = { .count = count };
	label_vendor_key(name, key);
	if (key[0] == 0 || strlen(name) >= LABEL_TEXT_SIZE)
		return true;
	// `name` may be in what grows.
	char copy[LABEL_TEXT_SIZE];
	text_copy(copy, sizeof copy, name);
	if (!label_keep_text(rules, key, strlen(key), &vendor.key) ||
	    !label_keep_text(rules, copy, strlen(copy), &vendor.name) ||
	    !label_room((void **)&rules->vendors, &rules->vendor_capacity, rules->vendor_count,
	                sizeof *rules->vendors))
		return false;
	rules->vendors[rules->vendor_count++] = vendor;
	return true;
}

static int compare(const void *a, const void *b, void *context)
{
	const struct label_rules *rules = context;
	const struct label_vendor *one = a, *other = b;
	const int keys = strcmp(label_text(rules, one->key), label_text(rules, other->key));
	return keys != 0 ? keys
	                 : strcmp(label_text(rules, one->name), label_text(rules, other->name));
}

static bool has_key(const struct label_rules *rules, size_t i, const char *key)
{
	return strcmp(label_text(rules, rules->vendors[i].key), key) == 0;
}

// Equal spellings become one with the sum of their counts, and of each vendor the most frequent stays; of
// several the first in the order of bytes.
void label_vendors_finish(struct label_rules *rules)
{
	if (rules->vendor_count == 0)
		return;
	qsort_r(rules->vendors, rules->vendor_count, sizeof *rules->vendors, compare, rules);
	size_t kept = 0;
	for (size_t i = 0; i < rules->vendor_count;) {
		struct label_vendor best = { 0 };
		const char *key = label_text(rules, rules->vendors[i].key);
		while (i < rules->vendor_count && has_key(rules, i, key)) {
			struct label_vendor same = rules->vendors[i++];
			while (i < rules->vendor_count &&
			       compare(&same, &rules->vendors[i], rules) == 0) {
				const uint32_t more = rules->vendors[i++].count;
				same.count = more > UINT32_MAX - same.count ? UINT32_MAX
				                                            : same.count + more;
			}
			if (same.count > best.count)
				best = same;
		}
		rules->vendors[kept++] = best;
	}
	rules->vendor_count = kept;
}

void label_vendor_mend(const struct label_rules *rules, char name[LABEL_TEXT_SIZE])
{
	char key[LABEL_TEXT_SIZE];
	label_vendor_key(name, key);
	size_t from = 0, to = rules->vendor_count;
	while (from < to) {
		const size_t middle = from + (to - from) / 2;
		const struct label_vendor *vendor = &rules->vendors[middle];
		const int order = strcmp(key, label_text(rules, vendor->key));
		if (order == 0) {
			text_copy(name, LABEL_TEXT_SIZE, label_text(rules, vendor->name));
			return;
		}
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
}
