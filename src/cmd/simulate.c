// SPDX-License-Identifier: MIT
// `hotaru simulate`: a capture, or one for each day, and its truth.
#include "simulate/simulate.h"

#include "base/clock.h"
#include "base/disk.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/suggest.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/simulate_honeypots.h"
#include "response/json_lines.h"

#include <fcntl.h>
#include <unistd.h>

enum {
	PATH_SIZE = 4096,
	PIPE_SIZE = 1 << 20,
	WRITE_SIZE = PIPE_SIZE / 4,
	TRUTH_SIZE_MAX = 16 * 1024 * 1024,
	DEVICES_SIZE_MAX = 1024 * 1024 * 1024,
	LINE_SIZE_MAX = 128 * 1024,
};
#define NO_GAP UINT64_MAX
static const char builtin_name[] = "mirai-2016";

struct simulate_command {
	struct common_options common;
	const char *scenario, *output, *truth, *zone, *responses, *responses_day, *devices,
		*countries, *attacks;
	struct honeypot_files honeypots;
	double scale;
	uint64_t seed, days, gap_days;
	bool split, print_scenario;
};

#define FIELD(field) offsetof(struct simulate_command, field)

static const struct option options[] = {
	{ "scenario", 0, OPTION_TEXT, FIELD(scenario), "NAME|FILE",
	  "what to simulate: mirai-2016 (built in, default), or a scenario file", 0, 0, NULL },
	{ "scale", 0, OPTION_REAL, FIELD(scale), "S",
	  "multiply numbers of hosts by this, 0.000001 to 100 (default: 0.01)", 0, 0, NULL },
	{ "seed", 0, OPTION_NUMBER, FIELD(seed), "N",
	  "where the random numbers start; the same seed gives the same bytes (default: 1)", 0, 0,
	  NULL },
	{ "days", 0, OPTION_NUMBER, FIELD(days), "N", "only the first N days of the scenario", 1, 0,
	  NULL },
	{ "output", 'o', OPTION_TEXT, FIELD(output), "FILE",
	  "write the capture there (default: standard output)", 0, 0, NULL },
	{ "split", 0, OPTION_FLAG, FIELD(split), NULL,
	  "-o names a folder: write one capture for each day (UTC) into it", 0, 0, NULL },
	{ "truth", 0, OPTION_TEXT, FIELD(truth), "FILE",
	  "write what `hotaru survey --format csv` must find there", 0, 0, NULL },
	{ "zone", 0, OPTION_TEXT, FIELD(zone), "ZONE",
	  "zone of the truth's days: UTC (default), +HH:MM or Area/City", 0, 0, NULL },
	{ "gap", 0, OPTION_NUMBER, FIELD(gap_days), "DAYS",
	  "in the truth, longer silence ends a spell (default: no limit)", 0, 0, NULL },
	{ "responses", 0, OPTION_TEXT, FIELD(responses), "FILE",
	  "write there what the sources of a day answer that are asked what they are, as "
	  "`hotaru probe` would",
	  0, 0, NULL },
	{ "responses-day", 0, OPTION_TEXT, FIELD(responses_day), "DATE",
	  "whose sources are asked (UTC, YYYY-MM-DD; default: the last day)", 0, 0, NULL },
	{ "devices", 0, OPTION_TEXT, FIELD(devices), "FILE",
	  "write there which model each of them is: address,model,ports", 0, 0, NULL },
	{ "honeypot", 0, OPTION_TEXT, FIELD(honeypots.folder), "DIR",
	  "write there what honeypots of the same world log: DIR/NAME/cowrie.json.DAY", 0, 0,
	  NULL },
	{ "honeypot-form", 0, OPTION_TEXT, FIELD(honeypots.form), "FORM",
	  "as which Cowrie writes it: today (default) or 2017", 0, 0, NULL },
	{ "sessions", 0, OPTION_TEXT, FIELD(honeypots.sessions), "FILE",
	  "write there who did what in each session", 0, 0, NULL },
	{ "variants", 0, OPTION_TEXT, FIELD(honeypots.variants), "FILE",
	  "write there the sources and sessions of each variant, by day and country", 0, 0, NULL },
	{ "infected", 0, OPTION_TEXT, FIELD(honeypots.infected), "FILE",
	  "write there how many hosts are infected each day, by country and variant", 0, 0, NULL },
	{ "countries", 0, OPTION_TEXT, FIELD(countries), "FILE",
	  "write there where addresses are in this world, for --country-db", 0, 0, NULL },
	{ "attacks", 0, OPTION_TEXT, FIELD(attacks), "FILE",
	  "write there what `hotaru attacks --format csv` must find, its columns up to first_port",
	  0, 0, NULL },
	{ "print-scenario", 0, OPTION_FLAG, FIELD(print_scenario), NULL,
	  "print the text of the built-in scenario, to edit", 0, 0, NULL },
};

