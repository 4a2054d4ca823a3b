// SPDX-License-Identifier: MIT
// An intruder in the decoder. The linker puts the functions __wrap_x() of this file where the
// commands call x(), so that these are the real commands, and what happens here is what could happen
// once the first byte of a capture or a store was read.
#include "cmd/cmd.h"
#include "cmd/render.h"

#include "base/disk.h"
#include "base/sandbox.h"
#include "base/test.h"
#include "base/text.h"
#include "capture/capture.h"
#include "place/place.h"
#include "honeypot/honeypot_file.h"
#include "response/response_file.h"
#include "sample/sample.h"
#include "store/store.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum attack {
	NOTHING,
	READ_FILE,
	CREATE_FILE,
	CHANGE_CAPTURE,
	LIST_FOLDER,
	OPEN_SOCKET,
	RUN,
	FORK
};
enum { TRIED = 1, WORKED = 2 };

static enum attack attack;
static unsigned char *outcome;  // shared with the child that runs the command

static bool opens(const char *path, const char *mode)
{
	FILE *file = fopen(path, mode);
	return file != NULL && fclose(file) == 0;
}

static bool do_attack(void)
{
	static char *const words[] = { "/bin/true", NULL };
	switch (attack) {
	case NOTHING: return true;
	case READ_FILE: return opens("/etc/passwd", "r");
	case CREATE_FILE: return opens("created", "w");
	case CHANGE_CAPTURE: return opens("a.pcap", "r+");
	case LIST_FOLDER: return opens(".", "r");
	case OPEN_SOCKET: return syscall(SYS_socket, 2, 1, 0) >= 0;
	case RUN: return execve(words[0], words, NULL) == 0;
	case FORK: return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0;
	}
	return false;
}

static void attack_once(void)
{
	if ((*outcome & TRIED) == 0) {
		*outcome |= TRIED;
		if (do_attack())
			*outcome |= WORKED;
	}
}

// meson.build reads this list, and tells the linker.
#define WRAP(function, parameters, arguments)                                                      \
	bool __real_##function parameters;                                                         \
	bool __wrap_##function parameters;                                                         \
	bool __wrap_##function parameters                                                          \
	{                                                                                          \
		attack_once();                                                                     \
		return __real_##function arguments;                                                \
	}

WRAP(capture_open_in,
     (struct capture_way * way, const char *path, struct capture **out, struct error *error),
     (way, path, out, error))
WRAP(store_open, (const char *path, struct store **out, struct error *error), (path, out, error))
WRAP(store_open_to_verify, (const char *path, struct store **out, struct error *error),
     (path, out, error))
WRAP(store_open_writing,
     (const char *path, const struct store_request *request, struct store **out,
      struct error *error),
     (path, request, out, error))
WRAP(response_file_open,
     (const char *path, uint64_t memory_bytes, struct response_file **out, struct error *error),
     (path, memory_bytes, out, error))
WRAP(honeypot_file_open,
     (const char *path, uint64_t memory_bytes, struct honeypot_file **out, struct error *error),
     (path, memory_bytes, out, error))
WRAP(sample_read,
     (struct sample_reader * reader, struct span file, struct sample *out, struct error *error),
     (reader, file, out, error))
WRAP(place_atlas_open,
     (enum place_kind kind, const struct place_source *sources, size_t count,
      struct place_atlas **out, struct error *error),
     (kind, sources, count, out, error))

// ---- running commands

// A capture of one Ethernet frame: a SYN to port 23 from 1.0.0.1, as Mirai sends it.
static const char capture[] = "\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\xff\xff\0\0\1\0\0\0"
			      "\0\0\xc8\x57\0\0\0\0\x36\0\0\0\x36\0\0\0"
			      "\2\0\0\0\0\1\2\0\0\0\0\2\10\0"
			      "E\0\0\50\0\1\0\0\62\6\0\0\1\0\0\1\306\63\144\7"
			      "\234\100\0\27\306\63\144\7\0\0\0\0\120\2\4\0\0\0\0\0";

// A database of one range, of countries and networks.
static const char database[] = "1.0.0.0\t1.0.0.255\t4713\tJP\tOCN\n";

static char place[256];
static char outer_temporary[256];  // TMPDIR of whoever runs the test

static void write_file(const char *path, const void *bytes, size_t length)
{
	FILE *file = fopen(path, "w");
	CHECK(file != NULL);
	if (file != NULL) {
		CHECK(fwrite(bytes, 1, length, file) == length);
		fclose(file);
	}
}

// One answer of a host.
static const char answer[] = "{\"address\":\"1.0.0.1\",\"port\":23,\"response\":\"eA==\"}\n";

