// SPDX-License-Identifier: MIT
#include "anonymise/anonymise.h"
#include "base/base64.h"
#include "base/calendar.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/text.h"
#include "cmd/confine.h"
#include "cmd/remarks.h"
#include "cmd/take.h"

#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

enum { BATCH = 256, WRITE_SIZE = 1 << 20, SHIFT_DAYS_MAX = 36500 };

struct anonymise_command {
	struct take_command take;
	const char *output, *key, *shift;
};

static bool read_key(const char *path, uint8_t key[ANONYMISE_KEY_SIZE], struct error *error)
{
	char line[2 * ANONYMISE_KEY_SIZE + 2] = "";
	struct buffer bytes = buffer_up_to(ANONYMISE_KEY_SIZE);
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return error_errno(error, "cannot open '%s'", path);
	size_t length = fread(line, 1, sizeof line, file);
	const bool was_read = ferror(file) == 0 || error_errno(error, "cannot read '%s'", path);
	fclose(file);
	length -= length > 0 && line[length - 1] == '\n';
	const bool is_key = length == 2 * ANONYMISE_KEY_SIZE &&
	                    hex_decode(&bytes, (struct span){ (const uint8_t *)line, length }) &&
	                    !bytes.failed;
	if (is_key)
		memcpy(key, bytes.bytes, ANONYMISE_KEY_SIZE);
	if (bytes.length > 0)
		explicit_bzero(bytes.bytes, bytes.length);
	explicit_bzero(line, sizeof line);
	buffer_done(&bytes);
	return was_read &&
	       (is_key || error_set(error, ERROR_USAGE,
	                            "'%s' is no key: that is one line of 64 hexadecimal digits, as "
	                            "`openssl rand -hex 32` prints it",
	                            path));
}

// Without a key of the user's, one that nobody ever knows.
static bool find_key(const struct anonymise_command *c, uint8_t key[ANONYMISE_KEY_SIZE],
                     struct error *error)
{
	if (c->key != NULL)
		return read_key(c->key, key, error);
	return getrandom(key, ANONYMISE_KEY_SIZE, 0) == ANONYMISE_KEY_SIZE ||
	       error_errno(error, "the system has no random numbers");
}

static bool find_shift(const struct anonymise_command *c, int64_t *out, struct error *error)
{
	uint64_t days;
	const char *digits = c->shift;
	*out = 0;
	if (digits == NULL)
		return true;
	const bool is_back = digits[0] == '-';
	if (!text_u64(digits + (is_back ? 1 : 0), SHIFT_DAYS_MAX, &days))
		return error_set(error, ERROR_USAGE,
		                 "--shift-days takes a number of days from -%d to %d, not '%s'",
		                 SHIFT_DAYS_MAX, SHIFT_DAYS_MAX, digits);
	*out = (int64_t)days * 86400 * 1000000000 * (is_back ? -1 : 1);
	return true;
}

struct anonymising {
	const struct anonymise_command *command;
	struct anonymiser *anonymiser;
	struct telescope_gate gate;
	FILE *file;
	struct progress progress;
	uint64_t frames, written, no_packets, outside, without_time;
	bool is_damaged;
};

static void write_batch(struct anonymising *a, const struct frame *frames, size_t count)
{
	struct packet packets[BATCH];
	uint8_t record[ANONYMISE_RECORD_MAX];
	decode_frames(frames, count, packets);
	a->frames += count;
	for (size_t i = 0; i < count; i++) {
		const struct packet *packet = &packets[i];
		if (!kind_is_packet(packet->kind)) {
			a->no_packets++;
			continue;
		}
		if (!telescope_gate_passes(&a->gate, packet->time_ns, packet->destination)) {
			a->outside++;
			continue;
		}
		const size_t length = anonymise_packet(a->anonymiser, packet,
		                                       decode_is_simulated(&frames[i]), record);
		if (length == 0)
			a->without_time++;
		else
			a->written++;
		// A failed write marks the file, and closing it reports that.
		fwrite(record, 1, length, a->file);
	}
}

static bool write_capture(struct anonymising *a, const char *name, struct error *error)
{
	const struct anonymise_command *c = a->command;
	struct frame frames[BATCH];
	struct capture *capture;
	struct error damage;
	size_t count;
	if (!take_open(&c->take.take, name, &capture, error))
		return false;
	if (capture_content(capture) != CAPTURE_FRAMES) {
		capture_free(capture);
		return error_set(
			error, ERROR_FAILED,
			"'%s' has flows that somebody made of packets: there is no packet in "
			"it to give away",
			name);
	}
	while (!interrupt_requested() && !ferror(a->file) &&
	       (count = capture_next(capture, frames, BATCH)) > 0) {
		write_batch(a, frames, count);
		progress_tick(&a->progress, capture_bytes_read(capture), a->frames);
	}
	const bool has_damage = capture_damage(capture, &damage);
	remarks_say(name, capture, c->take.common.quiet);
	if (has_damage)
		take_advise(capture_needed_memory(capture), &damage);
	capture_free(capture);
	if (interrupt_requested())
		return error_set(error, ERROR_FAILED, "interrupted");
	if (!has_damage)
		return true;
	if (damage.kind == ERROR_FAILED) {
		*error = damage;
		return false;
	}
	command_warn(damage.text);
	a->is_damaged = true;
	return true;
}

