// SPDX-License-Identifier: MIT
// Association rules on the page: which of them are shown, and those that share a figure.
#include "report/sections.h"

#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// Of two courses with so much in common the weaker one is not drawn: nobody could tell the lines apart.
#define ALIKE 0.8
// Peaks that are further apart share no linear axis.
enum { LINEAR_TIMES = 10 };
// Of the support, if a lower one is named.
enum { LOWER_BY = 10 };

static const char *const fields[REPORT_FIELDS] = { "window", "dport", "ttl", "tos" };

// ---- blocks

void *report_block(struct report_blocks *blocks, size_t count, size_t size)
{
	if (blocks->count == blocks->room) {
		const size_t room = 2 * blocks->room + 64;
		void **list = memory_resize(blocks->list, room, sizeof *list);
		if (list == NULL)
			return NULL;
		blocks->list = list;
		blocks->room = room;
	}
	void *block = memory_new(count + 1, size);
	if (block != NULL)
		blocks->list[blocks->count++] = block;
	return block;
}

void report_blocks_done(struct report_blocks *blocks)
{
	for (size_t i = 0; i < blocks->count; i++)
		memory_free(blocks->list[i]);
	memory_free(blocks->list);
}

// ---- values

static size_t count_items(const char *text)
{
	size_t count = text[0] != '\0';
	for (; *text != '\0'; text++)
		count += *text == ';';
	return count;
}

bool rules_section_items(struct rules_section *s, const char *text, struct report_item *items,
                         size_t *count)
{
	const size_t length = strlen(text);
	char *copy = report_block(&s->blocks, length + 1, 1);
	if (copy == NULL)
		return false;
	memcpy(copy, text, length);
	for (char *end, *at = copy; *at != '\0'; at = end) {
		end = at + strcspn(at, ";");
		if (*end != '\0')
			*end++ = '\0';
		char *sign = strchr(at, '=');
		if (sign != NULL)
			*sign = '\0';
		items[(*count)++] = (struct report_item){ at, sign != NULL ? sign + 1 : at };
	}
	return true;
}

bool rules_section_rule(struct rules_section *s, const struct answer *a, size_t row,
                        struct report_rule *out)
{
	const char *antecedent = answer_text(a, row, answer_column(a, "antecedent")),
		   *consequent = answer_text(a, row, answer_column(a, "consequent"));
	const size_t left = count_items(antecedent), right = count_items(consequent);
	struct report_item *items = report_block(&s->blocks, left + right, sizeof *items);
	size_t count = 0;
	*out = (struct report_rule){ items, left, right };
	return items != NULL && rules_section_items(s, antecedent, items, &count) &&
	       rules_section_items(s, consequent, items, &count);
}

// ---- asking

static struct day_range mined_days(const struct report_about *about)
{
	const int32_t least = about->shown.to - REPORT_RULES_DAYS + 1;
	return (struct day_range){ least > about->shown.from ? least : about->shown.from,
		                   about->shown.to };
}

struct rules_question rules_section_wanted(const struct report_options *options)
{
	return (struct rules_question){ .fields = fields,
		                        .field_count = REPORT_FIELDS,
		                        .support_min = options->support_min,
		                        .confidence_min = options->confidence_min,
		                        .alpha = RULES_ALPHA,
		                        .consequents_max = 1,
		                        .window_days = 1,
		                        .past_days = NEW_RULES_PAST_DAYS,
		                        .work_max = RULES_WORK,
		                        .raises_support = true };
}

void rules_section_ask(struct rules_section *s, const struct report_about *about, struct plan *plan)
{
	struct question q = { .kind = QUESTION_RULES,
		              .days = mined_days(about),
		              .without_floods = about->options->without_floods,
		              .rules = rules_section_wanted(about->options) };
	q.rules.has_targets = true;
	s->every_day = plan_ask_sheet(plan, &q);
	q.kind = QUESTION_RULE_TIMELINE;
	s->timeline = plan_ask(plan, &q);
	q.kind = QUESTION_RULE_DAYS;
	s->days = plan_ask(plan, &q);
	q.kind = QUESTION_NEW_RULES;
	s->new_ones = plan_ask(plan, &q);
	q.kind = QUESTION_RULE_TARGETS;
	q.top = REPORT_EMERGED_PLACES;
	s->targets = plan_ask(plan, &q);
}

