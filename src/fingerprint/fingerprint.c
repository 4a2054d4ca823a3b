// SPDX-License-Identifier: MIT
// The set of fingerprints in force: built-in ones, and users' own compiled by
// libpcap for link type RAW, so that byte 0 of a filter is the IPv4 header.
#include "fingerprint/builtin.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"

#include <assert.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

enum { SNAPSHOT = 65535 };

const char fingerprint_unknown[] = "unknown";
const char *const fingerprint_kind_names[] = { "family", "tool" };

// Sets the bits of the user's own fingerprints.
static void match_users(const struct fingerprint_set *set, struct packet *packet)
{
	const bpf_u_int32 captured = (bpf_u_int32)packet->ip.length;
	const struct pcap_pkthdr header = {
		.caplen = captured,
		.len = packet->length > captured ? packet->length : captured,
	};
	for (size_t f = set->builtin_count; f < set->count; f++)
		if (set->entries[f].program != NULL &&
		    pcap_offline_filter(set->entries[f].program, &header, packet->ip.bytes) != 0)
			packet->fingerprints |= UINT32_C(1) << f;
}

static bool compile(const char *expression, struct bpf_program **out, struct error *error)
{
	pcap_t *handle = pcap_open_dead(DLT_RAW, SNAPSHOT);
	struct bpf_program *program = memory_new(1, sizeof *program);
	bool ok = false;
	if (handle == NULL || program == NULL) {
		error_memory(error, "a filter");
		goto done;
	}
	if (pcap_compile(handle, program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		error_set(error, ERROR_USAGE, "'%s' is no pcap-filter expression: %s", expression,
		          pcap_geterr(handle));
		goto done;
	}
	*out = program;
	program = NULL;
	ok = true;
done:
	if (handle != NULL)
		pcap_close(handle);
	memory_free(program);
	return ok;
}

// ---- fingerprints of sources

static const char source_word[] = "source";

static bool is_of_sources(const char *rule)
{
	const size_t length = sizeof source_word - 1;
	return text_starts(rule, source_word) && strchr(" \t", rule[length]) != NULL;
}

static int by_item(const void *a, const void *b)
{
	return header_item_compare(a, b);
}

// Takes the next word of the list.
static bool next_word(const char **list, char *word, size_t size)
{
	*list += strspn(*list, " \t");
	const size_t length = strcspn(*list, " \t");
	// Longer than any item: what is left of it is none either.
	text_format(word, size, "%.*s", (int)(length < size ? length : size - 1), *list);
	*list += length;
	return length > 0;
}

static bool add_item(struct fingerprint *f, const char *word, struct error *error)
{
	struct header_item item;
	if (!header_item_parse(word, &item, error))
		return false;
	if (item.field >= FIELD_DESTINATION)
		return error_set(error, ERROR_USAGE,
		                 "'%.200s' is not of SYNs, of which alone fingerprints are", word);
	for (size_t i = 0; i < f->item_count; i++)
		if (header_item_compare(&f->items[i], &item) == 0)
			return true;
		else if (item.is_bucket && f->items[i].is_bucket && f->items[i].field == item.field)
			return error_set(error, ERROR_USAGE,
			                 "'%.200s' is the second number of values of one field",
			                 word);
	if (f->item_count == FINGERPRINT_ITEMS_MAX)
		return error_set(error, ERROR_USAGE, "fingerprint '%s' has more than %d values",
		                 f->name, FINGERPRINT_ITEMS_MAX);
	f->items[f->item_count++] = item;
	return true;
}

// "source window=792 window=1320"
static bool read_items(struct fingerprint *f, struct error *error)
{
	const char *rest = f->rule + sizeof source_word - 1;
	char word[HEADER_ITEM_TEXT_SIZE + 1];
	f->items = memory_new(FINGERPRINT_ITEMS_MAX, sizeof *f->items);
	if (f->items == NULL)
		return error_memory(error, "fingerprints");
	bool ok = true;
	while (ok && next_word(&rest, word, sizeof word))
		ok = add_item(f, word, error);
	if (ok && f->item_count == 0)
		ok = error_set(error, ERROR_USAGE,
		               "fingerprint '%s' needs values that its sources use: source "
		               "window=792 window=1320",
		               f->name);
	if (ok) {
		qsort(f->items, f->item_count, sizeof *f->items, by_item);
		return true;
	}
	memory_free(f->items);
	return false;
}

bool fingerprint_same(const struct fingerprint *a, const struct fingerprint *b)
{
	if (a->item_count != b->item_count)
		return false;
	for (size_t i = 0; i < a->item_count; i++)
		if (header_item_compare(&a->items[i], &b->items[i]) != 0)
			return false;
	return a->item_count > 0 || text_equal(a->rule, b->rule);
}

// ---- the user's text

static bool is_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
	const size_t length = strlen(name);
	return length > 0 && length < FINGERPRINT_NAME_SIZE && strspn(name, allowed) == length;
}

