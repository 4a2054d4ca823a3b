// SPDX-License-Identifier: MIT
#include "cmd/remarks.h"

#include "analyse/near_days.h"
#include "base/text.h"
#include "cmd/cmd.h"

#include <inttypes.h>

enum { LINE_SIZE = 512 };

static void say_joined(const char *name, const struct capture_remarks *remarks)
{
	char line[LINE_SIZE];
	text_format(line, sizeof line,
	            "'%.200s' holds %" PRIu64 " captures, one behind the other; all are read, the "
	            "second from byte %" PRIu64 " on",
	            name, remarks->captures, remarks->second_at);
	command_say(line);
}

static void warn_of_fractions(const char *name, const struct capture_remarks *remarks)
{
	char line[LINE_SIZE];
	text_format(line, sizeof line,
	            "'%.200s': of %" PRIu64 " frames %" PRIu64 " have fractions of a second of %s "
	            "and more, and count as later than they came%s",
	            name, remarks->frames, remarks->wide_frames,
	            remarks->has_wide_microseconds ? "1000000 microseconds"
	                                           : "1000000000 nanoseconds",
	            remarks->has_wide_microseconds
	                    ? "; if they are nanoseconds, --fractions nanoseconds reads them right"
	                    : "");
	command_warn(line);
}

void remarks_say(const char *name, const struct capture *capture, bool is_quiet)
{
	const struct capture_remarks remarks = capture_remarks(capture);
	if (remarks.captures > 1 && !is_quiet)
		say_joined(name, &remarks);
	if (remarks.wide_frames > 0)
		warn_of_fractions(name, &remarks);
}

void remarks_say_copies(const char *name, const struct ingest_ledger *ledger)
{
	char line[LINE_SIZE];
	text_format(line, sizeof line,
	            "'%.200s' has each packet %u times: %" PRIu64 " of %" PRIu64
	            " frames are copies, which are left out (--count-copies counts them)",
	            name, ledger->copies_each, ledger->copies, ingest_ledger_total(ledger));
	command_say(line);
}

void remarks_say_forgotten(const struct store *store, const struct store_capture *captures,
                           size_t count)
{
	const struct store_settings *settings = store_settings(store);
	for (size_t i = 0; i < count; i++) {
		const struct capture_seen *seen = captures[i].seen;
		char line[LINE_SIZE], day[CALENDAR_DAY_SIZE];
		uint64_t frames = 0;
		for (size_t j = 0; seen != NULL && j < seen->count; j++)
			if (seen->stretches[j].last_ns < settings->kept_from_ns)
				frames += seen->stretches[j].frames;
		if (frames == 0)
			continue;
		day_format(settings->kept_from, day);
		text_format(
			line, sizeof line,
			"'%.200s': %" PRIu64
			" frames lie on days before %s, which the store has forgotten; they are "
			"in the ledger, and nothing else of them is kept",
			captures[i].name, frames, day);
		command_say(line);
	}
}

static void say_far(const struct store_capture *c, const struct far_frames *far)
{
	char line[640], first[CALENDAR_DAY_SIZE], last[CALENDAR_DAY_SIZE];
	day_format(far->first, first);
	day_format(far->last, last);
	text_format(line, sizeof line,
	            "'%.200s': frames on days far from all others: %" PRIu64 " of %" PRIu64
	            ", %s%s%s; they count, but days are not shown up to them unless --from or --to "
	            "asks for it",
	            c->name, far->frames, ingest_ledger_total(c->ledger), first,
	            far->first == far->last ? "" : " to ", far->first == far->last ? "" : last);
	command_say(line);
}

bool remarks_say_far(struct store *store, const struct store_capture *captures, size_t count,
                     struct error *error)
{
	struct holdings *holdings = store_holdings(store);
	const struct zone *zone = &store_settings(store)->zone;
	struct holdings_captures *all;
	struct day_range near;
	bool is_in_doubt = false;
	for (size_t i = 0; i < count; i++)
		is_in_doubt |= near_days_are_in_doubt(zone, captures[i].seen);
	if (!is_in_doubt)
		return true;
	if (!holdings_open_captures(holdings, &all, error))
		return false;
	const bool ok = near_days_find(zone, all, &near, error);
	for (size_t i = 0; ok && i < count; i++) {
		struct far_frames far = { .frames = 0 };
		far_frames_add(zone, captures[i].seen, near, &far);
		if (far.frames > 0)
			say_far(&captures[i], &far);
	}
	holdings_close_captures(all);
	return ok;
}
