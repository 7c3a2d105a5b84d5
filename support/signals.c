/* SPDX-License-Identifier: MIT */
/* Signals during a run. A handler may do very little: it only stores the signal's number. */
#include "support/signals.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static const int numbers[] = {SIGINT, SIGTERM, SIGUSR1, SIGHUP, SIGPIPE, SIGXFSZ};
#define COUNT (sizeof numbers / sizeof *numbers)

static struct sigaction before[COUNT];
static volatile sig_atomic_t caught;
static int depth; /* of signals_catch */

static void keep(int number) {
    if (caught && number == SIGINT)
        _exit(130); /* workers end with this process; every finished trial is saved */
    caught = number;
}

void signals_catch(void) {
    if (depth++)
        return;
    caught = 0;
    for (size_t i = 0; i < COUNT; i++) {
        struct sigaction action = {.sa_handler = keep};
        if (numbers[i] == SIGPIPE || numbers[i] == SIGXFSZ)
            action.sa_handler = SIG_IGN;
        sigaction(numbers[i], &action, &before[i]);
        if (numbers[i] == SIGHUP && before[i].sa_handler == SIG_IGN) /* nohup */
            sigaction(numbers[i], &before[i], NULL);
    }
}

void signals_restore(void) {
    if (--depth)
        return;
    for (size_t i = 0; i < COUNT; i++)
        sigaction(numbers[i], &before[i], NULL);
}

int signals_caught(void) {
    return caught;
}
