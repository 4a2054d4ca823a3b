// SPDX-License-Identifier: MIT
#include "place/place.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "base/text.h"
#include "place/test_mmdb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// libmaxminddb 1.7 forgets what it has read of metadata when the rest of it is damaged: some KiB
// each time, and a process opens a database once.
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libmaxminddb";
}

static struct test_mmdb mmdb;  // too large for the stack
static char path[64];

static const char *write_file(const void *bytes, size_t length)
{
	text_format(path, sizeof path, "%s/place-XXXXXX", "/tmp");
	const int fd = mkstemp(path);
	CHECK(fd >= 0 && write(fd, bytes, length) == (ssize_t)length);
	close(fd);
	return path;
}

static struct place_atlas *open_bytes(enum place_kind kind, const void *bytes, size_t length,
                                      struct error *error)
{
	struct place_atlas *atlas = NULL;
	const struct place_source source = {
		.path = write_file(bytes, length),
		.name = "db",
		.from = INT32_MIN,
		.to = INT32_MAX,
		.other_option = kind == PLACE_COUNTRY ? "--asn-db" : "--country-db",
	};
	if (!place_atlas_open(kind, &source, 1, &atlas, error))
		atlas = NULL;
	unlink(path);
	return atlas;
}

static struct place_atlas *open_text(enum place_kind kind, const char *text, struct error *error)
{
	return open_bytes(kind, text, strlen(text), error);
}

// "JP Japan 1.0.0.0-1.0.0.255", as a text that is valid until the next call.
static const char *find(struct place_atlas *atlas, const char *address)
{
	static char text[256];
	char first[TEXT_IPV4_SIZE], last[TEXT_IPV4_SIZE];
	struct place_range range;
	uint32_t a;
	if (!text_ipv4(address, &a) || !place_find(atlas, 0, a, &range))
		return "failed";
	const struct place *place = place_at(atlas, range.place);
	text_from_ipv4(range.first, first);
	text_from_ipv4(range.last, last);
	text_format(text, sizeof text, "%s %s %s-%s", place->id, place->name, first, last);
	return text;
}

static bool finds(struct place_atlas *atlas, const char *address, const char *expected)
{
	const char *found = find(atlas, address);
	if (text_equal(found, expected))
		return true;
	printf("%s: %s, not %s\n", address, found, expected);
	return false;
}

TEST(table_of_networks)
{
	struct error error;
	struct place_atlas *atlas = open_text(PLACE_NETWORK,
	                                      "1.0.0.0,1.0.0.255,13335,\"Cloudflare, Inc.\"\n"
	                                      "1.0.4.0,1.0.7.255,AS38803,Gtelecom \"Pty\" Ltd\r\n"
	                                      "16778240,16778245,7,\"say \"\"so\"\"\"\n",
	                                      &error);
	CHECK(atlas == NULL &&
	      strstr(error.text, "'db' line 3: ranges must ascend, and none") != NULL);
	atlas = open_text(PLACE_NETWORK,
	                  "first,last,asn,name\n"
	                  "1.0.0.0,1.0.0.255,13335,\"Cloudflare, Inc.\"\n"
	                  "\n# a remark\n"
	                  "1.0.4.0,1.0.7.255,AS38803,Gtelecom \"Pty\" Ltd\r\n"
	                  "16779264,16779519,7,\"say \"\"so\"\"\"\n"
	                  "2001:db8::,2001:db8::ff,9,six\n"
	                  "255.255.255.0,255.255.255.255,0,Not routed",
	                  &error);
	CHECK(atlas != NULL);
	if (atlas == NULL)
		return;
	CHECK(finds(atlas, "0.0.0.0", "unknown  0.0.0.0-0.255.255.255"));
	CHECK(finds(atlas, "1.0.0.7", "AS13335 Cloudflare, Inc. 1.0.0.0-1.0.0.255"));
	CHECK(finds(atlas, "1.0.1.0", "unknown  1.0.1.0-1.0.3.255"));
	CHECK(finds(atlas, "1.0.7.255", "AS38803 Gtelecom \"Pty\" Ltd 1.0.4.0-1.0.7.255"));
	CHECK(finds(atlas, "1.0.8.0", "AS7 say \"so\" 1.0.8.0-1.0.8.255"));
	CHECK(finds(atlas, "9.9.9.9", "unknown  1.0.9.0-255.255.254.255"));
	CHECK(finds(atlas, "255.255.255.255", "unknown  255.255.255.0-255.255.255.255"));
	CHECK(place_count(atlas) == 4);
	place_atlas_close(atlas);
}

