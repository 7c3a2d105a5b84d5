/* SPDX-License-Identifier: MIT */
/* Checkpoints of trials as files: <folder>/<trial id>.0 and .1, of which the newer is the checkpoint and the older its
 * reserve. Each names its format, the build that wrote it, the trial and its number in a row, and ends in a checksum
 * (XXH3-128); it is put in place by write, fsync, rename, fsync of the folder. What it holds is trial_checkpoint.c's
 * business. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_TRIAL_CHECKPOINT_H
#define GATEBENCH_EXPERIMENTS_TRIAL_CHECKPOINT_H

#include <stdint.h>

#include "gatebench/context.h"
#include "support/text.h"

typedef struct checkpoint {
    uint64_t number; /* 1 for a trial's first, one more for each later one */
    text content;
} checkpoint;

/* Writes it in place of the older of the two; makes the folder. Errors: GB_IO. */
gb_status checkpoint_write(gb_context *context, const char *folder, const char *id, const checkpoint *c);

/* Reads the newest of a trial that is whole and was written by this build; number 0 when there is none. `notes` gets a
 * sentence a file that is passed over. Free with text_free(&c->content). Errors: GB_MEMORY. */
gb_status checkpoint_read(gb_context *context, const char *folder, const char *id, checkpoint *c, text *notes);

/* Removes a trial's files; that there are none is fine. */
void checkpoint_remove(const char *folder, const char *id);

/* Removes from a run's folder what interrupted writes left among its checkpoints, and those of finished trials; call it
 * with the run's lock held. An empty folder of checkpoints goes too. */
void checkpoint_tidy(const char *run_folder);

#endif
