// SPDX-License-Identifier: MIT
// Asks the store for all that the page says.
#include "cmd/report_material.h"

#include "cmd/reasons.h"

#include "base/memory.h"
#include "base/text.h"

// Names of figures are made of fingerprint names: a-z 0-9 - _, or "*".
static void describe_family(struct material *m, size_t i, const struct fingerprint_set *set)
{
	const char *name = m->survey.families[i].name;
	const struct fingerprint *f = fingerprint_find(set, name, NULL);
	text_format(m->figure_files[i], REPORT_FILE_SIZE, "%s.svg", f != NULL ? name : "all");
	m->families[i] = (struct report_family){
		.name = name,
		.what = f != NULL ? f->rule : "all SYNs",
		.source = f != NULL ? f->source : NULL,
		.strength = f != NULL ? f->strength : NULL,
		.is_malware = f != NULL && f->kind == FINGERPRINT_FAMILY,
		.figure_file = m->figure_files[i],
	};
}

static struct report_flaw flaw_of(const struct ingest_detail *d)
{
	return (struct report_flaw){ kind_names[d->kind],
		                     d->link_type,
		                     d->link_type < 0 ? NULL
		                                      : decode_link_name((uint16_t)d->link_type),
		                     reason_names[d->reason],
		                     d->number,
		                     d->frames };
}

// What was not understood, over all captures; IPv6 belongs to it, and needs no reason.
static bool gather_flaws(struct material *m, struct error *error)
{
	struct reasons r;
	if (!report_reasons_gather(m->captures, m->capture_count, &r, error))
		return false;
	m->flaws = memory_new(r.count + 1, sizeof *m->flaws);
	const uint64_t ipv6 = m->totals[KIND_IPV6];
	size_t i = 0;
	if (m->flaws != NULL) {
		for (; i < r.count && r.rows[i].kind < KIND_IPV6; i++)
			m->flaws[m->flaw_count++] = flaw_of(&r.rows[i]);
		if (ipv6 > 0)
			m->flaws[m->flaw_count++] = (struct report_flaw){
				.counter = kind_names[KIND_IPV6], .link_type = -1, .frames = ipv6
			};
		for (; i < r.count; i++)
			m->flaws[m->flaw_count++] = flaw_of(&r.rows[i]);
	}
	report_reasons_done(&r);
	return m->flaws != NULL || error_memory(error, "the report");
}

static bool show_lifetimes(const struct survey *s, size_t f, struct report_lifetimes *out)
{
	const struct lifetimes *l = &s->families[f].lifetimes;
	double *survival = memory_new((size_t)s->day_count + 1, sizeof *survival);
	uint32_t longest = s->day_count;
	if (survival == NULL)
		return false;
	lifetimes_survival(l, s->day_count, survival);
	while (longest > 0 && l->ended[longest] == 0 && l->open[longest] == 0)
		longest--;
	*out = (struct report_lifetimes){ survey_is_unknown(s, f),
		                          l->sources,
		                          l->spells,
		                          l->open_spells,
		                          l->mean_days,
		                          l->median_days,
		                          l->p90_days,
		                          l->kaplan_meier_median_days,
		                          survival,
		                          (size_t)longest + 1 };
	return true;
}

static bool show_family(struct material *m, size_t f, uint32_t begin)
{
	const struct survey_family *family = &m->survey.families[f];
	struct report_survey_family *out = &m->shown_families[f];
	out->name = family->name;
	out->is_fingerprint = family->is_fingerprint;
	out->days = memory_new((size_t)m->shown.day_count + 1, sizeof *out->days);
	for (uint32_t i = 0; out->days != NULL && i < m->shown.day_count; i++) {
		const struct survey_day *d = &family->days[begin + i];
		out->days[i] = (struct report_survey_day){
			d->packets,   d->sources,        d->new_sources,          d->returned,
			d->recovered, d->cumulative_new, d->cumulative_recovered, d->active
		};
	}
	return out->days != NULL && show_lifetimes(&m->survey, f, &out->lifetimes);
}

