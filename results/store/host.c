/* SPDX-License-Identifier: MIT */
/* Facts of the machine and the build that are recorded with results. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "results/store/store.h"
#include "support/cleanup.h"

typedef struct fact_list {
    store_fact *facts;
    size_t count, most;
} fact_list;

static void add_fact(fact_list *list, const char *name, const char *value) {
    if (list->count == list->most)
        return;
    list->facts[list->count].name = name;
    snprintf(list->facts[list->count].value, sizeof list->facts->value, "%s", value);
    list->count++;
}

/* The rest of the first line of `path` that starts with `start`, after separators and quotes; "unknown" if there is
 * none.
 */
static void line_value(const char *path, const char *start, char *value, size_t size) {
    snprintf(value, size, "unknown");
    FILE *file = fopen(path, "re");
    CLEANUP(free_at) char *line = NULL;
    size_t capacity = 0;
    while (file && getline(&line, &capacity, file) > 0) {
        if (strncmp(line, start, strlen(start)) != 0)
            continue;
        const char *from = line + strlen(start);
        from += strspn(from, " \t:=\"");
        snprintf(value, size, "%.*s", (int)strcspn(from, "\"\n"), from);
        break;
    }
    if (file)
        fclose(file);
}

static const char *best_isa(void) {
#if defined(__x86_64__)
    static const char *const none = "sse2";
    if (__builtin_cpu_supports("avx512f"))
        return __builtin_cpu_supports("avx512vnni") ? "avx512_vnni" : "avx512";
    if (__builtin_cpu_supports("avx2"))
        return __builtin_cpu_supports("fma") ? "avx2+fma" : "avx2";
    return __builtin_cpu_supports("avx") ? "avx" : none;
#else
    return "unknown";
#endif
}

/* Tests by addition whether the sum of two denormals is correct. Reading the processor's flag is not enough, since a
 * library may flush denormals while it computes and then restore the flag. */
static void *add_denormals(void *kept) {
    volatile float tiny = 3e-39f;
    volatile float sum = tiny + tiny;
    *(bool *)kept = sum > 5e-39f && sum < 7e-39f;
    return NULL;
}

/* Whether denormal numbers are kept or flushed to zero, here and in a new thread; this changes when a gradient
 * vanishes. */
static const char *denormal_policy(void) {
    bool here = false, there = false;
    pthread_t thread;
    add_denormals(&here);
    if (pthread_create(&thread, NULL, add_denormals, &there) == 0)
        pthread_join(thread, NULL);
    else
        there = here;
    return here && there ? "kept" : here ? "flushed in threads" : there ? "flushed in the main thread" : "flushed";
}

size_t store_host_facts(store_fact *facts, size_t most) {
    fact_list list = {facts, 0, most};
    char value[256];
    line_value("/proc/cpuinfo", "model name", value, sizeof value);
    add_fact(&list, "cpu", value);
    add_fact(&list, "isa", best_isa());
    snprintf(value, sizeof value, "%ld", sysconf(_SC_NPROCESSORS_ONLN));
    add_fact(&list, "cores", value);
    snprintf(value, sizeof value, "%lld", (long long)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE));
    add_fact(&list, "memory_bytes", value);
    struct utsname name;
    if (uname(&name) == 0) {
        snprintf(value, sizeof value, "%s %.120s %.60s", name.sysname, name.release, name.machine);
        add_fact(&list, "kernel", value);
    }
    line_value("/etc/os-release", "PRETTY_NAME", value, sizeof value);
    add_fact(&list, "os", value);
    add_fact(&list, "denormals", denormal_policy());
    add_fact(&list, "compiler", __VERSION__);
    add_fact(&list, "gatebench", gb_version());
    return list.count;
}
