// SPDX-License-Identifier: MIT
#include "probe/guard.h"

#include "base/calendar.h"
#include "base/memory.h"
#include "base/text.h"
#include "probe/line.h"

void guard_done(struct guard *g)
{
	ipset_prefixes_done(&g->opt_outs);
}

static bool add(struct ipset_prefixes *list, const struct ipset_prefix *prefix, size_t *room,
                struct error *error)
{
	if (list->count == GUARD_OPT_OUTS_MAX)
		return error_set(error, ERROR_FAILED, "more than %d opt-outs", GUARD_OPT_OUTS_MAX);
	if (list->count == *room) {
		const size_t more = 2 * *room + 16;
		struct ipset_prefix *ranges = memory_resize(list->ranges, more, sizeof *ranges);
		if (ranges == NULL)
			return error_memory(error, "opt-outs");
		list->ranges = ranges;
		*room = more;
	}
	list->ranges[list->count++] = *prefix;
	return true;
}

// False: the line is none. An empty one has no prefix, and *is_there says so.
static bool parse(struct span line, struct ipset_prefix *out, bool *is_there)
{
	char text[LINE_MAX_BYTES + 1], word[32];
	struct error ignored;
	int32_t day;
	*is_there = false;
	if (!line_text(line, text))
		return false;
	const char *rest = text;
	if (!text_next(&rest, ' ', word, sizeof word))
		return true;
	*is_there = true;
	return ipset_prefix_parse(word, out, &ignored) &&
	       text_next(&rest, ' ', word, sizeof word) && day_parse(word, &day);
}

bool guard_read_opt_outs(struct guard *g, struct span text, const char *name, struct error *error)
{
	struct ipset_prefixes list = { .count = 0 };
	struct line_cutter cutter = { .rest = text };
	struct span line;
	size_t room = 0;
	bool ok = true;
	while (ok && line_next(&cutter, &line)) {
		struct ipset_prefix prefix;
		bool is_there;
		if (!parse(line, &prefix, &is_there))
			ok = error_set(error, ERROR_FAILED,
			               "'%s' line %llu is no opt-out such as 192.0.2.0/24 "
			               "2026-11-30",
			               name, (unsigned long long)cutter.number);
		else if (is_there)
			ok = add(&list, &prefix, &room, error);
	}
	if (!ok) {
		ipset_prefixes_done(&list);
		return false;
	}
	ipset_prefixes_join(&list);
	guard_done(g);
	g->opt_outs = list;
	return true;
}

enum guard_verdict guard_ask(const struct guard *g, uint32_t address)
{
	const bool is_loopback = address >> 24 == 127, is_relay = address >> 8 == 0xc05863;
	if (g->is_loopback ? !is_loopback : ipset_is_special(address) || is_relay)
		return GUARD_SPECIAL;
	return ipset_prefixes_hold(&g->opt_outs, address) ? GUARD_OPTED_OUT : GUARD_FREE;
}
