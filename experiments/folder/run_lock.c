/* SPDX-License-Identifier: MIT */
/* The locks of a run's folder. */
#include "experiments/folder/run_lock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "experiments/folder/run_folder.h"
#include "support/file.h"

/* A process that tests whether a file is locked holds the lock for a moment. So a refused lock counts only if it
 * persists. */
enum { ATTEMPTS = 5, PAUSE_MILLISECONDS = 40 };

static int open_lock(const char *path, int flags) {
    int file;
    do
        file = open(path, flags | O_CLOEXEC, 0666);
    while (file < 0 && errno == EINTR);
    return file;
}

/* Takes a lock without waiting; EWOULDBLOCK: another process has it. *held is false if the file system has no locks.
 */
static int try_lock(int file, int kind, bool *held) {
    for (int attempt = 1;; attempt++) {
        *held = flock(file, kind | LOCK_NB) == 0;
        if (*held || errno == ENOLCK || errno == EOPNOTSUPP || errno == ENOSYS)
            return 0;
        if (errno != EWOULDBLOCK || attempt == ATTEMPTS)
            return errno;
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_MILLISECONDS * 1000000L}, NULL);
    }
}

/* Parses the name of a shard's lock file. */
static bool parse_name(const char *name, shard *found) {
    int length = 0;
    *found = (shard){0};
    if (strcmp(name, "run.lock") == 0)
        return true;
    return sscanf(name, "shard-%zu-of-%zu.lock%n", &found->index, &found->count, &length) == 2 && length > 0 &&
           !name[length];
}

static void name_lock(shard mine, char name[64]) {
    if (mine.count)
        snprintf(name, 64, "shard-%zu-of-%zu.lock", mine.index, mine.count);
    else
        snprintf(name, 64, "run.lock");
}

/* Whether a lock file is held, and the holder. */
static bool is_held(const char *path, char who[FILE_HOLDER]) {
    bool free_now = false;
    int file = open_lock(path, O_RDONLY);
    if (file < 0)
        return false;
    bool held = try_lock(file, LOCK_SH, &free_now) == EWOULDBLOCK;
    if (held)
        file_read_holder(file, who);
    close(file);
    return held;
}

/* Calls `found` for each held lock of the folder except `own`, until it returns false. */
static void each_holder(const char *folder, const char *own, bool (*found)(void *user, shard s, const char *who),
                        void *user) {
    DIR *entries = opendir(folder);
    bool go_on = true;
    for (struct dirent *entry; entries && go_on && (entry = readdir(entries));) {
        char path[PATH_MAX + 300], who[FILE_HOLDER];
        shard s;
        if (!parse_name(entry->d_name, &s) || strcmp(entry->d_name, own) == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (is_held(path, who))
            go_on = found(user, s, who);
    }
    if (entries)
        closedir(entries);
}

typedef struct obstacle {
    shard mine;
    char who[FILE_HOLDER + 80]; /* "" none */
} obstacle;

/* Shards of the same count do not conflict. */
static bool rules_out(void *user, shard other, const char *who) {
    obstacle *o = user;
    if (other.count && other.count == o->mine.count)
        return true;
    if (other.count)
        snprintf(o->who, sizeof o->who, "%s (shard %zu/%zu)", who, other.index, other.count);
    else
        snprintf(o->who, sizeof o->who, "%s", who);
    return false;
}

static gb_status refuse(gb_context *context, const char *folder, const char *who) {
    return gb_fail(context, GB_IO, "%s is in use by %s; wait for it to end, or give another folder with -o", folder,
                   who);
}

static gb_status open_file(gb_context *context, const char *folder, const char *name, int *file) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/trials", folder);
    GB_TRY(file_make_folder(context, path));
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return gb_fail(context, GB_IO, "%s: the path is too long", folder);
    *file = open_lock(path, O_RDWR | O_CREAT);
    return *file < 0 ? gb_fail(context, GB_IO, "%s: cannot be opened: %s", path, strerror(errno)) : GB_OK;
}

/* The id of the job whose tasks are the shards; "" when unknown. */
static const char *this_job(void) {
    static const char *const names[] = {"SLURM_ARRAY_JOB_ID", "PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid",
                                        "SLURM_JOB_ID"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *job = getenv(names[i]);
        if (job && *job)
            return job;
    }
    return "";
}

/* Below the holder's line. */
static void write_job(int lock) {
    char line[300];
    struct stat there;
    int size = snprintf(line, sizeof line, "job %.256s\n", this_job());
    if (fstat(lock, &there) == 0 && pwrite(lock, line, (size_t)size, there.st_size) < 0)
        errno = 0; /* as of the holder */
}

