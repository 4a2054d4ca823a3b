// SPDX-License-Identifier: MIT
#include "analyse/variants/join.h"

#include "base/memory.h"
#include "holdings/days.h"
#include "hostday/evidence.h"
#include "place/place.h"

#include <stdlib.h>

struct joining {
	struct holdings *holdings;
	const struct join_request *request;
	struct join *out;
	size_t next;                // sighting
	size_t first_row, end_row;  // of the day
	struct place_range here;
	bool has_here;
	struct error *error;
};

static bool fail_memory(struct error *error)
{
	return error_memory(error, "honeypots and the telescope");
}

// ---- rows

static void count_rows(const struct join_request *r, size_t *out_rows)
{
	*out_rows = 0;
	for (size_t i = 0; i < r->count; i++)
		*out_rows += i == 0 || r->sightings[i].day != r->sightings[i - 1].day ? 2 : 1;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

// Rows of the day whose sightings are these: of all, and of each family that is there.
static void add_rows(struct join *out, const struct honeypot_sighting *s, size_t count,
                     uint32_t *families)
{
	for (size_t i = 0; i < count; i++)
		families[i] = s[i].family;
	qsort(families, count, sizeof *families, by_number);
	out->rows[out->row_count++] = (struct join_row){ .day = s->day,
		                                         .family = JOIN_ALL_FAMILIES };
	for (size_t i = 0; i < count; i++)
		if (i == 0 || families[i] != families[i - 1])
			out->rows[out->row_count++] = (struct join_row){ .day = s->day,
				                                         .family = families[i] };
}

static struct join_row *row_of(struct joining *j, uint32_t family)
{
	size_t low = j->first_row + 1, high = j->end_row;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (j->out->rows[middle].family < family)
			low = middle + 1;
		else
			high = middle;
	}
	return &j->out->rows[low];
}

static bool make_rows(const struct join_request *r, struct join *out, struct error *error)
{
	size_t rows;
	count_rows(r, &rows);
	uint32_t *families = memory_new(r->count + 1, sizeof *families);
	out->rows = memory_new(rows + 1, sizeof *out->rows);
	if (families == NULL || out->rows == NULL) {
		memory_free(families);
		return fail_memory(error);
	}
	for (size_t i = 0, next = 0; i < r->count; i = next) {
		for (next = i; next < r->count && r->sightings[next].day == r->sightings[i].day;)
			next++;
		add_rows(out, &r->sightings[i], next - i, families);
	}
	memory_free(families);
	return true;
}

// ---- days

static bool knows_fingerprints(struct joining *j, const struct held_day *held, bool *out)
{
	bool has_unknown;
	if (j->request->fingerprint == HOLDINGS_ALL_SYNS)
		return true;
	if (!held_day_has_unknown(j->holdings, held, &has_unknown, j->error))
		return false;
	*out = !has_unknown;
	return true;
}

static bool make_days(struct joining *j)
{
	const struct join_request *r = j->request;
	struct held_day held = { .count = 0 };
	const size_t days = held_days_count(j->holdings, r->days) + r->count;
	j->out->days = memory_new(days + 1, sizeof *j->out->days);
	if (j->out->days == NULL)
		return fail_memory(j->error);
	bool is_held = held_day_next(j->holdings, r->days, &held);
	size_t i = 0;
	while (is_held || i < r->count) {
		const bool is_seen = i < r->count && (!is_held || r->sightings[i].day <= held.day);
		struct join_day *d = &j->out->days[j->out->day_count++];
		d->day = is_seen ? r->sightings[i].day : held.day;
		d->has_sightings = is_seen;
		d->is_known = is_held && held.day == d->day;
		d->knows_fingerprints = d->is_known;
		if (d->is_known && !knows_fingerprints(j, &held, &d->knows_fingerprints))
			return false;
		while (i < r->count && r->sightings[i].day == d->day)
			i++;
		if (d->is_known)
			is_held = held_day_next(j->holdings, r->days, &held);
	}
	return true;
}

// ---- one source

static bool count_one(struct joining *j, enum join_what what, const struct join_row *row,
                      uint32_t key)
{
	return pair_counts_add(&j->out->of[what], (uint32_t)(row - j->out->rows), key, 1);
}

static bool count_seen(struct joining *j, struct join_row *row, const struct host_day *host)
{
	const uint32_t counted = host_day_counted(host);
	bool ok = true;
	row->seen++;
	for (uint32_t f = 0; ok && f < FINGERPRINTS_MAX; f++)
		if (counted >> f & 1)
			ok = count_one(j, JOIN_FINGERPRINTS, row, f);
	if (!j->request->wants_ports || !(host->fields_mask >> FIELD_DESTINATION_PORT & 1))
		return ok;
	const struct item_set set = host->sets[FIELD_DESTINATION_PORT];
	for (uint32_t i = 0; ok && i < set.count; i++)
		ok = count_one(j, JOIN_PORTS, row, host->items[set.begin + i].value);
	return ok;
}

static uint64_t packets_of(const struct joining *j, const struct host_day *host)
{
	const unsigned f = j->request->fingerprint;
	if (host == NULL)
		return 0;
	if (f == HOLDINGS_ALL_SYNS)
		return host_day_packets(host, KIND_SYN);
	return host_day_counted(host) >> f & 1 ? host->matched[f] : 0;
}

