// SPDX-License-Identifier: MIT
// Countries and networks on the page: of the recent days, by port and by country, and of the days
// that are compared with the last one.
#include "report/sections.h"

#include "base/memory.h"
#include "base/text.h"

#include <string.h>

static const uint16_t across[REPORT_ACROSS_PORTS] = { 23,   2323, 22, 2222, 5358,
	                                              7547, 80,   81, 88,   8080 };
static const char how_to_get[] = "tools/fetch-databases DIR";

// ---- asking

static bool has_day(const struct description *d, int32_t day)
{
	for (size_t i = 0; i < d->day_count; i++)
		if (d->days[i] == day)
			return true;
	return false;
}

static void ask_kind(struct places_found *found, const struct report_about *about,
                     const struct question *of_recent, struct plan *plan)
{
	static const int32_t back[] = {
		[REPORT_LAST_DAY] = 0, [REPORT_DAY_BEFORE] = 1, [REPORT_WEEK_BEFORE] = 7
	};
	struct question q = *of_recent;
	found->all = plan_ask(plan, &q);
	for (size_t i = 0; i < REPORT_COMPARED; i++) {
		q.days.from = q.days.to = about->last_day - back[i];
		found->is_compared[i] = has_day(about->description, q.days.to);
		if (found->is_compared[i])
			found->compared[i] = plan_ask(plan, &q);
	}
}

void places_section_ask(struct places_section *s, const struct report_about *about,
                        struct plan *plan)
{
	struct question q = { .kind = QUESTION_PLACES,
		              .days = about->recent,
		              .without_floods = about->options->without_floods,
		              .places = { .by = PLACES_BY_COUNTRY } };
	s->is_there = about->description->has_addresses;
	if (!s->is_there)
		return;
	ask_kind(&s->countries, about, &q, plan);
	q.places.by = PLACES_BY_NETWORK;
	ask_kind(&s->networks, about, &q, plan);
	q.top = REPORT_FULLEST;
	q.places.is_per_country = true;
	s->networks.grouped = plan_ask(plan, &q);
	q.places = (struct places_question){ .by = PLACES_BY_COUNTRY, .is_across = true };
	q.ports = across;
	q.port_count = REPORT_ACROSS_PORTS;
	s->countries.grouped = plan_ask(plan, &q);
	q.places.by = PLACES_BY_NETWORK;
	q.top = REPORT_NETWORK_ROWS;
	s->network_ports = plan_ask(plan, &q);
}

// ---- as the page wants it

static struct report_place place_of(const char *id, const char *name, uint64_t sources,
                                    enum place_kind kind, enum lang lang)
{
	const char *own = kind == PLACE_COUNTRY ? place_country_name(id, lang == LANG_JA) : NULL;
	return (struct report_place){ id, own != NULL ? own : name, sources };
}

static bool fill_rows(struct places_found *found, const struct answer *a, enum place_kind kind,
                      enum lang lang)
{
	const size_t place = answer_column(a, "place"), name = answer_column(a, "name"),
		     sources = answer_column(a, "sources");
	found->rows = memory_new(a->row_count + 1, sizeof *found->rows);
	if (found->rows == NULL)
		return false;
	for (size_t row = 0; row < a->row_count; row++) {
		found->rows[row] = place_of(answer_text(a, row, place), answer_text(a, row, name),
		                            answer_number(a, row, sources), kind, lang);
		found->sources += found->rows[row].sources;
	}
	found->count = a->row_count;
	return true;
}

static void list_databases(struct places_found *found, const struct place_atlas *atlas)
{
	size_t *count = &found->database_count;
	for (; *count < place_origin_count(atlas) && *count < REPORT_DATABASES_MAX; ++*count) {
		const struct place_origin origin = place_origin_at(atlas, *count);
		const char *slash = strrchr(origin.name, '/');
		text_copy(found->names[*count], sizeof found->names[*count],
		          slash != NULL ? slash + 1 : origin.name);
		text_copy(found->types[*count], sizeof found->types[*count], origin.type);
		found->databases[*count] = (struct report_database){ .name = found->names[*count],
			                                             .type = found->types[*count],
			                                             .built_day = origin.built_day,
			                                             .from = origin.from,
			                                             .to = origin.to };
	}
}

