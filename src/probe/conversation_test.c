// SPDX-License-Identifier: MIT
#include "probe/conversation.h"

#include "base/random.h"
#include "base/test.h"

#define SECOND UINT64_C(1000000000)

static struct manners manners;
static struct conversation_rules rules;
static struct buffer reply;
static uint64_t now_ns;

static void begin(struct conversation *c, uint16_t port)
{
	struct error error;
	CHECK(manners_init(&manners, "soc@example.org", "https://p.example/", "1", &error));
	rules = (struct conversation_rules){ .wait_ns = 5 * SECOND,
		                             .quiet_ns = SECOND,
		                             .deadline_ns = 20 * SECOND,
		                             .bytes_max = 1000,
		                             .manners = &manners };
	reply = buffer_up_to(CONVERSATION_REPLIES_MAX);
	now_ns = 100 * SECOND;
	conversation_begin(c, &rules, 0x7f000001, port, now_ns, now_ns, &reply);
}

static void hear_bytes(struct conversation *c, const char *bytes, size_t length)
{
	reply.length = 0;
	conversation_take(c, &rules, (struct span){ (const uint8_t *)bytes, length }, now_ns,
	                  &reply);
}

static void hear(struct conversation *c, const char *text)
{
	hear_bytes(c, text, strlen(text));
}

static bool said(const char *text)
{
	return reply.length == strlen(text) &&
	       (reply.length == 0 || memcmp(reply.bytes, text, reply.length) == 0);
}

static bool said_get(void)
{
	return reply.length > 20 && memcmp(reply.bytes, "GET / HTTP/1.1\r\nHost", 20) == 0;
}

// Lets the time come at which it wants to be woken, and says how many seconds that took.
static double sleep_on(struct conversation *c)
{
	const uint64_t before = now_ns;
	now_ns = c->wake_ns;
	reply.length = 0;
	conversation_wake(c, now_ns, &rules, &reply);
	return (double)(now_ns - before) / 1e9;
}

static void finish(struct conversation *c)
{
	conversation_done(c);
	buffer_done(&reply);
}

#define IS(c, ending, status, name)                                                                \
	(conversation_status(c, ending) == (status) && text_equal(conversation_probe(c), name))

TEST(the_web_is_asked_at_once)
{
	static const uint16_t ports[] = { 80, 81, 88, 7547, 8080 };
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
		struct conversation c;
		begin(&c, ports[i]);
		CHECK(said_get() && c.wake_ns == 120 * SECOND);
		hear(&c, "HTTP/1.1 200 OK\r\n");
		CHECK(said("") && c.wake_ns == 101 * SECOND);
		CHECK(sleep_on(&c) == 1 && c.is_over);
		CHECK(IS(&c, ENDING_SILENCE, RESPONSE_ANSWERED, "get"));
		finish(&c);
	}
}

TEST(others_have_five_seconds_and_are_asked_then)
{
	static const uint16_t ports[] = { 21, 22, 23, 2222, 2323, 5358 };
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
		struct conversation c;
		begin(&c, ports[i]);
		CHECK(said(""));
		CHECK(sleep_on(&c) == 5 && !c.is_over && said_get());
		CHECK(sleep_on(&c) == 15 && c.is_over && said(""));
		CHECK(IS(&c, ENDING_SILENCE, RESPONSE_EMPTY, "get"));
		finish(&c);
	}
}

TEST(nobody_who_said_anything_is_asked)
{
	struct conversation c;
	begin(&c, 23);
	hear(&c, "login: ");
	CHECK(said("") && sleep_on(&c) == 1 && c.is_over && said(""));
	CHECK(IS(&c, ENDING_SILENCE, RESPONSE_ANSWERED, "listen"));
	finish(&c);
	// At a prompt that comes late it would be a name.
	begin(&c, 23);
	hear(&c, "\xff\xfd\x01");
	CHECK(said("\xff\xfc\x01"));
	CHECK(sleep_on(&c) == 5 && c.is_over && said(""));
	CHECK(IS(&c, ENDING_SILENCE, RESPONSE_EMPTY, "telnet"));
	CHECK(c.bytes.length == 3);
	finish(&c);
}

