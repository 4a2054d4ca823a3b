// SPDX-License-Identifier: MIT
#include "cmd/ask.h"
#include "cmd/choice.h"

#include "analyse/events/big.h"
#include "analyse/events/groups.h"

enum protocol_choice { ANY, ONLY_TCP, ONLY_UDP, ONLY_ICMP };
static const char *const protocol_names[] = { "any", "tcp", "udp", "icmp", NULL };

enum { GROUP_PACKETS_MIN = 10, GROUP_SOURCES_MIN = 2 };

struct events_command {
	struct analysis_command analysis;
	uint64_t timeout_s, packets, destinations, sources;
	double rate, miss, quantile;
	bool is_big, is_grouped;
	const char *ports;
	unsigned protocol;
	uint16_t port_list[CHOICE_PORTS_MAX];
	size_t port_count;
};

#define FIELD(field) offsetof(struct events_command, field)

static const struct option options[] = {
	{ "timeout", 0, OPTION_NUMBER, FIELD(timeout_s), "SECONDS",
	  "a packet that comes later than that begins another event; 60 and more, since packets less far apart are "
	  "kept as one (default: what the telescope's size asks for)",
	  BURST_SILENCE_S, EVENT_TIMEOUT_MAX_S, NULL },
	{ "rate", 0, OPTION_REAL, FIELD(rate), "N",
	  "so that scans of N packets a second to all of the Internet stay whole (default: 100)", 0,
	  0, NULL },
	{ "miss", 0, OPTION_REAL, FIELD(miss), "CHANCE",
	  "with this chance that a silence of theirs is longer (default: 0.001)", 0, 0, NULL },
	{ "packets", 0, OPTION_NUMBER, FIELD(packets), "N",
	  "only events of so many packets (default: 1; with --groups 10)", 1, UINT32_MAX, NULL },
	{ "destinations", 0, OPTION_NUMBER, FIELD(destinations), "N",
	  "only events that reached so many addresses of the telescope", 1, UINT32_MAX, NULL },
	{ "port", 'p', OPTION_TEXT, FIELD(ports), "PORTS",
	  "only events of these ports, separated by commas (default: all)", 0, 0, NULL },
	{ "protocol", 0, OPTION_CHOICE, FIELD(protocol), "tcp|udp|icmp",
	  "only events of SYNs, UDP datagrams or echo requests (default: any)", 0, 0,
	  protocol_names },
	{ "big", 0, OPTION_FLAG, FIELD(is_big), NULL,
	  "sources that are big scanners by any of three published definitions, instead", 0, 0,
	  NULL },
	{ "quantile", 0, OPTION_REAL, FIELD(quantile), "SHARE",
	  "of --big: how large a share is at the top (default: 0.0001)", 0, 0, NULL },
	{ "groups", 0, OPTION_FLAG, FIELD(is_grouped), NULL,
	  "groups of sources that behave alike, instead", 0, 0, NULL },
	{ "sources", 0, OPTION_NUMBER, FIELD(sources), "N",
	  "of --groups: only those of so many sources (default: 2)", 2, UINT32_MAX, NULL },
};
static const struct option_table own_table = { options, sizeof options / sizeof *options };

static bool check_numbers(const struct events_command *c, struct error *error)
{
	if (!(c->rate > 0 && c->rate <= 1e9))
		return error_set(error, ERROR_USAGE,
		                 "--rate takes packets a second, more than 0 up to 1e9");
	if (!(c->miss > 0 && c->miss < 1))
		return error_set(error, ERROR_USAGE, "--miss takes a chance between 0 and 1");
	return (c->quantile > 0 && c->quantile < 1) ||
	       error_set(error, ERROR_USAGE, "--quantile takes a share between 0 and 1");
}

