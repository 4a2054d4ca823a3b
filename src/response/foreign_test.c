// SPDX-License-Identifier: MIT
// Outputs of other tools, made here after what they write. Real ones are in HOTARU_NMAP and HOTARU_ZGRAB2
// (tests/responses_test.py).
#include "base/buffer.h"
#include "base/sha256.h"
#include "response/test_responses.h"

static struct kept kept;

static const struct response *answer_of(uint16_t port, const char *probe)
{
	for (size_t i = 0; i < kept.count; i++)
		if (kept.responses[i].port == port && text_equal(kept.probes[i], probe))
			return &kept.responses[i];
	return NULL;
}

static bool is_lossy(uint16_t port, const char *probe)
{
	const struct response *r = answer_of(port, probe);
	return r != NULL && r->is_lossy;
}

static bool is_cut(uint16_t port, const char *probe)
{
	const struct response *r = answer_of(port, probe);
	return r != NULL && r->is_cut;
}

static bool answers(uint16_t port, const char *probe, const char *bytes, size_t length)
{
	const struct response *r = answer_of(port, probe);
	return r != NULL && r->status == RESPONSE_ANSWERED && r->bytes.length == length &&
	       memcmp(r->bytes.bytes, bytes, length) == 0;
}

#define ANSWERS(port, probe, text) answers(port, probe, text, sizeof text - 1)

static bool ends(uint16_t port, const char *probe, enum response_status status)
{
	const struct response *r = answer_of(port, probe);
	return r != NULL && r->status == status && r->bytes.length == 0;
}

// ---- nmap

#define RUN(arguments)                                                                             \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE nmaprun>\n"                         \
	"<?xml-stylesheet href=\"nmap.xsl\" type=\"text/xsl\"?>\n<!-- Nmap -->\n"                  \
	"<nmaprun scanner=\"nmap\" args=\"nmap " arguments "\" start=\"1494648000\">\n"
#define HOST                                                                                       \
	"<host starttime=\"1494648306\"><status state=\"up\"/>"                                    \
	"<address addr=\"192.0.2.7\" addrtype=\"ipv4\"/><ports>\n"
#define PORT(number, state, reason, inside)                                                        \
	"<port protocol=\"tcp\" portid=\"" #number "\"><state state=\"" state                      \
	"\" reason=\"" reason "\"/>" inside "</port>\n"
#define OPEN(number, inside) PORT(number, "open", "syn-ack", inside)
#define BANNER(text) "<script id=\"banner\" output=\"" text "\"/>"
#define PLUS(text) "<script id=\"banner-plus\" output=\"" text "\"/>"
#define END "</ports></host>\n"
#define CLOSE "</nmaprun>\n"

TEST(nmap_banners)
{
	CHECK(keep_text(
		RUN("-&#45;script banner") HOST OPEN(
			21, BANNER("220 x\\xA9 &lt;\\x0&#xa;A\\&#xa;x0D&gt;"))
			OPEN(22, BANNER("a\\x41\\n\\xff")) OPEN(23,
	                                                        PLUS("\\xFF\\xFD\\t\\n\\r \\x00z"))
				OPEN(24, PLUS("ERROR: Script execution failed (use -d to debug)"))
					OPEN(25,
	                                     "<service name=\"smtp\" method=\"table\" conf=\"3\"/>")
						END CLOSE,
		&kept));
	CHECK(!kept.is_damaged && text_equal(kept.form, "nmap") && kept.ledger.records == 1);
	CHECK(ANSWERS(21, "nmap-banner", "220 x\xa9 <\n\r>"));
	CHECK(ANSWERS(22, "nmap-banner", "aA\\n\\xff"));
	CHECK(is_lossy(22, "nmap-banner") && !is_lossy(21, "nmap-banner"));
	CHECK(ANSWERS(23, "nmap-banner-plus", "\xff\xfd\t\n\r \0z"));
	CHECK(ends(25, "nmap", RESPONSE_EMPTY));
	CHECK(kept.count == 4 && kept.ledger.skipped[RESPONSE_SKIP_UNKNOWN] == 1);
	CHECK(kept.responses[0].address == 0xc0000207);
	CHECK(kept.responses[0].time_ns == 1494648306000000000);
}

