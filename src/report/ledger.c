// SPDX-License-Identifier: MIT
// Where every frame went, why some were not understood, how much of each day was seen, and what captures
// say did not get into them.
#include "report/sections.h"

#include "base/memory.h"
#include "base/text.h"

#include <string.h>

// The ledger is of everything that was taken in, up to the end; what was not seen, of the days of the page.
void ledger_section_ask(struct ledger_section *s, const struct report_about *about,
                        struct plan *plan)
{
	struct question q = { .days = all_days };
	q.kind = QUESTION_LEDGER;
	s->ledger = plan_ask(plan, &q);
	q.kind = QUESTION_CAPTURES;
	s->of_captures = plan_ask(plan, &q);
	q.kind = QUESTION_REASONS;
	s->reasons = plan_ask(plan, &q);
	q.days = about->options->days;
	q.kind = QUESTION_DROPS;
	s->drops = plan_ask(plan, &q);
	q.kind = QUESTION_COVERAGE;
	s->coverage = plan_ask(plan, &q);
}

// ---- the ledger: rows of a capture stand together, the last of them is the sum; last come the totals,
// which have all counters that any capture has

static bool is_sum(const struct answer *a, size_t row)
{
	return text_equal(answer_text(a, row, answer_column(a, "counter")), "frames");
}

static bool list_counters(struct ledger_section *s, const struct answer *a)
{
	const size_t counter = answer_column(a, "counter"), end = a->row_count - 1;
	size_t begin = end;
	while (begin > 0 && !is_sum(a, begin - 1))
		begin--;
	s->counters = memory_new(end - begin + 1, sizeof *s->counters);
	for (size_t row = begin; s->counters != NULL && row < end; row++)
		s->counters[row - begin] = answer_text(a, row, counter);
	s->report.counter_count = end - begin;
	return s->counters != NULL;
}

// The frames of a capture from that row on, by counter, 0 where it has no row; returns the next row.
static size_t fill_frames(const struct ledger_section *s, const struct answer *a, size_t row,
                          uint64_t *out)
{
	const size_t counter = answer_column(a, "counter"), frames = answer_column(a, "frames");
	for (size_t i = 0; i < s->report.counter_count; i++)
		out[i] = text_equal(answer_text(a, row, counter), s->counters[i])
		                 ? answer_number(a, row++, frames)
		                 : 0;
	return row + 1;
}

static bool fill_ledger(struct ledger_section *s, const struct answer *a)
{
	const size_t capture = answer_column(a, "capture");
	size_t sums = 0;
	for (size_t row = 0; row < a->row_count; row++)
		sums += is_sum(a, row);
	if (!list_counters(s, a))
		return false;
	const size_t counters = s->report.counter_count;
	s->frames = memory_new(sums * counters + 1, sizeof *s->frames);
	s->captures = memory_new(sums, sizeof *s->captures);
	if (s->frames == NULL || s->captures == NULL)
		return false;
	for (size_t i = 0, row = 0; i < sums; i++) {
		uint64_t *frames = s->frames + i * counters;
		s->captures[i] = (struct report_capture){ answer_text(a, row, capture), frames,
			                                  NULL };
		row = fill_frames(s, a, row, frames);
	}
	s->report.counters = s->counters;
	s->report.totals = s->frames + (sums - 1) * counters;
	s->report.captures = s->captures;
	s->report.capture_count = sums - 1;
	return true;
}

// Those that are in the ledger stand here in the same order.
static void note_damage(struct ledger_section *s, const struct answer *a)
{
	const size_t frames = answer_column(a, "frames"), damage = answer_column(a, "damage");
	size_t next = 0;
	for (size_t row = 0; row < a->row_count; row++)
		if (answer_cell(a, row, frames)->state == CELL_VALUE)
			s->captures[next++].damage = answer_text(a, row, damage);
}

// ---- what was not understood, over all captures; IPv6 belongs to it, and needs no reason

static size_t counter_number(const struct ledger_section *s, const char *counter)
{
	size_t i = 0;
	while (i < s->report.counter_count && !text_equal(s->counters[i], counter))
		i++;
	return i;
}

static struct report_flaw flaw_of(const struct answer *a, size_t row)
{
	const size_t link_type = answer_column(a, "link_type"),
		     link_name = answer_column(a, "link_name");
	const bool has_type = answer_cell(a, row, link_type)->state == CELL_VALUE;
	const bool has_name = answer_cell(a, row, link_name)->state == CELL_VALUE;
	return (struct report_flaw){
		.counter = answer_text(a, row, answer_column(a, "counter")),
		.link_type = has_type ? (int32_t)answer_number(a, row, link_type) : -1,
		.link_name = has_name ? answer_text(a, row, link_name) : NULL,
		.reason = answer_text(a, row, answer_column(a, "reason")),
		.number = (uint32_t)answer_number(a, row, answer_column(a, "number")),
		.frames = answer_number(a, row, answer_column(a, "frames")),
	};
}