TEST(table_of_iptoasn_serves_both)
{
	static const char text[] = "1.0.0.0\t1.0.0.255\t13335\tUS\tCLOUDFLARENET\n"
				   "1.0.1.0\t1.0.3.255\t0\tNone\tNot routed\n"
				   "1.0.4.0\t1.0.7.255\t38803\tau\tGTELECOM\n";
	struct error error;
	struct place_atlas *countries = open_text(PLACE_COUNTRY, text, &error);
	struct place_atlas *networks = open_text(PLACE_NETWORK, text, &error);
	CHECK(countries != NULL && networks != NULL);
	if (countries != NULL && networks != NULL) {
		CHECK(finds(countries, "1.0.0.0", "US United States 1.0.0.0-1.0.0.255"));
		CHECK(finds(countries, "1.0.2.0", "unknown  1.0.1.0-1.0.3.255"));
		CHECK(finds(countries, "1.0.4.0", "AU Australia 1.0.4.0-1.0.7.255"));
		CHECK(finds(networks, "1.0.4.0", "AS38803 GTELECOM 1.0.4.0-1.0.7.255"));
		CHECK(finds(networks, "1.0.2.0", "unknown  1.0.1.0-1.0.3.255"));
	}
	place_atlas_close(countries);
	place_atlas_close(networks);
}

static void put_country(struct buffer *data, const char *key, const char *code, const char *name)
{
	test_put_text(data, key);
	test_put_map(data, 2);
	test_put_text(data, "iso_code");
	test_put_text(data, code);
	test_put_text(data, "names");
	test_put_map(data, 1);
	test_put_text(data, "en");
	test_put_text(data, name);
}

TEST(mmdb_of_countries)
{
	struct error error;
	for (unsigned size = 24; size <= 32; size += 4)
		for (unsigned version = 4; version <= 6; version += 2) {
			test_mmdb_init(&mmdb, size, version);
			mmdb.type = "GeoLite2-Country";
			test_mmdb_insert(&mmdb, 0x01000000, 24, test_mmdb_next(&mmdb));
			test_put_map(&mmdb.data, 2);
			put_country(&mmdb.data, "country", "JP", "Land of the rising sun");
			put_country(&mmdb.data, "registered_country", "US", "");
			test_mmdb_insert(&mmdb, 0x01000400, 22, test_mmdb_next(&mmdb));
			test_put_map(&mmdb.data, 1);
			put_country(&mmdb.data, "registered_country", "EU", "Europe\x1b[1m");
			struct buffer file = test_mmdb_file(&mmdb);
			struct place_atlas *atlas = open_bytes(PLACE_COUNTRY, file.bytes,
			                                       file.length, &error);
			CHECK(atlas != NULL);
			if (atlas != NULL) {
				CHECK(finds(atlas, "1.0.0.9", "JP Japan 1.0.0.0-1.0.0.255"));
				CHECK(finds(atlas, "1.0.5.0",
				            "EU Europe\xef\xbf\xbd[1m 1.0.4.0-1.0.7.255"));
				CHECK(finds(atlas, "1.0.1.0", "unknown  1.0.1.0-1.0.1.255"));
				CHECK(finds(atlas, "200.0.0.0",
				            "unknown  128.0.0.0-255.255.255.255"));
				const struct place_origin origin = place_origin_at(atlas, 0);
				CHECK(text_equal(origin.type, "GeoLite2-Country"));
				CHECK(origin.built_day == 17075);
				CHECK(origin.bad_records == 0);
			} else
				printf("%s\n", error.text);
			place_atlas_close(atlas);
			buffer_done(&file);
			test_mmdb_done(&mmdb);
		}
}

// ---- a naive model: all ranges, one after the other

struct naive {
	uint32_t first, last, network;
};

