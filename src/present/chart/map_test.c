// SPDX-License-Identifier: MIT
#include "present/chart/map.h"

#include "place/place.h"
#include "present/chart/map_style.h"
#include "present/page/report_sample.h"
#include "present/page/xml_check.h"

#include <math.h>

enum { ROWS_MAX = 300, POINTS_MAX = 4000 };

// The points of a path, ring after ring; each ring ends with its first point again.
struct outline {
	double x[POINTS_MAX], y[POINTS_MAX];
	bool begins[POINTS_MAX];
	size_t count;
};

static void outline_add(struct outline *outline, double x, double y, bool begins)
{
	CHECK(outline->count < POINTS_MAX);
	if (outline->count == POINTS_MAX)
		return;
	outline->x[outline->count] = x;
	outline->y[outline->count] = y;
	outline->begins[outline->count++] = begins;
}

static double take_number(const char **at)
{
	double value = 0;
	while (**at == ' ')
		(*at)++;
	const bool is_negative = **at == '-';
	*at += is_negative;
	CHECK(**at >= '0' && **at <= '9');
	for (; **at >= '0' && **at <= '9'; (*at)++)
		value = value * 10 + (**at - '0');
	return is_negative ? -value : value;
}

// Reads a path as SVG does; only what tools/make-world writes.
static void outline_read(struct outline *outline, const char *path)
{
	double x = 0, y = 0, first_x = 0, first_y = 0;
	outline->count = 0;
	while (*path != '\0') {
		CHECK(*path == 'm');
		path++;
		for (bool begins = true; *path != 'z' && *path != '\0'; begins = false) {
			const char *from = path;
			x += take_number(&path);
			y += take_number(&path);
			if (path == from)
				return;
			first_x = begins ? x : first_x;
			first_y = begins ? y : first_y;
			outline_add(outline, x, y, begins);
		}
		outline_add(outline, first_x, first_y, false);
		x = first_x;
		y = first_y;
		path += *path == 'z';
	}
}

static bool outline_holds(const struct outline *o, double x, double y)
{
	bool inside = false;
	for (size_t i = 1; i < o->count; i++) {
		if (o->begins[i] || (o->y[i - 1] > y) == (o->y[i] > y))
			continue;
		const double at = (y - o->y[i - 1]) / (o->y[i] - o->y[i - 1]);
		inside ^= x < o->x[i - 1] + at * (o->x[i] - o->x[i - 1]);
	}
	return inside;
}

static bool is_on_map(double x, double y)
{
	return x >= 0 && x <= world.width && y >= 0 && y <= world.height;
}

TEST(every_country_has_an_outline_or_a_point)
{
	unsigned found = 0;
	for (char a = 'A'; a <= 'Z'; a++) {
		for (char b = 'A'; b <= 'Z'; b++) {
			const char code[3] = { a, b, '\0' };
			size_t i = WORLD_COUNTRIES_MAX;
			const bool is_known = world_find(code, &i);
			CHECK(is_known == (place_country_name(code, false) != NULL));
			CHECK(is_known == (place_country_name(code, true) != NULL));
			if (!is_known)
				continue;
			const struct world_country *country = &world.countries[i];
			found++;
			CHECK(strcmp(country->code, code) == 0);
			CHECK(country->path[0] != '\0' || country->is_small);
			CHECK(is_on_map(country->x, country->y));
		}
	}
	CHECK(found == world.count && found == 250);  // the 249 of ISO 3166-1, and Kosovo
}

TEST(what_is_no_code_is_not_found)
{
	static const char *const codes[] = { "",   "J",  "JPN",    "jp", "unknown",
		                             "EU", "ZZ", "AS4713", "XX" };
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		size_t country = 77;
		CHECK(!world_find(codes[i], &country) && country == 77);
	}
}

TEST(outlines_lie_on_the_map_around_their_own_points)
{
	static struct outline outline;
	for (size_t i = 0; i < world.count; i++) {
		outline_read(&outline, world.countries[i].path);
		for (size_t p = 0; p < outline.count; p++)
			CHECK(is_on_map(outline.x[p], outline.y[p]));
		for (size_t j = 0; j < world.count; j++) {
			const struct world_country *other = &world.countries[j];
			const bool holds = outline_holds(&outline, other->x, other->y);
			// A small country may lie within a larger one that is drawn without a hole.
			if (holds != (i == j) && !other->is_small)
				printf("%s, %s\n", world.countries[i].code, other->code);
			CHECK(holds == (i == j) || other->is_small);
		}
	}
}

