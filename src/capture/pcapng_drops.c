// SPDX-License-Identifier: MIT
//
// Body of an interface statistics block: interface (4), time (8), options. Of an enhanced packet block
// the option 4, epb_dropcount, matters. All counters have 8 bytes.
#include "capture/pcapng_drops.h"

#include "base/memory.h"

enum { STATISTICS_MIN = 12, COUNTER = 8, OPTION_DROPCOUNT = 4, FIELD_UNKNOWN = 0xffff };
enum { OPTION_FIRST = 4, OPTION_LAST = 8 };

// isb_ifrecv, isb_ifdrop, isb_filteraccept, isb_osdrop, isb_usrdeliv.
static const enum drop_counter counters[] = {
	DROP_RECEIVED, DROP_BY_INTERFACE, DROP_ACCEPTED, DROP_BY_SYSTEM, DROP_DELIVERED,
};
_Static_assert(sizeof counters / sizeof *counters == OPTION_LAST - OPTION_FIRST + 1,
               "a counter for each option");

void pcapng_drops_done(struct pcapng_drops *d)
{
	memory_free(d->interfaces);
}

void pcapng_drops_end_section(struct pcapng_drops *d)
{
	for (uint32_t i = 0; i < d->count; i++)
		drops_add_all(&d->sum, &d->interfaces[i]);
	d->count = 0;
}

static struct capture_drops *find_interface(struct pcapng_drops *d, uint32_t index)
{
	if (index >= d->room) {
		const uint32_t room = index < 2 * d->room ? 2 * d->room : index + 1;
		struct capture_drops *more = memory_resize(d->interfaces, room, sizeof *more);
		if (more == NULL)
			return NULL;
		d->interfaces = more;
		d->room = room;
	}
	for (; d->count <= index; d->count++)
		d->interfaces[d->count] = (struct capture_drops){ .said = 0 };
	return &d->interfaces[index];
}

bool pcapng_drops_note(struct pcapng_drops *d, bool is_big_endian, struct span body,
                       uint32_t interface_count)
{
	struct cursor c = cursor_over(body);
	struct pcapng_option option;
	const struct span header = cursor_take(&c, STATISTICS_MIN);
	if (c.is_short || reader_u32(is_big_endian, header, 0) >= interface_count)
		return true;
	struct capture_drops *interface = find_interface(d, reader_u32(is_big_endian, header, 0));
	if (interface == NULL)
		return false;
	while (pcapng_next_option(is_big_endian, &c, &option)) {
		if (option.code < OPTION_FIRST || option.code > OPTION_LAST ||
		    option.value.length != COUNTER)
			continue;
		const enum drop_counter counter = counters[option.code - OPTION_FIRST];
		interface->packets[counter] = 0;
		drops_add(interface, counter, reader_u64(is_big_endian, option.value, 0));
	}
	return true;
}

void pcapng_drops_note_packet(struct pcapng_drops *d, bool is_big_endian, struct span body,
                              size_t end)
{
	struct pcapng_option option;
	struct cursor c = cursor_over(body);
	cursor_take(&c, (end + 3) / 4 * 4);
	while (pcapng_next_option(is_big_endian, &c, &option))
		if (option.code == OPTION_DROPCOUNT && option.value.length == COUNTER)
			drops_add(&d->sum, DROP_BETWEEN,
			          reader_u64(is_big_endian, option.value, 0));
}

void pcapng_drops_note_field(struct pcapng_drops *d, uint16_t drops)
{
	if (drops != FIELD_UNKNOWN)
		drops_add(&d->sum, DROP_BETWEEN, drops);
}

void pcapng_drops_sum(const struct pcapng_drops *d, struct capture_drops *out)
{
	*out = d->sum;
	for (uint32_t i = 0; i < d->count; i++)
		drops_add_all(out, &d->interfaces[i]);
}