// Rows of all captures from *row on, up to counter `last`, that are remarks, or that are none.
static size_t take_flaws(struct ledger_section *s, const struct answer *a, size_t *row, size_t last,
                         bool is_remark, struct report_flaw *out)
{
	size_t count = 0;
	for (; *row < a->row_count; ++*row) {
		const struct report_flaw flaw = flaw_of(a, *row);
		if (counter_number(s, flaw.counter) > last)
			break;
		if (reason_name_is_remark(flaw.reason) == is_remark)
			out[count++] = flaw;
	}
	return count;
}

static bool fill_flaws(struct ledger_section *s, const struct answer *a)
{
	const size_t capture = answer_column(a, "capture"), ipv6 = counter_number(s, "ipv6");
	const uint64_t ipv6_frames = ipv6 < s->report.counter_count ? s->report.totals[ipv6] : 0;
	size_t row = a->row_count;
	s->flaws = memory_new(a->row_count + 1, sizeof *s->flaws);
	if (s->flaws == NULL)
		return false;
	while (row > 0 && text_equal(answer_text(a, row - 1, capture), "*"))
		row--;
	size_t again = row, count = take_flaws(s, a, &row, ipv6, false, s->flaws);
	if (ipv6_frames > 0)
		s->flaws[count++] = (struct report_flaw){ .counter = s->counters[ipv6],
			                                  .link_type = -1,
			                                  .frames = ipv6_frames };
	count += take_flaws(s, a, &row, SIZE_MAX, false, s->flaws + count);
	s->report.flaws = s->flaws;
	s->report.flaw_count = count;
	s->report.remarks = s->flaws + count;
	s->report.remark_count = take_flaws(s, a, &again, SIZE_MAX, true, s->flaws + count);
	return true;
}

// ---- what was not seen

static bool fill_coverage(struct ledger_section *s, const struct report_about *about,
                          const struct answer *a)
{
	const size_t day = answer_column(a, "day"), share = answer_column(a, "share");
	const size_t days = about->has_shown ? (size_t)(about->shown.to - about->shown.from) + 1
	                                     : 0;
	s->coverage_values = memory_new(days + 1, sizeof *s->coverage_values);
	if (s->coverage_values == NULL)
		return false;
	for (size_t row = 0; row < a->row_count; row++) {
		const int64_t at = (int64_t)answer_day(a, row, day) - about->shown.from;
		if (at >= 0 && (uint64_t)at < days)
			s->coverage_values[at] = answer_real(a, row, share);
	}
	return true;
}

static void note_lost(struct ledger_section *s, const struct caveats *caveats)
{
	const struct caveat *lost = caveats_find(caveats, CAVEAT_PACKETS_LOST);
	if (lost != NULL)
		s->report.lost = (struct report_lost){ .packets = lost->numbers[0],
			                               .captures = lost->numbers[1],
			                               .all = lost->numbers[3],
			                               .silent = lost->numbers[3] -
			                                         lost->numbers[2] };
}

static void note_going_on(struct ledger_section *s, const struct report_about *about)
{
	const struct caveat *c = caveats_find(&about->description->caveats, CAVEAT_CAPTURES_GO_ON);
	if (c != NULL)
		s->report.going_on = (struct report_going_on){ .captures = c->numbers[0],
			                                       .frames = c->numbers[1],
			                                       .is_unknown = c->numbers[2] > 0,
			                                       .day = about->options->days.to };
}

bool ledger_section_fill(struct ledger_section *s, const struct report_about *about,
                         const struct plan *plan, struct error *error)
{
	if (!fill_ledger(s, plan_answer(plan, s->ledger)) ||
	    !fill_flaws(s, plan_answer(plan, s->reasons)) ||
	    !fill_coverage(s, about, plan_answer(plan, s->coverage)))
		return error_memory(error, "the report");
	note_damage(s, plan_answer(plan, s->of_captures));
	note_lost(s, plan_caveats(plan, s->drops));
	note_going_on(s, about);
	return true;
}

// ---- as CSV

const struct column capture_columns[CAPTURE_COLUMNS] = { { "capture", CELL_TEXT },
	                                                 { "frames", CELL_NUMBER, UNIT_FRAMES },
	                                                 { "damage", CELL_TEXT } };

static struct cell cell_of(const char *text)
{
	text = text != NULL ? text : "";
	return (struct cell){ .text = { (const uint8_t *)text, strlen(text) } };
}

void ledger_section_write(const struct sections *s, struct table *to)
{
	const struct report_ledger *ledger = &s->ledger.report;
	for (size_t i = 0; i < ledger->capture_count; i++) {
		const struct report_capture *capture = &ledger->captures[i];
		uint64_t frames = 0;
		for (size_t k = 0; k < ledger->counter_count; k++)
			frames += capture->frames[k];
		const struct cell cells[CAPTURE_COLUMNS] = { cell_of(capture->name),
			                                     { .number = frames },
			                                     cell_of(capture->damage) };
		if (!table_row(to, cells))
			return;
	}
}

void ledger_section_done(struct ledger_section *s)
{
	memory_free(s->coverage_values);
	memory_free(s->counters);
	memory_free(s->frames);
	memory_free(s->captures);
	memory_free(s->flaws);
}
