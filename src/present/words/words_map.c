// SPDX-License-Identifier: MIT
// Words of the map of countries.
#include "present/words/words_private.h"

words_table words_map = {
	[WORD_TITLE_MAP] = { "Sources by country", "国・地域別の送信元数" },
	[WORD_MAP_UNIT] = { "source addresses", "送信元アドレス数" },
	[WORD_MAP_COUNTRY] = { "{1}: {2} ({3})", "{1}: {2}（{3}）" },
	[WORD_MAP_CLASS] = { "{1}–{2}", "{1}～{2}" },
	[WORD_MAP_AT_LEAST] = { "{1} or more", "{1}以上" },
	[WORD_MAP_NOT_ON] = { "Not on the map: {1}", "地図にない送信元: {1}" },
	[WORD_MAP_OTHERS] = { "{1} other codes {2}", "その他のコード{1}件 {2}" },
};
