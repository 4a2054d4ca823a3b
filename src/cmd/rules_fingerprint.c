// SPDX-License-Identifier: MIT
// `hotaru rules --as-fingerprint`: a file for --fingerprints, with an entry for each set of values
// that a rule is about.
//
// What a rule says of a source is that it used all values on a day, each at least once. That is
// a fingerprint of sources, whether or not the values fit one packet: it has just the rule's
// targets, and a store can be asked it of days whose packets are gone. Where they do fit one
// packet, a filter for packets stands beside it as a comment: it is another question, for those to come.
//
// The store's own fingerprints come first, so that the file can replace them.
#include "cmd/rules.h"

#include "cmd/caveats.h"

#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

static const struct option options[] = {
	{ "as-fingerprint", 0, OPTION_FLAG, offsetof(struct rules_command, as_fingerprint), NULL,
	  "print entries for a file of --fingerprints instead; with --new, of what is new", 0, 0,
	  NULL },
};
const struct option_table rules_fingerprint_table = { options, 1 };

// ---- the entries that there are

static uint32_t hash_of(const char *text)
{
	uint32_t hash = 0;
	for (; *text != '\0'; text++)
		hash = item_hash(hash + (uint8_t)*text + 1);
	return hash;
}

// Where an entry with that text is, or where it belongs.
static uint32_t *slot_of(const struct rules_fingerprints *e, uint32_t *index, const char *text)
{
	size_t at = hash_of(text) & (e->index_size - 1);
	while (index[at] != 0) {
		const struct rules_entry *entry = &e->list[index[at] - 1];
		if (text_equal(index == e->rules ? entry->rule : entry->name, text))
			break;
		at = (at + 1) & (e->index_size - 1);
	}
	return &index[at];
}

static void enter(struct rules_fingerprints *e, size_t i)
{
	*slot_of(e, e->rules, e->list[i].rule) = (uint32_t)i + 1;
	if (e->list[i].name[0] != '\0')
		*slot_of(e, e->names, e->list[i].name) = (uint32_t)i + 1;
}

// Room for one more.
static bool reserve(struct rules_fingerprints *e)
{
	if (e->count < e->capacity)
		return true;
	const size_t capacity = e->capacity == 0 ? 64 : e->capacity * 2;
	struct rules_entry *list = memory_resize(e->list, capacity, sizeof *list);
	if (list == NULL)
		return false;
	e->list = list;
	memory_free(e->rules);
	memory_free(e->names);
	e->rules = memory_new(capacity * 2, sizeof *e->rules);
	e->names = memory_new(capacity * 2, sizeof *e->names);
	if (e->rules == NULL || e->names == NULL)
		return false;
	e->capacity = capacity;
	e->index_size = capacity * 2;
	for (size_t i = 0; i < e->count; i++)
		enter(e, i);
	return true;
}

static void entries_done(struct rules_fingerprints *e)
{
	fingerprint_set_done(&e->own);
	for (size_t i = 0; i < e->count; i++)
		memory_free(e->list[i].rule);
	memory_free(e->list);
	memory_free(e->rules);
	memory_free(e->names);
}

// ---- names

static bool is_taken(const struct rules_fingerprints *e, const char *name)
{
	bool is_own = false;
	for (size_t i = 0; !is_own && i < e->description->fingerprint_count; i++)
		is_own = text_equal(e->description->fingerprints[i].name, name);
	return is_own || *slot_of(e, e->names, name) != 0;
}

