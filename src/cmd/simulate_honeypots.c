// SPDX-License-Identifier: MIT
#include "cmd/simulate_honeypots.h"

#include "base/calendar.h"
#include "base/disk.h"
#include "base/text.h"

#include <stdio.h>

enum { PATH_SIZE = 4096, TABLE_SIZE_MAX = 1 << 30 };

bool simulate_write_table(const char *path, const struct buffer *text, struct error *error)
{
	FILE *file = command_output_open(path, error);
	if (file == NULL)
		return false;
	fwrite(text->bytes, 1, text->length, file);
	return command_output_close(file, path, error);
}

static bool make_folder(const char *path, struct error *error)
{
	struct disk *folder;
	if (!disk_real_open(path, true, &folder, error))
		return false;
	folder->free(folder);
	return true;
}

static bool write_log(void *context, const char *sensor, int32_t day, struct span lines,
                      struct error *error)
{
	const struct honeypot_files *files = context;
	char path[PATH_SIZE], day_text[CALENDAR_DAY_SIZE];
	const struct buffer text = { .bytes = (uint8_t *)lines.bytes, .length = lines.length };
	if (files->folder == NULL)
		return true;
	day_format(day, day_text);
	if (!text_format(path, sizeof path, "%s/%s", files->folder, sensor) ||
	    !make_folder(path, error) ||
	    !text_format(path, sizeof path, "%s/%s/cowrie.json.%s", files->folder, sensor,
	                 day_text))
		return false;
	return simulate_write_table(path, &text, error);
}

bool honeypot_files_begin(struct honeypot_files *files, bool *out_wanted, struct error *error)
{
	struct simulate_honeypots *request = &files->request;
	for (size_t i = 0; i < HONEYPOT_TABLES; i++)
		files->tables[i] = buffer_up_to(TABLE_SIZE_MAX);
	*out_wanted = files->folder != NULL || files->sessions != NULL || files->variants != NULL ||
	              files->infected != NULL;
	if (files->form != NULL && files->folder == NULL)
		return error_set(error, ERROR_USAGE, "--honeypot-form says how --honeypot writes");
	request->is_old_form = files->form != NULL && text_equal(files->form, "2017");
	if (files->form != NULL && !request->is_old_form && !text_equal(files->form, "today"))
		return error_set(error, ERROR_USAGE,
		                 "--honeypot-form: '%.40s' is none of: today, 2017", files->form);
	request->write = write_log;
	request->context = files;
	request->sessions = files->sessions != NULL ? &files->tables[0] : NULL;
	request->variants = files->variants != NULL ? &files->tables[1] : NULL;
	request->infected = files->infected != NULL ? &files->tables[2] : NULL;
	return files->folder == NULL || make_folder(files->folder, error);
}

bool honeypot_files_end(struct honeypot_files *files, bool is_done, struct error *error)
{
	const char *const paths[HONEYPOT_TABLES] = { files->sessions, files->variants,
		                                     files->infected };
	for (size_t i = 0; i < HONEYPOT_TABLES; i++) {
		if (is_done && paths[i] != NULL)
			is_done = simulate_write_table(paths[i], &files->tables[i], error);
		buffer_done(&files->tables[i]);
	}
	return is_done;
}
