// SPDX-License-Identifier: MIT
// The Extensible Record Format (ERF) of Endace's DAG cards: see erf_record.h.
//
// Padding records are gone over. Everything else is a frame, so that it is counted:
// metadata (type 27, "provenance") and what holds no IP packet too, with the link type
// LINKTYPE_ERF. A frame check sequence at the end of a frame is left there.
#include "base/memory.h"
#include "capture/erf_record.h"

struct erf {
	struct capture_drops drops;
};

static void *erf_open(struct stream *stream)
{
	(void)stream;  // there is no file header
	return memory_new(1, sizeof(struct erf));
}

// A section header of pcapng could be a record of a type for everybody's own use; any other
// beginning of a capture is none.
static inline enum erf_look look(struct cursor window, struct erf_record *record)
{
	const enum erf_look found = erf_look(window, record);
	if (record->payload != ERF_LOCAL ||
	    !reader_begins((struct span){ window.at, cursor_left(&window) }))
		return found;
	record->wrong = "another capture begins";
	return ERF_WRONG;
}

static size_t cut_frames(struct erf *erf, struct stream *stream, struct frame *frames,
                         size_t frames_max)
{
	struct cursor window = stream->window;
	uint64_t lost = 0;
	bool says_lost = false;
	size_t count = 0;
	struct erf_record record = { 0 };
	while (count < frames_max && look(window, &record) == ERF_WHOLE) {
		lost += record.lost;
		says_lost = says_lost || record.says_lost;
		if (record.payload != ERF_PAD)
			erf_frame(&record, &frames[count++]);
		window.at += record.total;
	}
	stream->window.at = window.at;
	if (says_lost)
		drops_add(&erf->drops, DROP_BETWEEN, lost);
	return count;
}

// Brings a whole record into the window. False at the end, or if there is none.
static bool fetch_record(struct stream *stream)
{
	const uint64_t offset = stream_offset(stream);
	struct erf_record record = { 0 };
	enum erf_look found;
	while ((found = look(stream->window, &record)) == ERF_MORE) {
		if (stream_need(stream, record.total))
			continue;
		if (cursor_left(&stream->window) > 0)
			stream_break_off(stream, offset, "a record");
		return false;
	}
	if (found == ERF_WRONG)
		stream_damage(stream, offset, "%s", record.wrong);
	return found == ERF_WHOLE;
}

static size_t erf_next(void *state, struct stream *stream, struct frame *frames, size_t frames_max)
{
	size_t count;
	do {
		count = cut_frames(state, stream, frames, frames_max);
	} while (count == 0 && fetch_record(stream));
	return count;
}

static void erf_drops(const void *state, struct capture_drops *out)
{
	const struct erf *erf = state;
	*out = erf->drops;
}

const struct reader_format reader_erf = {
	.name = "erf",
	.recognise = erf_recognise,
	.open = erf_open,
	.close = memory_free,
	.next = erf_next,
	.drops = erf_drops,
};
