// SPDX-License-Identifier: MIT
// The rows of what is new: one a rule, for people and programs that look at it, and those that say
// each thing about its targets by itself, for who draws it.
#include "answer/local/rules.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

enum { PLACES_SHOWN = 8, TEXT_MAX = 1 << 20, NUMBER_SIZE = 24 };

struct writing {
	const struct rules_news *news;
	const struct fingerprint_set *fingerprints;
	const struct question *question;
	struct rows *rows;
	struct buffer text;  // of one cell
};

// ---- fingerprints, by how many targets matched them

struct ranked {
	uint64_t count;
	uint32_t bit;
};

static int by_count(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->bit > y->bit) - (x->bit < y->bit);
}

static size_t rank(const struct writing *w, const struct rule_targets *t,
                   struct ranked out[FINGERPRINTS_MAX])
{
	size_t count = 0;
	for (uint32_t bit = 0; bit < FINGERPRINTS_MAX; bit++)
		if (t->matched[bit] > 0 && fingerprint_name(w->fingerprints, bit) != NULL)
			out[count++] = (struct ranked){ t->matched[bit], bit };
	qsort(out, count, sizeof *out, by_count);
	return count;
}

// ---- one row a rule

// Starts a cell of several parts, or goes on with it.
static void part(struct writing *w, char separator)
{
	if (w->text.length > 0)
		buffer_byte(&w->text, (uint8_t)separator);
}

static void end_cell(struct writing *w)
{
	rows_text_span(w->rows, buffer_span(&w->text));
	w->text.length = 0;
}

static void write_ports(struct writing *w, const struct rule_targets *t)
{
	for (size_t i = 0; i < t->port_count; i++) {
		part(w, ';');
		buffer_format(&w->text, "%" PRIu32 ":%" PRIu64, t->ports[i].port,
		              t->ports[i].sources);
	}
	end_cell(w);
}

static void write_places(struct writing *w, size_t entry)
{
	const struct rules_places *places = rules_news_places(w->news, PLACE_COUNTRY, entry);
	const struct place_atlas *countries = w->news->where[PLACE_COUNTRY].atlas;
	if (places == NULL) {
		rows_unknown(w->rows);
		return;
	}
	for (size_t i = 0; i < places->count && i < PLACES_SHOWN; i++) {
		part(w, ';');
		buffer_format(&w->text, "%s:%" PRIu64,
		              place_at(countries, places->list[i].place)->id,
		              places->list[i].sources);
	}
	end_cell(w);
}

// The share of the targets any of whose SYNs matched, to three decimals.
static void write_share(struct writing *w, uint64_t sources, uint64_t all)
{
	char text[32];
	text_format(text, sizeof text, "%.3f", (double)sources / (double)all);
	size_t length = strlen(text);
	while (text[length - 1] == '0')
		length--;
	length -= text[length - 1] == '.';
	buffer_append(&w->text, text, length);
}

static void write_fingerprints(struct writing *w, const struct rule_targets *t)
{
	struct ranked ranked[FINGERPRINTS_MAX];
	const size_t count = rank(w, t, ranked);
	for (size_t i = 0; i < count; i++) {
		part(w, ';');
		buffer_format(&w->text, "%s:", fingerprint_name(w->fingerprints, ranked[i].bit));
		write_share(w, ranked[i].count, t->sources);
	}
	if (count == 0)
		buffer_text(&w->text, "none");
	end_cell(w);
}

// The value of a field, if it has one. Fields of SYNs only: where the packets went is not for every
// reader of a listing.
static bool example_item(const struct rule_example *e, unsigned field,
                         char text[HEADER_ITEM_TEXT_SIZE])
{
	const struct header_item item = { .field = (uint8_t)field, .value = e->values[field] };
	if (!(e->known >> field & 1))
		return false;
	header_item_text(&item, text);
	return true;
}

static void write_example(struct writing *w, const struct rule_example *e)
{
	char text[HEADER_ITEM_TEXT_SIZE], source[TEXT_IPV4_SIZE];
	if (!e->is_there) {
		rows_empty(w->rows);
		return;
	}
	text_from_ipv4(e->source, source);
	buffer_format(&w->text, "source=%s syns=%" PRIu64, source, e->syns);
	for (unsigned field = 0; field < FIELD_DESTINATION; field++) {
		if (!example_item(e, field, text))
			continue;
		part(w, ' ');
		buffer_text(&w->text, text);
	}
	end_cell(w);
}