TEST(nmap_says_when_it_cut)
{
	struct buffer out = buffer_up_to(10000);
	static const size_t lengths[] = { 63, 134, 135, 276 };
	for (size_t l = 0; l < 4; l++) {
		out.length = 0;
		buffer_text(&out, RUN("-&#45;script banner") HOST
		            "<port protocol=\"tcp\" portid=\"21\"><state state=\"open\"/>"
		            "<script id=\"banner\" output=\"");
		for (size_t i = 0; i < lengths[l] - 3; i++)
			buffer_text(&out, i % 63 == 62 ? "&#xa;a" : "a");
		buffer_text(&out, "...\"/></port>" END CLOSE);
		CHECK(keep_bytes(out.bytes, out.length, &kept) && kept.count == 1);
		CHECK(kept.responses[0].is_cut == (lengths[l] != 135));
		CHECK(kept.responses[0].bytes.length == lengths[l]);
	}
	buffer_done(&out);
}

TEST(nmap_ports_without_answers)
{
	CHECK(keep_text(
		RUN("-p-") HOST PORT(1, "closed", "conn-refused", "") PORT(
			2, "filtered", "no-response",
			"") PORT(3, "filtered", "host-unreach",
	                         "") PORT(4, "filtered", "port-unreach", "") OPEN(5, "")
			PORT(6, "open|filtered", "no-response",
	                     "") "<port protocol=\"udp\" portid=\"53\"><state state=\"open\"/></port>" END
				 "<host><address addr=\"2001:db8::1\" addrtype=\"ipv6\"/><ports>" OPEN(
					 80, "") "</ports></host>" CLOSE,
		&kept));
	CHECK(ends(1, "nmap", RESPONSE_REFUSED) && ends(2, "nmap", RESPONSE_TIMEOUT));
	CHECK(ends(3, "nmap", RESPONSE_UNREACHABLE) && ends(4, "nmap", RESPONSE_REFUSED));
	CHECK(kept.count == 4 && kept.ledger.skipped[RESPONSE_SKIP_UNKNOWN] == 2);
	CHECK(kept.ledger.skipped[RESPONSE_SKIP_PROTOCOL] == 1);
	CHECK(kept.ledger.skipped[RESPONSE_SKIP_ADDRESS] == 1 && !kept.is_damaged);
}

#define PROBED(inside) "<service name=\"x\" method=\"probed\" " inside "/>"

TEST(nmap_fingerprints)
{
	CHECK(keep_text(
		RUN("-sV") HOST OPEN(
			23, PROBED("servicefp=\"SF-Port23-TCP:V=7.93%r(NULL,A,&quot;\\xff\\0\\r"
	                           "\\n\\x20\\*\\&quot;\\\\x\\.&quot;)%r(tn3270,5,&quot;ab&quot;)"
	                           ";\"")) OPEN(22, PROBED("product=\"Dropbear\""))
			OPEN(80, "<service name=\"tcpwrapped\" method=\"probed\"/>")
				OPEN(81, "<service name=\"http\" method=\"table\"/>") OPEN(
					82, PROBED("servicefp=\"%r(NULL,2,&quot;a\"")) END CLOSE,
		&kept));
	CHECK(ANSWERS(23, "nmap-NULL", "\xff\0\r\n *\"\\x."));
	CHECK(!is_cut(23, "nmap-NULL"));
	CHECK(ANSWERS(23, "nmap-tn3270", "ab") && is_cut(23, "nmap-tn3270"));
	CHECK(ends(80, "nmap", RESPONSE_EMPTY) && ends(81, "nmap", RESPONSE_EMPTY));
	CHECK(kept.count == 4 && kept.ledger.skipped[RESPONSE_SKIP_UNKNOWN] == 2);
	CHECK(kept.ledger.skipped[RESPONSE_SKIP_ENCODING] == 1 && kept.is_damaged);
}

#define WHOLE RUN("-&#45;script banner") HOST OPEN(21, BANNER("x")) END CLOSE

TEST(nmap_files_one_behind_the_other)
{
	CHECK(keep_text("\n" WHOLE "\n\n" WHOLE WHOLE "\n", &kept));
	CHECK(kept.count == 3 && !kept.is_damaged && kept.ledger.records == 3);
	CHECK(keep_text(RUN("") HOST OPEN(21, BANNER("cut")) "<port proto" WHOLE, &kept));
	CHECK(kept.count == 2 && kept.is_damaged && kept.ledger.skipped[RESPONSE_SKIP_SYNTAX] == 1);
	CHECK(keep_text(RUN("") HOST OPEN(21, BANNER("a")) "</wrong>" WHOLE WHOLE, &kept));
	CHECK(kept.count == 3 && kept.is_damaged);
}

