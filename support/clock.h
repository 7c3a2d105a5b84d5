/* SPDX-License-Identifier: MIT */
/* The two clocks of the program. */
#ifndef GATEBENCH_SUPPORT_CLOCK_H
#define GATEBENCH_SUPPORT_CLOCK_H

/* Seconds of a clock that never goes back; only differences mean something. */
double clock_now(void);
/* Seconds that the threads of this process have computed. */
double clock_cpu_now(void);

#endif
