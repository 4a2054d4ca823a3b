// SPDX-License-Identifier: MIT
// All figures: what they are called, and whether there is anything to draw.
#include "present/page/figure.h"

#include "base/calendar.h"
#include "base/text.h"
#include "present/chart/chart.h"
#include "present/chart/chart_style.h"
#include "present/page/families.h"
#include "present/chart/map.h"
#include "present/page/page.h"
#include "present/words/markup.h"
#include "present/page/port.h"
#include "present/page/rule_text.h"

unsigned figure_family_style(size_t family)
{
	return (unsigned)(family % CHART_STYLES);
}

unsigned figure_named_style(const struct report *report, const char *family)
{
	for (size_t i = 0; i < report->survey->family_count; i++)
		if (text_equal(report->survey->families[i].name, family))
			return figure_family_style(i);
	return 2;
}

static bool can_show(const struct report *report, enum figure_kind kind, size_t family)
{
	if (report->survey->families[family].lifetimes.spells == 0)
		return false;
	return kind != FIGURE_TOGETHER || report->families[family].is_malware;
}

bool figure_shows(const struct report *report, enum figure_kind kind, size_t family)
{
	size_t before = 0;
	for (size_t i = 0; i < family; i++)
		before += can_show(report, kind, i);
	return before < CHART_SERIES_MAX && can_show(report, kind, family);
}

static bool survey_has_content(const struct report *report, enum figure_kind kind, size_t family)
{
	const struct report_survey *survey = report->survey;
	if (survey->day_count == 0)
		return false;
	if (kind == FIGURE_FAMILY)
		return survey->families[family].lifetimes.spells > 0;
	for (size_t i = 0; i < survey->family_count; i++)
		if (can_show(report, kind, i))
			return true;
	return false;
}

static bool has_points(const struct report_concentration *concentration)
{
	for (size_t i = 0; i < concentration->length_count; i++)
		if (concentration->lengths[i].point_count > 0)
			return true;
	return false;
}

static bool variants_have_content(const struct report_variants *of, enum figure_kind kind)
{
	return kind == FIGURE_VARIANTS            ? of->count > 0
	       : kind == FIGURE_VARIANT_COUNTRIES ? of->country_count > 0
	       : kind == FIGURE_JOINED            ? of->share != NULL
	                                          : of->drawn_days[0] != NULL;
}

bool figure_has_content(const struct report *report, enum figure_kind kind, size_t index)
{
	switch (kind) {
	case FIGURE_FAMILY:
	case FIGURE_TOGETHER:
	case FIGURE_LIFETIMES: return survey_has_content(report, kind, index);
	case FIGURE_PORTS:
		return report->survey->day_count > 0 && report->ports != NULL &&
		       index < report->ports->figure_count &&
		       report->ports->figures[index].port_count > 0;
	case FIGURE_PORT_FAMILIES:
		return report->ports != NULL && report->ports->family != NULL &&
		       report->ports->row_count > 0;
	case FIGURE_CONCENTRATION:
		return report->concentration != NULL && has_points(report->concentration);
	case FIGURE_NETWORKS:
		return report->networks != NULL && report->networks->databases.count > 0 &&
		       report->networks->network_count > 0;
	case FIGURE_MAP:
		return report->places != NULL && report->places->map != NULL &&
		       map_shows_some(report->places->countries, report->places->country_count);
	case FIGURE_RULES:
		return report->rules != NULL && index < report->rules->figure_count &&
		       report->rules->figures[index].line_count > 0;
	case FIGURE_ACCESSIBILITY:
		return report->accessibility != NULL && report->accessibility->attacked_count > 0 &&
		       report->accessibility->probed_count > 0;
	case FIGURE_VARIANTS:
	case FIGURE_VARIANT_COUNTRIES:
	case FIGURE_JOINED:
	case FIGURE_INFECTED:
		return report->variants != NULL && variants_have_content(report->variants, kind);
	case FIGURE_MODELS:
		// One bar alone says no more than the cards do.
		return report->models != NULL && report->models->card_count > 0 &&
		       report->models->day_count + report->models->country_count > 1;
	case FIGURE_KINDS: break;
	}
	return false;
}

static void append_ports(struct buffer *out, const struct report_port_figure *figure)
{
	for (size_t i = 0; i < figure->port_count && i < REPORT_FIGURE_PORTS_MAX; i++) {
		char name[PORT_NAME_SIZE];
		port_name(figure->ports[i].port, name);
		buffer_text(out, i > 0 ? ", " : "");
		buffer_text(out, name);
	}
}

