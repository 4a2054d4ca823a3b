// SPDX-License-Identifier: MIT
// Rules as they rest: added, compiled, counted.
#include "base/memory.h"
#include "base/text.h"
#include "device/label_private.h"

#include <string.h>

enum { PATTERN_MAX = 8192 };

static void *pcre2_room(PCRE2_SIZE size, void *context)
{
	(void)context;
	return memory_room(size);
}

static void pcre2_give(void *block, void *context)
{
	(void)context;
	memory_free(block);
}

struct label_rules *label_rules_new(struct error *error)
{
	struct label_rules *rules = memory_new(1, sizeof *rules);
	if (rules == NULL) {
		error_memory(error, "rules for labels");
		return NULL;
	}
	rules->texts = buffer_up_to(LABEL_TEXTS_MAX);
	rules->memory = pcre2_general_context_create(pcre2_room, pcre2_give, NULL);
	if (rules->memory != NULL)
		rules->compile = pcre2_compile_context_create(rules->memory);
	if (rules->compile == NULL) {
		error_memory(error, "rules for labels");
		label_rules_free(rules);
		return NULL;
	}
	pcre2_set_newline(rules->compile, PCRE2_NEWLINE_LF);
	pcre2_set_max_pattern_length(rules->compile, PATTERN_MAX);
	return rules;
}

void label_rules_free(struct label_rules *rules)
{
	if (rules == NULL)
		return;
	for (size_t kind = 0; kind < FIELD_KINDS; kind++) {
		for (size_t i = 0; i < rules->lists[kind].count; i++)
			pcre2_code_free(rules->lists[kind].rules[i].code);
		memory_free(rules->lists[kind].rules);
	}
	pcre2_compile_context_free(rules->compile);
	pcre2_general_context_free(rules->memory);
	buffer_done(&rules->texts);
	memory_free(rules->params);
	memory_free(rules->vendors);
	memory_free(rules);
}

struct label_rules_summary label_rules_summary(const struct label_rules *rules)
{
	return rules->summary;
}

bool label_room(void **items, size_t *capacity, size_t count, size_t size)
{
	if (count < *capacity)
		return true;
	const size_t more = *capacity == 0 ? 64 : *capacity * 2;
	void *larger = memory_resize(*items, more, size);
	if (larger == NULL)
		return false;
	*items = larger;
	*capacity = more;
	return true;
}

bool label_keep_text(struct label_rules *rules, const char *text, size_t length, uint32_t *out)
{
	const size_t at = rules->texts.length;
	buffer_append(&rules->texts, text, length);
	buffer_byte(&rules->texts, 0);
	*out = (uint32_t)at;
	return !rules->texts.failed;
}

// What is wrong with a rule is told of the first one.
static void note_unusable(struct label_rules *rules, const char *file, unsigned long line,
                          const char *why)
{
	if (rules->summary.unusable++ == 0)
		text_format(rules->summary.trouble, sizeof rules->summary.trouble, "%s:%lu: %s",
		            file, line, why);
}

// NULL: it cannot be compiled, and `why` says so, or *starved: there is no memory.
static pcre2_code *compile(const struct label_rules *rules, const struct label_draft *draft,
                           char why[128], bool *starved)
{
	const uint32_t options = PCRE2_MULTILINE | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP |
	                         PCRE2_NEVER_BACKSLASH_C |
	                         (draft->ignores_case ? PCRE2_CASELESS : 0) |
	                         (draft->dot_takes_all ? PCRE2_DOTALL : 0);
	int code;
	PCRE2_SIZE at;
	pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)draft->pattern, strlen(draft->pattern),
	                                     options, &code, &at, rules->compile);
	*starved = compiled == NULL && code == PCRE2_ERROR_HEAP_FAILED;
	if (compiled == NULL) {
		char reason[96];
		pcre2_get_error_message(code, (PCRE2_UCHAR *)reason, sizeof reason);
		text_format(why, 128, "%s, at byte %zu", reason, (size_t)at);
	}
	return compiled;
}

// Whether each parameter is of a group that the expression has.
static bool has_groups(const struct label_rules *rules, const pcre2_code *code, size_t count)
{
	uint32_t groups;
	pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
	for (size_t i = rules->param_count - count; i < rules->param_count; i++)
		if (rules->params[i].position > groups)
			return false;
	return true;
}

bool label_rules_add(struct label_rules *rules, enum field_kind kind,
                     const struct label_draft *draft, const char *file, unsigned long line,
                     struct error *error)
{
	struct label_rule_list *list = &rules->lists[kind];
	if (rules->summary.rules == LABEL_RULES_MAX)
		return error_set(error, ERROR_FAILED, "more than %d rules for labels",
		                 LABEL_RULES_MAX);
	char why[128] = "it takes a group that the expression has not";
	bool starved;
	pcre2_code *code = compile(rules, draft, why, &starved);
	if (starved ||
	    !label_room((void **)&list->rules, &list->capacity, list->count, sizeof *list->rules)) {
		pcre2_code_free(code);
		return error_memory(error, "rules for labels");
	}
	if (code == NULL || !has_groups(rules, code, draft->param_count)) {
		pcre2_code_free(code);
		rules->param_count -= draft->param_count;
		note_unusable(rules, file, line, why);
		return true;
	}
	list->rules[list->count++] = (struct label_rule){
		.code = code,
		.params = (uint32_t)(rules->param_count - draft->param_count),
		.param_count = (uint32_t)draft->param_count,
	};
	rules->summary.rules++;
	return true;
}

// Spellings that the rules have, each as often as it stands there.
bool label_rules_finish(struct label_rules *rules, struct error *error)
{
	for (size_t i = 0; i < rules->param_count; i++) {
		const struct label_param *p = &rules->params[i];
		if (p->part == PART_VENDOR && p->position == 0 &&
		    !label_vendor_add(rules, label_text(rules, p->value), 1))
			return error_memory(error, "names of vendors");
	}
	label_vendors_finish(rules);
	return true;
}
