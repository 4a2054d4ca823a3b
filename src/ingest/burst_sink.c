// SPDX-License-Identifier: MIT
// packets -> records -> (pool full) a run in memory -> (several runs) a run in a file -> (end) one run,
// which is read by day.
#include "ingest/burst_sink.h"

#include "base/memory.h"
#include "base/pool.h"
#include "ingest/burst_alone.h"
#include "ingest/burst_record.h"
#include "ingest/burst_shelf.h"

// Records of a room: with what sorts them they fit the second cache.
enum { ROOM_RECORDS = 16384 };
enum { DAY_BITS = 17 };
_Static_assert(ZONE_DAYS <= 1 << DAY_BITS, "a day fits");

struct record_room {
	struct burst_record *records;
	size_t count;
};

// Where the blocks of a day begin.
struct place {
	struct burst_section of;
	uint64_t at;
};

struct burst_sink {
	struct packet_sink sink;
	struct burst_days days;
	struct burst_sink_options options;
	// By enum kind the forms, as bits, that a packet may become something of.
	uint8_t forms_of[KIND_COUNT];
	struct telescope_gate gate;
	struct burst_left_out left_out;
	// One room is being filled while the other is being made a run.
	struct record_room rooms[2];
	struct record_room *filling, *condensing;
	size_t room_records;
	uint64_t packets;        // that came
	struct pool_work *work;  // on `condensing`; NULL: none
	struct error work_error;
	// Of the work:
	uint64_t *order, *scratch;
	struct burst_maker *maker;
	struct burst_shelf shelf;
	struct burst_alone *alone;  // NULL: nothing was evicted yet
	// When all is one run:
	struct place *places;
	size_t place_count, place_capacity;
};

// ---- records to a run

struct taker {
	struct burst_run_writer *writer;
	struct burst_section of;
};

static bool take_burst(void *context, const struct burst *burst, struct error *error)
{
	struct taker *t = context;
	return burst_run_writer_add(t->writer, t->of, burst, error);
}

static struct burst_section section_of(struct burst_sink *s, const struct burst_record *r,
                                       struct day_span *day)
{
	if (r->time_ns < day->begin_ns || r->time_ns >= day->end_ns)
		*day = zone_day(s->options.zone, r->time_ns);
	return (struct burst_section){ r->flags & BURST_FORM_SCAN ? BURST_SCAN : BURST_BACKSCATTER,
		                       day->day };
}

static const struct day_span no_day = { .begin_ns = 1 };  // holds no moment

// A forged packet that comes back from within the telescope, or from nowhere, tells of no victim.
static bool is_victim(struct burst_sink *s, const struct burst_record *r)
{
	if (ipset_is_special(r->address)) {
		s->left_out.special += r->packets;
		return false;
	}
	if (s->options.telescope == NULL ||
	    !telescope_gate_passes(&s->gate, r->time_ns, r->address))
		return true;
	s->left_out.own += r->packets;
	return false;
}

static void leave_out_others(struct burst_sink *s)
{
	struct record_room *room = s->condensing;
	const size_t count = room->count;
	room->count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct burst_record *r = &room->records[i];
		if (!(r->flags & BURST_FORM_SCAN) && !is_victim(s, r))
			continue;
		if (room->count < i)
			room->records[room->count] = *r;
		room->count++;
	}
}

// Packets that nothing of their key is near go before they cost anything.
static bool leave_out_alone(struct burst_sink *s, struct error *error)
{
	struct record_room *room = s->condensing;
	struct day_span day = no_day;
	struct burst_evicted out = { .bursts = 0 };
	const size_t count = room->count;
	bool ok = true;
	if (s->alone == NULL && (s->alone = burst_alone_new()) == NULL)
		return error_memory(error, "bursts");
	burst_alone_begin(s->alone, room->records, count);
	room->count = 0;
	for (size_t i = 0; ok && i < count; i++) {
		const struct burst_record *r = &room->records[i];
		if (r->packets * UINT64_C(2) > s->shelf.evictions.class_max ||
		    !burst_is_alone(s->alone, r)) {
			room->records[room->count++] = *r;
			continue;
		}
		const struct burst_section of = section_of(s, r, &day);
		if (out.bursts > 0 && burst_section_compare(of, out.of) != 0) {
			ok = burst_evicted_add(&s->shelf.evictions, out.of, out.bursts,
			                       out.packets);
			out.bursts = out.packets = 0;
		}
		out.of = of;
		out.bursts++;
		out.packets += r->packets;
	}
	if (ok && out.bursts > 0)
		ok = burst_evicted_add(&s->shelf.evictions, out.of, out.bursts, out.packets);
	return ok || error_memory(error, "bursts");
}

