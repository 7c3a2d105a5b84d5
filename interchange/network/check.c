/* SPDX-License-Identifier: MIT */
/* Comparing outputs, number by number. */
#include "interchange/network/check.h"

#include <math.h>
#include <stdlib.h>

#include "support/file.h"
#include "support/npy.h"

enum { MOST_BYTES = 0x7fffffff };

/* T and N of an input array. */
static gb_status find_sizes(gb_context *context, const network *net, const char *path, const npy *x, bool time_major,
                            network_checked *found) {
    const size_t width = network_reads_tokens(net) ? 0 : 1, given = x->rank > width ? x->rank - width : 0;
    if (width && (!x->rank || x->shape[x->rank - 1] != network_input(net)))
        return gb_fail(context, GB_DATA, "%s: its last axis has %zu numbers, but the network takes %zu a step", path,
                       x->rank ? x->shape[x->rank - 1] : 0, network_input(net));
    if (given < 1 || given > 2 || !x->count)
        return gb_fail(context, GB_DATA, "%s: has %zu axes; give %s", path, x->rank,
                       width ? "[N][T][I] (--time-major: [T][N][I]) or [T][I]"
                             : "[N][T] (--time-major: [T][N]) or [T] words");
    found->steps = given == 1 || time_major ? x->shape[0] : x->shape[1];
    found->sequences = given == 1 ? 1 : time_major ? x->shape[1] : x->shape[0];
    return GB_OK;
}

/* Where [t][n] stands in an array of the files' order. */
static size_t place(const network_checked *c, size_t t, size_t n, bool time_major) {
    return time_major ? t * c->sequences + n : n * c->steps + t;
}

static gb_status run(gb_context *context, const network *net, const npy *x, bool time_major, const network_checked *c,
                     double **outputs) {
    const size_t width = network_reads_tokens(net) ? 1 : network_input(net);
    double *inputs = calloc(x->count + 1, sizeof *inputs);
    if (!inputs)
        return gb_fail(context, GB_MEMORY, "out of memory for %zu inputs", x->count);
    for (size_t t = 0; t < c->steps; t++)
        for (size_t n = 0; n < c->sequences; n++)
            for (size_t i = 0; i < width; i++)
                inputs[(t * c->sequences + n) * width + i] = npy_number(x, place(c, t, n, time_major) * width + i);
    gb_status status = network_run(context, net, c->steps, c->sequences, inputs, outputs);
    free(inputs);
    return status;
}

static void compare(const npy *y, const double *outputs, bool time_major, network_checked *c) {
    double apart = 0, size = 0;
    for (size_t t = c->last ? c->steps - 1 : 0; t < c->steps; t++)
        for (size_t n = 0; n < c->sequences; n++)
            for (size_t o = 0; o < c->outputs; o++) {
                const double theirs = npy_number(y, (c->last ? n : place(c, t, n, time_major)) * c->outputs + o);
                const double error = fabs(outputs[(t * c->sequences + n) * c->outputs + o] - theirs);
                apart += error * error;
                size += theirs * theirs;
                if (error <= c->largest)
                    continue;
                c->largest = error;
                c->sequence = n, c->step = t, c->output = o;
            }
    c->relative = size > 0 ? sqrt(apart / size) : apart > 0 ? INFINITY : apart;
}

gb_status network_check(gb_context *context, const network *net, const char *x_path, const char *y_path,
                        bool time_major, network_checked *found) {
    char *x_bytes = NULL, *y_bytes = NULL;
    size_t x_size, y_size;
    npy x, y;
    double *outputs = NULL;
    *found = (network_checked){.outputs = network_output(net), .largest = 0};
    gb_status status = file_read(context, x_path, MOST_BYTES, &x_bytes, &x_size);
    if (!status)
        status = file_read(context, y_path, MOST_BYTES, &y_bytes, &y_size);
    if (!status)
        status = npy_read(context, x_path, x_bytes, x_size, &x);
    if (!status)
        status = npy_read(context, y_path, y_bytes, y_size, &y);
    if (!status)
        status = find_sizes(context, net, x_path, &x, time_major, found);
    found->last = !status && y.count == found->sequences * found->outputs;
    if (!status && !found->last && y.count != found->steps * found->sequences * found->outputs)
        status =
            gb_fail(context, GB_DATA,
                    "%s: has %zu numbers, but %zu sequences of %zu steps give %zu outputs a step, or %zu at the last",
                    y_path, y.count, found->sequences, found->steps, found->outputs, found->sequences * found->outputs);
    if (!status)
        status = run(context, net, &x, time_major, found, &outputs);
    if (!status)
        compare(&y, outputs, time_major, found);
    free(outputs);
    free(x_bytes);
    free(y_bytes);
    return status;
}