TEST(nmap_cut_anywhere)
{
	static const char text[] = RUN("-&#45;script banner") HOST OPEN(21, BANNER("x"))
		OPEN(22, BANNER("y")) END CLOSE;
	const size_t first = (size_t)(strstr(text, "portid=\"22\"") - text);
	for (size_t length = first; length < sizeof text - 1; length += sweep_step()) {
		CHECK(keep_bytes(text, length, &kept));
		CHECK(kept.count >= 1 && kept.count <= 2);
		CHECK(kept.is_damaged == (length < sizeof text - 2));
	}
}

TEST(nmap_hostile)
{
	CHECK(keep_text(
		"<?xml version=\"1.0\"?><!DOCTYPE nmaprun [<!ENTITY a \"aaaaaaaaaa\">"
		"<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><nmaprun args=\"&b;\"></nmaprun>",
		&kept));
	CHECK(kept.is_damaged && strstr(kept.error.text, "entities") != NULL);
	struct buffer out = buffer_up_to(64 << 20);
	buffer_text(&out, RUN(""));
	for (unsigned i = 0; i < 100000; i++)
		buffer_text(&out, "<host>");
	CHECK(keep_bytes(out.bytes, out.length, &kept));
	CHECK(kept.is_damaged && strstr(kept.error.text, "deeper than 64") != NULL);
	out.length = 0;
	buffer_text(&out, RUN("") HOST "<port x=\"");
	while (out.length < 6 << 20)
		buffer_text(&out, "0123456789abcdef0123456789abcdef0123456789abcdef");
	buffer_text(&out, "\"/>" END CLOSE);
	CHECK(keep_bytes(out.bytes, out.length, &kept));
	CHECK(kept.is_damaged && strstr(kept.error.text, "4 MiB") != NULL);
	buffer_done(&out);
}

// ---- zgrab2

#define SCAN(key, inside) "{\"ip\":\"192.0.2.9\",\"data\":{\"" key "\":{" inside "}}}\n"
#define TIME ",\"timestamp\":\"2017-05-13T04:05:06Z\""

TEST(zgrab2_banners)
{
	CHECK(keep_text(
		SCAN("telnet", "\"status\":\"success\",\"protocol\":\"telnet\",\"port\":23,"
	                       "\"result\":{\"banner\":\"log\\u0000in: \"}" TIME)
			SCAN("named",
	                     "\"status\":\"success\",\"protocol\":\"ssh\",\"port\":2222,"
	                     "\"result\":{\"banner\":\"hi\",\"server_id\":{\"raw\":\"SSH-2.0-x\"}}")
				SCAN("ftp",
	                             "\"status\":\"application-error\",\"result\":{\"banner\":\"220 "
	                             "\\u003cx\\u003e\"}") SCAN("banner",
	                                                        "\"status\":\"success\",\"port\":1,\"result\":{\"banner\":"
	                                                        "\"deadbeef\",\"length\":4}")
					SCAN("banner",
	                                     "\"status\":\"success\",\"port\":2,\"result\":{\"banner\":"
	                                     "\"3q2+7w==\",\"length\":4}")
						SCAN("banner",
	                                             "\"status\":\"success\",\"port\":3,\"result\":{\"banner\":"
	                                             "\"\\ufffd\\ufffd\",\"length\":2}")
							SCAN("telnet",
	                                                     "\"status\":\"success\",\"port\":4,\"result\":{\"banner\":"
	                                                     "\"a\\ufffd\"}")
								SCAN("dnp3",
	                                                             "\"status\":\"success\",\"result\":{\"raw_response\":\"AAE=\"}"),
		&kept));
	CHECK(text_equal(kept.form, "zgrab2") && kept.count == 8 && !kept.is_damaged);
	CHECK(ANSWERS(23, "zgrab2-telnet", "log\0in: ") &&
	      ANSWERS(2222, "zgrab2-ssh", "SSH-2.0-x"));
	CHECK(kept.responses[0].time_ns == 1494648306000000000);
	CHECK(ANSWERS(21, "zgrab2-ftp", "220 <x>"));
	CHECK(ANSWERS(1, "zgrab2-banner", "\xde\xad\xbe\xef"));
	CHECK(ANSWERS(2, "zgrab2-banner", "\xde\xad\xbe\xef"));
	CHECK(is_lossy(3, "zgrab2-banner") && is_lossy(4, "zgrab2-telnet"));
	CHECK(!is_lossy(1, "zgrab2-banner") && ANSWERS(20000, "zgrab2-dnp3", "\0\1"));
}

