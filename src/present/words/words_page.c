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
	                     "Unknown are prefixes longer than /24, which are not counted here, and places without a "
	                     "database.",
	                     "自組織として指定された国・ネットワーク・プレフィックスに属する送信元の数です。"
	                     "/24より長いプレフィックスは集計対象外のため、国・ネットワークはデータベースがないと「不明」"
	                     "です。" },
	[WORD_NETWORK_PORTS] = { "ports most asked for", "主な宛先ポート" },
	[WORD_NETWORK_PORTS_NOTE] = { "Of the TCP ports {1}, the three at most that most sources of the network asked for; “none” "
	                              "where it is not among the {2} networks with the most sources of any of them. How many "
	                              "did is in {3}.",
	                              "主な宛先ポートは、TCPポート {1} のうち、そのネットワークの送信元数が多い最大3つです。"
	                              "どのポートでも上位{2}ネットワークに入らない場合は「なし」です。送信元数は{3}にあります。" },
	[WORD_TOP_NOTE] = { "Those with the most sources; the CSV has more of them, and the rest as “other”. A dash: there are "
	                    "no more.",
	                    "送信元数の上位のみを示しています。CSVには続きと、残りの合計（other）があります。"
	                    "「–」はそれ以上ないことを示します。" },
	[WORD_PORTS_SHOWN] = { "Listed are the ports with the most sources, at most {1} of TCP and {2} of UDP; the CSV has all "
	                       "of the day.",
	                       "送信元数の上位（TCPは最大{1}件、UDPは最大{2}件）です。CSVには当日の全ポートがあります。" },
	[WORD_BEFORE_UNKNOWN] = { "Unknown against a day: nothing is known of it, as it has no captures or is lost.",
	                          "比較が「不明」となるのは、比較する日のデータがないか破損している場合です。" },
	[WORD_SHARE_UNKNOWN] = { "Mirai hosts are unknown where packets came as flows, or where the store has no such "
	                         "fingerprint.",
	                         "Miraiホストが「不明」となるのは、パケットがフローデータの場合、またはストアにその判定条件が"
	                         "ない場合です。" },
	[WORD_DAY_MISSING] = { "no captures", "データなし" },
	[WORD_READ_BY_KEYS] = { "Point at the figure, or move through its days by the arrow keys, to read the values of a "
	                        "day.",
	                        "図にポインターを合わせるか、矢印キーで日付を移動すると、その日の値を表示します。" },
};
