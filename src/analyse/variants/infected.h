// SPDX-License-Identifier: MIT
// How many hosts are infected in a country: what the telescope saw of them, and how much of them it sees, which
// honeypots say.
//
// Whoever scans all of IPv4 at random comes to a honeypot and to the telescope independently, each time by the rate at
// which he scans. So honeypots take a sample of the sources that were there, and the share of it that the telescope saw
// on the same day is the share that it sees at all: capture and recapture (Petersen 1896, Lincoln 1930). The sample is no
// fair one: who scans twice as fast, or is there twice as long, is in it twice as often, and seen more, too
// (size-biased sampling: Patil and Rao, Biometrics 34, 1978). Let h_k be the sources of the sample that sent the
// telescope k SYNs that day. Of packets that come at random moments, p_k of all sources that send k of them,
//
//	h_k is as (k + 1) p_{k+1}:  seen sources are as  A = sum of h_k / (k + 1),
//	unseen ones at least as     B = h_0 (h_0 - 1) / (h_1 + 1)
//
// which is Chao's lower bound p_1^2 / (2 p_2) (Scandinavian Journal of Statistics 11, 1984), bias-corrected, in terms of
// the sample. So of T sources that the telescope saw in a country there were T (1 + B / A), or more. It is a bound:
// what is there for minutes, and what never scans the telescope's networks, is in neither. doc/estimates.md has how
// often it holds.
//
// The interval is of 95 %: the variance of B / A by the delta method, h_k as Poisson, and that of who was not seen, and the
// unseen as log-normal (Chao 1987), so that it never falls below T. Where B is 0, because nobody or one of the sample was
// not seen, it ends where the share of the sample that was seen does (Wilson, JASA 22, 1927).
#pragma once

#include "analyse/survey/estimate.h"

// Fewer say nothing.
enum { INFECTED_SAMPLE_MIN = 20 };

// Sources that came to honeypots, each once a day, by what the telescope saw of them that day.
struct infected_sample {
	uint64_t unseen;
	struct source_counts seen;
};

static inline uint64_t infected_sample_size(const struct infected_sample *s)
{
	return s->unseen + s->seen.sources;
}
static inline void infected_sample_add(struct infected_sample *s, uint64_t packets)
{
	if (packets == 0)
		s->unseen++;
	else
		source_counts_add(&s->seen, packets);
}
void infected_sample_join(struct infected_sample *, const struct infected_sample *more);

struct infected_estimate {
	bool is_known;  // false: the sample is too small, or the telescope saw nobody of it; all else is zero
	double share;  // of the sample, seen by the telescope
	double sources, low, high;
};

// Of so many sources that the telescope saw.
struct infected_estimate infected_estimate_make(uint64_t telescope, const struct infected_sample *);