// "rule-window-792-1320", and what does not fit as a number.
static void make_name(const struct rules_fingerprints *e, const struct header_item *items,
                      size_t count, const char *rule, char out[FINGERPRINT_NAME_SIZE])
{
	char name[FINGERPRINT_ITEMS_MAX * (HEADER_ITEM_TEXT_SIZE + 1) + 8] = "rule",
									text[HEADER_ITEM_TEXT_SIZE];
	size_t length = strlen(name);
	uint32_t hash = hash_of(rule);
	for (size_t i = 0; i < count; i++) {
		header_item_text(&items[i], text);
		const bool goes_on = i > 0 && items[i - 1].field == items[i].field;
		text_format(name + length, sizeof name - length, "-%s",
		            goes_on ? strchr(text, '=') + 1 : text);
		length += strlen(name + length);
	}
	for (size_t i = 0; i < length; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_", name[i]) == NULL)
			name[i] = '-';
	if (length < FINGERPRINT_NAME_SIZE)
		text_copy(out, FINGERPRINT_NAME_SIZE, name);
	while (length >= FINGERPRINT_NAME_SIZE || is_taken(e, out)) {
		text_format(out, FINGERPRINT_NAME_SIZE, "%.*s-%08" PRIx32,
		            FINGERPRINT_NAME_SIZE - 10, name, hash);
		length = 0;
		hash = item_hash(hash + 1);
	}
}

// ---- one rule

static int by_item(const void *a, const void *b)
{
	return header_item_compare(a, b);
}

// Adds the values that a cell names. False: they are too many.
static bool add_items(const struct cell *cell, struct header_item out[FINGERPRINT_ITEMS_MAX],
                      size_t *count)
{
	const char *begin = (const char *)cell->text.bytes, *end = begin + cell->text.length;
	while (begin < end) {
		char text[HEADER_ITEM_TEXT_SIZE];
		const char *next = memchr(begin, ';', (size_t)(end - begin));
		struct error ignored;
		if (next == NULL)
			next = end;
		text_format(text, sizeof text, "%.*s", (int)(next - begin), begin);
		if (*count == FINGERPRINT_ITEMS_MAX ||
		    !header_item_parse(text, &out[*count], &ignored))
			return false;
		++*count;
		begin = next + 1;
	}
	return true;
}

// The values of both sides, ascending. How many; 0: they are no fingerprint.
static size_t items_of(const struct rules_fingerprints *e, const struct cell *row,
                       struct header_item out[FINGERPRINT_ITEMS_MAX])
{
	size_t count = 0;
	if (!add_items(&row[e->antecedent], out, &count) ||
	    !add_items(&row[e->consequent], out, &count))
		return 0;
	qsort(out, count, sizeof *out, by_item);
	return out[count - 1].field < FIELD_DESTINATION ? count : 0;
}

// "source window=792 window=1320". False: it is too long for a fingerprint.
static bool rule_text(const struct header_item *items, size_t count,
                      char out[FINGERPRINT_RULE_SIZE])
{
	size_t length = strlen("source");
	bool fits = text_copy(out, FINGERPRINT_RULE_SIZE, "source");
	for (size_t i = 0; fits && i < count; i++) {
		char text[HEADER_ITEM_TEXT_SIZE];
		header_item_text(&items[i], text);
		fits = text_format(out + length, FINGERPRINT_RULE_SIZE - length, " %s", text);
		length += strlen(text) + 1;
	}
	return fits;
}

// Where each value can stand in one and the same packet, and pcap-filter has a word for it.
static bool packet_text(const struct header_item *items, size_t count,
                        char out[FINGERPRINT_EXPRESSION_SIZE])
{
	static const char *const terms[FIELD_DESTINATION] = {
		[FIELD_WINDOW] = "tcp[14:2] =",
		[FIELD_DESTINATION_PORT] = "tcp dst port",
		[FIELD_TTL] = "ip[8] =",
		[FIELD_TOS] = "ip[1] =",
		[FIELD_SOURCE_PORT] = "tcp src port",
		[FIELD_IP_ID] = "ip[4:2] =",
		[FIELD_LENGTH] = "ip[2:2] =",
		[FIELD_TCP_FLAGS] = "tcp[13] =",
	};
	size_t length = 0;
	for (size_t i = 0; i < count; i++) {
		const char *term = terms[items[i].field];
		const bool is_second = i > 0 && items[i - 1].field == items[i].field;
		if (items[i].is_bucket || is_second || term == NULL)
			return false;
		text_format(out + length, FINGERPRINT_EXPRESSION_SIZE - length, "%s%s %" PRIu32,
		            i > 0 ? " and " : "", term, items[i].value);
		length += strlen(out + length);
	}
	return true;
}

static void print_text(const struct rules_fingerprints *e, const struct cell *cell)
{
	fwrite(cell->text.bytes, 1, cell->text.length, e->file);
}

static void print_comment(const struct rules_fingerprints *e, const struct cell *row)
{
	char date[CALENDAR_DAY_SIZE];
	day_format(row[e->day].day, date);
	fprintf(e->file, "\n# %s", date);
	if (e->command->window_days > 1)
		fprintf(e->file, ", over %" PRIu64 " days", e->command->window_days);
	if (e->command->analysis.without_floods)
		fputs(", without floods", e->file);
	fputs(": ", e->file);
	print_text(e, &row[e->antecedent]);
	fputs(" => ", e->file);
	print_text(e, &row[e->consequent]);
	fprintf(e->file, "\n# support %" PRIu64 ", confidence %.6g, targets %" PRIu64 "\n",
	        row[e->support].number, row[e->confidence].real, row[e->targets].number);
}

static const char *own_name(const struct rules_fingerprints *e, const struct header_item *items,
                            size_t count)
{
	struct header_item copy[FINGERPRINT_ITEMS_MAX];
	memcpy(copy, items, count * sizeof *copy);
	const struct fingerprint f = { .items = copy, .item_count = count };
	for (size_t i = 0; i < e->own.count; i++)
		if (fingerprint_same(&e->own.entries[i], &f))
			return e->own.entries[i].name;
	return NULL;
}

static void print_entry(struct rules_fingerprints *e, const struct cell *row,
                        const struct header_item *items, size_t count,
                        const struct rules_entry *entry)
{
	char filter[FINGERPRINT_EXPRESSION_SIZE];
	const bool has_room = e->room > 0;
	if (packet_text(items, count, filter))
		fprintf(e->file,
		        "# surely in one packet: %" PRIu64
		        " of them; of packets to come it would be\n"
		        "# %s = %s\n",
		        row[e->one_packet].number, entry->name, filter);
	fprintf(e->file, "%s%s = %s\n", has_room ? "" : "# no room: ", entry->name, entry->rule);
	e->room -= has_room;
	e->surplus += !has_room;
}

static bool print_rule(struct rules_fingerprints *e, const struct cell *row)
{
	struct header_item items[FINGERPRINT_ITEMS_MAX];
	char text[FINGERPRINT_RULE_SIZE];
	const size_t count = items_of(e, row, items);
	if (count == 0 || !rule_text(items, count, text)) {
		e->unfit++;
		return true;
	}
	if (!reserve(e))
		return false;
	if (*slot_of(e, e->rules, text) != 0)
		return true;
	struct rules_entry *entry = &e->list[e->count];
	*entry = (struct rules_entry){ .rule = memory_text(text) };
	if (entry->rule == NULL)
		return false;
	const char *known = own_name(e, items, count);
	print_comment(e, row);
	if (known != NULL) {
		fprintf(e->file, "# it is there already: %s\n", known);
	} else {
		make_name(e, items, count, text, entry->name);
		print_entry(e, row, items, count, entry);
	}
	enter(e, e->count++);
	return true;
}

// ---- all rules

// Only those of sources can ask the same as a rule. Their texts are a file of --fingerprints again.
static bool read_own(struct rules_fingerprints *e, struct error *error)
{
	struct buffer text = buffer_up_to(1 << 20);
	for (size_t i = 0; i < e->description->fingerprint_count; i++) {
		const struct described_fingerprint *f = &e->description->fingerprints[i];
		if (text_equal(f->strength, "user") && text_starts(f->rule, "source "))
			buffer_format(&text, "%s = %s\n", f->name, f->rule);
	}
	buffer_byte(&text, '\0');
	const bool ok = !text.failed ? fingerprint_set_init(&e->own, (const char *)text.bytes,
	                                                    "the store", error)
	                             : error_memory(error, "fingerprints of rules");
	buffer_done(&text);
	return ok;
}

static void print_head(struct rules_fingerprints *e)
{
	const struct description *d = e->description;
	fputs("# A day of a source matches if its SYNs had every value, each at least once. For --fingerprints\n"
	      "# of a new store, or of `hotaru settings`: then also for the days that a store has.\n",
	      e->file);
	for (size_t i = 0; i < d->fingerprint_count; i++) {
		const struct described_fingerprint *f = &d->fingerprints[i];
		if (text_equal(f->strength, "user"))
			fprintf(e->file, "%s = %s\n", f->name, f->rule);
	}
	e->room = FINGERPRINT_UNKNOWN - d->fingerprint_count;
}

static struct rules_fingerprints *fingerprints_of(struct receiver *receiver)
{
	return (struct rules_fingerprints *)receiver;
}

static bool begin(struct receiver *receiver, const struct schema *schema, struct error *error)
{
	struct rules_fingerprints *e = fingerprints_of(receiver);
	e->day = schema_find(schema, "day");
	e->antecedent = schema_find(schema, "antecedent");
	e->consequent = schema_find(schema, "consequent");
	e->support = schema_find(schema, "support");
	e->confidence = schema_find(schema, "confidence");
	e->targets = schema_find(schema, "target_sources");
	e->one_packet = schema_find(schema, "one_packet_sources");
	if (!read_own(e, error))
		return false;
	e->file = command_output_open(e->command->analysis.output, error);
	if (e->file == NULL)
		return false;
	print_head(e);
	return true;
}

static bool take_row(struct receiver *receiver, const struct cell *cells)
{
	struct rules_fingerprints *e = fingerprints_of(receiver);
	if (cells[e->antecedent].state == CELL_UNKNOWN)
		return true;  // a day that is lost
	e->is_out_of_memory = !print_rule(e, cells);
	return !e->is_out_of_memory && !ferror(e->file);
}

static bool close_entries(struct outlet *outlet, bool is_answered, struct error *error)
{
	struct rules_fingerprints *e = fingerprints_of(&outlet->receiver);
	struct error ignored;
	bool ok = is_answered;
	if (ok && e->is_out_of_memory)
		ok = error_memory(error, "fingerprints of rules");
	if (e->file != NULL)
		ok = command_output_close(e->file, e->command->analysis.output,
		                          ok ? error : &ignored) &&
		     ok;
	entries_done(e);
	return ok;
}

static void say_entries(const struct rules_fingerprints *e)
{
	char line[256];
	if (e->surplus > 0) {
		text_format(line, sizeof line,
		            "%" PRIu64 " entries are commented out: a store has room for %d "
		            "fingerprints; --from, --to and --min-support choose",
		            e->surplus, FINGERPRINT_UNKNOWN);
		command_warn(line);
	}
	if (e->unfit > 0) {
		text_format(line, sizeof line,
		            "%" PRIu64
		            " rules are left out: they are not of SYNs, or too long for a "
		            "fingerprint",
		            e->unfit);
		command_warn(line);
	}
}

// Of what is new it is said what is said of rules: the entries are rules.
static bool as_of_rules(const struct caveats *caveats, struct caveats *out, struct error *error)
{
	const struct caveat *partial = caveats_find(caveats, CAVEAT_RULES_PARTIAL);
	bool ok = partial == NULL || caveats_add(out, partial, error);
	for (size_t i = 0; ok && i < caveats->count; i++) {
		const enum caveat_kind kind = caveats->list[i].kind;
		if (kind != CAVEAT_RULES_PARTIAL && kind != CAVEAT_NOTHING_NEW &&
		    kind != CAVEAT_NEW_UNKNOWN && kind != CAVEAT_NEW_PARTIAL)
			ok = caveats_add(out, &caveats->list[i], error);
	}
	return ok;
}

static void say(struct outlet *outlet, const struct caveats *caveats)
{
	const struct rules_fingerprints *e = fingerprints_of(&outlet->receiver);
	struct caveats of_rules = { .count = 0 };
	const struct listener listener = { .is_quiet = e->command->analysis.take.common.quiet };
	struct error ignored;
	say_entries(e);
	if (as_of_rules(caveats, &of_rules, &ignored))
		caveats_say(&of_rules, e->description, listener);
	caveats_done(&of_rules);
}

struct outlet *rules_fingerprints_outlet(struct rules_fingerprints *e,
                                         const struct rules_command *c, const struct description *d)
{
	*e = (struct rules_fingerprints){ .outlet = { { begin, take_row }, close_entries, say },
		                          .command = c,
		                          .description = d };
	return &e->outlet;
}
