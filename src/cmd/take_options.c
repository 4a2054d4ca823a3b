// SPDX-License-Identifier: MIT
// What the options of everything that reads captures mean, and how captures are opened by them.
#include "base/memory.h"
#include "base/pool.h"
#include "base/text.h"
#include "cmd/take.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

enum { FINGERPRINT_FILE_MAX = 1 << 20 };

// In the order of enum capture_fractions, behind what the header says.
const char *const take_fraction_words[] = { "microseconds", "nanoseconds", NULL };
_Static_assert(CAPTURE_FRACTIONS_AS_SAID == 0 && CAPTURE_FRACTIONS_MICROSECONDS == 1 &&
                       CAPTURE_FRACTIONS_NANOSECONDS == 2,
               "the words have their order");

static const struct option take_options[] = {
	{ "zone", 'z', OPTION_TEXT, offsetof(struct take_command, take.zone), "ZONE",
	  "count days in UTC (default), +HH:MM or Area/City", 0, 0, NULL },
	{ "telescope", 't', OPTION_TEXT, offsetof(struct take_command, take.telescope), "PREFIXES",
	  "count only packets to these prefixes (default: all), separated by commas; "
	  "PREFIX@FROM..TO: only on these days (YYYY-MM-DD, either may be empty)",
	  0, 0, NULL },
	{ "fingerprints", 0, OPTION_TEXT, offsetof(struct take_command, take.fingerprints), "FILE",
	  "your own fingerprints: lines of `name = pcap-filter expression`, or of "
	  "`name = source window=792 window=1320 ...`: what a source used on a day",
	  0, 0, NULL },
	{ "fractions", 0, OPTION_WORD, offsetof(struct take_command, take.fractions), "UNIT",
	  "fractions of seconds are nanoseconds, or microseconds, whatever the header of a pcap or "
	  "snoop file says",
	  0, 0, take_fraction_words },
	{ "count-copies", 0, OPTION_FLAG, offsetof(struct take_command, take.counts_copies), NULL,
	  "count each packet as often as it was captured, also where that is several times "
	  "for nearly all (a mirror port, a bonded interface)",
	  0, 0, NULL },
	{ "memory", 0, OPTION_SIZE, offsetof(struct take_command, take.memory_bytes), "SIZE",
	  "use about this much memory, 64M to 1T (default: 1G)", INGEST_MEMORY_MIN, TAKE_MEMORY_MAX,
	  NULL },
	{ "threads", 0, OPTION_NUMBER, offsetof(struct take_command, take.threads), "N",
	  "use this many threads (default: as many as processors)", 1, POOL_THREADS_MAX, NULL },
};

const struct option_table take_table = { take_options, sizeof take_options / sizeof *take_options };

struct take_command take_defaults(void)
{
	return (struct take_command){ .take = { .memory_bytes = UINT64_C(1) << 30,
		                                .threads = pool_processors() } };
}

static bool read_text(const char *path, char **out, struct error *error)
{
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return error_errno(error, "cannot read '%s'", path);
	char *text = memory_new(FINGERPRINT_FILE_MAX + 1, 1);
	bool ok = text != NULL || error_memory(error, "fingerprints");
	if (ok) {
		const size_t length = fread(text, 1, FINGERPRINT_FILE_MAX + 1, file);
		if (ferror(file))
			ok = error_errno(error, "cannot read '%s'", path);
		else if (length > FINGERPRINT_FILE_MAX)
			ok = error_set(error, ERROR_USAGE, "'%s' is larger than 1 MiB", path);
		else
			ok = fingerprint_text_check((struct span){ (uint8_t *)text, length }, path,
			                            error);
		text[length <= FINGERPRINT_FILE_MAX ? length : 0] = '\0';
	}
	fclose(file);
	if (!ok) {
		memory_free(text);
		return false;
	}
	*out = text;
	return true;
}

static enum capture_fractions fractions_of(const struct take_options *options)
{
	for (unsigned i = 0; options->fractions != NULL && take_fraction_words[i] != NULL; i++)
		if (text_equal(options->fractions, take_fraction_words[i]))
			return (enum capture_fractions)(i + 1);
	return CAPTURE_FRACTIONS_AS_SAID;
}