// The page shows the days asked for; what is counted on them is counted over all.
static bool clip(struct material *m)
{
	const struct analysis_command *c = &m->options->survey.analysis;
	uint32_t begin = 0, end = m->survey.day_count;
	while (begin < end && !analysis_wants_day(c, m->survey.first_day + (int32_t)begin))
		begin++;
	while (end > begin && !analysis_wants_day(c, m->survey.first_day + (int32_t)end - 1))
		end--;
	m->shown = (struct report_survey){ .gap_days = m->survey.gap_days,
		                           .first_day = m->survey.first_day + (int32_t)begin,
		                           .day_count = end - begin,
		                           .has_data = m->survey.has_data + begin,
		                           .has_unknown = m->survey.has_unknown + begin,
		                           .families = m->shown_families,
		                           .family_count = m->survey.family_count };
	for (size_t f = 0; f < m->survey.family_count; f++)
		if (!show_family(m, f, begin))
			return false;
	return true;
}

static bool gather_coverage(struct material *m, struct error *error)
{
	struct coverage c;
	if (!coverage_make(store_holdings(m->dataset->store), &c, error))
		return false;
	m->coverage = memory_new((size_t)m->shown.day_count + 1, sizeof *m->coverage);
	for (uint32_t i = 0; m->coverage != NULL && i < m->shown.day_count; i++) {
		const struct coverage_day *day = coverage_on(&c, m->shown.first_day + (int32_t)i);
		m->coverage[i] = day != NULL ? coverage_share(day) : 0;
	}
	coverage_done(&c);
	return m->coverage != NULL || error_memory(error, "the report");
}

static bool gather_survey(struct material *m, struct error *error)
{
	struct store *store = m->dataset->store;
	if (!survey_make(store, &m->options->survey, &all_days, &m->survey, error))
		return false;
	for (size_t i = 0; i < m->survey.family_count; i++)
		describe_family(m, i, &store_settings(store)->fingerprints);
	return (clip(m) || error_memory(error, "the report")) && gather_coverage(m, error);
}

static bool gather_ledger(struct material *m, struct error *error)
{
	size_t simulated = 0, with_packets = 0;
	if (!store_captures(m->dataset->store, &m->captures, &m->capture_count, error))
		return false;
	m->report_captures = memory_new(m->capture_count + 1, sizeof *m->report_captures);
	if (m->report_captures == NULL)
		return error_memory(error, "the report");
	for (size_t i = 0; i < m->capture_count; i++) {
		const struct store_capture *c = &m->captures[i];
		simulated += c->is_simulated;
		if (c->ledger == NULL)
			continue;
		m->report_captures[with_packets++] = (struct report_capture){ c->name,
			                                                      c->ledger->frames,
			                                                      c->damage };
		for (unsigned kind = 0; kind < KIND_COUNT; kind++)
			m->totals[kind] += c->ledger->frames[kind];
	}
	m->report.is_simulated = simulated > 0;
	m->report.is_mixed = simulated > 0 && simulated < m->capture_count;
	if (!gather_flaws(m, error))
		return false;
	m->report.ledger = (struct report_ledger){ .counters = kind_names,
		                                   .totals = m->totals,
		                                   .counter_count = KIND_COUNT,
		                                   .captures = m->report_captures,
		                                   .capture_count = with_packets,
		                                   .flaws = m->flaws,
		                                   .flaw_count = m->flaw_count };
	return true;
}

// ---- who and where

// False: no day of the page has data, so there is nothing to ask.
static bool find_last_day(const struct report_survey *shown, int32_t *out)
{
	for (uint32_t i = shown->day_count; i > 0; i--)
		if (shown->has_data[i - 1]) {
			*out = shown->first_day + (int32_t)i - 1;
			return true;
		}
	return false;
}

