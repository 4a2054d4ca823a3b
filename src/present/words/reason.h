// SPDX-License-Identifier: MIT
// Why a frame was not understood, in words, as plain text.
#pragma once

#include "present/words/lang.h"

#include <stdbool.h>
#include <stdint.h>

enum { REASON_TEXT_SIZE = 160 };
// "EtherType 0x0806 (ARP)".
void reason_text(enum lang, const char *reason, uint32_t number, char out[REASON_TEXT_SIZE]);
// Whether it says something else of a frame than why it was not understood.
bool reason_name_is_remark(const char *reason);
// Its link type: "1 (ETHERNET)"; the name may be NULL, "" for a negative number, which is none.
void link_type_text(int32_t link_type, const char *name, char out[REASON_TEXT_SIZE]);
