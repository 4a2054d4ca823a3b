// SPDX-License-Identifier: MIT
// packets -> records -> (pool full) a run in memory -> (several runs) a run in a file -> (end) one run,
// which is read by day.
#include "ingest/burst_sink.h"

#include "base/memory.h"
#include "base/pool.h"
#include "base/text.h"
#include "ingest/burst_alone.h"
#include "ingest/burst_record.h"
#include "ingest/burst_runs.h"

// So many runs of a level become one of the next; those in memory when they fill it.
enum { FAN_IN = 16 };
// Records of a room: with what sorts them they fit the second cache.
enum { ROOM_RECORDS = 32768, SPARE_MAX = 64 };
// Days that there can be: zone_day() ends at 2199-12-31, and zones differ by a day at most.
enum { DAY_FIRST = -2, DAY_BITS = 17 };

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
	uint32_t kinds;  // bits of enum kind: of which packets may become something
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
	uint32_t *sections;
	struct burst_maker *maker;
	struct burst_run *runs;
	size_t run_count, run_capacity;
	struct burst_evictions evictions;
	struct burst_alone *alone;       // NULL: nothing was evicted yet
	struct buffer spare[SPARE_MAX];  // room of runs that were in memory
	size_t spare_count;
	unsigned files;       // made so far
	uint64_t room_bytes;  // for runs, by what had come when the work began
	// When all is one run:
	struct place *places;
	size_t place_count, place_capacity;
};

// ---- runs

static bool add_run(struct burst_sink *s, const struct burst_run *run)
{
	if (s->run_count == s->run_capacity) {
		const size_t capacity = s->run_capacity == 0 ? 64 : s->run_capacity * 2;
		struct burst_run *runs = memory_resize(s->runs, capacity, sizeof *runs);
		if (runs == NULL)
			return false;
		s->runs = runs;
		s->run_capacity = capacity;
	}
	s->runs[s->run_count++] = *run;
	return true;
}

static bool is_chosen(const struct burst_run *run, const unsigned *level)
{
	return level == NULL || run->level == *level;
}

// The room of a run in memory is for a later one: the system would have to clear it anew.
static void keep_spare(struct burst_sink *s, struct burst_run *run)
{
	if (run->bytes.bytes == NULL || s->spare_count == SPARE_MAX)
		return;
	run->bytes.length = 0;
	s->spare[s->spare_count++] = run->bytes;
	run->bytes = buffer_up_to(SIZE_MAX);
}

static struct buffer take_spare(struct burst_sink *s)
{
	return s->spare_count > 0 ? s->spare[--s->spare_count] : buffer_up_to(SIZE_MAX);
}

static void drop_spare(struct burst_sink *s)
{
	while (s->spare_count > 0)
		buffer_done(&s->spare[--s->spare_count]);
}

// The runs of the level, or all, are gone.
static void drop_runs(struct burst_sink *s, const unsigned *level)
{
	size_t kept = 0;
	for (size_t i = 0; i < s->run_count; i++)
		if (is_chosen(&s->runs[i], level)) {
			keep_spare(s, &s->runs[i]);
			burst_run_done(&s->runs[i], s->options.disk);
		} else {
			s->runs[kept++] = s->runs[i];
		}
	s->run_count = kept;
}

static bool merge_into(struct burst_sink *s, const struct burst_run **runs, const unsigned *level,
                       uint64_t memory_max, struct error *error)
{
	struct burst_run_writer writer;
	struct burst_run merged;
	char name[sizeof merged.name];
	size_t count = 0;
	unsigned highest = 0;
	for (size_t i = 0; i < s->run_count; i++)
		if (is_chosen(&s->runs[i], level)) {
			runs[count++] = &s->runs[i];
			highest = s->runs[i].level > highest ? s->runs[i].level : highest;
		}
	text_format(name, sizeof name, "bursts-%u.spill", s->files++);
	burst_run_writer_begin(&writer, s->options.disk, name, memory_max, &s->evictions);
	if (!burst_runs_merge(runs, count, s->options.disk, &writer, error)) {
		burst_run_writer_drop(&writer);
		return false;
	}
	if (!burst_run_writer_end(&writer, &merged, error))
		return false;
	merged.level = highest + 1;
	drop_runs(s, level);
	if (add_run(s, &merged))
		return true;
	burst_run_done(&merged, s->options.disk);
	return error_memory(error, "bursts");
}

// Those of the level, or all, become one, which is in a file if it takes more than `memory_max`.
static bool merge(struct burst_sink *s, const unsigned *level, uint64_t memory_max,
                  struct error *error)
{
	const struct burst_run **runs = memory_new(s->run_count, sizeof(struct burst_run *));
	const bool ok = runs != NULL ? merge_into(s, runs, level, memory_max, error)
	                             : error_memory(error, "bursts");
	memory_free(runs);
	return ok;
}

