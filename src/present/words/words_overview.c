// SPDX-License-Identifier: MIT
// Words of the overview, and of the notes that several sections have.
#include "present/words/words_private.h"

words_table words_overview = {
	[WORD_OVERVIEW] = { "Overview", "概要" },
	[WORD_CHANGES] = { "What changed on {1}", "{1}の主な変化" },
	[WORD_CHANGES_QUIET] = { "Nothing changed on {1}: of {2} families, ports, rules, countries and networks none is "
	                         "new, has grown or is gone against the 28 days before.",
	                         "{1}に変化はありません。ファミリー、ポート、ルール、国・地域、ネットワーク（計{2}件）の"
	                         "いずれにも、直前の28日間と比べて新規・増加・消滅は見られません。" },
	[WORD_CHANGES_QUIET_NO_PLACES] = { "Nothing changed on {1}: of {2} families, ports and rules none is new, has "
	                                   "grown or is gone against the 28 days before.",
	                                   "{1}に変化はありません。ファミリー、ポート、ルール（計{2}件）のいずれにも、"
	                                   "直前の28日間と比べて新規・増加・消滅は見られません。" },
	[WORD_CHANGES_TOO_FEW] = { "What changed on {1} is not known yet: {2} of the 28 days before it are known, and it "
	                           "takes {3} of them.",
	                           "{1}の変化はまだ判定できません。直前の28日間のうち{3}日以上のデータが必要ですが、"
	                           "現在は{2}日です。" },
	[WORD_CHANGES_NO_DATA] = { "What changed on {1} is not known: there are no captures of that day.",
	                           "{1}のデータがないため、変化は不明です。" },
	[WORD_CHANGES_LOST] = { "What changed on {1} is not known: what was stored of that day is damaged.",
	                        "{1}の保存データが破損しているため、変化は不明です。" },
	[WORD_CHANGES_NOTE] = { "Sources of the day, the median of the 28 days before, and the most on any of these; for "
	                        "countries and networks their share counts. Of a new rule only the most is "
	                        "counted (–).",
	                        "当日の送信元数と、直前28日間の中央値および最大値です。国・地域とネットワークは全体に占める"
	                        "割合で判定します。新たなルールの中央値は集計していません（「–」）。" },
	[WORD_CHANGES_TABLE] = { "All that changed, {1}", "変化の一覧（{1}）" },
	[WORD_CHANGES_WEEK] = { "In the six days before:", "その前の6日間:" },
	[WORD_CHANGES_WEEK_NONE] = { "Nothing changed in the six days before, either.",
	                             "その前の6日間にも変化はありません。" },
	[WORD_CHANGES_NEW] = { "New:", "新規:" },
	[WORD_CHANGES_GROWN] = { "Grown:", "増加:" },
	[WORD_CHANGES_GONE] = { "Gone:", "消滅:" },
	[WORD_CHANGES_OWN] = { "Your own ({1}):", "自組織（{1}）:" },
	[WORD_CHANGES_OWN_NONE] = { "nothing changed.", "変化はありません。" },
	[WORD_CHANGES_OWN_DAY] = { "Your own:", "自組織:" },
	[WORD_CHANGES_OWN_UNKNOWN] = { "Not known of {1}: countries and networks are compared, where there is a database "
	                               "of them, and no prefixes.",
	                               "{1}の変化は不明です。比較の対象は、データベースのある国・地域とネットワークです"
	                               "（プレフィックスは対象外）。" },
	[WORD_CHANGES_MORE] = { " and {1} more", "ほか{1}件" },
	[WORD_CHANGES_NUMBERS] = { " ({1} {1:source|sources}, at most {2} before)",
	                           "（送信元{1}、これまで最大{2}）" },
	[WORD_CHANGES_NUMBERS_GONE] = { " (usually {2} {2:source|sources}, now {1})",
	                                "（送信元は通常{2}、現在{1}）" },
	[WORD_CHANGE_KIND_NEW] = { "new", "新規" },
	[WORD_CHANGE_KIND_GROWN] = { "grown", "増加" },
	[WORD_CHANGE_KIND_GONE] = { "gone", "消滅" },
	[WORD_SUBJECT_FAMILY] = { "family ", "ファミリー" },
	[WORD_SUBJECT_FAMILIES] = { "families ", "ファミリー" },
	[WORD_SUBJECT_PORT] = { "port ", "ポート" },
	[WORD_SUBJECT_PORTS] = { "ports ", "ポート" },
	[WORD_SUBJECT_RULE] = { "rule ", "ルール" },
	[WORD_SUBJECT_RULES] = { "rules ", "ルール" },
	[WORD_SUBJECT_COUNTRY] = { "country ", "国・地域 " },
	[WORD_SUBJECT_COUNTRIES] = { "countries ", "国・地域 " },
	[WORD_SUBJECT_NETWORK] = { "network ", "ネットワーク" },
	[WORD_SUBJECT_NETWORKS] = { "networks ", "ネットワーク" },
	[WORD_COLUMN_CHANGE] = { "change", "変化" },
	[WORD_COLUMN_USUAL] = { "usually", "通常（中央値）" },
	[WORD_COLUMN_MOST_BEFORE] = { "most before", "これまでの最大" },
	[WORD_CARD_TODAY] = { "sources on {1}", "送信元数（{1}）" },
	[WORD_COLUMN_WHAT] = { "what", "項目" },
	[WORD_COLUMN_DAY_BEFORE] = { "against the day before", "前日比" },
	[WORD_COLUMN_WEEK_BEFORE] = { "against the week before", "前週比" },
	[WORD_COVERAGE] = { "Holes in the data", "データの欠損" },
	[WORD_COVERAGE_LAST] = { "The captures cover {2} of {1}: what is counted on that day is too low.",
	                         "{1}のデータは1日の{2}のみです。この日の値は実際より少なくなります。" },
	[WORD_COVERAGE_NONE] = { "There are no captures of {1}.", "{1}のデータはありません。" },
	[WORD_COVERAGE_COMPARED] = { "Of {1}, with which it is compared, they cover {2}.",
	                             "比較対象の{1}のデータは1日の{2}のみです。" },
	[WORD_COVERAGE_DAYS] = { "Of {1} days, {2} are covered partly and {3} not at all. They are shaded in the figures: "
	                         "fewer sources there are no recovery.",
	                         "{1}日のうち、データの一部が欠けている日は{2}日、まったくない日は{3}日です。図では網掛けで"
	                         "示しています。これらの日の減少は回復を意味しません。" },
	[WORD_COVERAGE_DAMAGED] = { "{1} is lost: it was observed, but what was stored of it is damaged.",
	                            "{1}は観測されましたが、保存データが破損しているため値は不明です。" },
	[WORD_COVERAGE_LOST_DAYS] = { "Lost because what was stored of them is damaged: {1} of {2} days. Whoever was seen on "
	                              "them only is in no number; on the day after it is not known who is new or has "
	                              "recovered.",
	                              "保存データの破損により失われた日: {2}日のうち{1}日。これらの日にのみ観測された送信元は"
	                              "どの値にも含まれず、翌日の新規感染と回復は不明です。" },
	[WORD_NO_NUMBER] = { "Lost, unknown, without captures", "破損・不明・データなし" },
	[WORD_NO_NUMBER_TEXT] = { "Three reasons why a number is missing; none of them means zero. Without captures: nothing was "
	                          "recorded on that day. Unknown: packets came as flows, which do not keep the headers that "
	                          "families are recognised by. Lost: the day was recorded and counted, but what was stored of "
	                          "it is damaged.",
	                          "値がない理由は3つあり、いずれもゼロを意味しません。データなし: その日の記録がありません。"
	                          "不明: フローデータにはファミリーの判定に必要なヘッダーがありません。破損: 記録と集計は"
	                          "行われましたが、保存データが破損しています。" },
	[WORD_COVERAGE_LOST] = { "Packets that did not get into the captures, as {2} of {3} captures say: {1}. No other "
	                         "number has them in it.",
	                         "{3}件のキャプチャのうち{2}件の記録によると、取りこぼされたパケットは{1}個です。"
	                         "ほかの数値には含まれていません。" },
	[WORD_COVERAGE_SILENT] = { "Captures that do not say whether some did not: {1}.",
	                           "取りこぼしの有無が記録されていないキャプチャ: {1}件。" },
	[WORD_CAPTION_PARTLY] = { "Shaded lightly: days of which a part was captured ({1}).",
	                          "薄い網掛け: データの一部が欠けている日（{1}日）。" },
	[WORD_PARTLY_COVERED] = { "partly captured", "一部欠損" },
	[WORD_DAY_COVERED] = { "{1} captured", "データ{1}" },
	[WORD_TOOLS] = { "Tools that matched", "検出されたツール" },
	[WORD_TOOLS_NOTE] = { "Fingerprints of scanning tools and others that stand for no malware family; each source once, over "
	                      "the days of this page.",
	                      "マルウェアではなく、スキャンツールなどを示す判定条件です。このページの期間の送信元数（重複なし）"
	                      "です。" },
	[WORD_COLUMN_TOOL] = { "fingerprint", "名称" },
	[WORD_FLOODS] = { "Suspected floods", "フラッドの疑い" },
	[WORD_FLOODS_IN] = { "{1} source-days on {2} {2:day|days} look like floods with forged sources: many addresses, one "
	                     "packet each, one port, within seconds. They are counted here; the option --without-floods "
	                     "leaves them out.",
	                     "{2}日間でのべ{1}件の送信元が、送信元を詐称したフラッド（多数のアドレスから、同じポートへ、"
	                     "数秒以内に1パケットずつ）と疑われます。ここでは集計に含めています。"
	                     "--without-floodsオプションで除外できます。" },
	[WORD_FLOODS_OUT] = { "{1} source-days on {2} {2:day|days} look like floods with forged sources: many addresses, one "
	                      "packet each, one port, within seconds. They are left out here.",
	                      "{2}日間でのべ{1}件の送信元が、送信元を詐称したフラッド（多数のアドレスから、同じポートへ、"
	                      "数秒以内に1パケットずつ）と疑われるため、ここでは集計から除外しています。" },
	[WORD_FLOODS_UNSEEN] = { "Days on which there may be more than could be looked at: {1}.",
	                         "ほかにも調べきれなかったフラッドがありうる日: {1}日。" },
	[WORD_FLOODS_SEE_IN] = { "Suspected floods are counted: {1} source-days.",
	                         "フラッドの疑いのある送信元（のべ{1}件）を含みます。" },
	[WORD_FLOODS_SEE_OUT] = { "Suspected floods are left out: {1} source-days.",
	                          "フラッドの疑いのある送信元（のべ{1}件）を除いています。" },
	[WORD_FAMILIES] = { "Families", "ファミリー" },
	[WORD_TABLE_CSV] = { "This table as CSV", "この表（CSV）" },
	[WORD_MORE_FOLDED] = { "{1} more", "ほか{1}件" },
	[WORD_DATABASE] = { "Database: {1} ({2})", "データベース: {1}（{2}）" },
	[WORD_DATABASE_BY] = { "Source: {1}", "出典: {1}" },
	[WORD_DATABASE_BUILT] = { "of {1}", "{1}版" },
	[WORD_DATABASE_UNDATED] = { "without a date", "日付の記載なし" },
	[WORD_DATABASE_FOR] = { "asked for {1} to {2}", "{1}～{2}に使用" },
	[WORD_DATABASE_SINCE] = { "asked from {1} on", "{1}以降に使用" },
	[WORD_DATABASE_UNTIL] = { "asked up to {1}", "{1}以前に使用" },
	[WORD_DATABASES_WHY] = { "Addresses move between holders: what a database says holds for about its own date.",
	                         "アドレスの割り当ては変わるため、結果が正しいのはデータベースの日付に近い時期に限られます。" },
	[WORD_NO_COUNTRY_DATABASE] = { "Countries are unknown, as no database of countries was named (--country-db FILE).",
	                               "国・地域のデータベースが指定されていないため（--country-db FILE）、すべて不明です。" },
	[WORD_NO_NETWORK_DATABASE] = { "Networks are unknown, as no database of networks was named (--asn-db FILE).",
	                               "ネットワークのデータベースが指定されていないため（--asn-db FILE）、すべて不明です。" },
	[WORD_HOW_TO_GET] = { "How to get one that is free:", "無料のデータベースを入手するには:" },
	[WORD_COVERAGE_TEXT] = { "Which share of a day the captures saw, by the times of their frames. A day of which "
	                         "less than 99% was seen is partly covered.",
	                         "フレームの時刻から求めた、1日のうちデータのある時間の割合。99%未満の日を「一部欠損」と"
	                         "します。" },
	[WORD_FLOODS_TEXT] = { "Very many sources that send one packet each to one port within seconds: most likely one "
	                       "sender who forges addresses. It is a suspicion, and the numbers say whether they count.",
	                       "多数の送信元が数秒以内に同じポートへ1パケットずつ送る現象。1台の機器による送信元の詐称と"
	                       "考えられますが、あくまで疑いであり、集計に含めたかどうかを明記します。" },
};
