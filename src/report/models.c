// SPDX-License-Identifier: MIT
// Clusters of hosts that answered alike, by infected hosts.
#include "report/sections.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

// Of more different answers nobody is clustered for a page: 8,000 take 128 MB and about two seconds.
enum { ANSWERS_MAX = 8000 };

void models_ask(struct devices_section *s, const struct report_about *about, struct plan *plan)
{
	struct question q = { .kind = QUESTION_DEVICES,
		              .days = s->days,
		              .families = &s->family,
		              .without_floods = about->options->without_floods,
		              .devices = { .vectors_max = ANSWERS_MAX } };
	s->family = "mirai";
	q.family_count = report_fingerprint(about, s->family) != NULL;
	if (q.family_count == 0)
		s->family = NULL;
	q.devices.has_labels = about->description->has_labels;
	s->clusters = plan_ask(plan, &q);
	q.devices.by = DEVICES_BY_PORT;
	s->by_port = plan_ask(plan, &q);
	q.devices.by = DEVICES_BY_COUNTRY;
	s->by_country = plan_ask(plan, &q);
	q.devices.by = DEVICES_BY_DAY;
	s->by_day = plan_ask(plan, &q);
}

static void fill_labels(struct devices_section *s, const struct answer *a,
                        const struct caveat *labels)
{
	const size_t label = answer_column(a, "label"), share = answer_column(a, "label_share");
	s->found.has_labels = true;
	s->found.labelled = labels->numbers[0];
	s->found.rules_gave_up = labels->numbers[1];
	for (size_t row = 0; row < a->row_count; row++) {
		s->models[row].label = answer_text(a, row, label);
		s->models[row].label_share = answer_real(a, row, share);
	}
}

static void fill_models(struct devices_section *s, const struct answer *a)
{
	const size_t cluster = answer_column(a, "cluster"), hosts = answer_column(a, "hosts"),
		     infected = answer_column(a, "infected"), ports = answer_column(a, "ports"),
		     banner = answer_column(a, "banner"), nearest = answer_column(a, "nearest"),
		     distance = answer_column(a, "nearest_distance"),
		     tells = answer_column(a, "tells");
	for (size_t row = 0; row < a->row_count; row++)
		s->models[row] = (struct report_model){
			.cluster = (uint32_t)answer_number(a, row, cluster),
			.hosts = answer_number(a, row, hosts),
			.infected = answer_number(a, row, infected),
			.ports = answer_text(a, row, ports),
			.banner = answer_text(a, row, banner),
			.nearest = (uint32_t)answer_number(a, row, nearest),
			.nearest_distance = answer_real(a, row, distance),
			.tells = answer_text(a, row, tells),
		};
}

// Clusters are numbered from 1, and are there in that order.
static struct report_model *model_of(struct devices_section *s, const struct answer *a, size_t row)
{
	return &s->models[answer_number(a, row, answer_column(a, "cluster")) - 1];
}

static void fill_ports(struct devices_section *s, const struct answer *a)
{
	const size_t port = answer_column(a, "attacked_port"),
		     infected = answer_column(a, "infected");
	for (size_t row = 0; row < a->row_count; row++) {
		struct report_model *model = model_of(s, a, row);
		if (model->attacked_count < REPORT_MODEL_PORTS)
			model->attacked[model->attacked_count++] = (struct report_model_port){
				(uint16_t)answer_number(a, row, port),
				answer_number(a, row, infected)
			};
	}
}

static struct report_place place_of(const struct answer *a, size_t row, size_t country, size_t name,
                                    enum lang lang)
{
	const char *id = answer_text(a, row, country);
	const char *own = place_country_name(id, lang == LANG_JA);
	return (struct report_place){ id, own != NULL ? own : answer_text(a, row, name), 0, false };
}

static void fill_places(struct devices_section *s, const struct answer *a, enum lang lang)
{
	const size_t country = answer_column(a, "country"), name = answer_column(a, "name"),
		     infected = answer_column(a, "infected");
	for (size_t row = 0; row < a->row_count; row++) {
		struct report_model *model = model_of(s, a, row);
		if (model->place_count == REPORT_MODEL_PLACES)
			continue;
		struct report_place *place = &model->places[model->place_count++];
		*place = place_of(a, row, country, name, lang);
		place->sources = answer_number(a, row, infected);
	}
}

static void fill_days(struct devices_section *s, const struct answer *a)
{
	const size_t day = answer_column(a, "day"), infected = answer_column(a, "infected");
	for (size_t row = 0; row < a->row_count; row++) {
		struct report_model *model = model_of(s, a, row);
		model->last_day = answer_day(a, row, day);
		if (model->days++ == 0)
			model->first_day = model->last_day;
		if (answer_number(a, row, infected) > model->peak) {
			model->peak = answer_number(a, row, infected);
			model->peak_day = model->last_day;
		}
	}
}

