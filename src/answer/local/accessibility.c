// SPDX-License-Identifier: MIT
// On which ports the sources that attacked a port answer.
#include "analyse/devices/accessibility.h"

#include "answer/local/topic.h"
#include "base/memory.h"

static void write_rows(struct rows *rows, const struct accessibility *found)
{
	for (size_t a = 0; a < found->attacked_count; a++)
		for (size_t b = 0; b < found->probed_count && found->hosts[a] > 0; b++) {
			rows_number(rows, found->attacked[a]);
			rows_number(rows, found->probed[b]);
			rows_number(rows, found->hosts[a]);
			rows_number(rows, found->accessible[a][b]);
			rows_real(rows, (double)found->accessible[a][b] / (double)found->hosts[a]);
			rows_end(rows);
		}
}

static bool hand_out(struct inquiry *inquiry, const struct accessibility *found,
                     struct error *error)
{
	const struct caveat asked = { CAVEAT_NEVER_ASKED,
		                      { found->never_asked, found->sources, found->ports_left_out,
		                        found->probed_count },
		                      { found->asked.from, found->asked.to } };
	struct schema schema;
	struct rows rows;
	struct error ignored;
	question_schema(inquiry->question, &schema);
	bool ok = rows_begin(&rows, inquiry->receiver, &schema, error);
	if (ok)
		write_rows(&rows, found);
	ok = ok && add_caveat(inquiry, &asked, error);
	return rows_finish(&rows, ok ? error : &ignored) && ok;
}

static bool answer_one(const struct answering *a, struct inquiry *inquiry, struct error *error)
{
	const struct question *q = inquiry->question;
	struct accessibility_request request = {
		.days = q->days,
		.without_floods = q->without_floods,
		.ports = q->ports,
		.port_count = q->port_count,
	};
	struct accessibility *found;
	if (!holdings_family(a->holdings, q->family_count > 0 ? q->families[0] : NULL,
	                     &request.family, error))
		return false;
	found = memory_new(1, sizeof *found);
	if (found == NULL)
		return error_memory(error, "an answer");
	const bool ok = accessibility_find(a->holdings, &request, found, error) &&
	                floods_caveats(inquiry, &found->floods, error) &&
	                hand_out(inquiry, found, error);
	memory_free(found);
	return ok;
}

bool answer_accessibility(const struct answering *a, struct inquiry *const *list, size_t count,
                          struct error *error)
{
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = answer_one(a, list[i], error);
	return ok;
}