static uint32_t naive_find(const struct naive *ranges, size_t count, uint32_t address)
{
	for (size_t i = 0; i < count; i++)
		if (address >= ranges[i].first && address <= ranges[i].last)
			return ranges[i].network;
	return 0;
}

// What an atlas says is what the model says, at the address and at the ends of the range around it.
static bool agrees(struct place_atlas *atlas, const struct naive *ranges, size_t count,
                   uint32_t address)
{
	struct place_range range;
	char id[PLACE_ID_SIZE] = "unknown";
	const uint32_t network = naive_find(ranges, count, address);
	if (network != 0)
		text_format(id, sizeof id, "AS%u", network);
	if (!place_find(atlas, 0, address, &range) || range.first > address || range.last < address)
		return false;
	return text_equal(place_at(atlas, range.place)->id, id) &&
	       naive_find(ranges, count, range.first) == network &&
	       naive_find(ranges, count, range.last) == network;
}

static bool agrees_all_over(struct place_atlas *atlas, const struct naive *ranges, size_t count,
                            struct random *random)
{
	bool ok = atlas != NULL;
	for (size_t i = 0; ok && i < count; i++)
		ok = agrees(atlas, ranges, count, ranges[i].first) &&
		     agrees(atlas, ranges, count, ranges[i].last) &&
		     agrees(atlas, ranges, count, ranges[i].last + 1) &&
		     agrees(atlas, ranges, count, ranges[i].first - 1);
	for (size_t i = 0; ok && i < 500; i++)
		ok = agrees(atlas, ranges, count, (uint32_t)random_u64(random));
	return ok;
}

enum { NAIVE_MAX = 200 };

TEST(tables_are_as_a_naive_scan)
{
	for (uint64_t seed = 1; seed <= random_rounds(30); seed++) {
		struct random random = random_from(seed);
		struct naive ranges[NAIVE_MAX];
		struct buffer text = buffer_up_to(1 << 20);
		size_t count = 0;
		struct error error;
		for (uint64_t at = random_below(&random, 1 << 20); at < UINT32_MAX; count++) {
			const uint64_t length = random_below(&random, UINT32_C(1)
			                                                      << (seed % 26 + 1));
			const uint64_t last = at + length > UINT32_MAX ? UINT32_MAX : at + length;
			if (count == NAIVE_MAX)
				break;
			ranges[count] = (struct naive){ (uint32_t)at, (uint32_t)last,
				                        (uint32_t)random_below(&random, 20) };
			buffer_format(&text, "%u%c%u%c%u%cname\n", (unsigned)at, ",\t"[seed % 2],
			              (unsigned)last, ",\t"[seed % 2], ranges[count].network,
			              ",\t"[seed % 2]);
			at = last + 1 + random_below(&random, 2) * random_below(&random, 1 << 25);
		}
		struct place_atlas *atlas = open_bytes(PLACE_NETWORK, text.bytes, text.length,
		                                       &error);
		const bool ok = agrees_all_over(atlas, ranges, count, &random);
		CHECK(ok);
		if (!ok)
			printf("seed %llu\n", (unsigned long long)seed);
		place_atlas_close(atlas);
		buffer_done(&text);
	}
}

// Prefixes, the shorter ones first, so that later ones lie inside; the model asks the last first.
static size_t insert_prefixes(struct random *random, struct naive *ranges)
{
	size_t count = 0;
	for (unsigned bits = 3; bits <= 32; bits++)
		for (unsigned i = 0; i < 5; i++) {
			const uint32_t below = bits == 32 ? 0 : UINT32_MAX >> bits;
			const uint32_t first = (uint32_t)random_u64(random) & ~below;
			const uint32_t network = (uint32_t)random_below(random, 15);
			ranges[count++] = (struct naive){ first, first | below, network };
			test_mmdb_insert(&mmdb, first, bits, test_mmdb_next(&mmdb));
			test_put_map(&mmdb.data, 1);
			test_put_text(&mmdb.data, "autonomous_system_number");
			test_put_u32(&mmdb.data, network);
		}
	for (size_t i = 0; i < count / 2; i++) {
		const struct naive swapped = ranges[i];
		ranges[i] = ranges[count - 1 - i];
		ranges[count - 1 - i] = swapped;
	}
	return count;
}

