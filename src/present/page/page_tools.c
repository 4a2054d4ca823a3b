// SPDX-License-Identifier: MIT
// What matched and stands for no malware family: in a capture of scanning tools that is all there is.
#include "present/page/page.h"

#include "present/page/families.h"

static void write_row(struct buffer *out, const struct report *report,
                      const struct report_tool *tool)
{
	const char *test = family_named_test(report, tool->name);
	buffer_text(out, "<tr><th scope=\"row\">");
	markup_text(out, tool->name);
	buffer_text(out, "</th>");
	page_text_cell(out, test != NULL ? test : tool->rule);
	page_count_cell(out, tool->sources);
	buffer_text(out, "</tr>\n");
}

void page_tools(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = { WORD_COLUMN_TOOL, WORD_COLUMN_MEANING,
		                             WORD_COLUMN_SOURCES };
	if (report->tool_count == 0)
		return;
	buffer_text(out, "<div class=\"panel\" id=\"tools\">");
	page_word(out, "h3", report, WORD_TOOLS);
	page_word(out, "p", report, WORD_TOOLS_NOTE);
	page_table_begin(out, report, columns, 3, 2);
	for (size_t i = 0; i < report->tool_count; i++)
		write_row(out, report, &report->tools[i]);
	page_table_end(out);
	page_csv_link(out, report, report->files.tools_csv, NULL);
	buffer_text(out, "</div>\n");
}
