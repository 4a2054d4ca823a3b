// SPDX-License-Identifier: MIT
#include "probe/manners.h"

#include "base/test.h"

static struct manners example(void)
{
	struct manners m;
	struct error error;
	CHECK(manners_init(&m, "soc@example.org", "https://probe.example.org/about", "1.2",
	                   &error));
	return m;
}

static bool is_text(const struct buffer *b, const char *text)
{
	return b->length == strlen(text) && memcmp(b->bytes, text, b->length) == 0;
}

TEST(a_get_says_who_asks)
{
	const struct manners m = example();
	struct buffer out = buffer_up_to(MANNERS_GET_MAX);
	manners_get(&m, 0xc0000207, 8080, &out);
	CHECK(is_text(&out, "GET / HTTP/1.1\r\nHost: 192.0.2.7:8080\r\n"
	                    "User-Agent: hotaru/1.2 (+https://probe.example.org/about; "
	                    "mailto:soc@example.org)\r\nConnection: close\r\n\r\n"));
	out.length = 0;
	manners_get(&m, 0xc0000207, 80, &out);
	CHECK(out.length > 60 && memcmp(out.bytes + 16, "Host: 192.0.2.7\r\n", 17) == 0);
	buffer_done(&out);
}

TEST(an_identification_says_it_too)
{
	const struct manners m = example();
	struct buffer out = buffer_up_to(MANNERS_IDENTIFICATION_MAX + 1);
	manners_identification(&m, &out);
	CHECK(is_text(&out, "SSH-2.0-hotaru_1.2 https://probe.example.org/about\r\n"));
	buffer_done(&out);
}

TEST(texts_of_any_length_fit)
{
	char contact[MANNERS_TEXT_MAX + 2], page[MANNERS_TEXT_MAX + 2];
	struct manners m;
	struct error error;
	for (size_t i = 0; i <= MANNERS_TEXT_MAX; i++)
		contact[i] = page[i] = 'a';
	memcpy(contact, "a@", 2);
	memcpy(page, "https://", 8);
	contact[MANNERS_TEXT_MAX + 1] = page[MANNERS_TEXT_MAX + 1] = '\0';
	CHECK(!manners_init(&m, contact, "https://a/", "1.2", &error));
	CHECK(!manners_init(&m, "a@b", page, "1.2", &error));
	contact[MANNERS_TEXT_MAX] = page[MANNERS_TEXT_MAX] = '\0';
	CHECK(manners_init(&m, contact, page, "100.200.300", &error));
	struct buffer get = buffer_up_to(MANNERS_GET_MAX);
	struct buffer identification = buffer_up_to(MANNERS_IDENTIFICATION_MAX + 1);
	manners_get(&m, UINT32_MAX, UINT16_MAX, &get);
	manners_identification(&m, &identification);
	CHECK(!get.failed && get.bytes[get.length - 1] == '\n');
	CHECK(!identification.failed && identification.bytes[identification.length - 1] == '\n');
	buffer_done(&get);
	buffer_done(&identification);
}

TEST(what_is_no_contact_and_no_page_is_refused)
{
	static const char *const contacts[] = { "",
		                                "soc",
		                                "@example.org",
		                                "soc@",
		                                "a@b@c",
		                                "soc@example.org\r\nX: y",
		                                "a b@c",
		                                "mailto:soc",
		                                "javascript:a",
		                                "tel:+",
		                                "so)c@example.org" };
	static const char *const pages[] = { "",
		                             "example.org",
		                             "https://",
		                             "ftp://a",
		                             "https:///about",
		                             "https://a b/",
		                             "https://a/\r\nHost: b",
		                             "https://a/(b)" };
	struct manners m;
	struct error error;
	for (size_t i = 0; i < sizeof contacts / sizeof *contacts; i++)
		CHECK(!manners_init(&m, contacts[i], "https://a/", "1", &error) &&
		      error.kind == ERROR_USAGE);
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		CHECK(!manners_init(&m, "a@b", pages[i], "1", &error) && error.kind == ERROR_USAGE);
	CHECK(manners_init(&m, "tel:+81312345678", "http://192.0.2.1/", "1", &error));
}

TEST(probing_txt_is_what_rfc_9511_has)
{
	const struct manners m = example();
	struct buffer out = buffer_up_to(4096);
	manners_probing_txt(&m, UINT64_C(1796083200) * 1000000000, &out);  // 2026-12-01
	const char *want = "Canonical: https://probe.example.org/.well-known/probing.txt\n"
			   "Contact: mailto:soc@example.org\n"
			   "Contact: https://probe.example.org/about\n"
			   "Expires: 2027-09-27T00:00:00Z\nPreferred-Languages: en\nDescription: ";
	CHECK(out.length > strlen(want) && memcmp(out.bytes, want, strlen(want)) == 0);
	size_t lines = 0;
	for (size_t i = 0; i < out.length; i++)
		lines += out.bytes[i] == '\n';
	CHECK(lines == 6 && out.bytes[out.length - 1] == '\n');
	buffer_done(&out);
}

TEST_MAIN
