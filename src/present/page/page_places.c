// SPDX-License-Identifier: MIT
// Countries and networks of the sources, and how few prefixes hold most of them.
#include "present/page/page.h"

#include "base/text.h"
#include "present/words/numbers.h"
#include "present/page/port.h"

#include <math.h>

// Columns of the wide tables: at most so many places in a row.
enum { RANKS = 5 };

static double share_of(uint64_t part, uint64_t whole)
{
	return whole > 0 ? (double)part / (double)whole : NAN;
}

static void write_map(struct buffer *out, const struct report *report)
{
	const struct page_figure of = { FIGURE_MAP, 0, "map" };
	if (!page_figure_begin(out, report, of))
		return;
	page_word(out, "p", report, WORD_CAPTION_MAP);
	page_caption_days(out, report, report->places->from, report->places->to);
	page_figure_end(out, report, FIGURE_MAP, report->files.map_figure);
}

static void write_own(struct buffer *out, const struct report *report)
{
	buffer_text(out, " <span class=\"new\">");
	markup_word(out, report->lang, WORD_HOME_MARK);
	buffer_text(out, "</span>");
}

// ---- ways from one table to the other: only to rows that are there

static bool has_row(const struct report_place *places, size_t count, const char *id)
{
	for (size_t i = 0; i < count && i < PAGE_ROWS_MAX; i++)
		if (text_equal(places[i].id, id))
			return true;
	return false;
}

static bool leads_to(const struct report *report, const char *kind, const char *id)
{
	const struct report_places *places = report->places;
	const struct report_networks *networks = report->networks;
	if (text_equal(kind, "country"))
		return places != NULL && has_row(places->countries, places->country_count, id);
	if (networks == NULL)
		return false;
	if (text_equal(kind, "network"))
		return has_row(networks->networks, networks->network_count, id);
	for (size_t i = 0; i < networks->country_count && i < PAGE_ROWS_MAX; i++)
		if (text_equal(networks->by_country[i].country.id, id))
			return true;
	return false;
}

// The name of a place, and where there is such a row a way to it: "country", "network", "networks-of" a country.
static void write_way(struct buffer *out, const struct report *report, const char *kind,
                      const struct report_place *place)
{
	const bool leads = leads_to(report, kind, place->id);
	if (leads) {
		buffer_text(out, "<a href=\"#");
		page_anchor(out, kind, place->id);
		buffer_text(out, "\">");
	}
	markup_text(out, page_place_name(report, place));
	buffer_text(out, leads ? "</a>" : "");
}

static void write_place_row(struct buffer *out, const struct report *report, const char *kind,
                            const struct report_place *place, uint64_t whole)
{
	buffer_text(out, "<tr id=\"");
	page_anchor(out, kind, place->id);
	buffer_text(out, "\"><th scope=\"row\" class=\"long\">");
	if (text_equal(kind, "country"))
		write_way(out, report, "networks-of", place);
	else
		markup_text(out, page_place_name(report, place));
	if (place->is_home)
		write_own(out, report);
	buffer_text(out, "</th>");
	page_text_cell(out, text_equal(place->id, "unknown") ? "" : place->id);
	page_count_cell(out, place->sources);
	page_share_cell(out, report, share_of(place->sources, whole));
}

static void write_country(struct buffer *out, const struct report *report, size_t row)
{
	write_place_row(out, report, "country", &report->places->countries[row],
	                report->places->sources);
	buffer_text(out, "</tr>\n");
}

// "Iran", below it "57,366 13.2%".
static void write_top_cell(struct buffer *out, const struct report *report, const char *kind,
                           const struct report_place *place, uint64_t whole)
{
	char share[NUMBER_SIZE];
	number_share(share_of(place->sources, whole), share);
	buffer_text(out, "<td>");
	write_way(out, report, kind, place);
	buffer_text(out, "<small>");
	page_number(out, place->sources);
	buffer_text(out, " · ");
	markup_text(out, share);
	buffer_text(out, "</small></td>");
}

static void write_top_cells(struct buffer *out, const struct report *report, const char *kind,
                            const struct report_place *top, const size_t ranks[2], uint64_t whole)
{
	for (size_t i = 0; i < ranks[1]; i++) {
		if (i < ranks[0])
			write_top_cell(out, report, kind, &top[i], whole);
		else
			buffer_text(out, "<td>–</td>");
	}
	buffer_text(out, "</tr>\n");
}

// As many ranks as the row with the most has.
static size_t port_ranks(const struct report_places *places)
{
	size_t ranks = 0;
	for (size_t i = 0; i < places->port_count; i++)
		if (places->by_port[i].top_count > ranks)
			ranks = places->by_port[i].top_count;
	return ranks < RANKS ? ranks : RANKS;
}

static size_t country_ranks(const struct report_networks *networks)
{
	size_t ranks = 0;
	for (size_t i = 0; i < networks->country_count; i++)
		if (networks->by_country[i].top_count > ranks)
			ranks = networks->by_country[i].top_count;
	return ranks < RANKS ? ranks : RANKS;
}

