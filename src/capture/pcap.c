// SPDX-License-Identifier: MIT
// The pcap format (draft-ietf-opsawg-pcap).
//
// File header, 24 bytes:
//    0  magic     a1b2c3d4  fractions of a second are microseconds
//                 a1b23c4d  nanoseconds
//                 a1b2cd34  microseconds, and longer record headers (Kuznetzov)
//                 1c0001ac  nanoseconds (Ixia, captured by hardware)
//                 1c0001ab  microseconds (Ixia, captured by software)
//                 in the byte order of everything that follows
//    4  version   2 bytes major, 2 minor: 2.4; before 2.3 and in 543.0 (DG/UX) the
//                 two lengths of a record are swapped, in 2.3 one cannot know
//    8  time zone and accuracy, never used
//   16  snapshot length
//   20  link type in the low 16 bits; the high ones tell of a frame check sequence,
//       but those of LINK_RESERVED: if one is set the link type is not known
//   24  only Ixia: 4 bytes, the length of all records
// Record: seconds, fraction, captured length, length on the wire, 4 bytes each;
// in Kuznetzov's variant 8 more (interface, protocol, packet type, padding), in
// some older ones others (pcap_variant.h); the captured bytes.
//
// A frame check sequence at the end of a frame is left there: it is behind what
// the IP header counts.
//
// AIX writes version 2.2, fractions in nanoseconds, and the link types of RFC 1573.
// They tell it from other old files, but for token ring, which is PPP elsewhere.
//
// The format has nothing to check a record by but its captured length. libpcap
// believes lengths up to MAXIMUM_SNAPLEN = 262,144; so does this reader, or up to
// the snapshot length if the file states a larger one of at most 16 MiB. Anything
// above is damage. A captured length above the length on the wire, and fractions
// of more than a second, occur in the wild and are taken as they are.
//
// Nor has it an end: a logger that is started anew writes behind what is there, header and all,
// and `cat` does the same. As a record that header has a captured length of 0 (the time zone) and
// none on the wire, and that of another format a length or a fraction that cannot be. So records
// with such odd numbers are looked at twice, and others cost no more than to see that they have none.
#include "base/memory.h"
#include "capture/pcap_variant.h"
#include "capture/reader.h"

enum {
	FILE_HEADER = 24,
	IXIA_MORE = 4,
	RECORD_HEADER = 16,
	KUZNETZOV_MORE = 8,
	LINK_RESERVED = 0x0bff0000,
	FRAME_MAX = 262144,
	SNAPSHOT_MAX = 16 * 1024 * 1024,
};

enum length_order { LENGTHS_PLAIN, LENGTHS_SWAPPED, LENGTHS_UNSURE };

struct pcap {
	bool is_big_endian;
	enum length_order length_order;
	uint8_t time_digits;
	uint16_t link_type;
	uint32_t fraction_ns;   // 1000 or 1
	uint32_t fraction_max;  // as many are a second
	bool is_wide;           // the frames that were cut last: their fraction is more
	uint32_t odd_fraction;  // from here on a record is odd; 0: all are looked at twice
	uint32_t header_more;   // bytes of a record header after the first 16
	uint32_t frame_max;
};

struct lengths {
	uint32_t captured, wire;
};

static const struct magic {
	uint32_t number, fraction_ns, header_more, file_header_more;
} magics[] = {
	{ 0xa1b2c3d4, 1000, 0, 0 },
	{ 0xa1b23c4d, 1, 0, 0 },
	{ 0xa1b2cd34, 1000, KUZNETZOV_MORE, 0 },
	{ 0x1c0001ac, 1, 0, IXIA_MORE },
	{ 0x1c0001ab, 1000, 0, IXIA_MORE },
};

// AIX's link types. Its FDDI frames (15) have padding in front that nobody has
// described, so their link type stays unknown.
static const struct {
	uint32_t in_file;
	uint16_t link_type;
} aix_link_types[] = {
	{ 6, 1 },   // ETHERNET
	{ 9, 6 },   // IEEE802_5
	{ 24, 0 },  // NULL
	{ 15, LINK_TYPE_UNKNOWN },
};

static const struct magic *find_magic(uint32_t number)
{
	for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
		if (magics[i].number == number)
			return &magics[i];
	return NULL;
}

static inline uint32_t number_at(const struct pcap *pcap, struct span s, size_t at)
{
	return reader_u32(pcap->is_big_endian, s, at);
}

static bool pcap_recognise(struct span head)
{
	return head.length >= 4 &&
	       (find_magic(span_u32(head, 0)) != NULL || find_magic(span_u32_le(head, 0)) != NULL);
}

static bool is_known_version(uint16_t major, uint16_t minor)
{
	return major == 543 || (major == 2 && minor <= 4);
}

