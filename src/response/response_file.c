// SPDX-License-Identifier: MIT
#include "response/response_file.h"

#include "base/memory.h"
#include "base/text.h"
#include "response/reader.h"

// To add a form, write its file and add its line here.
static const struct response_form *const forms[] = {
	&response_form_own,    &response_form_nmap,   &response_form_zgrab2,
	&response_form_censys, &response_form_shodan,
};

struct response_file {
	struct stream *stream;
	const struct response_form *form;
	struct response_ledger ledger;
	struct response_reading reading;
	char name[32];
};

static const struct {
	const char *words;
	bool is_damage;
} skips[RESPONSE_SKIPS] = {
	[RESPONSE_SKIP_SYNTAX] = { "that are none of their form", true },
	[RESPONSE_SKIP_LONG] = { "longer than 16 MiB", true },
	[RESPONSE_SKIP_FIELD] = { "with a field that cannot be", true },
	[RESPONSE_SKIP_ENCODING] = { "with bytes that are not encoded as they should be", true },
	[RESPONSE_SKIP_ADDRESS] = { "without an IPv4 address", false },
	[RESPONSE_SKIP_PROTOCOL] = { "of another protocol than TCP", false },
	[RESPONSE_SKIP_UNKNOWN] = { "that do not say what was answered", false },
};

const char *response_skip_words(enum response_skip skip)
{
	return skips[skip].words;
}

bool response_skip_is_damage(enum response_skip skip)
{
	return skips[skip].is_damage;
}

static struct span head_of(const struct stream *stream)
{
	return (struct span){ stream->window.at, cursor_left(&stream->window) };
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
		"%s is no file of answers that hotaru can read (nmap's XML, lines of zgrab2, "
		"JSON of Censys or Shodan, hotaru's own JSON Lines; plain, .gz, .zst, .lz4, "
		".xz or .bz2)",
		stream_name(stream));
}

static bool open_form(struct response_file *file, const char *path, uint64_t memory_bytes,
                      struct error *error)
{
	if (!stream_open(&file->stream, path, memory_bytes, error))
		return false;
	file->reading = (struct response_reading){
		.stream = file->stream,
		.ledger = &file->ledger,
		.bytes = buffer_up_to(JSON_TEXT_MAX),
		.scratch = buffer_up_to(JSON_TEXT_MAX),
	};
	for (size_t i = 0; i < sizeof forms / sizeof forms[0] && file->form == NULL; i++)
		if (forms[i]->recognise(&file->reading, head_of(file->stream)))
			file->form = forms[i];
	if (file->form == NULL)
		return refuse(file->stream, error);
	text_format(file->name, sizeof file->name, "%s%s", file->form->name,
	            stream_suffix(file->stream));
	return true;
}

bool response_file_open(const char *path, uint64_t memory_bytes, struct response_file **out,
                        struct error *error)
{
	struct response_file *file = memory_new(1, sizeof *file);
	if (file == NULL)
		return error_memory(error, "reading what hosts answered");
	if (!open_form(file, path, memory_bytes, error)) {
		response_file_free(file);
		return false;
	}
	*out = file;
	return true;
}

void response_file_free(struct response_file *file)
{
	if (file == NULL)
		return;
	json_done(&file->reading.json);
	buffer_done(&file->reading.bytes);
	buffer_done(&file->reading.scratch);
	stream_free(file->stream);
	memory_free(file);
}

bool response_file_read(struct response_file *file, const struct response_receiver *receiver,
                        struct error *error)
{
	file->reading.receiver = receiver;
	return file->form->read(&file->reading, error);
}

bool response_file_damage(const struct response_file *file, struct error *error)
{
	return stream_report(file->stream, error);
}

const struct response_ledger *response_file_ledger(const struct response_file *file)
{
	return &file->ledger;
}

const char *response_file_form(const struct response_file *file)
{
	return file->name;
}

uint64_t response_file_bytes_read(const struct response_file *file)
{
	return stream_bytes_read(file->stream);
}

uint64_t response_file_bytes_total(const struct response_file *file)
{
	return stream_bytes_total(file->stream);
}
