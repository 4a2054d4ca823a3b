// SPDX-License-Identifier: MIT
// The planner: from a list or a store to targets in random order.
#include "cmd/ask.h"
#include "cmd/atlas.h"
#include "cmd/confine.h"
#include "cmd/families.h"
#include "cmd/probe.h"

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/text.h"
#include "ipset/telescope.h"
#include "response/json_lines.h"

#include <errno.h>
#include <inttypes.h>

enum { PIECE = 64 * 1024, LINE_ROOM = 256 * 1024 };
#define DAY_NS (UINT64_C(86400) * 1000000000)

struct planner {
	struct probe_command *command;
	struct probe_plan plan;
	struct targets targets;
	struct ipset_prefixes telescope;  // of the store, on any day
	struct dataset dataset;
	struct place_atlas *atlas;  // NULL: nobody knows networks
	FILE *list, *before;        // the list, and the answers of a run before
};

// ---- from a list

static bool read_list(struct planner *p, struct error *error)
{
	struct target_list list = { .name = p->list == stdin ? "standard input"
		                                             : p->command->list };
	static uint8_t piece[PIECE];
	size_t length;
	while ((length = fread(piece, 1, sizeof piece, p->list)) > 0)
		if (!target_list_take(&list, (struct span){ piece, length }, &p->targets, error))
			return false;
	if (interrupt_requested())
		return error_set(error, ERROR_FAILED, "interrupted");
	if (ferror(p->list) != 0)
		return error_errno(error, "cannot read '%s'", list.name);
	return target_list_end(&list, &p->targets, error);
}

// ---- from a store

// Who takes the rows of sources. Only these are kept: a source-day of one packet may be forged.
struct taker {
	struct outlet outlet;
	struct targets *targets;
	const struct ipset_prefixes *telescope;
	size_t source, packets;  // columns
	bool has_failed;
	struct error error;
};

static bool begin_rows(struct receiver *receiver, const struct schema *schema, struct error *error)
{
	struct taker *t = (struct taker *)receiver;
	(void)error;
	t->source = schema_find(schema, "source");
	t->packets = schema_find(schema, "packets");
	return true;
}

static bool take_row(struct receiver *receiver, const struct cell *cells)
{
	struct taker *t = (struct taker *)receiver;
	const struct cell *packets = &cells[t->packets];
	const uint32_t source = cells[t->source].address;
	// Nobody is at home in the telescope, and it would see who asks there.
	if (packets->state == CELL_VALUE && packets->number > 1 &&
	    !ipset_prefixes_hold(t->telescope, source))
		t->has_failed = !targets_add(t->targets, source, &t->error);
	return !t->has_failed;
}

static bool close_rows(struct outlet *outlet, bool is_answered, struct error *error)
{
	const struct taker *t = (const struct taker *)outlet;
	if (t->has_failed)
		*error = t->error;
	return is_answered && !t->has_failed;
}

// The analysis of one family; the options come first, as analysis_ask() has them.
struct family_run {
	struct analysis_command options;
	const char *family;
	struct taker taker;
};

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	struct family_run *run = context;
	(void)d;
	(void)error;
	*out = (struct question){ .kind = QUESTION_SOURCES,
		                  .days = days_range(&run->options.days),
		                  .families = &run->family,
		                  .family_count = 1,
		                  .without_floods = true };
	return true;
}

static struct outlet *outlet(void *context, const struct description *d)
{
	(void)d;
	return &((struct family_run *)context)->taker.outlet;
}

// Of one family among several: that it has no sources is no news, and lost days are told at the end.
static void say_nothing(struct outlet *outlet, const struct caveats *caveats)
{
	(void)outlet;
	(void)caveats;
}

static bool ask_family(struct planner *p, const char *family, bool is_alone, struct error *error)
{
	struct family_run run = {
		.options = p->command->analysis,
		.family = family,
		.taker = { .outlet = { .receiver = { begin_rows, take_row }, .close = close_rows },
		           .targets = &p->targets,
		           .telescope = &p->telescope },
	};
	const struct analysis analysis = { .options = &run,
		                           .question = question,
		                           .outlet = outlet };
	const struct listener listener = dataset_listener(&p->dataset, &p->command->analysis);
	if (!is_alone)
		run.taker.outlet.say = say_nothing;
	return analysis_ask(&analysis, p->dataset.engine, listener, error);
}

