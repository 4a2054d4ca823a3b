// SPDX-License-Identifier: MIT
#include "analyse/devices/host_labels.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_MIN = 1024, RECENT_SLOTS = 1024 };
#define LIST_MAX (UINT32_C(1) << 30)
#define TEXTS_MAX ((size_t)1 << 31)

// Until the end `name` of an answer is where it stands in `texts`. Names that were there lately stand there
// once: devices of one model have the same.
struct label_gatherer {
	struct label_work *work;
	struct host_labels labels;
	uint32_t recent[RECENT_SLOTS];
};

void host_labels_done(struct host_labels *labels)
{
	memory_free(labels->list);
	memory_free(labels->names);
	buffer_done(&labels->texts);
	*labels = (struct host_labels){ 0 };
}

// ---- taking

static bool begin(struct host_labels *labels)
{
	*labels = (struct host_labels){ .texts = buffer_up_to(TEXTS_MAX) };
	buffer_byte(&labels->texts, 0);  // the name of those that have none
	return !labels->texts.failed;
}

static const char *text_at(const struct host_labels *labels, uint32_t at)
{
	return (const char *)labels->texts.bytes + at;
}

static bool keep_name(struct label_gatherer *g, const char *name, uint32_t *out)
{
	uint32_t hash = UINT32_C(0x811c9dc5);  // FNV-1a
	for (const char *at = name; *at != 0; at++)
		hash = (hash ^ (uint8_t)*at) * UINT32_C(0x01000193);
	uint32_t *recent = &g->recent[(hash >> 16 ^ hash) % RECENT_SLOTS];
	if (!text_equal(text_at(&g->labels, *recent), name)) {
		*recent = (uint32_t)g->labels.texts.length;
		buffer_append(&g->labels.texts, name, strlen(name) + 1);
	}
	*out = *recent;
	return !g->labels.texts.failed;
}

static bool add(struct host_labels *labels, const struct answer_label *label, struct error *error)
{
	if (labels->count == labels->capacity) {
		const uint32_t capacity = labels->capacity == 0 ? LIST_MIN : labels->capacity * 2;
		struct answer_label *list = capacity > LIST_MAX
		                                    ? NULL
		                                    : memory_resize(labels->list, capacity,
		                                                    sizeof *list);
		if (list == NULL)
			return error_memory(error, "labels of hosts");
		labels->list = list;
		labels->capacity = capacity;
	}
	labels->list[labels->count++] = *label;
	return true;
}

struct label_gatherer *label_gatherer_new(struct label_work *work, struct error *error)
{
	struct label_gatherer *g = memory_new(1, sizeof *g);
	if (g == NULL || !begin(&g->labels)) {
		label_gatherer_free(g);
		error_memory(error, "labels of hosts");
		return NULL;
	}
	g->work = work;
	return g;
}

void label_gatherer_free(struct label_gatherer *g)
{
	if (g == NULL)
		return;
	host_labels_done(&g->labels);
	memory_free(g);
}

// An answer without a label is kept, too: it may be later than one that has a label.
bool label_gatherer_take(void *gatherer, const struct response *r, struct error *error)
{
	struct label_gatherer *g = gatherer;
	if (r->status != RESPONSE_ANSWERED || r->bytes.length == 0)
		return true;
	struct label label;
	char name[LABEL_NAME_SIZE];
	struct answer_label answer = { .address = r->address,
		                       .time_ns = r->time_ns,
		                       .port = r->port };
	if (label_of(g->work, r->bytes, &label)) {
		answer.knowledge = (uint8_t)label_knowledge(&label);
		label_name(&label, name);
		if (!keep_name(g, name, &answer.name))
			return error_memory(error, "names of labels");
	}
	return add(&g->labels, &answer, error);
}

// ---- all of them together

static int compare_texts(const void *a, const void *b, void *context)
{
	const struct host_labels *labels = context;
	return strcmp(text_at(labels, *(const uint32_t *)a), text_at(labels, *(const uint32_t *)b));
}

static int compare_places(const void *a, const void *b)
{
	const uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
	return (one > other) - (one < other);
}

