// SPDX-License-Identifier: MIT
#include "honeypot/json_form.h"

#include "honeypot/fill.h"

static bool is_cowrie(const struct json *json, const struct json_value *object)
{
	struct flat flat;
	flat_of_json(&flat, json, object);
	return cowrie_is(&flat);
}

static void take_cowrie(struct log_reading *r, const struct json_value *object)
{
	struct flat flat;
	flat_of_json(&flat, &r->json, object);
	cowrie_take(r, &flat);
}

// To add one, write its file and add its line here.
static const struct json_source json_source_cowrie = { "cowrie", is_cowrie, take_cowrie };
static const struct json_source *const sources[] = {
	&json_source_cowrie,  &json_source_heralding,  &json_source_glutton,
	&json_source_dionaea, &json_source_telnet_iot,
};

static const struct json_source *source_of(const struct json *json, const struct json_value *object)
{
	for (unsigned i = 0; i < sizeof sources / sizeof *sources; i++)
		if (sources[i]->is_it(json, object))
			return sources[i];
	return NULL;
}

// What Elasticsearch wraps a record in, and its exports.
static const struct json_value *unwrap(const struct json *json, const struct json_value *object)
{
	const struct json_value *inner = json_member(json, object, "_source");
	return inner != NULL && inner->kind == JSON_OBJECT ? inner : object;
}

static void take_object(struct log_reading *r, const struct json_value *value)
{
	const struct json_value *object = unwrap(&r->json, value);
	const struct json_source *source = source_of(&r->json, object);
	if (source != NULL)
		source->take(r, object);
	else
		log_skip(r, HONEYPOT_SKIP_UNKNOWN, NULL);
}

static void take_any(struct log_reading *r, struct span line)
{
	const enum json_fault fault = json_read(&r->json, line);
	const struct json_value *root = json_root(&r->json);
	if (fault == JSON_NO_MEMORY) {
		r->has_no_memory = true;
	} else if (fault != JSON_FINE) {
		log_skip(r, HONEYPOT_SKIP_SYNTAX, json_fault_words(fault));
	} else if (root->kind == JSON_ARRAY) {
		for (const struct json_value *item = json_first(&r->json, root); item != NULL;
		     item = json_next(&r->json, root, item))
			take_object(r, item);
	} else {
		take_object(r, root);
	}
}

static void take(struct log_reading *r, struct span line)
{
	struct flat flat;
	line = log_trim(line);
	if (flat_read(&flat, line) && cowrie_is(&flat))
		cowrie_take(r, &flat);
	else
		take_any(r, line);
}

// ---- what a log is, by its head

static bool is_space(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static struct span begin_of(struct span head)
{
	if (log_starts(head, "\xef\xbb\xbf"))
		head = span_from(head, 3);
	while (head.length > 0 && is_space(head.bytes[0]))
		head = span_from(head, 1);
	return head;
}

// All of it, where it is not whole, or a list.
static struct span first_object(struct span head)
{
	const size_t length = log_starts(head, "{") ? log_object_length(head) : 0;
	return (struct span){ head.bytes, length == 0 ? head.length : length };
}

bool json_is_document(struct json *json, struct span head)
{
	head = begin_of(head);
	struct span rest = head;
	const struct span line = log_until(&rest, '\n');
	if (head.length > 0 && head.bytes[0] == '[')
		return true;
	// An answer of Elasticsearch may be one line that is longer than a line may be.
	if (log_starts(head, "{\"took\""))
		return true;
	if (line.length == head.length || json_read(json, line) != JSON_BREAKS_OFF)
		return false;
	const enum json_fault fault = json_read(json, first_object(head));
	return fault == JSON_FINE || fault == JSON_BREAKS_OFF;
}

// Of a record, or the first one that is known in a list, or in an answer of Elasticsearch.
static const struct json_source *source_of_root(const struct json *json)
{
	const struct json_source *source = NULL;
	const struct json_value *root = json_root(json), *hits = json_find(json, root, "hits.hits");
	if (hits != NULL)
		root = hits;
	if (root == NULL || root->kind != JSON_ARRAY)
		return root == NULL ? NULL : source_of(json, unwrap(json, root));
	for (const struct json_value *item = json_first(json, root); item != NULL && source == NULL;
	     item = json_next(json, root, item))
		source = source_of(json, unwrap(json, item));
	return source;
}

const char *json_source_name(struct json *json, struct span head)
{
	const struct json_source *source = NULL;
	head = begin_of(head);
	const bool is_document = json_is_document(json, head);
	while (head.length > 0 && source == NULL) {
		struct span rest = head;
		const struct span record = is_document ? first_object(head)
		                                       : log_trim(log_until(&rest, '\n'));
		json_read(json, record);
		source = source_of_root(json);
		head = begin_of(is_document ? span_from(head, record.length) : rest);
	}
	return source == NULL ? NULL : source->name;
}

static bool recognise(struct log_reading *r, struct span head)
{
	return json_source_name(&r->json, head) != NULL;
}

const struct log_form log_form_json = {
	.name = "json",
	.is_json = true,
	.recognise = recognise,
	.take = take,
};
