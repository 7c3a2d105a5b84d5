#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The gradient of an LSTM without initial states in oneDNN.
#
# libdnnl-dev 2.6.3 (Debian 12), f32, one layer, left to right. The documentation says that the initial states are
# optional ("if not provided, they are zero").
# Expected: omitting both states is the same as passing zeros.
# Observed: outputs and dW are the same, but dU is off by more than 0.001 (0.12 here), and the status is success.
#   Central differences agree with the form with explicit zeros. Versions 3.2 and 3.13 behave in the same way.
# gatebench: its onednn backend always passes explicit initial states, and the agreement test compares every gradient
#   with the f64 reference.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
debian gcc libdnnl-dev >&2
cat >lstm.c <<'E2'
#include <dnnl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { T = 5, N = 2, I = 3, H = 4 };

static dnnl_engine_t engine;
static dnnl_stream_t stream;

static void check(dnnl_status_t status, const char *what) {
    if (status != dnnl_success) {
        printf("%s: status %d\n", what, status);
        exit(3);
    }
}

static dnnl_memory_desc_t describe(int rank, const dnnl_dim_t *shape, dnnl_format_tag_t tag) {
    dnnl_memory_desc_t md;
    check(dnnl_memory_desc_init_by_tag(&md, rank, shape, dnnl_f32, tag), "describe");
    return md;
}

static dnnl_memory_t place(const dnnl_memory_desc_t *md, const void *values) {
    dnnl_memory_t memory;
    size_t bytes = dnnl_memory_desc_get_size(md);
    void *copy = calloc(1, bytes ? bytes : 1);
    if (values)
        memcpy(copy, values, bytes);
    check(dnnl_memory_create(&memory, md, engine, copy), "memory");
    return memory;
}

static float *data(dnnl_memory_t memory) {
    void *handle;
    dnnl_memory_get_data_handle(memory, &handle);
    return handle;
}