// Where some of them are, told by others: the map is neither mirrored nor upside down.
TEST(countries_lie_where_they_are)
{
	static const struct {
		const char *west, *east, *north, *south;
	} pairs[] = {
		{ "US", "FR", "CA", "US" }, { "CN", "JP", "MN", "CN" }, { "BR", "ZA", "US", "BR" },
		{ "PT", "ES", "SJ", "NO" }, { "JP", "NZ", "JP", "AU" }, { "GF", "FR", "FR", "GF" },
		{ "IN", "SG", "SG", "AU" }, { "CU", "HT", "FK", "AQ" }, { "RE", "MU", "TW", "PH" },
	};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		size_t a = 0, b = 0, c = 0, d = 0;
		CHECK(world_find(pairs[i].west, &a) && world_find(pairs[i].east, &b));
		CHECK(world_find(pairs[i].north, &c) && world_find(pairs[i].south, &d));
		CHECK(world.countries[a].x < world.countries[b].x);
		CHECK(world.countries[c].y < world.countries[d].y);
	}
}

// Areas compare: that is what the projection is for. Square kilometres of land and lakes.
TEST(areas_compare)
{
	static const struct {
		const char *code;
		double area;
	} known[] = { { "BR", 8515770 }, { "AU", 7741220 }, { "IN", 3287263 }, { "DZ", 2381741 },
		      { "CD", 2344858 }, { "MN", 1564116 }, { "SE", 450295 },  { "JP", 377915 } };
	static struct outline outline;
	double least = INFINITY, most = 0;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		size_t country = 0;
		double area = 0;
		CHECK(world_find(known[i].code, &country));
		outline_read(&outline, world.countries[country].path);
		for (size_t p = 1; p < outline.count; p++)
			if (!outline.begins[p])
				area += outline.x[p - 1] * outline.y[p] -
				        outline.x[p] * outline.y[p - 1];
		least = fmin(least, fabs(area) / known[i].area);
		most = fmax(most, fabs(area) / known[i].area);
	}
	CHECK(least > 0 && most / least < 1.08);
}

TEST(land_is_where_countries_are)
{
	unsigned wrong = 0;
	for (int i = 0; i * world.cell < world.height; i++)
		CHECK(world.land[i] != NULL &&
		      strlen(world.land[i]) ==
		              (size_t)(world.width + world.cell - 1) / (size_t)world.cell);
	for (size_t i = 0; i < world.count; i++) {
		const struct world_country *country = &world.countries[i];
		// A slim one may miss the middles of its cells.
		if (country->breadth > 6 * world.cell)
			wrong += !world_is_land(country->x, country->y);
	}
	CHECK(wrong == 0);
	CHECK(!world_is_land(-1, 10) && !world_is_land(10, -1));
	CHECK(!world_is_land(world.width, 10) && !world_is_land(10, world.height));
}

TEST(classes_hold_all_numbers)
{
	struct random random = random_from(3);
	for (int i = 0; i < 10000; i++) {
		const uint64_t a = 1 + (random_u64(&random) >> (1 + random_below(&random, 63)));
		const uint64_t b = 1 + (random_u64(&random) >> (1 + random_below(&random, 63)));
		const uint64_t least = a < b ? a : b, most = a < b ? b : a;
		const struct map_scale scale = map_scale_of(least, most);
		CHECK(scale.count >= 1 && scale.count <= MAP_CLASSES_MAX);
		CHECK(scale.lowest[0] <= least && map_class(&scale, least) == 0);
		CHECK(map_class(&scale, most) == scale.count - 1);
		CHECK(map_color(&scale, scale.count - 1) == MAP_COLORS - 1);
		for (size_t c = 1; c < scale.count; c++) {
			CHECK(scale.lowest[c] > scale.lowest[c - 1]);
			CHECK(map_class(&scale, scale.lowest[c]) == c);
			CHECK(map_class(&scale, scale.lowest[c] - 1) == c - 1);
			CHECK(map_color(&scale, c) > map_color(&scale, c - 1));
			CHECK(map_color(&scale, c) < MAP_COLORS);
		}
	}
}

