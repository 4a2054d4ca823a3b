// SPDX-License-Identifier: MIT
#include "base/options.h"

#include "base/calendar.h"
#include "base/suggest.h"
#include "base/text.h"

#include <string.h>

enum { DAYS_BEFORE_MAX = 1000000, CHOICES_SIZE = 256, SIZE_TEXT_SIZE = 24 };

static const struct option *find_by_name(const struct option_table *const *tables, const char *name,
                                         size_t length)
{
	for (; *tables != NULL; tables++)
		for (size_t i = 0; i < (*tables)->count; i++)
			if (strlen((*tables)->options[i].name) == length &&
			    strncmp((*tables)->options[i].name, name, length) == 0)
				return &(*tables)->options[i];
	return NULL;
}

static const struct option *find_by_letter(const struct option_table *const *tables, char letter)
{
	for (; *tables != NULL; tables++)
		for (size_t i = 0; i < (*tables)->count; i++)
			if ((*tables)->options[i].letter == letter && letter != 0)
				return &(*tables)->options[i];
	return NULL;
}

static bool set_number(const struct option *option, uint64_t *field, const char *text,
                       struct error *error)
{
	const uint64_t maximum = option->maximum == 0 ? UINT64_MAX : option->maximum;
	uint64_t value = 0;
	if (!text_u64(text, maximum, &value) || value < option->minimum)
		return error_set(error, ERROR_USAGE,
		                 "--%s takes a whole number from %llu to %llu, not '%s'",
		                 option->name, (unsigned long long)option->minimum,
		                 (unsigned long long)maximum, text);
	*field = value;
	return true;
}

// As few digits as say it: 64M.
static void format_size(uint64_t bytes, char out[SIZE_TEXT_SIZE])
{
	static const char *const units[] = { "", "K", "M", "G", "T" };
	unsigned unit = 0;
	for (; unit < 4 && bytes > 0 && bytes % 1024 == 0; unit++)
		bytes /= 1024;
	text_format(out, SIZE_TEXT_SIZE, "%llu%s", (unsigned long long)bytes, units[unit]);
}

static bool set_size(const struct option *option, uint64_t *field, const char *text,
                     struct error *error)
{
	const uint64_t maximum = option->maximum == 0 ? UINT64_MAX : option->maximum;
	char least[SIZE_TEXT_SIZE], most[SIZE_TEXT_SIZE];
	uint64_t value = 0;
	const bool is_size = text_size(text, &value);
	if (is_size && value >= option->minimum && value <= maximum) {
		*field = value;
		return true;
	}
	if (option->maximum == 0)
		return error_set(error, ERROR_USAGE,
		                 "--%s takes a size such as 512M or 4G, not '%s'", option->name,
		                 text);
	format_size(option->minimum, least);
	format_size(maximum, most);
	return error_set(error, ERROR_USAGE, "--%s takes a size from %s to %s%s, not '%s'",
	                 option->name, least, most, is_size ? "" : ", such as 512M or 4G", text);
}

static bool refuse_choice(const struct option *option, const char *text, struct error *error)
{
	char all[CHOICES_SIZE] = "";
	struct suggestion meant = { .word = text };
	for (size_t i = 0, length = 0; option->choices[i] != NULL; i++, length = strlen(all)) {
		text_format(all + length, sizeof all - length, "%s%s", i > 0 ? "|" : "",
		            option->choices[i]);
		suggestion_try(&meant, option->choices[i]);
	}
	error_set(error, ERROR_USAGE, "--%s takes %s, not '%s'", option->name, all, text);
	return suggestion_add(&meant, "", error);
}

static bool set_choice(const struct option *option, void *field, const char *text,
                       struct error *error)
{
	unsigned i = 0;
	while (option->choices[i] != NULL && !text_equal(option->choices[i], text))
		i++;
	if (option->choices[i] == NULL)
		return refuse_choice(option, text, error);
	if (option->kind == OPTION_CHOICE)
		*(unsigned *)field = i;
	else
		*(const char **)field = option->choices[i];
	return true;
}

static bool parse_day(const char *text, struct option_day *out)
{
	uint64_t before;
	*out = (struct option_day){ .is_given = true };
	if (day_parse(text, &out->day))
		return true;
	if (text_equal(text, "today") || text_equal(text, "yesterday")) {
		out->from = DAY_FROM_TODAY;
		out->day = text[0] == 'y' ? -1 : 0;
		return true;
	}
	if (text[0] != '-' || !text_u64(text + 1, DAYS_BEFORE_MAX, &before))
		return false;
	out->from = DAY_FROM_LAST;
	out->day = -(int32_t)before;
	return true;
}

