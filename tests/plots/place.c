/* SPDX-License-Identifier: MIT */
/* Folders for tests. */
#include "place.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "support/file.h"
#include "support/text.h"

int place_set_up(void **state) {
    place *p = calloc(1, sizeof *p);
    if (!p)
        return -1;
    strcpy(p->folder, "/tmp/gatebench-plots-XXXXXX");
    *state = p;
    return mkdtemp(p->folder) && gb_context_create(NULL, &p->context) == GB_OK ? 0 : -1;
}

int place_tear_down(void **state) {
    place *p = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", p->folder);
    if (p->search_path)
        setenv("PATH", p->search_path, 1);
    free(p->search_path);
    int ended = getenv("GATEBENCH_KEEP") ? 0 : system(command);
    gb_context_destroy(p->context);
    free(p);
    return ended;
}

char *place_read(place *p, const char *name, size_t *size) {
    char path[PATH_MAX], *bytes = NULL;
    snprintf(path, sizeof path, "%s/%s", p->folder, name);
    if (file_read(p->context, path, 16 << 20, &bytes, size) != GB_OK)
        fail_msg("%s", gb_context_message(p->context));
    return bytes;
}

void place_set_gnuplot(place *p, const char *script) {
    char path[PATH_MAX], search_path[PATH_MAX];
    text words = {0};
    text_append(&words,
                "#!/bin/sh\n# gnuplot -d -e \"term='svg'; output='name'; ...\" script.gp\n"
                "term=${3#*term=\\'} output=${3#*output=\\'}\nterm=${term%%%%\\'*} output=${output%%%%\\'*}\n%s\n",
                script);
    snprintf(path, sizeof path, "%s/gnuplot", p->folder);
    if (file_replace(p->context, path, words.data, words.length) != GB_OK)
        fail_msg("%s", gb_context_message(p->context));
    text_free(&words);
    assert_int_equal(chmod(path, 0700), 0);
    p->search_path = strdup(getenv("PATH"));
    assert_non_null(p->search_path);
    snprintf(search_path, sizeof search_path, "%s:%s", p->folder, p->search_path);
    setenv("PATH", search_path, 1);
}
