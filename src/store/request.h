// SPDX-License-Identifier: MIT
// Private to store/: what is asked of a store that is opened to be written. A new one is made by it; one that is there
// keeps what it was made with, and a request that contradicts is refused.
#pragma once

#include "store/catalog.h"

// Whether it makes sense at all: before the folder is made, so that one that makes none leaves nothing behind.
bool request_try(const struct store_request *, struct error *error) MUST_CHECK;
// Tables and settings of a new store, all in one transaction.
bool request_lay_out(struct store *, const struct store_request *, struct error *error) MUST_CHECK;
// By what it means: the same prefixes in another order are no contradiction.
bool request_check(const struct store *, const struct store_request *,
                   struct error *error) MUST_CHECK;
