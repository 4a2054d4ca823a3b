// SPDX-License-Identifier: MIT
// For tests: rules in the manner of what was published of the summer before Mirai's source was
// released: prototypes with windows in common, then the ports and types of service of what followed.
// Any number of days, of which the first RULES_DAYS are mined.
#pragma once

#include "present/page/report_sample.h"

#include <math.h>

enum {
	RULES_DAYS = 92,
	RULES_LIVES = 9,
	RULES_FIGURES = 3,
	RULES_EMERGENCES = 4,
	RULES_ITEMS = 8,
	RULES_PLACES = 5
};

struct rules_sample {
	struct report_item items[RULES_LIVES + 2][RULES_ITEMS];
	uint64_t *sources[RULES_LIVES], *mirai[RULES_LIVES];
	bool *is_found[RULES_LIVES];
	struct report_rule_life lives[RULES_LIVES];
	struct report_rule_line lines[RULES_FIGURES][RULES_LIVES];
	struct report_rule_figure figures[RULES_FIGURES];
	struct report_target_port ports[3];
	struct report_place countries[RULES_PLACES], networks[RULES_PLACES];
	struct report_match matches[2];
	struct report_item example[RULES_ITEMS];
	struct report_related others[2];
	struct report_emergence emergences[RULES_EMERGENCES];
	const char *fields[4];
	struct report_rules rules;
};

// The course of a rule: it rises from `first` to `peak` and falls to `last`, days of the sample.
static const struct rules_life {
	const char *field;
	const char *values[RULES_ITEMS];
	size_t antecedent_count, count;
	uint16_t first, peak, last;
	double most, mirai;
} rules_lives[RULES_LIVES] = {
	{ "dport", { "2323", "23" }, 1, 2, 34, 90, 91, 498217, 0.97 },
	{ "dport", { "2323", "7547", "23" }, 2, 3, 70, 88, 91, 61044, 0.91 },
	{ "window", { "1320", "2376", "792" }, 2, 3, 32, 60, 88, 39604, 0.998 },
	{ "window", { "792", "1320", "2376", "4488" }, 3, 4, 40, 58, 74, 21530, 0.996 },
	{ "window", { "8192", "14600", "5840" }, 2, 3, 0, 20, 91, 6120, 0.01 },
	{ "ttl", { "49", "50", "51" }, 2, 3, 78, 90, 91, 3011, 0.88 },
	{ "dport", { "40", "666", "23" }, 2, 3, 5, 33, 70, 2013, 0 },
	{ "tos", { "204", "208", "212", "216" }, 3, 4, 10, 22, 40, 1402, 0.08 },
	{ "tos", { "24", "184", "0" }, 2, 3, 78, 88, 91, 1396, 0.99 },
};

static inline double rules_course(const struct rules_life *life, double day)
{
	const double rise = fmax(life->peak - life->first, 1),
		     fall = fmax(life->last - life->peak, 1);
	if (day < life->first || day > life->last)
		return life->most * 0.001;
	const double from = day <= life->peak ? (day - life->first) / rise
	                                      : (life->last - day) / fall;
	return life->most * (0.03 + 0.97 * from * from);
}

static inline void rules_make_life(struct rules_sample *r, size_t i, uint32_t day_count,
                                   bool hostile)
{
	const struct rules_life *life = &rules_lives[i];
	struct report_rule_life *out = &r->lives[i];
	struct random random = random_from(i + 1);
	r->sources[i] = memory_new((size_t)day_count + 1, sizeof(uint64_t));
	r->mirai[i] = memory_new((size_t)day_count + 1, sizeof(uint64_t));
	r->is_found[i] = memory_new((size_t)day_count + 1, sizeof(bool));
	for (size_t k = 0; k < life->count; k++)
		r->items[i][k] = (struct report_item){
			hostile && i == 2 ? sample_hostile : life->field,
			hostile ? sample_hostile : life->values[k],
		};
	out->rule = (struct report_rule){ r->items[i], life->antecedent_count,
		                          life->count - life->antecedent_count };
	out->confidence = 0.9 + 0.01 * (double)i;
	out->sources = r->sources[i];
	for (uint32_t d = 0; d < day_count; d++) {
		const double day = d;
		const double noise = 0.92 + 0.16 * random_unit(&random);
		const uint64_t sources = (uint64_t)(rules_course(life, day) * noise);
		r->sources[i][d] = sources;
		r->mirai[i][d] = (uint64_t)((double)sources * life->mirai *
		                            (0.97 + 0.03 * random_unit(&random)));
		r->is_found[i][d] = sources >= 1000;
		if (sources < 1000)
			continue;
		out->first_day = out->days == 0 ? (int32_t)d : out->first_day;
		out->last_day = (int32_t)d;
		out->days++;
		if (sources > out->peak.sources) {
			out->peak = (struct report_targets){ sources, r->mirai[i][d] };
			out->peak_day = (int32_t)d;
		}
	}
}

static inline void rules_make_figures(struct rules_sample *r, bool hostile)
{
	static const char *const fields[RULES_FIGURES] = { "window", "dport", "tos" };
	for (size_t f = 0; f < RULES_FIGURES; f++) {
		struct report_rule_figure *figure = &r->figures[f];
		*figure = (struct report_rule_figure){
			.field = hostile ? sample_hostile : fields[f],
			.lines = r->lines[f],
			.is_log = f == 1,
			.file = f == 0   ? "rules-window.svg"
			        : f == 1 ? "rules-dport.svg"
			                 : "rules-tos.svg",
		};
		for (size_t i = 0; i < RULES_LIVES; i++)
			if (strcmp(rules_lives[i].field, fields[f]) == 0)
				r->lines[f][figure->line_count++] = (struct report_rule_line){
					r->lives[i].rule, r->sources[i], r->mirai[i], r->is_found[i]
				};
	}
}

