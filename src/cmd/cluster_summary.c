// SPDX-License-Identifier: MIT
// `hotaru cluster --summary`: a row a cluster, with the host that stands for it and what that answered.
#include "cmd/cluster.h"

#include "analyse/devices/medoids.h"
#include "answer/rows.h"
#include "base/memory.h"

// Of an answer so many bytes are shown: models are named early, and pages are long.
enum { BANNER_MAX = 1024, TEXT_MAX = 1 << 20, PORT_COUNT = UINT16_MAX + 1 };

const struct schema cluster_summary_schema = {
	{ { "cluster", CELL_NUMBER },
	  { "hosts", CELL_NUMBER, UNIT_SOURCES },
	  { "ports", CELL_TEXT, .form = FORM_LIST },
	  { "label", CELL_TEXT },
	  { "label_share", CELL_REAL, UNIT_SHARE },
	  { "medoid", CELL_ADDRESS },
	  { "banner", CELL_TEXT } },
	7,
};

struct summary {
	const struct cluster_command *command;
	const struct hosts *hosts;
	const struct device_clusters *found;
	uint32_t *medoids;        // [clusters + 1]
	uint32_t *heads, *nexts;  // items by cluster: chains, UINT32_MAX at the end
	uint32_t *on_port;        // hosts of the cluster at hand, by port
	struct buffer text;
};

// As it would stand in a program: what is no printable ASCII is \r, \n, \t or \xHH.
static void escape(struct buffer *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.length && i < BANNER_MAX; i++) {
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

// The ports of a cluster; returns that on which most of its hosts answered, of equal ones the lowest.
static uint16_t count_ports(struct summary *s, uint32_t cluster)
{
	const struct host_item *items = s->found->items.items;
	for (uint32_t port = 0; port < PORT_COUNT; port++)
		s->on_port[port] = 0;
	for (uint32_t i = s->heads[cluster]; i != UINT32_MAX; i = s->nexts[i])
		for (uint32_t k = 0; k < items[i].host->count; k++)
			s->on_port[items[i].host->answers[k].port] += items[i].weight;
	uint32_t most = 0;
	s->text.length = 0;
	for (uint32_t port = 0; port < PORT_COUNT; port++) {
		if (s->on_port[port] == 0)
			continue;
		buffer_format(&s->text, "%s%u", s->text.length > 0 ? ";" : "", port);
		if (s->on_port[port] > s->on_port[most])
			most = port;
	}
	return (uint16_t)most;
}

// What a host answered on that port, or else on its first.
static struct span answer_of(const struct summary *s, const struct host *host, uint16_t port)
{
	uint32_t text = host->answers[0].text;
	for (uint32_t k = 0; k < host->count; k++)
		if (host->answers[k].port == port)
			text = host->answers[k].text;
	return s->hosts->texts[text];
}

// Its label, and the share of all of its hosts that have it themselves.
static void label_cells(const struct summary *s, struct rows *rows, uint32_t cluster)
{
	const struct cluster_label *names = s->command->names;
	if (names == NULL || names[cluster].name == 0) {
		rows_empty(rows);
		rows_empty(rows);
		return;
	}
	rows_text(rows, s->command->source.labels.names[names[cluster].name]);
	rows_real(rows, (double)names[cluster].hosts / s->found->hosts[cluster]);
}

static bool row(struct summary *s, struct rows *rows, uint32_t cluster)
{
	const struct host *medoid = s->found->items.items[s->medoids[cluster]].host;
	rows_number(rows, cluster);
	rows_number(rows, s->found->hosts[cluster]);
	const uint16_t port = count_ports(s, cluster);
	rows_text_span(rows, buffer_span(&s->text));
	label_cells(s, rows, cluster);
	rows_address(rows, medoid->address);
	s->text.length = 0;
	escape(&s->text, answer_of(s, medoid, port));
	rows_text_span(rows, buffer_span(&s->text));
	return rows_end(rows);
}

static void chain_items(struct summary *s)
{
	for (uint32_t k = 0; k <= s->found->count; k++)
		s->heads[k] = UINT32_MAX;
	for (uint32_t i = s->found->items.count; i-- > 0;) {
		s->nexts[i] = s->heads[s->found->of_item[i]];
		s->heads[s->found->of_item[i]] = i;
	}
}

bool cluster_print_summary(const struct cluster_command *c, struct rows *rows,
                           const struct hosts *hosts, const struct device_clusters *found,
                           struct error *error)
{
	struct summary s = {
		.command = c,
		.hosts = hosts,
		.found = found,
		.medoids = memory_new((size_t)found->count + 1, sizeof *s.medoids),
		.heads = memory_new((size_t)found->count + 1, sizeof *s.heads),
		.nexts = memory_new((size_t)found->items.count + 1, sizeof *s.nexts),
		.on_port = memory_new(PORT_COUNT, sizeof *s.on_port),
		.text = buffer_up_to(TEXT_MAX),
	};
	bool is_done = (s.medoids != NULL && s.heads != NULL && s.nexts != NULL &&
	                s.on_port != NULL) ||
	               error_memory(error, "clusters");
	is_done = is_done && cluster_medoids(hosts, found, s.medoids, error);
	if (is_done) {
		chain_items(&s);
		for (uint32_t k = 1; k <= found->count; k++)
			if (!row(&s, rows, k))
				break;
		is_done = !s.text.failed || error_memory(error, "clusters");
	}
	memory_free(s.medoids);
	memory_free(s.heads);
	memory_free(s.nexts);
	memory_free(s.on_port);
	buffer_done(&s.text);
	return is_done;
}
