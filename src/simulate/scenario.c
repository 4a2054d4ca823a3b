// SPDX-License-Identifier: MIT
// Reads a scenario file:
//
//   # a comment, also behind a value
//   key = value                 of the scenario
//   [population NAME]           begins a population
//   key = value                 of that population
//   [model NAME]                begins a model of devices,
//   [variant NAME]              a variant of malware,
//   [honeypot NAME]             a honeypot, and so on
//
// The tables below are the whole language. Strict on purpose: a key that is
// misspelt, given twice or out of range is an error with its line.
#include "simulate/scenario.h"

#include "base/memory.h"
#include "base/text.h"
#include "simulate/simulate.h"

#include <stddef.h>
#include <string.h>

enum { LINE_SIZE = 2048, KEY_SIZE = 40 };

static const char *const send_words[] = { "syn", "syn_ack",   "rst",
	                                  "udp", "icmp_echo", "icmp_unreachable",
	                                  "arp", "fragment",  "icmp_unreachable_udp",
	                                  NULL };
static const char *const seq_words[] = { "random", "destination", NULL };
static const char *const ip_id_words[] = { "random", "zero", "zmap", "masscan", NULL };
static const char *const options_words[] = { "none", "mss", "linux", "windows", NULL };
static const char *const per_words[] = { "process", "packet", NULL };
static const char *const scale_words[] = { "hosts", "packets", NULL };
static const char *const or_random[] = { "random", NULL };
static const char *const acts_words[] = { "scans", "loads", "hajime", "guesses", "human", NULL };
static const char *const protocol_words[] = { "telnet", "ssh", NULL };

static const struct key scenario_keys[] = {
	{ "start", KEY_DAY, offsetof(struct scenario, start_day), 0, 0, NULL },
	{ "days", KEY_NUMBER, offsetof(struct scenario, days), 1, SCENARIO_DAYS_MAX, NULL },
	{ "telescope", KEY_PREFIX, offsetof(struct scenario, telescope), 8, 24, NULL },
	{ "countries", KEY_COUNTRIES, offsetof(struct scenario, countries), 0, 0, NULL },
};

#define AT(field) offsetof(struct population, field)
#define DURATION_MAX 3650000  // thousandths of a day

static const struct key population_keys[] = {
	{ "active", KEY_CURVE, AT(active), 0, 100000000, NULL },
	{ "scale_by", KEY_WORD, AT(scale_by), 0, 0, scale_words },
	{ "packets_per_day", KEY_DECIMAL, AT(packets_per_day_milli), 1, 10000000000, NULL },
	{ "spread_percent", KEY_NUMBER, AT(spread_percent), 0, 90, NULL },
	{ "rhythm_percent", KEY_NUMBER, AT(rhythm_percent), 0, 90, NULL },
	{ "networks", KEY_NUMBER, AT(networks), 1, SCENARIO_NETWORKS_MAX, NULL },
	{ "lifetime_mean_days", KEY_DECIMAL, AT(lifetime_mean_millidays), 1, DURATION_MAX, NULL },
	{ "lifetime_median_days", KEY_DECIMAL, AT(lifetime_median_millidays), 1, DURATION_MAX,
	  NULL },
	{ "reboot_days", KEY_DECIMAL, AT(reboot_millidays), 0, DURATION_MAX, NULL },
	{ "return_percent", KEY_NUMBER, AT(return_percent), 0, 100, NULL },
	{ "return_days", KEY_DECIMAL, AT(return_millidays), 0, DURATION_MAX, NULL },
	{ "address_days", KEY_DECIMAL, AT(address_millidays), 0, DURATION_MAX, NULL },
	{ "process_days", KEY_DECIMAL, AT(process_millidays), 0, DURATION_MAX, NULL },
	{ "send", KEY_WORDS, AT(send), 0, 0, send_words },
	{ "ports", KEY_LIST, AT(ports), 0, UINT16_MAX, or_random },
	{ "source_ports", KEY_LIST, AT(source_ports), 0, UINT16_MAX, or_random },
	{ "source_port_per", KEY_WORD, AT(source_port_per), 0, 0, per_words },
	{ "windows", KEY_LIST, AT(windows), 0, UINT16_MAX, or_random },
	{ "window_per", KEY_WORD, AT(window_per), 0, 0, per_words },
	{ "tos", KEY_LIST, AT(tos), 0, UINT8_MAX, NULL },
	{ "ttl", KEY_LIST, AT(ttl), 1, UINT8_MAX, NULL },
	{ "path", KEY_RANGE, AT(path_min), 0, 60, NULL },
	{ "seq", KEY_WORD, AT(seq), 0, 0, seq_words },
	{ "ip_id", KEY_WORD, AT(ip_id), 0, 0, ip_id_words },
	{ "options", KEY_WORD, AT(options), 0, 0, options_words },
	{ "mss_percent", KEY_NUMBER, AT(mss_percent), 0, 100, NULL },
	{ "payload_bytes", KEY_NUMBER, AT(payload_bytes), 0, SCENARIO_PAYLOAD_MAX, NULL },
	{ "models", KEY_MODELS, AT(models), 0, 0, NULL },
	{ "variants", KEY_VARIANTS, AT(variants), 0, 0, NULL },
};

