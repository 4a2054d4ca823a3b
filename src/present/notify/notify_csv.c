// SPDX-License-Identifier: MIT
// Plain CSV: a line a source and fingerprint.
#include "present/notify/notify_write.h"

#include "base/text.h"

#include <inttypes.h>

static void begin(struct notify_sheet *sheet)
{
	buffer_text(&sheet->out,
	            "source,first_seen,last_seen,days,protocol,ports,ports_seen,packets,"
	            "fingerprint,strength,country,asn,as_name");
	buffer_text(&sheet->out, sheet->about->has_home ? ",is_home\n" : "\n");
}

static void add(struct notify_sheet *sheet, const struct notify_row *row)
{
	const struct described_fingerprint *f = row->family;
	struct buffer *out = &sheet->out;
	char source[TEXT_IPV4_SIZE], first[CALENDAR_TIME_SIZE], last[CALENDAR_TIME_SIZE],
		country[3];
	uint32_t asn;
	text_from_ipv4(row->source, source);
	time_format(row->first_ns, 6, first);
	time_format(row->last_ns, 6, last);
	buffer_format(out, "%s,%s,%s,%" PRIu64 ",tcp,", source, first, last, row->days);
	notify_ports(out, row, ";");
	buffer_format(out, ",%" PRIu64 ",%" PRIu64 ",", row->ports_seen, row->packets);
	notify_field(out, f->name);
	buffer_byte(out, ',');
	notify_field(out, f->strength);
	buffer_byte(out, ',');
	if (notify_country(&row->country, country))
		buffer_text(out, country);
	buffer_byte(out, ',');
	if (notify_asn(&row->network, &asn))
		buffer_format(out, "%u", asn);
	buffer_byte(out, ',');
	notify_field(out, row->network.name);
	if (sheet->about->has_home)
		buffer_text(out, row->is_home ? ",yes" : ",no");
	buffer_byte(out, '\n');
}

static void end(struct notify_sheet *sheet)
{
	(void)sheet;
}

const struct notify_writer notify_csv = { "csv", begin, add, end };
