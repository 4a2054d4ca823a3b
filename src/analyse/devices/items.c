// SPDX-License-Identifier: MIT
// Which hosts are clustered as one.
#include "analyse/devices/hosts.h"

#include "base/memory.h"

#include <stdlib.h>

void host_items_done(struct host_items *items)
{
	memory_free(items->items);
	memory_free(items->of_host);
	*items = (struct host_items){ 0 };
}

static bool items_new(struct host_items *items, uint32_t hosts, struct error *error)
{
	*items = (struct host_items){
		.items = memory_new((size_t)hosts + 1, sizeof *items->items),
		.of_host = memory_new((size_t)hosts + 1, sizeof *items->of_host),
	};
	if (items->items != NULL && items->of_host != NULL)
		return true;
	host_items_done(items);
	return error_memory(error, "hosts");
}

bool host_items_single(const struct hosts *hosts, struct host_items *out, struct error *error)
{
	struct host_items items;
	if (!items_new(&items, hosts->count, error))
		return false;
	for (uint32_t i = 0; i < hosts->count; i++) {
		items.items[i] = (struct host_item){ &hosts->hosts[i], 1 };
		items.of_host[i] = i;
	}
	items.count = hosts->count;
	*out = items;
	return true;
}

static int compare_answers(const struct host *a, const struct host *b)
{
	for (uint32_t i = 0; i < a->count && i < b->count; i++) {
		const struct host_answer *x = &a->answers[i], *y = &b->answers[i];
		if (x->port != y->port)
			return x->port < y->port ? -1 : 1;
		if (x->text != y->text)
			return x->text < y->text ? -1 : 1;
	}
	return (a->count > b->count) - (a->count < b->count);
}

static int compare_hosts(const void *a, const void *b, void *context)
{
	const struct host *hosts = context;
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const int order = compare_answers(&hosts[x], &hosts[y]);
	return order != 0 ? order : (x > y) - (x < y);
}

bool host_items_grouped(const struct hosts *hosts, struct host_items *out, struct error *error)
{
	struct host_items items;
	uint32_t *order = memory_new((size_t)hosts->count + 1, sizeof *order);
	if (order == NULL)
		return error_memory(error, "hosts");
	if (!items_new(&items, hosts->count, error)) {
		memory_free(order);
		return false;
	}
	for (uint32_t i = 0; i < hosts->count; i++)
		order[i] = i;
	if (hosts->count > 0)
		qsort_r(order, hosts->count, sizeof *order, compare_hosts, hosts->hosts);
	for (uint32_t i = 0; i < hosts->count; i++) {
		const struct host *host = &hosts->hosts[order[i]];
		if (i == 0 || compare_answers(&hosts->hosts[order[i - 1]], host) != 0)
			items.items[items.count++].host = host;
		items.items[items.count - 1].weight++;
		items.of_host[order[i]] = items.count - 1;
	}
	memory_free(order);
	*out = items;
	return true;
}
