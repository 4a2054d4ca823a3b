// SPDX-License-Identifier: MIT
#include "honeypot/honeypot_file.h"

#include "base/memory.h"
#include "base/text.h"
#include "honeypot/blocks.h"
#include "honeypot/json_form.h"

// To add a form, write its file and add its line here; one of JSON goes into json_form.c.
static const struct log_form *const forms[] = {
	&log_form_json,  &log_form_cowrie_text, &log_form_heralding_table,
	&log_form_mtpot, &log_form_dshield,
};

struct honeypot_file {
	struct stream *stream;
	const struct log_form *form;
	struct honeypot_ledger ledger;
	struct log_header header;
	bool is_document;
	char name[48];
};

static const struct {
	const char *words;
	bool is_damage;
} skips[HONEYPOT_SKIPS] = {
	[HONEYPOT_SKIP_SYNTAX] = { "that are none of their form", true },
	[HONEYPOT_SKIP_LONG] = { "longer than 16 MiB, or of more than 65,536 events", true },
	[HONEYPOT_SKIP_TIME] = { "without a time that can be", true },
	[HONEYPOT_SKIP_ENCODING] = { "with bytes that are not encoded as they should be", true },
	[HONEYPOT_SKIP_ADDRESS] = { "without an IPv4 source", false },
	[HONEYPOT_SKIP_UNKNOWN] = { "of other programs", false },
};

const char *honeypot_skip_words(enum honeypot_skip skip)
{
	return skips[skip].words;
}

bool honeypot_skip_is_damage(enum honeypot_skip skip)
{
	return skips[skip].is_damage;
}

static bool refuse(const struct stream *stream, struct error *error)
{
	if (stream_report(stream, error)) {
		error->kind = ERROR_FAILED;
		return false;
	}
	if (stream->length == 0)
		return error_set(error, ERROR_FAILED, "%s is empty", stream_name(stream));
	return error_set(
		error, ERROR_FAILED,
		"%s is no log of a honeypot that hotaru can read (Cowrie's JSON and text, exports "
		"of T-Pot, Heralding, Glutton, Dionaea, telnet-iot-honeypot, MTPot, firewall lines "
		"of DShield; plain, .gz, .zst, .lz4, .xz or .bz2)",
		stream_name(stream));
}

// What a log is, by its head.
static bool recognise(struct honeypot_file *file)
{
	struct log_reading reading = { .header = &file->header };
	const struct span head = { file->stream->window.at, cursor_left(&file->stream->window) };
	const char *name = NULL;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0] && file->form == NULL; i++)
		if (forms[i]->recognise(&reading, head))
			file->form = forms[i];
	if (file->form != NULL && file->form->is_json) {
		name = json_source_name(&reading.json, head);
		file->is_document = json_is_document(&reading.json, head);
	}
	json_done(&reading.json);
	if (file->form != NULL)
		text_format(file->name, sizeof file->name, "%s%s",
		            name != NULL ? name : file->form->name, stream_suffix(file->stream));
	return file->form != NULL;
}

bool honeypot_file_open(const char *path, uint64_t memory_bytes, struct honeypot_file **out,
                        struct error *error)
{
	struct honeypot_file *file = memory_new(1, sizeof *file);
	if (file == NULL)
		return error_memory(error, "reading a log of a honeypot");
	if (!stream_open(&file->stream, path, memory_bytes, error) ||
	    (!recognise(file) && !refuse(file->stream, error))) {
		honeypot_file_free(file);
		return false;
	}
	*out = file;
	return true;
}

void honeypot_file_free(struct honeypot_file *file)
{
	if (file == NULL)
		return;
	stream_free(file->stream);
	memory_free(file);
}

bool honeypot_file_read(struct honeypot_file *file, unsigned threads,
                        const struct honeypot_receiver *receiver, struct error *error)
{
	const struct log_blocks log = {
		.stream = file->stream,
		.form = file->form,
		.header = &file->header,
		.threads = threads,
		.is_document = file->is_document,
		.ledger = &file->ledger,
		.receiver = receiver,
	};
	return log_blocks_read(&log, error);
}

bool honeypot_file_damage(const struct honeypot_file *file, struct error *error)
{
	return stream_report(file->stream, error);
}

const struct honeypot_ledger *honeypot_file_ledger(const struct honeypot_file *file)
{
	return &file->ledger;
}

const char *honeypot_file_form(const struct honeypot_file *file)
{
	return file->name;
}

uint64_t honeypot_file_bytes_read(const struct honeypot_file *file)
{
	return stream_bytes_read(file->stream);
}

uint64_t honeypot_file_bytes_total(const struct honeypot_file *file)
{
	return stream_bytes_total(file->stream);
}
