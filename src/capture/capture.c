// SPDX-License-Identifier: MIT
// The front door: finds the reader for a stream, and looks after how it ends.
#include "capture/capture.h"

#include "base/memory.h"
#include "base/text.h"
#include "capture/codec.h"
#include "capture/foreign.h"
#include "capture/reader.h"

// To add a format, write its file and add its line here. Those without a magic
// number come last.
static const struct reader_format *const formats[] = {
	&reader_pcap,        &reader_pcapng, &reader_snoop, &reader_flowtuple,
	&reader_darknet_csv, &reader_erf,    &reader_tsh,   &reader_dag,
};

struct capture {
	struct stream *stream;
	const struct reader_format *format;
	void *reader;
	uint64_t begin;              // where in the stream the reader began
	struct capture_drops drops;  // what readers before it said
	enum capture_fractions fractions;
	struct capture_remarks remarks;
	bool is_over;
	char format_name[32];
};

bool reader_begins(struct span window)
{
	return pcap_begins(window) || reader_pcapng.recognise(window) ||
	       reader_snoop.recognise(window);
}

static const struct reader_format *find_format(struct span head)
{
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		if (formats[i]->recognise(head))
			return formats[i];
	return NULL;
}

// A file whose compression is damaged from the start is no capture either, and
// the damage is the better reason.
static bool refuse(const struct stream *stream, struct span head, struct error *error)
{
	const char *what, *advice;
	if (stream_report(stream, error)) {
		error->kind = ERROR_FAILED;
		return false;
	}
	if (stream->length == 0)
		return error_set(error, ERROR_FAILED, "%s is empty when decompressed",
		                 stream_name(stream));
	if (stream_suffix(stream)[0] != '\0' && codec_is_compressed(head))
		return error_set(error, ERROR_FAILED, "%s is compressed twice; decompress it once",
		                 stream_name(stream));
	if (foreign_name(head, &what, &advice))
		return error_set(error, ERROR_FAILED,
		                 "%s is %s, not a capture that hotaru can read%s",
		                 stream_name(stream), what, advice);
	return error_set(error, ERROR_FAILED,
	                 "%s is not a capture that hotaru can read "
	                 "(pcap, pcapng, ERF, snoop, FlowTuple or NICT darknet CSV; "
	                 "plain, .gz, .zst, .lz4, .xz or .bz2)",
	                 stream_name(stream));
}

// Damaged, or compressed once more, it may have been a capture.
static bool is_other(const struct stream *stream, struct span head)
{
	struct error ignored;
	return !stream_report(stream, &ignored) &&
	       !(stream_suffix(stream)[0] != '\0' && codec_is_compressed(head));
}

static void read_fractions(const struct capture *capture)
{
	const struct reader_format *format = capture->format;
	if (format->read_fractions != NULL && capture->fractions != CAPTURE_FRACTIONS_AS_SAID)
		format->read_fractions(capture->reader, capture->fractions);
}

static bool open_reader(struct capture *capture, struct capture_way *way, const char *path,
                        struct error *error)
{
	if (!stream_open(&capture->stream, path, way->memory_bytes, error))
		return false;
	struct stream *stream = capture->stream;
	const struct span head = { stream->window.at, cursor_left(&stream->window) };
	const struct reader_format *format = find_format(head);
	if (format == NULL) {
		way->needed_bytes = stream_needed_memory(stream);
		way->is_other = is_other(stream, head);
		return refuse(stream, head, error);
	}
	capture->format = format;
	capture->reader = format->open(stream);
	if (capture->reader == NULL)
		return error_memory(error, "reading a capture");
	// Flows that are not of a kind that hotaru knows are no capture; nothing of them is kept.
	if (format->content != CAPTURE_FRAMES && stream_is_stopped(stream) &&
	    stream_report(stream, error)) {
		error->kind = ERROR_FAILED;
		return false;
	}
	text_format(capture->format_name, sizeof capture->format_name, "%s%s", format->name,
	            stream_suffix(stream));
	capture->remarks.captures = 1;
	capture->fractions = way->fractions;
	read_fractions(capture);
	return true;
}

static void add_drops(const struct capture *capture, struct capture_drops *sum)
{
	struct capture_drops drops = { .said = 0 };
	if (capture->format->drops != NULL)
		capture->format->drops(capture->reader, &drops);
	drops_add_all(sum, &drops);
}

bool capture_is_wide(const struct capture *capture)
{
	const struct reader_format *format = capture->format;
	return format->is_wide != NULL && capture->reader != NULL &&
	       format->is_wide(capture->reader);
}

// Where one reader has stopped because what stands there is none of its records, another capture
// may begin. Each has to have taken something: so this ends. Flows are left out, since their
// readers have each a limit of what they expand.
static bool begin_next(struct capture *capture)
{
	struct stream *stream = capture->stream;
	if (!stream_is_stopped_here(stream) || stream_offset(stream) == capture->begin)
		return false;
	stream_need(stream, STREAM_HEAD);
	const struct span head = { stream->window.at, cursor_left(&stream->window) };
	const struct reader_format *format = find_format(head);
	if (format == NULL || format->content != CAPTURE_FRAMES)
		return false;
	add_drops(capture, &capture->drops);
	capture->format->close(capture->reader);
	stream_go_on(stream);
	capture->begin = stream_offset(stream);
	capture->format = format;
	capture->reader = format->open(stream);
	if (capture->reader == NULL)
		stream_out_of_memory(stream);
	else
		read_fractions(capture);
	if (capture->remarks.captures++ == 1)
		capture->remarks.second_at = capture->begin;
	return true;
}

