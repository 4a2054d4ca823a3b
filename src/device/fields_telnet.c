// SPDX-License-Identifier: MIT
#include "device/fields_private.h"

// Commands of RFC 854, and the four below them of RFC 885 and 1184. Another byte behind IAC is no
// command, and that IAC is text.
enum { COMMANDS = 236, SE = 240, SB = 250, WILL = 251, DONT = 254, IAC = 255 };

bool telnet_has_option(struct span answer)
{
	for (size_t at = span_find(answer, IAC); at + 1 < answer.length;
	     at += 1 + span_find(span_from(answer, at + 1), IAC))
		if (answer.bytes[at + 1] >= SB && answer.bytes[at + 1] <= DONT)
			return true;
	return false;
}

// How many bytes IAC SB ... IAC SE takes, an IAC IAC inside is a byte of it; 0: it has no end.
static size_t option_text(struct span s)
{
	for (size_t at = 2; at + 1 < s.length; at++) {
		if (s.bytes[at] != IAC)
			continue;
		if (s.bytes[at + 1] == SE)
			return at + 2;
		at++;
	}
	return 0;
}

// How many bytes the command takes that begins at IAC; what the answer ends in may be less. An option's
// text that has no end is taken for its first three bytes: some are told of and never ended. *endless
// saves looking for an end again.
static size_t command_length(struct span s, bool *endless)
{
	const uint8_t command = s.length > 1 ? s.bytes[1] : IAC - 1;
	if (command != SB)
		return command >= WILL && command <= DONT ? 3 : 2;
	const size_t length = *endless ? 0 : option_text(s);
	*endless = length == 0;
	return length == 0 ? 3 : length;
}

// The text, as much of it as there is room for; blanks that it begins with are left out.
static size_t strip(struct span answer, uint8_t room[FIELD_LENGTH_MAX])
{
	size_t length = 0;
	bool endless = false;
	for (size_t at = 0; at < answer.length && length < FIELD_LENGTH_MAX;) {
		const uint8_t byte = answer.bytes[at];
		const uint8_t next = at + 1 < answer.length ? answer.bytes[at + 1] : SE;
		if (byte == IAC && next >= COMMANDS && next != IAC) {
			at += command_length(span_from(answer, at), &endless);
			continue;
		}
		at += byte == IAC && next == IAC ? 2 : 1;
		if (byte != 0 && (length > 0 || !is_white(byte)))
			room[length++] = byte;
	}
	return length;
}

void fields_of_telnet(struct span answer, struct fields *out)
{
	const struct span text = { .bytes = out->room, .length = strip(answer, out->room) };
	fields_add(out, FIELD_TEXT, span_trim(text));
}