static void check_scale(uint64_t least, uint64_t most, const char *expected)
{
	const struct map_scale scale = map_scale_of(least, most);
	char text[400] = "";
	size_t at = 0;
	for (size_t i = 0; i < scale.count; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%llu ",
		                       (unsigned long long)scale.lowest[i]);
	if (strcmp(text, expected) != 0)
		printf("%s instead of %s\n", text, expected);
	CHECK(strcmp(text, expected) == 0);
}

TEST(limits_are_round)
{
	check_scale(1, 1, "1 ");
	check_scale(7, 9, "5 ");
	check_scale(1, 100, "1 2 5 10 20 50 100 ");
	check_scale(60, 5999, "50 100 200 500 1000 2000 5000 ");
	check_scale(1, 200, "1 3 10 30 100 ");
	check_scale(1, 3000, "1 10 30 100 300 1000 3000 ");
	check_scale(1, 10000, "1 10 100 1000 10000 ");
	check_scale(1, 1999999, "1 10 100 1000 10000 100000 1000000 ");
	check_scale(1, UINT64_C(4294967296),
	            "1 10000 100000 1000000 10000000 100000000 1000000000 ");
	check_scale(1, UINT64_MAX,
	            "1 100000000000000 1000000000000000 10000000000000000 "
	            "100000000000000000 1000000000000000000 10000000000000000000 ");
}

// Relative luminance of sRGB: what is left of a colour on grey paper.
static double luminance(const char *color)
{
	static const double weights[] = { 0.2126, 0.7152, 0.0722 };
	static const char digits[] = "0123456789abcdef";
	double sum = 0;
	for (int i = 0; i < 3; i++) {
		const char *high = strchr(digits, color[1 + 2 * i]),
			   *low = strchr(digits, color[2 + 2 * i]);
		CHECK(high != NULL && low != NULL);
		const double c = (double)((high - digits) * 16 + (low - digits)) / 255;
		sum += weights[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return sum;
}

// CIE lightness, 0 .. 100: equal steps look equal.
static double lightness(const char *color)
{
	return 116 * cbrt(fmax(luminance(color), 0.008857)) - 16;
}

TEST(colours_are_in_order_without_their_hues)
{
	double light = lightness(map_zero.light), dark = lightness(map_zero.dark);
	for (size_t i = 0; i < MAP_COLORS; i++) {
		const double next_light = lightness(map_colors[i].light);
		const double next_dark = lightness(map_colors[i].dark);
		CHECK(next_light < light - 5 && next_dark > dark + 5);
		light = next_light;
		dark = next_dark;
	}
}

struct sample {
	struct report_place rows[ROWS_MAX];
	char codes[ROWS_MAX][3];
	struct figure_map map;
};

// Random countries, and some codes that are none, with numbers over five orders of magnitude.
static void sample_rows(struct sample *s, struct random *random, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const size_t country = random_below(random, (uint32_t)world.count);
		const bool is_stranger = random_below(random, 20) == 0;
		memcpy(s->codes[i], is_stranger ? "Z\0" : world.countries[country].code, 3);
		if (is_stranger)
			s->codes[i][1] = (char)('A' + random_below(random, 26));
		s->rows[i] = (struct report_place){
			.id = s->codes[i],
			.sources = (uint64_t)exp(random_unit(random) * 12),
		};
	}
	s->map = (struct figure_map){
		.title = "Sources by country",
		.subtitle = "some days",
		.is_simulated = true,
		.rows = s->rows,
		.row_count = count,
		.sources = 1000000,
	};
}

static const char *drawn(struct buffer *b, const struct figure_map *map)
{
	*b = buffer_up_to(1 << 24);
	CHECK(figure_map(b, map));
	buffer_byte(b, '\0');
	CHECK(!b->failed);
	return b->failed ? "" : (const char *)b->bytes;
}

static void check_all_kinds(struct figure_map map)
{
	for (int i = 0; i < 8; i++) {
		struct buffer b;
		map.lang = (i & 1) != 0 ? LANG_JA : LANG_EN;
		map.is_narrow = (i & 2) != 0;
		map.stands_alone = (i & 4) != 0;
		const char *svg = drawn(&b, &map);
		CHECK(xml_is_well_formed(svg));
		CHECK(strstr(svg, "<script") == NULL);
		CHECK(strstr(svg, "nan") == NULL && strstr(svg, "inf\"") == NULL);
		CHECK((strstr(svg, "xmlns=") != NULL) == map.stands_alone);
		CHECK((strstr(svg, "<title>") != NULL) == (map.stands_alone || !map.is_narrow));
		CHECK(b.length < 100000);
		buffer_done(&b);
	}
}

TEST(maps_are_well_formed)
{
	static struct sample s;
	struct random random = random_from(5);
	static const size_t counts[] = { 1, 2, 11, 60, 250, ROWS_MAX };
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		sample_rows(&s, &random, counts[i]);
		s.rows[0] = (struct report_place){ .id = "JP", .sources = 5 };
		check_all_kinds(s.map);
	}
}

