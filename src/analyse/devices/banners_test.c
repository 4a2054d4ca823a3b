// SPDX-License-Identifier: MIT
// What the distances are worth: twelve sets of banners with labels (HOTARU_BANNERS: a folder with recog.jsonl, ztag.jsonl
// and ferret.jsonl), each text once, at most 450 of a set. Prints the table of doc/devices.md.
//
//   AUC       how often two texts of one label are nearer than two of different labels
//   best ARI  of all cuts of average linkage; cut: where that is, on the mean
//   held out  ARI at the cut that is best on the mean for the other eleven sets
#include "analyse/devices/distances.h"
#include "base/disk.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "cluster/gram.h"
#include "cluster/linkage.h"
#include "device/mask.h"
#include "device/rarity.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

enum { SETS = 12, TEXTS_MAX = 450, ALL_MAX = 2000, CUTS = 100 };

enum label_kind { LABEL_RULE, LABEL_PRODUCT, LABEL_FILE };

struct set {
	const char *name, *source, *file;  // NULL: all of the source
	enum label_kind label;
	uint32_t count;
	char *texts[ALL_MAX];
	char *labels[ALL_MAX];
};

static struct set sets[SETS] = {
	{ "telnet, rule", "recog.jsonl", "telnet_banners.xml", LABEL_RULE },
	{ "telnet, product", "recog.jsonl", "telnet_banners.xml", LABEL_PRODUCT },
	{ "ftp, product", "recog.jsonl", "ftp_banners.xml", LABEL_PRODUCT },
	{ "ztag ftp, product", "ztag.jsonl", NULL, LABEL_PRODUCT },
	{ "ztag ftp, rule", "ztag.jsonl", NULL, LABEL_FILE },
	{ "snmp, rule", "recog.jsonl", "snmp_sysdescr.xml", LABEL_RULE },
	{ "http server, product", "recog.jsonl", "http_servers.xml", LABEL_PRODUCT },
	{ "html title, product", "recog.jsonl", "html_title.xml", LABEL_PRODUCT },
	{ "www-authenticate, rule", "recog.jsonl", "http_wwwauth.xml", LABEL_RULE },
	{ "sip, product", "recog.jsonl", "sip_banners.xml", LABEL_PRODUCT },
	{ "ssh, product", "recog.jsonl", "ssh_banners.xml", LABEL_PRODUCT },
	{ "ferret, product", "ferret.jsonl", NULL, LABEL_PRODUCT },
};

// ---- reading

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	return cJSON_IsString(item) ? item->valuestring : NULL;
}

static bool label_of(const struct set *set, const cJSON *o, char *out, size_t size)
{
	const char *product = text_of(o, "product"), *vendor = text_of(o, "vendor");
	if (set->label == LABEL_RULE)
		return !cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "certainty0")) &&
		       text_format(out, size, "%d",
		                   cJSON_GetObjectItemCaseSensitive(o, "fp")->valueint);
	if (set->label == LABEL_FILE)
		return text_format(out, size, "%s", text_of(o, "file"));
	return product != NULL &&
	       text_format(out, size, "%s/%s", vendor != NULL ? vendor : "", product);
}

static void add(struct set *set, const cJSON *o)
{
	char label[256];
	const char *text = text_of(o, "text");
	if (text == NULL || (set->file != NULL && !text_equal(text_of(o, "file"), set->file)) ||
	    !label_of(set, o, label, sizeof label))
		return;
	for (uint32_t i = 0; i < set->count; i++)
		if (text_equal(set->texts[i], text))
			return;
	if (set->count < ALL_MAX) {
		set->texts[set->count] = memory_text(text);
		set->labels[set->count++] = memory_text(label);
	}
}

// cJSON ends texts at a NUL: another byte stands for it.
static cJSON *parse(const char *line, size_t length)
{
	char *copy = memory_room(length + 1);
	memcpy(copy, line, length);
	copy[length] = '\0';
	for (char *at = copy; (at = strstr(at, "\\u0000")) != NULL;)
		at[5] = '1';
	cJSON *o = cJSON_Parse(copy);
	memory_free(copy);
	return o;
}