// Those with the most infected hosts, of equal ones the largest; hosts that nobody is like are no model.
static void choose_cards(struct report_models *of)
{
	for (size_t i = 0; i < of->count; i++) {
		const struct report_model *model = &of->models[i];
		size_t at = of->card_count;
		if (model->infected == 0 || model->hosts < 2)
			continue;
		for (; at > 0 && of->cards[at - 1]->infected < model->infected; at--)
			if (at < REPORT_MODEL_CARDS)
				of->cards[at] = of->cards[at - 1];
		if (at < REPORT_MODEL_CARDS)
			of->cards[at] = model;
		of->card_count += of->card_count < REPORT_MODEL_CARDS;
	}
}

// ---- days and countries, by the clusters of the cards

static void add_to(struct report_mix *mix, const struct report_models *of, uint64_t cluster,
                   uint64_t infected)
{
	mix->infected += infected;
	for (size_t i = 0; i < of->card_count; i++)
		if (of->cards[i]->cluster == cluster)
			mix->of_cards[i] += infected;
}

static void mix_days(struct devices_section *s, const struct answer *a)
{
	const size_t cluster = answer_column(a, "cluster"), day = answer_column(a, "day"),
		     infected = answer_column(a, "infected");
	size_t kept = 0;
	for (size_t i = 0; i < REPORT_MIX_DAYS; i++)
		s->mixed_days[i] = (struct report_mix){ .day = s->days.from + (int32_t)i };
	for (size_t row = 0; row < a->row_count; row++) {
		const int64_t at = (int64_t)answer_day(a, row, day) - s->days.from;
		if (at >= 0 && at < REPORT_MIX_DAYS)
			add_to(&s->mixed_days[at], &s->found, answer_number(a, row, cluster),
			       answer_number(a, row, infected));
	}
	for (size_t i = 0; i < REPORT_MIX_DAYS; i++)
		if (s->mixed_days[i].infected > 0)
			s->mixed_days[kept++] = s->mixed_days[i];
	s->found.days = s->mixed_days;
	s->found.day_count = kept;
}

static struct report_mix *mix_of(struct devices_section *s, const char *id)
{
	size_t at = 0;
	while (at < s->found.countries_all && !text_equal(s->mixed_countries[at].place.id, id))
		at++;
	s->found.countries_all += at == s->found.countries_all;
	s->mixed_countries[at].place.id = id;
	return &s->mixed_countries[at];
}

static int by_infected(const void *a, const void *b)
{
	const struct report_mix *x = a, *y = b;
	if (x->infected != y->infected)
		return x->infected > y->infected ? -1 : 1;
	return strcmp(x->place.id, y->place.id);
}

static bool mix_countries(struct devices_section *s, const struct answer *a, enum lang lang,
                          struct error *error)
{
	const size_t cluster = answer_column(a, "cluster"), country = answer_column(a, "country"),
		     name = answer_column(a, "name"), infected = answer_column(a, "infected");
	s->mixed_countries = memory_new(a->row_count + 1, sizeof *s->mixed_countries);
	if (s->mixed_countries == NULL)
		return error_memory(error, "countries of clusters");
	for (size_t row = 0; row < a->row_count; row++) {
		struct report_mix *mix = mix_of(s, answer_text(a, row, country));
		mix->place = place_of(a, row, country, name, lang);
		add_to(mix, &s->found, answer_number(a, row, cluster),
		       answer_number(a, row, infected));
	}
	struct report_models *found = &s->found;
	qsort(s->mixed_countries, found->countries_all, sizeof *s->mixed_countries, by_infected);
	found->countries = s->mixed_countries;
	found->country_count = found->countries_all < REPORT_MIX_COUNTRIES ? found->countries_all
	                                                                   : REPORT_MIX_COUNTRIES;
	return true;
}

bool models_fill(struct devices_section *s, const struct report_about *about,
                 const struct plan *plan, struct error *error)
{
	const struct answer *a = plan_answer(plan, s->clusters);
	const struct caveat *of = caveats_find(plan_caveats(plan, s->clusters), CAVEAT_DEVICES);
	s->has_models = of->numbers[0] > 0;
	s->models = memory_new(a->row_count + 1, sizeof *s->models);
	if (s->models == NULL)
		return error_memory(error, "clusters");
	s->found = (struct report_models){ .from = s->days.from,
		                           .to = s->days.to,
		                           .is_past = s->days.to < about->last_day,
		                           .family = s->family,
		                           .hosts = of->numbers[0],
		                           .answers = of->numbers[1],
		                           .are_too_many = of->numbers[2] != 0,
		                           .sources = of->numbers[3],
		                           .answered = of->numbers[4],
		                           .models = s->models,
		                           .count = a->row_count };
	fill_models(s, a);
	const struct caveat *labels = caveats_find(plan_caveats(plan, s->clusters), CAVEAT_LABELS);
	if (labels != NULL)
		fill_labels(s, a, labels);
	fill_ports(s, plan_answer(plan, s->by_port));
	if (about->description->database_count > 0)
		fill_places(s, plan_answer(plan, s->by_country), about->options->lang);
	fill_days(s, plan_answer(plan, s->by_day));
	choose_cards(&s->found);
	mix_days(s, plan_answer(plan, s->by_day));
	return about->description->database_count == 0 ||
	       mix_countries(s, plan_answer(plan, s->by_country), about->options->lang, error);
}
