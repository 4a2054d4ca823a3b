// SPDX-License-Identifier: MIT
// What `hotaru cluster` prints and writes.
#include "cmd/cluster.h"

#include "answer/rows.h"
#include "base/memory.h"
#include "base/text.h"
#include "cmd/ask.h"
#include "cluster/newick.h"

#include <stdlib.h>

enum { PORTS_TEXT_MAX = 1 << 20, FIGURE_MAX = 1 << 20 };
#define NEWICK_MAX ((size_t)1 << 31)

// ---- hosts

static void ports_cell(struct rows *rows, const struct host *host, struct buffer *text)
{
	text->length = 0;
	for (uint32_t i = 0; i < host->count; i++)
		buffer_format(text, "%s%u", i > 0 ? ";" : "", (unsigned)host->answers[i].port);
	rows_text_span(rows, buffer_span(text));
}

// Hosts, by cluster and address, as numbers: a counting sort.
static uint32_t *by_cluster(const struct hosts *hosts, const struct device_clusters *found)
{
	uint32_t *order = memory_new((size_t)hosts->count + 1, sizeof *order);
	uint32_t *next = memory_new((size_t)found->count + 2, sizeof *next);
	if (order != NULL && next != NULL) {
		for (uint32_t k = 1; k <= found->count; k++)
			next[k + 1] = next[k] + found->hosts[k];
		for (uint32_t i = 0; i < hosts->count; i++)
			order[next[found->of_item[found->items.of_host[i]]]++] = i;
	} else {
		memory_free(order);
		order = NULL;
	}
	memory_free(next);
	return order;
}

static const struct schema host_schema = {
	{ { "address", CELL_ADDRESS },
	  { "cluster", CELL_NUMBER },
	  { "ports", CELL_TEXT, .form = FORM_NUMBERS },
	  { "label", CELL_TEXT } },
	4,
};

static bool print_hosts(const struct cluster_command *c, struct rows *rows,
                        const struct hosts *hosts, const struct device_clusters *found,
                        struct error *error)
{
	struct buffer text = buffer_up_to(PORTS_TEXT_MAX);
	uint32_t *order = by_cluster(hosts, found);
	if (order == NULL)
		return error_memory(error, "hosts");
	for (uint32_t i = 0; i < hosts->count; i++) {
		const struct host *host = &hosts->hosts[order[i]];
		const uint32_t cluster = found->of_item[found->items.of_host[order[i]]];
		rows_address(rows, host->address);
		rows_number(rows, cluster);
		ports_cell(rows, host, &text);
		if (c->names != NULL)
			rows_text(rows, c->source.labels.names[c->names[cluster].name]);
		else
			rows_empty(rows);
		if (c->models != NULL)
			rows_text(rows, c->models[cluster].text);
		if (!rows_end(rows))
			break;
	}
	const bool is_done = !text.failed || error_memory(error, "ports of hosts");
	buffer_done(&text);
	memory_free(order);
	return is_done;
}

// ---- merges

static const struct schema merge_schema = {
	{ { "left", CELL_NUMBER },
	  { "right", CELL_NUMBER },
	  { "height", CELL_TEXT },
	  { "hosts", CELL_NUMBER } },
	4,
};

// Seventeen digits bring a double back as it was.
static bool print_merges(const struct cluster_command *c, struct rows *rows,
                         const struct hosts *hosts, const struct device_clusters *found,
                         struct error *error)
{
	(void)c;
	struct merge *merges = memory_new((size_t)hosts->count + 1, sizeof *merges);
	if (merges == NULL)
		return error_memory(error, "merges");
	const bool is_done = device_linkage(hosts, found, merges, error);
	for (uint32_t k = 0; is_done && k + 1 < hosts->count; k++) {
		char height[32];
		text_format(height, sizeof height, "%.17g", merges[k].height);
		rows_number(rows, merges[k].left);
		rows_number(rows, merges[k].right);
		rows_text(rows, height);
		rows_number(rows, merges[k].size);
		if (!rows_end(rows))
			break;
	}
	memory_free(merges);
	return is_done;
}

static bool print_scores(const struct cluster_command *c, struct rows *rows,
                         const struct hosts *hosts, const struct device_clusters *found,
                         struct error *error)
{
	(void)hosts, (void)found, (void)error;
	cluster_score_rows(rows, &c->scores);
	return true;
}

// ---- all of them

bool cluster_print(const struct cluster_command *c, const struct hosts *hosts,
                   const struct device_clusters *found, struct error *error)
{
	struct printer printer = printer_to(&c->analysis);
	struct rows rows;
	struct error ignored;
	struct schema schema = c->score     ? cluster_score_schema
	                       : c->linkage ? merge_schema
	                       : c->summary ? cluster_summary_schema
	                                    : host_schema;
	bool (*print)(const struct cluster_command *, struct rows *, const struct hosts *,
	              const struct device_clusters *,
	              struct error *) = c->score     ? print_scores
	                                : c->linkage ? print_merges
	                                : c->summary ? cluster_print_summary
	                                             : print_hosts;
	const struct table_look look = output_look(&c->analysis, NULL);
	if (c->models != NULL && !c->score && !c->linkage)
		schema.columns[schema.count++] = (struct column){ "model", CELL_TEXT };
	if (!table_look_check(&look, schema.columns, schema.count, error))
		return false;
	bool ok = rows_begin(&rows, &printer.outlet.receiver, &schema, error) &&
	          print(c, &rows, hosts, found, error);
	ok = rows_finish(&rows, ok ? error : &ignored) && ok;
	return printer.outlet.close(&printer.outlet, ok, ok ? error : &ignored) && ok;
}

static void address_name(const void *context, uint32_t host, struct buffer *out)
{
	const struct hosts *hosts = context;
	char text[TEXT_IPV4_SIZE];
	text_from_ipv4(hosts->hosts[host].address, text);
	buffer_text(out, text);
}

bool cluster_write_file(const char *path, const struct buffer *text, struct error *error)
{
	FILE *file = command_output_open(path, error);
	if (file == NULL)
		return false;
	fwrite(text->bytes, 1, text->length, file);
	return command_output_close(file, path, error);
}

static bool write_newick(const char *path, const struct hosts *hosts,
                         const struct device_clusters *found, struct error *error)
{
	struct buffer text = buffer_up_to(NEWICK_MAX);
	struct merge *merges = memory_new((size_t)hosts->count + 1, sizeof *merges);
	const bool is_done = (merges != NULL || error_memory(error, "a tree")) &&
	                     device_linkage(hosts, found, merges, error) &&
	                     newick_write(&text, merges, hosts->count, address_name, hosts,
	                                  error) &&
	                     cluster_write_file(path, &text, error);
	memory_free(merges);
	buffer_done(&text);
	return is_done;
}

static bool write_dendrogram(const struct cluster_command *c, const struct hosts *hosts,
                             const struct device_clusters *found, struct error *error)
{
	struct buffer text = buffer_up_to(FIGURE_MAX);
	const bool is_done = cluster_draw(c, hosts, found, &text, error) &&
	                     cluster_write_file(c->dendrogram, &text, error);
	buffer_done(&text);
	return is_done;
}

bool cluster_write_files(const struct cluster_command *c, const struct hosts *hosts,
                         const struct device_clusters *found, struct error *error)
{
	return cluster_models_save(c, hosts, found, error) &&
	       (c->newick == NULL || write_newick(c->newick, hosts, found, error)) &&
	       (c->dendrogram == NULL || write_dendrogram(c, hosts, found, error));
}
