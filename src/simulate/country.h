// SPDX-License-Identifier: MIT
// Which country an address is in, in a simulated world: networks of 13 bits are shared out by the weights of
// `countries` in the scenario, always alike. What is behind an address follows from it and from nothing
// else, so that captures are the same with countries and without.
#pragma once

#include "base/buffer.h"
#include "simulate/scenario.h"

// As country_code(); 0: the scenario has none.
uint16_t country_of(const struct scenario *, uint32_t address);

enum { COUNTRY_TEXT_SIZE = 8 };
// "JP"; "unknown" of 0, as tables have it.
void country_format(uint16_t country, char out[COUNTRY_TEXT_SIZE]);

// Appends the whole world as a table of ranges: first, last, country.
void country_write(const struct scenario *, struct buffer *out);
