// SPDX-License-Identifier: MIT
// The CSV of the NICT Darknet Dataset (csdataset.nict.go.jp/darknet-2022): the SYNs that
// sensors of NICTER saw, one a line.
//
//   time, [hash of the source's upper 16 bits,] hash of the source, low 16 bits of the
//   destination, destination port
//
// The time is in seconds since the Unix epoch, with a fraction or without; the low bits of
// the destination are a number, or two with a dot between them. Hashes may be any word. A first
// line of names is passed over. A file is such a CSV if all of its first lines are such lines, with
// times after 2000, but the names.
//
// Sources are hashes: what hotaru counts by is XXH3-64 of the word, cut to 32 bits. Sensors are
// at most a /16, so that the low 16 bits tell destinations apart.
#include "base/memory.h"
#include "capture/reader.h"

#include <string.h>
#include <xxhash.h>

enum {
	LINE_MAX_BYTES = 1024,
	HEAD_LINES = 32,
	COLUMNS_MIN = 4,
	COLUMNS_MAX = 5,
	WORD_MAX = 128,
	TCP = 6,
	SYN = 0x02
};

#define EARLIEST_NS (UINT64_C(946684800) * 1000000000)  // 2000-01-01

struct darknet_csv {
	bool is_behind_names;  // the first line was looked at
	uint64_t time_ns;      // of the last line that had one
};

struct line {
	struct span column[COLUMNS_MAX];
	size_t column_count;
};

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '"';
}

static struct span trim(struct span s)
{
	while (s.length > 0 && is_blank(s.bytes[0]))
		s = span_from(s, 1);
	while (s.length > 0 && is_blank(s.bytes[s.length - 1]))
		s.length--;
	return s;
}

// False if it has more columns than there can be.
static bool split(struct span text, struct line *out)
{
	out->column_count = 0;
	for (size_t begin = 0, i = 0; i <= text.length; i++) {
		if (i < text.length && text.bytes[i] != ',')
			continue;
		if (out->column_count == COLUMNS_MAX)
			return false;
		const struct span column = { .bytes = text.bytes + begin, .length = i - begin };
		out->column[out->column_count++] = trim(column);
		begin = i + 1;
	}
	return out->column_count >= COLUMNS_MIN;
}

