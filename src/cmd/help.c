// SPDX-License-Identifier: MIT
#include "cmd/help.h"

#include "base/text.h"
#include "cmd/examples.h"

#include <string.h>

static const char purpose[] = "makes infected devices visible in a darknet";

void help_overview(FILE *out, const struct command *const *commands)
{
	fprintf(out, "hotaru %s\n\nUsage: hotaru COMMAND [options] [CAPTURE...]\n\n", purpose);
	for (; *commands != NULL; commands++)
		fprintf(out, "  %-14s %s\n", (*commands)->name, (*commands)->summary);
	fprintf(out,
	        "\n`hotaru COMMAND --help` has the options. A first result:\n"
	        "  hotaru survey CAPTURE...                 infected devices by day and family\n"
	        "  hotaru ingest -s STORE CAPTURE...        keep what was learnt\n"
	        "  hotaru report -s STORE -o FOLDER         the page with the figures\n"
	        "\nExit code: 0 done, 1 failed, 2 wrong usage, 3 input damaged, used as far as it went.\n");
}

// Breaks a paragraph into lines of at most 80 columns.
static void print_wrapped(FILE *out, const char *text)
{
	size_t column = 0;
	char word[128];
	while (text_next(&text, ' ', word, sizeof word)) {
		const size_t length = strlen(word);
		if (column > 0 && column + 1 + length > 80) {
			fputc('\n', out);
			column = 0;
		}
		column += (size_t)fprintf(out, "%s%s", column > 0 ? " " : "", word);
	}
	fputc('\n', out);
}

static void print_options(FILE *out, const struct option_table *const *tables)
{
	for (; *tables != NULL; tables++)
		for (size_t i = 0; i < (*tables)->count; i++) {
			char label[OPTION_LABEL_SIZE];
			if ((*tables)->options[i].kind == OPTION_ABSENT)
				continue;
			option_label(&(*tables)->options[i], label);
			const bool fits = strlen(label) < 30;
			fprintf(out, "  %-30s %s", label,
			        fits ? "" : "\n                                 ");
			fprintf(out, "%s\n", (*tables)->options[i].help);
		}
}

void help_command(FILE *out, const struct command *command)
{
	fprintf(out, "Usage: hotaru %s [options]%s%s\n\n", command->name,
	        command->operands[0] != '\0' ? " " : "", command->operands);
	print_wrapped(out, command->description);
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
	      ".TP\n.B TMPDIR\nwhere temporary stores are made (default: /tmp)\n"
	      ".SH EXIT STATUS\n0 done, 1 failed, 2 wrong usage, 3 input damaged but used as far as it "
	      "went.\n",
	      out);
}
