// SPDX-License-Identifier: MIT
// An Avro schema, compiled to a tree of types, and records read with it.
//
// Reading must not take longer than its bytes are many. So references to named types are
// refused, without which no type can hold itself; fields that take no bytes (nulls) are left
// out of the tree, and arrays of such items refused.
#include "capture/avro.h"

#include "base/memory.h"
#include "base/text.h"

#include <cJSON.h>
#include <string.h>

enum { TYPES_MAX = 512, DEPTH_MAX = 16, NOT_WANTED = 0xff };

enum avro_kind {
	AVRO_NULL,
	AVRO_BOOLEAN,
	AVRO_INTEGER,
	AVRO_FLOAT,
	AVRO_DOUBLE,
	AVRO_BYTES,
	AVRO_FIXED,
	AVRO_ARRAY,
	AVRO_MAP,
	AVRO_UNION,
	AVRO_RECORD,
};

// The types that one consists of follow each other: types[first .. first+count-1] name them.
struct avro_type {
	enum avro_kind kind;
	uint32_t size;  // of AVRO_FIXED
	uint16_t first, count;
	uint8_t wanted;  // field of the top record: which, or NOT_WANTED
};

struct avro_schema {
	struct avro_type types[TYPES_MAX];  // [0] is the record itself
	size_t type_count;
	uint32_t found;  // bit w: wanted field w is there
};

struct compiler {
	struct avro_schema *schema;
	const struct avro_wanted *wanted;
	size_t wanted_count;
	const char *reason;
};

static const struct {
	const char *name;
	enum avro_kind kind;
} primitives[] = {
	{ "null", AVRO_NULL },    { "boolean", AVRO_BOOLEAN }, { "int", AVRO_INTEGER },
	{ "long", AVRO_INTEGER }, { "float", AVRO_FLOAT },     { "double", AVRO_DOUBLE },
	{ "bytes", AVRO_BYTES },  { "string", AVRO_BYTES },
};

static bool refuse(struct compiler *c, const char *reason)
{
	if (c->reason == NULL)
		c->reason = reason;
	return false;
}

static const cJSON *member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static size_t size_of(const cJSON *array)
{
	return (size_t)cJSON_GetArraySize(array);
}

static bool compile(struct compiler *c, const cJSON *json, size_t at, unsigned depth);

// Room for `count` types in a row, of which `parent` consists.
static bool reserve(struct compiler *c, size_t parent, size_t count)
{
	struct avro_schema *s = c->schema;
	if (count > TYPES_MAX - s->type_count)
		return refuse(c, "its schema has more than 512 types");
	s->types[parent].first = (uint16_t)s->type_count;
	s->types[parent].count = (uint16_t)count;
	for (size_t i = 0; i < count; i++)
		s->types[s->type_count++].wanted = NOT_WANTED;
	return true;
}

static bool compile_name(struct compiler *c, const char *name, size_t at)
{
	for (size_t i = 0; i < sizeof primitives / sizeof *primitives; i++)
		if (text_equal(name, primitives[i].name)) {
			c->schema->types[at].kind = primitives[i].kind;
			return true;
		}
	return refuse(c, "its schema has a type that hotaru does not read");
}

static bool takes_no_bytes(const struct avro_schema *s, size_t at)
{
	const struct avro_type *type = &s->types[at];
	if (type->kind == AVRO_NULL || (type->kind == AVRO_FIXED && type->size == 0))
		return true;
	if (type->kind != AVRO_RECORD)
		return false;
	for (size_t i = 0; i < type->count; i++)
		if (!takes_no_bytes(s, type->first + i))
			return false;
	return true;
}

static bool compile_items(struct compiler *c, const cJSON *items, size_t at, unsigned depth)
{
	if (!reserve(c, at, 1))
		return false;
	const size_t item = c->schema->types[at].first;
	if (!compile(c, items, item, depth + 1))
		return false;
	const bool is_bounded = c->schema->types[at].kind == AVRO_MAP ||
	                        !takes_no_bytes(c->schema, item);
	return is_bounded || refuse(c, "its schema has an array of nothing");
}

static bool compile_union(struct compiler *c, const cJSON *branches, size_t at, unsigned depth)
{
	const cJSON *branch;
	c->schema->types[at].kind = AVRO_UNION;
	if (!reserve(c, at, size_of(branches)))
		return false;
	size_t to = c->schema->types[at].first;
	cJSON_ArrayForEach(branch, branches) if (!compile(c, branch, to++, depth + 1)) return false;
	return true;
}

