/* SPDX-License-Identifier: MIT */
#include "core/number.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

bool number_read(const char *text, double *number) {
    char *end;
    const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    *number = 0;
    if (!plain)
        return false;
    const double value = strtod_l(text, &end, plain);
    freelocale(plain);
    if (end == text || *end != '\0' || !isfinite(value))
        return false;
    *number = value;
    return true;
}
