// SPDX-License-Identifier: MIT
// The front door: what opens and what does not, identities, random captures, and
// the collection of real and hostile ones if there is one.
#include "capture/test_capture.h"

#include "base/random.h"
#include "capture/beginning.h"
#include "capture/foreign.h"

#include <ftw.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

// The message is `before`, the path in quotes, `after`.
static void check_refused(const char *path, const char *before, const char *after)
{
	const struct reading r = read_path(path, 16);
	char text[512];
	text_format(text, sizeof text, "%s'%s'%s", before, path, after);
	CHECK(!r.is_open && r.error.kind == ERROR_FAILED && text_equal(r.error.text, text));
}

static void check_refused_bytes(struct span bytes, const char *after)
{
	const struct test_file file = file_with(bytes);
	check_refused(file.path, "", after);
	unlink(file.path);
}

static const char no_capture[] =
	" is not a capture that hotaru can read (pcap, pcapng, ERF, snoop, FlowTuple or NICT "
	"darknet CSV; plain, .gz, .zst, .lz4, .xz or .bz2)";

static const char plain_text[] = " is plain text, not a capture that hotaru can read";

static struct span span_of(const char *text)
{
	size_t length = 0;
	while (text[length] != '\0')
		length++;
	return (struct span){ .bytes = (const uint8_t *)text, .length = length };
}

TEST(what_is_no_capture_is_refused_with_the_reason)
{
	check_refused("/nonexistent/x.pcap", "cannot read ", ": No such file or directory");
	check_refused("/tmp", "", " is a folder; name the captures in it");
	check_refused_bytes(span_of(""), " is empty");
	check_refused_bytes(span_of("x"), plain_text);
	check_refused_bytes(span_of("source,destination\n1.2.3.4,5.6.7.8\n"), plain_text);
	check_refused_bytes(span_of("text, but for\x01"), no_capture);
	check_refused_bytes(span_of("text, but for\x80"), no_capture);

	struct buffer packed = buffer_up_to(MADE_MAX);
	make_gzip(&packed, span_of("text"));
	check_refused_bytes(buffer_span(&packed), plain_text);
	check_refused_bytes(span_part(buffer_span(&packed), 0, 12),
	                    " is damaged at byte 0 of its decompressed content: "
	                    "its gzip stream breaks off");
	packed.length = 0;
	make_gzip(&packed, span_of(""));
	check_refused_bytes(buffer_span(&packed), " is empty when decompressed");
	buffer_done(&packed);
}