// Whether values of the type can be handed out: an integer or null, or an array of integers.
static bool is_readable(const struct avro_schema *s, size_t at, bool is_array)
{
	const struct avro_type *type = &s->types[at];
	if (is_array)
		return type->kind == AVRO_ARRAY && s->types[type->first].kind == AVRO_INTEGER;
	if (type->kind != AVRO_UNION)
		return type->kind == AVRO_INTEGER;
	for (size_t i = 0; i < type->count; i++)
		if (s->types[type->first + i].kind != AVRO_INTEGER &&
		    s->types[type->first + i].kind != AVRO_NULL)
			return false;
	return true;
}

static bool want_field(struct compiler *c, const char *name, size_t at)
{
	struct avro_schema *s = c->schema;
	for (size_t w = 0; w < c->wanted_count; w++) {
		if (!text_equal(name, c->wanted[w].name))
			continue;
		if (s->found >> w & 1)
			return refuse(c, "its schema has a field twice");
		if (!is_readable(s, at, c->wanted[w].is_array))
			return refuse(c, "its schema has a field of another type than FlowTuple");
		s->types[at].wanted = (uint8_t)w;
		s->found |= UINT32_C(1) << w;
	}
	return true;
}

static bool compile_record(struct compiler *c, const cJSON *json, size_t at, unsigned depth)
{
	const cJSON *fields = member(json, "fields"), *field;
	if (!cJSON_IsArray(fields))
		return refuse(c, "its schema has a record without fields");
	c->schema->types[at].kind = AVRO_RECORD;
	if (!reserve(c, at, size_of(fields)))
		return false;
	const size_t first = c->schema->types[at].first;
	size_t used = 0;
	cJSON_ArrayForEach(field, fields)
	{
		struct avro_type *type = &c->schema->types[first + used];
		*type = (struct avro_type){ .wanted = NOT_WANTED };
		const char *name = cJSON_GetStringValue(member(field, "name"));
		if (name == NULL)
			return refuse(c, "its schema has a field without a name");
		if (!compile(c, member(field, "type"), first + used, depth + 1))
			return false;
		if (depth == 0 && !want_field(c, name, first + used))
			return false;
		used += !takes_no_bytes(c->schema, first + used);
	}
	c->schema->types[at].count = (uint16_t)used;
	return true;
}

static bool compile_fixed(struct compiler *c, const cJSON *json, size_t at)
{
	const double size = cJSON_GetNumberValue(member(json, "size"));
	if (!(size >= 0 && size <= AVRO_CONTENT_MAX))
		return refuse(c, "its schema has a fixed type of a size that cannot be");
	c->schema->types[at].kind = AVRO_FIXED;
	c->schema->types[at].size = (uint32_t)size;
	return true;
}

static bool compile_object(struct compiler *c, const cJSON *json, size_t at, unsigned depth)
{
	const cJSON *type = member(json, "type");
	const char *name = cJSON_GetStringValue(type);
	if (name == NULL)
		return type != NULL ? compile(c, type, at, depth + 1)
		                    : refuse(c, "its schema has an object without a type");
	if (text_equal(name, "record"))
		return compile_record(c, json, at, depth);
	if (text_equal(name, "fixed"))
		return compile_fixed(c, json, at);
	if (text_equal(name, "enum"))
		name = "int";  // written as the number of the symbol
	if (!text_equal(name, "array") && !text_equal(name, "map"))
		return compile_name(c, name, at);
	const bool is_array = text_equal(name, "array");
	c->schema->types[at].kind = is_array ? AVRO_ARRAY : AVRO_MAP;
	return compile_items(c, member(json, is_array ? "items" : "values"), at, depth);
}

static bool compile(struct compiler *c, const cJSON *json, size_t at, unsigned depth)
{
	if (depth > DEPTH_MAX)
		return refuse(c, "its schema is more than 16 types deep");
	if (cJSON_IsString(json))
		return compile_name(c, cJSON_GetStringValue(json), at);
	if (cJSON_IsArray(json))
		return compile_union(c, json, at, depth);
	if (cJSON_IsObject(json))
		return compile_object(c, json, at, depth);
	return refuse(c, "its schema lacks a type");
}

// NULL if that is no JSON, or memory is out. cJSON gets its memory from where everything does,
// and stops behind the first value: nothing but white space may follow. A NUL would end a name early,
// and is in no JSON (RFC 8259, section 7).
static cJSON *parse(struct span text)
{
	cJSON_Hooks hooks = { .malloc_fn = memory_room, .free_fn = memory_free };
	const char *begin = (const char *)text.bytes, *end = NULL;
	if (memchr(begin, '\0', text.length) != NULL)
		return NULL;
	cJSON_InitHooks(&hooks);
	cJSON *json = cJSON_ParseWithLengthOpts(begin, text.length, &end, false);
	if (json == NULL)
		return NULL;
	while (end < begin + text.length && memchr(" \t\r\n", *end, 4) != NULL)
		end++;
	if (end == begin + text.length)
		return json;
	cJSON_Delete(json);
	return NULL;
}