static void write_by_port(struct buffer *out, const struct report *report, size_t row)
{
	const struct report_port_places *of = &report->places->by_port[row];
	char name[PORT_NAME_SIZE];
	port_name(of->port, name);
	buffer_format(out, "<tr><th scope=\"row\">%s</th>", name);
	page_count_cell(out, of->sources);
	write_top_cells(out, report, "country", of->top,
	                (size_t[]){ of->top_count, port_ranks(report->places) }, of->sources);
}

// A panel with one table of places, and what it is from.
struct place_table {
	const char *anchor;
	enum word heading;
	int32_t days[2];
	struct page_rows rows;
	const struct report_databases *databases;
	enum word no_database;
	bool is_folded;
	void (*note)(struct buffer *out, const struct report *);  // NULL: none
};

static void write_top_note(struct buffer *out, const struct report *report)
{
	buffer_text(out, "<p class=\"note\">");
	markup_word(out, report->lang, WORD_TOP_NOTE);
	buffer_text(out, "</p>\n");
}

// Which ports were asked about, and from where on nobody knows.
static void write_network_ports_note(struct buffer *out, const struct report *report)
{
	const struct report_networks *networks = report->networks;
	struct buffer ports = buffer_up_to(1024);
	char among[NUMBER_SIZE];
	number_grouped(networks->ports_among, among);
	for (size_t i = 0; i < networks->asked_count; i++)
		buffer_format(&ports, i > 0 ? ", %u" : "%u", networks->asked[i]);
	buffer_byte(&ports, '\0');
	out->failed = out->failed || ports.failed;
	buffer_text(out, "<p class=\"note\">");
	if (!out->failed)
		markup_phrase(out, report->lang, WORD_NETWORK_PORTS_NOTE,
		              (struct markup_values){ .one = (const char *)ports.bytes,
		                                      .two = among,
		                                      .three = "networks-by-port.csv" });
	buffer_text(out, "</p>\n");
	buffer_done(&ports);
}

static void write_panel(struct buffer *out, const struct report *report,
                        const struct place_table *table)
{
	if (table->is_folded)
		page_fold_begin(out);
	else
		buffer_text(out, "<div class=\"panel\">");
	page_heading(out, report, table->anchor, table->heading, table->days);
	if (table->is_folded) {
		page_fold_open(out);
		buffer_text(out, "<div class=\"panel\">");
	}
	if (table->rows.count > 0)
		page_rows_write(out, report, &table->rows);
	else
		page_word(out, "p", report, WORD_NO_PLACES);
	if (table->rows.count > 0 && table->note != NULL)
		table->note(out, report);
	page_floods_note(out, report);
	page_databases(out, report, table->databases, table->no_database);
	buffer_text(out, "</div>\n");
	if (table->is_folded)
		page_fold_end(out);
}

// ---- one's own

static void write_home_row(struct buffer *out, const struct report *report, size_t row)
{
	const struct report_home_row *home = &report->home->rows[row];
	buffer_text(out, "<tr><th scope=\"row\" class=\"long\">");
	if (home->has_row) {
		buffer_text(out, "<a href=\"#");
		page_anchor(out, home->kind == REPORT_HOME_COUNTRY ? "country" : "network",
		            home->place.id);
		buffer_text(out, "\">");
	}
	markup_text(out, page_place_name(report, &home->place));
	buffer_text(out, home->has_row ? "</a></th>" : "</th>");
	page_text_cell(out, home->place.id);
	page_number_cell(out, report, home->place.sources);
	page_share_cell(out, report,
	                home->place.sources != REPORT_UNKNOWN
	                        ? share_of(home->place.sources, report->home->sources)
	                        : NAN);
	buffer_text(out, "</tr>\n");
}

void page_home(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = { WORD_COLUMN_WHAT, WORD_COLUMN_CODE,
		                             WORD_COLUMN_SOURCES, WORD_COLUMN_SHARE };
	const struct report_home *home = report->home;
	const struct page_rows rows = { .columns = columns,
		                        .column_count = 4,
		                        .numbers_begin = 2,
		                        .numbers_end = 4,
		                        .count = home->count,
		                        .write = write_home_row,
		                        .csv = report->files.home_csv };
	buffer_text(out, "<div class=\"panel\">");
	page_heading(out, report, "home-table", WORD_HOME_OF,
	             (const int32_t[]){ home->from, home->to });
	page_rows_write(out, report, &rows);
	buffer_text(out, "<p class=\"note\">");
	markup_word(out, report->lang, WORD_HOME_NOTE);
	buffer_text(out, "</p></div>\n");
}

// ---- places

static const enum word top_columns[] = {
	WORD_COLUMN_PORT,  WORD_COLUMN_SOURCES, WORD_COLUMN_FIRST, WORD_COLUMN_SECOND,
	WORD_COLUMN_THIRD, WORD_COLUMN_FOURTH,  WORD_COLUMN_FIFTH,
};

