// SPDX-License-Identifier: MIT
// One entry a fingerprint; those that are not here (the user's own) speak for
// themselves in the words of the fingerprint table.
#include "present/page/families.h"

#include "base/text.h"
#include "present/words/words.h"

#include <assert.h>

struct family_words {
	const char *name;
	const char *test[2], *caution[2];  // by enum lang
};

static const struct family_words known[] = {
	{ "*", { "every SYN", "すべてのSYN" }, { NULL, NULL } },
	{ "mirai",
	  { "SYN whose TCP sequence number equals the destination address, on any port, with no other flag",
	    "TCPシーケンス番号が宛先アドレスと一致し、SYN以外のフラグがないSYN（ポートは問わない）" },
	  { NULL, NULL } },
	{ "mirai-2016",
	  { "SYN as for mirai, to port 23 and from a source port above 1024",
	    "miraiの条件に加え、宛先ポートが23、送信元ポートが1024より大きいSYN" },
	  { "These are the three conditions of the source code released in 2016; later variants use "
	    "other ports.",
	    "2016年に公開されたソースコードの3条件です。その後の亜種は別のポートも使います。" } },
	{ "mirai-flags",
	  { "SYN whose TCP sequence number equals the destination address, with another flag beside SYN",
	    "TCPシーケンス番号が宛先アドレスと一致し、SYN以外のフラグもあるSYN" },
	  { "Mirai’s scanner sets no other flag: these are counted apart.",
	    "Miraiのスキャナーは他のフラグを付けないため、別に数えます。" } },
	{ "hajime",
	  { "SYN with window 14600, the published rule",
	    "ウィンドウサイズが14600のSYN（公表されている条件）" },
	  { "The rule is weak: 14600 is also the first window of Linux kernels 2.6.39 to 3.10. "
	    "hajime-raw leaves out SYNs with the options that such kernels send; read both.",
	    "この条件は判別力が弱く、Linuxカーネル2.6.39～3.10の初期ウィンドウも14600です。これらの"
	    "カーネルが付けるオプションを持つSYNを除いたhajime-rawとあわせて見てください。" } },
	{ "hajime-raw",
	  { "SYN with window 14600 and none of the options SACK-permitted, timestamp and window scale",
	    "ウィンドウサイズが14600で、SACK許可、タイムスタンプ、ウィンドウスケールのいずれの"
	    "オプションもないSYN" },
	  { "This is the shape of a scanner that builds its own packets; ordinary Linux kernels send "
	    "those options.",
	    "パケットを自ら組み立てるスキャナーの特徴です。通常のLinuxカーネルはこれらのオプションを"
	    "付けます。" } },
	{ "zmap",
	  { "SYN with IP identification 54321", "IP識別子が54321のSYN" },
	  { "ZMap is a scanning tool, not malware; from version 4.1 on it no longer shows this value.",
	    "ZMapはスキャンツールであり、マルウェアではありません。4.1以降はこの値になりません。" } },
	{ "zmap-4",
	  { "SYN with window 65535 and the option layout of ZMap 4.1 and later",
	    "ウィンドウサイズが65535で、ZMap 4.1以降と同じオプション配列を持つSYN" },
	  { "A scanning tool, not malware; the test is weak.",
	    "スキャンツールであり、マルウェアではありません。この条件は判別力が弱いものです。" } },
	{ "masscan",
	  { "SYN whose IP identification equals the low 16 bits of destination address xor "
	    "destination port xor sequence number",
	    "IP識別子が、宛先アドレス、宛先ポート、シーケンス番号の排他的論理和の下位16ビットと"
	    "一致するSYN" },
	  { "A scanning tool, not malware; one packet in 65,536 matches by chance.",
	    "スキャンツールであり、マルウェアではありません。65,536パケットに1つは偶然一致します。" } },
};

static const struct family_words *find(const char *name)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (text_equal(known[i].name, name))
			return &known[i];
	return NULL;
}

static const char *name_of(const struct report *report, size_t family)
{
	assert(family < report->survey->family_count);
	return report->survey->families[family].name;
}

const char *family_test(const struct report *report, size_t family)
{
	const struct family_words *words = find(name_of(report, family));
	const char *what = report->families[family].what;
	if (words != NULL)
		return words->test[report->lang];
	return what != NULL ? what : "";
}

const char *family_named_test(const struct report *report, const char *name)
{
	const struct family_words *words = find(name);
	return words != NULL ? words->test[report->lang] : NULL;
}

const char *family_caution(const struct report *report, size_t family)
{
	const struct family_words *words = find(name_of(report, family));
	return words != NULL ? words->caution[report->lang] : NULL;
}

const char *family_title(const struct report *report, size_t family)
{
	const char *name = name_of(report, family);
	return text_equal(name, "*") ? word_in(report->lang, WORD_ALL_SYNS) : name;
}

// ---- the order

static unsigned rank_of_strength(const char *strength)
{
	static const char *const ranks[] = { "seen", "published", "weak" };
	unsigned rank = 0;
	while (rank < 3 && !text_equal(strength != NULL ? strength : "", ranks[rank]))
		rank++;
	return rank;
}

// Whether a family stands in front of another one, both being part of the same, or of none.
static bool is_before(const struct report *report, size_t a, size_t b)
{
	const struct report_family *x = &report->families[a], *y = &report->families[b];
	const bool x_is_all = text_equal(x->name, "*"), y_is_all = text_equal(y->name, "*");
	const unsigned x_rank = rank_of_strength(x->strength),
		       y_rank = rank_of_strength(y->strength);
	if (x_is_all != y_is_all)
		return y_is_all;
	if (x->chance_bits != y->chance_bits)
		return x->chance_bits > y->chance_bits;
	if (x_rank != y_rank)
		return x_rank < y_rank;
	return a < b;
}

size_t family_whole(const struct report *report, size_t family)
{
	const char *part_of = report->families[family].part_of;
	for (size_t i = 0; part_of != NULL && i < report->survey->family_count; i++)
		if (i != family && text_equal(report->families[i].name, part_of))
			return i;
	return SIZE_MAX;
}

// Those that are part of `whole`, in their order, and below each its own parts: a part has one whole, so that
// each comes once.
static size_t append_parts(const struct report *report, size_t whole, size_t *order, size_t count)
{
	const size_t families = report->survey->family_count, first = count;
	for (size_t i = 0; i < families; i++) {
		if (family_whole(report, i) != whole)
			continue;
		size_t at = count++;
		for (; at > first && is_before(report, i, order[at - 1]); at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	return count;
}

size_t family_order(const struct report *report, size_t *order)
{
	const size_t families = report->survey->family_count;
	size_t *wholes = order + families, count = 0;
	const size_t whole_count = append_parts(report, SIZE_MAX, wholes, 0);
	for (size_t i = 0; i < whole_count; i++) {
		order[count++] = wholes[i];
		count = append_parts(report, wholes[i], order, count);
	}
	return count;
}
