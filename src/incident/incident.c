// SPDX-License-Identifier: MIT
#include "incident/incident.h"

#include "base/buffer.h"
#include "base/calendar.h"
#include "base/memory.h"
#include "base/text.h"
#include "incidents_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int by_date(const void *a, const void *b)
{
	const struct incident *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return strcmp(x->label, y->label);
}

bool incidents_add(struct incidents *all, const struct incident *one, struct error *error)
{
	if (all->count == INCIDENTS_MAX)
		return error_set(error, ERROR_USAGE, "there are more than %d incidents",
		                 INCIDENTS_MAX);
	if (all->count == all->room) {
		const size_t room = 2 * all->room + 32;
		struct incident *list = memory_resize(all->list, room, sizeof *list);
		if (list == NULL)
			return error_memory(error, "incidents");
		all->list = list;
		all->room = room;
	}
	all->list[all->count++] = *one;
	return true;
}

void incidents_take_out(struct incidents *all, const char *label)
{
	size_t kept = 0;
	for (size_t i = 0; i < all->count; i++)
		if (all->list[i].is_own || strcasecmp(all->list[i].label, label) != 0)
			all->list[kept++] = all->list[i];
	all->count = kept;
}

static bool read_in_order(struct incidents *all, struct span text, const char *name, bool is_own,
                          struct error *error)
{
	if (!incidents_read(all, text, name, is_own, error))
		return false;
	if (all->count > 0)
		qsort(all->list, all->count, sizeof *all->list, by_date);
	return true;
}

bool incidents_built_in(struct incidents *all, struct error *error)
{
	const struct span text = { (const uint8_t *)incidents_table, sizeof incidents_table - 1 };
	*all = (struct incidents){ .count = 0 };
	return read_in_order(all, text, "incidents.csv", false, error);
}

bool incidents_merge(struct incidents *all, struct span text, const char *name, struct error *error)
{
	return read_in_order(all, text, name, true, error);
}

void incidents_done(struct incidents *all)
{
	memory_free(all->list);
	*all = (struct incidents){ .count = 0 };
}

// ---- by its label

static bool has_label(const struct incident *one, const char *label, bool is_part)
{
	return is_part ? strcasestr(one->label, label) != NULL ||
	                         strstr(one->label_ja, label) != NULL
	               : strcasecmp(one->label, label) == 0 || text_equal(one->label_ja, label);
}

static void refuse_several(const struct incidents *all, const char *label, bool is_part,
                           struct error *error)
{
	char list[300] = "";
	size_t length = 0;
	for (size_t i = 0; i < all->count; i++) {
		char day[CALENDAR_DAY_SIZE];
		if (!has_label(&all->list[i], label, is_part) || length >= sizeof list - 1)
			continue;
		day_format(all->list[i].day, day);
		(void)!text_format(list + length, sizeof list - length, "%s%s %s",
		                   length > 0 ? "; " : "", day, all->list[i].label);
		length = strlen(list);
	}
	(void)!error_set(error, ERROR_USAGE,
	                 "'%s' may be several incidents, say which, or its day: %s", label, list);
}

const struct incident *incidents_find(const struct incidents *all, const char *label,
                                      struct error *error)
{
	for (int is_part = 0; is_part < 2; is_part++) {
		const struct incident *found = NULL;
		size_t count = 0;
		for (size_t i = 0; i < all->count; i++)
			if (has_label(&all->list[i], label, is_part)) {
				found = &all->list[i];
				count++;
			}
		if (count == 1)
			return found;
		if (count > 1) {
			refuse_several(all, label, is_part, error);
			return NULL;
		}
	}
	(void)!error_set(error, ERROR_USAGE,
	                 "no incident is called '%s': `hotaru incidents` lists them, and a day is "
	                 "YYYY-MM-DD",
	                 label);
	return NULL;
}

// ---- on an axis

// Whether `a` is shown rather than `b`.
static bool is_rather(const struct incident *a, const struct incident *b)
{
	if (a->is_own != b->is_own)
		return a->is_own;
	if (isnan(a->size) != isnan(b->size))
		return !isnan(a->size);
	return by_date(a, b) < 0;
}

// What there is least reason to show gives room to one that there is more reason for.
static void make_room(struct incidents_shown *shown, struct incident_hit hit)
{
	size_t least = 0;
	for (size_t i = 1; i < shown->count; i++)
		if (is_rather(shown->hits[least].incident, shown->hits[i].incident))
			least = i;
	shown->left_out++;
	if (!is_rather(hit.incident, shown->hits[least].incident))
		return;
	memmove(&shown->hits[least], &shown->hits[least + 1],
	        (shown->count - least - 1) * sizeof *shown->hits);
	shown->hits[shown->count - 1] = hit;
}

struct incidents_shown incidents_on_axis(const struct incidents *all, int32_t first_day,
                                         size_t day_count)
{
	struct incidents_shown shown = { .count = 0 };
	for (size_t i = 0; all != NULL && i < all->count; i++) {
		const struct incident *one = &all->list[i];
		const int64_t index = (int64_t)one->day - first_day;
		if (index < 0 || index >= (int64_t)day_count)
			continue;
		const struct incident_hit hit = { one, (uint32_t)index };
		if (shown.count == INCIDENTS_ON_AXIS)
			make_room(&shown, hit);
		else
			shown.hits[shown.count++] = hit;
	}
	return shown;
}
