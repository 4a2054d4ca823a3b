// SPDX-License-Identifier: MIT
// The table of commands, nothing else.
#include "cmd/cmd.h"

static const struct command *const commands[] = {
	&command_ingest,
	&command_settings,
	&command_info,
	&command_verify,
	&command_compact,
	&command_forget,
	&command_ledger,
	&command_packets,
	&command_fingerprints,
	&command_changes,
	&command_survey,
	&command_lifetimes,
	&command_ports,
	&command_places,
	&command_prefixes,
	&command_sources,
	&command_shapes,
	&command_rules,
	&command_notify,
	&command_report,
	&command_probe,
	&command_responses,
	&command_accessibility,
	&command_cluster,
	&command_sample,
	&command_honeypot,
	&command_variants,
	&command_simulate,
	&command_anonymise,
	&command_effect,
	&command_attacks,
	&command_events,
	&command_incidents,
	NULL,  // the end
};

int main(int argc, char **argv)
{
	return command_main(commands, argc, argv);
}
