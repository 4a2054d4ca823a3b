// SPDX-License-Identifier: MIT
// bench-traffic: captures of chosen shapes, faster than anything reads them.
//
// `hotaru simulate` tells a story whose truth is known; here are the ordinary darknet, and
// the traffic that somebody would send who wants hotaru to be slow or large. The same seed
// gives the same bytes.
#include "traffic.h"

#include "base/options.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_DAY = 17014, LAST_DAY = 49709 };  // 2016-08-01; pcap ends in 2106

struct settings {
	uint64_t packets, sources, days, seed;
	const char *output;
	bool is_shuffled, wants_help;
};

#define FIELD(name) offsetof(struct settings, name)
static const struct option options[] = {
	{ .name = "packets",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(packets),
	  .value = "N",
	  .help = "how many packets (default: 1,000,000)",
	  .minimum = 1,
	  .maximum = 100000000000 },
	{ .name = "sources",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(sources),
	  .value = "N",
	  .help = "from how many sources; of telescope: hosts a day",
	  .minimum = 1,
	  .maximum = 1ull << 32 },
	{ .name = "days",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(days),
	  .value = "N",
	  .help = "over how many days",
	  .minimum = 1,
	  .maximum = LAST_DAY + 1 },
	{ .name = "seed",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(seed),
	  .value = "N",
	  .help = "where the random numbers start (default: 1)" },
	{ .name = "shuffle",
	  .kind = OPTION_FLAG,
	  .offset = FIELD(is_shuffled),
	  .help = "packets in random order of time (not of telescope)" },
	{ .name = "output",
	  .letter = 'o',
	  .kind = OPTION_TEXT,
	  .offset = FIELD(output),
	  .value = "FILE",
	  .help = "write there (default: standard output)" },
	{ .name = "help",
	  .letter = 'h',
	  .kind = OPTION_FLAG,
	  .offset = FIELD(wants_help),
	  .help = "print this help" },
};
static const struct option_table table = { options, sizeof options / sizeof options[0] };

// ---- shapes

static void fill_bot(struct header *h, uint32_t source, uint64_t x)
{
	h->form = FORM_BARE;
	h->source = source;
	h->seq = h->destination;
	h->source_port = (uint16_t)(source >> 3 | 1024);
	h->window = (uint16_t)source;
	h->ttl = (uint8_t)(40 + source % 16);
	h->ip_id = (uint16_t)(x >> 16);
	h->destination_port = x % 11 == 0 ? 2323 : 23;
}

static void fill_sources(const struct traffic *t, struct header *h, uint64_t i, uint64_t x)
{
	fill_bot(h, scattered((uint32_t)(i % t->sources)), x);
}

static void fill_synacks(const struct traffic *t, struct header *h, uint64_t i, uint64_t x)
{
	(void)i;
	fill_bot(h, scattered((uint32_t)((x >> 32) * t->sources >> 32)), x);
	h->form = FORM_SYN_ACK;
	h->source_port = 80;
	h->destination_port = (uint16_t)(x >> 8);
	h->seq = scattered((uint32_t)x);
	h->ack = h->seq ^ h->source;
	h->mss = 1460;
}

static void fill_windows(const struct traffic *t, struct header *h, uint64_t i, uint64_t x)
{
	const uint64_t y = x * 0x9e3779b97f4a7c15;
	fill_bot(h, scattered((uint32_t)(i % t->sources)), x);
	h->form = FORM_MSS;
	h->window = (uint16_t)(y >> 48);
	h->source_port = (uint16_t)(y >> 32);
	h->destination_port = (uint16_t)(y >> 16);
	h->mss = (uint16_t)y;
	h->seq = (uint32_t)(y >> 24);
	h->ttl = (uint8_t)(x >> 56);
	h->tos = (uint8_t)(x >> 48);
}

static void fill_oneports(const struct traffic *t, struct header *h, uint64_t i, uint64_t x)
{
	fill_bot(h, scattered((uint32_t)(i % t->sources)), x);
	h->destination_port = (uint16_t)(i / t->sources * 40503);
}

