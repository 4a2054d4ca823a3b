// SPDX-License-Identifier: MIT
// The columns of answers about what hosts answered.
#include "answer/schemas.h"

static const struct column responses[] = {
	{ "address", CELL_ADDRESS },
	{ "port", CELL_NUMBER },
	{ "time", CELL_TIME, .spare = 1 },
	{ "status", CELL_TEXT },
	{ "bytes", CELL_NUMBER, .spare = 2 },
	{ "digest", CELL_TEXT, .is_detail = true },
	{ "banner", CELL_TEXT },
};
static const struct column whole_responses[] = {
	{ "address", CELL_ADDRESS }, { "port", CELL_NUMBER },  { "time", CELL_TIME },
	{ "probe", CELL_TEXT },      { "status", CELL_TEXT },  { "response", CELL_TEXT },
	{ "cut", CELL_NUMBER },      { "lossy", CELL_NUMBER },
};

void responses_schema(const struct question *q, struct schema *out)
{
	if (q->responses.is_whole)
		ADD(out, whole_responses);
	else
		ADD(out, responses);
}

static const struct column accessibility[] = {
	{ "attacked_port", CELL_NUMBER },       { "probed_port", CELL_NUMBER },
	{ "hosts", CELL_NUMBER, UNIT_SOURCES }, { "accessible", CELL_NUMBER, UNIT_SOURCES },
	{ "share", CELL_REAL, UNIT_SHARE },
};

void accessibility_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, accessibility);
}

static const struct column device_clusters[] = {
	{ "cluster", CELL_NUMBER },
	{ "hosts", CELL_NUMBER, UNIT_SOURCES },
	{ "infected", CELL_NUMBER, UNIT_SOURCES },
	{ "ports", CELL_TEXT, .form = FORM_NUMBERS },
};
static const struct column device_label[] = { { "label", CELL_TEXT },
	                                      { "label_share", CELL_REAL, UNIT_SHARE } };
static const struct column device_answer[] = { { "medoid", CELL_ADDRESS },
	                                       { "banner", CELL_TEXT } };
static const struct column device_nearest[] = { { "nearest", CELL_NUMBER },
	                                        { "nearest_distance", CELL_REAL },
	                                        { "tells", CELL_TEXT },
	                                        { "countries", CELL_TEXT } };
static const struct column device_cluster[] = { { "cluster", CELL_NUMBER } };
static const struct column device_port[] = { { "attacked_port", CELL_NUMBER } };
static const struct column device_place[] = { { "country", CELL_TEXT }, { "name", CELL_TEXT } };
static const struct column device_day[] = { { "day", CELL_DAY } };
static const struct column device_infected[] = { { "infected", CELL_NUMBER, UNIT_SOURCES } };

void devices_schema(const struct question *q, struct schema *out)
{
	if (q->devices.by == DEVICES_CLUSTERS) {
		ADD(out, device_clusters);
		if (q->devices.has_labels)
			ADD(out, device_label);
		ADD(out, device_answer);
		ADD(out, device_nearest);
		return;
	}
	ADD(out, device_cluster);
	if (q->devices.by == DEVICES_BY_PORT)
		ADD(out, device_port);
	else if (q->devices.by == DEVICES_BY_COUNTRY)
		ADD(out, device_place);
	else
		ADD(out, device_day);
	ADD(out, device_infected);
}
