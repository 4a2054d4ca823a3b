// SPDX-License-Identifier: MIT
#include "honeypot/fill.h"

static struct span window_of(const struct stream *stream)
{
	return (struct span){ stream->window.at, cursor_left(&stream->window) };
}

static const uint8_t *first_end(struct span s)
{
	return s.length == 0 ? NULL : memchr(s.bytes, '\n', s.length);
}

// Goes behind the end of the line, however long it is.
static void skip_line(struct stream *stream)
{
	while (stream_need(stream, 1)) {
		const struct span window = window_of(stream);
		const uint8_t *end = first_end(window);
		stream->window.at = end == NULL ? stream->window.end : end + 1;
		if (end != NULL)
			return;
	}
}

static void begin(struct stream *stream, struct log_block *block)
{
	block->bytes.length = 0;
	block->is_long = false;
	block->offset = stream_offset(stream);
}

// How much of the window is whole lines that fit into a block; of a line that is longer, that one. 0: there is no
// whole line in it.
static size_t whole_lines(struct span window, size_t room)
{
	const size_t length = window.length < room ? window.length : room;
	const uint8_t *last = length == 0 ? NULL : memrchr(window.bytes, '\n', length);
	if (last == NULL)
		last = first_end(span_from(window, length));
	return last == NULL ? 0 : (size_t)(last - window.bytes) + 1;
}

bool log_fill_lines(struct stream *stream, struct log_block *block)
{
	begin(stream, block);
	for (size_t wanted = 1; block->bytes.length < LOG_BLOCK;) {
		const bool is_there = stream_need(stream, wanted);
		const struct span window = window_of(stream);
		const size_t room = LOG_BLOCK - block->bytes.length;
		const size_t length = whole_lines(window, room);
		const bool is_far = length > room || (length == 0 && window.length > LOG_BLOCK);
		if (is_far && block->bytes.length > 0)
			break;
		if (length > LOG_LINE_MAX || (length == 0 && window.length > LOG_LINE_MAX)) {
			skip_line(stream);
			block->is_long = true;
			return true;
		}
		if (length == 0 && is_there) {
			wanted = window.length + 1;
			continue;
		}
		const size_t taken = length == 0 ? window.length : length;
		buffer_append(&block->bytes, window.bytes, taken);
		stream->window.at += taken;
		wanted = 1;
		if (length == 0)
			break;
	}
	return block->bytes.length > 0 || block->bytes.failed;
}

// ---- objects

struct object_scan {
	size_t at;   // so many bytes were looked at
	size_t key;  // where the last text began
	unsigned depth;
	bool is_in_text, is_escaped;
	bool is_behind_hits;  // the last text was that one
	bool is_around;       // it is one of those around others
};

static bool is_hits(const struct object_scan *scan, struct span window)
{
	static const char name[] = "\"hits\"";
	return scan->depth == 1 && scan->at - scan->key == sizeof name - 1 &&
	       memcmp(window.bytes + scan->key, name, sizeof name - 1) == 0;
}

static void scan_text(struct object_scan *scan, struct span window, uint8_t byte)
{
	if (scan->is_escaped) {
		scan->is_escaped = false;
	} else if (byte == '\\') {
		scan->is_escaped = true;
	} else if (byte == '"') {
		scan->is_in_text = false;
		scan->is_behind_hits = is_hits(scan, window);
	}
}

// Goes on until the object ends, or is found to be around others, and is true then.
static bool scan_object(struct object_scan *scan, struct span window)
{
	while (scan->at < window.length) {
		const uint8_t byte = window.bytes[scan->at++];
		if (scan->is_in_text) {
			scan_text(scan, window, byte);
			continue;
		}
		scan->is_around = byte == ':' && scan->is_behind_hits;
		scan->is_behind_hits &= byte == ' ';
		scan->depth += byte == '{';
		scan->is_in_text = byte == '"';
		scan->key = scan->at - 1;
		if (scan->is_around || (byte == '}' && --scan->depth == 0))
			return true;
	}
	return false;
}

size_t log_object_length(struct span text)
{
	struct object_scan scan = { .at = 0 };
	while (scan_object(&scan, text))
		if (!scan.is_around)
			return scan.at;
	return 0;
}

// Goes to the next object. False: there is none.
static bool skip_between(struct stream *stream)
{
	while (stream_need(stream, 1)) {
		const struct span window = window_of(stream);
		const uint8_t *next = memchr(window.bytes, '{', window.length);
		stream->window.at = next == NULL ? stream->window.end : next;
		if (next != NULL)
			return true;
	}
	return false;
}

// An object as a line: its ends of lines become another white space.
static void append_line(struct buffer *out, struct span object)
{
	const size_t begin = out->length;
	buffer_append(out, object.bytes, object.length);
	buffer_byte(out, '\n');
	if (out->failed)
		return;
	uint8_t *at = out->bytes + begin;
	for (size_t i = 0; i < object.length; i++)
		if (at[i] == '\n')
			at[i] = '\r';
}

bool log_fill_objects(struct stream *stream, struct log_block *block)
{
	begin(stream, block);
	while (block->bytes.length < LOG_BLOCK && !block->bytes.failed && skip_between(stream)) {
		struct object_scan scan = { .at = 0 };
		bool is_whole = false, is_there = true;
		if (block->bytes.length == 0)
			block->offset = stream_offset(stream);
		while (!is_whole && is_there && scan.at <= LOG_LINE_MAX) {
			is_there = stream_need(stream, scan.at + 1);
			is_whole = scan_object(&scan, window_of(stream));
		}
		if (!is_whole && is_there) {
			if (block->bytes.length > 0)
				return true;
			stream->window.at += scan.at;
			block->is_long = true;
			return true;
		}
		if (!scan.is_around)
			append_line(&block->bytes, (struct span){ stream->window.at, scan.at });
		stream->window.at += scan.at;
	}
	return block->bytes.length > 0 || block->bytes.failed;
}
