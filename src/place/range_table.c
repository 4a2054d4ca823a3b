// SPDX-License-Identifier: MIT
// Tables of ranges, one a line, separated by commas or tabs:
//
//   first, last, country [, ...]
//   first, last, AS number, name
//   first, last, AS number, country, name [, ...]     (ip2asn-v4.tsv of iptoasn.com)
//
// Addresses are dotted or numbers. A field may stand in double quotes, with "" for one of
// them; a line end may not, nor a control byte but a tab. A first line that does not begin with an address has the names of the
// columns, and is passed over, as are empty lines and those that begin with #. Ranges ascend. One
// that reaches into the next ends before it, and counts as a bad record: published tables have some.
// Lines of IPv6 addresses are passed over, if there are others. Remarks may say when the table was
// made, and what it is called: "# built: 2026-06-17", "# type: ip-location-db asn".
#include "base/calendar.h"
#include "base/memory.h"
#include "base/text.h"
#include "place/database.h"

#include <string.h>

enum {
	COLUMNS = 5,  // what follows is not looked at
	LINE_MAX_BYTES = 4096,
	RANGES_MAX = 1 << 24,
	TEXT_HEAD = 1024,  // what is looked at to see that it is a text
	CONTROLS_IN_TEXT =
		16,  // of so many bytes one may be a control byte: of what is no text, more are
};

struct range_table {
	struct place_range *ranges;
	size_t count, capacity;
};

struct table_line {
	struct span column[COLUMNS];
	size_t columns;  // in all
	uint8_t unquoted[LINE_MAX_BYTES];
};

// What is being read.
struct table_reader {
	struct database *database;
	struct range_table *table;
	struct table_line line;
	uint64_t number;  // of the line
	uint64_t ipv6_lines, other_kind_lines, overlaps;
};

static bool is_control(uint8_t byte)
{
	return (byte < ' ' && byte != '\t') || byte == 0x7f;
}

static bool ends_line(uint8_t byte)
{
	return byte == '\r' || byte == '\n';
}

// A text: if it is one with a control byte somewhere, its line can be told.
static bool table_recognise(struct span file)
{
	const size_t length = file.length < TEXT_HEAD ? file.length : TEXT_HEAD;
	size_t controls = 0;
	for (size_t i = 0; i < length; i++)
		controls += is_control(file.bytes[i]) && !ends_line(file.bytes[i]);
	return (ends_line(file.bytes[0]) || !is_control(file.bytes[0])) &&
	       controls <= length / CONTROLS_IN_TEXT;
}

static struct span trim(struct span s)
{
	while (s.length > 0 && (s.bytes[0] == ' ' || s.bytes[0] == '\t'))
		s = span_from(s, 1);
	while (s.length > 0 && (s.bytes[s.length - 1] == ' ' || s.bytes[s.length - 1] == '\r'))
		s.length--;
	return s;
}

// Takes a quoted field off the front, its content to `to`. False if its quotes do not end.
static bool take_quoted(struct span *text, uint8_t *to, struct span *out)
{
	*out = (struct span){ .bytes = to };
	for (size_t i = 1; i < text->length; i++) {
		if (text->bytes[i] == '"') {
			if (i + 1 == text->length || text->bytes[i + 1] != '"') {
				*text = span_from(*text, i + 1);
				return true;
			}
			i++;
		}
		to[out->length++] = text->bytes[i];
	}
	return false;
}

// False: its quotes do not fit together. The text is at most LINE_MAX_BYTES long.
static bool split(struct span text, struct table_line *out)
{
	const uint8_t separator = memchr(text.bytes, '\t', text.length) != NULL ? (uint8_t)'\t'
	                                                                        : (uint8_t)',';
	uint8_t *room = out->unquoted;
	out->columns = 0;
	for (bool is_more = true; is_more;) {
		struct span field = { .bytes = text.bytes };
		if (text.length > 0 && text.bytes[0] == '"') {
			if (!take_quoted(&text, room, &field))
				return false;
			room += field.length;
			text = trim(text);
			if (text.length > 0 && text.bytes[0] != separator)
				return false;
		} else {
			while (field.length < text.length && text.bytes[field.length] != separator)
				field.length++;
			text = span_from(text, field.length);
			field = trim(field);
		}
		if (out->columns < COLUMNS)
			out->column[out->columns] = field;
		out->columns++;
		is_more = text.length > 0;
		text = span_from(text, 1);
	}
	return true;
}

// One part of a dotted address; no leading zero, which some take for octal.
static bool is_octet(struct span text, uint64_t value)
{
	return text.length > 0 && value <= 255 && (text.length == 1 || text.bytes[0] != '0');
}

