// SPDX-License-Identifier: MIT
#include "simulate/devices.h"

#include "base/memory.h"
#include "base/text.h"
#include "simulate/device_text.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 1024, PORT_GAP_NS = 2000000000, SILENT_PERCENT = 80 };

// Kasama and Inoue 2017: ten attacked ports, and FTP.
static const uint16_t study_ports[] = { 21, 22, 23, 80, 81, 88, 2222, 2323, 5358, 7547, 8080 };

void devices_done(struct devices *d)
{
	memory_free(d->sightings);
}

static int by_source(const void *a, const void *b)
{
	const struct sighting *one = a, *other = b;
	if (one->source != other->source)
		return one->source < other->source ? -1 : 1;
	if (one->second != other->second)
		return one->second < other->second ? -1 : 1;
	return (one->population > other->population) - (one->population < other->population);
}

// Leaves the first sighting of each source, in ascending order.
static void condense(struct devices *d)
{
	size_t kept = 0;
	if (d->count > 0)
		qsort(d->sightings, d->count, sizeof *d->sightings, by_source);
	for (size_t i = 0; i < d->count; i++)
		if (kept == 0 || d->sightings[kept - 1].source != d->sightings[i].source)
			d->sightings[kept++] = d->sightings[i];
	d->count = kept;
}

static bool make_room(struct devices *d)
{
	condense(d);
	if (d->count < d->capacity / 2)
		return true;
	const size_t capacity = d->capacity > 0 ? d->capacity * 2 : FIRST_CAPACITY;
	struct sighting *larger = memory_resize(d->sightings, capacity, sizeof *larger);
	if (larger == NULL)
		return false;
	d->sightings = larger;
	d->capacity = capacity;
	return true;
}

void devices_note(struct devices *d, uint32_t source, uint32_t second, uint32_t population)
{
	if (d->count == d->capacity && !make_room(d)) {
		d->is_out_of_memory = true;
		return;
	}
	d->sightings[d->count++] = (struct sighting){ source, second, population };
}

// ---- ports

static int compare_ports(const void *a, const void *b)
{
	return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

size_t devices_ports(const struct scenario *scenario, uint16_t out[DEVICES_PORTS_MAX])
{
	size_t count = sizeof study_ports / sizeof *study_ports, kept = 0;
	memcpy(out, study_ports, sizeof study_ports);
	for (size_t m = 0; m < scenario->model_count; m++)
		for (size_t i = 0; i < scenario->models[m].answer_count; i++)
			out[count++] = scenario->models[m].answers[i].port;
	qsort(out, count, sizeof *out, compare_ports);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || out[kept - 1] != out[i])
			out[kept++] = out[i];
	return kept;
}

// ---- asking

struct asking {
	const struct scenario *scenario;
	const struct response_receiver *receiver;
	struct buffer *truth;
	uint64_t seed, day_ns;
	uint16_t ports[DEVICES_PORTS_MAX];
	size_t port_count;
	struct buffer answer;
};

// Numbers that follow from the seed, the source and what they are for.
static struct random drawn_for(const struct asking *a, uint32_t source, uint64_t what)
{
	uint64_t state = a->seed ^ what * UINT64_C(0x9e3779b97f4a7c15);
	state = random_splitmix(&state) ^ source;
	return random_from(random_splitmix(&state));
}

static bool happens(struct random *random, uint64_t percent)
{
	return random_below(random, 100) < percent;
}

static const struct model_answer *answer_on(const struct model *model, uint16_t port)
{
	for (size_t i = 0; model != NULL && i < model->answer_count; i++)
		if (model->answers[i].port == port)
			return &model->answers[i];
	return NULL;
}

