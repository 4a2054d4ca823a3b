// SPDX-License-Identifier: MIT
#include "probe/output.h"

#include "base/disk.h"
#include "base/test.h"
#include "response/json_lines.h"

#include <string.h>
#include <unistd.h>

static char folder[256], path[300];

// A descriptor of its own: locks are by opening.
static int open_named(const char *name)
{
	FILE *file = fopen(name, "r+e");
	const int fd = file != NULL ? dup(fileno(file)) : -1;
	if (file != NULL)
		fclose(file);
	return fd;
}

static int open_file(void)
{
	return open_named(path);
}

static void set_up(const char *content)
{
	struct error error;
	CHECK(disk_temporary(folder, sizeof folder, &error));
	CHECK(text_format(path, sizeof path, "%s/answers", folder) && disk_make_file(path));
	const int fd = open_file();
	CHECK(fd >= 0 && write(fd, content, strlen(content)) == (ssize_t)strlen(content));
	close(fd);
}

static bool holds(const char *want)
{
	static char text[100000];
	const int fd = open_file();
	const ssize_t length = read(fd, text, sizeof text - 1);
	close(fd);
	if (length < 0)
		return false;
	text[length] = '\0';
	return text_equal(text, want);
}

static const struct response refused = { .address = 0x01020304,
	                                 .port = 23,
	                                 .status = RESPONSE_REFUSED };
static const char line[] = "{\"address\":\"1.2.3.4\",\"port\":23,\"time\":null,\"probe\":\"\","
			   "\"status\":\"refused\",\"response\":\"\"}\n";

TEST(lines_are_appended_and_a_torn_one_is_cut_off)
{
	static const struct {
		const char *before, *kept;
	} files[] = { { "", "" },
		      { "{\"a\":1}\n", "{\"a\":1}\n" },
		      { "{\"a\":1}\n{\"b\"", "{\"a\":1}\n" },
		      { "{\"b\"", "" } };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct output_lines o;
		struct error error;
		char want[600];
		set_up(files[i].before);
		const int fd = open_file();
		CHECK(output_lines_begin(&o, fd, "answers", &error) && holds(files[i].before));
		CHECK(output_lines_cut(&o, &error) && holds(files[i].kept));
		CHECK(output_lines_add(&o, &refused, &error) && holds(files[i].kept));
		CHECK(output_lines_write(&o, 1, &error));
		text_format(want, sizeof want, "%s%s", files[i].kept, line);
		CHECK(holds(want));
		CHECK(output_lines_add(&o, &refused, &error) && output_lines_end(&o, &error));
		text_format(want, sizeof want, "%s%s%s", files[i].kept, line, line);
		CHECK(holds(want));
		output_lines_done(&o);
		close(fd);
		disk_remove_folder(folder);
	}
}

TEST(a_torn_line_may_be_long)
{
	static char content[20000];
	struct output_lines o;
	struct error error;
	memset(content, 'x', sizeof content - 1);
	content[3] = '\n';
	set_up(content);
	const int fd = open_file();
	CHECK(output_lines_begin(&o, fd, "answers", &error) && output_lines_cut(&o, &error));
	CHECK(holds("xxx\n"));
	output_lines_done(&o);
	close(fd);
	disk_remove_folder(folder);
}

TEST(one_run_writes_at_a_time)
{
	struct output_lines o, other;
	struct error error;
	set_up("");
	const int fd = open_file(), second = open_file();
	CHECK(output_lines_begin(&o, fd, "answers", &error));
	CHECK(!output_lines_begin(&other, second, "answers", &error));
	CHECK(strstr(error.text, "another run") != NULL);
	output_lines_done(&o);
	close(fd);
	CHECK(output_lines_begin(&other, second, "answers", &error));
	output_lines_done(&other);
	close(second);
	disk_remove_folder(folder);
}

TEST(what_is_no_file_is_refused)
{
	struct output_lines o;
	struct error error;
	const int fd = open_named("/dev/null");
	CHECK(fd >= 0 && !output_lines_begin(&o, fd, "/dev/null", &error));
	close(fd);
}

TEST_MAIN
