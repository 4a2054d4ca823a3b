// SPDX-License-Identifier: MIT
// `hotaru probe`: the asker, and what it refuses to begin without.
#include "cmd/probe.h"

#include "base/clock.h"
#include "base/disk.h"
#include "base/interrupt.h"
#include "base/progress.h"
#include "base/text.h"
#include "cmd/atlas.h"
#include "cmd/confine.h"
#include "probe/output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PARALLEL_MAX = 100000, OTHER_FILES = 32, ROOM_MAX = 64 << 20, REPORT_SIZE = 512 };
#define SECOND_NS 1000000000.0
static const char default_ports[] = "21,22,23,80,81,88,2222,2323,5358,7547,8080";

#define FIELD(field) offsetof(struct probe_command, field)

static const struct option options[] = {
	{ "family", 'f', OPTION_TEXT, FIELD(analysis.families), "NAMES",
	  "of a store: ask sources of these fingerprints, separated by commas (default: all "
	  "families)",
	  0, 0, NULL },
	{ "asn-db", 0, OPTION_TEXT, FIELD(analysis.take.databases[PLACE_NETWORK]), "FILES",
	  "take networks from this MaxMind database or table of ranges (default: the store's), "
	  "FILE[@FROM..TO][,FILE...]",
	  0, 0, NULL },
	{ "output", 'o', OPTION_TEXT, FIELD(answers), "FILE",
	  "append the answers there, as JSON Lines", 0, 0, NULL },
	{ "resume", 0, OPTION_FLAG, FIELD(is_resumed), NULL,
	  "go on where the answers in --output end", 0, 0, NULL },
	{ "contact", 0, OPTION_TEXT, FIELD(contact), "ADDRESS",
	  "who answers for this: a mail address or URI, said to every host", 0, 0, NULL },
	{ "page", 0, OPTION_TEXT, FIELD(page), "URL",
	  "the web page that explains it and says how to opt out, said to every host", 0, 0, NULL },
	{ "opt-outs", 0, OPTION_TEXT, FIELD(opt_outs), "FILE",
	  "whom not to ask: a line is PREFIX DAY [words]; the file may be empty", 0, 0, NULL },
	{ "authorised", 0, OPTION_FLAG, FIELD(is_authorised), NULL,
	  "you are allowed to do this, by who runs your network and by law", 0, 0, NULL },
	{ "dry-run", 0, OPTION_FLAG, FIELD(is_dry_run), NULL,
	  "say what would be asked and how long that takes, and ask nobody", 0, 0, NULL },
	{ "budget", 0, OPTION_NUMBER, FIELD(budget), "N",
	  "ask N hosts at most, chosen at random, those of a run that is gone on with included", 1,
	  TARGETS_MAX, NULL },
	{ "ports", 0, OPTION_TEXT, FIELD(port_list), "PORTS",
	  "ports that are asked, separated by commas (default: "
	  "21,22,23,80,81,88,2222,2323,5358,7547,8080)",
	  0, 0, NULL },
	{ "rate", 0, OPTION_REAL, FIELD(rate), "N", "connections a second in all (default: 100)", 0,
	  0, NULL },
	{ "rate-asn", 0, OPTION_REAL, FIELD(rate_network), "N",
	  "connections a second to one network, where --asn-db or the store knows it (default: 10)",
	  0, 0, NULL },
	{ "rate-prefix", 0, OPTION_REAL, FIELD(rate_prefix), "N",
	  "connections a second to one /24 (default: 1)", 0, 0, NULL },
	{ "gap", 0, OPTION_REAL, FIELD(gap_s), "SECONDS",
	  "between two connections to a host (default: 10)", 0, 0, NULL },
	{ "parallel", 0, OPTION_NUMBER, FIELD(parallel), "N",
	  "hosts at a time, each with one connection (default: 1000)", 1, PARALLEL_MAX, NULL },
	{ "wait", 0, OPTION_REAL, FIELD(wait_s), "SECONDS",
	  "how long a host may take to begin before it is sent a GET, except on ports of the Web "
	  "(default: 5)",
	  0, 0, NULL },
	{ "deadline", 0, OPTION_REAL, FIELD(deadline_s), "SECONDS",
	  "how long a connection lasts, at most (default: 20)", 0, 0, NULL },
	{ "allow-loopback", 0, OPTION_FLAG, FIELD(is_loopback), NULL,
	  "for tests: ask 127.0.0.0/8, and nobody else", 0, 0, NULL },
	{ "print-probing-txt", 0, OPTION_FLAG, FIELD(prints_probing_txt), NULL,
	  "print the file that RFC 9511 wants at /.well-known/probing.txt, and ask nobody", 0, 0,
	  NULL },
};
static const struct option_table probe_table = { options, sizeof options / sizeof *options };