static void write_seen(struct writing *w, size_t entry)
{
	const struct rules_places *places = rules_news_places(w->news, PLACE_COUNTRY, entry);
	rows_number(w->rows, w->news->found.list[entry].targets.ports_seen);
	if (places == NULL)
		rows_unknown(w->rows);
	else
		rows_number(w->rows, places->count);
}

static void write_rule(struct writing *w, size_t entry)
{
	const struct emerged *e = &w->news->found.list[entry];
	const struct header_rule *rule = &e->rule;
	struct rows *rows = w->rows;
	rows_day(rows, e->emergence.day);
	rules_write_items(rows, rule->antecedent, rule->antecedent_count);
	rules_write_items(rows, rule->consequent, rule->consequent_count);
	rows_number(rows, rule->rule.support.all);
	rows_real(rows, rule->rule.confidence);
	rows_real(rows, rule->rule.lift);
	rows_number(rows, rule->target_sources);
	rules_write_mirai(rows, rule->target_sources, rule->mirai_sources,
	                  e->emergence.has_unknown);
	if (w->question->rules.has_targets) {
		write_ports(w, &e->targets);
		write_places(w, entry);
		write_fingerprints(w, &e->targets);
		write_example(w, &e->targets.example);
	}
	rows_number(rows, e->emergence.most_before);
	if (w->question->rules.has_one_packet)
		rules_write_one_packet(rows, rule);
	rules_write_mirai(rows, rule->target_sources, rule->mirai_any_port_sources,
	                  e->emergence.has_unknown);
	if (w->question->rules.has_targets)
		write_seen(w, entry);
	rows_end(rows);
}

// ---- one row a thing about its targets

static void write_fact(struct writing *w, size_t entry, const char *what, const char *key,
                       const char *name, uint64_t count)
{
	const char *const texts[] = { what, key, name };
	rows_number(w->rows, w->news->written + entry + 1);
	for (size_t i = 0; i < 3; i++) {
		if (texts[i] != NULL)
			rows_text(w->rows, texts[i]);
		else
			rows_empty(w->rows);
	}
	rows_number(w->rows, count);
	rows_end(w->rows);
}

static void write_place_facts(struct writing *w, size_t entry, enum place_kind kind)
{
	const struct rules_places *places = rules_news_places(w->news, kind, entry);
	const uint64_t top = w->question->top == 0 ? UINT64_MAX : w->question->top;
	for (size_t i = 0; places != NULL && i < places->count && i < top; i++) {
		const struct place *place = place_at(w->news->where[kind].atlas,
		                                     places->list[i].place);
		write_fact(w, entry, kind == PLACE_COUNTRY ? "country" : "network", place->id,
		           place->name, places->list[i].sources);
	}
}

static void write_facts(struct writing *w, size_t entry)
{
	const struct rule_targets *t = &w->news->found.list[entry].targets;
	struct ranked ranked[FINGERPRINTS_MAX];
	const size_t ranked_count = rank(w, t, ranked);
	char text[HEADER_ITEM_TEXT_SIZE], port[NUMBER_SIZE];
	write_fact(w, entry, "targets", NULL, NULL, t->sources);
	write_fact(w, entry, "ports", NULL, NULL, t->ports_seen);
	for (size_t i = 0; i < t->port_count; i++) {
		text_format(port, sizeof port, "%" PRIu32, t->ports[i].port);
		write_fact(w, entry, "port", port, NULL, t->ports[i].sources);
	}
	for (size_t i = 0; i < ranked_count; i++)
		write_fact(w, entry, "fingerprint",
		           fingerprint_name(w->fingerprints, ranked[i].bit), NULL, ranked[i].count);
	write_place_facts(w, entry, PLACE_COUNTRY);
	write_place_facts(w, entry, PLACE_NETWORK);
	for (unsigned field = 0; t->example.is_there && field < FIELD_DESTINATION; field++)
		if (example_item(&t->example, field, text))
			write_fact(w, entry, "example", text, NULL, t->example.syns);
}

// ---- all of them

bool rules_news_write(const struct rules_news *n, struct rules_news_rows *to, struct error *error)
{
	struct writing w = { .news = n,
		             .fingerprints = holdings_about(n->answering->holdings).fingerprints,
		             .question = to->asked->question,
		             .rows = &to->rows,
		             .text = buffer_up_to(TEXT_MAX) };
	for (size_t i = 0; i < n->found.count && !w.rows->is_enough && !w.text.failed; i++) {
		if (w.question->kind == QUESTION_NEW_RULES)
			write_rule(&w, i);
		else
			write_facts(&w, i);
	}
	const bool ok = !w.text.failed || error_memory(error, "new rules");
	buffer_done(&w.text);
	return ok;
}
