// SPDX-License-Identifier: MIT
// How people write a rule: "1320, 2376 ⇒ 792", with the name of the field where items are of several.
#pragma once

#include "present/present.h"

// The field that all items of the rule are of; NULL: they are of several, or there are none.
const char *rule_field(const struct report_rule *);
size_t rule_items(const struct report_rule *);

// What the field is called: "window size"; the name itself if it is none that is known.
const char *rule_field_name(enum lang lang, const char *field);

// The value of an item, a bucket in words, by way of what appends it: plain, or escaped.
void rule_value(struct buffer *out, enum lang lang, const struct report_item *,
                void (*append)(struct buffer *out, const char *text));

// Plain text, not escaped, without a zero byte at the end.
void rule_append(struct buffer *out, enum lang lang, const struct report_rule *);
