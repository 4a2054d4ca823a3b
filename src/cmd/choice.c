// SPDX-License-Identifier: MIT
#include "cmd/choice.h"

#include "base/text.h"
#include "cmd/families.h"

#include <stdlib.h>
#include <string.h>

// In the order of enum packet_protocol.
static const char *const protocols[] = { "tcp", "udp", NULL };

static const struct option options[] = {
	{ "port", 'p', OPTION_TEXT, offsetof(struct choice_command, ports), "PORTS",
	  "count sources that sent to one of these ports, separated by commas (default: any)", 0, 0,
	  NULL },
	{ "protocol", 0, OPTION_CHOICE, offsetof(struct choice_command, protocol), "tcp|udp",
	  "count sources of SYNs (default) or of UDP datagrams", 0, 0, protocols },
	{ "family", 'f', OPTION_TEXT, offsetof(struct choice_command, analysis.families), "NAME",
	  "count sources of SYNs that match this fingerprint (default: * = all SYNs)", 0, 0, NULL },
};
const struct option_table choice_table = { options, sizeof options / sizeof *options };

static const struct option top_options[] = {
	{ "top", 'n', OPTION_NUMBER, offsetof(struct choice_command, top), "N",
	  "show the N with most sources", 1, UINT32_MAX, NULL },
};
const struct option_table top_table = { top_options, 1 };

struct choice_command choice_defaults(void)
{
	return (struct choice_command){ .analysis = analysis_defaults() };
}

static bool has_port(const uint16_t *ports, size_t count, uint64_t port)
{
	for (size_t i = 0; i < count; i++)
		if (ports[i] == port)
			return true;
	return false;
}

bool port_list_parse(const char *text, size_t room, uint16_t *out, size_t *out_count,
                     struct error *error)
{
	char word[16];
	size_t count = 0;
	while (text_next(&text, ',', word, sizeof word)) {
		uint64_t port;
		if (!text_u64(word, UINT16_MAX, &port))
			return error_set(error, ERROR_USAGE,
			                 "--port takes numbers from 0 to 65535, not '%s'", word);
		if (has_port(out, count, port))
			continue;
		if (count == room)
			return error_set(error, ERROR_USAGE, "--port takes at most %zu ports",
			                 room);
		out[count++] = (uint16_t)port;
	}
	if (count == 0)
		return error_set(error, ERROR_USAGE, "--port names no port");
	*out_count = count;
	return true;
}

bool choice_check(struct choice_command *c, struct error *error)
{
	const char *family = c->analysis.families;
	if ((c->ports != NULL &&
	     !port_list_parse(c->ports, CHOICE_PORTS_MAX, c->port_list, &c->port_count, error)) ||
	    !days_check(&c->analysis.days, error))
		return false;
	if (family != NULL && strchr(family, ',') != NULL)
		return error_set(error, ERROR_USAGE,
		                 "--family takes one name here, as each source counts once");
	if (c->protocol == PROTOCOL_UDP_DATAGRAM && family != NULL && !text_equal(family, "*"))
		return error_set(error, ERROR_USAGE,
		                 "families are of SYNs; leave --family or --protocol udp away");
	return true;
}

bool choice_question(struct choice_command *c, const struct description *d, struct question *out,
                     struct error *error)
{
	const struct analysis_command *a = &c->analysis;
	if (a->families != NULL && !family_name_parse(d, a->families, &c->family, error))
		return false;
	*out = (struct question){ .days = days_range(&a->days),
		                  .families = &c->family,
		                  .family_count = a->families != NULL,
		                  .protocol = (enum packet_protocol)c->protocol,
		                  .ports = c->port_list,
		                  .port_count = c->port_count,
		                  .without_floods = a->without_floods,
		                  .top = c->top };
	return true;
}
