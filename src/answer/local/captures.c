// SPDX-License-Identifier: MIT
// Captures: what they are, where their frames went, why frames were not understood, and what was lost
// before it got into them. They are read once for all questions.
#include "answer/local/captures.h"

#include "base/memory.h"

// What nothing is in has no day.
static bool is_of_days(const struct zone *zone, const struct holdings_capture *c,
                       struct day_range days)
{
	if (days.from == all_days.from && days.to == all_days.to)
		return true;
	if (c->first_ns > c->last_ns || zone_day(zone, c->first_ns).day > days.to ||
	    zone_day(zone, c->last_ns).day < days.from)
		return false;
	for (size_t i = 0; c->seen != NULL && i < c->seen->count; i++)
		if (day_range_holds(days, zone_day(zone, c->seen->stretches[i].first_ns).day))
			return true;
	return c->seen == NULL;
}

bool captures_choose(const struct answering *a, const struct holdings_captures *all,
                     struct day_range days, struct chosen_captures *out, struct error *error)
{
	const struct zone *zone = holdings_about(a->holdings).zone;
	struct chosen_captures chosen = { memory_new(all->count + 1, sizeof *chosen.list), 0 };
	if (chosen.list == NULL)
		return error_memory(error, "captures");
	for (size_t i = 0; i < all->count; i++)
		if (is_of_days(zone, &all->list[i], days))
			chosen.list[chosen.count++] = &all->list[i];
	*out = chosen;
	return true;
}

void captures_choose_done(struct chosen_captures *c)
{
	memory_free(c->list);
	*c = (struct chosen_captures){ .list = NULL };
}

bool lost_caveat(struct inquiry *inquiry, const struct chosen_captures *captures,
                 struct error *error)
{
	uint64_t packets = 0, some = 0, known = 0;
	for (size_t i = 0; i < captures->count; i++) {
		const struct capture_drops *drops = captures->list[i]->drops;
		uint64_t lost;
		if (drops == NULL || !drops_lost(drops, &lost))
			continue;
		known++;
		some += lost > 0;
		packets = drops_sum(packets, lost);
	}
	const struct caveat caveat = { CAVEAT_PACKETS_LOST,
		                       { packets, some, known, captures->count } };
	return some == 0 || add_caveat(inquiry, &caveat, error);
}

// ---- what holds for everything that is asked

static bool origin_caveats(const struct holdings_captures *all, uint64_t hashed,
                           struct caveats *out, struct error *error)
{
	uint64_t simulated = 0, damaged = 0;
	for (size_t i = 0; i < all->count; i++) {
		simulated += all->list[i].is_simulated;
		damaged += all->list[i].damage != NULL;
	}
	const struct caveat caveats[] = {
		{ CAVEAT_SIMULATED, { simulated, all->count } },
		{ CAVEAT_HASHED, { hashed } },
		{ CAVEAT_DAMAGED, { damaged, all->count } },
	};
	for (size_t i = 0; i < sizeof caveats / sizeof *caveats; i++)
		if (caveats[i].numbers[0] > 0 && !caveats_add(out, &caveats[i], error))
			return false;
	return true;
}

// Their frames are counted as a whole.
static bool go_on_caveat(const struct holdings_captures *all, struct caveats *out,
                         struct error *error)
{
	struct caveat caveat = { CAVEAT_CAPTURES_GO_ON };
	for (size_t i = 0; i < all->count; i++) {
		const struct holdings_capture *c = &all->list[i];
		const bool is_unknown = c->frames_after == HOLDINGS_FRAMES_UNKNOWN;
		caveat.numbers[0] += c->goes_on;
		caveat.numbers[1] += is_unknown ? 0 : c->frames_after;
		caveat.numbers[2] += is_unknown;
	}
	return caveat.numbers[0] == 0 || caveats_add(out, &caveat, error);
}

bool describe_captures(const struct holdings_captures *all, struct description *out,
                       struct error *error)
{
	uint64_t hashed = 0;
	for (size_t i = 0; i < all->count; i++)
		hashed += all->list[i].is_hashed;
	out->has_addresses = hashed == 0;
	return origin_caveats(all, hashed, &out->caveats, error) &&
	       go_on_caveat(all, &out->caveats, error);
}

