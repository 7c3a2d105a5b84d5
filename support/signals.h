/* SPDX-License-Identifier: MIT */
/* Signals during a run: the first asks to stop, a second Ctrl-C stops at once. Used by cli and experiments. */
#ifndef GATEBENCH_SUPPORT_SIGNALS_H
#define GATEBENCH_SUPPORT_SIGNALS_H

/* Catches SIGINT, SIGTERM, SIGUSR1 and SIGHUP (unless nohup made it ignored). Ignores SIGPIPE and SIGXFSZ, so that a
 * full disk is an error and does not kill the process. A second SIGINT ends the process at once. */
void signals_catch(void);
/* Restores the previous handlers. */
void signals_restore(void);
/* The signal that asked the run to stop; 0: none. */
int signals_caught(void);

#endif
