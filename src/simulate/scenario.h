// SPDX-License-Identifier: MIT
// A scenario: who sends what to the telescope, and when. Read from a text file
// that doc/scenarios.md describes; every number in it is bounded by the reader, so that
// the code that uses them need not look again.
//
// Populations are data: a worm, a scanner and the victims of an attack differ in
// the values below and in nothing else.
#pragma once

#include "base/buffer.h"
#include "base/calendar.h"
#include "base/error.h"
#include "base/random.h"
#include "simulate/fixed.h"

enum {
	SCENARIO_POPULATIONS_MAX = 64,
	SCENARIO_POINTS_MAX = 64,
	SCENARIO_CHOICES_MAX = 24,
	SCENARIO_NAME_SIZE = 32,
	SCENARIO_DAYS_MAX = 1100,
	SCENARIO_NETWORKS_MAX = 20000,
	SCENARIO_PAYLOAD_MAX = 1200,
	SCENARIO_MODELS_MAX = 64,
	MODEL_ANSWERS_MAX = 16,
	MODEL_TEXT_MAX = 16 * 1024,
	SCENARIO_VARIANTS_MAX = 32,
	SCENARIO_SENSORS_MAX = 16,
	SENSOR_GAPS_MAX = 16,
	TOKEN_SIZE = 17,
};

enum send {
	SEND_SYN,
	SEND_SYN_ACK,
	SEND_RST,
	SEND_UDP,
	SEND_ICMP_ECHO,
	SEND_ICMP_UNREACHABLE,
	SEND_ARP,
	SEND_FRAGMENT,
	SEND_ICMP_UNREACHABLE_UDP
};
enum seq_rule { SEQ_RANDOM, SEQ_DESTINATION };
enum ip_id_rule { IP_ID_RANDOM, IP_ID_ZERO, IP_ID_ZMAP, IP_ID_MASSCAN };
enum tcp_options { TCP_OPTIONS_NONE, TCP_OPTIONS_MSS, TCP_OPTIONS_LINUX, TCP_OPTIONS_WINDOWS };
enum chosen_per { PER_PROCESS, PER_PACKET };
enum scale_by { SCALE_HOSTS, SCALE_PACKETS };
enum visit_protocol { VISIT_TELNET, VISIT_SSH };

// What a variant's hosts do at a honeypot that lets them in.
enum acts {
	ACTS_SCANS,    // say the token and leave; a loader comes from elsewhere
	ACTS_LOADS,    // scan and load in one session
	ACTS_HAJIME,   // the same, with Hajime's commands
	ACTS_GUESSES,  // try passwords and nothing else
	ACTS_HUMAN     // somebody who types
};

// Values with weights; or any value, except those that mean something.
struct choice {
	bool is_random;
	unsigned count;
	uint16_t values[SCENARIO_CHOICES_MAX];
	uint32_t sums[SCENARIO_CHOICES_MAX];  // of the weights up to here
};

struct point {
	int64_t minute;  // since the Unix epoch
	uint64_t hosts;
};

struct curve {
	size_t count;
	struct point points[SCENARIO_POINTS_MAX];
};

// What a device says on a port: a text as device_text.h has it.
struct model_answer {
	uint16_t port;
	struct buffer text;
};

// A model of devices, and what those of them answer that answer at all.
struct model {
	char name[SCENARIO_NAME_SIZE];
	uint64_t answering_percent, port_percent;
	size_t answer_count;
	struct model_answer answers[MODEL_ANSWERS_MAX];
};

// A variant of malware, as honeypots see it: what its scanners say, and who loads.
struct variant {
	char name[SCENARIO_NAME_SIZE];
	struct curve strength;          // percent of its weight; none: always 100
	uint64_t acts;                  // enum acts
	char token[TOKEN_SIZE];         // "random": five other capitals each time; "": says none
	char loader_token[TOKEN_SIZE];  // "": as `token`
	uint64_t loaders, loader_min_s, loader_max_s;
	uint64_t accepted_percent, fetch_percent;
	uint64_t failed_min, failed_max;
	struct choice protocols;  // enum visit_protocol
	struct choice countries;  // where it is so many times as frequent as elsewhere
};

struct sensor_gap {
	int64_t from, to;  // minutes since the Unix epoch, `to` excluded
};

