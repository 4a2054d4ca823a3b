// SPDX-License-Identifier: MIT
// bench-linkage N FILE: average linkage of N points, from their condensed distances as floats in a file. Prints the
// seconds of a processor that linking took, and the sum of all heights, which others have to find, too.
#include "base/memory.h"
#include "base/text.h"
#include "cluster/linkage.h"

#include <stdio.h>
#include <time.h>

int main(int argc, char **argv)
{
	uint64_t n = 0;
	struct error error;
	FILE *file = argc == 3 && text_u64(argv[1], 1 << 17, &n) ? fopen(argv[2], "rbe") : NULL;
	if (file == NULL || n < 2) {
		fputs("usage: bench-linkage N FILE\n", stderr);
		return 2;
	}
	const uint32_t count = (uint32_t)n;
	float *d = memory_large(linkage_floats(count) * sizeof *d);
	uint32_t *weights = memory_new(count, sizeof *weights);
	struct merge *merges = memory_new(count, sizeof *merges);
	if (d == NULL || weights == NULL || merges == NULL ||
	    fread(d, sizeof *d, pairs_of(count), file) != pairs_of(count))
		return 1;
	fclose(file);
	for (uint32_t i = 0; i < count; i++)
		weights[i] = 1;
	const clock_t begin = clock();
	if (!linkage_weighted(d, count, weights, merges, NULL, &error))
		return 1;
	double heights = 0;
	for (uint32_t i = 0; i + 1 < count; i++)
		heights += merges[i].height;
	printf("%.3f %.4f\n", (double)(clock() - begin) / CLOCKS_PER_SEC, heights);
	memory_free(d);
	memory_free(weights);
	memory_free(merges);
	return 0;
}
