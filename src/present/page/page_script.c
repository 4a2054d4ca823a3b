// SPDX-License-Identifier: MIT
// The script of the page, which the build makes of page.js, and the policy that lets it run and nothing else.
#include "present/page/page.h"

#include "page_script.h"

// Nor may it make markup of a string: the browser refuses that (Trusted Types), whatever is in the page.
const char page_policy[] =
	"default-src 'none'; script-src '" PAGE_SCRIPT_HASH
	"'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
	"require-trusted-types-for 'script'; trusted-types 'none'";

void page_script(struct buffer *out)
{
	buffer_text(out, "<script>");
	for (size_t i = 0; i < sizeof page_script_lines / sizeof *page_script_lines; i++)
		buffer_text(out, page_script_lines[i]);
	buffer_text(out, "</script>\n");
}