// Dotted, or a number. There are a million of them in a table.
static bool read_address(struct span s, uint32_t *out)
{
	uint64_t value = 0, above = 0;
	size_t begin = 0;
	unsigned dots = 0;
	for (size_t i = 0; i < s.length; i++) {
		const uint8_t byte = s.bytes[i];
		if (byte >= '0' && byte <= '9' && value <= UINT32_MAX) {
			value = value * 10 + (uint64_t)(byte - '0');
			continue;
		}
		const struct span octet = { s.bytes + begin, i - begin };
		if (byte != '.' || ++dots > 3 || !is_octet(octet, value))
			return false;
		above = above << 8 | value;
		value = 0;
		begin = i + 1;
	}
	*out = (uint32_t)(above << 8 | value);
	if (dots == 0)
		return s.length > 0 && value <= UINT32_MAX;
	return dots == 3 && is_octet(span_from(s, begin), value);
}

// A number of 11 to 39 digits is one, too.
static bool is_ipv6(struct span s)
{
	size_t digits = 0;
	while (digits < s.length && s.bytes[digits] >= '0' && s.bytes[digits] <= '9')
		digits++;
	return (digits == s.length && digits > 10) ||
	       (s.length > 0 && memchr(s.bytes, ':', s.length) != NULL);
}

// False: the line is about the other kind of place.
static bool read_words(const struct table_line *line, enum place_kind kind, struct place_words *out)
{
	const struct span third = line->column[2];
	*out = (struct place_words){ .kind = kind };
	uint64_t network;
	const bool has_network = place_read_network(third, &network);
	const bool has_both = has_network && line->columns >= COLUMNS &&
	                      (place_is_country(line->column[3]) ||
	                       place_is_nothing(line->column[3]));
	if (kind == PLACE_COUNTRY) {
		out->country = has_both ? line->column[3] : third;
		return !has_network || has_both;
	}
	out->network = network;
	if (has_network && line->columns > 3)
		out->name = line->column[has_both ? 4 : 3];
	return has_network || place_is_nothing(third);
}

static bool add_range(struct range_table *table, struct place_range range, struct error *error)
{
	if (table->count == table->capacity) {
		const size_t capacity = table->capacity == 0 ? 4096 : table->capacity * 2;
		struct place_range *more = memory_resize(table->ranges, capacity, sizeof *more);
		if (more == NULL)
			return error_memory(error, "a table of ranges");
		table->ranges = more;
		table->capacity = capacity;
	}
	table->ranges[table->count++] = range;
	return true;
}

static bool bad_line(const struct table_reader *r, const char *why, struct error *error)
{
	return error_set(error, ERROR_FAILED, "'%s' line %llu: %s", r->database->name,
	                 (unsigned long long)r->number, why);
}

// A line that is taken all the same, as far as it goes.
static void note_bad_line(struct table_reader *r, const char *why)
{
	struct database *d = r->database;
	if (d->bad_line == 0) {
		d->bad_line = r->number;
		d->bad_line_why = why;
	}
}

static bool take_key(struct span *text, const char *key)
{
	const size_t length = strlen(key);
	if (text->length < length || memcmp(text->bytes, key, length) != 0)
		return false;
	*text = trim(span_from(*text, length));
	return true;
}

static bool read_remark(struct database *d, struct span text)
{
	char value[PLACE_NAME_SIZE];
	int32_t day;
	const bool is_built = take_key(&text, "# built:");
	if (!is_built && !take_key(&text, "# type:"))
		return true;
	if (!place_clean_text(text, value))
		return false;
	if (!is_built)
		text_copy(d->type, sizeof d->type, value);
	else if (day_parse(value, &day))
		d->built_day = day;
	return true;
}

// The addresses of a line. *out_is_range is false, without an error, for a line to pass over.
static bool read_range(struct table_reader *r, struct place_range *out, bool *out_is_range,
                       struct error *error)
{
	static const char columns[] =
		"a table has lines of first address, last address, and country or AS number";
	const struct table_line *line = &r->line;
	*out_is_range = false;
	if (line->columns < 3)
		return bad_line(r, columns, error);
	if (is_ipv6(line->column[0])) {
		r->ipv6_lines++;
		return true;
	}
	if (!read_address(line->column[0], &out->first) ||
	    !read_address(line->column[1], &out->last))
		return bad_line(r, columns, error);
	if (out->last < out->first)
		return bad_line(r, "the range ends before it begins", error);
	struct range_table *table = r->table;
	struct place_range *before = table->count > 0 ? &table->ranges[table->count - 1] : NULL;
	if (before != NULL && (out->first <= before->first || out->last < before->last))
		return bad_line(r, "ranges must ascend, and none lie in another", error);
	if (before != NULL && out->first <= before->last) {
		before->last = out->first - 1;
		r->overlaps++;
		note_bad_line(r, "its range begins before that of the line before has ended");
	}
	if (table->count == RANGES_MAX)
		return bad_line(r, "there are more ranges than a table may have", error);
	*out_is_range = true;
	return true;
}

