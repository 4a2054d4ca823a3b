// SPDX-License-Identifier: MIT
// The tables of ports of a segment: written from counts, read with every number checked.
#include "store/catalog.h"

// Of most fields a port that is there has a source, and the table says how many more. Ports of fingerprints that
// sources count for by evidence may have packets only.
static unsigned sources_less(unsigned field, unsigned version)
{
	const uint64_t by_evidence = version >= SEGMENT_VERSION_TOOLS      ? SEGMENT_EVIDENCE_FIELDS
	                             : version >= SEGMENT_VERSION_EVIDENCE ? SEGMENT_WEIGHED_FIELDS
	                                                                   : 0;
	return !(by_evidence >> field & 1);
}

uint64_t segment_ports_encode(const struct port_counts *counts, unsigned field, unsigned version,
                              struct buffer *out)
{
	const unsigned less = sources_less(field, version);
	struct port_count row;
	uint64_t rows = 0;
	for (uint32_t next = 0; port_counts_from(counts, field, next, &row); next = row.port + 1) {
		buffer_varint(out, row.port - next);
		buffer_varint(out, row.sources - less);
		buffer_varint(out, row.packets - row.sources);
		rows++;
	}
	return rows;
}

bool segment_ports(const struct segment *segment, unsigned field, struct store_ports *out,
                   struct error *error)
{
	const bool is_known = segment_is_by_evidence(segment) ||
	                      !(SEGMENT_WEIGHED_FIELDS >> field & 1);
	struct store_ports ports = { .is_there = segment_has_ports(segment) && is_known,
		                     .segment = segment,
		                     .sources_less = sources_less(field,
		                                                  segment_version(segment)) };
	const struct chunk *chunk = segment_find(segment, CHUNK_PORTS, (uint8_t)field, 0);
	struct span bytes;
	assert(field < FIELD_COUNT && PORT_FIELDS >> field & 1);
	if (ports.is_there && chunk != NULL) {
		if (!segment_chunk_bytes(segment, chunk, &bytes, error))
			return false;
		ports.chunk = chunk;
		ports.rest = cursor_over(bytes);
		ports.left = chunk->count;
		ports.sources_max = segment_host_count(segment);
	}
	*out = ports;
	return true;
}

void store_ports_release(const struct store_ports *p)
{
	if (p->chunk != NULL)
		segment_chunk_release(p->segment, p->chunk);
}

// Sums that 64 bits do not hold, and more sources than host-days, nobody has counted.
bool store_ports_next(struct store_ports *p, struct port_count *out, struct error *error)
{
	error->kind = ERROR_NONE;
	if (p->left == 0 && cursor_left(&p->rest) == 0)
		return false;
	const uint64_t distance = cursor_varint(&p->rest), sources = cursor_varint(&p->rest),
		       more = cursor_varint(&p->rest);
	const bool is_sound = p->left > 0 && !p->rest.is_short && p->next < PORTS &&
	                      distance < PORTS - p->next &&
	                      sources < p->sources_max + 1 - p->sources_less &&
	                      more <= UINT64_MAX - sources - 1 &&
	                      sources + p->sources_less + more > 0;
	if (!is_sound)
		return segment_damaged(p->segment, "a table of ports contradicts itself", error);
	*out = (struct port_count){ .port = p->next + (uint32_t)distance,
		                    .packets = sources + p->sources_less + more,
		                    .sources = sources + p->sources_less };
	p->next = out->port + 1;
	p->left--;
	return true;
}

bool store_segment_ports(struct store *s, size_t index, unsigned field, struct store_ports *out,
                         struct error *error)
{
	const struct segment *segment;
	return store_segment_open(s, index, &segment, error) &&
	       segment_ports(segment, field, out, error);
}