#undef AT

static const struct key model_keys[] = {
	{ "answering_percent", KEY_NUMBER, offsetof(struct model, answering_percent), 0, 100,
	  NULL },
	{ "port_percent", KEY_NUMBER, offsetof(struct model, port_percent), 1, 100, NULL },
	{ "answer", KEY_ANSWER, 0, 1, UINT16_MAX, NULL },
};

#define AT(field) offsetof(struct variant, field)

static const struct key variant_keys[] = {
	{ "strength", KEY_CURVE, AT(strength), 0, 10000, NULL },
	{ "acts", KEY_WORD, AT(acts), 0, 0, acts_words },
	{ "token", KEY_TOKEN, AT(token), 0, 0, NULL },
	{ "loader_token", KEY_TOKEN, AT(loader_token), 0, 0, NULL },
	{ "loaders", KEY_NUMBER, AT(loaders), 1, 1000, NULL },
	{ "loader_seconds", KEY_RANGE, AT(loader_min_s), 1, 86400, NULL },
	{ "accepted_percent", KEY_NUMBER, AT(accepted_percent), 0, 100, NULL },
	{ "fetch_percent", KEY_NUMBER, AT(fetch_percent), 0, 100, NULL },
	{ "failed", KEY_RANGE, AT(failed_min), 0, 20, NULL },
	{ "protocols", KEY_WORDS, AT(protocols), 0, 0, protocol_words },
	{ "countries", KEY_COUNTRIES, AT(countries), 0, 0, NULL },
};

#undef AT

static const struct key sensor_keys[] = {
	{ "address", KEY_ADDRESS, offsetof(struct sensor, address), 0, 0, NULL },
	{ "addresses", KEY_NUMBER, offsetof(struct sensor, addresses), 1, 65536, NULL },
	{ "gap", KEY_GAP, 0, 0, 0, NULL },
};

// What a population is that says nothing but how many are active.
static const struct population population_default = {
	.packets_per_day_milli = 5000,
	.spread_percent = 50,
	.networks = 2700,
	.lifetime_mean_millidays = DURATION_MAX,
	.lifetime_median_millidays = DURATION_MAX,
	.return_millidays = 1000,
	.send = { .count = 1, .values = { SEND_SYN }, .sums = { 1 } },
	.ports = { .count = 1, .values = { 23 }, .sums = { 1 } },
	.source_ports = { .is_random = true },
	.windows = { .is_random = true },
	.tos = { .count = 1, .values = { 0 }, .sums = { 1 } },
	.ttl = { .count = 1, .values = { 64 }, .sums = { 1 } },
	.path_min = 6,
	.path_max = 24,
};

