/* SPDX-License-Identifier: MIT */
/* Memory by /proc and by counting allocators, energy by the powercap files of RAPL. */
#include "experiments/speed/cost.h"
#include "support/cleanup.h"

#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

void cost_reset_peak_memory(void) {
    malloc_trim(0); /* returns memory that earlier work has freed, so that it is not counted */
    int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return;
    ssize_t written = write(file, "5", 1);
    (void)written;
    close(file);
}

double cost_peak_memory(void) {
    char line[128];
    unsigned long long kibibytes = 0;
    FILE *status = fopen("/proc/self/status", "re");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %llu kB", &kibibytes) == 1)
            break;
    if (status)
        fclose(status);
    if (kibibytes)
        return 1024.0 * (double)kibibytes;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return 1024.0 * (double)usage.ru_maxrss;
}

/* Each block is preceded by a cache line that stores its size. */
enum { LINE = 64 };

static void *count_allocate(void *user, size_t bytes) {
    cost_memory *memory = user;
    if (bytes > SIZE_MAX - 2 * LINE)
        return NULL;
    unsigned char *block = aligned_alloc(LINE, (bytes + 2 * LINE - 1) / LINE * LINE);
    if (!block)
        return NULL;
    *(size_t *)(void *)block = bytes;
    memory->held += bytes;
    memory->most = memory->held > memory->most ? memory->held : memory->most;
    return block + LINE;
}

static void count_release(void *user, void *block) {
    cost_memory *memory = user;
    if (!block)
        return;
    CLEANUP(free_at) unsigned char *start = (unsigned char *)block - LINE;
    memory->held -= *(size_t *)(void *)start;
}

gb_allocator cost_count_memory(cost_memory *memory) {
    return (gb_allocator){count_allocate, count_release, memory};
}

/* A counter in microjoules. */
static bool read_counter(const char *folder, int package, const char *name, double *joules) {
    char path[PATH_MAX];
    unsigned long long value = 0;
    snprintf(path, sizeof path, "%s/intel-rapl:%d/%s", folder, package, name);
    FILE *file = fopen(path, "re");
    bool good = file && fscanf(file, "%llu", &value) == 1;
    if (file)
        fclose(file);
    *joules = 1e-6 * (double)value;
    return good;
}

cost_energy cost_read_energy(const char *folder) {
    cost_energy e = {.packages = 0};
    while (e.packages < COST_PACKAGES && read_counter(folder, e.packages, "energy_uj", &e.joules[e.packages]) &&
           read_counter(folder, e.packages, "max_energy_range_uj", &e.range[e.packages]))
        e.packages++;
    return e;
}

double cost_joules_since(const cost_energy *before, const cost_energy *now) {
    double sum = 0;
    if (before->packages == 0 || before->packages != now->packages)
        return NAN;
    for (int i = 0; i < now->packages; i++) {
        double used = now->joules[i] - before->joules[i];
        sum += used < 0 ? used + now->range[i] : used;
    }
    return sum;
}