static void state_support_by_day(struct report_rules *rules, const struct caveats *caveats)
{
	const struct caveat *by_day = caveats_find(caveats, CAVEAT_SUPPORT_BY_DAY);
	if (by_day == NULL)
		return;
	rules->support_min = by_day->numbers[0];
	rules->support_max = by_day->numbers[1];
	rules->sources_min = by_day->numbers[2];
	rules->sources_max = by_day->numbers[3];
	rules->is_support_by_telescope = by_day->numbers[4] != 0;
	rules->support_one_in = RULES_SUPPORT_ONE_IN;
	rules->support_least = RULES_SUPPORT_LEAST;
}

// A floor of the store is none of the reader's making: the rules that it leaves are shown, and it is said.
static void state_support(struct rules_section *s, const struct report_options *o,
                          const struct caveats *caveats)
{
	const struct caveat *raised = caveats_find(caveats, CAVEAT_FLOOR_RAISED);
	s->report.support_min = o->support_min;
	if (raised != NULL) {
		s->report.support_asked = raised->numbers[0];
		s->report.support_min = raised->numbers[1];
	}
	if (o->support_min == 0)
		state_support_by_day(&s->report, caveats);
}

// Exactly where there is no rule, and a tenth where there are.
static void state_lower(struct rules_section *s, const struct report_options *o,
                        const struct caveats *caveats)
{
	const struct caveat *none = caveats_find(caveats, CAVEAT_NO_RULE),
			    *lowest = caveats_find(caveats, CAVEAT_FLOOR);
	const uint64_t floor = lowest != NULL && lowest->numbers[0] > RULES_SUPPORT_LEAST
	                               ? lowest->numbers[0]
	                               : RULES_SUPPORT_LEAST;
	const uint64_t tenth = o->support_min / LOWER_BY;
	uint64_t lower = tenth > floor ? tenth : floor;
	if (none != NULL && none->numbers[1] > 0)
		s->report.support_listed = lower = none->numbers[1];
	else if (lower >= s->report.support_min)
		return;
	text_format(s->lower, sizeof s->lower, "%s %" PRIu64, o->lower_support, lower);
	s->report.lower_command = s->lower;
}

static void state(struct rules_section *s, const struct report_about *about,
                  const struct plan *plan)
{
	const struct day_range days = mined_days(about);
	const struct caveats *of_rules = plan_caveats(plan, s->timeline);
	const struct caveat *partial = caveats_find(of_rules, CAVEAT_RULES_PARTIAL),
			    *buckets = caveats_find(of_rules, CAVEAT_BUCKETS),
			    *unjudged = caveats_find(plan_caveats(plan, s->new_ones),
	                                             CAVEAT_NEW_UNKNOWN);
	s->report = (struct report_rules){
		.from = days.from,
		.to = days.to,
		.days_left_out = (uint32_t)(days.from - about->shown.from),
		.confidence_min = about->options->confidence_min,
		.fields = fields,
		.field_count = REPORT_FIELDS,
		.past_days = NEW_RULES_PAST_DAYS,
		.recent_days = NEW_RULES_RECENT_DAYS,
		.times = NEW_RULES_TIMES,
		.past_days_min = NEW_RULES_DATA_DAYS,
		.unjudged_days = unjudged != NULL ? (uint32_t)unjudged->numbers[0] : 0,
		.partial_days = partial != NULL ? (uint32_t)partial->numbers[0] : 0,
		.bucketed_sources = buckets != NULL ? buckets->numbers[0] : 0,
	};
	state_support(s, about->options, of_rules);
	state_lower(s, about->options, of_rules);
}

// ---- days of a rule: rows of QUESTION_RULE_DAYS stand together, by rule

