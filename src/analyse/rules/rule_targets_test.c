// SPDX-License-Identifier: MIT
// The targets of random sets of items, and their supports, against a look at every host-day.
#include "analyse/rules/rule_supports.h"
#include "analyse/rules/rule_targets.h"
#include "hostday/evidence.h"
#include "store/test_store.h"

enum { SOURCES = 80, DAYS = 5, PIECES = 3, RECORDS = 5000, SETS = 60, SET_ITEMS_MAX = 3 };

struct sets {
	struct header_item items[SETS][SET_ITEMS_MAX];
	struct rule_query list[SETS];
};

static const unsigned fields[] = { FIELD_WINDOW, FIELD_DESTINATION_PORT, FIELD_TTL,     FIELD_TOS,
	                           FIELD_LENGTH, FIELD_DESTINATION,      FIELD_UDP_PORT };
enum { SYN_FIELDS = 5, ALL_FIELDS = 7 };

static struct item_set set_of(const struct host_day *h, unsigned field)
{
	return h->fields_mask >> field & 1 ? h->sets[field] : (struct item_set){ .count = 0 };
}

// Values of one source, so that it has the set if it has all of them on one day.
static void make_sets(struct random *dice, const struct stock *f, unsigned field_count,
                      struct sets *out)
{
	for (size_t s = 0; s < SETS; s++) {
		const uint32_t entry = random_below(dice, (uint32_t)f->hosts.count);
		const struct host_day *h = &f->hosts.entries[entry].host;
		out->list[s] = (struct rule_query){ out->items[s], 0 };
		while (out->list[s].count < 1 + random_below(dice, SET_ITEMS_MAX)) {
			const unsigned field = fields[random_below(dice, field_count)];
			const struct item_set set = set_of(h, field);
			struct header_item item = { .field = (uint8_t)field, .value = 23 };
			if (set.count > 0)
				item.value =
					h->items[set.begin + random_below(dice, set.count)].value;
			if (random_below(dice, 10) == 0)
				item = (struct header_item){ (uint8_t)field, true, 32 };
			out->items[s][out->list[s].count++] = item;
		}
	}
}

static const struct item *find(const struct host_day *h, unsigned field, uint32_t value)
{
	const struct item_set set = set_of(h, field);
	for (uint32_t i = 0; i < set.count; i++)
		if (h->items[set.begin + i].value == value)
			return &h->items[set.begin + i];
	return NULL;
}

static bool has_item(const struct host_day *h, const struct header_item *item)
{
	uint64_t distinct = host_day_distinct(h, item->field);
	// Of a sample so many are known, whatever the estimate says.
	if (set_of(h, item->field).is_sampled && distinct <= field_info(item->field)->values_max)
		distinct = field_info(item->field)->values_max + 1;
	return item->is_bucket ? distinct > item->value && distinct <= 2 * item->value
	                       : find(h, item->field, item->value) != NULL;
}

// Whether the source used all of it; in a transaction, where buckets stand for values, too.
static bool has_set(const struct host_day *h, const struct rule_query *set, bool in_transaction)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct header_item *item = &set->items[i];
		const bool is_hidden = in_transaction && !item->is_bucket &&
		                       set_of(h, item->field).count > HEADER_VALUES_MAX;
		if (is_hidden || !has_item(h, item))
			return false;
	}
	return true;
}

static bool is_asked(const struct rule_targets_request *request, const struct day_host *e)
{
	return e->day >= request->window.from && e->day <= request->window.to;
}

static uint64_t syns_of(const struct host_day *h)
{
	return host_day_packets(h, KIND_SYN);
}

// What is known of one source; `seen` bit: a port.
struct naive_source {
	uint64_t days, syns, mirai, any_port;
	uint32_t matched;
	uint8_t ports[PORTS];
};

static uint64_t any_port_syns(const struct host_day *h)
{
	return mirai_any_port_syns((struct mirai_bits){ 0, 1 }, h);
}

static void add_host(const struct host_day *h, unsigned mirai, struct naive_source *out)
{
	const struct item_set ports = set_of(h, FIELD_DESTINATION_PORT);
	out->days++;
	out->syns += syns_of(h);
	out->mirai += h->matched_mask >> mirai & 1 ? h->matched[mirai] : 0;
	out->any_port += any_port_syns(h);
	out->matched |= host_day_counted(h);
	for (uint32_t i = 0; i < ports.count; i++)
		out->ports[h->items[ports.begin + i].value] = 1;
}

