// SPDX-License-Identifier: MIT
// Logs of other honeypots than Cowrie, made here after what they write.
#include "honeypot/test_honeypot.h"

static struct kept kept;

#define TO " 192.0.2.7:52192 > 198.51.100.1:23 telnet "

// ---- Heralding

#define SESSION "4ba1fc0a-0000-4000-8000-000000000001"
#define HERALDING                                                                                   \
	"\"session_id\":\"" SESSION                                                                 \
	"\",\"source_ip\":\"192.0.2.7\",\"source_port\":52192,\"destination_ip\":\"198.51.100.1\"," \
	"\"destination_port\":23,\"protocol\":\"telnet\""

TEST(heralding_sessions)
{
	CHECK(keep_text(
		"{\"timestamp\":\"2019-04-13 08:29:09.019394\",\"duration\":9," HERALDING
		",\"num_auth_attempts\":2,"
		"\"auth_attempts\":[{\"timestamp\":\"2019-04-13 08:29:12.732530\",\"username\":\"rewt\",\"password\":\"a\\u0000b\"},"
		"{\"timestamp\":\"2019-04-13 08:29:13\",\"username\":null,\"password\":\"sh\"}],\"session_ended\":true,"
		"\"auxiliary_data\":{\"client_version\":\"SSH-2.0-Go\"}}\n"
		"{\"timestamp\":\"2019-04-13 08:29:09\"," HERALDING
		",\"auth_attempts\":[],\"session_ended\":false,\"duration\":9}\n",
		&kept));
	CHECK(text_equal(kept.form, "heralding") && kept.count == 6 && !kept.is_damaged);
	CHECK(kept_is(&kept, 0, "2019-04-13T08:29:09.019394Z  " SESSION TO "connect "));
	CHECK(kept_is(&kept, 1,
	              "2019-04-13T08:29:12.732530Z  " SESSION TO "login_failed rewt|a|b"));
	CHECK(kept_is(&kept, 2, "2019-04-13T08:29:13.000000Z  " SESSION TO "login_failed |sh"));
	CHECK(kept_ends(&kept, 3, "client SSH-2.0-Go"));
	CHECK(kept_is(&kept, 4, "2019-04-13T08:29:18.019394Z  " SESSION TO "closed "));
	CHECK(kept_ends(&kept, 5, "connect "));
}

TEST(heralding_tables_by_their_header)
{
	CHECK(keep_text(
		"timestamp,auth_id,session_id,source_ip,source_port,destination_ip,destination_port,protocol,username,password,password_hash\r\n"
		"2019-04-13 08:29:12.732530,x," SESSION
		",192.0.2.7,52192,198.51.100.1,23,telnet,rewt,\"a,\"\"b\",\r\n",
		&kept));
	CHECK(text_equal(kept.form, "heralding-csv") && kept.count == 1 && kept.ledger.others == 1);
	CHECK(kept_is(&kept, 0,
	              "2019-04-13T08:29:12.732530Z  " SESSION TO "login_failed rewt|a,\"b"));
	// T-Pot's names, another order; the header of 2016 in the middle.
	CHECK(keep_text(
		"\n\xef\xbb\xbfpassword,username,proto,dest_port,dest_ip,src_port,src_ip,session_id,timestamp\n"
		"p,u,telnet,23,198.51.100.1,52192,192.0.2.7," SESSION ",2019-04-13T08:29:12Z\n"
		"timestamp,auth_id,auth_type,session_id,source_ip,souce_port,destination_port,protocol,username,password\n"
		"2016-04-13 08:29:12,x,plaintext," SESSION ",192.0.2.7,52192,23,telnet,u2,p2\n",
		&kept));
	CHECK(kept.count == 2 &&
	      kept_is(&kept, 0, "2019-04-13T08:29:12.000000Z  " SESSION TO "login_failed u|p"));
	CHECK(kept_is(&kept, 1,
	              "2016-04-13T08:29:12.000000Z  " SESSION
	              " 192.0.2.7:52192 > 0.0.0.0:23 telnet login_failed u2|p2"));
	CHECK(keep_text(
		"timestamp,duration,session_id,source_ip,source_port,destination_ip,destination_port,protocol,num_auth_attempts\n"
		"2019-04-13 08:29:09.019394,9," SESSION
		",192.0.2.7,52192,198.51.100.1,23,telnet,2\n",
		&kept));
	CHECK(kept.count == 2 &&
	      kept_is(&kept, 0, "2019-04-13T08:29:09.019394Z  " SESSION TO "connect "));
	CHECK(kept_is(&kept, 1, "2019-04-13T08:29:18.019394Z  " SESSION TO "closed "));
}