// Numbers the records in the order of their sections, which are the upper halves. Most rooms are of one, and
// need no sorting.
static uint64_t *sort_sections(struct burst_sink *s)
{
	const struct record_room *room = s->condensing;
	struct day_span day = no_day;
	uint64_t section = 0;
	bool is_one = true;
	unsigned form = 0;
	for (size_t i = 0; i < room->count; i++) {
		const struct burst_record *r = &room->records[i];
		if (r->time_ns < day.begin_ns || r->time_ns >= day.end_ns ||
		    (r->flags & BURST_FORM_SCAN) != form) {
			const struct burst_section of = section_of(s, r, &day);
			form = r->flags & BURST_FORM_SCAN;
			section = (uint64_t)of.form << DAY_BITS |
			          (uint32_t)(of.day - ZONE_DAY_FIRST);
			is_one = i == 0;
		}
		s->order[i] = section << 32 | i;
	}
	return is_one ? s->order : ipset_sort_u64(s->order, s->scratch, room->count, 4, 3);
}

static bool make_sections(struct burst_sink *s, struct burst_run_writer *writer,
                          struct error *error)
{
	uint64_t *order = sort_sections(s);
	uint64_t *scratch = order == s->order ? s->scratch : s->order;
	const size_t count = s->condensing->count;
	for (size_t begin = 0, end; begin < count; begin = end) {
		const uint32_t section = (uint32_t)(order[begin] >> 32);
		for (end = begin + 1; end < count && order[end] >> 32 == section; end++)
			;
		struct taker taker = { writer,
			               { .form = section >> DAY_BITS,
			                 .day = (int32_t)(section & ((1u << DAY_BITS) - 1)) +
			                        ZONE_DAY_FIRST } };
		if (!burst_make(s->maker, taker.of.form, s->condensing->records, order + begin,
		                scratch + begin, end - begin, take_burst, &taker, error))
			return false;
	}
	return true;
}

static bool condense(struct burst_sink *s, struct error *error)
{
	struct burst_run_writer writer;
	struct burst_run run;
	leave_out_others(s);
	if (s->shelf.evictions.class_max > 0 && !leave_out_alone(s, error))
		return false;
	if (s->condensing->count == 0)
		return true;
	burst_run_writer_begin(&writer, s->options.disk, NULL, 0, NULL);
	writer.run.bytes = burst_shelf_spare(&s->shelf);
	if (!make_sections(s, &writer, error)) {
		burst_run_writer_drop(&writer);
		return false;
	}
	if (!burst_run_writer_end(&writer, &run, error))
		return false;
	return burst_shelf_add(&s->shelf, &run, error);
}

static bool condense_job(void *context, size_t job, unsigned thread)
{
	struct burst_sink *s = context;
	(void)job;
	(void)thread;
	return condense(s, &s->work_error);
}

// Waits for the room that is being made a run.
static bool end_condensing(struct burst_sink *s, struct error *error)
{
	if (s->work == NULL)
		return true;
	const bool ok = pool_end(s->work);
	s->work = NULL;
	s->condensing->count = 0;
	if (!ok)
		*error = s->work_error;
	return ok;
}

// Probes are mostly single packets, also of ordinary days: of these each finds room.
static uint64_t room_bytes(const struct burst_sink *s)
{
	return s->options.room_bytes +
	       s->packets * (s->options.keeps[BURST_SCAN] ? BURST_SCAN_BYTES : 1);
}

