// SPDX-License-Identifier: MIT
// Countries and networks on the page: of the recent days, by port and by country, and of the days
// that are compared with the last one.
#include "cmd/atlas.h"
#include "cmd/report_parts.h"

#include "base/memory.h"
#include "base/text.h"

static const uint16_t across[REPORT_ACROSS_PORTS] = { 23,   2323, 22, 2222, 5358,
	                                              7547, 80,   81, 88,   8080 };
static const char how_to_get[] = "tools/fetch-databases DIR";

static const char *name_of(const struct place *place, enum place_kind kind, enum lang lang)
{
	const char *name = kind == PLACE_COUNTRY ? place_country_name(place->id, lang == LANG_JA)
	                                         : NULL;
	return name != NULL ? name : place->name;
}

static struct report_place text_of(const struct places_row *row, enum place_kind kind,
                                   enum lang lang)
{
	return (struct report_place){ row->place.id, name_of(&row->place, kind, lang),
		                      row->sources };
}

// ---- asking

static int32_t compared_day(const struct report_question *q, size_t which)
{
	static const int32_t back[] = {
		[REPORT_LAST_DAY] = 0, [REPORT_DAY_BEFORE] = 1, [REPORT_WEEK_BEFORE] = 7
	};
	return q->last_day - back[which];
}

static bool has_day(const struct store *store, int32_t day)
{
	for (size_t i = 0; i < store_segment_count(store); i++)
		if (store_segment_at(store, i)->day == day)
			return true;
	return false;
}

static bool compare_days(struct report_found *found, const struct report_question *q,
                         struct error *error)
{
	for (size_t i = 0; i < REPORT_COMPARED; i++) {
		const int32_t day = compared_day(q, i);
		const struct source_choice choice = report_choice(q,
		                                                  (struct day_range){ day, day });
		const struct places_request request = { .atlas = found->atlas };
		if (!has_day(q->dataset->store, day))
			continue;
		if (!places_run(store_holdings(q->dataset->store), &choice, &request,
		                &found->compared[i], error))
			return false;
		found->is_compared[i] = true;
	}
	return true;
}

static void list_databases(struct report_found *found)
{
	for (size_t i = 0; i < place_origin_count(found->atlas) && i < REPORT_DATABASES_MAX; i++) {
		const struct place_origin origin = place_origin_at(found->atlas, i);
		const char *slash = strrchr(origin.name, '/');
		text_copy(found->names[i], sizeof found->names[i],
		          slash != NULL ? slash + 1 : origin.name);
		text_copy(found->types[i], sizeof found->types[i], origin.type);
		found->databases[i] = (struct report_database){ .name = found->names[i],
			                                        .type = found->types[i],
			                                        .built_day = origin.built_day,
			                                        .from = origin.from,
			                                        .to = origin.to };
	}
}

static struct report_databases databases_of(const struct report_found *found)
{
	const size_t count = place_origin_count(found->atlas);
	return (struct report_databases){
		.entries = found->databases,
		.count = count < REPORT_DATABASES_MAX ? count : REPORT_DATABASES_MAX,
		.how_to_get = how_to_get,
	};
}

// ---- as the page wants it

static bool copy_rows(const struct places *places, enum place_kind kind, enum lang lang,
                      struct report_place **out)
{
	size_t count = 0, next = 0;
	for (size_t g = 0; g < places->group_count; g++)
		count += places->groups[g].count;
	*out = memory_new(count + 1, sizeof **out);
	for (size_t g = 0; *out != NULL && g < places->group_count; g++)
		for (size_t i = 0; i < places->groups[g].count; i++)
			(*out)[next++] = text_of(&places->groups[g].rows[i], kind, lang);
	return *out != NULL;
}

