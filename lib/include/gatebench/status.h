/* SPDX-License-Identifier: MIT */
/* What every call of libgatebench returns, and how a symbol is exported. */
#ifndef GATEBENCH_STATUS_H
#define GATEBENCH_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Marks what a program may call. */
#define GB_EXPORT __attribute__((visibility("default")))

/* The outcome of a call. The sentence that explains a failure stands in the context: gb_context_message(). */
typedef enum gb_status {
    GB_OK = 0,
    GB_INVALID,     /* an argument, a shape or a setting that cannot be: the caller's error */
    GB_UNSUPPORTED, /* a valid request that this backend or this build does not serve */
    GB_MEMORY,      /* out of memory, or a product of sizes beyond size_t */
    GB_DATA,        /* a data or weight file that is missing, truncated or wrong */
    GB_IO,          /* reading, writing or starting a program failed */
    GB_STOPPED,     /* stopped on request before the end; nothing finished is lost */
    GB_BACKEND      /* the library behind a backend reported a failure */
} gb_status;

/* The name of a status in lower case ("ok", "invalid", ...); never NULL. */
GB_EXPORT const char *gb_status_name(gb_status status);

/* Passes a failure on: returns the status of `call` from the calling function unless it is GB_OK. */
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
