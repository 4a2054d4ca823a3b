// SPDX-License-Identifier: MIT
#include "cmd/cluster_labels.h"

#include "base/buffer.h"
#include "base/text.h"

#include <inttypes.h>

enum { TABLE_MAX = 512 << 20, READ_SIZE = 1 << 16 };

static bool read_whole(const char *path, struct buffer *out, struct error *error)
{
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return error_errno(error, "cannot read '%s'", path);
	size_t got = 1;
	while (got > 0 && buffer_reserve(out, READ_SIZE)) {
		got = fread(out->bytes + out->length, 1, READ_SIZE, file);
		out->length += got;
	}
	const bool was_read = ferror(file) == 0 || error_errno(error, "cannot read '%s'", path);
	fclose(file);
	return was_read &&
	       (!out->failed ||
	        error_set(error, ERROR_FAILED, "'%s' has more than %d MiB", path, TABLE_MAX >> 20));
}

static bool read_table(struct label_source *s, struct error *error)
{
	struct buffer text = buffer_up_to(TABLE_MAX);
	s->has_labels = read_whole(s->table, &text, error) &&
	                host_labels_read(buffer_span(&text), s->table, &s->labels, error);
	buffer_done(&text);
	return s->has_labels;
}

bool label_source_check(const struct label_source *s, struct error *error)
{
	return s->recog == NULL || s->table == NULL ||
	       error_set(error, ERROR_USAGE, "--recog and --labels: labels are of one kind");
}

bool label_source_read(struct label_source *s, struct error *error)
{
	if (s->table != NULL)
		return read_table(s, error);
	return s->recog == NULL || label_rules_open(s->recog, &s->rules, error);
}

bool label_source_open(struct label_source *s, struct error *error)
{
	if (!label_source_read(s, error))
		return false;
	return s->rules == NULL || ((s->work = label_work_new(s->rules, error)) != NULL &&
	                            (s->gatherer = label_gatherer_new(s->work, error)) != NULL);
}

void label_source_done(struct label_source *s)
{
	label_gatherer_free(s->gatherer);
	label_work_free(s->work);
	label_rules_free(s->rules);
	host_labels_done(&s->labels);
}

static bool take(void *context, const struct response *response, struct error *error)
{
	struct label_source *s = context;
	return label_gatherer_take(s->gatherer, response, error) &&
	       s->next.take(s->next.context, response, error);
}

struct response_receiver label_source_receiver(struct label_source *s,
                                               struct response_receiver next)
{
	s->next = next;
	return s->gatherer != NULL ? (struct response_receiver){ take, s } : next;
}

void label_source_warn(const struct label_source *s)
{
	char line[512];
	if (s->rules == NULL)
		return;
	const struct label_rules_summary summary = label_rules_summary(s->rules);
	if (summary.unusable > 0) {
		text_format(line, sizeof line,
		            "%zu of %zu rules for labels are left out; the first: %s",
		            summary.unusable, summary.unusable + summary.rules, summary.trouble);
		command_warn(line);
	}
}

static void warn_of_ended(const struct label_source *s)
{
	const uint64_t gave_up = label_gave_up(s->work);
	char line[512];
	if (gave_up > 0) {
		text_format(line, sizeof line,
		            "rules for labels took too long on an answer, and were ended, %" PRIu64
		            " times: they count as not matching",
		            gave_up);
		command_warn(line);
	}
}

bool label_source_finish(struct label_source *s, bool is_quiet, struct error *error)
{
	if (s->gatherer == NULL)
		return true;
	struct label_gatherer *gatherer = s->gatherer;
	s->gatherer = NULL;
	s->has_labels = label_gatherer_finish(gatherer, &s->labels, error);
	if (s->has_labels && !is_quiet) {
		label_source_warn(s);
		warn_of_ended(s);
	}
	return s->has_labels;
}

// ---- scores

const struct schema cluster_score_schema = {
	{ { "left_out", CELL_TEXT },
	  { "hosts", CELL_NUMBER },
	  { "labelled", CELL_NUMBER },
	  { "clusters", CELL_NUMBER },
	  { "labels", CELL_NUMBER },
	  { "ari", CELL_REAL },
	  { "ami", CELL_REAL },
	  { "homogeneity", CELL_REAL },
	  { "completeness", CELL_REAL },
	  { "v", CELL_REAL } },
	10,
};

void cluster_score_rows(struct rows *rows, const struct cluster_scores *scores)
{
	for (uint32_t i = 0; i < scores->count; i++) {
		const struct cluster_score *s = &scores->scores[i];
		if (s->port_left_out == 0)
			rows_text(rows, "none");
		else
			rows_numeral(rows, s->port_left_out);
		rows_number(rows, s->hosts);
		rows_number(rows, s->score.items);
		rows_number(rows, s->score.clusters);
		rows_number(rows, s->score.labels);
		rows_real(rows, s->score.ari);
		rows_real(rows, s->score.ami);
		rows_real(rows, s->score.homogeneity);
		rows_real(rows, s->score.completeness);
		rows_real(rows, s->score.v);
		if (!rows_end(rows))
			return;
	}
}
