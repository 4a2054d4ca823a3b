// SPDX-License-Identifier: MIT
// A STIX 2.1 bundle (OASIS standard, June 2021): who tells (identity), what the fingerprint stands for
// (malware or tool) with a note on its rule and strength; then for each source its address, network
// and country, the traffic as cyber observables, an observed-data with first, last and number, and
// a sighting that ties it to the malware with a confidence.
//
// The same thing has the same identifier in every bundle: observables by section 2.9 of the standard,
// all others by a UUID of version 5 in a space of hotaru's own, made of all that they say. What is
// the same in every bundle is created at a fixed moment, what was seen at the end of the last day.
#include "present/notify/notify_write.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/uuid.h"

#include <inttypes.h>
#include <string.h>

enum { ID_SIZE = 80, COUNT_MAX = 999999999, PARTS_MAX = 8192 };

static const char created_once[] = "2024-01-01T00:00:00.000Z";

// Of section 2.9.
static const struct uuid of_observables = { { 0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c,
	                                      0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7 } };
// Drawn once, for hotaru.
static const struct uuid of_objects = { { 0x54, 0xe3, 0x6b, 0x4a, 0x5f, 0xa0, 0x4b, 0x85, 0x88,
	                                  0x83, 0x65, 0x84, 0xf7, 0xbb, 0xb8, 0x43 } };

struct id {
	char text[ID_SIZE];
};

static struct id id_of(const char *type, const struct uuid *space, struct span name)
{
	const struct uuid uuid = uuid_of_name(space, name);
	char text[UUID_TEXT_SIZE];
	struct id id;
	uuid_format(&uuid, text);
	text_format(id.text, sizeof id.text, "%s--%s", type, text);
	return id;
}

// Of the parts of a name, each ended by a zero byte; the last one is NULL.
static struct id object_id(const char *type, const char *const *parts)
{
	struct buffer name = buffer_up_to(PARTS_MAX);
	buffer_append(&name, type, strlen(type) + 1);
	for (; *parts != NULL; parts++)
		buffer_append(&name, *parts, strlen(*parts) + 1);
	const struct id id = id_of(type, &of_objects, buffer_span(&name));
	buffer_done(&name);
	return id;
}

static struct id observable_id(const char *type, const char *json)
{
	const struct span name = { .bytes = (const uint8_t *)json, .length = strlen(json) };
	return id_of(type, &of_observables, name);
}

static const char *producer_of(const struct notify_sheet *sheet)
{
	return sheet->about->producer != NULL ? sheet->about->producer : "hotaru";
}

static struct id identity_id(const struct notify_sheet *sheet)
{
	return object_id("identity", (const char *const[]){ producer_of(sheet), NULL });
}

static const char *type_of(const struct described_fingerprint *f)
{
	return f->is_family ? "malware" : "tool";
}

// Whoever has another rule, or another word for it, speaks of something else.
static struct id meaning_id(const struct notify_sheet *sheet, const struct described_fingerprint *f)
{
	return object_id(type_of(f),
	                 (const char *const[]){ producer_of(sheet), f->name, f->rule, f->what,
	                                        f->source, f->strength, NULL });
}

// ---- objects

static void open_object(struct buffer *out, const char *type, const char *id)
{
	buffer_format(out, "{\"type\":\"%s\",\"spec_version\":\"2.1\",\"id\":\"%s\"", type, id);
}

static void write_created(const struct notify_sheet *sheet, struct buffer *out, const char *created)
{
	buffer_format(out, ",\"created_by_ref\":\"%s\",\"created\":\"%s\",\"modified\":\"%s\"",
	              identity_id(sheet).text, created, created);
}

static void write_text(struct buffer *out, const char *key, const char *text)
{
	buffer_format(out, ",\"%s\":", key);
	notify_json(out, text);
}

static void write_identity(const struct notify_sheet *sheet, struct buffer *out)
{
	open_object(out, "identity", identity_id(sheet).text);
	buffer_format(out, ",\"created\":\"%s\",\"modified\":\"%s\"", created_once, created_once);
	write_text(out, "name", producer_of(sheet));
	buffer_format(out, ",\"identity_class\":\"%s\"}",
	              sheet->about->producer != NULL ? "organization" : "system");
}

static void write_meaning(const struct notify_sheet *sheet, struct buffer *out,
                          const struct described_fingerprint *f)
{
	const struct id id = meaning_id(sheet, f);
	buffer_text(out, ",\n");
	open_object(out, type_of(f), id.text);
	write_created(sheet, out, created_once);
	write_text(out, "name", f->name);
	write_text(out, "description", f->what);
	buffer_text(out, f->is_family ? ",\"is_family\":true}" : "}");
}

