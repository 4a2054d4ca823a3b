// SPDX-License-Identifier: MIT
#include "simulate/visit_truth.h"

#include "base/memory.h"
#include "base/text.h"
#include "simulate/country.h"

#include <stdlib.h>
#include <string.h>

void visit_truth_done(struct visit_truth *t)
{
	memory_free(t->notes);
	memory_free(t->rows);
	memory_free(t->infected);
	buffer_done(&t->lines);
}

static bool make_room(struct visit_truth *t, void **list, size_t count, size_t *capacity,
                      size_t size)
{
	if (count < *capacity)
		return true;
	const size_t wanted = *capacity * 2 + 256;
	void *larger = memory_resize(*list, wanted, size);
	if (larger == NULL) {
		t->is_out_of_memory = true;
		return false;
	}
	*list = larger;
	*capacity = wanted;
	return true;
}
#define ROOM(t, list, count, capacity)                                                             \
	make_room(t, (void **)&(t)->list, (t)->count, &(t)->capacity, sizeof *(t)->list)

// ---- sessions

static void put_row(struct visit_truth *t, const struct visit *v)
{
	const struct variant *variant = &t->scenario->variants[v->variant];
	char time[CALENDAR_TIME_SIZE], source[TEXT_IPV4_SIZE], country[COUNTRY_TEXT_SIZE];
	time_format(v->time_us * 1000, 6, time);
	text_from_ipv4(v->source, source);
	country_format(v->country, country);
	buffer_format(&t->lines, "%s,%s,%012llx,%s,%s,%s,%s,%s,%s,%s,%u,%u,%u,%u\n", time,
	              t->scenario->sensors[v->sensor].name, (unsigned long long)v->session, source,
	              country, v->protocol == VISIT_SSH ? "ssh" : "telnet", variant->name,
	              v->token_is_logged ? v->token : "",
	              visit_role_names[visit_role_of(v, variant)],
	              visit_stage_names[visit_stage_of(v)], v->logged_failed, v->logged_logins,
	              v->logged_commands, v->logged_fetches);
}

void visit_truth_note(struct visit_truth *t, const struct visit *v)
{
	if (t->asked->sessions != NULL && ROOM(t, rows, row_count, row_capacity)) {
		const size_t offset = t->lines.length;
		put_row(t, v);
		t->rows[t->row_count++] = (struct visit_row){ .time_us = v->time_us,
			                                      .session = v->session,
			                                      .offset = offset,
			                                      .length = t->lines.length - offset };
	}
	if (t->asked->variants == NULL || !v->token_is_logged ||
	    !ROOM(t, notes, note_count, note_capacity))
		return;
	t->notes[t->note_count++] = (struct visit_note){
		.day = zone_day(t->zone, v->time_us * 1000).day,
		.source = v->source,
		.country = v->country,
		.variant = v->variant
	};
}

static int by_time(const void *a, const void *b)
{
	const struct visit_row *one = a, *other = b;
	if (one->time_us != other->time_us)
		return one->time_us < other->time_us ? -1 : 1;
	return (one->session > other->session) - (one->session < other->session);
}

static void write_sessions(struct visit_truth *t)
{
	struct buffer *out = t->asked->sessions;
	buffer_text(out, "time,sensor,session,source,country,protocol,family,tokens,role,stage,"
	                 "failed,logins,commands,downloads\n");
	if (t->row_count > 0)
		qsort(t->rows, t->row_count, sizeof *t->rows, by_time);
	for (size_t i = 0; i < t->row_count; i++)
		buffer_append(out, t->lines.bytes + t->rows[i].offset, t->rows[i].length);
}

// ---- by day, variant and country

static int by_day_variant_country_source(const void *a, const void *b)
{
	const struct visit_note *one = a, *other = b;
	if (one->day != other->day)
		return one->day < other->day ? -1 : 1;
	if (one->variant != other->variant)
		return one->variant < other->variant ? -1 : 1;
	if (one->country != other->country)
		return one->country < other->country ? -1 : 1;
	return (one->source > other->source) - (one->source < other->source);
}

// A row of the table.
struct variant_count {
	int32_t day;
	const char *family;
	char country[COUNTRY_TEXT_SIZE];
	size_t sources, sessions;
};

// As hotaru variants prints them.
static int by_day_family_sources_country(const void *a, const void *b)
{
	const struct variant_count *one = a, *other = b;
	if (one->day != other->day)
		return one->day < other->day ? -1 : 1;
	const int order = strcmp(one->family, other->family);
	if (order != 0)
		return order;
	if (one->sources != other->sources)
		return one->sources > other->sources ? -1 : 1;
	return strcmp(one->country, other->country);
}