// Ingest leaves a quarter of the memory: that much a capture may take to be decompressed.
enum { DECOMPRESSION_SHARE = 4 };

void take_advise(uint64_t needed_bytes, struct error *error)
{
	enum { MIB = 1024 * 1024 };
	const uint64_t wanted = (needed_bytes + MIB - 1) / MIB * DECOMPRESSION_SHARE;
	const bool is_whole = wanted % 1024 == 0;
	const size_t length = strlen(error->text);
	if (needed_bytes > 0)
		text_format(error->text + length, sizeof error->text - length,
		            "; --memory %" PRIu64 "%s allows it, or decompress it in a pipe: "
		            "`zstd -dc --long=31` or `xz -dc`, and - as capture",
		            is_whole ? wanted / 1024 : wanted, is_whole ? "G" : "M");
}

static struct capture_way way_of(const struct take_options *options)
{
	return (struct capture_way){ .fractions = fractions_of(options),
		                     .memory_bytes = options->memory_bytes / DECOMPRESSION_SHARE };
}

bool take_open(const struct take_options *options, const char *name, struct capture **out,
               struct error *error)
{
	struct capture_way way = way_of(options);
	if (capture_open_in(&way, name, out, error))
		return true;
	take_advise(way.needed_bytes, error);
	return false;
}

bool take_is_other(const struct take_options *options, const char *name)
{
	struct capture_way way = way_of(options);
	struct capture *capture = NULL;
	struct error ignored;
	const bool ok = capture_open_in(&way, name, &capture, &ignored);
	capture_free(capture);
	return !ok && way.is_other;
}

bool take_request(const struct take_options *options, struct store_request *out, char **out_text,
                  struct error *error)
{
	char *text = NULL;
	if (options->fingerprints != NULL && !read_text(options->fingerprints, &text, error))
		return false;
	*out = (struct store_request){ .zone = options->zone,
		                       .telescope = options->telescope,
		                       .fingerprint_text = text,
		                       .fingerprint_where = options->fingerprints,
		                       .keeps_events = options->keeps_events };
	*out_text = text;
	return true;
}

struct ingest_options take_ingest_options(struct store *store, const struct take_options *options)
{
	static const char spill_name[] = "ingest.spill";
	const struct store_settings *settings = store_settings(store);
	return (struct ingest_options){
		.zone = &settings->zone,
		.telescope = settings->telescope_days.count > 0 ? &settings->telescope_days : NULL,
		.fingerprints = &settings->fingerprints,
		.memory_bytes = options->memory_bytes,
		.threads = (unsigned)options->threads,
		.only_ledger = options->only_ledger,
		.counts_copies = options->counts_copies,
		.disk = store_disk(store),
		.spill_name = spill_name,
	};
}

struct burst_sink *take_new_bursts(struct store *store, const struct ingest_options *options,
                                   struct error *error)
{
	const bool keeps_events = store_settings(store)->keeps_events;
	// They have a sixteenth of the memory.
	const struct burst_sink_options bursts = {
		.zone = options->zone,
		.telescope = options->telescope,
		.keeps = { [BURST_BACKSCATTER] = true, [BURST_SCAN] = keeps_events },
		.memory_bytes = options->memory_bytes / 16,
		.room_bytes = BURST_ROOM_BYTES,
		.threads = options->threads,
		.disk = options->disk
	};
	return burst_sink_new(&bursts, error);
}

bool take_reads_once(const char *name)
{
	struct stat status;
	return text_equal(name, "-") ||
	       (stat(name, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode));
}

bool take_any_opens(const struct take_options *options, const struct option_words *names,
                    struct error *error)
{
	struct error ignored;
	for (size_t i = 0; i < names->count; i++) {
		struct capture *capture;
		if (take_reads_once(names->words[i]))
			return true;
		if (take_open(options, names->words[i], &capture, &ignored)) {
			capture_free(capture);
			return true;
		}
	}
	// Only now are the reasons of interest; what opens after all counts as opening.
	for (size_t i = 0; i < names->count; i++) {
		struct capture *capture;
		if (take_open(options, names->words[i], &capture, error)) {
			capture_free(capture);
			return true;
		}
		if (i + 1 < names->count)
			command_fail(error);
	}
	return false;
}
