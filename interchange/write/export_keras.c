/* SPDX-License-Identifier: MIT */
/* Networks as Keras's .weights.h5: /layers/<class>[_n]/cell/vars/<k>. */
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interchange/write/exporting.h"
#include "support/file.h"

static const char *snake_of(const network_layer *layer) {
    if (layer->kind != NETWORK_RECURRENT)
        return layer->kind == NETWORK_DENSE ? "dense" : "embedding";
    return strncmp(layer->cell, "lstm", 4) == 0 ? "lstm" : strncmp(layer->cell, "gru", 3) == 0 ? "gru" : "simple_rnn";
}

/* Creates /a/b/c with its missing groups, and a data set in it. */
static bool write_set(hid_t file, const char *path, const tensor *t) {
    hid_t links = H5Pcreate(H5P_LINK_CREATE), space = -1, set = -1;
    hsize_t shape[TENSOR_RANK];
    for (size_t i = 0; i < t->rank; i++)
        shape[i] = t->shape[i];
    const hid_t stored = t->type == TENSOR_F64 ? H5T_IEEE_F64LE : H5T_IEEE_F32LE;
    const hid_t held = t->type == TENSOR_F64 ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT;
    bool written = links >= 0 && H5Pset_create_intermediate_group(links, 1) >= 0 &&
                   (space = H5Screate_simple((int)t->rank, shape, NULL)) >= 0 &&
                   (set = H5Dcreate2(file, path, stored, space, links, H5P_DEFAULT, H5P_DEFAULT)) >= 0 &&
                   H5Dwrite(set, held, H5S_ALL, H5S_ALL, H5P_DEFAULT, t->data) >= 0;
    if (set >= 0)
        H5Dclose(set);
    if (space >= 0)
        H5Sclose(space);
    if (links >= 0)
        H5Pclose(links);
    return written;
}

/* Keras looks for a group of variables also where a layer or a cell has none. */
static bool make_group(hid_t file, const char *path) {
    hid_t links = H5Pcreate(H5P_LINK_CREATE), group = -1;
    if (links >= 0 && H5Pset_create_intermediate_group(links, 1) >= 0)
        group = H5Gcreate2(file, path, links, H5P_DEFAULT, H5P_DEFAULT);
    if (links >= 0)
        H5Pclose(links);
    return group >= 0 && H5Gclose(group) >= 0;
}

static gb_status write_layer(gb_context *context, const network *net, const network_layer *layer, hid_t file,
                             const char *group) {
    const convention *c;
    tensor_set set = {0};
    char path[160];
    GB_TRY(export_convention(context, layer, "keras", &c));
    gb_status status = export_tensors(context, net, layer, c, "", 0, &set);
    const bool recurrent = layer->kind == NETWORK_RECURRENT;
    snprintf(path, sizeof path, "/layers/%s/vars", group);
    bool written = !status && (!recurrent || make_group(file, path));
    for (size_t k = 0; written && k < set.count; k++) {
        snprintf(path, sizeof path, "/layers/%s%s/vars/%zu", group, recurrent ? "/cell" : "", k);
        written = write_set(file, path, &set.items[k]);
    }
    tensor_set_free(&set);
    return status || written ? status : gb_fail(context, GB_MEMORY, "HDF5 cannot write the weights of %s", layer->name);
}

static void describe(const network *net, const network_layer *layer, text *loader) {
    const char *yes = layer->bias ? "True" : "False";
    if (!loader)
        return;
    if (layer->kind == NETWORK_EMBEDDING)
        text_append(loader, "    keras.layers.Embedding(%zu, %zu),\n", layer->input, layer->output);
    else if (layer->kind == NETWORK_DENSE)
        text_append(loader, "    keras.layers.Dense(%zu, activation=\"%s\", use_bias=%s),\n", layer->output,
                    activation_name(layer->activation), yes);
    else
        text_append(loader, "    keras.layers.%s(%zu, return_sequences=%s, use_bias=%s%s),\n",
                    strncmp(layer->cell, "lstm", 4) == 0  ? "LSTM"
                    : strncmp(layer->cell, "gru", 3) == 0 ? "GRU"
                                                          : "SimpleRNN",
                    layer->output, layer->last ? "False" : "True", yes,
                    strcmp(layer->cell, "gru_reset_before") == 0 ? ", reset_after=False"
                    : strcmp(layer->cell, "rnn_relu") == 0       ? ", activation=\"relu\""
                                                                 : "");
    (void)net;
}

static gb_status write_layers(gb_context *context, const network *net, hid_t file, text *loader) {
    static const char *const classes[] = {"lstm", "gru", "simple_rnn", "dense", "embedding"};
    size_t used[5] = {0};
    for (size_t i = 0; i < net->count; i++) {
        const char *snake = snake_of(&net->layers[i]);
        size_t k = 0;
        while (strcmp(classes[k], snake) != 0)
            k++;
        char group[96];
        snprintf(group, sizeof group, used[k] ? "%s_%zu" : "%s", snake, used[k]);
        used[k]++;
        GB_TRY(write_layer(context, net, &net->layers[i], file, group));
        describe(net, &net->layers[i], loader);
    }
    return GB_OK;
}

/* A file in memory; its bytes, malloc'ed. */
static char *image_of(hid_t file, size_t *size) {
    ssize_t needed = H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0 ? H5Fget_file_image(file, NULL, 0) : -1;
    char *bytes = needed > 0 ? malloc((size_t)needed) : NULL;
    *size = needed > 0 ? (size_t)needed : 0;
    if (bytes && H5Fget_file_image(file, bytes, *size) != needed) {
        free(bytes);
        return NULL;
    }
    return bytes;
}

gb_status export_keras(gb_context *context, const network *net, const char *path, text *loader) {
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), file = -1;
    if (access >= 0 && H5Pset_fapl_core(access, 1 << 20, 0) >= 0 &&
        H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18) >= 0)
        file = H5Fcreate("gatebench-weights-in-memory", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    if (access >= 0)
        H5Pclose(access);
    if (loader && network_reads_tokens(net))
        text_append(loader, "import keras\n\nmodel = keras.Sequential([\n    keras.Input((None,)),\n");
    else if (loader)
        text_append(loader, "import keras\n\nmodel = keras.Sequential([\n    keras.Input((None, %zu)),\n",
                    network_input(net));
    gb_status status = file >= 0 ? write_layers(context, net, file, loader)
                                 : gb_fail(context, GB_MEMORY, "HDF5 cannot make a file in memory for %s", path);
    size_t size = 0;
    char *bytes = status ? NULL : image_of(file, &size);
    if (file >= 0)
        H5Fclose(file);
    if (!status)
        status = bytes ? file_replace(context, path, bytes, size)
                       : gb_fail(context, GB_MEMORY, "out of memory for %s", path);
    free(bytes);
    if (loader) {
        text_append(loader, "])\nmodel.load_weights(");
        text_append_json_string(loader, path);
        text_append(loader, ")\n");
    }
    return status;
}
