// SPDX-License-Identifier: MIT
// `hotaru cluster`: files of answers in, groups of hosts out.
#include "cmd/cluster.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/progress.h"
#include "base/text.h"
#include "cmd/atlas.h"
#include "cmd/confine.h"
#include "device/mask.h"
#include "present/words/lang.h"
#include "response/response_file.h"

#include <inttypes.h>
#include <stdlib.h>

#define FIELD(field) offsetof(struct cluster_command, field)
enum { CODEC_MEMORY = 128 << 20, COMPRESSORS_OFFERED = 4, LOOK_EVERY = 64 };

static const char *const distance_names[] = { "ngram", "ncd", NULL };
static const char *const offered[COMPRESSORS_OFFERED + 1] = { "bzip2", "xz", "gzip", "zstd", NULL };

static const struct option options[] = {
	{ "paper", 0, OPTION_FLAG, FIELD(is_published), NULL,
	  "the published method: compression distance, mean over common ports, cut 0.3", 0, 0,
	  NULL },
	{ "distance", 0, OPTION_CHOICE, FIELD(distance), "ngram|ncd",
	  "between answers: rare 3-grams in common (default), or compression", 0, 0,
	  distance_names },
	{ "compressor", 0, OPTION_CHOICE, FIELD(compressor), "bzip2|xz|gzip|zstd",
	  "what compresses (default: bzip2)", 0, 0, offered },
	{ "cut", 0, OPTION_REAL, FIELD(cut), "X",
	  "join what is at this distance or nearer, 0 to 1.5 (default: 0.29; answers of one port: "
	  "0.73; --distance ncd: 0.25; --paper: 0.3)",
	  0, 0, NULL },
	{ "summary", 0, OPTION_FLAG, FIELD(summary), NULL,
	  "one row a cluster: size, ports, the host that is nearest to all others, the nearest "
	  "other cluster and what tells it from that, countries",
	  0, 0, NULL },
	{ "country-db", 0, OPTION_TEXT, FIELD(analysis.take.databases[PLACE_COUNTRY]), "FILES",
	  "with --summary: take countries from this MaxMind database or table of ranges (default: "
	  "the store's), FILE[@FROM..TO][,FILE...]",
	  0, 0, NULL },
	{ "linkage", 0, OPTION_FLAG, FIELD(linkage), NULL,
	  "one row a merge, in SciPy's numbering: hosts 0 to n-1 by address, then merges", 0, 0,
	  NULL },
	{ "newick", 0, OPTION_TEXT, FIELD(newick), "FILE",
	  "write the whole tree there, in the form that programs for trees read", 0, 0, NULL },
	{ "recog", 0, OPTION_TEXT, FIELD(source.recog), "DIR",
	  "labels by the rules in this folder, a checkout of recog; a cluster has that of most of "
	  "its hosts",
	  0, 0, NULL },
	{ "labels", 0, OPTION_TEXT, FIELD(source.table), "FILE",
	  "labels from a table of your own: address,label", 0, 0, NULL },
	{ "score", 0, OPTION_FLAG, FIELD(score), NULL,
	  "how well clusters and labels agree, also with each port left out", 0, 0, NULL },
	{ "dendrogram", 0, OPTION_TEXT, FIELD(dendrogram), "FILE",
	  "draw the tree there, as SVG: a row for each cluster, small ones folded where there are more "
	  "than 80",
	  0, 0, NULL },
	{ "lang", 0, OPTION_CHOICE, FIELD(lang), "en|ja",
	  "words of the drawing in English (default) or Japanese", 0, 0, lang_names },
	{ "assign", 0, OPTION_TEXT, FIELD(assign), "FILE",
	  "hosts join the models that --save wrote there, where they are as near as the cut; who is "
	  "left becomes new models",
	  0, 0, NULL },
	{ "save", 0, OPTION_TEXT, FIELD(save), "FILE",
	  "name clusters, m1, m2, ..., and write them there for --assign", 0, 0, NULL },
	{ "threads", 0, OPTION_NUMBER, FIELD(analysis.take.take.threads), "N",
	  "use this many threads (default: as many as processors)", 1, POOL_THREADS_MAX, NULL },
};
static const struct option_table cluster_table = { options, sizeof options / sizeof *options };
static const struct option_table *const tables[] = { &cluster_table, &store_table,  &days_table,
	                                             &output_table,  &common_table, NULL };

