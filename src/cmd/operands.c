// SPDX-License-Identifier: MIT
#include "cmd/operands.h"

#include "base/memory.h"
#include "base/text.h"
#include "cmd/path.h"

#include <sys/stat.h>

static const char catalogue[] = "catalog.sqlite";

static bool is_folder(const char *name)
{
	struct stat status;
	return !text_equal(name, "-") && stat(name, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool add(struct operands *o, char *const *names, size_t count, const char *folder,
                struct error *error)
{
	const size_t all = o->words.count + count;
	char **words = memory_resize(o->words.words, all + 1, sizeof *words);
	o->words.words = words != NULL ? words : o->words.words;
	const char **folders = memory_resize(o->folders, all + 1, sizeof *folders);
	o->folders = folders != NULL ? folders : o->folders;
	if (words == NULL || folders == NULL)
		return error_memory(error, "the list of captures");
	for (size_t i = 0; i < count; i++) {
		o->words.words[o->words.count] = names[i];
		o->folders[o->words.count++] = folder;
	}
	return true;
}

static bool add_folder(struct operands *o, const char *folder, struct error *error)
{
	const size_t before = o->files.count;
	return path_is_no_store(folder, error) &&
	       folder_files_add(&o->files, folder, catalogue, error) &&
	       add(o, o->files.paths + before, o->files.count - before, folder, error);
}

bool operands_find(const struct option_words *words, struct operands *out, struct error *error)
{
	bool ok = true;
	*out = (struct operands){ .named = words };
	for (size_t i = 0; ok && i < words->count; i++)
		ok = is_folder(words->words[i]) ? add_folder(out, words->words[i], error)
		                                : add(out, &words->words[i], 1, NULL, error);
	return ok;
}

static void say_others(size_t count)
{
	char line[160];
	text_format(line, sizeof line,
	            count == 1
	                    ? "%zu file of a folder is no capture and is left out (name it to hear "
	                      "why)"
	                    : "%zu files of folders are no captures and are left out (name one to "
	                      "hear why)",
	            count);
	command_say(line);
}

static bool check_folders(const struct operands *o, struct error *error)
{
	for (size_t i = 0; i < o->named->count; i++) {
		const char *folder = o->named->words[i];
		size_t at = 0;
		while (at < o->words.count && o->folders[at] != folder)
			at++;
		if (at == o->words.count && is_folder(folder))
			return error_set(error, ERROR_FAILED, "there is no capture in folder '%s'",
			                 folder);
	}
	return true;
}

bool operands_sift(struct operands *o, const struct take_options *options, bool is_quiet,
                   struct error *error)
{
	struct option_words *words = &o->words;
	size_t kept = 0, others = o->files.others;
	for (size_t i = 0; i < words->count; i++) {
		const bool is_other = o->folders[i] != NULL &&
		                      take_is_other(options, words->words[i]);
		others += is_other;
		if (!is_other) {
			o->folders[kept] = o->folders[i];
			words->words[kept++] = words->words[i];
		}
	}
	words->count = kept;
	if (others > 0 && !is_quiet)
		say_others(others);
	return check_folders(o, error);
}

void operands_done(struct operands *o)
{
	memory_free(o->words.words);
	memory_free(o->folders);
	folder_files_done(&o->files);
	*o = (struct operands){ .named = NULL };
}