static bool fill_found(struct report_found *found, enum place_kind kind,
                       const struct report_question *q, struct error *error)
{
	list_databases(found);
	return (copy_rows(&found->all, kind, q->lang, &found->rows) &&
	        copy_rows(&found->grouped, kind, q->lang, &found->group_rows)) ||
	       error_memory(error, "the places of the report");
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void fill_by_port(struct report_places_part *part)
{
	const struct places *grouped = &part->countries.grouped;
	const struct report_place *rows = part->countries.group_rows;
	for (size_t g = 0; g < grouped->group_count; rows += grouped->groups[g++].count)
		if (grouped->groups[g].sources > 0)
			part->by_port[part->places.port_count++] = (struct report_port_places){
				.port = { .number = grouped->groups[g].port },
				.sources = grouped->groups[g].sources,
				.top = rows,
				.top_count = least(grouped->groups[g].count, REPORT_ACROSS_PLACES),
			};
	part->places.by_port = part->by_port;
}

static void fill_by_country(struct report_places_part *part, enum lang lang)
{
	const struct places *grouped = &part->networks.grouped;
	const struct report_place *rows = part->networks.group_rows;
	struct report_networks *networks = &part->report_networks;
	for (size_t g = 0; g < grouped->group_count && networks->country_count < REPORT_COUNTRIES;
	     rows += grouped->groups[g++].count) {
		const struct places_group *group = &grouped->groups[g];
		part->by_country[networks->country_count++] = (struct report_country_networks){
			.country = { group->country.id,
			             name_of(&group->country, PLACE_COUNTRY, lang),
			             group->sources },
			.top = rows,
			.top_count = least(group->count, REPORT_NETWORKS_EACH),
		};
	}
	networks->by_country = part->by_country;
}

static bool ask(struct report_places_part *part, const struct report_question *q,
                struct error *error)
{
	struct store *store = q->dataset->store;
	struct source_choice choice = report_choice(q, report_recent(q));
	struct source_choice ports = choice;
	// The page has the hint how to get databases.
	struct analysis_command analysis = *q->analysis;
	analysis.take.common.quiet = true;
	ports.ports = across;
	ports.port_count = REPORT_ACROSS_PORTS;
	if (!atlas_open(PLACE_COUNTRY, &analysis, q->dataset, &part->countries.atlas, error) ||
	    !atlas_open(PLACE_NETWORK, &analysis, q->dataset, &part->networks.atlas, error))
		return false;
	const struct places_request countries = { .atlas = part->countries.atlas };
	const struct places_request by_port = { .atlas = part->countries.atlas,
		                                .is_by_port = true };
	const struct places_request networks = { .atlas = part->networks.atlas };
	const struct places_request by_country = { .atlas = part->networks.atlas,
		                                   .countries = part->countries.atlas };
	return places_run(store_holdings(store), &choice, &countries, &part->countries.all,
	                  error) &&
	       places_run(store_holdings(store), &ports, &by_port, &part->countries.grouped,
	                  error) &&
	       places_run(store_holdings(store), &choice, &networks, &part->networks.all, error) &&
	       places_run(store_holdings(store), &choice, &by_country, &part->networks.grouped,
	                  error) &&
	       compare_days(&part->countries, q, error) &&
	       compare_days(&part->networks, q, error) &&
	       fill_found(&part->countries, PLACE_COUNTRY, q, error) &&
	       fill_found(&part->networks, PLACE_NETWORK, q, error);
}

bool report_places_fill(struct report_places_part *part, const struct report_question *q,
                        struct error *error)
{
	const struct day_range recent = report_recent(q);
	if (!ask(part, q, error))
		return false;
	part->places = (struct report_places){
		.from = recent.from,
		.to = recent.to,
		.sources = part->countries.all.sources,
		.countries = part->countries.rows,
		.country_count = part->countries.all.groups[0].count,
		.databases = databases_of(&part->countries),
		.map = figure_countries,
	};
	part->report_networks = (struct report_networks){
		.from = recent.from,
		.to = recent.to,
		.sources = part->networks.all.sources,
		.networks = part->networks.rows,
		.network_count = part->networks.all.groups[0].count,
		.databases = databases_of(&part->networks),
	};
	fill_by_port(part);
	fill_by_country(part, q->lang);
	return true;
}

static void found_done(struct report_found *found)
{
	places_done(&found->all);
	places_done(&found->grouped);
	for (size_t i = 0; i < REPORT_COMPARED; i++)
		places_done(&found->compared[i]);
	memory_free(found->rows);
	memory_free(found->group_rows);
	place_atlas_close(found->atlas);
}

void report_places_done(struct report_places_part *part)
{
	found_done(&part->countries);
	found_done(&part->networks);
}