// Suspects of the recent days. Counting them is leaving them out of something.
static bool gather_floods(struct material *m, const struct report_question *q, struct error *error)
{
	struct source_choice choice = report_choice(q, report_recent(q));
	struct prefixes found;
	choice.without_floods = true;
	if (!prefixes_run(store_holdings(q->dataset->store), &choice, PREFIX_BITS_MIN, &found,
	                  error))
		return false;
	m->floods = (struct report_floods){ .source_days = found.seen.left_out.source_days,
		                            .days = found.seen.left_out.days,
		                            .days_unseen = found.seen.left_out.days_unseen,
		                            .are_left_out = q->without_floods };
	prefixes_done(&found);
	m->report.floods = &m->floods;
	return true;
}

// Sources that are hashes are in no network.
static bool gather_places(struct material *m, const struct report_question *q, struct error *error)
{
	bool has_hashes, has_addresses;
	if (!store_source_kinds(q->dataset->store, &has_hashes, &has_addresses, error))
		return false;
	if (has_hashes)
		return true;
	if (!report_places_fill(&m->places, q, error) ||
	    !report_prefixes_fill(&m->prefixes, q, error))
		return false;
	m->report.places = &m->places.places;
	m->report.networks = &m->places.report_networks;
	m->report.concentration = &m->prefixes.concentration;
	return true;
}

static bool gather_where(struct material *m, struct error *error)
{
	struct report_question q = { .analysis = &m->options->survey.analysis,
		                     .dataset = m->dataset,
		                     .shown = &m->shown,
		                     .lang = m->options->lang,
		                     .without_floods = m->options->survey.analysis.without_floods,
		                     .ports = m->options->port_list,
		                     .port_count = m->options->port_count,
		                     .is_log = m->options->is_log,
		                     .support_min = m->options->support_min,
		                     .confidence_min = m->options->confidence_min };
	if (!find_last_day(&m->shown, &q.last_day))
		return true;
	if (!report_ports_fill(&m->ports, &q, error) || !gather_places(m, &q, error) ||
	    !gather_floods(m, &q, error) || !report_rules_fill(&m->rules, &q, error))
		return false;
	report_changes_fill(&m->changes, &q, &m->ports, &m->places);
	m->report.ports = &m->ports.ports;
	m->report.rules = &m->rules.rules;
	m->report.changes = &m->changes.changes;
	return true;
}

bool material_gather(struct material *m, struct error *error)
{
	const struct store_settings *settings = store_settings(m->dataset->store);
	m->report = (struct report){
		.lang = m->options->lang,
		.survey = &m->shown,
		.families = m->families,
		.telescope = settings->telescope,
		.zone = settings->zone.name,
		.version = HOTARU_VERSION,
		.files = { .survey_csv = "survey.csv",
		           .lifetimes_csv = "lifetimes.csv",
		           .ledger_csv = "ledger.csv",
		           .changes_csv = "changes.csv",
		           .ports_csv = "ports.csv",
		           .prefixes_csv = "prefixes.csv",
		           .countries_csv = "countries.csv",
		           .countries_by_port_csv = "countries-by-port.csv",
		           .networks_csv = "networks.csv",
		           .networks_by_country_csv = "networks-by-country.csv",
		           .rules_csv = "rules.csv",
		           .rules_timeline_csv = "rules-timeline.csv",
		           .rules_new_csv = "rules-new.csv",
		           .together_figure = "together.svg",
		           .lifetimes_figure = "lifetimes.svg",
		           .port_families_figure = "port-families.svg",
		           .map_figure = "map.svg",
		           .networks_figure = "networks.svg",
		           .concentration_figure = "concentration.svg" },
	};
	if (!gather_survey(m, error) || !gather_ledger(m, error) || !gather_where(m, error))
		return false;
	m->report.coverage = m->coverage;
	return true;
}

void material_done(struct material *m)
{
	survey_done(&m->survey);
	for (size_t i = 0; i < FAMILIES_MAX; i++) {
		memory_free(m->shown_families[i].days);
		memory_free((void *)m->shown_families[i].lifetimes.survival);
	}
	store_captures_done(m->captures, m->capture_count);
	report_ports_done(&m->ports);
	report_places_done(&m->places);
	report_prefixes_done(&m->prefixes);
	report_rules_done(&m->rules);
	memory_free(m->report_captures);
	memory_free(m->flaws);
	memory_free(m->coverage);
}
