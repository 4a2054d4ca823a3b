// SPDX-License-Identifier: MIT
#include "present/page/changes.h"

#include "base/calendar.h"
#include "base/memory.h"
#include "base/text.h"
#include "place/place.h"
#include "present/page/port.h"
#include "present/page/rule_text.h"
#include "present/words/markup.h"
#include "present/words/numbers.h"
#include "present/words/width.h"

#include <string.h>

#define NAME_EM 16  // of the name of a network in a sentence

// Of a subject so many are named, the others counted.
static const size_t named[REPORT_SUBJECTS] = { [REPORT_FAMILY] = 4,
	                                       [REPORT_PORT] = 4,
	                                       [REPORT_RULE] = 2,
	                                       [REPORT_COUNTRY] = 3,
	                                       [REPORT_NETWORK] = 3 };

// ---- from an answer

static size_t word_of(const char *const *words, size_t count, const char *word)
{
	size_t i = 0;
	while (i + 1 < count && !text_equal(words[i], word))
		i++;
	return i;
}

static struct report_port read_port(const char *id)
{
	uint64_t number = 0;
	const char *sign = strchr(id, '/');
	(void)!text_u64(sign != NULL ? sign + 1 : id, UINT16_MAX, &number);
	return (struct report_port){ (uint16_t)number, text_starts(id, "udp/") };
}

// Cuts a copy of the rule's text into its items: *next moves on behind them, and so does *text.
static struct report_rule read_rule(const char *id, struct report_item **next, char **text)
{
	static const char turn[] = " => ";
	struct report_rule rule = { .items = *next };
	char *at = *text;
	memcpy(at, id, strlen(id) + 1);
	*text += strlen(id) + 1;
	char *right = strstr(at, turn);
	while (*at != '\0') {
		const bool is_left = right != NULL && at < right;
		char *end = at + strcspn(at, ";");
		const bool turns = is_left && end > right;
		end = turns ? right : end;
		char *behind = turns ? end + strlen(turn) : *end != '\0' ? end + 1 : end;
		*end = '\0';
		char *sign = strchr(at, '=');
		if (sign != NULL)
			*sign = '\0';
		*(*next)++ = (struct report_item){ at, sign != NULL ? sign + 1 : at };
		rule.antecedent_count += is_left;
		rule.consequent_count += !is_left;
		at = behind;
	}
	return rule;
}

static void read_row(const struct answer *a, size_t row, struct report_change *out,
                     struct report_item **next, char **text)
{
	static const char *const subjects[] = { "family", "port", "rule", "country", "network" };
	static const char *const kinds[] = { "new", "grown", "gone" };
	const size_t usual = answer_column(a, "usual");
	*out = (struct report_change){
		.day = answer_day(a, row, answer_column(a, "day")),
		.kind = (enum report_change_kind)word_of(
			kinds, REPORT_CHANGE_KINDS,
			answer_text(a, row, answer_column(a, "change"))),
		.subject = (enum report_subject)word_of(
			subjects, REPORT_SUBJECTS,
			answer_text(a, row, answer_column(a, "subject"))),
		.id = answer_text(a, row, answer_column(a, "id")),
		.name = answer_text(a, row, answer_column(a, "name")),
		.sources = answer_number(a, row, answer_column(a, "sources")),
		.usual = answer_cell(a, row, usual)->state == CELL_VALUE
		                 ? answer_number(a, row, usual)
		                 : REPORT_UNKNOWN,
		.most = answer_number(a, row, answer_column(a, "most_before")),
	};
	if (out->subject == REPORT_PORT)
		out->port = read_port(out->id);
	if (out->subject == REPORT_RULE)
		out->rule = read_rule(out->id, next, text);
}

static bool read_rows(const struct answer *a, struct changes_found *out)
{
	const size_t id = answer_column(a, "id");
	size_t bytes = 1, items = 1;
	for (size_t row = 0; row < a->row_count; row++) {
		const char *text = answer_text(a, row, id);
		bytes += strlen(text) + 1;
		for (items += 2; *text != '\0'; text++)
			items += *text == ';';
	}
	out->rows = memory_new(a->row_count + 1, sizeof *out->rows);
	out->items = memory_new(items, sizeof *out->items);
	out->texts = memory_new(bytes, 1);
	if (out->rows == NULL || out->items == NULL || out->texts == NULL)
		return false;
	struct report_item *next = out->items;
	char *text = out->texts;
	for (size_t row = 0; row < a->row_count; row++)
		read_row(a, row, &out->rows[row], &next, &text);
	return true;
}

