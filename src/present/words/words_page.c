// SPDX-License-Identifier: MIT
// Words of what can be done with the page: folds, filters, ranges, figures in words.
#include "present/words/words_private.h"

words_table words_page = {
	[WORD_CHART_SERIES] = { "{1}, highest {2} on {3}, last {4}. ",
	                        "{1}、最大 {2}（{3}）、最後 {4}。" },
	[WORD_NO_SCRIPT] = { "Without script this page is read as it stands: all sections unfold, all numbers are in the "
	                     "tables and in the CSV beside it. Its own script, which the policy of the page names by its "
	                     "hash, adds values under the pointer, ranges of days, filters and sorting.",
	                     "このページはスクリプトなしでも閲覧できます。各項目は開くことができ、値はすべて表と付属のCSVに"
	                     "あります。ページ内のスクリプト（ハッシュ値でポリシーに登録）は、ポインター位置の値の表示、"
	                     "期間の選択、表の絞り込みと並べ替えを追加します。" },
	[WORD_RANGE_NAME] = { "Days of the figures", "図の期間" },
	[WORD_RANGE_DAYS] = { "{1} days", "{1}日" },
	[WORD_RANGE_ALL] = { "All", "全期間" },
	[WORD_FILTER] = { "Filter the rows", "行の絞り込み" },
	[WORD_FILTER_SHOWN] = { "{1} of {2} rows", "{2}行中{1}行" },
	[WORD_SHOW_ALL] = { "Show all rows ({1})", "すべての行を表示（{1}）" },
	[WORD_SHOW_FEWER] = { "Show fewer rows", "一部の行のみ表示" },
	[WORD_HOME] = { "Your own", "自組織" },
	[WORD_HOME_OF] = { "Your own, {1}", "自組織（{1}）" },
	[WORD_HOME_MARK] = { "own", "自組織" },
	[WORD_HOME_NOTE] = { "Distinct sources in the countries, networks and prefixes that were named as your own. "
	                     "A dash: prefixes longer than /24 are not counted here.",
	                     "自組織として指定された国・ネットワーク・プレフィックスに属する送信元の数です。"
	                     "「–」は集計対象外（/24より長いプレフィックス）です。" },
	[WORD_NETWORK_PORTS] = { "ports most asked for", "主な宛先ポート" },
	[WORD_READ_BY_KEYS] = { "Point at the figure, or move through its days by the arrow keys, to read the values of a "
	                        "day.",
	                        "図にポインターを合わせるか、矢印キーで日付を移動すると、その日の値を表示します。" },
};
