// SPDX-License-Identifier: MIT
// Files of rules: XML, read by expat. A document type is refused, and with it all entities: no rule needs
// one, and bombs do.
#include "base/memory.h"
#include "base/text.h"
#include "device/label_private.h"

#include <expat.h>
#include <string.h>

enum { DEPTH_MAX = 16, VALUE_MAX = 4096 };

// Which files are about which field: by what they say they match, and by their name.
static const struct {
	const char *matches, *file;
	enum field_kind kind;
} databases[] = {
	{ "http_header.server", "http_servers.xml", FIELD_SERVER },
	{ "http_header.wwwauth", "http_wwwauth.xml", FIELD_AUTHENTICATE },
	{ "http_header.cookie", "http_cookies.xml", FIELD_COOKIE },
	{ "http_header.x-powered-by", "http_xpoweredby.xml", FIELD_POWERED_BY },
	{ "html_title", "html_title.xml", FIELD_TITLE },
	{ "rtsp_header.server", "rtsp_servers.xml", FIELD_RTSP_SERVER },
	{ "ssh.banner", "ssh_banners.xml", FIELD_SSH },
	{ "ftp.banner", "ftp_banners.xml", FIELD_FTP },
	{ "telnet.banner", "telnet_banners.xml", FIELD_TEXT },
	{ "smtp.banner", "smtp_banners.xml", FIELD_SMTP },
	{ "pop3.banner", "pop_banners.xml", FIELD_POP3 },
	{ "imap4.banner", "imap_banners.xml", FIELD_IMAP },
};

struct reading {
	struct label_rules *rules;
	const char *name;
	XML_Parser parser;
	struct error *error;
	bool has_failed;
	unsigned depth;
	bool has_root, is_known, is_in_rule;
	enum field_kind kind;
	struct buffer pattern;  // ended by a zero byte
	struct label_draft draft;
	unsigned long line;
};

static void fail(struct reading *r)
{
	r->has_failed = true;
	XML_StopParser(r->parser, XML_FALSE);
}

// NULL: there is no such attribute.
static const char *attribute(const XML_Char **attributes, const char *name)
{
	for (size_t i = 0; attributes[i] != NULL; i += 2)
		if (text_equal(attributes[i], name))
			return attributes[i + 1];
	return NULL;
}

static void begin_file(struct reading *r, const XML_Char **attributes)
{
	const char *matches = attribute(attributes, "matches");
	for (size_t i = 0; i < sizeof databases / sizeof *databases && !r->is_known; i++)
		if ((matches != NULL && text_equal(matches, databases[i].matches)) ||
		    text_equal(r->name, databases[i].file)) {
			r->is_known = true;
			r->kind = databases[i].kind;
		}
	r->has_root = true;
}

static void begin_rule(struct reading *r, const XML_Char **attributes)
{
	const char *pattern = attribute(attributes, "pattern");
	const char *flags = attribute(attributes, "flags");
	if (flags == NULL)
		flags = "";
	if (pattern == NULL)
		pattern = "";
	r->pattern.length = 0;
	buffer_append(&r->pattern, pattern, strlen(pattern) + 1);
	r->is_in_rule = true;
	r->line = XML_GetCurrentLineNumber(r->parser);
	r->draft = (struct label_draft){
		.ignores_case = strstr(flags, "REG_ICASE") != NULL ||
		                strstr(flags, "IGNORECASE") != NULL,
		.dot_takes_all = strstr(flags, "REG_MULTILINE") != NULL ||
		                 strstr(flags, "REG_DOT_NEWLINE") != NULL,
	};
	if (r->pattern.failed) {
		error_memory(r->error, "rules for labels");
		fail(r);
	}
}

static enum label_group group_of(const char **name)
{
	static const char *const groups[] = {
		[GROUP_OS] = "os.", [GROUP_SERVICE] = "service.", [GROUP_HARDWARE] = "hw."
	};
	for (unsigned g = GROUP_OS; g <= GROUP_HARDWARE; g++)
		if (text_starts(*name, groups[g])) {
			*name += strlen(groups[g]);
			return (enum label_group)g;
		}
	return GROUP_OTHER;
}

static enum label_part part_of(const char *name)
{
	static const char *const parts[] = {
		[PART_VENDOR] = "vendor", [PART_PRODUCT] = "product", [PART_FAMILY] = "family",
		[PART_DEVICE] = "device", [PART_VERSION] = "version", [PART_CERTAINTY] = "certainty"
	};
	for (unsigned p = PART_VENDOR; p <= PART_CERTAINTY; p++)
		if (text_equal(name, parts[p]))
			return (enum label_part)p;
	return PART_OTHER;
}

static bool keep_param(struct reading *r, const char *name, const char *value, uint64_t position)
{
	struct label_rules *rules = r->rules;
	struct label_param param = { .position = (uint32_t)position };
	const char *part = name;
	param.group = group_of(&part);
	param.part = param.group == GROUP_OTHER ? PART_OTHER : part_of(part);
	if (!label_room((void **)&rules->params, &rules->param_capacity, rules->param_count,
	                sizeof param) ||
	    !label_keep_text(rules, name, strlen(name), &param.name) ||
	    !label_keep_text(rules, value, strlen(value), &param.value))
		return false;
	rules->params[rules->param_count++] = param;
	r->draft.param_count++;
	return true;
}

