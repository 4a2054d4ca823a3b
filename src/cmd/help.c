// SPDX-License-Identifier: MIT
#include "cmd/help.h"

#include "base/terminal.h"
#include "base/text.h"
#include "cmd/examples.h"

#include <string.h>

enum {
	WIDTH_DEFAULT = 80,
	WIDTH_MAX = 200,
	COMMAND_INDENT = 17,
	OPTION_INDENT = 33,
	NARROW_INDENT = 8
};

static const char purpose[] = "makes infected devices visible in a darknet";

// Lines of a text from a column of their first one on, which others begin in, too.
struct lines {
	FILE *out;
	size_t width, indent, column;
};

static void new_line(struct lines *l)
{
	fprintf(l->out, "\n%*s", (int)l->indent, "");
	l->column = l->indent;
}

static void print_word(struct lines *l, const char *word, size_t length)
{
	const bool is_first = l->column == l->indent;
	if (!is_first && l->column + 1 + length > l->width)
		new_line(l);
	else if (!is_first)
		l->column += (size_t)fprintf(l->out, " ");
	l->column += (size_t)fprintf(l->out, "%.*s", (int)length, word);
}

// An empty line stays one.
static void print_wrapped(struct lines *l, const char *text)
{
	while (*text != '\0') {
		const size_t length = strcspn(text, " \n");
		if (length > 0)
			print_word(l, text, length);
		text += length;
		if (text_starts(text, "\n\n")) {
			fputc('\n', l->out);
			new_line(l);
		}
		text += strspn(text, " \n");
	}
	fputc('\n', l->out);
}

// The width that help is printed in: nobody reads lines that are as long as a wide window's.
static size_t help_width(FILE *out)
{
	const size_t width = terminal_width(fileno(out));
	return width == 0 || width > WIDTH_MAX ? WIDTH_DEFAULT : width;
}

void help_overview(FILE *out, const struct command *const *commands)
{
	fprintf(out, "hotaru %s\n\nUsage: hotaru COMMAND [options] [CAPTURE...]\n\n", purpose);
	for (; *commands != NULL; commands++) {
		struct lines l = { out, help_width(out), COMMAND_INDENT, COMMAND_INDENT };
		fprintf(out, "  %-14s ", (*commands)->name);
		print_wrapped(&l, (*commands)->summary);
	}
	fprintf(out,
	        "\n`hotaru COMMAND --help` has the options. A first result:\n"
	        "  hotaru survey CAPTURE...                 infected devices by day and family\n"
	        "  hotaru ingest -s STORE CAPTURE...        keep what was learnt\n"
	        "  hotaru report -s STORE -o FOLDER         the page with the figures\n"
	        "\n");
	print_wrapped(
		&(struct lines){ .out = out, .width = help_width(out) },
		"Exit code: 0 done, 1 failed, 2 wrong usage, 3 input damaged, used as far as it "
		"went.");
}

static void print_option(FILE *out, const char *label, const char *help)
{
	struct lines l = { .out = out, .width = help_width(out), .indent = OPTION_INDENT };
	if (l.width < 2 * OPTION_INDENT)
		l.indent = NARROW_INDENT;
	const bool fits = strlen(label) + 3 < l.indent;
	l.column = l.indent;
	fprintf(out, "  %-*s", (int)l.indent - 2, label);
	if (!fits)
		new_line(&l);
	print_wrapped(&l, help);
}

static void print_options(FILE *out, const struct option_table *const *tables)
{
	for (; *tables != NULL; tables++)
		for (size_t i = 0; i < (*tables)->count; i++) {
			char label[OPTION_LABEL_SIZE];
			if ((*tables)->options[i].kind == OPTION_ABSENT)
				continue;
			option_label(&(*tables)->options[i], label);
			print_option(out, label, (*tables)->options[i].help);
		}
}

void help_command(FILE *out, const struct command *command)
{
	fprintf(out, "Usage: hotaru %s [options]%s%s\n\n", command->name,
	        command->operands[0] != '\0' ? " " : "", command->operands);
	print_wrapped(&(struct lines){ .out = out, .width = help_width(out) },
	              command->description);
	fputs("\nOptions:\n", out);
	print_options(out, command->tables);
}

// A backslash and a leading dot or quote mean something to roff.
static void print_roff(FILE *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", out);
	for (; *text != '\0'; text++)
		fprintf(out, *text == '\\' ? "\\e" : *text == '-' ? "\\-" : "%c", *text);
	fputc('\n', out);
}

static void man_options(FILE *out, const struct option_table *const *tables)
{
	for (; *tables != NULL; tables++)
		for (size_t i = 0; i < (*tables)->count; i++) {
			char label[OPTION_LABEL_SIZE];
			if ((*tables)->options[i].kind == OPTION_ABSENT)
				continue;
			option_label(&(*tables)->options[i], label);
			const char *at = label;
			while (*at == ' ')
				at++;
			fputs(".TP\n.B ", out);
			print_roff(out, at);
			print_roff(out, (*tables)->options[i].help);
		}
}

static void man_examples(FILE *out)
{
	fputs(".SH EXAMPLES\n", out);
	for (const struct example *e = examples; e->line != NULL; e++) {
		fputs(".PP\n", out);
		print_roff(out, e->what);
		fputs(".PP\n.RS 4\n.nf\n", out);
		print_roff(out, e->line);
		fputs(".fi\n.RE\n", out);
	}
}

void help_man(FILE *out, const struct command *const *commands)
{
	fprintf(out,
	        ".\\\" Made by `hotaru --man` from the tables of the commands.\n"
	        ".TH HOTARU 1 \"\" \"hotaru %s\"\n.SH NAME\nhotaru \\- %s\n"
	        ".SH SYNOPSIS\n.B hotaru\n.I COMMAND\n[options] [\\fICAPTURE\\fR...]\n"
	        ".SH DESCRIPTION\n",
	        HOTARU_VERSION, purpose);
	print_roff(
		out,
		"Hotaru reads the packets that arrive at unused addresses (a network telescope), "
		"recognises those that were sent by IoT malware, and counts infected devices by day "
		"and family: how many there are, how many are new, returned and recovered.");
	fputs(".PP\n", out);
	print_roff(out,
	           "Results go to standard output, everything else to standard error. Analysis "
	           "commands take a store, or captures: then they work on a temporary store.");
	for (; *commands != NULL; commands++) {
		fprintf(out, ".SH \"hotaru %s\"\n", (*commands)->name);
		fprintf(out, ".B hotaru %s\n[options]", (*commands)->name);
		fputs((*commands)->operands[0] != '\0' ? " " : "", out);
		print_roff(out, (*commands)->operands);
		fputs(".PP\n", out);
		print_roff(out, (*commands)->description);
		man_options(out, (*commands)->tables);
	}
	man_examples(out);
	fputs(".SH ENVIRONMENT\n.TP\n.B HOTARU_STORE\nthe store, where \\-\\-store is not given\n"
	      ".TP\n.B NO_COLOR\nif set, tables have no bold header\n"
	      ".TP\n.B COLUMNS\nif set, how wide the terminal is\n"
	      ".TP\n.B TMPDIR\nwhere temporary stores are made (default: /tmp)\n"
	      ".SH EXIT STATUS\n0 done, 1 failed, 2 wrong usage, 3 input damaged but used as far as it "
	      "went, 4 done, and `hotaru changes` has something to tell.\n",
	      out);
}
