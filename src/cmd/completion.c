// SPDX-License-Identifier: MIT
#include "cmd/completion.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

// What an option takes, as far as a shell can help.
enum takes { TAKES_NOTHING, TAKES_ANYTHING, TAKES_WORDS, TAKES_FILE, TAKES_FOLDER };

// "en|ja", in small letters: the words themselves stand there.
static bool has_words(const char *value)
{
	bool has_any = strchr(value, '|') != NULL;
	for (; *value != '\0'; value++)
		has_any = has_any && (*value == '|' || *value == '-' || islower(*value));
	return has_any;
}

static enum takes takes_of(const struct option *o)
{
	if (o->kind == OPTION_FLAG)
		return TAKES_NOTHING;
	if (o->choices != NULL || o->kind == OPTION_DAY || has_words(o->value))
		return TAKES_WORDS;
	if (text_equal(o->value, "DIR"))
		return TAKES_FOLDER;
	return strstr(o->value, "FILE") != NULL || strstr(o->value, "PATH") != NULL
	               ? TAKES_FILE
	               : TAKES_ANYTHING;
}

static void print_words(FILE *out, const struct option *o)
{
	if (o->kind == OPTION_DAY) {
		fputs("today yesterday", out);
	} else if (o->choices != NULL) {
		for (size_t i = 0; o->choices[i] != NULL; i++)
			fprintf(out, "%s%s", i > 0 ? " " : "", o->choices[i]);
	} else {
		for (const char *at = o->value; *at != '\0'; at++)
			fputc(*at == '|' ? ' ' : *at, out);
	}
}

// Those that there are.
static void for_each_option(FILE *out, const struct command *c,
                            void (*print)(FILE *, const struct option *))
{
	for (const struct option_table *const *t = c->tables; *t != NULL; t++)
		for (size_t i = 0; i < (*t)->count; i++)
			if ((*t)->options[i].kind != OPTION_ABSENT)
				print(out, &(*t)->options[i]);
}

static bool takes_captures(const struct command *c)
{
	return strstr(c->operands, "CAPTURE") != NULL;
}

// ---- bash

static void bash_commands(FILE *out, const struct command *const *commands)
{
	for (; *commands != NULL; commands++)
		fprintf(out, "%s ", (*commands)->name);
}

static void bash_name(FILE *out, const struct option *o)
{
	fprintf(out, "--%s ", o->name);
}

static void bash_value(FILE *out, const struct option *o)
{
	static const char *const flags[] = { [TAKES_FILE] = "-f", [TAKES_FOLDER] = "-d" };
	const enum takes takes = takes_of(o);
	if (takes == TAKES_NOTHING)
		return;
	fputs("\t\t", out);
	if (o->letter != 0)
		fprintf(out, "-%c|", o->letter);
	fprintf(out, "--%s) ", o->name);
	if (takes == TAKES_WORDS) {
		fputs("words='", out);
		print_words(out, o);
		fputs("' ;;\n", out);
	} else {
		fprintf(out, "kind=%s ;;\n", takes == TAKES_ANYTHING ? "none" : flags[takes]);
	}
}

static void bash_command(FILE *out, const struct command *c)
{
	fprintf(out, "\t%s)\n\t\toptions='", c->name);
	for_each_option(out, c, bash_name);
	fprintf(out, "'\n\t\tkind=%s\n\t\tcase $before in\n", takes_captures(c) ? "-f" : "none");
	for_each_option(out, c, bash_value);
	fputs("\t\tesac ;;\n", out);
}

