// SPDX-License-Identifier: MIT
// Families, ports and places: what changed of them is a matter of their counts by day.
#include "answer/local/changes.h"

#include "analyse/survey/survey.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static struct day_range days_of(const struct changes_run *run)
{
	return (struct day_range){ run->first, run->to };
}

static uint32_t count_of(uint64_t sources)
{
	return sources < UINT32_MAX ? (uint32_t)sources : UINT32_MAX;
}

// ---- families

static bool judge_family(struct changes_run *run, const struct survey *s, size_t family,
                         uint32_t *counts, bool *is_known, struct error *error)
{
	struct change_days days = run->days;
	const struct survey_family *f = &s->families[family];
	days.is_known = is_known;
	for (uint32_t i = 0; i < run->days.count; i++) {
		const int64_t at = (int64_t)run->first + i - s->first_day;
		const bool is_there = at >= 0 && at < s->day_count;
		counts[i] = is_there ? count_of(f->days[at].sources) : 0;
		is_known[i] = run->is_known[i] && is_there &&
		              survey_is_known(s, family, (uint32_t)at);
	}
	return changes_judge(run, &days, SUBJECT_FAMILY, f->name, "", counts, error);
}

bool changes_of_families(struct changes_run *run, struct error *error)
{
	const struct question *q = run->question;
	const struct day_range days = days_of(run);
	const struct survey_request request = { .families = q->families,
		                                .family_count = q->family_count,
		                                .gap_days = SURVEY_GAP_NONE,
		                                .window = &days,
		                                .threads = run->answering->limits->threads };
	struct survey survey;
	if (q->family_count == 0)
		return true;
	if (!survey_run(run->answering->holdings, &request, &survey, error))
		return false;
	uint32_t *counts = memory_new(run->days.count, sizeof *counts);
	bool *is_known = memory_new(run->days.count, sizeof *is_known);
	bool ok = (counts != NULL && is_known != NULL) || error_memory(error, "an answer");
	for (size_t f = 0; ok && f < survey.family_count; f++)
		ok = judge_family(run, &survey, f, counts, is_known, error);
	memory_free(counts);
	memory_free(is_known);
	survey_done(&survey);
	return ok;
}

// ---- ports

enum { PROTOCOLS = 2, PORT_NUMBERS = 65536 };

struct port_counts_by_day {
	const struct changes_run *run;
	uint32_t **counts;  // [PROTOCOLS * PORT_NUMBERS]: NULL: nobody sent anything to it
	bool is_out_of_memory;
};

static bool take_ports(void *context, const struct ports_day *day)
{
	struct port_counts_by_day *p = context;
	for (size_t i = 0; i < day->row_count; i++) {
		const struct port_row *row = &day->rows[i];
		if (!row->is_known)
			continue;
		uint32_t **counts =
			&p->counts[(row->protocol == SOURCE_UDP) * PORT_NUMBERS + row->port];
		if (*counts == NULL)
			*counts = memory_new(p->run->days.count, sizeof **counts);
		p->is_out_of_memory |= *counts == NULL;
		if (*counts == NULL)
			return false;
		(*counts)[day->day - p->run->first] = count_of(row->sources);
	}
	return true;
}

static bool judge_ports(struct changes_run *run, const struct port_counts_by_day *p,
                        struct error *error)
{
	bool ok = true;
	for (unsigned i = 0; ok && i < PROTOCOLS * PORT_NUMBERS; i++) {
		char id[16];
		if (p->counts[i] == NULL)
			continue;
		text_format(id, sizeof id, "%s/%u", i < PORT_NUMBERS ? "tcp" : "udp",
		            i % PORT_NUMBERS);
		ok = changes_judge(run, &run->days, SUBJECT_PORT, id, "", p->counts[i], error);
	}
	return ok;
}

bool changes_of_ports(struct changes_run *run, struct error *error)
{
	static const char *const all[] = { "*" };
	const struct day_range days = days_of(run);
	struct port_counts_by_day found = { run };
	found.counts = memory_new(PROTOCOLS * PORT_NUMBERS, sizeof *found.counts);
	if (found.counts == NULL)
		return error_memory(error, "an answer");
	const struct ports_request request = { .families = all,
		                               .family_count = 1,
		                               .protocols = { true, true },
		                               .window = &days,
		                               .without_floods = run->question->without_floods,
		                               .each = take_ports,
		                               .context = &found };
	bool ok = ports_run(run->answering->holdings, &request, 1, run->answering->limits->threads,
	                    error);
	if (ok && found.is_out_of_memory)
		ok = error_memory(error, "an answer");
	ok = ok && judge_ports(run, &found, error);
	for (size_t i = 0; i < PROTOCOLS * PORT_NUMBERS; i++)
		memory_free(found.counts[i]);
	memory_free(found.counts);
	return ok;
}

// ---- places

// Sources of a place on a day.
struct place_count {
	char id[PLACE_ID_SIZE];
	uint32_t day, sources;
};

struct place_counts {
	struct place_atlas *atlas;  // NULL: nobody knows where anything is
	struct place_count *list;
	size_t count, room;
	uint64_t *totals;  // [days.count]
};