// What was filled is made a run, while the other room is filled. One thread does both in turn, and
// never touches the memory of another room.
static bool begin_condensing(struct burst_sink *s, struct error *error)
{
	if (!end_condensing(s, error))
		return false;
	s->shelf.room_bytes = room_bytes(s);
	if (s->options.threads == 1) {
		s->condensing = s->filling;
		const bool ok = condense(s, error);
		s->filling->count = 0;
		return ok;
	}
	s->condensing = s->filling;
	s->filling = s->filling == &s->rooms[0] ? &s->rooms[1] : &s->rooms[0];
	s->work = pool_begin(2, 1, condense_job, s);
	return s->work != NULL || error_memory(error, "bursts");
}

// ---- the sink

static bool take_packet(struct burst_sink *s, enum burst_form form, const struct packet *p,
                        struct error *error)
{
	struct burst_record *record = &s->filling->records[s->filling->count];
	if (!burst_record_of(form, p, record))
		return true;
	return ++s->filling->count < s->room_records || begin_condensing(s, error);
}

static bool take_some(struct burst_sink *s, const struct packet *packets, size_t count,
                      struct error *error)
{
	for (const struct packet *p = packets; p < packets + count; p++)
		for (unsigned rest = s->forms_of[p->kind]; rest != 0; rest &= rest - 1)
			if (!take_packet(s, (unsigned)__builtin_ctz(rest), p, error))
				return false;
	return true;
}

// In ordinary traffic packets of these kinds are rare: four at a time are passed over.
static bool take_packets(struct packet_sink *sink, const struct packet *packets, size_t count,
                         struct error *error)
{
	struct burst_sink *s = (struct burst_sink *)sink;
	const uint8_t *forms_of = s->forms_of;
	s->packets += count;
	for (; count >= 4; packets += 4, count -= 4)
		if ((forms_of[packets[0].kind] | forms_of[packets[1].kind] |
		     forms_of[packets[2].kind] | forms_of[packets[3].kind]) != 0 &&
		    !take_some(s, packets, 4, error))
			return false;
	return take_some(s, packets, count, error);
}

static bool add_place(struct burst_sink *s, const struct burst_run_reader *r)
{
	if (s->place_count > 0 &&
	    burst_section_compare(s->places[s->place_count - 1].of, r->at) == 0)
		return true;
	if (s->place_count == s->place_capacity) {
		const size_t capacity = s->place_capacity == 0 ? 16 : s->place_capacity * 2;
		struct place *places = memory_resize(s->places, capacity, sizeof *places);
		if (places == NULL)
			return false;
		s->places = places;
		s->place_capacity = capacity;
	}
	s->places[s->place_count++] = (struct place){ r->at, r->next };
	return true;
}

static bool find_places(struct burst_sink *s, struct error *error)
{
	struct burst_run_reader reader;
	bool ok = burst_run_reader_open(&reader, s->shelf.runs, s->options.disk, 0, error);
	while (ok && reader.has_section)
		ok = (add_place(s, &reader) || error_memory(error, "bursts")) &&
		     burst_run_reader_skip(&reader, error);
	burst_run_reader_done(&reader);
	return ok;
}

static bool finish(struct packet_sink *sink, struct error *error)
{
	struct burst_sink *s = (struct burst_sink *)sink;
	if (!end_condensing(s, error))
		return false;
	s->condensing = s->filling;
	s->shelf.room_bytes = room_bytes(s);
	const bool ok = s->filling->count == 0 || condense(s, error);
	s->filling->count = 0;
	return ok && burst_shelf_end(&s->shelf, error) &&
	       (s->shelf.run_count == 0 || find_places(s, error));
}

static void forget(struct packet_sink *sink)
{
	struct burst_sink *s = (struct burst_sink *)sink;
	if (s->work != NULL)
		(void)pool_end(s->work);
	s->work = NULL;
	s->rooms[0].count = s->rooms[1].count = 0;
	burst_shelf_clear(&s->shelf);
	burst_alone_free(s->alone);
	s->alone = NULL;
	s->packets = 0;
	s->place_count = 0;
	s->left_out = (struct burst_left_out){ .own = 0 };
}

// ---- its days

