// SPDX-License-Identifier: MIT
// Addresses in place of addresses: a keyed permutation of all IPv4 addresses under which two that begin with
// the same n bits, and differ then, still do.
//
// It is Crypto-PAn (Xu, Fan, Ammar, Moon: "Prefix-Preserving IP Address Anonymization", ICNP 2002) with
// AES-128: the same key gives the same addresses as its authors' program and other tools that follow it. Whoever
// knows what became of one address knows the common beginning of all others with it; so what must stay
// hidden has a permutation of its own.
#pragma once

#include "base/cursor.h"
#include "base/error.h"

// The first half is the key of AES, the other what the padding is made of.
enum { PERMUTATION_KEY_SIZE = 32 };

struct permutation;

// NULL: no memory.
struct permutation *permutation_new(const uint8_t key[PERMUTATION_KEY_SIZE]);
void permutation_free(struct permutation *);  // accepts NULL; the key is wiped

// Host byte order.
uint32_t permutation_of(struct permutation *, uint32_t address);

// Another key from a key and a number: who has the one cannot tell the other without the first.
void permutation_derive(const uint8_t key[PERMUTATION_KEY_SIZE], uint8_t number,
                        uint8_t out[PERMUTATION_KEY_SIZE]);