static uint64_t bytes_of_runs(const struct burst_sink *s, const unsigned *level)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < s->run_count; i++)
		sum += is_chosen(&s->runs[i], level) ? s->runs[i].length : 0;
	return sum;
}

// The least class that has to go so that no more than `bytes` stay; more than before.
static unsigned class_to_go(const struct burst_sink *s, uint64_t all, uint64_t bytes)
{
	unsigned class = 0;
	while (class + 1 < BURST_CLASSES && (all > bytes || class <= s->evictions.class_max)) {
		class ++;
		for (size_t i = 0; i < s->run_count; i++) {
			const uint64_t more = s->runs[i].class_bytes[class];
			all -= more < all ? more : all;
		}
	}
	return class;
}

// Makes room: half of it, so that there is something to fill.
static bool evict(struct burst_sink *s, struct error *error)
{
	uint64_t bytes;
	while ((bytes = bytes_of_runs(s, NULL)) > s->room_bytes &&
	       s->evictions.class_max + 1 < BURST_CLASSES) {
		s->evictions.class_max = class_to_go(s, bytes, s->room_bytes / 2);
		if (s->alone == NULL && (s->alone = burst_alone_new()) == NULL)
			return error_memory(error, "bursts");
		if (!merge(s, NULL, 0, error))
			return false;
	}
	return true;
}

static unsigned runs_of_level(const struct burst_sink *s, unsigned level)
{
	unsigned count = 0;
	for (size_t i = 0; i < s->run_count; i++)
		count += s->runs[i].level == level;
	return count;
}

static bool tidy(struct burst_sink *s, struct error *error)
{
	unsigned level = 0;
	if (!evict(s, error))
		return false;
	if (bytes_of_runs(s, &level) <= s->options.memory_bytes / 4)
		return true;
	do
		if (!merge(s, &level, 0, error))
			return false;
	while (runs_of_level(s, ++level) >= FAN_IN);
	return true;
}

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
	burst_alone_begin(s->alone, room->records, count);
	room->count = 0;
	for (size_t i = 0; ok && i < count; i++) {
		const struct burst_record *r = &room->records[i];
		if (r->packets * UINT64_C(2) > s->evictions.class_max ||
		    !burst_is_alone(s->alone, r)) {
			room->records[room->count++] = *r;
			continue;
		}
		const struct burst_section of = section_of(s, r, &day);
		if (out.bursts > 0 && burst_section_compare(of, out.of) != 0) {
			ok = burst_evicted_add(&s->evictions, out.of, out.bursts, out.packets);
			out.bursts = out.packets = 0;
		}
		out.of = of;
		out.bursts++;
		out.packets += r->packets;
	}
	if (ok && out.bursts > 0)
		ok = burst_evicted_add(&s->evictions, out.of, out.bursts, out.packets);
	return ok || error_memory(error, "bursts");
}

// Numbers the records in the order of their sections. Most rooms are of one, and need no sorting.
static uint64_t *sort_sections(struct burst_sink *s)
{
	struct day_span day = no_day;
	bool is_one = true;
	for (size_t i = 0; i < s->condensing->count; i++) {
		const struct burst_section of = section_of(s, &s->condensing->records[i], &day);
		s->sections[i] = (uint32_t)of.form << DAY_BITS | (uint32_t)(of.day - DAY_FIRST);
		s->order[i] = (uint64_t)s->sections[i] << 32 | i;
		is_one = is_one && s->sections[i] == s->sections[0];
	}
	return is_one ? s->order : ipset_sort_u64(s->order, s->scratch, s->condensing->count, 4, 3);
}