static void write_note(const struct notify_sheet *sheet, struct buffer *out,
                       const struct described_fingerprint *f)
{
	const struct id id = meaning_id(sheet, f);
	const struct id note = object_id("note", (const char *const[]){ id.text, NULL });
	struct buffer content = buffer_up_to(PARTS_MAX);
	buffer_text(out, ",\n");
	open_object(out, "note", note.text);
	write_created(sheet, out, created_once);
	buffer_format(&content, "Fingerprint %s, strength %s: SYNs whose %s. Source: %s.", f->name,
	              f->strength, f->rule, f->source);
	if (!notify_is_infection(f))
		buffer_text(&content,
		            " A match says that the source scans, not that it is infected.");
	buffer_byte(&content, '\0');
	write_text(out, "abstract", "What the sightings rest on");
	write_text(out, "content", content.failed ? f->name : (const char *)content.bytes);
	buffer_format(out, ",\"object_refs\":[\"%s\"]}", id.text);
	buffer_done(&content);
}

// False: it was met before, or there is no memory for it (then the sheet has failed).
static bool is_new(struct notify_sheet *sheet, struct notify_seen *seen, uint32_t number)
{
	size_t low = 0, high = seen->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (seen->numbers[middle] < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < seen->count && seen->numbers[low] == number)
		return false;
	if (seen->count == seen->capacity) {
		const size_t capacity = seen->capacity == 0 ? 4 : 2 * seen->capacity;
		uint32_t *numbers = memory_resize(seen->numbers, capacity, sizeof *numbers);
		if (numbers == NULL) {
			sheet->out.failed = true;
			return false;
		}
		seen->numbers = numbers;
		seen->capacity = capacity;
	}
	memmove(seen->numbers + low + 1, seen->numbers + low,
	        (seen->count - low) * sizeof *seen->numbers);
	seen->numbers[low] = number;
	seen->count++;
	return true;
}

static struct id network_id(uint32_t asn)
{
	char json[32];
	text_format(json, sizeof json, "{\"number\":%u}", asn);
	return observable_id("autonomous-system", json);
}

static void write_network(struct notify_sheet *sheet, const struct place *network, uint32_t asn)
{
	if (!is_new(sheet, &sheet->networks, asn))
		return;
	buffer_text(&sheet->out, ",\n");
	open_object(&sheet->out, "autonomous-system", network_id(asn).text);
	buffer_format(&sheet->out, ",\"number\":%u", asn);
	if (network->name[0] != '\0')
		write_text(&sheet->out, "name", network->name);
	buffer_byte(&sheet->out, '}');
}

static struct id location_id(const struct notify_sheet *sheet, const char *country)
{
	return object_id("location", (const char *const[]){ producer_of(sheet), country, NULL });
}

static void write_location(struct notify_sheet *sheet, const char country[3])
{
	const uint32_t number = (uint32_t)country[0] << 8 | (uint32_t)country[1];
	if (!is_new(sheet, &sheet->countries, number))
		return;
	buffer_text(&sheet->out, ",\n");
	open_object(&sheet->out, "location", location_id(sheet, country).text);
	write_created(sheet, &sheet->out, created_once);
	buffer_format(&sheet->out, ",\"country\":\"%s\"}", country);
}

// ---- a source

// What all objects of one row are made of.
struct facts {
	struct id source;
	char end[CALENDAR_TIME_SIZE], first[CALENDAR_TIME_SIZE], last[CALENDAR_TIME_SIZE];
	const struct described_fingerprint *fingerprint;
	const struct notify_row *row;
};

static struct facts facts_of(const struct notify_sheet *sheet, const struct notify_row *row)
{
	struct facts f = { .fingerprint = row->family, .row = row };
	char address[TEXT_IPV4_SIZE], json[64];
	text_from_ipv4(row->source, address);
	text_format(json, sizeof json, "{\"value\":\"%s\"}", address);
	f.source = observable_id("ipv4-addr", json);
	time_format(sheet->about->end_ns, 3, f.end);
	time_format(row->first_ns, 6, f.first);
	time_format(row->last_ns, 6, f.last);
	return f;
}

static void write_address(struct notify_sheet *sheet, const struct facts *f,
                          const struct notify_row *row)
{
	struct buffer *out = &sheet->out;
	char address[TEXT_IPV4_SIZE], country[3];
	uint32_t asn;
	const bool has_network = notify_asn(&row->network, &asn);
	const bool has_country = notify_country(&row->country, country);
	if (has_network)
		write_network(sheet, &row->network, asn);
	if (has_country)
		write_location(sheet, country);
	text_from_ipv4(row->source, address);
	buffer_text(out, ",\n");
	open_object(out, "ipv4-addr", f->source.text);
	buffer_format(out, ",\"value\":\"%s\"", address);
	if (has_network)
		buffer_format(out, ",\"belongs_to_refs\":[\"%s\"]", network_id(asn).text);
	buffer_byte(out, '}');
	if (!has_country)
		return;
	const struct id location = location_id(sheet, country);
	const struct id id = object_id("relationship",
	                               (const char *const[]){ producer_of(sheet), f->source.text,
	                                                      location.text, f->end, NULL });
	buffer_text(out, ",\n");
	open_object(out, "relationship", id.text);
	write_created(sheet, out, f->end);
	buffer_format(out,
	              ",\"relationship_type\":\"located-at\",\"source_ref\":\"%s\","
	              "\"target_ref\":\"%s\"}",
	              f->source.text, location.text);
}