TEST(files_of_other_kinds_are_named)
{
	static const struct {
		const char *begins, *is;
	} cases[] = {
		{ "GMBU\x01\x02", " is a Microsoft Network Monitor capture" },
		{ "RTSS\x01\x01", " is a Microsoft Network Monitor capture" },
		{ "iptrace 2.0\x01", " is an AIX iptrace capture" },
		{ "TRSNIFF data    \x1a", " is a Sniffer capture" },
		{ "\x7fver\x01", " is an EtherPeek or OmniPeek capture" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[200];
		text_format(text, sizeof text,
		            "%s, not a capture that hotaru can read; convert it with editcap",
		            cases[i].is);
		check_refused_bytes(span_of(cases[i].begins), text);
	}
	static const uint8_t nfdump[] = { 0x0c, 0xa5, 1, 0, 0, 0 };
	check_refused_bytes(
		(struct span){ nfdump, sizeof nfdump },
		" is a file of nfdump's flow records, not a capture that hotaru can read");
	static uint8_t tar[512] = "packets.pcap\0";
	memcpy(tar + 257, "ustar", 5);
	check_refused_bytes(
		(struct span){ tar, sizeof tar },
		" is a tar archive, not a capture that hotaru can read; unpack it first");
	check_refused_bytes((struct span){ tar, 260 }, no_capture);

	const char *what, *advice;
	struct span part = span_of("\x7fver");
	CHECK(foreign_name(part, &what, &advice));
	part.length--;  // what is behind the span does not count
	CHECK(!foreign_name(part, &what, &advice));
}

TEST(long_names_do_not_push_the_reason_out)
{
	char path[2000];
	memset(path, 'x', sizeof path);
	path[0] = '/';
	text_copy(path + sizeof path - 9, 9, "end.pcap");
	const struct reading r = read_path(path, 16);
	CHECK(!r.is_open && text_ends(r.error.text, "end.pcap': File name too long"));
}

static struct maker small_pcap(uint8_t fill)
{
	struct maker m = maker_for(false);
	make_pcap(&m, 0xa1b2c3d4, 4, 1);
	for (uint32_t i = 0; i < 3000; i++)
		make_record(&m, 1600000000 + i, i, 40 + i % 60, fill);
	return m;
}

TEST(identity_is_of_the_content)
{
	struct maker m = small_pcap(1), other = small_pcap(2);
	const struct span content = buffer_span(&m.out);
	struct buffer gz = buffer_up_to(MADE_MAX), zst = buffer_up_to(MADE_MAX);
	make_gzip(&gz, span_part(content, 0, 12345));
	make_gzip(&gz, span_part(content, 12345, content.length));
	make_zstd(&zst, span_part(content, 0, 100000));
	make_zstd(&zst, span_part(content, 100000, content.length));

	const struct reading plain = read_bytes(content), different = read_made(&other);
	const struct reading packed = read_bytes(buffer_span(&gz));
	const struct reading squeezed = read_bytes(buffer_span(&zst));
	const struct reading shorter = read_bytes(span_part(content, 0, content.length - 1));
	CHECK(plain.frames == 3000 && packed.frames == 3000 && squeezed.frames == 3000);
	CHECK(text_equal(packed.format, "pcap.gz") && text_equal(squeezed.format, "pcap.zst"));
	CHECK(plain.identity.length_bytes == content.length);
	CHECK(identity_equal(plain.identity, packed.identity));
	CHECK(identity_equal(plain.identity, squeezed.identity));
	CHECK(plain.head == packed.head && plain.head == squeezed.head);
	CHECK(!identity_equal(plain.identity, different.identity) && plain.head != different.head);
	CHECK(!identity_equal(plain.identity, shorter.identity) && plain.head == shorter.head);
	CHECK(shorter.is_damaged && shorter.frames == 2999);
	buffer_done(&gz);
	buffer_done(&zst);
	buffer_done(&m.out);
}

// All zeros if it does not open.
static struct capture_identity skimmed(struct span bytes)
{
	const struct test_file file = file_with(bytes);
	struct capture *capture;
	struct error error;
	struct capture_identity identity = { 0 };
	if (capture_open(file.path, &capture, &error)) {
		struct frame frame;
		capture_skim(capture);
		CHECK(capture_next(capture, &frame, 1) == 0);
		CHECK(capture_bytes_read(capture) <= capture_bytes_total(capture));
		identity = capture_identity(capture);
		capture_free(capture);
	}
	unlink(file.path);
	return identity;
}

TEST(skimming_gives_the_identity_of_reading)
{
	struct maker m = small_pcap(1);
	struct buffer gz = buffer_up_to(MADE_MAX);
	for (int i = 0; i < 4; i++)
		make_record(&m, 1, 1, 262144, 7);  // frames as large as the block of the stream
	make_gzip(&gz, buffer_span(&m.out));
	const struct span whole = buffer_span(&m.out);
	CHECK(identity_equal(skimmed(whole), read_bytes(whole).identity));
	// Of damaged input too: where its content ends does not depend on the reader.
	for (size_t at = 100; at < gz.length; at += gz.length / 40) {
		gz.bytes[at] ^= 0xff;
		const struct span packed = buffer_span(&gz);
		CHECK(identity_equal(skimmed(packed), read_bytes(packed).identity));
		gz.bytes[at] ^= 0xff;
	}
	buffer_done(&gz);
	buffer_done(&m.out);
}

TEST(stated_lengths_ascend_and_are_dense)
{
	CHECK(beginning_length(0) == 4 && beginning_length(60) == 64 && beginning_length(61) == 68);
	CHECK(beginning_length(BEGINNING_MAX - 1) == UINT64_C(31) << 39);
	CHECK(beginning_count(3) == 0 && beginning_count(UINT64_MAX) == BEGINNING_MAX);
	for (size_t i = 0; i < BEGINNING_MAX; i++) {
		const uint64_t length = beginning_length(i);
		CHECK(beginning_count(length) == i + 1 && beginning_count(length - 1) == i);
		CHECK(i == 0 || length <= 64 || (length - beginning_length(i - 1)) * 16 <= length);
	}
}

// What a capture is measured to be at some lengths, and hands out before each of them, against captures
// that are cut there.
static void check_measured(struct span whole, struct span packed, const size_t *cuts, size_t count,
                           bool is_ahead)
{
	struct capture_identity found[8], pauses[8];
	struct capture *capture;
	struct error error;
	struct frame frames[50];
	size_t before[8], passed = 0, sum = 0, taken;
	const struct test_file file = file_with(packed), other = file_with(whole);
	CHECK(count <= 8 && capture_open(file.path, &capture, &error));
	const struct span first = capture_first_bytes(capture);
	CHECK(first.length >= 65536 && memcmp(first.bytes, whole.bytes, first.length) == 0);
	size_t at_hand = 0;
	for (size_t i = 0; i < count; i++) {
		found[i] = (struct capture_identity){ .length_bytes = cuts[i] };
		at_hand += cuts[i] <= first.length;
	}
	memcpy(pauses, found, sizeof pauses);
	CHECK(capture_identities(first, found, at_hand, &error));
	capture_measure(capture, found + at_hand, count - at_hand);
	if (is_ahead)
		capture_read_ahead(capture, 0);
	capture_pause(capture, pauses, count);
	while ((taken = capture_next(capture, frames, 50)) > 0) {
		for (; passed < count && cuts[passed] < capture_length(capture); passed++)
			before[passed] = sum;
		sum += taken;
	}
	while (passed < count)
		before[passed++] = sum;
	const struct capture_identity all = capture_identity(capture);
	CHECK(all.length_bytes == whole.length);
	for (size_t i = 0; i < count; i++) {
		const struct reading cut = read_bytes(span_part(whole, 0, cuts[i]));
		CHECK(identity_equal(found[i], cut.identity));
		CHECK(before[i] == cut.frames);
	}
	// The digests at stated lengths are those of the same content, however it came.
	struct capture *plain;
	CHECK(capture_open(other.path, &plain, &error));
	capture_skim(plain);
	CHECK(memcmp(capture_beginning(plain), capture_beginning(capture),
	             beginning_count(whole.length) * sizeof(uint32_t)) == 0);
	CHECK(capture_beginning(plain)[9] != capture_beginning(plain)[10]);
	capture_free(plain);
	capture_free(capture);
	unlink(other.path);
	unlink(file.path);
}

TEST(beginnings_are_measured_and_come_alone)
{
	static const size_t cuts[][8] = {
		{ 24, 25, 40, 100, 30000, 65535, 65536, 65537 },
		{ 10, 4096, 100000, 200000, 262143, 262144, 262145, 262146 },
		{ 262144, 300000, 300001, 524288, 700000, 786431, 786432, 900000 },
		{ 5000, 5001, 5002, 5003, 262144 + 70, 262144 + 71, 600000, 1000000 },
	};
	struct maker m = small_pcap(1);
	struct buffer gz = buffer_up_to(1 << 24), xz = buffer_up_to(1 << 24);
	for (uint32_t i = 0; i < 7000; i++)
		make_record(&m, i, 1, i % 1000 == 0 ? 20000 : 60, (uint8_t)i);
	make_gzip(&gz, buffer_span(&m.out));
	make_zstd(&xz, buffer_span(&m.out));
	const struct span whole = buffer_span(&m.out);
	CHECK(whole.length > 900000);
	const struct span forms[] = { whole, buffer_span(&gz), buffer_span(&xz) };
	for (size_t form = 0; form < 3; form++)
		for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
			size_t count = 8;
			while (cuts[i][count - 1] >= whole.length)
				count--;
			check_measured(whole, forms[form], cuts[i], count, false);
			check_measured(whole, forms[form], cuts[i], count, true);
		}
	buffer_done(&gz);
	buffer_done(&xz);
	buffer_done(&m.out);
}