static size_t count_variants(const struct visit_truth *t, struct variant_count *rows)
{
	size_t count = 0;
	for (size_t i = 0, next = 0; i < t->note_count; i = next) {
		const struct visit_note *n = &t->notes[i];
		struct variant_count *row = &rows[count++];
		*row = (struct variant_count){ .day = n->day,
			                       .family = t->scenario->variants[n->variant].name };
		country_format(n->country, row->country);
		for (next = i;
		     next < t->note_count && t->notes[next].day == n->day &&
		     t->notes[next].variant == n->variant && t->notes[next].country == n->country;
		     next++)
			row->sources += next == i ||
			                t->notes[next].source != t->notes[next - 1].source;
		row->sessions = next - i;
	}
	return count;
}

static void write_variants(struct visit_truth *t)
{
	struct buffer *out = t->asked->variants;
	struct variant_count *rows = memory_new(t->note_count + 1, sizeof *rows);
	char day[CALENDAR_DAY_SIZE];
	if (rows == NULL) {
		t->is_out_of_memory = true;
		return;
	}
	buffer_text(out, "day,family,country,sources,sessions\n");
	if (t->note_count > 0)
		qsort(t->notes, t->note_count, sizeof *t->notes, by_day_variant_country_source);
	const size_t count = count_variants(t, rows);
	if (count > 0)
		qsort(rows, count, sizeof *rows, by_day_family_sources_country);
	for (size_t i = 0; i < count; i++) {
		day_format(rows[i].day, day);
		buffer_format(out, "%s,%s,%s,%zu,%zu\n", day, rows[i].family, rows[i].country,
		              rows[i].sources, rows[i].sessions);
	}
	memory_free(rows);
}

// ---- infected

void visit_truth_infected(struct visit_truth *t, uint32_t source, uint8_t population,
                          uint8_t variant, bool at_noon)
{
	if (!ROOM(t, infected, infected_count, infected_capacity))
		return;
	t->infected[t->infected_count++] = (struct infected_note){ .source = source,
		                                                   .country = country_of(
									   t->scenario, source),
		                                                   .population = population,
		                                                   .variant = variant,
		                                                   .at_noon = at_noon };
}

// What a row is about, in its order.
static uint32_t row_of(const struct infected_note *n)
{
	return (uint32_t)n->country << 16 | (uint32_t)n->population << 8 | n->variant;
}

static int by_row_and_source(const void *a, const void *b)
{
	const struct infected_note *one = a, *other = b;
	if (row_of(one) != row_of(other))
		return row_of(one) < row_of(other) ? -1 : 1;
	return (one->source > other->source) - (one->source < other->source);
}

static void put_infected(struct visit_truth *t, const char *day, const struct infected_note *of,
                         size_t at_noon, size_t sources)
{
	char country[COUNTRY_TEXT_SIZE];
	country_format(of->country, country);
	buffer_format(t->asked->infected, "%s,%s,%s,%s,%zu,%zu\n", day, country,
	              t->scenario->populations[of->population].name,
	              of->variant == INFECTED_VARIANT_NONE
	                      ? "none"
	                      : t->scenario->variants[of->variant].name,
	              at_noon, sources);
}

void visit_truth_end_day(struct visit_truth *t, int32_t day)
{
	struct infected_note *list = t->infected;
	char day_text[CALENDAR_DAY_SIZE];
	if (t->asked->infected == NULL)
		return;
	if (t->asked->infected->length == 0)
		buffer_text(t->asked->infected, "day,country,population,family,infected,sources\n");
	if (t->infected_count > 0)
		qsort(list, t->infected_count, sizeof *list, by_row_and_source);
	day_format(day, day_text);
	for (size_t i = 0, next = 0; i < t->infected_count; i = next) {
		size_t sources = 0, at_noon = 0;
		for (next = i; next < t->infected_count && row_of(&list[next]) == row_of(&list[i]);
		     next++) {
			sources += next == i || list[next].source != list[next - 1].source;
			at_noon += list[next].at_noon;
		}
		put_infected(t, day_text, &list[i], at_noon, sources);
	}
	t->infected_count = 0;
}

bool visit_truth_write(struct visit_truth *t, struct error *error)
{
	struct buffer *const outs[] = { t->asked->sessions, t->asked->variants,
		                        t->asked->infected };
	if (outs[0] != NULL)
		write_sessions(t);
	if (outs[1] != NULL)
		write_variants(t);
	bool is_whole = !t->is_out_of_memory && !t->lines.failed;
	for (size_t i = 0; i < sizeof outs / sizeof *outs; i++)
		is_whole &= outs[i] == NULL || !outs[i]->failed;
	return is_whole || error_memory(error, "the truth about honeypots");
}