static const struct option_table table = { options, sizeof options / sizeof *options };
static const struct option_table *const tables[] = { &table, &common_table, NULL };

// Where the capture goes.
struct outlet {
	const struct simulate_command *command;
	FILE *file;
	char path[PATH_SIZE];  // of `file`, with --split
	int32_t day;
	uint64_t bytes;
	struct progress progress;
};

static bool open_file(struct outlet *o, const char *path, struct error *error)
{
	o->file = command_output_open(path, error);
	if (o->file == NULL)
		return false;
	// Few large writes: each wakes whoever reads a pipe. One file is open at a time, and
	// standard output needs its buffer until the program ends.
	static char room[WRITE_SIZE];
	setvbuf(o->file, room, _IOFBF, sizeof room);
	// A failed write marks the file, and closing it reports that.
	fwrite(simulate_header, 1, sizeof simulate_header, o->file);
	return true;
}

static bool close_file(struct outlet *o, struct error *error)
{
	FILE *file = o->file;
	o->file = NULL;
	return file == NULL ||
	       command_output_close(file, o->command->split ? o->path : o->command->output, error);
}

static bool next_day(struct outlet *o, int32_t day, struct error *error)
{
	char name[CALENDAR_DAY_SIZE];
	day_format(day, name);
	if (!close_file(o, error))
		return false;
	if (!text_format(o->path, sizeof o->path, "%s/%s.pcap", o->command->output, name))
		return error_set(error, ERROR_USAGE, "the name of the folder is too long");
	o->day = day;
	return open_file(o, o->path, error);
}

static bool write_chunk(void *context, const struct simulate_chunk *chunk, struct error *error)
{
	struct outlet *o = context;
	if (o->command->split && (o->file == NULL || chunk->day != o->day) &&
	    !next_day(o, chunk->day, error))
		return false;
	const size_t written = fwrite(chunk->bytes.bytes, 1, chunk->bytes.length, o->file);
	o->bytes += written;
	progress_tick(&o->progress, o->bytes, chunk->packets);
	if (written == chunk->bytes.length)
		return true;
	return close_file(o, error) &&
	       error_set(error, ERROR_FAILED, "the capture was not written whole");
}

static bool open_outlet(struct outlet *o, const struct simulate_command *c, struct error *error)
{
	const bool is_stdout = c->output == NULL || text_equal(c->output, "-");
	*o = (struct outlet){ .command = c };
	if (c->split) {
		struct disk *folder;
		if (is_stdout)
			return error_set(error, ERROR_USAGE, "--split needs a folder: -o DIR");
		if (!disk_real_open(c->output, true, &folder, error))
			return false;
		folder->free(folder);
		return true;
	}
	if (is_stdout && isatty(STDOUT_FILENO) == 1)
		return error_set(error, ERROR_USAGE,
		                 "a capture is no text for a terminal; name a file: -o FILE");
	// A pipe of the usual 64 KiB makes writer and reader wait for each other all the time.
	// Where it cannot be larger, or is none, nothing is lost.
	if (is_stdout)
		(void)fcntl(STDOUT_FILENO, F_SETPIPE_SZ, PIPE_SIZE);
	return open_file(o, c->output, error);
}

static bool read_file(const char *path, struct buffer *out, struct error *error)
{
	FILE *file = fopen(path, "re");
	if (file == NULL) {
		struct suggestion meant = { .word = path };
		suggestion_try(&meant, builtin_name);
		error_errno(error, "no scenario of that name is built in, and cannot read '%s'",
		            path);
		return suggestion_add(&meant, "", error);
	}
	// One byte more than a scenario may have, so that it is seen to be too long.
	if (buffer_reserve(out, SIMULATE_SCENARIO_SIZE_MAX + 1))
		out->length = fread(out->bytes, 1, SIMULATE_SCENARIO_SIZE_MAX + 1, file);
	const bool was_read = ferror(file) == 0 || error_errno(error, "cannot read '%s'", path);
	fclose(file);
	return was_read && (!out->failed || error_memory(error, "the scenario"));
}

static bool read_scenario(const char *name, struct scenario **out, struct error *error)
{
	struct buffer text = buffer_up_to(SIMULATE_SCENARIO_SIZE_MAX + 1);
	const char *builtin = simulate_builtin(name);
	if (builtin != NULL)
		buffer_text(&text, builtin);
	else if (!read_file(name, &text, error)) {
		buffer_done(&text);
		return false;
	}
	const bool ok = simulate_scenario_read(name, buffer_span(&text), out, error);
	buffer_done(&text);
	return ok;
}

