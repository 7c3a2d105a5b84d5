/* SPDX-License-Identifier: MIT */
/* Headers of safetensors, and layers recognised by the names in them. */
#include "interchange/files/safetensors.h"

#include "fuzz.h"
#include "interchange/read/readers.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const import_options none = {0};
    own_file file = fuzz_file("a.safetensors", bytes, size);
    tensor_set set = {0};
    network net = {0};
    gb_status status = safetensors_read(context, file.path, file.bytes, size, &set, NULL, NULL);
    if (!status)
        status = named_network(context, file.path, &none, &set, &net);
    if (status && status != GB_UNSUPPORTED)
        fuzz_check_refusal(status, file.path);
    network_free(&net);
    tensor_set_free(&set);
    free(file.bytes);
    return 0;
}
