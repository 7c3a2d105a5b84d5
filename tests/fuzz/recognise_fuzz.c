/* SPDX-License-Identifier: MIT */
/* Recognising what kind of file this is. */
#include "datasets/files/recognise.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static char path[64];
    static int descriptor = -1;
    recognised found;
    if (descriptor < 0) {
        descriptor = memfd_create("any", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
        if (descriptor < 0 || gb_context_create(NULL, &context) != GB_OK)
            abort();
    }
    if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, bytes, size, 0) != (ssize_t)size)
        abort();
    gb_status status = recognise_file(context, path, &found);
    if (status != GB_OK)
        fuzz_check_refusal(status, path);
    return 0;
}
