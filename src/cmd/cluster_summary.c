// SPDX-License-Identifier: MIT
// `hotaru cluster --summary`: a row a cluster, with the host that stands for it and what that answered.
#include "cmd/cluster.h"

#include "analyse/devices/cluster_answers.h"
#include "analyse/devices/medoids.h"
#include "answer/rows.h"
#include "base/memory.h"

enum { TEXT_MAX = 1 << 20 };

const struct schema cluster_summary_schema = {
	{ { "cluster", CELL_NUMBER },
	  { "hosts", CELL_NUMBER, UNIT_SOURCES },
	  { "ports", CELL_TEXT, .form = FORM_NUMBERS },
	  { "label", CELL_TEXT },
	  { "label_share", CELL_REAL, UNIT_SHARE },
	  { "medoid", CELL_ADDRESS },
	  { "banner", CELL_TEXT } },
	7,
};

struct summary {
	const struct cluster_command *command;
	const struct hosts *hosts;
	const struct device_clusters *found;
	uint32_t *medoids;  // [clusters + 1]
	struct cluster_answers answers;
	struct buffer text;
};

// Its label, and the share of all of its hosts that have it themselves.
static void label_cells(const struct summary *s, struct rows *rows, uint32_t cluster)
{
	const struct cluster_label *names = s->command->names;
	if (names == NULL || names[cluster].name == 0) {
		rows_empty(rows);
		rows_empty(rows);
		return;
	}
	rows_text(rows, s->command->source.labels.names[names[cluster].name]);
	rows_real(rows, (double)names[cluster].hosts / s->found->hosts[cluster]);
}

static bool row(struct summary *s, struct rows *rows, uint32_t cluster)
{
	const struct host *medoid = s->found->items.items[s->medoids[cluster]].host;
	rows_number(rows, cluster);
	rows_number(rows, s->found->hosts[cluster]);
	s->text.length = 0;
	const uint16_t port = cluster_answers_ports(&s->answers, cluster, &s->text);
	rows_text_span(rows, buffer_span(&s->text));
	label_cells(s, rows, cluster);
	rows_address(rows, medoid->address);
	s->text.length = 0;
	cluster_answers_banner(&s->answers, medoid, port, &s->text);
	rows_text_span(rows, buffer_span(&s->text));
	return rows_end(rows);
}

bool cluster_print_summary(const struct cluster_command *c, struct rows *rows,
                           const struct hosts *hosts, const struct device_clusters *found,
                           struct error *error)
{
	struct summary s = {
		.command = c,
		.hosts = hosts,
		.found = found,
		.medoids = memory_new((size_t)found->count + 1, sizeof *s.medoids),
		.text = buffer_up_to(TEXT_MAX),
	};
	bool is_done = s.medoids != NULL || error_memory(error, "clusters");
	is_done = is_done && cluster_answers_begin(&s.answers, hosts, found, error) &&
	          cluster_medoids(hosts, found, s.medoids, error);
	if (is_done) {
		for (uint32_t k = 1; k <= found->count; k++)
			if (!row(&s, rows, k))
				break;
		is_done = !s.text.failed || error_memory(error, "clusters");
	}
	memory_free(s.medoids);
	cluster_answers_done(&s.answers);
	buffer_done(&s.text);
	return is_done;
}