static bool is_cancelled(void *context)
{
	(void)context;
	return interrupt_requested();
}

// ---- reading

struct reading {
	struct response_receiver to;
	const struct response_file *file;
	struct progress progress;
	uint64_t count;
};

static bool take_one(void *context, const struct response *response, struct error *error)
{
	struct reading *r = context;
	if (interrupt_requested())
		return error_set(error, ERROR_FAILED, "interrupted");
	if (++r->count % LOOK_EVERY == 0)
		progress_tick(&r->progress, response_file_bytes_read(r->file), r->count);
	return r->to.take(r->to.context, response, error);
}

static bool read_file(const struct common_options *common, const char *path,
                      const struct response_receiver *to, bool *is_damaged, struct error *error)
{
	struct response_file *file;
	struct error damage;
	if (!response_file_open(path, CODEC_MEMORY, &file, error))
		return false;
	struct reading reading = { .to = *to, .file = file };
	progress_start(&reading.progress, "answers", response_file_bytes_total(file),
	               !common->quiet && !common->no_progress);
	const bool is_done = response_file_read(
		file, &(struct response_receiver){ take_one, &reading }, error);
	progress_stop(&reading.progress);
	if (is_done && response_file_damage(file, &damage)) {
		*is_damaged = true;
		command_warn(damage.text);
	}
	response_file_free(file);
	return is_done;
}

static bool note_time(void *context, const struct response *r, struct error *error)
{
	struct cluster_command *c = context;
	if (r->time_ns > c->newest_ns)
		c->newest_ns = r->time_ns;
	return c->next.take(c->next.context, r, error);
}

// Without a store: those that the command line names.
static bool open_countries(struct cluster_command *c, struct error *error)
{
	return c->analysis.take.databases[PLACE_COUNTRY] == NULL ||
	       atlas_open(PLACE_COUNTRY, &c->analysis, NULL, &c->countries, error);
}

static bool read_all(struct cluster_command *c, const struct option_words *words, struct hosts *out,
                     bool *is_damaged, struct error *error)
{
	struct host_gatherer *g = host_gatherer_new(c->is_published ? NULL : mask_answer, error);
	bool is_done = g != NULL && cluster_models_read(c, error) &&
	               label_source_open(&c->source, error);
	const struct response_receiver receiver = { note_time, c };
	c->next = label_source_receiver(&c->source,
	                                (struct response_receiver){ host_gatherer_take, g });
	if (is_done)
		is_done = words->count == 0 ? cluster_read_store(c, &receiver, error)
		                            : open_countries(c, error);
	for (size_t i = 0; is_done && i < words->count; i++) {
		is_done = read_file(&c->analysis.take.common, words->words[i], &receiver,
		                    is_damaged, error);
		if (is_done && interrupt_requested())
			is_done = error_set(error, ERROR_FAILED, "interrupted");
	}
	is_done = is_done && label_source_finish(&c->source, c->analysis.take.common.quiet, error);
	if (!is_done) {
		host_gatherer_free(g);
		return false;
	}
	return host_gatherer_finish(g, out, error) &&
	       (out->count > 0 || error_set(error, ERROR_FAILED, "no host has answered"));
}

// ---- clusters

static void tick(void *context, uint64_t done, uint64_t total)
{
	progress_steps(context, done, total, "");
}

static void say_parts(const struct device_clusters *found)
{
	char line[512];
	text_format(
		line, sizeof line,
		"%" PRIu32
		" different answers of hosts were linked by parts: up to the cut as all together "
		"would be, and above it nothing is known",
		found->items.count);
	command_say(line);
	if (found->put_items == 0)
		return;
	text_format(line, sizeof line,
	            "%" PRIu32
	            " of them were put to others, which are within %.3g of them: so many that are "
	            "near each other are not linked exactly",
	            found->put_items, (double)found->radius);
	command_say(line);
}

