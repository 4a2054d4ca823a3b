// SPDX-License-Identifier: MIT
// What association rules over headers are about: a value of a header field that a source used at
// least once on a day is an item, and the items of one source and day are a transaction.
//
// "At least once by this source" is not "in one packet": two windows of one transaction were in
// two packets.
//
// A source that used more than HEADER_VALUES_MAX values of a field has one item in their place, a *bucket*.
// Scanners that go through all ports would otherwise have 2^65536 itemsets in common.
#pragma once

#include "hostday/hostday.h"  // fingerprint/header_item.h has the items, and how they are written
