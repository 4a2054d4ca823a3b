// SPDX-License-Identifier: MIT
#include "analyse/devices/hosts.h"

#include "analyse/text_pool.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { TAKEN_MIN = 1024, MASKED_MAX = 2 * RESPONSE_BYTES_MAX };
#define TAKEN_MAX (UINT32_C(1) << 31)

struct taken {
	uint32_t address, text;
	uint64_t time_ns;
	uint16_t port;
};

struct host_gatherer {
	host_text *text;
	struct buffer masked;
	struct text_pool pool;
	struct taken *taken;
	uint32_t count, capacity;
	struct host_answer *answers;
};

struct host_gatherer *host_gatherer_new(host_text *text, struct error *error)
{
	struct host_gatherer *g = memory_new(1, sizeof *g);
	if (g == NULL) {
		error_memory(error, "answers");
		return NULL;
	}
	g->text = text;
	g->masked = buffer_up_to(MASKED_MAX);
	return g;
}

void host_gatherer_free(struct host_gatherer *g)
{
	if (g == NULL)
		return;
	buffer_done(&g->masked);
	text_pool_done(&g->pool);
	memory_free(g->taken);
	memory_free(g->answers);
	memory_free(g);
}

static bool grow(struct host_gatherer *g, struct error *error)
{
	if (g->count >= TAKEN_MAX)
		return error_set(error, ERROR_FAILED,
		                 "more than 2^31 answers are too many at once");
	const uint32_t capacity = g->capacity == 0 ? TAKEN_MIN : g->capacity * 2;
	struct taken *taken = memory_resize(g->taken, capacity, sizeof *taken);
	if (taken == NULL)
		return error_memory(error, "answers");
	g->taken = taken;
	g->capacity = capacity;
	return true;
}

bool host_gatherer_take(void *gatherer, const struct response *r, struct error *error)
{
	struct host_gatherer *g = gatherer;
	if (r->status != RESPONSE_ANSWERED || r->bytes.length == 0)
		return true;
	struct span text = r->bytes;
	if (g->text != NULL) {
		g->masked.length = 0;
		g->text(r->bytes, &g->masked);
		if (g->masked.failed)
			return error_memory(error, "an answer");
		text = buffer_span(&g->masked);
	}
	if (g->count == g->capacity && !grow(g, error))
		return false;
	struct taken t = { .address = r->address, .time_ns = r->time_ns, .port = r->port };
	if (!text_pool_add(&g->pool, text, &t.text, error))
		return false;
	g->taken[g->count++] = t;
	return true;
}

// ---- all of them together

static int compare_texts(const void *a, const void *b, void *context)
{
	const struct span *texts = context;
	return text_compare(texts[*(const uint32_t *)a], texts[*(const uint32_t *)b]);
}

// Numbers texts in the order of their bytes.
static bool sort_texts(struct host_gatherer *g, struct hosts *out)
{
	const uint32_t n = g->pool.count;
	uint32_t *order = memory_new(n + 1, sizeof *order);
	uint32_t *ranks = memory_new(n + 1, sizeof *ranks);
	out->texts = memory_new(n + 1, sizeof *out->texts);
	out->text_count = n;
	const bool is_done = order != NULL && ranks != NULL && out->texts != NULL;
	if (is_done) {
		for (uint32_t i = 0; i < n; i++)
			order[i] = i;
		if (n > 0)
			qsort_r(order, n, sizeof *order, compare_texts, g->pool.texts);
		for (uint32_t i = 0; i < n; i++) {
			ranks[order[i]] = i;
			out->texts[i] = g->pool.texts[order[i]];
		}
		for (uint32_t i = 0; i < g->count; i++)
			g->taken[i].text = ranks[g->taken[i].text];
	}
	memory_free(order);
	memory_free(ranks);
	return is_done;
}

// By host and port, and of one host and port what counts first.
static int compare_taken(const void *a, const void *b)
{
	const struct taken *x = a, *y = b;
	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	if (x->time_ns != y->time_ns)
		return x->time_ns > y->time_ns ? -1 : 1;
	return (x->text < y->text) - (x->text > y->text);
}

static bool make_hosts(struct host_gatherer *g, struct hosts *out)
{
	uint32_t answers = 0;
	for (uint32_t i = 0; i < g->count; i++) {
		const struct taken *t = &g->taken[i], *before = i > 0 ? t - 1 : NULL;
		out->count += before == NULL || before->address != t->address;
		answers += before == NULL || before->address != t->address ||
		           before->port != t->port;
	}
	g->answers = memory_new((size_t)answers + 1, sizeof *g->answers);
	out->hosts = memory_new((size_t)out->count + 1, sizeof *out->hosts);
	if (g->answers == NULL || out->hosts == NULL)
		return false;
	struct host_answer *next = g->answers;
	struct host *host = out->hosts;
	for (uint32_t i = 0; i < g->count; i++) {
		const struct taken *t = &g->taken[i];
		const bool is_new = i == 0 || t[-1].address != t->address;
		if (!is_new && t[-1].port == t->port)
			continue;
		if (is_new)
			*host++ = (struct host){ .address = t->address, .answers = next };
		host[-1].count++;
		*next++ = (struct host_answer){ .text = t->text, .port = t->port };
	}
	return true;
}

bool host_gatherer_finish(struct host_gatherer *g, struct hosts *out, struct error *error)
{
	struct hosts hosts = { .gathered = g };
	if (!sort_texts(g, &hosts)) {
		hosts_done(&hosts);
		return error_memory(error, "answers");
	}
	if (g->count > 0)
		qsort(g->taken, g->count, sizeof *g->taken, compare_taken);
	if (!make_hosts(g, &hosts)) {
		hosts_done(&hosts);
		return error_memory(error, "hosts");
	}
	// What they were made of is of no more use: with many hosts it is most of the memory.
	memory_free(g->taken);
	g->taken = NULL;
	*out = hosts;
	return true;
}

void hosts_done(struct hosts *h)
{
	host_gatherer_free(h->gathered);
	memory_free(h->hosts);
	memory_free(h->texts);
	*h = (struct hosts){ 0 };
}
