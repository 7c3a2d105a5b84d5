/* SPDX-License-Identifier: MIT */
/* IDX files, through gzip's reader as they come. */
#include "datasets/files/idx.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static char path[64];
    static int descriptor = -1;
    if (descriptor < 0) {
        descriptor = memfd_create("idx", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
        if (descriptor < 0 || gb_context_create(NULL, &context) != GB_OK)
            abort();
    }
    if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, bytes, size, 0) != (ssize_t)size)
        abort();
    for (size_t dimensions = IDX_LABELS; dimensions <= IDX_IMAGES; dimensions += IDX_IMAGES - IDX_LABELS) {
        idx_array array;
        gb_status status = idx_read(context, path, "remedy", dimensions, &array);
        if (status != GB_OK)
            fuzz_check_refusal(status, path);
        idx_free(context, &array);
    }
    return 0;
}
