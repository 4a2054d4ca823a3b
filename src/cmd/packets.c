// SPDX-License-Identifier: MIT
#include "base/calendar.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "base/text.h"
#include "answer/rows.h"
#include "cmd/ask.h"
#include "cmd/confine.h"
#include "cmd/families.h"
#include "cmd/remarks.h"

enum { BATCH = 256 };

static const struct schema schema = {
	{
		{ "time", CELL_TEXT },
		{ "source", CELL_TEXT },
		{ "source_port", CELL_NUMBER, .spare = 3 },
		{ "destination", CELL_TEXT, .spare = 2 },
		{ "destination_port", CELL_NUMBER },
		{ "protocol", CELL_TEXT, .spare = 1 },
		{ "flags", CELL_TEXT, .spare = 2 },
		{ "window", CELL_NUMBER, .spare = 4 },
		{ "ttl", CELL_NUMBER, .spare = 5 },
		{ "tos", CELL_NUMBER, .spare = 6 },
		{ "ip_id", CELL_NUMBER, .spare = 6 },
		{ "seq", CELL_NUMBER, .spare = 6 },
		{ "length", CELL_NUMBER, .spare = 6 },
		{ "fingerprints", CELL_TEXT, .form = FORM_LIST },
		{ "kind", CELL_TEXT, .spare = 7 },
		{ "options", CELL_TEXT, .form = FORM_COMMAS, .spare = 8 },
		{ "mss", CELL_NUMBER, .spare = 9 },
		{ "packets", CELL_NUMBER, .spare = 9 },
	},
	18,
};

struct packet_printer {
	struct rows *rows;
	const struct fingerprint_set *fingerprints;
	struct telescope_gate gate;
	uint32_t wanted;             // fingerprints
	bool wants_all, wants_syns;  // whatever they match
	const struct analysis_command *options;
	struct chosen_days days;
	struct zone zone;
};

static void write_flags(struct rows *rows, uint8_t flags)
{
	static const char letters[] = "FSRPAUEC";
	char text[9];
	size_t length = 0;
	for (unsigned bit = 0; bit < 8; bit++)
		if (flags >> bit & 1)
			text[length++] = letters[bit];
	text[length] = '\0';
	rows_text(rows, text);
}

static void write_known(struct rows *rows, bool is_known, uint64_t value)
{
	if (is_known)
		rows_number(rows, value);
	else
		rows_empty(rows);
}

static void write_address(struct rows *rows, uint32_t address)
{
	char text[TEXT_IPV4_SIZE];
	text_from_ipv4(address, text);
	rows_text(rows, text);
}

static void write_protocol(struct rows *rows, uint8_t protocol)
{
	const char *name = protocol == 6    ? "tcp"
	                   : protocol == 17 ? "udp"
	                   : protocol == 1  ? "icmp"
	                                    : NULL;
	if (name != NULL)
		rows_text(rows, name);
	else
		rows_numeral(rows, protocol);
}

static void write_fingerprints(const struct packet_printer *p, uint32_t matched)
{
	struct buffer names = buffer_up_to(FINGERPRINTS_MAX * (FINGERPRINT_NAME_SIZE + 1));
	for (uint32_t rest = matched; rest != 0; rest &= rest - 1) {
		if (names.length > 0)
			buffer_byte(&names, ';');
		buffer_text(&names,
		            fingerprint_name(p->fingerprints, (unsigned)__builtin_ctz(rest)));
	}
	rows_text_span(p->rows, buffer_span(&names));
	p->rows->is_out_of_memory |= names.failed;
	buffer_done(&names);
}