// ---- the ledger

static void write_counter(struct rows *rows, const char *capture, const char *counter,
                          uint64_t frames)
{
	rows_text(rows, capture);
	rows_text(rows, counter);
	rows_number(rows, frames);
	rows_end(rows);
}

static void write_one_ledger(struct rows *rows, const char *capture,
                             const struct ingest_ledger *ledger)
{
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		write_counter(rows, capture, kind_names[kind], ledger->frames[kind]);
	if (ledger->copies > 0)
		write_counter(rows, capture, "copy", ledger->copies);
	write_counter(rows, capture, "frames", ingest_ledger_total(ledger));
}

static bool write_ledger(const struct answering *a, struct rows *rows,
                         const struct chosen_captures *captures, struct error *error)
{
	struct ingest_ledger total = { .detail_count = 0 };
	(void)a;
	(void)error;
	for (size_t i = 0; i < captures->count; i++) {
		const struct ingest_ledger *ledger = captures->list[i]->ledger;
		if (ledger == NULL)
			continue;
		write_one_ledger(rows, captures->list[i]->name, ledger);
		for (unsigned kind = 0; kind < KIND_COUNT; kind++)
			total.frames[kind] += ledger->frames[kind];
		total.copies += ledger->copies;
	}
	write_one_ledger(rows, "*", &total);
	return true;
}

// ---- reasons

static void write_reason(struct rows *rows, const char *capture, const struct ingest_detail *d)
{
	const char *name = d->link_type >= 0 ? decode_link_name((uint16_t)d->link_type) : NULL;
	rows_text(rows, capture);
	rows_text(rows, kind_names[d->kind]);
	rows_number(rows, d->frames);
	if (d->link_type >= 0)
		rows_number(rows, (uint64_t)d->link_type);
	else
		rows_empty(rows);
	rows_text(rows, reason_names[d->reason]);
	rows_number(rows, d->number);
	if (name != NULL)
		rows_text(rows, name);
	else
		rows_empty(rows);
	rows_end(rows);
}

// Frames of days that are far from all others, which count as what they are all the same.
static void write_far(const struct answering *a, struct rows *rows, const char *name,
                      const struct chosen_captures *captures)
{
	struct far_frames far = { .frames = 0 };
	for (size_t i = 0; i < captures->count; i++)
		if (captures->list[i]->seen != NULL)
			far_frames_add(holdings_about(a->holdings).zone, captures->list[i]->seen,
			               a->near, &far);
	if (far.frames == 0)
		return;
	rows_text(rows, name);
	rows_text(rows, "frames");
	rows_number(rows, far.frames);
	rows_empty(rows);
	rows_text(rows, reason_names[REASON_FAR_TIME]);
	rows_number(rows, far.days);
	rows_empty(rows);
	rows_end(rows);
}

static bool write_reasons_of(const struct answering *a, struct rows *rows, const char *name,
                             const struct chosen_captures *captures, struct error *error)
{
	struct reasons r;
	if (!reasons_gather(captures, &r, error))
		return false;
	for (size_t i = 0; i < r.count; i++)
		write_reason(rows, name, &r.rows[i]);
	reasons_done(&r);
	write_far(a, rows, name, captures);
	return true;
}

static bool write_reasons(const struct answering *a, struct rows *rows,
                          const struct chosen_captures *captures, struct error *error)
{
	for (size_t i = 0; i < captures->count && !rows->is_enough; i++) {
		const struct chosen_captures one = { captures->list + i, 1 };
		if (!write_reasons_of(a, rows, captures->list[i]->name, &one, error))
			return false;
	}
	return write_reasons_of(a, rows, "*", captures, error);
}

// ---- drops

static void write_drops_of(struct rows *rows, const char *capture,
                           const struct capture_drops *drops)
{
	for (unsigned counter = 0; counter < DROP_COUNTERS; counter++)
		if (drops_say(drops, counter)) {
			rows_text(rows, capture);
			rows_text(rows, drop_counter_names[counter]);
			rows_number(rows, drops->packets[counter]);
			rows_end(rows);
		}
}

