/* SPDX-License-Identifier: MIT */
/* One source for both precisions. A file that includes this is compiled twice (CMake: REAL_SOURCES), once with
 * GB_REAL_BITS=32 and once with 64; every symbol with external linkage is written REAL(name) and so gets _f32 or _f64.
 */
#ifndef GATEBENCH_CORE_REAL_H
#define GATEBENCH_CORE_REAL_H

#include <math.h>

#if GB_REAL_BITS == 64
typedef double real;
#define REAL(name) name##_f64
#define REAL_DTYPE GB_F64
#define REAL_SQRT sqrt
#elif GB_REAL_BITS == 32
typedef float real;
#define REAL(name) name##_f32
#define REAL_DTYPE GB_F32
#define REAL_SQRT sqrtf
#else
#error "compile this file through REAL_SOURCES, with GB_REAL_BITS 32 or 64"
#endif

#endif
