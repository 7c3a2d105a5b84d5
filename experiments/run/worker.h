/* SPDX-License-Identifier: MIT */
/* A worker: a process that receives trials one after the other, runs them, writes each finished one into the run's
 * folder, and reports progress. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_RUN_WORKER_H
#define GATEBENCH_EXPERIMENTS_RUN_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The socket carries packets. To the worker: a trial, "<stage>\n<files>\n<canonical text>" with one line "name=path"
 * per file, or WORKER_STOP. From the worker: a worker_message with one of these kinds of news. */
typedef enum worker_news {
    WORKER_PROGRESS,  /* still running: share, words */
    WORKER_NOTE,      /* still running: words are a warning */
    WORKER_DONE,      /* trial file written: words are its result */
    WORKER_DIVERGED,  /* the same, with status diverged */
    WORKER_FAILED,    /* words say why */
    WORKER_STOPPED,   /* stopped on request: the trial continues in the next run */
    WORKER_UNWRITTEN, /* a file could not be read or written, which is not the trial's fault: words are the reason */
} worker_news;

typedef struct worker_message {
    worker_news news;
    double share, seconds, cpu_seconds;
    char words[1024];
} worker_message;

/* Asks the worker to write a checkpoint of its trial and to answer WORKER_STOPPED; a worker without a trial ignores
 * it. */
#define WORKER_STOP "stop"

/* The options of a worker. */
typedef struct worker_options {
    const char *run_folder;
    double checkpoint_seconds; /* interval between checkpoints */
    double trial_seconds;      /* time limit of a trial, after which its worker is ended; 0: none */
    double memory_bytes;       /* memory limit of a worker; 0: none */
} worker_options;

/* The largest size in bytes of a trial sent to a worker. */
#define WORKER_PACKET 65536

/* Serves the socket until its other end closes; never returns. Dies with the process that forked it. */
_Noreturn void worker_serve(int socket, pid_t parent, const worker_options *options);

#endif