static dnnl_memory_t reordered(dnnl_memory_t from, const dnnl_memory_desc_t *md) {
    dnnl_memory_t to = place(md, NULL);
    const dnnl_memory_desc_t *given;
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t reorder;
    dnnl_memory_get_memory_desc(from, &given);
    check(dnnl_reorder_primitive_desc_create(&pd, given, engine, md, engine, NULL), "reorder");
    check(dnnl_primitive_create(&reorder, pd), "reorder");
    dnnl_exec_arg_t a[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
    check(dnnl_primitive_execute(reorder, stream, 2, a), "reorder");
    dnnl_stream_wait(stream);
    return to;
}

/* One training pass with the gradient 1 for every output; dW and dU as they come. */
static void train(int states, const float *x, const float *w, const float *u, const float *b, float *y, float *dw,
                  float *du) {
    dnnl_memory_desc_t none = {0}, src = describe(3, (dnnl_dim_t[]){T, N, I}, dnnl_tnc),
                       dst = describe(3, (dnnl_dim_t[]){T, N, H}, dnnl_tnc),
                       state = describe(4, (dnnl_dim_t[]){1, 1, N, H}, dnnl_ldnc),
                       wl = describe(5, (dnnl_dim_t[]){1, 1, I, 4, H}, dnnl_ldigo),
                       wi = describe(5, (dnnl_dim_t[]){1, 1, H, 4, H}, dnnl_ldigo),
                       wl_any = describe(5, (dnnl_dim_t[]){1, 1, I, 4, H}, dnnl_format_tag_any),
                       wi_any = describe(5, (dnnl_dim_t[]){1, 1, H, 4, H}, dnnl_format_tag_any),
                       bias = describe(4, (dnnl_dim_t[]){1, 1, 4, H}, dnnl_ldgo);
    const dnnl_memory_desc_t *s = states ? &state : &none;
    dnnl_rnn_desc_t fd, bd;
    dnnl_primitive_desc_t fpd, bpd;
    dnnl_primitive_t fp, bp;
    check(dnnl_lstm_forward_desc_init(&fd, dnnl_forward_training, dnnl_unidirectional_left2right, &src, s, s, &wl, &wi,
                                      &bias, &dst, &none, &none, 0),
          "forward");
    check(dnnl_primitive_desc_create(&fpd, &fd, NULL, engine, NULL), "forward");
    check(dnnl_primitive_create(&fp, fpd), "forward");
    check(dnnl_lstm_backward_desc_init(&bd, dnnl_backward, dnnl_unidirectional_left2right, &src, s, s, &wl_any, &wi_any,
                                       &bias, &dst, &none, &none, &src, s, s, &wl, &wi, &bias, &dst, &none, &none, 0),
          "backward");
    check(dnnl_primitive_desc_create(&bpd, &bd, NULL, engine, fpd), "backward");
    check(dnnl_primitive_create(&bp, bpd), "backward");
    float ones[T * N * H];
    for (int i = 0; i < T * N * H; i++)
        ones[i] = 1;
    dnnl_exec_arg_t a[20] = {
        {DNNL_ARG_SRC_LAYER, place(&src, x)},
        {DNNL_ARG_WEIGHTS_LAYER, place(&wl, w)},
        {DNNL_ARG_WEIGHTS_ITER, place(&wi, u)},
        {DNNL_ARG_BIAS, place(&bias, b)},
        {DNNL_ARG_DST_LAYER, place(&dst, NULL)},
        {DNNL_ARG_WORKSPACE, place(dnnl_primitive_desc_query_md(fpd, dnnl_query_workspace_md, 0), NULL)}};
    int n = 6;
    if (states) {
        a[n++] = (dnnl_exec_arg_t){DNNL_ARG_SRC_ITER, place(&state, NULL)};
        a[n++] = (dnnl_exec_arg_t){DNNL_ARG_SRC_ITER_C, place(&state, NULL)};
    }
    check(dnnl_primitive_execute(fp, stream, n, a), "forward");
    dnnl_stream_wait(stream);
    a[1].memory = reordered(a[1].memory, dnnl_primitive_desc_query_md(bpd, dnnl_query_weights_md, 0));
    a[2].memory = reordered(a[2].memory, dnnl_primitive_desc_query_md(bpd, dnnl_query_weights_md, 1));
    dnnl_memory_t mdw = place(&wl, NULL), mdu = place(&wi, NULL);
    a[n++] = (dnnl_exec_arg_t){DNNL_ARG_DIFF_DST_LAYER, place(&dst, ones)};
    a[n++] = (dnnl_exec_arg_t){DNNL_ARG_DIFF_SRC_LAYER, place(&src, NULL)};
    a[n++] = (dnnl_exec_arg_t){DNNL_ARG_DIFF_WEIGHTS_LAYER, mdw};
    a[n++] = (dnnl_exec_arg_t){DNNL_ARG_DIFF_WEIGHTS_ITER, mdu};
    a[n++] = (dnnl_exec_arg_t){DNNL_ARG_DIFF_BIAS, place(&bias, NULL)};
    if (states) {
        a[n++] = (dnnl_exec_arg_t){DNNL_ARG_DIFF_SRC_ITER, place(&state, NULL)};
        a[n++] = (dnnl_exec_arg_t){DNNL_ARG_DIFF_SRC_ITER_C, place(&state, NULL)};
    }
    check(dnnl_primitive_execute(bp, stream, n, a), "backward");
    dnnl_stream_wait(stream);
    memcpy(y, data(a[4].memory), sizeof(float) * T * N * H);
    memcpy(dw, data(mdw), sizeof(float) * I * 4 * H);
    memcpy(du, data(mdu), sizeof(float) * H * 4 * H);
}

static double furthest(const float *a, const float *b, int n) {
    double most = 0;
    for (int i = 0; i < n; i++)
        most = fmax(most, fabs((double)a[i] - b[i]));
    return most;
}

int main(void) {
    float x[T * N * I], w[I * 4 * H], u[H * 4 * H], b[4 * H], y[2][T * N * H], dw[2][I * 4 * H], du[2][H * 4 * H];
    check(dnnl_engine_create(&engine, dnnl_cpu, 0), "engine");
    check(dnnl_stream_create(&stream, engine, dnnl_stream_default_flags), "stream");
    srand(1);
    float *const all[] = {x, w, u, b};
    const int sizes[] = {T * N * I, I * 4 * H, H * 4 * H, 4 * H};
    for (int k = 0; k < 4; k++)
        for (int i = 0; i < sizes[k]; i++)
            all[k][i] = (float)rand() / (float)RAND_MAX - 0.5F;
    for (int states = 0; states < 2; states++)
        train(states, x, w, u, b, y[states], dw[states], du[states]);
    printf("outputs agree: %s\n", furthest(y[0], y[1], T * N * H) < 1e-6 ? "yes" : "no");
    printf("dW agrees: %s\n", furthest(dw[0], dw[1], I * 4 * H) < 1e-5 ? "yes" : "no");
    printf("dU agrees: %s (%s)\n", furthest(du[0], du[1], H * 4 * H) < 1e-5 ? "yes" : "no",
           furthest(du[0], du[1], H * 4 * H) > 1e-3 ? "off by more than 0.001" : "");
    /* Central differences of the sum of all outputs for one element of U decide who is right. */
    double worst[2] = {0, 0};
    for (int i = 0; i < H * 4 * H; i++) {
        float kept = u[i], plus[T * N * H], minus[T * N * H], t1[I * 4 * H], t2[H * 4 * H];
        double sum = 0;
        u[i] = kept + 0.01F;
        train(1, x, w, u, b, plus, t1, t2);
        u[i] = kept - 0.01F;
        train(1, x, w, u, b, minus, t1, t2);
        u[i] = kept;
        for (int k = 0; k < T * N * H; k++)
            sum += (double)plus[k] - minus[k];
        for (int states = 0; states < 2; states++)
            worst[states] = fmax(worst[states], fabs(sum / 0.02 - du[states][i]));
    }
    printf("dU against differences: without states %s, with zero states %s\n", worst[0] < 1e-3 ? "right" : "WRONG",
           worst[1] < 1e-3 ? "right" : "WRONG");
    return 0;
}
E2
gcc -O1 lstm.c -ldnnl -lm -o lstm
see ./lstm
compare <<'E2'
outputs agree: yes
dW agrees: yes
dU agrees: no (off by more than 0.001)
dU against differences: without states WRONG, with zero states right
E2
