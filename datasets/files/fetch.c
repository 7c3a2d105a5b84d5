/* SPDX-License-Identifier: MIT */
/* Gets bytes from a URL by libcurl, or from a program of this machine. Checks only their size; catalog.c verifies the
 * content. */
#include "datasets/files/fetch.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/text.h"

extern char **environ;

/* Time limits in seconds: for the connection, for a transfer that has almost stalled, for the whole transfer. */
enum { CONNECT_SECONDS = 20, SILENT_SECONDS = 30, MOST_SECONDS = 900, REDIRECTS = 5 };

typedef struct sink {
    text received;
    size_t limit;
    bool too_large;
} sink;

static size_t receive(char *bytes, size_t size, size_t count, void *user) {
    sink *s = user;
    if (size * count > s->limit - s->received.length) {
        s->too_large = true;
        return 0;
    }
    text_append_bytes(&s->received, bytes, size * count);
    return s->received.failed ? 0 : size * count;
}

/* Settings of every transfer. The server does not control the scheme, the size or the duration. */
static CURLcode prepare(CURL *transfer, const data_file *file, sink *s, char *reason) {
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {{CURLOPT_FOLLOWLOCATION, 1},
                   {CURLOPT_MAXREDIRS, REDIRECTS},
                   {CURLOPT_FAILONERROR, 1},
                   {CURLOPT_NOSIGNAL, 1},
                   {CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS},
                   {CURLOPT_LOW_SPEED_LIMIT, 100},
                   {CURLOPT_LOW_SPEED_TIME, SILENT_SECONDS},
                   {CURLOPT_TIMEOUT, MOST_SECONDS}};
    CURLcode code = CURLE_OK;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && code == CURLE_OK; i++)
        code = curl_easy_setopt(transfer, numbers[i].option, numbers[i].value);
    if (code == CURLE_OK)
        code = curl_easy_setopt(transfer, CURLOPT_URL, file->url);
    if (code == CURLE_OK)
        code = curl_easy_setopt(transfer, CURLOPT_PROTOCOLS_STR, "https,file");
    if (code == CURLE_OK)
        code = curl_easy_setopt(transfer, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    if (code == CURLE_OK)
        code = curl_easy_setopt(transfer, CURLOPT_ERRORBUFFER, reason);
    if (code == CURLE_OK)
        code = curl_easy_setopt(transfer, CURLOPT_WRITEFUNCTION, receive);
    if (code == CURLE_OK)
        code = curl_easy_setopt(transfer, CURLOPT_WRITEDATA, s);
    return code;
}

gb_status fetch_url(gb_context *context, const data_file *file, char **bytes, size_t *size) {
    char reason[CURL_ERROR_SIZE] = "";
    sink s = {.limit = file->bytes};
    CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *transfer = code == CURLE_OK ? curl_easy_init() : NULL;
    if (transfer) {
        code = prepare(transfer, file, &s, reason);
        if (code == CURLE_OK)
            code = curl_easy_perform(transfer);
    } else if (code == CURLE_OK) {
        code = CURLE_OUT_OF_MEMORY;
    }
    curl_easy_cleanup(transfer);
    curl_global_cleanup();
    if (code == CURLE_OK && !s.received.failed) {
        *bytes = s.received.data; /* NULL when empty; no data file is empty */
        *size = s.received.length;
        return GB_OK;
    }
    text_free(&s.received);
    if (s.too_large)
        return gb_fail(context, GB_DATA, "%s: refused, since %s has more than the expected %zu bytes", file->file,
                       file->url, file->bytes);
    return gb_fail(
        context, GB_IO,
        "%s: cannot be fetched from %s: %s; check the network, or set GATEBENCH_DATA_MIRROR to a folder that "
        "holds %s",
        file->file, file->url, *reason ? reason : curl_easy_strerror(code), file->file);
}

/* Programs that print a data file. Each runs without a shell; `normalise` turns its output into the file. */
typedef struct producer {
    const char *name;
    const char *arguments[4];
    void (*normalise)(text *output);
} producer;

/* Drops the first word ("Ge1:1") and the space after it from every line. */
static void drop_first_words(text *output) {
    size_t kept = 0;
    for (size_t i = 0; i < output->length;) {
        const char *line = output->data + i;
        const char *newline = memchr(line, '\n', output->length - i);
        size_t length = newline ? (size_t)(newline - line) + 1 : output->length - i;
        const char *space = memchr(line, ' ', length);
        size_t skipped = space ? (size_t)(space - line) + 1 : 0;
        memmove(output->data + kept, line + skipped, length - skipped);
        kept += length - skipped;
        i += length;
    }
    output->length = kept;
}

static const producer producers[] = {{"kjv", {"bible", "-f", "Gen1:1-Rev22:21", NULL}, drop_first_words}};

static const producer *find_producer(const data_file *file) {
    for (size_t i = 0; i < sizeof producers / sizeof *producers; i++)
        if (!strcmp(producers[i].name, file->name))
            return &producers[i];
    return NULL;
}

bool fetch_has_program(const data_file *file) {
    const producer *p = find_producer(file);
    const char *folders = getenv("PATH");
    text path = {0};
    bool found = false;
    while (p && folders && *folders && !found) {
        size_t length = strcspn(folders, ":");
        path.length = 0;
        text_append(&path, "%.*s/%s", (int)length, folders, p->arguments[0]);
        found = !path.failed && access(path.data, X_OK) == 0;
        folders += length + (folders[length] == ':');
    }
    text_free(&path);
    return found;
}

/* Starts the program with its output connected to a pipe; returns an errno value. */
static int start(const producer *p, int output[2], pid_t *child) {
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    if (!error)
        error = posix_spawnp(child, p->arguments[0], &actions, NULL, (char *const *)p->arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Reads to the end, at most `limit` bytes. A program that never stops printing is cut off there, and its size is then
 * wrong. */
static void drain(int descriptor, size_t limit, text *output) {
    char block[65536];
    while (output->length < limit && !output->failed) {
        ssize_t got = read(descriptor, block, sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return;
        text_append_bytes(output, block, (size_t)got);
    }
}

gb_status fetch_program(gb_context *context, const data_file *file, char **bytes, size_t *size) {
    const producer *p = find_producer(file);
    int ends[2], ended = 0;
    pid_t child;
    if (!p)
        return gb_fail(context, GB_DATA, "%s: %s is not here; install it with: %s", file->name, file->file,
                       file->command);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return gb_fail(context, GB_IO, "%s: cannot create a pipe: %s", p->arguments[0], strerror(errno));
    int error = start(p, ends, &child);
    close(ends[1]);
    if (error) {
        close(ends[0]);
        return gb_fail(context, error == ENOENT ? GB_DATA : GB_IO,
                       "%s: the program `%s`, which prints %s (%zu bytes), cannot be run (%s); install it with: %s",
                       file->name, p->arguments[0], file->file, file->bytes, strerror(error), file->command);
    }
    text output = {0};
    drain(ends[0], 4 * file->bytes, &output);
    close(ends[0]);
    while (waitpid(child, &ended, 0) < 0 && errno == EINTR)
        continue;
    if (output.failed || !output.data || !WIFEXITED(ended) || WEXITSTATUS(ended) != 0) {
        text_free(&output);
        return gb_fail(context, GB_IO, "%s: the program `%s` failed; reinstall it with: %s", file->name,
                       p->arguments[0], file->command);
    }
    p->normalise(&output);
    *bytes = output.data;
    *size = output.length;
    return GB_OK;
}
