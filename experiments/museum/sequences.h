/* SPDX-License-Identifier: MIT */
/* The sequences of the experiments of Hochreiter & Schmidhuber 1997, each drawn from a random stream as the paper says.
 */
#ifndef GATEBENCH_EXPERIMENTS_MUSEUM_SEQUENCES_H
#define GATEBENCH_EXPERIMENTS_MUSEUM_SEQUENCES_H

#include "gatebench/context.h"
#include "gatebench/random.h"

/* At most two inputs per step are not zero. There are at most eight outputs: at the sequence's end, or (possible) after
 * every step for the next symbol. */
typedef struct museum_sequence {
    size_t steps, count; /* count: nonzero inputs per step */
    size_t *indices; /* [steps][count]; with a target at every step, indices[t + 1] is the symbol that follows step t */
    double *values;  /* [steps][count] */
    double targets[8];  /* targets at the end, for training */
    double expected[8]; /* targets for evaluation, without noise */
    unsigned *possible; /* [steps], with a target at every step: the symbols that may follow, one bit each */
} museum_sequence;

/* Makes room for `steps` steps (and one following symbol). Errors: GB_MEMORY. */
gb_status museum_sequence_create(gb_context *context, size_t steps, museum_sequence *s);
void museum_sequence_destroy(gb_context *context, museum_sequence *s);

typedef void museum_make(gb_random *random, size_t length, size_t variant, museum_sequence *s);

/* 1: a string of the embedded Reber grammar, of at most `length` symbols (a longer one is drawn again). */
museum_make museum_reber;
/* 2c: b, then x or y, `length` distractors of `variant`, then more of them with probability 0.9 each, e, and finally
 * the second symbol again, which the two outputs must predict after e. Symbols: the distractors, then e, b, x, y. */
museum_make museum_lag;
enum { MUSEUM_LAG_MORE = 990 }; /* more distractors than that have a probability of 1e-45 */
/* 3: `variant & 3` numbers of 1 or -1 indicate the class; all others are noise of variance 0.2, which with
 * MUSEUM_NOISY_SIGNAL (3b) is also added to these numbers. Targets 1 and 0; with MUSEUM_NOISY_TARGETS (3c) 0.2 and 0.8
 * and noise of variance 0.1 on them. Length to 1.1 length steps. */
museum_make museum_classes;
enum { MUSEUM_NOISY_SIGNAL = 4, MUSEUM_NOISY_TARGETS = 8 };
/* 4 and 5: pairs of a number and a mark (-1 at both ends, 1 at two marked steps, else 0). The target is the sum of the
 * two marked numbers from [-1, 1], rescaled to [0, 1]; with variant 1 the product of two from [0, 1]. If the first pair
 * is one of them, its mark stays -1 and its number counts as 0 (for a product as 1). Length to 1.1 length steps. */
museum_make museum_sums;
/* 6a and 6b: E, noise of a, b, c, d with X or Y at `variant` (two or three) places, B: which of the four (eight)
 * orders? */
museum_make museum_order;

/* A fixed set of strings of the Reber grammar to train on and another one to test, none of which is in the first. */
typedef struct museum_strings museum_strings;
enum { MUSEUM_STRINGS = 256 }; /* number of strings in each set */
gb_status museum_strings_create(gb_context *context, uint64_t seed, size_t longest, museum_strings **out);
void museum_strings_destroy(gb_context *context, museum_strings *strings);            /* takes NULL */
void museum_strings_get(const museum_strings *strings, size_t i, museum_sequence *s); /* training, then test strings */

#endif
