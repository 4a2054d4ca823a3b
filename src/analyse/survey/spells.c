// SPDX-License-Identifier: MIT
// The inner loop of the survey. Nearly every sighting is of a source that was seen not long ago:
// such a one costs a subtraction, a comparison and a store. The day numbers of a
// /16 stay in the cache.
#include "analyse/survey/spells.h"

#include "base/memory.h"

#include <endian.h>
#include <string.h>

struct spell_counter *spell_counter_new(const struct spell_calendar *calendar)
{
	const size_t rows = (size_t)calendar->day_count + 1;
	struct spell_counter *c = memory_large(sizeof *c);
	if (c == NULL)
		return NULL;
	c->calendar = *calendar;
	c->sources = 0;
	c->silences = (struct survey_silences){ .begun = { { 0 } } };
	c->touched_count = 0;
	c->days = memory_new(rows, sizeof *c->days);
	c->ended = memory_new(rows, sizeof *c->ended);
	c->open = memory_new(rows, sizeof *c->open);
	if (c->days == NULL || c->ended == NULL || c->open == NULL) {
		spell_counter_free(c);
		return NULL;
	}
	for (size_t i = 0; i < SPELL_ADDRESSES; i++)
		c->last[i] = SPELL_NEVER;
	return c;
}

void spell_counter_free(struct spell_counter *c)
{
	if (c == NULL)
		return;
	memory_free(c->days);
	memory_free(c->ended);
	memory_free(c->open);
	memory_free(c);
}

static void end_spell(struct spell_counter *c, uint32_t address, bool is_open)
{
	const uint32_t first = c->first[address], last = c->last[address];
	const uint32_t length = last - first + 1;
	if (is_open) {
		c->open[length]++;
	} else {
		c->ended[length]++;
		c->days[last + 1].recovered++;
	}
}

static void count_silence(struct spell_counter *c, uint32_t last, uint32_t day)
{
	const uint32_t first = survey_past_first(c->calendar.day_count);
	const unsigned class = survey_silence_class(day - last - 1);
	c->silences.begun[class][last + 1 > first ? last + 1 - first : 0]++;
	c->silences.ended[class][day - first]++;
}

// Everything but a source that was seen at most `gap` days ago; on the past days without a gap, on the day
// before.
static __attribute__((noinline)) void see_other(struct spell_counter *c, uint16_t address,
                                                uint32_t last, uint32_t day)
{
	struct spell_day *today = &c->days[day];
	if (last == day) {
		today->sources--;
	} else if (last == SPELL_NEVER) {
		c->touched[c->touched_count++] = address;
		c->sources++;
		today->new_sources++;
		c->first[address] = day;
	} else if (c->calendar.gap_days == SURVEY_GAP_NONE) {
		count_silence(c, last, day);
	} else if (spell_silent_days(&c->calendar, last, day) > c->calendar.gap_days) {
		end_spell(c, address, false);
		today->returned++;
		c->first[address] = day;
	}
}

static inline uint16_t value_at(const uint8_t *values, size_t i, bool is_of_file)
{
	uint16_t value;
	memcpy(&value, values + 2 * i, sizeof value);
	return is_of_file ? le16toh(value) : value;
}

// Silence of at most so many days is passed over. Unknown days make a silence shorter and never longer, so they
// cannot matter here. With SPELL_NEVER and the day itself the difference exceeds every limit. Without a gap no
// silence ends a spell, but on the past days each is counted.
static uint32_t silence_limit(const struct spell_calendar *c, uint32_t day)
{
	if (c->gap_days == SURVEY_GAP_NONE && day > survey_past_first(c->day_count))
		return 0;
	return c->gap_days < SPELL_NEVER - 1 ? c->gap_days : SPELL_NEVER - 2;
}

// Whether the values ascend, as they have to. Those of a file are little-endian.
static inline bool see_all(struct spell_counter *c, const uint8_t *values, bool is_of_file,
                           uint32_t count, uint32_t day)
{
	const uint32_t limit = silence_limit(&c->calendar, day);
	uint32_t descents = 0, next = 0;
	for (uint32_t i = 0; i < count; i++) {
		const uint16_t address = value_at(values, i, is_of_file);
		const uint32_t last = c->last[address];
		descents |= address < next;
		next = address + 1u;
		if (__builtin_expect(day - last - 1 > limit, 0))
			see_other(c, address, last, day);
		c->last[address] = day;
	}
	c->days[day].sources += count;
	return descents == 0;
}

static bool see_container(void *state, const struct ipset_container *container, uint32_t day)
{
	struct spell_counter *c = state;
	if (container->kind == IPSET_ARRAY)
		return see_all(c, container->bytes.bytes, true, container->count, day);
	const uint32_t count = ipset_container_values(container, c->values);
	return count > 0 && see_all(c, (const uint8_t *)c->values, false, count, day);
}

static bool end_spells(void *state, uint32_t key)
{
	struct spell_counter *c = state;
	(void)key;
	for (uint32_t i = 0; i < c->touched_count; i++) {
		const uint16_t address = c->touched[i];
		end_spell(c, address, spell_is_open_at_end(&c->calendar, c->last[address]));
		c->last[address] = SPELL_NEVER;
	}
	c->touched_count = 0;
	return true;
}

const struct set_visitor spell_counter_visitor = { see_container, end_spells };

void spell_counter_add(const struct spell_counter *c, struct survey_family *family)
{
	struct lifetimes *l = &family->lifetimes;
	l->sources += c->sources;
	for (uint32_t i = 0; i <= c->calendar.day_count; i++) {
		family->days[i].sources += c->days[i].sources;
		family->days[i].new_sources += c->days[i].new_sources;
		family->days[i].returned += c->days[i].returned;
		family->days[i].recovered += c->days[i].recovered;
		l->ended[i] += c->ended[i];
		l->open[i] += c->open[i];
		l->spells += c->ended[i] + c->open[i];
		l->open_spells += c->open[i];
	}
	for (size_t class = 0; class < SURVEY_AGES; class ++)
		for (size_t i = 0; i <= SURVEY_PAST_DAYS; i++) {
			family->silences.begun[class][i] += c->silences.begun[class][i];
			family->silences.ended[class][i] += c->silences.ended[class][i];
		}
}
