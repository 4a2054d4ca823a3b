// SPDX-License-Identifier: MIT
// Ports on the page: the days of the published ones, the ports of the last day, and the new ones.
#include "report/sections.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

static const char mirai[] = "mirai";

// Telnet, which Mirai's released scanner asks for; and what its successors asked for in the study
// of NICT's darknet of 2017.
static const uint16_t telnet[] = { 23, 2323 };
static const uint16_t others[] = { 22, 2222, 5358, 6789, 7547, 37777, 23231, 81, 80, 88, 8080 };

// A port is new by the rule of `hotaru ports`: analyse/ports/ports.h.
static const struct report_new_rule new_rule = { 20, 3, 28, 7 };

// ---- asking

static void add_figure(struct ports_section *s, const struct report_port_figure *figure,
                       const uint16_t *ports)
{
	const size_t index = s->report.figure_count++;
	s->figures[index] = *figure;
	s->figures[index].ports = s->days[index];
	for (size_t i = 0; i < figure->port_count; i++)
		s->days[index][i].port = (struct report_port){ .number = ports[i] };
}

static void choose_figures(struct ports_section *s, const struct report_options *o)
{
	struct report_port_figure figure = { .is_log = o->is_log };
	if (o->port_count > 0) {
		figure.name = "chosen";
		figure.file = "ports-chosen.svg";
		figure.port_count = o->port_count;
		add_figure(s, &figure, o->ports);
		return;
	}
	figure.name = "telnet";
	figure.file = "ports-telnet.svg";
	figure.port_count = sizeof telnet / sizeof *telnet;
	add_figure(s, &figure, telnet);
	figure.name = "others";
	figure.file = "ports-others.svg";
	figure.port_count = sizeof others / sizeof *others;
	add_figure(s, &figure, others);
}

static void ask_figures(struct ports_section *s, const struct report_about *about,
                        const struct question *of_all, struct plan *plan)
{
	struct question q = *of_all;
	size_t count = 0;
	choose_figures(s, about->options);
	for (size_t f = 0; f < s->report.figure_count; f++)
		for (size_t p = 0; p < s->figures[f].port_count; p++)
			s->asked[count++] = s->days[f][p].port.number;
	q.days = (struct day_range){ about->shown.from, about->last_day };
	q.family_count = 1;
	q.of_ports.protocols[PROTOCOL_UDP_DATAGRAM] = false;
	q.ports = s->asked;
	q.port_count = count;
	s->of_figures = plan_ask(plan, &q);
}

// The busiest ports of every day of the page, all SYNs and each family.
static void ask_every_day(struct ports_section *s, const struct report_about *about,
                          const struct question *of_all, struct plan *plan)
{
	struct question q = *of_all;
	size_t count = 0;
	s->all_families[count++] = "*";
	for (size_t i = 0; i < about->options->family_count; i++)
		if (!text_equal(about->options->families[i], "*"))
			s->all_families[count++] = about->options->families[i];
	q.days = about->shown;
	q.families = s->all_families;
	q.family_count = count;
	q.top = REPORT_PORTS_A_DAY;
	s->every_day = plan_ask_sheet(plan, &q);
}

void ports_section_ask(struct ports_section *s, const struct report_about *about, struct plan *plan)
{
	const struct day_range last_day = { about->last_day, about->last_day };
	s->families[0] = "*";
	s->families[1] = mirai;
	struct question q = { .kind = QUESTION_PORTS,
		              .days = last_day,
		              .families = s->families,
		              .family_count = report_fingerprint(about, mirai) != NULL ? 2 : 1,
		              .without_floods = about->options->without_floods,
		              .of_ports = { .protocols = { true, true } } };
	ask_figures(s, about, &q, plan);
	ask_every_day(s, about, &q, plan);
	q.top = REPORT_TCP_ROWS;
	s->of_last_day = plan_ask(plan, &q);
	q.top = 0;
	q.of_ports.only_new = true;
	q.family_count = 1;
	s->new_ones = plan_ask(plan, &q);
	const struct question all_sources = { .kind = QUESTION_PREFIXES,
		                              .days = last_day,
		                              .without_floods = q.without_floods,
		                              .prefixes = { .bits = 8 } };
	s->last_day_sources = plan_ask(plan, &all_sources);
}

// ---- the days of the figures

