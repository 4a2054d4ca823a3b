// SPDX-License-Identifier: MIT
// Every kind of question, asked of a store that was made of foreign bytes.
#pragma once

struct store;

// Each alone, then all together, which has to be as many rows of each kind. `choices` are four bits of
// what is asked of rules. They may be refused; they may do nothing that is undefined.
void questions_ask(struct store *, unsigned choices);
