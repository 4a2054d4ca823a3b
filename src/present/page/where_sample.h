// SPDX-License-Identifier: MIT
// For tests: ports, places and networks in the manner of what was published of a darknet of
// 300,000 addresses on 2017-05-10, and a course of days that leads there. Any number of days.
#pragma once

#include "present/page/report_sample.h"

#include <math.h>

enum {
	WHERE_PORTS = 13,
	WHERE_TOP = 5,
	WHERE_COUNTRIES = 12,
	WHERE_NETWORKS = 10,
	WHERE_POINTS = 120,
	WHERE_CHANGES = 12,
	WHERE_DAYS = 314,  // what the course below is over
};

struct where_sample {
	uint64_t *sources[WHERE_PORTS];
	double *coverage;
	struct report_port_days days[WHERE_PORTS];
	struct report_port_figure figures[2];
	struct report_port_row rows[WHERE_PORTS];
	struct report_ports ports;
	struct report_place countries[WHERE_COUNTRIES], tops[WHERE_PORTS][WHERE_TOP];
	struct report_port_places by_port[WHERE_PORTS];
	struct report_database databases[2];
	struct report_places places;
	struct report_place networks[WHERE_NETWORKS], by_country_tops[3][3];
	struct report_country_networks by_country[3];
	struct report_networks where;
	struct report_point points[2][WHERE_POINTS];
	struct report_prefix prefixes[6];
	struct report_prefixes lengths[2];
	struct report_concentration concentration;
	struct report_change changes[WHERE_CHANGES];
	struct report_changes changed;
	struct report_floods floods;
};

// The course of a port: levels at some days, between which it rises and falls evenly.
static const struct where_level {
	uint16_t port, day;
	double level;
} where_levels[] = {
	{ 23, 0, 150000 },     { 23, 60, 260000 },    { 23, 110, 500000 },    { 23, 160, 900000 },
	{ 23, 220, 520000 },   { 23, 313, 433786 },   { 2323, 0, 0 },         { 2323, 50, 400 },
	{ 2323, 78, 310000 },  { 2323, 150, 420000 }, { 2323, 313, 171160 },  { 22, 0, 9000 },
	{ 22, 176, 20000 },    { 22, 180, 72000 },    { 22, 200, 24000 },     { 22, 239, 78000 },
	{ 22, 313, 81446 },    { 2222, 0, 400 },      { 2222, 176, 9000 },    { 2222, 180, 52000 },
	{ 2222, 205, 12000 },  { 2222, 239, 57000 },  { 2222, 313, 59609 },   { 5358, 0, 3 },
	{ 5358, 175, 4 },      { 5358, 178, 120000 }, { 5358, 194, 3500 },    { 5358, 206, 4000 },
	{ 5358, 209, 95000 },  { 5358, 313, 14677 },  { 6789, 0, 2 },         { 6789, 169, 3 },
	{ 6789, 171, 140000 }, { 6789, 200, 60 },     { 6789, 240, 2 },       { 6789, 313, 0 },
	{ 7547, 0, 220 },      { 7547, 147, 260 },    { 7547, 149, 2500000 }, { 7547, 165, 320000 },
	{ 7547, 313, 123724 }, { 37777, 0, 4 },       { 37777, 161, 5 },      { 37777, 163, 90000 },
	{ 37777, 215, 150 },   { 37777, 313, 0 },     { 23231, 0, 0 },        { 23231, 161, 2 },
	{ 23231, 163, 61000 }, { 23231, 215, 40 },    { 23231, 313, 0 },      { 80, 0, 21000 },
	{ 80, 250, 26000 },    { 80, 256, 48000 },    { 80, 313, 55651 },     { 81, 0, 260 },
	{ 81, 250, 320 },      { 81, 256, 6500 },     { 81, 297, 47000 },     { 81, 313, 27276 },
	{ 88, 0, 70 },         { 88, 250, 90 },       { 88, 256, 4200 },      { 88, 313, 5437 },
	{ 8080, 0, 5200 },     { 8080, 250, 6100 },   { 8080, 313, 11041 },
};

static const uint16_t where_ports[WHERE_PORTS] = { 23,    2323,  22, 2222, 5358, 6789, 7547,
	                                           37777, 23231, 80, 81,   88,   8080 };

