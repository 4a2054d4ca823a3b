// SPDX-License-Identifier: MIT
// Asks for all that the page says, at once.
#include "report/sections.h"

#include "base/memory.h"

// ---- what all sections ask about

// The first and the last of them, with data or lost.
static bool days_there_are(const struct description *d, struct day_range *out)
{
	struct day_range all = { INT32_MAX, INT32_MIN };
	if (d->day_count > 0)
		all = (struct day_range){ d->days[0], d->days[d->day_count - 1] };
	if (d->lost_count > 0 && d->lost[0].day < all.from)
		all.from = d->lost[0].day;
	if (d->lost_count > 0 && d->lost[d->lost_count - 1].day > all.to)
		all.to = d->lost[d->lost_count - 1].day;
	*out = all;
	return all.from <= all.to;
}

static void find_days(struct report_about *about)
{
	const struct description *d = about->description;
	const struct day_range wanted = about->options->days;
	struct day_range all;
	if (!days_there_are(d, &all))
		return;
	about->shown.from = wanted.from > all.from ? wanted.from : all.from;
	about->shown.to = wanted.to < all.to ? wanted.to : all.to;
	about->has_shown = about->shown.from <= about->shown.to;
	about->days_before = about->has_shown ? (uint32_t)(about->shown.from - all.from) : 0;
	for (size_t i = 0; about->has_shown && i < d->day_count; i++)
		if (day_range_holds(about->shown, d->days[i])) {
			about->has_data = true;
			about->last_day = d->days[i];
		}
	const int32_t recent = about->last_day - REPORT_RECENT_DAYS + 1;
	about->recent.from = recent > about->shown.from ? recent : about->shown.from;
	about->recent.to = about->last_day;
}

static void ask(struct sections *s, struct plan *plan)
{
	survey_section_ask(&s->survey, &s->about, plan);
	ledger_section_ask(&s->ledger, &s->about, plan);
	if (!s->about.has_data)
		return;
	ports_section_ask(&s->ports, &s->about, plan);
	places_section_ask(&s->places, &s->about, plan);
	prefixes_section_ask(&s->prefixes, &s->about, plan);
	devices_section_ask(&s->devices, &s->about, plan);
	variants_section_ask(&s->variants, &s->about, plan);
	rules_section_ask(&s->rules, &s->about, plan);
	const struct rules_question rules = rules_section_wanted(s->about.options);
	changes_section_ask(&s->changes, &s->about, &rules, plan);
}

static bool fill(struct sections *s, const struct plan *plan, struct error *error)
{
	if (!survey_section_fill(&s->survey, &s->about, plan, error) ||
	    !ledger_section_fill(&s->ledger, &s->about, plan, error))
		return false;
	if (!s->about.has_data)
		return true;
	if (!ports_section_fill(&s->ports, &s->about, plan, error) ||
	    !places_section_fill(&s->places, &s->about, plan, error) ||
	    !prefixes_section_fill(&s->prefixes, &s->about, plan, error) ||
	    !devices_section_fill(&s->devices, &s->about, plan, error) ||
	    !variants_section_fill(&s->variants, &s->about, plan, error) ||
	    !rules_section_fill(&s->rules, &s->about, &s->survey.shown, plan, error))
		return false;
	home_section_fill(&s->home, &s->about, &s->places, &s->prefixes);
	return changes_section_fill(&s->changes, &s->about, plan, error);
}

// ---- the page

static const struct report_files names = { .survey_csv = "survey.csv",
	                                   .lifetimes_csv = "lifetimes.csv",
	                                   .tools_csv = "tools.csv",
	                                   .ledger_csv = "ledger.csv",
	                                   .captures_csv = "captures.csv",
	                                   .reasons_csv = "reasons.csv",
	                                   .changes_csv = "changes.csv",
	                                   .ports_csv = "ports.csv",
	                                   .ports_last_day_csv = "ports-last-day.csv",
	                                   .prefixes_csv = "prefixes.csv",
	                                   .countries_csv = "countries.csv",
	                                   .countries_by_port_csv = "countries-by-port.csv",
	                                   .networks_csv = "networks.csv",
	                                   .networks_by_country_csv = "networks-by-country.csv",
	                                   .networks_by_port_csv = "networks-by-port.csv",
	                                   .home_csv = "home.csv",
	                                   .incidents_csv = "incidents.csv",
	                                   .rules_csv = "rules.csv",
	                                   .rules_timeline_csv = "rules-timeline.csv",
	                                   .rules_new_csv = "rules-new.csv",
	                                   .together_figure = "together.svg",
	                                   .lifetimes_figure = "lifetimes.svg",
	                                   .port_families_figure = "port-families.svg",
	                                   .map_figure = "map.svg",
	                                   .networks_figure = "networks.svg",
	                                   .concentration_figure = "concentration.svg",
	                                   .accessibility_csv = "accessibility.csv",
	                                   .accessibility_figure = "accessibility.svg",
	                                   .devices_csv = "devices.csv",
	                                   .devices_figure = "devices.svg",
	                                   .devices_by_port_csv = "devices-by-port.csv",
	                                   .devices_by_country_csv = "devices-by-country.csv",
	                                   .devices_by_day_csv = "devices-by-day.csv",
	                                   .variants_csv = "variants.csv",
	                                   .variants_table_csv = "variants-table.csv",
	                                   .variants_join_csv = "variants-join.csv",
	                                   .infected_csv = "infected.csv",
	                                   .variants_figure = "variants.svg",
	                                   .variant_countries_figure = "variants-by-country.svg",
	                                   .joined_figure = "joined.svg",
	                                   .infected_figure = "infected.svg" };

