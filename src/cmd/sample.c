// SPDX-License-Identifier: MIT
// What samples of malware say by their data: files in, a row each out. Files are read, and nothing more.
#include "sample/sample.h"

#include "answer/rows.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "capture/stream.h"
#include "cmd/ask.h"
#include "cmd/confine.h"
#include "cmd/operands.h"
#include "sample/sample_json.h"

#include <sys/stat.h>

enum { DEFAULT_MAX = 16 << 20, SIZE_MIN = 4096, CODEC_BYTES = 64 << 20 };
static const uint64_t size_max = UINT64_C(1) << 30;

static const struct schema schema = {
	{
		{ "file", CELL_TEXT },
		{ "format", CELL_TEXT, .spare = 3 },
		{ "packed", CELL_TEXT, .spare = 2 },
		{ "keys", CELL_TEXT, .form = FORM_LIST },
		{ "entries", CELL_NUMBER, .spare = 1 },
		{ "tokens", CELL_TEXT, .form = FORM_LIST },
		{ "programs", CELL_NUMBER, .spare = 1 },
		{ "c2", CELL_TEXT, .form = FORM_LIST },
		{ "ports", CELL_TEXT, .form = FORM_NUMBERS, .spare = 4 },
		{ "logins", CELL_NUMBER, .spare = 5 },
		{ "sha256", CELL_TEXT, .is_detail = true },
		{ "evidence", CELL_TEXT, .is_detail = true, .form = FORM_LIST },
	},
	12,
};

struct sample_command {
	struct analysis_command analysis;
	uint64_t max_size;
	struct sample_reader *reader;
	struct buffer file;  // the bytes of the one that is looked at
	struct rows *rows;   // NULL: lines of JSON are written
	FILE *lines;
	bool is_damaged, is_unreadable;
};

static const struct option options[] = {
	{ "max-size", 0, OPTION_SIZE, offsetof(struct sample_command, max_size), "SIZE",
	  "read samples of up to this size, 4K to 1G (default: 16M)", SIZE_MIN, UINT64_C(1) << 30,
	  NULL },
};
static const struct option_table table = { options, sizeof options / sizeof *options };

// ---- reading

// Opening a pipe would wait for who writes it.
static bool is_file(const char *name, struct error *error)
{
	struct stat status;
	if (text_equal(name, "-") || stat(name, &status) != 0 || S_ISREG(status.st_mode))
		return true;
	return error_set(error, ERROR_FAILED,
	                 "'%s' is no file; samples are files, or - for standard input", name);
}

static bool read_stream(struct sample_command *c, struct stream *s, struct error *error)
{
	c->file.length = 0;
	while (stream_need(s, 1)) {
		const struct span piece = cursor_take(&s->window, cursor_left(&s->window));
		if (piece.length > c->max_size - c->file.length)
			return error_set(
				error, ERROR_FAILED,
				"%s is larger than %llu bytes, which is the limit of --max-size",
				stream_name(s), (unsigned long long)c->max_size);
		buffer_append(&c->file, piece.bytes, piece.length);
	}
	if (c->file.failed)
		return error_memory(error, "a sample");
	struct error damage;
	if (!stream_report(s, &damage))
		return true;
	if (damage.kind != ERROR_DAMAGED) {
		*error = damage;
		return false;
	}
	command_warn(damage.text);
	c->is_damaged = true;
	return true;
}

static bool read_file(struct sample_command *c, const char *name, struct error *error)
{
	struct stream *stream = NULL;
	if (!is_file(name, error) || !stream_open(&stream, name, CODEC_BYTES, error))
		return false;
	const bool ok = read_stream(c, stream, error);
	stream_free(stream);
	return ok;
}

// ---- writing

static void write_list(struct rows *rows, void (*list)(const struct sample *, struct buffer *),
                       const struct sample *s)
{
	struct buffer text = buffer_up_to(SAMPLE_LIST_MAX);
	list(s, &text);
	rows_text_span(rows, buffer_span(&text));
	rows->is_out_of_memory |= text.failed;
	buffer_done(&text);
}

static void write_sha256(struct rows *rows, const struct sample *s)
{
	char text[2 * sizeof s->sha256 + 1];
	for (size_t i = 0; i < sizeof s->sha256; i++)
		text_format(text + 2 * i, 3, "%02x", s->sha256[i]);
	rows_text(rows, text);
}

static void write_row(struct rows *rows, const char *name, const struct sample *s)
{
	rows_text(rows, name);
	rows_text(rows, s->format);
	if (s->packed.packed != PACKED_NO)
		rows_text(rows, packed_name(s->packed.packed));
	else
		rows_empty(rows);
	write_list(rows, sample_list_keys, s);
	rows_number(rows, s->table.count);
	write_list(rows, sample_list_tokens, s);
	if (s->roles.programs > 0)
		rows_number(rows, s->roles.programs);
	else
		rows_empty(rows);
	write_list(rows, sample_list_hosts, s);
	write_list(rows, sample_list_ports, s);
	rows_number(rows, s->logins.word_count);
	write_sha256(rows, s);
	write_list(rows, sample_list_evidence, s);
	rows_end(rows);
}

