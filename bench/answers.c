// SPDX-License-Identifier: MIT
// bench-answers: what made hosts of made models answer, as JSON Lines of hotaru, and which model each is.
//
// Nothing is copied from real devices. A model has a vendor, firmware and some of the 11 ports of the published
// study; a quarter of models are siblings, which differ from another in the number of the model alone; a third of
// the services are generic ones that many models share. A host loses ports at random, and what varies from
// host to host (dates, cookies, addresses) varies. The same seed gives the same bytes.
#include "base/buffer.h"
#include "base/options.h"
#include "base/random.h"
#include "base/text.h"
#include "base/base64.h"

#include <stdio.h>
#include <string.h>

enum { PORTS = 11, MODELS_MAX = 20000, NAME_SIZE = 24, SERVICES_MAX = 6, ANSWER_MAX = 4096 };
static const uint16_t ports[PORTS] = { 80, 23, 22, 81, 7547, 8080, 21, 2323, 2222, 88, 5358 };

struct settings {
	uint64_t hosts, models, seed, answered;
	const char *output, *truth;
	bool wants_help;
};

#define FIELD(name) offsetof(struct settings, name)
static const struct option options[] = {
	{ .name = "hosts",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(hosts),
	  .value = "N",
	  .help = "how many hosts (default: 800)",
	  .minimum = 1,
	  .maximum = 16000000 },
	{ .name = "models",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(models),
	  .value = "N",
	  .help = "of how many models (default: 80)",
	  .minimum = 1,
	  .maximum = MODELS_MAX },
	{ .name = "answered",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(answered),
	  .value = "PERCENT",
	  .help = "how many of its ports a host answers on (default: 85)",
	  .minimum = 1,
	  .maximum = 100 },
	{ .name = "seed",
	  .kind = OPTION_NUMBER,
	  .offset = FIELD(seed),
	  .value = "N",
	  .help = "where the random numbers start (default: 1)" },
	{ .name = "output",
	  .letter = 'o',
	  .kind = OPTION_TEXT,
	  .offset = FIELD(output),
	  .value = "FILE",
	  .help = "write answers there (default: standard output)" },
	{ .name = "truth",
	  .kind = OPTION_TEXT,
	  .offset = FIELD(truth),
	  .value = "FILE",
	  .help = "write address,model there" },
	{ .name = "help", .kind = OPTION_FLAG, .offset = FIELD(wants_help), .help = "print this" },
};
static const struct option_table table = { options, sizeof options / sizeof *options };

struct model {
	char vendor[NAME_SIZE], name[NAME_SIZE], server[NAME_SIZE], firmware[NAME_SIZE];
	unsigned services;
	unsigned at[SERVICES_MAX];  // of `ports`
	bool is_generic[SERVICES_MAX];
	uint32_t style;  // which words it uses
};
static struct model models[MODELS_MAX];

static void syllables(struct random *r, char *out, unsigned count, bool is_capital)
{
	static const char *const parts[] = {
		"ka",  "lo",  "mi", "ter", "vax", "don", "rel", "qui",
		"sol", "net", "fu", "zen", "tro", "bel", "yu",  "gra"
	};
	out[0] = '\0';
	for (unsigned i = 0; i < count; i++)
		text_format(out + strlen(out), NAME_SIZE - strlen(out), "%s",
		            parts[random_below(r, 16)]);
	if (is_capital)
		out[0] = (char)(out[0] - 'a' + 'A');
}

static void number_of(struct random *r, char *out)
{
	text_format(out, NAME_SIZE, "%c%c-%u%c", 'A' + (int)random_below(r, 26),
	            'A' + (int)random_below(r, 26), 100 + random_below(r, 9900),
	            'A' + (int)random_below(r, 26));
}

static void make_model(struct random *r, uint64_t i)
{
	struct model *m = &models[i];
	if (i > 0 && random_below(r, 4) == 0) {
		*m = models[random_below(r, (uint32_t)i)];
		number_of(r, m->name);
		return;
	}
	syllables(r, m->vendor, 3, true);
	syllables(r, m->server, 2, true);
	number_of(r, m->name);
	text_format(m->firmware, sizeof m->firmware, "%u.%u.%u", random_below(r, 9),
	            random_below(r, 20), random_below(r, 400));
	m->style = random_u32(r);
	m->services = 1 + random_below(r, SERVICES_MAX);
	unsigned order[PORTS];
	for (unsigned k = 0; k < PORTS; k++)
		order[k] = k;
	for (unsigned k = 0; k < m->services; k++) {
		const unsigned other = k + random_below(r, PORTS - k), swap = order[k];
		order[k] = order[other];
		order[other] = swap;
		m->at[k] = order[k];
		m->is_generic[k] = random_below(r, 3) == 0;
	}
}

// ---- answers