static void append_title(struct buffer *out, const struct report *report, enum figure_kind kind,
                         const char *value)
{
	static const enum word titles[FIGURE_KINDS] = {
		[FIGURE_FAMILY] = WORD_TITLE_FAMILY,
		[FIGURE_TOGETHER] = WORD_TITLE_TOGETHER,
		[FIGURE_LIFETIMES] = WORD_TITLE_LIFETIMES,
		[FIGURE_PORTS] = WORD_TITLE_PORTS,
		[FIGURE_PORT_FAMILIES] = WORD_TITLE_PORT_FAMILIES,
		[FIGURE_CONCENTRATION] = WORD_TITLE_CONCENTRATION,
		[FIGURE_NETWORKS] = WORD_TITLE_NETWORKS,
		[FIGURE_MAP] = WORD_TITLE_COUNTRIES,
		[FIGURE_RULES] = WORD_TITLE_RULES,
		[FIGURE_ACCESSIBILITY] = WORD_TITLE_ACCESSIBILITY,
		[FIGURE_VARIANTS] = WORD_TITLE_VARIANTS,
		[FIGURE_VARIANT_COUNTRIES] = WORD_TITLE_VARIANT_COUNTRIES,
		[FIGURE_JOINED] = WORD_TITLE_JOINED,
		[FIGURE_INFECTED] = WORD_TITLE_INFECTED,
		[FIGURE_MODELS] = WORD_TITLE_MODELS,
	};
	markup_plain_phrase(out, report->lang, titles[kind],
	                    (struct markup_values){ .one = value });
	buffer_byte(out, '\0');
}

void figure_title(struct buffer *out, const struct report *report, enum figure_kind kind,
                  size_t index)
{
	struct buffer ports = buffer_up_to(4096);
	const char *value = NULL;
	if (kind == FIGURE_FAMILY)
		value = family_title(report, index);
	if (kind == FIGURE_PORT_FAMILIES)
		value = report->ports->family;
	if (kind == FIGURE_INFECTED)
		value = page_place_name(report, &report->variants->drawn);
	if (kind == FIGURE_RULES)
		value = rule_field_name(report->lang, report->rules->figures[index].field);
	if (kind == FIGURE_PORTS) {
		append_ports(&ports, &report->ports->figures[index]);
		buffer_byte(&ports, '\0');
		out->failed = out->failed || ports.failed;
		value = (const char *)ports.bytes;
	}
	if (!out->failed)
		append_title(out, report, kind, value);
	buffer_done(&ports);
}

// The first and the last day that a figure is about.
static void days_of(const struct report *report, enum figure_kind kind, int32_t days[2])
{
	const struct report_survey *survey = report->survey;
	days[0] = survey->first_day;
	days[1] = survey->first_day + (int32_t)survey->day_count - 1;
	if (kind == FIGURE_PORT_FAMILIES)
		days[0] = days[1] = report->ports->day;
	if (kind == FIGURE_CONCENTRATION) {
		days[0] = report->concentration->from;
		days[1] = report->concentration->to;
	}
	if (kind == FIGURE_NETWORKS) {
		days[0] = report->networks->from;
		days[1] = report->networks->to;
	}
	if (kind == FIGURE_RULES) {
		days[0] = report->rules->from;
		days[1] = report->rules->to;
	}
	if (kind == FIGURE_ACCESSIBILITY) {
		days[0] = report->accessibility->from;
		days[1] = report->accessibility->to;
	}
	if (kind == FIGURE_MODELS) {
		days[0] = report->models->from;
		days[1] = report->models->to;
	}
}

static void write_subtitle(struct buffer *out, const struct report *report, enum figure_kind kind)
{
	const char *everywhere = word_in(report->lang, WORD_EVERY_DESTINATION);
	const char *telescope = report->telescope[0] != '\0' ? report->telescope : everywhere;
	char from[CALENDAR_DAY_SIZE], to[CALENDAR_DAY_SIZE];
	int32_t days[2];
	days_of(report, kind, days);
	day_format(days[0], from);
	day_format(days[1], to);
	if (days[0] == days[1])
		markup_plain_phrase(out, report->lang, WORD_SUBTITLE_DAY,
		                    (struct markup_values){ from, report->zone, telescope, NULL });
	else
		markup_plain_phrase(out, report->lang, WORD_SUBTITLE,
		                    (struct markup_values){ from, to, report->zone, telescope });
	buffer_byte(out, '\0');
}

