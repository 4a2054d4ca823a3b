// SPDX-License-Identifier: MIT
// Sets of IPv4 addresses on disk, prefixes, and sorting: the second toolbox.
//
// Sets are portable Roaring bitmaps (github.com/RoaringBitmap/RoaringFormatSpec):
// one container for each /16 that has an address in the set. They are built in ascending order
// of addresses; ipset_view reads the serialised form container by container
// and checks every length, so that a survey touches only the bytes it needs and
// damaged bytes do no harm. Addresses are host byte order everywhere.
#pragma once

#include "base/buffer.h"
#include "base/error.h"

// A set that grows in ascending order of addresses: what sorted host-days give.
struct ipset_builder;
struct ipset_builder *ipset_builder_new(void);
void ipset_builder_free(struct ipset_builder *);  // accepts NULL
// `address` must not be smaller than the last one.
void ipset_builder_add(struct ipset_builder *, uint32_t address);
// The portable form, as CRoaring writes it run-optimised; valid until the builder is cleared.
// Nothing may be added before that. False: there was no memory, now or when something was added.
bool ipset_builder_finish(struct ipset_builder *, struct span *out) MUST_CHECK;
// Begins anew, and gives the memory back.
void ipset_builder_clear(struct ipset_builder *);

// The same for who has no memory for a set: containers that are done may be kept elsewhere meanwhile. How many bytes of them are
// in memory; these bytes, valid until the next call; and that they are somewhere else.
size_t ipset_builder_held(const struct ipset_builder *);
struct span ipset_builder_bytes(const struct ipset_builder *);
void ipset_builder_forget(struct ipset_builder *);
// The set is *out_head, then all bytes that were forgotten, in their order, then *out_rest. As ipset_builder_finish().
bool ipset_builder_end(struct ipset_builder *, struct span *out_head,
                       struct span *out_rest) MUST_CHECK;

// Whether a set that is there, in whatever bytes, is that of addresses which are told one by one in
// ascending order, as a builder would write it: of both, one container at a time is looked at.
struct ipset_check;
struct ipset_check *ipset_check_new(struct span set);  // NULL: no memory
void ipset_check_free(struct ipset_check *);           // accepts NULL
void ipset_check_add(struct ipset_check *, uint32_t address);
// Once, after the last address. False: there was no memory.
bool ipset_check_end(struct ipset_check *, bool *out_is_same) MUST_CHECK;

enum ipset_container_kind { IPSET_ARRAY, IPSET_BITMAP, IPSET_RUNS };

// The addresses of one /16: the low halves of those whose high half is `key`.
struct ipset_container {
	uint16_t key;
	enum ipset_container_kind kind;
	uint32_t count;     // 1 .. 65536
	struct span bytes;  // as the format says
};

// A serialised set, walked from the lowest key to the highest.
struct ipset_view {
	struct span bytes;
	struct span keys;  // key and count of each container
	struct span run_flags;
	struct cursor content;
	uint32_t container_count, next;
	bool is_damaged;
};

// False if the header contradicts itself.
bool ipset_view_open(struct span bytes, struct ipset_view *out) MUST_CHECK;
// False at the end, or at damage (view.is_damaged).
bool ipset_view_next(struct ipset_view *, struct ipset_container *out);

// The same by hand, for those who cannot have a whole set in memory: what its head says of
// where everything lies. The keys are 4 bytes a container, key and values - 1; bit i of the flags
// says whether container i is one of runs.
struct ipset_head {
	uint32_t container_count;
	size_t flags_at, flags_length;  // length 0: none is of runs
	size_t keys_at, content_at;
};
enum { IPSET_KEYS = 65536, IPSET_COOKIE_BYTES = 8 };
// `begin` has the first IPSET_COOKIE_BYTES of the set, or all that there are. False if they
// contradict themselves.
bool ipset_head_read(struct span begin, size_t set_length, struct ipset_head *out) MUST_CHECK;

enum ipset_container_kind ipset_container_kind(bool is_of_runs, uint32_t count);
// The bytes of a container, at most: runs are used where they are shorter than anything else.
size_t ipset_container_size_max(enum ipset_container_kind, uint32_t count);
// Takes the container of that kind that begins there; its key is for the caller to know.
bool ipset_container_take(struct cursor *, enum ipset_container_kind, uint32_t count,
                          struct ipset_container *out) MUST_CHECK;

// Writes the low halves, ascending, to `out` (room for 65,536) and returns how
// many there are; 0 if the container's bytes contradict its count or order.
uint32_t ipset_container_values(const struct ipset_container *, uint16_t *out);

// A prefix such as 192.0.2.0/24; "192.0.2.1" is a /32.
struct ipset_prefix {
	uint32_t first, last;
};

enum { IPSET_PREFIXES_MAX = 4096 };

// The union of prefixes, sorted and without overlap.
struct ipset_prefixes {
	struct ipset_prefix *ranges;
	size_t count;
};

// Reads "PREFIX[,PREFIX...]". Bits set behind the prefix length are an error, as they
// mostly are a slip of the pen. The caller calls ipset_prefixes_done().
bool ipset_prefixes_parse(const char *text, struct ipset_prefixes *out,
                          struct error *error) MUST_CHECK;
void ipset_prefixes_done(struct ipset_prefixes *);
bool ipset_prefixes_hold(const struct ipset_prefixes *, uint32_t address);

// Whether no host of the Internet can have the address: private, reserved, multicast, for documents
// and the like. As the source of a packet it is forged, or leaked out of somebody's own network.
bool ipset_is_special(uint32_t address);

// One of them, and their union: sorts ranges, and joins those that overlap or touch.
bool ipset_prefix_parse(const char *text, struct ipset_prefix *out, struct error *error) MUST_CHECK;
void ipset_prefixes_join(struct ipset_prefixes *);

// Least-significant-digit radix sorts; bytes that are equal in all keys cost
// one look. `scratch` has room for `count` as well; the result is in `values`.
void ipset_sort_u32(uint32_t *values, uint32_t *scratch, size_t count);

// By `bytes` = 1 to 4 of the eight, of which `first` is the least: the others travel along,
// in the order in which they were. Returns where the result is: `values` or `scratch`.
uint64_t *ipset_sort_u64(uint64_t *values, uint64_t *scratch, size_t count, unsigned first,
                         unsigned bytes);

struct ipset_keyed {
	uint64_t key;
	uint32_t index;
};
void ipset_sort_keyed(struct ipset_keyed *values, struct ipset_keyed *scratch, size_t count);
