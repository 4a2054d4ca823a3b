// SPDX-License-Identifier: MIT
#include "cmd/remarks.h"

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
