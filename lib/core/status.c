/* SPDX-License-Identifier: MIT */
/* The names of the status values. */
#include "gatebench/status.h"

#include <stddef.h>

const char *gb_status_name(gb_status status) {
    static const char *const names[] = {
        [GB_OK] = "ok",     [GB_INVALID] = "invalid", [GB_UNSUPPORTED] = "unsupported", [GB_MEMORY] = "memory",
        [GB_DATA] = "data", [GB_IO] = "io",           [GB_STOPPED] = "stopped",         [GB_BACKEND] = "backend",
    };
    const size_t i = (size_t)status;
    return i < sizeof names / sizeof *names ? names[i] : "unknown";
}
