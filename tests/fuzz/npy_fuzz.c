/* SPDX-License-Identifier: MIT */
/* Arrays of NumPy: every number of what is accepted can be read. */
#include "support/arrays/npy.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    own_file file = fuzz_file("a.npy", bytes, size);
    npy array;
    void *rows = NULL;
    gb_status status = npy_read(context, file.path, file.bytes, size, &array);
    volatile double sum = 0;
    for (size_t i = 0; !status && i < array.count; i++)
        sum += npy_number(&array, i);
    if (status)
        fuzz_check_refusal(status, file.path);
    else if (npy_row_major(context, &array, &rows) != GB_OK)
        abort();
    free(rows);
    free(file.bytes);
    return 0;
}
