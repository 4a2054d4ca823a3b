// SPDX-License-Identifier: MIT
// Rules for labels and an answer, a zero byte between them: rules or a line that says why not, and a
// label of clean texts, the same when it is asked again.
#include "device/label.h"
#include "fuzz.h"

#include <string.h>

static void check_text(const char text[LABEL_TEXT_SIZE])
{
	REQUIRE(memchr(text, 0, LABEL_TEXT_SIZE) != NULL);
	for (const char *at = text; *at != 0; at++)
		REQUIRE((uint8_t)*at >= 0x20 && *at != 0x7f);
}

static void check_label(const struct label *l, bool is_known)
{
	check_text(l->vendor);
	check_text(l->product);
	check_text(l->family);
	check_text(l->device);
	check_text(l->version);
	const bool is_empty = l->vendor[0] == 0 && l->product[0] == 0 && l->family[0] == 0 &&
	                      l->device[0] == 0 && l->version[0] == 0;
	REQUIRE(is_known == (l->basis != LABEL_NONE) && is_known == !is_empty);
	char name[LABEL_NAME_SIZE];
	label_name(l, name);
	REQUIRE(strlen(name) < sizeof name && (is_known || name[0] == 0));
}

static void ask(const struct label_rules *rules, struct span answer)
{
	struct error error;
	struct label_work *work = label_work_new(rules, &error);
	if (!WORKS(work != NULL))
		return;
	struct label one, again;
	const bool is_known = label_of(work, answer, &one);
	check_label(&one, is_known);
	REQUIRE(label_gave_up(work) <= LABEL_GIVE_UPS_MAX);
	if (label_of(work, answer, &again) == is_known && label_gave_up(work) == 0)
		REQUIRE(memcmp(&one, &again, sizeof one) == 0);
	label_work_free(work);
}

void fuzz_one(struct span input)
{
	const uint8_t *zero = input.length == 0 ? NULL : memchr(input.bytes, 0, input.length);
	if (zero == NULL)
		return;
	const struct span xml = { input.bytes, (size_t)(zero - input.bytes) };
	struct error error = { .kind = ERROR_NONE };
	struct label_rules *rules = label_rules_new(&error);
	if (!WORKS(rules != NULL))
		return;
	if (label_rules_read(rules, xml, "ssh_banners.xml", &error)) {
		if (WORKS(label_rules_finish(rules, &error)))
			ask(rules, span_from(input, xml.length + 1));
	} else {
		REQUIRE(error.text[0] != 0 && strchr(error.text, '\n') == NULL);
	}
	label_rules_free(rules);
}
