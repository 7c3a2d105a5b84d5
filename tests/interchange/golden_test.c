/* SPDX-License-Identifier: MIT */
/* Files that the packages themselves made: import gives the same outputs, also after export and another import, and
 * there is a file for every line of the table of conventions that names one. */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "interchange/network/check.h"
#include "interchange/read/import.h"
#include "interchange/write/export.h"
#include "tests/context.h"

static bool seen[256], seen_functions[64];

/* Files that say whose they are need no --from. */
static const char *from_of(const char *framework) {
    return strncmp(framework, "keras", 5) == 0 || strncmp(framework, "onnx", 4) == 0 ? NULL : framework;
}

/* The activations that frameworks.py used but its files do not record, by the number of the network. */
static import_options options_of(const char *framework, const char *file) {
    import_options o = {.from = from_of(framework)};
    const bool bare = strstr(file, ".weights.h5");
    if (strcmp(framework, "pytorch") == 0 && (file[0] == '3' || file[0] == '5'))
        o.activation = "relu";
    if (bare)
        o.activation = file[0] == '6' || file[0] == '4' ? "relu" : "tanh";
    if (bare && file[0] == '6')
        o.activations = "sigmoid";
    return o;
}

static void check_parameters(const network *a, const network *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_int_equal(a->layers[i].count, b->layers[i].count);
        assert_memory_equal(a->layers[i].values, b->layers[i].values, a->layers[i].count * network_width(a));
    }
}

/* What is written and read again is the same to the bit, where the framework has the cell and as many biases. */
static void check_way_back(const network *net, const char *framework, const char *ending, const import_options *o) {
    char path[64];
    network again;
    import_options plain = *o;
    snprintf(path, sizeof path, "/tmp/gatebench-golden-%d%s", (int)getpid(), ending);
    assert_int_equal(export_network(context, net, path, NULL), GB_OK);
    plain.from = NULL;
    const network_layer *dense = &net->layers[net->count - 1];
    if (dense->kind == NETWORK_DENSE)
        plain.activations = activation_name(dense->activation);
    plain.activation = strcmp(network_recurrent(net)->cell, "rnn_relu") == 0 ? "relu" : "tanh";
    assert_int_equal(import_network(context, path, &plain, &again), GB_OK);
    unlink(path);
    if (strcmp(framework, strcmp(ending, ".safetensors") == 0 ? "pytorch" : "keras") == 0)
        check_parameters(net, &again);
    network_free(&again);
}

/* As a model of the library it computes the same: what the probes measure is this network. */
static void check_model(const network *net) {
    const size_t steps = 6, sequences = 2, rows = steps * sequences;
    const bool words = network_reads_tokens(net);
    const size_t width = words ? 1 : network_input(net), outputs = network_output(net);
    double *ours, inputs[64], predicted[64] = {0};
    int32_t tokens[12], classes[12] = {0};
    gb_model *model;
    assert_true(rows * width <= 64 && rows * outputs <= 64);
    for (size_t i = 0; i < rows * width; i++)
        inputs[i] = words ? (double)(i * 5 % network_input(net)) : (double)(i * 7 % 11) / 5 - 1;
    for (size_t i = 0; words && i < rows; i++)
        tokens[i] = (int32_t)inputs[i];
    assert_int_equal(network_model(context, net, GB_HEAD_EVERY, GB_LOSS_SOFTMAX, &model), GB_OK);
    const gb_batch batch = {.steps = steps,
                            .sequences = sequences,
                            .tokens = words ? tokens : NULL,
                            .inputs = words ? NULL : inputs,
                            .classes = classes};
    assert_int_equal(gb_model_predict(model, &batch, predicted), GB_OK);
    assert_int_equal(network_run(context, net, steps, sequences, NULL, inputs, &ours), GB_OK);
    const activation last = net->layers[net->count - 1].activation;
    for (size_t i = 0; last == ACTIVATION_LINEAR && i < rows * outputs; i++)
        if (!(fabs(ours[i] - predicted[i]) < 1e-5))
            fail_msg("output %zu of the model is %g, not %g", i, predicted[i], ours[i]);
    free(ours);
    gb_model_destroy(model);
}