bool pcap_begins(struct span window)
{
	if (window.length < 8)
		return false;
	const bool is_big_endian = find_magic(span_u32(window, 0)) != NULL;
	return pcap_recognise(window) && is_known_version(reader_u16(is_big_endian, window, 4),
	                                                  reader_u16(is_big_endian, window, 6));
}

// False if the version is one whose layout nobody knows.
static bool read_version(struct pcap *pcap, struct span header)
{
	const uint16_t major = reader_u16(pcap->is_big_endian, header, 4);
	const uint16_t minor = reader_u16(pcap->is_big_endian, header, 6);
	if (major == 543 || (major == 2 && minor < 3))
		pcap->length_order = LENGTHS_SWAPPED;
	else if (major == 2 && minor == 3)
		pcap->length_order = LENGTHS_UNSURE;
	return is_known_version(major, minor);
}

static void read_link_type(struct pcap *pcap, struct span header)
{
	const uint32_t field = number_at(pcap, header, 20);
	pcap->link_type = link_type_from_file((uint16_t)field);
	if ((field & LINK_RESERVED) != 0)
		pcap->link_type = LINK_TYPE_UNKNOWN;
	const bool may_be_aix = pcap->header_more == 0 && pcap->fraction_ns == 1000 &&
	                        reader_u16(pcap->is_big_endian, header, 4) == 2 &&
	                        reader_u16(pcap->is_big_endian, header, 6) == 2;
	for (size_t i = 0; may_be_aix && i < sizeof aix_link_types / sizeof *aix_link_types; i++)
		if (aix_link_types[i].in_file == field) {
			pcap->link_type = aix_link_types[i].link_type;
			pcap->fraction_ns = 1;
		}
}

// The magic numbers of microseconds were used by writers with other records too,
// in version 2.4.
static void find_variant(struct pcap *pcap, const struct stream *stream)
{
	const struct pcap_records records = {
		.is_big_endian = pcap->is_big_endian,
		.is_modified = pcap->header_more > 0,
		.is_all = stream->is_over,
		.frame_max = pcap->frame_max,
		.bytes = { stream->window.at, cursor_left(&stream->window) },
	};
	pcap->header_more = pcap_variant_more(&records);
}

static void set_fraction(struct pcap *pcap, uint32_t fraction_ns)
{
	pcap->fraction_ns = fraction_ns;
	pcap->fraction_max = 1000000000 / fraction_ns;
	pcap->time_digits = fraction_ns == 1 ? 9 : 6;
	// Where the lengths are swapped, those of a pcapng header look like a record's.
	pcap->odd_fraction = pcap->length_order == LENGTHS_PLAIN ? pcap->fraction_max : 0;
}

static void read_file_header(struct pcap *pcap, struct stream *stream)
{
	const uint64_t offset = stream_offset(stream);
	struct cursor first = stream->window;
	const struct span number = cursor_take(&first, 4);
	const struct magic *magic = find_magic(span_u32_le(number, 0));
	pcap->is_big_endian = magic == NULL;
	if (magic == NULL)
		magic = find_magic(span_u32(number, 0));
	assert(magic != NULL);  // or it would not have been recognised
	if (!stream_need(stream, FILE_HEADER + magic->file_header_more)) {
		stream_break_off(stream, offset, "the file header");
		return;
	}
	const struct span header = cursor_take(&stream->window,
	                                       FILE_HEADER + magic->file_header_more);
	pcap->fraction_ns = magic->fraction_ns;
	pcap->header_more = magic->header_more;

	const uint32_t snapshot = number_at(pcap, header, 16);
	const bool is_larger = snapshot > FRAME_MAX && snapshot <= SNAPSHOT_MAX;
	pcap->frame_max = is_larger ? snapshot : FRAME_MAX;
	read_link_type(pcap, header);
	if (!read_version(pcap, header))
		stream_damage(stream, offset + 4,
		              "this version of pcap is unknown (2.4 is the usual one)");
	set_fraction(pcap, pcap->fraction_ns);
	if (magic->fraction_ns == 1000 && magic->file_header_more == 0 &&
	    reader_u16(pcap->is_big_endian, header, 6) == 4)
		find_variant(pcap, stream);
}

static void *pcap_open(struct stream *stream)
{
	struct pcap *pcap = memory_new(1, sizeof *pcap);
	if (pcap != NULL)
		read_file_header(pcap, stream);
	return pcap;
}

static inline struct lengths lengths_in(const struct pcap *pcap, struct span header)
{
	const uint32_t first = number_at(pcap, header, 8), second = number_at(pcap, header, 12);
	const enum length_order order = pcap->length_order;
	if (order == LENGTHS_SWAPPED || (order == LENGTHS_UNSURE && first > second))
		return (struct lengths){ .captured = second, .wire = first };
	return (struct lengths){ .captured = first, .wire = second };
}

// Whether the numbers of a record are such that it may be none: captured is nothing, or more than
// was on the wire, or the fraction of its time is a second or more.
static inline bool is_odd(const struct pcap *pcap, struct lengths lengths, uint32_t fraction)
{
	return lengths.captured - 1 >= lengths.wire || fraction >= pcap->odd_fraction;
}