TEST(trees_are_as_a_naive_scan)
{
	for (uint64_t seed = 1; seed <= random_rounds(12); seed++) {
		struct random random = random_from(seed);
		struct naive ranges[NAIVE_MAX];
		struct error error = { .text = "" };
		test_mmdb_init(&mmdb, 24 + (unsigned)(seed % 3) * 4, seed % 2 == 0 ? 4 : 6);
		const size_t count = insert_prefixes(&random, ranges);
		struct buffer file = test_mmdb_file(&mmdb);
		struct place_atlas *atlas = open_bytes(PLACE_NETWORK, file.bytes, file.length,
		                                       &error);
		const bool ok = agrees_all_over(atlas, ranges, count, &random);
		CHECK(ok);
		if (!ok)
			printf("seed %llu: %s\n", (unsigned long long)seed, error.text);
		place_atlas_close(atlas);
		buffer_done(&file);
		test_mmdb_done(&mmdb);
	}
}

// ---- records in the wild

static struct buffer mmdb_of_ipinfo(void)
{
	test_mmdb_init(&mmdb, 24, 4);
	mmdb.type = "ipinfo lite";
	test_mmdb_insert(&mmdb, 0x01000000, 8, test_mmdb_next(&mmdb));
	test_put_map(&mmdb.data, 4);
	test_put_text(&mmdb.data, "country");
	test_put_text(&mmdb.data, "Japan, as they say");
	test_put_text(&mmdb.data, "country_code");
	test_put_text(&mmdb.data, "JP");
	test_put_text(&mmdb.data, "asn");
	test_put_text(&mmdb.data, "AS4713");
	test_put_text(&mmdb.data, "as_name");
	test_put_text(&mmdb.data, "OCN");
	test_mmdb_insert(&mmdb, 0x02000000, 8, test_mmdb_next(&mmdb));
	test_put_map(&mmdb.data, 0);
	return test_mmdb_file(&mmdb);
}

TEST(one_database_serves_both)
{
	struct error error;
	struct buffer file = mmdb_of_ipinfo();
	struct place_atlas *countries = open_bytes(PLACE_COUNTRY, file.bytes, file.length, &error);
	struct place_atlas *networks = open_bytes(PLACE_NETWORK, file.bytes, file.length, &error);
	CHECK(countries != NULL && networks != NULL);
	if (countries != NULL && networks != NULL) {
		CHECK(finds(countries, "1.2.3.4", "JP Japan 1.0.0.0-1.255.255.255"));
		CHECK(finds(networks, "1.2.3.4", "AS4713 OCN 1.0.0.0-1.255.255.255"));
		CHECK(finds(networks, "2.0.0.0", "unknown  2.0.0.0-2.255.255.255"));
		CHECK(place_origin_at(networks, 0).bad_records == 0);
	}
	place_atlas_close(countries);
	place_atlas_close(networks);
	buffer_done(&file);
	test_mmdb_done(&mmdb);
}

TEST(a_damaged_record_is_unknown_and_counted_once)
{
	struct error error = { .text = "" };
	test_mmdb_init(&mmdb, 24, 4);
	test_mmdb_insert(&mmdb, 0x01000000, 8, test_mmdb_next(&mmdb));
	test_put_map(&mmdb.data, 1);
	test_put_text(&mmdb.data, "country_code");
	test_put_text(&mmdb.data, "JP");
	test_mmdb_insert(&mmdb, 0x02000000, 8, test_mmdb_next(&mmdb));
	test_put_map(&mmdb.data, 1);
	test_put_text(&mmdb.data, "country_code");
	test_put_pointer(&mmdb.data, 2000);  // behind the end of the file
	struct buffer file = test_mmdb_file(&mmdb);
	struct place_atlas *atlas = open_bytes(PLACE_COUNTRY, file.bytes, file.length, &error);
	CHECK(atlas != NULL);
	if (atlas != NULL) {
		CHECK(place_origin_at(atlas, 0).bad_records == 0);
		CHECK(finds(atlas, "2.0.0.1", "unknown  2.0.0.0-2.255.255.255"));
		CHECK(finds(atlas, "2.0.0.2", "unknown  2.0.0.0-2.255.255.255"));
		CHECK(place_origin_at(atlas, 0).bad_records == 1);
		CHECK(finds(atlas, "1.0.0.2", "JP Japan 1.0.0.0-1.255.255.255"));
	}
	place_atlas_close(atlas);
	buffer_done(&file);
	test_mmdb_done(&mmdb);
}

