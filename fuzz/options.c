// SPDX-License-Identifier: MIT
// Command lines, with the options of every command.
//
// Input: a byte chooses the command, then words, each up to a zero byte.
#include "cmd/cmd.h"
#include "fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 32, FIELDS_SIZE = 4096 };

static const struct command *const commands[] = {
	&command_compact, &command_fingerprints, &command_info,     &command_ingest,
	&command_ledger,  &command_lifetimes,    &command_packets,  &command_report,
	&command_survey,  &command_verify,       &command_simulate,
};

static bool points_into(const char *text, char *const *words, const size_t *lengths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text >= words[i] && text <= words[i] + lengths[i])
			return true;
	return false;
}

static void check_number(const struct option *option, uint64_t value)
{
	if (value == 0)
		return;  // it may not have been given
	REQUIRE(value >= option->minimum);
	REQUIRE(option->maximum == 0 || value <= option->maximum);
}

static void check_field(const struct option *option, const uint8_t *fields)
{
	const void *field = fields + option->offset;
	const char *word;
	unsigned choice, choices = 0;
	double real;
	uint64_t number;
	bool flag;
	switch (option->kind) {
	case OPTION_FLAG:
		memcpy(&flag, field, sizeof flag);
		REQUIRE(flag == false || flag == true);
		break;
	case OPTION_NUMBER:
	case OPTION_SIZE:
		memcpy(&number, field, sizeof number);
		check_number(option, number);
		break;
	case OPTION_REAL:
		memcpy(&real, field, sizeof real);
		REQUIRE(isfinite(real));
		break;
	case OPTION_CHOICE:
		memcpy(&choice, field, sizeof choice);
		while (option->choices[choices] != NULL)
			choices++;
		REQUIRE(choice < choices);
		break;
	case OPTION_WORD:
		memcpy(&word, field, sizeof word);
		while (option->choices[choices] != NULL && option->choices[choices] != word)
			choices++;
		REQUIRE(word == NULL || option->choices[choices] == word);
		break;
	case OPTION_TEXT:
	case OPTION_ABSENT:
	case OPTION_DAY: break;
	}
}

static void check_parsed(const struct command *command, const uint8_t *fields, char *const *words,
                         const size_t *lengths, size_t count)
{
	for (size_t t = 0; command->tables[t] != NULL; t++)
		for (size_t i = 0; i < command->tables[t]->count; i++) {
			const struct option *option = &command->tables[t]->options[i];
			const char *text;
			check_field(option, fields);
			if (option->kind != OPTION_TEXT)
				continue;
			memcpy(&text, fields + option->offset, sizeof text);
			REQUIRE(text == NULL || points_into(text, words, lengths, count));
		}
}

void fuzz_one(struct span input)
{
	_Alignas(16) uint8_t fields[FIELDS_SIZE] = { 0 };
	char *words[WORDS_MAX], *given[WORDS_MAX];
	size_t lengths[WORDS_MAX], count = 0;
	struct error error = { .kind = ERROR_NONE };
	const struct command *command =
		commands[fuzz_u8(&input) % (sizeof commands / sizeof *commands)];
	for (; input.length > 0 && count < WORDS_MAX; count++) {
		words[count] = given[count] = fuzz_text_until(&input, '\0');
		lengths[count] = strlen(words[count]);
	}
	struct option_words parsed = { words, count };
	if (options_parse(command->tables, fields, &parsed, &error)) {
		REQUIRE(parsed.count <= count);
		check_parsed(command, fields, given, lengths, count);
		for (size_t i = 0; i < parsed.count; i++)
			REQUIRE(points_into(words[i], given, lengths, count));
	} else {
		REQUIRE(error.kind == ERROR_USAGE && error.text[0] != '\0');
	}
	for (size_t i = 0; i < count; i++)
		free(given[i]);
}
