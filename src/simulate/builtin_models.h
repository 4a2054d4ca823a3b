// SPDX-License-Identifier: MIT
// Models of the built-in scenario, a part of its text; makers, models and texts are invented.
#pragma once

#define BUILTIN_MODELS                                                                                                                                                               \
	"# --- Models ------------------------------------------------------------------\n"                                                                                          \
	"\n"                                                                                                                                                                         \
	"# What devices of the populations below answer when somebody asks them.\n"                                                                                                  \
	"# Makers, models and texts are invented. Most hosts answer nothing: what infects\n"                                                                                         \
	"# a device closes its services, or it sits behind another one. Beside models with\n"                                                                                        \
	"# a page of their own there are two that only differ in a realm, some that share a\n"                                                                                       \
	"# generic answer, and texts with what differs each time.\n"                                                                                                                 \
	"\n"                                                                                                                                                                         \
	"[model hoshikam-h40]\n"                                                                                                                                                     \
	"answering_percent = 34\n"                                                                                                                                                   \
	"answer = 81 HTTP/1.1 401 Unauthorized\\r\\nServer: Kazeweb/2.{1|3}\\r\\nDate: {date}\\r\\n\n"                                                                               \
	"answer = 81 WWW-Authenticate: Digest realm=\"Hoshikam H40\", qop=\"auth\", nonce=\"{hex:32}\"\\r\\n\n"                                                                      \
	"answer = 81 Content-Type: text/html\\r\\nConnection: close\\r\\n\\r\\n\n"                                                                                                   \
	"answer = 81 <html><head><title>Document Error: Unauthorized</title></head><body>\n"                                                                                         \
	"answer = 81 <h2>Access Error: Unauthorized</h2><p>Access to this document requires a user</p></body></html>\\r\\n\n"                                                        \
	"\n"                                                                                                                                                                         \
	"# The same maker's board in another's case.\n"                                                                                                                              \
	"[model tsukicam-t4]\n"                                                                                                                                                      \
	"answering_percent = 30\n"                                                                                                                                                   \
	"answer = 81 HTTP/1.1 401 Unauthorized\\r\\nServer: Kazeweb/2.3\\r\\nDate: {date}\\r\\n\n"                                                                                   \
	"answer = 81 WWW-Authenticate: Digest realm=\"TsukiCam\", qop=\"auth\", nonce=\"{hex:32}\"\\r\\n\n"                                                                          \
	"answer = 81 Content-Type: text/html\\r\\nConnection: close\\r\\n\\r\\n\n"                                                                                                   \
	"answer = 81 <html><head><title>Document Error: Unauthorized</title></head><body>\n"                                                                                         \
	"answer = 81 <h2>Access Error: Unauthorized</h2><p>Access to this document requires a user</p></body></html>\\r\\n\n"                                                        \
	"\n"                                                                                                                                                                         \
	"[model hoshikam-dome2]\n"                                                                                                                                                   \
	"answering_percent = 26\n"                                                                                                                                                   \
	"answer = 80 HTTP/1.0 302 Found\\r\\nServer: hoshi-httpd\\r\\nDate: {date}\\r\\nLocation: /web/start.html\\r\\n\n"                                                           \
	"answer = 80 Content-Length: 0\\r\\nConnection: close\\r\\n\\r\\n\n"                                                                                                         \
	"\n"                                                                                                                                                                         \
	"[model tsukirec-dvr8]\n"                                                                                                                                                    \
	"answering_percent = 30\n"                                                                                                                                                   \
	"answer = 80 HTTP/1.1 200 OK\\r\\nServer: TR-Web/1.0\\r\\nSet-Cookie: session={hex:16}; path=/\\r\\n\n"                                                                      \
	"answer = 80 Content-Type: text/html\\r\\n\\r\\n<!DOCTYPE html><html><head><title>TsukiRec 8CH</title>\n"                                                                    \
	"answer = 80 <meta name=\"build\" content=\"2014{0312|1107}\"></head><body onload=\"login()\"><div id=\"plugin\"></div></body></html>\n"                                     \
	"answer = 23 \\xff\\xfb\\x01\\xff\\xfb\\x03\\xff\\xfd\\x1f\\r\\nTSUKIREC-8CH (none)\\r\\nlogin:\\x20\n"                                                                      \
	"\n"                                                                                                                                                                         \
	"[model tsukirec-dvr16]\n"                                                                                                                                                   \
	"answering_percent = 28\n"                                                                                                                                                   \
	"answer = 80 HTTP/1.1 302 Found\\r\\nServer: TR-Web/2.0\\r\\nLocation: /view/live.html?sid={hex:16}\\r\\n\n"                                                                 \
	"answer = 80 Cache-Control: no-store\\r\\nX-Frame-Options: SAMEORIGIN\\r\\nContent-Length: 0\\r\\n\\r\\n\n"                                                                  \
	"answer = 23 \\xff\\xfb\\x01\\xff\\xfb\\x03\\xff\\xfd\\x1f\\r\\nWelcome to TR-Linux 3.0\\r\\ntr16h login:\\x20\n"                                                            \
	"\n"                                                                                                                                                                         \
	"[model nagiwa-nr40]\n"                                                                                                                                                      \
	"answering_percent = 26\n"                                                                                                                                                   \
	"answer = 80 HTTP/1.0 401 Unauthorized\\r\\nServer: nagi-httpd/1.4\\r\\n\n"                                                                                                  \
	"answer = 80 WWW-Authenticate: Basic realm=\"NAGIWA NR-40 ({mac})\"\\r\\nContent-Type: text/html\\r\\n\\r\\n\n"                                                              \
	"answer = 80 <html><title>401 Unauthorized</title><body>Authorization required.</body></html>\n"                                                                             \
	"answer = 23 \\xff\\xfd\\x01\\xff\\xfd\\x21\\xff\\xfb\\x01\\r\\nNAGIWA NR-40 Broadband Router\\r\\nFirmware 1.{12|14|15}\\r\\nLogin:\\x20\n"                                 \
	"\n"                                                                                                                                                                         \
	"[model nagiwa-nr60ac]\n"                                                                                                                                                    \
	"answering_percent = 24\n"                                                                                                                                                   \
	"answer = 8080 HTTP/1.1 200 OK\\r\\nServer: nagi-httpd/2.0\\r\\nDate: {date}\\r\\nContent-Type: text/html; charset=utf-8\\r\\n\\r\\n\n"                                      \
	"answer = 8080 <html><head><title>NAGIWA NR-60AC setup</title></head><body><form method=post action=/login>\n"                                                               \
	"answer = 8080 <input type=hidden name=token value=\"{hex:24}\"><input name=user></form></body></html>\n"                                                                    \
	"answer = 22 SSH-2.0-nagissh_1.{0|2}\\r\\n\n"                                                                                                                                \
	"\n"                                                                                                                                                                         \
	"# Says hardly anything, as many do.\n"                                                                                                                                      \
	"[model login-only]\n"                                                                                                                                                       \
	"answering_percent = 10\n"                                                                                                                                                   \
	"answer = 23 \\xff\\xfd\\x01\\xff\\xfd\\x1f\\xff\\xfd\\x21\\xff\\xfb\\x01\\xff\\xfb\\x03\\r\\nlogin:\\x20\n"                                                                 \
	"answer = 2323 \\xff\\xfd\\x01\\xff\\xfd\\x1f\\xff\\xfd\\x21\\xff\\xfb\\x01\\xff\\xfb\\x03\\r\\nlogin:\\x20\n"                                                               \
	"\n"                                                                                                                                                                         \
	"[model umitsu-us210]\n"                                                                                                                                                     \
	"answering_percent = 38\n"                                                                                                                                                   \
	"answer = 21 220-Umitsu US-210\\r\\n220-Local time is now {digits:2}:{digits:2}. Server port: 21.\\r\\n220 You will be disconnected after 15 minutes of inactivity.\\r\\n\n" \
	"answer = 80 HTTP/1.1 200 OK\\r\\nServer: umi-web\\r\\nDate: {date}\\r\\nContent-Type: text/html\\r\\n\\r\\n\n"                                                              \
	"answer = 80 <html><head><title>US-210 - Umitsu Network Storage</title></head><body><script src=\"/js/desk.js?{digits:10}\"></script></body></html>\n"                       \
	"answer = 22 SSH-2.0-OpenSSH_5.8p1-umi4\\r\\n\n"                                                                                                                             \
	"\n"                                                                                                                                                                         \
	"[model umitsu-us410]\n"                                                                                                                                                     \
	"answering_percent = 36\n"                                                                                                                                                   \
	"answer = 21 220-Umitsu US-410\\r\\n220-Local time is now {digits:2}:{digits:2}. Server port: 21.\\r\\n220 You will be disconnected after 15 minutes of inactivity.\\r\\n\n" \
	"answer = 80 HTTP/1.1 200 OK\\r\\nServer: umi-web\\r\\nDate: {date}\\r\\nContent-Type: text/html\\r\\n\\r\\n\n"                                                              \
	"answer = 80 <html><head><title>US-410 - Umitsu Network Storage</title></head><body><script src=\"/js/desk.js?{digits:10}\"></script></body></html>\n"                       \
	"answer = 22 SSH-2.0-OpenSSH_6.0p1-umi5\\r\\n\n"                                                                                                                             \
	"\n"                                                                                                                                                                         \
	"[model sorawave-vx200]\n"                                                                                                                                                   \
	"answering_percent = 46\n"                                                                                                                                                   \
	"answer = 7547 HTTP/1.1 404 Not Found\\r\\nServer: SoraCWMP/3.{1|2}\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n\n"                                             \
	"answer = 80 HTTP/1.1 200 OK\\r\\nServer: Kazeweb/2.5\\r\\nDate: {date}\\r\\nContent-Type: text/html\\r\\n\\r\\n\n"                                                          \
	"answer = 80 <html><head><title>Sorawave VX-200</title></head><body><frameset rows=\"90,*\"><frame src=\"top.html\"></frameset></body></html>\n"                             \
	"\n"                                                                                                                                                                         \
	"[model sorawave-vx320]\n"                                                                                                                                                   \
	"answering_percent = 44\n"                                                                                                                                                   \
	"answer = 7547 HTTP/1.1 401 Unauthorized\\r\\nServer: SoraCWMP/4.0\\r\\n\n"                                                                                                  \
	"answer = 7547 WWW-Authenticate: Digest realm=\"VX-320\", nonce=\"{hex:16}\", qop=\"auth\", algorithm=MD5\\r\\nContent-Length: 0\\r\\n\\r\\n\n"                              \
	"\n"                                                                                                                                                                         \
	"[model morigate-g1]\n"                                                                                                                                                      \
	"answering_percent = 30\n"                                                                                                                                                   \
	"answer = 22 SSH-2.0-dropbear_2012.55\\r\\n\n"                                                                                                                               \
	"answer = 2222 SSH-2.0-dropbear_2012.55\\r\\n\n"                                                                                                                             \
	"answer = 80 HTTP/1.1 200 OK\\r\\nServer: mori/0.9\\r\\nContent-Type: text/html\\r\\n\\r\\n<html><head><title>MoriGate G1 | {address}</title></head></html>\n"               \
	"answer = 5358 220 MoriGate diagnostic port\\r\\n\n"                                                                                                                         \
	"\n"                                                                                                                                                                         \
	"[model ssh-box]\n"                                                                                                                                                          \
	"answering_percent = 30\n"                                                                                                                                                   \
	"answer = 22 SSH-2.0-OpenSSH_6.6.1p1 Debian-4~bpo70+1\\r\\n\n"