static void print_bash(FILE *out, const struct command *const *commands)
{
	fputs("# Made by `hotaru --completion bash` from the tables of the commands.\n"
	      "_hotaru()\n{\n"
	      "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal options= words= kind=none\n"
	      "\t# `--option=value` is three words.\n"
	      "\tif [[ $word == = ]]; then\n\t\tword=\n"
	      "\telif [[ $before == = ]]; then\n\t\tbefore=${COMP_WORDS[COMP_CWORD-2]}\n\tfi\n"
	      "\tcase ${COMP_WORDS[1]} in\n",
	      out);
	for (const struct command *const *c = commands; *c != NULL; c++)
		bash_command(out, *c);
	fputs("\tesac\n"
	      "\tif [[ $COMP_CWORD -eq 1 || ( $COMP_CWORD -eq 2 && ${COMP_WORDS[1]} == help ) ]]; then\n"
	      "\t\twords='",
	      out);
	bash_commands(out, commands);
	fputs("help'\n\tfi\n"
	      "\tif [[ -n $words ]]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
	      "\telif [[ $word == -* ]]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
	      "\telif [[ $kind != none ]]; then\n"
	      "\t\tcompopt -o filenames 2>/dev/null\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen \"$kind\" -- \"$word\")\n"
	      "\tfi\n}\ncomplete -F _hotaru hotaru\n",
	      out);
}

// ---- zsh

// Inside '...', where some characters mean something to _arguments.
static void zsh_text(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			fputs("'\\'", out);
		else if (strchr("[]:\\", *text) != NULL)
			fputc('\\', out);
		fputc(*text, out);
	}
}

static void zsh_value(FILE *out, const struct option *o)
{
	const enum takes takes = takes_of(o);
	if (takes == TAKES_NOTHING)
		return;
	fputc(':', out);
	zsh_text(out, o->value != NULL ? o->value : o->name);
	fputc(':', out);
	if (takes == TAKES_WORDS) {
		fputc('(', out);
		print_words(out, o);
		fputc(')', out);
	} else {
		fputs(takes == TAKES_FILE     ? "_files"
		      : takes == TAKES_FOLDER ? "_files -/"
		                              : " ",
		      out);
	}
}

static void zsh_option(FILE *out, const struct option *o)
{
	const char *sign = takes_of(o) == TAKES_NOTHING ? "" : "=";
	fputs(" \\\n\t\t\t", out);
	if (o->letter != 0)
		fprintf(out, "'(-%c --%s)'{-%c,--%s%s}'[", o->letter, o->name, o->letter, o->name,
		        sign);
	else
		fprintf(out, "'--%s%s[", o->name, sign);
	zsh_text(out, o->help);
	fputc(']', out);
	zsh_value(out, o);
	fputc('\'', out);
}

static void zsh_command(FILE *out, const struct command *c)
{
	fprintf(out, "\t%s)\n\t\t_arguments", c->name);
	for_each_option(out, c, zsh_option);
	fputs(takes_captures(c) ? " \\\n\t\t\t'*:CAPTURE:_files' ;;\n" : " ;;\n", out);
}

static void print_zsh(FILE *out, const struct command *const *commands)
{
	fputs("#compdef hotaru\n"
	      "# Made by `hotaru --completion zsh` from the tables of the commands.\n"
	      "_hotaru()\n{\n\tlocal -a commands\n\tcommands=(\n",
	      out);
	for (const struct command *const *c = commands; *c != NULL; c++) {
		fprintf(out, "\t\t'%s:", (*c)->name);
		zsh_text(out, (*c)->summary);
		fputs("'\n", out);
	}
	fputs("\t\t'help:print the help of a command'\n\t)\n"
	      "\tif (( CURRENT == 2 )) || [[ $words[2] == help ]]; then\n"
	      "\t\t_describe command commands\n\t\treturn\n\tfi\n"
	      "\tshift words\n\t(( CURRENT-- ))\n\tcase $words[1] in\n",
	      out);
	for (const struct command *const *c = commands; *c != NULL; c++)
		zsh_command(out, *c);
	fputs("\tesac\n}\n_hotaru \"$@\"\n", out);
}

bool completion_print(FILE *out, const char *shell, const struct command *const *commands)
{
	const bool is_bash = text_equal(shell, "bash");
	if (!is_bash && !text_equal(shell, "zsh"))
		return false;
	(is_bash ? print_bash : print_zsh)(out, commands);
	return true;
}