static const struct model model_default = { .answering_percent = 25, .port_percent = 90 };

static const struct variant variant_default = {
	.loaders = 2,
	.loader_min_s = 5,
	.loader_max_s = 600,
	.accepted_percent = 60,
	.fetch_percent = 70,
	.failed_max = 2,
	.protocols = { .count = 1, .values = { VISIT_TELNET }, .sums = { 1 } },
};

// 203.0.113.10 stands in TEST-NET-3 (RFC 5737).
static const struct sensor sensor_default = { .address = 0xcb00710a, .addresses = 1024 };

// The kinds of sections. Before the first the keys are the scenario's own.
#define KEYS(table) table, sizeof table / sizeof *table
static const struct section {
	const char *word;  // NULL: no section
	const struct key *keys;
	size_t key_count;
	const char *known;
	size_t count, list, entry_size, maximum;  // of the scenario's fields
	const void *fresh;                        // what a section is that says nothing
	const char *too_many;
} no_section = { NULL,
	         KEYS(scenario_keys),
	         "before the first population: start, days, telescope, countries",
	         0,
	         0,
	         0,
	         0,
	         NULL,
	         NULL },
  sections[] = {
#define AT(field) offsetof(struct scenario, field)
	  { "population", KEYS(population_keys), "see doc/scenarios.md for those of a population",
	    AT(population_count), AT(populations), sizeof(struct population),
	    SCENARIO_POPULATIONS_MAX, &population_default,
	    "a scenario has at most 64 populations" },
	  { "model", KEYS(model_keys), "a model has answering_percent, port_percent, answer",
	    AT(model_count), AT(models), sizeof(struct model), SCENARIO_MODELS_MAX, &model_default,
	    "a scenario has at most 64 models" },
	  { "variant", KEYS(variant_keys), "see doc/scenarios.md for those of a variant",
	    AT(variant_count), AT(variants), sizeof(struct variant), SCENARIO_VARIANTS_MAX,
	    &variant_default, "a scenario has at most 32 variants" },
	  { "honeypot", KEYS(sensor_keys), "a honeypot has address, addresses, gap",
	    AT(sensor_count), AT(sensors), sizeof(struct sensor), SCENARIO_SENSORS_MAX,
	    &sensor_default, "a scenario has at most 16 honeypots" },
#undef AT
  };

struct reader {
	const char *name;
	unsigned line, section_line;
	struct scenario *scenario;
	const struct section *section;
	void *entry;     // its fields
	uint64_t given;  // bit i: key i of the section's table was given
	struct error *error;
};

static bool fail_at(struct reader *r, unsigned line)
{
	char place[128];
	text_format(place, sizeof place, "%.100s:%u", r->name, line);
	return error_prefix(r->error, place);
}

static bool fail_with(struct reader *r, const char *what)
{
	error_set(r->error, ERROR_USAGE, "%s", what);
	return fail_at(r, r->line);
}

// What keys cannot say one by one: called when a section is complete.
static bool check_section(struct reader *r)
{
	const struct population *p = r->entry;
	const char *what = NULL;
	if (r->section->word == NULL || !text_equal(r->section->word, "population"))
		return true;
	for (unsigned i = 0; i < p->ttl.count; i++)
		if (p->ttl.values[i] <= p->path_max)
			what = "a ttl is used up by the longest path";
	if (p->active.count == 0)
		what = "this population has no 'active = TIME HOSTS, ...'";
	if (p->lifetime_median_millidays > p->lifetime_mean_millidays)
		what = "lifetime_median_days is above lifetime_mean_days; the mean is the larger one";
	if (p->lifetime_mean_millidays > 32 * p->lifetime_median_millidays)
		what = "lifetime_mean_days is above 32 times lifetime_median_days";
	if (what == NULL)
		return true;
	error_set(r->error, ERROR_USAGE, "%s", what);
	return fail_at(r, r->section_line);
}