static struct report_databases databases_of(const struct places_found *found)
{
	return (struct report_databases){ found->databases, found->database_count, how_to_get };
}

// ---- countries of each port: columns "place_23", "name_23", "sources_23" of each, rows by rank, and the
// rest of all places in a last row "other"

static size_t column_of(const struct answer *a, const char *what, uint16_t port)
{
	char name[SCHEMA_NAME_SIZE];
	text_format(name, sizeof name, "%s_%u", what, port);
	return answer_column(a, name);
}

static void fill_port(struct places_section *s, const struct answer *a, uint16_t port,
                      enum lang lang, struct report_place *top)
{
	const size_t place = column_of(a, "place", port), name = column_of(a, "name", port),
		     number = column_of(a, "sources", port), rank = answer_column(a, "rank");
	struct report_port_places out = { .port = { .number = port }, .top = top };
	for (size_t row = 0; row < a->row_count; row++) {
		const uint64_t sources = answer_number(a, row, number);
		out.sources += sources;
		if (sources > 0 && out.top_count < REPORT_ACROSS_PLACES &&
		    answer_cell(a, row, rank)->state == CELL_VALUE)
			top[out.top_count++] = place_of(answer_text(a, row, place),
			                                answer_text(a, row, name), sources,
			                                PLACE_COUNTRY, lang);
	}
	if (out.sources > 0)
		s->by_port[s->report.port_count++] = out;
}

static bool fill_by_port(struct places_section *s, const struct answer *a, enum lang lang)
{
	struct report_place *rows = memory_new(REPORT_ACROSS_PORTS * REPORT_ACROSS_PLACES,
	                                       sizeof *rows);
	s->countries.group_rows = rows;
	if (rows == NULL)
		return false;
	for (size_t i = 0; i < REPORT_ACROSS_PORTS; i++)
		fill_port(s, a, across[i], lang, rows + i * REPORT_ACROSS_PLACES);
	s->report.by_port = s->by_port;
	return true;
}

// ---- networks of each country: rows of a country stand together, and its own last row is "other"

static bool begins_country(const struct answer *a, size_t row, size_t country)
{
	return row == 0 ||
	       !text_equal(answer_text(a, row, country), answer_text(a, row - 1, country));
}

static bool fill_by_country(struct places_section *s, const struct answer *a, enum lang lang)
{
	const size_t country = answer_column(a, "country"), place = answer_column(a, "place");
	struct report_networks *networks = &s->report_networks;
	struct report_place *rows = memory_new(a->row_count + 1, sizeof *rows);
	s->networks.group_rows = rows;
	if (rows == NULL)
		return false;
	networks->by_country = s->by_country;
	for (size_t row = 0; row < a->row_count; row++) {
		if (text_equal(answer_text(a, row, country), "other"))
			break;
		if (begins_country(a, row, country)) {
			if (networks->country_count == REPORT_COUNTRIES)
				break;
			s->by_country[networks->country_count++] = (struct report_country_networks){
				.country = place_of(
					answer_text(a, row, country),
					answer_text(a, row, answer_column(a, "country_name")),
					answer_number(a, row, answer_column(a, "country_sources")),
					PLACE_COUNTRY, lang),
				.top = rows + row,
			};
		}
		struct report_country_networks *of = &s->by_country[networks->country_count - 1];
		rows[row] = place_of(
			answer_text(a, row, place), answer_text(a, row, answer_column(a, "name")),
			answer_number(a, row, answer_column(a, "sources")), PLACE_NETWORK, lang);
		if (of->top_count < REPORT_NETWORKS_EACH)
			of->top_count++;
	}
	return true;
}

