// SPDX-License-Identifier: MIT
// What has to be known of attacks, in words.
#include "cmd/caveats_words.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

static void add(char line[LINE_SIZE], const char *text)
{
	const size_t length = strlen(line);
	text_copy(line + length, LINE_SIZE - length, text);
}

// "65536 addresses see a victim that sends 32768 packets a second".
static void say_smallest(const struct caveat *c, char out[256])
{
	const uint64_t per_minute = c->numbers[1], least = c->numbers[2], most = c->numbers[3];
	char more[96] = "";
	if (least != most)
		text_format(more, sizeof more, ", %" PRIu64 " on days with %" PRIu64, c->numbers[5],
		            least);
	if (most == 0)
		text_copy(
			out, 256,
			"the telescope's size is not known, and so no rate (--telescope at ingest)");
	else
		text_format(out, 256,
		            "with %" PRIu64 " addresses %" PRIu64 " packets a minute are %" PRIu64
		            " a second at the victim%s: smaller ones do not show",
		            most, per_minute, c->numbers[4], more);
}

void caveat_attacks(const struct caveat *c, char line[LINE_SIZE])
{
	char smallest[256];
	say_smallest(c, smallest);
	text_format(line, LINE_SIZE, "note: %s%s", c->numbers[0] == 0 ? "no attack is seen; " : "",
	            smallest);
	add(line,
	    ". Only sources forged at random leave answers here; reflection, and bots that flood from "
	    "their own addresses, as Mirai's, do not: what is not seen may have been. ICMP errors are "
	    "rate limited");
}

void caveat_bursts_unknown(const struct caveat *c, char line[LINE_SIZE])
{
	const uint64_t *n = c->numbers;
	const char *const what = n[0] == 0 ? "answers of victims" : "scan events";
	text_copy(line, LINE_SIZE, "note: ");
	if (n[1] > 0)
		text_format(line, LINE_SIZE,
		            "note: on %" PRIu64 " of %" PRIu64
		            " days no %s were kept, and nobody knows%s%s",
		            n[1], n[3], what,
		            n[0] == 0 ? ""
		                      : " (a store made with `hotaru ingest --events` keeps them)",
		            n[2] + n[4] > 0 ? "; " : "");
	if (n[2] > 0)
		text_format(line + strlen(line), LINE_SIZE - strlen(line),
		            "on %" PRIu64 " days of some captures only%s", n[2],
		            n[4] > 0 ? "; " : "");
	if (n[4] > 0)
		text_format(line + strlen(line), LINE_SIZE - strlen(line),
		            "%" PRIu64 " packets, in %" PRIu64
		            " groups of few, were too many to keep",
		            n[5], n[4]);
}