bool changes_read(const struct answer *a, const struct caveats *caveats, struct day_range days,
                  struct changes_found *out, struct error *error)
{
	const struct caveat *known = caveats_find(caveats, CAVEAT_CHANGES);
	const struct caveat *few = caveats_find(caveats, CAVEAT_CHANGES_UNKNOWN);
	const struct caveat *none = caveats_find(caveats, CAVEAT_CHANGES_NO_DATA);
	*out = (struct changes_found){ .rows = NULL };
	if (!read_rows(a, out)) {
		changes_found_done(out);
		return error_memory(error, "what changed");
	}
	out->changes = (struct report_changes){
		.day = days.to, .from = days.from, .rows = out->rows, .count = a->row_count
	};
	struct report_changes *c = &out->changes;
	if (known != NULL) {
		c->compared = known->numbers[1];
		c->past_days = known->numbers[2];
		c->has_places = known->numbers[3] != 0;
	} else if (few != NULL) {
		c->state = REPORT_CHANGES_TOO_FEW;
		c->past_days = few->numbers[0];
		c->needed_days = few->numbers[1];
	} else {
		c->state = none != NULL && none->numbers[0] != 0 ? REPORT_CHANGES_LOST
		                                                 : REPORT_CHANGES_NO_DATA;
	}
	return true;
}

void changes_found_done(struct changes_found *f)
{
	memory_free(f->rows);
	memory_free(f->items);
	memory_free(f->texts);
}

void changes_mark_home(struct changes_found *f, const struct home *home)
{
	for (size_t i = 0; i < f->changes.count; i++)
		f->rows[i].is_home = (f->rows[i].subject == REPORT_COUNTRY ||
		                      f->rows[i].subject == REPORT_NETWORK) &&
		                     home_has_place(home, f->rows[i].id);
}

static bool is_about(const struct report_changes *changes, const struct report_change *row)
{
	return changes->whose == REPORT_OF_ALL ||
	       row->is_home == (changes->whose == REPORT_OF_HOME);
}

size_t changes_count(const struct report_changes *changes, int32_t day)
{
	size_t count = 0;
	for (size_t i = 0; i < changes->count; i++)
		count += changes->rows[i].day == day && is_about(changes, &changes->rows[i]);
	return count;
}

// ---- names

static void append_port(struct buffer *out, enum lang lang, struct report_port port)
{
	char name[PORT_NAME_SIZE];
	const char *service = port_service(port, lang);
	port_name(port, name);
	buffer_text(out, name);
	if (service[0] != '\0')
		buffer_format(out, " %s", service);
}

static void append_rule(struct buffer *out, enum lang lang, const struct report_rule *rule)
{
	const char *field = rule_field(rule);
	if (field != NULL)
		buffer_format(out, "%s ", rule_field_name(lang, field));
	rule_append(out, lang, rule);
}

static void append_country(struct buffer *out, enum lang lang, const struct report_change *c)
{
	const char *name = place_country_name(c->id, lang == LANG_JA);
	buffer_text(out, name != NULL ? name : c->name[0] != '\0' ? c->name : c->id);
}

static void append_network(struct buffer *out, const struct report_change *c, bool is_short)
{
	const size_t fits = width_fit(c->name, NAME_EM), length = strlen(c->name);
	buffer_text(out, c->id);
	if (length == 0)
		return;
	buffer_byte(out, ' ');
	buffer_append(out, c->name, is_short && fits < length ? fits : length);
	buffer_text(out, is_short && fits < length ? "…" : "");
}

void changes_name(struct buffer *out, enum lang lang, const struct report_change *c, bool is_short)
{
	switch (c->subject) {
	case REPORT_PORT: append_port(out, lang, c->port); return;
	case REPORT_RULE: append_rule(out, lang, &c->rule); return;
	case REPORT_COUNTRY: append_country(out, lang, c); return;
	case REPORT_NETWORK: append_network(out, c, is_short); return;
	case REPORT_FAMILY:
		buffer_text(out, text_equal(c->id, "*") ? word_in(lang, WORD_ALL_SYNS) : c->id);
		return;
	case REPORT_SUBJECTS: break;
	}
}

enum word changes_kind_word(enum report_change_kind kind)
{
	static const enum word words[REPORT_CHANGE_KINDS] = { WORD_CHANGE_KIND_NEW,
		                                              WORD_CHANGE_KIND_GROWN,
		                                              WORD_CHANGE_KIND_GONE };
	return words[kind];
}

// ---- the sentence

struct sentence {
	struct buffer *out;
	enum lang lang;
	const struct report_changes *changes;
	int32_t day;
	bool has_numbers;
	changes_item *item;
	void *context;
};

static bool is_of(const struct sentence *s, size_t row, enum report_change_kind kind,
                  enum report_subject subject)
{
	const struct report_change *c = &s->changes->rows[row];
	return c->day == s->day && c->kind == kind && c->subject == subject &&
	       is_about(s->changes, c);
}

