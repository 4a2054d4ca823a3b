// SPDX-License-Identifier: MIT
// What association rules over headers are about: a value of a header field that a source used at
// least once on a day is an item, and the items of one source and day are a transaction.
//
// "At least once by this source" is not "in one packet": two windows of one transaction were in
// two packets.
#pragma once

#include "hostday/hostday.h"  // struct header_item, and how items are written
