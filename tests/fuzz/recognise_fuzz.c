/* SPDX-License-Identifier: MIT */
/* Recognising what kind of file this is. */
#include "datasets/files/recognise.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    char *path = fuzz_place("any");
    recognised found;
    fuzz_put(bytes, size);
    gb_status status = recognise_file(context, path, &found);
    if (status != GB_OK)
        fuzz_check_refusal(status, path);
    return 0;
}
