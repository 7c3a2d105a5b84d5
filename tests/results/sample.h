/* SPDX-License-Identifier: MIT */
/* Made trials for the tests of this room: a small run over cell, gap and seed. */
#ifndef GATEBENCH_TESTS_RESULTS_SAMPLE_H
#define GATEBENCH_TESTS_RESULTS_SAMPLE_H

#include "results/store/store.h"

/* Trial number i of the run: cells rnn, gru, lstm x gaps 5, 50 x seeds 1..; `seeds` of them. */
trial_record sample_trial(size_t i, size_t seeds);
/* Its accuracy, so that readers can check what they read. */
double sample_accuracy(size_t i);

/* Plans the trial of that id in a stage, by the fields of its record. */
void sample_plan(table *planned, const char *id, const char *stage, const table *fields);

/* Writes `count` trials, plans them and one more that has no file, and makes the results file `path`. */
gb_status sample_run(gb_context *context, const char *folder, const char *path, size_t count, size_t seeds);

/* A new folder for a test below $TMPDIR or /tmp; and its removal with all that is in it. */
void sample_folder(char *path, size_t size);
void sample_remove(const char *path);

#endif