static bool write_drops(const struct answering *a, struct rows *rows,
                        const struct chosen_captures *captures, struct error *error)
{
	struct capture_drops sum = { .said = 0 };
	(void)a;
	(void)error;
	for (size_t i = 0; i < captures->count; i++)
		if (captures->list[i]->drops != NULL) {
			write_drops_of(rows, captures->list[i]->name, captures->list[i]->drops);
			drops_add_all(&sum, captures->list[i]->drops);
		}
	write_drops_of(rows, "*", &sum);
	return true;
}

// ---- the captures themselves

static void write_times(struct rows *rows, const struct holdings_capture *c)
{
	if (c->first_ns <= c->last_ns) {
		rows_time(rows, c->first_ns);
		rows_time(rows, c->last_ns);
	} else {
		rows_empty(rows);
		rows_empty(rows);
	}
}

static bool write_captures(const struct answering *a, struct rows *rows,
                           const struct chosen_captures *captures, struct error *error)
{
	(void)a;
	(void)error;
	for (size_t i = 0; i < captures->count; i++) {
		const struct holdings_capture *c = captures->list[i];
		rows_text(rows, c->name);
		rows_text(rows, c->format);
		write_times(rows, c);
		if (c->ledger != NULL)
			rows_number(rows, ingest_ledger_total(c->ledger));
		else
			rows_empty(rows);
		rows_number(rows, c->is_simulated);
		if (c->damage != NULL)
			rows_text(rows, c->damage);
		else
			rows_empty(rows);
		rows_end(rows);
	}
	return true;
}

// ---- all of them

// Of all captures, whatever the days: the frames that are missing may have been of these.
static bool damage_caveats(struct inquiry *inquiry, const struct holdings_captures *all,
                           struct error *error)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct holdings_capture *c = &all->list[i];
		const struct caveat caveat = { CAVEAT_CAPTURE_DAMAGED,
			                       .texts = { c->name, c->damage } };
		if (c->damage != NULL && !add_caveat(inquiry, &caveat, error))
			return false;
	}
	return true;
}

static bool add_caveats(struct inquiry *inquiry, const struct holdings_captures *all,
                        const struct chosen_captures *chosen, uint64_t rows, struct error *error)
{
	const enum question_kind kind = inquiry->question->kind;
	const struct caveat no_drops = { CAVEAT_NO_DROPS };
	return (kind == QUESTION_CAPTURES || damage_caveats(inquiry, all, error)) &&
	       (kind == QUESTION_REASONS || lost_caveat(inquiry, chosen, error)) &&
	       (kind != QUESTION_DROPS || rows > 0 || add_caveat(inquiry, &no_drops, error));
}

static bool answer_one(const struct answering *a, struct inquiry *inquiry,
                       const struct holdings_captures *all, struct error *error)
{
	static bool (*const writers[QUESTION_KINDS])(const struct answering *, struct rows *,
	                                             const struct chosen_captures *,
	                                             struct error *) = {
		[QUESTION_LEDGER] = write_ledger,
		[QUESTION_REASONS] = write_reasons,
		[QUESTION_DROPS] = write_drops,
		[QUESTION_CAPTURES] = write_captures,
	};
	const struct question *q = inquiry->question;
	struct chosen_captures chosen;
	struct schema schema;
	struct rows rows;
	struct error ignored;
	if (!captures_choose(a, all, q->days, &chosen, error))
		return false;
	question_schema(q, &schema);
	bool ok = rows_begin(&rows, inquiry->receiver, &schema, error) &&
	          writers[q->kind](a, &rows, &chosen, error) &&
	          add_caveats(inquiry, all, &chosen, rows.count, error);
	ok = rows_finish(&rows, ok ? error : &ignored) && ok;
	captures_choose_done(&chosen);
	return ok;
}

bool answer_captures(const struct answering *a, struct inquiry *const *list, size_t count,
                     struct error *error)
{
	struct holdings_captures *all;
	if (!holdings_open_captures(a->holdings, &all, error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = answer_one(a, list[i], all, error);
	holdings_close_captures(all);
	return ok;
}
