/* SPDX-License-Identifier: MIT */
/* Denormal numbers in fast passes and updates. A gradient that vanishes passes through f32's denormals (below 1.2e-38),
 * where x86 takes about a hundred cycles per operation: a saturated RNN trained sixteen times as slowly. Nothing that
 * is learned depends on numbers so small, so they are treated as zero, as TensorFlow and XLA do. */
#ifndef GATEBENCH_CORE_DENORMALS_H
#define GATEBENCH_CORE_DENORMALS_H

#include <stdbool.h>

#ifdef __SSE__
#include <xmmintrin.h>

#define DENORMALS_CAN_BE_ZERO true
#define DENORMALS_ARE_ZERO 0x8040u /* results (FTZ) and operands (DAZ) */

/* Treats denormals as zero in this thread; returns what denormals_restore() needs. */
static inline unsigned denormals_flush(void) {
    const unsigned before = _mm_getcsr();
    _mm_setcsr(before | DENORMALS_ARE_ZERO);
    return before;
}

/* Leaves exceptions that were raised since. */
static inline void denormals_restore(unsigned before) {
    _mm_setcsr((_mm_getcsr() & ~DENORMALS_ARE_ZERO) | (before & DENORMALS_ARE_ZERO));
}
#else
#define DENORMALS_CAN_BE_ZERO false

static inline unsigned denormals_flush(void) {
    return 0;
}

static inline void denormals_restore(unsigned before) {
    (void)before;
}
#endif

#endif
