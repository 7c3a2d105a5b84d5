/* SPDX-License-Identifier: MIT */
/* How often a verdict in words is wrong, measured on simulated comparisons whose truth is known: with one look at the
 * data, and with seeds added until it is decided. The second table of results/README.md.
 * Usage: results_verdict_error [repeats]; fails if a verdict is wrong in more than 6 % of the repeats. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "gatebench/random.h"
#include "results/analysis/interim_looks.h"
#include "results/statistics/statistics.h"

enum { MOST = 64 };

/* A pair of seeds whose numbers have a part in common, a - b without its true mean. */
typedef double draw_pair(gb_random *random);

static double draw_normal(gb_random *random) {
    return 0.5 * gb_random_normal(random);
}

static double draw_skewed(gb_random *random) {
    double common = gb_random_normal(random), a = exp(0.5 * (common + gb_random_normal(random)) * M_SQRT1_2);
    return a - exp(0.5 * (common + gb_random_normal(random)) * M_SQRT1_2);
}

/* Both arms solve it with half of their seeds. */
static double draw_solved(gb_random *random) {
    double a = gb_random_uniform(random) < 0.5 ? 0.99 : 0.5, b = gb_random_uniform(random) < 0.5 ? 0.99 : 0.5;
    return a - b + 0.01 * gb_random_normal(random);
}

/* One arm always solves it, the other fails with a seed in ten: most small samples look as if nothing differed. */
static double draw_rare_failure(gb_random *random) {
    double failed = gb_random_uniform(random) < 0.1;
    return 0.49 * (failed - 0.1) + 0.01 * gb_random_normal(random);
}

/* What is asked of each simulated comparison. */
typedef struct question {
    const char *name;
    double effect, margin;
} question;

/* A true difference of 0 that is called one (no margin, so that nothing else can be said), and one that lies on the
 * margin and is called equivalent. */
static const question questions[] = {{"\"better\" where there is no difference", 0, 0},
                                     {"\"equivalent\" with the truth on the margin", 0.3, 0.3}};

static bool errs(const question *q, verdict_word word) {
    return q->margin > 0 ? word == VERDICT_EQUIVALENT : word == VERDICT_A_BETTER || word == VERDICT_B_BETTER;
}

/* One comparison: looks are taken until it is decided or no more are declared. *used: the seeds that it took. */
static bool err_once(const looks *l, draw_pair *draw, const question *q, gb_random *random, size_t *used) {
    double a[MOST], b[MOST] = {0};
    size_t n = 0;
    for (size_t k = 0; k < l->count; k++) {
        for (; n < l->seeds[k]; n++)
            a[n] = q->effect + draw(random);
        verdict_word word = statistics_compare_paired(a, b, n, q->margin, 1, l->levels[k]).word;
        if (word == VERDICT_UNDECIDED)
            continue;
        *used += n;
        return errs(q, word);
    }
    *used += n;
    return false;
}

static size_t run_study(const looks *l, const char *design, const char *data, draw_pair *draw, bool bound,
                        size_t repeats) {
    size_t wrong = 0;
    printf("| %s | %s |", design, data);
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        gb_random random = gb_random_stream(2015 + i, GB_RANDOM_STATISTICS, l->seeds[l->count - 1]);
        size_t said = 0, used = 0;
        for (size_t r = 0; r < repeats; r++)
            said += err_once(l, draw, &questions[i], &random, &used);
        double share = (double)said / (double)repeats;
        bool bad = bound && share > 0.06 + 3 * sqrt(0.05 * 0.95 / (double)repeats);
        printf(" %.1f %%%s (%.1f seeds) |", 100 * share, bad ? " more than 6 %" : "", (double)used / (double)repeats);
        wrong += bad;
    }
    printf("\n");
    fflush(stdout);
    return wrong;
}

int main(int argc, char **argv) {
    size_t repeats = argc > 1 ? strtoul(argv[1], NULL, 10) : 4000, wrong = 0;
    static const struct {
        size_t first, most, looks;
    } designs[] = {{3, 3, 1}, {5, 5, 1}, {10, 10, 1}, {3, 20, 4}, {5, 20, 4}, {5, 40, 8}, {10, 20, 2}};
    static const struct {
        const char *data;
        draw_pair *draw;
    } arms[] = {{"normal", draw_normal},
                {"two skewed arms", draw_skewed},
                {"half solve it", draw_solved},
                {"one in ten fails in one arm", draw_rare_failure}};
    if (repeats < 100) {
        fprintf(stderr, "usage: results_verdict_error [repeats, 100 or more]\n");
        return 2;
    }
    printf("| seeds | pairs | %s | %s |\n|---|---|---|---|\n", questions[0].name, questions[1].name);
    for (size_t a = 0; a < sizeof arms / sizeof *arms; a++)
        for (size_t d = 0; d < sizeof designs / sizeof *designs; d++) {
            looks l;
            char design[80];
            if (looks_declare(NULL, designs[d].first, designs[d].most, designs[d].looks, &l) != GB_OK)
                return 2;
            if (l.count == 1)
                snprintf(design, sizeof design, "%zu", l.seeds[0]);
            else
                snprintf(design, sizeof design, "until decided, %zu to %zu, %zu looks", l.seeds[0],
                         l.seeds[l.count - 1], l.count);
            wrong += run_study(&l, design, arms[a].data, arms[a].draw, a == 0, repeats);
        }
    return wrong > 0;
}
