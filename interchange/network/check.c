/* SPDX-License-Identifier: MIT */
/* Comparing outputs, number by number. */
#include "interchange/network/check.h"

#include <math.h>
#include <stdlib.h>

#include "support/arrays/npy.h"
#include "support/file.h"

enum { MOST_BYTES = 0x7fffffff };

/* T and N of an input array. */
static gb_status find_sizes(gb_context *context, const network *net, const char *path, const npy *x, bool time_major,
                            network_checked *found) {
    const size_t width = network_reads_tokens(net) ? 0 : 1, given = x->rank > width ? x->rank - width : 0;
    if (width && (!x->rank || x->shape[x->rank - 1] != network_input(net)))
        return gb_fail(context, GB_DATA, "%s: its last axis has %zu numbers, but the network reads %zu per step", path,
                       x->rank ? x->shape[x->rank - 1] : 0, network_input(net));
    if (given < 1 || given > 2 || !x->count)
        return gb_fail(context, GB_DATA, "%s: has %zu axes; give %s", path, x->rank,
                       width ? "[N][T][I] (--time-major: [T][N][I]) or [T][I]"
                             : "[N][T] (--time-major: [T][N]) or [T] words");
    found->steps = given == 1 || time_major ? x->shape[0] : x->shape[1];
    found->sequences = given == 1 ? 1 : time_major ? x->shape[1] : x->shape[0];
    return GB_OK;
}

/* The position of [t][n] in an array in the files' order. */
static size_t place(const network_checked *c, size_t t, size_t n, bool time_major) {
    return time_major ? t * c->sequences + n : n * c->steps + t;
}

static gb_status run(gb_context *context, const network *net, const npy *x, const size_t *lengths, bool time_major,
                     const network_checked *c, double **outputs) {
    const size_t width = network_reads_tokens(net) ? 1 : network_input(net);
    double *inputs = calloc(x->count + 1, sizeof *inputs);
    if (!inputs)
        return gb_fail(context, GB_MEMORY, "out of memory for %zu inputs", x->count);
    for (size_t t = 0; t < c->steps; t++)
        for (size_t n = 0; n < c->sequences; n++)
            for (size_t i = 0; i < width; i++)
                inputs[(t * c->sequences + n) * width + i] = npy_number(x, place(c, t, n, time_major) * width + i);
    gb_status status = network_run(context, net, c->steps, c->sequences, lengths, inputs, outputs);
    free(inputs);
    return status;
}

/* Compares at every step, or at each sequence's last. */
static void compare(const npy *y, const double *outputs, const size_t *lengths, bool time_major, network_checked *c) {
    double apart = 0, size = 0;
    for (size_t t = 0; t < c->steps; t++)
        for (size_t n = 0; n < c->sequences; n++)
            for (size_t o = 0; o < c->outputs && (!c->last || t + 1 == (lengths ? lengths[n] : c->steps)); o++) {
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

/* The lengths of the sequences; *lengths is malloc'ed. */
static gb_status read_lengths(gb_context *context, const network *net, const char *path, const network_checked *c,
                              size_t **lengths) {
    char *bytes;
    size_t size;
    npy array;
    if (!net->lengths)
        return gb_fail(context, GB_INVALID, "%s: the network takes no lengths of sequences; leave the file out", path);
    GB_TRY(file_read(context, path, MOST_BYTES, &bytes, &size));
    gb_status status = npy_read(context, path, bytes, size, &array);
    if (!status && array.count != c->sequences)
        status = gb_fail(context, GB_DATA, "%s: has %zu lengths, but there are %zu sequences", path, array.count,
                         c->sequences);
    *lengths = status ? NULL : calloc(c->sequences + 1, sizeof **lengths);
    for (size_t n = 0; !status && *lengths && n < c->sequences; n++) {
        const double length = npy_number(&array, n);
        if (!(length >= 1 && length <= (double)c->steps && length == floor(length)))
            status = gb_fail(context, GB_DATA, "%s: length %g is not one of 1 to %zu, the steps of the input", path,
                             length, c->steps);
        else
            (*lengths)[n] = (size_t)length;
    }
    free(bytes);
    return !status && !*lengths ? gb_fail(context, GB_MEMORY, "out of memory for %zu lengths", c->sequences) : status;
}

gb_status network_check(gb_context *context, const network *net, const char *const files[3], bool time_major,
                        network_checked *found) {
    const char *const x_path = files[0], *const y_path = files[1];
    char *x_bytes = NULL, *y_bytes = NULL;
    size_t x_size, y_size, *lengths = NULL;
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
    if (!status && files[2])
        status = read_lengths(context, net, files[2], found, &lengths);
    found->last = !status && y.count == found->sequences * found->outputs;
    if (!status && !found->last && y.count != found->steps * found->sequences * found->outputs)
        status = gb_fail(
            context, GB_DATA,
            "%s: has %zu numbers, but %zu sequences of %zu steps give %zu outputs per step, or %zu at the last step",
            y_path, y.count, found->sequences, found->steps, found->outputs, found->sequences * found->outputs);
    if (!status)
        status = run(context, net, &x, lengths, time_major, found, &outputs);
    if (!status)
        compare(&y, outputs, lengths, time_major, found);
    free(outputs);
    free(lengths);
    free(x_bytes);
    free(y_bytes);
    return status;
}