struct figure_frame figure_frame_of(const struct report *report, struct figure figure,
                                    struct buffer texts[2])
{
	texts[0] = buffer_up_to(1 << 16);
	texts[1] = buffer_up_to(1 << 16);
	figure_title(&texts[0], report, figure.kind, figure.index);
	write_subtitle(&texts[1], report, figure.kind);
	struct figure_frame frame = {
		.lang = report->lang,
		.title = (const char *)texts[0].bytes,
		.subtitle = (const char *)texts[1].bytes,
		.is_simulated = report->is_simulated,
		.stands_alone = figure.stands_alone,
	};
	text_format(frame.id, sizeof frame.id, "plot-%d-%zu", (int)figure.kind, figure.index);
	return frame;
}

bool figure_draw(struct buffer *out, const struct report *report, struct figure figure)
{
	if (!figure_has_content(report, figure.kind, figure.index))
		return false;
	switch (figure.kind) {
	case FIGURE_FAMILY:
	case FIGURE_TOGETHER:
	case FIGURE_LIFETIMES: figure_survey_draw(out, report, figure); break;
	case FIGURE_PORTS: figure_ports_draw(out, report, figure); break;
	case FIGURE_PORT_FAMILIES: figure_port_families_draw(out, report, figure); break;
	case FIGURE_CONCENTRATION: figure_concentration_draw(out, report, figure); break;
	case FIGURE_NETWORKS: figure_networks_draw(out, report, figure); break;
	case FIGURE_MAP:
		return report->places->map(out, report, figure.is_narrow, figure.stands_alone);
	case FIGURE_RULES: figure_rules_draw(out, report, figure); break;
	case FIGURE_ACCESSIBILITY: figure_accessibility_draw(out, report, figure); break;
	case FIGURE_VARIANTS:
	case FIGURE_VARIANT_COUNTRIES:
	case FIGURE_JOINED:
	case FIGURE_INFECTED: figure_variants_draw(out, report, figure); break;
	case FIGURE_MODELS: figure_models_draw(out, report, figure); break;
	case FIGURE_KINDS: break;
	}
	return !out->failed;
}

static bool draw_alone(struct buffer *out, const struct report *report, enum figure_kind kind,
                       size_t index)
{
	const struct figure figure = { .kind = kind, .index = index, .stands_alone = true };
	return figure_draw(out, report, figure);
}

bool figure_family(struct buffer *out, const struct report *report, size_t family)
{
	return draw_alone(out, report, FIGURE_FAMILY, family);
}

bool figure_together(struct buffer *out, const struct report *report)
{
	return draw_alone(out, report, FIGURE_TOGETHER, 0);
}

bool figure_lifetimes(struct buffer *out, const struct report *report)
{
	return draw_alone(out, report, FIGURE_LIFETIMES, 0);
}

bool figure_ports(struct buffer *out, const struct report *report, size_t figure)
{
	return draw_alone(out, report, FIGURE_PORTS, figure);
}

bool figure_port_families(struct buffer *out, const struct report *report)
{
	return draw_alone(out, report, FIGURE_PORT_FAMILIES, 0);
}

bool figure_concentration(struct buffer *out, const struct report *report)
{
	return draw_alone(out, report, FIGURE_CONCENTRATION, 0);
}

bool figure_networks(struct buffer *out, const struct report *report)
{
	return draw_alone(out, report, FIGURE_NETWORKS, 0);
}

bool figure_rules(struct buffer *out, const struct report *report, size_t figure)
{
	return draw_alone(out, report, FIGURE_RULES, figure);
}

bool figure_accessibility(struct buffer *out, const struct report *report)
{
	return draw_alone(out, report, FIGURE_ACCESSIBILITY, 0);
}

bool figure_variants(struct buffer *out, const struct report *report)
{
	return draw_alone(out, report, FIGURE_VARIANTS, 0);
}

bool figure_variant_countries(struct buffer *out, const struct report *report)
{
	return draw_alone(out, report, FIGURE_VARIANT_COUNTRIES, 0);
}

bool figure_joined(struct buffer *out, const struct report *report)
{
	return draw_alone(out, report, FIGURE_JOINED, 0);
}

bool figure_infected(struct buffer *out, const struct report *report)
{
	return draw_alone(out, report, FIGURE_INFECTED, 0);
}

bool figure_models(struct buffer *out, const struct report *report)
{
	return draw_alone(out, report, FIGURE_MODELS, 0);
}