static bool find_days(struct rules_section *s)
{
	const struct answer *a = s->day_rows;
	const size_t rules = s->timeline_rows->row_count, rule = answer_column(a, "rule");
	size_t row = 0;
	s->first_day_row = report_block(&s->blocks, rules + 1, sizeof *s->first_day_row);
	if (s->first_day_row == NULL)
		return false;
	for (size_t i = 0; i < rules; i++) {
		s->first_day_row[i] = row;
		while (row < a->row_count && answer_number(a, row, rule) == i + 1)
			row++;
	}
	s->first_day_row[rules] = row;
	return true;
}

static uint64_t mirai_at(const struct rules_section *s, size_t row, const char *name)
{
	const struct answer *a = s->day_rows;
	const size_t column = answer_column(a, name);
	const bool is_known = s->has_mirai && answer_cell(a, row, column)->state != CELL_UNKNOWN;
	return is_known ? answer_number(a, row, column) : REPORT_UNKNOWN;
}

// ---- one rule of several over the same values

struct choice {
	size_t row;  // of the timeline
	struct report_rule rule;
	const struct report_item **sorted;
	size_t count, days;
	size_t line;  // the one of the figures that stands for it; SIZE_MAX: none
};

static int compare_items(const struct report_item *a, const struct report_item *b)
{
	const int order = strcmp(a->field, b->field);
	return order != 0 ? order : strcmp(a->value, b->value);
}

static int by_item(const void *a, const void *b)
{
	const struct report_item *const *x = a, *const *y = b;
	return compare_items(*x, *y);
}

static int compare_sets(const struct choice *a, const struct choice *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		const int order = compare_items(a->sorted[i], b->sorted[i]);
		if (order != 0)
			return order;
	}
	return (a->count > b->count) - (a->count < b->count);
}

static int by_row(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;
	return (x->row > y->row) - (x->row < y->row);
}

// Equal sets beside each other, first the rule that was found on most days.
static int by_set(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;
	const int order = compare_sets(x, y);
	if (order != 0)
		return order;
	return x->days != y->days ? (x->days < y->days ? 1 : -1) : by_row(a, b);
}

static bool make_choice(struct rules_section *s, size_t row, struct choice *out)
{
	const struct answer *a = s->timeline_rows;
	*out = (struct choice){ .row = row,
		                .days = answer_number(a, row, answer_column(a, "days")),
		                .line = SIZE_MAX };
	if (!rules_section_rule(s, a, row, &out->rule))
		return false;
	out->count = out->rule.antecedent_count + out->rule.consequent_count;
	out->sorted = report_block(&s->blocks, out->count, sizeof *out->sorted);
	for (size_t i = 0; out->sorted != NULL && i < out->count; i++)
		out->sorted[i] = &out->rule.items[i];
	if (out->sorted != NULL)
		qsort(out->sorted, out->count, sizeof *out->sorted, by_item);
	return out->sorted != NULL;
}

static bool choose(struct rules_section *s, struct choice **out, size_t *out_count)
{
	const size_t rules = s->timeline_rows->row_count;
	struct choice *list = report_block(&s->blocks, rules, sizeof *list);
	size_t count = 0;
	for (size_t i = 0; list != NULL && i < rules; i++)
		if (!make_choice(s, i, &list[i]))
			return false;
	if (list == NULL)
		return false;
	qsort(list, rules, sizeof *list, by_set);
	for (size_t i = 0; i < rules; i++)
		if (i == 0 || compare_sets(&list[i], &list[count - 1]) != 0)
			list[count++] = list[i];
	qsort(list, count, sizeof *list, by_row);
	*out = list;
	*out_count = count;
	return true;
}

// ---- rows

static size_t day_count(const struct report_rules *rules)
{
	return (size_t)(rules->to - rules->from) + 1;
}

