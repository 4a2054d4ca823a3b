// SPDX-License-Identifier: MIT
// Private to store/: a sum over all rows of the catalogue, in the catalogue.
//
// SQLite has no checksums: a flipped bit in a number of a ledger is another number. So
// the table `seal` holds the sum, modulo 2^64, of the XXH3-64 of every row of every
// other table, and of the schema. It is changed together with the rows, by triggers that
// only hotaru's writing connections have; whoever opens the store adds it up again.
// Somebody who alters a row by other means breaks the seal. It is no protection
// against those who want to deceive: they can make it anew.
#pragma once

#include "store/catalog.h"

// Makes the table, for the rows that are there, in a transaction of the caller's.
bool seal_lay_out(struct store *, struct error *error) MUST_CHECK;

// From now on, what this connection does to rows is sealed.
bool seal_watch(struct store *, struct error *error) MUST_CHECK;

// Fails if the rows are not those that were sealed. Reads all of them.
bool seal_check(struct store *, struct error *error) MUST_CHECK;