static void http(struct buffer *b, const struct model *m, struct random *r, bool is_generic)
{
	static const char *const titles[] = { "Router", "IP camera", "Web Manager", "NVR",
		                              "Gateway" };
	buffer_format(b,
	              "HTTP/1.1 %s\r\nServer: ", m->style % 2 == 0 ? "401 Unauthorized" : "200 OK");
	if (is_generic)
		buffer_text(b, m->style % 3 == 0 ? "mini-web" : "tinyserv/1.0");
	else
		buffer_format(b, "%s/%s", m->server, m->firmware);
	buffer_format(b, "\r\nDate: Mon, %02u Sep 2016 %02u:%02u:%02u GMT\r\n",
	              1 + random_below(r, 28), random_below(r, 24), random_below(r, 60),
	              random_below(r, 60));
	if (m->style % 5 == 0)
		buffer_format(b, "Set-Cookie: SESSION=%08x%08x; path=/\r\n", random_u32(r),
		              random_u32(r));
	if (m->style % 2 == 0)
		buffer_format(b, "WWW-Authenticate: Digest realm=\"%s\", nonce=\"%08x%08x\"\r\n",
		              is_generic ? "login" : m->name, random_u32(r), random_u32(r));
	buffer_format(b,
	              "Content-Type: text/html\r\nConnection: close\r\n\r\n<html><head><title>%s",
	              titles[m->style / 2 % 5]);
	if (!is_generic)
		buffer_format(b, " %s %s", m->vendor, m->name);
	buffer_text(b, "</title></head><body></body></html>\r\n");
}

static void telnet(struct buffer *b, const struct model *m, bool is_generic)
{
	buffer_append(b, "\xff\xfd\x01\xff\xfb\x03", 6);
	if (!is_generic)
		buffer_format(b, "\r\n%s %s (%s)\r\n", m->vendor, m->name, m->firmware);
	buffer_text(b, m->style % 2 == 0 ? "\r\nlogin: " : "\r\nUsername: ");
}

static void greeting(struct buffer *b, const struct model *m, struct random *r, unsigned port,
                     bool is_generic)
{
	if (port == 21 && is_generic)
		buffer_text(b, "220 FTP service ready.\r\n");
	else if (port == 21)
		buffer_format(b, "220 %s %s FTP server (%s) [192.168.%u.%u]\r\n", m->vendor,
		              m->name, m->firmware, random_below(r, 256), random_below(r, 256));
	else if (is_generic)
		buffer_format(b, "SSH-2.0-dropsmall_0.%u\r\n", 40 + m->style % 5);
	else
		buffer_format(b, "SSH-2.0-%s_%s\r\n", m->server, m->firmware);
}

static void answer(struct buffer *b, const struct model *m, struct random *r, unsigned service)
{
	const unsigned port = ports[m->at[service]];
	const bool is_generic = m->is_generic[service];
	if (port == 23 || port == 2323 || port == 5358)
		telnet(b, m, is_generic);
	else if (port == 21 || port == 22 || port == 2222)
		greeting(b, m, r, port, is_generic);
	else
		http(b, m, r, is_generic);
}

// ---- hosts

static void host(FILE *out, struct buffer *line, uint32_t address, const struct model *m,
                 struct random *r, const struct settings *s)
{
	char text[TEXT_IPV4_SIZE];
	uint8_t room[ANSWER_MAX];
	text_from_ipv4(address, text);
	// One port at least: a host that answers nothing is no host here.
	const unsigned kept = random_below(r, m->services);
	for (unsigned i = 0; i < m->services; i++) {
		if (i != kept && random_below(r, 100) >= s->answered)
			continue;
		struct buffer b = { .bytes = room,
			            .maximum = sizeof room,
			            .capacity = sizeof room };
		answer(&b, m, r, i);
		line->length = 0;
		buffer_format(line,
		              "{\"address\":\"%s\",\"port\":%u,\"time\":\"2016-09-20T00:00:00Z\","
		              "\"probe\":\"get\",\"status\":\"answered\",\"response\":\"",
		              text, (unsigned)ports[m->at[i]]);
		base64_encode(line, buffer_span(&b));
		buffer_text(line, "\"}\n");
		fwrite(line->bytes, 1, line->length, out);
	}
}

static int write_all(const struct settings *s)
{
	FILE *out = s->output != NULL ? fopen(s->output, "we") : stdout;
	FILE *truth = s->truth != NULL ? fopen(s->truth, "we") : NULL;
	if (out == NULL || (s->truth != NULL && truth == NULL)) {
		fputs("bench-answers: cannot write\n", stderr);
		return 1;
	}
	struct random r = random_from(s->seed);
	struct buffer line = buffer_up_to(1 << 16);
	for (uint64_t i = 0; i < s->models; i++)
		make_model(&r, i);
	if (truth != NULL)
		fputs("address,model\n", truth);
	for (uint64_t i = 0; i < s->hosts; i++) {
		const uint32_t model = random_below(&r, (uint32_t)s->models);
		const uint32_t address = (UINT32_C(11) << 24) + (uint32_t)i;
		host(out, &line, address, &models[model], &r, s);
		if (truth != NULL) {
			char text[TEXT_IPV4_SIZE];
			text_from_ipv4(address, text);
			fprintf(truth, "%s,%u\n", text, model);
		}
	}
	buffer_done(&line);
	const bool is_bad = ferror(out) != 0 || fclose(out) != 0 ||
	                    (truth != NULL && (ferror(truth) != 0 || fclose(truth) != 0));
	return is_bad ? 1 : 0;
}

int main(int argc, char **argv)
{
	const struct option_table *const tables[] = { &table, NULL };
	struct settings s = { .hosts = 800, .models = 80, .seed = 1, .answered = 85 };
	struct option_words words = { argv + 1, argc > 0 ? (size_t)argc - 1 : 0 };
	struct error error = { .kind = ERROR_NONE };
	if (!options_parse(tables, &s, &words, &error) || words.count > 0 || s.wants_help) {
		fprintf(stderr, "bench-answers: %s\n",
		        error.kind != ERROR_NONE ? error.text : "options: see bench/answers.c");
		return 2;
	}
	return write_all(&s);
}
