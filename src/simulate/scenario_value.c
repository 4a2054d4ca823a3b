// SPDX-License-Identifier: MIT
// The values of a scenario file, one reader for each kind of key. A value that
// is refused leaves what was there.
#include "simulate/scenario.h"

#include "base/text.h"
#include "simulate/device_text.h"

#include <string.h>

enum { PIECE_SIZE = 64, WEIGHT_MAX = 1000000 };

static bool expect(struct error *error, const char *text, const char *expected)
{
	return error_set(error, ERROR_USAGE, "'%.80s' is not %s", text, expected);
}

static bool read_number(const struct key *key, const char *text, uint64_t *out, struct error *error)
{
	uint64_t value;
	if (!text_u64(text, key->maximum, &value) || value < key->minimum)
		return error_set(
			error, ERROR_USAGE, "'%.80s' is not a whole number from %llu to %llu", text,
			(unsigned long long)key->minimum, (unsigned long long)key->maximum);
	*out = value;
	return true;
}

static bool read_decimal(const struct key *key, const char *text, uint64_t *out,
                         struct error *error)
{
	double value;
	const double minimum = (double)key->minimum / 1000, maximum = (double)key->maximum / 1000;
	if (!text_double(text, &value) || value < minimum || value > maximum)
		return error_set(error, ERROR_USAGE, "'%.80s' is not a number from %g to %g", text,
		                 minimum, maximum);
	*out = (uint64_t)(value * 1000 + 0.5);
	return true;
}

static bool read_word(const struct key *key, const char *text, uint64_t *out, struct error *error)
{
	char expected[256] = "";
	size_t length = 0;
	for (uint64_t i = 0; key->words[i] != NULL; i++) {
		if (text_equal(key->words[i], text)) {
			*out = i;
			return true;
		}
		text_format(expected + length, sizeof expected - length, "%s%s", i > 0 ? ", " : "",
		            key->words[i]);
		while (expected[length] != '\0')
			length++;
	}
	return error_set(error, ERROR_USAGE, "'%.80s' is none of: %s", text, expected);
}

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool read_country(const char *text, uint64_t *out, struct error *error)
{
	if (!is_capital(text[0]) || !is_capital(text[1]) || text[2] != '\0')
		return expect(error, text, "a country: two capital letters");
	*out = country_code(text);
	return true;
}

static bool read_one(const struct key *key, const char *text, uint64_t *out, struct error *error)
{
	if (key->kind == KEY_LIST)
		return read_number(key, text, out, error);
	if (key->kind == KEY_COUNTRIES)
		return read_country(text, out, error);
	return read_word(key, text, out, error);
}

// "VALUE" or "VALUE:WEIGHT".
static bool read_weighted(const struct key *key, const char *piece, struct choice *choice,
                          struct error *error)
{
	char value_text[PIECE_SIZE], weight_text[PIECE_SIZE];
	uint64_t value, weight = 1;
	const char *rest = piece;
	if (!text_next(&rest, ':', value_text, sizeof value_text))
		return expect(error, piece, "VALUE or VALUE:WEIGHT");
	if (text_next(&rest, ':', weight_text, sizeof weight_text) &&
	    (!text_u64(weight_text, WEIGHT_MAX, &weight) || weight == 0 || *rest != '\0'))
		return expect(error, piece, "VALUE:WEIGHT with a weight from 1 to 1000000");
	if (!read_one(key, value_text, &value, error))
		return false;
	if (choice->count == SCENARIO_CHOICES_MAX)
		return error_set(error, ERROR_USAGE, "a list has at most %d values",
		                 SCENARIO_CHOICES_MAX);
	const uint32_t sum = choice->count > 0 ? choice->sums[choice->count - 1] : 0;
	choice->values[choice->count] = (uint16_t)value;
	choice->sums[choice->count++] = sum + (uint32_t)weight;
	return true;
}

static bool read_choice(const struct key *key, const char *text, struct choice *out,
                        struct error *error)
{
	struct choice choice = { .is_random = key->kind == KEY_LIST && key->words != NULL &&
		                              text_equal(text, "random") };
	char piece[PIECE_SIZE];
	if (!choice.is_random)
		while (text_next(&text, ',', piece, sizeof piece))
			if (!read_weighted(key, piece, &choice, error))
				return false;
	*out = choice;
	return true;
}