// What is not there is not named.
static struct report_files files_of(const struct report *report)
{
	struct report_files files = names;
	if (incidents_on_axis(report->incidents, report->survey->first_day,
	                      report->survey->day_count)
	            .count == 0)
		files.incidents_csv = NULL;
	if (report->ports == NULL)
		files.ports_csv = files.ports_last_day_csv = NULL;
	if (report->changes == NULL)
		files.changes_csv = NULL;
	if (report->places == NULL)
		files.countries_csv = files.countries_by_port_csv = files.networks_csv =
			files.networks_by_country_csv = files.networks_by_port_csv =
				files.prefixes_csv = NULL;
	if (report->home == NULL)
		files.home_csv = NULL;
	if (report->tool_count == 0)
		files.tools_csv = NULL;
	if (report->rules == NULL)
		files.rules_csv = files.rules_timeline_csv = files.rules_new_csv = NULL;
	if (report->accessibility == NULL)
		files.accessibility_csv = files.accessibility_figure = NULL;
	if (report->models == NULL || report->models->count == 0)
		files.devices_figure = files.devices_csv = files.devices_by_port_csv =
			files.devices_by_country_csv = files.devices_by_day_csv = NULL;
	if (report->variants == NULL)
		files.variants_csv = files.variants_table_csv = files.variants_join_csv =
			files.infected_csv = NULL;
	return files;
}

static void describe_data(struct sections *s)
{
	s->report.ports = &s->ports.report;
	s->report.rules = &s->rules.report;
	s->report.changes = &s->changes.found.changes;
	s->report.floods = &s->prefixes.report_floods;
	s->report.models = s->devices.has_models ? &s->devices.found : NULL;
	s->report.variants = s->variants.is_there ? &s->variants.report : NULL;
	s->report.accessibility = s->devices.has_accessibility ? &s->devices.report : NULL;
	if (!s->places.is_there)
		return;
	s->report.places = &s->places.report;
	s->report.home = s->home.report.count > 0 ? &s->home.report : NULL;
	s->report.networks = &s->places.report_networks;
	s->report.concentration = &s->prefixes.report;
}

static void describe(struct sections *s)
{
	const struct description *d = s->about.description;
	s->report = (struct report){ .lang = s->about.options->lang,
		                     .survey = &s->survey.shown,
		                     .families = s->survey.about,
		                     .telescope = d->telescope,
		                     .zone = d->zone->name,
		                     .incidents = s->about.options->incidents,
		                     .version = s->about.options->version,
		                     .tools = s->survey.tools,
		                     .tool_count = s->survey.tool_count,
		                     .ledger = s->ledger.report,
		                     .coverage = s->ledger.coverage_values };
	const struct caveat *simulated = caveats_find(&d->caveats, CAVEAT_SIMULATED);
	s->report.is_simulated = simulated != NULL;
	s->report.is_mixed = simulated != NULL && simulated->numbers[0] < simulated->numbers[1];
	if (s->about.has_data)
		describe_data(s);
	s->report.files = files_of(&s->report);
}

static void sections_done(struct sections *s)
{
	survey_section_done(&s->survey);
	ledger_section_done(&s->ledger);
	ports_section_done(&s->ports);
	places_section_done(&s->places);
	prefixes_section_done(&s->prefixes);
	devices_section_done(&s->devices);
	variants_section_done(&s->variants);
	rules_section_done(&s->rules);
	changes_section_done(&s->changes);
	memory_free(s);
}

// Which days are asked about depends on which have data: what is lost meanwhile is not the last day, nor one to
// compare it with. So it is planned anew then; no day is lost twice.
static bool ask_all(struct sections *s, struct plan *plan, struct engine *engine,
                    const struct limits *limits, struct error *error)
{
	const struct report_options *options = s->about.options;
	size_t lost;
	bool ok;
	do {
		plan_done(plan);
		*s = (struct sections){ .about = { .options = options,
			                           .description = engine_describe(engine) } };
		lost = s->about.description->lost_count;
		find_days(&s->about);
		ok = !s->about.has_data ||
		     ports_section_choose(&s->ports, &s->about, engine, limits, error);
		if (ok) {
			ask(s, plan);
			ok = plan_run(plan, engine, limits, error);
		}
	} while (ok && s->about.description->lost_count > lost);
	return ok;
}

bool report_make(struct engine *engine, const struct report_options *options,
                 const struct limits *limits, const struct report_folder *folder,
                 struct error *error)
{
	struct sections *s = memory_new(1, sizeof *s);
	struct plan *plan = memory_new(1, sizeof *plan);
	bool ok = (s != NULL && plan != NULL) || error_memory(error, "the report");
	if (ok) {
		s->about.options = options;
		ok = ask_all(s, plan, engine, limits, error) && fill(s, plan, error);
	}
	if (ok) {
		describe(s);
		ok = report_files(s, plan, folder, error);
	}
	if (s != NULL)
		sections_done(s);
	if (plan != NULL)
		plan_done(plan);
	memory_free(plan);
	return ok;
}
