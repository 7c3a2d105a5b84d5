/* SPDX-License-Identifier: MIT */
/* Signals during a run: the first asks to stop, a second Ctrl-C stops at once. Used by cli and experiments. */
#ifndef GATEBENCH_SUPPORT_SIGNALS_H
#define GATEBENCH_SUPPORT_SIGNALS_H

/* Catches SIGINT, SIGTERM, SIGUSR1 and (unless nohup has it ignored) SIGHUP; ignores SIGPIPE and SIGXFSZ (a full disk
 * is an error, not a death). A second SIGINT ends the process at once. */
void signals_catch(void);
/* Puts back what was there before. */
void signals_restore(void);
/* The signal that asked the run to stop, 0 when none did. */
int signals_caught(void);

#endif