static bool fill_figures(struct ports_section *s, const struct report_about *about,
                         const struct answer *a)
{
	const size_t day_count = (size_t)(about->shown.to - about->shown.from) + 1;
	const size_t day = answer_column(a, "day"), port = answer_column(a, "port"),
		     sources = answer_column(a, "sources");
	uint64_t *next = s->sources = memory_new(
		REPORT_FIGURES_MAX * REPORT_FIGURE_PORTS_MAX * day_count, sizeof *s->sources);
	if (s->sources == NULL)
		return false;
	for (size_t f = 0; f < s->report.figure_count; f++)
		for (size_t p = 0; p < s->figures[f].port_count; p++, next += day_count) {
			s->days[f][p].sources = next;
			for (size_t row = 0; row < a->row_count; row++)
				if (answer_number(a, row, port) == s->days[f][p].port.number)
					next[answer_day(a, row, day) - about->shown.from] =
						answer_number(a, row, sources);
		}
	return true;
}

// ---- the rows of the last day

static uint64_t number_or_unknown(const struct answer *a, size_t row, size_t column)
{
	return answer_cell(a, row, column)->state == CELL_VALUE ? answer_number(a, row, column)
	                                                        : REPORT_UNKNOWN;
}

static bool is_tcp(const struct answer *a, size_t row)
{
	return text_equal(answer_text(a, row, answer_column(a, "protocol")), "tcp");
}

static bool is_of_all(const struct answer *a, size_t row)
{
	return text_equal(answer_text(a, row, answer_column(a, "family")), "*");
}

// No datagram is a SYN of the family.
static uint64_t family_sources(const struct answer *a, size_t row)
{
	const size_t port = answer_column(a, "port"), family = answer_column(a, "family");
	for (size_t i = 0; is_tcp(a, row) && i < a->row_count; i++)
		if (is_tcp(a, i) && answer_number(a, i, port) == answer_number(a, row, port) &&
		    text_equal(answer_text(a, i, family), mirai))
			return number_or_unknown(a, i, answer_column(a, "sources"));
	return 0;
}

static struct report_port_row row_of(const struct answer *a, size_t row)
{
	return (struct report_port_row){
		.port = { (uint16_t)answer_number(a, row, answer_column(a, "port")),
		          !is_tcp(a, row) },
		.packets = answer_number(a, row, answer_column(a, "packets")),
		.sources = answer_number(a, row, answer_column(a, "sources")),
		.family_sources = family_sources(a, row),
		.day_before = number_or_unknown(a, row, answer_column(a, "day_before")),
		.week_before = number_or_unknown(a, row, answer_column(a, "week_before")),
		.is_new = answer_number(a, row, answer_column(a, "is_new")) == 1,
	};
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

static void fill_rows(struct ports_section *s, const struct answer *a)
{
	size_t tcp = 0, udp = 0;
	for (size_t row = 0; row < a->row_count; row++) {
		const bool is_wanted = is_of_all(a, row) &&
		                       (is_tcp(a, row) ? tcp++ < REPORT_TCP_ROWS
		                                       : udp++ < REPORT_UDP_ROWS);
		if (is_wanted)
			s->rows[s->report.row_count++] = row_of(a, row);
	}
	qsort(s->rows, s->report.row_count, sizeof *s->rows, by_sources);
}

static void fill_new(struct ports_section *s, const struct answer *a)
{
	for (size_t row = 0; row < a->row_count && s->new_count < REPORT_NEW_ROWS; row++)
		if (is_of_all(a, row))
			s->new_rows[s->new_count++] = row_of(a, row);
	qsort(s->new_rows, s->new_count, sizeof *s->new_rows, by_sources);
}

bool ports_section_fill(struct ports_section *s, const struct report_about *about,
                        const struct plan *plan, struct error *error)
{
	const struct answer *sources = plan_answer(plan, s->last_day_sources);
	s->report.day = about->last_day;
	s->report.rows = s->rows;
	s->report.family = mirai;
	s->report.rule = new_rule;
	s->report.figures = s->figures;
	for (size_t row = 0; row < sources->row_count; row++)
		s->report.sources += answer_number(sources, row, answer_column(sources, "sources"));
	fill_rows(s, plan_answer(plan, s->of_last_day));
	fill_new(s, plan_answer(plan, s->new_ones));
	return fill_figures(s, about, plan_answer(plan, s->of_figures)) ||
	       error_memory(error, "the figures of ports");
}

void ports_section_done(struct ports_section *s)
{
	memory_free(s->sources);
}