static bool take_places(struct place_counts *c, const struct places *found, uint32_t day,
                        struct error *error)
{
	for (size_t g = 0; g < found->group_count; g++)
		for (size_t i = 0; i < found->groups[g].count; i++) {
			const struct places_row *row = &found->groups[g].rows[i];
			if (c->count == c->room) {
				const size_t room = 2 * c->room + 4096;
				struct place_count *list = memory_resize(c->list, room,
				                                         sizeof *list);
				if (list == NULL)
					return error_memory(error, "an answer");
				c->list = list;
				c->room = room;
			}
			struct place_count *out = &c->list[c->count++];
			*out = (struct place_count){ .day = day,
				                     .sources = count_of(row->sources) };
			text_format(out->id, sizeof out->id, "%s", row->place.id);
			c->totals[day] += row->sources;
		}
	return true;
}

static bool count_places(struct changes_run *run, struct place_counts counts[PLACE_KINDS],
                         uint32_t day, struct error *error)
{
	const int32_t date = run->first + (int32_t)day;
	const struct source_choice choice = { .window = { date, date },
		                              .protocol = SOURCE_TCP,
		                              .without_floods = run->question->without_floods,
		                              .threads = run->answering->limits->threads };
	struct where_request requests[PLACE_KINDS] = { 0 };
	struct where_found found[PLACE_KINDS] = { 0 };
	size_t count = 0, asked[PLACE_KINDS];
	for (size_t kind = 0; kind < PLACE_KINDS; kind++)
		if (counts[kind].atlas != NULL) {
			requests[count].places.atlas = counts[kind].atlas;
			asked[count++] = kind;
		}
	if (!where_run(run->answering->holdings, &choice, requests, count, found, error))
		return false;
	bool ok = true;
	for (size_t i = 0; i < count; i++) {
		ok = ok && take_places(&counts[asked[i]], &found[i].places, day, error);
		where_found_done(&found[i]);
	}
	return ok;
}

static int compare_places(const void *a, const void *b)
{
	const struct place_count *x = a, *y = b;
	const int by_id = strcmp(x->id, y->id);
	return by_id != 0 ? by_id : (x->day > y->day) - (x->day < y->day);
}

static const char *name_of(const struct place_atlas *atlas, const char *id)
{
	for (size_t i = 0; i < place_count(atlas); i++)
		if (text_equal(place_at(atlas, (uint32_t)i)->id, id))
			return place_at(atlas, (uint32_t)i)->name;
	return "";
}

// Where nobody knows where they are is no place.
static bool judge_place(struct changes_run *run, const struct place_counts *c,
                        enum change_subject subject, size_t first, size_t end, uint32_t *sources,
                        struct error *error)
{
	struct change_days days = run->days;
	const char *id = c->list[first].id;
	uint32_t most = 0;
	days.totals = c->totals;
	for (uint32_t i = 0; i < run->days.count; i++)
		sources[i] = 0;
	for (size_t i = first; i < end; i++) {
		sources[c->list[i].day] = c->list[i].sources;
		most = c->list[i].sources > most ? c->list[i].sources : most;
	}
	if (text_equal(id, place_at(c->atlas, PLACE_UNKNOWN)->id))
		return true;
	if (most < CHANGES_SOURCES) {
		run->compared++;
		return true;
	}
	return changes_judge(run, &days, subject, id, name_of(c->atlas, id), sources, error);
}

static bool judge_places(struct changes_run *run, struct place_counts *c,
                         enum change_subject subject, struct error *error)
{
	uint32_t *sources = memory_new(run->days.count, sizeof *sources);
	bool ok = sources != NULL || error_memory(error, "an answer");
	if (ok && c->count > 0)
		qsort(c->list, c->count, sizeof *c->list, compare_places);
	for (size_t first = 0, end; ok && first < c->count; first = end) {
		for (end = first + 1; end < c->count; end++)
			if (!text_equal(c->list[end].id, c->list[first].id))
				break;
		ok = judge_place(run, c, subject, first, end, sources, error);
	}
	memory_free(sources);
	return ok;
}

bool changes_of_places(struct changes_run *run, struct error *error)
{
	struct place_counts counts[PLACE_KINDS] = {
		[PLACE_COUNTRY] = { .atlas = run->answering->countries },
		[PLACE_NETWORK] = { .atlas = run->answering->networks },
	};
	bool is_asked = false, ok = true;
	for (size_t kind = 0; ok && kind < PLACE_KINDS; kind++) {
		counts[kind].totals = memory_new(run->days.count, sizeof *counts[kind].totals);
		ok = counts[kind].totals != NULL || error_memory(error, "an answer");
		is_asked |= counts[kind].atlas != NULL;
	}
	for (uint32_t day = 0; ok && is_asked && day < run->days.count; day++)
		if (run->is_known[day])
			ok = count_places(run, counts, day, error);
	for (size_t kind = 0; kind < PLACE_KINDS; kind++) {
		const enum change_subject subject = kind == PLACE_COUNTRY ? SUBJECT_COUNTRY
		                                                          : SUBJECT_NETWORK;
		ok = ok && judge_places(run, &counts[kind], subject, error);
		memory_free(counts[kind].list);
		memory_free(counts[kind].totals);
	}
	return ok;
}
