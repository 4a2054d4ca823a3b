// SPDX-License-Identifier: MIT
// MaxMind DB files (https://maxmind.github.io/MaxMind-DB/): a binary tree over the bits of
// addresses, whose leaves are offsets of records. libmaxminddb reads it; a record is decoded when its
// offset is met for the first time, and afterwards is a number in a table.
//
// Who makes such files calls one thing by several names; the paths below are those of MaxMind
// (GeoLite2 and GeoIP2: Country, City, ASN), of ip-location-db, and of IPinfo.
#include "base/calendar.h"
#include "base/memory.h"
#include "base/text.h"
#include "place/database.h"

#include <arpa/inet.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <string.h>

// What is looked at to see what a database is about: addresses outside are everybody's own.
#define PROBE_FIRST UINT32_C(0x01000000)
#define PROBE_LAST UINT32_C(0xdfffffff)

enum {
	MARKER_WITHIN = 128 * 1024,  // of the end of the file
	PATH_MAX_WORDS = 4,          // with the NULL
	PROBE_RANGES = 4096,
	IPV6_PREFIX = 96,  // IPv4 addresses are ::a.b.c.d
	SECONDS_A_DAY = 86400,
	DAY_MAX = 2932896  // 9999-12-31
};

static const char marker[] = "\xab\xcd\xefMaxMind.com";

struct mmdb {
	MMDB_s file;
	struct key_map by_offset;  // numbers of places
};

// Where something may stand in a record, the best place first.
typedef const char *record_path[PATH_MAX_WORDS];
static const record_path country_paths[] = { { "country", "iso_code" },
	                                     { "country_code" },
	                                     { "country" },
	                                     { "registered_country", "iso_code" },
	                                     { NULL } };
static const record_path country_name_paths[] = { { "country", "names", "en" },
	                                          { "registered_country", "names", "en" },
	                                          { "country_name" },
	                                          { "country" },
	                                          { NULL } };
static const record_path network_paths[] = {
	{ "autonomous_system_number" }, { "asn" }, { "as_number" }, { NULL }
};
static const record_path network_name_paths[] = { { "autonomous_system_organization" },
	                                          { "as_name" },
	                                          { "as_organization" },
	                                          { "name" },
	                                          { NULL } };

static bool mmdb_recognise(struct span file)
{
	const struct span end = span_from(
		file, file.length > MARKER_WITHIN ? file.length - MARKER_WITHIN : 0);
	return end.length > 0 && memmem(end.bytes, end.length, marker, sizeof marker - 1) != NULL;
}

// The value at a path; false if there is none. Damage on the way is noted.
static bool get(MMDB_entry_s *record, const record_path path, MMDB_entry_data_s *out,
                bool *is_damaged)
{
	const int status = MMDB_aget_value(record, out, path);
	if (status != MMDB_SUCCESS && status != MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR &&
	    status != MMDB_INVALID_LOOKUP_PATH_ERROR)
		*is_damaged = true;
	return status == MMDB_SUCCESS && out->has_data;
}

static struct span text_of(const MMDB_entry_data_s *data)
{
	if (data->type != MMDB_DATA_TYPE_UTF8_STRING || data->utf8_string == NULL)
		return (struct span){ .length = 0 };
	return (struct span){ (const uint8_t *)data->utf8_string, data->data_size };
}

static bool number_of(const MMDB_entry_data_s *data, uint64_t *out)
{
	switch (data->type) {
	case MMDB_DATA_TYPE_UINT16: *out = data->uint16; return true;
	case MMDB_DATA_TYPE_UINT32: *out = data->uint32; return true;
	case MMDB_DATA_TYPE_UINT64: *out = data->uint64; return true;
	case MMDB_DATA_TYPE_INT32: *out = (uint64_t)data->int32; return data->int32 >= 0;
	default: return place_read_network(text_of(data), out);
	}
}

static struct span first_text(MMDB_entry_s *record, const record_path *paths, bool *is_damaged)
{
	MMDB_entry_data_s data;
	for (; (*paths)[0] != NULL; paths++)
		if (get(record, *paths, &data, is_damaged) && text_of(&data).length > 0)
			return text_of(&data);
	return (struct span){ .length = 0 };
}

// False: the record says nothing of that kind of place.
static bool read_country(MMDB_entry_s *record, struct place_words *out, bool *is_damaged)
{
	MMDB_entry_data_s data;
	bool is_there = false;
	for (const record_path *path = country_paths; (*path)[0] != NULL; path++) {
		if (!get(record, *path, &data, is_damaged))
			continue;
		const struct span code = text_of(&data);
		is_there = is_there || place_is_nothing(code);
		if (place_is_country(code)) {
			out->country = code;
			out->name = first_text(record, country_name_paths, is_damaged);
			return true;
		}
	}
	return is_there;
}

static bool read_network(MMDB_entry_s *record, struct place_words *out, bool *is_damaged)
{
	MMDB_entry_data_s data;
	for (const record_path *path = network_paths; (*path)[0] != NULL; path++)
		if (get(record, *path, &data, is_damaged) && number_of(&data, &out->network)) {
			out->name = first_text(record, network_name_paths, is_damaged);
			return true;
		}
	return false;
}

static bool read_record(MMDB_entry_s *record, enum place_kind kind, struct place_words *out,
                        bool *is_damaged)
{
	*out = (struct place_words){ .kind = kind };
	return kind == PLACE_COUNTRY ? read_country(record, out, is_damaged)
	                             : read_network(record, out, is_damaged);
}

