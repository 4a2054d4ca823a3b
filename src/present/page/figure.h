// SPDX-License-Identifier: MIT
// Findings -> figures.
#pragma once

#include "present/chart/frame.h"
#include "present/present.h"
#include "present/words/words.h"

enum figure_kind {
	FIGURE_FAMILY,
	FIGURE_TOGETHER,
	FIGURE_LIFETIMES,
	FIGURE_PORTS,
	FIGURE_PORT_FAMILIES,
	FIGURE_CONCENTRATION,
	FIGURE_NETWORKS,
	FIGURE_MAP,
	FIGURE_RULES,
	FIGURE_ACCESSIBILITY,
	FIGURE_VARIANTS,
	FIGURE_VARIANT_COUNTRIES,
	FIGURE_JOINED,
	FIGURE_INFECTED,
	FIGURE_MODELS,
	FIGURE_KINDS
};

struct figure {
	enum figure_kind kind;
	size_t index;  // which family of FIGURE_FAMILY, which figure of FIGURE_PORTS and FIGURE_RULES
	bool is_narrow;
	bool stands_alone;
};

// False if there is nothing to draw; then `out` is as before.
bool figure_draw(struct buffer *out, const struct report *, struct figure);

// Whether there is something to draw.
bool figure_has_content(const struct report *, enum figure_kind, size_t index);

// Whether the figure that shows several families shows this one; a figure has room
// for CHART_SERIES_MAX, the first ones.
bool figure_shows(const struct report *, enum figure_kind, size_t family);

// The colour of a family wherever several are shown (chart_style.h).
unsigned figure_family_style(size_t family);
// That of a family by its name; a colour of its own if the survey has none such.
unsigned figure_named_style(const struct report *, const char *family);

// The title of a figure: plain text that ends in a zero byte.
void figure_title(struct buffer *out, const struct report *, enum figure_kind, size_t index);

// Private to figure*.c, from here on: one function a kind, which is called if there is content.

// What a figure has around it; the texts are the caller's, to free after drawing.
struct figure_frame figure_frame_of(const struct report *, struct figure, struct buffer texts[2]);

void figure_survey_draw(struct buffer *out, const struct report *, struct figure);
void figure_ports_draw(struct buffer *out, const struct report *, struct figure);
void figure_port_families_draw(struct buffer *out, const struct report *, struct figure);
void figure_concentration_draw(struct buffer *out, const struct report *, struct figure);
void figure_networks_draw(struct buffer *out, const struct report *, struct figure);
void figure_accessibility_draw(struct buffer *out, const struct report *, struct figure);
void figure_variants_draw(struct buffer *out, const struct report *, struct figure);
void figure_models_draw(struct buffer *out, const struct report *, struct figure);
void figure_rules_draw(struct buffer *out, const struct report *, struct figure);