// One event of a honeypot.
static const char event[] = "{\"eventid\":\"cowrie.session.closed\",\"session\":\"a\","
			    "\"src_ip\":\"1.0.0.1\",\"timestamp\":\"2017-03-24T00:00:00Z\"}\n";

static void set_up(void)
{
	struct error error;
	const char *outer = getenv("TMPDIR");
	text_copy(outer_temporary, sizeof outer_temporary, outer != NULL ? outer : "");
	// Many small stores, which need no disk to be synced.
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 1);
	CHECK(disk_temporary(place, sizeof place, &error));
	CHECK(chdir(place) == 0 && mkdir("tmp", 0755) == 0);
	setenv("TMPDIR", "tmp", 1);
	write_file("a.pcap", capture, sizeof capture - 1);
	write_file("a.csv", database, sizeof database - 1);
	write_file("targets", "1.0.0.1\n", 8);
	write_file("a.jsonl", answer, sizeof answer - 1);
	write_file("a.json", event, sizeof event - 1);
	write_file("a.txt", "mirai,MIRAI,,,,,\n", 17);
}

static bool remove_store(void *context, const char *name)
{
	char path[300];
	(void)context;
	CHECK(text_format(path, sizeof path, "tmp/%s", name));
	disk_remove_folder(path);
	return true;
}

static void tear_down(void)
{
	struct disk *disk;
	struct error error;
	// What commands that died had no time to remove.
	CHECK(disk_real_open("tmp", false, &disk, &error) &&
	      disk->list(disk, remove_store, NULL, &error));
	disk->free(disk);
	static const char *const folders[] = { "store", "old", "report", "scratch", "tmp" };
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		disk_remove_folder(folders[i]);
	setenv("TMPDIR", outer_temporary, 1);
	CHECK(chdir("/") == 0);
	disk_remove_folder(place);
}

static const struct command *const commands[] = {
	&command_ingest,    &command_ledger,    &command_packets,       &command_survey,
	&command_changes,   &command_report,    &command_info,          &command_settings,
	&command_verify,    &command_compact,   &command_forget,        &command_fingerprints,
	&command_lifetimes, &command_ports,     &command_places,        &command_prefixes,
	&command_sources,   &command_shapes,    &command_notify,        &command_rules,
	&command_probe,     &command_responses, &command_accessibility, &command_cluster,
	&command_sample,    &command_honeypot,  &command_variants,      NULL,
};

// Runs "hotaru WORDS" in a child; how it ended, as waitpid() says it.
static int run(const char *line)
{
	char *argv[16] = { "hotaru" };
	char words[16][64];
	int argc = 1, status = 0;
	while (argc < 15 && text_next(&line, ' ', words[argc], sizeof words[argc])) {
		argv[argc] = words[argc];
		argc++;
	}
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0) {
		if (freopen("/dev/null", "w", stdout) == NULL ||
		    freopen("/dev/null", "w", stderr) == NULL)
			_exit(100);
		_exit(command_main(commands, argc, argv));
	}
	waitpid(child, &status, 0);
	return status;
}

static const char *const lines[] = {
	"ingest --memory 64M -s store a.pcap",
	"ingest --memory 64M -s store --asn-db a.csv a.pcap",
	"survey --memory 64M a.pcap",
	"lifetimes --memory 64M a.pcap",
	"ports --memory 64M a.pcap",
	"ledger --memory 64M --threads 2 a.pcap",
	"report --memory 64M -o report a.pcap",
	"packets a.pcap",
	"places --memory 64M --country-db a.csv a.pcap",
	"changes --memory 64M --country-db a.csv a.pcap",
	"prefixes --memory 64M a.pcap",
	"ledger -s old",
	"survey -s old",
	"lifetimes -s old",
	"sources --memory 64M --top 3 a.pcap",
	"sources -s old --without-floods",
	"shapes -s old",
	"rules --memory 64M a.pcap",
	"rules -s old",
	"places -s old",
	"prefixes -s old",
	"ports -s old",
	"notify -s old --family mirai --by asn -o report",
	"notify --memory 64M --family mirai a.pcap",
	"report -s old -o report",
	"info -s old",
	"verify -s old",
	"compact -s old",
	"forget -s old --before -1",
	"fingerprints -s old",
	"probe -s old --dry-run",
	"cluster a.jsonl",
	"probe --dry-run --asn-db a.csv targets",
	"responses a.jsonl",
	"responses -s store a.jsonl",
	"responses -s old",
	"accessibility -s old",
	"honeypot a.json",
	"honeypot -s store a.json",
	"honeypot -s old",
	"variants --memory 64M --country-db a.csv a.json",
	"variants -s old --families a.txt",
	"sample a.pcap",
	"settings -s old",
	"settings -s old --country-db a.csv",
	"settings --memory 64M -s old --telescope 198.51.100.0/24 a.pcap",
};
enum { LINES = sizeof lines / sizeof *lines };