static struct id traffic_id(const struct facts *f, uint16_t port)
{
	char json[256];
	text_format(json, sizeof json,
	            "{\"dst_port\":%u,\"protocols\":[\"ipv4\",\"tcp\"],\"src_ref\":\"%s\"}", port,
	            f->source.text);
	return observable_id("network-traffic", json);
}

// One for each port that the source went to, whatever the family: when and how much is in what
// refers to it.
static void write_traffic(struct notify_sheet *sheet, const struct facts *f, uint16_t port)
{
	if (!is_new(sheet, &sheet->ports, port))
		return;
	buffer_text(&sheet->out, ",\n");
	open_object(&sheet->out, "network-traffic", traffic_id(f, port).text);
	buffer_format(&sheet->out,
	              ",\"src_ref\":\"%s\",\"dst_port\":%u,\"protocols\":[\"ipv4\",\"tcp\"]}",
	              f->source.text, port);
}

static unsigned count_of(const struct notify_row *row)
{
	return row->packets < COUNT_MAX ? (unsigned)row->packets : COUNT_MAX;
}

static struct id seen_id(const struct notify_sheet *sheet, const struct facts *f, const char *type)
{
	const struct id meaning = meaning_id(sheet, f->fingerprint);
	char packets[24];
	text_format(packets, sizeof packets, "%" PRIu64, f->row->packets);
	return object_id(type,
	                 (const char *const[]){ producer_of(sheet), f->source.text, meaning.text,
	                                        f->first, f->last, packets, f->end, NULL });
}

static void write_observed(const struct notify_sheet *sheet, struct buffer *out,
                           const struct facts *f)
{
	const struct notify_row *row = f->row;
	buffer_text(out, ",\n");
	open_object(out, "observed-data", seen_id(sheet, f, "observed-data").text);
	write_created(sheet, out, f->end);
	buffer_format(out,
	              ",\"first_observed\":\"%s\",\"last_observed\":\"%s\",\"number_observed\":%u,"
	              "\"object_refs\":[\"%s\"",
	              f->first, f->last, count_of(row), f->source.text);
	for (size_t i = 0; i < row->port_count; i++)
		buffer_format(out, ",\"%s\"", traffic_id(f, row->ports[i]).text);
	buffer_text(out, "]}");
}

static void write_sighting(const struct notify_sheet *sheet, struct buffer *out,
                           const struct facts *f)
{
	const int confidence = notify_confidence(f->fingerprint);
	buffer_text(out, ",\n");
	open_object(out, "sighting", seen_id(sheet, f, "sighting").text);
	write_created(sheet, out, f->end);
	buffer_format(out,
	              ",\"first_seen\":\"%s\",\"last_seen\":\"%s\",\"count\":%u,"
	              "\"sighting_of_ref\":\"%s\",\"observed_data_refs\":[\"%s\"],"
	              "\"where_sighted_refs\":[\"%s\"]",
	              f->first, f->last, count_of(f->row), meaning_id(sheet, f->fingerprint).text,
	              seen_id(sheet, f, "observed-data").text, identity_id(sheet).text);
	if (confidence >= 0)
		buffer_format(out, ",\"confidence\":%d", confidence);
	buffer_byte(out, '}');
}

// ---- the bundle

static void begin(struct notify_sheet *sheet)
{
	const struct notify_about *about = sheet->about;
	struct buffer *out = &sheet->out;
	struct buffer names = buffer_up_to(PARTS_MAX);
	char end_time[CALENDAR_TIME_SIZE];
	time_format(about->end_ns, 3, end_time);
	for (size_t i = 0; i < about->family_count; i++)
		buffer_format(&names, "%s,", about->families[i]->name);
	buffer_byte(&names, '\0');
	const struct id id = object_id(
		"bundle", (const char *const[]){ producer_of(sheet), sheet->stem, end_time,
	                                         (const char *)names.bytes, NULL });
	buffer_format(out, "{\"type\":\"bundle\",\"id\":\"%s\",\"objects\":[\n", id.text);
	write_identity(sheet, out);
	for (size_t i = 0; i < about->family_count; i++) {
		write_meaning(sheet, out, about->families[i]);
		write_note(sheet, out, about->families[i]);
	}
	out->failed |= names.failed;
	buffer_done(&names);
}

static void add(struct notify_sheet *sheet, const struct notify_row *row)
{
	const struct facts f = facts_of(sheet, row);
	if (!sheet->has_source || sheet->last_source != row->source) {
		sheet->ports.count = 0;
		write_address(sheet, &f, row);
	}
	for (size_t i = 0; i < row->port_count; i++)
		write_traffic(sheet, &f, row->ports[i]);
	write_observed(sheet, &sheet->out, &f);
	write_sighting(sheet, &sheet->out, &f);
}

static void end(struct notify_sheet *sheet)
{
	buffer_text(&sheet->out, "\n]}\n");
}

const struct notify_writer notify_stix = { "json", begin, add, end };