// Where names stand in `texts`, each once and 0 left out, in ascending order. NULL: no memory.
static uint32_t *places_of_names(const struct host_labels *labels, uint32_t *count)
{
	uint32_t *places = memory_new((size_t)labels->count + 1, sizeof *places), kept = 0;
	if (places == NULL)
		return NULL;
	for (uint32_t i = 0; i < labels->count; i++)
		places[i] = labels->list[i].name;
	qsort(places, labels->count, sizeof *places, compare_places);
	for (uint32_t i = 0; i < labels->count; i++)
		if (places[i] != 0 && (kept == 0 || places[kept - 1] != places[i]))
			places[kept++] = places[i];
	*count = kept;
	return places;
}

// Names get numbers in the order of their bytes, and answers have those.
static bool number_names(struct host_labels *labels)
{
	uint32_t count;
	uint32_t *places = places_of_names(labels, &count);
	uint32_t *by_text = memory_new((size_t)labels->count + 1, sizeof *by_text);
	uint32_t *numbers = memory_new((size_t)labels->count + 1, sizeof *numbers);
	labels->names = memory_new((size_t)labels->count + 1, sizeof *labels->names);
	const bool has_room = places != NULL && by_text != NULL && numbers != NULL &&
	                      labels->names != NULL;
	if (has_room) {
		labels->names[0] = "";
		memcpy(by_text, places, count * sizeof *places);
		qsort_r(by_text, count, sizeof *by_text, compare_texts, labels);
		for (uint32_t i = 0; i < count; i++) {
			const char *name = text_at(labels, by_text[i]);
			if (i == 0 || !text_equal(name, text_at(labels, by_text[i - 1])))
				labels->names[++labels->name_count] = name;
			const uint32_t *place = bsearch(&by_text[i], places, count, sizeof *places,
			                                compare_places);
			numbers[place - places] = labels->name_count;
		}
		for (uint32_t i = 0; i < labels->count; i++) {
			uint32_t *name = &labels->list[i].name;
			if (*name != 0)
				*name = numbers[(uint32_t *)bsearch(name, places, count,
				                                    sizeof *places,
				                                    compare_places) -
				                places];
		}
	}
	memory_free(places);
	memory_free(by_text);
	memory_free(numbers);
	return has_room;
}

// By host and port, and of one host and port what counts first.
static int compare_labels(const void *a, const void *b)
{
	const struct answer_label *one = a, *other = b;
	if (one->address != other->address)
		return one->address < other->address ? -1 : 1;
	if (one->port != other->port)
		return one->port < other->port ? -1 : 1;
	if (one->time_ns != other->time_ns)
		return one->time_ns > other->time_ns ? -1 : 1;
	if (one->knowledge != other->knowledge)
		return one->knowledge > other->knowledge ? -1 : 1;
	return (one->name < other->name) - (one->name > other->name);
}

static bool is_same_port(const struct answer_label *a, const struct answer_label *b)
{
	return a->address == b->address && a->port == b->port;
}

static bool finish(struct host_labels *labels, struct error *error)
{
	if (!number_names(labels)) {
		host_labels_done(labels);
		return error_memory(error, "labels of hosts");
	}
	if (labels->count > 0)
		qsort(labels->list, labels->count, sizeof *labels->list, compare_labels);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < labels->count; i++)
		if (kept == 0 || !is_same_port(&labels->list[kept - 1], &labels->list[i]))
			labels->list[kept++] = labels->list[i];
	labels->count = kept;
	return true;
}

bool label_gatherer_finish(struct label_gatherer *g, struct host_labels *out, struct error *error)
{
	struct host_labels labels = g->labels;
	g->labels = (struct host_labels){ 0 };
	label_gatherer_free(g);
	if (!finish(&labels, error))
		return false;
	*out = labels;
	return true;
}

// ---- asking

