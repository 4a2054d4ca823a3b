// SPDX-License-Identifier: MIT
#include "analyse/devices/item_subset.h"

#include "base/memory.h"

#include <stdlib.h>

static int compare_numbers(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

// Numbers texts as they come in order; equal ones are once in it.
static void number_texts(const struct hosts *hosts, uint32_t *texts, size_t count,
                         uint32_t *numbers, struct item_subset *s)
{
	if (count > 0)
		qsort(texts, count, sizeof *texts, compare_numbers);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && texts[i] == texts[i - 1])
			continue;
		numbers[texts[i]] = s->hosts.text_count;
		s->hosts.texts[s->hosts.text_count++] = hosts->texts[texts[i]];
	}
}

static void take_items(const struct host_items *items, const uint32_t *members, uint32_t count,
                       const uint32_t *numbers, struct item_subset *s)
{
	struct host_answer *next = s->answers;
	for (uint32_t i = 0; i < count; i++) {
		const struct host_item *item = &items->items[members[i]];
		s->hosts.hosts[i] = *item->host;
		s->hosts.hosts[i].answers = next;
		for (uint32_t k = 0; k < item->host->count; k++)
			*next++ = (struct host_answer){
				.text = numbers[item->host->answers[k].text],
				.port = item->host->answers[k].port,
			};
		s->items.items[i] = (struct host_item){ &s->hosts.hosts[i], item->weight };
	}
	s->hosts.count = s->items.count = count;
}

bool item_subset_make(const struct hosts *hosts, const struct host_items *items,
                      const uint32_t *members, uint32_t count, uint32_t *numbers,
                      struct item_subset *out)
{
	struct item_subset s = { 0 };
	size_t answers = 0, next = 0;
	for (uint32_t i = 0; i < count; i++)
		answers += items->items[members[i]].host->count;
	uint32_t *texts = memory_room((answers + 1) * sizeof *texts);
	s.hosts.hosts = memory_new((size_t)count + 1, sizeof *s.hosts.hosts);
	s.hosts.texts = memory_new(answers + 1, sizeof *s.hosts.texts);
	s.items.items = memory_new((size_t)count + 1, sizeof *s.items.items);
	s.answers = memory_new(answers + 1, sizeof *s.answers);
	const bool is_done = texts != NULL && s.hosts.hosts != NULL && s.hosts.texts != NULL &&
	                     s.items.items != NULL && s.answers != NULL;
	for (uint32_t i = 0; is_done && i < count; i++)
		for (uint32_t k = 0; k < items->items[members[i]].host->count; k++)
			texts[next++] = items->items[members[i]].host->answers[k].text;
	if (is_done) {
		number_texts(hosts, texts, answers, numbers, &s);
		take_items(items, members, count, numbers, &s);
		*out = s;
	} else {
		item_subset_done(&s);
	}
	memory_free(texts);
	return is_done;
}

void item_subset_done(struct item_subset *s)
{
	memory_free(s->hosts.hosts);
	memory_free(s->hosts.texts);
	memory_free(s->items.items);
	memory_free(s->answers);
	*s = (struct item_subset){ 0 };
}
