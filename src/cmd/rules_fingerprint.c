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

// An entry that was printed.
struct entry {
	char *rule;
	char name[FINGERPRINT_NAME_SIZE];  // "": the store has one that asks the same
};

struct entries {
	FILE *file;
	const struct rules_command *command;
	const struct fingerprint_set *own;  // of the store
	struct entry *list;
	size_t count, capacity;
	// [index_size]: numbers of entries + 1, by the hashes of rules and of names.
	uint32_t *rules, *names;
	size_t index_size;
	size_t room;              // for entries that a store still takes
	uint64_t surplus, unfit;  // that it does not take; rules that can be no fingerprint
	bool is_out_of_memory;
	struct rules_totals totals;
};

// ---- the entries that there are

static uint32_t hash_of(const char *text)
{
	uint32_t hash = 0;
	for (; *text != '\0'; text++)
		hash = item_hash(hash + (uint8_t)*text + 1);
	return hash;
}

// Where an entry with that text is, or where it belongs.
static uint32_t *slot_of(const struct entries *e, uint32_t *index, const char *text)
{
	size_t at = hash_of(text) & (e->index_size - 1);
	while (index[at] != 0) {
		const struct entry *entry = &e->list[index[at] - 1];
		if (text_equal(index == e->rules ? entry->rule : entry->name, text))
			break;
		at = (at + 1) & (e->index_size - 1);
	}
	return &index[at];
}

static void enter(struct entries *e, size_t i)
{
	*slot_of(e, e->rules, e->list[i].rule) = (uint32_t)i + 1;
	if (e->list[i].name[0] != '\0')
		*slot_of(e, e->names, e->list[i].name) = (uint32_t)i + 1;
}