static inline double where_level(uint16_t port, double day)
{
	enum { LEVELS = sizeof where_levels / sizeof *where_levels };
	const struct where_level *before = NULL, *after = NULL;
	for (size_t i = 0; i < LEVELS; i++) {
		const struct where_level *level = &where_levels[i];
		if (level->port == port && level->day <= day)
			before = level;
		if (level->port == port && level->day >= day && after == NULL)
			after = level;
	}
	if (before == NULL || after == NULL || after->day == before->day)
		return before != NULL ? before->level : after != NULL ? after->level : 0;
	const double part = (day - before->day) / (after->day - before->day);
	const double a = log(before->level + 1), b = log(after->level + 1);
	return exp(a + part * (b - a)) - 1;
}

static inline void where_course(struct where_sample *w, uint32_t day_count)
{
	struct random random = random_from(2017);
	for (size_t p = 0; p < WHERE_PORTS; p++) {
		w->sources[p] = memory_new((size_t)day_count + 1, sizeof(uint64_t));
		for (uint32_t i = 0; i < day_count; i++) {
			const double day = day_count > 1 ? i * (WHERE_DAYS - 1.0) / (day_count - 1)
			                                 : WHERE_DAYS - 1;
			const double noise = i + 1 < day_count ? 0.93 + 0.14 * random_unit(&random)
			                                       : 1;
			w->sources[p][i] = (uint64_t)llround(where_level(where_ports[p], day) *
			                                     noise);
		}
	}
	w->coverage = memory_new((size_t)day_count + 1, sizeof(double));
	for (uint32_t i = 0; i < day_count; i++)
		w->coverage[i] = i % 61 == 30 || i + 1 == day_count ? 0.6 : 1;
}

static inline uint64_t where_before(const struct where_sample *w, size_t port, uint32_t day_count,
                                    uint32_t days)
{
	return day_count > days ? w->sources[port][day_count - 1 - days] : REPORT_UNKNOWN;
}

static inline void where_make_ports(struct where_sample *w, const struct report_sample *s,
                                    bool hostile)
{
	static const double mirai[WHERE_PORTS] = { 0.57, 0.9, 0.74,   0.78, 0.004, NAN,   0.001,
		                                   NAN,  NAN, 0.0002, 0.01, 0.003, 0.0004 };
	const uint32_t days = s->survey.day_count;
	size_t rows = 0;
	for (size_t p = 0; p < WHERE_PORTS; p++) {
		const struct report_port port = { .number = where_ports[p] };
		const uint64_t sources = days > 0 ? w->sources[p][days - 1] : 0;
		w->days[p] = (struct report_port_days){ port, w->sources[p] };
		if (sources == 0)
			continue;
		w->rows[rows++] = (struct report_port_row){
			.port = port,
			.packets = sources * 7,
			.sources = sources,
			.family_sources = isnan(mirai[p]) ? REPORT_UNKNOWN
			                                  : (uint64_t)(mirai[p] * (double)sources),
			.day_before = where_before(w, p, days, 1),
			.week_before = where_before(w, p, days, 7),
			.is_new = where_ports[p] == 81,
		};
	}
	w->figures[0] = (struct report_port_figure){ "telnet", w->days, 2, false,
		                                     "ports-telnet.svg" };
	w->figures[1] = (struct report_port_figure){ "others", w->days + 2, WHERE_PORTS - 2, true,
		                                     "ports-others.svg" };
	w->ports = (struct report_ports){
		.day = s->survey.first_day + (int32_t)days - 1,
		.sources = 556693,
		.rows = w->rows,
		.row_count = rows,
		.family = hostile ? sample_hostile : "mirai",
		.rule = { 20, 3, 28, 7 },
		.figures = w->figures,
		.figure_count = 2,
	};
}

static inline void where_make_databases(struct where_sample *w, bool hostile)
{
	w->databases[0] = (struct report_database){
		.name = hostile ? sample_hostile : "iptoasn-country.mmdb",
		.type = hostile ? sample_hostile : "iptoasn-country",
		.built_day = 17290,
		.from = INT32_MIN,
		.to = INT32_MAX,
		.attribution = hostile ? sample_hostile : "IPtoASN, public domain (PDDL)",
	};
	w->databases[1] = (struct report_database){
		.name = hostile ? sample_hostile : "asn-ipv4.csv",
		.type = "table",
		.built_day = INT32_MIN,
		.from = 16983,
		.to = 17300,
		.attribution = hostile ? sample_hostile : "DB-IP, CC BY 4.0",
	};
}

