// SPDX-License-Identifier: MIT
// The languages of figures and page.
#pragma once

enum lang { LANG_EN, LANG_JA };

// "en", "ja" and NULL, in the order of enum lang: choices of --lang.
extern const char *const lang_names[];
