/* SPDX-License-Identifier: MIT */
/* Messages and graphs of ONNX. */
#include "fuzz.h"
#include "interchange/read/readers.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    own_file file = fuzz_file("a.onnx", bytes, size);
    network net = {0};
    gb_status status = onnx_network(context, file.path, file.bytes, size, &net);
    if (status && status != GB_UNSUPPORTED && status != GB_IO) /* GB_IO: a file of weights beside the model */
        fuzz_check_refusal(status, file.path);
    network_free(&net);
    free(file.bytes);
    return 0;
}