TEST(hostile_texts_stay_text)
{
	const struct report_place rows[] = { { "JP", sample_hostile, 5 },
		                             { sample_hostile, sample_hostile, 7 },
		                             { "<b>", "&", 6 } };
	check_all_kinds((struct figure_map){ .title = sample_hostile,
	                                     .subtitle = sample_hostile,
	                                     .rows = rows,
	                                     .row_count = 3,
	                                     .sources = 18 });
}

TEST(nothing_is_drawn_of_nothing)
{
	const struct report_place rows[] = { { "unknown", "", 7 }, { "JP", "", 0 } };
	struct buffer b = buffer_up_to(1 << 24);
	struct figure_map map = { .title = "t", .subtitle = "s" };
	CHECK(!figure_map(&b, &map));
	map.rows = rows;
	map.row_count = 2;
	CHECK(!figure_map(&b, &map));
	CHECK(b.length == 0 && !b.failed);
	CHECK(!map_shows_some(rows, 2) && !map_shows_some(NULL, 0));
}

TEST(the_order_of_rows_does_not_matter)
{
	static struct sample s;
	struct random random = random_from(8);
	struct buffer a, b;
	sample_rows(&s, &random, 200);
	drawn(&a, &s.map);
	for (size_t i = 199; i > 0; i--) {
		const size_t j = random_below(&random, (uint32_t)i + 1);
		const struct report_place row = s.rows[i];
		s.rows[i] = s.rows[j];
		s.rows[j] = row;
	}
	drawn(&b, &s.map);
	CHECK(a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0);
	buffer_done(&a);
	buffer_done(&b);
}

static void check_note(const struct report_place *rows, size_t count, bool is_narrow,
                       const char *expected)
{
	char note[MAP_NOTE_SIZE];
	map_note(&(struct figure_map){ .rows = rows, .row_count = count, .is_narrow = is_narrow },
	         note);
	if (strcmp(note, expected) != 0)
		printf("%s\n", note);
	CHECK(strcmp(note, expected) == 0);
}

TEST(what_is_not_on_the_map_is_said)
{
	const struct report_place rows[] = { { "JP", "", 9 },         { "A1", "", 3 },
		                             { "unknown", "", 1234 }, { "EU", "", 40 },
		                             { "AP", "", 3 },         { "ZZ", "", 1 },
		                             { "A2", "", 2 },         { "XX", "", 0 } };
	check_note(rows, 2, false, "Not on the map: A1 3");
	check_note(rows, 1, false, "");
	check_note(rows, 8, false,
	           "Not on the map: unknown 1,234 · EU 40 · A1 3 · AP 3 · 2 other codes 3");
	check_note(rows, 8, true, "Not on the map: unknown 1,234 · 5 other codes 49");
}

static void check_labels(const struct map_plan *plan)
{
	for (size_t i = 0; i < plan->label_count; i++) {
		const struct map_label *a = &plan->labels[i];
		CHECK(a->box.left >= 0 && a->box.right <= plan->width);
		CHECK(a->box.top >= plan->top && a->box.bottom <= plan->bottom);
		CHECK(plan->sources[a->country] > 0);
		for (size_t j = 0; j < i; j++) {
			const struct map_label *b = &plan->labels[j];
			CHECK(plan->sources[a->country] <= plan->sources[b->country]);
			CHECK(a->box.left >= b->box.right || b->box.left >= a->box.right ||
			      a->box.top >= b->box.bottom || b->box.top >= a->box.bottom);
		}
		// No line runs through another label: looked at step by step.
		for (int step = 0; a->has_line && step <= 50; step++) {
			const double x = a->line[0] + (a->line[2] - a->line[0]) * step / 50;
			const double y = a->line[1] + (a->line[3] - a->line[1]) * step / 50;
			for (size_t j = 0; j < plan->label_count; j++) {
				const struct map_box *box = &plan->labels[j].box;
				CHECK(j == i || x < box->left || x > box->right || y < box->top ||
				      y > box->bottom);
			}
		}
	}
}

