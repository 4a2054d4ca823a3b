// SPDX-License-Identifier: MIT
// Private to words*.c: the table in parts, each of one topic. A part is empty at the words
// of others; a test sees that every word is in exactly one.
#pragma once

#include "present/words/words.h"

typedef const char *const words_table[WORD_COUNT][2];

extern words_table words_overview, words_where, words_map, words_page, words_rules, words_devices,
	words_variants;
