// SPDX-License-Identifier: MIT
// What the words and the families mean: what a reader needs to repeat the count.
#include "present/page/page.h"

#include "base/text.h"
#include "present/page/families.h"

static const struct definition {
	enum word name, text;
} definitions[] = {
	{ WORD_SOURCE_NAME, WORD_SOURCE_TEXT }, { WORD_SPELL_NAME, WORD_SPELL_TEXT },
	{ WORD_DAILY, WORD_DAILY_TEXT },        { WORD_NEW, WORD_NEW_TEXT },
	{ WORD_RETURNED, WORD_RETURNED_TEXT },  { WORD_RECOVERED, WORD_RECOVERED_TEXT },
	{ WORD_ACTIVE, WORD_ACTIVE_TEXT },      { WORD_LIFETIME_NAME, WORD_LIFETIME_TEXT },
};

static const struct definition other_definitions[] = {
	{ WORD_PORT_NAME, WORD_PORT_TEXT },
	{ WORD_PLACE_NAME, WORD_PLACE_TEXT },
	{ WORD_PREFIX_NAME, WORD_PREFIX_TEXT },
	{ WORD_COVERAGE, WORD_COVERAGE_TEXT },
	{ WORD_NO_NUMBER, WORD_NO_NUMBER_TEXT },
	{ WORD_FLOODS, WORD_FLOODS_TEXT },
	{ WORD_RULE_NAME, WORD_RULE_TEXT },
	{ WORD_SUPPORT_NAME, WORD_SUPPORT_TEXT },
	{ WORD_CONFIDENCE_NAME, WORD_CONFIDENCE_TEXT },
	{ WORD_TARGETS_NAME, WORD_TARGETS_TEXT },
	{ WORD_MIRAI_HOST_NAME, WORD_MIRAI_HOST_TEXT },
	{ WORD_EMERGENCE_NAME, WORD_EMERGENCE_TEXT },
};

// Words that the page does not use need no definition.
static bool is_used(const struct report *report, enum word name)
{
	switch ((int)name) {
	case WORD_PORT_NAME: return report->ports != NULL;
	case WORD_PLACE_NAME: return report->places != NULL || report->networks != NULL;
	case WORD_PREFIX_NAME: return report->concentration != NULL;
	case WORD_COVERAGE: return report->coverage != NULL;
	case WORD_NO_NUMBER:
		return report_survey_lost_days(report->survey) +
		               report_survey_unknown_days(report->survey) >
		       0;
	case WORD_FLOODS: return report->floods != NULL;
	default: return report->rules != NULL;
	}
}

static const char *strength_words(const struct report *report, const char *strength)
{
	if (text_equal(strength, "seen"))
		return word_in(report->lang, WORD_STRENGTH_SEEN);
	if (text_equal(strength, "published"))
		return word_in(report->lang, WORD_STRENGTH_PUBLISHED);
	if (text_equal(strength, "weak"))
		return word_in(report->lang, WORD_STRENGTH_WEAK);
	if (text_equal(strength, "user"))
		return word_in(report->lang, WORD_STRENGTH_USER);
	return strength;
}

static void append_sentence(struct buffer *out, const struct report *report, enum word word,
                            const char *value)
{
	page_sentence_gap(out, report);
	markup_phrase(out, report->lang, word, (struct markup_values){ .one = value });
}

static void write_family(struct buffer *out, const struct report *report, size_t family)
{
	const struct report_family *of = &report->families[family];
	const char *caution = family_caution(report, family);
	buffer_text(out, "<dt>");
	markup_text(out, family_title(report, family));
	buffer_text(out, "</dt><dd>");
	markup_phrase(out, report->lang, WORD_CAPTION_DEFINITION,
	              (struct markup_values){ .one = family_test(report, family) });
	if (of->source != NULL && of->source[0] != '\0')
		append_sentence(out, report, WORD_PUBLISHED_BY, of->source);
	if (of->strength != NULL && of->strength[0] != '\0')
		append_sentence(out, report, WORD_STRENGTH, strength_words(report, of->strength));
	if (caution != NULL) {
		page_sentence_gap(out, report);
		markup_text(out, caution);
	}
	buffer_text(out, "</dd>\n");
}

void page_definitions(struct buffer *out, const struct report *report)
{
	buffer_text(out, "<div class=\"panel\"><dl class=\"terms\">\n");
	for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++) {
		page_word(out, "dt", report, definitions[i].name);
		page_word(out, "dd", report, definitions[i].text);
	}
	for (size_t i = 0; i < sizeof other_definitions / sizeof *other_definitions; i++) {
		if (!is_used(report, other_definitions[i].name))
			continue;
		page_word(out, "dt", report, other_definitions[i].name);
		page_word(out, "dd", report, other_definitions[i].text);
	}
	for (size_t i = 0; i < report->survey->family_count; i++)
		write_family(out, report, i);
	buffer_text(out, "</dl></div>\n");
}
