// SPDX-License-Identifier: MIT
// Ports on the page: the days of the published ones, the ports of the last day, and the new ones.
#include "report/sections.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

static const char mirai[] = "mirai";

// A port is new by the rule of `hotaru ports`: analyse/ports/ports.h.
static const struct report_new_rule new_rule = { 20, 3, 28, 7 };

// ---- asking

static bool is_tcp(const struct answer *a, size_t row)
{
	return text_equal(answer_text(a, row, answer_column(a, "protocol")), "tcp");
}

// Whose days are drawn where nobody names ports: half of the panels are of the ports with the most sources on the
// last day, the others of those with the most over all days of the page, a source counting on each. Of a day the
// first REPORT_FIGURE_PORTS_MAX of each protocol are looked at.
struct port_sums {
	uint64_t last_day[2][65536], all_days[2][65536];
};

// The one with the most that is not chosen yet; of equals the first. False: none has a source.
static bool choose_one(struct ports_section *s, uint64_t sums[2][65536])
{
	struct report_port_figure *figure = &s->figures[0];
	struct report_port best = { 0 };
	uint64_t most = 0;
	for (size_t i = 0; i < 2 * 65536; i++) {
		const uint64_t sources = sums[i / 65536][i % 65536];
		if (sources > most) {
			most = sources;
			best = (struct report_port){ (uint16_t)(i % 65536), i >= 65536 };
		}
	}
	if (most > 0)
		s->days[0][figure->port_count++].port = best;
	return most > 0;
}

static void leave_out_chosen(const struct ports_section *s, struct port_sums *sums)
{
	for (size_t i = 0; i < s->figures[0].port_count; i++) {
		const struct report_port port = s->days[0][i].port;
		sums->last_day[port.is_udp][port.number] = 0;
		sums->all_days[port.is_udp][port.number] = 0;
	}
}

static void choose_most(struct ports_section *s, struct port_sums *sums)
{
	while (s->figures[0].port_count < REPORT_FIGURE_PORTS_MAX / 2 &&
	       choose_one(s, sums->last_day))
		leave_out_chosen(s, sums);
	while (s->figures[0].port_count < REPORT_FIGURE_PORTS_MAX && choose_one(s, sums->all_days))
		leave_out_chosen(s, sums);
}

static void add_up(struct port_sums *sums, const struct answer *a, int32_t last_day)
{
	const size_t day = answer_column(a, "day"), port = answer_column(a, "port"),
		     sources = answer_column(a, "sources");
	for (size_t row = 0; row < a->row_count; row++) {
		if (answer_cell(a, row, sources)->state != CELL_VALUE)
			continue;
		const uint64_t number = answer_number(a, row, port),
			       count = answer_number(a, row, sources);
		sums->all_days[!is_tcp(a, row)][number % 65536] += count;
		if (answer_day(a, row, day) == last_day)
			sums->last_day[!is_tcp(a, row)][number % 65536] += count;
	}
}

static bool choose_by_data(struct ports_section *s, const struct report_about *about,
                           struct engine *engine, const struct limits *limits, struct plan *plan,
                           struct error *error)
{
	static const char *const all[] = { "*" };
	const struct question q = { .kind = QUESTION_PORTS,
		                    .days = { about->shown.from, about->last_day },
		                    .families = all,
		                    .family_count = 1,
		                    .top = REPORT_FIGURE_PORTS_MAX,
		                    .without_floods = about->options->without_floods,
		                    .of_ports = { .protocols = { true, true } } };
	const size_t number = plan_ask(plan, &q);
	struct port_sums *sums = memory_new(1, sizeof *sums);
	if (sums == NULL)
		return error_memory(error, "the ports of the report");
	const bool ok = plan_run(plan, engine, limits, error);
	if (ok) {
		add_up(sums, plan_answer(plan, number), about->last_day);
		choose_most(s, sums);
	}
	memory_free(sums);
	return ok;
}

