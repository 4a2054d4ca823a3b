// SPDX-License-Identifier: MIT
// Private to the local engine: what questions about honeypots share.
#pragma once

#include "analyse/variants/variants.h"
#include "answer/local/topic.h"

// What has to be known before the first session, of a table of families. The caller calls variants_basis_done(), also after a failure.
struct variants_basis {
	struct malware_families families;
	struct token_names names;
	struct variant_world world;
};
bool variants_basis_begin(struct variants_basis *, const struct answering *,
                          const struct variants_question *, struct error *error) MUST_CHECK;
void variants_basis_done(struct variants_basis *);

// Appends what a stranger called a file: printable ASCII, all else as \xHH, blanks, too; http becomes hxxp, the first
// dot of a host [.], so that nobody follows it by accident.
void variants_defang(struct buffer *out, struct span url);
// The same of any text, without that.
void variants_escape(struct buffer *out, struct span text);