static bool is_name(const char *text)
{
	for (; *text != '\0'; text++)
		if (!((*text >= 'a' && *text <= 'z') || (*text >= '0' && *text <= '9') ||
		      *text == '-' || *text == '_'))
			return false;
	return true;
}

// Sections begin with their name, which is theirs alone.
static bool begin_section(struct reader *r, const struct section *section, const char *name)
{
	char *base = (char *)r->scenario, *list = base + section->list;
	size_t *count = (void *)(base + section->count);
	char there[80];
	for (size_t i = 0; i < *count; i++)
		if (text_equal(list + i * section->entry_size, name)) {
			text_format(there, sizeof there, "a %s of this name is there already",
			            section->word);
			return fail_with(r, there);
		}
	if (section->keys != population_keys && text_equal(name, "none"))
		return fail_with(r, "'none' is what a host is that is of no model and no variant");
	if (*count == section->maximum)
		return fail_with(r, section->too_many);
	r->section = section;
	r->section_line = r->line;
	r->given = 0;
	r->entry = list + (*count)++ * section->entry_size;
	memcpy(r->entry, section->fresh, section->entry_size);
	return text_copy(r->entry, SCENARIO_NAME_SIZE, name);
}

// "[population NAME]" and so on, blanks around it already gone.
static bool read_section(struct reader *r, const char *line)
{
	char head[KEY_SIZE], name[SCENARIO_NAME_SIZE], rest[2];
	const char *at = line + 1;
	if (!check_section(r))
		return false;
	while (*at == ' ')
		at++;
	const bool has_head = text_next(&at, ' ', head, sizeof head);
	const bool has_name = has_head && text_next(&at, ']', name, sizeof name) &&
	                      name[0] != '\0' && is_name(name) && at[-1] == ']' &&
	                      !text_next(&at, '\0', rest, sizeof rest);
	for (size_t i = 0; has_name && i < sizeof sections / sizeof *sections; i++)
		if (text_equal(head, sections[i].word))
			return begin_section(r, &sections[i], name);
	return fail_with(r, "expected [population NAME], [model NAME], [variant NAME] or [honeypot "
	                    "NAME], NAME of at most 31 of a-z 0-9 - _");
}

// The words that `models` and `variants` may have: those of the scenario up to here, and none.
static bool read_named(struct reader *r, const struct key *key, const char *value)
{
	const char *words[SCENARIO_MODELS_MAX + SCENARIO_VARIANTS_MAX + 2] = { "none" };
	const struct scenario *s = r->scenario;
	const bool are_models = key->kind == KEY_MODELS;
	for (size_t i = 0; i < (are_models ? s->model_count : s->variant_count); i++)
		words[i + 1] = are_models ? s->models[i].name : s->variants[i].name;
	struct key with_words = *key;
	with_words.words = words;
	return scenario_read_value(&with_words, value, r->entry, r->error);
}

static bool read_key(struct reader *r, const char *name, const char *value)
{
	const struct key *key = r->section->keys;
	size_t i = 0;
	while (i < r->section->key_count && !text_equal(key[i].name, name))
		i++;
	key += i;
	if (i == r->section->key_count)
		error_set(r->error, ERROR_USAGE, "unknown key '%.40s'; %s", name,
		          r->section->known);
	else if ((r->given >> i & 1) != 0 && key->kind != KEY_CURVE && key->kind != KEY_ANSWER &&
	         key->kind != KEY_GAP)
		error_set(r->error, ERROR_USAGE, "'%s' is given twice", name);
	else if (key->kind == KEY_MODELS || key->kind == KEY_VARIANTS
	                 ? read_named(r, key, value)
	                 : scenario_read_value(key, value, r->entry, r->error)) {
		r->given |= UINT64_C(1) << i;
		return true;
	} else
		error_prefix(r->error, name);
	return fail_at(r, r->line);
}

