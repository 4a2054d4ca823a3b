// SPDX-License-Identifier: MIT
// Association rules on the page: which of them are shown, and those that share a figure.
#include "cmd/report_parts.h"

#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

// Of two courses with so much in common the weaker one is not drawn: nobody could tell the lines apart.
#define ALIKE 0.8
// Peaks that are further apart share no linear axis.
enum { LINEAR_TIMES = 10 };

// ---- room

void *report_room_take(struct report_room *room, size_t count, size_t size)
{
	if (room->count == room->size) {
		const size_t larger = 2 * room->size + 64;
		void **blocks = memory_resize(room->blocks, larger, sizeof *blocks);
		if (blocks == NULL)
			return NULL;
		room->blocks = blocks;
		room->size = larger;
	}
	void *block = memory_new(count + 1, size);
	if (block != NULL)
		room->blocks[room->count++] = block;
	return block;
}

void report_room_done(struct report_room *room)
{
	for (size_t i = 0; i < room->count; i++)
		memory_free(room->blocks[i]);
	memory_free(room->blocks);
	*room = (struct report_room){ .count = 0 };
}

bool report_items(struct report_room *room, const struct header_item *items, size_t count,
                  const struct report_item **out)
{
	struct report_item *texts = report_room_take(room, count, sizeof *texts);
	char(*values)[HEADER_ITEM_TEXT_SIZE] = report_room_take(room, count, sizeof *values);
	if (texts == NULL || values == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		header_item_text(&items[i], values[i]);
		const char *sign = strchr(values[i], '=');
		texts[i] = (struct report_item){ header_field_name(items[i].field),
			                         sign != NULL ? sign + 1 : values[i] };
	}
	*out = texts;
	return true;
}

// ---- what is asked

static struct rules_command command_of(const struct report_question *q, struct day_range window)
{
	struct rules_command c = rules_defaults();
	c.analysis = *q->analysis;
	c.analysis.from = (struct option_day){ true, window.from };
	c.analysis.to = (struct option_day){ true, window.to };
	c.analysis.without_floods = q->without_floods;
	c.past_days = EMERGENCE_PAST_DAYS;
	c.support_min = q->support_min;
	c.confidence_min = q->confidence_min;
	return c;
}

// A floor of the store is none of the reader's making: the rules that it leaves are shown, and it is said.
static void raise_support(struct report_rules_part *part, struct store *store)
{
	struct rules_command *c = &part->command;
	const struct header_rules_request request = report_rules_request_of(c);
	int32_t day;
	const uint64_t floor = header_rules_floor(store_holdings(store), &request, &day);
	const uint64_t lower = c->support_min / 10 > floor ? c->support_min / 10 : floor;
	if (floor > c->support_min) {
		part->rules.support_asked = c->support_min;
		c->support_min = floor;
	} else if (lower < c->support_min) {
		text_format(part->lower, sizeof part->lower,
		            "hotaru rules -s STORE --min-support %" PRIu64, lower);
		part->rules.lower_command = part->lower;
	}
}

static void state(struct report_rules_part *part, const struct report_question *q,
                  struct day_range window)
{
	struct report_rules *rules = &part->rules;
	rules->from = window.from;
	rules->to = window.to;
	rules->days_left_out = (uint32_t)(window.from - q->shown->first_day);
	rules->support_min = part->command.support_min;
	rules->confidence_min = part->command.confidence_min;
	for (size_t i = 0; i < part->command.field_count; i++)
		part->fields[i] = header_field_name(part->command.field_list[i]);
	rules->fields = part->fields;
	rules->field_count = part->command.field_count;
	rules->past_days = (uint32_t)part->command.past_days;
	rules->recent_days = EMERGENCE_RECENT_DAYS;
	rules->times = EMERGENCE_TIMES;
	rules->past_days_min = EMERGENCE_PAST_DAYS_MIN;
	rules->unjudged_days = part->news.days.unknown_days;
	rules->partial_days = (uint32_t)part->timeline.totals.partial_days;
	rules->bucketed_sources = part->timeline.totals.bucketed;
}

// ---- one rule of several over the same values

struct choice {
	const struct rule_life *life;
	size_t index;  // in the list of lives
	const struct header_item *sorted;
	size_t count;
	size_t line;  // the one of the figures that stands for it; SIZE_MAX: none
};

static int by_item(const void *a, const void *b)
{
	return header_item_compare(a, b);
}

static int compare_sets(const struct choice *a, const struct choice *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		const int order = header_item_compare(&a->sorted[i], &b->sorted[i]);
		if (order != 0)
			return order;
	}
	return (a->count > b->count) - (a->count < b->count);
}

// Equal sets beside each other, first the rule that was found on most days.
static int by_set(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;
	const int order = compare_sets(x, y);
	if (order != 0)
		return order;
	if (x->life->days != y->life->days)
		return x->life->days < y->life->days ? 1 : -1;
	return (x->index > y->index) - (x->index < y->index);
}

