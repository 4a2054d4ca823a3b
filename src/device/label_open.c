// SPDX-License-Identifier: MIT
// A folder of rules: a checkout of recog, or files of one's own.
#include "base/disk.h"
#include "base/memory.h"
#include "base/text.h"
#include "device/label_private.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 256, FILES_MAX = 4096, PATH_SIZE = 4096 };

struct names {
	char (*all)[NAME_SIZE];
	size_t count, capacity;
	bool has_failed;
};

static bool take_name(void *context, const char *name)
{
	struct names *names = context;
	if (!text_ends(name, ".xml") || name[0] == '.' || strlen(name) >= NAME_SIZE)
		return true;
	if (names->count == FILES_MAX ||
	    !label_room((void **)&names->all, &names->capacity, names->count, NAME_SIZE)) {
		names->has_failed = true;
		return false;
	}
	text_copy(names->all[names->count++], NAME_SIZE, name);
	return true;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static bool read_file(struct disk *disk, const char *name, struct label_rules *rules,
                      struct error *error)
{
	struct span xml;
	if (!disk->map(disk, name, &xml, error))
		return false;
	const bool is_read = label_rules_read(rules, xml, name, error);
	disk->unmap(disk, xml);
	return is_read;
}

static bool read_files(struct disk *disk, struct label_rules *rules, struct error *error)
{
	struct names names = { 0 };
	bool is_read = disk->list(disk, take_name, &names, error);
	if (is_read && names.has_failed)
		is_read = error_set(error, ERROR_FAILED, "more than %d files of rules", FILES_MAX);
	if (names.count > 0)
		qsort(names.all, names.count, NAME_SIZE, compare);
	for (size_t i = 0; is_read && i < names.count; i++)
		is_read = read_file(disk, names.all[i], rules, error);
	memory_free(names.all);
	return is_read;
}

static bool read_vendors(struct disk *disk, struct label_rules *rules, struct error *error)
{
	struct span text;
	if (disk->look(disk, "vendor.txt") != ENTRY_FILE)
		return true;
	if (!disk->map(disk, "vendor.txt", &text, error))
		return false;
	const bool is_read = text.length > LABEL_FILE_MAX ||
	                     label_rules_read_vendors(rules, text, error);
	disk->unmap(disk, text);
	return is_read;
}

// Does it for FOLDER/NAME where that is a folder, "" is the folder itself; true without doing where not.
static bool in_folder(const char *folder, const char *name, struct label_rules *rules,
                      bool (*read)(struct disk *, struct label_rules *, struct error *),
                      struct error *error)
{
	char path[PATH_SIZE];
	struct disk *disk;
	if (!text_format(path, sizeof path, "%s%s%s", folder, name[0] != 0 ? "/" : "", name))
		return error_set(error, ERROR_FAILED, "%s: the path is too long", folder);
	if (!disk_real_open(path, false, &disk, error))
		return false;
	const bool is_done = read(disk, rules, error);
	disk->free(disk);
	return is_done;
}

// Which of a checkout's folders there are.
static bool look(const char *folder, bool *has_xml, bool *has_identifiers, struct error *error)
{
	struct disk *disk;
	if (!disk_real_open(folder, false, &disk, error))
		return false;
	*has_xml = disk->look(disk, "xml") == ENTRY_FOLDER;
	*has_identifiers = disk->look(disk, "identifiers") == ENTRY_FOLDER;
	disk->free(disk);
	return true;
}

static bool read_all(const char *folder, struct label_rules *rules, struct error *error)
{
	bool has_xml, has_identifiers;
	if (!look(folder, &has_xml, &has_identifiers, error) ||
	    !in_folder(folder, has_xml ? "xml" : "", rules, read_files, error) ||
	    (has_identifiers && !in_folder(folder, "identifiers", rules, read_vendors, error)) ||
	    !label_rules_finish(rules, error))
		return error_prefix(error, folder);
	if (rules->summary.rules > 0)
		return true;
	if (rules->summary.unusable > 0)
		return error_set(error, ERROR_FAILED, "%s: no rule for labels is usable: %s",
		                 folder, rules->summary.trouble);
	return error_set(
		error, ERROR_FAILED,
		"%s: there are no rules for labels in it: *.xml about answers of HTTP, SSH, "
		"FTP or Telnet",
		folder);
}

bool label_rules_open(const char *folder, struct label_rules **out, struct error *error)
{
	struct label_rules *rules = label_rules_new(error);
	if (rules == NULL)
		return false;
	if (!read_all(folder, rules, error)) {
		label_rules_free(rules);
		return false;
	}
	*out = rules;
	return true;
}