static bool check(void *context, struct error *error)
{
	struct events_command *c = context;
	const struct events_command defaults = { .rate = EVENT_RATE, .miss = EVENT_MISS };
	if (c->is_big && c->is_grouped)
		return error_set(error, ERROR_USAGE, "--big or --groups, not both");
	if (c->timeout_s > 0 && (c->rate < defaults.rate || c->rate > defaults.rate ||
	                         c->miss < defaults.miss || c->miss > defaults.miss))
		return error_set(
			error, ERROR_USAGE,
			"--rate and --miss are what a time-out follows from, and --timeout "
			"gives one");
	return check_numbers(c, error) &&
	       (c->ports == NULL ||
	        port_list_parse(c->ports, CHOICE_PORTS_MAX, c->port_list, &c->port_count, error));
}

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	struct events_command *c = context;
	(void)d;
	(void)error;
	const uint64_t packets_min = c->is_grouped ? GROUP_PACKETS_MIN : 1;
	*out = (struct question){
		.kind = c->is_big       ? QUESTION_BIG_SCANNERS
		        : c->is_grouped ? QUESTION_SOURCE_GROUPS
		                        : QUESTION_EVENTS,
		.days = days_range(&c->analysis.days),
		.ports = c->port_list,
		.port_count = c->port_count,
		.events = { .timeout_s = c->timeout_s,
		            .rate = c->rate,
		            .miss = c->miss,
		            .packets_min = c->packets > 0 ? c->packets : packets_min,
		            .destinations_min = c->destinations,
		            .quantile = c->quantile,
		            .sources_min = c->sources },
	};
	for (unsigned i = 0; i < EVENT_PROTOCOLS; i++)
		out->events.leaves_out[i] = c->protocol != ANY && c->protocol != i + ONLY_TCP;
	return true;
}

static int run(const struct command *self, struct option_words words)
{
	struct events_command c = { .analysis = analysis_defaults(),
		                    .rate = EVENT_RATE,
		                    .miss = EVENT_MISS,
		                    .quantile = BIG_QUANTILE,
		                    .sources = GROUP_SOURCES_MIN };
	c.analysis.take.take.keeps_events = true;
	return analysis_run(
		&(struct analysis){
			.command = self, .options = &c, .check = check, .question = question },
		words);
}

static const struct option_table *const tables[] = { &own_table,    &store_table,  &strict_table,
	                                             &days_table,   &output_table, &take_table,
	                                             &common_table, NULL };

const struct command command_events = {
	.name = "events",
	.summary = "scan events: what a source sent to a port, until it was silent",
	.operands = "[CAPTURE...]",
	.description =
		"A line for each scan event, by source, protocol, port and time: first and last packet (UTC), packets (SYNs, UDP "
		"datagrams, or ICMP echo requests, whose port is 0), distinct addresses of the telescope that it reached, exactly, "
		"and the fingerprints that it counts for. coverage is their share of the telescope, which is the share of the "
		"Internet that a scan that asks each address once has reached; one that draws addresses at random has sent "
		"probes_per_address, -ln(1 - coverage). estimated_pps is what the source sent in a second to all of IPv4: (packets "
		"- 1) / seconds x 2^32 / telescope. An event counts on the day on which it begins, and is found as a whole, over "
		"midnight and over captures.\n\n"
		"Events end after a silence that follows from the size of the telescope, since slow scans are silent for long in a "
		"small one: -ln(miss) / (rate x telescope / 2^32) seconds, 624 s with 475,136 addresses; what that does to slower "
		"scans is said (doc/events.md).\n\n"
		"--big: sources of which an event reached a tenth of the telescope (dispersion), or has more packets than all but "
		"one in 10,000 events (volume), or that began events at more ports on a day than all but one in 10,000 sources on days "
		"(ports). --groups: sources that sent to the same set of ports, count for the same fingerprints, and began no longer "
		"than the time-out after another; the first 8 ports are listed.\n\n"
		"A store has events if it was made with `hotaru ingest --events`: they take room. Captures that are given here are "
		"taken in with them.",
	.tables = tables,
	.run = run,
};
