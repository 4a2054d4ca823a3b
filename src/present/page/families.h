// SPDX-License-Identifier: MIT
// What hotaru's own fingerprints mean, in both languages.
#pragma once

#include "present/present.h"

// The test in a few words, to stand before a full stop. From the table here, or
// as the report has it for fingerprints of the user.
const char *family_test(const struct report *report, size_t family);

// The same of any fingerprint, which the survey need not have; NULL: not one of hotaru's own.
const char *family_named_test(const struct report *report, const char *name);

// What a reader must know before believing the numbers; NULL if nothing.
const char *family_caution(const struct report *report, size_t family);

// The name to print: as in the survey, but words for "*".
const char *family_title(const struct report *report, size_t family);

// The order in which families stand where it is free: the stronger the fingerprint the further in front, and below
// each those that are part of it. Stronger is what a random SYN matches less often; where that is equal, what was
// seen before what was published, that before what is weak, and those of users; then by name. "*", all SYNs, is last.
// `order` has room for twice as many as there are; returns how many numbers of families are in it: all.
size_t family_order(const struct report *report, size_t *order);
// The whole that the family is part of, if that is on the page, too; SIZE_MAX: none.
size_t family_whole(const struct report *report, size_t family);