static unsigned mirai_bit(const struct stock *f)
{
	unsigned bit = 0;
	CHECK(fingerprint_find(&store_settings(f->store)->fingerprints, "mirai-2016", &bit));
	return bit;
}

struct naive {
	struct rule_targets targets;
	uint64_t ports[PORTS];
};

static void naive_count(const struct stock *f, const struct rule_targets_request *request,
                        size_t query, struct naive *out)
{
	const unsigned mirai = mirai_bit(f);
	uint32_t source = 0;
	*out = (struct naive){ .targets.sources = 0 };
	// Sources ascend: each is looked for in all days.
	for (int64_t last = -1;; last = source) {
		int64_t next = INT64_MAX;
		for (size_t i = 0; i < f->hosts.count; i++)
			if (f->hosts.entries[i].host.source > last &&
			    f->hosts.entries[i].host.source < next)
				next = f->hosts.entries[i].host.source;
		if (next == INT64_MAX)
			return;
		source = (uint32_t)next;
		struct naive_source *s = memory_new(1, sizeof *s);
		for (size_t i = 0; i < f->hosts.count; i++) {
			const struct day_host *e = &f->hosts.entries[i];
			if (e->host.source == source && is_asked(request, e) &&
			    has_set(&e->host, &request->queries[query], false))
				add_host(&e->host, mirai, s);
		}
		out->targets.sources += s->days > 0;
		out->targets.syns += s->syns;
		out->targets.mirai_sources += s->mirai * 10 > s->syns * 9;
		out->targets.mirai_any_port_sources += s->any_port * 10 > s->syns * 9;
		for (unsigned bit = 0; bit < FINGERPRINTS_MAX; bit++)
			out->targets.matched[bit] += s->matched >> bit & 1;
		for (uint32_t p = 0; p < PORTS; p++)
			out->ports[p] += s->ports[p];
		memory_free(s);
	}
}

static bool same_day(const struct stock *f, const struct rule_targets_request *request,
                     size_t query, const struct rule_day_targets *day)
{
	const unsigned mirai = mirai_bit(f);
	uint64_t sources = 0, marked = 0, any_port = 0;
	for (size_t i = 0; i < f->hosts.count; i++) {
		const struct host_day *h = &f->hosts.entries[i].host;
		if (f->hosts.entries[i].day != day->day ||
		    !has_set(h, &request->queries[query], false))
			continue;
		sources++;
		marked += h->matched_mask >> mirai & 1 && h->matched[mirai] * 10 > syns_of(h) * 9;
		any_port += any_port_syns(h) * 10 > syns_of(h) * 9;
	}
	return sources == day->sources && marked == day->mirai_sources &&
	       any_port == day->mirai_any_port_sources;
}

static bool same_example(const struct stock *f, const struct rule_targets_request *request,
                         size_t query, const struct rule_example *out)
{
	const struct day_host *best = NULL;
	for (size_t i = 0; i < f->hosts.count; i++) {
		const struct day_host *e = &f->hosts.entries[i];
		if (!is_asked(request, e) || !has_set(&e->host, &request->queries[query], false))
			continue;
		if (best == NULL || syns_of(&e->host) < syns_of(&best->host) ||
		    (syns_of(&e->host) == syns_of(&best->host) &&
		     e->host.source < best->host.source))
			best = e;
	}
	if (best == NULL || !out->is_there)
		return best == NULL && !out->is_there;
	for (unsigned field = 0; field < HEADER_FIELDS_MAX; field++) {
		const struct item_set set = set_of(&best->host, field);
		const struct item *item = find(&best->host, field, out->values[field]);
		if (set.count == 0 && !(out->known >> field & 1))
			continue;
		if (item == NULL || !(out->known >> field & 1))
			return false;
		for (uint32_t i = 0; i < set.count; i++) {
			const struct item *other = &best->host.items[set.begin + i];
			if (other->packets > item->packets ||
			    (other->packets == item->packets && other->value < item->value))
				return false;
		}
	}
	return out->source == best->host.source && out->day == best->day &&
	       out->syns == syns_of(&best->host);
}