static bool fill_row(struct rules_section *s, const struct choice *choice,
                     struct report_rule_life *out)
{
	const struct answer *a = s->timeline_rows, *d = s->day_rows;
	const size_t found = answer_column(d, "found_sources"), day = answer_column(d, "day"),
		     row = choice->row;
	uint64_t *sources = report_block(&s->blocks, day_count(&s->report), sizeof *sources);
	if (sources == NULL)
		return false;
	*out = (struct report_rule_life){
		.rule = choice->rule,
		.first_day = answer_day(a, row, answer_column(a, "first_day")),
		.last_day = answer_day(a, row, answer_column(a, "last_day")),
		.peak_day = answer_day(a, row, answer_column(a, "peak_day")),
		.days = (uint32_t)choice->days,
		.peak = { answer_number(a, row, answer_column(a, "peak_sources")), 0 },
		.sources = sources,
	};
	for (size_t i = s->first_day_row[row]; i < s->first_day_row[row + 1]; i++) {
		const int32_t on = answer_day(d, i, day);
		sources[on - s->report.from] = answer_number(d, i, found);
		if (on != out->peak_day)
			continue;
		out->peak.mirai = mirai_at(s, i, "found_mirai_any_port_sources");
		out->confidence = answer_real(d, i, answer_column(d, "confidence"));
	}
	return true;
}

static bool fill_rows(struct rules_section *s, const struct choice *list, size_t count)
{
	const size_t shown = count < REPORT_RULES ? count : REPORT_RULES;
	struct report_rule_life *rows = report_block(&s->blocks, shown, sizeof *rows);
	if (rows == NULL)
		return false;
	for (size_t i = 0; i < shown; i++)
		if (!fill_row(s, &list[i], &rows[i]))
			return false;
	s->report.lives = rows;
	s->report.life_count = shown;
	s->report.lives_more = count - shown;
	return true;
}

// ---- lines of figures

static bool shares_item(const struct choice *a, const struct choice *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < b->count; k++)
			if (compare_items(a->sorted[i], b->sorted[k]) == 0)
				return true;
	return false;
}

// By their targets of all days: a rule that hovers about a threshold is found on some of them. Days on
// which neither has any add nothing.
static bool is_alike(const struct rules_section *s, const struct choice *a, const struct choice *b)
{
	const struct answer *d = s->day_rows;
	const size_t day = answer_column(d, "day"), number = answer_column(d, "sources");
	size_t i = s->first_day_row[a->row], k = s->first_day_row[b->row];
	const size_t i_end = s->first_day_row[a->row + 1], k_end = s->first_day_row[b->row + 1];
	double least = 0, most = 0;
	while (i < i_end || k < k_end) {
		const int64_t of_a = i < i_end ? answer_day(d, i, day) : INT64_MAX;
		const int64_t of_b = k < k_end ? answer_day(d, k, day) : INT64_MAX;
		const double x = of_a <= of_b ? (double)answer_number(d, i++, number) : 0;
		const double y = of_b <= of_a ? (double)answer_number(d, k++, number) : 0;
		least += x < y ? x : y;
		most += x < y ? y : x;
	}
	return least >= ALIKE * most;
}

// Days without targets are known to have none, but for those whose families nobody knows.
static bool is_unknown(const struct rules_section *s, size_t at)
{
	const int64_t index = (int64_t)s->report.from + (int64_t)at - s->shown->first_day;
	return index >= 0 && index < s->shown->day_count &&
	       (s->shown->has_unknown[index] || (!s->has_mirai && s->shown->has_data[index]));
}

static bool fill_line(struct rules_section *s, const struct choice *choice,
                      struct report_rule_line *out)
{
	const struct answer *d = s->day_rows;
	const size_t days = day_count(&s->report), day = answer_column(d, "day"),
		     number = answer_column(d, "sources"),
		     found = answer_column(d, "found_sources");
	uint64_t *sources = report_block(&s->blocks, days, sizeof *sources);
	uint64_t *mirai = report_block(&s->blocks, days, sizeof *mirai);
	bool *is_found = report_block(&s->blocks, days, sizeof *is_found);
	if (sources == NULL || mirai == NULL || is_found == NULL)
		return false;
	for (size_t at = 0; at < days; at++)
		mirai[at] = is_unknown(s, at) ? REPORT_UNKNOWN : 0;
	for (size_t i = s->first_day_row[choice->row]; i < s->first_day_row[choice->row + 1]; i++) {
		const size_t at = (size_t)(answer_day(d, i, day) - s->report.from);
		sources[at] = answer_number(d, i, number);
		mirai[at] = mirai_at(s, i, "mirai_any_port_sources");
		is_found[at] = answer_cell(d, i, found)->state == CELL_VALUE;
	}
	*out = (struct report_rule_line){ choice->rule, sources, mirai, is_found };
	return true;
}

