// SPDX-License-Identifier: MIT
#include "cmd/ask.h"
#include "cmd/choice.h"
#include "cmd/families.h"

enum { PORTS_ASKED_MAX = 4096 };

enum protocol_choice { BOTH, ONLY_TCP, ONLY_UDP };
static const char *const protocol_names[] = { "both", "tcp", "udp", NULL };

struct ports_command {
	struct analysis_command analysis;
	const char *ports;
	unsigned protocol;
	uint64_t top;
	bool only_new;
	uint16_t port_list[PORTS_ASKED_MAX];
	size_t port_count;
	struct family_names families;
};

static const struct option options[] = {
	{ "port", 'p', OPTION_TEXT, offsetof(struct ports_command, ports), "PORTS",
	  "show these ports, separated by commas (default: all)", 0, 0, NULL },
	{ "protocol", 0, OPTION_CHOICE, offsetof(struct ports_command, protocol), "tcp|udp|both",
	  "show the ports of SYNs, of UDP, or both (default)", 0, 0, protocol_names },
	{ "top", 'n', OPTION_NUMBER, offsetof(struct ports_command, top), "N",
	  "show the N ports of each day and protocol that have the most sources (default: all)", 1,
	  65536, NULL },
	{ "new", 0, OPTION_FLAG, offsetof(struct ports_command, only_new), NULL,
	  "show ports that are new on the day, and no others", 0, 0, NULL },
	{ "family", 'f', OPTION_TEXT, offsetof(struct analysis_command, families), "NAMES",
	  "show these fingerprints, separated by commas (default: * and all families; * = all SYNs, "
	  "all UDP)",
	  0, 0, NULL },
};
static const struct option_table ports_table = { options, sizeof options / sizeof *options };

static bool check(void *context, struct error *error)
{
	struct ports_command *c = context;
	return c->ports == NULL ||
	       port_list_parse(c->ports, PORTS_ASKED_MAX, c->port_list, &c->port_count, error);
}

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	struct ports_command *c = context;
	const char *families = c->analysis.families;
	if (!family_names_parse(d, families, &c->families, error))
		return false;
	if (families == NULL)
		c->families.list[c->families.count++] = "*";
	*out = (struct question){ .kind = QUESTION_PORTS,
		                  .days = days_range(&c->analysis.days),
		                  .families = c->families.list,
		                  .family_count = c->families.count,
		                  .ports = c->port_list,
		                  .port_count = c->port_count,
		                  .without_floods = c->analysis.without_floods,
		                  .top = c->top,
		                  .of_ports = { .protocols = { c->protocol != ONLY_UDP,
		                                               c->protocol != ONLY_TCP },
		                                .only_new = c->only_new } };
	return true;
}

static int run(const struct command *self, struct option_words words)
{
	struct ports_command c = { .analysis = analysis_defaults() };
	return analysis_run(&(struct analysis){ self, &c, check, question }, words);
}

static const struct option_table *const tables[] = { &ports_table,  &floods_table, &store_table,
	                                             &strict_table, &days_table,   &output_table,
	                                             &take_table,   &common_table, NULL };

const struct command command_ports = {
	.name = "ports",
	.summary = "packets and sources by day and destination port, and which ports are new",
	.operands = "[CAPTURE...]",
	.description =
		"For each day, protocol and destination port: packets and distinct sources of all SYNs "
		"(*) and of each family, or of UDP. day_before and week_before are the sources of one and of "
		"seven days before, most_before the most on any of the 28 days before; they are empty where "
		"no such day has data. A port is new on a day on which it has at least 20 sources and more "
		"than three times as many as on any of the 28 days before; if fewer than 7 of those have data "
		"it is not known. --from and --to choose rows; the days before count all the same. Where "
		"packets came as flows, families are unknown, which is an empty cell.",
	.tables = tables,
	.run = run,
};