static void write_packet(const struct packet_printer *p, const struct packet *packet)
{
	struct rows *rows = p->rows;
	char time[CALENDAR_TIME_SIZE], layout[DECODE_LAYOUT_SIZE];
	const uint16_t known = packet->known;
	time_format(packet->time_ns, packet->time_digits, time);
	rows_text(rows, time);
	write_address(rows, packet->source);
	write_known(rows, known & KNOWN_SOURCE_PORT, packet->source_port);
	write_address(rows, packet->destination);
	write_known(rows, known & KNOWN_DESTINATION_PORT, packet->destination_port);
	write_protocol(rows, packet->protocol);
	write_flags(rows, packet->tcp_flags);
	write_known(rows, known & KNOWN_WINDOW, packet->window);
	write_known(rows, known & KNOWN_TTL, packet->ttl);
	write_known(rows, known & KNOWN_HEADER, packet->tos);
	write_known(rows, known & KNOWN_HEADER, packet->ip_id);
	write_known(rows, known & KNOWN_SEQ, packet->seq);
	write_known(rows, known & KNOWN_LENGTH, packet->length);
	write_fingerprints(p, packet->fingerprints);
	rows_text(rows, kind_names[packet->kind]);
	decode_layout_text(packet->options, layout);
	if (known & KNOWN_OPTIONS)
		rows_text(rows, layout);
	else
		rows_empty(rows);
	write_known(rows, known & KNOWN_MSS, packet->mss);
	rows_number(rows, packet->packets);
	rows_end(rows);
}

static bool is_wanted(const struct packet_printer *p, const struct packet *packet)
{
	return p->wants_all || (packet->fingerprints & p->wanted) != 0 ||
	       (p->wants_syns && packet->kind == KIND_SYN);
}

static void print_batch(struct packet_printer *p, struct packet *packets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct packet *packet = &packets[i];
		if (!kind_is_packet(packet->kind))
			continue;
		if (!is_wanted(p, packet))
			continue;
		if ((packet->known & KNOWN_NETWORK) &&
		    !telescope_gate_passes(&p->gate, packet->time_ns, packet->destination))
			continue;
		const bool has_range = p->days.from.is_given || p->days.to.is_given;
		if (has_range && !days_contain(&p->days, zone_day(&p->zone, packet->time_ns).day))
			continue;
		write_packet(p, packet);
	}
}

static size_t next_batch(struct capture *capture, struct packet packets[BATCH])
{
	struct frame frames[BATCH];
	struct flow flows[BATCH];
	size_t count;
	if (capture_content(capture) != CAPTURE_FRAMES) {
		count = capture_next_flows(capture, flows, BATCH);
		decode_flows(flows, count, packets);
	} else {
		count = capture_next(capture, frames, BATCH);
		decode_frames(frames, count, packets);
	}
	return count;
}

// Prints one capture. *damaged is set if it broke off.
static bool print_capture(struct packet_printer *p, const char *name, bool *damaged,
                          struct error *error)
{
	struct capture *capture;
	struct packet packets[BATCH];
	size_t count;
	if (!take_open(&p->options->take.take, name, &capture, error))
		return false;
	while (!p->rows->is_enough && !interrupt_requested() &&
	       (count = next_batch(capture, packets)) > 0) {
		fingerprint_match(p->fingerprints, packets, count);
		print_batch(p, packets, count);
	}
	struct error damage;
	const bool has_damage = !p->rows->is_enough && capture_damage(capture, &damage);
	remarks_say(name, capture, p->options->take.common.quiet);
	if (has_damage)
		take_advise(capture_needed_memory(capture), &damage);
	capture_free(capture);
	if (!has_damage)
		return true;
	if (damage.kind == ERROR_FAILED) {
		*error = damage;
		return false;
	}
	command_warn(damage.text);
	*damaged = true;
	return true;
}

static bool choose_days(const struct analysis_command *c, struct packet_printer *p,
                        struct error *error)
{
	const struct held_days held = { .zone = &p->zone };
	if (days_need_data(&c->days))
		return error_set(
			error, ERROR_USAGE,
			"packets are printed as they come, and which day is the last is not "
			"known: give days as YYYY-MM-DD, today or yesterday");
	p->days = c->days;
	return days_resolve(&p->days, &held, error);
}

static bool unknown_fingerprint(const struct fingerprint_set *set, const char *name,
                                struct error *error)
{
	struct suggestion meant = { .word = name };
	for (size_t i = 0; i < set->count; i++)
		suggestion_try(&meant, set->entries[i].name);
	return family_unknown(name, &meant, error);
}

