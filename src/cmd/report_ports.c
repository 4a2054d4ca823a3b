// SPDX-License-Identifier: MIT
// Ports on the page: the days of the published ones, the ports of the last day, and the new ones.
#include "cmd/report_parts.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

static const char mirai[] = "mirai";

// Telnet, which Mirai's released scanner asks for; and what its successors asked for in the study
// of NICT's darknet of 2017.
static const uint16_t telnet[] = { 23, 2323 };
static const uint16_t others[] = { 22, 2222, 5358, 6789, 7547, 37777, 23231, 81, 80, 88, 8080 };

static void add_figure(struct report_ports_part *part, const struct report_port_figure *figure,
                       const uint16_t *ports)
{
	const size_t index = part->ports.figure_count++;
	part->figures[index] = *figure;
	part->figures[index].ports = part->days[index];
	for (size_t i = 0; i < figure->port_count; i++)
		part->days[index][i].port = (struct report_port){ .number = ports[i] };
}

static void choose_figures(struct report_ports_part *part, const struct report_question *q)
{
	struct report_port_figure figure = { .is_log = q->is_log };
	if (q->port_count > 0) {
		figure.name = "chosen";
		figure.file = "ports-chosen.svg";
		figure.port_count = q->port_count;
		add_figure(part, &figure, q->ports);
		return;
	}
	figure.name = "telnet";
	figure.file = "ports-telnet.svg";
	figure.port_count = sizeof telnet / sizeof *telnet;
	add_figure(part, &figure, telnet);
	figure.name = "others";
	figure.file = "ports-others.svg";
	figure.port_count = sizeof others / sizeof *others;
	add_figure(part, &figure, others);
}

static struct ports_request request_of(const struct report_question *q,
                                       const struct day_range *window)
{
	static const char *const families[] = { "*", mirai };
	const bool has_mirai = fingerprint_find(&store_settings(q->dataset->store)->fingerprints,
	                                        mirai, NULL) != NULL;
	return (struct ports_request){ .families = families,
		                       .family_count = has_mirai ? 2 : 1,
		                       .protocols = { true, true },
		                       .window = window,
		                       .without_floods = q->without_floods };
}

static bool run(const struct report_question *q, struct ports_request *request,
                ports_each_day *each, void *context, struct error *error)
{
	request->each = each;
	request->context = context;
	return ports_run(store_holdings(q->dataset->store), request, 1,
	                 (unsigned)q->analysis->take.take.threads, error);
}

// ---- the days of the figures

struct series {
	struct report_ports_part *part;
	const struct report_survey *shown;
};

static bool add_day(void *context, const struct ports_day *day)
{
	const struct series *s = context;
	const size_t at = (size_t)(day->day - s->shown->first_day);
	uint64_t *sources = s->part->sources;
	for (size_t f = 0; f < s->part->ports.figure_count; f++)
		for (size_t p = 0; p < s->part->figures[f].port_count; p++) {
			for (size_t i = 0; i < day->row_count; i++)
				if (day->rows[i].port == s->part->days[f][p].port.number)
					sources[at] = day->rows[i].sources;
			sources += s->shown->day_count;
		}
	return true;
}

static bool fill_figures(struct report_ports_part *part, const struct report_question *q,
                         struct error *error)
{
	uint16_t ports[REPORT_FIGURES_MAX * REPORT_FIGURE_PORTS_MAX];
	struct series series = { part, q->shown };
	const struct day_range window = { q->shown->first_day, q->last_day };
	struct ports_request request = request_of(q, &window);
	const size_t day_count = q->shown->day_count;
	request.family_count = 1;
	request.protocols[SOURCE_UDP] = false;
	request.ports = ports;
	choose_figures(part, q);
	part->sources = memory_new(sizeof ports / sizeof *ports * day_count + 1,
	                           sizeof *part->sources);
	if (part->sources == NULL)
		return error_memory(error, "the figures of ports");
	for (size_t f = 0; f < part->ports.figure_count; f++)
		for (size_t p = 0; p < part->figures[f].port_count; p++) {
			part->days[f][p].sources = part->sources + request.port_count * day_count;
			ports[request.port_count++] = part->days[f][p].port.number;
		}
	return run(q, &request, add_day, &series, error);
}

