// SPDX-License-Identifier: MIT
// Variants and honeypots of the built-in scenario, a part of its text.
#pragma once

// clang-format off
#define BUILTIN_VARIANTS \
	"# --- Variants ----------------------------------------------------------------\n" \
	"\n" \
	"# What hosts of the populations below do at a honeypot. The words that scanners say\n" \
	"# are those that were published; how many say which, where and when is made up.\n" \
	"[variant mirai]\n" \
	"acts = scans\n" \
	"token = MIRAI\n" \
	"loader_token = ECCHI\n" \
	"loaders = 6\n" \
	"accepted_percent = 65\n" \
	"\n" \
	"[variant akuma]\n" \
	"acts = scans\n" \
	"token = AKUMA\n" \
	"loaders = 3\n" \
	"countries = JP:40\n" \
	"strength = 2016-09-30 0, 2016-10-15 100\n" \
	"\n" \
	"[variant masuta]\n" \
	"acts = scans\n" \
	"token = MASUTA\n" \
	"loaders = 2\n" \
	"countries = BR:4, CO:3\n" \
	"strength = 2016-10-05 0, 2016-11-10 100\n" \
	"\n" \
	"[variant satori]\n" \
	"acts = loads\n" \
	"token = SATORI\n" \
	"countries = AR:15, EG:8\n" \
	"strength = 2016-11-01 0, 2016-11-20 60, 2016-11-23 400, 2016-12-10 150\n" \
	"\n" \
	"[variant okiru]\n" \
	"acts = loads\n" \
	"token = OKIRU\n" \
	"countries = KR:4\n" \
	"strength = 2016-11-15 0, 2016-12-15 100\n" \
	"\n" \
	"[variant daddyl33t]\n" \
	"acts = scans\n" \
	"token = daddyl33t\n" \
	"loaders = 1\n" \
	"countries = US:4\n" \
	"strength = 2016-12-01 0, 2016-12-10 100\n" \
	"\n" \
	"# Five other capitals each time.\n" \
	"[variant hajime]\n" \
	"acts = hajime\n" \
	"token = random\n" \
	"fetch_percent = 50\n" \
	"failed = 0-1\n" \
	"\n" \
	"# Passwords and nothing else.\n" \
	"[variant guesser]\n" \
	"acts = guesses\n" \
	"accepted_percent = 0\n" \
	"failed = 1-8\n" \
	"protocols = telnet:3, ssh:2\n" \
	"\n" \
	"[variant human]\n" \
	"acts = human\n" \
	"accepted_percent = 50\n" \
	"failed = 0-3\n" \
	"fetch_percent = 30\n" \
	"protocols = ssh\n" \
	"\n" \
	"# --- Honeypots ---------------------------------------------------------------\n" \
	"\n" \
	"# Three of them, with routers in front that lead so many addresses there. For two\n" \
	"# days in November none of them logs anything.\n" \
	"[honeypot hana]\n" \
	"address = 203.0.113.10\n" \
	"addresses = 192\n" \
	"gap = 2016-08-20T09:00 2016-08-20T15:30\n" \
	"gap = 2016-11-12T03:00 2016-11-15T09:30\n" \
	"\n" \
	"[honeypot mori]\n" \
	"address = 203.0.113.77\n" \
	"addresses = 96\n" \
	"gap = 2016-11-11T22:00 2016-11-15T09:30\n" \
	"\n" \
	"[honeypot yuki]\n" \
	"address = 203.0.113.140\n" \
	"addresses = 32\n" \
	"gap = 2016-10-02T00:00 2016-10-09T12:00\n" \
	"gap = 2016-11-11T23:00 2016-11-15T10:00\n" \
	"\n"
// clang-format on
