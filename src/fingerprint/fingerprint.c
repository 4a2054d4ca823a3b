// SPDX-License-Identifier: MIT
// The set of fingerprints in force: built-in ones, and users' own compiled by
// libpcap for link type RAW, so that byte 0 of a filter is the IPv4 header.
#include "fingerprint/builtin.h"

#include "base/memory.h"
#include "base/text.h"

#include <pcap/pcap.h>
#include <string.h>

enum { SNAPSHOT = 65535 };

const char fingerprint_unknown[] = "unknown";
const char *const fingerprint_kind_names[] = { "family", "tool" };

// Sets the bits of the user's own fingerprints.
static void match_users(const struct fingerprint_set *set, struct packet *packet)
{
	const bpf_u_int32 captured = (bpf_u_int32)packet->ip.length;
	const struct pcap_pkthdr header = {
		.caplen = captured,
		.len = packet->length > captured ? packet->length : captured,
	};
	for (size_t f = builtin_fingerprint_count; f < set->count; f++)
		if (pcap_offline_filter(set->entries[f].program, &header, packet->ip.bytes) != 0)
			packet->fingerprints |= UINT32_C(1) << f;
}

static bool compile(const char *expression, struct bpf_program **out, struct error *error)
{
	pcap_t *handle = pcap_open_dead(DLT_RAW, SNAPSHOT);
	struct bpf_program *program = memory_new(1, sizeof *program);
	bool ok = false;
	if (handle == NULL || program == NULL) {
		error_memory(error, "a filter");
		goto done;
	}
	if (pcap_compile(handle, program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		error_set(error, ERROR_USAGE, "'%s' is no pcap-filter expression: %s", expression,
		          pcap_geterr(handle));
		goto done;
	}
	*out = program;
	program = NULL;
	ok = true;
done:
	if (handle != NULL)
		pcap_close(handle);
	memory_free(program);
	return ok;
}

static bool is_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
	const size_t length = strlen(name);
	return length > 0 && length < FINGERPRINT_NAME_SIZE && strspn(name, allowed) == length;
}

// Adds "name = expression"; both become pieces of the set's own text.
static bool add_user(struct fingerprint_set *set, char *line, struct error *error)
{
	char *equals = strchr(line, '=');
	if (equals == NULL)
		return error_set(error, ERROR_USAGE, "'%s' is not 'name = pcap-filter expression'",
		                 line);
	*equals = '\0';
	const char *left = line, *right = equals + 1;
	char name[FINGERPRINT_NAME_SIZE], rule[FINGERPRINT_RULE_SIZE];
	text_next(&left, '\0', name, sizeof name);
	text_next(&right, '\0', rule, sizeof rule);
	if (!is_name(name))
		return error_set(error, ERROR_USAGE,
		                 "a fingerprint's name has 1-%d of a-z 0-9 - _, unlike '%s'",
		                 FINGERPRINT_NAME_SIZE - 1, line);
	if (fingerprint_find(set, name, NULL) != NULL || text_equal(name, fingerprint_unknown))
		return error_set(error, ERROR_USAGE, "fingerprint '%s' is there already", name);
	if (rule[0] == '\0')
		return error_set(error, ERROR_USAGE,
		                 "fingerprint '%s' needs an expression of 1-%d bytes", name,
		                 FINGERPRINT_RULE_SIZE - 1);
	if (set->count == FINGERPRINT_UNKNOWN)
		return error_set(error, ERROR_USAGE, "more than %d fingerprints",
		                 FINGERPRINT_UNKNOWN);
	struct bpf_program *program;
	if (!compile(rule, &program, error))
		return false;
	text_copy(line, sizeof name, name);
	memmove(equals + 1, rule, strlen(rule) + 1);
	set->entries[set->count++] = (struct fingerprint){
		.name = line,
		.kind = FINGERPRINT_FAMILY,
		.rule = equals + 1,
		.what = "user's own",
		.source = "user",
		.strength = "user",
		.program = program,
	};
	return true;
}

static bool add_user_text(struct fingerprint_set *set, const char *where, struct error *error)
{
	char *line = set->text;
	for (unsigned number = 1; line != NULL; number++) {
		char *next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		char *comment = strchr(line, '#');
		if (comment != NULL)
			*comment = '\0';
		line[strcspn(line, "\r")] = '\0';
		if (line[strspn(line, " \t")] != '\0' && !add_user(set, line, error)) {
			char place[300];
			text_format(place, sizeof place, "%s:%u", where, number);
			return error_prefix(error, place);
		}
		line = next;
	}
	return true;
}

bool fingerprint_set_init(struct fingerprint_set *set, const char *user_text, const char *where,
                          struct error *error)
{
	*set = (struct fingerprint_set){ .count = builtin_fingerprint_count };
	memcpy(set->entries, builtin_fingerprints,
	       builtin_fingerprint_count * sizeof *builtin_fingerprints);
	if (user_text == NULL)
		return true;
	set->text = memory_text(user_text);
	if (set->text == NULL)
		return error_memory(error, "fingerprints");
	if (add_user_text(set, where, error))
		return true;
	fingerprint_set_done(set);
	return false;
}

void fingerprint_set_done(struct fingerprint_set *set)
{
	for (size_t i = builtin_fingerprint_count; i < set->count; i++) {
		pcap_freecode(set->entries[i].program);
		memory_free(set->entries[i].program);
	}
	memory_free(set->text);
	*set = (struct fingerprint_set){ .count = 0 };
}

const struct fingerprint *fingerprint_find(const struct fingerprint_set *set, const char *name,
                                           unsigned *out_bit)
{
	for (unsigned i = 0; i < set->count; i++)
		if (text_equal(set->entries[i].name, name)) {
			if (out_bit != NULL)
				*out_bit = i;
			return &set->entries[i];
		}
	return NULL;
}

const char *fingerprint_name(const struct fingerprint_set *set, unsigned bit)
{
	if (bit == FINGERPRINT_UNKNOWN)
		return fingerprint_unknown;
	return bit < set->count ? set->entries[bit].name : NULL;
}

void fingerprint_match(const struct fingerprint_set *set, struct packet *packets, size_t count)
{
	builtin_match(packets, count);
	if (set->count == builtin_fingerprint_count)
		return;
	for (struct packet *p = packets; p < packets + count; p++)
		if (p->kind == KIND_SYN && (p->known & KNOWN_HEADER))
			match_users(set, p);
}
