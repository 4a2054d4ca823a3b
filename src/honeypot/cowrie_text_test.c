// SPDX-License-Identifier: MIT
// Cowrie's log in text. Real ones are in HOTARU_HONEYPOT (tests/honeypot_test.py).
#include "honeypot/test_honeypot.h"

static struct kept kept;

#define AT "2018-06-15T09:04:39.596202+0900 "
#define TELNET AT "[CowrieTelnetTransport,1583,192.0.2.7] "
#define SSH AT "[SSHService 'ssh-userauth' on HoneyPotSSHTransport,13477,192.0.2.7] "
#define SHA "26e80ca1414fd6e57398200354a5cd8efb377ed9c5b1baf1037f071872b7dbc1"
#define EMPTY " 192.0.2.7:0 > 0.0.0.0:0 "

TEST(a_session)
{
	CHECK(keep_text(
		AT
		"[cowrie.ssh.factory.CowrieSSHFactory] New connection: 192.0.2.7:50294 (172.17.0.3:2222) [session: 0e2042aaf8db]\n" AT
		"[HoneyPotSSHTransport,13477,192.0.2.7] Remote SSH version: SSH-2.0-libssh2_1.7.0\n" AT
		"[HoneyPotSSHTransport,13477,192.0.2.7] Remote SSH version: 'SSH-2.0-Go'\n" SSH
		"login attempt [oracle/oracle@1] failed\n" SSH
		"login attempt [sh//bin/busybox ECCHI] succeeded\n" SSH
		"login attempt [b'a\\xff'/b'c/d'] failed\n" AT "[-] unauthorized login: \n" AT
		"[HoneyPotSSHTransport,13477,192.0.2.7] connection lost\n" AT
		"[HoneyPotSSHTransport,13477,192.0.2.7] Connection lost after 1 seconds\n",
		&kept));
	CHECK(!kept.is_damaged && text_equal(kept.form, "cowrie-text") && kept.count == 7 &&
	      kept.ledger.others == 2);
	CHECK(kept_is(
		&kept, 0,
		"2018-06-15T00:04:39.596202Z  0e2042aaf8db 192.0.2.7:50294 > 172.17.0.3:2222 ssh connect "));
	CHECK(kept_is(&kept, 1,
	              "2018-06-15T00:04:39.596202Z  SSH13477" EMPTY
	              "ssh client SSH-2.0-libssh2_1.7.0"));
	CHECK(kept_ends(&kept, 2, "ssh client SSH-2.0-Go"));
	CHECK(kept_ends(&kept, 3, "ssh login_failed oracle|oracle@1"));
	CHECK(kept_ends(&kept, 4, "ssh login sh|/bin/busybox ECCHI"));
	CHECK(kept_ends(&kept, 5, "ssh login_failed a?|c/d") && kept_ends(&kept, 6, "ssh closed "));
}

TEST(a_shell)
{
	CHECK(keep_text(
		"2017-06-17T07:26:08+0000 [cowrie.telnet.transport.HoneyPotTelnetFactory] New connection: 192.0.2.7:52443 "
		"(10.8.41.81:2223) [session: TT1583]\n" TELNET
		"CMD: cd /; /bin/busybox ECCHI\n" TELNET "Command found: cd /\n" TELNET
		"Command not found: x\n" TELNET "INPUT (cat): y\n" TELNET "CMD: \n" TELNET "CMD:\n"
		"\tReason: CMD: no\n" TELNET
		"Downloaded URL (http://example.com/a) with SHA-256 " SHA " to dl/" SHA "\n" TELNET
		"Attempt to download file(s) from URL (http://example.com/b) failed\n" TELNET
		"Saved redir contents with SHA-256 " SHA " to dl/" SHA "\n" TELNET
		"SFTP Uploaded file \"k\" to dl/" SHA "\n",
		&kept));
	CHECK(kept.count == 10 && kept.ledger.others == 2 && !kept.is_damaged);
	CHECK(kept_is(
		&kept, 0,
		"2017-06-17T07:26:08.000000Z  TT1583 192.0.2.7:52443 > 10.8.41.81:2223 telnet connect "));
	CHECK(kept_is(&kept, 1,
	              "2018-06-15T00:04:39.596202Z  TT1583" EMPTY
	              "telnet input cd /; /bin/busybox ECCHI"));
	CHECK(kept_ends(&kept, 2, "ran cd /") && kept_ends(&kept, 3, "ran x") &&
	      kept_ends(&kept, 4, "ran y"));
	CHECK(kept_ends(&kept, 5, "telnet input "));
	CHECK(kept_ends(&kept, 6, "fetch http://example.com/a|" SHA));
	CHECK(kept_ends(&kept, 7, "fetch http://example.com/b|"));
	CHECK(kept_ends(&kept, 8, "upload |" SHA) && kept_ends(&kept, 9, "upload k|" SHA));
}

TEST(lines_of_no_use_are_counted)
{
	CHECK(keep_text(
		TELNET "CMD: a\n" AT "[HTTPPageDownloader,client] Command found: sh\n" AT
		       "[CowrieTelnetTransport,1,2001:db8::1] CMD: b\n" AT
		       "[x.Factory] New connection: 2001:db8::1:9 (2001:db8::2:2223) [session: 1]\n"
		       "2018-13-15T09:04:39+0900 [CowrieTelnetTransport,1,192.0.2.7] CMD: c\n",
		&kept));
	CHECK(kept.count == 1 && kept.ledger.skipped[HONEYPOT_SKIP_ADDRESS] == 3);
	CHECK(kept.ledger.skipped[HONEYPOT_SKIP_TIME] == 1 && kept.is_damaged);
}

TEST(other_text_is_no_log)
{
	CHECK(!keep_text("2018-06-15T09:04:39+0900 [sshd] CMD: a\nNew connection: 192.0.2.7:1\n",
	                 &kept));
}

TEST_MAIN