static bool read_source(const char *folder, const char *source)
{
	char path[4096];
	struct error error;
	struct span file;
	text_format(path, sizeof path, "%s/%s", folder, source);
	if (!disk_map_file(path, &file, &error))
		return false;
	for (size_t at = 0; at < file.length;) {
		const uint8_t *end = memchr(file.bytes + at, '\n', file.length - at);
		const size_t length = (end != NULL ? (size_t)(end - file.bytes) : file.length) - at;
		cJSON *o = parse((const char *)file.bytes + at, length);
		for (unsigned i = 0; o != NULL && i < SETS; i++)
			if (text_equal(sets[i].source, source))
				add(&sets[i], o);
		cJSON_Delete(o);
		at += length + 1;
	}
	disk_unmap_file(file);
	return true;
}

static void sample(struct set *set)
{
	struct random r = random_from(1);
	for (uint32_t i = 0; set->count > TEXTS_MAX && i < TEXTS_MAX; i++) {
		const uint32_t k = i + random_below(&r, set->count - i);
		char *text = set->texts[i], *label = set->labels[i];
		set->texts[i] = set->texts[k];
		set->labels[i] = set->labels[k];
		set->texts[k] = text;
		set->labels[k] = label;
	}
	set->count = set->count > TEXTS_MAX ? TEXTS_MAX : set->count;
}

static bool read_sets(void)
{
	const char *folder = getenv("HOTARU_BANNERS");
	if (folder == NULL || sets[0].count > 0)
		return folder != NULL;
	if (!read_source(folder, "recog.jsonl") || !read_source(folder, "ztag.jsonl") ||
	    !read_source(folder, "ferret.jsonl"))
		return false;
	for (unsigned i = 0; i < SETS; i++)
		sample(&sets[i]);
	return true;
}

// ---- distances

struct method {
	const char *name;
	enum text_distance distance;
	enum compressor_kind compressor;
	bool is_masked, is_published;
	bool is_jaccard;
	unsigned
		common_share;  // common grams weigh so much of a rare one: one in that; 0: as they do
	double auc, ari, cut, at_03, held_out, spread;  // means
};

static struct span span_of(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

// One host a text, all on one port: text i is host i.
static void hosts_of(const struct set *set, bool is_masked, struct hosts *hosts)
{
	struct error error;
	struct host_gatherer *g = host_gatherer_new(is_masked ? mask_answer : NULL, &error);
	for (uint32_t i = 0; i < set->count; i++) {
		const struct response r = { .address = i,
			                    .port = 23,
			                    .bytes = span_of(set->texts[i]) };
		CHECK(host_gatherer_take(g, &r, &error));
	}
	CHECK(host_gatherer_finish(g, hosts, &error) && hosts->count == set->count);
}

// The share of grams that two have not in common.
static void jaccard(const struct hosts *hosts, float *out)
{
	uint8_t *seen = memory_new(GRAM_SEEN_BYTES, 1);
	uint32_t *grams[TEXTS_MAX], counts[TEXTS_MAX];
	for (uint32_t i = 0; i < hosts->count; i++) {
		const struct span text = hosts->texts[hosts->hosts[i].answers[0].text];
		grams[i] = memory_new(text.length + 1, sizeof **grams);
		counts[i] = gram_set(text, seen, grams[i]);
	}
	for (uint32_t i = 0; i < hosts->count; i++)
		for (uint32_t k = i + 1; k < hosts->count; k++) {
			uint32_t both = 0;
			for (uint32_t a = 0, b = 0; a < counts[i] && b < counts[k];) {
				const uint32_t x = grams[i][a], y = grams[k][b];
				both += x == y;
				a += x <= y;
				b += y <= x;
			}
			*out++ = 1 - (float)both / (float)(counts[i] + counts[k] - both);
		}
	for (uint32_t i = 0; i < hosts->count; i++)
		memory_free(grams[i]);
	memory_free(seen);
}

static void weighed_otherwise(const struct hosts *hosts, unsigned share, float *out)
{
	static uint32_t sums[TEXTS_MAX];
	static float row[TEXTS_MAX];
	struct span texts[TEXTS_MAX];
	struct error error;
	uint8_t *weights = rarity_weights_new();
	for (size_t i = 0; i < GRAM_COUNT; i++)
		if (weights[i] == RARITY_COMMON)
			weights[i] = (uint8_t)(RARITY_RARE / share);
	for (uint32_t i = 0; i < hosts->count; i++)
		texts[i] = hosts->texts[hosts->hosts[i].answers[0].text];
	struct gram_index *index = gram_index_new(texts, hosts->count, weights, &error);
	for (uint32_t i = 0; i < hosts->count; i++) {
		gram_index_row(index, i, sums, row);
		for (uint32_t k = i + 1; k < hosts->count; k++)
			*out++ = row[k];
	}
	gram_index_free(index);
	memory_free(weights);
}

static void distances(const struct method *m, const struct set *set, float *out)
{
	struct error error;
	struct hosts hosts;
	struct host_items items;
	hosts_of(set, m->is_masked, &hosts);
	double *exact = memory_new(pairs_of(set->count), sizeof *exact);
	CHECK(host_items_single(&hosts, &items, &error));
	if (m->is_jaccard) {
		jaccard(&hosts, out);
	} else if (m->common_share > 0) {
		weighed_otherwise(&hosts, m->common_share, out);
	} else if (m->is_published) {
		CHECK(published_distances(&hosts, m->compressor, exact, NULL, NULL, &error));
		for (size_t i = 0; i < pairs_of(set->count); i++)
			out[i] = (float)exact[i];
	} else {
		CHECK(vector_distances(&hosts, &items, m->distance, m->compressor, out, NULL, NULL,
		                       &error));
	}
	memory_free(exact);
	host_items_done(&items);
	hosts_done(&hosts);
}

// ---- scores

static uint32_t label_numbers[TEXTS_MAX];

static void number_labels(const struct set *set)
{
	for (uint32_t i = 0; i < set->count; i++) {
		label_numbers[i] = i;
		for (uint32_t k = 0; k < i; k++)
			if (text_equal(set->labels[i], set->labels[k])) {
				label_numbers[i] = label_numbers[k];
				break;
			}
	}
}

struct pair {
	float distance;
	bool is_same;
};

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	return (x->distance > y->distance) - (x->distance < y->distance);
}