// ---- devices

// Where responses go.
struct listing {
	FILE *file;
	struct buffer line;
};

static bool write_response(void *context, const struct response *response, struct error *error)
{
	struct listing *listing = context;
	listing->line.length = 0;
	json_lines_write(&listing->line, response);
	if (listing->line.failed)
		return error_memory(error, "a response");
	// A failed write marks the file, and closing it reports that.
	fwrite(listing->line.bytes, 1, listing->line.length, listing->file);
	return true;
}

// The day whose sources are asked; it has to be one of those that are simulated.
static bool choose_day(const struct simulate_command *c, const struct simulate_request *request,
                       int32_t *out, struct error *error)
{
	const struct simulate_days days = simulate_days(request);
	char first[CALENDAR_DAY_SIZE], last[CALENDAR_DAY_SIZE];
	*out = days.last;
	if (c->responses_day == NULL)
		return true;
	day_format(days.first, first);
	day_format(days.last, last);
	return (day_parse(c->responses_day, out) && *out >= days.first && *out <= days.last) ||
	       error_set(error, ERROR_USAGE,
	                 "--responses-day: '%.40s' is not a day that is simulated, %s to %s",
	                 c->responses_day, first, last);
}

static void summarise(const struct simulate_totals *totals, uint64_t start_ns)
{
	char line[256];
	const double seconds = (double)(clock_now_ns() - start_ns) / 1e9;
	text_format(line, sizeof line, "simulated %llu packets, %llu bytes, in %.1f s",
	            (unsigned long long)totals->packets,
	            (unsigned long long)totals->bytes + SIMULATE_HEADER_SIZE, seconds);
	command_say(line);
}

static bool simulate_capture(const struct simulate_command *c, struct simulate_request *request,
                             struct error *error)
{
	struct outlet outlet;
	struct simulate_totals totals;
	struct buffer truth = buffer_up_to(TRUTH_SIZE_MAX);
	if (!open_outlet(&outlet, c, error))
		return false;
	progress_start(&outlet.progress, " packets", 0, !c->common.quiet && !c->common.no_progress);
	const uint64_t start_ns = outlet.progress.start_ns;
	const struct simulate_sink sink = { .write = write_chunk, .context = &outlet };
	bool ok = simulate_run(request, &sink, c->truth != NULL ? &truth : NULL, &totals, error);
	progress_stop(&outlet.progress);
	struct error ignored;
	ok = close_file(&outlet, ok ? error : &ignored) && ok;
	if (ok && c->truth != NULL)
		ok = simulate_write_table(c->truth, &truth, error);
	buffer_done(&truth);
	if (ok && !c->common.quiet)
		summarise(&totals, start_ns);
	return ok;
}

static bool take_nothing(void *context, const struct response *response, struct error *error)
{
	(void)context, (void)response, (void)error;
	return true;
}

// With devices that are asked, or without.
static bool simulate_devices(const struct simulate_command *c, struct simulate_request *request,
                             struct error *error)
{
	struct listing listing = { .line = buffer_up_to(LINE_SIZE_MAX) };
	struct buffer models = buffer_up_to(DEVICES_SIZE_MAX);
	struct response_receiver receiver = { take_nothing, &listing };
	struct simulate_devices devices = { .receiver = &receiver,
		                            .truth = c->devices != NULL ? &models : NULL };
	if (c->responses == NULL && c->devices == NULL)
		return simulate_capture(c, request, error);
	if (!choose_day(c, request, &devices.day, error))
		return false;
	request->devices = &devices;
	if (c->responses != NULL) {
		receiver.take = write_response;
		listing.file = command_output_open(c->responses, error);
		if (listing.file == NULL)
			return false;
	}
	bool ok = simulate_capture(c, request, error);
	struct error ignored;
	if (listing.file != NULL)
		ok = command_output_close(listing.file, c->responses, ok ? error : &ignored) && ok;
	if (ok && c->devices != NULL)
		ok = simulate_write_table(c->devices, &models, error);
	buffer_done(&listing.line);
	buffer_done(&models);
	return ok;
}

static bool write_countries(const struct simulate_command *c,
                            const struct simulate_request *request, struct error *error)
{
	struct buffer text = buffer_up_to(TRUTH_SIZE_MAX);
	simulate_countries(request->scenario, &text);
	const bool is_done = text.failed ? error_memory(error, "the table of countries")
	                                 : simulate_write_table(c->countries, &text, error);
	buffer_done(&text);
	return is_done;
}

