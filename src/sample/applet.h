// SPDX-License-Identifier: MIT
// Names of BusyBox applets (of all versions up to 1.36, and of builds that devices have): what follows `/bin/busybox` and is none of
// them is a *token*, by which a bot sees that it speaks with a shell, and by which its family is known.
#pragma once

#include "base/cursor.h"

enum { APPLET_TOKEN_MIN = 2, APPLET_TOKEN_MAX = 16 };

bool applet_is_one(struct span name);

// Two to sixteen letters, digits and underlines that are no applet.
bool applet_is_token(struct span word);
