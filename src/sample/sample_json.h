// SPDX-License-Identifier: MIT
// A sample as one line of JSON, in the fields of mirai-toushi (IIJ, 2024: jsonschema/xor_table_jsonschema.json and
// xor_scanner_jsonschema.json) and in those of hotaru.
//
// Its fields stand at the top, where one looks for them, and once more in its groups (`table_init_func`, ...), so that
// programs that read its two files a sample read this. What only the code tells is not there: names and
// places of functions, `refs`, and the numbers that the source gave to entries: `id` is the place in the file's order, and
// `table_addr` the address of the text, or, where no header tells addresses, its offset. `tables_sha256` is made as there,
// of types and texts in that order, so that it is the same for all processors that a bot was built for; it is equal to
// mirai-toushi's where the source's order is that of the file.
#pragma once

#include "sample/sample.h"

enum { SAMPLE_JSON_MAX = 16 << 20 };

// Appends the line with its end; the buffer says whether it failed.
void sample_json_write(struct buffer *out, const char *name, const struct sample *);
