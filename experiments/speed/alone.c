/* SPDX-License-Identifier: MIT */
/* The lock between timing processes, and the CPU use of other processes. */
#include "experiments/speed/alone.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "support/clock.h"
#include "support/file.h"

static void name_lock(char *path, size_t size) {
    const char *folder = getenv("XDG_RUNTIME_DIR");
    bool usable = folder && *folder == '/' && access(folder, W_OK) == 0;
    snprintf(path, size, "%s/gatebench-timing.lock", usable ? folder : "/tmp");
}

/* Another user's file in /tmp can be locked but not written. The lock is still valid, but without a holder's name. */
static int open_lock(const char *path) {
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    return file < 0 && errno == EACCES ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : file;
}

gb_status alone_lock(gb_context *context, alone_waiting waiting, void *user, int *lock) {
    char path[PATH_MAX], holder[FILE_HOLDER];
    *lock = -1;
    name_lock(path, sizeof path);
    int file = open_lock(path);
    if (file < 0)
        return gb_fail(context, GB_IO, "%s: cannot be opened: %s", path, strerror(errno));
    while (flock(file, LOCK_EX | LOCK_NB) < 0) {
        int reason = errno;
        file_read_holder(file, holder);
        if (reason != EWOULDBLOCK && reason != EINTR) {
            close(file);
            return gb_fail(context, GB_IO, "%s: cannot be locked: %s", path, strerror(reason));
        }
        if (waiting(user, holder)) {
            close(file);
            return gb_fail(context, GB_STOPPED,
                           "%s is timing (%s), and only one process may time at once; try again when it has finished",
                           holder, path);
        }
        nanosleep(&(struct timespec){.tv_nsec = 250000000}, NULL);
    }
    file_write_holder(file);
    *lock = file;
    return GB_OK;
}

/* Busy seconds summed over all processors, including steal time; NaN: unknown. */
static double busy_seconds(void) {
    unsigned long long user, nice, system, idle, wait, interrupts, soft, stolen;
    FILE *file = fopen("/proc/stat", "re");
    int read = file ? fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &wait,
                             &interrupts, &soft, &stolen)
                    : 0;
    if (file)
        fclose(file);
    if (read != 8)
        return NAN;
    return (double)(user + nice + system + interrupts + soft + stolen) / (double)sysconf(_SC_CLK_TCK);
}

alone_watch alone_watch_start(void) {
    return (alone_watch){
        .started = clock_now(),
        .busy = busy_seconds(),
        .own = clock_cpu_now(),
    };
}

double alone_watch_others(const alone_watch *watch) {
    const alone_watch now = alone_watch_start();
    double others = (now.busy - watch->busy - (now.own - watch->own)) / (now.started - watch->started);
    return others < 0 ? 0 : others; /* the ticks of the two clocks differ slightly */
}
