// SPDX-License-Identifier: MIT
#include "sample/sample.h"
#include "base/test.h"
TEST_MAIN