static const char *const rules_header[RULES_ITEMS][2] = {
	{ "window", "1320" }, { "dport", "23" },    { "ttl", "51" },    { "tos", "0" },
	{ "sport", "41032" }, { "ip_id", "54321" }, { "length", "40" }, { "flags", "S" },
};

static const struct report_place rules_countries[RULES_PLACES] = {
	{ "VN", "Vietnam", 412 },      { "BR", "Brazil", 301 }, { "CN", "China", 188 },
	{ "US", "United States", 97 }, { "TR", "Turkey", 95 },
};
static const struct report_place rules_networks[RULES_PLACES] = {
	{ "AS7552", "Viettel Group", 210 },
	{ "AS45899", "VNPT Corp", 171 },
	{ "AS26599", "TELEFONICA BRASIL S.A", 120 },
	{ "AS4134", "Chinanet", 96 },
	{ "AS9121", "Turk Telekom", 81 },
};

static inline void rules_make_details(struct rules_sample *r, bool hostile)
{
	memcpy(r->countries, rules_countries, sizeof r->countries);
	memcpy(r->networks, rules_networks, sizeof r->networks);
	for (size_t i = 0; i < RULES_ITEMS; i++)
		r->example[i] = (struct report_item){ rules_header[i][0],
			                              hostile ? sample_hostile
			                                      : rules_header[i][1] };
	r->ports[0] = (struct report_target_port){ 23, 1203 };
	r->ports[1] = (struct report_target_port){ 2323, 141 };
	r->ports[2] = (struct report_target_port){ 7547, 1 };
	r->matches[0] = (struct report_match){ hostile ? sample_hostile : "mirai-2016", 1201,
		                               false };
	r->matches[1] = (struct report_match){ hostile ? sample_hostile : "zmap", 2, false };
	if (hostile)
		r->countries[0].name = r->networks[0].id = r->networks[1].name = sample_hostile;
}

static inline void rules_make_emergences(struct rules_sample *r)
{
	static const size_t lives[RULES_EMERGENCES] = { 8, 0, 2, 6 };
	rules_make_details(r, r->fields[0] == sample_hostile);
	for (size_t i = 0; i < 2; i++)
		r->others[i] = (struct report_related){ r->lives[3].rule,
			                                r->lives[2].first_day + (int32_t)i };
	r->others[0].rule.antecedent_count = 2;
	r->others[0].rule.consequent_count = 1;
	for (size_t i = 0; i < RULES_EMERGENCES; i++) {
		const struct report_rule_life *life = &r->lives[lives[i]];
		const bool is_named = i < 2;
		r->emergences[i] = (struct report_emergence){
			.day = life->first_day,
			.rule = life->rule,
			.others = r->others,
			.other_count = i == 2 ? 2 : 0,
			.support = 1204,
			.confidence = life->confidence,
			.lift = 61.25,
			.targets = { 1204, is_named ? 1201 : 0 },
			.ports = r->ports,
			.port_count = 3,
			.countries = r->countries,
			.networks = r->networks,
			.country_count = i == 3 ? 0 : RULES_PLACES,
			.network_count = i == 3 ? 0 : RULES_PLACES,
			.matches = r->matches,
			.match_count = is_named ? 2 : 0,
			.name = is_named ? r->matches[0].fingerprint : NULL,
			.example = { i == 3 ? NULL : r->example, RULES_ITEMS, i == 2 ? 1 : 14 },
		};
	}
}

// Adds them to the report of the sample; both must live as long as it.
static inline void rules_sample_make(struct rules_sample *r, struct report_sample *s, bool hostile)
{
	static const char *const fields[] = { "window", "dport", "ttl", "tos" };
	const int32_t first = s->survey.first_day;
	const uint32_t day_count = s->survey.day_count < RULES_DAYS ? s->survey.day_count
	                                                            : RULES_DAYS;
	*r = (struct rules_sample){ .rules = { .support_min = 1000 } };
	memcpy(r->fields, fields, sizeof fields);
	if (hostile)
		r->fields[0] = sample_hostile;
	for (size_t i = 0; i < RULES_LIVES; i++) {
		rules_make_life(r, i, day_count, hostile);
		r->lives[i].first_day += first;
		r->lives[i].last_day += first;
		r->lives[i].peak_day += first;
	}
	rules_make_figures(r, hostile);
	rules_make_emergences(r);
	r->rules = (struct report_rules){
		.from = first,
		.to = first + (int32_t)day_count - 1,
		.support_min = 1000,
		.confidence_min = 0.9,
		.fields = r->fields,
		.field_count = 4,
		.past_days = 28,
		.recent_days = 7,
		.times = 3,
		.past_days_min = 7,
		.unjudged_days = 14,
		.emergences = r->emergences,
		.emergence_count = RULES_EMERGENCES,
		.lives = r->lives,
		.life_count = RULES_LIVES,
		.figures = r->figures,
		.figure_count = hostile ? 1 : RULES_FIGURES,  // by one name there can be one
		.partial_days = 2,
		.bucketed_sources = 40217,
		.lower_command = hostile ? sample_hostile : "hotaru rules --min-support 100",
	};
	s->report.rules = &r->rules;
	if (hostile)
		return;
	s->report.files.rules_csv = "rules.csv";
	s->report.files.rules_timeline_csv = "rules-timeline.csv";
	s->report.files.rules_new_csv = "rules-new.csv";
}

static inline void rules_sample_done(struct rules_sample *r)
{
	for (size_t i = 0; i < RULES_LIVES; i++) {
		memory_free(r->sources[i]);
		memory_free(r->mirai[i]);
		memory_free(r->is_found[i]);
	}
}