static int by_index(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;
	return (x->index > y->index) - (x->index < y->index);
}

static bool choose(struct report_rules_part *part, struct choice **out, size_t *out_count)
{
	const struct rule_lives *lives = &part->timeline.lives;
	struct choice *list = report_room_take(&part->room, lives->count, sizeof *list);
	size_t count = 0;
	for (size_t i = 0; list != NULL && i < lives->count; i++) {
		const struct rule_life *life = &lives->list[i];
		const size_t items = life->antecedent_count + life->consequent_count;
		struct header_item *sorted = report_room_take(&part->room, items, sizeof *sorted);
		if (sorted == NULL)
			return false;
		memcpy(sorted, life->items, items * sizeof *sorted);
		qsort(sorted, items, sizeof *sorted, by_item);
		list[i] = (struct choice){ life, i, sorted, items, SIZE_MAX };
	}
	if (list == NULL)
		return false;
	qsort(list, lives->count, sizeof *list, by_set);
	for (size_t i = 0; i < lives->count; i++)
		if (i == 0 || compare_sets(&list[i], &list[count - 1]) != 0)
			list[count++] = list[i];
	qsort(list, count, sizeof *list, by_index);
	*out = list;
	*out_count = count;
	return true;
}

// ---- rows

static bool is_unknown(const struct report_rules_part *part, int32_t day)
{
	const int64_t index = (int64_t)day - part->shown->first_day;
	return !part->has_mirai ||
	       (index >= 0 && index < part->shown->day_count && part->shown->has_unknown[index]);
}

static uint64_t on_day(const struct rule_lives *lives, const uint64_t *list, int32_t day)
{
	const int64_t index = (int64_t)day - lives->first_day;
	return index >= 0 && index < lives->day_count ? list[index] : 0;
}

static size_t day_count(const struct report_rules *rules)
{
	return (size_t)(rules->to - rules->from) + 1;
}

static bool fill_row(struct report_rules_part *part, const struct choice *choice,
                     struct report_rule_life *out)
{
	const struct rule_life *life = choice->life;
	const struct rule_lives *lives = &part->timeline.lives;
	const size_t days = day_count(&part->rules);
	uint64_t *sources = report_room_take(&part->room, days, sizeof *sources);
	struct report_rule rule = { NULL, life->antecedent_count, life->consequent_count };
	if (sources == NULL || !report_items(&part->room, life->items, choice->count, &rule.items))
		return false;
	for (size_t i = 0; i < days; i++)
		sources[i] = on_day(lives, life->sources, part->rules.from + (int32_t)i);
	*out = (struct report_rule_life){
		.rule = rule,
		.first_day = life->first_day,
		.last_day = life->last_day,
		.peak_day = life->peak_day,
		.days = life->days,
		.peak = { life->peak_sources,
		          is_unknown(part, life->peak_day)
		                  ? REPORT_UNKNOWN
		                  : on_day(lives, life->mirai_sources, life->peak_day) },
		.confidence = life->peak_confidence,
		.sources = sources,
	};
	return true;
}

static bool fill_rows(struct report_rules_part *part, const struct choice *list, size_t count)
{
	const size_t shown = count < REPORT_RULES ? count : REPORT_RULES;
	struct report_rule_life *rows = report_room_take(&part->room, shown, sizeof *rows);
	if (rows == NULL)
		return false;
	for (size_t i = 0; i < shown; i++)
		if (!fill_row(part, &list[i], &rows[i]))
			return false;
	part->rules.lives = rows;
	part->rules.life_count = shown;
	part->rules.lives_more = count - shown;
	return true;
}

// ---- lines of figures

static bool shares_item(const struct choice *a, const struct choice *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < b->count; k++)
			if (header_item_compare(&a->sorted[i], &b->sorted[k]) == 0)
				return true;
	return false;
}

// By their targets of all days: a rule that hovers about a threshold is found on some of them.
static bool is_alike(const struct report_rules_part *part, const struct choice *a,
                     const struct choice *b)
{
	const struct rule_targets *of_a = &part->timeline.targets[a->index];
	const struct rule_targets *of_b = &part->timeline.targets[b->index];
	double least = 0, most = 0;
	for (size_t i = 0; i < of_a->day_count && i < of_b->day_count; i++) {
		const double x = (double)of_a->days[i].sources, y = (double)of_b->days[i].sources;
		least += x < y ? x : y;
		most += x < y ? y : x;
	}
	return least >= ALIKE * most;
}

