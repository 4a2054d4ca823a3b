// SPDX-License-Identifier: MIT
#include "analyse/devices/port_texts.h"

#include "base/memory.h"

bool ports_of_items(const struct host_items *items, uint16_t **out, uint32_t *count)
{
	bool *seen = memory_new(UINT16_MAX + 1, sizeof *seen);
	uint16_t *ports = memory_new(UINT16_MAX + 1, sizeof *ports);
	if (seen == NULL || ports == NULL) {
		memory_free(seen);
		memory_free(ports);
		return false;
	}
	for (uint32_t i = 0; i < items->count; i++)
		for (uint32_t k = 0; k < items->items[i].host->count; k++)
			seen[items->items[i].host->answers[k].port] = true;
	*count = 0;
	for (uint32_t port = 0; port <= UINT16_MAX; port++)
		if (seen[port])
			ports[(*count)++] = (uint16_t)port;
	memory_free(seen);
	*out = ports;
	return true;
}

static const struct host_answer *answer_on(const struct host *host, uint16_t port)
{
	uint32_t low = 0, high = host->count;
	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		if (host->answers[middle].port < port)
			low = middle + 1;
		else
			high = middle;
	}
	return low < host->count && host->answers[low].port == port ? &host->answers[low] : NULL;
}

bool port_texts_make(const struct hosts *hosts, const struct host_items *items, uint16_t port,
                     struct port_texts *out)
{
	struct port_texts p = { .port = port };
	uint32_t *numbers = memory_new((size_t)hosts->text_count + 1, sizeof *numbers);
	p.texts = memory_new((size_t)hosts->text_count + 1, sizeof *p.texts);
	p.items = memory_new((size_t)items->count + 1, sizeof *p.items);
	p.local = memory_new((size_t)items->count + 1, sizeof *p.local);
	if (numbers == NULL || p.texts == NULL || p.items == NULL || p.local == NULL) {
		memory_free(numbers);
		port_texts_done(&p);
		return false;
	}
	for (uint32_t i = 0; i < items->count; i++) {
		const struct host_answer *answer = answer_on(items->items[i].host, port);
		if (answer == NULL)
			continue;
		p.items[p.item_count] = i;
		p.local[p.item_count++] = answer->text;
		numbers[answer->text] = 1;
	}
	for (uint32_t text = 0; text < hosts->text_count; text++)
		if (numbers[text] != 0) {
			numbers[text] = p.text_count;
			p.texts[p.text_count++] = text;
		}
	for (uint32_t k = 0; k < p.item_count; k++)
		p.local[k] = numbers[p.local[k]];
	memory_free(numbers);
	*out = p;
	return true;
}

void port_texts_done(struct port_texts *p)
{
	memory_free(p->texts);
	memory_free(p->items);
	memory_free(p->local);
	*p = (struct port_texts){ 0 };
}

uint32_t common_ports(const struct host *a, const struct host *b)
{
	uint32_t common = 0;
	for (uint32_t i = 0, k = 0; i < a->count && k < b->count;) {
		const uint16_t x = a->answers[i].port, y = b->answers[k].port;
		common += x == y;
		i += x <= y;
		k += y <= x;
	}
	return common;
}
