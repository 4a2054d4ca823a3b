// SPDX-License-Identifier: MIT
#include "cmd/examples.h"

#include <stddef.h>

const struct example examples[] = {
	{ "Infected devices by day and family, straight from captures; the prefix is that of the telescope",
	  "hotaru survey --telescope 192.0.2.0/24 captures" },
	{ "Keep what was learnt of a folder of captures, days as in Japan; again tomorrow, for what is new",
	  "hotaru ingest -s store --zone Asia/Tokyo --telescope 192.0.2.0/24 captures" },
	{ "The telescope was another one: count the same captures anew",
	  "hotaru settings -s store --telescope 198.51.100.0/24 captures" },
	{ "The page with the figures, of the last ninety days that have data",
	  "hotaru report -s store --last 90 -o report" },
	{ "Mirai in the week before the newest day, for a spreadsheet",
	  "hotaru survey -s store --family mirai --from -7 --format csv -o mirai.csv" },
	{ "Ports that are new, and the sources of all families by network",
	  "hotaru ports -s store --new; hotaru places -s store --by asn" },
	{ "Databases of countries and networks for places and notices, kept with the store",
	  "hotaru settings -s store --country-db country.mmdb --asn-db asn.mmdb" },
	{ "Why frames were not understood, in one capture",
	  "hotaru ledger --reasons capture.pcap" },
	{ "Whom to tell, as files by network",
	  "hotaru notify -s store --family mirai --last 1 --by asn -o notices" },
	{ "Keys, tokens and C2 candidates of a folder of samples of malware, which are read and nothing more",
	  "hotaru sample samples --format csv -o samples.csv" },
	{ "Check every byte of a store", "hotaru verify -s store" },
	{ NULL, NULL },
};