// ---- what is wrong with a file, in one line

static bool fails(enum place_kind kind, const void *bytes, size_t length, const char *why)
{
	struct error error = { .text = "" };
	struct place_atlas *atlas = open_bytes(kind, bytes, length, &error);
	const bool ok = atlas == NULL && error.kind == ERROR_FAILED &&
	                strchr(error.text, '\n') == NULL && text_starts(error.text, why);
	if (!ok)
		printf("'%s', not '%s'\n", error.text, why);
	place_atlas_close(atlas);
	return ok;
}

static bool fails_text(enum place_kind kind, const char *text, const char *why)
{
	return fails(kind, text, strlen(text), why);
}

TEST(bad_tables_say_where)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{ "", "'db' is empty" },
		{ "\n\n", "'db' has no line with a range" },
		{ "first,last,asn\n", "'db' has no line with a range" },
		{ "1.0.0.0,1.0.0.255,5\n1.0.0.0,1.0.0.255,6\n", "'db' line 2: ranges must ascend" },
		{ "1.0.0.0,1.0.0.255,5\n1.0.0.4,1.0.0.5,6\n", "'db' line 2: ranges must ascend" },
		{ "1.0.0.9,1.0.0.255,5\n1.0.0.0,1.0.0.8,6\n", "'db' line 2: ranges must ascend" },
		{ "1.0.0.9,1.0.0.0,5\n", "'db' line 1: the range ends before" },
		{ "1.0.0.0,1.0.0.255\n", "'db' line 1: a table has lines of" },
		{ "1.0.0.0/24,Japan,JP\n", "'db' line 1: a table has lines of" },
		{ "1.0.0.0,1.0.0.256,5\n", "'db' line 1: a table has lines of" },
		{ "a,b,c\nd,e,f\n", "'db' line 2: a table has lines of" },
		{ "1.0.0.0,1.0.0.255,5,\"a\n", "'db' line 1: its double quotes" },
		{ "1.0.0.0,1.0.0.255,5,\"a\"b\n", "'db' line 1: its double quotes" },
		{ "2001::,2002::,5\n", "'db' (table) knows no IPv4 address, only IPv6" },
		{ "42540528726795050063891204319802818560,42540528726795050063891204319802818999,5",
		  "'db' (table) knows no IPv4 address, only IPv6" },
		{ "1.0.0.0,1.0.0.255,JP\n", "'db' (table) holds countries, not networks" },
		{ "1.0.0.0,1.0.0.255,5,a\n1.0.1.0,1.0.1.255,6,b\x01\n",
		  "'db' line 2: it holds a control byte" },
		{ "1.0.0.0,1.0.0.255,5\r1.0.1.0,1.0.1.255,6\n",
		  "'db' line 1: it holds a carriage return" },
		{ "\x1f\x8b\x08.....", "'db' is packed (gzip): unpack it first" },
		{ "\x7f"
		  "ELF\1\1",
		  "'db' is neither" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(fails_text(PLACE_NETWORK, bad[i].text, bad[i].why));
	CHECK(fails_text(PLACE_COUNTRY, "1.0.0.0,1.0.0.255,5,JP\n",
	                 "'db' (table) holds networks, not countries: it is for --asn-db"));
	char line[5000];
	memset(line, ',', sizeof line);
	CHECK(fails(PLACE_NETWORK, line, sizeof line, "'db' line 1: it is longer than"));
}

