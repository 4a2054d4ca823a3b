// SPDX-License-Identifier: MIT
// Whether a program is packed, so that its table cannot be seen.
//
// UPX writes `UPX!` behind the program headers (l_info, with the sizes of what it packed in p_info behind it), again in
// the last bytes of the file, and its stub has a text that says so (UPX 3.9 and 4, p_lx_elf.cpp). Builders of bots change
// the magic or zero the sizes, so that `upx -d` refuses: one of the marks is enough, or the shape of the headers without it.
// Without any mark a program of which no table was found is dense from 7.2 bits a byte on.
#pragma once

#include "sample/elf.h"

enum packed { PACKED_NO, PACKED_UPX, PACKED_UPX_DAMAGED, PACKED_DENSE };

// "upx", "upx-damaged", "dense"; "" where it is not.
const char *packed_name(enum packed);

struct packed_look {
	enum packed packed;
	size_t offset;     // of the mark; nothing for PACKED_DENSE
	const char *mark;  // which one it was, for people
	double entropy;    // bits a byte, of the whole file
};
struct packed_look packed_look(struct span file, const struct elf *, bool has_table);
