// SPDX-License-Identifier: MIT
#include "place/place.h"

#include "base/disk.h"
#include "base/test.h"
#include "base/text.h"
#include "place/test_mmdb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	const struct place_source source = { write_file(bytes, length), "db", INT32_MIN,
		                             INT32_MAX };
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

TEST_MAIN
