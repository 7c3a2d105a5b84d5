/* SPDX-License-Identifier: MIT */
/* Learning-rate schedules: the factor for the rate, by the step's number or by validation losses. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/edit_distance.h"
#include "gatebench/train.h"

/* By the step's number */

/* The progress of training at this step: 0 at the first, 1 at the last. */
static double progress(const gb_schedule *s, uint64_t step) {
    if (s->spec.steps < 2)
        return 0;
    return fmin(1, (double)(step - 1) / (double)(s->spec.steps - 1));
}

static double constant(const gb_schedule *s, uint64_t step) {
    (void)s;
    (void)step;
    return 1;
}

static double linear(const gb_schedule *s, uint64_t step) {
    return 1 - (1 - s->spec.least) * progress(s, step);
}

static double cosine(const gb_schedule *s, uint64_t step) {
    return s->spec.least + (1 - s->spec.least) * (1 + cos(M_PI * progress(s, step))) / 2;
}

static double stepwise(const gb_schedule *s, uint64_t step) {
    const uint64_t stage = (step - 1) / s->spec.every;
    return fmax(s->spec.least, pow(s->spec.factor, (double)stage));
}

/* By validation */

static double as_told(const gb_schedule *s, uint64_t step) {
    (void)step;
    return s->state.fraction;
}

static void lower(gb_schedule *s) {
    s->state.fraction = fmax(s->spec.least, s->state.fraction * s->spec.factor);
}

static void ignore(gb_schedule *s, double loss) {
    (void)s;
    (void)loss;
}

/* a NaN is not an improvement */
static void plateau(gb_schedule *s, double loss) {
    if (loss < s->state.best) {
        s->state.best = loss;
        s->state.stale = 0;
    } else if (++s->state.stale >= s->spec.patience) {
        lower(s);
        s->state.stale = 0;
    }
}

static void rising(gb_schedule *s, double loss) {
    const size_t window = (size_t)s->spec.patience;
    double worst = -INFINITY;
    for (size_t i = 0; i < window; i++)
        worst = fmax(worst, s->state.recent[i]);
    if (s->state.told >= window && loss > worst)
        lower(s);
    /* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): a schedule has a patience of at least 1 */
    s->state.recent[s->state.told++ % window] = loss;
}

static const struct {
    const char *name;
    double (*fraction)(const gb_schedule *s, uint64_t step);
    void (*tell)(gb_schedule *s, double loss);
} kinds[] = {
    {"constant", constant, ignore}, {"linear", linear, ignore},    {"cosine", cosine, ignore},
    {"step", stepwise, ignore},     {"plateau", as_told, plateau}, {"rising", as_told, rising},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

size_t gb_schedule_count(void) {
    return KINDS;
}

const char *gb_schedule_name(size_t i) {
    return i < KINDS ? kinds[i].name : NULL;
}

static gb_status find_kind(gb_context *context, const char *name, size_t *found) {
    const char *given = name ? name : "", *nearest = kinds[0].name;
    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].name, given) == 0) {
            *found = i;
            return GB_OK;
        }
        if (text_distance(given, kinds[i].name) < text_distance(given, nearest))
            nearest = kinds[i].name;
    }
    return gb_fail(context, GB_INVALID, "unknown schedule '%s'; did you mean '%s'?", given, nearest);
}

static bool is_share(double value) {
    return value >= 0 && value <= 1;
}

gb_status gb_schedule_start(gb_context *context, const gb_schedule_spec *spec, gb_schedule *schedule) {
    size_t kind = 0;
    GB_TRY(find_kind(context, spec->name, &kind));
    if (!is_share(spec->factor) || !is_share(spec->least)) {
        return gb_fail(context, GB_INVALID, "schedule %s: factor is %g and least is %g; both must be in [0, 1]",
                       kinds[kind].name, spec->factor, spec->least);
    }
    if (kinds[kind].fraction == stepwise && spec->every == 0)
        return gb_fail(context, GB_INVALID,
                       "schedule step: every is 0; give the number of steps between two reductions");
    if (kinds[kind].fraction == as_told && (spec->patience == 0 || spec->patience > GB_SCHEDULE_PATIENCE)) {
        return gb_fail(context, GB_INVALID, "schedule %s: patience is %zu; give 1 to %d evaluations", kinds[kind].name,
                       spec->patience, GB_SCHEDULE_PATIENCE);
    }
    *schedule = (gb_schedule){.spec = *spec, .kind = kind, .state = {.fraction = 1, .best = INFINITY}};
    schedule->spec.name = kinds[kind].name;
    return GB_OK;
}

double gb_schedule_fraction(const gb_schedule *schedule, uint64_t step) {
    const uint64_t warmup = schedule->spec.warmup;
    const double warm = step < warmup ? (double)step / (double)warmup : 1;
    return warm * kinds[schedule->kind].fraction(schedule, step);
}

void gb_schedule_tell(gb_schedule *schedule, double loss) {
    kinds[schedule->kind].tell(schedule, loss);
}