TEST(damage_in_the_format_does_not_end_the_identity)
{
	struct maker m = small_pcap(1);
	make_record(&m, 1, 1, 60, 7);
	m.out.bytes[m.out.length - 60 - 8 + 3] = 0xff;
	for (uint32_t i = 0; i < 20000; i++)
		make_record(&m, 1, 1, 60, 7);
	const struct reading damaged = read_bytes(buffer_span(&m.out));
	CHECK(damaged.is_damaged && damaged.frames == 3000);
	CHECK(identity_equal(damaged.identity, skimmed(buffer_span(&m.out))));
	buffer_done(&m.out);
}

TEST(damage_of_the_compression_is_the_reason_for_a_broken_record)
{
	struct maker m = small_pcap(1);
	struct buffer gz = buffer_up_to(MADE_MAX);
	make_gzip(&gz, buffer_span(&m.out));
	const struct reading r = read_bytes(span_part(buffer_span(&gz), 0, gz.length / 2));
	CHECK(r.is_open && r.is_damaged && r.frames > 1000 && r.frames < 3000);
	CHECK(text_ends(r.error.text, "its gzip stream breaks off"));
	buffer_done(&gz);
	buffer_done(&m.out);
}

// Feeds a pipe in small pieces, as a slow writer would.
struct feeder {
	const char *path;
	struct span bytes;
};