static void take_param(struct reading *r, const XML_Char **attributes)
{
	const char *name = attribute(attributes, "name"), *value = attribute(attributes, "value");
	const char *pos = attribute(attributes, "pos");
	uint64_t position;
	if (name == NULL || pos == NULL || !text_u64(pos, 99, &position) ||
	    r->draft.param_count == LABEL_PARAMS_MAX || strlen(name) >= LABEL_TEXT_SIZE ||
	    (value != NULL && strlen(value) >= VALUE_MAX)) {
		error_set(r->error, ERROR_FAILED, "%s:%lu: this is no parameter of a rule", r->name,
		          (unsigned long)XML_GetCurrentLineNumber(r->parser));
		fail(r);
		return;
	}
	if (!keep_param(r, name, value == NULL ? "" : value, position)) {
		error_memory(r->error, "rules for labels");
		fail(r);
	}
}

static void XMLCALL begin_element(void *context, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *r = context;
	if (r->has_failed)
		return;
	r->depth++;
	if (r->depth > DEPTH_MAX || (r->depth == 1 && !text_equal(name, "fingerprints"))) {
		error_set(r->error, ERROR_FAILED, "%s:%lu: this is no file of rules for labels",
		          r->name, (unsigned long)XML_GetCurrentLineNumber(r->parser));
		fail(r);
	} else if (r->depth == 1) {
		begin_file(r, attributes);
	} else if (r->depth == 2 && r->is_known && text_equal(name, "fingerprint")) {
		begin_rule(r, attributes);
	} else if (r->depth == 3 && r->is_in_rule && text_equal(name, "param")) {
		take_param(r, attributes);
	}
}

static void XMLCALL end_element(void *context, const XML_Char *name)
{
	struct reading *r = context;
	(void)name;
	if (r->has_failed)
		return;
	if (r->depth == 2 && r->is_in_rule) {
		r->is_in_rule = false;
		r->draft.pattern = (const char *)r->pattern.bytes;
		if (!label_rules_add(r->rules, r->kind, &r->draft, r->name, r->line, r->error))
			fail(r);
	}
	r->depth--;
}

static void XMLCALL begin_doctype(void *context, const XML_Char *name, const XML_Char *system,
                                  const XML_Char *public, int has_internal)
{
	struct reading *r = context;
	(void)name, (void)system, (void)public, (void)has_internal;
	if (r->has_failed)
		return;
	error_set(r->error, ERROR_FAILED, "%s: rules for labels have no document type", r->name);
	fail(r);
}

static void *expat_room(size_t size)
{
	return memory_room(size);
}

static void *expat_more(void *block, size_t size)
{
	return memory_resize(block, size, 1);
}

static bool parse(struct reading *r, struct span xml)
{
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, begin_element, end_element);
	XML_SetStartDoctypeDeclHandler(r->parser, begin_doctype);
	if (XML_Parse(r->parser, (const char *)xml.bytes, (int)xml.length, 1) == XML_STATUS_OK)
		return !r->has_failed;
	if (r->has_failed)
		return false;
	const enum XML_Error code = XML_GetErrorCode(r->parser);
	if (code == XML_ERROR_NO_MEMORY)
		return error_memory(r->error, "rules for labels");
	return error_set(r->error, ERROR_FAILED, "%s:%lu: %s", r->name,
	                 (unsigned long)XML_GetCurrentLineNumber(r->parser), XML_ErrorString(code));
}

bool label_rules_read(struct label_rules *rules, struct span xml, const char *name,
                      struct error *error)
{
	static const XML_Memory_Handling_Suite memory = { expat_room, expat_more, memory_free };
	if (xml.length > LABEL_FILE_MAX)
		return error_set(error, ERROR_FAILED, "%s has more than %d MiB", name,
		                 LABEL_FILE_MAX >> 20);
	struct reading r = { .rules = rules, .name = name, .error = error };
	r.pattern = buffer_up_to(LABEL_FILE_MAX + 1);
	r.parser = XML_ParserCreate_MM(NULL, &memory, NULL);
	const bool is_read = r.parser != NULL ? parse(&r, xml)
	                                      : error_memory(error, "rules for labels");
	if (r.parser != NULL)
		XML_ParserFree(r.parser);
	buffer_done(&r.pattern);
	if (!is_read)
		return false;
	rules->summary.files++;
	rules->summary.files_of_others += !r.is_known;
	return true;
}

bool label_rules_read_vendors(struct label_rules *rules, struct span text, struct error *error)
{
	struct cursor c = cursor_over(text);
	while (cursor_left(&c) > 0) {
		char name[LABEL_TEXT_SIZE];
		size_t length = 0;
		for (; cursor_left(&c) > 0 && *c.at != '\n'; c.at++)
			if (length < sizeof name && *c.at != '\r' && *c.at != 0)
				name[length++] = (char)*c.at;
		if (cursor_left(&c) > 0)
			c.at++;
		if (length == sizeof name)  // longer than any label
			continue;
		name[length] = 0;
		if (!label_vendor_add(rules, name, UINT32_MAX))
			return error_memory(error, "names of vendors");
	}
	return true;
}