// ---- what is refused

static bool parse_ports(struct probe_command *c, struct error *error)
{
	const char *list = c->port_list;
	char word[16];
	uint64_t port;
	while (text_next(&list, ',', word, sizeof word)) {
		if (!text_u64(word, UINT16_MAX, &port) || port == 0)
			return error_set(error, ERROR_USAGE, "--ports: '%s' is no port", word);
		for (size_t i = 0; i < c->port_count; i++)
			if (c->ports[i] == port)
				return error_set(error, ERROR_USAGE, "--ports has %s twice", word);
		if (c->port_count == TARGET_PORTS_MAX)
			return error_set(error, ERROR_USAGE, "--ports takes %d ports at most",
			                 TARGET_PORTS_MAX);
		c->ports[c->port_count++] = (uint16_t)port;
	}
	return c->port_count > 0 || error_set(error, ERROR_USAGE, "--ports names no port");
}

static bool is_between(double value, double least, double most, const char *name,
                       struct error *error)
{
	return (value >= least && value <= most) ||
	       error_set(error, ERROR_USAGE, "%s has to be from %g to %g", name, least, most);
}

static bool check_numbers(const struct probe_command *c, struct error *error)
{
	return is_between(c->rate, 0.01, 100000, "--rate", error) &&
	       is_between(c->rate_network, 0.01, 100000, "--rate-asn", error) &&
	       is_between(c->rate_prefix, 0.001, 100000, "--rate-prefix", error) &&
	       is_between(c->gap_s, 0, 86400, "--gap", error) &&
	       is_between(c->wait_s, 0.01, 60, "--wait", error) &&
	       is_between(c->deadline_s, 0.1, 300, "--deadline", error);
}

static bool check_inputs(struct probe_command *c, const struct option_words *words,
                         struct error *error)
{
	if (words->count > 1)
		return error_set(error, ERROR_USAGE, "give one list; `cat` makes one of several");
	c->list = words->count == 1 ? words->words[0] : NULL;
	if (c->list != NULL && c->analysis.store != NULL &&
	    c->analysis.store != getenv("HOTARU_STORE"))
		return error_set(error, ERROR_USAGE, "give a list or a store, not both");
	if (c->list == NULL && c->analysis.store == NULL)
		return error_set(error, ERROR_USAGE,
		                 "name a list of addresses (- is standard input), or a store (-s "
		                 "DIR or HOTARU_STORE)");
	if (c->list != NULL && (c->analysis.families != NULL || c->analysis.days.last > 0 ||
	                        c->analysis.days.from.is_given || c->analysis.days.to.is_given))
		return error_set(error, ERROR_USAGE,
		                 "families and days are of a store, not of a list");
	return !c->is_resumed || c->answers != NULL ||
	       error_set(error, ERROR_USAGE, "--resume needs --output, the answers to go on from");
}

static bool check_permission(const struct probe_command *c, struct error *error)
{
	if (c->is_dry_run)
		return true;
	const char *missing = c->contact == NULL    ? "--contact ADDRESS, who answers for it"
	                      : c->page == NULL     ? "--page URL, which explains it"
	                      : c->opt_outs == NULL ? "--opt-outs FILE, whom not to ask"
	                      : !c->is_authorised   ? "--authorised, that you may"
	                      : c->answers == NULL  ? "--output FILE, where the answers go"
	                                            : NULL;
	return missing == NULL ||
	       error_set(error, ERROR_USAGE,
	                 "nobody is asked without %s (doc/probe.md; --dry-run asks nobody)",
	                 missing);
}

static bool read_opt_outs(struct probe_command *c, struct error *error)
{
	struct span text;
	c->guard.is_loopback = c->is_loopback;
	if (c->opt_outs == NULL)
		return true;
	if (!disk_map_file(c->opt_outs, &text, error))
		return false;
	const bool ok = guard_read_opt_outs(&c->guard, text, c->opt_outs, error);
	disk_unmap_file(text);
	return ok;
}

