/* SPDX-License-Identifier: MIT */
/* The leaky cell in both precisions: leaky_f32 and leaky_f64. */
#include <tgmath.h>

#include <gatebench/cell_maths.h>

static const char *const leaky_gates[] = {"g", "a"};

#define NUMBER float
#define FORM(name) name##_f32
#include "leaky_cell.h"
#undef NUMBER
#undef FORM
#define NUMBER double
#define FORM(name) name##_f64
#include "leaky_cell.h"
#undef NUMBER
#undef FORM