// ---- the rows of the last day

static uint64_t past_of(struct port_past past)
{
	return past.is_there ? past.sources : REPORT_UNKNOWN;
}

// No datagram is a SYN of the family.
static uint64_t family_sources(const struct ports_day *day, const struct port_row *row)
{
	for (size_t i = 0; row->protocol == SOURCE_TCP && i < day->row_count; i++) {
		const struct port_row *other = &day->rows[i];
		if (other->protocol == SOURCE_TCP && other->port == row->port &&
		    text_equal(other->family, mirai))
			return other->is_known ? other->sources : REPORT_UNKNOWN;
	}
	return 0;
}

static struct report_port_row row_of(const struct ports_day *day, const struct port_row *row)
{
	return (struct report_port_row){
		.port = { row->port, row->protocol == SOURCE_UDP },
		.packets = row->packets,
		.sources = row->sources,
		.family_sources = family_sources(day, row),
		.day_before = past_of(row->day_before),
		.week_before = past_of(row->week_before),
		.is_new = row->is_new == PORT_NEW,
	};
}

static bool add_rows(void *context, const struct ports_day *day)
{
	static const size_t most[] = {
		[SOURCE_TCP] = REPORT_TCP_ROWS, [SOURCE_UDP] = REPORT_UDP_ROWS
	};
	struct report_ports_part *part = context;
	size_t counts[2] = { 0, 0 };
	for (size_t i = 0; i < day->row_count; i++) {
		const struct port_row *row = &day->rows[i];
		if (text_equal(row->family, "*") && counts[row->protocol] < most[row->protocol]) {
			counts[row->protocol]++;
			part->rows[part->ports.row_count++] = row_of(day, row);
		}
	}
	return true;
}

static bool add_new(void *context, const struct ports_day *day)
{
	struct report_ports_part *part = context;
	for (size_t i = 0; i < day->row_count && part->new_count < REPORT_NEW_ROWS; i++)
		if (text_equal(day->rows[i].family, "*"))
			part->new_rows[part->new_count++] = row_of(day, &day->rows[i]);
	return true;
}

static int by_sources(const void *a, const void *b)
{
	const struct report_port_row *x = a, *y = b;
	if (x->sources != y->sources)
		return x->sources < y->sources ? 1 : -1;
	if (x->port.is_udp != y->port.is_udp)
		return x->port.is_udp ? 1 : -1;
	return (x->port.number > y->port.number) - (x->port.number < y->port.number);
}

static bool fill_rows(struct report_ports_part *part, const struct report_question *q,
                      struct error *error)
{
	const struct day_range window = { q->last_day, q->last_day };
	struct ports_request request = request_of(q, &window);
	request.top = REPORT_TCP_ROWS;
	if (!run(q, &request, add_rows, part, error))
		return false;
	request.top = 0;
	request.only_new = true;
	request.family_count = 1;
	if (!run(q, &request, add_new, part, error))
		return false;
	qsort(part->rows, part->ports.row_count, sizeof *part->rows, by_sources);
	qsort(part->new_rows, part->new_count, sizeof *part->new_rows, by_sources);
	return true;
}

static bool count_sources(const struct report_question *q, uint64_t *out, struct error *error)
{
	const struct source_choice choice = report_choice(
		q, (struct day_range){ q->last_day, q->last_day });
	struct prefixes found;
	if (!prefixes_run(store_holdings(q->dataset->store), &choice, PREFIX_BITS_MIN, &found,
	                  error))
		return false;
	*out = found.sources;
	prefixes_done(&found);
	return true;
}

bool report_ports_fill(struct report_ports_part *part, const struct report_question *q,
                       struct error *error)
{
	part->ports = (struct report_ports){
		.day = q->last_day,
		.rows = part->rows,
		.family = mirai,
		.rule = { PORTS_NEW_SOURCES, PORTS_NEW_TIMES, PORTS_PAST_DAYS,
		          PORTS_PAST_DAYS_MIN },
		.figures = part->figures,
	};
	return fill_figures(part, q, error) && fill_rows(part, q, error) &&
	       count_sources(q, &part->ports.sources, error);
}

void report_ports_done(struct report_ports_part *part)
{
	memory_free(part->sources);
	part->sources = NULL;
}