// ---- probing.txt

static bool print_probing_txt(const struct probe_command *c, struct error *error)
{
	struct manners manners;
	struct buffer out = buffer_up_to(4096);
	if (c->contact == NULL || c->page == NULL)
		return error_set(error, ERROR_USAGE,
		                 "--print-probing-txt needs --contact ADDRESS and --page URL");
	if (!manners_init(&manners, c->contact, c->page, HOTARU_VERSION, error))
		return false;
	manners_probing_txt(&manners, clock_today_ns(), &out);
	fwrite(out.bytes, 1, out.length, stdout);
	buffer_done(&out);
	return command_output_close(stdout, NULL, error);
}

// ---- the process that plans

struct planning {
	pid_t process;
	FILE *targets;
};

// In the child, which never comes back.
static void plan(struct probe_command *c, int out)
{
	struct error error;
	FILE *to = fdopen(out, "we");
	// With the asker the planner ends, however that ended.
	const bool ok = prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && to != NULL &&
	                probe_plan_write(c, to, &error);
	if (to != NULL)
		fclose(to);
	_exit(ok ? EXIT_DONE : command_fail(&error));
}

static bool start_planning(struct probe_command *c, int answers, struct planning *out,
                           struct error *error)
{
	int ends[2];
	fflush(NULL);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_errno(error, "cannot begin");
	const pid_t process = fork();
	if (process == 0) {
		// The lock on the answers is the asker's.
		close(answers);
		close(ends[0]);
		plan(c, ends[1]);
	}
	close(ends[1]);
	FILE *targets = process > 0 ? fdopen(ends[0], "re") : NULL;
	if (targets == NULL) {
		error_errno(error, "cannot begin");
		close(ends[0]);
		return false;
	}
	*out = (struct planning){ process, targets };
	return true;
}

