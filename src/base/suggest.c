// SPDX-License-Identifier: MIT
#include "base/suggest.h"

#include <limits.h>
#include <string.h>

enum { ROW = SUGGEST_LENGTH_MAX + 1, BEGINNING_MIN = 3 };

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned suggest_distance(const char *a, const char *b)
{
	const size_t a_length = strlen(a), b_length = strlen(b);
	// The rows of the last two letters of `a`, and the one that is made.
	unsigned rows[3][ROW];
	if (a_length > SUGGEST_LENGTH_MAX || b_length > SUGGEST_LENGTH_MAX)
		return UINT_MAX;
	for (size_t j = 0; j <= b_length; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a_length; i++) {
		unsigned *row = rows[i % 3];
		const unsigned *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_length; j++) {
			const bool is_same = lower(a[i - 1]) == lower(b[j - 1]);
			row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + !is_same);
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				row[j] = least(row[j], two_above[j - 2] + 1);
		}
	}
	return rows[a_length % 3][b_length];
}

static bool begins(const char *word, const char *candidate)
{
	size_t length = 0;
	while (word[length] != '\0' && lower(word[length]) == lower(candidate[length]))
		length++;
	return word[length] == '\0' && length >= BEGINNING_MIN;
}

// As many slips as leave a word what it was.
static unsigned slips(size_t letters)
{
	return letters < 3 ? 0 : letters < 5 ? 1 : letters < 9 ? 2 : 3;
}

void suggestion_try(struct suggestion *s, const char *candidate)
{
	const size_t a = strlen(s->word), b = strlen(candidate);
	const size_t longer = a > b ? a : b;
	const unsigned distance = suggest_distance(s->word, candidate);
	const bool is_close = distance != UINT_MAX &&
	                      (distance <= slips(longer) || begins(s->word, candidate));
	if (is_close && (s->best == NULL || distance < s->distance)) {
		s->best = candidate;
		s->distance = distance;
	}
}

bool suggestion_add(const struct suggestion *s, const char *before, struct error *error)
{
	return s->best != NULL && error_suffix(error, "; did you mean '%s%s'?", before, s->best);
}