static bool fill_line(struct report_rules_part *part, const struct choice *choice,
                      struct report_rule_line *out)
{
	const struct rule_lives *lives = &part->timeline.lives;
	const struct rule_targets *targets = &part->timeline.targets[choice->index];
	const struct rule_life *life = choice->life;
	const size_t days = day_count(&part->rules);
	uint64_t *sources = report_room_take(&part->room, days, sizeof *sources);
	uint64_t *mirai = report_room_take(&part->room, days, sizeof *mirai);
	bool *is_found = report_room_take(&part->room, days, sizeof *is_found);
	struct report_rule rule = { NULL, life->antecedent_count, life->consequent_count };
	if (sources == NULL || mirai == NULL || is_found == NULL ||
	    !report_items(&part->room, life->items, choice->count, &rule.items))
		return false;
	for (size_t i = 0; i < targets->day_count; i++) {
		const struct rule_day_targets *day = &targets->days[i];
		const int64_t at = (int64_t)day->day - part->rules.from;
		if (at < 0 || at >= (int64_t)days)
			continue;
		sources[at] = day->sources;
		mirai[at] = is_unknown(part, day->day) ? REPORT_UNKNOWN : day->mirai_sources;
		is_found[at] = on_day(lives, life->sources, day->day) > 0;
	}
	*out = (struct report_rule_line){ rule, sources, mirai, is_found };
	return true;
}

// Whether a rule is one more of the same: of a course like that of a line, and of a value of the line or of another
// rule that it stands for.
static bool stands_for(const struct report_rules_part *part, const struct choice *list, size_t line,
                       size_t rule)
{
	if (!is_alike(part, &list[line], &list[rule]))
		return false;
	for (size_t i = line; i < rule; i++)
		if (list[i].line == line && shares_item(&list[i], &list[rule]))
			return true;
	return false;
}

// The strongest rules of a field, each of a course of its own; how many there are.
static size_t choose_lines(const struct report_rules_part *part, struct choice *list, size_t count,
                           unsigned field, size_t out[REPORT_RULE_LINES_MAX])
{
	size_t chosen = 0;
	for (size_t i = 0; i < count && chosen < REPORT_RULE_LINES_MAX; i++) {
		if (list[i].sorted[0].field != field)
			continue;
		for (size_t k = 0; list[i].line == SIZE_MAX && k < chosen; k++)
			if (stands_for(part, list, out[k], i))
				list[i].line = out[k];
		if (list[i].line == SIZE_MAX)
			list[i].line = out[chosen++] = i;
	}
	return chosen;
}

static bool fill_figure(struct report_rules_part *part, struct choice *list, size_t count,
                        unsigned field)
{
	size_t chosen[REPORT_RULE_LINES_MAX];
	const size_t lines = choose_lines(part, list, count, field, chosen);
	const size_t index = part->rules.figure_count;
	struct report_rule_figure *figure = &part->figures[index];
	struct report_rule_line *room = report_room_take(&part->room, lines, sizeof *room);
	if (lines == 0)
		return true;
	if (room == NULL)
		return false;
	text_format(part->files[index], sizeof part->files[index], "rules-%s.svg",
	            header_field_name(field));
	*figure = (struct report_rule_figure){ .field = header_field_name(field),
		                               .lines = room,
		                               .file = part->files[index] };
	for (; figure->line_count < lines; figure->line_count++)
		if (!fill_line(part, &list[chosen[figure->line_count]], &room[figure->line_count]))
			return false;
	// Lines are by their peak.
	figure->is_log = list[chosen[lines - 1]].life->peak_sources <
	                 list[chosen[0]].life->peak_sources / LINEAR_TIMES;
	part->rules.figure_count++;
	return true;
}

static bool fill_lives(struct report_rules_part *part)
{
	struct choice *list;
	size_t count;
	if (!choose(part, &list, &count) || !fill_rows(part, list, count))
		return false;
	for (size_t i = 0; i < part->command.field_count; i++)
		if (!fill_figure(part, list, count, part->command.field_list[i]))
			return false;
	part->rules.figures = part->figures;
	return true;
}

bool report_rules_fill(struct report_rules_part *part, const struct report_question *q,
                       struct error *error)
{
	const int32_t last = q->shown->first_day + (int32_t)q->shown->day_count - 1;
	const int32_t least = last - REPORT_RULES_DAYS + 1;
	const struct day_range window = { least > q->shown->first_day ? least : q->shown->first_day,
		                          last };
	part->shown = q->shown;
	part->fingerprints = &store_settings(q->dataset->store)->fingerprints;
	part->has_mirai = fingerprint_find(part->fingerprints, "mirai-2016", NULL) != NULL;
	part->news.has_networks = true;
	part->command = command_of(q, window);
	if (!rules_check(&part->command, error))
		return false;
	raise_support(part, q->dataset->store);
	if (!report_rules_timeline_find(q->dataset->store, &part->command, &part->timeline,
	                                error) ||
	    !report_rules_news_find(q->dataset, &part->command, &part->news, error))
		return false;
	state(part, q, window);
	return (fill_lives(part) && report_emergences_fill(part, q->lang)) ||
	       error_memory(error, "the rules of the report");
}

void report_rules_done(struct report_rules_part *part)
{
	report_rules_timeline_done(&part->timeline);
	report_rules_news_done(&part->news);
	report_room_done(&part->room);
}
