// SPDX-License-Identifier: MIT
#include "cmd/ask.h"
#include "cmd/choice.h"
#include "cmd/families.h"

enum { ATTACKED_MAX = 256 };

struct accessibility_command {
	struct analysis_command analysis;
	const char *ports;
	uint16_t port_list[ATTACKED_MAX];
	size_t port_count;
	const char *family;
};

static const struct option options[] = {
	{ "port", 'p', OPTION_TEXT, offsetof(struct accessibility_command, ports), "PORTS",
	  "show these attacked ports, separated by commas (default: those that hosts were asked on)",
	  0, 0, NULL },
	{ "family", 'f', OPTION_TEXT, offsetof(struct analysis_command, families), "NAME",
	  "only sources of this fingerprint (default: * = all SYNs)", 0, 0, NULL },
};
static const struct option_table table = { options, sizeof options / sizeof *options };

static bool check(void *context, struct error *error)
{
	struct accessibility_command *c = context;
	return c->ports == NULL ||
	       port_list_parse(c->ports, ATTACKED_MAX, c->port_list, &c->port_count, error);
}

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	struct accessibility_command *c = context;
	if (c->analysis.families != NULL &&
	    !family_name_parse(d, c->analysis.families, &c->family, error))
		return false;
	*out = (struct question){ .kind = QUESTION_ACCESSIBILITY,
		                  .days = days_range(&c->analysis.days),
		                  .families = &c->family,
		                  .family_count = c->family != NULL,
		                  .ports = c->port_list,
		                  .port_count = c->port_count,
		                  .without_floods = c->analysis.without_floods };
	return true;
}

static int run(const struct command *self, struct option_words words)
{
	struct accessibility_command c = { .analysis = analysis_defaults() };
	return analysis_run(&(struct analysis){ .command = self,
	                                        .options = &c,
	                                        .check = check,
	                                        .question = question,
	                                        .needs_addresses = true },
	                    words);
}

static const struct option_table *const tables[] = { &table,        &floods_table, &store_table,
	                                             &strict_table, &days_table,   &output_table,
	                                             &common_table, NULL };

const struct command command_accessibility = {
	.name = "accessibility",
	.summary = "on which ports the sources that attacked a port answer",
	.operands = "",
	.description =
		"For each attacked port and each port that hosts were asked on (`hotaru responses`, `hotaru probe`): hosts, all "
		"sources that sent a SYN to the attacked port on the days; accessible, those of them that answered on the other, or speak "
		"TLS there; and their share. What counts is what a host said on the days, or up to 30 days after the last. Hosts that nobody asked are not "
		"accessible: a line says how many they are.",
	.tables = tables,
	.run = run,
};
