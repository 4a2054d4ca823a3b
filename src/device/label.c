// SPDX-License-Identifier: MIT
// What answers are the answers of: fields are matched, values put together.
#include "device/label_private.h"
#include "base/memory.h"
#include "base/text.h"

#include <string.h>

// What was found for a field that came before: short ones only, in the place that their hash says.
// Others that want the place take it.
enum { MEMORY_SLOTS = 4096, MEMORY_TEXT = 120, VALUE_SIZE = 256 };

struct remembered {
	uint8_t length, kind;  // length 0: nothing yet
	uint8_t text[MEMORY_TEXT];
	uint32_t rule;  // its number and 1; 0: none matches
};

struct label_work {
	const struct label_rules *rules;
	pcre2_match_context *limits;
	pcre2_match_data *data;
	struct remembered *memory;
	struct fields fields;
	uint64_t gave_up;
	unsigned answer_gave_up;
};

struct label_work *label_work_new(const struct label_rules *rules, struct error *error)
{
	struct label_work *work = memory_new(1, sizeof *work);
	if (work != NULL) {
		work->rules = rules;
		work->memory = memory_new(MEMORY_SLOTS, sizeof *work->memory);
		work->limits = pcre2_match_context_create(rules->memory);
		work->data = pcre2_match_data_create(100, rules->memory);
	}
	if (work == NULL || work->memory == NULL || work->limits == NULL || work->data == NULL) {
		label_work_free(work);
		error_memory(error, "labels");
		return NULL;
	}
	pcre2_set_match_limit(work->limits, LABEL_STEPS_MAX);
	pcre2_set_depth_limit(work->limits, LABEL_STEPS_MAX);
	pcre2_set_heap_limit(work->limits, LABEL_HEAP_MAX >> 10);
	return work;
}

void label_work_free(struct label_work *work)
{
	if (work == NULL)
		return;
	pcre2_match_data_free(work->data);
	pcre2_match_context_free(work->limits);
	memory_free(work->memory);
	memory_free(work);
}

uint64_t label_gave_up(const struct label_work *work)
{
	return work->gave_up;
}

// ---- which rule

static bool matches(struct label_work *work, const struct label_rule *rule, struct span text)
{
	const int found = pcre2_match(rule->code, text.bytes, text.length, 0, 0, work->data,
	                              work->limits);
	// What is not "no match" is a limit, or no memory for it.
	if (found < 0 && found != PCRE2_ERROR_NOMATCH) {
		work->gave_up++;
		work->answer_gave_up++;
	}
	return found >= 0;
}

static struct remembered *slot_of(struct label_work *work, enum field_kind kind, struct span text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)kind;  // FNV-1a
	for (size_t i = 0; i < text.length; i++)
		hash = (hash ^ text.bytes[i]) * UINT64_C(0x100000001b3);
	return &work->memory[(hash >> 32) % MEMORY_SLOTS];
}

static bool is_of(const struct remembered *slot, enum field_kind kind, struct span text)
{
	return slot->length == text.length && slot->kind == kind &&
	       memcmp(slot->text, text.bytes, text.length) == 0;
}

// The number of the first rule that matches, and 1; 0: none. Its groups are those of the last match only
// if *is_fresh.
static uint32_t search(struct label_work *work, enum field_kind kind, struct span text,
                       bool *is_fresh)
{
	const struct label_rule_list *list = &work->rules->lists[kind];
	struct remembered *slot = text.length <= MEMORY_TEXT ? slot_of(work, kind, text) : NULL;
	*is_fresh = slot == NULL || !is_of(slot, kind, text);
	if (!*is_fresh)
		return slot->rule;
	uint32_t found = 0;
	const uint64_t before = work->gave_up;
	for (uint32_t i = 0; i < list->count && found == 0; i++) {
		if (work->answer_gave_up >= LABEL_GIVE_UPS_MAX)
			return 0;
		if (matches(work, &list->rules[i], text))
			found = i + 1;
	}
	// What a limit ended is counted each time.
	if (slot != NULL && work->gave_up == before) {
		slot->length = (uint8_t)text.length;
		slot->kind = (uint8_t)kind;
		memcpy(slot->text, text.bytes, text.length);
		slot->rule = found;
	}
	return found;
}

// ---- what it says

// The text of a parameter before others are put in; false: its group took no part.
static bool raw_value(const struct label_work *work, struct span text,
                      const struct label_param *param, struct span *out)
{
	if (param->position == 0) {
		const char *value = label_text(work->rules, param->value);
		*out = (struct span){ (const uint8_t *)value, strlen(value) };
		return true;
	}
	const PCRE2_SIZE *groups = pcre2_get_ovector_pointer(work->data);
	const PCRE2_SIZE from = groups[2 * param->position], to = groups[2 * param->position + 1];
	// \K can have a group end before it begins.
	if (from == PCRE2_UNSET || to > text.length || from >= to)
		return false;
	*out = (struct span){ text.bytes + from, to - from };
	return true;
}

// The parameter that is called so; NULL: none is.
static const struct label_param *named(const struct label_rules *rules,
                                       const struct label_rule *rule, struct span name)
{
	for (uint32_t i = 0; i < rule->param_count; i++) {
		const struct label_param *param = &rules->params[rule->params + i];
		const char *its = label_text(rules, param->name);
		if (strlen(its) == name.length && memcmp(its, name.bytes, name.length) == 0)
			return param;
	}
	return NULL;
}

struct value {
	char text[VALUE_SIZE];
	size_t length;
};

