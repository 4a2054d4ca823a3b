// SPDX-License-Identifier: MIT
// Of what changed around a day.
#include "cmd/caveats_words.h"

#include "base/calendar.h"
#include "base/text.h"

#include <inttypes.h>

void caveat_around(const struct caveat *c, char line[LINE_SIZE])
{
	char day[CALENDAR_DAY_SIZE];
	day_format(c->days[0], day);
	if (c->numbers[0] == 0 || c->numbers[1] == 0) {
		text_format(line, LINE_SIZE,
		            "note: what changed around %s is not known: no day of the %" PRIu64
		            " %s is among the data, captured as a whole",
		            day, c->numbers[2], c->numbers[0] == 0 ? "before it" : "from it on");
		return;
	}
	text_format(
		line, LINE_SIZE,
		"note: means of a day, over %" PRIu64 " of %" PRIu64 " days before %s and %" PRIu64
		" of as many from it on (the others were not captured as a whole, or are not among the "
		"data); of ten other pairs of windows nine lie between usual_low and usual_high",
		c->numbers[0], c->numbers[2], day, c->numbers[1]);
}
