// SPDX-License-Identifier: MIT
// Any bytes as a capture: codec, format, frames, decoding, fingerprints. What
// the tables of codecs, formats and link types hold is reached by content.
#include "check_capture.h"
#include "fuzz.h"

void fuzz_one(struct span input)
{
	check_capture(input);
}