// The first of a host; labels->count where there is none.
static uint32_t first_of(const struct host_labels *labels, uint32_t address)
{
	uint32_t from = 0, to = labels->count;
	while (from < to) {
		const uint32_t middle = from + (to - from) / 2;
		if (labels->list[middle].address < address)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

uint32_t host_labels_of(const struct host_labels *labels, uint32_t address)
{
	uint32_t name = 0;
	int most = -1;
	for (uint32_t i = first_of(labels, address);
	     i < labels->count && labels->list[i].address == address; i++)
		if (labels->list[i].name != 0 && labels->list[i].knowledge > most) {
			most = labels->list[i].knowledge;
			name = labels->list[i].name;
		}
	return name;
}

uint32_t host_labels_of_port(const struct host_labels *labels, uint32_t address, uint16_t port)
{
	for (uint32_t i = first_of(labels, address);
	     i < labels->count && labels->list[i].address == address; i++)
		if (labels->list[i].port == port || labels->list[i].port == 0)
			return labels->list[i].name;
	return 0;
}

// ---- a table

// The next field of a line: up to a comma, or in double quotes, "" inside being one of them. False: a quote
// has no end, or something stands behind it.
static bool next_field(const char **line, char *out, size_t size)
{
	const char *at = *line;
	size_t length = 0;
	const bool is_quoted = *at == '"';
	bool is_open = is_quoted;
	for (at += is_quoted; *at != 0 && (is_open || *at != ','); at++) {
		if (is_open && at[0] == '"' && at[1] != '"') {
			is_open = false;
			continue;
		}
		if (is_quoted && !is_open)
			return false;
		at += is_open && at[0] == '"';
		if (length + 1 < size)
			out[length++] = *at;
	}
	out[length] = 0;
	*line = *at == ',' ? at + 1 : at;
	return !is_open;
}

static bool read_line(struct label_gatherer *g, const char *line, bool is_first,
                      struct error *error)
{
	char address[32], name[LABEL_NAME_SIZE];
	struct answer_label label = { 0 };
	if (*line == 0 || *line == '#')
		return true;
	const char *rest = line;
	if (!next_field(&rest, address, sizeof address) || rest[-1] != ',' ||
	    !next_field(&rest, name, sizeof name))
		return error_set(error, ERROR_FAILED, "this is not ADDRESS,LABEL");
	if (!text_ipv4(address, &label.address))
		return is_first ||
		       error_set(error, ERROR_FAILED, "'%.31s' is no IPv4 address", address);
	if (name[0] == 0)
		return true;
	return (keep_name(g, name, &label.name) || error_memory(error, "names of labels")) &&
	       add(&g->labels, &label, error);
}

// A host with two labels: which one it is nobody knows.
static bool check_one_each(const struct host_labels *labels, const char *name, struct error *error)
{
	for (uint32_t i = 1; i < labels->count; i++) {
		const struct answer_label *a = &labels->list[i - 1], *b = &labels->list[i];
		char address[TEXT_IPV4_SIZE];
		if (a->address != b->address || a->name == b->name)
			continue;
		text_from_ipv4(a->address, address);
		return error_set(error, ERROR_FAILED, "%s: %s has two labels, '%.80s' and '%.80s'",
		                 name, address, labels->names[b->name], labels->names[a->name]);
	}
	return true;
}

static bool read_lines(struct label_gatherer *g, struct span csv, const char *name,
                       struct error *error)
{
	char line[HOST_LABELS_LINE_MAX];
	struct cursor c = cursor_over(csv);
	for (unsigned long number = 1; cursor_left(&c) > 0; number++) {
		size_t length = 0;
		bool is_line = true;
		for (; cursor_left(&c) > 0 && *c.at != '\n'; c.at++) {
			is_line &= *c.at != 0 && length + 1 < sizeof line;
			if (is_line)
				line[length++] = (char)*c.at;
		}
		if (cursor_left(&c) > 0)
			c.at++;
		if (length > 0 && line[length - 1] == '\r')
			length--;
		line[length] = 0;
		if (is_line ? read_line(g, line, number == 1, error)
		            : error_set(error, ERROR_FAILED, "this is no line of text"))
			continue;
		char place[256];
		text_format(place, sizeof place, "%.200s:%lu", name, number);
		return error_prefix(error, place);
	}
	return true;
}

bool host_labels_read(struct span csv, const char *name, struct host_labels *out,
                      struct error *error)
{
	struct label_gatherer *g = label_gatherer_new(NULL, error);
	if (g == NULL)
		return false;
	if (!read_lines(g, csv, name, error)) {
		label_gatherer_free(g);
		return false;
	}
	struct host_labels labels = g->labels;
	g->labels = (struct host_labels){ 0 };
	label_gatherer_free(g);
	if (!number_names(&labels)) {
		host_labels_done(&labels);
		return error_memory(error, "labels of hosts");
	}
	if (labels.count > 0)
		qsort(labels.list, labels.count, sizeof *labels.list, compare_labels);
	if (!check_one_each(&labels, name, error)) {
		host_labels_done(&labels);
		return false;
	}
	*out = labels;
	return true;
}
