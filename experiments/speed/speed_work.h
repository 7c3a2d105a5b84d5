/* SPDX-License-Identifier: MIT */
/* One item to be timed, ready to run: a layer with its arrays, or the matrix product. Internal to experiments/speed.
 */
#ifndef GATEBENCH_EXPERIMENTS_SPEED_SPEED_WORK_H
#define GATEBENCH_EXPERIMENTS_SPEED_SPEED_WORK_H

#include "experiments/speed/cost.h"
#include "experiments/speed/speed.h"

enum { SPEED_ARRAYS = 12 };

typedef struct speed_work {
    gb_context *context; /* its own context, which counts memory */
    cost_memory memory;
    float *arrays[SPEED_ARRAYS];
    gb_layer *layer;
    gb_layer_pass pass[2]; /* used alternately: a streaming step passes its state back and forth */
    size_t turn;
    bool backward;
    const char *product_backend; /* backend of the product; then there is no layer */
} speed_work;

/* Close it also after a failure, whose sentence is in `context`. */
gb_status speed_work_open(gb_context *context, const speed_spec *spec, speed_kind kind, speed_work *work);
void speed_work_close(speed_work *work); /* accepts a zeroed struct */
gb_status speed_work_run(speed_work *work, size_t iterations);

#endif
