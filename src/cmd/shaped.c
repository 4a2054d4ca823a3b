// SPDX-License-Identifier: MIT
#include "cmd/shaped.h"

#include "base/text.h"
#include "holdings/days.h"

#include <string.h>

static const char *const protocol_names[] = { "tcp", "udp", NULL };

static const struct option packets_options[] = {
	{ "port", 'p', OPTION_NUMBER, offsetof(struct shaped_command, port), "PORT",
	  "only source-days that sent something to this port", 0, UINT16_MAX, NULL },
	{ "protocol", 0, OPTION_CHOICE, offsetof(struct shaped_command, protocol), "tcp|udp",
	  "look at SYNs (default) or at UDP datagrams", 0, 0, protocol_names },
};
const struct option_table packets_table = { packets_options, 2 };

struct shaped_command shaped_defaults(void)
{
	return (struct shaped_command){ .analysis = analysis_defaults(), .port = SOURCE_ANY_PORT };
}

static bool add_family(struct store *store, const char *name, struct family_bits *out,
                       struct error *error)
{
	unsigned bit;
	size_t at = out->count;
	if (!holdings_family(store_holdings(store), name, &bit, error))
		return false;
	out->count++;
	for (; at > 0 && strcmp(out->names[at - 1], name) > 0; at--) {
		out->names[at] = out->names[at - 1];
		out->bits[at] = out->bits[at - 1];
	}
	out->names[at] = name;
	out->bits[at] = bit;
	return true;
}

bool shaped_families(struct store *store, const struct shaped_command *c, const char *by_default,
                     struct family_bits *out, struct error *error)
{
	struct family_list list;
	struct family_bits bits = { .count = 0 };
	const bool is_udp = c->protocol == SOURCE_UDP;
	const char *wanted = c->analysis.families != NULL ? c->analysis.families
	                     : is_udp                     ? "*"
	                                                  : by_default;
	if (!family_list_make(store, wanted, &list, error))
		return false;
	if (is_udp && !(list.count == 1 && text_equal(list.names[0], "*")))
		return error_set(error, ERROR_USAGE,
		                 "families are told by SYNs: --protocol udp has none");
	for (size_t i = 0; i < list.count; i++)
		if (!add_family(store, list.names[i], &bits, error))
			return false;
	if (wanted == NULL && !add_family(store, "*", &bits, error))
		return false;
	*out = bits;
	return true;
}

struct source_filter shaped_filter(const struct shaped_command *c)
{
	return (struct source_filter){ .window = analysis_window(&c->analysis),
		                       .family = HOLDINGS_ALL_SYNS,
		                       .protocol = (enum source_protocol)c->protocol,
		                       .port = (uint32_t)c->port,
		                       .without_floods = c->analysis.without_floods };
}

bool families_say_unknown(struct store *store, const struct analysis_command *c,
                          const struct family_bits *families, struct error *error)
{
	char line[256];
	unsigned days = 0;
	struct held_day day = { .count = 0 };
	bool has_family = false;
	for (size_t i = 0; i < families->count; i++)
		has_family |= families->bits[i] != HOLDINGS_ALL_SYNS;
	while (has_family && held_day_next(store_holdings(store), analysis_window(c), &day)) {
		bool has_unknown;
		if (!held_day_has_unknown(store_holdings(store), &day, &has_unknown, error))
			return false;
		days += has_unknown;
	}
	if (days == 0 || c->take.common.quiet)
		return true;
	text_format(line, sizeof line,
	            "note: on %u days packets came as flows, which do not tell families: they are "
	            "unknown there (all SYNs: --family '*')",
	            days);
	command_say(line);
	return true;
}
