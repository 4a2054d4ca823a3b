// SPDX-License-Identifier: MIT
#include "honeypot/event.h"

#include "base/test.h"

#include <string.h>

static struct span text(const char *words)
{
	return (struct span){ (const uint8_t *)words, strlen(words) };
}

static struct honeypot_event event(const char *sensor, const char *session, uint64_t time_ns)
{
	return (struct honeypot_event){ .sensor = text(sensor),
		                        .session = text(session),
		                        .time_ns = time_ns,
		                        .source = 0xc6336401 };
}

TEST(events_of_a_session_are_together)
{
	struct honeypot_event early = event("a", "2", 5), late = event("a", "2", 9);
	struct honeypot_event other = event("a", "10", 7), far = event("b", "1", 1);
	CHECK(honeypot_event_compare(&early, &late) < 0);
	CHECK(honeypot_event_compare(&other, &early) < 0);
	CHECK(honeypot_event_compare(&late, &far) < 0);
	CHECK(honeypot_event_compare(&late, &late) == 0);
}

TEST(events_that_differ_in_anything_are_told_apart)
{
	const struct honeypot_event same = event("a", "1", 1);
	struct honeypot_event others[9];
	for (size_t i = 0; i < 9; i++)
		others[i] = same;
	others[0].source++;
	others[1].destination++;
	others[2].source_port++;
	others[3].port++;
	others[4].protocol = HONEYPOT_TELNET;
	others[5].kind = HONEYPOT_INPUT;
	others[6].text = text("x");
	others[7].is_cut = true;
	others[8].time_ns++;
	for (size_t i = 0; i < 9; i++) {
		CHECK(honeypot_event_compare(&same, &others[i]) < 0);
		CHECK(honeypot_event_compare(&others[i], &same) > 0);
	}
}

TEST(sessions_that_are_numbers_of_transports)
{
	CHECK(honeypot_session_is_transport(text("SSH13477")));
	CHECK(honeypot_session_is_transport(text("TT0")));
	CHECK(!honeypot_session_is_transport(text("SSH")) &&
	      !honeypot_session_is_transport(text("")));
	CHECK(!honeypot_session_is_transport(text("13477")) &&
	      !honeypot_session_is_transport(text("TT1a")));
	CHECK(!honeypot_session_is_transport(text("0e2042aaf8db")));
}

TEST_MAIN