// Room for one more.
static bool reserve(struct entries *e)
{
	if (e->count < e->capacity)
		return true;
	const size_t capacity = e->capacity == 0 ? 64 : e->capacity * 2;
	struct entry *list = memory_resize(e->list, capacity, sizeof *list);
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

static void entries_done(struct entries *e)
{
	for (size_t i = 0; i < e->count; i++)
		memory_free(e->list[i].rule);
	memory_free(e->list);
	memory_free(e->rules);
	memory_free(e->names);
}

// ---- names

static bool is_taken(const struct entries *e, const char *name)
{
	return *slot_of(e, e->names, name) != 0 || fingerprint_find(e->own, name, NULL) != NULL;
}

// "rule-window-792-1320", and what does not fit as a number.
static void make_name(const struct entries *e, const struct header_item *items, size_t count,
                      const char *rule, char out[FINGERPRINT_NAME_SIZE])
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

// The values of both sides, ascending. How many; 0: they are no fingerprint.
static size_t items_of(const struct header_rule *rule,
                       struct header_item out[FINGERPRINT_ITEMS_MAX])
{
	const size_t count = rule->antecedent_count + rule->consequent_count;
	if (count > FINGERPRINT_ITEMS_MAX)
		return 0;
	memcpy(out, rule->antecedent, rule->antecedent_count * sizeof *out);
	memcpy(out + rule->antecedent_count, rule->consequent,
	       rule->consequent_count * sizeof *out);
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

static void print_sides(const struct entries *e, const struct header_rule *rule)
{
	struct buffer text = buffer_up_to(1 << 20);
	rules_items_text(rule->antecedent, rule->antecedent_count, &text);
	buffer_text(&text, " => ");
	rules_items_text(rule->consequent, rule->consequent_count, &text);
	fwrite(text.bytes, 1, text.length, e->file);
	buffer_done(&text);
}

static void print_comment(const struct entries *e, int32_t day, const struct header_rule *rule)
{
	char date[CALENDAR_DAY_SIZE];
	day_format(day, date);
	fprintf(e->file, "\n# %s", date);
	if (e->command->window_days > 1)
		fprintf(e->file, ", over %" PRIu64 " days", e->command->window_days);
	if (e->command->analysis.without_floods)
		fputs(", without floods", e->file);
	fputs(": ", e->file);
	print_sides(e, rule);
	fprintf(e->file, "\n# support %" PRIu64 ", confidence %.6g, targets %" PRIu64 "\n",
	        rule->rule.support.all, rule->rule.confidence, rule->target_sources);
}

static const char *own_name(const struct entries *e, const struct header_item *items, size_t count)
{
	struct header_item copy[FINGERPRINT_ITEMS_MAX];
	memcpy(copy, items, count * sizeof *copy);
	const struct fingerprint f = { .items = copy, .item_count = count };
	for (size_t i = 0; i < e->own->count; i++)
		if (fingerprint_same(&e->own->entries[i], &f))
			return e->own->entries[i].name;
	return NULL;
}

static void print_entry(struct entries *e, const struct header_rule *rule,
                        const struct header_item *items, size_t count, const struct entry *entry)
{
	char filter[FINGERPRINT_EXPRESSION_SIZE];
	const bool has_room = e->room > 0;
	if (packet_text(items, count, filter))
		fprintf(e->file,
		        "# surely in one packet: %" PRIu64
		        " of them; of packets to come it would be\n"
		        "# %s = %s\n",
		        rule->one_packet_sources, entry->name, filter);
	fprintf(e->file, "%s%s = %s\n", has_room ? "" : "# no room: ", entry->name, entry->rule);
	e->room -= has_room;
	e->surplus += !has_room;
}

static bool print_rule(struct entries *e, int32_t day, const struct header_rule *rule)
{
	struct header_item items[FINGERPRINT_ITEMS_MAX];
	char text[FINGERPRINT_RULE_SIZE];
	const size_t count = items_of(rule, items);
	if (count == 0 || !rule_text(items, count, text)) {
		e->unfit++;
		return true;
	}
	if (!reserve(e))
		return false;
	if (*slot_of(e, e->rules, text) != 0)
		return true;
	struct entry *entry = &e->list[e->count];
	*entry = (struct entry){ .rule = memory_text(text) };
	if (entry->rule == NULL)
		return false;
	const char *known = own_name(e, items, count);
	print_comment(e, day, rule);
	if (known != NULL) {
		fprintf(e->file, "# it is there already: %s\n", known);
	} else {
		make_name(e, items, count, text, entry->name);
		print_entry(e, rule, items, count, entry);
	}
	enter(e, e->count++);
	return true;
}

// ---- all rules

static bool take_day(void *context, const struct header_rules_day *day)
{
	struct entries *e = context;
	rules_totals_add(&e->totals, day);
	for (size_t i = 0; !e->command->only_new && !e->is_out_of_memory && i < day->count; i++)
		e->is_out_of_memory = !print_rule(e, day->day, &day->list[i]);
	return !e->is_out_of_memory && !ferror(e->file);
}

static bool take_emergence(void *context, const struct emergence *emergence)
{
	struct entries *e = context;
	e->is_out_of_memory = !print_rule(e, emergence->day, emergence->rule);
	return !e->is_out_of_memory && !ferror(e->file);
}

static bool find(struct dataset *dataset, struct entries *e, struct floods_left_out *left_out,
                 struct error *error)
{
	struct header_rules_request request = rules_request_of(e->command);
	request.each = take_day;
	request.context = e;
	if (!e->command->only_new)
		return header_rules_run(store_holdings(dataset->store), &request, left_out, error);
	const struct emergences_request emergences = { .rules = request,
		                                       .past_days = (uint32_t)e->command->past_days,
		                                       .past_days_min = EMERGENCE_PAST_DAYS_MIN,
		                                       .each = take_emergence,
		                                       .context = e };
	struct emergences_totals totals;
	const bool ok = emergences_find(store_holdings(dataset->store), &emergences, &totals,
	                                error);
	if (ok)
		*left_out = totals.left_out;
	return ok;
}

static void print_head(struct entries *e)
{
	const size_t count = e->own->count;
	fputs("# A day of a source matches if its SYNs had every value, each at least once. For --fingerprints\n"
	      "# of a new store, or of `hotaru settings`: then also for the days that a store has.\n",
	      e->file);
	for (size_t i = 0; i < count; i++) {
		const struct fingerprint *f = &e->own->entries[i];
		if (text_equal(f->strength, "user"))
			fprintf(e->file, "%s = %s\n", f->name, f->rule);
	}
	e->room = FINGERPRINT_UNKNOWN - count;
}

static void say(const struct entries *e, const struct floods_left_out *left_out)
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
	rules_totals_say(e->command, &e->totals, left_out);
}

bool rules_fingerprint(struct dataset *dataset, const struct rules_command *c, struct error *error)
{
	struct floods_left_out left_out = { .days = 0 };
	struct entries e = { .command = c,
		             .own = &store_settings(dataset->store)->fingerprints,
		             .file = command_output_open(c->analysis.output, error) };
	struct error ignored;
	if (e.file == NULL)
		return false;
	print_head(&e);
	bool ok = find(dataset, &e, &left_out, error);
	if (ok && e.is_out_of_memory)
		ok = error_memory(error, "fingerprints of rules");
	ok = command_output_close(e.file, c->analysis.output, ok ? error : &ignored) && ok;
	if (ok)
		say(&e, &left_out);
	entries_done(&e);
	return ok;
}
