// SPDX-License-Identifier: MIT
#include "probe/manners.h"

#include "base/calendar.h"
#include "base/text.h"

enum { EXPIRES_DAYS = 300, WEB_PORT = 80 };
#define DAY_NS (UINT64_C(86400) * 1000000000)

static bool is_plain(const char *text)
{
	static const char other[] = "\"'()<>[]{}\\`^|,";
	for (const char *c = text; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~' || strchr(other, *c) != NULL)
			return false;
	return text[0] != '\0' && strlen(text) <= MANNERS_TEXT_MAX;
}

// Behind "https://": something that a name or address of a host can be.
static const char *web_host(const char *page)
{
	const char *host = text_starts(page, "https://")  ? page + 8
	                   : text_starts(page, "http://") ? page + 7
	                                                  : "";
	return host[0] == '/' ? "" : host;
}

static bool is_mail(const char *text)
{
	const char *at = strchr(text, '@');
	return at != NULL && at != text && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
	       strchr(text, '/') == NULL && strchr(text, ':') == NULL;
}

static bool is_contact_uri(const char *text)
{
	return (text_starts(text, "mailto:") && is_mail(text + 7)) ||
	       (text_starts(text, "tel:+") && text[5] != '\0') || web_host(text)[0] != '\0';
}

bool manners_init(struct manners *m, const char *contact, const char *page, const char *version,
                  struct error *error)
{
	struct manners new;
	if (!is_plain(contact) || !(is_mail(contact) || is_contact_uri(contact)))
		return error_set(
			error, ERROR_USAGE,
			"'%s' is no contact that a stranger could use: a mail address such "
			"as soc@example.org, or a URI",
			contact);
	if (!is_plain(page) || web_host(page)[0] == '\0')
		return error_set(error, ERROR_USAGE,
		                 "'%s' is no web page such as https://probe.example.org/", page);
	text_format(new.contact, sizeof new.contact, "%s%s", is_mail(contact) ? "mailto:" : "",
	            contact);
	text_copy(new.page, sizeof new.page, page);
	text_copy(new.version, sizeof new.version, version);
	*m = new;
	return true;
}

void manners_get(const struct manners *m, uint32_t address, uint16_t port, struct buffer *out)
{
	char host[TEXT_IPV4_SIZE], behind[8] = "";
	text_from_ipv4(address, host);
	if (port != WEB_PORT)
		text_format(behind, sizeof behind, ":%u", (unsigned)port);
	buffer_format(out,
	              "GET / HTTP/1.1\r\nHost: %s%s\r\nUser-Agent: hotaru/%s (+%s; %s)\r\n"
	              "Connection: close\r\n\r\n",
	              host, behind, m->version, m->page, m->contact);
}

void manners_identification(const struct manners *m, struct buffer *out)
{
	buffer_format(out, "SSH-2.0-hotaru_%s %s\r\n", m->version, m->page);
}

void manners_probing_txt(const struct manners *m, uint64_t today_ns, struct buffer *out)
{
	const char *host = web_host(m->page);
	char day[CALENDAR_DAY_SIZE];
	day_format((int32_t)(today_ns / DAY_NS) + EXPIRES_DAYS, day);
	buffer_format(out, "Canonical: https://%.*s/.well-known/probing.txt\n",
	              (int)strcspn(host, "/?#"), host);
	buffer_format(out, "Contact: %s\n", m->contact);
	if (!text_equal(m->page, m->contact))
		buffer_format(out, "Contact: %s\n", m->page);
	buffer_format(out, "Expires: %sT00:00:00Z\nPreferred-Languages: en\n", day);
	buffer_format(
		out,
		"Description: Asks addresses from which infected devices attack for their "
		"banners, one connection a host at a time, without any log-in; %s says how to "
		"opt out.\n",
		m->page);
}
