/* SPDX-License-Identifier: MIT */
/* Configurations of Keras models, in JSON, with the weights of three layers. */
#include "fuzz.h"
#include "interchange/read/keras.h"

enum { UNITS = 2 };

static void add(tensor_set *set, const char *layer, const char *slot, size_t rows, size_t columns) {
    static const float zeros[64];
    tensor *t = tensor_add(set);
    if (!t)
        abort();
    keras_tensor_name(layer, slot, t->name);
    t->rank = rows ? 2 : 1;
    t->shape[0] = rows ? rows : columns;
    t->shape[1] = columns;
    t->count = (rows ? rows : 1) * columns;
    t->data = zeros;
}

static gb_status visit(void *user, const keras_entry *entry) {
    (void)user;
    if (!entry->name || !entry->class_name)
        abort();
    return GB_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    own_file file = fuzz_file("a.keras", bytes, size);
    const char *version = size ? (const char *[]){"2.15.0", "3.15.1", NULL}[bytes[0] % 3] : NULL;
    tensor_set set = {0};
    network net = {0};
    add(&set, "l", "kernel", UNITS, 4 * UNITS);
    add(&set, "l", "recurrent_kernel", UNITS, 4 * UNITS);
    add(&set, "l", "bias", 0, 4 * UNITS);
    add(&set, "g", "kernel", UNITS, 3 * UNITS);
    add(&set, "g", "recurrent_kernel", UNITS, 3 * UNITS);
    add(&set, "d", "kernel", UNITS, UNITS);
    gb_status status = keras_each_layer(context, file.path, file.bytes, visit, NULL);
    if (status)
        fuzz_check_refusal(status, file.path);
    status = keras_build(context, file.path, file.bytes, version, &set, &net);
    if (status && status != GB_UNSUPPORTED)
        fuzz_check_refusal(status, file.path);
    free(keras_version(file.bytes));
    network_free(&net);
    tensor_set_free(&set);
    free(file.bytes);
    return 0;
}