static bool set_day(const struct option *option, struct option_day *field, const char *text,
                    struct error *error)
{
	struct option_day day;
	struct suggestion meant = { .word = text };
	if (parse_day(text, &day)) {
		*field = day;
		return true;
	}
	suggestion_try(&meant, "today");
	suggestion_try(&meant, "yesterday");
	error_set(
		error, ERROR_USAGE,
		"--%s takes a day as YYYY-MM-DD, today, yesterday, or -7 for seven days before the "
		"last one, not '%s'",
		option->name, text);
	return suggestion_add(&meant, "", error);
}

static bool set_value(const struct option *option, void *fields, const char *text,
                      struct error *error)
{
	void *field = (char *)fields + option->offset;
	switch (option->kind) {
	case OPTION_FLAG: *(bool *)field = true; return true;
	case OPTION_TEXT: *(const char **)field = text; return true;
	case OPTION_NUMBER: return set_number(option, field, text, error);
	case OPTION_CHOICE:
	case OPTION_WORD: return set_choice(option, field, text, error);
	case OPTION_SIZE: return set_size(option, field, text, error);
	case OPTION_REAL:
		return text_double(text, field) ||
		       error_set(error, ERROR_USAGE, "--%s takes a number such as 0.5, not '%s'",
		                 option->name, text);
	case OPTION_DAY: return set_day(option, field, text, error);
	case OPTION_ABSENT: return error_set(error, ERROR_USAGE, "%s", option->help);
	}
	return false;
}

// One option word: the option, and a value that is part of the word or NULL.
struct match {
	const struct option *option;
	const char *value;
};

static struct match find(const struct option_table *const *tables, const char *word)
{
	struct match match = { .value = NULL };
	if (word[1] == '-') {
		const size_t length = strcspn(word + 2, "=");
		match.option = find_by_name(tables, word + 2, length);
		if (word[2 + length] == '=')
			match.value = word + 3 + length;
	} else {
		match.option = find_by_letter(tables, word[1]);
		if (word[2] != '\0')
			match.value = word + 2;
	}
	return match;
}

static void try_names(const struct option_table *const *tables, struct suggestion *meant)
{
	for (; *tables != NULL; tables++)
		for (size_t i = 0; i < (*tables)->count; i++)
			if ((*tables)->options[i].kind != OPTION_ABSENT)
				suggestion_try(meant, (*tables)->options[i].name);
}

static bool unknown_option(const struct option_table *const *tables, const char *word,
                           struct error *error)
{
	char name[SUGGEST_LENGTH_MAX + 1];
	struct suggestion meant = { .word = name };
	error_set(error, ERROR_USAGE, "unknown option '%s'; see --help", word);
	if (word[1] == '-') {
		// What stands behind the sign is a value.
		if (text_format(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2))
			try_names(tables, &meant);
		return suggestion_add(&meant, "--", error);
	}
	const char other[] = { (char)(word[1] ^ ('a' ^ 'A')), '\0' };
	if (find_by_letter(tables, other[0]) != NULL)
		meant.best = other;
	return suggestion_add(&meant, "-", error);
}

// Sets the field of the option word words[*at]; its value may be the next word.
static bool take_option(const struct option_table *const *tables, void *fields,
                        const struct option_words *words, size_t *at, struct error *error)
{
	const struct match match = find(tables, words->words[*at]);
	const struct option *option = match.option;
	if (option == NULL)
		return unknown_option(tables, words->words[*at], error);
	const bool takes_none = option->kind == OPTION_FLAG || option->kind == OPTION_ABSENT;
	if (option->kind == OPTION_FLAG && match.value != NULL)
		return error_set(error, ERROR_USAGE, "--%s takes no value", option->name);
	if (takes_none || match.value != NULL)
		return set_value(option, fields, match.value, error);
	if (++*at == words->count)
		return error_set(error, ERROR_USAGE, "--%s needs a value: %s", option->name,
		                 option->value);
	return set_value(option, fields, words->words[*at], error);
}

bool options_parse(const struct option_table *const *tables, void *fields,
                   struct option_words *words, struct error *error)
{
	size_t operands = 0;
	bool only_operands = false;
	for (size_t i = 0; i < words->count; i++) {
		char *word = words->words[i];
		if (only_operands || word[0] != '-' || word[1] == '\0')
			words->words[operands++] = word;
		else if (text_equal(word, "--"))
			only_operands = true;
		else if (!take_option(tables, fields, words, &i, error))
			return false;
	}
	words->count = operands;
	return true;
}

void option_label(const struct option *option, char out[OPTION_LABEL_SIZE])
{
	const char letter[] = { '-', option->letter, ',', ' ', '\0' };
	text_format(out, OPTION_LABEL_SIZE, "%s--%s%s%s", option->letter != 0 ? letter : "    ",
	            option->name, option->value != NULL ? " " : "",
	            option->value != NULL ? option->value : "");
}