static bool write_line(FILE *file, const char *name, const struct sample *s, struct error *error)
{
	struct buffer line = buffer_up_to(SAMPLE_JSON_MAX);
	sample_json_write(&line, name, s);
	const bool ok = !line.failed || error_memory(error, "a line");
	if (ok)
		fwrite(line.bytes, 1, line.length, file);
	buffer_done(&line);
	return ok;
}

static bool look_at(struct sample_command *c, const char *name, struct error *error)
{
	struct sample s;
	bool ok = true;
	if (!sample_read(c->reader, buffer_span(&c->file), &s, error))
		return false;
	if (s.table.is_cut) {
		char line[512];
		text_format(line, sizeof line,
		            "'%.300s' has more than %d entries; the others are left out", name,
		            ENTRIES_MAX);
		command_warn(line);
	}
	if (c->rows != NULL)
		write_row(c->rows, name, &s);
	else
		ok = write_line(c->lines, name, &s, error);
	sample_done(&s);
	return ok;
}

// A file that cannot be read is told, and the others are looked at.
static bool look_at_all(struct sample_command *c, const struct option_words *words,
                        struct error *error)
{
	for (size_t i = 0; i < words->count; i++) {
		struct error why;
		if (interrupt_requested())
			return error_set(error, ERROR_FAILED, "interrupted");
		if (c->rows != NULL ? c->rows->is_enough : ferror(c->lines) != 0)
			return true;
		if (!read_file(c, words->words[i], &why)) {
			command_fail(&why);
			c->is_unreadable = true;
		} else if (!look_at(c, words->words[i], error)) {
			return false;
		}
	}
	return true;
}

static bool as_lines(struct sample_command *c, const struct option_words *words,
                     struct error *error)
{
	struct error later;
	c->lines = command_output_open(c->analysis.output, error);
	if (c->lines == NULL)
		return false;
	const bool ok = look_at_all(c, words, error);
	return command_output_close(c->lines, c->analysis.output, ok ? error : &later) && ok;
}

static bool as_rows(struct sample_command *c, const struct option_words *words, struct error *error)
{
	struct printer printer = printer_to(&c->analysis);
	struct rows rows;
	struct error later;
	c->rows = &rows;
	bool ok = rows_begin(&rows, &printer.outlet.receiver, &schema, error);
	ok = ok && look_at_all(c, words, error);
	ok = rows_finish(&rows, ok ? error : &later) && ok;
	return printer.outlet.close(&printer.outlet, ok, ok ? error : &later) && ok;
}

static bool work(struct sample_command *c, const struct operands *o, struct error *error)
{
	const struct confine confine = { .common = &c->analysis.take.common,
		                         .captures = &o->words,
		                         .output = c->analysis.output };
	const bool is_json = c->analysis.format == FORMAT_JSON && c->analysis.columns == NULL;
	if (o->named->count == 0)
		return error_set(error, ERROR_USAGE,
		                 "name samples, folders of them, or - for standard input");
	if (o->words.count == 0)
		return error_set(error, ERROR_FAILED, "there is no file in '%s'",
		                 o->named->words[0]);
	if (!confine_enter(&confine, error))
		return false;
	c->reader = sample_reader_new();
	if (c->reader == NULL)
		return error_memory(error, "the markers of samples");
	return is_json ? as_lines(c, &o->words, error) : as_rows(c, &o->words, error);
}

static int run(const struct command *self, struct option_words words)
{
	struct sample_command c = { .analysis = analysis_defaults(), .max_size = DEFAULT_MAX };
	struct operands operands = { .named = NULL };
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	c.file = buffer_up_to((size_t)size_max);
	const bool ok = operands_find(&words, &operands, &error) && work(&c, &operands, &error);
	sample_reader_free(c.reader);
	buffer_done(&c.file);
	operands_done(&operands);
	if (!ok)
		return command_fail(&error);
	if (c.is_unreadable)
		return EXIT_FAILED;
	return c.is_damaged ? EXIT_DAMAGED : EXIT_DONE;
}

static const struct option_table *const tables[] = { &table, &output_table, &common_table, NULL };

const struct command command_sample = {
	.name = "sample",
	.summary = "what a sample's encoded table says, without running or disassembling it",
	.operands = "FILE...",
	.description =
		"Reads samples of malware of the Mirai kind (plain, .gz, .zst, .lz4, .xz or .bz2; - is standard input; of a folder all "
		"files), and finds the keys of their encoded tables, all 256 tried at once, the entries, the tokens by which families "
		"are known, ports, candidates of C2 servers (written so that nothing makes a link of them: [.]) and credentials. "
		"Nothing is executed, disassembled or written. format is the processor that an ELF header names; packed is upx, "
		"upx-damaged (headers changed so that upx -d refuses), dense (bytes as of compressed data) or empty. programs is 1 where the "
		"bot loads others itself, 2 where another program does, empty where the table does not tell. That there is no C2 in "
		"the table is normal. --format json prints an object a file, with all entries, in the fields of mirai-toushi and "
		"others; evidence says why, with offsets. A program without a table has a row without keys. doc/samples.md has the rules.",
	.tables = tables,
	.run = run,
};
