/* SPDX-License-Identifier: MIT */
/* Runs an LSTM over a sequence and prints its states: cc forward.c $(pkg-config --cflags --libs gatebench) */
#include <stdio.h>
#include <stdlib.h>

#include <gatebench/gatebench.h>

enum { STEPS = 5, BATCH = 1, INPUT = 3, HIDDEN = 4 };

static int fail(const gb_context *context) {
    fprintf(stderr, "forward: %s\n", gb_context_message(context));
    return EXIT_FAILURE;
}

int main(void) {
    const gb_layer_spec spec = {.cell = "lstm",
                                .backend = "onednn",
                                .dtype = GB_F32,
                                .bias = GB_BIAS_SINGLE,
                                .input = INPUT,
                                .hidden = HIDDEN,
                                .steps = STEPS,
                                .batch = BATCH};
    gb_context *context;
    gb_layer *layer;
    size_t count;
    if (gb_context_create(NULL, &context) != GB_OK)
        return EXIT_FAILURE;
    if (gb_layer_parameter_count(context, &spec, &count) != GB_OK || gb_layer_create(context, &spec, &layer) != GB_OK)
        return fail(context);

    /* kernel, recurrent kernel and bias in one block, drawn from N(0, 0.5^2); a sequence [T][N][I] of ones */
    float *parameters = malloc(count * sizeof *parameters);
    float x[STEPS][BATCH][INPUT], h[STEPS][BATCH][HIDDEN];
    gb_random random = gb_random_stream(1, GB_RANDOM_INITIALISE, 0);
    for (size_t i = 0; parameters && i < count; i++)
        parameters[i] = 0.5f * (float)gb_random_normal(&random);
    for (size_t i = 0; i < sizeof x / sizeof(float); i++)
        (&x[0][0][0])[i] = 1;

    const gb_layer_pass pass = {.parameters = parameters, .x = x, .y = h};
    if (gb_layer_forward(layer, &pass) != GB_OK)
        return fail(context);

    printf("lstm with %zu parameters, run by: %s\n", count, gb_layer_implementation(layer));
    for (size_t t = 0; t < STEPS; t++) {
        printf("h_%zu =", t + 1);
        for (size_t j = 0; j < HIDDEN; j++)
            printf(" %9.6f", (double)h[t][0][j]);
        printf("\n");
    }
    free(parameters);
    gb_layer_destroy(layer);
    gb_context_destroy(context);
    return EXIT_SUCCESS;
}
