// SPDX-License-Identifier: MIT
// Plain CSV: a line a source and fingerprint.
#include "present/notify/notify_write.h"

#include "base/text.h"
#include "fingerprint/fingerprint.h"

#include <inttypes.h>

static void begin(struct notify_sheet *sheet)
{
	buffer_text(&sheet->out,
	            "source,first_seen,last_seen,days,protocol,ports,ports_seen,packets,"
	            "fingerprint,strength,country,asn,as_name\n");
}

static void add(struct notify_sheet *sheet, const struct notify_row *row)
{
	const struct notice *n = row->notice;
	const struct fingerprint *f = notify_fingerprint(sheet, row);
	struct buffer *out = &sheet->out;
	char source[TEXT_IPV4_SIZE], first[CALENDAR_TIME_SIZE], last[CALENDAR_TIME_SIZE],
		country[3];
	uint32_t asn;
	text_from_ipv4(n->source, source);
	time_format(n->first_ns, 6, first);
	time_format(n->last_ns, 6, last);
	buffer_format(out, "%s,%s,%s,%u,tcp,", source, first, last, n->days);
	notify_ports(out, n);
	buffer_format(out, ",%u,%" PRIu64 ",", n->ports_seen, n->packets);
	notify_field(out, f->name);
	buffer_byte(out, ',');
	notify_field(out, f->strength);
	buffer_byte(out, ',');
	if (notify_country(row->country, country))
		buffer_text(out, country);
	buffer_byte(out, ',');
	if (notify_asn(row->network, &asn))
		buffer_format(out, "%u", asn);
	buffer_byte(out, ',');
	notify_field(out, row->network->name);
	buffer_byte(out, '\n');
}

static void end(struct notify_sheet *sheet)
{
	(void)sheet;
}

const struct notify_writer notify_csv = { "csv", begin, add, end };
