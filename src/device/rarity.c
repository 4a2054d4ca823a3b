// SPDX-License-Identifier: MIT
#include "device/rarity.h"

#include "base/memory.h"

#include <string.h>

enum { ALL_GRAMS = 1 << 24 };

// What software says whatever the device: protocols, frequent headers, pages that servers bring along, prompts. As it
// is after masking.
// clang-format off
static const char *const common[] = {
	"HTTP/1.0 200 OK", "HTTP/1.1 200 OK", "HTTP/1.1 401 Unauthorized",
	"HTTP/1.0 401 Unauthorized", "HTTP/1.1 404 Not Found", "HTTP/1.1 302 Found",
	"HTTP/1.1 302 Moved Temporarily", "HTTP/1.1 301 Moved Permanently",
	"HTTP/1.1 400 Bad Request", "HTTP/1.1 403 Forbidden",
	"HTTP/1.1 500 Internal Server Error", "HTTP/1.1 302 Redirect", "HTTP/1.0 302 Redirect",
	"\r\nServer: ", "\r\nDate: <date>\r\n", "\r\nContent-Type: text/html\r\n",
	"\r\nContent-Type: text/html; charset=utf-8\r\n", "; charset=iso-8859-1",
	"\r\nContent-Type: text/xml\r\n", "\r\nContent-Length: 0\r\n",
	"\r\nContent-Length: 1234\r\n", "\r\nConnection: close\r\n",
	"\r\nConnection: keep-alive\r\n", "\r\nConnection: Keep-Alive\r\n",
	"\r\nKeep-Alive: timeout=5, max=100\r\n", "\r\nCache-Control: no-cache\r\n",
	"\r\nCache-Control: no-store\r\n",
	"\r\nCache-Control: no-cache, no-store, must-revalidate\r\n",
	"\r\nCache-Control: private\r\n", "\r\nCache-control: max-age=0\r\n",
	"\r\nPragma: no-cache\r\n", "\r\nExpires: <date>\r\n", "\r\nExpires: -1\r\n",
	"\r\nExpires: 0\r\n", "\r\nLast-Modified: <date>\r\n", "\r\nAccept-Ranges: bytes\r\n",
	"\r\nETag: \"<hex>\"\r\n", "\r\nWWW-Authenticate: Basic realm=\"",
	"\r\nWWW-Authenticate: Digest realm=\"", "\", qop=\"auth\", nonce=\"<value>\"",
	", opaque=\"<value>\", algorithm=\"MD5\"", "\", stale=\"FALSE\"",
	"\r\nLocation: http://<ip>/", "\r\nLocation: /", "\r\nSet-Cookie: <value>", "; path=/",
	"; Path=/; HttpOnly", "; expires=<date>", "\r\nTransfer-Encoding: chunked\r\n",
	"\r\nVary: Accept-Encoding\r\n", "\r\nX-Powered-By:",
	"\r\nX-Frame-Options: SAMEORIGIN\r\n", "\r\nX-Content-Type-Options: nosniff\r\n",
	"\r\nX-XSS-Protection: 1; mode=block\r\n", "\r\nMime-Version: 1.0\r\n",
	"\r\nMIME-Version: 1.0\r\n", "\r\nContent-Language: en\r\n",
	"\r\nAllow: GET, HEAD, POST\r\n", "\r\n\r\n<html><head><title>", "</title></head><body>",
	"</title>\r\n</head>\r\n<body>",
	"<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\"",
	"\"http://www.w3.org/TR/html4/loose.dtd\">", "<!DOCTYPE html>",
	"<html xmlns=\"http://www.w3.org/1999/xhtml\">",
	"<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">",
	"<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">",
	"<meta http-equiv=\"refresh\" content=\"0; url=",
	"<meta http-equiv=\"Pragma\" content=\"no-cache\">",
	"<meta http-equiv=\"Expires\" content=\"-1\">", "<meta name=\"viewport\"",
	"<link rel=\"stylesheet\" type=\"text/css\" href=\"",
	"<script type=\"text/javascript\" src=\"", "<script language=\"JavaScript\">",
	"</script>\r\n", "<body bgcolor=\"#ffffff\">", "<h1>401 Unauthorized</h1>",
	"<h1>404 Not Found</h1>", "<h2>Access Error: Unauthorized</h2>",
	"<p>Access to this document requires a User ID</p>",
	"<p>The requested URL was not found on this server.</p>",
	"<title>401 Unauthorized</title>", "<title>Document Error: Unauthorized</title>",
	"<title>404 Not Found</title>", "<title>Index of /</title>", "<a href=\"",
	"<frameset rows=\"", "<frame src=\"", "<noscript>", "<form action=\"", "<input type=\"",
	"</body></html>", "</body>\r\n</html>\r\n", "<br>", "<hr>", "<p>", "</p>", "<div id=\"",
	"<div class=\"", "</div>", "<table border=\"0\"", "<tr><td>", "SSH-2.0-", "SSH-1.99-",
	"\r\n220 ", "220-", "220 FTP server ready.\r\n", "220 Welcome to",
	"220---------- Welcome", "\r\n530 Please login with USER and PASS.\r\n",
	"\r\n221 Goodbye.\r\n", "\r\n500 Unknown command.\r\n", "\r\nlogin: ", "\r\nPassword: ",
	"\r\nUsername: ", "\r\nUser name:", "\r\nWelcome to ", "\r\nUser Access Verification\r\n",
	"\r\nPlease login: ", "Login incorrect",
};
// clang-format on

uint8_t *rarity_weights_new(void)
{
	uint8_t *weights = memory_room(ALL_GRAMS);
	if (weights == NULL)
		return NULL;
	memset(weights, RARITY_RARE, ALL_GRAMS);
	for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
		const uint8_t *g = (const uint8_t *)common[i];
		for (; g[0] != 0 && g[1] != 0 && g[2] != 0; g++)
			weights[g[0] << 16 | g[1] << 8 | g[2]] = RARITY_COMMON;
	}
	return weights;
}
