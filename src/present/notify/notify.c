// SPDX-License-Identifier: MIT
#include "present/notify/notify_write.h"

#include "base/escape.h"
#include "base/memory.h"
#include "base/text.h"

#include <string.h>

const char *const notify_format_names[] = { "csv", "event4", "intelmq", "stix", NULL };

static const struct notify_writer *writer_of(enum notify_format format)
{
	static const struct notify_writer *const writers[] = { &notify_csv, &notify_event4,
		                                               &notify_intelmq, &notify_stix };
	return writers[format];
}

const char *notify_extension(enum notify_format format)
{
	return writer_of(format)->extension;
}

void notify_begin(struct notify_sheet *sheet, enum notify_format format,
                  const struct notify_about *about, const char *stem, size_t maximum)
{
	*sheet = (struct notify_sheet){ .out = buffer_up_to(maximum),
		                        .format = format,
		                        .about = about };
	text_copy(sheet->stem, sizeof sheet->stem, stem);
	writer_of(format)->begin(sheet);
}

void notify_add(struct notify_sheet *sheet, const struct notify_row *row)
{
	writer_of(sheet->format)->add(sheet, row);
	sheet->last_source = row->source;
	sheet->has_source = true;
}

void notify_end(struct notify_sheet *sheet)
{
	writer_of(sheet->format)->end(sheet);
}

void notify_done(struct notify_sheet *sheet)
{
	buffer_done(&sheet->out);
	memory_free(sheet->networks.numbers);
	memory_free(sheet->countries.numbers);
	memory_free(sheet->ports.numbers);
}

bool notify_asn(const struct place *place, uint32_t *out)
{
	uint64_t number;
	if (place->id[0] != 'A' || place->id[1] != 'S' ||
	    !text_u64(place->id + 2, UINT32_MAX, &number))
		return false;
	*out = (uint32_t)number;
	return true;
}

bool notify_country(const struct place *place, char out[3])
{
	for (unsigned i = 0; i < 2; i++)
		if (place->id[i] < 'A' || place->id[i] > 'Z')
			return false;
	// AP, EU, A1 and others that databases have are no countries.
	if (place->id[2] != '\0' || place_country_name(place->id, false) == NULL)
		return false;
	memcpy(out, place->id, 3);
	return true;
}

bool notify_stem(const struct place *place, bool is_country, char out[NOTIFY_STEM_SIZE],
                 uint32_t *out_number)
{
	char country[3];
	uint32_t asn;
	if (is_country && notify_country(place, country)) {
		text_copy(out, NOTIFY_STEM_SIZE, country);
		*out_number = (uint32_t)country[0] << 8 | (uint32_t)country[1];
		return true;
	}
	if (!is_country && notify_asn(place, &asn)) {
		text_format(out, NOTIFY_STEM_SIZE, "AS%u", asn);
		*out_number = asn;
		return true;
	}
	text_copy(out, NOTIFY_STEM_SIZE, "unknown");
	return false;
}

bool notify_is_infection(const struct described_fingerprint *f)
{
	return f->is_family &&
	       (text_equal(f->strength, "seen") || text_equal(f->strength, "published"));
}

int notify_confidence(const struct described_fingerprint *f)
{
	static const struct {
		const char *strength;
		int confidence;
	} scale[] = { { "seen", 85 }, { "published", 50 }, { "weak", 15 } };
	for (size_t i = 0; i < sizeof scale / sizeof *scale; i++)
		if (text_equal(f->strength, scale[i].strength))
			return scale[i].confidence;
	return -1;
}

void notify_ports(struct buffer *out, const struct notify_row *row, const char *separator)
{
	for (size_t i = 0; i < row->port_count; i++)
		buffer_format(out, "%s%u", i > 0 ? separator : "", row->ports[i]);
}

void notify_json(struct buffer *out, const char *text)
{
	buffer_byte(out, '"');
	escape_json(out, text, strlen(text));
	buffer_byte(out, '"');
}

void notify_field(struct buffer *out, const char *text)
{
	escape_csv(out, text, strlen(text));
}
