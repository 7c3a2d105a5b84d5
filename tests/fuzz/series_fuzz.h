/* SPDX-License-Identifier: MIT */
/* A reader of series (SERIES_READ, of SERIES_FILE): twice, as the test part of an archive is added to its train part.
 */
#include "datasets/files/series_set.h"
#include "fuzz.h"

static void check_set(const series_set *set) {
    if (set->count && (set->starts[0] || set->starts[set->count] != set->steps || !set->channels))
        abort();
    for (size_t i = 0; i < set->count; i++)
        if (set->starts[i + 1] <= set->starts[i] || (!set->numbers && set->labels[i] >= set->names.length))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    own_file file = fuzz_file(SERIES_FILE, bytes, size);
    series_set set = {0};
    for (int part = 0; part < 2; part++) {
        gb_status status = SERIES_READ(context, &file, &set);
        if (status != GB_OK)
            fuzz_check_refusal(status, file.path);
        else
            check_set(&set);
    }
    series_free(&set);
    free(file.bytes);
    return 0;
}
