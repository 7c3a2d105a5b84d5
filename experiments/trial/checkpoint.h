/* SPDX-License-Identifier: MIT */
/* Checkpoint files of trials: <folder>/<trial id>.0 and .1. The newer one is the checkpoint, the older one its backup.
 * Each contains its format, the build that wrote it, the trial and its sequence number, and ends in a checksum
 * (XXH3-128). It is written atomically: write, fsync, rename, fsync of the folder. trial_checkpoint.c defines the
 * content. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_TRIAL_CHECKPOINT_H
#define GATEBENCH_EXPERIMENTS_TRIAL_CHECKPOINT_H

#include <stdint.h>

#include "gatebench/context.h"
#include "support/text.h"

typedef struct checkpoint {
    uint64_t number; /* 1 for a trial's first checkpoint, then increasing by one */
    text content;
} checkpoint;

/* Replaces the older of the two files; creates the folder if needed. Errors: GB_IO. */
gb_status checkpoint_write(gb_context *context, const char *folder, const char *id, const checkpoint *c);

/* Reads the newest valid checkpoint of a trial that this build wrote; number 0 when there is none. `notes` gets one
 * sentence per ignored file. Free with text_free(&c->content). Errors: GB_MEMORY. */
gb_status checkpoint_read(gb_context *context, const char *folder, const char *id, checkpoint *c, text *notes);

/* Removes a trial's checkpoint files, if any. */
void checkpoint_remove(const char *folder, const char *id);

/* Removes from a run's folder the leftovers of interrupted checkpoint writes, and the checkpoints of finished trials.
 * Call it with the run's lock held. An empty folder of checkpoints is removed, too. */
void checkpoint_tidy(const char *run_folder);

#endif