// How it ended: an exit code, in which case it has said why.
static int end_planning(struct planning *p)
{
	int status = 0;
	fclose(p->targets);
	while (waitpid(p->process, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
}

// ---- the process that asks

struct asker {
	const struct probe_command *command;
	struct planning planning;
	struct probe_plan plan;
	uint64_t left;  // targets that are still to come
	struct output_lines lines;
	struct progress progress;
};

static bool next_target(void *context, struct target *out, struct error *error)
{
	struct asker *a = context;
	if (a->left == 0)
		return false;
	if (fread(out, sizeof *out, 1, a->planning.targets) != 1)
		return interrupt_requested() ? false
		                             : error_set(error, ERROR_FAILED, "the plan broke off");
	a->left--;
	return true;
}

static bool take_answer(void *context, const struct response *response, struct error *error)
{
	return output_lines_add(&((struct asker *)context)->lines, response, error);
}

static bool end_turn(void *context, const struct probe_totals *totals, struct error *error)
{
	struct asker *a = context;
	char open[48];
	text_format(open, sizeof open, "%" PRIu64 " open", totals->open);
	progress_steps(&a->progress, totals->connections + totals->blocked, a->plan.connections,
	               open);
	return output_lines_write(&a->lines, clock_now_ns(), error);
}

static uint64_t nanoseconds(double seconds)
{
	return (uint64_t)(seconds * SECOND_NS);
}

static struct probe_request request_of(struct asker *a, const struct manners *manners)
{
	const struct probe_command *c = a->command;
	// A SYN is sent again after one, three and seven seconds: two times are enough.
	const double connect_s = c->deadline_s < 6 ? c->deadline_s : 6;
	return (struct probe_request){
		.guard = &c->guard,
		.rules = { .wait_ns = nanoseconds(c->wait_s),
		           .quiet_ns = nanoseconds(1),
		           .deadline_ns = nanoseconds(c->deadline_s),
		           .bytes_max = RESPONSE_BYTES_MAX,
		           .manners = manners },
		.connect_ns = nanoseconds(connect_s),
		.gap_ns = nanoseconds(c->gap_s),
		.ports = c->ports,
		.port_count = c->port_count,
		.rates = { c->rate, c->rate_network, c->rate_prefix },
		.hosts_max = c->parallel,
		.room_max = ROOM_MAX,
		.seed = ~c->seed,
		.next = next_target,
		.turn = end_turn,
		.receiver = { take_answer, a },
		.context = a,
	};
}

static void report(const struct asker *a, const struct probe_totals *t)
{
	char line[REPORT_SIZE], names[REPORT_SIZE / 2] = "";
	const uint64_t seconds = (clock_now_ns() - a->progress.start_ns) / 1000000000;
	for (enum response_status s = 0; s < RESPONSE_STATUSES; s++) {
		const size_t length = strlen(names);
		if (t->by_status[s] > 0)
			text_format(names + length, sizeof names - length, "%s%" PRIu64 " %s",
			            length > 0 ? ", " : "", t->by_status[s],
			            response_status_name(s));
	}
	text_format(line, sizeof line,
	            "%" PRIu64 " connections to %" PRIu64 " hosts in %" PRIu64
	            ":%02u:%02u, at most %" PRIu64 " open%s%s",
	            t->connections, t->hosts, seconds / 3600, (unsigned)(seconds / 60 % 60),
	            (unsigned)(seconds % 60), t->open_most, names[0] != '\0' ? ": " : "", names);
	command_say(line);
	text_format(line, sizeof line,
	            "left out: %" PRIu64 " special-purpose, %" PRIu64
	            " opted out; not asked in the end: %" PRIu64
	            "; put off for want of a port or memory: %" PRIu64
	            "; answers cut for want of room: %" PRIu64,
	            a->plan.special, a->plan.opted_out, t->blocked, t->postponed, t->cut_short);
	command_say(line);
}

static bool ask(struct asker *a, struct error *error)
{
	const struct probe_command *c = a->command;
	struct manners manners;
	struct probe_totals totals;
	struct error ignored;
	if (!manners_init(&manners, c->contact, c->page, HOTARU_VERSION, error) ||
	    !output_lines_cut(&a->lines, error) ||
	    !confine_to_connect(&c->analysis.take.common, c->ports, c->port_count, error))
		return false;
	const struct probe_request request = request_of(a, &manners);
	a->left = a->plan.targets;
	progress_start(&a->progress, "connections", 0,
	               !c->analysis.take.common.quiet && !c->analysis.take.common.no_progress);
	bool ok = probe_run(&request, &totals, error);
	progress_stop(&a->progress);
	ok = output_lines_end(&a->lines, ok ? error : &ignored) && ok;
	if (ok && !c->analysis.take.common.quiet)
		report(a, &totals);
	if (ok && totals.is_interrupted)
		return error_set(error, ERROR_FAILED,
		                 "stopped before all were asked; --resume goes on from '%s'",
		                 c->answers);
	return ok;
}

// ---- before anything is asked

// So many sockets can be open at a time; root may raise what others may not.
static bool allow_files(const struct probe_command *c, struct error *error)
{
	const rlim_t wanted = (rlim_t)c->parallel + OTHER_FILES;
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return error_errno(error, "cannot ask how many files may be open");
	if (limit.rlim_cur >= wanted)
		return true;
	const struct rlimit more = { wanted, limit.rlim_max > wanted ? limit.rlim_max : wanted };
	return setrlimit(RLIMIT_NOFILE, &more) == 0 ||
	       error_set(error, ERROR_USAGE,
	                 "--parallel %" PRIu64 " needs %" PRIu64 " open files, and %" PRIu64
	                 " are allowed (ulimit -n)",
	                 c->parallel, (uint64_t)wanted, (uint64_t)limit.rlim_max);
}

static bool open_answers(const struct probe_command *c, FILE **out, bool *is_new,
                         struct output_lines *lines, struct error *error)
{
	struct stat status;
	*is_new = stat(c->answers, &status) != 0;
	if (!*is_new && !c->is_resumed && S_ISREG(status.st_mode) && status.st_size > 0)
		return error_set(error, ERROR_USAGE,
		                 "'%s' has answers already; --resume goes on from them",
		                 c->answers);
	*out = fopen(c->answers, "a+e");
	if (*out == NULL)
		return error_errno(error, "cannot write '%s'", c->answers);
	return output_lines_begin(lines, fileno(*out), c->answers, error);
}

static int run_both(struct probe_command *c, int answers, struct output_lines *lines,
                    bool *was_planned)
{
	struct asker asker = { .command = c, .lines = *lines };
	struct error error;
	if (!start_planning(c, answers, &asker.planning, &error))
		return command_fail(&error);
	*was_planned = fread(&asker.plan, sizeof asker.plan, 1, asker.planning.targets) == 1;
	if (!*was_planned) {
		const int code = interrupt_requested() ? EXIT_FAILED
		                                       : end_planning(&asker.planning);
		return code != EXIT_DONE ? code : EXIT_FAILED;
	}
	const bool ok = ask(&asker, &error);
	*lines = asker.lines;
	if (!ok)
		return command_fail(&error);
	const int code = end_planning(&asker.planning);
	return code == EXIT_DONE && asker.plan.is_damaged ? EXIT_DAMAGED : code;
}

static int run_all(struct probe_command *c)
{
	struct output_lines lines = { .fd = -1 };
	struct error error;
	FILE *answers = NULL;
	bool is_new = false, was_planned = false;
	int code;
	if (allow_files(c, &error) && open_answers(c, &answers, &is_new, &lines, &error))
		code = run_both(c, fileno(answers), &lines, &was_planned);
	else
		code = command_fail(&error);
	output_lines_done(&lines);
	if (answers != NULL)
		fclose(answers);
	// Made for nothing: this process has not entered the sandbox then.
	if (answers != NULL && is_new && !was_planned)
		unlink(c->answers);
	return code;
}

static int run_dry(struct probe_command *c)
{
	struct error error;
	bool is_damaged = false;
	if (!probe_plan_say(c, stdout, &is_damaged, &error) ||
	    !command_output_close(stdout, NULL, &error))
		return command_fail(&error);
	return is_damaged ? EXIT_DAMAGED : EXIT_DONE;
}

static bool check(struct probe_command *c, const struct option_words *words, struct error *error)
{
	struct manners manners;
	return check_inputs(c, words, error) && check_permission(c, error) &&
	       check_numbers(c, error) && parse_ports(c, error) &&
	       (c->contact == NULL || c->page == NULL ||
	        manners_init(&manners, c->contact, c->page, HOTARU_VERSION, error)) &&
	       read_opt_outs(c, error) &&
	       (getrandom(&c->seed, sizeof c->seed, 0) == (ssize_t)sizeof c->seed ||
	        error_errno(error, "no random numbers"));
}

static int run(const struct command *self, struct option_words words)
{
	struct probe_command c = { .analysis = analysis_defaults(),
		                   .port_list = default_ports,
		                   .parallel = 1000,
		                   .rate = 100,
		                   .rate_network = 10,
		                   .rate_prefix = 1,
		                   .gap_s = 10,
		                   .wait_s = 5,
		                   .deadline_s = 20 };
	struct error error;
	int code;
	if (!command_parse(self, &words, &c, &code))
		return code;
	if (c.prints_probing_txt)
		return print_probing_txt(&c, &error) ? EXIT_DONE : command_fail(&error);
	if (!check(&c, &words, &error))
		code = command_fail(&error);
	else
		code = c.is_dry_run ? run_dry(&c) : run_all(&c);
	guard_done(&c.guard);
	return code;
}

static const struct option_table *const tables[] = { &probe_table, &store_table,  &strict_table,
	                                             &days_table,  &common_table, NULL };

const struct command command_probe = {
	.name = "probe",
	.summary = "ask attacking hosts what they are: banners of 11 ports",
	.operands = "[LIST]",
	.description =
		"Connects to hosts and keeps what they say, as JSON Lines that `hotaru responses` takes in. "
		"Whom: the addresses of LIST, one a line (- is standard input); or of a store the sources that sent "
		"more than one packet that matches --family on one of the days, without flood suspects, since a source "
		"address can be forged. Never asked: special-purpose addresses (RFC 6890, multicast) and "
		"who opted out; both are looked at again before each connection.\n\n"
		"A GET at once on ports of the Web; elsewhere the host has 5 seconds to begin, and only one that "
		"says nothing at all gets a GET. Telnet options are refused, an SSH identification is "
		"exchanged, a greeting of FTP is answered with QUIT. There is never a log-in. One connection a "
		"host at a time, in random order.\n\n"
		"It refuses to begin without --contact, --page, --opt-outs and --authorised: doc/probe.md says "
		"what each is for, what is sent byte by byte, and what else an operator has to do. A run that was "
		"stopped or killed goes on with --resume.",
	.tables = tables,
	.run = run,
};
