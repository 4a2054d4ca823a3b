// SPDX-License-Identifier: MIT
// `hotaru cluster --summary`: a row a cluster, with the host that stands for it and what that answered.
#include "cmd/cluster.h"

#include "analyse/devices/cluster_answers.h"
#include "analyse/devices/cluster_places.h"
#include "analyse/devices/medoids.h"
#include "analyse/devices/neighbours.h"
#include "answer/rows.h"
#include "base/calendar.h"
#include "base/memory.h"

enum { TEXT_MAX = 1 << 20 };
#define DAY_NS (86400 * NANOSECONDS_A_SECOND)

const struct schema cluster_summary_schema = {
	{ { "cluster", CELL_NUMBER },
	  { "hosts", CELL_NUMBER, UNIT_SOURCES },
	  { "ports", CELL_TEXT, .form = FORM_NUMBERS },
	  { "label", CELL_TEXT },
	  { "label_share", CELL_REAL, UNIT_SHARE },
	  { "medoid", CELL_ADDRESS },
	  { "banner", CELL_TEXT },
	  { "nearest", CELL_NUMBER },
	  { "nearest_distance", CELL_REAL },
	  { "tells", CELL_TEXT },
	  { "countries", CELL_TEXT } },
	11,
};

struct summary {
	const struct cluster_command *command;
	const struct hosts *hosts;
	const struct device_clusters *found;
	uint32_t *medoids;             // [clusters + 1]
	struct neighbour *neighbours;  // [clusters + 1]
	struct cluster_tells tells;
	struct cluster_places places;
	size_t place;  // the next to be written
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

static void nearest_cells(struct summary *s, struct rows *rows, uint32_t cluster)
{
	const struct neighbour *neighbour = &s->neighbours[cluster];
	if (neighbour->cluster == 0) {
		rows_empty(rows);
		rows_empty(rows);
	} else {
		rows_number(rows, neighbour->cluster);
		rows_real(rows, (double)neighbour->distance);
	}
	rows_text_span(rows, cluster_tells_of(&s->tells, cluster));
}

static void countries_cell(struct summary *s, struct rows *rows, uint32_t cluster)
{
	s->text.length = 0;
	cluster_places_write(&s->places, s->found, s->command->countries, cluster, &s->place,
	                     &s->text);
	if (s->text.length > 0)
		rows_text_span(rows, buffer_span(&s->text));
	else
		rows_empty(rows);
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
	nearest_cells(s, rows, cluster);
	countries_cell(s, rows, cluster);
	if (s->command->models != NULL)
		rows_text(rows, s->command->models[cluster].text);
	return rows_end(rows);
}

static bool find_all(struct summary *s, struct error *error)
{
	const struct cluster_command *c = s->command;
	const struct limits limits = { .threads = (unsigned)c->analysis.take.take.threads };
	s->medoids = memory_new((size_t)s->found->count + 1, sizeof *s->medoids);
	s->neighbours = memory_new((size_t)s->found->count + 1, sizeof *s->neighbours);
	if (s->medoids == NULL || s->neighbours == NULL)
		return error_memory(error, "clusters");
	return cluster_answers_begin(&s->answers, s->hosts, s->found, error) &&
	       cluster_medoids(s->hosts, s->found, s->medoids, error) &&
	       cluster_neighbours(s->hosts, s->found, s->medoids, s->neighbours, &limits, error) &&
	       cluster_tells_find(s->hosts, s->found, s->medoids, s->neighbours, &s->tells,
	                          error) &&
	       cluster_places_find(s->hosts, s->found, c->countries,
	                           (int32_t)(c->newest_ns / DAY_NS), &s->places, error);
}

bool cluster_print_summary(const struct cluster_command *c, struct rows *rows,
                           const struct hosts *hosts, const struct device_clusters *found,
                           struct error *error)
{
	struct summary s = {
		.command = c, .hosts = hosts, .found = found, .text = buffer_up_to(TEXT_MAX)
	};
	bool is_done = find_all(&s, error);
	if (is_done) {
		for (uint32_t k = 1; k <= found->count; k++)
			if (!row(&s, rows, k))
				break;
		is_done = !s.text.failed || error_memory(error, "clusters");
	}
	memory_free(s.medoids);
	memory_free(s.neighbours);
	cluster_tells_done(&s.tells);
	cluster_places_done(&s.places);
	cluster_answers_done(&s.answers);
	buffer_done(&s.text);
	return is_done;
}
