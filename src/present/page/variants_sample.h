// SPDX-License-Identifier: MIT
// For tests: what honeypots saw of six families, with days on which none of them logged.
#pragma once

#include "present/page/report_sample.h"

#include <math.h>

enum { VARIANTS_FAMILIES = 6, VARIANTS_COUNTRIES = 4, VARIANTS_DAYS_MAX = 400 };

struct variants_sample {
	bool has_log[VARIANTS_DAYS_MAX];
	double logged[VARIANTS_DAYS_MAX];
	uint64_t families_by_day[VARIANTS_FAMILIES][VARIANTS_DAYS_MAX];
	uint64_t countries_by_day[VARIANTS_COUNTRIES][VARIANTS_DAYS_MAX];
	double share[VARIANTS_DAYS_MAX], drawn[4][VARIANTS_DAYS_MAX];
	struct report_variant families[VARIANTS_FAMILIES];
	struct report_variant_country countries[VARIANTS_COUNTRIES];
	struct report_variant_type types[2];
	struct report_infected infected[3];
	struct report_variants report;
};

static inline void variants_make_days(struct variants_sample *v, const struct report_sample *s)
{
	for (uint32_t i = 0; i < s->survey.day_count && i < VARIANTS_DAYS_MAX; i++) {
		v->has_log[i] = i % 11 != 5;
		v->logged[i] = i == 4 ? 0.4 : v->has_log[i];
		v->report.silent_days += !v->has_log[i];
		for (size_t f = 0; f < VARIANTS_FAMILIES; f++)
			v->families_by_day[f][i] = v->has_log[i] ? (f + 3) * i * 7 % 50
			                                         : REPORT_UNKNOWN;
		for (size_t c = 0; c < VARIANTS_COUNTRIES; c++)
			v->countries_by_day[c][i] = v->has_log[i] ? (c + 2) * i * 5 % 70
			                                          : REPORT_UNKNOWN;
		v->share[i] = v->has_log[i] ? 0.9 + 0.01 * (i % 7) : NAN;
		for (size_t k = 0; k < 4; k++)
			v->drawn[k][i] = 300.0 + i + 12.0 * (double)(k == 1 ? 2 : k == 2 ? 1 : k);
	}
}

static inline void variants_make_tables(struct variants_sample *v, const struct report_sample *s,
                                        bool hostile)
{
	static const char *const names[VARIANTS_FAMILIES] = { "MIRAI",  "HAJIME", "AKUMA",
		                                              "MASUTA", "SATORI", "daddyl33t" };
	static const struct report_place places[VARIANTS_COUNTRIES] = {
		{ .id = "JP", .name = "Japan" },
		{ .id = "CN", .name = "China" },
		{ .id = "BR", .name = "Brazil" },
		{ .id = "unknown" }
	};
	for (size_t f = 0; f < VARIANTS_FAMILIES; f++)
		v->families[f] = (struct report_variant){
			.family = hostile ? sample_hostile : names[f],
			.by_day = v->families_by_day[f],
			.source_days = 9000 / (f + 1),
			.first_day = s->survey.first_day,
			.last_day = s->survey.first_day + 9,
			.places = { { "JP", "Japan", 900 },
			            { "CN", hostile ? sample_hostile : NULL, 80 } },
			.place_count = 2,
			.joined = f == 5 ? 0 : 8000 / (f + 1),
			.seen = f == 5 ? 0 : 7000 / (f + 1),
			.fingerprints = { { { hostile ? sample_hostile : "mirai",
			                      6900 / (f + 1) } },
			                  1 },
			.ports = { { { "23", 6500 / (f + 1) }, { "2323", 900 / (f + 1) } }, 2 },
			.rules = { { { hostile ? sample_hostile : "window=5840&dport=23 => ttl=50",
			               900 } },
			           f < 2 },
			.models = { { { "3", 40 },
			              { hostile ? sample_hostile : "7 Some Camera", 9 } },
			            f < 3 ? 2 : 0,
			            60 },
		};
	for (size_t c = 0; c < VARIANTS_COUNTRIES; c++) {
		v->countries[c] = (struct report_variant_country){ places[c],
			                                           v->countries_by_day[c] };
		v->countries[c].place.sources = 5000 / (c + 1);
	}
	v->types[0] = (struct report_variant_type){ hostile ? sample_hostile : "1", "two",
		                                    "MIRAI;ECCHI", "CN;BR", "0x22" };
	v->types[1] = (struct report_variant_type){ "2", "one", hostile ? sample_hostile : "SATORI",
		                                    "AR", "0x7" };
	v->infected[0] = (struct report_infected){ { "*", NULL, 10281 }, 10732, 10480, 11201 };
	v->infected[1] = (struct report_infected){ { "JP", "Japan", 4129 }, 4310, 4209, 4498 };
	v->infected[2] = (struct report_infected){ { "CN", NULL, 412 }, 430, 420, 449 };
}

// Adds them to the report of the sample; both must live as long as it.
static inline void variants_make(struct variants_sample *v, struct report_sample *s, bool hostile)
{
	*v = (struct variants_sample){ .report = { .silent_days = 0 } };
	variants_make_days(v, s);
	variants_make_tables(v, s, hostile);
	const uint32_t silent = v->report.silent_days;
	v->report = (struct report_variants){
		.has_log = v->has_log,
		.logged = v->logged,
		.part_days = 1,
		.silent_days = silent,
		.families = v->families,
		.count = VARIANTS_FAMILIES,
		.countries = v->countries,
		.country_count = VARIANTS_COUNTRIES,
		.types = v->types,
		.type_count = 2,
		.share = v->share,
		.fingerprint = "mirai",
		.infected_day = s->survey.first_day + 3,
		.infected = v->infected,
		.infected_count = 3,
		.drawn = { "JP", "Japan", 4129 },
		.drawn_days = { v->drawn[0], v->drawn[1], v->drawn[2], v->drawn[3] },
	};
	s->report.variants = &v->report;
	s->report.files.variants_csv = "variants.csv";
	s->report.files.variants_figure = "variants.svg";
}
