// SPDX-License-Identifier: MIT
// Victims of floods with forged sources: each attack, or how many by day or country. Questions with the same rule and
// days share the work.
#include "answer/local/topic.h"

#include "analyse/attacks/attacks.h"
#include "base/memory.h"
#include "base/text.h"
#include "holdings/days.h"
#include "place/place.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_same_rule(const struct question *a, const struct question *b)
{
	const struct attacks_question *x = &a->attacks, *y = &b->attacks;
	return a->days.from == b->days.from && a->days.to == b->days.to &&
	       x->packets == y->packets && x->seconds == y->seconds &&
	       x->per_minute == y->per_minute && x->silence_s == y->silence_s &&
	       x->is_scaled == y->is_scaled;
}

// What one inquiry is handed.
struct handing {
	const struct answering *a;
	const struct question *question;
	const struct attacks *found;
	const struct attack **chosen;  // by start, victim, protocol
	size_t count;
	struct rows rows;
};

// ---- which are wanted

static const char *country_of(const struct handing *h, uint32_t place)
{
	return h->a->countries == NULL ? "unknown" : place_at(h->a->countries, place)->id;
}

static bool is_in(const char *countries, const char *id)
{
	char word[PLACE_ID_SIZE];
	bool is_one = countries == NULL;
	while (!is_one && text_next(&countries, ',', word, sizeof word))
		is_one = text_equal(word, id);
	return is_one;
}

static double rate_of(const struct attack *a)
{
	return a->telescope == 0 ? NAN : attack_rate((double)a->max_per_minute, a->telescope);
}

// The highest rate first; where no telescope is known, the most packets a minute.
static int by_rate(const void *a, const void *b)
{
	const struct attack *x = *(const struct attack *const *)a;
	const struct attack *y = *(const struct attack *const *)b;
	const double p = (double)x->max_per_minute * (double)(y->telescope + 1);
	const double q = (double)y->max_per_minute * (double)(x->telescope + 1);
	return p != q ? (p < q) - (p > q) : (x > y) - (x < y);
}

static int by_place_in_list(const void *a, const void *b)
{
	const struct attack *x = *(const struct attack *const *)a;
	const struct attack *y = *(const struct attack *const *)b;
	return (x > y) - (x < y);
}

static bool choose(struct handing *h, struct error *error)
{
	const struct attacks_question *q = &h->question->attacks;
	const uint64_t top = q->by == ATTACKS_EACH ? h->question->top : 0;
	h->chosen = memory_new(h->found->count + 1, sizeof *h->chosen);
	if (h->chosen == NULL)
		return error_memory(error, "attacks");
	for (size_t i = 0; i < h->found->count; i++) {
		const struct attack *a = &h->found->list[i];
		if (a->victim >= q->victim_first && a->victim <= q->victim_last &&
		    is_in(q->countries, country_of(h, a->country)))
			h->chosen[h->count++] = a;
	}
	if (top > 0 && top < h->count) {
		qsort(h->chosen, h->count, sizeof *h->chosen, by_rate);
		h->count = (size_t)top;
		qsort(h->chosen, h->count, sizeof *h->chosen, by_place_in_list);
	}
	return true;
}

// ---- each

static void write_protocol(struct rows *rows, uint8_t protocol)
{
	switch (protocol) {
	case BURST_ICMP: rows_text(rows, "icmp"); break;
	case BURST_TCP: rows_text(rows, "tcp"); break;
	case BURST_UDP: rows_text(rows, "udp"); break;
	default: rows_numeral(rows, protocol);
	}
}

static void write_rates(struct rows *rows, const struct attack *a)
{
	const struct attack_interval i = attack_interval(a->max_per_minute);
	if (a->telescope == 0) {
		rows_unknown(rows);
		rows_unknown(rows);
		rows_unknown(rows);
		return;
	}
	rows_real(rows, rate_of(a));
	rows_real(rows, attack_rate(i.lower, a->telescope));
	rows_real(rows, attack_rate(i.upper, a->telescope));
}

static void write_known(struct rows *rows, uint64_t number)
{
	if (number == 0)
		rows_unknown(rows);
	else
		rows_number(rows, number);
}

