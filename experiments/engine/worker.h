/* SPDX-License-Identifier: MIT */
/* A worker: a process that runs the trials which it is sent, one after the other, writes each finished one into the
 * run's folder, and says how it goes. Internal to the engine. */
#ifndef GATEBENCH_ENGINE_WORKER_H
#define GATEBENCH_ENGINE_WORKER_H

#include <stddef.h>
#include <sys/types.h>

/* The socket carries packets: to the worker "<stage>\n<canonical text>", back these. */
typedef enum worker_news {
    WORKER_PROGRESS,  /* still running: share, words */
    WORKER_DONE,      /* trial file in place: words are its result */
    WORKER_DIVERGED,  /* the same, with status diverged */
    WORKER_FAILED,    /* words say why */
    WORKER_UNWRITTEN, /* it ran, but its file could not be put in place: words say why */
} worker_news;

typedef struct worker_message {
    worker_news news;
    double share, seconds, cpu_seconds;
    char words[1024];
} worker_message;

/* Most bytes of a trial sent to a worker. */
#define WORKER_PACKET 65536

/* Serves the socket until its other end closes; never returns. Dies with the process that forked it. */
_Noreturn void worker_serve(int socket, pid_t parent, const char *run_folder, size_t threads);

#endif