static bool find_telescope(struct planner *p, const char *text, struct error *error)
{
	struct telescope telescope = { .count = 0 };
	if (text[0] != '\0' && !telescope_parse(text, &telescope, error))
		return false;
	const bool ok = telescope_ever(&telescope, &p->telescope, error);
	telescope_done(&telescope);
	return ok;
}

static bool read_store(struct planner *p, struct error *error)
{
	const struct description *d = engine_describe(p->dataset.engine);
	struct family_names names;
	if (!d->has_addresses)
		return error_set(error, ERROR_FAILED,
		                 "sources of this store are hashes: nobody can be asked");
	if (!family_names_parse(d, p->command->analysis.families, &names, error) ||
	    !find_telescope(p, d->telescope, error))
		return false;
	for (size_t i = 0; i < names.count; i++)
		if (!ask_family(p, names.list[i], names.count == 1, error))
			return false;
	if (names.count > 1)
		caveats_say_lost(engine_describe(p->dataset.engine),
		                 dataset_listener(&p->dataset, &p->command->analysis));
	p->plan.is_damaged = engine_describe(p->dataset.engine)->lost_count > 0;
	return true;
}

// ---- what was asked before

static bool mark(struct planner *p, const struct response *r, struct error *error)
{
	for (unsigned i = 0; i < p->command->port_count; i++)
		if (p->command->ports[i] == r->port)
			return targets_mark(&p->targets, r->address, i, error);
	return true;
}

static bool is_no_answer(const struct planner *p, uint64_t line, const char *why,
                         struct error *error)
{
	return error_set(error, ERROR_FAILED,
	                 "'%s' line %" PRIu64 " %s: these are no answers to go on from",
	                 p->command->answers, line, why);
}

static bool take_before(struct planner *p, struct json_lines *reader, struct span line,
                        uint64_t number, struct error *error)
{
	struct response response;
	enum response_skip why;
	const char *words;
	if (json_lines_read(reader, line, &response, &why, &words))
		return mark(p, &response, error);
	return words != NULL ? is_no_answer(p, number, words, error)
	                     : error_memory(error, "answers");
}

static bool read_before(struct planner *p, struct error *error)
{
	struct json_lines reader = { .probe = "" };
	char *line = memory_room(LINE_ROOM);
	bool ok = line != NULL || error_memory(error, "answers");
	for (uint64_t number = 1; ok && fgets(line, LINE_ROOM, p->before) != NULL; number++) {
		const size_t length = strlen(line);
		if (length > 0 && line[length - 1] == '\n')
			ok = take_before(p, &reader,
			                 (struct span){ (const uint8_t *)line, length - 1 }, number,
			                 error);
		else if (feof(p->before) != 0)
			break;  // torn, and is going to be cut off
		else
			ok = is_no_answer(p, number, "is no text", error);
	}
	json_lines_done(&reader);
	memory_free(line);
	return ok;
}

// ---- the plan

static bool open_file(const char *path, FILE **out, struct error *error)
{
	*out = text_equal(path, "-") ? stdin : fopen(path, "re");
	return *out != NULL || error_errno(error, "cannot read '%s'", path);
}

static bool enter_with_list(struct planner *p, struct error *error)
{
	const struct take_command *take = &p->command->analysis.take;
	char **files;
	if (!database_files(take, &files, error))
		return false;
	const bool ok = confine_enter(&(struct confine){ .common = &take->common, .files = files },
	                              error);
	database_files_done(files);
	return ok;
}

static bool open_atlas(struct planner *p, struct error *error)
{
	const struct probe_command *c = p->command;
	const bool is_there = c->list == NULL || c->analysis.take.databases[PLACE_NETWORK] != NULL;
	return !is_there || atlas_open(PLACE_NETWORK, &c->analysis, &p->dataset, &p->atlas, error);
}

static bool gather(struct planner *p, struct error *error)
{
	const struct probe_command *c = p->command;
	const struct option_words none = { NULL, 0 };
	// Files are opened first, and read inside the sandbox.
	if (c->list != NULL && !open_file(c->list, &p->list, error))
		return false;
	if (c->is_resumed && !open_file(c->answers, &p->before, error) && errno != ENOENT)
		return false;
	if (p->list != NULL)
		return enter_with_list(p, error) && read_list(p, error);
	return dataset_open(&p->dataset, &p->command->analysis, &none, error) &&
	       read_store(p, error);
}