// `line` ends in a zero byte, has no comment and no blanks around it.
static bool read_line(struct reader *r, const char *line)
{
	char name[KEY_SIZE], value[LINE_SIZE] = "";
	if (*line == '\0')
		return true;
	if (*line == '[')
		return read_section(r, line);
	const char *rest = line;
	if (!text_next(&rest, '=', name, sizeof name) || rest[-1] != '=')
		return fail_with(r, "expected KEY = VALUE or [population NAME]");
	text_next(&rest, '\0', value, sizeof value);
	return read_key(r, name, value);
}

// Copies the next line without its comment. False if it is too long or has
// control characters, which no editor writes.
static bool next_line(struct cursor *c, char line[LINE_SIZE])
{
	size_t length = 0;
	bool is_comment = false;
	while (cursor_left(c) > 0) {
		const uint8_t byte = *cursor_take(c, 1).bytes;
		if (byte == '\n')
			break;
		is_comment |= byte == '#';
		const bool is_return = byte == '\r' && (cursor_left(c) == 0 || *c->at == '\n');
		if (is_comment || is_return)
			continue;
		if ((byte < ' ' && byte != '\t') || byte == 0x7f || length + 1 == LINE_SIZE)
			return false;
		line[length++] = byte == '\t' ? ' ' : (char)byte;
	}
	line[length] = '\0';
	return true;
}

static bool read_lines(struct reader *r, struct span text)
{
	char line[LINE_SIZE], trimmed[LINE_SIZE];
	struct cursor c = cursor_over(text);
	while (cursor_left(&c) > 0) {
		r->line++;
		if (!next_line(&c, line))
			return fail_with(r,
			                 "the line is longer than 2047 characters, or has control "
			                 "characters: expected plain text");
		const char *all = line;
		if (text_next(&all, '\0', trimmed, sizeof trimmed) && !read_line(r, trimmed))
			return false;
	}
	if (!check_section(r))
		return false;
	if (r->scenario->population_count == 0)
		return fail_with(r, "the scenario ends without a [population NAME]");
	return true;
}

bool simulate_scenario_read(const char *name, struct span text, struct scenario **out,
                            struct error *error)
{
	if (text.length > SIMULATE_SCENARIO_SIZE_MAX)
		return error_set(error, ERROR_USAGE, "%.100s: a scenario has at most %d bytes",
		                 name, SIMULATE_SCENARIO_SIZE_MAX);
	struct scenario *scenario = memory_new(1, sizeof *scenario);
	if (scenario == NULL)
		return error_memory(error, "the scenario");
	scenario->start_day = day_from_date(2016, 7, 1);
	scenario->days = 184;
	scenario->telescope = (struct prefix){ .address = UINT32_C(198) << 24 | 51 << 16,
		                               .bits = 16 };
	struct reader reader = { .name = name,
		                 .scenario = scenario,
		                 .section = &no_section,
		                 .entry = scenario,
		                 .error = error };
	if (!read_lines(&reader, text)) {
		simulate_scenario_free(scenario);
		return false;
	}
	*out = scenario;
	return true;
}

void simulate_scenario_free(struct scenario *scenario)
{
	for (size_t i = 0; scenario != NULL && i < scenario->model_count; i++)
		for (size_t k = 0; k < scenario->models[i].answer_count; k++)
			buffer_done(&scenario->models[i].answers[k].text);
	memory_free(scenario);
}

uint64_t curve_hosts(const struct curve *curve, int64_t minute)
{
	const struct point *points = curve->points;
	size_t next = 0;
	while (next < curve->count && points[next].minute <= minute)
		next++;
	if (next == 0)
		return 0;
	const struct point *a = &points[next - 1];
	if (next == curve->count)
		return a->hosts;
	const uint64_t length = (uint64_t)(points[next].minute - a->minute);
	const uint64_t passed = (uint64_t)(minute - a->minute);
	return (a->hosts * (length - passed) + points[next].hosts * passed + length / 2) / length;
}