bool ports_section_choose(struct ports_section *s, const struct report_about *about,
                          struct engine *engine, const struct limits *limits, struct error *error)
{
	const struct report_options *o = about->options;
	struct report_port_figure *figure = &s->figures[0];
	*figure = (struct report_port_figure){
		.name = "days", .ports = s->days[0], .is_log = o->is_log, .file = "ports-days.svg"
	};
	s->report.figure_count = 1;
	if (o->port_count > 0) {
		figure->name = "chosen";
		figure->file = "ports-chosen.svg";
		for (; figure->port_count < o->port_count; figure->port_count++)
			s->days[0][figure->port_count].port.number = o->ports[figure->port_count];
		return true;
	}
	struct plan *plan = memory_new(1, sizeof *plan);
	if (plan == NULL)
		return error_memory(error, "the ports of the report");
	const bool ok = choose_by_data(s, about, engine, limits, plan, error);
	plan_done(plan);
	memory_free(plan);
	return ok;
}

static void ask_figures(struct ports_section *s, const struct report_about *about,
                        const struct question *of_all, struct plan *plan)
{
	struct question q = *of_all;
	size_t count = 0;
	for (size_t p = 0; p < s->figures[0].port_count; p++) {
		const uint16_t number = s->days[0][p].port.number;
		size_t at = 0;
		while (at < count && s->asked[at] != number)
			at++;
		s->asked[at] = number;
		count += at == count;
	}
	q.days = (struct day_range){ about->shown.from, about->last_day };
	q.family_count = 1;
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
	s->every_last_day = plan_ask_sheet(plan, &q);
	q.top = REPORT_TCP_ROWS;
	s->of_last_day = plan_ask(plan, &q);
	q.top = 0;
	q.of_ports.only_new = true;
	q.family_count = 1;
	s->new_ones = plan_ask(plan, &q);
	struct question all_sources = { .kind = QUESTION_PREFIXES,
		                        .days = last_day,
		                        .without_floods = q.without_floods,
		                        .prefixes = { .bits = 8 } };
	s->last_day_sources = plan_ask(plan, &all_sources);
	all_sources.protocol = PROTOCOL_UDP_DATAGRAM;
	s->last_day_udp_sources = plan_ask(plan, &all_sources);
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
				if (answer_number(a, row, port) == s->days[f][p].port.number &&
				    is_tcp(a, row) != s->days[f][p].port.is_udp)
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

static bool is_of_all(const struct answer *a, size_t row)
{
	return text_equal(answer_text(a, row, answer_column(a, "family")), "*");
}

// Families are of SYNs.
static uint64_t family_sources(const struct answer *a, size_t row)
{
	const size_t port = answer_column(a, "port"), family = answer_column(a, "family");
	if (!is_tcp(a, row))
		return REPORT_NOT_APPLICABLE;
	for (size_t i = 0; i < a->row_count; i++)
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

static uint64_t sum_sources(const struct answer *a)
{
	uint64_t sum = 0;
	for (size_t row = 0; row < a->row_count; row++)
		sum += answer_number(a, row, answer_column(a, "sources"));
	return sum;
}

bool ports_section_fill(struct ports_section *s, const struct report_about *about,
                        const struct plan *plan, struct error *error)
{
	s->report.day = about->last_day;
	s->report.rows = s->rows;
	s->report.tcp_rows_max = REPORT_TCP_ROWS;
	s->report.udp_rows_max = REPORT_UDP_ROWS;
	s->report.family = mirai;
	s->report.rule = new_rule;
	s->report.figures = s->figures;
	s->report.sources = sum_sources(plan_answer(plan, s->last_day_sources));
	s->report.udp_sources = sum_sources(plan_answer(plan, s->last_day_udp_sources));
	fill_rows(s, plan_answer(plan, s->of_last_day));
	fill_new(s, plan_answer(plan, s->new_ones));
	return fill_figures(s, about, plan_answer(plan, s->of_figures)) ||
	       error_memory(error, "the figures of ports");
}

void ports_section_done(struct ports_section *s)
{
	memory_free(s->sources);
}
