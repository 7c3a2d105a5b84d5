/* SPDX-License-Identifier: MIT */
/* A worker: a process that runs the trials which it is sent, one after the other, writes each finished one into the
 * run's folder, and says how it goes. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_RUN_WORKER_H
#define GATEBENCH_EXPERIMENTS_RUN_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The socket carries packets: to the worker "<stage>\n<files>\n<canonical text>" with lines "name=path" of its files or
 * WORKER_STOP, back these. */
typedef enum worker_news {
    WORKER_PROGRESS,  /* still running: share, words */
    WORKER_NOTE,      /* still running: words are a warning */
    WORKER_DONE,      /* trial file in place: words are its result */
    WORKER_DIVERGED,  /* the same, with status diverged */
    WORKER_FAILED,    /* words say why */
    WORKER_STOPPED,   /* as it was asked to: the trial goes on at the next run */
    WORKER_UNWRITTEN, /* a file could not be read or put in place, no fault of the trial's: words say why */
} worker_news;

typedef struct worker_message {
    worker_news news;
    double share, seconds, cpu_seconds;
    char words[1024];
} worker_message;

/* Asks the worker to leave a checkpoint of its trial and to answer WORKER_STOPPED; one that has no trial ignores it. */
#define WORKER_STOP "stop"

/* What workers are told when they start. */
typedef struct worker_options {
    const char *run_folder;
    double checkpoint_seconds; /* from one checkpoint of a trial to the next */
    double trial_seconds;      /* most time a trial may take before its worker is ended; 0: any */
    double memory_bytes;       /* most memory of a worker; 0: any */
} worker_options;

/* Most bytes of a trial sent to a worker. */
#define WORKER_PACKET 65536

/* Serves the socket until its other end closes; never returns. Dies with the process that forked it. */
_Noreturn void worker_serve(int socket, pid_t parent, const worker_options *options);

#endif