static void say(const struct anonymising *a)
{
	char line[256];
	text_format(line, sizeof line,
	            "%" PRIu64 " of %" PRIu64 " frames written, without payloads", a->written,
	            a->frames);
	command_say(line);
	if (a->no_packets > 0) {
		text_format(line, sizeof line,
		            "left out: %" PRIu64
		            " that are no IPv4 packets (`hotaru ledger` says what)",
		            a->no_packets);
		command_say(line);
	}
	if (a->outside > 0) {
		text_format(line, sizeof line,
		            "left out: %" PRIu64 " to other addresses than the telescope",
		            a->outside);
		command_say(line);
	}
	if (a->without_time > 0) {
		text_format(line, sizeof line,
		            "left out: %" PRIu64 " whose time no capture can have, 1970 to 2106",
		            a->without_time);
		command_say(line);
	}
	if (a->command->key == NULL)
		command_say(
			"the key is gone: another run gives other addresses; --key FILE keeps one");
}

static bool write_all(struct anonymising *a, const struct option_words *words, struct error *error)
{
	const struct anonymise_command *c = a->command;
	struct error later;
	a->file = command_output_open(c->output, error);
	if (a->file == NULL)
		return false;
	static char room[WRITE_SIZE];
	setvbuf(a->file, room, _IOFBF, sizeof room);
	fwrite(anonymise_header, 1, sizeof anonymise_header, a->file);
	progress_start(&a->progress, " frames", 0,
	               !c->take.common.quiet && !c->take.common.no_progress);
	bool ok = true;
	for (size_t i = 0; ok && i < words->count; i++)
		ok = write_capture(a, words->words[i], error);
	progress_stop(&a->progress);
	ok = command_output_close(a->file, c->output, ok ? error : &later) && ok;
	if (ok && !c->take.common.quiet)
		say(a);
	return ok;
}

static bool anonymise(struct anonymising *a, const struct option_words *words, struct error *error)
{
	uint8_t key[ANONYMISE_KEY_SIZE] = { 0 };
	int64_t shift_ns;
	if (!find_shift(a->command, &shift_ns, error) || !find_key(a->command, key, error))
		return false;
	a->anonymiser = anonymiser_new(key, shift_ns);
	explicit_bzero(key, sizeof key);
	if (a->anonymiser == NULL)
		return error_memory(error, "addresses");
	const bool ok = write_all(a, words, error);
	anonymiser_free(a->anonymiser);
	return ok;
}

static int run(const struct command *self, struct option_words words)
{
	struct anonymise_command c = { .take = take_defaults() };
	struct telescope telescope = { .count = 0 };
	struct zone zone;
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	struct anonymising a = { .command = &c };
	const struct confine confine = {
		.common = &c.take.common, .captures = &words, .read = c.key, .output = c.output
	};
	bool ok = true;
	if (words.count == 0)
		ok = error_set(&error, ERROR_USAGE,
		               "name captures to give away, or - for standard input");
	else if (c.output == NULL)
		ok = error_set(&error, ERROR_USAGE,
		               "say where to, with -o FILE; - is standard output");
	ok = ok && confine_enter(&confine, &error) &&
	     zone_parse(c.take.take.zone != NULL ? c.take.take.zone : "UTC", &zone, &error) &&
	     (c.take.take.telescope == NULL ||
	      telescope_parse(c.take.take.telescope, &telescope, &error));
	a.gate = telescope_gate_make(&telescope, &zone);
	ok = ok && anonymise(&a, &words, &error);
	telescope_done(&telescope);
	confine_leave(ok);
	if (!ok)
		return command_fail(&error);
	return a.is_damaged ? EXIT_DAMAGED : EXIT_DONE;
}

#define FIELD(name) offsetof(struct anonymise_command, name)
static const struct option options[] = {
	{ "output", 'o', OPTION_TEXT, FIELD(output), "FILE",
	  "write the capture there: pcap with nanoseconds; - is standard output", 0, 0, NULL },
	{ "key", 0, OPTION_TEXT, FIELD(key), "FILE",
	  "a line of 64 hexadecimal digits: the same key gives the same addresses (default: a key "
	  "that is not kept)",
	  0, 0, NULL },
	{ "shift-days", 0, OPTION_TEXT, FIELD(shift), "N",
	  "move all times by so many days, -36500 to 36500", 0, 0, NULL },
	{ "telescope", 't', OPTION_TEXT, FIELD(take.take.telescope), "PREFIXES",
	  "give away only what goes there (default: all)", 0, 0, NULL },
	{ "zone", 'z', OPTION_TEXT, FIELD(take.take.zone), "ZONE",
	  "in which the telescope's days begin: UTC, +09:00, Asia/Tokyo (default: UTC)", 0, 0,
	  NULL },
};
static const struct option_table table = { options, sizeof options / sizeof *options };
static const struct option_table *const tables[] = { &table, &common_table, NULL };

const struct command command_anonymise = {
	.name = "anonymise",
	.summary = "a capture that does not give the telescope away",
	.operands = "CAPTURE...",
	.description =
		"Writes the IPv4 packets of captures, one behind the other, as a capture that can be given to "
		"others. Addresses are permuted by a key so that those that begin alike still do (Crypto-PAn), the "
		"telescope's by a key of its own; they also go from where they hide: Mirai's sequence number, "
		"masscan's IP identification, the packets in ICMP errors, checksums. Payloads and link layers "
		"go. Ports, TTL, window, flags, options of kernels, lengths and times stay, and what "
		"fingerprints match. Whoever saw the same packets elsewhere can find them again by time "
		"and ports; --shift-days makes that harder, not impossible.",
	.tables = tables,
	.run = run,
};