TEST(a_password_writes_no_rows)
{
	CHECK(keep_text("timestamp,session_id,source_ip,protocol,username,password\n"
	                "2019-04-13 08:29:12,s,192.0.2.7,telnet,u,\"a\n"
	                "2019-04-13 08:29:13,s,203.0.113.9,telnet,forged,b\n"
	                "c \"\"d\"\"\",\n"
	                "2019-04-13 08:29:14,s,192.0.2.7,telnet,v,w\n"
	                "2019-04-13 08:29:15,s\n"
	                "no time,s,192.0.2.7,telnet,v,w\n",
	                &kept));
	CHECK(kept.count == 2 && kept_ends(&kept, 0, "login_failed u|a") &&
	      kept_ends(&kept, 1, "login_failed v|w"));
	CHECK(kept.ledger.others == 3 && kept.ledger.cut == 1);
	CHECK(kept.ledger.skipped[HONEYPOT_SKIP_ADDRESS] == 1 &&
	      kept.ledger.skipped[HONEYPOT_SKIP_TIME] == 1);
}

TEST(heralding_as_tpot_exports_it)
{
	CHECK(keep_text(
		"{\"@timestamp\":\"2019-04-13T08:29:12.732Z\",\"auth_id\":\"x\",\"session_id\":\"" SESSION
		"\",\"src_ip\":\"192.0.2.7\","
		"\"src_port\":\"52192\",\"dest_ip\":\"198.51.100.1\",\"dest_port\":\"23\",\"proto\":\"telnet\",\"username\":\"u\","
		"\"password\":\"p\",\"type\":\"Heralding\"}\n",
		&kept));
	CHECK(kept.count == 1 &&
	      kept_is(&kept, 0, "2019-04-13T08:29:12.732000Z  " SESSION TO "login_failed u|p"));
}

// ---- Glutton

#define GLUTTON(handler, payload, decoded)                                                                 \
	"{\"timestamp\":\"2026-05-28T01:02:03.000004Z\",\"transport\":\"tcp\",\"srcHost\":\"192.0.2.7\","  \
	"\"srcPort\":\"52192\",\"dstPort\":23,\"sensorID\":\"g1\",\"rule\":\"TCP\",\"handler\":\"" handler \
	"\",\"payload\":\"" payload "\"" decoded "}"

TEST(glutton)
{
	CHECK(KEEP_LINES(
		&kept,
		GLUTTON("telnet", "/xg=",
	                ",\"decoded\":[{\"direction\":\"write\",\"message\":\"\\ufffd\"},"
	                "{\"direction\":\"write\",\"message\":\"Username: \"},{\"direction\":\"read\",\"message\":\"root\\r\\n\"},"
	                "{\"direction\":\"write\",\"message\":\"Password: \"},{\"direction\":\"read\",\"message\":\"xc3511\\u0000\\r\\n\"},"
	                "{\"direction\":\"write\",\"message\":\"welcome\\r\\n> \"},{\"direction\":\"read\",\"message\":\"enable\\u0000\\r\\n\"},"
	                "{\"direction\":\"write\",\"message\":\"> \"},{\"direction\":\"read\",\"message\":\"/bin/busybox ECCHI\\r\\n\"},"
	                "{\"direction\":\"read\",\"message\":\"cut\"}]"),
		GLUTTON("telnet", "c2gNCi9iaW4vYnVzeWJveCBBDQo=", ""),
		GLUTTON("smb", "AAAA", ",\"decoded\":{}"), GLUTTON("telnet", "not base64", "")));
	CHECK(text_equal(kept.form, "glutton") && kept.count == 9);
	CHECK(strncmp(kept.lines[0], "2026-05-28T01:02:03.000004Z g1 ", 31) == 0);
	CHECK(kept_ends(&kept, 0, " 192.0.2.7:52192 > 0.0.0.0:23 telnet connect "));
	CHECK(kept_ends(&kept, 1, "login root|xc3511") && kept_ends(&kept, 2, "input enable"));
	CHECK(kept_ends(&kept, 3, "input /bin/busybox ECCHI") && kept_ends(&kept, 4, "input cut"));
	CHECK(kept_ends(&kept, 6, "input sh") && kept_ends(&kept, 7, "input /bin/busybox A"));
	CHECK(kept_ends(&kept, 8, "other connect ") &&
	      kept.ledger.skipped[HONEYPOT_SKIP_ENCODING] == 1);
	CHECK(kept.is_damaged && strstr(kept.error.text, "line 4 has a payload") != NULL);
}

// ---- Dionaea