static void write_each(struct handing *h)
{
	struct rows *rows = &h->rows;
	for (size_t i = 0; i < h->count && !rows->is_enough; i++) {
		const struct attack *a = h->chosen[i];
		rows_address(rows, a->victim);
		write_protocol(rows, a->protocol);
		rows_time(rows, a->first_ns);
		rows_time(rows, a->last_ns);
		rows_real(rows, (double)(a->last_ns - a->first_ns) / 1e9);
		rows_number(rows, a->packets);
		rows_number(rows, a->max_per_minute);
		rows_number(rows, a->ports);
		write_known(rows, a->addresses);
		if (a->has_port)
			rows_number(rows, a->first_port);
		else
			rows_empty(rows);
		rows_text(rows, country_of(h, a->country));
		rows_text(rows, h->a->networks == NULL ? "unknown"
		                                       : place_at(h->a->networks, a->network)->id);
		write_rates(rows, a);
		rows_number(rows, a->mismatches);
		rows_time(rows, a->peak_ns);
		write_known(rows, a->networks);
		rows_end(rows);
	}
}

// ---- counts

struct counts {
	uint64_t attacks, victims, packets, tcp, udp, icmp;
	double largest;  // NAN: not known
};

static int by_victim(const void *a, const void *b)
{
	const struct attack *x = *(const struct attack *const *)a;
	const struct attack *y = *(const struct attack *const *)b;
	return (x->victim > y->victim) - (x->victim < y->victim);
}

// Sorts them by victim.
static struct counts count(const struct attack **list, size_t number)
{
	struct counts c = { .attacks = number, .largest = NAN };
	if (number > 0)
		qsort(list, number, sizeof *list, by_victim);
	for (size_t i = 0; i < number; i++) {
		c.victims += i == 0 || list[i]->victim != list[i - 1]->victim;
		c.packets += list[i]->packets;
		c.tcp += list[i]->protocol == BURST_TCP;
		c.udp += list[i]->protocol == BURST_UDP;
		c.icmp += list[i]->protocol == BURST_ICMP;
		c.largest = fmax(c.largest, rate_of(list[i]));
	}
	return c;
}

static void write_day(struct handing *h, int32_t day, bool is_known, size_t *next)
{
	struct rows *rows = &h->rows;
	const size_t first = *next;
	while (*next < h->count && h->chosen[*next]->day == day)
		++*next;
	rows_day(rows, day);
	if (!is_known) {
		rows_rest_unknown(rows);
		rows_end(rows);
		return;
	}
	const struct counts c = count(h->chosen + first, *next - first);
	rows_number(rows, c.attacks);
	rows_number(rows, c.victims);
	rows_number(rows, c.packets);
	rows_number(rows, c.tcp);
	rows_number(rows, c.udp);
	rows_number(rows, c.icmp);
	rows_number(rows, c.attacks - c.tcp - c.udp - c.icmp);
	if (c.attacks == 0 || (isnan(c.largest) && h->found->telescope.least > 0))
		rows_empty(rows);
	else if (isnan(c.largest))
		rows_unknown(rows);
	else
		rows_real(rows, c.largest);
	rows_end(rows);
}

// Days that are held or lost. Of lost days, and those of which nothing was kept, nobody knows.
static void write_days(struct handing *h)
{
	struct held_day day = { .count = 0 };
	size_t lost_count, at = 0, next = 0;
	const struct lost_day *lost = holdings_lost(h->a->holdings, &lost_count);
	bool has_day = true;
	while (at < lost_count && lost[at].day < h->question->days.from)
		at++;
	while (has_day) {
		has_day = held_day_next(h->a->holdings, h->question->days, &day);
		for (; at < lost_count && lost[at].day <= h->question->days.to &&
		       (!has_day || lost[at].day < day.day);
		     at++)
			write_day(h, lost[at].day, false, &next);
		if (has_day)
			write_day(h, day.day,
			          holdings_kept(h->a->holdings, period_of_day(day.day),
			                        BURST_BACKSCATTER)
			                  .is_some,
			          &next);
	}
}

static int by_country(const void *a, const void *b)
{
	const struct attack *x = *(const struct attack *const *)a;
	const struct attack *y = *(const struct attack *const *)b;
	return (x->country > y->country) - (x->country < y->country);
}

struct country_counts {
	uint32_t country;
	const char *id;
	struct counts counts;
};

static int by_attacks(const void *a, const void *b)
{
	const struct country_counts *x = a, *y = b;
	if (x->counts.attacks != y->counts.attacks)
		return x->counts.attacks < y->counts.attacks ? 1 : -1;
	return strcmp(x->id, y->id);
}

static size_t count_countries(struct handing *h, struct country_counts *out)
{
	size_t found = 0;
	if (h->count > 0)
		qsort(h->chosen, h->count, sizeof *h->chosen, by_country);
	for (size_t first = 0, end; first < h->count; first = end) {
		const uint32_t country = h->chosen[first]->country;
		for (end = first + 1; end < h->count && h->chosen[end]->country == country; end++)
			;
		out[found++] = (struct country_counts){ country, country_of(h, country),
			                                count(h->chosen + first, end - first) };
	}
	qsort(out, found, sizeof *out, by_attacks);
	return found;
}

