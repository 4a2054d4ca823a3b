// SPDX-License-Identifier: MIT
// A host that says anything, in any pieces, at any time. The first byte chooses a port, and of the rest each piece is led
// by a byte: how long it is, and how much time passes before it. What is said to it is of the few words
// that there are, and the conversation ends by its deadline; bytes are kept as they came.
#include "fuzz.h"

#include "probe/conversation.h"

#define SECOND UINT64_C(1000000000)
enum { BYTES_MAX = 200, DEADLINE_S = 20 };

static bool is_text(struct span said, const struct buffer *text)
{
	return said.length == text->length && memcmp(said.bytes, text->bytes, text->length) == 0;
}

// Refusals, then at most one of the words.
static void check_said(const struct conversation *c, const struct manners *manners,
                       struct buffer *reply, bool *has_spoken)
{
	struct span said = buffer_span(reply);
	REQUIRE(!reply->failed);
	struct buffer get = buffer_up_to(MANNERS_GET_MAX);
	struct buffer identification = buffer_up_to(MANNERS_IDENTIFICATION_MAX + 1);
	manners_get(manners, c->address, c->port, &get);
	manners_identification(manners, &identification);
	struct buffer quit = buffer_up_to(16);
	buffer_text(&quit, "QUIT\r\n");
	// Words come before refusals: lines are looked at first.
	const struct buffer *const words[] = { &get, &identification, &quit };
	const bool are_there = !get.failed && !identification.failed && !quit.failed;
	for (size_t i = 0; are_there && i < 3; i++)
		if (said.length >= words[i]->length &&
		    is_text((struct span){ said.bytes, words[i]->length }, words[i])) {
			REQUIRE(!*has_spoken);
			*has_spoken = true;
			said = span_from(said, words[i]->length);
		}
	for (; are_there && said.length >= 3; said = span_from(said, 3))
		REQUIRE(said.bytes[0] == 255 && (said.bytes[1] == 254 || said.bytes[1] == 252));
	REQUIRE(said.length == 0 || !are_there);
	buffer_done(&get);
	buffer_done(&identification);
	buffer_done(&quit);
	reply->length = 0;
}

void fuzz_one(struct span input)
{
	static const uint16_t ports[] = { 21, 22, 23, 80, 2222, 5358, 7547, 8080 };
	struct manners manners;
	struct conversation c;
	struct error error;
	uint64_t now_ns = SECOND;
	bool has_spoken = false;
	struct buffer reply = buffer_up_to(CONVERSATION_REPLIES_MAX), all = buffer_up_to(1 << 20);
	if (input.length == 0 || !buffer_reserve(&reply, CONVERSATION_REPLIES_MAX) ||
	    !manners_init(&manners, "a@b", "https://p.example/", "1", &error)) {
		buffer_done(&reply);
		return;
	}
	const struct conversation_rules rules = { .wait_ns = 5 * SECOND,
		                                  .quiet_ns = SECOND,
		                                  .deadline_ns = DEADLINE_S * SECOND,
		                                  .bytes_max = BYTES_MAX,
		                                  .manners = &manners };
	conversation_begin(&c, &rules, 0x01020304, ports[input.bytes[0] % 8], now_ns, now_ns,
	                   &reply);
	check_said(&c, &manners, &reply, &has_spoken);
	for (size_t at = 1; at < input.length && !c.is_over;) {
		const uint8_t lead = input.bytes[at++];
		const size_t left = input.length - at, length = lead % 16 < left ? lead % 16 : left;
		now_ns += lead / 16 * (SECOND / 4);
		if (now_ns >= c.wake_ns) {
			conversation_wake(&c, now_ns, &rules, &reply);
		} else {
			conversation_take(&c, &rules, (struct span){ input.bytes + at, length },
			                  now_ns, &reply);
			buffer_append(&all, input.bytes + at, length);
			at += length;
		}
		check_said(&c, &manners, &reply, &has_spoken);
		REQUIRE(c.is_over || c.wake_ns <= SECOND + DEADLINE_S * SECOND);
	}
	REQUIRE(c.bytes.length <= BYTES_MAX);
	REQUIRE(all.failed || c.bytes.length == 0 ||
	        memcmp(c.bytes.bytes, all.bytes, c.bytes.length) == 0);
	const enum response_status status = conversation_status(&c, ENDING_RESET);
	REQUIRE(status == RESPONSE_ANSWERED || status == RESPONSE_RESET || status == RESPONSE_TLS);
	conversation_done(&c);
	buffer_done(&reply);
	buffer_done(&all);
}
