/* SPDX-License-Identifier: MIT */
/* The parent's side of the workers: fork, send, receive, reap. */
#include "experiments/run/pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "results/store/store.h"
#include "support/cleanup.h"
#include "support/clock.h"
#include "support/text.h"
#include "support/yaml.h"

/* How long workers may take to write a checkpoint: mostly one step or batch. */
#define STOP_SECONDS 10

typedef struct member {
    pid_t pid; /* 0: not forked yet, or dead */
    int socket;
    bool busy;
    size_t trial;
    double since; /* when the trial was given */
} member;

struct pool {
    gb_context *context;
    worker_options options;
    size_t workers;
    int private_descriptor;
    member *members;
    struct pollfd *polled; /* scratch [workers] */
};

/* One minute costs little and loses little; tests need another interval. */
static gb_status choose_checkpoint_seconds(gb_context *context, double *seconds) {
    const char *given = getenv("GATEBENCH_CHECKPOINT_SECONDS");
    *seconds = 60;
    if (!given || !*given)
        return GB_OK;
    if (!text_is_number(given, seconds) || !(*seconds >= 0))
        return gb_fail(context, GB_INVALID,
                       "GATEBENCH_CHECKPOINT_SECONDS is '%s': give seconds between two checkpoints of a trial, or 0 "
                       "for one after every step",
                       given);
    return GB_OK;
}

gb_status pool_create(gb_context *context, const worker_options *options, size_t workers, int private_descriptor,
                      pool **out) {
    double checkpoint_seconds;
    *out = NULL;
    gb_status status = choose_checkpoint_seconds(context, &checkpoint_seconds);
    if (status)
        return status;
    pool *p = calloc(1, sizeof *p);
    if (p) {
        p->members = calloc(workers, sizeof *p->members);
        p->polled = calloc(workers, sizeof *p->polled);
    }
    if (!p || !p->members || !p->polled) {
        pool_destroy(p);
        return gb_fail(context, GB_MEMORY, "out of memory for %zu workers", workers);
    }
    p->context = context;
    p->options = *options;
    p->options.checkpoint_seconds = checkpoint_seconds;
    p->workers = workers;
    p->private_descriptor = private_descriptor;
    *out = p;
    return GB_OK;
}

void pool_destroy(pool *p) {
    if (!p)
        return;
    for (size_t i = 0; i < p->workers; i++)
        if (p->members[i].pid > 0)
            kill(p->members[i].pid, SIGKILL);
    for (size_t i = 0; i < p->workers; i++) {
        if (p->members[i].pid <= 0)
            continue;
        while (waitpid(p->members[i].pid, NULL, 0) < 0 && errno == EINTR) {
        }
        close(p->members[i].socket);
    }
    free(p->members);
    free(p->polled);
    free(p);
}

bool pool_has_room(const pool *p) {
    return pool_running(p) < p->workers;
}

size_t pool_running(const pool *p) {
    size_t running = 0;
    for (size_t i = 0; i < p->workers; i++)
        running += p->members[i].busy;
    return running;
}

/* The child keeps only its own socket: a copy of another socket or of the lock would keep that open. */
static void close_inherited(const pool *p) {
    for (size_t i = 0; i < p->workers; i++)
        if (p->members[i].pid > 0)
            close(p->members[i].socket);
    close(p->private_descriptor);
}

static gb_status start_member(pool *p, member *m) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return gb_fail(p->context, GB_IO, "cannot create a socket for a worker: %s", strerror(errno));
    fflush(NULL); /* buffered output would be written twice */
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        close(ends[0]);
        close_inherited(p);
        worker_serve(ends[1], parent, &p->options);
    }
    int reason = errno;
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return gb_fail(p->context, GB_IO, "cannot start a process for a worker: %s; try fewer workers (-j)",
                       strerror(reason));
    }
    *m = (member){.pid = pid, .socket = ends[0]};
    return GB_OK;
}

/* A likely reason why a worker ended without a message. */
static const char *guess_cause(const pool *p, int status) {
    if (p->options.memory_bytes > 0)
        return ", perhaps because memory ran out: --trial-memory sets the limit";
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL
               ? ", perhaps because memory ran out: try fewer workers (-j)"
               : "";
}

