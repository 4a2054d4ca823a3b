// SPDX-License-Identifier: MIT
#include "base/progress.h"

#include "base/clock.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { REDRAW_NS = 100 * 1000 * 1000, LINE_SIZE = 160 };

void progress_start(struct progress *p, const char *what, uint64_t bytes_total, bool is_wanted)
{
	*p = (struct progress){
		.is_shown = is_wanted && isatty(STDERR_FILENO) == 1,
		.what = what,
		.bytes_total = bytes_total,
		.start_ns = clock_now_ns(),
	};
	p->last_ns = p->start_ns;
}

// 1234567 as "1.23 M": three digits that a person reads at a glance.
static void format_amount(double amount, const char *unit, char *out, size_t size)
{
	static const char *const prefix[] = { "", "k", "M", "G", "T", "P" };
	unsigned power = 0;
	while (amount >= 1000 && power < 5) {
		amount /= 1000;
		power++;
	}
	const int decimals = power == 0 || amount >= 100 ? 0 : amount >= 10 ? 1 : 2;
	text_format(out, size, "%.*f %s%s", decimals, amount, prefix[power], unit);
}

static void format_left(double seconds, char *out, size_t size)
{
	const unsigned s = (unsigned)(seconds + 0.5);
	if (s >= 3600)
		text_format(out, size, ", %u:%02u:%02u left", s / 3600, s / 60 % 60, s % 60);
	else
		text_format(out, size, ", %u:%02u left", s / 60, s % 60);
}

// Whether the line is to be drawn now; then how long it went on.
static bool is_due(struct progress *p, double *seconds)
{
	if (!p->is_shown)
		return false;
	const uint64_t now_ns = clock_now_ns();
	if (now_ns - p->last_ns < REDRAW_NS)
		return false;
	p->last_ns = now_ns;
	*seconds = (double)(now_ns - p->start_ns) / 1e9;
	return true;
}

static void draw(struct progress *p, const char *line)
{
	const unsigned width = (unsigned)strlen(line);
	fprintf(stderr, "\r%s%*s", line, p->width > width ? (int)(p->width - width) : 0, "");
	p->width = width;
}

void progress_tick(struct progress *p, uint64_t bytes, uint64_t items)
{
	double seconds;
	if (!is_due(p, &seconds))
		return;
	char size[24], total[32] = "", count[24], rate[24], left[32] = "", line[LINE_SIZE];
	format_amount((double)bytes, "B", size, sizeof size);
	format_amount((double)items, "", count, sizeof count);
	format_amount((double)items / seconds, "", rate, sizeof rate);
	if (p->bytes_total > 0 && bytes > 0 && bytes <= p->bytes_total) {
		const double share = (double)bytes / (double)p->bytes_total;
		text_format(total, sizeof total, " (%.0f %%)", 100 * share);
		format_left(seconds / share - seconds, left, sizeof left);
	}
	text_format(line, sizeof line, "%s%s, %s%s, %s%s/s%s", size, total, count, p->what, rate,
	            p->what, left);
	draw(p, line);
}

// "97", "3.48 k": for what a space or "/s" follows.
static void format_count(double amount, char *out, size_t size)
{
	format_amount(amount, "", out, size);
	const size_t length = strlen(out);
	if (length > 0 && out[length - 1] == ' ')
		out[length - 1] = '\0';
}

void progress_steps(struct progress *p, uint64_t done, uint64_t total, const char *more)
{
	double seconds;
	char count[24], all[24], rate[24], left[32] = "", line[LINE_SIZE];
	if (!is_due(p, &seconds))
		return;
	const double share = total > 0 ? (double)done / (double)total : 1;
	format_count((double)done, count, sizeof count);
	format_count((double)total, all, sizeof all);
	format_count((double)done / seconds, rate, sizeof rate);
	if (done > 0)
		format_left(seconds / share - seconds, left, sizeof left);
	text_format(line, sizeof line, "%s of %s %s (%.0f %%), %s/s%s%s%s", count, all, p->what,
	            100 * share, rate, more[0] != '\0' ? ", " : "", more, left);
	draw(p, line);
}

void progress_stop(struct progress *p)
{
	if (p->is_shown && p->width > 0)
		fprintf(stderr, "\r%*s\r", (int)p->width, "");
	p->width = 0;
}
