/* SPDX-License-Identifier: MIT */
/* The status that every call of libgatebench returns, and the export of symbols. */
#ifndef GATEBENCH_STATUS_H
#define GATEBENCH_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Marks the functions that a program may call. */
#define GB_EXPORT __attribute__((visibility("default")))

/* The outcome of a call. gb_context_message() gives the sentence that explains a failure. */
typedef enum gb_status {
    GB_OK = 0,
    GB_INVALID,     /* an invalid argument, shape or setting: the caller's error */
    GB_UNSUPPORTED, /* a valid request that this backend or build does not support */
    GB_MEMORY,      /* out of memory, or a product of sizes beyond size_t */
    GB_DATA,        /* a data or weight file is missing, truncated or wrong */
    GB_IO,          /* reading, writing or starting a program failed */
    GB_STOPPED,     /* stopped on request; finished work is kept */
    GB_BACKEND      /* the library behind a backend reported a failure */
} gb_status;

/* The name of a status in lower case ("ok", "invalid", ...); never NULL. */
GB_EXPORT const char *gb_status_name(gb_status status);

/* Passes a failure on: unless `call` returns GB_OK, returns its status from the calling function. */
#define GB_TRY(call)                                                                                                   \
    do {                                                                                                               \
        const gb_status gb_try_status = (call);                                                                        \
        if (gb_try_status != GB_OK)                                                                                    \
            return gb_try_status;                                                                                      \
    } while (0)

#ifdef __cplusplus
}
#endif
#endif