static const struct report_place where_tops[WHERE_PORTS][WHERE_TOP] = {
	{ { "IR", "Iran", 57366 },
	  { "RU", "Russia", 55808 },
	  { "IN", "India", 46390 },
	  { "BR", "Brazil", 45785 },
	  { "CN", "China", 40283 } },
	{ { "RU", "Russia", 27923 },
	  { "IN", "India", 22938 },
	  { "CN", "China", 22305 },
	  { "BR", "Brazil", 20049 },
	  { "AR", "Argentina", 13486 } },
	{ { "RU", "Russia", 15586 },
	  { "EC", "Ecuador", 13685 },
	  { "AR", "Argentina", 13492 },
	  { "BR", "Brazil", 9672 },
	  { "IN", "India", 6683 } },
	{ { "AR", "Argentina", 12190 },
	  { "RU", "Russia", 11820 },
	  { "EC", "Ecuador", 10154 },
	  { "IN", "India", 5133 },
	  { "CN", "China", 4594 } },
	{ { "BR", "Brazil", 3088 },
	  { "IN", "India", 2115 },
	  { "VN", "Vietnam", 1227 },
	  { "KR", "South Korea", 1115 },
	  { "CN", "China", 702 } },
	{ { NULL, NULL, 0 } },
	{ { "IR", "Iran", 46375 },
	  { "AU", "Australia", 10515 },
	  { "IT", "Italy", 8890 },
	  { "RU", "Russia", 8225 },
	  { "IN", "India", 6505 } },
	{ { NULL, NULL, 0 } },
	{ { NULL, NULL, 0 } },
	{ { "US", "United States", 23011 },
	  { "BR", "Brazil", 7820 },
	  { "CN", "China", 6438 },
	  { "IQ", "Iraq", 2307 },
	  { "DE", "Germany", 1065 } },
	{ { "CN", "China", 16250 },
	  { "TH", "Thailand", 1964 },
	  { "ID", "Indonesia", 878 },
	  { "US", "United States", 845 },
	  { "MX", "Mexico", 836 } },
	{ { "TH", "Thailand", 1211 },
	  { "ID", "Indonesia", 1054 },
	  { "MX", "Mexico", 501 },
	  { "US", "United States", 364 },
	  { "SG", "Singapore", 238 } },
	{ { "US", "United States", 3918 },
	  { "BR", "Brazil", 1204 },
	  { "TH", "Thailand", 761 },
	  { "CN", "China", 756 },
	  { "ID", "Indonesia", 674 } },
};

static const struct report_place where_countries[WHERE_COUNTRIES] = {
	{ "IR", "Iran", 89214 },      { "RU", "Russia", 77120 },  { "IN", "India", 60483 },
	{ "BR", "Brazil", 58702 },    { "CN", "China", 55310 },   { "US", "United States", 33804 },
	{ "AR", "Argentina", 26677 }, { "VN", "Vietnam", 19540 }, { "EC", "Ecuador", 15302 },
	{ "AU", "Australia", 12010 }, { "IT", "Italy", 11874 },   { "unknown", "", 2310 },
};

static inline void where_make_places(struct where_sample *w, const struct report_sample *s,
                                     bool hostile)
{
	size_t ports = 0;
	memcpy(w->countries, where_countries, sizeof w->countries);
	memcpy(w->tops, where_tops, sizeof w->tops);
	for (size_t p = 0; p < WHERE_PORTS; p++)
		if (where_tops[p][0].id != NULL)
			w->by_port[ports++] = (struct report_port_places){
				{ .number = where_ports[p] },
				(uint64_t)where_level(where_ports[p], WHERE_DAYS - 1),
				w->tops[p],
				WHERE_TOP
			};
	if (hostile) {
		w->countries[1].id = w->countries[2].name = sample_hostile;
		w->tops[1][0].id = w->tops[1][0].name = sample_hostile;
	}
	w->places = (struct report_places){
		.from = s->survey.first_day + (int32_t)s->survey.day_count - 1,
		.to = s->survey.first_day + (int32_t)s->survey.day_count - 1,
		.sources = 556693,
		.countries = w->countries,
		.country_count = WHERE_COUNTRIES,
		.by_port = w->by_port,
		.port_count = ports,
		.databases = { w->databases, 1,
		               hostile ? sample_hostile : "tools/get-databases DIR" },
	};
}

