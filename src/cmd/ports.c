// SPDX-License-Identifier: MIT
#include "cmd/choice.h"
#include "cmd/port_tables.h"

#include "base/text.h"

enum { PORTS_ASKED_MAX = 4096 };

enum protocol_choice { BOTH, ONLY_TCP, ONLY_UDP };
static const char *const protocol_names[] = { "both", "tcp", "udp", NULL };

struct ports_command {
	struct analysis_command analysis;
	const char *ports;
	unsigned protocol;
	uint64_t top;
	bool only_new;
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

// ---- what is asked for

static bool list_families(const struct store *store, const struct ports_command *c,
                          struct family_list *out, struct error *error)
{
	if (!family_list_make(store, c->analysis.families, out, error))
		return false;
	if (c->analysis.families == NULL)
		out->names[out->count++] = "*";
	return true;
}

// ---- rows

struct writer {
	struct table *table;
	uint64_t days, unknown_days, rows;
};

static bool write_day(void *context, const struct ports_day *day)
{
	struct writer *writer = context;
	port_write_day(writer->table, day);
	writer->days++;
	writer->unknown_days += day->has_unknown;
	writer->rows += day->row_count;
	return !writer->table->failed;
}

// An empty table is no answer: why it is empty is.
static void say_notes(const struct ports_command *c, const struct writer *writer)
{
	char line[256];
	if (writer->days == 0)
		command_say("note: no day from --from to --to has a packet");
	else if (writer->rows == 0 && c->only_new)
		command_say(
			"note: no port is new on these days; it takes 7 days with data before to "
			"know");
	else if (writer->rows == 0)
		command_say("note: none of these packets is on these days");
	if (writer->unknown_days == 0 || c->analysis.take.common.quiet)
		return;
	text_format(line, sizeof line,
	            "note: on %llu of %llu days packets came as flows, which do not tell families: "
	            "they are unknown there",
	            (unsigned long long)writer->unknown_days, (unsigned long long)writer->days);
	command_say(line);
}

static bool run_on(struct dataset *dataset, const struct ports_command *c, struct output *output,
                   struct ports_request *request, struct error *error)
{
	struct family_list families;
	if (!list_families(dataset->store, c, &families, error) ||
	    !output_open(output, &c->analysis, port_columns_of_days, PORT_COLUMNS, error))
		return false;
	struct writer writer = { .table = &output->table };
	struct error ignored;
	request->families = families.names;
	request->family_count = families.count;
	const bool ok = ports_run(store_holdings(dataset->store), request, write_day, &writer,
	                          error);
	if (ok)
		say_notes(c, &writer);
	if (ok)
		floods_say(&c->analysis, request->left_out);
	return output_close(output, ok ? error : &ignored) && ok;
}

static int run(const struct command *self, struct option_words words)
{
	struct ports_command c = { .analysis = analysis_defaults() };
	struct dataset dataset = { .store = NULL };
	struct output output;
	struct error error;
	uint16_t ports[PORTS_ASKED_MAX];
	struct floods_left_out left_out = { .days = 0 };
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	const struct day_range window = analysis_window(&c.analysis);
	struct ports_request request = { .protocols = { c.protocol != ONLY_UDP,
		                                        c.protocol != ONLY_TCP },
		                         .window = &window,
		                         .ports = ports,
		                         .without_floods = c.analysis.without_floods,
		                         .left_out = &left_out,
		                         .only_new = c.only_new,
		                         .top = (uint32_t)c.top,
		                         .threads = (unsigned)c.analysis.take.take.threads };
	const bool ok = (c.ports == NULL || port_list_parse(c.ports, PORTS_ASKED_MAX, ports,
	                                                    &request.port_count, &error)) &&
	                dataset_open(&dataset, &c.analysis, &words, &error) &&
	                run_on(&dataset, &c, &output, &request, &error);
	exit_code = analysis_exit(ok, &dataset, &error);
	dataset_close(&dataset);
	return exit_code;
}

static const struct option_table *const tables[] = { &ports_table,  &floods_table, &store_table,
	                                             &days_table,   &output_table, &take_table,
	                                             &common_table, NULL };

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