TEST(dionaea_flat_and_nested)
{
	CHECK(keep_text(
		"{\"connection\":{\"protocol\":\"mysqld\",\"transport\":\"tcp\",\"type\":\"accept\"},\"dst_ip\":\"198.51.100.1\",\"dst_port\":3306,"
		"\"src_hostname\":\"\",\"src_ip\":\"::ffff:192.0.2.7\",\"src_port\":5,\"timestamp\":\"2020-01-02T03:04:05.000006\","
		"\"credentials\":[{\"username\":\"root\",\"password\":\"a\"},{\"username\":\"root\",\"password\":\"b\"}]}\n"
		"{\"connection\":{\"protocol\":\"ftpd\",\"transport\":\"tcp\",\"type\":\"accept\"},\"dst_ip\":\"198.51.100.1\",\"dst_port\":21,"
		"\"src_ip\":\"192.0.2.7\",\"src_port\":6,\"timestamp\":\"2020-01-02T03:04:05\",\"credentials\":{\"username\":[\"x\",\"y\"],"
		"\"password\":[\"1\"]}}\n"
		"{\"connection\":{\"protocol\":\"httpd\",\"transport\":\"tcp\",\"type\":\"connect\"},\"src_ip\":\"203.0.113.1\",\"timestamp\":\"2020-01-02T03:04:05\"}\n"
		"{\"timestamp\":\"2020-01-02T03:04:05\",\"connection\":{\"protocol\":\"smbd\",\"type\":\"accept\",\"local\":{\"address\":\"198.51.100.1\","
		"\"port\":445},\"remote\":{\"address\":\"192.0.2.7\",\"port\":7,\"hostname\":\"\"}}}\n",
		&kept));
	CHECK(text_equal(kept.form, "dionaea") && kept.count == 7 && kept.ledger.others == 1 &&
	      !kept.is_damaged);
	CHECK(kept_ends(&kept, 0, " 192.0.2.7:5 > 198.51.100.1:3306 other connect "));
	CHECK(kept_ends(&kept, 1, "login_failed root|a") &&
	      kept_ends(&kept, 2, "login_failed root|b"));
	CHECK(kept_ends(&kept, 4, "login_failed x|1") && kept_ends(&kept, 5, "login_failed y|"));
	CHECK(kept_ends(&kept, 6, " 192.0.2.7:7 > 198.51.100.1:445 other connect "));
}

// ---- telnet-iot-honeypot

TEST(lines_of_a_stream_are_assembled)
{
	CHECK(keep_text(
		"{\"type\":\"connection\",\"ip\":\"192.0.2.7\",\"user\":\"root\",\"pass\":\"x\",\"date\":1497684357,\"stream\":["
		"{\"in\":false,\"ts\":0.001,\"data\":\" # \"},"
		"{\"in\":true,\"ts\":0.5,\"data\":\"cat /proc/mounts; /bin/bus\"},"
		"{\"in\":true,\"ts\":0.75,\"data\":\"ybox PE\\u0047OK\\r\\nsh\\nsh\\r\\u0000n\"},"
		"{\"in\":false,\"ts\":0.8,\"data\":\"no\\n\"},"
		"{\"in\":true,\"ts\":1.25,\"data\":\"c\\n\"},"
		"{\"in\":true,\"ts\":\"x\",\"data\":\"end\"}],"
		"\"samples\":[{\"type\":\"sample\",\"url\":\"http://example.com/a\",\"name\":\"/a\",\"date\":1497684358,"
		"\"sha256\":\"26e8\",\"info\":null,\"length\":5},"
		"{\"url\":\"telnet://192.0.2.7/26e8\",\"name\":\".s\",\"sha256\":null}]}\n",
		&kept));
	CHECK(text_equal(kept.form, "telnet-iot-honeypot") && kept.count == 9 && !kept.is_damaged);
	CHECK(strncmp(kept.lines[0], "2017-06-17T07:25:57.000000Z ", 28) == 0 &&
	      kept_ends(&kept, 0, "telnet connect "));
	CHECK(kept_ends(&kept, 1, "login root|x"));
	CHECK(kept_ends(&kept, 2, "input cat /proc/mounts; /bin/busybox PEGOK"));
	CHECK(strncmp(kept.lines[2], "2017-06-17T07:25:57.750000Z ", 28) == 0);
	CHECK(kept_ends(&kept, 3, "input sh") && kept_ends(&kept, 4, "input sh") &&
	      kept_ends(&kept, 5, "input nc"));
	CHECK(strncmp(kept.lines[5], "2017-06-17T07:25:58.250000Z ", 28) == 0);
	CHECK(kept_ends(&kept, 6, "input end"));
	CHECK(kept_ends(&kept, 7, "fetch http://example.com/a|26e8") &&
	      kept_ends(&kept, 8, "upload .s|"));
}

