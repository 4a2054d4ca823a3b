// SPDX-License-Identifier: MIT
// nmap's XML (-oX), several files one behind the other too: the scripts `banner` and `banner-plus`, the
// fingerprints of -sV, and how each port that is listed took the connection.
//
//   closed                               refused
//   filtered                             timeout; unreachable where ICMP said so, refused for a port
//   open, with an answer                 one response for each: of a port as they stand in the file
//   open, asked for one, none there      empty
//   open, and nobody asked or tells      none: counted as RESPONSE_SKIP_UNKNOWN
//
// -sV tells no bytes of a service that it recognised, and has `banner` take escapes of the device's own for
// bytes: beside a fingerprint with a backslash it is lossy. The name of a service alone is nmap's guess by the
// number of the port and says nothing. A response has the time at which its host was begun with.
//
// expat reads the XML. It is given no entities to expand, elements of no more than 4 MiB, and no
// more than 64 in each other. Where a file breaks off, another may begin: each is a document of its own.
#include "base/memory.h"
#include "base/text.h"
#include "response/nmap_text.h"
#include "response/reader.h"

#include <expat.h>

enum { ELEMENT_MAX = 4 * 1024 * 1024, DEPTH_MAX = 64, DECLARATION = 6 };

struct nmap {
	struct response_reading *reading;
	XML_Parser parser;
	uint64_t begin;  // where in the content its document does
	uint64_t fed;    // bytes of it
	unsigned depth;
	const char *stop;  // why the document is read no further
	bool is_failed;    // the receiver has: *error says why
	struct error *error;

	bool asks_banner, asks_version;  // by the arguments of nmap
	uint64_t start_s;                // of the document

	bool is_in_host, has_address, has_other_address;
	uint32_t address;
	uint64_t host_s;

	bool is_in_port, is_tcp, has_state;
	uint16_t port;
	enum response_status status;
	bool is_open;
	bool is_recognised, has_answer, has_failed;
	bool has_backslash;  // in what -sV was answered
};

static const char *attribute(const XML_Char **attributes, const char *name)
{
	for (; *attributes != NULL; attributes += 2)
		if (text_equal(attributes[0], name))
			return attributes[1];
	return NULL;
}

static uint64_t number(const XML_Char **attributes, const char *name, uint64_t maximum)
{
	const char *text = attribute(attributes, name);
	uint64_t value;
	return text != NULL && text_u64(text, maximum, &value) ? value : 0;
}

static bool is_one_of(const char *text, const char *const *list)
{
	for (; *list != NULL; list++)
		if (text_equal(text, *list))
			return true;
	return false;
}

static void stop(struct nmap *n, const char *reason)
{
	if (n->stop == NULL)
		n->stop = reason;
	XML_StopParser(n->parser, XML_FALSE);
}

static void damage(struct nmap *n, enum response_skip skip, const char *words)
{
	n->reading->offset = n->begin + (uint64_t)XML_GetCurrentByteIndex(n->parser);
	reading_skip(n->reading, skip, words);
}

// ---- responses

static void hand_on(struct nmap *n, struct response response)
{
	const uint64_t seconds = n->host_s != 0 ? n->host_s : n->start_s;
	response.address = n->address;
	response.port = n->port;
	response.time_ns = seconds * 1000000000;
	if (n->is_failed || reading_hand_on(n->reading, &response, n->error))
		return;
	n->is_failed = true;
	stop(n, "");
}

// Whether a port has an address and a number that a response can have; what has not is counted.
static bool is_right(struct nmap *n)
{
	if (!n->is_tcp)
		n->reading->ledger->skipped[RESPONSE_SKIP_PROTOCOL]++;
	else if (!n->has_address && n->has_other_address)
		n->reading->ledger->skipped[RESPONSE_SKIP_ADDRESS]++;
	else if (!n->has_address || n->port == 0 || !n->has_state)
		damage(n, RESPONSE_SKIP_FIELD, "a port has no address, number or state");
	else
		return true;
	return false;
}