// Whether a rule is one more of the same: of a course like that of a line, and of a value of the line or of another
// rule that it stands for.
static bool stands_for(const struct rules_section *s, const struct choice *list, size_t line,
                       size_t rule)
{
	if (!is_alike(s, &list[line], &list[rule]))
		return false;
	for (size_t i = line; i < rule; i++)
		if (list[i].line == line && shares_item(&list[i], &list[rule]))
			return true;
	return false;
}

// The strongest rules of a field, each of a course of its own; how many there are.
static size_t choose_lines(const struct rules_section *s, struct choice *list, size_t count,
                           const char *field, size_t out[REPORT_RULE_LINES_MAX])
{
	size_t chosen = 0;
	for (size_t i = 0; i < count && chosen < REPORT_RULE_LINES_MAX; i++) {
		if (!text_equal(list[i].sorted[0]->field, field))
			continue;
		for (size_t k = 0; list[i].line == SIZE_MAX && k < chosen; k++)
			if (stands_for(s, list, out[k], i))
				list[i].line = out[k];
		if (list[i].line == SIZE_MAX)
			list[i].line = out[chosen++] = i;
	}
	return chosen;
}

static uint64_t peak_of(const struct rules_section *s, const struct choice *choice)
{
	return answer_number(s->timeline_rows, choice->row,
	                     answer_column(s->timeline_rows, "peak_sources"));
}

static bool fill_figure(struct rules_section *s, struct choice *list, size_t count,
                        const char *field)
{
	size_t chosen[REPORT_RULE_LINES_MAX];
	const size_t lines = choose_lines(s, list, count, field, chosen);
	const size_t index = s->report.figure_count;
	struct report_rule_figure *figure = &s->figures[index];
	struct report_rule_line *drawn = report_block(&s->blocks, lines, sizeof *drawn);
	if (lines == 0)
		return true;
	if (drawn == NULL)
		return false;
	text_format(s->files[index], sizeof s->files[index], "rules-%s.svg", field);
	*figure = (struct report_rule_figure){ .field = field,
		                               .lines = drawn,
		                               .file = s->files[index] };
	for (; figure->line_count < lines; figure->line_count++)
		if (!fill_line(s, &list[chosen[figure->line_count]], &drawn[figure->line_count]))
			return false;
	// Lines are by their peak.
	figure->is_log = peak_of(s, &list[chosen[lines - 1]]) <
	                 peak_of(s, &list[chosen[0]]) / LINEAR_TIMES;
	s->report.figure_count++;
	return true;
}

static bool fill_lives(struct rules_section *s)
{
	struct choice *list;
	size_t count;
	if (!find_days(s) || !choose(s, &list, &count) || !fill_rows(s, list, count))
		return false;
	for (size_t i = 0; i < REPORT_FIELDS; i++)
		if (!fill_figure(s, list, count, fields[i]))
			return false;
	s->report.figures = s->figures;
	return true;
}

bool rules_section_fill(struct rules_section *s, const struct report_about *about,
                        const struct report_survey *shown, const struct plan *plan,
                        struct error *error)
{
	s->shown = shown;
	s->has_mirai = report_fingerprint(about, "mirai") != NULL;
	s->timeline_rows = plan_answer(plan, s->timeline);
	s->day_rows = plan_answer(plan, s->days);
	s->new_rows = plan_answer(plan, s->new_ones);
	s->target_rows = plan_answer(plan, s->targets);
	state(s, about, plan);
	return (fill_lives(s) && rules_section_emergences(s, about)) ||
	       error_memory(error, "the rules of the report");
}

void rules_section_done(struct rules_section *s)
{
	report_blocks_done(&s->blocks);
}