static bool same_ports(const struct rule_targets *t, const uint64_t ports[PORTS])
{
	uint32_t seen = 0;
	for (uint32_t p = 0; p < PORTS; p++) {
		size_t before = 0;
		seen += ports[p] > 0;
		for (uint32_t q = 0; q < PORTS && before < RULE_PORTS_KEPT && ports[p] > 0; q++)
			before += ports[q] > ports[p] || (ports[q] == ports[p] && q < p);
		if (ports[p] > 0 && before < RULE_PORTS_KEPT &&
		    (before >= t->port_count || t->ports[before].port != p ||
		     t->ports[before].sources != ports[p]))
			return false;
	}
	return seen == t->ports_seen;
}

static void compare(const struct stock *f, const struct rule_targets_request *request)
{
	struct rule_targets found[SETS];
	struct error error;
	uint64_t targets = 0;
	CHECK(rule_targets_find(store_holdings(f->store), request, found, &error));
	for (size_t q = 0; q < SETS; q++) {
		struct naive naive;
		naive_count(f, request, q, &naive);
		CHECK(found[q].sources == naive.targets.sources);
		CHECK(found[q].mirai_sources == naive.targets.mirai_sources);
		CHECK(found[q].mirai_any_port_sources == naive.targets.mirai_any_port_sources);
		CHECK(found[q].syns == naive.targets.syns);
		CHECK(memcmp(found[q].matched, naive.targets.matched, sizeof found[q].matched) ==
		      0);
		for (size_t d = 0; d < found[q].day_count; d++)
			CHECK(same_day(f, request, q, &found[q].days[d]));
		CHECK(!request->has_details || same_ports(&found[q], naive.ports));
		CHECK(!request->has_details || same_example(f, request, q, &found[q].example));
		targets += found[q].sources;
	}
	CHECK(targets > SETS);
	rule_targets_done(found, SETS);
}

TEST(targets_are_what_a_look_at_all_host_days_finds)
{
	for (uint64_t seed = 1; seed <= random_rounds(4); seed++) {
		struct random dice = random_from(seed);
		struct pile pile = pile_from(seed, SOURCES, DAYS, PIECES, RECORDS);
		struct stock f = stock_of(&pile, PIECES);
		struct sets sets;
		make_sets(&dice, &f, seed % 2 ? SYN_FIELDS : ALL_FIELDS, &sets);
		const struct rule_targets_request request = {
			.queries = sets.list,
			.query_count = SETS,
			.window = { TEST_DAY + (seed > 2), TEST_DAY + 3 },
			.has_details = seed > 1,
		};
		compare(&f, &request);
		stock_done(&f);
	}
}

struct pairs {
	uint64_t count, sum;
	uint32_t last_source;
};

static void take_pair(void *context, size_t query, int32_t day, uint32_t source)
{
	struct pairs *pairs = context;
	(void)query;
	CHECK(source >= pairs->last_source);
	CHECK(day >= TEST_DAY && day < TEST_DAY + DAYS);
	pairs->last_source = source;
	pairs->count++;
}

TEST(every_target_of_every_day_is_called)
{
	struct random dice = random_from(7);
	struct pile pile = pile_from(7, SOURCES, DAYS, PIECES, RECORDS);
	struct stock f = stock_of(&pile, PIECES);
	struct sets sets;
	struct pairs pairs = { .count = 0 };
	struct rule_targets found[SETS];
	struct error error;
	uint64_t expected = 0;
	make_sets(&dice, &f, SYN_FIELDS, &sets);
	const struct rule_targets_request request = { .queries = sets.list,
		                                      .query_count = SETS,
		                                      .window = all_days,
		                                      .found = take_pair,
		                                      .context = &pairs };
	CHECK(rule_targets_find(store_holdings(f.store), &request, found, &error));
	for (size_t q = 0; q < SETS; q++)
		for (size_t d = 0; d < found[q].day_count; d++)
			expected += found[q].days[d].sources;
	CHECK(pairs.count == expected && expected > SETS);
	rule_targets_done(found, SETS);
	stock_done(&f);
}

static uint32_t naive_support(const struct stock *f, const struct rule_query *set, int32_t day,
                              bool without_buckets)
{
	uint32_t support = 0;
	for (size_t i = 0; i < f->hosts.count; i++)
		support += f->hosts.entries[i].day == day &&
		           has_set(&f->hosts.entries[i].host, set, !without_buckets);
	return support;
}