TEST(options_are_refused_and_text_behind_them_is_an_answer)
{
	struct conversation c;
	begin(&c, 2323);
	hear_bytes(&c, "\xff", 1);
	CHECK(said(""));
	hear_bytes(&c, "\xfb\x01\xff\xfd", 4);
	CHECK(said("\xff\xfe\x01"));
	hear_bytes(&c, "\x18", 1);
	CHECK(said("\xff\xfc\x18"));
	CHECK(c.wake_ns == now_ns + 5 * SECOND);
	hear(&c, "\r\nBusyBox login: ");
	CHECK(c.wake_ns == now_ns + SECOND);
	CHECK(IS(&c, ENDING_RESET, RESPONSE_ANSWERED, "telnet"));
	CHECK(c.bytes.length == 23 &&
	      memcmp(c.bytes.bytes, "\xff\xfb\x01\xff\xfd\x18\r\n", 8) == 0);
	finish(&c);
}

TEST(telnet_on_a_port_of_the_web_is_told_by_its_first_byte)
{
	struct conversation c;
	begin(&c, 8080);
	hear(&c, "\xff\xfb\x01");
	CHECK(said("\xff\xfe\x01"));
	CHECK(conversation_status(&c, ENDING_CLOSED) == RESPONSE_EMPTY);
	finish(&c);
	begin(&c, 8080);
	hear(&c, "HTTP\xff\xfb\x01");
	CHECK(said("") && conversation_status(&c, ENDING_CLOSED) == RESPONSE_ANSWERED);
	finish(&c);
}

static const char identification[] = "SSH-2.0-hotaru_1 https://p.example/\r\n";

TEST(identifications_are_exchanged_once)
{
	static const char *const greetings[] = { "SSH-2.0-OpenSSH_7.4\r\n", "SSH-1.99-dropbear\n",
		                                 "Welcome\r\n\r\nSSH-2.0-x\r\n",
		                                 "220 not FTP here\r\nSSH-2.0-x\r\n" };
	for (size_t i = 0; i < 3; i++) {
		struct conversation c;
		begin(&c, 22);
		hear(&c, greetings[i]);
		CHECK(said(identification));
		// Key exchange, which may look like Telnet, or like another identification.
		hear_bytes(&c, "\0\0\1\xff\xfb\x01SSH-2.0-y\r\n", 17);
		CHECK(said("") && sleep_on(&c) == 1 && c.is_over && said(""));
		CHECK(IS(&c, ENDING_SILENCE, RESPONSE_ANSWERED, "ssh"));
		finish(&c);
	}
}

TEST(what_follows_an_identification_in_its_segment_is_no_telnet)
{
	struct conversation c;
	begin(&c, 22);
	hear_bytes(&c, "SSH-2.0-x\r\n\0\0\1\xff\xfd\x01", 17);
	CHECK(said(identification));
	finish(&c);
}

TEST(an_identification_may_come_byte_by_byte)
{
	struct conversation c;
	begin(&c, 2222);
	for (const char *byte = "SSH-2.0-x\r"; *byte != '\0'; byte++) {
		hear_bytes(&c, byte, 1);
		CHECK(said(""));
	}
	hear(&c, "\n");
	CHECK(said(identification));
	finish(&c);
}

TEST(a_greeting_is_heard_to_its_end)
{
	struct conversation c;
	begin(&c, 21);
	hear(&c, "220-Welcome\r\n230 not yet\r\n220-still");
	CHECK(said(""));
	hear(&c, " not\r\n 220 nor here\r\n220 Ready");
	CHECK(said(""));
	hear(&c, "\r\n");
	CHECK(said("QUIT\r\n"));
	hear(&c, "221 Bye\r\n220 x\r\n");
	CHECK(said("") && IS(&c, ENDING_CLOSED, RESPONSE_ANSWERED, "ftp"));
	finish(&c);
	begin(&c, 21);
	hear(&c, "220 Ready\n");
	CHECK(said("QUIT\r\n"));
	finish(&c);
	// Not at a prompt.
	begin(&c, 23);
	hear(&c, "Router\r\n220 rue de la Paix\r\nlogin: ");
	CHECK(said(""));
	finish(&c);
}