static const struct shape {
	const char *name, *help;
	uint64_t packets_a_source, sources, days;  // where nothing is asked for; 0: by packets
	bool is_reverse;
	void (*fill)(const struct traffic *, struct header *, uint64_t i, uint64_t random);
} shapes[] = {
	{ "telescope", "an ordinary darknet: 40 packets a host and day, 25 million a day", 0, 0, 0,
	  false, NULL },
	{ "sources", "every packet has a source of its own, one day", 1, 0, 1, false,
	  fill_sources },
	{ "synacks", "a storm of SYN-ACKs, 36 a source, one day", 36, 0, 1, false, fill_synacks },
	{ "windows", "all fields random, 1,000 packets a source, one day", 1000, 0, 1, false,
	  fill_windows },
	{ "oneports", "one source, all ports, one day", 0, 1, 1, false, fill_oneports },
	{ "days", "1,000 sources over 1,000 days", 0, 1000, 1000, false, fill_sources },
	{ "reverse", "1,000 packets a source over 30 days, from the last to the first", 1000, 0, 30,
	  true, fill_sources },
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static bool put_shape(struct traffic *t, const struct shape *shape, struct error *error)
{
	if (shape->fill == NULL)
		return telescope(t, error);
	const uint64_t span_us = t->days * DAY_US, step_us = span_us / t->packets;
	for (uint64_t i = 0; i < t->packets; i++) {
		const uint64_t x = random_u64(&t->random);
		uint64_t into_us = i * step_us;
		if (shape->is_reverse)
			into_us = span_us - 1 - into_us;
		if (t->is_shuffled)
			into_us = (uint64_t)(random_unit(&t->random) * (double)span_us);
		struct header h = {
			.time_us = t->begin_us + into_us,
			.destination = darknet_address((uint32_t)x),
		};
		shape->fill(t, &h, i, x);
		writer_put(t->writer, &h);
	}
	return true;
}

// ---- the command

static void print_help(void)
{
	printf("Usage: bench-traffic SHAPE [options]\n\nWrites a capture (pcap, Ethernet) of this "
	       "shape:\n");
	for (unsigned i = 0; i < SHAPES; i++)
		printf("  %-28s %s\n", shapes[i].name, shapes[i].help);
	printf("\nOptions:\n");
	for (size_t i = 0; i < table.count; i++) {
		char label[OPTION_LABEL_SIZE];
		option_label(&options[i], label);
		printf("  %-28s %s\n", label, options[i].help);
	}
}

// Fills in what was not asked for.
static bool settle(struct settings *s, const struct shape *shape, struct error *error)
{
	enum { HOSTS_EACH = 40, DAY_EACH = 25000000 };
	const uint64_t a_source = shape->packets_a_source;

	if (s->days == 0)
		s->days = shape->days > 0 ? shape->days : (s->packets + DAY_EACH - 1) / DAY_EACH;
	if (s->sources == 0)
		s->sources = shape->sources > 0 ? shape->sources
		             : a_source > 0     ? s->packets / a_source
		                                : s->packets / s->days / HOSTS_EACH;
	if (s->sources == 0)
		s->sources = 1;
	if (shape->fill == NULL && s->packets / s->days >= UINT32_MAX)
		return error_set(error, ERROR_USAGE, "too many packets a day: give more --days");
	return true;
}

static bool run(struct settings *s, const struct shape *shape, struct error *error)
{
	if (!settle(s, shape, error))
		return false;
	const int fd = s->output == NULL
	                       ? STDOUT_FILENO
	                       : open(s->output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return error_errno(error, "%s", s->output);
	const uint64_t first_day = s->days > LAST_DAY - FIRST_DAY ? 0 : FIRST_DAY;
	struct traffic t = {
		.packets = s->packets,
		.sources = s->sources,
		.days = s->days,
		.is_shuffled = s->is_shuffled,
		.begin_us = first_day * DAY_US,
		.random = random_from(s->seed),
		.writer = writer_new(fd, error),
	};
	if (t.writer == NULL)
		return false;
	bool is_good = put_shape(&t, shape, error);
	is_good = writer_end(t.writer, error) && is_good;
	if (close(fd) != 0 && is_good)
		return error_errno(error, "cannot write");
	return is_good;
}

int main(int argc, char **argv)
{
	struct settings settings = { .packets = 1000000, .seed = 1 };
	struct option_words words = { argv + 1, argc > 0 ? (size_t)argc - 1 : 0 };
	const struct option_table *const tables[] = { &table, NULL };
	const struct shape *shape = NULL;
	struct error error = { 0 };
	bool is_good = options_parse(tables, &settings, &words, &error);

	if (is_good && settings.wants_help) {
		print_help();
		return 0;
	}
	for (unsigned i = 0; i < SHAPES && words.count == 1; i++)
		if (text_equal(words.words[0], shapes[i].name))
			shape = &shapes[i];
	if (is_good && shape == NULL)
		is_good = error_set(&error, ERROR_USAGE, "one shape is needed; --help names them");
	if (is_good && run(&settings, shape, &error))
		return 0;
	fprintf(stderr, "bench-traffic: %s\n", error.text);
	return error.kind == ERROR_USAGE ? 2 : 1;
}