// A honeypot: so many addresses lead to it.
struct sensor {
	char name[SCENARIO_NAME_SIZE];
	uint32_t address;  // what it believes to be
	uint64_t addresses;
	size_t gap_count;
	struct sensor_gap gaps[SENSOR_GAPS_MAX];
};

// Decimals are kept in thousandths. A duration of 0 means never.
struct population {
	char name[SCENARIO_NAME_SIZE];
	struct curve active;
	uint64_t scale_by;               // enum scale_by
	uint64_t packets_per_day_milli;  // of one host
	uint64_t spread_percent, rhythm_percent;
	uint64_t networks;

	uint64_t lifetime_mean_millidays, lifetime_median_millidays;
	uint64_t reboot_millidays, return_percent, return_millidays;
	uint64_t address_millidays, process_millidays;

	struct choice send;  // enum send
	struct choice ports, source_ports, windows, tos, ttl;
	uint64_t window_per, source_port_per;  // enum chosen_per
	uint64_t path_min, path_max;
	uint64_t seq, ip_id, options;  // enum seq_rule, ip_id_rule, tcp_options
	uint64_t mss_percent;
	uint64_t payload_bytes;

	struct choice
		models;  // number of a model, counted from 1; 0: none. Without any nobody is asked
	struct choice variants;  // the same of a variant; 0: never comes to a honeypot
};

struct prefix {
	uint32_t address;
	unsigned bits;
};

struct scenario {
	int32_t start_day;  // UTC
	uint64_t days;
	struct prefix telescope;
	size_t population_count;
	struct population populations[SCENARIO_POPULATIONS_MAX];
	size_t model_count;
	struct model models[SCENARIO_MODELS_MAX];
	size_t variant_count;
	struct variant variants[SCENARIO_VARIANTS_MAX];
	size_t sensor_count;
	struct sensor sensors[SCENARIO_SENSORS_MAX];
	struct choice countries;  // as country_code(); none: nobody knows where anything is
};

// "JP" as a number, as lists of countries have it.
static inline uint16_t country_code(const char letters[2])
{
	return (uint16_t)((uint8_t)letters[0] << 8 | (uint8_t)letters[1]);
}

// The hosts that shall be active in a minute: straight lines between the points,
// none before the first, and as many as at the last one after it.
uint64_t curve_hosts(const struct curve *, int64_t minute);

static inline uint16_t choice_pick(const struct choice *choice, struct random *random)
{
	if (choice->is_random)
		return (uint16_t)random_u32(random);
	if (choice->count == 1)
		return choice->values[0];
	const uint32_t roll = random_below(random, choice->sums[choice->count - 1]);
	unsigned i = 0;
	while (roll >= choice->sums[i])
		i++;
	return choice->values[i];
}

// A key of a scenario file: where its value goes, and what it may be.
enum key_kind {
	KEY_NUMBER,     // uint64_t
	KEY_DECIMAL,    // uint64_t of thousandths
	KEY_WORD,       // uint64_t, index in `words`
	KEY_LIST,       // struct choice of numbers with weights
	KEY_WORDS,      // struct choice of words with weights
	KEY_CURVE,      // struct curve; may be given again, to go on
	KEY_RANGE,      // two uint64_t, "6-24"
	KEY_DAY,        // int32_t
	KEY_PREFIX,     // struct prefix
	KEY_MODELS,     // struct choice of the models that stand before, with weights
	KEY_ANSWER,     // struct model: "80 TEXT"; may be given again, for more of the port's text
	KEY_VARIANTS,   // as KEY_MODELS, of variants
	KEY_COUNTRIES,  // struct choice of two capital letters with weights
	KEY_TOKEN,      // char[TOKEN_SIZE]
	KEY_ADDRESS,    // uint32_t
	KEY_GAP,        // struct sensor: "FROM TO"; may be given again
};

struct key {
	const char *name;
	enum key_kind kind;
	size_t offset;
	uint64_t minimum, maximum;  // decimals: in thousandths
	const char *const *words;   // NULL at the end. KEY_LIST: not NULL if "random" may stand
};

// Reads the value of a key into its struct. The error says what is expected,
// without the place.
bool scenario_read_value(const struct key *, const char *text, void *fields,
                         struct error *error) MUST_CHECK;