static const struct place *place_of(const struct burst_sink *s, struct burst_section of)
{
	size_t low = 0, high = s->place_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = burst_section_compare(s->places[middle].of, of);
		if (order == 0)
			return &s->places[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool open_day(struct burst_days *days, enum burst_form form, int32_t day,
                     struct burst_stream **out, uint64_t evicted[2], struct error *error)
{
	static const struct burst_run none = { .length = 0 };
	struct burst_sink *s = (void *)((char *)days - offsetof(struct burst_sink, days));
	const struct burst_section of = { form, day };
	const struct place *place = place_of(s, of);
	const struct burst_evicted gone = burst_evicted_of(&s->shelf.evictions, of);
	*out = NULL;
	evicted[0] = gone.bursts;
	evicted[1] = gone.packets;
	if (!s->options.keeps[form])
		return true;
	struct burst_run_reader *reader = memory_new(1, sizeof *reader);
	if (reader == NULL)
		return error_memory(error, "bursts");
	if (burst_run_reader_open(reader, place != NULL ? s->shelf.runs : &none, s->options.disk,
	                          place != NULL ? place->at : 0, error) &&
	    ((*out = burst_section_stream(reader, true)) != NULL || error_memory(error, "bursts")))
		return true;
	memory_free(reader);
	return false;
}

// ---- its life

static bool init_rooms(struct burst_sink *s)
{
	// Two rooms of a quarter each; what sorts one takes half of it, and runs that are not yet
	// in files another quarter.
	size_t records = (size_t)(s->options.memory_bytes / 4 / sizeof(struct burst_record));
	if (records > ROOM_RECORDS)
		records = ROOM_RECORDS;
	s->room_records = records;
	s->filling = s->condensing = &s->rooms[0];
	for (unsigned i = 0; i < 2; i++)
		s->rooms[i].records = memory_room(records * sizeof(struct burst_record));
	s->order = memory_room(records * sizeof *s->order);
	s->scratch = memory_room(records * sizeof *s->scratch);
	s->maker = burst_maker_new();
	return s->rooms[0].records != NULL && s->rooms[1].records != NULL && s->order != NULL &&
	       s->scratch != NULL && s->maker != NULL;
}

struct burst_sink *burst_sink_new(const struct burst_sink_options *options, struct error *error)
{
	struct burst_sink *s = memory_new(1, sizeof *s);
	if (s == NULL) {
		error_memory(error, "bursts");
		return NULL;
	}
	s->sink = (struct packet_sink){ .packets = take_packets,
		                        .finish = finish,
		                        .forget = forget };
	s->days.open = open_day;
	s->options = *options;
	s->options.threads = pool_threads(options->threads);
	if (options->telescope != NULL && options->telescope->count == 0)
		s->options.telescope = NULL;
	s->shelf.disk = options->disk;
	s->shelf.memory_bytes = options->memory_bytes / 4;
	s->gate = telescope_gate_make(options->telescope, options->zone);
	for (unsigned form = 0; form < BURST_FORMS; form++)
		for (unsigned kind = 0; kind < KIND_COUNT; kind++)
			if (options->keeps[form] && (burst_kinds[form] >> kind & 1))
				s->forms_of[kind] |= (uint8_t)(1u << form);
	if (init_rooms(s))
		return s;
	error_memory(error, "bursts");
	burst_sink_free(s);
	return NULL;
}

void burst_sink_free(struct burst_sink *s)
{
	if (s == NULL)
		return;
	forget(&s->sink);
	for (unsigned i = 0; i < 2; i++)
		memory_free(s->rooms[i].records);
	memory_free(s->order);
	memory_free(s->scratch);
	burst_maker_free(s->maker);
	burst_shelf_done(&s->shelf);
	memory_free(s->places);
	memory_free(s);
}

struct packet_sink *burst_sink_entry(struct burst_sink *s)
{
	return &s->sink;
}

struct burst_days *burst_sink_days(struct burst_sink *s)
{
	return &s->days;
}

struct burst_left_out burst_sink_left_out(const struct burst_sink *s)
{
	return s->left_out;
}
