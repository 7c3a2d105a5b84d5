/* SPDX-License-Identifier: MIT */
/* The sequences of the experiments of Hochreiter & Schmidhuber 1997, each drawn from a random stream as the paper says.
 */
#ifndef GATEBENCH_EXPERIMENTS_MUSEUM_SEQUENCES_H
#define GATEBENCH_EXPERIMENTS_MUSEUM_SEQUENCES_H

#include "gatebench/context.h"
#include "gatebench/random.h"

/* At most two inputs are not zero at a step, and most eight outputs are asked for: at the sequence's end, or (possible)
 * after every step for the next symbol. */
typedef struct museum_sequence {
    size_t steps, count; /* count: inputs given a step */
    size_t *indices;     /* [steps][count]; where every step is asked, indices[t + 1] is what follows step t */
    double *values;      /* [steps][count] */
    double targets[8];   /* at the end: what is trained */
    double expected[8];  /* what an answer is judged by: the targets without their noise */
    unsigned *possible;  /* [steps], where every step is asked: which symbols may follow, a bit each */
} museum_sequence;

/* Room for `steps` steps (and one symbol that follows). Errors: GB_MEMORY. */
gb_status museum_sequence_create(gb_context *context, size_t steps, museum_sequence *s);
void museum_sequence_destroy(gb_context *context, museum_sequence *s);

typedef void museum_make(gb_random *random, size_t length, size_t variant, museum_sequence *s);

/* 1: a string of the embedded Reber grammar, of at most `length` symbols (a longer one is drawn anew). */
museum_make museum_reber;
/* 2c: b, then x or y, `length` distractors of `variant`, then more of them with probability 0.9 each, e, and at last
 * the second symbol again, which is what the two outputs predict after e. Symbols: the distractors, then e, b, x, y. */
museum_make museum_lag;
enum { MUSEUM_LAG_MORE = 990 }; /* more distractors than that have a probability of 1e-45 */
/* 3: `variant & 3` numbers of 1 or -1 tell the class, all others are noise of variance 0.2, which with
 * MUSEUM_NOISY_SIGNAL (3b) lies on these numbers too. Targets 1 and 0; with MUSEUM_NOISY_TARGETS (3c) 0.2 and 0.8 and
 * noise of variance 0.1 on them. Length to 1.1 length steps. */
museum_make museum_classes;
enum { MUSEUM_NOISY_SIGNAL = 4, MUSEUM_NOISY_TARGETS = 8 };
/* 4 and 5: pairs of a number and a mark (-1 at both ends, 1 at two marked steps, else 0). The sum of the two marked
 * numbers of [-1, 1], brought into [0, 1]; with variant 1 the product of two of [0, 1]. Where the first pair is one of
 * them, its mark stays -1 and its number is 0 (of a product 1). Length to 1.1 length steps. */
museum_make museum_sums;
/* 6a and 6b: E, noise of a, b, c, d with X or Y at `variant` (two or three) places, B: which of the four (eight)
 * orders? */
museum_make museum_order;

/* A fixed set of strings of the Reber grammar to train on and another one to test, none of which is in the first. */
typedef struct museum_strings museum_strings;
enum { MUSEUM_STRINGS = 256 }; /* of each */
gb_status museum_strings_create(gb_context *context, uint64_t seed, size_t longest, museum_strings **out);
void museum_strings_destroy(gb_context *context, museum_strings *strings);            /* takes NULL */
void museum_strings_get(const museum_strings *strings, size_t i, museum_sequence *s); /* training, then test strings */

#endif
