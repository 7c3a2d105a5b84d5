/* SPDX-License-Identifier: MIT */
/* The provenance in a results file: environment, libraries, commit. */
#include "experiments/settings/provenance.h"

#include <gnu/libc-version.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commit.h" /* written by cmake/Commit.cmake */
#include "gatebench/gatebench.h"

static bool is_kept(const char *variable) {
    static const char *const prefixes[] = {"OMP_", "ONEDNN_", "DNNL_", "GATEBENCH_"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(variable, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

static int compare_lines(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void provenance_environment(text *lines) {
    char *kept[256];
    size_t count = 0;
    for (char **variable = environ; variable && *variable && count < 256; variable++)
        if (is_kept(*variable))
            kept[count++] = *variable;
    qsort(kept, count, sizeof *kept, compare_lines);
    for (size_t i = 0; i < count; i++)
        text_append(lines, "%s\n", kept[i]);
}

void provenance_libraries(text *line) {
    text_append(line, "gatebench %s", gb_version());
    for (size_t i = 0; i < gb_backend_count(); i++)
        text_append(line, "; %s %s", gb_backend_name(i), gb_backend_version(i));
    text_append(line, "; glibc %s", gnu_get_libc_version());
}

const char *provenance_commit(void) {
    return GATEBENCH_COMMIT;
}
