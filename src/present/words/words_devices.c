// SPDX-License-Identifier: MIT
// Words of devices: on which ports they answer, and what they are.
#include "present/words/words_private.h"

words_table words_devices = {
	[WORD_DEVICES] = { "Devices", "機器" },
	[WORD_TITLE_ACCESSIBILITY] = { "On which ports the hosts that attacked a port answer",
	                               "攻撃元ホストが応答したポート（攻撃先ポート別）" },
	[WORD_UNIT_ACCESSIBILITY] = { "share of the hosts, by port that answered",
	                              "応答したホストの割合（応答ポート別）" },
	[WORD_GROUP_PORT] = { "attacked {1}", "攻撃先 {1}" },
	[WORD_GROUP_HOSTS] = { "{1} hosts", "{1}ホスト" },
	[WORD_BAR_HOSTS] = { "Of {3} hosts that attacked port {2}, {4} answered on port {1}",
	                     "ポート{2}を攻撃した{3}ホストのうち、{4}ホストがポート{1}で応答" },
	[WORD_BAR_OWN] = { "on the port that they attacked", "攻撃先と同じポート" },
	[WORD_BAR_OTHER] = { "on another port", "それ以外のポート" },
	[WORD_CAPTION_ACCESSIBILITY] = { "Hosts are all sources that sent a SYN to the attacked port, each once, whether anybody asked "
	                                 "them or not. A host counts as answering on a port if it sent something there, or spoke TLS, when it "
	                                 "was asked, on these days or up to 30 days after. All bars have one scale.",
	                                 "ホストは、攻撃先ポートにSYNを送ったすべての送信元です（重複なし、調査の有無を問いません）。"
	                                 "対象期間またはその後30日以内の調査で、何らかのデータかTLSで応答したポートを数えています。"
	                                 "棒の目盛はすべて共通です。" },
	[WORD_CAPTION_ASKED_DAY] = { "Hosts were asked on {1}.", "調査日: {1}。" },
	[WORD_CAPTION_ASKED_RANGE] = { "Hosts were asked from {1} to {2}.",
	                               "調査期間: {1}～{2}。" },
	[WORD_CAPTION_NEVER_ASKED] = { "{1} of {2} such sources were asked; the others count as not answering.",
	                               "該当する送信元{2}のうち調査したのは{1}で、残りは応答なしとして数えています。" },
	[WORD_CAPTION_PORTS_DRAWN] = { "Drawn are the {1} attacked ports with the most hosts and the {2} ports that most of them answered on; "
	                               "the table has more.",
	                               "図はホスト数の多い攻撃先ポート{1}件と、応答の多いポート{2}件のみです。続きは表にあります。" },
	[WORD_ACCESSIBILITY_TABLE] = { "Ports that answer, {1}", "応答したポート（{1}）" },
	[WORD_ACCESSIBILITY_LEFT_OUT] = { "Of the ports that hosts were asked on, {1} with fewer answers are not listed.",
	                                  "調査したポートのうち、応答の少ない{1}件は掲載していません。" },
	[WORD_COLUMN_ATTACKED] = { "attacked port", "攻撃先ポート" },
	[WORD_COLUMN_PROBED] = { "port asked", "調査ポート" },
	[WORD_COLUMN_HOSTS] = { "hosts that attacked", "攻撃元ホスト数" },
	[WORD_COLUMN_ACCESSIBLE] = { "of them answered", "うち応答" },
	[WORD_MODELS] = { "Hosts that answered alike, {1}", "応答が似たホスト（{1}）" },
	[WORD_MODELS_LEAD] = { "{1} hosts answered, in {2} clusters.",
	                       "応答した{1}ホストは{2}個のクラスターに分かれます。" },
	[WORD_MODELS_PAST] = { "No host was asked later.", "これより後の調査はありません。" },
	[WORD_MODELS_INFECTED] = { "Of {2} sources of {1}, {3} answered.",
	                           "{1}の送信元{2}のうち、応答したのは{3}です。" },
	[WORD_MODELS_RULE] = { "A cluster is hosts whose answers are alike without what varies from host to host (dates, addresses, "
	                       "long hexadecimal numbers, cookies): mostly one model of device, or several that share their "
	                       "software. Nothing is known of hosts that do not answer.",
	                       "クラスターは、ホストごとに変わる部分（日時、アドレス、長い16進数、Cookie）を除いた応答が似たホストの"
	                       "集まりで、多くは同じ機種、または同じソフトウェアを使う機種です。応答しないホストについては何も"
	                       "わかりません。" },
	[WORD_MODELS_TOO_MANY] = { "{1} hosts answered in {2} different ways: too many to find on this page who answered alike. hotaru "
	                           "cluster does it.",
	                           "応答した{1}ホストの応答は{2}通りあり、このページでの分類には多すぎます。hotaru cluster コマンドで"
	                           "分類できます。" },
	[WORD_MODELS_NONE] = { "None of the hosts that answered is infected on these days.",
	                       "応答したホストのうち、この期間に感染が観測されたものはありません。" },
	[WORD_MODELS_MORE] = { "Shown are the clusters with the most infected hosts; the table has all.",
	                       "感染ホスト数の多いクラスターのみを示しています。全件は表にあります。" },
	[WORD_MODEL_CLUSTER] = { "cluster {1}", "クラスター{1}" },
	[WORD_MODEL_OF_HOSTS] = { "of {1} hosts that answered so ({2})",
	                          "同様に応答した{1}ホスト中（{2}）" },
	[WORD_MODEL_INFECTED] = { "{1} infected ({2})", "感染 {1}（{2}）" },
	[WORD_MODEL_SEEN] = { "{1} that sent a SYN", "SYNを送信 {1}" },
	[WORD_MODEL_LABEL] = { "label", "ラベル" },
	[WORD_MODEL_LABEL_SHARE] = { "{1} of its hosts have it themselves",
	                             "所属ホストの{1}が自身の応答で該当" },
	[WORD_MODEL_UNLABELLED] = { "no label", "ラベルなし" },
	[WORD_MODELS_LABELS] = { "{1} of the {2} hosts have a label themselves; a cluster has that of most of its hosts.",
	                         "{2}ホスト中{1}ホストが自身の応答でラベルを得ています。クラスターのラベルは、所属ホストに最も多いもの"
	                         "です。" },
	[WORD_MODELS_NO_LABELS] = { "Clusters have no names here: no rules or table for these were given.",
	                            "ラベル付けの規則や一覧が指定されていないため、クラスターに名前はありません。" },
	[WORD_MODELS_GAVE_UP] = { "Rules took too long {1} times, and count as not matching.",
	                          "時間のかかりすぎた規則の適用{1}回は、該当なしとして数えています。" },
	[WORD_MODEL_PORTS] = { "answer on ports", "応答ポート" },
	[WORD_MODEL_ATTACKED] = { "attacked ports", "攻撃先ポート" },
	[WORD_MODEL_PLACES] = { "countries", "国・地域" },
	[WORD_MODEL_DAYS] = { "days", "観測日" },
	[WORD_MODEL_DAYS_TEXT] = { "{1} days, {2} to {3}, most on {4}",
	                           "{2}～{3}のうち{1}日、最多は{4}" },
	[WORD_MODEL_DAY_TEXT] = { "{1}", "{1}" },
	[WORD_MODEL_ANSWER] = { "answer", "応答" },
	[WORD_MODELS_FOLDED] = { "{1} more clusters", "ほか{1}クラスター" },
	[WORD_MODEL_TABLE] = { "All clusters, {1}", "全クラスター（{1}）" },
	[WORD_COLUMN_CLUSTER] = { "cluster", "クラスター" },
	[WORD_COLUMN_ALL_HOSTS] = { "hosts", "ホスト数" },
	[WORD_COLUMN_INFECTED] = { "infected ({1})", "感染（{1}）" },
	[WORD_COLUMN_SEEN] = { "sent a SYN", "SYNを送信" },
	[WORD_COLUMN_ANSWERED_ON] = { "answer on", "応答ポート" },
};
