/* SPDX-License-Identifier: MIT */
/* Hints to the kernel about large blocks of memory. None of them changes what a program computes. */
#ifndef GATEBENCH_INTERCHANGE_NETWORK_PAGES_H
#define GATEBENCH_INTERCHANGE_NETWORK_PAGES_H

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Gives the hint about the whole pages inside a block. */
static inline void pages_advise(const void *bytes, size_t size, int advice) {
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), begin = ((uintptr_t)bytes + page - 1) / page * page;
    const uintptr_t end = ((uintptr_t)bytes + size) / page * page;
    if (end > begin)
        madvise((void *)begin, end - begin, advice);
}

/* A fresh block that is about to be filled: fewer and larger pages, where the system gives them on request. */
static inline void pages_make_large(void *bytes, size_t size) {
    enum { WORTH_IT = 4 << 20 };
    if (bytes && size >= WORTH_IT)
        pages_advise(bytes, size, MADV_HUGEPAGE);
}

/* Of a mapping of a file, or shared: what has been read need not stay here, and comes back when it is read again. */
static inline void pages_let_go(const void *bytes, size_t size) {
    pages_advise(bytes, size, MADV_DONTNEED);
}

#endif
