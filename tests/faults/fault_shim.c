/* SPDX-License-Identifier: MIT */
/* A library to preload: it counts the calls by which the program and its workers touch files below one folder, and at
 * one of them dies, tears a write, or lets it fail, as a full or broken disk would. Everything comes from the
 * environment:
 *   FAULT_FOLDER   calls on paths below it count (absolute)
 *   FAULT_LOG      file that gets a line a call; its first 8 bytes are the counter that all processes share
 *   FAULT_AT       the number of the call that is hit, from 1
 *   FAULT_LASTING  when set, every later call is hit too
 *   FAULT_READS    when set, calls that only read count too
 *   FAULT_DO       die, torn, short, or a number: the errno with which the call fails
 *   FAULT_WHO      who dies: all (the process group, the default) or self
 *   FAULT_FLOCK    a number: the errno with which every flock fails, anywhere
 *   FAULT_CLOCK    when set, every clock runs backwards
 *   FAULT_NO_SYNC  when set, fsync does nothing: what a run costs beside the disk */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define SHOWN __attribute__((visibility("default")))
static struct {
    const char *folder, *action;
    unsigned long at;
    bool lasting, reads, backwards, self, no_sync;
    int flock_error, log;
    atomic_ulong *count;
} fault;

static unsigned long number_of(const char *variable) {
    const char *value = getenv(variable);
    return value ? strtoul(value, NULL, 10) : 0;
}

__attribute__((constructor)) static void start(void) {
    const char *log = getenv("FAULT_LOG");
    fault.folder = getenv("FAULT_FOLDER");
    fault.action = getenv("FAULT_DO");
    fault.at = number_of("FAULT_AT");
    fault.lasting = getenv("FAULT_LASTING") != NULL;
    fault.reads = getenv("FAULT_READS") != NULL;
    fault.backwards = getenv("FAULT_CLOCK") != NULL;
    fault.no_sync = getenv("FAULT_NO_SYNC") != NULL;
    fault.flock_error = (int)number_of("FAULT_FLOCK");
    const char *who = getenv("FAULT_WHO");
    fault.self = who && strcmp(who, "self") == 0;
    fault.log = log ? (int)syscall(SYS_openat, AT_FDCWD, log, O_RDWR | O_APPEND | O_CLOEXEC) : -1;
    if (fault.log < 0)
        return;
    void *shared = mmap(NULL, sizeof(atomic_ulong), PROT_READ | PROT_WRITE, MAP_SHARED, fault.log, 0);
    fault.count = shared == MAP_FAILED ? NULL : shared;
}

static bool is_action(const char *name) {
    return fault.action && strcmp(fault.action, name) == 0;
}

_Noreturn static void die(void) {
    kill(fault.self ? getpid() : 0, SIGKILL);
    for (;;)
        pause();
}

static bool is_interruption(void) {
    return fault.action && (int)strtol(fault.action, NULL, 10) == EINTR;
}

/* By a signal: calls on names are not. */
static bool can_be_interrupted(const char *call) {
    static const char *const calls[] = {"open",      "write", "pwrite", "fsync", "fdatasync",
                                        "ftruncate", "close", "read",   "pread"};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(call, calls[i]) == 0)
            return true;
    return false;
}

/* Whether this call on that path fails. `writes_bytes` is set for calls that write bytes: only these can be torn. */
static bool is_hit(const char *call, const char *path, bool writes_bytes) {
    if (!fault.count || !fault.folder || strncmp(path, fault.folder, strlen(fault.folder)) != 0)
        return false;
    if (!writes_bytes && (is_action("torn") || is_action("short")))
        return false;
    if (is_interruption() && !can_be_interrupted(call))
        return false;
    unsigned long number = atomic_fetch_add(fault.count, 1) + 1;
    char line[PATH_MAX + 64];
    int size = snprintf(line, sizeof line, "%lu %ld %s %s\n", number, (long)getpid(), call, path);
    syscall(SYS_write, fault.log, line, (size_t)size);
    return fault.at && (fault.lasting ? number >= fault.at : number == fault.at);
}

static bool is_hit_file(const char *call, int file, bool writes_bytes) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t size = fault.count ? readlink(link, path, sizeof path - 1) : -1;
    if (size < 0)
        return false;
    path[size] = '\0';
    return is_hit(call, path, writes_bytes);
}

/* A name relative to an open folder. */
static bool is_hit_at(const char *call, int folder, const char *name) {
    char link[64], path[PATH_MAX];
    if (name[0] == '/' || folder == AT_FDCWD)
        return is_hit(call, name, false);
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t size = fault.count ? readlink(link, path, sizeof path - 1) : -1;
    if (size < 0)
        return false;
    snprintf(path + size, sizeof path - (size_t)size, "/%s", name);
    return is_hit(call, path, false);
}

/* What a call that is hit returns, when it returns. */
static int fail(void) {
    if (is_action("die"))
        die();
    errno = (int)strtol(fault.action ? fault.action : "5", NULL, 10);
    return -1;
}

/* A write that is hit: half of the bytes arrive, or none. */
static ssize_t fail_write(int file, const void *bytes, size_t size, off_t offset) {
    if (!is_action("torn") && !is_action("short"))
        return fail();
    size_t half = is_action("short") ? (size + 1) / 2 : size / 2;
    ssize_t written =
        offset < 0 ? syscall(SYS_write, file, bytes, half) : syscall(SYS_pwrite64, file, bytes, half, offset);
    if (is_action("torn"))
        die();
    return written;
}

