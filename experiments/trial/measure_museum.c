/* SPDX-License-Identifier: MIT */
/* A trial of kind museum: trains the network of 1997 by its own rule until it meets the criterion of its experiment. */
#include <math.h>

#include "experiments/museum/museum.h"
#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"

extern const measure_type measure_museum;

enum { TIMES_PUBLISHED = 5 };

static size_t most_sequences(const trial_settings *settings, const museum_experiment *e) {
    double most = trial_number(settings, "most");
    return (size_t)(most > 0 ? most : TIMES_PUBLISHED * museum_published(e));
}

static gb_status tell(void *user, size_t sequences) {
    trial_work *work = user;
    const museum_experiment *e = museum_find(trial_text(work->settings, "experiment"));
    work->share = (double)sequences / (double)most_sequences(work->settings, e);
    return trial_tell(work, "sequence %zu", sequences);
}

static gb_status replay(trial_work *work) {
    const char *name = trial_text(work->settings, "experiment");
    const museum_experiment *e = museum_find(name);
    museum_result found;
    if (!e)
        return gb_fail(work->context, GB_INVALID, "there is no experiment '%s' of 1997", name);
    GB_TRY(museum_run(work->context, e, work->seed, most_sequences(work->settings, e), tell, work, &found));
    GB_TRY(trial_put_integer(work, "sequences", found.solved ? (double)found.sequences : NAN));
    GB_TRY(trial_put_integer(work, "weights", (double)found.weights));
    GB_TRY(trial_put_integer(work, "criterion_met", found.solved));
    GB_TRY(trial_put_integer(work, "wrong_sequences", (double)found.wrong));
    GB_TRY(trial_put_integer(work, "sequences_to_mean", found.small ? (double)found.small : NAN));
    GB_TRY(trial_put_integer(work, "sequences_to_right", found.right ? (double)found.right : NAN));
    GB_TRY(trial_put_integer(work, "sequences_trained", (double)found.sequences));
    return trial_put_integer(work, "published_sequences", museum_published(e));
}

/* As long as a trial that never meets its criterion. */
static gb_status rehearse(trial_work *work, double seconds, measure_cost *cost) {
    const museum_experiment *e = museum_find(trial_text(work->settings, "experiment"));
    (void)seconds;
    cost->seconds = e ? museum_seconds(e) * (double)most_sequences(work->settings, e) / museum_published(e) : 0;
    return GB_OK;
}

const measure_type measure_museum = {.after = replay, .rehearse = rehearse};
