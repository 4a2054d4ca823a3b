// SPDX-License-Identifier: MIT
#include "store/request.h"

#include "base/memory.h"
#include "base/text.h"
#include "store/sql.h"

bool request_try(const struct store_request *request, struct error *error)
{
	struct zone zone;
	struct telescope telescope = { .count = 0 };
	struct fingerprint_set set;
	if ((request->zone != NULL && !zone_parse(request->zone, &zone, error)) ||
	    (request->telescope != NULL && !telescope_parse(request->telescope, &telescope, error)))
		return false;
	telescope_done(&telescope);
	if (!fingerprint_set_init(&set, request->fingerprint_text, request->fingerprint_where,
	                          error))
		return false;
	fingerprint_set_done(&set);
	return true;
}

bool request_lay_out(struct store *s, const struct store_request *request, struct error *error)
{
	const char *zone_text = request->zone != NULL ? request->zone : "UTC";
	const char *telescope = request->telescope != NULL ? request->telescope : "";
	const char *fingerprints = request->fingerprint_text != NULL ? request->fingerprint_text
	                                                             : "";
	struct zone zone;
	struct telescope parsed = { .count = 0 };
	struct fingerprint_set set;
	if (!zone_parse(zone_text, &zone, error) ||
	    (telescope[0] != '\0' && !telescope_parse(telescope, &parsed, error)))
		return false;
	telescope_done(&parsed);
	if (!fingerprint_set_init(&set, fingerprints, request->fingerprint_where, error))
		return false;
	const bool ok = sql_run(s->db, "BEGIN IMMEDIATE", error) && catalog_lay_out(s, error) &&
	                catalog_set_setting(s, "hotaru", HOTARU_VERSION, error) &&
	                catalog_set_setting(s, "zone", zone.name, error) &&
	                catalog_set_setting(s, "telescope", telescope, error) &&
	                (!request->keeps_events ||
	                 catalog_set_setting(s, "events", "kept", error)) &&
	                catalog_save_fingerprints(s, &set, fingerprints, error) &&
	                sql_run(s->db, "COMMIT", error);
	fingerprint_set_done(&set);
	return ok;
}

static const char advice[] = "a store keeps what it was made with; use another store";

static bool check_zone(const struct store *s, const char *text, struct error *error)
{
	const char *is = s->settings.zone.name;
	struct zone zone;
	if (!zone_parse(text, &zone, error))
		return false;
	return text_equal(zone.name, is) ||
	       error_set(error, ERROR_FAILED, "store '%s' counts days in %s, not in %s; %s",
	                 s->path, is, zone.name, advice);
}

static bool check_telescope(const struct store *s, const char *text, struct error *error)
{
	const struct store_settings *is = &s->settings;
	struct telescope telescope;
	if (!telescope_parse(text, &telescope, error))
		return false;
	const bool is_same = telescope_same(&telescope, &is->telescope_days);
	telescope_done(&telescope);
	return is_same ||
	       error_set(error, ERROR_FAILED,
	                 "store '%s' is of telescope %s, not of %s; use another store, or "
	                 "`hotaru settings`, which counts its captures anew with another",
	                 s->path, is->telescope[0] != '\0' ? is->telescope : "every destination",
	                 text);
}

bool request_check(const struct store *s, const struct store_request *request, struct error *error)
{
	const struct store_settings *is = &s->settings;
	if (request->zone != NULL && !check_zone(s, request->zone, error))
		return false;
	if (request->telescope != NULL && !check_telescope(s, request->telescope, error))
		return false;
	if (request->fingerprint_text != NULL &&
	    !text_equal(request->fingerprint_text, is->fingerprint_text))
		return error_set(error, ERROR_FAILED,
		                 "store '%s' has other fingerprints than '%s'; %s", s->path,
		                 request->fingerprint_where, advice);
	if (request->keeps_events && !is->keeps_events)
		return error_set(
			error, ERROR_FAILED,
			"store '%s' keeps no scan events, and what it has taken in cannot tell "
			"them; %s",
			s->path, advice);
	return true;
}