static const struct report_place where_networks[WHERE_NETWORKS] = {
	{ "AS12389", "Rostelecom", 65860 },
	{ "AS4134", "Chinanet", 38204 },
	{ "AS58224", "Iran Telecommunication Company PJS", 32650 },
	{ "AS44244", "Iran Cell Service and Communication Company", 31938 },
	{ "AS22927", "Telefonica de Argentina", 21901 },
	{ "AS26599", "TELEFONICA BRASIL S.A", 15556 },
	{ "AS7738", "Telemar Norte Leste S.A.", 15380 },
	{ "AS4837", "CHINA UNICOM China169 Backbone", 13011 },
	{ "AS9829", "National Internet Backbone", 11724 },
	{ "unknown", "", 2466 },
};

static const struct report_place where_by_country[3][3] = {
	{ { "AS12389", "Rostelecom", 65860 },
	  { "AS8402", "Vimpelcom", 3104 },
	  { "AS25513", "MGTS", 1270 } },
	{ { "AS58224", "Iran Telecommunication Company PJS", 32650 },
	  { "AS44244", "Iran Cell Service and Communication Company", 31938 },
	  { "AS16322", "Pars Online", 6780 } },
	{ { "AS26599", "TELEFONICA BRASIL S.A", 15556 },
	  { "AS7738", "Telemar Norte Leste S.A.", 15380 },
	  { "AS8167", "Brasil Telecom", 6281 } },
};

static inline void where_make_networks(struct where_sample *w, const struct report_sample *s,
                                       bool hostile)
{
	static const size_t countries[] = { 1, 0, 3 };
	memcpy(w->networks, where_networks, sizeof w->networks);
	memcpy(w->by_country_tops, where_by_country, sizeof w->by_country_tops);
	if (hostile)
		w->networks[0].name = w->networks[1].id = w->by_country_tops[0][0].name =
			sample_hostile;
	for (size_t i = 0; i < 3; i++)
		w->by_country[i] = (struct report_country_networks){ w->countries[countries[i]],
			                                             w->by_country_tops[i], 3 };
	w->where = (struct report_networks){
		.from = s->survey.first_day,
		.to = w->places.to,
		.sources = 556693,
		.networks = w->networks,
		.network_count = WHERE_NETWORKS,
		.by_country = w->by_country,
		.country_count = 3,
		.databases = { w->databases + 1, 1, NULL },
	};
}

// Cumulative numbers, log-linear between the first prefix, a fifth, half and all.
static inline void where_curve(struct report_point *points, double prefixes, double fifth,
                               double half)
{
	const double x[] = { 0, log(fifth), log(half), log(prefixes) };
	const double y[] = { log(0.006), log(0.2), log(0.5), 0 };
	for (size_t i = 0; i < WHERE_POINTS; i++) {
		const uint64_t least = i > 0 ? points[i - 1].prefixes + 1 : 1;
		const double even = pow(prefixes, (double)i / (WHERE_POINTS - 1));
		points[i].prefixes = llround(even) > (long long)least ? (uint64_t)llround(even)
		                                                      : least;
		const double at = fmin(log((double)points[i].prefixes), x[3]);
		const size_t k = at < x[1] ? 0 : at < x[2] ? 1 : 2;
		const double part = (at - x[k]) / (x[k + 1] - x[k]);
		points[i].sources = (uint64_t)llround(556693 *
		                                      exp(y[k] + part * (y[k + 1] - y[k])));
	}
}

static inline void where_make_concentration(struct where_sample *w, const struct report_sample *s)
{
	where_curve(w->points[0], 21890, 94, 675);
	where_curve(w->points[1], 298004, 9120, 61040);
	for (size_t i = 0; i < 6; i++)
		w->prefixes[i] = (struct report_prefix){ (uint32_t)(0xc6330000 + (i << 16)),
			                                 9411 - 700 * i };
	w->lengths[0] = (struct report_prefixes){ 16, w->points[0], WHERE_POINTS,
		                                  94, 675,          w->prefixes,
		                                  6 };
	w->lengths[1] = (struct report_prefixes){ 24, w->points[1], WHERE_POINTS, 9120, 61040, NULL,
		                                  0 };
	w->concentration = (struct report_concentration){ s->survey.first_day, w->places.to,
		                                          w->lengths, 2 };
}

