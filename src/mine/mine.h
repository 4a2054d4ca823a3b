// SPDX-License-Identifier: MIT
// Transactions -> itemsets and association rules. This is the front door.
//
// Nothing here knows of packets: an item is a number that whoever asks has given a meaning, and a
// transaction is a set of items that so many have in common. The words are those of the field
// (R. Agrawal and R. Srikant, VLDB 1994): the support of a set is in how many transactions it is
// contained; a set is frequent if that is at least the minimum, an absolute number.
#pragma once

#include "mine/itemsets.h"
#include "mine/rules.h"
#include "mine/transactions.h"