static bool make_plan(struct planner *p, struct error *error)
{
	const struct probe_command *c = p->command;
	struct probe_plan *plan = &p->plan;
	p->targets = targets_of(c->port_count);
	if (!gather(p, error) || !open_atlas(p, error) || !targets_sort(&p->targets, error))
		return false;
	plan->listed = p->targets.count;
	targets_filter(&p->targets, &c->guard, &plan->special, &plan->opted_out);
	if (p->before != NULL && !read_before(p, error))
		return false;
	targets_order(&p->targets, c->seed, c->budget);
	plan->targets = p->targets.count;
	plan->connections = targets_connections(&p->targets);
	return true;
}

static void close_plan(struct planner *p)
{
	place_atlas_close(p->atlas);
	dataset_close(&p->dataset);
	targets_done(&p->targets);
	ipset_prefixes_done(&p->telescope);
	if (p->list != NULL && p->list != stdin)
		fclose(p->list);
	if (p->before != NULL)
		fclose(p->before);
}

// Networks have numbers as they are met; 0 is of none that is known. What cannot be told has no limit of its own.
static bool find_network(struct planner *p, uint32_t address, struct place_range *known,
                         struct error *error)
{
	if (p->atlas == NULL || (address >= known->first && address <= known->last))
		return true;
	return place_find(p->atlas, (int32_t)(clock_today_ns() / DAY_NS), address, known) ||
	       error_memory(error, "networks");
}

static struct place_range nowhere(void)
{
	return (struct place_range){ .first = 1, .last = 0, .place = PLACE_UNKNOWN };
}

static bool write_targets(struct planner *p, FILE *to, struct error *error)
{
	const struct targets *t = &p->targets;
	struct place_range known = nowhere();
	for (size_t i = 0; i < t->count; i++) {
		if (!find_network(p, t->addresses[i], &known, error))
			return false;
		const struct target target = { t->addresses[i], known.place,
			                       t->todo != NULL ? t->todo[i] : t->all_ports };
		// Whoever asks has ended: there is nobody to tell.
		if (fwrite(&target, sizeof target, 1, to) != 1)
			return true;
	}
	return true;
}

bool probe_plan_write(struct probe_command *c, FILE *to, struct error *error)
{
	struct planner p = { .command = c };
	bool ok = make_plan(&p, error);
	if (ok) {
		fwrite(&p.plan, sizeof p.plan, 1, to);
		ok = write_targets(&p, to, error);
	}
	close_plan(&p);
	return ok;
}

// ---- what it would come to

struct busiest {
	char prefix[TEXT_IPV4_SIZE + 4];
	char network[PLACE_ID_SIZE];
	uint64_t of_prefix, of_network;  // targets
};

struct tally {
	uint64_t *networks;  // targets of each, by number
	size_t room;
};

static bool count_network(struct tally *t, uint32_t network, struct error *error)
{
	if (network >= t->room) {
		const size_t room = 2 * (size_t)network + 64;
		uint64_t *networks = memory_resize(t->networks, room, sizeof *networks);
		if (networks == NULL)
			return error_memory(error, "networks");
		memset(networks + t->room, 0, (room - t->room) * sizeof *networks);
		t->networks = networks;
		t->room = room;
	}
	t->networks[network]++;
	return true;
}

static void end_prefix(struct busiest *b, uint32_t address, uint64_t count)
{
	char text[TEXT_IPV4_SIZE];
	if (count <= b->of_prefix)
		return;
	b->of_prefix = count;
	text_from_ipv4(address & ~UINT32_C(255), text);
	text_format(b->prefix, sizeof b->prefix, "%s/24", text);
}

static void find_busiest_network(const struct planner *p, const struct tally *t, struct busiest *b)
{
	for (size_t i = PLACE_UNKNOWN + 1; i < t->room; i++)
		if (t->networks[i] > b->of_network) {
			b->of_network = t->networks[i];
			text_copy(b->network, sizeof b->network,
			          place_at(p->atlas, (uint32_t)i)->id);
		}
}