TEST(labels_never_overlap)
{
	static struct sample s;
	static struct map_plan plan;
	struct random random = random_from(17);
	size_t labels = 0;
	for (int i = 0; i < 400; i++) {
		sample_rows(&s, &random, 20 + random_below(&random, 250));
		s.map.is_narrow = i % 2 == 1;
		s.map.lang = i % 4 < 2 ? LANG_EN : LANG_JA;
		CHECK(map_plan_make(&plan, &s.map));
		check_labels(&plan);
		labels += plan.label_count;
	}
	CHECK(labels > 400 * 9);  // nearly all find a place
}

TEST(legend_names_the_classes)
{
	static struct map_plan plan;
	const struct report_place rows[] = { { "JP", "", 4 }, { "BR", "", 300 }, { "US", "", 1 } };
	struct figure_map map = { .rows = rows, .row_count = 3, .is_narrow = true };
	static const char *const keys[2][7] = {
		{ "0", "1–2", "3–9", "10–29", "30–99", "100–299", "300 or more" },
		{ "0", "1～2", "3～9", "10～29", "30～99", "100～299", "300以上" }
	};
	for (int lang = 0; lang < 2; lang++) {
		map.lang = (enum lang)lang;
		CHECK(map_plan_make(&plan, &map) && plan.classes.count == 6);
		for (size_t i = 0; i < 7; i++) {
			CHECK(strcmp(plan.keys[i].text, keys[lang][i]) == 0);
			CHECK(plan.keys[i].y > plan.bottom && plan.keys[i].y < plan.height);
		}
	}
	CHECK(plan.labels[0].country != plan.labels[1].country && plan.label_count == 3);
}

TEST(each_country_says_its_name_number_and_share)
{
	const struct report_place rows[] = { { "JP", "", 4 },
		                             { "unknown", "", 1200 },
		                             { "SG", "", 296 } };
	struct figure_map map = { .title = "t", .rows = rows, .row_count = 3, .sources = 1500 };
	static const char *const said[2][3] = {
		{ "<title>Japan: 4 (0.3%)</title>",
		  "<title>Singapore: 296 (19.7%)</title></circle>",
		  "<title>Chad: 0 (0.0%)</title>" },
		{ "<title>日本: 4（0.3%）</title>",
		  "<title>シンガポール: 296（19.7%）</title></circle>",
		  "<title>チャド: 0（0.0%）</title>" }
	};
	for (int lang = 0; lang < 2; lang++) {
		struct buffer b;
		map.lang = (enum lang)lang;
		const char *svg = drawn(&b, &map);
		for (size_t i = 0; i < 3; i++)
			CHECK(strstr(svg, said[lang][i]) != NULL);
		buffer_done(&b);
	}
}

TEST(the_report_has_its_map)
{
	static struct sample s;
	struct report_sample r;
	struct random random = random_from(2);
	struct buffer b = buffer_up_to(1 << 24);
	struct report_places places = { .from = 17000, .to = 17010 };
	sample_make(&r, 10, true);
	CHECK(!figure_countries(&b, &r.report, false, true));
	r.report.places = &places;
	CHECK(!figure_countries(&b, &r.report, false, true) && b.length == 0);
	sample_rows(&s, &random, 99);
	places.countries = s.rows;
	places.country_count = 99;
	CHECK(figure_countries(&b, &r.report, false, true));
	buffer_byte(&b, '\0');
	CHECK(xml_is_well_formed((const char *)b.bytes));
	CHECK(strstr((const char *)b.bytes, "2016-07-18 to 2016-07-28") != NULL);
	buffer_done(&b);
	sample_done(&r);
}

TEST(running_out_of_memory_is_told)
{
	static struct sample s;
	struct random random = random_from(4);
	bool worked = false;
	sample_rows(&s, &random, 60);
	s.map.stands_alone = true;
	for (unsigned long n = 1; n < 5000 && !worked; n++) {
		struct buffer b = buffer_up_to(1 << 24);
		memory_fail_at(n);
		worked = figure_map(&b, &s.map);
		memory_fail_at(0);
		CHECK(worked == !b.failed);
		buffer_done(&b);
	}
	CHECK(worked);
}

TEST_MAIN
