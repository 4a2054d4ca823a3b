// SPDX-License-Identifier: MIT
#include "answer/local/test_local.h"

TEST_MAIN