// With the truth about floods, or without.
static bool simulate_floods(const struct simulate_command *c, struct simulate_request *request,
                            struct error *error)
{
	struct buffer floods = buffer_up_to(DEVICES_SIZE_MAX);
	if (c->attacks != NULL)
		request->floods = &floods;
	const bool ok = simulate_devices(c, request, error) &&
	                (c->attacks == NULL || simulate_write_table(c->attacks, &floods, error));
	buffer_done(&floods);
	return ok;
}

// With honeypots, or without.
static bool simulate(struct simulate_command *c, struct simulate_request *request,
                     struct error *error)
{
	bool wants_honeypots;
	if (!honeypot_files_begin(&c->honeypots, &wants_honeypots, error))
		return false;
	if (wants_honeypots)
		request->honeypots = &c->honeypots.request;
	bool ok = simulate_floods(c, request, error);
	if (ok && c->countries != NULL)
		ok = write_countries(c, request, error);
	return honeypot_files_end(&c->honeypots, ok, error);
}

// Of several outputs one can go to standard output.
static bool check_outputs(const struct simulate_command *c, struct error *error)
{
	const char *const paths[] = { c->truth,
		                      c->responses,
		                      c->devices,
		                      c->countries,
		                      c->attacks,
		                      c->honeypots.sessions,
		                      c->honeypots.variants,
		                      c->honeypots.infected };
	unsigned count = c->output == NULL || text_equal(c->output, "-");
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		count += paths[i] != NULL && text_equal(paths[i], "-");
	return count < 2 ||
	       error_set(error, ERROR_USAGE,
	                 c->truth != NULL && text_equal(c->truth, "-")
	                         ? "capture and truth cannot both go to standard output"
	                         : "only one of capture, responses and devices can go to standard "
	                           "output");
}

static bool check_options(const struct simulate_command *c, struct error *error)
{
	if (!(c->scale >= 0.000001 && c->scale <= 100))
		return error_set(error, ERROR_USAGE, "--scale has to be from 0.000001 to 100");
	if (c->responses_day != NULL && c->responses == NULL && c->devices == NULL)
		return error_set(error, ERROR_USAGE,
		                 "--responses-day says whose sources --responses and --devices "
		                 "are about");
	return check_outputs(c, error);
}

static int run(const struct command *self, struct option_words words)
{
	struct simulate_command c = { .scenario = builtin_name,
		                      .scale = 0.01,
		                      .seed = 1,
		                      .zone = "UTC",
		                      .gap_days = NO_GAP };
	struct scenario *scenario = NULL;
	struct zone zone;
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	if (c.print_scenario) {
		fputs(simulate_builtin(builtin_name), stdout);
		return command_output_close(stdout, NULL, &error) ? EXIT_DONE
		                                                  : command_fail(&error);
	}
	if (!check_options(&c, &error) || !zone_parse(c.zone, &zone, &error) ||
	    !read_scenario(c.scenario, &scenario, &error))
		return command_fail(&error);
	struct simulate_request request = {
		.scenario = scenario,
		.scale_millionths = (uint64_t)(c.scale * (double)SIMULATE_SCALE_ONE + 0.5),
		.seed = c.seed,
		.days = c.days,
		.zone = &zone,
		.has_gap = c.gap_days != NO_GAP,
		.gap_days = c.gap_days,
	};
	const bool ok = simulate(&c, &request, &error);
	simulate_scenario_free(scenario);
	return ok ? EXIT_DONE : command_fail(&error);
}

const struct command command_simulate = {
	.name = "simulate",
	.summary = "write a capture of a telescope whose truth is known",
	.operands = "",
	.description =
		"Simulates what a telescope sees of infected devices, scanners and victims, and "
		"writes it as a capture (pcap, Ethernet). With --truth it also writes the table "
		"that `hotaru survey --format csv` has to print for this capture, with the same "
		"--zone and --gap. The frames carry a source address of their own "
		"(02:53:49:4d:55:4c, \"SIMUL\"), so that simulated traffic is known wherever it "
		"turns up.\n\n"
		"With --responses sources of one day are asked what they are, on the 11 ports of the "
		"published study and those of their models: devices that do not exist, with texts of "
		"their own (doc/scenarios.md). The capture is the same with and without.\n\n"
		"With --honeypot honeypots of the same world write logs, as Cowrie does: hosts that scan "
		"the telescope come to them, too, each at its own rate, and loaders that nobody sees "
		"at a telescope. --sessions, --variants and --infected write what is true of them, "
		"--countries where addresses are. The capture is the same here, too.\n\n"
		"The built-in scenario mirai-2016 is the half-year from 2016-07-01 with the "
		"prototypes of Mirai, Mirai, Hajime and the wave on port 7547. At --scale 1 it has "
		"300 million packets; 0.01 gives 3 million and is enough for figures.",
	.tables = tables,
	.run = run,
};