static void *feed(void *argument)
{
	const struct feeder *feeder = argument;
	FILE *file = fopen(feeder->path, "wb");
	CHECK(file != NULL);
	if (file == NULL)
		return NULL;
	for (size_t at = 0; at < feeder->bytes.length;) {
		const size_t left = feeder->bytes.length - at, piece = left < 777 ? left : 777;
		CHECK(fwrite(feeder->bytes.bytes + at, 1, piece, file) == piece);
		fflush(file);
		at += piece;
	}
	fclose(file);
	return NULL;
}

static struct reading read_through_pipe(struct span bytes)
{
	const struct test_file file = file_with(bytes);
	struct feeder feeder = { .path = file.path, .bytes = bytes };
	pthread_t thread;
	unlink(file.path);
	CHECK(mkfifo(file.path, 0600) == 0);
	CHECK(pthread_create(&thread, NULL, feed, &feeder) == 0);
	const struct reading r = read_path(file.path, READ_FRAMES);
	pthread_join(thread, NULL);
	unlink(file.path);
	return r;
}

TEST(pipes_give_what_files_give)
{
	struct maker m = small_pcap(1);
	struct buffer gz = buffer_up_to(MADE_MAX);
	make_gzip(&gz, buffer_span(&m.out));
	const struct reading whole = read_bytes(buffer_span(&m.out));
	const struct reading piped = read_through_pipe(buffer_span(&m.out));
	const struct reading packed = read_through_pipe(buffer_span(&gz));
	CHECK(piped.frames == 3000 && packed.frames == 3000 && !piped.is_damaged);
	CHECK(identity_equal(whole.identity, piped.identity) && whole.head == piped.head);
	CHECK(identity_equal(whole.identity, packed.identity));
	buffer_done(&gz);
	buffer_done(&m.out);
}

TEST(standard_input_is_a_dash)
{
	struct maker m = small_pcap(1);
	const struct test_file file = file_with(buffer_span(&m.out));
	const int saved = dup(STDIN_FILENO);
	CHECK(freopen(file.path, "rb", stdin) != NULL);
	const struct reading r = read_path("-", 100);
	CHECK(r.frames == 3000 && !r.is_damaged);
	const struct reading again = read_path("-", 100);
	CHECK(!again.is_open && text_equal(again.error.text, "standard input is empty"));
	CHECK(dup2(saved, STDIN_FILENO) == STDIN_FILENO);
	close(saved);
	unlink(file.path);
	buffer_done(&m.out);
}

// The frames of a random capture, as they were written.
struct written {
	uint64_t time_ns;
	uint32_t length;
	uint8_t fill;
};

enum { WRITTEN_MAX = 3000 };

static uint32_t random_length(struct random *random)
{
	switch (random_below(random, 300)) {
	case 0: return random_below(random, 262145);  // up to the block of the stream, and more
	case 1: return 65536 + random_below(random, 100);
	default: return random_below(random, 1600);
	}
}

static struct maker random_capture(struct random *random, struct written *written, size_t count)
{
	const bool is_pcapng = random_below(random, 2) == 0;
	struct maker m = maker_for(random_below(random, 2) == 0);
	if (is_pcapng) {
		make_section(&m);
		make_interface(&m, 1, 9, 0);
	} else {
		make_pcap(&m, 0xa1b23c4d, 4, 1);
	}
	for (size_t i = 0; i < count; i++) {
		const uint32_t seconds = random_u32(random);
		const uint32_t nanoseconds = random_below(random, 1000000000);
		written[i].time_ns = (uint64_t)seconds * 1000000000 + nanoseconds;
		written[i].length = random_length(random);
		written[i].fill = (uint8_t)random_below(random, 256);
		if (is_pcapng)
			make_packet(&m, 0, written[i].time_ns, written[i].length, written[i].fill);
		else
			make_record(&m, seconds, nanoseconds, written[i].length, written[i].fill);
	}
	return m;
}

