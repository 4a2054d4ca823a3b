// SPDX-License-Identifier: MIT
#include "probe/telnet.h"

enum { SE = 240, SB = 250, WILL = 251, WONT = 252, DO = 253, DONT = 254, IAC = 255 };
enum { TEXT, COMMAND, OPTION, INSIDE, INSIDE_COMMAND };

static void refuse(struct telnet *t, uint8_t option, struct buffer *reply)
{
	if (t->verb != WILL && t->verb != DO)
		return;
	uint32_t *word = &t->refused[t->verb == DO][option / 32];
	const uint32_t bit = UINT32_C(1) << option % 32;
	if ((*word & bit) != 0)
		return;
	*word |= bit;
	buffer_byte(reply, IAC);
	buffer_byte(reply, t->verb == WILL ? DONT : WONT);
	buffer_byte(reply, option);
}

// Behind IAC. Whether the byte is text.
static bool take_command(struct telnet *t, uint8_t byte)
{
	t->state = TEXT;
	if (byte >= WILL && byte <= DONT) {
		t->state = OPTION;
		t->verb = byte;
	} else if (byte == SB) {
		t->state = INSIDE;
	}
	return byte == IAC;
}

static bool take_byte(struct telnet *t, uint8_t byte, struct buffer *reply)
{
	switch (t->state) {
	case TEXT:
		if (byte == IAC)
			t->state = COMMAND;
		return byte != IAC;
	case COMMAND: return take_command(t, byte);
	case OPTION:
		refuse(t, byte, reply);
		t->state = TEXT;
		return false;
	case INSIDE:
		if (byte == IAC)
			t->state = INSIDE_COMMAND;
		return false;
	default:
		// All but its end belongs to a subnegotiation, IAC IAC too.
		t->state = byte == SE ? TEXT : INSIDE;
		return false;
	}
}

size_t telnet_take(struct telnet *t, struct span bytes, struct buffer *reply)
{
	size_t text = 0;
	for (size_t i = 0; i < bytes.length; i++)
		text += take_byte(t, bytes.bytes[i], reply);
	return text;
}