// ---- ports of each network: the same columns, where it is among the first of a port

static void add_port(struct report_network_ports *to, uint16_t port, uint64_t sources)
{
	size_t at = to->count;
	if (at == REPORT_NETWORK_PORTS_MAX && to->sources[--at] >= sources)
		return;
	for (; at > 0 && to->sources[at - 1] < sources; at--) {
		to->ports[at] = to->ports[at - 1];
		to->sources[at] = to->sources[at - 1];
	}
	to->ports[at] = port;
	to->sources[at] = sources;
	to->count += to->count < REPORT_NETWORK_PORTS_MAX;
}

static void fill_network_ports(struct places_section *s, const struct answer *a)
{
	const struct places_found *networks = &s->networks;
	const size_t rank = answer_column(a, "rank");
	s->report_networks.ports = s->of_networks;
	s->report_networks.asked = across;
	s->report_networks.asked_count = REPORT_ACROSS_PORTS;
	s->report_networks.ports_among = REPORT_NETWORK_ROWS;
	s->report_networks.port_rows = networks->count < REPORT_NETWORK_ROWS ? networks->count
	                                                                     : REPORT_NETWORK_ROWS;
	for (size_t p = 0; p < REPORT_ACROSS_PORTS; p++) {
		const size_t place = column_of(a, "place", across[p]),
			     number = column_of(a, "sources", across[p]);
		for (size_t row = 0; row < a->row_count; row++) {
			const uint64_t sources = answer_number(a, row, number);
			size_t i = 0;
			if (sources == 0 || answer_cell(a, row, rank)->state != CELL_VALUE)
				continue;
			while (i < s->report_networks.port_rows &&
			       !text_equal(networks->rows[i].id, answer_text(a, row, place)))
				i++;
			if (i < s->report_networks.port_rows)
				add_port(&s->of_networks[i], across[p], sources);
		}
	}
}

static bool fill(struct places_section *s, const struct report_about *about,
                 const struct plan *plan)
{
	const enum lang lang = about->options->lang;
	list_databases(&s->countries, about->options->atlases[PLACE_COUNTRY]);
	list_databases(&s->networks, about->options->atlases[PLACE_NETWORK]);
	if (!fill_rows(&s->countries, plan_answer(plan, s->countries.all), PLACE_COUNTRY, lang) ||
	    !fill_rows(&s->networks, plan_answer(plan, s->networks.all), PLACE_NETWORK, lang))
		return false;
	home_section_first(about, s->countries.rows, s->countries.count);
	home_section_first(about, s->networks.rows, s->networks.count);
	s->report = (struct report_places){ .from = about->recent.from,
		                            .to = about->recent.to,
		                            .sources = s->countries.sources,
		                            .countries = s->countries.rows,
		                            .country_count = s->countries.count,
		                            .databases = databases_of(&s->countries),
		                            .map = figure_countries };
	s->report_networks = (struct report_networks){ .from = about->recent.from,
		                                       .to = about->recent.to,
		                                       .sources = s->networks.sources,
		                                       .networks = s->networks.rows,
		                                       .network_count = s->networks.count,
		                                       .databases = databases_of(&s->networks) };
	fill_network_ports(s, plan_answer(plan, s->network_ports));
	return fill_by_port(s, plan_answer(plan, s->countries.grouped), lang) &&
	       fill_by_country(s, plan_answer(plan, s->networks.grouped), lang);
}

bool places_section_fill(struct places_section *s, const struct report_about *about,
                         const struct plan *plan, struct error *error)
{
	return !s->is_there || fill(s, about, plan) ||
	       error_memory(error, "the places of the report");
}

void places_section_done(struct places_section *s)
{
	memory_free(s->countries.rows);
	memory_free(s->countries.group_rows);
	memory_free(s->networks.rows);
	memory_free(s->networks.group_rows);
}