#define HTTP(port, inside)                                                                         \
	SCAN("http",                                                                               \
	     "\"status\":\"success\",\"port\":" #port ",\"result\":{\"response\":{" inside "}}")

TEST(zgrab2_http)
{
	CHECK(keep_text(
		HTTP(80, "\"status_line\":\"200 OK\",\"protocol\":{\"name\":\"HTTP/1.0\"},"
	                 "\"headers\":{\"www_authenticate\":[\"Basic\",\"x\"],\"unknown\":"
	                 "[{\"key\":\"x_a\",\"value\":[\"1\"]}]},\"body\":\"hi\"")
			HTTP(81,
	                     "\"headers_raw\":\"SFRUUC8xLjEgMjAwDQoNCg==\",\"body\":\"aGk=\","
	                     "\"body_sha256\":\"8f434346648f6b96df89dda901c5176b10a6d83961dd3c1a"
	                     "c88b59b2dc327aa4\""),
		&kept));
	CHECK(ANSWERS(80, "zgrab2-http",
	              "HTTP/1.0 200 OK\r\nWww-Authenticate: Basic\r\n"
	              "Www-Authenticate: x\r\nX-A: 1\r\n\r\nhi"));
	CHECK(is_lossy(80, "zgrab2-http"));
	CHECK(ANSWERS(81, "zgrab2-http", "HTTP/1.1 200\r\n\r\nhi"));
	CHECK(!is_lossy(81, "zgrab2-http"));
}

#define STATUS(port, name) SCAN("telnet", "\"status\":\"" name "\",\"port\":" #port)

TEST(zgrab2_statuses)
{
	CHECK(keep_text(
		STATUS(1, "connection-timeout") STATUS(2, "connection-refused") STATUS(
			3, "connection-closed") STATUS(4, "io-timeout") STATUS(5, "success")
			STATUS(6, "of-next-year") "{\"ip\":\"192.0.2.9\",\"error\":\"x\"}\n"
						  "{\"domain\":\"a\",\"data\":{}}\n" SCAN(
							  "ntp", "\"status\":\"success\"")
							  SCAN("banner", "\"status\":\"success\"")
								  SCAN("tls",
	                                                               "\"status\":\"success\""),
		&kept));
	CHECK(ends(1, "zgrab2-telnet", RESPONSE_TIMEOUT) &&
	      ends(2, "zgrab2-telnet", RESPONSE_REFUSED));
	CHECK(ends(3, "zgrab2-telnet", RESPONSE_EMPTY) && ends(4, "zgrab2-telnet", RESPONSE_EMPTY));
	CHECK(ends(5, "zgrab2-telnet", RESPONSE_EMPTY) && ends(443, "zgrab2-tls", RESPONSE_TLS));
	CHECK(kept.count == 6 && kept.ledger.skipped[RESPONSE_SKIP_UNKNOWN] == 2);
	CHECK(kept.ledger.skipped[RESPONSE_SKIP_ADDRESS] == 1);
	CHECK(kept.ledger.skipped[RESPONSE_SKIP_PROTOCOL] == 1);
	CHECK(kept.ledger.skipped[RESPONSE_SKIP_FIELD] == 1);
}

TEST(sha256_is_the_one)
{
	uint8_t digest[SHA256_SIZE], many[200];
	memset(many, 'a', sizeof many);
	sha256((struct span){ (const uint8_t *)"abc", 3 }, digest);
	CHECK(memcmp(digest, "\xba\x78\x16\xbf\x8f\x01\xcf\xea", 8) == 0);
	sha256((struct span){ NULL, 0 }, digest);
	CHECK(memcmp(digest, "\xe3\xb0\xc4\x42\x98\xfc\x1c\x14", 8) == 0);
	sha256((struct span){ many, sizeof many }, digest);
	CHECK(memcmp(digest, "\xc2\xa9\x08\xd9\x8f\x5d\xf9\x87", 8) == 0);
	sha256((struct span){ many, 56 }, digest);
	CHECK(memcmp(digest, "\xb3\x54\x39\xa4\xac\x6f\x09\x48", 8) == 0);
}

// ---- Censys, Shodan

TEST(censys_hosts)
{
	static const char host[] =
		"{\"ip\":\"192.0.2.5\",\"services\":[{\"port\":23,\"transport_protocol\":\"TCP\","
		"\"service_name\":\"TELNET\",\"observed_at\":\"2021-12-07T06:23:41.581346512Z\","
		"\"banner\":\"x\\ufffd\",\"banner_hex\":\"78ff\"},"
		"{\"port\":53,\"transport_protocol\":\"UDP\",\"banner\":\"x\"},"
		"{\"port\":80,\"banner\":\"HTTP/1.1 200 OK\\nServer: x\",\"http\":{\"response\":{\"body\":"
		"\"hi\"}}},{\"port\":81,\"banner\":\"\\ufffd\"},{\"port\":443}]}";
	static const char *const ways[][2] = {
		{ "", "\n" },
		{ "{\"code\":200,\"result\":", "}" },
		{ "{\"result\":{\"total\":1,\"hits\":[{\"host_v1\":{\"resource\":", "}}]}}" },
		{ "[", "]\n" },
		{ "{\"code\": 200,\n \"result\": {\n  \"hits\": [\n   ", "\n  ]\n }\n}\n" },
	};
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		char text[2000];
		text_format(text, sizeof text, "%s%s%s", ways[i][0], host, ways[i][1]);
		CHECK(keep_text(text, &kept) && text_equal(kept.form, "censys"));
		CHECK(kept.count == 3 && !kept.is_damaged);
		CHECK(ANSWERS(23, "censys-TELNET", "x\xff") && !is_lossy(23, "censys-TELNET"));
		CHECK(kept.responses[0].time_ns == 1638858221581346512);
		CHECK(ANSWERS(80, "censys-", "HTTP/1.1 200 OK\nServer: x\r\n\r\nhi"));
		CHECK(is_lossy(80, "censys-") && is_lossy(81, "censys-"));
		CHECK(kept.ledger.skipped[RESPONSE_SKIP_PROTOCOL] == 1);
		CHECK(kept.ledger.skipped[RESPONSE_SKIP_UNKNOWN] == 1);
	}
}