/* Whether its cells are those of the library: others have no place in files of weights alone. */
static bool is_plain(const network *net) {
    for (size_t i = 0; i < net->count; i++)
        if (net->layers[i].kind == NETWORK_RECURRENT &&
            (!gb_cell_find(net->layers[i].cell) || strcmp(net->layers[i].cell, "cifg") == 0))
            return false;
    return true;
}

static void check_file(const char *framework, const char *file) {
    char path[1024], x[1024], y[1024], lengths[1024];
    network net;
    network_checked found;
    const import_options o = options_of(framework, file);
    snprintf(path, sizeof path, "%s/%s/%s", GOLDEN, framework, file);
    snprintf(x, sizeof x, "%s/%s/%.*s.x.npy", GOLDEN, framework, (int)strcspn(file, "."), file);
    snprintf(y, sizeof y, "%s/%s/%.*s.y.npy", GOLDEN, framework, (int)strcspn(file, "."), file);
    snprintf(lengths, sizeof lengths, "%s/%s/%.*s.lengths.npy", GOLDEN, framework, (int)strcspn(file, "."), file);
    if (import_network(context, path, &o, &net) != GB_OK)
        fail_msg("%s", gb_context_message(context));
    const char *const files[] = {x, y, net.lengths ? lengths : NULL};
    if (network_check(context, &net, files, net.time_major, &found) != GB_OK)
        fail_msg("%s", gb_context_message(context));
    if (!(found.relative < 1e-6))
        fail_msg("%s: relative error %g, largest %g", path, found.relative, found.largest);
    for (size_t i = 0; i < net.count; i++) {
        const network_layer *layer = &net.layers[i];
        for (size_t row = 0; convention_at(row); row++)
            seen[row] = seen[row] || convention_at(row) == layer->convention;
        for (size_t row = 0; convention_function_at(row); row++)
            seen_functions[row] = seen_functions[row] || convention_function_at(row) == layer->gates ||
                                  convention_function_at(row) == layer->state;
    }
    check_model(&net);
    if (strcmp(framework, "pytorch") == 0 || strcmp(framework, "paddle") == 0)
        check_way_back(&net, framework, ".safetensors", &o);
    if (strcmp(framework, "keras") == 0 && is_plain(&net))
        check_way_back(&net, framework, ".weights.h5", &o);
    if (!is_plain(&net))
        assert_int_equal(export_network(context, &net, "/tmp/gatebench-golden.safetensors", NULL), GB_UNSUPPORTED);
    network_free(&net);
}

static size_t check_folder(const char *framework) {
    char path[1024];
    size_t files = 0;
    snprintf(path, sizeof path, "%s/%s", GOLDEN, framework);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.' && !strstr(entry->d_name, ".npy") && !strstr(entry->d_name, ".data")) {
            check_file(framework, entry->d_name);
            files++;
        }
    closedir(folder);
    return files;
}

static void test_files(void **state) {
    (void)state;
    size_t folders = 0;
    DIR *folder = opendir(GOLDEN);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.' && !strchr(entry->d_name, '.')) {
            assert_true(check_folder(entry->d_name) >= 4);
            folders++;
        }
    closedir(folder);
    assert_int_equal(folders, 15);
}

static void test_every_line_has_a_file(void **state) {
    (void)state;
    for (size_t i = 0; convention_at(i); i++)
        if (seen[i] != convention_at(i)->golden)
            fail_msg("%s %s: the table says %s", convention_at(i)->framework, convention_at(i)->layer,
                     seen[i] ? "READ, but there is a golden file" : "GOLDEN, but no golden file uses it");
    for (size_t i = 0; convention_function_at(i); i++)
        if (seen_functions[i] != convention_function_at(i)->golden)
            fail_msg("%s %s: the table says %s", convention_function_at(i)->framework, convention_function_at(i)->name,
                     seen_functions[i] ? "READ, but there is a golden file" : "GOLDEN, but no golden file uses it");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_files), cmocka_unit_test(test_every_line_has_a_file)};
    return cmocka_run_group_tests(tests, open_context, close_context);
}