static bool make_sections(struct burst_sink *s, struct burst_run_writer *writer,
                          struct error *error)
{
	uint64_t *order = sort_sections(s);
	uint64_t *scratch = order == s->order ? s->scratch : s->order;
	const size_t count = s->condensing->count;
	for (size_t begin = 0, end; begin < count; begin = end) {
		const uint32_t section = s->sections[order[begin] & UINT32_MAX];
		for (end = begin + 1;
		     end < count && s->sections[order[end] & UINT32_MAX] == section; end++)
			;
		struct taker taker = { writer,
			               { .form = section >> DAY_BITS,
			                 .day = (int32_t)(section & ((1u << DAY_BITS) - 1)) +
			                        DAY_FIRST } };
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
	if (s->alone != NULL && !leave_out_alone(s, error))
		return false;
	if (s->condensing->count == 0)
		return true;
	burst_run_writer_begin(&writer, s->options.disk, NULL, 0, NULL);
	writer.run.bytes = take_spare(s);
	if (!make_sections(s, &writer, error)) {
		burst_run_writer_drop(&writer);
		return false;
	}
	if (!burst_run_writer_end(&writer, &run, error))
		return false;
	if (!add_run(s, &run)) {
		burst_run_done(&run, s->options.disk);
		return error_memory(error, "bursts");
	}
	return tidy(s, error);
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

// What was filled is made a run, while the other room is filled. One thread does both in turn, and
// never touches the memory of another room.
static bool begin_condensing(struct burst_sink *s, struct error *error)
{
	if (!end_condensing(s, error))
		return false;
	s->room_bytes = s->options.room_bytes + s->packets;
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

static bool take_packets(struct packet_sink *sink, const struct packet *packets, size_t count,
                         struct error *error)
{
	struct burst_sink *s = (struct burst_sink *)sink;
	s->packets += count;
	for (size_t i = 0; i < count; i++) {
		if (!(s->kinds >> packets[i].kind & 1))
			continue;
		for (unsigned form = 0; form < BURST_FORMS; form++)
			if (s->options.keeps[form] && !take_packet(s, form, &packets[i], error))
				return false;
	}
	return true;
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
	bool ok = burst_run_reader_open(&reader, s->runs, s->options.disk, 0, error);
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
	s->room_bytes = s->options.room_bytes + s->packets;
	const bool ok = s->filling->count == 0 || condense(s, error);
	s->filling->count = 0;
	if (!ok)
		return false;
	// From here on there is what days are written with instead.
	for (unsigned i = 0; i < 2; i++)
		memory_rest(s->rooms[i].records, s->room_records * sizeof(struct burst_record));
	drop_spare(s);
	if (s->run_count > 1 && !merge(s, NULL, s->options.memory_bytes / 4, error))
		return false;
	drop_spare(s);
	return s->run_count == 0 || find_places(s, error);
}

static void forget(struct packet_sink *sink)
{
	struct burst_sink *s = (struct burst_sink *)sink;
	if (s->work != NULL)
		(void)pool_end(s->work);
	s->work = NULL;
	s->rooms[0].count = s->rooms[1].count = 0;
	drop_runs(s, NULL);
	drop_spare(s);
	s->evictions.count = s->evictions.class_max = 0;
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
	struct burst_sink *s = (struct burst_sink *)((char *)days -
	                                             offsetof(struct burst_sink, days));
	const struct burst_section of = { form, day };
	const struct place *place = place_of(s, of);
	const struct burst_evicted gone = burst_evicted_of(&s->evictions, of);
	*out = NULL;
	evicted[0] = gone.bursts;
	evicted[1] = gone.packets;
	if (!s->options.keeps[form])
		return true;
	struct burst_run_reader *reader = memory_new(1, sizeof *reader);
	if (reader == NULL)
		return error_memory(error, "bursts");
	if (burst_run_reader_open(reader, place != NULL ? s->runs : &none, s->options.disk,
	                          place != NULL ? place->at : 0, error) &&
	    ((*out = burst_section_stream(reader, true)) != NULL || error_memory(error, "bursts")))
		return true;
	memory_free(reader);
	return false;
}

// ---- its life

static bool init_rooms(struct burst_sink *s)
{
	// Two rooms of a quarter each; what sorts one takes five eighths of it, and runs that are not yet
	// in files another quarter.
	size_t records = (size_t)(s->options.memory_bytes / 4 / sizeof(struct burst_record));
	if (records > ROOM_RECORDS)
		records = ROOM_RECORDS;
	s->room_records = records;
	s->filling = s->condensing = &s->rooms[0];
	for (unsigned i = 0; i < 2; i++)
		s->rooms[i].records = memory_large(records * sizeof(struct burst_record));
	s->order = memory_large(records * sizeof *s->order);
	s->scratch = memory_large(records * sizeof *s->scratch);
	s->sections = memory_large(records * sizeof *s->sections);
	s->maker = burst_maker_new();
	return s->rooms[0].records != NULL && s->rooms[1].records != NULL && s->order != NULL &&
	       s->scratch != NULL && s->sections != NULL && s->maker != NULL;
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
	s->gate = telescope_gate_make(options->telescope, options->zone);
	for (unsigned form = 0; form < BURST_FORMS; form++)
		s->kinds |= options->keeps[form] ? burst_kinds[form] : 0;
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
	memory_free(s->sections);
	burst_maker_free(s->maker);
	memory_free(s->runs);
	memory_free(s->evictions.list);
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