TEST(the_deadline_holds_whatever_comes)
{
	struct conversation c;
	begin(&c, 23);
	for (; now_ns < c.deadline_ns && !c.is_over; now_ns += SECOND / 2) {
		hear(&c, ".");
		CHECK(c.wake_ns <= c.deadline_ns && c.wake_ns > now_ns);
	}
	CHECK(now_ns == 120 * SECOND);
	hear(&c, ".");
	CHECK(sleep_on(&c) <= 0 && c.is_over);
	finish(&c);
}

TEST(bytes_are_kept_up_to_a_limit)
{
	char many[1001];
	struct conversation c;
	memset(many, 'a', sizeof many);
	begin(&c, 80);
	hear_bytes(&c, many, 1000);
	CHECK(!c.is_over && !c.is_cut && c.bytes.length == 1000);
	hear_bytes(&c, many, 1);
	CHECK(c.is_over && c.is_cut && c.bytes.length == 1000);
	finish(&c);
	begin(&c, 80);
	hear_bytes(&c, many, 1001);
	CHECK(c.is_over && c.is_cut && c.bytes.length == 1000);
	CHECK(IS(&c, ENDING_SILENCE, RESPONSE_ANSWERED, "get"));
	finish(&c);
}

TEST(endings_have_each_their_status)
{
	struct conversation c;
	begin(&c, 80);
	CHECK(conversation_status(&c, ENDING_CLOSED) == RESPONSE_EMPTY);
	CHECK(conversation_status(&c, ENDING_SILENCE) == RESPONSE_EMPTY);
	CHECK(conversation_status(&c, ENDING_RESET) == RESPONSE_RESET);
	hear_bytes(&c, "\x15\x03\x01\x00\x02\x02\x28", 7);
	CHECK(conversation_status(&c, ENDING_CLOSED) == RESPONSE_TLS);
	finish(&c);
}

// Whatever comes, in whatever pieces: all that is said are the few words there are.
TEST(nothing_else_is_ever_said)
{
	static const char *const pieces[] = { "\xff\xfb",
		                              "\xff\xfd",
		                              "\xff\xfa",
		                              "\xff\xf0",
		                              "login: ",
		                              "\r\n",
		                              "220 ",
		                              "220-",
		                              "SSH-",
		                              "Password:",
		                              "\n",
		                              "\xff",
		                              "HTTP/1.1 200\r\n",
		                              "\x01" };
	struct random random = random_from(11);
	for (unsigned round = 0; round < random_rounds(2000); round++) {
		struct conversation c;
		unsigned gets, quits = 0, identifications = 0;
		begin(&c, round % 2 == 0 ? 80 : 21);
		gets = said_get();
		while (!c.is_over) {
			if (random_below(&random, 8) == 0)
				sleep_on(&c);
			else
				hear(&c,
				     pieces[random_below(&random, sizeof pieces / sizeof *pieces)]);
			struct span rest = buffer_span(&reply);
			while (rest.length >= 3 && rest.bytes[0] == 255) {
				CHECK(rest.bytes[1] == 254 || rest.bytes[1] == 252);
				rest = span_from(rest, 3);
			}
			reply.length = rest.length;
			if (rest.length > 0)
				memmove(reply.bytes, rest.bytes, rest.length);
			const unsigned before = gets + quits + identifications;
			gets += said_get();
			quits += said("QUIT\r\n");
			identifications += said(identification);
			CHECK(gets + quits + identifications == before + (reply.length > 0));
			now_ns += SECOND / 10;
		}
		CHECK(gets + quits + identifications <= 1);
		finish(&c);
	}
}

TEST_MAIN
