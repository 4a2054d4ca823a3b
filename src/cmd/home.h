// SPDX-License-Identifier: MIT
// Private to cmd/: --home, the same for all commands that have it. Its text becomes a struct home by home_parse().
#pragma once

#include "base/options.h"
#include "place/home.h"

#define HOME_OPTION(command, member)                                                               \
	{                                                                                          \
		"home", 0, OPTION_TEXT, offsetof(command, member), "PLACES",                       \
			"one's own come first: countries, networks and prefixes, separated by "    \
			"commas: AS4713,JP,192.0.2.0/24",                                          \
			0, 0, NULL                                                                 \
	}
