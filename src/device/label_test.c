// SPDX-License-Identifier: MIT
// Rules of our own writing, about devices that do not exist, in the form of recog's; answers that they
// label; rules and answers that mean harm. With HOTARU_BANNERS a rule is made of each of recog's examples,
// and each has to give the labels that recog publishes for it.
#include "base/buffer.h"
#include "base/memory.h"
#include "base/test.h"
#include "device/label.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct reader {
	struct label_rules *rules;
	struct label_work *work;
	struct error error;
};

static struct span span_of(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

static bool ready(struct reader *r)
{
	return label_rules_finish(r->rules, &r->error) &&
	       (r->work = label_work_new(r->rules, &r->error)) != NULL;
}

// One file; NULL: it is refused, and error says why.
static bool open_rules(struct reader *r, const char *name, const char *xml)
{
	*r = (struct reader){ 0 };
	r->rules = label_rules_new(&r->error);
	return r->rules != NULL && label_rules_read(r->rules, span_of(xml), name, &r->error) &&
	       ready(r);
}

static void done(struct reader *r)
{
	label_work_free(r->work);
	label_rules_free(r->rules);
}

// "basis|vendor|product|family|device|version".
static bool says(struct reader *r, const char *answer, size_t length, const char *expected)
{
	struct label l;
	char text[700];
	const bool is_known = label_of(r->work, (struct span){ (const uint8_t *)answer, length },
	                               &l);
	text_format(text, sizeof text, "%d|%s|%s|%s|%s|%s", (int)l.basis, l.vendor, l.product,
	            l.family, l.device, l.version);
	const bool is_same = text_equal(text, expected) && is_known == (l.basis != LABEL_NONE);
	if (!is_same)
		printf("is %s and not %s\n", text, expected);
	return is_same;
}

#define SAYS(r, answer, expected) CHECK(says(r, answer, sizeof answer - 1, expected))

static const char SSH[] =
	"<?xml version='1.0' encoding='UTF-8'?>\n"
	"<fingerprints matches='ssh.banner' protocol='ssh' database_type='service'>\n"
	"  <!-- a comment -->\n"
	"  <fingerprint pattern='^nagi_([\\d.]+)(?: rev (\\S+))?$'>\n"
	"    <description>Nagi</description><example>nagi_1.4</example>\n"
	"    <param pos='0' name='service.vendor' value='Nagi Software'/>\n"
	"    <param pos='0' name='service.product' value='nagi'/>\n"
	"    <param pos='1' name='service.version'/>\n"
	"    <param pos='2' name='_tmp.revision'/>\n"
	"    <param pos='0' name='service.family' value='{service.product} r{_tmp.revision} {nothing}'/>\n"
	"  </fingerprint>\n"
	"  <fingerprint pattern='^UMI' flags='REG_ICASE'>\n"
	"    <param pos='0' name='hw.device' value='NAS'/>\n"
	"    <param pos='0' name='os.vendor' value='Umi'/>\n"
	"    <param pos='0' name='os.product' value='UmiOS'/>\n"
	"    <param pos='0' name='service.device' value='Server'/>\n"
	"  </fingerprint>\n"
	"  <fingerprint pattern='nagi'><param pos='0' name='os.family' value='Nagi'/></fingerprint>\n"
	"  <fingerprint pattern='^OpenSSH$'>\n"
	"    <param pos='0' name='service.product' value='OpenSSH'/>\n"
	"    <param pos='0' name='service.certainty' value='0.0'/>\n"
	"  </fingerprint>\n"
	"  <fingerprint pattern='^OpenSSH'><param pos='0' name='os.family' value='x'/></fingerprint>\n"
	"</fingerprints>\n";

TEST(first_match_in_file_order_counts)
{
	struct reader r;
	CHECK(open_rules(&r, "ssh_banners.xml", SSH));
	for (unsigned again = 0; again < 2; again++) {  // asked, and remembered
		SAYS(&r, "SSH-2.0-nagi_1.4 rev b7\r\n", "2|Nagi Software|nagi|nagi rb7||1.4");
		SAYS(&r, "SSH-2.0-nagi_1.4\r\n", "2|Nagi Software|nagi|nagi r||1.4");
		SAYS(&r, "SSH-2.0-my nagi\r\n", "1|||Nagi||");
		SAYS(&r, "SSH-2.0-umi 3\r\n", "3|Umi|UmiOS||NAS|");
		// It says nothing, and a later rule does not, either.
		SAYS(&r, "SSH-2.0-OpenSSH\r\n", "0|||||");
		SAYS(&r, "SSH-2.0-OpenSSH_9\r\n", "1|||x||");
		SAYS(&r, "SSH-2.0-other\r\n", "0|||||");
		SAYS(&r, "HTTP/1.0 200 OK\r\nServer: nagi_1.4\r\n\r\n", "0|||||");
	}
	CHECK(label_gave_up(r.work) == 0);
	const struct label_rules_summary s = label_rules_summary(r.rules);
	CHECK(s.files == 1 && s.files_of_others == 0 && s.rules == 5 && s.unusable == 0);
	done(&r);
}

// What Ruby makes of ^, $ and ".".
TEST(lines_and_dots_are_those_of_ruby)
{
	struct reader r;
	CHECK(open_rules(&r, "telnet.xml",
	                 "<fingerprints matches='telnet.banner'>"
	                 "<fingerprint pattern='^a.b$' flags='REG_DOT_NEWLINE'>"
	                 "<param pos='0' name='hw.product' value='dot'/></fingerprint>"
	                 "<fingerprint pattern='^c.d$' flags='REG_MULTILINE'>"
	                 "<param pos='0' name='hw.product' value='multi'/></fingerprint>"
	                 "<fingerprint pattern='^e.f$'>"
	                 "<param pos='0' name='hw.product' value='plain'/></fingerprint>"
	                 "<fingerprint pattern='^g$'>"
	                 "<param pos='0' name='hw.product' value='line'/></fingerprint>"
	                 "</fingerprints>"));
	SAYS(&r, "x\na\nb\ny", "3||dot|||");
	SAYS(&r, "c\nd", "3||multi|||");
	SAYS(&r, "e\nf", "0|||||");
	SAYS(&r,
	     "e\xe9"
	     "f",
	     "3||plain|||");
	SAYS(&r, "\xff\xfd\x01one\ng\ntwo", "3||line|||");
	done(&r);
}

TEST(the_field_that_knows_more_counts)
{
	static const char *const files[][2] = {
		{ "http_servers.xml",
		  "<fingerprints><fingerprint pattern='^Kaze/(.*)'>"
		  "<param pos='0' name='service.product' value='Kaze'/>"
		  "<param pos='1' name='service.version'/></fingerprint></fingerprints>" },
		{ "a.xml", "<fingerprints matches='http_header.wwwauth'>"
		           "<fingerprint pattern='^(?:Basic|Digest) realm=.NAGI (\\S+).$'>"
		           "<param pos='0' name='hw.vendor' value='NAGI'/>"
		           "<param pos='1' name='hw.product'/></fingerprint></fingerprints>" },
		{ "b.xml", "<fingerprints matches='html_title'><fingerprint pattern='^Nagi$'>"
		           "<param pos='0' name='hw.vendor' value='Nagi, Inc.'/></fingerprint>"
		           "<fingerprint pattern='^$'/></fingerprints>" },
		{ "snmp_sysdescr.xml", "<fingerprints matches='snmp.sys_description'>"
		                       "<fingerprint pattern='('/></fingerprints>" },
	};
	struct reader r = { .rules = label_rules_new(&r.error) };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		CHECK(label_rules_read(r.rules, span_of(files[i][1]), files[i][0], &r.error));
	CHECK(label_rules_read_vendors(r.rules, span_of("Umi\r\nNagi\n"), &r.error));
	CHECK(ready(&r));
	SAYS(&r,
	     "HTTP/1.0 401 x\r\nServer: Kaze/2\r\nWWW-Authenticate: Basic realm=\"NAGI NR-40\"\r\n\r\n"
	     "<title>Nagi</title>",
	     "3|Nagi|NR-40|||");
	SAYS(&r, "HTTP/1.0 200 OK\r\nServer: Kaze/2\r\n\r\n<title>Nagi</title>", "3|Nagi||||");
	SAYS(&r, "HTTP/1.0 200 OK\r\nServer: Kaze/2 \x01\x1b[31m\r\n\r\n", "2||Kaze|||2 [31m");
	const struct label_rules_summary s = label_rules_summary(r.rules);
	CHECK(s.files == 4 && s.files_of_others == 1 && s.rules == 4);
	done(&r);
}

TEST(vendors_have_one_spelling)
{
	struct reader r;
	CHECK(open_rules(
		&r, "ssh_banners.xml",
		"<fingerprints>"
		"<fingerprint pattern='^1'><param pos='0' name='hw.vendor' value='T-Kaze'/></fingerprint>"
		"<fingerprint pattern='^2'><param pos='0' name='hw.vendor' value='TKAZE Co., Ltd.'/></fingerprint>"
		"<fingerprint pattern='^3'><param pos='0' name='os.vendor' value='T-KAZE'/></fingerprint>"
		"<fingerprint pattern='^4'><param pos='0' name='hw.vendor' value='T-Kaze'/></fingerprint>"
		"<fingerprint pattern='^5 (.*)'><param pos='1' name='hw.vendor'/></fingerprint>"
		"<fingerprint pattern='^6'><param pos='0' name='hw.vendor' value='Inc.'/></fingerprint>"
		"</fingerprints>"));
	SAYS(&r, "SSH-2.0-1\n", "3|T-Kaze||||");
	SAYS(&r, "SSH-2.0-2\n", "3|T-Kaze||||");
	SAYS(&r, "SSH-2.0-3\n", "1|T-Kaze||||");
	SAYS(&r, "SSH-2.0-5 t kaze LLC\n", "3|T-Kaze||||");
	SAYS(&r, "SSH-2.0-5 Umi\n", "3|Umi||||");
	SAYS(&r, "SSH-2.0-6\n", "3|Inc.||||");
	done(&r);
}

TEST(names_say_the_vendor_once)
{
	static const struct {
		struct label label;
		const char *name;
	} cases[] = {
		{ { LABEL_HARDWARE, "Nagi", "NR-40", "NR", "Router", "1" }, "Nagi NR-40" },
		{ { LABEL_HARDWARE, "Nagi", "Nagi NR-40", "", "", "" }, "Nagi NR-40" },
		{ { LABEL_HARDWARE, "Nagi", "Nagios", "", "", "" }, "Nagi Nagios" },
		{ { LABEL_HARDWARE, "Nagi", "Nagi", "", "", "" }, "Nagi" },
		{ { LABEL_HARDWARE, "Nagi", "", "NR", "Router", "" }, "Nagi NR" },
		{ { LABEL_HARDWARE, "Nagi", "", "", "Router", "" }, "Nagi" },
		{ { LABEL_HARDWARE, "", "", "", "Router", "" }, "Router" },
		{ { LABEL_SERVICE, "", "Kaze", "", "", "" }, "Kaze" },
		{ { LABEL_NONE, "", "", "", "", "" }, "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char name[LABEL_NAME_SIZE];
		label_name(&cases[i].label, name);
		CHECK(text_equal(name, cases[i].name));
	}
}

// ---- what means harm

TEST(bombs_end_by_the_limit_and_are_counted)
{
	struct reader r;
	CHECK(open_rules(
		&r, "ssh_banners.xml",
		"<fingerprints>"
		"<fingerprint pattern='^(a+)+$'><param pos='0' name='hw.product' value='1'/></fingerprint>"
		"<fingerprint pattern='^(a|aa)+$'><param pos='0' name='hw.product' value='2'/></fingerprint>"
		"<fingerprint pattern='b$'><param pos='0' name='hw.product' value='b'/></fingerprint>"
		"</fingerprints>"));
	char answer[300] = "SSH-2.0-";
	memset(answer + 8, 'a', 250);
	answer[258] = 'b';
	const clock_t before = clock();
	CHECK(says(&r, answer, strlen(answer), "3||b|||"));
	CHECK(label_gave_up(r.work) == 2);
	CHECK(says(&r, answer, strlen(answer), "3||b|||"));
	CHECK(label_gave_up(r.work) == 4);
	CHECK((double)(clock() - before) / CLOCKS_PER_SEC < 2);
	done(&r);
}

// Some hundred thousand steps are too many, too: not only what never ends.
TEST(what_takes_too_many_steps_ends)
{
	struct reader r;
	CHECK(open_rules(&r, "ssh_banners.xml",
	                 "<fingerprints><fingerprint pattern='^(a+)+$'/></fingerprints>"));
	SAYS(&r, "SSH-2.0-aaaaaaaaab", "0|||||");
	CHECK(label_gave_up(r.work) == 0);
	SAYS(&r, "SSH-2.0-aaaaaaaaaaaaaaaaaab", "0|||||");
	CHECK(label_gave_up(r.work) == 1);
	done(&r);
}

TEST(of_many_bombs_few_go_off)
{
	enum { BOMBS = 300 };
	struct buffer xml = buffer_up_to(1 << 20);
	buffer_text(&xml, "<fingerprints>");
	for (unsigned i = 0; i < BOMBS; i++)
		buffer_format(&xml, "<fingerprint pattern='^(a+)+%u?$'/>", i);
	buffer_text(&xml, "</fingerprints>");
	buffer_byte(&xml, 0);
	struct reader r;
	CHECK(open_rules(&r, "ssh_banners.xml", (const char *)xml.bytes));
	CHECK(label_rules_summary(r.rules).rules == BOMBS);
	char answer[300] = "SSH-2.0-";
	memset(answer + 8, 'a', 250);
	answer[258] = 'b';
	CHECK(says(&r, answer, strlen(answer), "0|||||"));
	CHECK(label_gave_up(r.work) == LABEL_GIVE_UPS_MAX);
	done(&r);
	buffer_done(&xml);
}

TEST(rules_that_cannot_be_used_are_counted)
{
	struct reader r;
	CHECK(open_rules(
		&r, "ssh_banners.xml",
		"<fingerprints>\n"
		"<fingerprint pattern='(('><param pos='0' name='hw.product' value='1'/></fingerprint>\n"
		"<fingerprint pattern='(((((((((a{999}){999}){999}){999}){999}){999}){999}){999})'/>\n"
		"<fingerprint pattern='(a)'><param pos='2' name='hw.product'/></fingerprint>\n"
		"<fingerprint pattern='(*UTF)a'/><fingerprint pattern='a(?C1)\\K'/>\n"
		"<fingerprint pattern='ok'><param pos='0' name='hw.product' value='ok'/></fingerprint>\n"
		"</fingerprints>"));
	const struct label_rules_summary s = label_rules_summary(r.rules);
	CHECK(s.unusable == 4 && s.rules == 2);
	CHECK(text_starts(s.trouble, "ssh_banners.xml:2: "));
	SAYS(&r, "SSH-2.0-ok\n", "3||ok|||");
	done(&r);
}

static void refuses(const char *xml, const char *why)
{
	struct reader r;
	CHECK(!open_rules(&r, "x.xml", xml));
	if (!text_equal(r.error.text, why))
		printf("says \"%s\"\n", r.error.text);
	CHECK(text_equal(r.error.text, why));
	done(&r);
}

TEST(what_is_no_file_of_rules_is_refused)
{
	refuses("", "x.xml:1: no element found");
	refuses("<fingerprints>\n<fingerprint></fingerprints>", "x.xml:2: mismatched tag");
	refuses("<html/>", "x.xml:1: this is no file of rules for labels");
	refuses("<!DOCTYPE f [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><fingerprints>&b;</fingerprints>",
	        "x.xml: rules for labels have no document type");
	refuses("<fingerprints matches='ssh.banner'><fingerprint pattern='a'>\n<param pos='-1' name='a'/>"
	        "</fingerprint></fingerprints>",
	        "x.xml:2: this is no parameter of a rule");
	refuses("<fingerprints><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>",
	        "x.xml:1: this is no file of rules for labels");
}

// Cut anywhere it is refused in a line, and nothing is lost; with no memory from any allocation on, too.
TEST(rules_may_break_off_anywhere)
{
	for (size_t length = 0; length + 2 < sizeof SSH - 1; length += sweep_step()) {
		struct error error = { 0 };
		struct label_rules *rules = label_rules_new(&error);
		CHECK(!label_rules_read(rules, (struct span){ (const uint8_t *)SSH, length },
		                        "ssh_banners.xml", &error));
		CHECK(error.text[0] != 0 && strchr(error.text, '\n') == NULL);
		label_rules_free(rules);
	}
	bool is_done = false;
	for (unsigned long n = 1; !is_done; n += sweep_step()) {
		struct reader r;
		memory_fail_at(n);
		is_done = open_rules(&r, "ssh_banners.xml", SSH);
		memory_fail_at(0);
		CHECK(is_done || r.error.text[0] != 0);
		done(&r);
	}
}

// ---- folders

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[300];
	text_format(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void remove_all(const char *folder)
{
	static const char *const names[] = { "xml/ssh_banners.xml",
		                             "xml/README",
		                             "identifiers/vendor.txt",
		                             "spec.xml",
		                             "xml",
		                             "identifiers",
		                             "" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[300];
		text_format(path, sizeof path, "%s/%s", folder, names[i]);
		CHECK(remove(path) == 0 || names[i][0] != 0);
	}
}

TEST(a_checkout_is_read_as_it_is)
{
	char folder[] = "/tmp/hotaru-label-XXXXXX", path[300];
	struct error error = { 0 };
	struct label_rules *rules = NULL;
	CHECK(mkdtemp(folder) != NULL);
	CHECK(!label_rules_open(folder, &rules, &error) &&
	      strstr(error.text, "there are no rules for labels in it") != NULL);
	write_file(folder, "spec.xml", "<html/>");
	CHECK(!label_rules_open(folder, &rules, &error) &&
	      strstr(error.text, "spec.xml:1: this is no file of rules for labels") != NULL);
	text_format(path, sizeof path, "%s/xml", folder);
	CHECK(mkdir(path, 0700) == 0);
	text_format(path, sizeof path, "%s/identifiers", folder);
	CHECK(mkdir(path, 0700) == 0);
	write_file(folder, "xml/ssh_banners.xml", SSH);
	write_file(folder, "xml/README", "none");
	write_file(folder, "identifiers/vendor.txt", "NAGI SOFTWARE\n");
	struct reader r = { 0 };
	CHECK(label_rules_open(folder, &r.rules, &r.error));
	CHECK((r.work = label_work_new(r.rules, &r.error)) != NULL);
	SAYS(&r, "SSH-2.0-nagi_1.4\r\n", "2|NAGI SOFTWARE|nagi|nagi r||1.4");
	done(&r);
	remove_all(folder);
}

// ---- recog's examples

static const struct {
	const char *file, *before, *after;
} shells[] = {
	{ "ssh_banners.xml", "SSH-2.0-", "\r\n" },
	{ "ftp_banners.xml", "220 ", "\r\n" },
	{ "telnet_banners.xml", "\xff\xfd\x01", "" },
	{ "http_servers.xml", "HTTP/1.1 200 OK\r\nServer: ", "\r\n\r\n" },
	{ "http_wwwauth.xml", "HTTP/1.1 401 x\r\nWWW-Authenticate: ", "\r\n\r\n" },
	{ "http_cookies.xml", "HTTP/1.1 200 OK\r\nSet-Cookie: ", "\r\n\r\n" },
	{ "html_title.xml", "HTTP/1.1 200 OK\r\n\r\n<title>", "</title>" },
};

// The place of an example's file in `shells`; -1: an answer has no such field.
static int shell_of(const cJSON *example)
{
	const char *file = cJSON_GetObjectItem(example, "file")->valuestring;
	for (int i = 0; i < (int)(sizeof shells / sizeof *shells); i++)
		if (text_equal(file, shells[i].file))
			return i;
	return -1;
}

static void xml_text(struct buffer *out, const char *text)
{
	for (; *text != 0; text++)
		if (strchr("<>&'\"\n\r\t", *text) != NULL)
			buffer_format(out, "&#%d;", *text);
		else
			buffer_byte(out, (uint8_t)*text);
}

// A rule that matches the text and nothing else, with blanks around it or not.
static void rule_of(struct buffer *out, const cJSON *example)
{
	buffer_text(out, "<fingerprint pattern='\\A\\s*");
	const char *text = cJSON_GetObjectItem(example, "text")->valuestring;
	size_t length = strlen(text);
	while (length > 0 && isspace((uint8_t)text[length - 1]))
		length--;
	for (size_t i = strspn(text, " \t\r\n"); i < length; i++)
		buffer_format(out, "\\x%02x", (uint8_t)text[i]);
	buffer_text(out, "\\s*\\z'>");
	const cJSON *label;
	cJSON_ArrayForEach(label, cJSON_GetObjectItem(example, "labels"))
	{
		buffer_format(out, "<param pos='0' name='%s' value='", label->string);
		xml_text(out, label->valuestring);
		buffer_text(out, "'/>");
	}
	buffer_text(out, "</fingerprint>\n");
}

static bool is_part(const cJSON *example, const char *name, const char *value, bool is_vendor)
{
	const cJSON *expected = cJSON_GetObjectItem(example, name);
	if (!cJSON_IsString(expected))
		return value[0] == 0;
	char text[LABEL_TEXT_SIZE];
	text_copy(text, sizeof text, expected->valuestring);
	return is_vendor ? strncasecmp(text, value, 2) == 0 : text_equal(text, value);
}

static void check_example(struct reader *r, const cJSON *example, unsigned *same)
{
	const int shell = shell_of(example);
	if (shell < 0)
		return;
	const char *text = cJSON_GetObjectItem(example, "text")->valuestring;
	char answer[8192];
	if (shell == 1 && strchr(text, '\n') != NULL)
		text_format(answer, sizeof answer, "220-%s\r\n220 \r\n", text);
	else
		text_format(answer, sizeof answer, "%s%s%s", shells[shell].before, text,
		            shells[shell].after);
	struct label l;
	label_of(r->work, span_of(answer), &l);
	const bool is_same = is_part(example, "vendor", l.vendor, true) &&
	                     is_part(example, "product", l.product, false) &&
	                     is_part(example, "family", l.family, false) &&
	                     is_part(example, "device", l.device, false);
	*same += is_same;
	if (!is_same)
		printf("%s: \"%.60s\" is %s, %s\n", shells[shell].file, text, l.vendor, l.product);
}

// Calls it for each example.
static void each_example(const char *path, void (*take)(const cJSON *, void *), void *context)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	while (file != NULL && getline(&line, &size, file) > 0) {
		cJSON *example = cJSON_Parse(line);
		if (example != NULL && cJSON_GetObjectItem(example, "text")->valuestring[0] != 0)
			take(example, context);
		cJSON_Delete(example);
	}
	if (file != NULL)
		fclose(file);
	free(line);
}

struct examples {
	struct buffer files[sizeof shells / sizeof *shells];
	struct reader reader;
	unsigned count, same;
};

static void take_rule(const cJSON *example, void *context)
{
	struct examples *e = context;
	const int shell = shell_of(example);
	if (shell >= 0) {
		rule_of(&e->files[shell], example);
		e->count++;
	}
}

static void take_answer(const cJSON *example, void *context)
{
	struct examples *e = context;
	check_example(&e->reader, example, &e->same);
}

TEST(examples_of_recog_have_the_labels_that_it_publishes)
{
	const char *folder = getenv("HOTARU_BANNERS");
	if (folder == NULL)
		SKIP("HOTARU_BANNERS is not set");
	char path[4096];
	text_format(path, sizeof path, "%s/recog.jsonl", folder);
	struct examples e = { .reader.rules = label_rules_new(&e.reader.error) };
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
		e.files[i] = buffer_up_to(8 << 20);
		buffer_text(&e.files[i], "<fingerprints>\n");
	}
	each_example(path, take_rule, &e);
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
		buffer_text(&e.files[i], "</fingerprints>");
		CHECK(!e.files[i].failed);
		CHECK(label_rules_read(e.reader.rules, buffer_span(&e.files[i]), shells[i].file,
		                       &e.reader.error));
		buffer_done(&e.files[i]);
	}
	CHECK(ready(&e.reader));
	CHECK(label_rules_summary(e.reader.rules).unusable == 0);
	const clock_t before = clock();
	each_example(path, take_answer, &e);
	printf("%u of %u examples, %.0f us each\n", e.same, e.count,
	       (double)(clock() - before) * 1e6 / CLOCKS_PER_SEC / (e.count + 1));
	CHECK(e.count > 2000 && e.same == e.count);
	done(&e.reader);
}

TEST_MAIN