struct avro_schema *avro_schema_compile(struct span text, const struct avro_wanted *wanted,
                                        size_t wanted_count, const char **reason)
{
	struct avro_schema *schema = memory_new(1, sizeof *schema);
	struct compiler c = { .schema = schema, .wanted = wanted, .wanted_count = wanted_count };
	assert(wanted_count <= AVRO_WANTED_MAX);
	*reason = NULL;
	if (schema == NULL)
		return NULL;
	cJSON *json = parse(text);
	schema->type_count = 1;
	schema->types[0].wanted = NOT_WANTED;
	if (json == NULL)
		refuse(&c, "its schema is not JSON");
	else if (compile(&c, json, 0, 0) && schema->types[0].kind != AVRO_RECORD)
		refuse(&c, "its schema is not that of a record");
	cJSON_Delete(json);
	if (c.reason == NULL)
		return schema;
	memory_free(schema);
	*reason = c.reason;
	return NULL;
}

bool avro_schema_has(const struct avro_schema *schema, size_t wanted)
{
	return schema->found >> wanted & 1;
}

static void skip_bytes(struct cursor *c)
{
	const int64_t length = avro_number(c);
	cursor_take(c, length < 0 || (uint64_t)length > SIZE_MAX ? SIZE_MAX : (size_t)length);
}

static void skip(const struct avro_schema *s, const struct avro_type *type, struct cursor *c);

// Integers go to `out`, unless it is NULL.
static void read_items(const struct avro_schema *s, const struct avro_type *type, struct cursor *c,
                       struct avro_value *out)
{
	const struct avro_type *item = &s->types[type->first];
	for (;;) {
		int64_t count = avro_number(c);
		if (count < 0)
			avro_number(c);
		if (count == 0 || c->is_short)
			return;
		for (count = avro_run(count); count > 0 && !c->is_short; count--) {
			if (type->kind == AVRO_MAP)
				skip_bytes(c);
			if (out == NULL) {
				skip(s, item, c);
				continue;
			}
			const int64_t number = avro_number(c);
			if (out->item_count < AVRO_ITEMS_MAX)
				out->items[out->item_count++] = number;
		}
	}
}

// The branch of a union that follows; NULL, and the cursor short, if there is no such.
static const struct avro_type *read_branch(const struct avro_schema *s,
                                           const struct avro_type *type, struct cursor *c)
{
	const int64_t branch = avro_number(c);
	if (!c->is_short && branch >= 0 && branch < type->count)
		return &s->types[type->first + branch];
	c->at = c->end;
	c->is_short = true;
	return NULL;
}

static void skip(const struct avro_schema *s, const struct avro_type *type, struct cursor *c)
{
	switch (type->kind) {
	case AVRO_NULL: return;
	case AVRO_BOOLEAN: cursor_take(c, 1); return;
	case AVRO_INTEGER: cursor_varint(c); return;
	case AVRO_FLOAT: cursor_take(c, 4); return;
	case AVRO_DOUBLE: cursor_take(c, 8); return;
	case AVRO_BYTES: skip_bytes(c); return;
	case AVRO_FIXED: cursor_take(c, type->size); return;
	case AVRO_ARRAY:
	case AVRO_MAP: read_items(s, type, c, NULL); return;
	case AVRO_UNION: {
		const struct avro_type *branch = read_branch(s, type, c);
		if (branch != NULL)
			skip(s, branch, c);
		return;
	}
	case AVRO_RECORD:
		for (size_t i = 0; i < type->count; i++)
			skip(s, &s->types[type->first + i], c);
		return;
	}
}

static void read_value(const struct avro_schema *s, const struct avro_type *type, struct cursor *c,
                       struct avro_value *out)
{
	*out = (struct avro_value){ .is_there = true };
	if (type->kind == AVRO_ARRAY) {
		read_items(s, type, c, out);
		return;
	}
	if (type->kind == AVRO_UNION)
		type = read_branch(s, type, c);
	if (type == NULL || type->kind == AVRO_NULL)
		out->is_there = false;
	else
		out->number = avro_number(c);
}

bool avro_schema_read(const struct avro_schema *s, struct cursor *c, struct avro_value *values)
{
	const struct avro_type *record = &s->types[0];
	for (size_t i = 0; i < record->count && !c->is_short; i++) {
		const struct avro_type *field = &s->types[record->first + i];
		if (field->wanted == NOT_WANTED)
			skip(s, field, c);
		else
			read_value(s, field, c, &values[field->wanted]);
	}
	return !c->is_short;
}
