// SPDX-License-Identifier: MIT
// A page to look at: page_sample DIR writes the sample page in both languages, and its figures, into
// a folder that is there. What is right can be tested; whether it is good must be seen.
#include "present/page/page.h"

#include "base/text.h"
#include "present/page/devices_sample.h"
#include "present/page/rules_sample.h"
#include "present/page/variants_sample.h"
#include "present/page/where_sample.h"

static bool write_file(const char *folder, const char *name, const struct buffer *bytes)
{
	char path[4096];
	if (!text_format(path, sizeof path, "%s/%s", folder, name))
		return false;
	FILE *file = fopen(path, "wb");
	if (file == NULL)
		return false;
	const bool ok = fwrite(bytes->bytes, 1, bytes->length, file) == bytes->length;
	return fclose(file) == 0 && ok;
}

// The survey of the sample is small: this many times as much looks like one.
static void enlarge(struct report_sample *s, uint64_t times)
{
	for (size_t f = 0; f < SAMPLE_FAMILIES; f++) {
		struct report_lifetimes *l = &s->families[f].lifetimes;
		l->sources *= times;
		l->spells *= times;
		l->open_spells *= times;
		for (uint32_t i = 0; i < s->survey.day_count; i++) {
			struct report_survey_day *day = &s->families[f].days[i];
			day->packets *= times * 2;
			day->sources = day->active * times / 3;
			day->new_sources *= times;
			day->returned = day->new_sources / 7;
			day->recovered *= times;
			day->active *= times;
		}
	}
}

static bool write_figures(const char *folder, const struct report *report)
{
	static const char *const names[] = { "ports-telnet.svg",  "ports-others.svg",
		                             "port-families.svg", "concentration.svg",
		                             "networks.svg",      "accessibility.svg",
		                             "devices.svg" };
	bool ok = true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct buffer b = buffer_up_to(1 << 26);
		ok = ok && (i < 2    ? figure_ports(&b, report, i)
		            : i == 2 ? figure_port_families(&b, report)
		            : i == 3 ? figure_concentration(&b, report)
		            : i == 5 ? figure_accessibility(&b, report)
		            : i == 6 ? figure_models(&b, report)
		                     : figure_networks(&b, report));
		ok = ok && write_file(folder, names[i], &b);
		buffer_done(&b);
	}
	return ok;
}

static bool write_rules(const char *folder, const struct report *report)
{
	bool ok = true;
	for (size_t i = 0; i < report->rules->figure_count; i++) {
		struct buffer b = buffer_up_to(1 << 26);
		ok = ok && figure_rules(&b, report, i) &&
		     write_file(folder, report->rules->figures[i].file, &b);
		buffer_done(&b);
	}
	return ok;
}

static bool write_map(const char *folder, const struct report *report)
{
	struct buffer b = buffer_up_to(1 << 26);
	const bool ok = figure_countries(&b, report, false, true) &&
	                write_file(folder, "map.svg", &b);
	buffer_done(&b);
	return ok;
}

static bool write_page(const char *folder, struct report *report, enum lang lang, const char *name)
{
	struct buffer b = buffer_up_to(1 << 28);
	report->lang = lang;
	const bool ok = page_write(&b, report) && write_file(folder, name, &b);
	buffer_done(&b);
	return ok;
}

int main(int count, char **words)
{
	struct report_sample s;
	struct where_sample w;
	struct rules_sample r;
	struct devices_sample d;
	static struct variants_sample v;
	if (count != 2)
		return 2;
	sample_make(&s, WHERE_DAYS, false);
	enlarge(&s, 900);
	where_make(&w, &s, false);
	rules_sample_make(&r, &s, false);
	devices_make(&d, &s, false);
	variants_make(&v, &s, false);
	w.places.map = figure_countries;
	s.report.files.map_figure = "map.svg";
	const bool ok = write_page(words[1], &s.report, LANG_JA, "ja.html") &&
	                write_page(words[1], &s.report, LANG_EN, "en.html") &&
	                write_figures(words[1], &s.report) && write_map(words[1], &s.report) &&
	                write_rules(words[1], &s.report);
	rules_sample_done(&r);
	where_done(&w);
	sample_done(&s);
	return !ok;
}
