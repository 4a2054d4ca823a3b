// SPDX-License-Identifier: MIT
// What hosts answered, in the order of response/order.h.
//
// The answers themselves would make the catalogue what every command has to read: its seal is checked
// whole when a store is opened. So there is a row for each day, with the file that has them.
#include "response/order.h"
#include "store/kind.h"
#include "store/records.h"

static const char layout[] =
	"CREATE TABLE responses (day TEXT NOT NULL, day_number INTEGER PRIMARY KEY,"
	"  file TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL, responses INTEGER NOT NULL,"
	"  digest INTEGER NOT NULL);";

static const char *const checks[] = {
	("SELECT 'day and day_number differ: ' || file FROM responses"
	 " WHERE day <> date(day_number * 86400, 'unixepoch')"),
	("SELECT 'responses that cannot be: ' || file FROM responses"
	 " WHERE typeof(bytes) <> 'integer' OR typeof(responses) <> 'integer'"
	 " OR typeof(digest) <> 'integer' OR bytes <= 0 OR responses <= 0"),
	NULL,
};

const struct store_kind kind_responses = {
	.name = "responses",
	.layout = layout,
	.checks = checks,
};

static uint64_t key(const union store_record *r)
{
	return (uint64_t)r->response.address << 16 | r->response.port;
}

static int compare(const union store_record *a, const union store_record *b)
{
	return response_compare(&a->response, &b->response);
}

static uint64_t time_ns(const union store_record *r)
{
	return r->response.time_ns;
}

static unsigned spans(union store_record *r, struct span *out[RECORDS_SPANS])
{
	out[0] = &r->response.probe;
	out[1] = &r->response.bytes;
	return 2;
}

static uint8_t bits_of(const struct response *r)
{
	return (uint8_t)((unsigned)r->status | (r->is_cut ? 8u : 0) | (r->is_lossy ? 16u : 0));
}

static void write(struct records_writer *w, const union store_record *record)
{
	uint8_t *ignored;
	struct response *last = &records_written(w, &ignored)->response;
	const struct response *r = &record->response;
	struct buffer *keys = records_keys(w);
	buffer_varint(keys, r->address - last->address);
	buffer_varint(keys, r->port);
	buffer_varint(keys, zigzag(r->time_ns - last->time_ns));
	buffer_byte(keys, bits_of(r));
	records_put_name(w, r->probe);
	records_put_text(w, r->bytes);
	last->address = r->address;
	last->time_ns = r->time_ns;
}

static bool read(struct records_reader *reader, union store_record *out)
{
	const struct response *last = &records_read(reader)->response;
	struct cursor *c = records_columns(reader);
	const uint64_t step = cursor_varint(c), port = cursor_varint(c), time = cursor_varint(c);
	const struct span bits = cursor_take(c, 1);
	if (c->is_short || step > UINT32_MAX - last->address || port > UINT16_MAX ||
	    (bits.bytes[0] & 7) >= RESPONSE_STATUSES || bits.bytes[0] >= 1 << 5)
		return false;
	out->response = (struct response){
		.address = last->address + (uint32_t)step,
		.port = (uint16_t)port,
		.time_ns = last->time_ns + unzigzag(time),
		.status = bits.bytes[0] & 7,
		.is_cut = bits.bytes[0] >> 3 & 1,
		.is_lossy = bits.bytes[0] >> 4 & 1,
	};
	return records_get_name(reader, &out->response.probe) &&
	       out->response.probe.length <= RESPONSE_PROBE_MAX &&
	       records_get_text(reader, RESPONSE_BYTES_MAX, &out->response.bytes);
}

const struct records_form records_responses = {
	.table = "responses",
	.all = "responses",
	.magic = "hotaruR\1",
	.compare = compare,
	.time_ns = time_ns,
	.key = key,
	.spans = spans,
	.write = write,
	.read = read,
};