// Minutes since the epoch of "YYYY-MM-DD" or "YYYY-MM-DDTHH:MM".
static bool read_minute(const char *text, int64_t *out)
{
	const char *rest = text;
	char day_text[16], hour_text[16], minute_text[16];
	int32_t day;
	uint64_t hour = 0, minute = 0;
	if (!text_next(&rest, 'T', day_text, sizeof day_text) || !day_parse(day_text, &day))
		return false;
	if (text_next(&rest, ':', hour_text, sizeof hour_text) &&
	    (!text_u64(hour_text, 23, &hour) ||
	     !text_next(&rest, ':', minute_text, sizeof minute_text) ||
	     !text_u64(minute_text, 59, &minute) || *rest != '\0'))
		return false;
	*out = (int64_t)day * 24 * 60 + (int64_t)(hour * 60 + minute);
	return true;
}

// "TIME HOSTS", not before the point that stands last.
static bool read_point(const struct key *key, const char *piece, struct curve *curve,
                       struct error *error)
{
	char time_text[PIECE_SIZE], hosts_text[PIECE_SIZE];
	struct point point;
	const char *rest = piece;
	if (!text_next(&rest, ' ', time_text, sizeof time_text) ||
	    !text_next(&rest, '\0', hosts_text, sizeof hosts_text) ||
	    !read_minute(time_text, &point.minute))
		return expect(error, piece, "YYYY-MM-DD HOSTS or YYYY-MM-DDTHH:MM HOSTS");
	if (!read_number(key, hosts_text, &point.hosts, error))
		return false;
	if (curve->count == SCENARIO_POINTS_MAX)
		return error_set(error, ERROR_USAGE, "a curve has at most %d points",
		                 SCENARIO_POINTS_MAX);
	if (curve->count > 0 && point.minute < curve->points[curve->count - 1].minute)
		return expect(error, time_text, "later than the point before it");
	curve->points[curve->count++] = point;
	return true;
}

static bool read_curve(const struct key *key, const char *text, struct curve *out,
                       struct error *error)
{
	struct curve curve = *out;
	char piece[PIECE_SIZE];
	while (text_next(&text, ',', piece, sizeof piece))
		if (!read_point(key, piece, &curve, error))
			return false;
	*out = curve;
	return true;
}

static bool read_range(const struct key *key, const char *text, uint64_t out[2],
                       struct error *error)
{
	char low_text[PIECE_SIZE], high_text[PIECE_SIZE];
	uint64_t low = 0, high = 0;
	const char *rest = text;
	if (!text_next(&rest, '-', low_text, sizeof low_text) ||
	    !text_next(&rest, '\0', high_text, sizeof high_text))
		return expect(error, text, "two numbers, FROM-TO");
	if (!read_number(key, low_text, &low, error) || !read_number(key, high_text, &high, error))
		return false;
	if (low > high)
		return expect(error, text, "FROM-TO with FROM not above TO");
	out[0] = low;
	out[1] = high;
	return true;
}

static bool read_day(const char *text, int32_t *out, struct error *error)
{
	int32_t day;
	if (!day_parse(text, &day) || day < day_from_date(1990, 1, 1) ||
	    day > day_from_date(2100, 1, 1))
		return expect(error, text, "a day from 1990-01-01 to 2100-01-01");
	*out = day;
	return true;
}

static bool read_prefix(const struct key *key, const char *text, struct prefix *out,
                        struct error *error)
{
	char address_text[PIECE_SIZE], bits_text[PIECE_SIZE];
	uint32_t address;
	uint64_t bits = 0;
	const char *rest = text;
	if (!text_next(&rest, '/', address_text, sizeof address_text) ||
	    !text_ipv4(address_text, &address) ||
	    !text_next(&rest, '\0', bits_text, sizeof bits_text))
		return expect(error, text, "ADDRESS/BITS");
	if (!read_number(key, bits_text, &bits, error))
		return false;
	if ((uint32_t)(address << bits) != 0)
		return expect(error, text, "a prefix: address bits behind its length are set");
	*out = (struct prefix){ .address = address, .bits = (unsigned)bits };
	return true;
}