static double area_under_curve(const float *d, uint32_t n)
{
	struct pair *pairs = memory_new(pairs_of(n), sizeof *pairs);
	size_t count = 0;
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = i + 1; k < n; k++, count++)
			pairs[count] = (struct pair){ d[count],
				                      label_numbers[i] == label_numbers[k] };
	qsort(pairs, count, sizeof *pairs, compare_pairs);
	double wins = 0, same = 0, other = 0;
	for (size_t at = 0, end; at < count; at = end) {
		double same_here = 0, other_here = 0;
		for (end = at; end < count && pairs[end].distance == pairs[at].distance; end++) {
			same_here += pairs[end].is_same;
			other_here += !pairs[end].is_same;
		}
		wins += other_here * (same + same_here / 2);
		same += same_here;
		other += other_here;
	}
	memory_free(pairs);
	return wins / (same * other);
}

static double pairs_in(double count)
{
	return count * (count - 1) / 2;
}

// ARI after each merge; at[c] is that at the cut c / CUTS.
static void curve(const struct merge *merges, uint32_t n, double at[CUTS + 1], double *best,
                  double *best_cut)
{
	static uint16_t members[2 * TEXTS_MAX][TEXTS_MAX];
	double labels = 0, clusters = 0, both = 0;
	memset(members, 0, sizeof members);
	uint32_t sizes[TEXTS_MAX] = { 0 };
	for (uint32_t i = 0; i < n; i++) {
		members[i][label_numbers[i]] = 1;
		sizes[label_numbers[i]]++;
	}
	for (uint32_t i = 0; i < n; i++)
		labels += pairs_in(sizes[i]);
	unsigned cut = 0;
	*best = *best_cut = 0;
	double ari = 0;
	for (uint32_t k = 0; k + 1 < n; k++) {
		for (; cut <= CUTS && cut / (double)CUTS < merges[k].height; cut++)
			at[cut] = ari;
		uint16_t *a = members[merges[k].left], *b = members[merges[k].right];
		double size_a = 0, size_b = 0;
		for (uint32_t i = 0; i < n; i++) {
			both += a[i] * b[i];
			size_a += a[i];
			size_b += b[i];
			members[n + k][i] = (uint16_t)(a[i] + b[i]);
		}
		clusters += size_a * size_b;
		const double chance = clusters * labels / pairs_in(n);
		ari = (both - chance) / ((clusters + labels) / 2 - chance);
		const bool is_last = k + 2 == n || merges[k + 1].height > merges[k].height;
		if (is_last && ari > *best) {
			*best = ari;
			*best_cut = merges[k].height;
		}
	}
	for (; cut <= CUTS; cut++)
		at[cut] = ari;
}

