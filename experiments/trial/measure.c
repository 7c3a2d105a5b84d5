/* SPDX-License-Identifier: MIT */
/* The list of measures, and running each implementation once per trial. */
#include "experiments/trial/measure.h"

#include <string.h>

#include "support/text.h"

#define RECORDED(...)
#define METRIC(name, measure, ...) extern const measure_type measure_##measure;
#include "results/store/metrics.def"
#undef METRIC

static const measure registry[] = {
#define METRIC(name, measure, title, ...) {#name, title, &measure_##measure},
#include "results/store/metrics.def"
#undef METRIC
};

#define COUNT (sizeof registry / sizeof *registry)

const measure *measure_at(size_t i) {
    return i < COUNT ? &registry[i] : NULL;
}

/* True if `wanted`, "accuracy+horizon", names the measure. */
static bool is_wanted(const char *wanted, const char *name) {
    return wanted && text_lists(wanted, '+', name);
}

static bool is_first_of_type(size_t i, const char *wanted) {
    for (size_t k = 0; k < i; k++)
        if (registry[k].type == registry[i].type && (registry[k].type->always || is_wanted(wanted, registry[k].name)))
            return false;
    return true;
}

typedef enum moment { BEFORE, AFTER, LOST } moment;

static gb_status run_all(struct trial_work *work, const char *wanted, moment when) {
    for (size_t i = 0; i < COUNT; i++) {
        const measure_type *type = registry[i].type;
        gb_status (*run)(struct trial_work *) = when == BEFORE  ? type->before
                                                : when == AFTER ? type->after
                                                                : type->lost;
        if (run && (type->always || is_wanted(wanted, registry[i].name)) && is_first_of_type(i, wanted))
            GB_TRY(run(work));
    }
    return GB_OK;
}

gb_status measure_before(struct trial_work *work, const char *wanted) {
    return run_all(work, wanted, BEFORE);
}

gb_status measure_after(struct trial_work *work, const char *wanted) {
    return run_all(work, wanted, AFTER);
}

gb_status measure_lost(struct trial_work *work, const char *wanted) {
    return run_all(work, wanted, LOST);
}

bool measure_alone(const char *wanted) {
    for (size_t i = 0; i < COUNT; i++)
        if (registry[i].type->alone && is_wanted(wanted, registry[i].name))
            return true;
    return false;
}

double measure_least_seconds(const trial_settings *settings) {
    const char *wanted = trial_text(settings, "measure");
    double seconds = 0;
    for (size_t i = 0; i < COUNT; i++) {
        const measure_type *type = registry[i].type;
        if (type->least && is_wanted(wanted, registry[i].name) && is_first_of_type(i, wanted))
            seconds += type->least(settings);
    }
    return seconds;
}

gb_status measure_rehearse(struct trial_work *work, const char *wanted, double seconds, measure_cost *cost) {
    for (size_t i = 0; i < COUNT; i++) {
        const measure_type *type = registry[i].type;
        measure_cost one = {0};
        if (!type->rehearse || !is_wanted(wanted, registry[i].name) || !is_first_of_type(i, wanted))
            continue;
        GB_TRY(type->rehearse(work, seconds, &one));
        cost->seconds += one.seconds;
        cost->bytes = one.bytes > cost->bytes ? one.bytes : cost->bytes;
    }
    return GB_OK;
}
