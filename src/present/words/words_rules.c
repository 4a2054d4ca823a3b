// SPDX-License-Identifier: MIT
// Words of association rules.
#include "present/words/words_private.h"

words_table words_rules = {
	[WORD_RULES] = { "Association rules", "相関ルール" },
	[WORD_RULES_HEADING] = { "Association rules: what is spreading, named or not",
	                         "相関ルール: 既知・未知の感染の広がり" },
	[WORD_RULES_LEAD] = { "Values of a header field that the same sources use on the same day. Malware of one kind "
	                      "has values in common long before anybody knows its name: by such rules the prototypes of "
	                      "Mirai can be seen eight weeks before its source code was released.",
	                      "同じ送信元が同じ日に使うヘッダーフィールドの値の組み合わせです。同じマルウェアに感染した"
	                      "ホストは、名前が知られるずっと前から共通の値を使います。Miraiのプロトタイプは、"
	                      "ソースコード公開の8週間前からこのようなルールとして現れていました。" },
	[WORD_RULES_MINED] = { "{1}. Fields, each by itself: {2}. Support at least {3} sources a day, confidence at "
	                       "least {4}.",
	                       "対象期間: {1}。フィールド（それぞれ単独で抽出）: {2}。最小支持度: 1日あたり{3}送信元、"
	                       "最小確信度: {4}。" },
	[WORD_RULES_LEFT_OUT] = { "Rules are mined of the last days only: {1} {1:day|days} of this page before {2} {1:is|are} left out.",
	                          "相関ルールの抽出は直近の期間に限っています。本ページの対象期間のうち、{2}より前の{1}日間は"
	                          "抽出していません。" },
	[WORD_RULES_NONE] = { "No rule passes a support of {1} sources and a confidence of {2} on any of these days.",
	                      "対象期間に、支持度{1}送信元以上、確信度{2}以上の相関ルールはありません。" },
	[WORD_RULES_LOWER] = { "To ask with a lower support:", "最小支持度を下げて調べるには:" },
	[WORD_RULES_LISTED] = { "With a support of {1} there is one:",
	                        "最小支持度を{1}にすると、該当するルールがあります:" },
	[WORD_RULES_SUPPORT] = { "The support is that of each day: one in {1} of its {2} sources, as 1,000 were in the published "
	                         "study, and {3} at least, since fewer have values in common by chance.",
	                         "最小支持度は日ごとに定めます。当日の送信元数（{2}）の{1}分の1（公表された研究の1,000と同じ割合）と"
	                         "し、偶然の一致を避けるため{3}を下限とします。" },
	[WORD_RULES_SUPPORT_SMALL] = { "The telescope is smaller than the study’s /16, and the support is no more than is to its "
	                               "addresses as 1,000 to those.",
	                               "観測アドレス数が研究の/16より少ないため、/16での1,000にアドレス数の比を掛けた値を上限としています。" },
	[WORD_RULES_RAISED] = { "A support of {1} was asked for. The store dropped values that fewer than {2} sources used on "
	                        "a day, so that rules are exact from {2} on; those with less are not shown.",
	                        "指定された最小支持度は{1}ですが、このストアでは1日に使った送信元が{2}未満の値は保存されて"
	                        "いないため、正確に数えられる{2}以上のルールのみを示します。" },
	[WORD_RULES_FLOOR] = { "The support was raised to {2} on days that have fewer sources: the store dropped values that "
	                       "fewer than {2} sources used on a day, so that rules are exact from {2} on.",
	                       "送信元の少ない日は、最小支持度を{2}に引き上げました。このストアでは1日に使った送信元が{2}未満の値は"
	                       "保存されていないため、正確に数えられるのは{2}以上のルールのみです。" },
	[WORD_RULES_PARTIAL] = { "On {1} {1:day|days} there may be more rules than were found: the work for one day has a limit. "
	                         "Those listed are right.",
	                         "{1}日については処理量の上限に達したため、ほかにもルールがありえます。示したルールの値は"
	                         "正確です。" },
	[WORD_RULES_BUCKETS] = { "A source that used more than 32 values of a field on a day has one item in their place, which "
	                         "says about how many: {1} times.",
	                         "1日に1つのフィールドで32種を超える値を使った送信元（のべ{1}件）は、値の代わりに値の種類数の"
	                         "階級を1つのアイテムとしています。" },
	[WORD_RULES_UNKNOWN] = { "On {1} {1:day|days} packets came as flows, which do not keep all headers: rules of these days are "
	                         "of the others alone.",
	                         "{1}日はヘッダーの一部を持たないフローデータを含みます。これらの日のルールは、それ以外の"
	                         "パケットのみによるものです。" },

	// Figures.
	[WORD_TITLE_RULES] = { "Sources that follow the strongest rules: {1}",
	                       "主な相関ルールに該当する送信元数の日次推移（{1}）" },
	[WORD_UNIT_TARGETS] = { "target sources by day", "1日あたりの該当送信元数" },
	[WORD_UNIT_TARGETS_LOG] = { "target sources by day, logarithmic scale",
	                            "1日あたりの該当送信元数（対数目盛）" },
	[WORD_UNIT_MIRAI_SHARE] = { "share of Mirai hosts among them", "うちMiraiホストの割合" },
	[WORD_CAPTION_RULES] = { "Above: distinct sources that used every value of the rule on the day, also where it did not "
	                         "pass. Below: the share of Mirai hosts among them, on days on which it did.",
	                         "上段は、ルールのすべての値を当日に使った送信元の数（重複なし。ルールが成立しなかった日も"
	                         "含みます）、下段は、そのうちMiraiホストの割合（ルールが成立した日のみ）です。" },
	[WORD_CAPTION_RULES_LOG] = { "The upper scale is logarithmic: equal steps are equal factors.",
	                             "上段の縦軸は対数目盛で、等しい間隔は等しい比率を表します。" },
	[WORD_CAPTION_RULES_MORE] = { "The first {1} of {2} rules are drawn.",
	                              "{2}件のルールのうち最初の{1}件を図示しています。" },
	[WORD_CAPTION_RULES_ALIKE] = { "Rules whose course is nearly that of a stronger one are in the table only.",
	                               "より強いルールとほぼ同じ推移を示すルールは、表にのみ示しています。" },

	// Table.
	[WORD_RULE_TABLE] = { "The strongest rules, {1}", "主な相関ルール（{1}）" },
	[WORD_RULE_TABLE_NOTE] = { "Days are those on which the rule passed; the timeline has its target sources on them, scaled to "
	                           "their peak. Of the day of the peak are Mirai hosts, as a share of the target sources, and the "
	                           "confidence, a share of the sources with the left side. Of several rules over the same "
	                           "values the one that passed on most days is listed; the CSV has all.",
	                           "日数はルールが成立した日の数です。推移は成立した日の該当送信元数を最大値に対する高さで"
	                           "示します。Miraiホスト（該当送信元に占める割合）と確信度（左辺の送信元に占める割合）は最大日の"
	                           "値です。同じ値のルールが複数ある場合は、成立した日が"
	                           "最も多いものを示します（CSVにはすべてあります）。" },
	[WORD_COLUMN_RULE] = { "rule", "ルール" },
	[WORD_COLUMN_TIMELINE] = { "timeline", "推移" },
	[WORD_COLUMN_FIRST_DAY] = { "first day", "最初の日" },
	[WORD_COLUMN_LAST_DAY] = { "last day", "最後の日" },
	[WORD_COLUMN_RULE_DAYS] = { "days", "日数" },
	[WORD_COLUMN_PEAK_DAY] = { "day of the peak", "最大日" },
	[WORD_COLUMN_TARGETS] = { "target sources", "該当送信元数" },
	[WORD_COLUMN_MIRAI_SHARE] = { "Mirai hosts", "Miraiホスト" },
	[WORD_COLUMN_CONFIDENCE] = { "confidence", "確信度" },
	[WORD_COLUMN_MATCHES] = { "fingerprints: any SYN", "フィンガープリント（いずれかのSYN）" },

	// Emergences.
	[WORD_EMERGENCES] = { "What emerged, {1}", "新たに出現したルール（{1}）" },
	[WORD_EMERGENCES_NONE] = { "Nothing emerged on these days.",
	                           "対象期間に新たに出現したルールはありません。" },
	[WORD_EMERGENCES_RULE] = { "Emerged: no rule of the same values passed on any of the {1} days before, and more than {2} "
	                           "times as many sources follow it as on any of those days but the last {3}, which may have "
	                           "seen it grow; or more than ten times as many as on any of the {1} days. Where fewer than {4} of "
	                           "the earlier days have data, nothing is called so.",
	                           "新たに出現: 過去{1}日間のどの日にも同じ値のルールが成立しておらず、該当する送信元の数が、直前の"
	                           "{3}日間（増加の途中でありうるため）を除くどの日と比べても{2}倍を超えるもの。または、送信元の数が過去"
	                           "{1}日間のどの日と比べても10倍を超えるもの。それらの日のうち"
	                           "データのある日が{4}日未満の場合は判定しません。" },
	[WORD_EMERGENCES_UNJUDGED] = { "{1} {1:day was|days were} not judged for that reason.",
	                               "この理由により判定していない日: {1}日。" },
	[WORD_EMERGENCES_NAMES] = { "Named is what half of the target sources or more match a fingerprint of, by any SYN of the day; "
	                            "weak fingerprints are no names.",
	                            "該当送信元の半数以上が、当日のいずれかのSYNで同じ既知のフィンガープリントに一致するものを"
	                            "「名前がある」とします（判定の弱いフィンガープリントは除きます）。" },
	[WORD_EMERGENCES_UNNAMED] = { "Without a known name: {1}", "名前がないもの: {1}件" },
	[WORD_EMERGENCES_NAMED] = { "With a known name: {1} ({2})",
	                            "名前があるもの: {1}件（{2}）" },
	[WORD_EMERGENCES_ALL_NAMED] = { "Everything that emerged has a known name.",
	                                "出現したものにはすべて名前があります。" },
	[WORD_EMERGENCE_OF] = { "Of the {1} target sources:", "該当送信元{1}件のうち:" },
	[WORD_EMERGENCE_UNKNOWN] = { "unknown: packets came as flows",
	                             "不明（フローデータのため）" },
	[WORD_EMERGENCE_TARGETS] = { "target sources", "該当送信元" },
	[WORD_EMERGENCE_MIRAI] = { "Mirai hosts: over 90% of SYNs", "Miraiホスト（SYNの90%超）" },
	[WORD_EMERGENCE_CONFIDENCE] = { "of sources with the left side have the right (confidence)",
	                                "左辺の送信元のうち右辺も持つ割合（確信度）" },
	[WORD_EMERGENCES_CSV] = { "All of them as CSV", "一覧（CSV）" },
	[WORD_EMERGENCE_OTHERS] = { "Related", "関連ルール" },
	[WORD_EMERGENCE_PORTS] = { "Ports", "ポート" },
	[WORD_EMERGENCE_COUNTRIES] = { "Countries", "国・地域" },
	[WORD_EMERGENCE_NETWORKS] = { "Networks", "ネットワーク" },
	[WORD_EMERGENCE_MATCHES] = { "Fingerprints: any SYN",
	                             "フィンガープリント（いずれかのSYN）" },
	[WORD_EMERGENCE_UNNAMED] = { "none known", "既知のものなし" },
	[WORD_EMERGENCE_LIFT] = { "times as often as among all sources (lift)",
	                          "全送信元での割合に対する倍率（リフト）" },
	[WORD_EMERGENCE_EXAMPLE] = { "Example", "ヘッダーの例" },
	[WORD_EMERGENCE_ONE_SYN] = { "the only SYN of a target source",
	                             "該当送信元の1つが送った唯一のSYN" },
	[WORD_EMERGENCE_SYNS] = { "most frequent values of a target source that sent {1} SYNs",
	                          "{1}個のSYNを送った該当送信元の、各フィールドの最多の値" },

	// Fields.
	[WORD_FIELD_WINDOW] = { "window size", "ウィンドウサイズ" },
	[WORD_FIELD_DPORT] = { "destination port", "宛先ポート" },
	[WORD_FIELD_TTL] = { "TTL", "TTL" },
	[WORD_FIELD_TOS] = { "type of service", "ToS" },
	[WORD_FIELD_SPORT] = { "source port", "送信元ポート" },
	[WORD_FIELD_IP_ID] = { "IP ID", "IP ID" },
	[WORD_FIELD_LENGTH] = { "packet length", "パケット長" },
	[WORD_FIELD_FLAGS] = { "TCP flags", "TCPフラグ" },
	[WORD_FIELD_OPTIONS] = { "TCP options", "TCPオプション" },
	[WORD_FIELD_MSS] = { "MSS", "MSS" },
	[WORD_FIELD_DESTINATION] = { "destination", "宛先アドレス" },
	[WORD_FIELD_UDP_PORT] = { "UDP port", "UDP宛先ポート" },
	[WORD_FIELD_BACKSCATTER_PORT] = { "backscatter port", "バックスキャッターのポート" },
	[WORD_FIELD_SEVERAL] = { "several fields", "複数のフィールド" },
	[WORD_BUCKET] = { "{1} values", "{1}種の値" },

	// Definitions.
	[WORD_RULE_NAME] = { "association rule", "相関ルール" },
	[WORD_RULE_TEXT] = { "X ⇒ Y: of the sources that used all values of X on a day, nearly all used Y, too. By at least one SYN "
	                     "each: values of a rule need not be in one packet. Rules that a shorter one implies, or that chance "
	                     "explains, are left out.",
	                     "X ⇒ Y: ある日にXのすべての値を使った送信元のほとんどが、Yも使ったことを表します。いずれかのSYNで"
	                     "使っていればよく、1つのパケットに現れるとは限りません。より短いルールから導かれるもの、偶然で"
	                     "説明できるものは除いています。" },
	[WORD_SUPPORT_NAME] = { "support", "支持度" },
	[WORD_SUPPORT_TEXT] = { "How many sources used all values of X and Y on the day.",
	                        "その日にXとYのすべての値を使った送信元の数。" },
	[WORD_CONFIDENCE_NAME] = { "confidence, lift", "確信度、リフト" },
	[WORD_CONFIDENCE_TEXT] = { "Confidence: the share of the sources with X that have Y, too. Lift: how many times that is the "
	                           "share of Y among all sources of the day.",
	                           "確信度は、Xを使った送信元のうちYも使ったものの割合。リフトは、それが当日の全送信元に占めるYの"
	                           "割合の何倍かを表します。" },
	[WORD_TARGETS_NAME] = { "target source", "該当送信元" },
	[WORD_TARGETS_TEXT] = { "A source that used every value of a rule on the day.",
	                        "その日にルールのすべての値を使った送信元。" },
	[WORD_MIRAI_HOST_NAME] = { "Mirai host", "Miraiホスト" },
	[WORD_MIRAI_HOST_TEXT] = { "A source of which more than 90% of the SYNs match what Mirai’s released source does: sequence "
	                           "number equal to the destination, source port above 1024. They may be to any port: a "
	                           "source that tries 2323 once in ten, as that source does, has less than 90% on port 23. "
	                           "The CSV has the share with port 23 as a condition, too.",
	                           "SYNの90%超が、公開されたMiraiのソースコードの特徴（シーケンス番号が宛先アドレスに等しい、"
	                           "送信元ポートが1024より大きい）に一致する送信元。宛先ポートは問いません。そのソースコードの"
	                           "とおり10回に1回2323を試す送信元は、ポート23だけでは90%を超えないためです。宛先ポート23を"
	                           "条件に含めた割合はCSVにあります。" },
	[WORD_EMERGENCE_NAME] = { "emergence", "新たに出現したルール" },
	[WORD_EMERGENCE_TEXT] = { "A rule that had not been there on the days before. Rules about the same values that emerge on the "
	                          "same day, or within a week, are shown as one.",
	                          "それまでの期間に見られなかったルール。同じ日または1週間以内に出現した、同じ値に関するルールはまとめて"
	                          "示します。" },
};
