// SPDX-License-Identifier: MIT
// Words of variants: what honeypots saw, and what the telescope saw of it.
#include "present/words/words_private.h"

words_table words_variants = {
	[WORD_VARIANTS] = { "Variants", "亜種" },
	[WORD_TITLE_VARIANTS] = { "Sources at honeypots, by family",
	                          "ハニーポットへの送信元（ファミリー別）" },
	[WORD_TITLE_VARIANT_COUNTRIES] = { "Sources at honeypots, by country",
	                                   "ハニーポットへの送信元（国・地域別）" },
	[WORD_TITLE_JOINED] = { "Sources at honeypots that the telescope saw",
	                        "ハニーポットへの送信元のうちダークネットでも観測" },
	[WORD_TITLE_INFECTED] = { "Infected hosts: {1}", "感染ホスト: {1}" },
	[WORD_VARIANTS_NO_LOG] = { "no honeypot logged", "ログなし" },
	[WORD_UNIT_JOINED] = { "share of the sources of the day", "その日の送信元に占める割合" },
	[WORD_JOINED_LINE] = { "seen the same day", "同じ日に観測" },
	[WORD_UNIT_INFECTED] = { "sources a day", "1日の送信元数" },
	[WORD_INFECTED_SEEN] = { "seen by the telescope", "ダークネットで観測" },
	[WORD_INFECTED_ESTIMATE] = { "estimate", "推定" },
	[WORD_INFECTED_LOW] = { "at least (95 %)", "下限（95 %）" },
	[WORD_INFECTED_HIGH] = { "at most (95 %)", "上限（95 %）" },
	[WORD_VARIANTS_LEAD] = { "{1} families came to the honeypots. A family is known by the string that its scanners send, and "
	                         "only behind a password that the honeypot accepts, so counts are the least there were.",
	                         "ハニーポットへのアクセスから{1}個のファミリーを確認しました。ファミリーはスキャナーが送る文字列で判別し、"
	                         "ハニーポットがパスワードを受け入れた場合にしかわからないため、数は下限です。" },
	[WORD_VARIANTS_PART_LOG] = { "logged partly", "ログの一部が欠落" },
	[WORD_VARIANTS_PART] = { "Of {1} {1:day|days} honeypots logged only a part (shaded lightly): what is counted there is too low, and nobody has recovered.",
	                         "ログの一部が欠けた日が{1}日あります（薄い網掛け）。その日の数は実際より少なく、感染が収まったわけではありません。" },
	[WORD_VARIANTS_SILENT] = { "On {1} days no honeypot logged anything. They are shaded: nobody knows who came, and nobody has "
	                           "recovered.",
	                           "ログが1件もない日が{1}日あります（網掛け）。不明なのであって、感染が収まったわけではありません。" },
	[WORD_VARIANTS_ONE_SILENT] = { "On one day no honeypot logged anything. It is shaded: nobody knows who came, and nobody has "
	                               "recovered.",
	                               "ログが1件もない日が1日あります（網掛け）。不明なのであって、感染が収まったわけではありません。" },
	[WORD_CAPTION_VARIANTS] = { "Sources that sent a string of the family, each once a day. Each plot has its own scale.",
	                            "ファミリーの文字列を送った送信元の数（1日につき1回数えます）。目盛は図ごとに異なります。" },
	[WORD_CAPTION_VARIANT_COUNTRIES] = { "Sources of all families, each once a day, by where they are. Each plot has its own scale.",
	                                     "全ファミリーの送信元の数を所在地別に示します（1日につき1回数えます）。目盛は図ごとに異なります。" },
	[WORD_CAPTION_VARIANTS_MORE] = { "Drawn are the {1} with the most sources, of {2}; the CSV has all.",
	                                 "図は{2}件のうち送信元の多い{1}件です。全件はCSVにあります。" },
	[WORD_CAPTION_JOINED] = { "Who scans all of the Internet comes to honeypots and to the telescope; loaders only come to honeypots. "
	                          "A source counts as seen if it sent the telescope a SYN on the same day.",
	                          "インターネット全体をスキャンする送信元は、ハニーポットにもダークネットにも現れます。ローダーは"
	                          "ハニーポットにしか現れません。同じ日にダークネットへSYNを送った送信元を「観測」としています。" },
	[WORD_CAPTION_INFECTED] = { "Of the sources that scan, honeypots take a sample, in which fast ones are more often; the share of it that "
	                            "the telescope saw says how many it did not see. Addresses, not devices: one that gets a new address "
	                            "within a day counts twice. doc/estimates.md has the estimator.",
	                            "スキャンする送信元のうち、ハニーポットに現れたものを標本とみなし（速いものほど含まれやすい）、そのうち"
	                            "ダークネットでも観測された割合から、観測されなかった数を推定します。数えているのは機器ではなくアドレスで、"
	                            "1日のうちにアドレスが変われば2回数えます。推定方法はdoc/estimates.mdにあります。" },
	[WORD_INFECTED_LEAD] = { "On {1} the telescope saw {2} infected sources in all countries together; with those that it did not see "
	                         "there were at least {3} to {4}.",
	                         "{1}にダークネットで観測した感染送信元は全体で{2}です。観測されなかったものを含めると、少なくとも"
	                         "{3}～{4}と推定されます。" },
	[WORD_INFECTED_COUNTRY] = { "In {1} it saw {2}, and there were at least {3} to {4}.",
	                            "{1}では観測{2}、少なくとも{3}～{4}です。" },
	[WORD_VARIANTS_TABLE] = { "Families, {1}", "ファミリー（{1}）" },
	[WORD_COLUMN_SOURCE_DAYS] = { "sources, each once a day", "送信元（日ごとの延べ数）" },
	[WORD_COLUMN_COUNTRIES] = { "countries", "国・地域" },
	[WORD_COLUMN_SEEN_SHARE] = { "seen by the telescope", "ダークネットで観測" },
	[WORD_COLUMN_SEEN_AS] = { "seen as", "観測時の分類" },
	[WORD_COLUMN_ON_PORTS] = { "on ports", "ポート" },
	[WORD_JOINED_TABLE] = { "What the telescope and their answers say of them, {1}",
	                        "ダークネットと応答から見たファミリー（{1}）" },
	[WORD_CAPTION_JOINED_TABLE] = { "Rules are those of one day, of all sources of the telescope: shares are of the family's sources that it saw. "
	                                "Devices are clusters of hosts that answered alike, by number and label; a source is of one if it answered within "
	                                "30 days.",
	                                "ルールはダークネットの全送信元から1日ごとに求めたもので、割合は観測されたファミリーの送信元に占める値です。"
	                                "機器は応答の似たホストのクラスタ（番号とラベル）で、30日以内に応答した送信元だけが属します。" },
	[WORD_COLUMN_OF_RULES] = { "rules of the day", "その日のルール" },
	[WORD_COLUMN_OF_MODELS] = { "devices, of those that answered",
	                            "機器（応答したものに占める割合）" },
	[WORD_TYPES_TABLE] = { "Types, {1}", "タイプ（{1}）" },
	[WORD_COLUMN_TYPE] = { "type", "タイプ" },
	[WORD_COLUMN_PROGRAMS] = { "programs", "プログラム" },
	[WORD_COLUMN_TOKENS] = { "strings", "文字列" },
	[WORD_COLUMN_KEYS] = { "keys", "鍵" },
	[WORD_INFECTED_TABLE] = { "Infected hosts by country, {1}",
	                          "国・地域別の感染ホスト（{1}）" },
	[WORD_INFECTED_ALL] = { "all", "全体" },
};