// The place of a record that was not met before.
static bool intern(struct database *d, MMDB_entry_s *record, uint32_t *out)
{
	struct mmdb *m = d->state;
	struct place_words words;
	bool is_damaged = false;
	uint32_t place = PLACE_UNKNOWN;
	if (read_record(record, d->kind, &words, &is_damaged) &&
	    !place_list_add(d->places, &words, d->rank, &place))
		return false;
	d->bad_records += is_damaged;
	*out = place;
	return key_map_add(&m->by_offset, record->offset, place);
}

// The record of an address, and the range that it stands for. Of a tree that is damaged there a
// range of one address is nobody's.
static MMDB_lookup_result_s look_up(struct database *d, uint32_t address, struct place_range *out)
{
	const struct mmdb *m = d->state;
	const struct sockaddr_in wanted = { .sin_family = AF_INET,
		                            .sin_addr.s_addr = htonl(address) };
	int status = MMDB_SUCCESS;
	MMDB_lookup_result_s result = MMDB_lookup_sockaddr(
		&m->file, (const struct sockaddr *)&wanted, &status);
	*out = (struct place_range){ address, address, PLACE_UNKNOWN };
	if (status != MMDB_SUCCESS) {
		d->bad_records++;
		result.found_entry = false;
		return result;
	}
	unsigned bits = result.netmask;
	if (m->file.metadata.ip_version == 6)
		bits = bits > IPV6_PREFIX ? bits - IPV6_PREFIX : 0;
	const uint32_t below = bits >= 32 ? 0 : UINT32_MAX >> bits;
	out->first = address & ~below;
	out->last = address | below;
	return result;
}

static bool mmdb_find(struct database *d, uint32_t address, struct place_range *out)
{
	const struct mmdb *m = d->state;
	struct place_range range;
	MMDB_lookup_result_s result = look_up(d, address, &range);
	if (result.found_entry) {
		const uint32_t *known = key_map_find(&m->by_offset, result.entry.offset);
		if (known != NULL)
			range.place = *known;
		else if (!intern(d, &result.entry, &range.place))
			return false;
	}
	*out = range;
	return true;
}

enum finding { FOUND_NOTHING, FOUND_RECORDS, FOUND_OTHER_KIND, FOUND_KIND };

// What the first ranges of the database are about.
static enum finding probe(struct database *d)
{
	const enum place_kind other = d->kind == PLACE_COUNTRY ? PLACE_NETWORK : PLACE_COUNTRY;
	enum finding best = FOUND_NOTHING;
	struct place_range range = { .last = PROBE_FIRST - 1 };
	for (unsigned i = 0; i < PROBE_RANGES && range.last < PROBE_LAST; i++) {
		struct place_words words;
		enum finding found = FOUND_RECORDS;
		bool ignored;
		MMDB_lookup_result_s result = look_up(d, range.last + 1, &range);
		if (!result.found_entry)
			continue;
		if (read_record(&result.entry, d->kind, &words, &ignored))
			return FOUND_KIND;
		if (read_record(&result.entry, other, &words, &ignored))
			found = FOUND_OTHER_KIND;
		best = found > best ? found : best;
	}
	return best;
}

static bool check_content(struct database *d, struct error *error)
{
	const enum finding found = probe(d);
	d->bad_records = 0;
	switch (found) {
	case FOUND_KIND: return true;
	case FOUND_OTHER_KIND: return database_wrong_kind(d, error);
	case FOUND_NOTHING: return database_no_ipv4(d, error);
	case FOUND_RECORDS: break;
	}
	return error_set(error, ERROR_FAILED,
	                 "'%s' (%s) has records of neither countries nor networks", d->name,
	                 d->type);
}

// The metadata's own words, made harmless.
static bool note_metadata(struct database *d, const MMDB_metadata_s *metadata)
{
	const char *text = metadata->database_type != NULL ? metadata->database_type : "";
	const struct span type = { (const uint8_t *)text, strnlen(text, DATABASE_TYPE_SIZE) };
	char clean[PLACE_NAME_SIZE];
	if (!place_clean_text(type, clean))
		return false;
	text_copy(d->type, sizeof d->type, clean);
	const uint64_t days = metadata->build_epoch / SECONDS_A_DAY;
	d->built_day = days == 0 || days > DAY_MAX ? INT32_MIN : (int32_t)days;
	return true;
}

static void mmdb_close(struct database *d)
{
	struct mmdb *m = d->state;
	if (m == NULL)
		return;
	if (m->file.file_content != NULL)
		MMDB_close(&m->file);
	key_map_done(&m->by_offset);
	memory_free(m);
	d->state = NULL;
}

static bool mmdb_open(struct database *d, struct span file, struct error *error)
{
	(void)file;
	struct mmdb *m = memory_new(1, sizeof *m);
	if (m == NULL)
		return error_memory(error, "a database");
	const int status = MMDB_open(d->path, MMDB_MODE_MMAP, &m->file);
	if (status != MMDB_SUCCESS) {
		memory_free(m);
		return error_set(error, ERROR_FAILED, "'%s' is damaged: %s", d->name,
		                 MMDB_strerror(status));
	}
	d->state = m;
	if (note_metadata(d, &m->file.metadata) ? check_content(d, error)
	                                        : error_memory(error, "a database"))
		return true;
	mmdb_close(d);
	return false;
}

const struct database_format database_mmdb = {
	.recognise = mmdb_recognise,
	.open = mmdb_open,
	.find = mmdb_find,
	.close = mmdb_close,
};