bool capture_open(const char *path, struct capture **out, struct error *error)
{
	struct capture_way way = { .memory_bytes = 0 };
	return capture_open_in(&way, path, out, error);
}

bool capture_open_in(struct capture_way *way, const char *path, struct capture **out,
                     struct error *error)
{
	way->needed_bytes = 0;
	way->is_other = false;
	struct capture *capture = memory_new(1, sizeof *capture);
	if (capture == NULL)
		return error_memory(error, "reading a capture");
	if (!open_reader(capture, way, path, error)) {
		capture_free(capture);
		return false;
	}
	*out = capture;
	return true;
}

void capture_free(struct capture *capture)
{
	if (capture == NULL)
		return;
	if (capture->reader != NULL)
		capture->format->close(capture->reader);
	stream_free(capture->stream);
	memory_free(capture);
}

void capture_may_grow(struct capture *capture)
{
	capture->stream->may_grow = true;
}

void capture_read_ahead(struct capture *capture, uint64_t memory_bytes)
{
	stream_read_ahead(capture->stream, memory_bytes);
}

enum capture_content capture_content(const struct capture *capture)
{
	return capture->format->content;
}

// Asked before each call of the reader.
static bool may_go_on(const struct capture *capture)
{
	(void)stream_hold(capture->stream);
	return !capture->is_over && !stream_is_stopped(capture->stream);
}

// What is behind damage belongs to the identity.
static size_t hand_out(struct capture *capture, size_t count)
{
	if (count == 0 && !capture->is_over)
		capture_skim(capture);
	return count;
}

size_t capture_next_flows(struct capture *capture, struct flow *flows, size_t flows_max)
{
	const struct reader_format *format = capture->format;
	size_t count = 0;
	assert(flows_max > 0 && format->content != CAPTURE_FRAMES);
	// Readers of flows may ask for more in the middle of a call.
	if (stream_hold(capture->stream))
		flows_max = 1;
	if (may_go_on(capture))
		count = format->next_flows(capture->reader, capture->stream, flows, flows_max);
	return hand_out(capture, count);
}

size_t capture_next(struct capture *capture, struct frame *frames, size_t frames_max)
{
	size_t count = 0;
	assert(frames_max > 0 && capture->format->content == CAPTURE_FRAMES);
	do {
		if (may_go_on(capture))
			count = capture->format->next(capture->reader, capture->stream, frames,
			                              frames_max);
	} while (count == 0 && !capture->is_over && begin_next(capture));
	capture->remarks.frames += count;
	if (count > 0 && capture_is_wide(capture)) {
		capture->remarks.wide_frames += count;
		capture->remarks.has_wide_microseconds |= frames[0].time_digits < 9;
	}
	return hand_out(capture, count);
}

void capture_skim(struct capture *capture)
{
	stream_drain(capture->stream);
	capture->is_over = true;
}

bool capture_damage(const struct capture *capture, struct error *error)
{
	return stream_report(capture->stream, error);
}

uint64_t capture_head(const struct capture *capture)
{
	return capture->stream->head;
}

struct capture_identity capture_identity(const struct capture *capture)
{
	return stream_identity(capture->stream);
}

const uint32_t *capture_beginning(const struct capture *capture)
{
	return stream_beginning(capture->stream);
}

uint64_t capture_length(const struct capture *capture)
{
	return capture->stream->length;
}

bool capture_is_read(const struct capture *capture)
{
	return capture->stream->is_over;
}

struct span capture_first_bytes(const struct capture *capture)
{
	return stream_first_bytes(capture->stream);
}

void capture_measure(struct capture *capture, struct capture_identity *list, size_t count)
{
	stream_measure(capture->stream, list, count);
}

void capture_pause(struct capture *capture, const struct capture_identity *list, size_t count)
{
	stream_pause(capture->stream, list, count);
}

bool capture_drops(const struct capture *capture, struct capture_drops *out)
{
	struct capture_drops drops = capture->drops;
	if (capture->reader != NULL)
		add_drops(capture, &drops);
	if (drops.said == 0)
		return false;
	*out = drops;
	return true;
}

uint64_t capture_needed_memory(const struct capture *capture)
{
	return stream_needed_memory(capture->stream);
}

struct capture_remarks capture_remarks(const struct capture *capture)
{
	return capture->remarks;
}

uint64_t capture_bytes_read(const struct capture *capture)
{
	return stream_bytes_read(capture->stream);
}

uint64_t capture_bytes_total(const struct capture *capture)
{
	return stream_bytes_total(capture->stream);
}

const char *capture_format(const struct capture *capture)
{
	return capture->format_name;
}

bool capture_format_has_hashes(const char *format)
{
	return text_starts(format, reader_darknet_csv.name);
}
