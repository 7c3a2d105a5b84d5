/* SPDX-License-Identifier: MIT */
/* Files: reading whole files, atomic replacement, and finding shipped files. */
#include "support/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "support/pages.h"

/* Opens a file; tries again after a signal. */
static int open_file(const char *path, int flags) {
    int descriptor;
    do
        descriptor = open(path, flags | O_CLOEXEC, 0666);
    while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

static bool sync_file(int descriptor) {
    int result;
    do
        result = fsync(descriptor);
    while (result < 0 && errno == EINTR);
    return result == 0;
}

/* Room for all of a regular file and what tells its end, so that a large one is not moved while it grows. */
static size_t first_room(int descriptor, size_t limit) {
    enum { LEAST = 16384 };
    struct stat about;
    const bool known = fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > LEAST;
    return known && (size_t)about.st_size <= limit ? (size_t)about.st_size + 2 : LEAST;
}

/* Reads up to `limit` + 1 bytes into a growing block; returns the bytes read, or -1 with errno. */
static ssize_t read_all(int descriptor, size_t limit, char **bytes) {
    size_t size = 0, capacity = 0;
    char *block = NULL;
    for (;;) {
        if (size + 1 >= capacity) {
            size_t wider = capacity ? capacity * 2 : first_room(descriptor, limit);
            char *grown = realloc(block, wider);
            if (!grown) {
                free(block);
                errno = ENOMEM;
                return -1;
            }
            block = grown;
            capacity = wider;
            pages_make_large(block, capacity);
        }
        ssize_t got = read(descriptor, block + size, capacity - size - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            int reason = errno;
            free(block);
            errno = reason;
            return -1;
        }
        size += (size_t)got;
        if (got == 0 || size > limit)
            break;
    }
    block[size] = '\0';
    *bytes = block;
    return (ssize_t)size;
}

gb_status file_read(gb_context *context, const char *path, size_t limit, char **bytes, size_t *size) {
    *bytes = NULL;
    *size = 0;
    int descriptor = open_file(path, O_RDONLY);
    if (descriptor < 0)
        return gb_fail(context, GB_IO, "%s: cannot be opened: %s", path, strerror(errno));
    char *block = NULL;
    ssize_t got = read_all(descriptor, limit, &block);
    int reason = errno;
    close(descriptor);
    if (got < 0)
        return gb_fail(context, GB_IO, "%s: cannot be read: %s", path, strerror(reason));
    if ((size_t)got > limit) {
        free(block);
        return gb_fail(context, GB_IO, "%s: is larger than the limit of %zu bytes for such a file", path, limit);
    }
    *bytes = block;
    *size = (size_t)got;
    return GB_OK;
}

static bool write_all(int descriptor, const char *bytes, size_t size) {
    while (size) {
        ssize_t written = write(descriptor, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            errno = written < 0 ? errno : EIO;
            return false;
        }
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

/* A rename is on disk only after its folder was synced. */
static bool sync_folder_of(const char *path) {
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    int folder = open_file(dirname(copy), O_RDONLY | O_DIRECTORY);
    if (folder < 0)
        return false;
    bool synced = sync_file(folder) || errno == EINVAL; /* EINVAL: the file system does not support it */
    int reason = errno;
    close(folder);
    errno = reason;
    return synced;
}

/* Writes all bytes and closes; false with errno. Calls fsync if the file must survive a crash. */
static bool fill_and_close(int descriptor, const void *bytes, size_t size, bool lasting) {
    bool written = write_all(descriptor, bytes, size) && (!lasting || sync_file(descriptor));
    int reason = errno;
    if (close(descriptor) != 0 && written && errno != EINTR) /* EINTR: the file is closed nevertheless */
        return false;
    errno = reason;
    return written;
}

/* A device or a pipe (/dev/stdout): renaming a file over it would replace it. */
static bool is_special(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

gb_status file_replace(gb_context *context, const char *path, const void *bytes, size_t size) {
    char temporary[PATH_MAX];
    bool special = is_special(path);
    int length = snprintf(temporary, sizeof temporary, special ? "%s" : "%s.%ld.tmp", path, (long)getpid());
    if (length < 0 || (size_t)length >= sizeof temporary)
        return gb_fail(context, GB_IO, "%s: the path is too long", path);
    int descriptor = open_file(temporary, special ? O_WRONLY : O_WRONLY | O_CREAT | O_TRUNC);
    if (descriptor < 0)
        return gb_fail(context, GB_IO, "%s: cannot be written: %s", temporary, strerror(errno));
    bool written = fill_and_close(descriptor, bytes, size, !special);
    if (written && !special)
        written = rename(temporary, path) == 0 && sync_folder_of(path);
    int reason = errno;
    if (written)
        return GB_OK;
    if (!special)
        unlink(temporary);
    return gb_fail(context, GB_IO, "%s: cannot be written: %s", path, strerror(reason));
}

gb_status file_update(gb_context *context, const char *path, const void *bytes, size_t size) {
    char *known = NULL;
    size_t length = 0;
    struct stat there;
    bool same = stat(path, &there) == 0 && S_ISREG(there.st_mode) && (size_t)there.st_size == size &&
                file_read(NULL, path, size + 1, &known, &length) == GB_OK && length == size &&
                memcmp(known, bytes, size) == 0;
    free(known);
    return same ? GB_OK : file_replace(context, path, bytes, size);
}

gb_status file_make_folder(gb_context *context, const char *path) {
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof part)
        return gb_fail(context, GB_IO, "\"%s\": not a valid path of a folder", path);
    memcpy(part, path, length + 1);
    for (size_t i = 1; i <= length; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        char end = part[i];
        part[i] = '\0';
        struct stat status;
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return gb_fail(context, GB_IO, "%s: the folder cannot be created: %s", part, strerror(errno));
        if (stat(part, &status) != 0 || !S_ISDIR(status.st_mode))
            return gb_fail(context, GB_IO, "%s: exists but is not a folder, and a folder is needed there", part);
        part[i] = end;
    }
    return GB_OK;
}

bool file_exists(const char *path) {
    return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG);
}

void file_write_holder(int lock) {
    char holder[FILE_HOLDER], host[256] = "", since[32] = "";
    time_t now = time(NULL);
    struct tm local;
    gethostname(host, sizeof host - 1);
    if (localtime_r(&now, &local))
        strftime(since, sizeof since, "%Y-%m-%d %H:%M:%S", &local);
    int size = snprintf(holder, sizeof holder, "process %ld on %s since %s\n", (long)getpid(), host, since);
    if (ftruncate(lock, 0) == 0 && pwrite(lock, holder, (size_t)size, 0) < 0)
        errno = 0; /* a full disk must not stop the holder of the lock */
}

void file_read_holder(int lock, char holder[FILE_HOLDER]) {
    ssize_t got = pread(lock, holder, FILE_HOLDER - 1, 0);
    holder[got > 0 ? got : 0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
    if (!*holder)
        snprintf(holder, FILE_HOLDER, "another run");
}

/* Where a shipped file is in the source tree. An installation has all of them in share/gatebench under their own
 * names. */
static const struct {
    const char *shared, *source;
} places[] = {{"recipes", "experiments/recipes"},         {"claims.yaml", "experiments/claims.yaml"},
              {"advice.yaml", "experiments/advice.yaml"}, {"plots", "plots"},
              {"published", "results/published"},         {"reference", "results/reference"},
              {"catalog.yaml", "datasets/catalog.yaml"}};

enum { ROOTS = 5 };

/* The folder of a user's own figures, beside the recipes that name them. */
static const char figures[] = "plots/figures", own_figures[] = "figures";

/* The i-th place to look for a shipped name; false when it does not apply. */
static bool shared_path(size_t i, const char *name, char *path, size_t size) {
    int length = -1;
    const char *root = getenv("GATEBENCH_SHARE");
    char program[PATH_MAX];
    ssize_t got;
    switch (i) {
    case 0:
        if (root && *root)
            length = snprintf(path, size, "%s/%s", root, name);
        break;
    case 1:
        got = readlink("/proc/self/exe", program, sizeof program - 1);
        if (got > 0) {
            program[got] = '\0';
            length = snprintf(path, size, "%s/../share/gatebench/%s", dirname(program), name);
        }
        break;
    case 2:
        for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
            size_t prefix = strlen(places[p].shared);
            if (!strncmp(name, places[p].shared, prefix) && (name[prefix] == '/' || name[prefix] == '\0'))
                length = snprintf(path, size, "%s/%s%s", GATEBENCH_SOURCE_FOLDER, places[p].source, name + prefix);
        }
        break;
    case 3:
        length = snprintf(path, size, "%s/%s", GATEBENCH_SHARE_FOLDER, name);
        break;
    default:
        if (!strncmp(name, figures, sizeof figures - 1) && name[sizeof figures - 1] == '/')
            length = snprintf(path, size, "%s%s", own_figures, name + sizeof figures - 1);
    }
    return length >= 0 && (size_t)length < size;
}

gb_status file_find_shared(gb_context *context, const char *name, char *path, size_t size) {
    if (name[0] == '/' || strstr(name, ".."))
        return gb_fail(context, GB_IO, "\"%s\": not the name of a shipped file", name);
    for (size_t i = 0; i < ROOTS; i++)
        if (shared_path(i, name, path, size) && file_exists(path))
            return GB_OK;
    if (size)
        path[0] = '\0';
    return gb_fail(context, GB_IO,
                   "%s: not found in $GATEBENCH_SHARE, share/gatebench beside the program or the source tree; set "
                   "GATEBENCH_SHARE to the folder that holds it",
                   name);
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds a copy of the name to a list that ends with NULL. */
static bool add_name(char ***names, size_t *count, const char *name) {
    char **grown = realloc(*names, (*count + 2) * sizeof **names);
    if (!grown)
        return false;
    *names = grown;
    grown[*count] = strdup(name);
    grown[*count + 1] = NULL;
    return grown[(*count)++] != NULL;
}

/* Adds the names in a folder that have this ending; false: out of memory. */
static bool add_names_in(DIR *folder, const char *ending, char ***names, size_t *count) {
    size_t tail = strlen(ending);
    bool enough = true;
    for (struct dirent *entry; enough && (entry = readdir(folder));) {
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] != '.' && length > tail && !strcmp(entry->d_name + length - tail, ending))
            enough = add_name(names, count, entry->d_name);
    }
    closedir(folder);
    return enough;
}

gb_status file_list_shared(gb_context *context, const char *folder, const char *ending, char ***names) {
    *names = NULL;
    char path[PATH_MAX];
    GB_TRY(file_find_shared(context, folder, path, sizeof path));
    DIR *open_folder = opendir(path), *own = strcmp(folder, figures) != 0 ? NULL : opendir(own_figures);
    if (!open_folder) {
        gb_status status = gb_fail(context, GB_IO, "%s: cannot be listed: %s", path, strerror(errno));
        if (own)
            closedir(own);
        return status;
    }
    size_t count = 0;
    char **list = calloc(1, sizeof *list);
    bool enough = list && add_names_in(open_folder, ending, &list, &count);
    if (own)
        enough = add_names_in(own, ending, &list, &count) && enough;
    if (!list || !enough) {
        file_free_list(list);
        return gb_fail(context, GB_MEMORY, "%s: out of memory while listing the folder", path);
    }
    qsort(list, count, sizeof *list, compare_names);
    *names = list;
    return GB_OK;
}

void file_free_list(char **names) {
    for (size_t i = 0; names && names[i]; i++)
        free(names[i]);
    free(names);
}