static void check_frame(const struct frame *frame, const struct written *written)
{
	CHECK(frame->time_ns == written->time_ns && frame->time_digits == 9);
	CHECK(frame->captured.length == written->length);
	CHECK(frame->length_wire == written->length + 4 && frame->link_type == 1);
	size_t wrong = 0;
	for (size_t i = 0; i < frame->captured.length; i++)
		wrong += frame->captured.bytes[i] != written->fill;
	CHECK(wrong == 0);
}

static void check_written(const char *path, const struct written *written, size_t count,
                          size_t frames_max)
{
	static struct frame frames[READ_FRAMES];
	struct capture *capture;
	struct error error;
	CHECK(capture_open(path, &capture, &error));
	size_t read = 0, got;
	while ((got = capture_next(capture, frames, frames_max)) > 0) {
		CHECK(got <= frames_max && read + got <= count);
		for (size_t i = 0; i < got && read + i < count; i++)
			check_frame(&frames[i], &written[read + i]);
		read += got;
	}
	CHECK(read == count && !capture_damage(capture, &error));
	capture_free(capture);
}

TEST(what_was_written_is_read)
{
	static struct written written[WRITTEN_MAX];
	for (uint64_t seed = 0; seed < 12; seed++) {
		struct random random = random_from(seed);
		const size_t count = random_below(&random, WRITTEN_MAX);
		struct maker m = random_capture(&random, written, count);
		struct buffer packed = buffer_up_to(MADE_MAX);
		if (seed % 3 == 1)
			make_gzip(&packed, buffer_span(&m.out));
		else if (seed % 3 == 2)
			make_zstd(&packed, buffer_span(&m.out));
		const unsigned failed_before = test_failed_checks;
		const struct span bytes = buffer_span(seed % 3 == 0 ? &m.out : &packed);
		const struct test_file file = file_with(bytes);
		check_written(file.path, written, count, 1 + random_below(&random, READ_FRAMES));
		check_written(file.path, written, count, 1);
		if (test_failed_checks != failed_before)
			printf("seed %llu\n", (unsigned long long)seed);
		unlink(file.path);
		buffer_done(&packed);
		buffer_done(&m.out);
	}
}

// Touches every byte, for a sanitizer to look on.
static uint64_t count_zeros(struct span bytes)
{
	uint64_t zeros = 0;
	for (size_t at = 0; at < bytes.length; at++)
		zeros += bytes.bytes[at] == 0;
	return zeros;
}

static unsigned collection_opened, collection_refused;

static int visit(const char *path, const struct stat *about, int kind, struct FTW *place)
{
	(void)about;
	(void)place;
	if (kind != FTW_F)
		return 0;
	static struct frame frames[64];
	struct capture *capture;
	struct error error;
	if (!capture_open(path, &capture, &error)) {
		CHECK(error.kind == ERROR_FAILED && error.text[0] != '\0');
		collection_refused++;
		return 0;
	}
	uint64_t length = 0, zeros = 0;
	for (size_t count; (count = capture_next(capture, frames, 64)) > 0;)
		for (size_t i = 0; i < count; i++) {
			length += frames[i].captured.length;
			zeros += count_zeros(frames[i].captured);
		}
	CHECK(zeros <= length && length <= capture_identity(capture).length_bytes);
	CHECK(!capture_damage(capture, &error) || error.text[0] != '\0');
	capture_free(capture);
	collection_opened++;
	return 0;
}

TEST(real_and_hostile_captures)
{
	const char *folder = getenv("HOTARU_CAPTURES");
	if (folder == NULL)
		SKIP("HOTARU_CAPTURES names no collection of captures");
	static const char *const parts[] = { "formats", "hostile" };
	const time_t start = time(NULL);
	for (size_t i = 0; i < 2; i++) {
		char path[4096];
		CHECK(text_format(path, sizeof path, "%s/%s", folder, parts[i]));
		CHECK(nftw(path, visit, 16, FTW_PHYS) == 0);
	}
	CHECK(collection_opened > 0 && time(NULL) - start < 60);
}

TEST_MAIN
