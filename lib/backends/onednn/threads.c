/* SPDX-License-Identifier: MIT */
/* The entry points are those that compilers call for `#pragma omp parallel`: gcc's own, which the runtimes of LLVM and
 * Intel have too. They are weak, since oneDNN can be built on another runtime, where nothing has them; then a pass has
 * one thread. */
#include "backends/onednn/threads.h"
#include "core/denormals.h"

#define LEAST_ROWS 8 /* per thread: fewer leave registers of a tile empty */

#pragma weak omp_get_max_threads
#pragma weak omp_get_num_threads
#pragma weak omp_get_thread_num
#pragma weak GOMP_parallel
extern int omp_get_max_threads(void);
extern int omp_get_num_threads(void);
extern int omp_get_thread_num(void);
extern void GOMP_parallel(void (*function)(void *), void *data, unsigned threads, unsigned flags);

size_t onednn_row_shares(size_t batch) {
    const int threads = omp_get_max_threads && GOMP_parallel ? omp_get_max_threads() : 1;
    const size_t most = batch / LEAST_ROWS;
    return threads < 1 || most < 1 ? 1 : most < (size_t)threads ? most : (size_t)threads;
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
    const unsigned before = denormals_flush();
    for (size_t i = (size_t)omp_get_thread_num(); i < r->count; i += (size_t)omp_get_num_threads())
        r->work(r->data, i);
    denormals_restore(before);
}

void onednn_on_threads(size_t count, void (*work)(void *data, size_t i), void *data) {
    GOMP_parallel(run, &(region){count, work, data}, (unsigned)count, 0);
}