static int run_attacked(const char *line, enum attack what)
{
	attack = what;
	*outcome = 0;
	const int status = run(line);
	disk_remove_folder("store");
	disk_remove_folder("report");
	if ((*outcome & TRIED) == 0)
		printf("`%s` opened nothing\n", line);
	CHECK(*outcome & TRIED);
	return status;
}

static bool has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
}

static void make_store(void)
{
	attack = NOTHING;
	CHECK(run("ingest --memory 64M -s old a.pcap") == 0);
}

TEST(commands_decode_where_files_are_out_of_reach)
{
	if (!has_landlock())
		SKIP("this kernel has no Landlock");
	static const enum attack attacks[] = { READ_FILE, CREATE_FILE, CHANGE_CAPTURE,
		                               LIST_FOLDER };
	set_up();
	make_store();
	for (size_t i = 0; i < LINES; i++)
		for (size_t a = 0; a < sizeof attacks / sizeof *attacks; a++) {
			const int status = run_attacked(lines[i], attacks[a]);
			if (*outcome & WORKED || status != 0)
				printf("`%s`, attack %u: ended with %d\n", lines[i], attacks[a],
				       status);
			CHECK(status == 0 && (*outcome & WORKED) == 0);
		}
	tear_down();
}

TEST(commands_decode_where_an_intruder_dies)
{
	if (!sandbox_filters_calls())
		SKIP("programs under a sanitizer have no filter of calls");
	set_up();
	make_store();
	for (size_t i = 0; i < LINES; i++) {
		CHECK(run_attacked(lines[i], OPEN_SOCKET) == 0 && (*outcome & WORKED) == 0);
		int status = run_attacked(lines[i], RUN);
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
		status = run_attacked(lines[i], FORK);
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
	}
	tear_down();
}

TEST(no_sandbox_means_none)
{
	set_up();
	CHECK(run_attacked("survey --memory 64M --no-sandbox a.pcap", READ_FILE) == 0 &&
	      *outcome & WORKED);
	CHECK(run_attacked("survey --memory 64M --no-sandbox a.pcap", OPEN_SOCKET) == 0 &&
	      *outcome & WORKED);
	tear_down();
}

// ---- the helper that renders

static bool is_there(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0;
}

// In place of rsvg-convert: writes to --output, and tries to write beside the folder.
static const char script[] = "#!/bin/sh\n"
			     "echo png >\"$4\"\n"
			     "echo out >\"${0%/*}/outside\"\n";

TEST(the_renderer_takes_names_of_figures_and_nothing_else)
{
	static const char *const names[] = { "../beside.svg", "/beside.svg", "a b.svg", "-x.svg",
		                             ".svg",          "a.sv",        "a.svgz",  "A.svg",
		                             "sub/a.svg",     "a.svg\n" };
	struct helper helper;
	char path[300], file[300];
	set_up();
	CHECK(mkdir("scratch", 0755) == 0);
	text_format(path, sizeof path, "%s:/usr/bin:/bin", place);
	char *const before = getenv("PATH");
	setenv("PATH", path, 1);
	write_file("rsvg-convert", script, sizeof script - 1);
	CHECK(chmod("rsvg-convert", 0755) == 0);
	text_format(path, sizeof path, "%s/scratch", place);
	render_start(&helper, path, true);
	CHECK(helper.process > 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		render_figure(&helper, names[i]);
	helper_ask(&helper, "torn", 4);
	helper_end(&helper);
	struct error error;
	struct disk *disk;
	CHECK(rmdir("scratch") == 0);  // it is empty
	CHECK(disk_real_open("scratch", true, &disk, &error));
	disk->free(disk);
	CHECK(!is_there("beside.png") && !is_there("outside"));

	render_start(&helper, path, true);
	render_figure(&helper, "mirai-2016.svg");
	helper_end(&helper);
	text_format(file, sizeof file, "%s/mirai-2016.png", path);
	CHECK(is_there(file));
	CHECK(is_there("outside") != has_landlock());
	if (before != NULL)
		setenv("PATH", before, 1);
	tear_down();
}

int main(void)
{
	outcome = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return outcome == MAP_FAILED ? 1 : test_run_all();
}