// Sorts the targets again.
static bool find_busiest(struct planner *p, struct busiest *b, struct error *error)
{
	struct place_range known = nowhere();
	struct tally tally = { .room = 0 };
	uint64_t run = 0;
	bool ok = targets_sort(&p->targets, error);
	const uint32_t *addresses = p->targets.addresses;
	for (size_t i = 0; ok && i < p->targets.count; i++) {
		ok = find_network(p, addresses[i], &known, error) &&
		     count_network(&tally, known.place, error);
		run = i > 0 && addresses[i] >> 8 == addresses[i - 1] >> 8 ? run + 1 : 1;
		end_prefix(b, addresses[i], run);
	}
	if (ok)
		find_busiest_network(p, &tally, b);
	memory_free(tally.networks);
	return ok;
}

static void take_longest(double seconds, const char *why, double *longest, char reason[128])
{
	if (seconds <= *longest)
		return;
	*longest = seconds;
	text_copy(reason, 128, why);
}

// By whatever takes longest, if hosts refuse at once.
static double least_seconds(const struct planner *p, const struct busiest *b, char reason[128])
{
	const struct probe_command *c = p->command;
	const double ports = (double)c->port_count, connections = (double)p->plan.connections;
	double longest = 0;
	char why[128];
	text_copy(reason, 128, "nothing");
	if (c->rate > 0)
		take_longest(connections / c->rate, "the rate in all", &longest, reason);
	text_format(why, sizeof why, "the rate of a /24: %s has %" PRIu64 " targets", b->prefix,
	            b->of_prefix);
	if (c->rate_prefix > 0)
		take_longest((double)b->of_prefix * ports / c->rate_prefix, why, &longest, reason);
	text_format(why, sizeof why, "the rate of a network: %s has %" PRIu64 " targets",
	            b->network, b->of_network);
	if (c->rate_network > 0)
		take_longest((double)b->of_network * ports / c->rate_network, why, &longest,
		             reason);
	take_longest((ports - 1) * c->gap_s, "the gaps between connections to a host", &longest,
	             reason);
	take_longest(connections * c->gap_s / (double)c->parallel,
	             "the number of hosts at a time, and the gaps", &longest, reason);
	return longest;
}

static void say_seconds(FILE *to, const char *what, double seconds, const char *why)
{
	const uint64_t s = (uint64_t)(seconds + 0.5);
	fprintf(to, "%s%" PRIu64 ":%02u:%02u%s%s\n", what, s / 3600, (unsigned)(s / 60 % 60),
	        (unsigned)(s % 60), why[0] != '\0' ? ", by " : "", why);
}

static void say_plan(const struct planner *p, const struct busiest *b, FILE *to)
{
	const struct probe_command *c = p->command;
	char why[128];
	fprintf(to,
	        "targets:      %" PRIu64 " of %" PRIu64 " (special-purpose: %" PRIu64
	        ", opted out: %" PRIu64 ")\n",
	        p->plan.targets, p->plan.listed, p->plan.special, p->plan.opted_out);
	fprintf(to, "ports:        ");
	for (size_t i = 0; i < c->port_count; i++)
		fprintf(to, "%s%u", i > 0 ? "," : "", (unsigned)c->ports[i]);
	fprintf(to, "\nconnections:  %" PRIu64 "\n", p->plan.connections);
	if (p->plan.targets == 0)
		return;
	const double least = least_seconds(p, b, why);
	say_seconds(to, "at least:     ", least, why);
	const double slow = (double)p->plan.connections * (c->gap_s + c->deadline_s);
	const uint64_t hosts = p->plan.targets < c->parallel ? p->plan.targets : c->parallel;
	say_seconds(to, "at most:      ", least + slow / (double)hosts,
	            "hosts that keep every connection to its deadline");
}

bool probe_plan_say(struct probe_command *c, FILE *to, bool *is_damaged, struct error *error)
{
	struct planner p = { .command = c };
	struct busiest busiest = { .prefix = "" };
	const bool ok = make_plan(&p, error) && find_busiest(&p, &busiest, error);
	if (ok)
		say_plan(&p, &busiest, to);
	*is_damaged = p.plan.is_damaged;
	close_plan(&p);
	return ok;
}