// The sightings of one source, which the telescope saw or did not (host NULL).
static bool join_source(struct joining *j, struct join_day *day, const struct host_day *host)
{
	const struct honeypot_sighting *s = &j->request->sightings[j->next];
	struct join_row *all = &j->out->rows[j->first_row];
	bool scans = false, ok = true;
	size_t count = 0;
	for (; j->next + count < j->request->count && s[count].day == s->day &&
	       s[count].source == s->source;
	     count++) {
		struct join_row *row = row_of(j, s[count].family);
		row->sources++;
		scans |= s[count].scans;
		ok = ok && (host == NULL || count_seen(j, row, host));
	}
	all->sources++;
	ok = ok && (host == NULL || count_seen(j, all, host));
	if (scans && day->knows_fingerprints)
		infected_sample_add(&day->sample, packets_of(j, host));
	j->next += count;
	return ok || fail_memory(j->error);
}

// Sightings of the day below the source, whom the telescope did not see; then those of the source, if there are.
static bool join_up_to(struct joining *j, struct join_day *day, uint64_t source,
                       const struct host_day *host)
{
	const struct join_request *r = j->request;
	while (j->next < r->count && r->sightings[j->next].day == day->day &&
	       r->sightings[j->next].source < source)
		if (!join_source(j, day, NULL))
			return false;
	return host == NULL || j->next == r->count || r->sightings[j->next].day != day->day ||
	       r->sightings[j->next].source != source || join_source(j, day, host);
}

static bool count_place(struct joining *j, struct join_day *day, uint32_t source)
{
	day->telescope++;
	if (!j->request->wants_countries || j->request->countries == NULL)
		return true;
	if (!j->has_here || source < j->here.first || source > j->here.last) {
		if (!place_find(j->request->countries, day->day, source, &j->here))
			return fail_memory(j->error);
		j->has_here = true;
	}
	return pair_counts_add(&j->out->places, (uint32_t)(day - j->out->days), j->here.place, 1) ||
	       fail_memory(j->error);
}

// ---- one day

static bool join_hosts(struct joining *j, struct join_day *day, struct holdings_hosts *hosts)
{
	const struct host_day *host;
	j->error->kind = ERROR_NONE;
	while ((host = holdings_next_host(hosts, j->error)) != NULL) {
		if (host_day_packets(host, KIND_SYN) == 0)
			continue;
		if (!join_up_to(j, day, host->source, host) ||
		    (packets_of(j, host) > 0 && !count_place(j, day, host->source)))
			return false;
	}
	return j->error->kind == ERROR_NONE;
}

static bool join_day(struct joining *j, struct join_day *day)
{
	uint64_t columns = COLUMN_BIT(COLUMN_SOURCE) | COLUMN_BIT(COLUMN_PACKETS) |
	                   COLUMN_BIT(COLUMN_MATCHED);
	struct holdings_hosts *hosts;
	if (j->request->wants_ports)
		columns |= COLUMN_BIT(COLUMN_FIELD + FIELD_DESTINATION_PORT);
	j->has_here = false;
	j->first_row = j->end_row;
	while (j->end_row < j->out->row_count && j->out->rows[j->end_row].day == day->day)
		j->out->rows[j->end_row++].is_known = day->is_known;
	if (day->is_known && (day->has_sightings || j->request->wants_countries)) {
		if (!holdings_open_hosts(j->holdings, period_of_day(day->day), columns, &hosts,
		                         j->error))
			return false;
		const bool ok = join_hosts(j, day, hosts);
		holdings_close_hosts(hosts);
		if (!ok)
			return false;
	}
	return join_up_to(j, day, UINT64_MAX, NULL);
}

// ---- all of them

static void point_rows(struct join *out)
{
	for (size_t what = 0; what < JOIN_WHATS; what++) {
		const size_t count = pair_counts_by_group(&out->of[what], NULL, 0);
		for (size_t i = 0; i < count; i++) {
			struct join_row *row = &out->rows[out->of[what].slots[i].group];
			if (row->counts[what]++ == 0)
				row->of[what] = &out->of[what].slots[i];
		}
	}
	out->place_count = pair_counts_by_group(&out->places, NULL, 0);
}

bool join_make(struct holdings *h, const struct join_request *r, struct join *out,
               struct error *error)
{
	struct joining j = { .holdings = h, .request = r, .out = out, .error = error };
	*out = (struct join){ .row_count = 0 };
	bool ok = make_rows(r, out, error) && make_days(&j);
	for (size_t i = 0; ok && i < out->day_count; i++)
		ok = join_day(&j, &out->days[i]);
	if (ok)
		point_rows(out);
	else
		join_done(out);
	return ok;
}

void join_done(struct join *out)
{
	memory_free(out->rows);
	memory_free(out->days);
	pair_counts_done(&out->places);
	for (size_t what = 0; what < JOIN_WHATS; what++)
		pair_counts_done(&out->of[what]);
	*out = (struct join){ .row_count = 0 };
}

struct infected_sample join_sample_around(const struct join *join, size_t day, uint32_t *out_days)
{
	const int32_t middle = join->days[day].day;
	struct infected_sample s = join->days[day].sample;
	*out_days = infected_sample_size(&s) > 0;
	size_t before = day, after = day + 1;
	for (int32_t by = 1;
	     by <= JOIN_DAYS_AROUND && infected_sample_size(&s) < JOIN_SAMPLE_ENOUGH; by++) {
		const struct join_day *found[2] = { NULL, NULL };
		if (before > 0 && join->days[before - 1].day == middle - by)
			found[0] = &join->days[--before];
		if (after < join->day_count && join->days[after].day == middle + by)
			found[1] = &join->days[after++];
		for (unsigned i = 0; i < 2; i++)
			if (found[i] != NULL && infected_sample_size(&found[i]->sample) > 0) {
				infected_sample_join(&s, &found[i]->sample);
				++*out_days;
			}
	}
	return s;
}