static void write_numbers(const struct sentence *s, const struct report_change *c)
{
	char now[NUMBER_SIZE], before[NUMBER_SIZE];
	const bool is_gone = c->kind == REPORT_GONE;
	number_grouped(c->sources, now);
	number_grouped(is_gone ? c->usual : c->most, before);
	markup_plain_phrase(s->out, s->lang,
	                    is_gone ? WORD_CHANGES_NUMBERS_GONE : WORD_CHANGES_NUMBERS,
	                    (struct markup_values){ .one = now, .two = before });
}

// The first ones by name, and how many others there are.
static void write_subject(const struct sentence *s, enum report_change_kind kind,
                          enum report_subject subject, size_t count)
{
	static const enum word words[REPORT_SUBJECTS][2] = {
		[REPORT_FAMILY] = { WORD_SUBJECT_FAMILY, WORD_SUBJECT_FAMILIES },
		[REPORT_PORT] = { WORD_SUBJECT_PORT, WORD_SUBJECT_PORTS },
		[REPORT_RULE] = { WORD_SUBJECT_RULE, WORD_SUBJECT_RULES },
		[REPORT_COUNTRY] = { WORD_SUBJECT_COUNTRY, WORD_SUBJECT_COUNTRIES },
		[REPORT_NETWORK] = { WORD_SUBJECT_NETWORK, WORD_SUBJECT_NETWORKS },
	};
	char more[NUMBER_SIZE];
	const size_t most = s->changes->names_all ? count : named[subject];
	size_t written = 0;
	buffer_text(s->out, word_in(s->lang, words[subject][count > 1]));
	for (size_t i = 0; i < s->changes->count && written < most; i++) {
		if (!is_of(s, i, kind, subject))
			continue;
		if (written++ > 0)
			buffer_text(s->out, s->lang == LANG_JA ? "、" : ", ");
		s->item(s->out, &s->changes->rows[i], s->context);
		if (s->has_numbers && subject != REPORT_NETWORK && subject != REPORT_COUNTRY)
			write_numbers(s, &s->changes->rows[i]);
	}
	number_grouped(count - written, more);
	if (count > written)
		markup_plain_phrase(s->out, s->lang, WORD_CHANGES_MORE,
		                    (struct markup_values){ .one = more });
}

size_t changes_kind_count(const struct report_changes *changes, int32_t day,
                          enum report_change_kind kind)
{
	size_t count = 0;
	for (size_t i = 0; i < changes->count; i++)
		count += changes->rows[i].day == day && changes->rows[i].kind == kind &&
		         is_about(changes, &changes->rows[i]);
	return count;
}

enum word changes_kind_label(enum report_change_kind kind)
{
	static const enum word words[REPORT_CHANGE_KINDS] = { WORD_CHANGES_NEW, WORD_CHANGES_GROWN,
		                                              WORD_CHANGES_GONE };
	return words[kind];
}

void changes_sentence(struct buffer *out, enum lang lang, const struct report_changes *changes,
                      int32_t day, enum report_change_kind kind, bool has_numbers,
                      changes_item *item, void *context)
{
	const struct sentence s = { out, lang, changes, day, has_numbers, item, context };
	bool has_some = false;
	for (enum report_subject subject = 0; subject < REPORT_SUBJECTS; subject++) {
		size_t count = 0;
		for (size_t i = 0; i < changes->count; i++)
			count += is_of(&s, i, kind, subject);
		if (count == 0)
			continue;
		if (has_some)
			buffer_text(out, lang == LANG_JA ? "、" : "; ");
		has_some = true;
		write_subject(&s, kind, subject, count);
	}
}

bool changes_nothing(struct buffer *out, enum lang lang, const struct report_changes *changes)
{
	char day[CALENDAR_DAY_SIZE], two[NUMBER_SIZE], three[NUMBER_SIZE];
	const bool is_known = changes->state == REPORT_CHANGES_KNOWN;
	if (is_known && changes_count(changes, changes->day) > 0)
		return false;
	day_format(changes->day, day);
	number_grouped(is_known ? changes->compared : changes->past_days, two);
	number_grouped(changes->needed_days, three);
	const enum word known = changes->has_places ? WORD_CHANGES_QUIET
	                                            : WORD_CHANGES_QUIET_NO_PLACES;
	const enum word words[] = { [REPORT_CHANGES_KNOWN] = known,
		                    [REPORT_CHANGES_TOO_FEW] = WORD_CHANGES_TOO_FEW,
		                    [REPORT_CHANGES_NO_DATA] = WORD_CHANGES_NO_DATA,
		                    [REPORT_CHANGES_LOST] = WORD_CHANGES_LOST };
	const bool counts = changes->state < REPORT_CHANGES_NO_DATA;
	markup_plain_phrase(
		out, lang, words[changes->state],
		(struct markup_values){ day, counts ? two : NULL,
	                                changes->state == REPORT_CHANGES_TOO_FEW ? three : NULL,
	                                NULL });
	return true;
}