static bool write_countries(struct handing *h, struct error *error)
{
	struct rows *rows = &h->rows;
	struct country_counts *list = memory_new(h->count + 1, sizeof *list);
	if (list == NULL)
		return error_memory(error, "attacks");
	const size_t number = count_countries(h, list);
	const uint64_t top = h->question->top == 0 ? UINT64_MAX : h->question->top;
	for (size_t i = 0; i < number && i < top && !rows->is_enough; i++) {
		const struct counts *c = &list[i].counts;
		rows_text(rows, list[i].id);
		rows_text(rows, h->a->countries == NULL
		                        ? ""
		                        : place_at(h->a->countries, list[i].country)->name);
		rows_number(rows, c->attacks);
		rows_number(rows, c->victims);
		rows_number(rows, c->packets);
		rows_real(rows, (double)c->attacks / (double)h->count);
		rows_end(rows);
	}
	memory_free(list);
	return true;
}

// ---- all

static bool write(struct handing *h, struct error *error)
{
	switch (h->question->attacks.by) {
	case ATTACKS_EACH: write_each(h); return true;
	case ATTACKS_BY_DAY: write_days(h); return true;
	case ATTACKS_BY_COUNTRY: return write_countries(h, error);
	}
	return true;
}

static uint64_t least_rate(uint64_t per_minute, uint64_t telescope)
{
	return telescope == 0 ? 0 : (uint64_t)ceil(attack_rate((double)per_minute, telescope));
}

static uint64_t per_minute_of(const struct attacks_question *q, uint64_t telescope)
{
	const struct attack_thresholds t = { .packets = q->packets, .per_minute = q->per_minute };
	return q->is_scaled && telescope > 0 ? attack_thresholds_scaled(&t, telescope).per_minute
	                                     : q->per_minute;
}

static bool add_caveats(const struct handing *h, struct inquiry *inquiry, struct error *error)
{
	const struct attacks *f = h->found;
	const struct attacks_question *q = &h->question->attacks;
	const uint64_t most = per_minute_of(q, f->telescope.most);
	const struct caveat unknown = { CAVEAT_BURSTS_UNKNOWN,
		                        { BURST_BACKSCATTER, f->kept.none, f->kept.part,
		                          f->kept.days, f->kept.evicted_bursts,
		                          f->kept.evicted_packets } };
	const struct caveat attacks = { CAVEAT_ATTACKS,
		                        { h->count, most, f->telescope.least, f->telescope.most,
		                          least_rate(most, f->telescope.most),
		                          least_rate(per_minute_of(q, f->telescope.least),
		                                     f->telescope.least) } };
	const bool is_all_known = f->kept.none + f->kept.part + f->kept.evicted_bursts == 0;
	return (is_all_known || add_caveat(inquiry, &unknown, error)) &&
	       add_caveat(inquiry, &attacks, error);
}

static bool asked_days(const struct handing *h, struct day_range *out)
{
	return held_days_bounds(h->a->holdings, h->question->days, out);
}

static bool hand(const struct answering *a, struct inquiry *inquiry, const struct attacks *found,
                 struct error *error)
{
	struct handing h = { .a = a, .question = inquiry->question, .found = found };
	struct schema schema;
	struct error ignored;
	struct day_range days;
	question_schema(inquiry->question, &schema);
	bool ok = choose(&h, error);
	const size_t chosen = h.count;
	ok = ok && rows_begin(&h.rows, inquiry->receiver, &schema, error) && write(&h, error);
	h.count = chosen;
	ok = rows_finish(&h.rows, ok ? error : &ignored) && ok && add_caveats(&h, inquiry, error);
	if (ok && asked_days(&h, &days))
		ok = database_caveats(inquiry, a->countries, false, days, error) &&
		     database_caveats(inquiry, a->networks, true, days, error);
	memory_free(h.chosen);
	return ok;
}

static bool answer_same(const struct answering *a, struct inquiry *const *list, size_t count,
                        struct error *error)
{
	const struct question *q = list[0]->question;
	const struct attacks_request request = {
		.thresholds = { q->attacks.packets, q->attacks.seconds, q->attacks.per_minute,
		                q->attacks.silence_s },
		.is_scaled = q->attacks.is_scaled,
		.days = q->days,
		.countries = a->countries,
		.networks = a->networks,
	};
	struct attacks found;
	if (!attacks_find(a->holdings, &request, &found, error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = hand(a, list[i], &found, error);
	attacks_done(&found);
	return ok;
}

bool answer_attacks(const struct answering *a, struct inquiry *const *list, size_t count,
                    struct error *error)
{
	return answer_alike(a, list, count, is_same_rule, answer_same, error);
}
