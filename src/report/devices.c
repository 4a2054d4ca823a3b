// SPDX-License-Identifier: MIT
// What hosts answered: on which ports those that attacked a port do.
#include "report/sections.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

// ---- of which days

// The last day with data on which hosts were asked, or before they were. False: nobody was asked then.
static bool find_last(const struct report_about *about, int32_t *out)
{
	const struct description *d = about->description;
	const int32_t newest = d->asked_count > 0 ? d->asked[d->asked_count - 1] : INT32_MIN;
	bool is_found = false;
	for (size_t i = 0; i < d->day_count && d->days[i] <= newest; i++)
		if (day_range_holds(about->shown, d->days[i])) {
			*out = d->days[i];
			is_found = true;
		}
	return is_found;
}

static bool find_days(const struct report_about *about, struct day_range *out)
{
	const struct description *d = about->description;
	int32_t last;
	if (!find_last(about, &last))
		return false;
	const int32_t from = last - REPORT_RECENT_DAYS + 1;
	*out = (struct day_range){ from > about->shown.from ? from : about->shown.from, last };
	for (size_t i = 0; i < d->asked_count; i++)
		if (day_range_holds(*out, d->asked[i])) {
			out->from = d->asked[i];
			break;
		}
	return true;
}

// ---- questions

void devices_section_ask(struct devices_section *s, const struct report_about *about,
                         struct plan *plan)
{
	s->is_asked = about->description->has_addresses && find_days(about, &s->days);
	if (!s->is_asked)
		return;
	const struct question q = { .kind = QUESTION_ACCESSIBILITY,
		                    .days = s->days,
		                    .without_floods = about->options->without_floods };
	s->accessibility = plan_ask(plan, &q);
	models_ask(s, about, plan);
}

// ---- ports that are drawn

struct weighed_port {
	uint64_t weight;
	uint16_t port;
};

static int by_weight(const void *a, const void *b)
{
	const struct weighed_port *x = a, *y = b;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return (x->port > y->port) - (x->port < y->port);
}

static int by_port(const void *a, const void *b)
{
	const uint16_t x = *(const uint16_t *)a, y = *(const uint16_t *)b;
	return (x > y) - (x < y);
}

// Those of the most weight, REPORT_GROUPS_MAX at most, ascending; returns how many.
static size_t choose(struct weighed_port *ports, size_t count, uint16_t out[REPORT_GROUPS_MAX])
{
	const size_t chosen = count < REPORT_GROUPS_MAX ? count : REPORT_GROUPS_MAX;
	qsort(ports, count, sizeof *ports, by_weight);
	for (size_t i = 0; i < chosen; i++)
		out[i] = ports[i].port;
	qsort(out, chosen, sizeof *out, by_port);
	return chosen;
}

// Rows are by attacked port, and each has the same ports that hosts were asked on.
static void choose_ports(struct report_accessibility *of, struct weighed_port *ports)
{
	of->probed_all = 0;
	while (of->probed_all < of->row_count &&
	       of->rows[of->probed_all].attacked == of->rows[0].attacked)
		of->probed_all++;
	of->attacked_all = of->probed_all > 0 ? of->row_count / of->probed_all : 0;
	for (size_t i = 0; i < of->attacked_all; i++) {
		const struct report_accessible *row = &of->rows[i * of->probed_all];
		ports[i] = (struct weighed_port){ row->hosts, row->attacked };
	}
	of->attacked_count = choose(ports, of->attacked_all, of->attacked);
	for (size_t i = 0; i < of->probed_all; i++)
		ports[i] = (struct weighed_port){ 0, of->rows[i].probed };
	for (size_t i = 0; i < of->row_count; i++)
		ports[i % of->probed_all].weight += of->rows[i].accessible;
	of->probed_count = choose(ports, of->probed_all, of->probed);
}

// ---- answers

static void fill_rows(struct devices_section *s, const struct answer *a)
{
	const size_t attacked = answer_column(a, "attacked_port"),
		     probed = answer_column(a, "probed_port"), hosts = answer_column(a, "hosts"),
		     accessible = answer_column(a, "accessible");
	for (size_t row = 0; row < a->row_count; row++)
		s->rows[row] = (struct report_accessible){
			(uint16_t)answer_number(a, row, attacked),
			(uint16_t)answer_number(a, row, probed), answer_number(a, row, hosts),
			answer_number(a, row, accessible)
		};
}

static bool fill_accessibility(struct devices_section *s, const struct answer *a,
                               const struct caveats *caveats, struct error *error)
{
	const struct caveat *asked = caveats_find(caveats, CAVEAT_NEVER_ASKED);
	struct weighed_port *ports = memory_new(a->row_count, sizeof *ports);
	s->rows = memory_new(a->row_count, sizeof *s->rows);
	if (ports == NULL || s->rows == NULL) {
		memory_free(ports);
		return error_memory(error, "ports that answer");
	}
	s->report = (struct report_accessibility){ .from = s->days.from,
		                                   .to = s->days.to,
		                                   .asked_from = asked->days[0],
		                                   .asked_to = asked->days[1],
		                                   .sources = asked->numbers[1],
		                                   .never_asked = asked->numbers[0],
		                                   .ports_left_out = asked->numbers[2],
		                                   .rows = s->rows,
		                                   .row_count = a->row_count };
	fill_rows(s, a);
	choose_ports(&s->report, ports);
	memory_free(ports);
	return true;
}

bool devices_section_fill(struct devices_section *s, const struct report_about *about,
                          const struct plan *plan, struct error *error)
{
	if (!s->is_asked)
		return true;
	if (!models_fill(s, about, plan, error))
		return false;
	s->has_accessibility = plan_answer(plan, s->accessibility)->row_count > 0;
	return !s->has_accessibility ||
	       fill_accessibility(s, plan_answer(plan, s->accessibility),
	                          plan_caveats(plan, s->accessibility), error);
}

void devices_section_done(struct devices_section *s)
{
	memory_free(s->rows);
	memory_free(s->models);
	memory_free(s->mixed_countries);
}