// ---- MTPot

TEST(mtpot)
{
	CHECK(keep_text(
		"2016-11-01 12:34:55,001 [HoneyTelnet] INFO MTPot.py:200 Listening on 0.0.0.0:23 with timeout=60\n"
		"2016-11-01 12:34:56,001 [HoneyTelnet] DEBUG MTPot.py:120 [192.0.2.7:52192] session started\n"
		"2016-11-01 12:34:56,789 [HoneyTelnet] INFO MTPot.py:93 [192.0.2.7:52192] logon credentials used: user:root pass:a b\n"
		"2016-11-01 12:34:57,002 [HoneyTelnet] DEBUG MTPot.py:71 [192.0.2.7:52192] executed: ECCHI\n"
		"2016-11-01 12:34:57,003 [HoneyTelnet] INFO MTPot.py:55 Mirai: confirmed IP: [192.0.2.7:52192]\n"
		"2016-11-01 12:34:58,004 [HoneyTelnet] DEBUG MTPot.py:125 [192.0.2.7:52192] session ended\n"
		"2016-11-01 12:35:00,005 [HoneyTelnet] DEBUG MTPot.py:53 192.0.2.8 executed: MIRAI\n\n",
		&kept));
	CHECK(text_equal(kept.form, "mtpot") && kept.count == 5 && kept.ledger.others == 2 &&
	      !kept.is_damaged);
	CHECK(kept_is(
		&kept, 0,
		"2016-11-01T12:34:56.001000Z  52192 192.0.2.7:52192 > 0.0.0.0:0 telnet connect "));
	CHECK(kept_ends(&kept, 1, "login root|a b") &&
	      kept_ends(&kept, 2, "input /bin/busybox ECCHI"));
	CHECK(kept_ends(&kept, 3, "closed "));
	CHECK(kept_is(
		&kept, 4,
		"2016-11-01T12:35:00.005000Z   192.0.2.8:0 > 0.0.0.0:0 telnet input /bin/busybox MIRAI"));
}

// ---- DShield

#define FIREWALL(time, rest)                                                                                          \
	time " sensor kernel:[58063.594435]  DSHIELDINPUT IN=eth0 OUT= MAC=00 SRC=192.0.2.7 DST=198.51.100.1 LEN=40 " \
	     "TOS=0x00 PREC=0x00 TTL=42 ID=20851 " rest " URGP=0"

TEST(firewall_lines)
{
	CHECK(KEEP_LINES(
		&kept,
		FIREWALL("1702359975", "PROTO=TCP SPT=6246 DPT=23 WINDOW=54935 RES=0x00 SYN"),
		FIREWALL("2023-12-12T05:46:15.5+00:00",
	                 "PROTO=TCP SPT=6247 DPT=2323 WINDOW=1 RES=0x00 CWR ECE SYN"),
		FIREWALL("1702359975", "PROTO=TCP SPT=1 DPT=2 WINDOW=3 RES=0x00 ACK SYN"),
		FIREWALL("1702359975", "PROTO=UDP SPT=1 DPT=2 LEN=20"),
		FIREWALL("Dec", "PROTO=TCP SPT=6246 DPT=23 WINDOW=54935 RES=0x00 SYN"),
		"something else"));
	CHECK(text_equal(kept.form, "dshield") && kept.count == 2 && kept.ledger.others == 3);
	CHECK(kept_is(
		&kept, 0,
		"2023-12-12T05:46:15.000000Z sensor  192.0.2.7:6246 > 198.51.100.1:23 unknown syn 54935 42 SYN"));
	CHECK(kept_is(
		&kept, 1,
		"2023-12-12T05:46:15.500000Z sensor  192.0.2.7:6247 > 198.51.100.1:2323 unknown syn 1 42 CWR,ECE,SYN"));
	CHECK(kept.ledger.skipped[HONEYPOT_SKIP_TIME] == 1);
}

// ---- an export of all of them

TEST(one_log_of_many_honeypots)
{
	CHECK(KEEP_LINES(
		&kept, "{\"type\":\"Suricata\",\"src_ip\":\"192.0.2.9\"}",
		"{\"eventid\":\"cowrie.session.closed\",\"timestamp\":\"2018-06-15T00:04:39Z\",\"src_ip\":\"192.0.2.7\"}",
		GLUTTON("smb", "", "")));
	CHECK(kept.count == 2 && kept.ledger.skipped[HONEYPOT_SKIP_UNKNOWN] == 1 &&
	      !kept.is_damaged);
}

TEST_MAIN
