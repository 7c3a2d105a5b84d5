/* SPDX-License-Identifier: MIT */
/* Our wrapper around libzip: every member of an archive, with a limit. */
#include "support/arrays/archive.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    enum { LIMIT = 1 << 16 };
    char *path = fuzz_place("zip");
    archive *a;
    fuzz_put(bytes, size);
    gb_status status = archive_open(context, path, &a);
    for (size_t i = 0; !status && i <= archive_count(a); i++) {
        char *member = NULL;
        size_t length = 0;
        gb_status read = archive_read(context, a, i, LIMIT, &member, &length);
        if (read)
            fuzz_check_refusal(read, path);
        else if (length > LIMIT || member[length] || archive_find(a, archive_name(a, i)) > i)
            abort();
        free(member);
    }
    if (status)
        fuzz_check_refusal(status, path);
    archive_close(a);
    return 0;
}