TEST(a_range_that_reaches_into_the_next_ends_before_it)
{
	struct error error;
	struct place_atlas *atlas = open_text(PLACE_COUNTRY,
	                                      "# built: 2026-06-17\n# type: Test of \x1b\n"
	                                      "1.0.0.0,1.0.0.9,JP\n1.0.0.5,1.0.0.20,US\n",
	                                      &error);
	CHECK(atlas != NULL);
	if (atlas == NULL)
		return;
	CHECK(finds(atlas, "1.0.0.4", "JP Japan 1.0.0.0-1.0.0.4"));
	CHECK(finds(atlas, "1.0.0.9", "US United States 1.0.0.5-1.0.0.20"));
	const struct place_origin origin = place_origin_at(atlas, 0);
	CHECK(origin.bad_records == 1 && origin.bad_line == 4 && origin.built_day == 20621);
	CHECK(text_equal(origin.type, "Test of \xef\xbf\xbd"));
	place_atlas_close(atlas);
}

TEST(bad_files_say_what_they_are)
{
	struct error error = { .text = "" };
	struct place_atlas *atlas = NULL;
	const struct place_source missing = { "/nonexistent/x", "x", INT32_MIN, INT32_MAX };
	CHECK(!place_atlas_open(PLACE_COUNTRY, &missing, 1, &atlas, &error) && atlas == NULL);
	CHECK(text_equal(error.text, "cannot open '/nonexistent/x': No such file or directory"));
	const struct place_source folder = { "/tmp", "x", INT32_MIN, INT32_MAX };
	CHECK(!place_atlas_open(PLACE_COUNTRY, &folder, 1, &atlas, &error) && atlas == NULL);
	CHECK(text_equal(error.text, "'/tmp' is no file on a disk, but a folder"));

	test_mmdb_init(&mmdb, 28, 6);
	const uint8_t six[16] = { 0x20, 0x01 };
	test_mmdb_insert_bits(&mmdb, six, 32, test_mmdb_next(&mmdb));
	test_put_map(&mmdb.data, 1);
	test_put_text(&mmdb.data, "country_code");
	test_put_text(&mmdb.data, "JP");
	struct buffer file = test_mmdb_file(&mmdb);
	CHECK(fails(PLACE_COUNTRY, file.bytes, file.length, "'db' (Test) knows no IPv4 address"));
	buffer_done(&file);
	test_mmdb_insert(&mmdb, 0x05000000, 8, 0);
	file = test_mmdb_file(&mmdb);
	CHECK(fails(PLACE_NETWORK, file.bytes, file.length,
	            "'db' (Test) holds countries, not networks: it is for --country-db"));
	CHECK(fails(PLACE_COUNTRY, file.bytes, file.length - 20, "'db' is damaged: "));
	buffer_done(&file);
	test_mmdb_done(&mmdb);
}

// ---- several databases

static const char *find_on(struct place_atlas *atlas, int32_t day)
{
	struct place_range range;
	return place_find(atlas, day, 0x01000001, &range) ? place_at(atlas, range.place)->id : "";
}

TEST(each_day_has_its_database)
{
	static const char *const texts[] = { "1.0.0.0,1.0.0.255,1,one\n",
		                             "1.0.0.0,1.0.0.255,2,two\n",
		                             "1.0.0.0,1.0.0.255,3,three\n",
		                             "1.0.0.0,1.0.0.255,3,later\n" };
	static const int32_t days[][2] = {
		{ INT32_MIN, INT32_MAX }, { 100, 200 }, { 150, 160 }, { 300, INT32_MAX }
	};
	char paths[4][64];
	struct place_source sources[4];
	struct place_atlas *atlas = NULL;
	struct error error;
	for (size_t i = 0; i < 4; i++) {
		text_copy(paths[i], sizeof paths[i], write_file(texts[i], strlen(texts[i])));
		sources[i] = (struct place_source){ paths[i], "db", days[i][0], days[i][1] };
	}
	CHECK(place_atlas_open(PLACE_NETWORK, sources, 4, &atlas, &error));
	if (atlas != NULL) {
		CHECK(text_equal(find_on(atlas, 99), "AS1") &&
		      text_equal(find_on(atlas, 201), "AS1"));
		CHECK(text_equal(find_on(atlas, 100), "AS2") &&
		      text_equal(find_on(atlas, 200), "AS2"));
		CHECK(text_equal(find_on(atlas, 150), "AS3") &&
		      text_equal(find_on(atlas, 160), "AS3"));
		CHECK(text_equal(find_on(atlas, 300), "AS3") && place_atlas_depends_on_day(atlas));
		struct place_range range;
		CHECK(place_find(atlas, 155, 0x01000001, &range));
		CHECK(text_equal(place_at(atlas, range.place)->name, "later"));
	}
	place_atlas_close(atlas);
	CHECK(place_atlas_open(PLACE_NETWORK, sources + 1, 1, &atlas, &error));
	CHECK(text_equal(find_on(atlas, 99), "unknown") && place_atlas_depends_on_day(atlas));
	place_atlas_close(atlas);
	CHECK(place_atlas_open(PLACE_NETWORK, sources, 1, &atlas, &error));
	CHECK(text_equal(find_on(atlas, 99), "AS1") && !place_atlas_depends_on_day(atlas));
	place_atlas_close(atlas);
	CHECK(place_atlas_open(PLACE_NETWORK, NULL, 0, &atlas, &error));
	CHECK(text_equal(find_on(atlas, 99), "unknown") && place_count(atlas) == 1);
	place_atlas_close(atlas);
	for (size_t i = 0; i < 4; i++)
		unlink(paths[i]);
}

