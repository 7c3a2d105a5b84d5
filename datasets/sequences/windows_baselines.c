/* SPDX-License-Identifier: MIT */
/* Baselines without a memory for sequences of rows. */
#include <math.h>
#include <string.h>

#include "datasets/sequences/windows.h"

/* A prediction: its last input row, the row of its target, and the number of rows it may use. */
typedef struct prediction {
    size_t input, target, steps; /* steps 0: nothing has been seen; there is no input */
} prediction;

/* Calls the function for every prediction of a split. */
static void each_prediction(const windows *w, task_split split,
                            void (*visit)(const windows *w, prediction p, void *user), void *user) {
    for (size_t i = 0; i < w->size[split]; i++) {
        const window *item = &w->items[w->first[split] + i];
        for (size_t t = w->every ? 0 : item->steps - 1; t < item->steps; t++) {
            size_t seen = t + 1 - w->before;
            visit(w, (prediction){seen ? item->first + seen - 1 : 0, windows_target_row(w, item, t), seen}, user);
        }
    }
}

/* Classes */

typedef struct class_counts {
    double *means;  /* [classes][width] mean inputs: of each sequence over its steps, or of the step if every step has a
                       target */
    double *looked; /* [width] the same for one prediction */
    size_t *seen;   /* [classes] in train */
    size_t majority, right_majority, right_nearest, judged;
} class_counts;

static void look(const windows *w, prediction p, double *mean) {
    size_t rows = w->every ? p.steps > 0 : p.steps;
    memset(mean, 0, w->width * sizeof *mean);
    for (size_t row = 0; row < rows; row++)
        for (size_t k = 0; k < w->width; k++)
            mean[k] += w->inputs[(p.input - row) * w->width + k] / (double)rows;
}

static void add_class(const windows *w, prediction p, void *user) {
    class_counts *c = user;
    size_t label = (size_t)w->labels[p.target];
    c->seen[label]++;
    look(w, p, c->looked);
    for (size_t k = 0; k < w->width; k++)
        c->means[label * w->width + k] += c->looked[k];
}

static size_t nearest_class(const windows *w, const class_counts *c, const double *inputs) {
    size_t nearest = c->majority;
    double least = INFINITY;
    for (size_t label = 0; label < w->classes; label++) {
        double distance = 0;
        for (size_t k = 0; k < w->width; k++) {
            double d = inputs[k] - c->means[label * w->width + k];
            distance += d * d;
        }
        if (c->seen[label] && distance < least) {
            least = distance;
            nearest = label;
        }
    }
    return nearest;
}

static void judge_class(const windows *w, prediction p, void *user) {
    class_counts *c = user;
    size_t label = (size_t)w->labels[p.target];
    look(w, p, c->looked);
    c->judged++;
    c->right_majority += label == c->majority;
    c->right_nearest += label == (p.steps ? nearest_class(w, c, c->looked) : c->majority);
}

static size_t class_baselines(const windows *w, task_baseline *baselines, size_t most) {
    class_counts c = {0};
    gb_status status = gb_allocate(w->context, w->classes * w->width, sizeof *c.means, &c.means);
    if (status == GB_OK)
        status = gb_allocate(w->context, w->width, sizeof *c.looked, &c.looked);
    if (status == GB_OK)
        status = gb_allocate(w->context, w->classes, sizeof *c.seen, &c.seen);
    if (status == GB_OK) {
        each_prediction(w, TASK_TRAIN, add_class, &c);
        for (size_t label = 0; label < w->classes; label++) {
            c.majority = c.seen[label] > c.seen[c.majority] ? label : c.majority;
            for (size_t k = 0; c.seen[label] && k < w->width; k++)
                c.means[label * w->width + k] /= (double)c.seen[label];
        }
        each_prediction(w, TASK_TEST, judge_class, &c);
    }
    gb_release(w->context, c.means);
    gb_release(w->context, c.looked);
    gb_release(w->context, c.seen);
    const task_baseline all[] = {
        {"majority", "accuracy", (double)c.right_majority / (double)c.judged, "the most frequent class of train"},
        {"nearest mean", "accuracy", (double)c.right_nearest / (double)c.judged,
         w->every ? "the class of train with the mean inputs nearest to those of the step"
                  : "the class of train with the nearest mean over all steps, ignoring their order"},
    };
    return status == GB_OK ? task_copy_baselines(all, sizeof all / sizeof *all, baselines, most) : 0;
}

/* Numbers */

