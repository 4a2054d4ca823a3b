// SPDX-License-Identifier: MIT
#include "analyse/devices/known_models_private.h"

#include "analyse/devices/cluster_answers.h"
#include "base/memory.h"
#include "base/text.h"
#include "response/json_lines.h"

#include <string.h>

enum { MODELS_MIN = 64, STANDING_MAX = 1 << 20, NUMBER_MAX = 1000000000 };

struct known_models *known_models_new(struct error *error)
{
	struct known_models *m = memory_new(1, sizeof *m);
	if (m == NULL) {
		error_memory(error, "known models");
		return NULL;
	}
	m->gatherer = host_gatherer_new(NULL, error);
	if (m->gatherer == NULL) {
		memory_free(m);
		return NULL;
	}
	return m;
}

void known_models_free(struct known_models *m)
{
	if (m == NULL)
		return;
	host_gatherer_free(m->gatherer);
	hosts_done(&m->hosts);
	memory_free(m->names);
	memory_free(m->standing);
	memory_free(m);
}

// ---- reading

static bool is_of_name(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '-' || c == '_';
}

// "m1:459"
static bool parse(struct span probe, char name[MODEL_NAME_SIZE], uint32_t *hosts)
{
	char number[16];
	uint64_t value;
	size_t length = 0;
	while (length < probe.length && is_of_name(probe.bytes[length]))
		length++;
	if (length == 0 || length >= MODEL_NAME_SIZE || length >= probe.length ||
	    probe.bytes[length] != ':' || probe.length - length - 1 >= sizeof number)
		return false;
	memcpy(name, probe.bytes, length);
	name[length] = '\0';
	memcpy(number, probe.bytes + length + 1, probe.length - length - 1);
	number[probe.length - length - 1] = '\0';
	if (!text_u64(number, NUMBER_MAX, &value) || value == 0)
		return false;
	*hosts = (uint32_t)value;
	return true;
}

// The number of a name, which is a new one if no model has it. UINT32_MAX: no memory.
static uint32_t model_of(struct known_models *m, const char *name)
{
	// Lines of a model follow each other.
	for (uint32_t i = m->count; i-- > 0;)
		if (text_equal(m->names[i].text, name))
			return i;
	if (m->count == m->capacity) {
		const uint32_t capacity = m->capacity == 0 ? MODELS_MIN : 2 * m->capacity;
		struct model_name *names = memory_resize(m->names, capacity, sizeof *names);
		if (names == NULL)
			return UINT32_MAX;
		m->names = names;
		m->capacity = capacity;
	}
	uint64_t number;
	if (name[0] == 'm' && text_u64(name + 1, NUMBER_MAX, &number) && number > m->last_number)
		m->last_number = (uint32_t)number;
	m->names[m->count] = (struct model_name){ .is_new = false };
	text_copy(m->names[m->count].text, MODEL_NAME_SIZE, name);
	return m->count++;
}

// Those of before with the same number, which is the index.
static bool note(struct known_models *m, const struct response *r, const char *name, uint32_t hosts,
                 struct error *error)
{
	if (r->address >= m->room) {
		const uint32_t room = 2 * r->address + MODELS_MIN;
		struct standing *standing = memory_resize(m->standing, room, sizeof *standing);
		if (standing == NULL)
			return error_memory(error, "known models");
		memset(standing + m->room, 0, (room - m->room) * sizeof *standing);
		m->standing = standing;
		m->room = room;
	}
	const uint32_t model = model_of(m, name);
	if (model == UINT32_MAX)
		return error_memory(error, "known models");
	struct standing *s = &m->standing[r->address];
	if (s->hosts > 0 && (s->model != model || s->hosts != hosts))
		return error_set(error, ERROR_FAILED,
		                 "a file of models has two models with the number %u", r->address);
	*s = (struct standing){ model, hosts, r->time_ns };
	return true;
}

bool known_models_take(void *known, const struct response *r, struct error *error)
{
	struct known_models *m = known;
	char name[MODEL_NAME_SIZE];
	uint32_t hosts;
	if (r->status != RESPONSE_ANSWERED || r->address >= STANDING_MAX ||
	    !parse(r->probe, name, &hosts))
		return error_set(error, ERROR_FAILED,
		                 "this is no file of models: there is an answer of none");
	return note(m, r, name, hosts, error) && host_gatherer_take(m->gatherer, r, error);
}

bool known_models_ready(struct known_models *m, struct error *error)
{
	struct host_gatherer *gatherer = m->gatherer;
	m->gatherer = NULL;
	return host_gatherer_finish(gatherer, &m->hosts, error);
}

// ---- writing

// One that stands for a model, as lines.
static void write_standing(const struct hosts *hosts, const struct host *host, const char *name,
                           struct standing s, uint32_t number, struct buffer *out)
{
	char probe[RESPONSE_PROBE_MAX + 1];
	text_format(probe, sizeof probe, "%s:%u", name, s.hosts);
	for (uint32_t k = 0; k < host->count; k++) {
		struct span text = hosts->texts[host->answers[k].text];
		text.length = text.length < RESPONSE_BYTES_MAX ? text.length : RESPONSE_BYTES_MAX;
		json_lines_write(out, &(struct response){
					      .address = number,
					      .port = host->answers[k].port,
					      .status = RESPONSE_ANSWERED,
					      .time_ns = s.time_ns,
					      .probe = { (const uint8_t *)probe, strlen(probe) },
					      .bytes = text,
				      });
	}
}

static uint32_t write_known(const struct known_models *m, struct buffer *out)
{
	uint32_t number = 0;
	for (uint32_t i = 0; m != NULL && i < m->hosts.count; i++) {
		const struct host *host = &m->hosts.hosts[i];
		const struct standing s = m->standing[host->address];
		write_standing(&m->hosts, host, m->names[s.model].text, s, ++number, out);
	}
	return number;
}

bool known_models_write(const struct known_models *m, const struct hosts *hosts,
                        const struct device_clusters *found, const struct model_name *names,
                        uint64_t time_ns, struct buffer *out, struct error *error)
{
	struct cluster_answers answers;
	uint32_t most[MODEL_HOSTS_MAX], number = write_known(m, out);
	if (!cluster_answers_begin(&answers, hosts, found, error))
		return false;
	for (uint32_t k = 1; k <= found->count; k++) {
		if (!names[k].is_new)
			continue;
		const unsigned count = cluster_answers_most(&answers, k, most, MODEL_HOSTS_MAX);
		for (unsigned i = 0; i < count; i++) {
			const struct host_item *item = &found->items.items[most[i]];
			write_standing(
				hosts, item->host, names[k].text,
				(struct standing){ .hosts = item->weight, .time_ns = time_ns },
				++number, out);
		}
	}
	cluster_answers_done(&answers);
	if (number >= STANDING_MAX)
		return error_set(error, ERROR_FAILED, "more than 2^20 answers stand for models");
	return !out->failed || error_memory(error, "a file of models");
}