static void say(const struct cluster_command *c, const struct hosts *hosts,
                const struct device_clusters *found)
{
	char line[512];
	if (c->analysis.take.common.quiet)
		return;
	text_format(line, sizeof line, "%" PRIu32 " hosts, %" PRIu32 " clusters at cut %g",
	            hosts->count, found->count, found->cut);
	command_say(line);
	if (found->is_parted)
		say_parts(found);
	if (!c->is_published || found->tied_merges == 0)
		return;
	text_format(line, sizeof line,
	            "%" PRIu32 " of %" PRIu32
	            " merges are tied with another, and which of them comes "
	            "first is decided by the order of hosts (by address)",
	            found->tied_merges, hosts->count - 1);
	command_say(line);
	if (found->orders > 0) {
		text_format(line, sizeof line,
		            "in %" PRIu32 " other orders %" PRIu32
		            " hosts come into another cluster at "
		            "least once",
		            found->orders, found->moved_hosts);
		command_say(line);
	}
}

// What clusters are called, and how well that fits.
static bool name_clusters(struct cluster_command *c, const struct hosts *hosts,
                          const struct device_clusters *found, const struct cluster_options *how,
                          const struct limits *limits, const struct distance_watch *watch,
                          struct error *error)
{
	if (!c->source.has_labels)
		return true;
	c->names = memory_new((size_t)found->count + 1, sizeof *c->names);
	if (c->names == NULL)
		return error_memory(error, "labels of clusters");
	return cluster_labels_find(hosts, found, &c->source.labels, c->names, error) &&
	       (!c->score || cluster_scores_find(hosts, found, &c->source.labels, how, &c->scores,
	                                         limits, watch, error));
}

static bool find(struct cluster_command *c, const struct hosts *hosts, struct error *error)
{
	const struct cluster_options how = {
		.is_published = c->is_published,
		.distance = c->distance == 0 ? TEXT_NGRAM : TEXT_NCD,
		.compressor = c->compressor,
		.cut = c->cut,
	};
	const struct common_options *common = &c->analysis.take.common;
	const struct limits limits = { .threads = (unsigned)c->analysis.take.take.threads,
		                       .is_cancelled = is_cancelled };
	struct progress progress;
	const struct distance_watch watch = { tick, &progress };
	struct device_clusters found;
	progress_start(&progress, "pairs", 0, !common->quiet && !common->no_progress);
	const bool is_found = c->assign != NULL
	                              ? device_clusters_assign(hosts, c->known, &how, &found,
	                                                       &c->models, &limits, &watch, error)
	                              : device_clusters_find(hosts, &how, &found, &limits, &watch,
	                                                     error);
	if (!is_found) {
		progress_stop(&progress);
		return false;
	}
	const bool has_names = cluster_models_name(c, &found, error) &&
	                       name_clusters(c, hosts, &found, &how, &limits, &watch, error);
	progress_stop(&progress);
	const bool is_told = has_names && cluster_write_files(c, hosts, &found, error) &&
	                     cluster_print(c, hosts, &found, error);
	if (is_told)
		say(c, hosts, &found);
	device_clusters_done(&found);
	return is_told;
}

// ---- the command

static bool check_source(const struct analysis_command *analysis, const struct option_words *words,
                         struct error *error)
{
	const struct chosen_days *days = &analysis->days;
	if (words->count == 0)
		return (analysis->store != NULL ||
		        error_set(error, ERROR_USAGE,
		                  "name a file of answers (- for standard input), or a store: -s "
		                  "DIR or HOTARU_STORE")) &&
		       days_check(days, error);
	if (analysis->store != NULL && analysis->store != getenv("HOTARU_STORE"))
		return error_set(error, ERROR_USAGE,
		                 "a store and files of answers: name one of them");
	return (!days->from.is_given && !days->to.is_given && days->last == 0) ||
	       error_set(error, ERROR_USAGE,
	                 "--from, --to and --last choose answers of a store: name one by -s");
}

