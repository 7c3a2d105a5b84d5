/* SPDX-License-Identifier: MIT */
/* The entry points are those that gcc calls for `#pragma omp parallel`; the runtimes of LLVM and Intel have them too.
 * They are weak symbols, since oneDNN can be built on a runtime without them; then a pass has one thread. */
#include "backends/onednn/threads.h"
#include "core/denormals.h"

#include <string.h>

#define LEAST_ROWS 8 /* per thread: fewer leave registers of a tile empty */

enum { MOST_THREADS = 4096 }; /* any others keep denormals */

#pragma weak omp_get_max_threads
#pragma weak omp_get_num_threads
#pragma weak omp_get_thread_num
#pragma weak GOMP_parallel
extern int omp_get_max_threads(void);
extern int omp_get_num_threads(void);
extern int omp_get_thread_num(void);
extern void GOMP_parallel(void (*function)(void *), void *data, unsigned threads, unsigned flags);

static size_t count_threads(void) {
    const int threads = omp_get_max_threads && GOMP_parallel ? omp_get_max_threads() : 1;
    return threads < 1 ? 1 : (size_t)threads;
}

size_t onednn_row_shares(size_t batch) {
    const size_t threads = count_threads(), most = batch / LEAST_ROWS;
    return most < 1 ? 1 : most < threads ? most : threads;
}

bool onednn_rows_use_threads(size_t batch) {
    return omp_get_max_threads && onednn_row_shares(batch) == (size_t)omp_get_max_threads();
}

typedef struct region {
    size_t count;
    void (*work)(void *data, size_t i);
    void *data;
} region;

/* Of one thread: every so many-th item. */
static void run(void *data) {
    const region *r = data;
    for (size_t i = (size_t)omp_get_thread_num(); i < r->count; i += (size_t)omp_get_num_threads())
        r->work(r->data, i);
}

void onednn_on_threads(size_t count, void (*work)(void *data, size_t i), void *data) {
    const size_t threads = count_threads(); /* fewer than planned, if the caller has changed their number since */
    /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): without GOMP_parallel no pass has several shares */
    GOMP_parallel(run, &(region){count, work, data}, (unsigned)(count < threads ? count : threads), 0);
}

/* Of one thread: `before` has an entry for each. */
static void flush(void *before) {
    const int thread = omp_get_thread_num();
    if (thread < MOST_THREADS)
        ((unsigned *)before)[thread] = denormals_flush();
}

static void restore(void *before) {
    const int thread = omp_get_thread_num();
    if (thread < MOST_THREADS)
        denormals_restore(((unsigned *)before)[thread]);
}

/* The first region makes the threads, if they do not exist yet. They inherit the setting of the thread that makes them:
 * it must not flush denormals, since the caller's own regions would then lose theirs. */
void onednn_without_denormals(void (*work)(void *data), void *data) {
    unsigned before[MOST_THREADS];
    const size_t threads = count_threads();
    if (threads == 1 || !DENORMALS_CAN_BE_ZERO) {
        *before = denormals_flush();
        work(data);
        denormals_restore(*before);
        return;
    }
    memset(before, 0, (threads < MOST_THREADS ? threads : MOST_THREADS) * sizeof *before);
    GOMP_parallel(flush, before, (unsigned)threads, 0);
    work(data);
    GOMP_parallel(restore, before, (unsigned)threads, 0);
}