static inline void where_make_changes(struct where_sample *w, const struct report_sample *s,
                                      bool hostile)
{
	static const struct report_item items[] = { { "window", "1320" }, { "window", "792" } };
	const char *odd = hostile ? sample_hostile : NULL;
	const int32_t day = w->ports.day;
	const struct report_rule rule = { items, 1, 1 };
	const struct report_change changes[WHERE_CHANGES] = {
		{ day, REPORT_GROWN, REPORT_FAMILY, odd ? odd : "mirai", "", .sources = 301220,
		  .usual = 98411, .most = 118702 },
		{ day,
		  REPORT_NEW,
		  REPORT_PORT,
		  "tcp/81",
		  "",
		  { .number = 81 },
		  .sources = 27276,
		  .usual = 0,
		  .most = 4120 },
		{ day,
		  REPORT_NEW,
		  REPORT_PORT,
		  "tcp/5555",
		  "",
		  { .number = 5555 },
		  .sources = 2904 },
		{ day, REPORT_NEW, REPORT_RULE, "window=1320 => window=792", "", .rule = rule,
		  .sources = 80, .usual = REPORT_UNKNOWN, .most = 3 },
		{ day, REPORT_GROWN, REPORT_COUNTRY, "CN", "China", .sources = 55310,
		  .usual = 39911, .most = 41702 },
		{ day, REPORT_GROWN, REPORT_COUNTRY, odd ? odd : "IR", odd ? odd : "Iran",
		  .sources = 189214, .usual = 93020, .most = 121773 },
		{ day, REPORT_NEW, REPORT_NETWORK, "AS4134", "Chinanet", .sources = 38204,
		  .usual = 5003, .most = 7118 },
		{ day, REPORT_NEW, REPORT_NETWORK, "AS12389", odd ? odd : "Rostelecom",
		  .sources = 65860, .usual = 5211, .most = 6010 },
		{ day, REPORT_NEW, REPORT_NETWORK, "AS1", "", .sources = 24 },
		{ day, REPORT_NEW, REPORT_NETWORK, "AS2", "", .sources = 23 },
		{ day - 1,
		  REPORT_GONE,
		  REPORT_PORT,
		  "udp/53",
		  "",
		  { 53, true },
		  .usual = 412,
		  .most = 500 },
		{ day - 3, REPORT_NEW, REPORT_FAMILY, "hajime", "", .sources = 21 },
	};
	memcpy(w->changes, changes, sizeof changes);
	w->changed = (struct report_changes){ .day = day,
		                              .from = day - 6,
		                              .compared = 1234,
		                              .past_days = 28,
		                              .has_places = true,
		                              .rows = w->changes,
		                              .count = WHERE_CHANGES };
	(void)s;
}

// Adds them to the report of the sample; both must live as long as it.
static inline void where_make(struct where_sample *w, struct report_sample *s, bool hostile)
{
	*w = (struct where_sample){ .floods = { 41203, 3, 1, false } };
	where_course(w, s->survey.day_count);
	where_make_ports(w, s, hostile);
	where_make_databases(w, hostile);
	where_make_places(w, s, hostile);
	where_make_networks(w, s, hostile);
	where_make_concentration(w, s);
	where_make_changes(w, s, hostile);
	s->report.coverage = w->coverage;
	s->report.changes = &w->changed;
	s->report.ports = &w->ports;
	s->report.places = &w->places;
	s->report.networks = &w->where;
	s->report.concentration = &w->concentration;
	s->report.floods = &w->floods;
	if (hostile)
		return;
	s->report.files.changes_csv = "changes.csv";
	s->report.files.ports_csv = "ports.csv";
	s->report.files.prefixes_csv = "prefixes.csv";
	s->report.files.countries_csv = "countries.csv";
	s->report.files.countries_by_port_csv = "countries-by-port.csv";
	s->report.files.networks_csv = "networks.csv";
	s->report.files.networks_by_country_csv = "networks-by-country.csv";
	s->report.files.port_families_figure = "port-families.svg";
	s->report.files.networks_figure = "networks.svg";
	s->report.files.concentration_figure = "concentration.svg";
}

static inline void where_done(struct where_sample *w)
{
	for (size_t p = 0; p < WHERE_PORTS; p++)
		memory_free(w->sources[p]);
	memory_free(w->coverage);
}
