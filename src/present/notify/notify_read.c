// SPDX-License-Identifier: MIT
// Rows of an answer -> notices.
#include "present/notify/notify.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

enum notice_column {
	SOURCE,
	FAMILY,
	FIRST,
	LAST,
	DAYS,
	PACKETS,
	PORTS,
	PORTS_SEEN,
	COUNTRY,
	COUNTRY_NAME,
	NETWORK,
	NETWORK_NAME
};
_Static_assert(NETWORK_NAME + 1 == NOTIFY_COLUMNS, "each column has its place");

static const char *const names[NOTIFY_COLUMNS] = {
	"source", "family",     "first",   "last",         "days",    "packets",
	"ports",  "ports_seen", "country", "country_name", "network", "network_name",
};

enum { PORT_TEXT_SIZE = 28 };  // "65535:18446744073709551615;"

struct notify_reader notify_reader_of(const struct schema *schema, const struct notify_about *about)
{
	struct notify_reader reader = { .about = about };
	for (size_t i = 0; i < NOTIFY_COLUMNS; i++) {
		reader.columns[i] = schema_find(schema, names[i]);
		assert(reader.columns[i] != SIZE_MAX);
	}
	return reader;
}

static void copy(struct span text, char *out, size_t size)
{
	text_format(out, size, "%.*s", (int)text.length, (const char *)text.bytes);
}

static const struct described_fingerprint *find_family(const struct notify_about *about,
                                                       struct span name)
{
	size_t i = 0;
	while (strlen(about->families[i]->name) != name.length ||
	       memcmp(about->families[i]->name, name.bytes, name.length) != 0) {
		i++;
		assert(i < about->family_count);
	}
	return about->families[i];
}

// "23:5;2323:1", each with its packets.
static size_t read_ports(struct span text, uint16_t out[NOTIFY_PORTS_MAX])
{
	char list[NOTIFY_PORTS_MAX * PORT_TEXT_SIZE], word[PORT_TEXT_SIZE];
	const char *at = list;
	size_t count = 0;
	uint64_t port;
	copy(text, list, sizeof list);
	while (count < NOTIFY_PORTS_MAX && text_next(&at, ';', word, sizeof word)) {
		word[strcspn(word, ":")] = '\0';
		if (text_u64(word, UINT16_MAX, &port))
			out[count++] = (uint16_t)port;
	}
	return count;
}

static void read_place(const struct cell *id, const struct cell *name, struct place *out)
{
	*out = (struct place){ .id = "unknown" };
	if (id->state != CELL_VALUE)
		return;
	copy(id->text, out->id, sizeof out->id);
	if (name->state == CELL_VALUE)
		copy(name->text, out->name, sizeof out->name);
}

void notify_read(const struct notify_reader *reader, const struct cell *cells,
                 struct notify_row *out)
{
	const struct cell *c[NOTIFY_COLUMNS];
	for (size_t i = 0; i < NOTIFY_COLUMNS; i++)
		c[i] = &cells[reader->columns[i]];
	*out = (struct notify_row){ .source = c[SOURCE]->address,
		                    .family = find_family(reader->about, c[FAMILY]->text),
		                    .first_ns = c[FIRST]->time_ns,
		                    .last_ns = c[LAST]->time_ns,
		                    .days = c[DAYS]->number,
		                    .packets = c[PACKETS]->number,
		                    .ports_seen = c[PORTS_SEEN]->number };
	out->port_count = read_ports(c[PORTS]->text, out->ports);
	read_place(c[COUNTRY], c[COUNTRY_NAME], &out->country);
	read_place(c[NETWORK], c[NETWORK_NAME], &out->network);
}
