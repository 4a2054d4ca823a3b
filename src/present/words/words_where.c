// SPDX-License-Identifier: MIT
// Words of ports, places and networks.
#include "present/words/words_private.h"

words_table words_where = {
	// Sections and figures.
	[WORD_PORTS] = { "Ports", "ポート" },
	[WORD_PLACES] = { "Places", "国・地域" },
	[WORD_NETWORKS] = { "Networks", "ネットワーク" },
	[WORD_SUBTITLE_DAY] = { "{1} ({2}), telescope: {3}", "{1}（{2}）、観測対象: {3}" },
	[WORD_TITLE_PORTS] = { "Sources by day on ports {1}", "ポート別送信元数の日次推移（{1}）" },
	[WORD_TITLE_PORT_FAMILIES] = { "Sources by port, and how many of them are {1}",
	                               "ポート別送信元数と{1}の割合" },
	[WORD_TITLE_CONCENTRATION] = { "How concentrated sources are", "送信元の集中度" },
	[WORD_TITLE_NETWORKS] = { "Networks with the most sources", "送信元の多いネットワーク" },
	[WORD_TITLE_COUNTRIES] = { "Sources by country", "国・地域別の送信元数" },
	[WORD_UNIT_PORT] = { "source addresses by day", "1日あたりの送信元アドレス数" },
	[WORD_UNIT_PORT_LOG] = { "source addresses by day, logarithmic scale",
	                         "1日あたりの送信元アドレス数（対数目盛）" },
	[WORD_UNIT_PORT_OWN] = { "source addresses by day; each panel has its own scale",
	                         "1日あたりの送信元アドレス数（目盛は図ごとに異なります）" },
	[WORD_UNIT_SOURCES] = { "source addresses", "送信元アドレス数" },
	[WORD_UNIT_CONCENTRATION] = { "share of all sources", "全送信元に占める割合" },
	[WORD_AXIS_RANK] = { "number of prefixes, the fullest first (logarithmic scale)",
	                     "送信元の多い順に数えたプレフィックス数（対数目盛）" },
	[WORD_RANK] = { "the fullest {1}", "上位{1}件" },
	[WORD_NOTE_FIFTH] = { "{1} /{2}s hold a fifth", "{1}個の/{2}に全体の5分の1" },
	[WORD_NOTE_HALF] = { "{1} /{2}s hold half", "{1}個の/{2}に全体の半数" },
	[WORD_PART_FAMILY] = { "{1}", "{1}" },
	[WORD_PART_REST] = { "not {1}", "{1}以外" },
	[WORD_PART_SHARE] = { "share of {1}", "{1}の割合" },

	// Captions.
	[WORD_CAPTION_PORTS] = { "Distinct sources that sent a SYN to the port, or a datagram where UDP is said, on each "
	                         "day.",
	                         "当日そのポートにSYN（UDPと記したものはデータグラム）を送った送信元の数（重複なし）"
	                         "です。" },
	[WORD_CAPTION_PORTS_LOG] = { "The scale is logarithmic: equal steps are equal factors.",
	                             "縦軸は対数目盛で、等しい間隔は等しい比率を表します。" },
	[WORD_CAPTION_PORTS_ZERO] = { "A day without any source stands on the line of 0 below it.",
	                              "送信元のない日は、その下の0の線上に示します。" },
	[WORD_CAPTION_PORTS_OWN] = { "Each panel has its own scale: heights do not compare from one to the next.",
	                             "縦軸の目盛は図ごとに異なるため、図の間で高さを比べることはできません。" },
	[WORD_CAPTION_PORTS_MORE] = { "The first {1} of {2} ports are drawn.",
	                              "{2}ポートのうち最初の{1}件を図示しています。" },
	[WORD_CAPTION_PORT_FAMILIES] = { "Distinct sources of each port. A source counts as {1} on a port if it sent a SYN "
	                                 "there that matches: {2}.",
	                                 "ポートごとの送信元数（重複なし）です。そのポートに該当するSYNを送った送信元を{1}と"
	                                 "します。条件: {2}。" },
	[WORD_CAPTION_CONCENTRATION] = { "The share of all sources that the prefixes with the most sources hold together, by "
	                                 "how many prefixes these are.",
	                                 "送信元の多いプレフィックスから順に数えたとき、全送信元のうち何割がそこに含まれるかを"
	                                 "示します。" },
	[WORD_CAPTION_NETWORKS] = { "Sources by autonomous system, each source once.",
	                            "自律システム（AS）別の送信元数（重複なし）です。" },
	[WORD_CAPTION_MAP] = { "Sources by country, each source once. The colour says how many, on a logarithmic scale; the "
	                       "area says only how large the country is. Outlines: Natural Earth, in the Equal Earth "
	                       "projection; borders are not authoritative.",
	                       "国・地域別の送信元数（重複なし）です。色は送信元数（対数目盛の階級）を、面積は国・地域の広さのみを"
	                       "表します。地図データ: Natural Earth（投影法: Equal Earth）。境界線は公式な見解を示すものでは"
	                       "ありません。" },
	[WORD_CAPTION_DAY] = { "{1}, day in {2}. Telescope: {3}.",
	                       "対象日: {1}（{2}）。観測対象: {3}。" },

	// Ports.
	[WORD_PORTS_OF_DAY] = { "Ports on {1}", "{1}のポート別送信元数" },
	[WORD_NO_PORTS] = { "No port was asked for by any source on {1}.",
	                    "{1}に観測されたポートはありません。" },
	[WORD_COLUMN_PORT] = { "port", "ポート" },
	[WORD_COLUMN_SERVICE] = { "service", "サービス" },
	[WORD_ALL_PORTS_NOTE] = { "Distinct sources of SYNs on all TCP ports together: {1}. One that asks for several ports counts "
	                          "once on each.",
	                          "全TCPポートでSYNを送った送信元数（重複なし）: {1}。複数のポートを狙う送信元は、各ポートで"
	                          "1回ずつ数えます。" },
	[WORD_ALL_PORTS_BOTH] = { "Distinct sources of SYNs on all TCP ports together: {1}; of datagrams on all UDP ports together: "
	                          "{2}. One that asks for several ports counts once on each.",
	                          "全TCPポートでSYNを送った送信元数（重複なし）: {1}。全UDPポートでデータグラムを送った送信元数"
	                          "（重複なし）: {2}。複数のポートを狙う送信元は、各ポートで1回ずつ数えます。" },
	[WORD_NO_FAMILY_OF_UDP] = { "The mark of {1} is in the TCP header: to UDP it does not apply.",
	                            "{1}の判定条件はTCPヘッダーに基づくため、UDPは対象外です。" },
	[WORD_NOT_APPLICABLE] = { "n/a", "対象外" },
	[WORD_MARK_NEW] = { "new", "新規" },
	[WORD_NEW_RULE] = { "New: at least {1} sources, and more than {2} times as many as on any of the {3} days before. "
	                    "Where fewer than {4} of those days have data, nothing is called new.",
	                    "新規: 送信元が{1}以上あり、過去{3}日間のどの日と比べても{2}倍を超えるポート。過去{3}日間の"
	                    "うちデータのある日が{4}日未満の場合は判定しません。" },

	// Places.
	[WORD_NO_PLACES] = { "There are no sources on these days.",
	                     "対象期間に送信元はありません。" },
	[WORD_COUNTRIES_OF] = { "Countries, {1}", "国・地域別送信元数（{1}）" },
	[WORD_COUNTRIES_BY_PORT] = { "Countries by port, {1}", "ポート別の上位の国・地域（{1}）" },
	[WORD_COLUMN_PLACE] = { "country", "国・地域" },
	[WORD_COLUMN_CODE] = { "code", "コード" },
	[WORD_COLUMN_FIRST] = { "1st", "1位" },
	[WORD_COLUMN_SECOND] = { "2nd", "2位" },
	[WORD_COLUMN_THIRD] = { "3rd", "3位" },
	[WORD_COLUMN_FOURTH] = { "4th", "4位" },
	[WORD_COLUMN_FIFTH] = { "5th", "5位" },

	// Networks.
	[WORD_NETWORKS_OF] = { "Networks, {1}", "ネットワーク別送信元数（{1}）" },
	[WORD_NETWORKS_BY_COUNTRY] = { "Networks by country, {1}",
	                               "国・地域別の上位ネットワーク（{1}）" },
	[WORD_COLUMN_NETWORK] = { "network", "ネットワーク" },
	[WORD_CONCENTRATION] = { "Concentration, {1}", "送信元の集中度（{1}）" },
	[WORD_COLUMN_LENGTH] = { "prefixes of length", "プレフィックス長" },
	[WORD_COLUMN_PREFIXES] = { "with any source", "送信元のある数" },
	[WORD_COLUMN_HOLD_FIFTH] = { "hold a fifth", "5分の1を含む数" },
	[WORD_COLUMN_HOLD_HALF] = { "hold half", "半数を含む数" },
	[WORD_COLUMN_FULLEST] = { "sources of the fullest", "最多の送信元数" },
	[WORD_FULLEST] = { "The fullest prefixes of length /{1}",
	                   "送信元の多い/{1}プレフィックス" },
	[WORD_COLUMN_PREFIX] = { "prefix", "プレフィックス" },
	[WORD_MORE_ROWS] = { "{1} more {1:is|are} left out here; the CSV has all.",
	                     "ほか{1}件は省略しています。すべての値はCSVを参照してください。" },

	// Definitions.
	[WORD_PORT_NAME] = { "port", "ポート" },
	[WORD_PORT_TEXT] = { "Destination port of SYNs; of datagrams where UDP is said. A source counts once for each port "
	                     "that it asks for on a day.",
	                     "SYNの宛先ポート（UDPと記したものはデータグラムの宛先ポート）。送信元は、1日に狙ったポート"
	                     "ごとに1回数えます。" },
	[WORD_PLACE_NAME] = { "country, network", "国・地域、ネットワーク" },
	[WORD_PLACE_TEXT] = { "Where the databases that are named below each table place the address of a source; a "
	                      "network is an autonomous system. What no database knows is unknown, and counted.",
	                      "各表の下に示すデータベースによる、送信元アドレスの所在。ネットワークは自律システム（AS）"
	                      "です。データベースにないものは「不明」として集計に含めます。" },
	[WORD_PREFIX_NAME] = { "prefix", "プレフィックス" },
	[WORD_PREFIX_TEXT] = { "All addresses that have their first bits in common: 65,536 in a /16, 256 in a /24.",
	                       "先頭のビットが共通するアドレスの範囲。/16は65,536個、/24は256個のアドレスです。" },
};