// Cuts one frame out of the window. False, and nothing taken, if it is not there
// as a whole, or too long to be believed, or odd and that is not wanted.
static inline bool cut_frame(const struct pcap *pcap, bool wants_odd, struct cursor *window,
                             struct frame *frame)
{
	struct cursor c = *window;
	const struct span header = cursor_take(&c, (size_t)RECORD_HEADER + pcap->header_more);
	if (c.is_short)
		return false;
	const struct lengths lengths = lengths_in(pcap, header);
	const uint32_t fraction = number_at(pcap, header, 4);
	if (!wants_odd && is_odd(pcap, lengths, fraction))
		return false;
	frame->captured = cursor_take(&c, lengths.captured);
	if (c.is_short || lengths.captured > pcap->frame_max)
		return false;
	// At most 2^32 seconds and 2^32 microseconds: 64 bits hold them as nanoseconds.
	frame->time_ns = (uint64_t)number_at(pcap, header, 0) * 1000000000 +
	                 (uint64_t)fraction * pcap->fraction_ns;
	frame->length_wire = lengths.wire;
	frame->link_type = pcap->link_type;
	frame->time_digits = pcap->time_digits;
	*window = c;
	return true;
}

static size_t cut_frames(const struct pcap *pcap, struct stream *stream, struct frame *frames,
                         size_t frames_max)
{
	// Copies, so that the compiler knows that writing frames does not change them.
	struct pcap constants = *pcap;
	constants.length_order = LENGTHS_PLAIN;  // of others all records are odd
	struct cursor window = stream->window;
	size_t count = 0;
	while (count < frames_max && cut_frame(&constants, false, &window, &frames[count]))
		count++;
	stream->window.at = window.at;
	return count;
}

static bool begins_here(struct cursor window)
{
	return reader_begins((struct span){ window.at, cursor_left(&window) });
}

static bool is_wide_here(const struct pcap *pcap, struct cursor window)
{
	const struct span header = cursor_take(&window, RECORD_HEADER);
	return !window.is_short && number_at(pcap, header, 4) >= pcap->fraction_max;
}

// The same for odd records, as far as no other capture begins: those with a fraction of more than
// a second, or those without.
static size_t cut_odd_frames(struct pcap *pcap, struct stream *stream, struct frame *frames,
                             size_t frames_max)
{
	struct cursor window = stream->window;
	size_t count = 0;
	pcap->is_wide = is_wide_here(pcap, window);
	while (count < frames_max && !begins_here(window) &&
	       is_wide_here(pcap, window) == pcap->is_wide &&
	       cut_frame(pcap, true, &window, &frames[count]))
		count++;
	stream->window.at = window.at;
	return count;
}

// Brings a whole record into the window. False at the end, or if there is none.
static bool fetch_record(const struct pcap *pcap, struct stream *stream)
{
	const uint64_t offset = stream_offset(stream);
	if (!stream_need(stream, RECORD_HEADER)) {
		if (cursor_left(&stream->window) > 0)
			stream_break_off(stream, offset, "a record header");
		return false;
	}
	if (begins_here(stream->window)) {
		stream_damage(stream, offset, "another capture begins");
		return false;
	}
	struct cursor window = stream->window;
	const struct lengths lengths = lengths_in(pcap, cursor_take(&window, RECORD_HEADER));
	if (lengths.captured > pcap->frame_max) {
		stream_damage(stream, offset, "the record claims %u captured bytes, more than %u",
		              lengths.captured, pcap->frame_max);
		return false;
	}
	if (stream_need(stream, RECORD_HEADER + pcap->header_more + lengths.captured))
		return true;
	stream_break_off(stream, offset, "a record");
	return false;
}

static size_t pcap_next(void *state, struct stream *stream, struct frame *frames, size_t frames_max)
{
	struct pcap *pcap = state;
	pcap->is_wide = false;
	size_t count = cut_frames(pcap, stream, frames, frames_max);
	if (count > 0 || !fetch_record(pcap, stream))
		return count;
	count = cut_frames(pcap, stream, frames, frames_max);
	return count > 0 ? count : cut_odd_frames(pcap, stream, frames, frames_max);
}

static bool pcap_is_wide(const void *state)
{
	const struct pcap *pcap = state;
	return pcap->is_wide;
}

static void pcap_read_fractions(void *state, enum capture_fractions fractions)
{
	struct pcap *pcap = state;
	set_fraction(pcap, fractions == CAPTURE_FRACTIONS_NANOSECONDS ? 1 : 1000);
}

const struct reader_format reader_pcap = {
	.name = "pcap",
	.recognise = pcap_recognise,
	.open = pcap_open,
	.close = memory_free,
	.next = pcap_next,
	.is_wide = pcap_is_wide,
	.read_fractions = pcap_read_fractions,
};