TEST(countries_have_names)
{
	CHECK(text_equal(place_country_name("JP", false), "Japan"));
	CHECK(text_equal(place_country_name("JP", true), "日本"));
	CHECK(text_equal(place_country_name("AD", false), "Andorra"));
	CHECK(text_equal(place_country_name("ZW", true), "ジンバブエ"));
	CHECK(place_country_name("EU", false) == NULL && place_country_name("", true) == NULL);
	CHECK(place_country_name("jp", false) == NULL && place_country_name("JPN", false) == NULL);
}

// ---- hostile bytes: nothing crashes, whatever is asked

static void ask_all_over(enum place_kind kind, const void *bytes, size_t length)
{
	struct error error = { .text = "" };
	struct place_atlas *atlas = open_bytes(kind, bytes, length, &error);
	if (atlas == NULL) {
		CHECK(error.text[0] != '\0' && strchr(error.text, '\n') == NULL);
		return;
	}
	for (uint32_t i = 0; i < 64; i++) {
		struct place_range range;
		const uint32_t address = 0x01000000 + i * 0x3f00f1;
		CHECK(place_find(atlas, 0, address, &range));
		CHECK(range.first <= address && address <= range.last);
		CHECK(range.place < place_count(atlas));
	}
	place_atlas_close(atlas);
}

TEST(hostile_databases_do_no_harm)
{
	struct buffer file = mmdb_of_ipinfo();
	for (size_t length = 0; length < file.length; length++)
		ask_all_over(length % 2 == 0 ? PLACE_COUNTRY : PLACE_NETWORK, file.bytes, length);
	for (size_t at = 0; at < file.length; at++)
		for (unsigned bit = 0; bit < 8; bit++) {
			file.bytes[at] ^= (uint8_t)(1 << bit);
			ask_all_over(bit % 2 == 0 ? PLACE_COUNTRY : PLACE_NETWORK, file.bytes,
			             file.length);
			file.bytes[at] ^= (uint8_t)(1 << bit);
		}
	buffer_done(&file);
	test_mmdb_done(&mmdb);
}

TEST(want_of_memory_is_told)
{
	struct buffer file = mmdb_of_ipinfo();
	bool is_done = false;
	for (unsigned long at = 1; !is_done && at < 200; at++) {
		struct error error = { .text = "" };
		struct place_range range;
		const struct place_source source = { write_file(file.bytes, file.length), "db",
			                             INT32_MIN, INT32_MAX };
		struct place_atlas *atlas = NULL;
		memory_fail_at(at);
		is_done = place_atlas_open(PLACE_NETWORK, &source, 1, &atlas, &error) &&
		          place_find(atlas, 0, 0x01000000, &range);
		memory_fail_at(0);
		CHECK(is_done || atlas != NULL || strstr(error.text, "memory") != NULL);
		place_atlas_close(atlas);
		unlink(path);
	}
	CHECK(is_done);
	buffer_done(&file);
	test_mmdb_done(&mmdb);
}

TEST_MAIN
