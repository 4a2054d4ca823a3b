// SPDX-License-Identifier: MIT
// The table of words: one line a word, English and Japanese beside or below each
// other. To add one, name it in words.h and put its line here, or into the part of its
// topic; a test sees if one of the languages is missing, or has other places for values than
// the other.
#include "present/words/words_private.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

const char *const lang_names[] = { "en", "ja", NULL };

static words_table words_survey = {
	// Lines and axes of figures.
	[WORD_ACTIVE] = { "active", "活動中" },
	[WORD_DAILY] = { "seen on the day", "当日観測" },
	[WORD_NEW] = { "new", "新規感染" },
	[WORD_RETURNED] = { "returned", "再出現" },
	[WORD_RECOVERED] = { "recovered", "回復" },
	[WORD_UNIT_ACTIVE] = { "active devices (source addresses)",
	                       "活動中のホスト数（送信元アドレス数）" },
	[WORD_UNIT_DEVICES] = { "devices (source addresses)", "ホスト数（送信元アドレス数）" },
	[WORD_UNIT_CHANGES] = { "changes per day (source addresses)",
	                        "日ごとの増減（送信元アドレス数）" },
	[WORD_UNIT_SURVIVAL] = { "share of infections that last longer", "感染が継続している割合" },
	[WORD_AXIS_DAY] = { "day ({1})", "日付（{1}）" },
	[WORD_AXIS_AGE] = { "days since first seen", "初観測からの日数" },
	[WORD_AGE] = { "day {1}", "{1}日目" },
	[WORD_NO_CAPTURES] = { "no captures", "データなし" },
	[WORD_SHADE_UNKNOWN] = { "unknown (flows)", "不明（フロー）" },
	[WORD_SHADE_LOST] = { "lost (damaged)", "破損により不明" },
	[WORD_SHADE_OPEN] = { "not final yet", "未確定" },
	[WORD_DAY_LOST] = { "lost", "破損" },
	[WORD_TITLE_FAMILY] = { "{1}: devices by day", "{1}: ホスト数の日次推移" },
	[WORD_TITLE_TOGETHER] = { "Active devices by malware family",
	                          "マルウェア別の活動中ホスト数" },
	[WORD_TITLE_LIFETIMES] = { "How long devices stay infected", "感染の継続期間" },
	[WORD_SUBTITLE] = { "{1} to {2} ({3}), telescope: {4}", "{1}～{2}（{3}）、観測対象: {4}" },
	[WORD_EVERY_DESTINATION] = { "every destination", "すべての宛先" },
	[WORD_SIMULATED] = { "SIMULATED DATA", "シミュレーションデータ" },
	[WORD_ALL_SYNS] = { "all SYNs", "全SYN" },

	// Head of the page.
	[WORD_PAGE_TITLE] = { "Devices infected by IoT malware",
	                      "IoTマルウェア感染ホスト 観測レポート" },
	[WORD_PAGE_LEAD] = { "How many there are, how many are new and how many recovered: counted from the "
	                     "packets that reached unused addresses.",
	                     "未使用のIPアドレス（ダークネット）に届いたパケットから、感染ホストの数、新規感染、"
	                     "回復を集計した結果です。" },
	[WORD_BANNER_SIMULATED] = { "Simulated data. Nothing on this page was observed on a network; only the incidents "
	                            "marked in the figures are real.",
	                            "シミュレーションデータです。実際のネットワークの観測結果ではありません"
	                            "（図中の事例のみ実際の出来事です）。" },
	[WORD_BANNER_MIXED] = { "Some of the captures are simulated: the numbers on this page mix them with observed "
	                        "traffic.",
	                        "キャプチャの一部はシミュレーションデータです。本ページの数値には実際の観測データと"
	                        "シミュレーションデータが混在しています。" },
	[WORD_BANNER_UNKNOWN] = { "On {1} of {2} days ({3}) packets came as flows, which do not keep the headers that families "
	                          "are recognised by: families are unknown on these days, and what is counted from one "
	                          "day to the next does not know of them.",
	                          "{2}日のうち{1}日（{3}）は、ファミリーの判定に必要なヘッダーを持たないフローデータを含みます。"
	                          "これらの日のファミリー別の値は不明であり、前後の日の集計にも反映されていません。" },
	[WORD_BANNER_LOST] = { "Days that are lost, {1} of {2}: {3}. They were observed, but what was stored of them is "
	                       "damaged: they are unknown here, which is not zero, and what is counted over several days "
	                       "is of the other days. The command hotaru verify names what is damaged, and how to get it back.",
	                       "{2}日のうち{1}日分の保存データが破損しています: {3}。観測は行われましたが、これらの日の値は"
	                       "ゼロではなく不明であり、複数の日にわたる集計には含まれていません。破損箇所と復旧方法は "
	                       "hotaru verify コマンドで確認できます。" },
	[WORD_META_TELESCOPE] = { "Telescope", "観測対象" },
	[WORD_META_DAYS] = { "Days", "対象期間" },
	[WORD_META_ZONE] = { "Zone of the days", "タイムゾーン" },
	[WORD_META_SPELLS] = { "Infections", "感染期間の扱い" },
	[WORD_META_FRAMES] = { "Frames read", "読み込みフレーム数" },
	[WORD_RANGE] = { "{1} to {2}", "{1}～{2}" },
	[WORD_DAYS_IN_ALL] = { "{1} days", "{1}日間" },
	[WORD_DAYS_WITHOUT] = { "{1} of them without captures", "うち{1}日はデータなし" },
	[WORD_DAYS_LOST] = { "{1} of them lost", "うち{1}日は保存データ破損" },
	[WORD_DAYS_COUNTED] = { "sums begin on {1}", "累計は{1}から" },
	[WORD_GAP_NONE] = { "one per source, from first to last sighting",
	                    "送信元ごとに初観測から最終観測まで" },
	[WORD_GAP_DAYS] = { "silent days allowed within one: {1}", "許容する無観測日数: {1}日" },
	[WORD_FROM_CAPTURES] = { "from {1} {1:capture|captures}", "キャプチャ{1}件" },
	[WORD_FROM_ONE_CAPTURE] = { "from 1 capture", "キャプチャ1件" },
	[WORD_GO_ON] = { "{1} of them going on after {2}", "うち{1}件は{2}より後に続く" },
	[WORD_GOES_ON] = { "which goes on after {1}", "{1}より後に続く" },
	[WORD_AT_MOST] = { "at most {1}", "最大{1}" },
	[WORD_NO_DAYS] = { "The store holds no packets, so there is nothing to show.",
	                   "保存されたパケットがないため、表示する内容がありません。" },
	[WORD_NO_DAYS_WHY] = { "Of {1} {1:frame|frames} that were read none counts. {2} of them are: {3}.",
	                       "読み込んだ{1}フレームのうち、集計対象となったものはありません。最も多いのは「{3}」（{2}フレーム）です。" },
	[WORD_NO_FAMILIES] = { "No family was asked for.",
	                       "対象のファミリーが指定されていません。" },

	// Names of the sections.
	[WORD_SUMMARY] = { "Summary", "概要" },
	[WORD_FIGURES] = { "By day", "日次推移" },
	[WORD_LIFETIMES] = { "Lifetimes", "感染の継続期間" },
	[WORD_LAST_DAYS] = { "The last days", "直近の値" },
	[WORD_LEDGER] = { "Where every frame went", "フレームの内訳" },
	[WORD_DEFINITIONS] = { "Definitions", "用語と定義" },
	[WORD_CONTENTS] = { "Contents", "目次" },

	// Cards of the summary.
	[WORD_CARD_PEAK] = { "most on a day, {1}", "1日の最大値（{1}）" },
	[WORD_CARD_EVER] = { "sources ever seen", "累計送信元数" },
	[WORD_CARD_ACTIVE] = { "active on {1}", "活動中（{1}）" },
	[WORD_CARD_NEW] = { "new on {1}", "新規感染（{1}）" },
	[WORD_CARD_SEEN] = { "seen on {1}", "当日の送信元（{1}）" },
	[WORD_CARD_FINAL] = { "active on {1}, final", "活動中（{1}、確定値）" },
	[WORD_CARD_MEDIAN] = { "median lifetime", "継続日数の中央値" },
	[WORD_DAYS] = { "{1} days", "{1}日" },
	[WORD_ONE_DAY] = { "1 day", "1日" },
	[WORD_MORE_DAYS] = { "over {1} days", "{1}日超" },
	[WORD_MORE_ONE_DAY] = { "over 1 day", "1日超" },
	[WORD_NO_LIFETIMES] = { "No family had a source, so there are no lifetimes.",
	                        "送信元が観測されたファミリーがないため、継続期間はありません。" },
	[WORD_NO_SOURCES] = { "No source of this family was seen.",
	                      "このファミリーの送信元は観測されていません。" },
	[WORD_NO_SOURCES_OF] = { "Not drawn, because no source was seen: {1}.",
	                         "送信元が観測されなかったため図示していません: {1}。" },
	[WORD_UNKNOWN] = { "unknown", "不明" },
	[WORD_UNKNOWN_FAMILY] = { "Unknown: all packets came as flows, which do not tell families.",
	                          "不明: すべてのパケットがフローデータであり、ファミリーを判定できません。" },
	[WORD_UNKNOWN_LOST] = { "Unknown: it was not seen on the days that are known, and what was stored of the others is "
	                        "damaged or does not tell.",
	                        "不明: 値が分かっている日には観測されておらず、それ以外の日は保存データの破損などにより"
	                        "判定できません。" },
	[WORD_NO_SOURCES_KNOWN] = { "No source of this family was seen on the days on which it could be recognised.",
	                            "判定可能な日には、このファミリーの送信元は観測されていません。" },

	// Captions.
	[WORD_CAPTION_RANGE] = { "{1} to {2}, days in {3}. Telescope: {4}.",
	                         "対象期間: {1}～{2}（{3}）。観測対象: {4}。" },
	[WORD_CAPTION_FAMILY] = { "Above: active sources, all that were new or returned so far less those that "
	                          "recovered, and the sources seen on each day. Below: what changed from day to day.",
	                          "上段は活動中のホスト数（新規感染と再出現の累計から回復の累計を引いた値）と当日に観測された"
	                          "ホスト数、下段は日ごとの増減です。" },
	[WORD_CAPTION_TOGETHER] = { "Active sources of each family. A source can belong to several.",
	                            "ファミリーごとの活動中ホスト数です。1つの送信元が複数のファミリーに該当することが"
	                            "あります。" },
	[WORD_CAPTION_MORE] = { "The first {1} of {2} families are drawn.",
	                        "{2}ファミリーのうち最初の{1}件を図示しています。" },
	[WORD_CAPTION_LIFETIMES] = { "Kaplan–Meier estimate: the share of infections that last longer than so many days. "
	                             "Infections that were still going on at the end count as far as they were seen. The "
	                             "median lies where a curve reaches 50%.",
	                             "カプラン・マイヤー法による推定です。横軸の日数を超えて感染が継続する割合を示し、期間末に"
	                             "継続中の感染は打ち切りとして扱います。曲線が50%に達する日数が中央値です。" },
	[WORD_CAPTION_DEFINITION] = { "Counted: {1}.", "集計対象: {1}。" },
	[WORD_CAPTION_END_NONE] = { "With one infection per source, each source counts as recovered on the day after its last "
	                            "sighting.",
	                            "送信元ごとに感染期間を1つとするため、各ホストは最終観測の翌日に回復したものとして"
	                            "数えます。" },
	[WORD_CAPTION_END_GAP] = { "Silent days allowed within one infection: {1}.",
	                           "1つの感染期間内で許容する無観測日数: {1}日。" },
	[WORD_CAPTION_OPEN] = { "Marked as “not final yet”: the last {1:day|{1} days}. Who comes back had not recovered, so that in "
	                        "the past their active sources rose by more than 1% as later days came. Earlier days "
	                        "can change as well, but hardly; with a limit to silence they become final.",
	                        "「未確定」と示した直近{1}日: いったん観測されなくなったホストが再び現れると、回復ではなかったことに"
	                        "なります。過去の実績では、活動中のホスト数はその後のデータで1%を超えて増えました。それ以前の値も"
	                        "わずかに変わることがあります。無観測日数の上限を設定すると確定します。" },
	[WORD_CAPTION_OPEN_GAP] = { "Marked as “not final yet”: the last {1:day|{1} days}. Nobody counts as recovered before more than "
	                            "{2} {2:day|days} of silence have been seen, so that active and recovered of these days are not "
	                            "known and not drawn. All earlier numbers are final.",
	                            "「未確定」と示した直近{1}日: 無観測が{2}日を超えるまで回復とは数えないため、活動中と回復の"
	                            "ホスト数は確定しておらず、図示していません。それより前の値は確定しています。" },
	[WORD_CAPTION_OPEN_ALL] = { "Days that are not final yet: {1}. Who comes back had not recovered; there are too few days yet "
	                            "to say by how much such numbers move.",
	                            "未確定の日数: {1}日。いったん観測されなくなったホストが再び現れると、回復ではなかったことに"
	                            "なります。変動の程度を示すには、まだ日数が足りません。" },
	[WORD_MOVED_UP] = { "Later days raised active of a last day by {1} (at most {2}; median of four weeks).",
	                    "最終日の活動中ホスト数は、その後のデータで{1}（最大{2}）増えました（4週間の中央値）。" },
	[WORD_MOVED_DOWN] = { "Later days lowered active of a last day by {1} (at most {2}; median of four weeks).",
	                      "最終日の活動中ホスト数は、その後のデータで{1}（最大{2}）減りました（4週間の中央値）。" },
	[WORD_MOVED_RECOVERED] = { "They lowered recovered by {1} (at most {2}).",
	                           "同じく回復数は{1}（最大{2}）減りました。" },
	[WORD_CAPTION_SHADED] = { "Shaded: days without captures ({1}).",
	                          "網掛け: 観測データのない日（{1}日）。" },
	[WORD_CAPTION_UNKNOWN] = { "Shaded and not drawn: days on which this is unknown, as packets came as flows ({1}).",
	                           "フローデータのため不明な日は網掛けとし、図示していません（{1}日）。" },
	[WORD_CAPTION_LOST] = { "Shaded and not drawn: days that are lost, as what was stored of them is damaged ({1}).",
	                        "保存データの破損により不明な日は網掛けとし、図示していません（{1}日）。" },
	[WORD_SAVE_FIGURE] = { "This figure as SVG", "この図（SVG）" },

	// Tables.
	[WORD_COLUMN_DAY] = { "day", "日付" },
	[WORD_COLUMN_PACKETS] = { "packets", "パケット数" },
	[WORD_COLUMN_FAMILY] = { "family", "ファミリー" },
	[WORD_COLUMN_SOURCES] = { "sources", "送信元数" },
	[WORD_COLUMN_SPELLS] = { "infections", "感染期間数" },
	[WORD_COLUMN_OPEN] = { "still open", "継続中" },
	[WORD_COLUMN_MEAN] = { "mean days", "平均日数" },
	[WORD_COLUMN_MEDIAN] = { "median days", "中央値（日）" },
	[WORD_COLUMN_P90] = { "90% last at most (days)", "90パーセンタイル（日）" },
	[WORD_COLUMN_KAPLAN_MEIER] = { "Kaplan–Meier median", "カプラン・マイヤー中央値（日）" },
	[WORD_COLUMN_COUNTER] = { "counter", "区分" },
	[WORD_COLUMN_MEANING] = { "what it is", "内容" },
	[WORD_COLUMN_FRAMES] = { "frames", "フレーム数" },
	[WORD_COLUMN_SHARE] = { "share", "割合" },
	[WORD_COLUMN_CAPTURE] = { "capture", "キャプチャ" },
	[WORD_COLUMN_DAMAGE] = { "damage", "破損" },
	[WORD_COLUMN_REASON] = { "reason", "理由" },
	[WORD_EARLIER_DAYS] = { "Earlier days ({1})", "それ以前（{1}日間）" },
	[WORD_EVEN_EARLIER] = { "{1} earlier days are left out here; the CSV has all.",
	                        "さらに以前の{1}日間は省略しています。"
	                        "全期間はCSVを参照してください。" },
	[WORD_LIFETIMES_NOTE] = { "Mean, median and the 90% mark take infections that were still open as if they had "
	                          "ended on the last day they were seen, as the published method does. The Kaplan–Meier "
	                          "median does not. A dash: there are no infections; or, for that median, more than half of "
	                          "them last longer than any was seen to last.",
	                          "平均、中央値、90パーセンタイルは公表されている手法に合わせ、"
	                          "継続中の感染も最後に観測された日に終了したものとして計算しています。"
	                          "カプラン・マイヤー法の中央値は打ち切りを考慮しています。"
	                          "「–」は感染がないこと、同中央値では半数を超える感染が観測された最長の期間より長く続くことを"
	                          "示します。" },
	[WORD_LIFETIMES_OPEN] = { "Open are those that were seen on the last day. All others count as ended; whoever comes back goes "
	                          "on with the same infection, so that these numbers can still change.",
	                          "継続中は最終日に観測されたものです。それ以外は終了として数えますが、再び現れると同じ感染の継続と"
	                          "なるため、これらの値は今後変わり得ます。" },
	[WORD_LIFETIMES_OPEN_GAP] = { "Open are those with at most {1} silent days behind their last sighting: they may go on. The "
	                              "others are final.",
	                              "継続中は、最後の観測からの無観測日数がまだ{1}日以内のものです。それ以外は確定しています。" },

	// The ledger.
	[WORD_LEDGER_LEAD] = { "Every frame that was read is counted here, exactly once.",
	                       "読み込んだすべてのフレームを、次の区分のいずれか1つに数えています。" },
	[WORD_LEDGER_TOTAL] = { "all frames", "合計" },
	[WORD_LEDGER_EMPTY] = { "No frame was read.", "読み込んだフレームはありません。" },
	[WORD_FLAWS] = { "What was not understood", "解釈できなかったフレーム" },
	[WORD_FLAWS_NONE] = { "Nothing: every frame was understood.",
	                      "ありません。すべてのフレームを解釈できました。" },
	[WORD_REMARKS] = { "What else is to be known of frames", "フレームについての注意" },
	[WORD_FLAWS_MORE] = { "and {1} more reasons", "ほか{1}件" },
	[WORD_COLUMN_LINK] = { "link type", "リンク種別" },
	[WORD_BY_CAPTURE] = { "By capture ({1})", "キャプチャごとの内訳（{1}件）" },
	[WORD_CAPTURES_DAMAGED] = { "Captures that were damaged, and used as far as they went: {1}.",
	                            "破損していたため読める範囲のみ使用したキャプチャ: {1}件。" },
	[WORD_CAPTURES_GO_ON] = { "Captures that go on after {2}: {1}. Here each is counted as a whole.",
	                          "{2}より後に続くキャプチャ: {1}件。ここではキャプチャ全体を数えています。" },
	[WORD_FRAMES_LATER] = { "{1} of the frames are later than that day.",
	                        "そのうち{1}フレームはこの日より後のものです。" },
	[WORD_FRAMES_LATER_UNKNOWN] = { "How many of the frames are later than that day is not known.",
	                                "この日より後のフレーム数は不明です。" },
	[WORD_MORE] = { "and {1} more", "ほか{1}件" },
	[WORD_MORE_SEE] = { "and {1} more, see {2}", "ほか{1}件（{2}を参照）" },

	// Why frames were not understood.
	[WORD_REASON_NONE] = { "none", "なし" },
	[WORD_REASON_LINK_TYPE] = { "link type {1}, which hotaru does not read",
	                            "未対応のリンク種別 {1}" },
	[WORD_REASON_ETHERTYPE] = { "EtherType {1}", "EtherType {1}" },
	[WORD_REASON_LLC_SAP] = { "LLC, destination SAP {1}", "LLC 宛先SAP {1}" },
	[WORD_REASON_SNAP] = { "SNAP, protocol of organisation {1}",
	                       "SNAP 組織コード {1} のプロトコル" },
	[WORD_REASON_NLPID] = { "network layer protocol {1} (NLPID)",
	                        "ネットワーク層プロトコル識別子（NLPID） {1}" },
	[WORD_REASON_PPP_PROTOCOL] = { "PPP protocol {1}", "PPPプロトコル {1}" },
	[WORD_REASON_HDLC_PROTOCOL] = { "Cisco HDLC protocol {1}", "Cisco HDLCプロトコル {1}" },
	[WORD_REASON_ARCNET_PROTOCOL] = { "ARCNET protocol {1}", "ARCNETプロトコル {1}" },
	[WORD_REASON_AX25_PROTOCOL] = { "AX.25 protocol {1}", "AX.25プロトコル {1}" },
	[WORD_REASON_ADDRESS_FAMILY] = { "address family {1}", "アドレスファミリー {1}" },
	[WORD_REASON_DEVICE_TYPE] = { "Linux device of type {1}", "Linuxデバイス種別 {1}" },
	[WORD_REASON_DEVICE_PROTOCOL] = { "Linux device protocol {1}",
	                                  "Linuxデバイスのプロトコル {1}" },
	[WORD_REASON_PAYLOAD] = { "payload that begins with {1}: a pseudowire or else no IP",
	                          "{1} で始まるペイロード（擬似回線など、IP以外）" },
	[WORD_REASON_RECORD_TYPE] = { "record of type {1}, which holds no IP",
	                              "IPを含まないレコード種別 {1}" },
	[WORD_REASON_LINK_CONTROL] = { "control frame of the link itself, type {1}",
	                               "リンク制御フレーム 種別 {1}" },
	[WORD_REASON_FRAGMENT] = { "later piece of a frame that the link has split",
	                           "リンク層で分割されたフレームの後続部分" },
	[WORD_REASON_NO_PACKET] = { "record without a packet", "パケットを含まないレコード" },
	[WORD_REASON_WIFI_MANAGEMENT] = { "802.11 management frame, subtype {1}",
	                                  "802.11 管理フレーム サブタイプ {1}" },
	[WORD_REASON_WIFI_CONTROL] = { "802.11 control frame, subtype {1}",
	                               "802.11 制御フレーム サブタイプ {1}" },
	[WORD_REASON_WIFI_NO_DATA] = { "802.11 data frame without data, subtype {1}",
	                               "802.11 データなしフレーム サブタイプ {1}" },
	[WORD_REASON_WIFI_PROTECTED] = { "802.11 protected (encrypted) data",
	                                 "802.11 暗号化データ" },
	[WORD_REASON_LINK_HEADER] = { "length or version in the link header that cannot be",
	                              "リンクヘッダーの長さ・バージョンの矛盾" },
	[WORD_REASON_IP_VERSION] = { "IP version {1} where IPv4 was announced",
	                             "IPv4のはずがIPバージョン {1}" },
	[WORD_REASON_IP_HEADER_LENGTH] = { "IPv4 header length of {1} bytes, below 20",
	                                   "IPv4ヘッダー長 {1} バイト（20未満）" },
	[WORD_REASON_IP_TOTAL_LENGTH] = { "IPv4 total length of {1} bytes, below the header length",
	                                  "IPv4全長 {1} バイト（ヘッダー長未満）" },
	[WORD_REASON_TCP_LENGTH] = { "packet ends {1} {1:byte|bytes} into the TCP header",
	                             "TCPヘッダーの {1} バイト目でパケットが終了" },
	[WORD_REASON_UDP_LENGTH] = { "packet ends {1} {1:byte|bytes} into the UDP header",
	                             "UDPヘッダーの {1} バイト目でパケットが終了" },
	[WORD_REASON_FLOW_NUMBERS] = { "a number of the flow cannot be", "フローの値が不正" },
	[WORD_REASON_CUT_LINK] = { "captured bytes end in the link header",
	                           "リンクヘッダーの途中までのキャプチャ" },
	[WORD_REASON_CUT_IP] = { "captured bytes end in the IPv4 header",
	                         "IPv4ヘッダーの途中までのキャプチャ" },
	[WORD_REASON_CUT_TCP] = { "captured bytes end in the TCP header",
	                          "TCPヘッダーの途中までのキャプチャ" },
	[WORD_REASON_CUT_UDP] = { "captured bytes end in the UDP header",
	                          "UDPヘッダーの途中までのキャプチャ" },
	[WORD_REASON_FLOW_FLAGS] = { "the flow does not tell its TCP flags",
	                             "フローにTCPフラグの情報がない" },
	[WORD_REASON_FIRST_FRAGMENT] = { "first fragment ends in the TCP header",
	                                 "先頭フラグメントがTCPヘッダーの途中まで" },
	[WORD_REASON_NO_LINK_TYPE] = { "link type that the capture does not say",
	                               "キャプチャに記載のないリンク種別" },
	[WORD_REASON_FRACTION] = { "time whose fraction is more than a second",
	                           "秒未満の値が一秒以上の時刻" },
	[WORD_REASON_FAR_TIME] = { "a time far from all others; days: {1}",
	                           "他から遠く離れた時刻（{1}日分）" },
	[WORD_REASON_OTHER] = { "other reasons", "その他の理由" },

	// Definitions.
	[WORD_SOURCE_NAME] = { "source, device", "送信元、ホスト" },
	[WORD_SOURCE_TEXT] = { "A source IPv4 address. A device that changes its address counts more than once; "
	                       "devices behind one address count once. Sources are counted over SYNs: first "
	                       "fragment, TCP, SYN set, ACK clear.",
	                       "送信元IPv4アドレス。アドレスが変わる機器は複数回、1つのアドレスを共有する機器は1回と"
	                       "数えます。送信元数はSYN（先頭フラグメント、TCP、SYNあり、ACKなし）を対象とします。" },
	[WORD_SPELL_NAME] = { "infection", "感染期間" },
	[WORD_SPELL_TEXT] = { "A spell of sightings of one source and family, from the first day to the last. "
	                      "The rule for its end is stated at the top of this page.",
	                      "1つの送信元が同じファミリーとして観測された期間（最初の日から最後の日まで）。"
	                      "終了の条件はページ冒頭に示しています。" },
	[WORD_NEW_TEXT] = { "Sources whose first infection starts on the day.",
	                    "その日に最初の感染期間が始まった送信元。" },
	[WORD_RETURNED_TEXT] = { "Later infections of known sources that start on the day.",
	                         "既知の送信元で、その日に再び感染期間が始まったもの。" },
	[WORD_RECOVERED_TEXT] = { "Infections that ended and were seen for the last time on the day before.",
	                          "終了した感染期間のうち、前日が最終観測だったもの。" },
	[WORD_ACTIVE_TEXT] = { "All new and returned so far, less all recovered so far.",
	                       "新規感染と再出現の累計から回復の累計を引いた数。" },
	[WORD_DAILY_TEXT] = { "Distinct sources that sent a matching SYN on the day.",
	                      "その日に該当するSYNを送った送信元の数（重複なし）。" },
	[WORD_LIFETIME_NAME] = { "lifetime", "継続日数" },
	[WORD_LIFETIME_TEXT] = { "Days of an infection, its first and last included. The median of the summary is that "
	                         "of Kaplan and Meier, which allows for infections that are still going on.",
	                         "感染期間の日数（最初と最後の日を含む）。概要の中央値は、継続中の感染を打ち切りとして扱う"
	                         "カプラン・マイヤー法による値です。" },
	[WORD_PUBLISHED_BY] = { "Source: {1}.", "出典: {1}。" },
	[WORD_STRENGTH] = { "Strength: {1}.", "確からしさ: {1}。" },
	[WORD_STRENGTH_SEEN] = { "seen in real captures or in the tool’s own code",
	                         "実データまたはツールのコードで確認" },
	[WORD_STRENGTH_PUBLISHED] = { "published", "文献による" },
	[WORD_STRENGTH_WEAK] = { "weak", "弱い" },
	[WORD_STRENGTH_USER] = { "defined by the user of this store, not checked by hotaru",
	                         "利用者による定義（hotaruでは未検証）" },
	[WORD_FILES] = { "The numbers as CSV:", "数値データ（CSV）:" },
	[WORD_FOOTER] = { "Made by hotaru {1}. This page loads nothing, and runs no script but its own.",
	                  "hotaru {1} により作成。このページは外部から何も読み込まず、"
	                  "ページ自身のもの以外のスクリプトは動作しません。" },
};

static const words_table *const tables[] = { &words_survey,  &words_overview, &words_where,
	                                     &words_map,     &words_page,     &words_rules,
	                                     &words_devices, &words_variants };

const char *word_in(enum lang lang, enum word word)
{
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if ((*tables[i])[word][lang] != NULL)
			return (*tables[i])[word][lang];
	assert(false);  // every word is in a table
	return "";
}