// The name may be taken, and there is a rule.
static bool check_user(const struct fingerprint_set *set, const char *line, const char *name,
                       const char *rule, struct error *error)
{
	if (!is_name(name))
		return error_set(error, ERROR_USAGE,
		                 "a fingerprint's name has 1-%d of a-z 0-9 - _, unlike '%s'",
		                 FINGERPRINT_NAME_SIZE - 1, line);
	if (fingerprint_find(set, name, NULL) != NULL || text_equal(name, fingerprint_unknown))
		return error_set(error, ERROR_USAGE, "fingerprint '%s' is there already", name);
	if (rule[0] == '\0' ||
	    (!is_of_sources(rule) && strlen(rule) >= FINGERPRINT_EXPRESSION_SIZE))
		return error_set(error, ERROR_USAGE,
		                 "fingerprint '%s' needs an expression of 1-%d bytes", name,
		                 FINGERPRINT_EXPRESSION_SIZE - 1);
	if (set->count == FINGERPRINT_UNKNOWN)
		return error_set(error, ERROR_USAGE, "more than %d fingerprints",
		                 FINGERPRINT_UNKNOWN);
	return true;
}

// Adds "name = expression"; both become pieces of the set's own text.
static bool add_user(struct fingerprint_set *set, char *line, struct error *error)
{
	char *equals = strchr(line, '=');
	if (equals == NULL)
		return error_set(error, ERROR_USAGE, "'%s' is not 'name = pcap-filter expression'",
		                 line);
	*equals = '\0';
	const char *left = line, *right = equals + 1;
	char name[FINGERPRINT_NAME_SIZE], rule[FINGERPRINT_RULE_SIZE];
	text_next(&left, '\0', name, sizeof name);
	text_next(&right, '\0', rule, sizeof rule);
	if (!check_user(set, line, name, rule, error))
		return false;
	text_copy(line, sizeof name, name);
	memmove(equals + 1, rule, strlen(rule) + 1);
	struct fingerprint f = {
		.name = line,
		.kind = FINGERPRINT_FAMILY,
		.rule = equals + 1,
		.what = "user's own",
		.source = "user",
		.strength = "user",
	};
	struct bpf_program *program = NULL;
	if (is_of_sources(rule) ? !read_items(&f, error) : !compile(rule, &program, error))
		return false;
	f.program = program;
	if (program == NULL) {
		f.what = "user's own, of sources: what they used on a day";
		set->of_sources |= UINT32_C(1) << set->count;
	}
	set->has_expressions |= program != NULL;
	set->entries[set->count++] = f;
	return true;
}

static bool add_user_text(struct fingerprint_set *set, const char *where, struct error *error)
{
	char *line = set->text;
	for (unsigned number = 1; line != NULL; number++) {
		char *next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		char *comment = strchr(line, '#');
		if (comment != NULL)
			*comment = '\0';
		line[strcspn(line, "\r")] = '\0';
		if (line[strspn(line, " \t")] != '\0' && !add_user(set, line, error)) {
			char place[300];
			text_format(place, sizeof place, "%s:%u", where, number);
			return error_prefix(error, place);
		}
		line = next;
	}
	return true;
}