static uint64_t packets_of(const struct host_day *h, unsigned field)
{
	uint64_t packets = 0;
	for (unsigned kind = HOST_KIND_FIRST; kind < KIND_COUNT; kind++)
		if (field_info(field)->kinds >> kind & 1)
			packets += h->packets[kind - HOST_KIND_FIRST];
	return packets;
}

static bool same_totals(const struct stock *f, const struct rule_supports_request *request,
                        const struct rule_supports_day *day)
{
	uint32_t totals[HEADER_FIELDS_MAX] = { 0 }, total = 0;
	for (size_t i = 0; i < f->hosts.count; i++) {
		bool is_any = false;
		for (size_t k = 0; f->hosts.entries[i].day == day->day && k < request->field_count;
		     k++) {
			const bool is_one = packets_of(&f->hosts.entries[i].host,
			                               request->fields[k]) > 0;
			totals[request->fields[k]] += is_one;
			is_any |= is_one;
		}
		total += is_any;
	}
	return total == day->total && memcmp(totals, day->totals, sizeof totals) == 0;
}

TEST(supports_are_what_a_look_at_all_host_days_finds)
{
	for (uint64_t seed = 1; seed <= random_rounds(4); seed++) {
		struct random dice = random_from(seed);
		// Few sources, so that some have more values than a transaction holds.
		struct pile pile = pile_from(seed, 3, DAYS, PIECES, RECORDS);
		struct stock f = stock_of(&pile, PIECES);
		struct rule_supports out;
		struct sets sets;
		struct error error;
		uint64_t sum = 0, other = 0;
		make_sets(&dice, &f, ALL_FIELDS, &sets);
		const struct rule_supports_request request = {
			.queries = sets.list,
			.query_count = SETS,
			.fields = fields,
			.field_count = seed % 2 ? ALL_FIELDS : SYN_FIELDS,
			.window = { TEST_DAY + 1, TEST_DAY + DAYS },
			.without_buckets = seed % 2,
			.threads = (unsigned)seed,
		};
		CHECK(rule_supports_count(store_holdings(f.store), &request, &out, &error));
		CHECK(out.day_count == DAYS - 1);
		for (size_t d = 0; d < out.day_count; d++) {
			CHECK(same_totals(&f, &request, &out.days[d]));
			for (size_t q = 0; q < SETS; q++) {
				const int32_t day = TEST_DAY + 1 + (int32_t)d;
				CHECK(out.days[d].day == day);
				CHECK(out.days[d].supports[q] ==
				      naive_support(&f, &sets.list[q], day,
				                    request.without_buckets));
				sum += out.days[d].supports[q];
				other += naive_support(&f, &sets.list[q], day,
				                       !request.without_buckets);
			}
		}
		CHECK(sum > 0 && sum != other);
		rule_supports_done(&out);
		stock_done(&f);
	}
}

TEST(no_memory_is_said)
{
	static const struct header_item items[] = { { FIELD_TTL, false, 3 },
		                                    { FIELD_DESTINATION_PORT, false, 23 } };
	static const struct rule_query sets[] = { { items, 1 }, { items, 2 } };
	struct pile pile = pile_from(9, 20, 2, 1, 500);
	struct stock f = stock_of(&pile, 1);
	const struct rule_targets_request request = {
		.queries = sets, .query_count = 2, .window = all_days, .has_details = true
	};
	const struct rule_supports_request more = { .queries = sets,
		                                    .query_count = 2,
		                                    .window = all_days };
	struct rule_targets out[2];
	struct rule_supports supports;
	struct error error;
	bool ok = false;
	for (unsigned long tries = 1; !ok && tries < 1000; tries += sweep_step()) {
		memory_fail_at(tries);
		ok = rule_targets_find(store_holdings(f.store), &request, out, &error);
		memory_fail_at(0);
		CHECK(ok || strstr(error.text, "out of memory") != NULL);
	}
	CHECK(ok);
	rule_targets_done(out, 2);
	ok = false;
	for (unsigned long tries = 1; !ok && tries < 1000; tries += sweep_step()) {
		memory_fail_at(tries);
		ok = rule_supports_count(store_holdings(f.store), &more, &supports, &error);
		memory_fail_at(0);
		CHECK(ok || strstr(error.text, "out of memory") != NULL);
	}
	CHECK(ok);
	rule_supports_done(&supports);
	stock_done(&f);
}

TEST_MAIN
