/* SPDX-License-Identifier: MIT */
/* When to stop training. */
#include <math.h>

#include "gatebench/train.h"

gb_stop gb_stop_start(const gb_stop_spec *spec) {
    return (gb_stop){.spec = *spec, .best_loss = INFINITY};
}

bool gb_stop_update(gb_stop *stop, double metric, double loss) {
    stop->reached = metric >= stop->spec.reach ? stop->reached + 1 : 0;
    stop->improved = loss < stop->best_loss; /* a NaN is not an improvement */
    if (stop->improved) {
        stop->best_loss = loss;
        stop->stale = 0;
    } else {
        stop->stale++;
    }
    const bool solved = stop->spec.consecutive > 0 && stop->reached >= stop->spec.consecutive;
    const bool stuck = stop->spec.patience > 0 && stop->stale >= stop->spec.patience;
    return solved || stuck;
}

bool gb_stop_tell_sequences(gb_stop *stop, const double *errors, size_t count) {
    bool solved = false;
    for (size_t n = 0; n < count; n++) {
        stop->sequences = errors[n] < stop->spec.error ? stop->sequences + 1 : 0; /* a NaN counts as an error */
        solved = solved || (stop->spec.sequences > 0 && stop->sequences >= stop->spec.sequences);
    }
    return solved;
}
