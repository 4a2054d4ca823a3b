// SPDX-License-Identifier: MIT
// From the items of a day to the rules of each field, or of all together. All groups get a share of the
// room at first, beside those of other days. What comes to its end there is made anew, alone, with all
// of the room: which of both it was cannot be seen in the rules.
#include "analyse/rules/header_rules_private.h"

#include "base/memory.h"
#include "base/pool.h"

bool rules_groups_init(struct rules_day *day)
{
	const bool is_across = day->job->request->is_across;
	day->group_count = is_across ? 1 : day->items.field_count;
	day->groups = memory_new(day->group_count, sizeof *day->groups);
	if (day->groups == NULL)
		return error_memory(&day->job->error, "the rules of a day");
	for (size_t i = 0; i < day->group_count; i++)
		day->groups[i] = (struct rules_group){ .first = is_across ? 0 : i,
			                               .count = is_across ? day->items.field_count
			                                                  : 1 };
	return true;
}

static void forget_mined(const struct rules_day *day, struct rules_group *g)
{
	for (size_t a = 0; g->mined != NULL && a < day->job->alpha_count; a++)
		rules_done(&g->mined[a]);
	memory_free(g->mined);
	g->mined = NULL;
	g->is_apart = false;
}

void rules_groups_done(struct rules_day *day)
{
	for (size_t i = 0; day->groups != NULL && i < day->group_count; i++) {
		forget_mined(day, &day->groups[i]);
		making_free(day->groups[i].making);
	}
	memory_free(day->groups);
}

// ---- transactions

static bool begin_making(const struct rules_day *day, struct rules_group *g, bool is_alone,
                         struct error *error)
{
	const struct header_rules_room *room = &day->job->room;
	const struct making_request request = {
		.items = &day->items,
		.first = g->first,
		.count = g->count,
		.weight_max = is_alone ? room->weight_alone : room->weight / day->group_count,
		.raises_support = is_alone
	};
	return making_begin(&request, &g->making, error);
}

// The groups of which the making has begun.
static bool read_transactions(struct rules_day *day, struct transaction_reader *reader,
                              struct error *error)
{
	const struct host_day *host;
	while ((host = transaction_reader_next(reader, error)) != NULL)
		for (size_t i = 0; i < day->group_count; i++)
			if (day->groups[i].making != NULL &&
			    !making_add(day->groups[i].making, host))
				return error_memory(error, "the transactions of a day");
	return error->kind == ERROR_NONE;
}

// ---- mining

// What is missing of a partial answer depends on how many rules there are, and so on alpha.
static bool mine_transactions(const struct rules_day *day, const struct transactions *t,
                              size_t bytes_max, struct rules_group *g)
{
	const struct rules_day_job *job = day->job;
	struct rules_request request = job->request->rules;
	bool ok = true;
	request.support_min = g->support_min;
	request.bytes_max = bytes_max;
	g->wants_room = false;
	for (size_t a = 0; ok && a < (g->is_apart ? job->alpha_count : 1); a++) {
		request.alpha = job->alphas[a];
		ok = rules_mine(t, &request, &g->mined[a], &g->error);
		g->wants_room |= ok && g->mined[a].lacks_room;
		g->is_apart |= ok && g->mined[a].is_partial && !request.is_all;
	}
	return ok;
}

static bool mine_group(struct rules_day *day, struct rules_group *g, size_t bytes_max)
{
	struct transactions *transactions;
	const bool is_kept = g->making == NULL;
	g->mined = memory_new(day->job->alpha_count, sizeof *g->mined);
	if (g->mined == NULL)
		return error_memory(&g->error, "the rules of a day");
	if ((is_kept && !begin_making(day, g, g->is_alone, &g->error)) ||
	    (is_kept && !making_add_kept(g->making) &&
	     !error_memory(&g->error, "the transactions of a day")) ||
	    !making_end(g->making, &transactions, &g->support_min, &g->error))
		return false;
	making_free(g->making);
	g->making = NULL;
	g->wants_room = transactions == NULL;
	if (g->wants_room)
		return true;
	g->total = transactions_total(transactions);
	const bool ok = mine_transactions(day, transactions, bytes_max, g);
	transactions_free(transactions);
	return ok;
}

static bool run_group(void *context, size_t number, unsigned thread)
{
	struct rules_day *day = context;
	struct rules_group *g = &day->groups[number];
	(void)thread;
	if (!mine_group(day, g, day->job->room.mining_bytes))
		return false;
	if (g->wants_room)
		forget_mined(day, g);
	return true;
}

static bool take_error(struct rules_day *day)
{
	for (size_t i = 0; i < day->group_count; i++)
		if (day->groups[i].error.kind != ERROR_NONE) {
			day->job->error = day->groups[i].error;
			return false;
		}
	return error_memory(&day->job->error, "the rules of a day");
}

bool rules_groups_mine(struct rules_day *day, struct transaction_reader *reader)
{
	struct rules_day_job *job = day->job;
	for (size_t i = 0; !day->items.keeps && i < day->group_count; i++)
		if (!begin_making(day, &day->groups[i], false, &job->error))
			return false;
	if (!day->items.keeps && !read_transactions(day, reader, &job->error))
		return false;
	return pool_run(job->threads, day->group_count, run_group, day) || take_error(day);
}

bool rules_groups_want_room(const struct rules_day *day)
{
	bool wants = false;
	for (size_t i = 0; i < day->group_count; i++)
		wants |= day->groups[i].wants_room;
	return wants;
}

// ---- alone

bool rules_groups_mine_alone(struct rules_day *day)
{
	struct rules_day_job *job = day->job;
	for (size_t i = 0; i < day->group_count; i++) {
		struct rules_group *g = &day->groups[i];
		struct transaction_reader *reader = NULL;
		if (!g->wants_room)
			continue;
		g->is_alone = true;
		bool ok = day->items.keeps || (begin_making(day, g, true, &job->error) &&
		                               transaction_reader_open(job->holdings, &job->reading,
		                                                       &reader, &job->error) &&
		                               read_transactions(day, reader, &job->error));
		transaction_reader_close(reader);
		if (!ok)
			return false;
		if (!mine_group(day, g, job->room.mining_bytes_alone))
			return take_error(day);
	}
	return true;
}
