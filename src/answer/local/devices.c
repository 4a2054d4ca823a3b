// SPDX-License-Identifier: MIT
// Hosts that answered alike, and how many of them are infected: by cluster, port, country, day.
#include "analyse/devices/cluster_answers.h"
#include "analyse/devices/models.h"

#include "answer/local/topic.h"
#include "place/place.h"

enum { TEXT_MAX = 1 << 20 };

// ---- clusters

// Its label, and the share of all of its hosts that have it themselves.
static void write_label(struct rows *rows, const struct models *m, uint32_t cluster)
{
	const struct cluster_label *label = m->names != NULL ? &m->names[cluster] : NULL;
	if (label == NULL || label->name == 0) {
		rows_empty(rows);
		rows_empty(rows);
		return;
	}
	rows_text(rows, m->labels->names[label->name]);
	rows_real(rows, (double)label->hosts / m->found.hosts[cluster]);
}

// The nearest other cluster, and what tells it from that.
static void write_nearest(struct rows *rows, const struct models *m, uint32_t cluster)
{
	const struct neighbour *neighbour = &m->neighbours[cluster];
	if (neighbour->cluster == 0) {
		rows_empty(rows);
		rows_empty(rows);
	} else {
		rows_number(rows, neighbour->cluster);
		rows_real(rows, (double)neighbour->distance);
	}
	rows_text_span(rows, cluster_tells_of(&m->tells, cluster));
}

struct writing {
	struct rows *rows;
	const struct models *models;
	const struct place_atlas *countries;
	struct cluster_answers answers;
	struct buffer text;
	size_t place;  // the next of models->homes
};

static void write_text(struct writing *w)
{
	if (w->text.length > 0)
		rows_text_span(w->rows, buffer_span(&w->text));
	else
		rows_empty(w->rows);
	w->text.length = 0;
}

static void write_cluster(struct writing *w, uint32_t cluster, bool has_labels)
{
	const struct models *m = w->models;
	const struct host *medoid = m->found.items.items[m->medoids[cluster]].host;
	rows_number(w->rows, cluster);
	rows_number(w->rows, m->found.hosts[cluster]);
	rows_number(w->rows, m->infected[cluster]);
	const uint16_t port = cluster_answers_ports(&w->answers, cluster, &w->text);
	write_text(w);
	if (has_labels)
		write_label(w->rows, m, cluster);
	rows_address(w->rows, medoid->address);
	cluster_answers_banner(&w->answers, medoid, port, &w->text);
	write_text(w);
	write_nearest(w->rows, m, cluster);
	cluster_places_write(&m->homes, &m->found, w->countries, cluster, &w->place, &w->text);
	write_text(w);
}

static bool write_clusters(struct rows *rows, const struct models *m, bool has_labels,
                           const struct place_atlas *countries, struct error *error)
{
	struct writing w = {
		.rows = rows, .models = m, .countries = countries, .text = buffer_up_to(TEXT_MAX)
	};
	if (m->found.count == 0)
		return true;
	if (!cluster_answers_begin(&w.answers, &m->hosts, &m->found, error))
		return false;
	for (uint32_t k = 1; k <= m->found.count; k++) {
		write_cluster(&w, k, has_labels);
		if (!rows_end(rows))
			break;
	}
	const bool ok = !w.text.failed || error_memory(error, "clusters");
	cluster_answers_done(&w.answers);
	buffer_done(&w.text);
	return ok;
}

// ---- infected hosts of clusters

static void write_key(struct rows *rows, enum devices_grain by, uint32_t key,
                      const struct place_atlas *countries)
{
	if (by == DEVICES_BY_PORT) {
		rows_number(rows, key);
	} else if (by == DEVICES_BY_DAY) {
		rows_day(rows, (int32_t)key);
	} else {
		const struct place *place = place_at(countries, key);
		rows_text(rows, place->id);
		rows_text(rows, place->name);
	}
}

static void write_counts(struct rows *rows, enum devices_grain by,
                         const struct model_counts *counts, const struct place_atlas *countries)
{
	for (size_t i = 0; i < counts->count; i++) {
		rows_number(rows, counts->list[i].cluster);
		write_key(rows, by, counts->list[i].key, countries);
		rows_number(rows, counts->list[i].infected);
		if (!rows_end(rows))
			return;
	}
}

// ---- all of them

static bool write_rows(const struct answering *a, const struct question *q, const struct models *m,
                       struct rows *rows, struct error *error)
{
	const enum devices_grain by = q->devices.by;
	if (by == DEVICES_CLUSTERS)
		return write_clusters(rows, m, q->devices.has_labels, a->countries, error);
	write_counts(rows, by,
	             by == DEVICES_BY_PORT      ? &m->ports
	             : by == DEVICES_BY_COUNTRY ? &m->places
	                                        : &m->days,
	             a->countries);
	return true;
}

// What a reader has to know of the clusters, and of their labels.
static bool add_caveats(struct inquiry *inquiry, const struct models *m, struct error *error)
{
	const struct caveat about = { CAVEAT_DEVICES,
		                      { m->hosts.count, m->vectors, m->are_too_many, m->sources,
		                        m->answered } };
	struct caveat labels = { CAVEAT_LABELS, { 0, m->rules_gave_up } };
	for (uint32_t k = 1; m->names != NULL && k <= m->found.count; k++)
		labels.numbers[0] += m->names[k].labelled;
	return floods_caveats(inquiry, &m->floods, error) && add_caveat(inquiry, &about, error) &&
	       (m->labels == NULL || add_caveat(inquiry, &labels, error));
}

static bool hand_out(const struct answering *a, struct inquiry *inquiry, const struct models *m,
                     struct error *error)
{
	struct schema schema;
	struct rows rows;
	struct error ignored;
	question_schema(inquiry->question, &schema);
	bool ok = rows_begin(&rows, inquiry->receiver, &schema, error) &&
	          write_rows(a, inquiry->question, m, &rows, error) &&
	          add_caveats(inquiry, m, error);
	return rows_finish(&rows, ok ? error : &ignored) && ok;
}

static bool is_alike(const struct question *a, const struct question *b)
{
	return a->days.from == b->days.from && a->days.to == b->days.to &&
	       a->without_floods == b->without_floods &&
	       a->devices.vectors_max == b->devices.vectors_max && asks_same_families(a, b);
}

static bool answer_group(const struct answering *a, struct inquiry *const *list, size_t count,
                         struct error *error)
{
	const struct question *q = list[0]->question;
	struct models_request request = { .days = q->days,
		                          .without_floods = q->without_floods,
		                          .vectors_max = q->devices.vectors_max,
		                          .countries = a->countries,
		                          .label_rules = a->label_rules,
		                          .label_table = a->label_table };
	struct models models;
	if (!holdings_family(a->holdings, q->family_count > 0 ? q->families[0] : NULL,
	                     &request.family, error) ||
	    !models_find(a->holdings, &request, a->limits, &models, error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = hand_out(a, list[i], &models, error);
	models_done(&models);
	return ok;
}

bool answer_devices(const struct answering *a, struct inquiry *const *list, size_t count,
                    struct error *error)
{
	return answer_alike(a, list, count, is_alike, answer_group, error);
}
