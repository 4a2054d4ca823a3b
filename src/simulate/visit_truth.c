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

static void write_variants(struct visit_truth *t)
{
	struct buffer *out = t->asked->variants;
	char day[CALENDAR_DAY_SIZE], country[COUNTRY_TEXT_SIZE];
	buffer_text(out, "day,family,country,sources,sessions\n");
	if (t->note_count > 0)
		qsort(t->notes, t->note_count, sizeof *t->notes, by_day_variant_country_source);
	for (size_t i = 0, next = 0; i < t->note_count; i = next) {
		const struct visit_note *n = &t->notes[i];
		size_t sources = 0;
		for (next = i;
		     next < t->note_count && t->notes[next].day == n->day &&
		     t->notes[next].variant == n->variant && t->notes[next].country == n->country;
		     next++)
			sources += next == i || t->notes[next].source != t->notes[next - 1].source;
		day_format(n->day, day);
		country_format(n->country, country);
		buffer_format(out, "%s,%s,%s,%zu,%zu\n", day,
		              t->scenario->variants[n->variant].name, country, sources, next - i);
	}
}

// ---- infected

void visit_truth_infected(struct visit_truth *t, uint32_t source, uint8_t variant, bool at_noon)
{
	if (!ROOM(t, infected, infected_count, infected_capacity))
		return;
	t->infected[t->infected_count++] = (struct infected_note){ .source = source,
		                                                   .country = country_of(
									   t->scenario, source),
		                                                   .variant = variant,
		                                                   .at_noon = at_noon };
}

static int by_country_variant_source(const void *a, const void *b)
{
	const struct infected_note *one = a, *other = b;
	if (one->country != other->country)
		return one->country < other->country ? -1 : 1;
	if (one->variant != other->variant)
		return one->variant < other->variant ? -1 : 1;
	if (one->source != other->source)
		return one->source < other->source ? -1 : 1;
	return (int)other->at_noon - (int)one->at_noon;
}

void visit_truth_end_day(struct visit_truth *t, int32_t day)
{
	struct buffer *out = t->asked->infected;
	struct infected_note *list = t->infected;
	char day_text[CALENDAR_DAY_SIZE], country[COUNTRY_TEXT_SIZE];
	const size_t count = t->infected_count;
	if (out != NULL && out->length == 0)
		buffer_text(out, "day,country,family,infected,sources\n");
	if (count > 0)
		qsort(list, count, sizeof *list, by_country_variant_source);
	day_format(day, day_text);
	for (size_t i = 0, next = 0; i < count; i = next) {
		size_t sources = 0, at_noon = 0;
		for (next = i; next < count && list[next].country == list[i].country &&
		               list[next].variant == list[i].variant;
		     next++) {
			sources += next == i || list[next].source != list[next - 1].source;
			at_noon += list[next].at_noon;
		}
		country_format(list[i].country, country);
		buffer_format(out, "%s,%s,%s,%zu,%zu\n", day_text, country,
		              t->scenario->variants[list[i].variant].name, at_noon, sources);
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