// "PORT TEXT"; without a text the port is open and nothing comes.
static bool read_answer(const struct key *key, const char *text, struct model *model,
                        struct error *error)
{
	char port_text[PIECE_SIZE];
	const char *rest = text, *why;
	uint64_t port = 0;
	if (!text_next(&rest, ' ', port_text, sizeof port_text))
		return expect(error, text, "PORT TEXT");
	if (!read_number(key, port_text, &port, error))
		return false;
	while (*rest == ' ')
		rest++;
	if (!device_text_check(rest, &why))
		return error_set(error, ERROR_USAGE, "%s", why);
	struct model_answer *answer = NULL;
	for (size_t i = 0; i < model->answer_count; i++)
		if (model->answers[i].port == port)
			answer = &model->answers[i];
	if (answer == NULL && model->answer_count == MODEL_ANSWERS_MAX)
		return error_set(error, ERROR_USAGE, "a model answers on at most %d ports",
		                 MODEL_ANSWERS_MAX);
	if (answer == NULL) {
		answer = &model->answers[model->answer_count++];
		*answer = (struct model_answer){ (uint16_t)port, buffer_up_to(MODEL_TEXT_MAX) };
	}
	buffer_text(&answer->text, rest);
	buffer_byte(&answer->text, 0);  // behind its end
	answer->text.length -= !answer->text.failed;
	return !answer->text.failed ||
	       error_set(error, ERROR_USAGE, "no room for the answer: it has at most %d bytes",
	                 MODEL_TEXT_MAX);
}

// What busybox is called with: letters, digits and _.
static bool read_token(const char *text, char out[TOKEN_SIZE], struct error *error)
{
	size_t length = 0;
	while (is_capital(text[length]) || (text[length] >= 'a' && text[length] <= 'z') ||
	       (text[length] >= '0' && text[length] <= '9') || text[length] == '_')
		length++;
	return (text[length] == '\0' && length >= 2 && text_copy(out, TOKEN_SIZE, text)) ||
	       expect(error, text, "a token: 2 to 16 of A-Z a-z 0-9 _");
}

static bool read_address(const char *text, uint32_t *out, struct error *error)
{
	return text_ipv4(text, out) || expect(error, text, "an address");
}

// "FROM TO", behind the gap that stands last.
static bool read_gap(const char *text, struct sensor *sensor, struct error *error)
{
	char from_text[PIECE_SIZE], to_text[PIECE_SIZE];
	struct sensor_gap gap;
	const char *rest = text;
	if (!text_next(&rest, ' ', from_text, sizeof from_text) ||
	    !text_next(&rest, '\0', to_text, sizeof to_text) ||
	    !read_minute(from_text, &gap.from) || !read_minute(to_text, &gap.to) ||
	    gap.from >= gap.to)
		return expect(error, text, "two times, FROM TO, FROM before TO");
	if (sensor->gap_count == SENSOR_GAPS_MAX)
		return error_set(error, ERROR_USAGE, "a honeypot has at most %d gaps",
		                 SENSOR_GAPS_MAX);
	if (sensor->gap_count > 0 && gap.from < sensor->gaps[sensor->gap_count - 1].to)
		return expect(error, text, "behind the gap before it");
	sensor->gaps[sensor->gap_count++] = gap;
	return true;
}

bool scenario_read_value(const struct key *key, const char *text, void *fields, struct error *error)
{
	void *field = (char *)fields + key->offset;
	if (*text == '\0')
		return error_set(error, ERROR_USAGE, "a value is missing");
	switch (key->kind) {
	case KEY_NUMBER: return read_number(key, text, field, error);
	case KEY_DECIMAL: return read_decimal(key, text, field, error);
	case KEY_WORD: return read_word(key, text, field, error);
	case KEY_LIST:
	case KEY_WORDS:
	case KEY_COUNTRIES:
	case KEY_VARIANTS:
	case KEY_MODELS: return read_choice(key, text, field, error);
	case KEY_CURVE: return read_curve(key, text, field, error);
	case KEY_RANGE: return read_range(key, text, field, error);
	case KEY_DAY: return read_day(text, field, error);
	case KEY_PREFIX: return read_prefix(key, text, field, error);
	case KEY_ANSWER: return read_answer(key, text, field, error);
	case KEY_TOKEN: return read_token(text, field, error);
	case KEY_ADDRESS: return read_address(text, field, error);
	case KEY_GAP: return read_gap(text, field, error);
	}
	return false;
}