static bool choose(const struct analysis_command *c, struct packet_printer *p, struct error *error)
{
	const char *names = c->families;
	char name[FINGERPRINT_NAME_SIZE];
	unsigned bit;
	p->wants_all = names == NULL;
	while (names != NULL && text_next(&names, ',', name, sizeof name)) {
		if (text_equal(name, "*")) {
			p->wants_syns = true;
			continue;
		}
		const struct fingerprint *f = fingerprint_find(p->fingerprints, name, &bit);
		if (f == NULL)
			return unknown_fingerprint(p->fingerprints, name, error);
		if (fingerprint_is_of_sources(f))
			return error_set(error, ERROR_USAGE,
			                 "'%s' is of sources: no packet matches it alone; `hotaru "
			                 "sources` lists those that do",
			                 name);
		p->wanted |= UINT32_C(1) << bit;
	}
	return zone_parse(c->take.take.zone != NULL ? c->take.take.zone : "UTC", &p->zone, error) &&
	       choose_days(c, p, error);
}

static bool print_captures(const struct analysis_command *c, const struct option_words *words,
                           struct packet_printer *p, bool *damaged, struct error *error)
{
	struct printer printer = printer_to(c);
	struct rows rows;
	struct error later;
	if (words->count == 0)
		return error_set(error, ERROR_USAGE,
		                 "name captures to print, or - for standard input");
	if (!choose(c, p, error))
		return false;
	p->rows = &rows;
	bool ok = rows_begin(&rows, &printer.outlet.receiver, &schema, error);
	for (size_t i = 0; ok && i < words->count; i++)
		ok = print_capture(p, words->words[i], damaged, error);
	ok = rows_finish(&rows, ok ? error : &later) && ok;
	return printer.outlet.close(&printer.outlet, ok, ok ? error : &later) && ok;
}

static int run(const struct command *self, struct option_words words)
{
	struct analysis_command c = analysis_defaults();
	struct fingerprint_set fingerprints = { .count = 0 };
	struct telescope telescope = { .count = 0 };
	struct store_request request;
	struct error error;
	char *text = NULL;
	bool damaged = false;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	struct packet_printer printer = { .fingerprints = &fingerprints, .options = &c };
	printer.gate = telescope_gate_make(&telescope, &printer.zone);
	const struct confine confine = { .common = &c.take.common,
		                         .captures = &words,
		                         .read = c.take.take.fingerprints,
		                         .output = c.output };
	const bool ok = confine_enter(&confine, &error) &&
	                take_request(&c.take.take, &request, &text, &error) &&
	                fingerprint_set_init(&fingerprints, text, request.fingerprint_where,
	                                     &error) &&
	                (request.telescope == NULL ||
	                 telescope_parse(request.telescope, &telescope, &error)) &&
	                print_captures(&c, &words, &printer, &damaged, &error);
	telescope_done(&telescope);
	fingerprint_set_done(&fingerprints);
	memory_free(text);
	if (!ok)
		return command_fail(&error);
	return damaged ? EXIT_DAMAGED : EXIT_DONE;
}

// What is printed as it comes has no last day yet, and a store has no packets.
static const struct option own_options[] = {
	{ "from", 0, OPTION_DAY, offsetof(struct analysis_command, days.from), "DAY",
	  "show days from this one on: YYYY-MM-DD, today or yesterday", 0, 0, NULL },
	{ "to", 0, OPTION_DAY, offsetof(struct analysis_command, days.to), "DAY",
	  "show days up to this one", 0, 0, NULL },
	{ "last", 0, OPTION_ABSENT, 0, NULL,
	  "packets are printed as they come, and which days are the last is not known: give days "
	  "with --from and --to",
	  0, 0, NULL },
	{ "store", 's', OPTION_ABSENT, 0, NULL, "a store has no packets: give captures, not both",
	  0, 0, NULL },
};
static const struct option_table own_table = { own_options,
	                                       sizeof own_options / sizeof *own_options };

static const struct option_table *const tables[] = { &own_table,  &family_table, &output_table,
	                                             &take_table, &common_table, NULL };

const struct command command_packets = {
	.name = "packets",
	.summary = "decoded packets, one a line, with the fingerprints they match",
	.operands = "CAPTURE...",
	.description =
		"Prints the IPv4 packets of captures as hotaru sees them, in the order of the capture, "
		"times in UTC with its precision. --family prints only packets that match; --telescope only "
		"those to the telescope. A field that was not captured is empty. Of "
		"flows one row stands for as many packets as its last column says, and what their headers "
		"match is unknown.",
	.tables = tables,
	.run = run,
};
