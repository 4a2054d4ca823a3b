// SPDX-License-Identifier: MIT
// An answer, split: every field is inside what it says, and splitting has no memory of what it split
// before.
#include "device/fields.h"
#include "fuzz.h"

#include <string.h>

static bool is_inside(struct span part, const uint8_t *bytes, size_t length)
{
	return part.bytes >= bytes && part.bytes + part.length <= bytes + length;
}

static bool is_same(const struct fields *a, const struct fields *b)
{
	if (a->form != b->form || a->count != b->count || a->left_out != b->left_out)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->list[i].kind != b->list[i].kind ||
		    a->list[i].text.length != b->list[i].text.length ||
		    memcmp(a->list[i].text.bytes, b->list[i].text.bytes, a->list[i].text.length) !=
		            0)
			return false;
	return true;
}

void fuzz_one(struct span input)
{
	static struct fields one, other;
	fields_of(input, &one);
	REQUIRE((one.form == ANSWER_EMPTY) == (input.length == 0));
	REQUIRE(one.count <= FIELDS_MAX && (one.left_out == 0 || one.count == FIELDS_MAX));
	for (size_t i = 0; i < one.count; i++) {
		const struct span text = one.list[i].text;
		REQUIRE(text.length > 0 && text.length <= FIELD_LENGTH_MAX);
		REQUIRE(is_inside(text, input.bytes, input.length) ||
		        is_inside(text, one.room, sizeof one.room));
		REQUIRE(field_kind_name(one.list[i].kind) != NULL);
		const struct span first = fields_first(&one, one.list[i].kind);
		REQUIRE(first.length > 0);
	}
	memset(&other, 0xa5, sizeof other);
	fields_of(input, &other);
	REQUIRE(is_same(&one, &other));
}