// The cut that is best on the mean, without one of the sets.
static unsigned learn(double (*curves)[CUTS + 1], unsigned without)
{
	unsigned best = 0;
	double most = -1;
	for (unsigned cut = 0; cut <= CUTS; cut++) {
		double sum = 0;
		for (unsigned i = 0; i < SETS; i++)
			sum += i == without ? 0 : curves[i][cut];
		if (sum > most) {
			most = sum;
			best = cut;
		}
	}
	return best;
}

static void try_method(struct method *m, unsigned *learnt)
{
	static double curves[SETS][CUTS + 1];
	static float d[TEXTS_MAX * TEXTS_MAX / 2], used[TEXTS_MAX * TEXTS_MAX];
	static struct merge merges[TEXTS_MAX];
	static uint32_t weights[TEXTS_MAX];
	struct error error;
	for (unsigned i = 0; i < SETS; i++) {
		double best, cut;
		distances(m, &sets[i], d);
		memcpy(used, d, sizeof d);
		number_labels(&sets[i]);
		for (uint32_t k = 0; k < sets[i].count; k++)
			weights[k] = 1;
		CHECK(linkage_weighted(used, sets[i].count, weights, merges, NULL, &error));
		curve(merges, sets[i].count, curves[i], &best, &cut);
		const double auc = area_under_curve(d, sets[i].count);
		if (getenv("HOTARU_EACH") != NULL)
			printf("    %-24s %u %.3f %.3f\n", sets[i].name, sets[i].count, auc, best);
		m->auc += auc / SETS;
		m->ari += best / SETS;
		m->cut += cut / SETS;
		m->at_03 += curves[i][30] / SETS;
	}
	for (unsigned i = 0; i < SETS; i++)
		m->held_out += curves[i][learn(curves, i)] / SETS;
	*learnt = learn(curves, SETS);
}

static void print(const struct method *m, unsigned learnt)
{
	printf("| %-32s | %.3f | %.3f | %.2f | %.3f | %.2f | %.3f |\n", m->name, m->auc, m->ari,
	       m->cut, m->at_03, learnt / (double)CUTS, m->held_out);
	fflush(stdout);
}

TEST(own_distance_is_worth_what_is_said)
{
	struct method own = { "3-grams by rarity, masked", TEXT_NGRAM, COMPRESSOR_BZIP2, true };
	unsigned learnt;
	if (!read_sets())
		SKIP("HOTARU_BANNERS names no folder of banners");
	try_method(&own, &learnt);
	print(&own, learnt);
	CHECK(own.auc >= 0.965);
	CHECK(own.ari >= 0.645);
	CHECK(own.held_out >= 0.45);
}

// Takes minutes.
TEST(table_of_all_distances)
{
	static struct method methods[] = {
		{ "3-grams by rarity, not masked", TEXT_NGRAM, COMPRESSOR_BZIP2, false },
		{ "... common ones a third", .is_masked = true, .common_share = 3 },
		{ "... common ones a twelfth", .is_masked = true, .common_share = 12 },
		{ "... all alike", .is_masked = true, .common_share = 1 },
		{ "3-gram Jaccard, masked", .is_masked = true, .is_jaccard = true },
		{ "3-gram Jaccard, not masked", .is_jaccard = true },
		{ "NCD, gzip, masked", TEXT_NCD, COMPRESSOR_GZIP, true },
		{ "NCD, bzip2, masked", TEXT_NCD, COMPRESSOR_BZIP2, true },
		{ "NCD, bzip2 (published)", TEXT_NCD, COMPRESSOR_BZIP2, false, true },
		{ "NCD, gzip", TEXT_NCD, COMPRESSOR_GZIP, false, true },
		{ "NCD, zstd 19", TEXT_NCD, COMPRESSOR_ZSTD, false, true },
		{ "NCD, deflate", TEXT_NCD, COMPRESSOR_DEFLATE, false, true },
	};
	if (!read_sets())
		SKIP("HOTARU_BANNERS names no folder of banners");
	if (getenv("HOTARU_TABLE") == NULL)
		SKIP("HOTARU_TABLE is not set");
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		unsigned learnt;
		try_method(&methods[i], &learnt);
		print(&methods[i], learnt);
		CHECK(methods[i].auc > 0.5);
	}
}

TEST_MAIN
