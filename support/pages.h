/* SPDX-License-Identifier: MIT */
/* A hint to the kernel about large blocks of memory, which changes nothing that a program computes. */
#ifndef GATEBENCH_SUPPORT_PAGES_H
#define GATEBENCH_SUPPORT_PAGES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Asks for large pages for a fresh block that is about to be filled, where the system gives them on request. */
static inline void pages_make_large(void *bytes, size_t size) {
    enum { WORTH_IT = 4 << 20 };
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), skipped = (page - (uintptr_t)bytes % page) % page;
    if (bytes && size >= WORTH_IT)
        madvise((char *)bytes + skipped, (size - skipped) / page * page, MADV_HUGEPAGE);
}

#endif