// Whether the line has the names of the columns.
static bool is_header(const struct table_reader *r)
{
	uint32_t ignored;
	if (r->number != 1)
		return false;
	const struct span first = r->line.column[0];
	return !is_ipv6(first) && !read_address(first, &ignored) &&
	       (first.length == 0 || first.bytes[0] < '0' || first.bytes[0] > '9');
}

static bool read_line(struct table_reader *r, struct span text, struct error *error)
{
	struct database *d = r->database;
	struct place_range range;
	struct place_words words;
	bool is_range;
	r->number++;
	text = trim(text);
	if (text.length == 0)
		return true;
	if (text.bytes[0] == '#')
		return read_remark(d, text) || error_memory(error, "a table of ranges");
	for (size_t i = 0; i < text.length; i++)
		if (is_control(text.bytes[i]))
			return bad_line(r,
			                text.bytes[i] == '\r' ? "it holds a carriage return"
			                                      : "it holds a control byte",
			                error);
	if (text.length > LINE_MAX_BYTES)
		return bad_line(r, "it is longer than 4096 bytes", error);
	if (!split(text, &r->line))
		return bad_line(r, "its double quotes do not fit together", error);
	if (is_header(r))
		return true;
	if (!read_range(r, &range, &is_range, error))
		return false;
	if (!is_range)
		return true;
	if (!read_words(&r->line, d->kind, &words)) {
		r->other_kind_lines++;
		note_bad_line(r, d->kind == PLACE_NETWORK ? "its third column is no AS number"
		                                          : "its third column is no country");
		range.place = PLACE_UNKNOWN;
	} else if (!place_list_add(d->places, &words, d->rank, &range.place)) {
		return error_memory(error, "a table of ranges");
	}
	return add_range(r->table, range, error);
}

static bool read_lines(struct table_reader *r, struct span file, struct error *error)
{
	if (file.length >= 3 && memcmp(file.bytes, "\xef\xbb\xbf", 3) == 0)
		file = span_from(file, 3);
	while (file.length > 0) {
		const uint8_t *end = memchr(file.bytes, '\n', file.length);
		const size_t length = end != NULL ? (size_t)(end - file.bytes) : file.length;
		if (!read_line(r, (struct span){ file.bytes, length }, error))
			return false;
		file = span_from(file, end != NULL ? length + 1 : length);
	}
	if (r->table->count == 0 && r->ipv6_lines == 0)
		return error_set(error, ERROR_FAILED, "'%s' has no line with a range",
		                 r->database->name);
	if (r->table->count == 0)
		return database_no_ipv4(r->database, error);
	return r->other_kind_lines < r->table->count || database_wrong_kind(r->database, error);
}

static void table_close(struct database *d)
{
	struct range_table *table = d->state;
	if (table == NULL)
		return;
	memory_free(table->ranges);
	memory_free(table);
	d->state = NULL;
}

static bool table_open(struct database *d, struct span file, struct error *error)
{
	struct table_reader *r = memory_new(1, sizeof *r);
	struct range_table *table = memory_new(1, sizeof *table);
	bool ok = false;
	if (r == NULL || table == NULL) {
		memory_free(table);
		error_memory(error, "a table of ranges");
		goto done;
	}
	text_copy(d->type, sizeof d->type, "table");
	d->state = table;
	r->database = d;
	r->table = table;
	ok = read_lines(r, file, error);
	d->bad_records = r->other_kind_lines + r->overlaps;
	if (!ok)
		table_close(d);
done:
	memory_free(r);
	return ok;
}

// The last range that begins at or before the address, or one behind the end if there is none.
static size_t range_before(const struct range_table *table, uint32_t address)
{
	size_t low = 0, high = table->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (table->ranges[middle].first <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? low - 1 : table->count;
}

static bool table_find(struct database *d, uint32_t address, struct place_range *out)
{
	const struct range_table *table = d->state;
	const size_t at = range_before(table, address);
	if (at < table->count && address <= table->ranges[at].last) {
		*out = table->ranges[at];
		return true;
	}
	// Between two ranges, or outside of all.
	const size_t next = at < table->count ? at + 1 : 0;
	*out = (struct place_range){
		.first = at < table->count ? table->ranges[at].last + 1 : 0,
		.last = next < table->count ? table->ranges[next].first - 1 : UINT32_MAX,
		.place = PLACE_UNKNOWN,
	};
	return true;
}

const struct database_format database_range_table = {
	.recognise = table_recognise,
	.open = table_open,
	.find = table_find,
	.close = table_close,
};