bool fingerprint_text_check(struct span text, const char *where, struct error *error)
{
	unsigned number = 1;
	for (size_t i = 0; i < text.length; i++) {
		const uint8_t byte = text.bytes[i];
		const bool ends_line = i + 1 == text.length || text.bytes[i + 1] == '\n';
		if (byte == '\n')
			number++;
		else if (byte == '\r' && !ends_line)
			return error_set(
				error, ERROR_USAGE,
				"%s:%u: a carriage return within a line: lines end in a line "
				"feed, or in both",
				where, number);
		else if ((byte < ' ' && byte != '\t' && byte != '\r') || byte == 0x7f)
			return error_set(error, ERROR_USAGE,
			                 "%s:%u: a control byte, 0x%02x: this is no text", where,
			                 number, byte);
	}
	return true;
}

// Older stores and files say "options=nop,..." for what is "options=nop,more" now, and is shown so.
static char *copy_text(const char *text)
{
	static const char old_mark[] = ",...", mark[] = ",more";
	struct buffer out = buffer_up_to(SIZE_MAX);
	for (const char *next; (next = strstr(text, old_mark)) != NULL;
	     text = next + sizeof old_mark - 1) {
		buffer_append(&out, text, (size_t)(next - text));
		buffer_text(&out, mark);
	}
	buffer_append(&out, text, strlen(text) + 1);
	if (!out.failed)
		return (char *)out.bytes;
	buffer_done(&out);
	return NULL;
}

bool fingerprint_set_init(struct fingerprint_set *set, const char *user_text, const char *where,
                          struct error *error)
{
	return fingerprint_set_init_of(set, builtin_fingerprint_count, user_text, where, error);
}

bool fingerprint_set_init_of(struct fingerprint_set *set, size_t builtins, const char *user_text,
                             const char *where, struct error *error)
{
	assert(builtins <= builtin_fingerprint_count);
	*set = (struct fingerprint_set){ .count = builtins, .builtin_count = builtins };
	memcpy(set->entries, builtin_fingerprints, builtins * sizeof *builtin_fingerprints);
	if (user_text == NULL)
		return true;
	set->text = copy_text(user_text);
	if (set->text == NULL)
		return error_memory(error, "fingerprints");
	if (add_user_text(set, where, error))
		return true;
	fingerprint_set_done(set);
	return false;
}

void fingerprint_set_done(struct fingerprint_set *set)
{
	for (size_t i = set->builtin_count; i < set->count; i++) {
		if (set->entries[i].program != NULL)
			pcap_freecode(set->entries[i].program);
		memory_free(set->entries[i].program);
		memory_free(set->entries[i].items);
	}
	memory_free(set->text);
	*set = (struct fingerprint_set){ .count = 0 };
}

const struct fingerprint *fingerprint_find(const struct fingerprint_set *set, const char *name,
                                           unsigned *out_bit)
{
	for (unsigned i = 0; i < set->count; i++)
		if (text_equal(set->entries[i].name, name)) {
			if (out_bit != NULL)
				*out_bit = i;
			return &set->entries[i];
		}
	return NULL;
}

size_t fingerprint_builtins_among(const char *const *names, size_t count)
{
	size_t same = 0;
	while (same < count && same < builtin_fingerprint_count &&
	       text_equal(names[same], builtin_fingerprints[same].name))
		same++;
	// Those of tools came together: a user's own that has the name of the first is none of them.
	return same < FINGERPRINT_TOOLS_END && same > FINGERPRINT_NMAP ? FINGERPRINT_NMAP : same;
}

const char *fingerprint_name(const struct fingerprint_set *set, unsigned bit)
{
	if (bit == FINGERPRINT_UNKNOWN)
		return fingerprint_unknown;
	return bit < set->count ? set->entries[bit].name : NULL;
}

void fingerprint_match(const struct fingerprint_set *set, struct packet *packets, size_t count)
{
	builtin_match(packets, count);
	builtin_fold(packets, count, set->builtin_count);
	if (!set->has_expressions)
		return;
	for (struct packet *p = packets; p < packets + count; p++)
		if (p->kind == KIND_SYN && (p->known & KNOWN_HEADER))
			match_users(set, p);
}
