/* SPDX-License-Identifier: MIT */
/* Reads the floating-point data sets and the text attributes of an untrusted HDF5 file. Internal to interchange. */
#ifndef GATEBENCH_INTERCHANGE_HDF5_WEIGHTS_H
#define GATEBENCH_INTERCHANGE_HDF5_WEIGHTS_H

#include "interchange/network/tensor_set.h"

/* A text attribute of a group: "/model_weights", "layer_names", and its texts, one per line. */
typedef struct hdf5_text {
    char *group, *name, *value;
} hdf5_text;

typedef struct hdf5_texts {
    hdf5_text *items;
    size_t count;
} hdf5_texts;

void hdf5_texts_free(hdf5_texts *texts);
/* NULL when there is none. */
const char *hdf5_text_find(const hdf5_texts *texts, const char *group, const char *name);

/* Reads the file's bytes in a separate process (support/guard.h), since HDF5 is not safe for damaged files. Tensors are
 * named by their paths without the first /; those of optimizers are omitted. The data of most tensors stay in `bytes`,
 * which must outlive the set. Errors: GB_DATA with `path`, GB_MEMORY, GB_IO. */
gb_status hdf5_weights_read(gb_context *context, const char *path, const char *bytes, size_t size, tensor_set *set,
                            hdf5_texts *texts);

#endif