#define SHODAN(ip)                                                                                 \
	"{\"_shodan\":{\"module\":\"auto\"},\"port\":2323," ip                                     \
	"\"transport\":\"tcp\",\"timestamp\":"                                                     \
	"\"2017-05-13T04:05:06.25\",\"data\":\"login: \",\"opts\":{}}"
#define ITS_IP "\"ip_str\":\"192.0.2.6\","

TEST(shodan_banners)
{
	static const char *const files[] = {
		SHODAN(ITS_IP) "\n",
		"{\"ip_str\":\"192.0.2.6\",\"ports\":[2323],\"data\":[" SHODAN("") "]}",
		"{\"total\":1,\n\"matches\":[\n" SHODAN(ITS_IP) "\n]}\n",
		"[\n " SHODAN(ITS_IP) "\n]\n",
	};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		CHECK(keep_text(files[i], &kept) && text_equal(kept.form, "shodan"));
		CHECK(kept.count == 1 && ANSWERS(2323, "shodan-auto", "login: "));
		CHECK(kept.responses[0].time_ns == 1494648306250000000);
		CHECK(kept.responses[0].address == 0xc0000206 && !kept.responses[0].is_lossy);
	}
	CHECK(keep_text("{" ITS_IP
	                "\"port\":80,\"data\":\"HTTP/1.1 200 OK\\r\\n\\r\\n\",\"http\":{\"html\":"
	                "\"<b>\"}}\n{" ITS_IP "\"port\":81,\"data\":\"\\ufffd\"}\n{" ITS_IP
	                "\"port\":82,\"data\":\"\\ufffd\",\"opts\":{\"raw\":\"ff00\"}}\n{" ITS_IP
	                "\"port\":83,\"transport\":\"udp\",\"data\":\"x\"}\n",
	                &kept));
	CHECK(ANSWERS(80, "shodan-", "HTTP/1.1 200 OK\r\n\r\n<b>"));
	CHECK(is_lossy(81, "shodan-") && ANSWERS(82, "shodan-", "\xff\0"));
	CHECK(kept.count == 3 && kept.ledger.skipped[RESPONSE_SKIP_PROTOCOL] == 1);
}

TEST(objects_over_lines_break_off)
{
	static const char text[] = "[\n " SHODAN(ITS_IP) ",\n " SHODAN(ITS_IP) "\n]\n";
	const size_t second = sizeof SHODAN(ITS_IP) - 1 + 6;
	for (size_t length = second + 1; length < sizeof text - 5; length += sweep_step()) {
		CHECK(keep_bytes(text, length, &kept));
		CHECK(kept.count == 1 && kept.is_damaged && kept.ledger.records == 2);
	}
	CHECK(keep_text("[" SHODAN(ITS_IP) ", x]", &kept) && kept.count == 1 && kept.is_damaged);
}

TEST_MAIN
