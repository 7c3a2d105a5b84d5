/* SPDX-License-Identifier: MIT */
/* Compares an imported network with the outputs of its framework. */
#ifndef GATEBENCH_INTERCHANGE_CHECK_H
#define GATEBENCH_INTERCHANGE_CHECK_H

#include "interchange/network/network.h"

typedef struct network_checked {
    size_t sequences, steps, outputs; /* N, T and O */
    bool last;                        /* the expected outputs are those of the last step */
    double relative;                  /* ||ours - theirs|| / ||theirs||, over all numbers */
    double largest;                   /* the largest |ours - theirs| */
    size_t sequence, step, output;    /* its position */
} network_checked;

/* Runs the network on files[0], x.npy, and compares its outputs with files[1], y.npy. x is [N][T][I] ([T][N][I] if
 * time_major) or [N][T] words; without the axis N it is one sequence. y holds the outputs of all steps, in the order of
 * x, or those of the last steps. files[2] holds the lengths [N] of the sequences, 1 to T; NULL: all T. Errors: GB_IO,
 * GB_DATA (not .npy, shapes that do not fit), those of network_run(). */
gb_status network_check(gb_context *context, const network *net, const char *const files[3], bool time_major,
                        network_checked *found);

#endif