static bool check(const struct cluster_command *c, const struct option_words *words,
                  struct error *error)
{
	if (!check_source(&c->analysis, words, error))
		return false;
	if (c->summary && c->linkage)
		return error_set(error, ERROR_USAGE, "--summary and --linkage are two tables");
	if (c->score && (c->summary || c->linkage))
		return error_set(error, ERROR_USAGE, "--score is a table of its own");
	if (c->analysis.take.databases[PLACE_COUNTRY] != NULL && !c->summary)
		return error_set(error, ERROR_USAGE, "--country-db is for --summary");
	if (!cluster_models_check(c, error) || !label_source_check(&c->source, error))
		return false;
	if (c->score && c->source.recog == NULL && c->source.table == NULL)
		return error_set(error, ERROR_USAGE,
		                 "--score needs labels: --recog DIR or --labels FILE");
	if (c->is_published && c->distance == 0)
		return error_set(error, ERROR_USAGE, "--paper is --distance ncd: leave ngram out");
	if (c->cut > 1.5)
		return error_set(error, ERROR_USAGE, "--cut is 0 to 1.5");
	return true;
}

static bool work(struct cluster_command *c, const struct option_words *words, bool *is_damaged,
                 struct error *error)
{
	char **files = NULL;
	if (!check(c, words, error) || !cluster_files(c, &files, error))
		return false;
	const struct confine confine = {
		.common = &c->analysis.take.common,
		.captures = words,
		.folder = words->count == 0 ? c->analysis.store : NULL,
		.read = c->source.table,
		.read_folder = c->source.recog,
		.files = files,
		.output = c->analysis.output,
		.more_outputs = c->files,
	};
	struct hosts hosts;
	const bool is_confined = confine_enter(&confine, error);
	database_files_done(files);
	if (!is_confined || !read_all(c, words, &hosts, is_damaged, error))
		return false;
	const bool is_done = find(c, &hosts, error);
	hosts_done(&hosts);
	return is_done;
}

static int run(const struct command *self, struct option_words words)
{
	struct cluster_command c = { .analysis = analysis_defaults(),
		                     .distance = UINT32_MAX,
		                     .cut = -1 };
	struct error error;
	bool is_damaged = false;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	if (c.distance == UINT32_MAX)
		c.distance = c.is_published ? 1 : 0;
	const char *const outputs[] = { c.newick, c.dendrogram, c.save };
	for (size_t i = 0, k = 0; i < sizeof outputs / sizeof *outputs; i++)
		if (outputs[i] != NULL)
			c.files[k++] = outputs[i];
	const bool is_done = work(&c, &words, &is_damaged, &error);
	label_source_done(&c.source);
	place_atlas_close(c.countries);
	known_models_free(c.known);
	memory_free(c.models);
	cluster_scores_done(&c.scores);
	memory_free(c.names);
	confine_leave(is_done);
	if (!is_done)
		return command_fail(&error);
	return is_damaged ? EXIT_DAMAGED : EXIT_DONE;
}

const struct command command_cluster = {
	.name = "cluster",
	.summary = "groups hosts by what they answered, without signatures",
	.operands = "[FILE...]",
	.description =
		"Reads answers of hosts in any form that `hotaru responses` reads, or those of a store (of the days on "
		"which hosts were asked), and puts hosts together that answered alike: clusters from the largest on, of equal ones the one with the lowest "
		"address. What varies from host to host (dates, addresses, long hexadecimal numbers, cookies) "
		"is put aside first. Two hosts are as far apart as their answers are over the ports of both, each port "
		"with as much weight as its answers tell; one on which a host alone answered tells little. Hosts join by average linkage up "
		"to the cut. The order of the input makes no difference. --paper is the method of Kasama and "
		"Inoue (2017): there equal distances make the result depend on the order of hosts, which "
		"is that of addresses, and a line says how many hosts other orders move. --save names clusters, and --assign has the hosts of "
		"another day join those that are known, so that a model keeps its name. doc/devices.md "
		"compares the methods, and says where labels come from.",
	.tables = tables,
	.run = run,
};