static bool is_of_this_job(const char *path) {
    char bytes[FILE_HOLDER + 300], line[300];
    int file = open_lock(path, O_RDONLY);
    ssize_t got = file < 0 ? -1 : pread(file, bytes, sizeof bytes - 1, 0);
    if (file >= 0)
        close(file);
    bytes[got > 0 ? got : 0] = '\0';
    snprintf(line, sizeof line, "\njob %.256s\n", this_job());
    return strstr(bytes, line) != NULL;
}

size_t run_lock_job_shards(const char *folder, shard mine, bool *own) {
    char results[RUN_PATH];
    size_t others = 0;
    *own = false;
    run_path(folder, RUN_RESULTS, results);
    if (!*this_job() && file_exists(results)) /* it may be from an earlier run */
        return 0;
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        char path[PATH_MAX + 600];
        shard s;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (!parse_name(entry->d_name, &s) || s.count != mine.count || !is_of_this_job(path))
            continue;
        *own = *own || s.index == mine.index;
        others += s.index != mine.index;
    }
    if (entries)
        closedir(entries);
    return others;
}

/* Finds another run's folder beside this one in which other shards of the job work, but not this shard. */
static bool is_strange(const char *folder, shard mine) {
    bool own;
    return run_lock_job_shards(folder, mine, &own) > 0 && !own;
}

gb_status run_lock_check_job(gb_context *context, const char *folder, shard mine) {
    char parent[PATH_MAX], path[PATH_MAX + 300], strange[PATH_MAX + 300] = "";
    bool own;
    if (run_lock_job_shards(folder, mine, &own) > 0)
        return GB_OK;
    snprintf(parent, sizeof parent, "%s", folder);
    DIR *entries = opendir(dirname(parent));
    for (struct dirent *entry; entries && !*strange && (entry = readdir(entries));) {
        snprintf(path, sizeof path, "%s/%s", parent, entry->d_name);
        if (*entry->d_name != '.' && strcmp(path, folder) != 0 && is_strange(path, mine))
            snprintf(strange, sizeof strange, "%s", path);
    }
    if (entries)
        closedir(entries);
    return !*strange
               ? GB_OK
               : gb_fail(context, GB_INVALID,
                         "task %zu of this array runs other trials than earlier tasks (they work in %s, it works in "
                         "%s), so no run would ever be complete; if every task is a separate run, give --shard 1/1",
                         mine.index, strange, folder);
}

gb_status run_lock_take(gb_context *context, const char *folder, shard mine, int *lock, bool *held) {
    char name[64], who[FILE_HOLDER];
    int file = -1;
    *lock = -1;
    *held = false;
    name_lock(mine, name);
    gb_status status = open_file(context, folder, name, &file);
    if (status)
        return status;
    int reason = try_lock(file, LOCK_EX, held);
    obstacle in_the_way = {.mine = mine};
    if (reason == EWOULDBLOCK) {
        file_read_holder(file, who);
        status = refuse(context, folder, who);
    } else if (reason) {
        status = gb_fail(context, GB_IO, "%s/%s: cannot be locked: %s", folder, name, strerror(reason));
    } else {
        file_write_holder(file);
        write_job(file);
        each_holder(folder, name, rules_out, &in_the_way);
        if (*in_the_way.who)
            status = refuse(context, folder, in_the_way.who);
    }
    if (status)
        close(file);
    else
        *lock = file;
    return status;
}

gb_status run_lock_take_turn(gb_context *context, const char *folder, int *lock) {
    int file = -1;
    *lock = -1;
    gb_status status = open_file(context, folder, "merge.lock", &file);
    if (status)
        return status;
    while (flock(file, LOCK_EX) < 0) {
        if (errno == EINTR)
            continue;
        if (errno == ENOLCK || errno == EOPNOTSUPP || errno == ENOSYS)
            break; /* files are replaced atomically, and the last writer has seen the most */
        status = gb_fail(context, GB_IO, "%s/merge.lock: cannot be locked: %s", folder, strerror(errno));
        close(file);
        return status;
    }
    *lock = file;
    return GB_OK;
}

typedef struct listing {
    text *lines;
    size_t count;
} listing;

static bool list_holder(void *user, shard s, const char *who) {
    listing *l = user;
    if (s.count)
        text_append(l->lines, "shard %zu/%zu: %s\n", s.index, s.count, who);
    else
        text_append(l->lines, "%s\n", who);
    l->count++;
    return true;
}

size_t run_lock_holders(const char *folder, const shard *own, text *lines) {
    listing l = {.lines = lines};
    char name[64] = "";
    if (own)
        name_lock(*own, name);
    each_holder(folder, name, list_holder, &l);
    return l.count;
}
