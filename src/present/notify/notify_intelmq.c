// SPDX-License-Identifier: MIT
// IntelMQ events, one JSON object a line: keys and what may stand in them as its data format says
// (github.com/certtools/intelmq, harmonization.conf), classifications as the Reference Security Incident
// Taxonomy has them. time.observation is for the receiver to set.
#include "present/notify/notify_write.h"

#include "base/text.h"

#include <inttypes.h>

static void begin(struct notify_sheet *sheet)
{
	(void)sheet;
}

// 2021-03-07T00:00:00+00:00: IntelMQ writes UTC so.
static void write_time(struct buffer *out, const char *key, uint64_t time_ns)
{
	char text[CALENDAR_TIME_SIZE];
	time_format(time_ns, 0, text);
	for (char *at = text; *at != '\0'; at++)
		if (*at == 'Z')
			*at = '\0';
	buffer_format(out, "\"%s\":\"%s+00:00\",", key, text);
}

static void write_place(struct buffer *out, const struct notify_row *row)
{
	char country[3];
	uint32_t asn;
	if (notify_asn(&row->network, &asn)) {
		buffer_format(out, "\"source.asn\":%u,", asn);
		if (row->network.name[0] != '\0') {
			buffer_text(out, "\"source.as_name\":");
			notify_json(out, row->network.name);
			buffer_byte(out, ',');
		}
	}
	if (notify_country(&row->country, country))
		buffer_format(out, "\"source.geolocation.cc\":\"%s\",", country);
}

static void write_class(struct buffer *out, const struct described_fingerprint *f)
{
	const bool is_infection = notify_is_infection(f);
	const int confidence = notify_confidence(f);
	buffer_format(out, "\"classification.taxonomy\":\"%s\",\"classification.type\":\"%s\",",
	              is_infection ? "malicious-code" : "information-gathering",
	              is_infection ? "infected-system" : "scanner");
	buffer_text(out, "\"classification.identifier\":");
	notify_json(out, f->name);
	if (is_infection) {
		buffer_text(out, ",\"malware.name\":");
		notify_json(out, f->name);
	}
	if (confidence >= 0)
		buffer_format(out, ",\"feed.accuracy\":%d", confidence);
	buffer_byte(out, ',');
}

static void write_extra(struct buffer *out, const struct notify_row *row,
                        const struct described_fingerprint *f)
{
	write_time(out, "extra.first_seen", row->first_ns);
	write_time(out, "extra.last_seen", row->last_ns);
	buffer_format(out,
	              "\"extra.packets\":%" PRIu64 ",\"extra.days\":%" PRIu64 ",\"extra.ports\":[",
	              row->packets, row->days);
	notify_ports(out, row, ",");
	buffer_format(out,
	              "],\"extra.ports_seen\":%" PRIu64 ",\"extra.fingerprint\":", row->ports_seen);
	notify_json(out, f->name);
	buffer_text(out, ",\"extra.fingerprint_strength\":");
	notify_json(out, f->strength);
	buffer_text(out, ",\"extra.fingerprint_rule\":");
	notify_json(out, f->rule);
}

static void add(struct notify_sheet *sheet, const struct notify_row *row)
{
	const struct described_fingerprint *f = row->family;
	struct buffer *out = &sheet->out;
	char source[TEXT_IPV4_SIZE];
	text_from_ipv4(row->source, source);
	buffer_text(out, "{\"feed.name\":\"hotaru darknet\",");
	if (sheet->about->producer != NULL) {
		buffer_text(out, "\"feed.provider\":");
		notify_json(out, sheet->about->producer);
		buffer_byte(out, ',');
	}
	write_time(out, "time.source", row->last_ns);
	buffer_format(out, "\"source.ip\":\"%s\",", source);
	write_place(out, row);
	write_class(out, f);
	buffer_text(out, "\"protocol.transport\":\"tcp\",");
	if (row->port_count > 0)
		buffer_format(out, "\"destination.port\":%u,", row->ports[0]);
	write_extra(out, row, f);
	buffer_text(out, "}\n");
}

static void end(struct notify_sheet *sheet)
{
	(void)sheet;
}

const struct notify_writer notify_intelmq = { "jsonl", begin, add, end };