static struct span text_span(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

static void hand_on_bytes(struct nmap *n, const char *probe, bool is_cut, bool is_lossy)
{
	struct buffer *bytes = &n->reading->bytes;
	if (bytes->failed) {
		error_memory(n->error, "reading what hosts answered");
		n->is_failed = true;
		stop(n, "");
		return;
	}
	n->has_answer = true;
	hand_on(n, (struct response){
			   .status = bytes->length > 0 ? RESPONSE_ANSWERED : RESPONSE_EMPTY,
			   .probe = text_span(probe),
			   .bytes = buffer_span(bytes),
			   .is_cut = is_cut,
			   .is_lossy = is_lossy,
		   });
}

static bool can_have_answer(const struct nmap *n)
{
	return n->is_in_port && n->is_open && n->is_tcp && n->has_address && n->port != 0;
}

static void read_script(struct nmap *n, const XML_Char **attributes)
{
	const char *id = attribute(attributes, "id"), *output = attribute(attributes, "output");
	if (id == NULL || output == NULL || !can_have_answer(n))
		return;
	const bool is_plus = text_equal(id, "banner-plus");
	if (!is_plus && !text_equal(id, "banner"))
		return;
	if (nmap_is_failure(text_span(output))) {
		n->has_failed = true;
		return;
	}
	n->reading->bytes.length = 0;
	const struct nmap_text text = nmap_unescape(is_plus ? NMAP_BANNER_PLUS : NMAP_BANNER,
	                                            text_span(output), &n->reading->bytes);
	hand_on_bytes(n, is_plus ? "nmap-banner-plus" : "nmap-banner", text.is_cut,
	              text.is_lossy || (n->has_backslash && !is_plus));
}

static void read_fingerprint(struct nmap *n, const char *fingerprint)
{
	struct span text = text_span(fingerprint);
	struct nmap_answer answer;
	bool is_damaged;
	for (n->reading->bytes.length = 0;
	     nmap_next_answer(&text, &answer, &n->reading->bytes, &is_damaged);
	     n->reading->bytes.length = 0) {
		char probe[RESPONSE_PROBE_MAX + 1] = "nmap-";
		size_t length = strlen(probe);
		for (size_t i = 0; i < answer.probe.length && length < RESPONSE_PROBE_MAX; i++)
			if (answer.probe.bytes[i] > ' ' && answer.probe.bytes[i] <= '~')
				probe[length++] = (char)answer.probe.bytes[i];
		probe[length] = '\0';
		const struct span bytes = buffer_span(&n->reading->bytes);
		n->has_backslash |= bytes.length > 0 &&
		                    memchr(bytes.bytes, '\\', bytes.length) != NULL;
		hand_on_bytes(n, probe, bytes.length < answer.length, false);
	}
	if (is_damaged)
		damage(n, RESPONSE_SKIP_ENCODING, "a fingerprint is none");
}

// A service that was asked and not recognised has a fingerprint if it said anything.
static void read_service(struct nmap *n, const XML_Char **attributes)
{
	const char *method = attribute(attributes, "method"), *name = attribute(attributes, "name");
	const char *fingerprint = attribute(attributes, "servicefp");
	if (method != NULL && text_equal(method, "probed") &&
	    !(name != NULL && text_equal(name, "tcpwrapped")))
		n->is_recognised = true;
	if (fingerprint != NULL && can_have_answer(n))
		read_fingerprint(n, fingerprint);
}

static void end_port(struct nmap *n)
{
	n->is_in_port = false;
	if (!is_right(n))
		return;
	if (!n->is_open) {
		if (n->status == RESPONSE_STATUSES)
			n->reading->ledger->skipped[RESPONSE_SKIP_UNKNOWN]++;
		else
			hand_on(n, (struct response){ .status = n->status,
			                              .probe = text_span("nmap") });
		return;
	}
	if (n->has_answer)
		return;
	if (n->has_failed || n->is_recognised || !(n->asks_banner || n->asks_version))
		n->reading->ledger->skipped[RESPONSE_SKIP_UNKNOWN]++;
	else
		hand_on(n,
		        (struct response){ .status = RESPONSE_EMPTY, .probe = text_span("nmap") });
}

// ---- elements

static void begin_run(struct nmap *n, const XML_Char **attributes)
{
	const char *arguments = attribute(attributes, "args");
	n->start_s = number(attributes, "start", UINT32_MAX);
	n->asks_banner = n->asks_version = false;
	if (arguments == NULL)
		return;
	// nmap writes "--" as "-&#45;", and expat gives it back.
	n->asks_banner = strstr(arguments, "banner") != NULL;
	n->asks_version = strstr(arguments, "-sV") != NULL || strstr(arguments, " -A") != NULL;
}

static void begin_host(struct nmap *n, const XML_Char **attributes)
{
	n->is_in_host = true;
	n->has_address = n->has_other_address = false;
	n->host_s = number(attributes, "starttime", UINT32_MAX);
	n->reading->ledger->records++;
}

static void read_address(struct nmap *n, const XML_Char **attributes)
{
	const char *type = attribute(attributes, "addrtype"), *text = attribute(attributes, "addr");
	if (type == NULL || text == NULL)
		return;
	n->has_other_address |= text_equal(type, "ipv6");
	if (text_equal(type, "ipv4") && !n->has_address)
		n->has_address = text_ipv4(text, &n->address);
}

static void begin_port(struct nmap *n, const XML_Char **attributes)
{
	const char *protocol = attribute(attributes, "protocol");
	n->is_in_port = true;
	n->is_tcp = protocol != NULL && text_equal(protocol, "tcp");
	n->port = (uint16_t)number(attributes, "portid", UINT16_MAX);
	n->has_state = n->is_open = n->is_recognised = n->has_answer = n->has_failed = false;
	n->has_backslash = false;
	n->status = RESPONSE_STATUSES;
}

static void read_state(struct nmap *n, const XML_Char **attributes)
{
	static const char *const silent[] = { "no-response", NULL };
	static const char *const refused[] = { "port-unreach", "conn-refused", "reset", NULL };
	const char *state = attribute(attributes, "state"),
		   *reason = attribute(attributes, "reason");
	if (state == NULL)
		return;
	n->has_state = true;
	n->is_open = text_equal(state, "open");
	if (text_equal(state, "closed"))
		n->status = RESPONSE_REFUSED;
	else if (!text_equal(state, "filtered"))
		n->status = RESPONSE_STATUSES;
	else if (reason == NULL || is_one_of(reason, silent))
		n->status = RESPONSE_TIMEOUT;
	else
		n->status = is_one_of(reason, refused) ? RESPONSE_REFUSED : RESPONSE_UNREACHABLE;
}

static void XMLCALL on_begin(void *context, const XML_Char *name, const XML_Char **attributes)
{
	struct nmap *n = context;
	if (++n->depth > DEPTH_MAX) {
		stop(n, "its elements are nested deeper than 64");
		return;
	}
	if (n->depth == 1 && !text_equal(name, "nmaprun"))
		stop(n, "it is not of nmap");
	else if (n->depth == 1)
		begin_run(n, attributes);
	else if (n->depth == 2 && text_equal(name, "host"))
		begin_host(n, attributes);
	else if (!n->is_in_host)
		return;
	else if (n->depth == 3 && text_equal(name, "address"))
		read_address(n, attributes);
	else if (n->depth == 4 && text_equal(name, "port"))
		begin_port(n, attributes);
	else if (!n->is_in_port || n->depth != 5)
		return;
	else if (text_equal(name, "state"))
		read_state(n, attributes);
	else if (text_equal(name, "service"))
		read_service(n, attributes);
	else if (text_equal(name, "script"))
		read_script(n, attributes);
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
	struct nmap *n = context;
	(void)name;
	if (n->depth == 4 && n->is_in_port)
		end_port(n);
	if (n->depth == 2)
		n->is_in_host = false;
	n->depth--;
}

static void XMLCALL on_entity(void *context, const XML_Char *name, int is_parameter,
                              const XML_Char *value, int length, const XML_Char *base,
                              const XML_Char *system, const XML_Char *public,
                              const XML_Char *notation)
{
	(void)name, (void)is_parameter, (void)value, (void)length, (void)base, (void)system;
	(void)public, (void)notation;
	stop(context, "it declares entities");
}

// ---- documents

static void *parser_room(size_t size)
{
	return memory_room(size);
}

static void *parser_resize(void *block, size_t size)
{
	return memory_resize(block, size, 1);
}

static void parser_free(void *block)
{
	memory_free(block);
}

static bool begin_document(struct nmap *n, uint64_t offset)
{
	static const XML_Memory_Handling_Suite memory = { parser_room, parser_resize, parser_free };
	if (n->parser != NULL)
		XML_ParserFree(n->parser);
	n->parser = XML_ParserCreate_MM(NULL, &memory, NULL);
	if (n->parser == NULL)
		return error_memory(n->error, "reading what hosts answered");
	XML_SetUserData(n->parser, n);
	XML_SetElementHandler(n->parser, on_begin, on_end);
	XML_SetEntityDeclHandler(n->parser, on_entity);
	n->begin = offset;
	n->fed = 0;
	n->depth = 0;
	n->stop = NULL;
	n->is_in_host = n->is_in_port = false;
	return true;
}

// Says why the document is read no further. False for want of memory, or if the receiver failed.
static bool give_up(struct nmap *n)
{
	const enum XML_Error fault = XML_GetErrorCode(n->parser);
	if (n->is_failed)
		return false;
	if (fault == XML_ERROR_NO_MEMORY)
		return error_memory(n->error, "reading what hosts answered");
	if (n->stop == NULL)
		n->stop = fault == XML_ERROR_NO_ELEMENTS || fault == XML_ERROR_UNCLOSED_TOKEN ||
		                          fault == XML_ERROR_PARTIAL_CHAR
		                  ? "it breaks off in the middle of an element"
		                  : XML_ErrorString(fault);
	damage(n, RESPONSE_SKIP_SYNTAX, n->stop);
	return true;
}

// Feeds a piece. False as give_up().
static bool feed(struct nmap *n, struct span piece, bool is_last)
{
	if (n->stop != NULL)
		return true;
	n->fed += piece.length;
	const enum XML_Status status = XML_Parse(n->parser, (const char *)piece.bytes,
	                                         (int)piece.length, is_last);
	if (n->is_failed)
		return false;
	if (status == XML_STATUS_ERROR)
		return give_up(n);
	if (!is_last && n->fed - (uint64_t)XML_GetCurrentByteIndex(n->parser) > ELEMENT_MAX) {
		stop(n, "it has an element of more than 4 MiB");
		return give_up(n);
	}
	return true;
}

// Where in the window, from `from` on, another document begins; the length of what surely belongs
// to the one at hand if none does.
static size_t find_document(struct span window, size_t from, bool is_last, bool *is_found)
{
	static const char mark[] = "<?xml";
	for (size_t at = from; at < window.length; at++) {
		const struct span rest = span_from(window, at);
		const uint8_t *found = memmem(rest.bytes, rest.length, mark, sizeof mark - 1);
		if (found == NULL)
			break;
		at = (size_t)(found - window.bytes);
		// "<?xml-stylesheet" is another.
		*is_found = at + DECLARATION <= window.length &&
		            memchr(" \t\r\n", window.bytes[at + DECLARATION - 1], 4) != NULL;
		if (*is_found)
			return at;
	}
	*is_found = false;
	const size_t kept = is_last ? 0 : DECLARATION;
	return window.length > kept ? window.length - kept : 0;
}

static bool is_white(struct span s)
{
	for (size_t i = 0; i < s.length; i++)
		if (memchr(" \t\r\n", s.bytes[i], 4) == NULL)
			return false;
	return true;
}

static bool read_documents(struct nmap *n)
{
	struct stream *stream = n->reading->stream;
	bool is_over = !stream_need(stream, STREAM_BLOCK);
	if (!begin_document(n, stream_offset(stream)))
		return false;
	for (;;) {
		struct span window = { stream->window.at, cursor_left(&stream->window) };
		const bool is_begin = n->fed == 0 && n->stop == NULL;
		bool is_found;
		const size_t length = find_document(window, is_begin, is_over, &is_found);
		window.length = length < STREAM_BLOCK ? length : STREAM_BLOCK;
		is_found = is_found && window.length == length;
		const bool is_last = is_found || (is_over && length == window.length);
		// Line ends in front of the first document, and behind the last, are none.
		if (is_begin && is_last && is_white(window))
			n->stop = "";
		if (!feed(n, window, is_last))
			return false;
		stream->window.at += window.length;
		if (is_found && !begin_document(n, stream_offset(stream)))
			return false;
		if (is_over && is_last && !is_found)
			return true;
		is_over = !stream_need(stream, STREAM_BLOCK);
	}
}

static bool read_file(struct response_reading *reading, struct error *error)
{
	struct nmap n = { .reading = reading, .error = error };
	const bool is_read = read_documents(&n);
	if (n.parser != NULL)
		XML_ParserFree(n.parser);
	return is_read;
}

// XML whose first element is nmap's, or an unfinished one that says so in its comment.
static bool recognise(struct response_reading *reading, struct span head)
{
	(void)reading;
	if (head.length > STREAM_HEAD)
		head.length = STREAM_HEAD;
	while (head.length > 0 && (memchr(" \t\r\n\xef\xbb\xbf", head.bytes[0], 7) != NULL))
		head = span_from(head, 1);
	return head.length > 0 && head.bytes[0] == '<' &&
	       memmem(head.bytes, head.length, "<nmaprun", 8) != NULL;
}

const struct response_form response_form_nmap = {
	.name = "nmap",
	.recognise = recognise,
	.read = read_file,
};
