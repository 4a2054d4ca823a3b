// SPDX-License-Identifier: MIT
#include "present/page/rule_text.h"

#include "base/text.h"
#include "present/words/markup.h"
#include "present/words/width.h"

size_t rule_items(const struct report_rule *rule)
{
	return rule->antecedent_count + rule->consequent_count;
}

const char *rule_field(const struct report_rule *rule)
{
	for (size_t i = 1; i < rule_items(rule); i++)
		if (!text_equal(rule->items[i].field, rule->items[0].field))
			return NULL;
	return rule_items(rule) > 0 ? rule->items[0].field : NULL;
}

const char *rule_field_name(enum lang lang, const char *field)
{
	static const struct {
		const char *field;
		enum word word;
	} names[] = {
		{ "window", WORD_FIELD_WINDOW },
		{ "dport", WORD_FIELD_DPORT },
		{ "ttl", WORD_FIELD_TTL },
		{ "tos", WORD_FIELD_TOS },
		{ "sport", WORD_FIELD_SPORT },
		{ "ip_id", WORD_FIELD_IP_ID },
		{ "length", WORD_FIELD_LENGTH },
		{ "flags", WORD_FIELD_FLAGS },
		{ "options", WORD_FIELD_OPTIONS },
		{ "mss", WORD_FIELD_MSS },
		{ "destination", WORD_FIELD_DESTINATION },
		{ "udp_port", WORD_FIELD_UDP_PORT },
		{ "backscatter_port", WORD_FIELD_BACKSCATTER_PORT },
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (text_equal(names[i].field, field))
			return word_in(lang, names[i].word);
	return field;
}

void rule_value(struct buffer *out, enum lang lang, const struct report_item *item,
                void (*append)(struct buffer *out, const char *text))
{
	static const char bucket[] = "_values";
	struct buffer words = buffer_up_to(256);
	char range[32];
	const size_t length = width_bytes(item->value);
	if (text_ends(item->value, bucket) && length - strlen(bucket) < sizeof range) {
		text_format(range, sizeof range, "%.*s", (int)(length - strlen(bucket)),
		            item->value);
		markup_plain_phrase(&words, lang, WORD_BUCKET,
		                    (struct markup_values){ .one = range });
		buffer_byte(&words, '\0');
	}
	out->failed = out->failed || words.failed;
	if (!out->failed)
		append(out, words.length > 0 ? (const char *)words.bytes : item->value);
	buffer_done(&words);
}

void rule_append(struct buffer *out, enum lang lang, const struct report_rule *rule)
{
	const bool is_mixed = rule_field(rule) == NULL;
	for (size_t i = 0; i < rule_items(rule); i++) {
		const bool turns = i == rule->antecedent_count;
		buffer_text(out, turns ? " ⇒ " : i > 0 ? ", " : "");
		if (is_mixed) {
			buffer_text(out, rule_field_name(lang, rule->items[i].field));
			buffer_byte(out, ' ');
		}
		rule_value(out, lang, &rule->items[i], buffer_text);
	}
}
