/* SPDX-License-Identifier: MIT */
/* Holding an imported network against what its framework computed. */
#ifndef GATEBENCH_INTERCHANGE_CHECK_H
#define GATEBENCH_INTERCHANGE_CHECK_H

#include "interchange/network/network.h"

typedef struct network_checked {
    size_t sequences, steps, outputs; /* of the inputs; O */
    bool last;                        /* the expected outputs are those of the last step */
    double relative;                  /* ||ours - theirs|| / ||theirs||, over all numbers */
    double largest;                   /* the largest |ours - theirs| */
    size_t sequence, step, output;    /* where it is */
} network_checked;

/* Runs the network on x.npy and compares with y.npy. x is [N][T][I] ([T][N][I] when time_major), or [N][T] words;
 * without the axis of sequences it is one. y has as many numbers as all steps have outputs, in the order of x, or as
 * the last steps have. Errors: GB_IO, GB_DATA (no .npy, shapes that do not fit), those of network_run(). */
gb_status network_check(gb_context *context, const network *net, const char *x, const char *y, bool time_major,
                        network_checked *found);

#endif
