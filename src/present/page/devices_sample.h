// SPDX-License-Identifier: MIT
// For tests: what hosts answered in the manner of the study of 2017: who attacks Telnet hardly answers there.
#pragma once

#include "present/page/report_sample.h"

enum { DEVICES_ATTACKED = 13, DEVICES_PROBED = 14, DEVICES_MODELS = 5 };

struct devices_sample {
	struct report_accessible rows[DEVICES_ATTACKED * DEVICES_PROBED];
	struct report_accessibility accessibility;
	struct report_model models[DEVICES_MODELS];
	struct report_mix days[4], countries[3];
	struct report_models found;
};

static inline void devices_make_models(struct devices_sample *d, const struct report_sample *s,
                                       bool hostile)
{
	static const char *const banners[DEVICES_MODELS] = {
		"HTTP/1.1 401 Unauthorized\\r\\nServer: Kazeweb/2.3\\r\\nWWW-Authenticate: Digest realm=\"H40\"\\r\\n",
		"\\xFF\\xFB\\x01\\xFF\\xFB\\x03\\r\\nTSUKIREC-8CH (none)\\r\\nlogin: ",
		"HTTP/1.0 302 Found\\r\\nServer: hoshi-httpd\\r\\nLocation: C:\\\\new\\\\start.html\\r\\n\\r\\n",
		"SSH-2.0-dropbear_0.48\\r\\n", "220 \\xE2\\x80\\xAE ready\\n"
	};
	static const uint64_t hosts[DEVICES_MODELS] = { 270, 140, 110, 81, 1 },
			      infected[DEVICES_MODELS] = { 99, 140, 0, 75, 1 };
	const int32_t day = s->survey.first_day;
	for (size_t i = 0; i < DEVICES_MODELS; i++)
		d->models[i] = (struct report_model){
			.cluster = (uint32_t)i + 1,
			.hosts = hosts[i],
			.infected = infected[i],
			.ports = i == 1 ? "23;80" : "81",
			.label = hostile  ? sample_hostile
			         : i == 0 ? "Hoshikam H40"
			                  : NULL,
			.label_share = 0.75,
			.banner = hostile ? sample_hostile : banners[i],
			.nearest = i == 4 ? 0 : (uint32_t)(i + 1) % 3 + 1,
			.nearest_distance = 0.375,
			.tells = hostile  ? sample_hostile
			         : i == 1 ? "-81:H40 -81:<b>"
			                  : "81:TsukiCam 23:-x",
			.attacked = { { 23, infected[i] }, { 2323, infected[i] / 2 } },
			.attacked_count = 2,
			.places = { { hostile ? sample_hostile : "JP",
			              hostile ? sample_hostile : "Japan", infected[i] } },
			.place_count = 1,
			.days = i == 1 ? 1 : 3,
			.first_day = day,
			.last_day = day + 4,
			.peak_day = day + 2,
			.peak = infected[i],
		};
	d->found = (struct report_models){ .from = day,
		                           .to = day,
		                           .family = "mirai",
		                           .hosts = 602,
		                           .answers = 311,
		                           .sources = 9122,
		                           .answered = 315,
		                           .has_labels = true,
		                           .labelled = 203,
		                           .models = d->models,
		                           .count = DEVICES_MODELS,
		                           .cards = { &d->models[1], &d->models[0], &d->models[3] },
		                           .card_count = 3,
		                           .days = d->days,
		                           .day_count = 4,
		                           .countries = d->countries,
		                           .country_count = 3,
		                           .countries_all = 20 };
}

static inline void devices_make_mix(struct devices_sample *d, int32_t day, bool hostile)
{
	static const char *const places[3][2] = { { "JP", "Japan" },
		                                  { "VN", "Viet Nam" },
		                                  { "unknown", "" } };
	for (size_t i = 0; i < 4; i++)
		d->days[i] = (struct report_mix){ .day = day + (int32_t)i,
			                          .infected = 200 - 40 * i,
			                          .of_cards = { 100 - 30 * i, 40, 30 } };
	for (size_t i = 0; i < 3; i++)
		d->countries[i] = (struct report_mix){
			.place = { places[i][0], hostile ? sample_hostile : places[i][1], 0,
			           false },
			.infected = 90 - 40 * i,
			.of_cards = { 5, 50 - 24 * i, 1 }
		};
}

// Adds them to the report of the sample; both must live as long as it.
static inline void devices_make(struct devices_sample *d, struct report_sample *s, bool hostile)
{
	static const uint16_t attacked[DEVICES_ATTACKED] = { 22,   23,   80,   81,   88,
		                                             1023, 2222, 2323, 5358, 6789,
		                                             7547, 8080, 37777 },
			      probed[DEVICES_PROBED] = {
				      21,   22,   23,   80,   81,   88,   443,
				      2222, 2323, 5358, 7547, 8080, 8443, 65535
			      };
	static const uint64_t hosts[DEVICES_ATTACKED] = { 81446,  433786, 55651,  27276, 5437,
		                                          3,      59609,  171160, 14677, 1,
		                                          123724, 11041,  7 };
	static const unsigned per_mille[DEVICES_PROBED] = { 31, 44, 47, 96,  12, 3, 9,
		                                            2,  1,  0,  118, 52, 1, 0 };
	*d = (struct devices_sample){ .accessibility = { .from = s->survey.first_day,
		                                         .to = s->survey.first_day,
		                                         .asked_from = s->survey.first_day + 3,
		                                         .asked_to = s->survey.first_day + 3,
		                                         .sources = 556693,
		                                         .never_asked = 56693,
		                                         .ports_left_out = 2,
		                                         .rows = d->rows,
		                                         .row_count = DEVICES_ATTACKED *
		                                                      DEVICES_PROBED,
		                                         .attacked_all = DEVICES_ATTACKED,
		                                         .probed_all = DEVICES_PROBED,
		                                         .attacked_count = 10,
		                                         .probed_count = 11 } };
	for (size_t a = 0; a < DEVICES_ATTACKED; a++)
		for (size_t b = 0; b < DEVICES_PROBED; b++)
			d->rows[a * DEVICES_PROBED + b] = (struct report_accessible){
				attacked[a], probed[b], hosts[a],
				hosts[a] * ((a * 7 + b * 5) % 9 + 4) * per_mille[b] / 8000
			};
	for (size_t a = 0, next = 0; a < DEVICES_ATTACKED; a++)
		if (hosts[a] > 7)
			d->accessibility.attacked[next++] = attacked[a];
	for (size_t b = 0, next = 0; b < DEVICES_PROBED && next < 11; b++)
		if (b != 6)
			d->accessibility.probed[next++] = probed[b];
	devices_make_models(d, s, hostile);
	devices_make_mix(d, s->survey.first_day, hostile);
	s->report.accessibility = &d->accessibility;
	s->report.models = &d->found;
	s->report.files.devices_csv = "devices.csv";
	s->report.files.devices_figure = "devices.svg";
	s->report.files.accessibility_csv = "accessibility.csv";
	s->report.files.accessibility_figure = "accessibility.svg";
}