/* Least squares on the inputs of one step and a constant: normal equations, [size][size] and [size][targets]. */
typedef struct least_squares {
    size_t size;
    double *products, *right;
    double *mean; /* [targets] of train */
    double judged, error_mean, error_linear, error_last;
    double trained;
} least_squares;

static double input_at(const windows *w, prediction p, size_t k) {
    return k == w->width ? 1 : p.steps ? w->inputs[p.input * w->width + k] : 0;
}

static void add_numbers(const windows *w, prediction p, void *user) {
    least_squares *l = user;
    l->trained++;
    for (size_t i = 0; i < l->size; i++) {
        double x = input_at(w, p, i);
        for (size_t k = 0; k <= i; k++)
            l->products[i * l->size + k] += x * input_at(w, p, k);
        for (size_t k = 0; k < w->targets; k++)
            l->right[i * w->targets + k] += x * w->values[p.target * w->targets + k];
    }
    for (size_t k = 0; k < w->targets; k++)
        l->mean[k] += w->values[p.target * w->targets + k];
}

/* Cholesky's decomposition with a little added to the diagonal, then both substitutions in place. */
static void solve(least_squares *l, size_t targets) {
    size_t n = l->size;
    double *a = l->products, *b = l->right;
    for (size_t i = 0; i < n; i++) {
        a[i * n + i] += 1e-9 * l->trained;
        for (size_t j = 0; j <= i; j++) {
            double sum = a[i * n + j];
            for (size_t k = 0; k < j; k++)
                sum -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = i == j ? sqrt(fmax(sum, 1e-300)) : sum / a[j * n + j];
        }
    }
    for (size_t c = 0; c < targets; c++) {
        for (size_t i = 0; i < n; i++) {
            for (size_t k = 0; k < i; k++)
                b[i * targets + c] -= a[i * n + k] * b[k * targets + c];
            b[i * targets + c] /= a[i * n + i];
        }
        for (size_t i = n; i-- > 0;) {
            for (size_t k = i + 1; k < n; k++)
                b[i * targets + c] -= a[k * n + i] * b[k * targets + c];
            b[i * targets + c] /= a[i * n + i];
        }
    }
}

static void judge_numbers(const windows *w, prediction p, void *user) {
    least_squares *l = user;
    l->judged += (double)w->targets;
    for (size_t c = 0; c < w->targets; c++) {
        double value = w->values[p.target * w->targets + c], linear = 0;
        double last = w->forecast && p.steps ? w->values[(p.target - 1) * w->targets + c] : 0;
        for (size_t i = 0; i < l->size; i++)
            linear += input_at(w, p, i) * l->right[i * w->targets + c];
        l->error_mean += (value - l->mean[c]) * (value - l->mean[c]);
        l->error_linear += (value - linear) * (value - linear);
        l->error_last += (value - last) * (value - last);
    }
}

static size_t number_baselines(const windows *w, task_baseline *baselines, size_t most) {
    enum { MOST_INPUTS = 512 }; /* beyond this, least squares take longer than training */
    bool linear = w->width <= MOST_INPUTS;
    least_squares l = {.size = linear ? w->width + 1 : 0};
    gb_status status = gb_allocate(w->context, l.size * l.size + 1, sizeof *l.products, &l.products);
    if (status == GB_OK)
        status = gb_allocate(w->context, l.size * w->targets + 1, sizeof *l.right, &l.right);
    if (status == GB_OK)
        status = gb_allocate(w->context, w->targets, sizeof *l.mean, &l.mean);
    if (status == GB_OK) {
        each_prediction(w, TASK_TRAIN, add_numbers, &l);
        for (size_t c = 0; c < w->targets; c++)
            l.mean[c] /= l.trained;
        solve(&l, w->targets);
        each_prediction(w, TASK_TEST, judge_numbers, &l);
    }
    gb_release(w->context, l.products);
    gb_release(w->context, l.right);
    gb_release(w->context, l.mean);
    task_baseline all[3] = {{"mean", "mse", l.error_mean / l.judged, "the mean of train"}};
    size_t count = 1;
    if (linear)
        all[count++] = (task_baseline){"linear", "mse", l.error_linear / l.judged,
                                       "least squares on the inputs of the last step only"};
    if (w->forecast)
        all[count++] = (task_baseline){"last value", "mse", l.error_last / l.judged, "the previous row, unchanged"};
    return status == GB_OK ? task_copy_baselines(all, count, baselines, most) : 0;
}

size_t windows_baselines(const windows *w, task_baseline *baselines, size_t most) {
    return w->classes ? class_baselines(w, baselines, most) : number_baselines(w, baselines, most);
}