void page_places(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = { WORD_COLUMN_PLACE, WORD_COLUMN_CODE,
		                             WORD_COLUMN_SOURCES, WORD_COLUMN_SHARE };
	const struct report_places *places = report->places;
	write_map(out, report);
	struct place_table table = {
		.anchor = "countries",
		.heading = WORD_COUNTRIES_OF,
		.days = { places->from, places->to },
		.rows = { .columns = columns,
		          .column_count = 4,
		          .numbers_begin = 2,
		          .numbers_end = 4,
		          .count = places->country_count,
		          .write = write_country,
		          .csv = report->files.countries_csv },
		.databases = &places->databases,
		.no_database = WORD_NO_COUNTRY_DATABASE,
	};
	write_panel(out, report, &table);
	if (places->port_count == 0)
		return;
	table.anchor = "countries-by-port";
	table.heading = WORD_COUNTRIES_BY_PORT;
	table.is_folded = true;
	table.note = write_top_note;
	table.rows = (struct page_rows){ .columns = top_columns,
		                         .column_count = 2 + port_ranks(places),
		                         .numbers_begin = 1,
		                         .numbers_end = 2,
		                         .count = places->port_count,
		                         .write = write_by_port,
		                         .csv = report->files.countries_by_port_csv };
	write_panel(out, report, &table);
}

// Numbers, of which the script makes ways to the rows of the ports that are there.
static void write_network_ports(struct buffer *out, const struct report *report, size_t row)
{
	const struct report_networks *networks = report->networks;
	buffer_text(out, "<td class=\"ports\">");
	if (row >= networks->port_rows || networks->ports[row].count == 0)
		markup_word(out, report->lang, WORD_REASON_NONE);
	for (size_t i = 0; row < networks->port_rows && i < networks->ports[row].count; i++)
		buffer_format(out, i > 0 ? " %u" : "%u", networks->ports[row].ports[i]);
	buffer_text(out, "</td>");
}

static void write_network(struct buffer *out, const struct report *report, size_t row)
{
	write_place_row(out, report, "network", &report->networks->networks[row],
	                report->networks->sources);
	if (report->networks->ports != NULL)
		write_network_ports(out, report, row);
	buffer_text(out, "</tr>\n");
}

static void write_by_country(struct buffer *out, const struct report *report, size_t row)
{
	const struct report_country_networks *of = &report->networks->by_country[row];
	buffer_text(out, "<tr id=\"");
	page_anchor(out, "networks-of", of->country.id);
	buffer_text(out, "\"><th scope=\"row\">");
	write_way(out, report, "country", &of->country);
	buffer_text(out, "</th>");
	page_count_cell(out, of->country.sources);
	write_top_cells(out, report, "network", of->top,
	                (size_t[]){ of->top_count, country_ranks(report->networks) },
	                of->country.sources);
}

static void write_network_tables(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = { WORD_COLUMN_NETWORK, WORD_COLUMN_CODE,
		                             WORD_COLUMN_SOURCES, WORD_COLUMN_SHARE,
		                             WORD_NETWORK_PORTS };
	enum word by_country[2 + RANKS];
	const struct report_networks *networks = report->networks;
	struct place_table table = {
		.anchor = "networks-of-days",
		.heading = WORD_NETWORKS_OF,
		.days = { networks->from, networks->to },
		.rows = { .columns = columns,
		          .column_count = networks->ports != NULL ? 5 : 4,
		          .numbers_begin = 2,
		          .numbers_end = 4,
		          .count = networks->network_count,
		          .write = write_network,
		          .csv = report->files.networks_csv,
		          .csv_too = networks->ports != NULL ? report->files.networks_by_port_csv
		                                             : NULL },
		.note = networks->ports != NULL ? write_network_ports_note : NULL,
		.databases = &networks->databases,
		.no_database = WORD_NO_NETWORK_DATABASE,
	};
	write_panel(out, report, &table);
	if (networks->country_count == 0)
		return;
	memcpy(by_country, top_columns, sizeof by_country);
	by_country[0] = WORD_COLUMN_PLACE;
	table.anchor = "networks-by-country";
	table.heading = WORD_NETWORKS_BY_COUNTRY;
	table.is_folded = true;
	table.note = write_top_note;
	table.rows = (struct page_rows){ .columns = by_country,
		                         .column_count = 2 + country_ranks(networks),
		                         .numbers_begin = 1,
		                         .numbers_end = 2,
		                         .count = networks->country_count,
		                         .write = write_by_country,
		                         .csv = report->files.networks_by_country_csv };
	write_panel(out, report, &table);
}

static void write_networks_figure(struct buffer *out, const struct report *report)
{
	const struct page_figure of = { FIGURE_NETWORKS, 0, "networks-figure" };
	if (!page_figure_begin(out, report, of))
		return;
	page_word(out, "p", report, WORD_CAPTION_NETWORKS);
	page_caption_days(out, report, report->networks->from, report->networks->to);
	page_figure_end(out, report, FIGURE_NETWORKS, report->files.networks_figure);
}

void page_networks(struct buffer *out, const struct report *report)
{
	if (report->networks != NULL) {
		write_networks_figure(out, report);
		write_network_tables(out, report);
	}
	if (report->concentration != NULL)
		page_concentration(out, report);
}