static bool only_reads(int flags) {
    return (flags & O_ACCMODE) == O_RDONLY && !(flags & O_CREAT);
}

static int open_at(int folder, const char *path, int flags, mode_t mode) {
    bool counts = !only_reads(flags) || fault.reads;
    return counts && is_hit_at("open", folder, path) ? fail() : (int)syscall(SYS_openat, folder, path, flags, mode);
}

/* The mode is there only when a file may be made. */
#define OPEN_MODE(flags)                                                                                               \
    mode_t mode = 0;                                                                                                   \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                                             \
        va_list arguments;                                                                                             \
        va_start(arguments, flags);                                                                                    \
        mode = va_arg(arguments, mode_t);                                                                              \
        va_end(arguments);                                                                                             \
    }

SHOWN int open(const char *path, int flags, ...) {
    OPEN_MODE(flags)
    return open_at(AT_FDCWD, path, flags, mode);
}

SHOWN int open64(const char *path, int flags, ...) {
    OPEN_MODE(flags)
    return open_at(AT_FDCWD, path, flags, mode);
}

SHOWN int openat(int folder, const char *path, int flags, ...) {
    OPEN_MODE(flags)
    return open_at(folder, path, flags, mode);
}

SHOWN ssize_t write(int file, const void *bytes, size_t size) {
    return is_hit_file("write", file, true) ? fail_write(file, bytes, size, -1) : syscall(SYS_write, file, bytes, size);
}

SHOWN ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) {
    return is_hit_file("pwrite", file, true) ? fail_write(file, bytes, size, offset)
                                             : syscall(SYS_pwrite64, file, bytes, size, offset);
}

SHOWN ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset) {
    return pwrite(file, bytes, size, offset);
}

SHOWN int fsync(int file) {
    if (is_hit_file("fsync", file, false))
        return fail();
    return fault.no_sync ? 0 : (int)syscall(SYS_fsync, file);
}

SHOWN int fdatasync(int file) {
    return is_hit_file("fdatasync", file, false) ? fail() : (int)syscall(SYS_fdatasync, file);
}

SHOWN int ftruncate(int file, off_t size) {
    return is_hit_file("ftruncate", file, false) ? fail() : (int)syscall(SYS_ftruncate, file, size);
}

/* A close that fails has closed the file nevertheless. */
SHOWN int close(int file) {
    int flags = fault.count ? fcntl(file, F_GETFL) : -1;
    bool counts = flags >= 0 && ((flags & O_ACCMODE) != O_RDONLY || fault.reads);
    if (!counts || !is_hit_file("close", file, false))
        return (int)syscall(SYS_close, file);
    syscall(SYS_close, file);
    return fail();
}

SHOWN int rename(const char *from, const char *to) {
    return is_hit("rename", to, false) ? fail() : (int)syscall(SYS_rename, from, to);
}

SHOWN int link(const char *from, const char *to) {
    return is_hit("link", to, false) ? fail() : (int)syscall(SYS_link, from, to);
}

SHOWN int unlink(const char *path) {
    return is_hit("unlink", path, false) ? fail() : (int)syscall(SYS_unlink, path);
}

SHOWN int unlinkat(int folder, const char *path, int flags) {
    return is_hit_at("unlinkat", folder, path) ? fail() : (int)syscall(SYS_unlinkat, folder, path, flags);
}

SHOWN int mkdir(const char *path, mode_t mode) {
    return is_hit("mkdir", path, false) ? fail() : (int)syscall(SYS_mkdir, path, mode);
}

SHOWN ssize_t read(int file, void *bytes, size_t size) {
    return fault.reads && is_hit_file("read", file, false) ? fail() : syscall(SYS_read, file, bytes, size);
}

SHOWN ssize_t pread(int file, void *bytes, size_t size, off_t offset) {
    return fault.reads && is_hit_file("pread", file, false) ? fail() : syscall(SYS_pread64, file, bytes, size, offset);
}

SHOWN ssize_t pread64(int file, void *bytes, size_t size, off64_t offset) {
    return pread(file, bytes, size, offset);
}

SHOWN int access(const char *path, int mode) {
    return fault.reads && is_hit("access", path, false) ? fail() : (int)syscall(SYS_access, path, mode);
}

SHOWN DIR *opendir(const char *path) {
    DIR *(*next)(const char *);
    *(void **)&next = dlsym(RTLD_NEXT, "opendir"); /* POSIX's way to a function out of dlsym */
    if (!fault.reads || !is_hit("opendir", path, false))
        return next(path);
    fail();
    return NULL;
}

SHOWN struct dirent *readdir(DIR *folder) {
    struct dirent *(*next)(DIR *);
    *(void **)&next = dlsym(RTLD_NEXT, "readdir");
    if (!fault.reads || !is_hit_file("readdir", dirfd(folder), false))
        return next(folder);
    fail();
    return NULL;
}

SHOWN int flock(int file, int operation) {
    if (!fault.flock_error)
        return (int)syscall(SYS_flock, file, operation);
    errno = fault.flock_error;
    return -1;
}

/* Each look at the clock is an hour before the last. */
SHOWN int clock_gettime(clockid_t clock, struct timespec *now) {
    static atomic_long looks;
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (fault.backwards)
        now->tv_sec -= 3600 * atomic_fetch_add(&looks, 1);
    return result;
}

SHOWN time_t time(time_t *to) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (to)
        *to = now.tv_sec;
    return now.tv_sec;
}