// What one host says on one port; `answer` NULL: it does not listen there.
static bool ask_port(struct asking *a, uint32_t source, uint64_t time_ns, uint16_t port,
                     const struct model_answer *answer, bool is_silent, struct error *error)
{
	struct response response = {
		.address = source,
		.port = port,
		.status = is_silent ? RESPONSE_TIMEOUT : RESPONSE_REFUSED,
		.time_ns = time_ns,
		.probe = { (const uint8_t *)"simulated", strlen("simulated") },
	};
	a->answer.length = 0;
	if (answer != NULL) {
		struct device_voice voice = {
			.address = source,
			.time_ns = time_ns,
			.its_own = drawn_for(a, source, 1),
			.anew = drawn_for(a, source, (uint64_t)a->day_ns << 1 ^ port),
		};
		voice.mac = random_u32(&voice.its_own);
		device_text_say((const char *)answer->text.bytes, &voice, &a->answer);
		response.status = a->answer.length > 0 ? RESPONSE_ANSWERED : RESPONSE_EMPTY;
		response.bytes = buffer_span(&a->answer);
	}
	if (a->answer.failed)
		return error_memory(error, "an answer");
	return a->receiver->take(a->receiver->context, &response, error);
}

// The ports of the model that are open on this host, of a->ports, as bits.
static void open_ports(const struct asking *a, const struct model *model, struct random *random,
                       bool open[DEVICES_PORTS_MAX])
{
	for (size_t i = 0; i < a->port_count; i++)
		open[i] = answer_on(model, a->ports[i]) != NULL &&
		          happens(random, model->port_percent);
}

static bool ask_host(struct asking *a, const struct sighting *sighting, struct error *error)
{
	const struct population *population = &a->scenario->populations[sighting->population];
	struct random random = drawn_for(a, sighting->source, 0);
	const uint16_t number = choice_pick(&population->models, &random);
	const struct model *model = number > 0 ? &a->scenario->models[number - 1] : NULL;
	const bool answers = model != NULL && happens(&random, model->answering_percent);
	const bool is_silent = !answers && happens(&random, SILENT_PERCENT);
	bool open[DEVICES_PORTS_MAX] = { false };
	if (answers)
		open_ports(a, model, &random, open);
	uint64_t time_ns = a->day_ns + sighting->second * UINT64_C(1000000000);
	time_ns += (uint64_t)(60 + random_below(&random, 3600)) * 1000000000;
	char address[TEXT_IPV4_SIZE];
	text_from_ipv4(sighting->source, address);
	if (a->truth != NULL)
		buffer_format(a->truth, "%s,%s,", address, model != NULL ? model->name : "none");
	bool is_first = true;
	for (size_t i = 0; i < a->port_count; i++, time_ns += PORT_GAP_NS) {
		const struct model_answer *answer = open[i] ? answer_on(model, a->ports[i]) : NULL;
		if (!ask_port(a, sighting->source, time_ns, a->ports[i], answer, is_silent, error))
			return false;
		if (a->truth != NULL && answer != NULL && a->answer.length > 0) {
			buffer_format(a->truth, "%s%u", is_first ? "" : ";", (unsigned)a->ports[i]);
			is_first = false;
		}
	}
	if (a->truth != NULL)
		buffer_text(a->truth, "\n");
	return true;
}

bool devices_ask(struct devices *d, const struct scenario *scenario, uint64_t seed, int32_t day,
                 const struct response_receiver *receiver, struct buffer *truth,
                 struct error *error)
{
	struct asking a = {
		.scenario = scenario,
		.receiver = receiver,
		.truth = truth,
		.seed = seed,
		.day_ns = (uint64_t)day * 86400 * UINT64_C(1000000000),
		.answer = buffer_up_to(RESPONSE_BYTES_MAX),
	};
	if (d->is_out_of_memory)
		return error_memory(error, "the devices");
	condense(d);
	a.port_count = devices_ports(scenario, a.ports);
	if (truth != NULL)
		buffer_text(truth, "address,model,ports\n");
	bool is_done = true;
	for (size_t i = 0; is_done && i < d->count; i++)
		is_done = ask_host(&a, &d->sightings[i], error);
	buffer_done(&a.answer);
	if (is_done && truth != NULL && truth->failed)
		is_done = error_memory(error, "the truth about devices");
	return is_done;
}
