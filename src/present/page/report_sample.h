// SPDX-License-Identifier: MIT
// For tests: a report over made-up families, days and captures, any size.
#pragma once

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "base/text.h"
#include "present/present.h"

enum { SAMPLE_FAMILIES = 4, SAMPLE_COUNTERS = 3, SAMPLE_CAPTURES = 3 };

struct report_sample {
	struct report_survey survey;
	struct report_survey_family families[SAMPLE_FAMILIES];
	struct report_family texts[SAMPLE_FAMILIES];
	struct report_capture captures[SAMPLE_CAPTURES];
	struct report_flaw flaw;
	uint64_t totals[SAMPLE_COUNTERS], frames[SAMPLE_COUNTERS];
	struct incident happened[2];
	struct incidents incidents;
	struct report report;
};

// What an attacker would like to call things: markup, quotes, control characters,
// bytes that are no UTF-8, a turned direction, a character that XML forbids.
static const char sample_hostile[] =
	"</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;\x1b[2J\x01\xff"
	"\xe2\x80\xae\xef\xbf\xbf]]>";

static const char *const sample_counters[] = { "not_ip", "syn", "udp" };

static inline void sample_spell(struct report_survey_family *family, uint32_t day, uint32_t days,
                                uint32_t day_count)
{
	struct report_lifetimes *l = &family->lifetimes;
	const size_t length = day + days < day_count ? days : day_count - day;
	l->survival_count = length + 1 > l->survival_count ? length + 1 : l->survival_count;
	l->sources++;
	l->spells++;
	family->days[day].new_sources++;
	family->days[day].sources++;
	family->days[day].packets += 3;
	if (day + days < day_count) {
		family->days[day + days].recovered++;
	} else {
		l->open_spells++;
	}
}

static inline void sample_family(struct report_survey_family *family, uint32_t day_count,
                                 uint32_t spells, struct random *random)
{
	uint64_t new_sources = 0, recovered = 0;
	family->days = memory_new((size_t)day_count + 1, sizeof *family->days);
	double *survival = memory_new((size_t)day_count + 2, sizeof *survival);
	family->lifetimes.survival = survival;
	for (uint32_t i = 0; i < spells && day_count > 0; i++)
		sample_spell(family, random_below(random, day_count), 1 + random_below(random, 40),
		             day_count);
	for (uint32_t i = 0; i < day_count; i++) {
		struct report_survey_day *day = &family->days[i];
		day->cumulative_new = new_sources += day->new_sources;
		day->cumulative_recovered = recovered += day->recovered;
		day->active = new_sources - recovered;
	}
	for (uint32_t i = 0; i <= day_count; i++)
		survival[i] = i == 0 ? 1 : survival[i - 1] * 0.97;
	family->lifetimes.mean_days = 12.5;
	family->lifetimes.median_days = 12;
	family->lifetimes.p90_days = 30;
}

// The third family has no sources; the fourth has the hostile name if `hostile`.
static inline void sample_make(struct report_sample *s, uint32_t day_count, bool hostile)
{
	static const char *const names[] = { "hajime", "mirai", "nothing", "zmap" };
	struct random random = random_from(1);
	*s = (struct report_sample){ .totals = { 10, 90000, 9990 }, .frames = { 5, 45000, 4995 } };
	for (size_t i = 0; i < SAMPLE_FAMILIES; i++) {
		const char *name = hostile && i == 3 ? sample_hostile : names[i];
		s->families[i].name = name;
		sample_family(&s->families[i], day_count, i == 2 ? 0 : 500, &random);
		s->texts[i] = (struct report_family){ .name = name,
			                              .what = name,
			                              .source = name,
			                              .strength = "weak",
			                              .is_malware = true,
			                              .figure_file = "a figure.svg" };
	}
	for (size_t i = 0; i < SAMPLE_CAPTURES; i++)
		s->captures[i] = (struct report_capture){ hostile ? sample_hostile : "day.pcap",
			                                  s->frames, i == 1 ? "breaks off" : NULL };
	s->flaw = (struct report_flaw){ "not_ip", 1, "ETHERNET", "ethertype", 0x0806, 10 };
	s->survey = (struct report_survey){ .gap_days = REPORT_GAP_NONE,
		                            .first_day = 16983,
		                            .day_count = day_count,
		                            .families = s->families,
		                            .family_count = SAMPLE_FAMILIES };
	s->survey.has_data = memory_new((size_t)day_count + 1, sizeof(bool));
	s->survey.has_unknown = memory_new((size_t)day_count + 1, sizeof(bool));
	for (uint32_t i = 0; i < day_count; i++)
		s->survey.has_data[i] = i % 17 != 5;
	for (int32_t i = 0; i < 2; i++) {
		struct incident *one = &s->happened[i];
		*one = (struct incident){ .day = i == 0 ? 17064 : 17095 };
		text_copy(one->label, sizeof one->label,
		          hostile  ? sample_hostile
		          : i == 0 ? "KrebsOnSecurity attacked"
		                   : "Dyn attacked");
		text_copy(one->label_ja, sizeof one->label_ja, i == 0 ? "障害" : "");
	}
	s->incidents = (struct incidents){ .list = s->happened, .count = 2 };
	s->report = (struct report){
		.incidents = &s->incidents,
		.survey = &s->survey,
		.families = s->texts,
		.telescope = hostile ? sample_hostile : "192.0.2.0/24",
		.zone = hostile ? sample_hostile : "UTC",
		.version = hostile ? sample_hostile : "0.1.0",
		.is_simulated = true,
		.ledger = { .counters = sample_counters,
		            .totals = s->totals,
		            .counter_count = SAMPLE_COUNTERS,
		            .captures = s->captures,
		            .capture_count = SAMPLE_CAPTURES,
		            .flaws = &s->flaw,
		            .flaw_count = 1 },
		.files = { .survey_csv = hostile ? sample_hostile : "survey.csv" },
	};
}

static inline void sample_done(struct report_sample *s)
{
	for (size_t i = 0; i < SAMPLE_FAMILIES; i++) {
		memory_free(s->families[i].days);
		memory_free((void *)s->families[i].lifetimes.survival);
	}
	memory_free(s->survey.has_data);
	memory_free(s->survey.has_unknown);
}
