// SPDX-License-Identifier: MIT
// CSV with the columns of Shadowserver's darknet report, event4_honeypot_darknet: their names and
// order are those of its published schema (github.com/The-Shadowserver-Foundation/report_schema,
// reports.json). Readers find columns by the header; what a telescope does not know is empty, and
// what it must not tell: dst_ip and what belongs to it.
#include "present/notify/notify_write.h"

#include "base/text.h"

#include <inttypes.h>

enum event4_column {
	TIMESTAMP,
	PROTOCOL,
	SRC_IP,
	SRC_PORT,
	SRC_ASN,
	SRC_GEO,
	SRC_REGION,
	SRC_CITY,
	SRC_HOSTNAME,
	SRC_NAICS,
	SRC_SECTOR,
	DEVICE_VENDOR,
	DEVICE_TYPE,
	DEVICE_MODEL,
	SEVERITY,
	DST_IP,
	DST_PORT,
	DST_ASN,
	DST_GEO,
	DST_REGION,
	DST_CITY,
	DST_HOSTNAME,
	DST_NAICS,
	DST_SECTOR,
	PUBLIC_SOURCE,
	INFECTION,
	FAMILY,
	TAG,
	APPLICATION,
	VERSION,
	EVENT_ID,
	COUNT,
	COLUMNS
};

static const char *const names[COLUMNS] = {
	"timestamp",  "protocol",      "src_ip",      "src_port",     "src_asn",
	"src_geo",    "src_region",    "src_city",    "src_hostname", "src_naics",
	"src_sector", "device_vendor", "device_type", "device_model", "severity",
	"dst_ip",     "dst_port",      "dst_asn",     "dst_geo",      "dst_region",
	"dst_city",   "dst_hostname",  "dst_naics",   "dst_sector",   "public_source",
	"infection",  "family",        "tag",         "application",  "version",
	"event_id",   "count",
};

static void write_line(struct buffer *out, const char *const cells[COLUMNS])
{
	for (unsigned i = 0; i < COLUMNS; i++) {
		if (i > 0)
			buffer_byte(out, ',');
		if (cells[i] != NULL)
			notify_field(out, cells[i]);
	}
	buffer_byte(out, '\n');
}

static void begin(struct notify_sheet *sheet)
{
	write_line(&sheet->out, names);
}

// The levels are Shadowserver's; its own report is "high" throughout.
static const char *severity(const struct described_fingerprint *f)
{
	if (notify_is_infection(f))
		return "high";
	return text_equal(f->strength, "weak") ? "low" : "info";
}

// 2021-03-07 00:00:00, in UTC.
static void format_timestamp(uint64_t time_ns, char out[CALENDAR_TIME_SIZE])
{
	time_format(time_ns, 0, out);
	for (char *at = out; *at != '\0'; at++) {
		if (*at == 'T')
			*at = ' ';
		if (*at == 'Z')
			*at = '\0';
	}
}

static void add(struct notify_sheet *sheet, const struct notify_row *row)
{
	const struct described_fingerprint *f = row->family;
	char timestamp[CALENDAR_TIME_SIZE], source[TEXT_IPV4_SIZE], asn[16], country[3], port[8];
	char count[24];
	const char *cells[COLUMNS] = { NULL };
	uint32_t number;
	format_timestamp(row->last_ns, timestamp);
	text_from_ipv4(row->source, source);
	text_format(count, sizeof count, "%" PRIu64, row->packets);
	cells[TIMESTAMP] = timestamp;
	cells[PROTOCOL] = "tcp";
	cells[SRC_IP] = source;
	if (notify_asn(&row->network, &number)) {
		text_format(asn, sizeof asn, "%u", number);
		cells[SRC_ASN] = asn;
	}
	if (notify_country(&row->country, country))
		cells[SRC_GEO] = country;
	if (row->port_count > 0) {
		text_format(port, sizeof port, "%u", row->ports[0]);
		cells[DST_PORT] = port;
	}
	cells[SEVERITY] = severity(f);
	cells[PUBLIC_SOURCE] = sheet->about->producer;
	cells[INFECTION] = notify_is_infection(f) ? f->name : NULL;
	cells[TAG] = f->name;
	cells[COUNT] = count;
	write_line(&sheet->out, cells);
}

static void end(struct notify_sheet *sheet)
{
	(void)sheet;
}

const struct notify_writer notify_event4 = { "csv", begin, add, end };
