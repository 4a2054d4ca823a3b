// SPDX-License-Identifier: MIT
#include "analyse/devices/cluster_answers.h"

#include "base/memory.h"

#include <string.h>

enum { PORT_COUNT = UINT16_MAX + 1 };

static void chain_items(struct cluster_answers *a)
{
	for (uint32_t k = 0; k <= a->found->count; k++)
		a->heads[k] = UINT32_MAX;
	for (uint32_t i = a->found->items.count; i-- > 0;) {
		a->nexts[i] = a->heads[a->found->of_item[i]];
		a->heads[a->found->of_item[i]] = i;
	}
}

bool cluster_answers_begin(struct cluster_answers *a, const struct hosts *hosts,
                           const struct device_clusters *found, struct error *error)
{
	*a = (struct cluster_answers){
		.hosts = hosts,
		.found = found,
		.heads = memory_new((size_t)found->count + 1, sizeof *a->heads),
		.nexts = memory_new((size_t)found->items.count + 1, sizeof *a->nexts),
		.on_port = memory_new(PORT_COUNT, sizeof *a->on_port),
	};
	if (a->heads == NULL || a->nexts == NULL || a->on_port == NULL) {
		cluster_answers_done(a);
		return error_memory(error, "clusters");
	}
	chain_items(a);
	return true;
}

void cluster_answers_done(struct cluster_answers *a)
{
	memory_free(a->heads);
	memory_free(a->nexts);
	memory_free(a->on_port);
	*a = (struct cluster_answers){ .hosts = NULL };
}

unsigned cluster_answers_most(const struct cluster_answers *a, uint32_t cluster, uint32_t *out,
                              unsigned room)
{
	const struct host_item *items = a->found->items.items;
	unsigned count = 0;
	for (uint32_t i = a->heads[cluster]; i != UINT32_MAX; i = a->nexts[i]) {
		unsigned at = count;
		while (at > 0 && items[out[at - 1]].weight < items[i].weight)
			at--;
		if (at == room)
			continue;
		count += count < room;
		memmove(out + at + 1, out + at, (count - 1 - at) * sizeof *out);
		out[at] = i;
	}
	return count;
}

uint16_t cluster_answers_ports(struct cluster_answers *a, uint32_t cluster, struct buffer *out)
{
	const struct host_item *items = a->found->items.items;
	const size_t begin = out->length;
	for (uint32_t port = 0; port < PORT_COUNT; port++)
		a->on_port[port] = 0;
	for (uint32_t i = a->heads[cluster]; i != UINT32_MAX; i = a->nexts[i])
		for (uint32_t k = 0; k < items[i].host->count; k++)
			a->on_port[items[i].host->answers[k].port] += items[i].weight;
	uint32_t most = 0;
	for (uint32_t port = 0; port < PORT_COUNT; port++) {
		if (a->on_port[port] == 0)
			continue;
		buffer_format(out, "%s%u", out->length > begin ? ";" : "", port);
		if (a->on_port[port] > a->on_port[most])
			most = port;
	}
	return (uint16_t)most;
}

static void escape(struct buffer *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.length && i < CLUSTER_BANNER_MAX; i++) {
		const uint8_t c = bytes.bytes[i];
		if (c == '\r' || c == '\n' || c == '\t' || c == '\\')
			buffer_format(out, "\\%c",
			              c == '\r'   ? 'r'
			              : c == '\n' ? 'n'
			              : c == '\t' ? 't'
			                          : '\\');
		else if (c < 0x20 || c > 0x7e)
			buffer_format(out, "\\x%02X", c);
		else
			buffer_byte(out, c);
	}
}

void cluster_answers_banner(const struct cluster_answers *a, const struct host *host, uint16_t port,
                            struct buffer *out)
{
	uint32_t text = host->answers[0].text;
	for (uint32_t k = 0; k < host->count; k++)
		if (host->answers[k].port == port)
			text = host->answers[k].text;
	escape(out, a->hosts->texts[text]);
}
