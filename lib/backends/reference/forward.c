/* SPDX-License-Identifier: MIT */
/* Forward: x W + b for a chunk of steps at once, then step by step h U + b_U and the cell. */
#include <string.h>

#include "backends/reference/plan.h"
#include "core/matmul.h"

static void start_state(real *state, const void *given, size_t count) {
    if (!given)
        memset(state, 0, count * sizeof *state);
    else
        memcpy(state, given, count * sizeof *state);
}

static void for_each_row(const reference_plan *plan, const real *wx, const real *peephole, size_t t,
                         void (*work)(const cell_step *)) {
    const size_t hidden = plan->hidden, now = reference_state_at(plan, t), next = reference_state_at(plan, t + 1);
    const bool memory = plan->cell->info.has_memory;
    for (size_t n = 0; n < plan->batch; n++) {
        const cell_step step = {
            .hidden = hidden,
            .wx = wx + n * plan->gates * hidden,
            .uh = plan->uh + n * plan->recurrent_gates * hidden,
            .h_prev = plan->h + now + n * hidden,
            .c_prev = memory ? plan->c + now + n * hidden : NULL,
            .peephole = peephole,
            .h = plan->h + next + n * hidden,
            .c = memory ? plan->c + next + n * hidden : NULL,
            .saved = reference_saved_at(plan, t) + n * plan->saved * hidden,
        };
        work(&step);
    }
}

/* One step of the whole batch; wx is this step's [N][G][H]. */
static void run_step(const reference_plan *plan, const real *recurrent, const real *peephole, const real *wx,
                     size_t t) {
    const size_t hidden = plan->hidden, width = plan->recurrent_gates * hidden;
    const size_t first = plan->cell->first_stage * hidden;
    const real *h_prev = plan->h + reference_state_at(plan, t);

    REAL(fill_rows)(plan->batch, width, plan->bias_row, plan->uh);
    REAL(matmul_add)
    (plan->batch, first, hidden, (matrix){h_prev, hidden}, (matrix){recurrent, width}, plan->uh, width);
    if (first < width) {
        const real *gated = reference_saved_at(plan, t) + plan->cell->gated * hidden;
        for_each_row(plan, wx, peephole, t, plan->cell->gate);
        REAL(matmul_add)
        (plan->batch, width - first, hidden, (matrix){gated, plan->saved * hidden}, (matrix){recurrent + first, width},
         plan->uh + first, width);
    }
    for_each_row(plan, wx, peephole, t, plan->cell->forward);
}

gb_status REAL(reference_forward)(gb_context *context, void *block, const gb_layer_pass *pass) {
    (void)context;
    const reference_plan *plan = block;
    const size_t hidden = plan->hidden, state = plan->batch * hidden, width = plan->gates * hidden;
    const bool memory = plan->cell->info.has_memory;
    const real *kernel = reference_part(plan, pass->parameters, KERNEL);
    const real *recurrent = reference_part(plan, pass->parameters, RECURRENT);
    const real *bias = reference_part(plan, pass->parameters, BIAS);
    const real *recurrent_bias = reference_part(plan, pass->parameters, RECURRENT_BIAS);
    const real *peephole = reference_part(plan, pass->parameters, PEEPHOLE);
    real *y = pass->y;

    start_state(plan->h, pass->h0, state);
    start_state(plan->c, pass->c0, memory ? state : 0);
    if (recurrent_bias) {
        memcpy(plan->bias_row + (plan->recurrent_gates - plan->recurrent_bias_gates) * hidden, recurrent_bias,
               plan->recurrent_bias_gates * hidden * sizeof(real));
    }
    for (size_t from = 0; from < plan->steps; from += plan->chunk) {
        const size_t steps = plan->steps - from < plan->chunk ? plan->steps - from : plan->chunk;
        const real *x = (const real *)pass->x + from * plan->batch * plan->input;
        REAL(fill_rows)(steps * plan->batch, width, bias, plan->wx);
        REAL(matmul_add)
        (steps * plan->batch, width, plan->input, (matrix){x, plan->input}, (matrix){kernel, width}, plan->wx, width);
        for (size_t t = from; t < from + steps; t++) {
            run_step(plan, recurrent, peephole, plan->wx + (t - from) * plan->batch * width, t);
            if (y)
                memcpy(y + t * state, plan->h + reference_state_at(plan, t + 1), state * sizeof(real));
        }
    }
    if (pass->hT)
        memcpy(pass->hT, plan->h + reference_state_at(plan, plan->steps), state * sizeof(real));
    if (pass->cT && memory)
        memcpy(pass->cT, plan->c + reference_state_at(plan, plan->steps), state * sizeof(real));
    return GB_OK;
}

#if GB_REAL_BITS == 32 /* what gb_backend_product() offers is in f32 */
gb_status reference_product(gb_context *context, size_t m, size_t n, size_t k, const float *a, const float *b,
                            float *c) {
    (void)context;
    memset(c, 0, m * n * sizeof *c);
    matmul_add_f32(m, n, k, (matrix){a, k}, (matrix){b, n}, c, n);
    return GB_OK;
}
#endif