// Control characters become blanks, and several blanks one.
static void put(struct value *v, struct span bytes)
{
	for (size_t i = 0; i < bytes.length && v->length + 1 < VALUE_SIZE; i++) {
		uint8_t byte = bytes.bytes[i];
		if (byte < 0x20 || byte == 0x7f)
			byte = ' ';
		if (byte != ' ' || (v->length > 0 && v->text[v->length - 1] != ' '))
			v->text[v->length++] = (char)byte;
	}
}

static size_t find(struct span s, uint8_t byte)
{
	size_t at = 0;
	while (at < s.length && s.bytes[at] != byte)
		at++;
	return at;
}

// The text of a parameter: what others are called in it is put in, once and not again in what was put in.
static bool value_of(const struct label_work *work, const struct label_rule *rule, struct span text,
                     const struct label_param *param, struct value *out)
{
	struct span rest;
	out->length = 0;
	if (!raw_value(work, text, param, &rest))
		return false;
	while (param->position == 0 && rest.length > 0) {
		const size_t open = find(rest, '{');
		const size_t close = find(span_from(rest, open), '}') + open;
		if (close >= rest.length)
			break;
		put(out, (struct span){ rest.bytes, open });
		const struct span name = { rest.bytes + open + 1, close - open - 1 };
		const struct label_param *other = named(work->rules, rule, name);
		struct span value;
		if (other != NULL && raw_value(work, text, other, &value))
			put(out, value);
		rest = span_from(rest, close + 1);
	}
	put(out, rest);
	while (out->length > 0 && out->text[out->length - 1] == ' ')
		out->length--;
	out->text[out->length] = 0;
	return out->length > 0;
}

// The groups of which the rule says that nothing is certain, as bits.
static unsigned denied_groups(const struct label_rules *rules, const struct label_rule *rule)
{
	unsigned denied = 0;
	for (uint32_t i = 0; i < rule->param_count; i++) {
		const struct label_param *param = &rules->params[rule->params + i];
		double certainty;
		if (param->part == PART_CERTAINTY && param->position == 0 &&
		    text_double(label_text(rules, param->value), &certainty) && !(certainty > 0))
			denied |= 1u << param->group;
	}
	return denied;
}

static char *part_in(struct label *label, enum label_part part)
{
	switch (part) {
	case PART_VENDOR: return label->vendor;
	case PART_PRODUCT: return label->product;
	case PART_FAMILY: return label->family;
	case PART_DEVICE: return label->device;
	case PART_VERSION: return label->version;
	case PART_CERTAINTY:
	case PART_OTHER: break;
	}
	return NULL;
}

// What one group of the rule says, where nothing is said yet.
static void add_group(struct label_work *work, const struct label_rule *rule, struct span text,
                      enum label_group group, struct label *out)
{
	struct value value;
	for (uint32_t i = 0; i < rule->param_count; i++) {
		const struct label_param *param = &work->rules->params[rule->params + i];
		char *part = part_in(out, param->part);
		if (param->group != group || part == NULL || part[0] != 0 ||
		    (group == GROUP_SERVICE && param->part == PART_DEVICE) ||
		    !value_of(work, rule, text, param, &value))
			continue;
		text_copy(part, LABEL_TEXT_SIZE, value.text);
		if (out->basis == LABEL_NONE)
			out->basis = (enum label_basis)group;
	}
}

static void label_by(struct label_work *work, const struct label_rule *rule, struct span text,
                     struct label *out)
{
	static const enum label_group order[] = { GROUP_HARDWARE, GROUP_SERVICE, GROUP_OS };
	const unsigned denied = denied_groups(work->rules, rule);
	*out = (struct label){ 0 };
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if ((denied >> order[i] & 1) == 0)
			add_group(work, rule, text, order[i], out);
	if (out->vendor[0] != 0)
		label_vendor_mend(work->rules, out->vendor);
}

unsigned label_knowledge(const struct label *label)
{
	return 2 * (unsigned)label->basis + (label->product[0] != 0);
}

bool label_of(struct label_work *work, struct span answer, struct label *out)
{
	*out = (struct label){ 0 };
	work->answer_gave_up = 0;
	fields_of(answer, &work->fields);
	for (size_t i = 0; i < work->fields.count; i++) {
		const struct field *field = &work->fields.list[i];
		struct label label;
		bool is_fresh;
		const uint32_t found = search(work, field->kind, field->text, &is_fresh);
		if (found == 0)
			continue;
		const struct label_rule *rule = &work->rules->lists[field->kind].rules[found - 1];
		if (!is_fresh && !matches(work, rule, field->text))
			continue;
		label_by(work, rule, field->text, &label);
		if (label_knowledge(&label) > label_knowledge(out))
			*out = label;
	}
	return out->basis != LABEL_NONE;
}

void label_name(const struct label *label, char out[LABEL_NAME_SIZE])
{
	const char *what = label->product[0] != 0  ? label->product
	                   : label->family[0] != 0 ? label->family
	                   : label->vendor[0] == 0 ? label->device
	                                           : "";
	// "D-Link", "D-Link DIR-300": the vendor stands there once.
	const size_t length = strlen(label->vendor);
	const bool is_said = length > 0 && strncmp(what, label->vendor, length) == 0 &&
	                     (what[length] == 0 || what[length] == ' ');
	text_format(out, LABEL_NAME_SIZE, "%s%s%s", is_said ? "" : label->vendor,
	            is_said || length == 0 || what[0] == 0 ? "" : " ", what);
}
