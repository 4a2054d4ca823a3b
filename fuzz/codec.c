// SPDX-License-Identifier: MIT
// Any bytes decompressed, by whichever codec of the table recognises them: what
// comes out does not depend on the sizes in which it is asked for.
#include "capture/codec.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { CONTENT_MAX = 1 << 20 };

struct content {
	uint8_t *bytes;
	size_t length;
	bool is_damaged, is_cut, is_open;
};

static void read_content(struct content *c, struct input *input, const struct codec *codec,
                         size_t size)
{
	const char *damage = NULL;
	size_t count = 1;
	void *state = codec->open();
	if (!WORKS(state != NULL))
		return;
	c->is_open = true;
	while (damage == NULL && count > 0 && c->length + size <= CONTENT_MAX) {
		count = codec->read(state, input, c->bytes + c->length, size, &damage);
		REQUIRE(count <= size);
		REQUIRE(count == size || damage != NULL || count == 0 || codec->suffix[0] == '\0' ||
		        input->is_over);
		c->length += count;
	}
	c->is_damaged = damage != NULL;
	c->is_cut = damage == NULL && count > 0;
	codec->close(state);
}

static struct content content_of(struct span file, size_t size)
{
	struct content c = { .bytes = fuzz_room(CONTENT_MAX) };
	struct input input;
	struct error error;
	if (input_open(&input, fuzz_file(0, file), &error)) {
		const struct span head = { input.unread.at, cursor_left(&input.unread) };
		read_content(&c, &input, codec_for(head), size);
		// Without memory in the middle it says nothing of the content.
		c.is_open = WORKS(input.failure.kind == ERROR_NONE) && c.is_open;
	}
	input_done(&input);
	return c;
}

void fuzz_one(struct span input)
{
	static const size_t sizes[] = { 256 * 1024, 4096, 509, 1 };
	struct content first = content_of(input, sizes[0]);
	for (size_t i = 1; i < sizeof sizes / sizeof *sizes; i++) {
		if (sizes[i] < 4096 && first.length > 16384)
			break;  // byte by byte takes long
		struct content other = content_of(input, sizes[i]);
		const size_t least = other.length < first.length ? other.length : first.length;
		REQUIRE(memcmp(first.bytes, other.bytes, least) == 0);
		// How much comes out before damage may differ; that there is damage may not.
		if (first.is_open && other.is_open && !first.is_cut && !other.is_cut) {
			REQUIRE(first.is_damaged == other.is_damaged);
			REQUIRE(first.is_damaged || first.length == other.length);
		}
		free(other.bytes);
	}
	free(first.bytes);
}