/* Reaps a worker and reports how it ended. */
static void reap_worker(const pool *p, member *m, worker_message *message) {
    int status = 0;
    kill(m->pid, SIGKILL); /* it no longer receives messages, so it must not continue */
    while (waitpid(m->pid, &status, 0) < 0 && errno == EINTR) {
    }
    *message = (worker_message){.news = WORKER_FAILED};
    if (WIFSIGNALED(status))
        snprintf(message->words, sizeof message->words, "its worker (process %ld) was killed by signal %d (%s)%s",
                 (long)m->pid, WTERMSIG(status), strsignal(WTERMSIG(status)), guess_cause(p, status));
    else
        snprintf(message->words, sizeof message->words, "its worker (process %ld) ended with exit code %d%s",
                 (long)m->pid, WEXITSTATUS(status), guess_cause(p, status));
    close(m->socket);
    *m = (member){0};
}

gb_status pool_send(pool *p, size_t trial, const trial_settings *settings, const char *canonical) {
    member *m = p->members;
    while (m->busy)
        m++;
    char packet[WORKER_PACKET];
    CLEANUP(text_free) text files = {0};
    text_append(&files, "%s\n", settings->stage);
    bool whole = trial_append_files(settings, &files);
    int size = whole ? snprintf(packet, sizeof packet, "%s\n%s", files.data, canonical) : -1;
    if (size < 0 || (size_t)size >= sizeof packet - 1)
        return gb_fail(p->context, GB_INVALID, "a trial's settings take more than %d bytes", WORKER_PACKET);
    for (int attempt = 0; attempt < 3; attempt++) {
        gb_status status = m->pid > 0 ? GB_OK : start_member(p, m);
        if (status)
            return status;
        if (send(m->socket, packet, (size_t)size, MSG_NOSIGNAL) == size) {
            m->busy = true;
            m->trial = trial;
            m->since = clock_now();
            return GB_OK;
        }
        worker_message message; /* an idle worker died: no trial is lost; fork another */
        reap_worker(p, m, &message);
    }
    return gb_fail(p->context, GB_IO, "workers die as soon as they are started");
}

/* Reads the message of one worker. */
static void receive_from(const pool *p, member *m, pool_listener listener, void *user) {
    worker_message message;
    ssize_t size = recv(m->socket, &message, sizeof message, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    bool was_busy = m->busy;
    size_t trial = m->trial;
    if (size != (ssize_t)sizeof message)
        reap_worker(p, m, &message);
    else if (message.news == WORKER_FAILED) /* the failed trial may have left the process in a bad state */
        reap_worker(p, m, &(worker_message){0});
    if (message.news != WORKER_PROGRESS && message.news != WORKER_NOTE)
        m->busy = false;
    if (was_busy)
        listener(user, trial, &message);
}

/* Ends the workers whose trials exceed the time limit, computing or hanging. */
static void end_overdue(pool *p, pool_listener listener, void *user) {
    double limit = p->options.trial_seconds, now = clock_now();
    for (size_t i = 0; i < p->workers && limit > 0; i++) {
        member *m = &p->members[i];
        if (!m->busy || now - m->since <= limit)
            continue;
        worker_message message;
        size_t trial = m->trial;
        char most[32];
        clock_words(limit, most, sizeof most);
        reap_worker(p, m, &message);
        snprintf(message.words, sizeof message.words,
                 STORE_OVER_LIMIT "it took longer than %s (--trial-time) and was ended", most);
        listener(user, trial, &message);
    }
}

void pool_wait(pool *p, int milliseconds, pool_listener listener, void *user) {
    for (size_t i = 0; i < p->workers; i++) {
        bool alive = p->members[i].pid > 0;
        p->polled[i] = (struct pollfd){.fd = alive ? p->members[i].socket : -1, .events = POLLIN};
    }
    int ready = poll(p->polled, p->workers, milliseconds);
    for (size_t i = 0; i < p->workers && ready > 0; i++)
        if (p->polled[i].revents)
            receive_from(p, &p->members[i], listener, user);
    end_overdue(p, listener, user);
}

void pool_stop(pool *p, pool_listener listener, void *user) {
    double end = clock_now() + STOP_SECONDS;
    for (size_t i = 0; i < p->workers; i++)
        if (p->members[i].busy) /* a dead one is detected below */
            send(p->members[i].socket, WORKER_STOP, strlen(WORKER_STOP), MSG_NOSIGNAL | MSG_DONTWAIT);
    while (pool_running(p) && clock_now() < end)
        pool_wait(p, 100, listener, user);
}
