// SPDX-License-Identifier: MIT
#include "store/lost.h"

#include "store/day.h"

#include "base/interrupt.h"
#include "base/memory.h"

void store_lost_free(struct store_lost *lost)
{
	if (lost == NULL)
		return;
	for (size_t i = 0; i < lost->day_count; i++)
		memory_free(lost->reasons[i]);
	memory_free(lost->days);
	memory_free(lost->reasons);
	memory_free(lost->pieces);
	memory_free(lost);
}

size_t store_piece_count(const struct store *s)
{
	return s->lost != NULL ? s->lost->piece_count : s->segment_count;
}

size_t store_piece_segment(const struct store *s, size_t piece)
{
	return s->lost != NULL ? s->lost->pieces[piece] : piece;
}

// Whether a segment is what was written; if not, why. Opening it costs little, and finds what is missing,
// cut short, or another file.
static bool is_sound(struct store *s, size_t index, bool looks_at_all, struct error *why)
{
	const struct segment *segment;
	if (!store_segment_open(s, index, &segment, why))
		return false;
	return (!looks_at_all && !s->segments[index].is_suspect) || segment_check_all(segment, why);
}

// What no checksum tells: it was suspect, and all of its bytes are as they were written.
static void contradicts_itself(const struct store_segment *segment, struct error *why)
{
	error_set(why, ERROR_CORRUPT, "segment '%s' contradicts itself; see `hotaru verify`",
	          segment->file);
}

// Looks at the segments of one day, of which there are `count` from `first` on. False: that could not be
// done; *out_why has no kind where all is sound.
static bool look_at_day(struct store *s, size_t first, size_t count, bool looks_at_all,
                        struct error *out_why, struct error *error)
{
	out_why->kind = ERROR_NONE;
	for (size_t i = first; i < first + count && out_why->kind == ERROR_NONE; i++) {
		struct error why;
		if (interrupt_requested())
			return error_set(error, ERROR_FAILED, "interrupted");
		if (!is_sound(s, i, looks_at_all, &why)) {
			if (why.kind != ERROR_CORRUPT) {
				*error = why;
				return false;
			}
			*out_why = why;
		} else if (s->segments[i].is_suspect) {
			contradicts_itself(&s->segments[i], out_why);
		}
	}
	return true;
}

static bool add_day(struct store_lost *lost, int32_t day, const struct error *why)
{
	const size_t at = lost->day_count;
	lost->reasons[at] = memory_text(why->text);
	if (lost->reasons[at] == NULL)
		return false;
	lost->days[at] = (struct lost_day){ day, lost->reasons[at] };
	lost->day_count++;
	return true;
}

static struct store_lost *lost_new(size_t segments)
{
	struct store_lost *lost = memory_new(1, sizeof *lost);
	if (lost == NULL)
		return NULL;
	lost->days = memory_new(segments + 1, sizeof *lost->days);
	lost->reasons = memory_new(segments + 1, sizeof *lost->reasons);
	lost->pieces = memory_new(segments + 1, sizeof *lost->pieces);
	if (lost->days == NULL || lost->reasons == NULL || lost->pieces == NULL) {
		store_lost_free(lost);
		return NULL;
	}
	return lost;
}

// Days that were lost before stay so, for the reason that they had.
static bool add_again(struct store_lost *lost, const struct store_lost *before, int32_t day)
{
	for (size_t i = 0; i < before->day_count; i++)
		if (before->days[i].day == day) {
			struct error why;
			error_set(&why, ERROR_CORRUPT, "%s", before->days[i].why);
			return add_day(lost, day, &why);
		}
	return true;
}

static bool sort_out(struct store *s, bool looks_at_all, struct store_lost *lost,
                     struct error *error)
{
	for (size_t first = 0, count; first < s->segment_count; first += count) {
		const int32_t day = s->segments[first].day;
		const bool was_lost = s->segments[first].is_lost;
		struct error why;
		count = store_day_segments(s, first);
		if (was_lost) {
			if (!add_again(lost, s->lost, day))
				return error_memory(error, "the days that are lost");
			continue;
		}
		if (!look_at_day(s, first, count, looks_at_all, &why, error))
			return false;
		if (why.kind != ERROR_NONE && !add_day(lost, day, &why))
			return error_memory(error, "the days that are lost");
		for (size_t i = first; why.kind == ERROR_NONE && i < first + count; i++)
			lost->pieces[lost->piece_count++] = i;
	}
	return true;
}

static void mark(struct store *s)
{
	size_t at = 0;
	for (size_t i = 0; i < s->segment_count; i++) {
		while (at < s->lost->day_count && s->lost->days[at].day < s->segments[i].day)
			at++;
		s->segments[i].is_lost = at < s->lost->day_count &&
		                         s->lost->days[at].day == s->segments[i].day;
	}
}

bool store_lose_damaged(struct store *s, bool looks_at_all, size_t *out_days, struct error *error)
{
	const size_t before = s->lost != NULL ? s->lost->day_count : 0;
	struct store_lost *lost = lost_new(s->segment_count);
	if (lost == NULL)
		return error_memory(error, "the days that are lost");
	if (!sort_out(s, looks_at_all, lost, error)) {
		store_lost_free(lost);
		return false;
	}
	store_lost_free(s->lost);
	s->lost = lost;
	mark(s);
	*out_days = lost->day_count - before;
	return true;
}
