// SPDX-License-Identifier: MIT
#include "response/response.h"

const char *response_status_name(enum response_status status)
{
	static const char *const names[RESPONSE_STATUSES] = {
		[RESPONSE_ANSWERED] = "answered", [RESPONSE_EMPTY] = "empty",
		[RESPONSE_REFUSED] = "refused",   [RESPONSE_RESET] = "reset",
		[RESPONSE_TIMEOUT] = "timeout",   [RESPONSE_UNREACHABLE] = "unreachable",
		[RESPONSE_TLS] = "tls",
	};
	return names[status];
}