static bool read_number(struct span text, uint64_t maximum, uint64_t *out)
{
	uint64_t value = 0;
	if (text.length == 0 || text.length > 18)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		if (text.bytes[i] < '0' || text.bytes[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(text.bytes[i] - '0');
	}
	*out = value;
	return value <= maximum;
}

// Where the first dot is; the length if there is none.
static size_t find_dot(struct span text)
{
	size_t at = 0;
	while (at < text.length && text.bytes[at] != '.')
		at++;
	return at;
}

// Nine digits at most are kept of the fraction.
static bool read_time(struct span text, struct flow *flow)
{
	const size_t dot = find_dot(text);
	uint64_t seconds, fraction = 0;
	if (!read_number((struct span){ text.bytes, dot }, UINT32_MAX, &seconds))
		return false;
	struct span digits = span_from(text, dot + 1);
	if (digits.length > 9)
		digits.length = 9;
	if (digits.length > 0 && !read_number(digits, 999999999, &fraction))
		return false;
	for (size_t i = digits.length; i < 9; i++)
		fraction *= 10;
	flow->time_ns = seconds * 1000000000 + fraction;
	flow->time_digits = (uint8_t)digits.length;
	return true;
}

static bool read_source(struct span word, struct flow *flow)
{
	if (word.length == 0 || word.length > WORD_MAX)
		return false;
	for (size_t i = 0; i < word.length; i++)
		if (word.bytes[i] <= ' ' || word.bytes[i] > '~')
			return false;
	flow->source = (uint32_t)XXH3_64bits(word.bytes, word.length);
	return true;
}

static bool read_destination(struct span text, struct flow *flow)
{
	const size_t dot = find_dot(text);
	uint64_t high = 0, low;
	if (dot == text.length) {
		if (!read_number(text, 65535, &low))
			return false;
	} else if (!read_number((struct span){ text.bytes, dot }, 255, &high) ||
	           !read_number(span_from(text, dot + 1), 255, &low)) {
		return false;
	}
	flow->destination = (uint32_t)(high << 8 | low);
	return true;
}

static bool read_line(struct span text, struct flow *out)
{
	struct line line;
	uint64_t port;
	struct flow flow = { .packets = 1,
		             .protocol = TCP,
		             .tcp_flags = SYN,
		             .known = FLOW_DESTINATION | FLOW_DESTINATION_PORT | FLOW_TCP_FLAGS };
	if (!split(text, &line))
		return false;
	const struct span *behind_source = &line.column[line.column_count - 2];
	if (!read_time(line.column[0], &flow) || !read_source(behind_source[-1], &flow) ||
	    !read_destination(behind_source[0], &flow) ||
	    !read_number(behind_source[1], 65535, &port))
		return false;
	flow.destination_port = (uint16_t)port;
	*out = flow;
	return true;
}

// The line at the front, without its end; false if it does not end in `bytes`.
static bool find_line(struct span bytes, struct span *out)
{
	const uint8_t *end = bytes.length == 0 ? NULL : memchr(bytes.bytes, '\n', bytes.length);
	if (end == NULL)
		return false;
	*out = (struct span){ bytes.bytes, (size_t)(end - bytes.bytes) };
	return true;
}

static bool is_likely_line(struct span text)
{
	struct flow flow;
	return read_line(text, &flow) && flow.time_ns >= EARLIEST_NS;
}

// Whether there are lines, and all that are whole are likely ones. A last line without an end
// counts where there is no other: the file may be no longer.
static bool are_likely_lines(struct span text)
{
	struct span line;
	if (!find_line(text, &line))
		return is_likely_line(text);
	for (size_t i = 0; i < HEAD_LINES && find_line(text, &line); i++) {
		if (!is_likely_line(line))
			return false;
		text = span_from(text, line.length + 1);
	}
	return true;
}

static bool darknet_csv_recognise(struct span head)
{
	struct span first;
	struct line names;
	if (head.length > (size_t)HEAD_LINES * LINE_MAX_BYTES)
		head.length = (size_t)HEAD_LINES * LINE_MAX_BYTES;
	if (are_likely_lines(head))
		return true;
	// A line of names: as many, and the first begins with a letter.
	if (!find_line(head, &first) || !split(first, &names) || names.column[0].length == 0)
		return false;
	const uint8_t letter = names.column[0].bytes[0] | 0x20;
	return letter >= 'a' && letter <= 'z' &&
	       are_likely_lines(span_from(head, first.length + 1));
}

static void *darknet_csv_open(struct stream *stream)
{
	(void)stream;
	return memory_new(1, sizeof(struct darknet_csv));
}

// Brings a whole line into the window, but its end if the file has none there. False at the
// end of the file, where it breaks off, or where a line is too long to be one.
static bool fetch_line(struct stream *stream, struct span *out, size_t *taken)
{
	for (size_t wanted = 1;; wanted *= 2) {
		const bool is_there = stream_need(stream, wanted);
		const struct span window = { stream->window.at, cursor_left(&stream->window) };
		const struct span line = { window.bytes, window.length < LINE_MAX_BYTES + 1
			                                         ? window.length
			                                         : LINE_MAX_BYTES + 1 };
		if (find_line(line, out)) {
			*taken = out->length + 1;
			return true;
		}
		if (line.length > LINE_MAX_BYTES) {
			stream_damage(stream, stream_offset(stream),
			              "a line is longer than %d bytes", LINE_MAX_BYTES);
			return false;
		}
		if (!is_there && stream_is_cut(stream)) {
			// The piece of a line may read as another.
			if (line.length > 0)
				stream_break_off(stream, stream_offset(stream), "a line");
			return false;
		}
		if (!is_there) {
			*out = line;
			*taken = line.length;
			return line.length > 0;
		}
	}
}

static size_t darknet_csv_next(void *state, struct stream *stream, struct flow *flows,
                               size_t flows_max)
{
	struct darknet_csv *csv = state;
	size_t count = 0, taken;
	struct span line;
	while (count < flows_max && fetch_line(stream, &line, &taken)) {
		struct flow *flow = &flows[count];
		const bool is_flow = read_line(line, flow), is_blank_line = trim(line).length == 0;
		stream->window.at += taken;
		if (!is_flow)
			*flow = (struct flow){ .time_ns = csv->time_ns,
				               .packets = 1,
				               .is_malformed = true };
		csv->time_ns = flow->time_ns;
		// The names are no packet, and an empty line is none.
		count += is_flow || (csv->is_behind_names && !is_blank_line);
		csv->is_behind_names = true;
	}
	return count;
}

const struct reader_format reader_darknet_csv = {
	.name = "darknet-csv",
	.recognise = darknet_csv_recognise,
	.open = darknet_csv_open,
	.close = memory_free,
	.content = CAPTURE_HASHED_FLOWS,
	.next_flows = darknet_csv_next,
};
