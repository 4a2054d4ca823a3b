// SPDX-License-Identifier: MIT
#include "probe/targets.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"
#include "ipset/ipset.h"

void targets_done(struct targets *t)
{
	memory_free(t->addresses);
	memory_free(t->todo);
	*t = (struct targets){ .all_ports = t->all_ports };
}

bool targets_add(struct targets *t, uint32_t address, struct error *error)
{
	if (t->count == TARGETS_MAX)
		return error_set(error, ERROR_FAILED, "more than %d targets", TARGETS_MAX);
	if (t->count == t->room) {
		const size_t room = 2 * t->room + 1024;
		uint32_t *addresses = memory_resize(t->addresses, room, sizeof *addresses);
		if (addresses == NULL)
			return error_memory(error, "targets");
		t->addresses = addresses;
		t->room = room;
	}
	t->addresses[t->count++] = address;
	return true;
}

bool targets_sort(struct targets *t, struct error *error)
{
	uint32_t *scratch = memory_room((t->count + 1) * sizeof *scratch);
	size_t kept = 0;
	if (scratch == NULL)
		return error_memory(error, "targets");
	ipset_sort_u32(t->addresses, scratch, t->count);
	memory_free(scratch);
	for (size_t i = 0; i < t->count; i++)
		if (kept == 0 || t->addresses[i] != t->addresses[kept - 1])
			t->addresses[kept++] = t->addresses[i];
	t->count = kept;
	return true;
}

void targets_filter(struct targets *t, const struct guard *guard, uint64_t *special,
                    uint64_t *opted_out)
{
	size_t kept = 0;
	*special = *opted_out = 0;
	for (size_t i = 0; i < t->count; i++) {
		const enum guard_verdict verdict = guard_ask(guard, t->addresses[i]);
		*special += verdict == GUARD_SPECIAL;
		*opted_out += verdict == GUARD_OPTED_OUT;
		if (verdict == GUARD_FREE)
			t->addresses[kept++] = t->addresses[i];
	}
	t->count = kept;
}

static bool begin_marks(struct targets *t, struct error *error)
{
	if (t->todo != NULL)
		return true;
	t->todo = memory_room((t->count + 1) * sizeof *t->todo);
	if (t->todo == NULL)
		return error_memory(error, "targets");
	for (size_t i = 0; i < t->count; i++)
		t->todo[i] = t->all_ports;
	return true;
}

bool targets_mark(struct targets *t, uint32_t address, unsigned port, struct error *error)
{
	size_t low = 0, high = t->count;
	if (!begin_marks(t, error))
		return false;
	while (low < high) {
		const size_t middle = (low + high) / 2;
		if (t->addresses[middle] < address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < t->count && t->addresses[low] == address)
		t->todo[low] &= ~(UINT32_C(1) << port);
	return true;
}

// ---- order

static void swap(struct targets *t, size_t a, size_t b)
{
	const uint32_t address = t->addresses[a];
	t->addresses[a] = t->addresses[b];
	t->addresses[b] = address;
	if (t->todo != NULL) {
		const uint32_t todo = t->todo[a];
		t->todo[a] = t->todo[b];
		t->todo[b] = todo;
	}
}

static void keep(struct targets *t, size_t from, size_t *to)
{
	t->addresses[*to] = t->addresses[from];
	if (t->todo != NULL)
		t->todo[*to] = t->todo[from];
	++*to;
}

// Moves those that were begun to the front, and takes those out of which nothing is left. Returns how many
// were begun, those among them.
static size_t begun_first(struct targets *t, size_t *out_front)
{
	size_t begun = 0, kept = 0, front = 0;
	for (size_t i = 0; t->todo != NULL && i < t->count; i++) {
		begun += t->todo[i] != t->all_ports;
		if (t->todo[i] != 0)
			keep(t, i, &kept);
	}
	if (t->todo != NULL)
		t->count = kept;
	for (size_t i = 0; t->todo != NULL && i < t->count; i++)
		if (t->todo[i] != t->all_ports)
			swap(t, i, front++);
	*out_front = front;
	return begun;
}

void targets_order(struct targets *t, uint64_t seed, uint64_t budget)
{
	struct random random = random_from(seed);
	for (size_t i = t->count; i > 1; i--)
		swap(t, i - 1, random_below(&random, (uint32_t)i));
	size_t front;
	const size_t begun = begun_first(t, &front);
	const uint64_t more = budget > begun ? budget - begun : 0;
	if (budget > 0 && t->count - front > more)
		t->count = front + (size_t)more;
}

uint64_t targets_connections(const struct targets *t)
{
	const unsigned ports = (unsigned)__builtin_popcount(t->all_ports);
	uint64_t count = 0;
	for (size_t i = 0; t->todo != NULL && i < t->count; i++)
		count += (unsigned)__builtin_popcount(t->todo[i]);
	return t->todo != NULL ? count : (uint64_t)t->count * ports;
}

// ---- lists

static bool end_line(struct target_list *l, struct targets *out, struct error *error)
{
	uint32_t address;
	while (l->length > 0 && (l->text[l->length - 1] == ' ' || l->text[l->length - 1] == '\t' ||
	                         l->text[l->length - 1] == '\r'))
		l->length--;
	l->text[l->length] = '\0';
	const bool is_empty = l->length == 0 && !l->is_too_long;
	if (!is_empty && (l->is_too_long || !text_ipv4(l->text, &address)))
		return error_set(error, ERROR_FAILED,
		                 "'%s' line %llu is no IPv4 address: '%s'; a list has one a line",
		                 l->name, (unsigned long long)l->line + 1, l->text);
	l->line++;
	l->length = 0;
	l->is_comment = l->is_too_long = false;
	return is_empty || targets_add(out, address, error);
}

static void take_byte(struct target_list *l, char byte)
{
	l->is_comment |= byte == '#';
	if (l->is_comment || (l->length == 0 && (byte == ' ' || byte == '\t')))
		return;
	if (l->length < sizeof l->text - 1)
		l->text[l->length++] = byte == '\0' ? '?' : byte;
	else
		l->is_too_long = true;
}

bool target_list_take(struct target_list *l, struct span bytes, struct targets *out,
                      struct error *error)
{
	for (size_t i = 0; i < bytes.length; i++) {
		if (bytes.bytes[i] != '\n')
			take_byte(l, (char)bytes.bytes[i]);
		else if (!end_line(l, out, error))
			return false;
	}
	return true;
}

bool target_list_end(struct target_list *l, struct targets *out, struct error *error)
{
	return end_line(l, out, error);
}
