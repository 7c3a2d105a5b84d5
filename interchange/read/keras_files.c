/* SPDX-License-Identifier: MIT */
/* Keras's three kinds of files: an archive with config.json and model.weights.h5; .weights.h5 alone, whose groups are
 * called by classes; .h5 of Keras 2 (and of Keras 3 when asked), whose groups are called by layers. Each ends in
 * tensors that are called "layer.slot", and a configuration or none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interchange/read/keras.h"
#include "support/arrays/archive.h"

enum { MOST_BYTES = 0x7fffffff, MOST_CONFIG = 64 << 20, MOST_CLASSES = 256 };

/* The slots of each class, in the order in which Keras numbers its variables. */
static const char *const slots[][4] = {{"lstm", "kernel", "recurrent_kernel", "bias"},
                                       {"gru", "kernel", "recurrent_kernel", "bias"},
                                       {"simple_rnn", "kernel", "recurrent_kernel", "bias"},
                                       {"dense", "kernel", "bias", NULL},
                                       {"embedding", "embeddings", NULL, NULL}};

/* SimpleRNN -> simple_rnn, as Keras forms the names of groups. */
static void snake_case(const char *class_name, char snake[64]) {
    size_t length = 0;
    for (const char *at = class_name; *at && length < 62; at++) {
        const bool capital = *at >= 'A' && *at <= 'Z',
                   after_capital = at > class_name && at[-1] >= 'A' && at[-1] <= 'Z';
        const bool before_small = at[1] >= 'a' && at[1] <= 'z';
        if (capital && at > class_name && (!after_capital || before_small))
            snake[length++] = '_';
        snake[length++] = (char)(capital ? *at + ('a' - 'A') : *at);
    }
    snake[length] = '\0';
}

/* "lstm_1" -> the slots of lstm, or NULL. */
static const char *const *find_slots(const char *group) {
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
        const size_t length = strlen(slots[i][0]);
        if (strncmp(group, slots[i][0], length) == 0 && (!group[length] || group[length] == '_'))
            return slots[i];
    }
    return NULL;
}

/* Renames layers/<group>/.../vars/<k> to <layer>.<slot>. */
static void rename_group(tensor_set *set, const char *group, const char *const *names, const char *layer) {
    char start[TENSOR_NAME];
    snprintf(start, sizeof start, "layers/%s/", group);
    for (size_t i = 0; i < set->count; i++) {
        tensor *t = &set->items[i];
        const char *vars = strstr(t->name, "/vars/");
        if (strncmp(t->name, start, strlen(start)) != 0 || !vars)
            continue;
        const unsigned long k = strtoul(vars + 6, NULL, 10);
        if (k < 3 && names[1 + k])
            keras_tensor_name(layer, names[1 + k], t->name);
    }
}

/* Random states of Dropout and the like. */
static void drop_seeds(tensor_set *set) {
    for (size_t i = 0; i < set->count; i++)
        if (strstr(set->items[i].name, "seed_generator"))
            set->items[i].type = TENSOR_OTHER;
}

typedef struct naming {
    tensor_set *set;
    char classes[MOST_CLASSES][64];
    size_t used[MOST_CLASSES], count;
} naming;

static gb_status name_layer(void *user, const keras_entry *entry) {
    naming *n = user;
    char snake[64], outer[64], group[96];
    snake_case(entry->class_name, snake);
    snprintf(outer, sizeof outer, "%s", entry->distributed ? "time_distributed" : snake);
    size_t i = 0;
    while (i < n->count && strcmp(n->classes[i], outer) != 0)
        i++;
    if (i == MOST_CLASSES)
        return GB_OK;
    if (i == n->count)
        snprintf(n->classes[n->count++], sizeof *n->classes, "%s", outer);
    snprintf(group, sizeof group, n->used[i] ? "%s_%zu" : "%s", outer, n->used[i]);
    n->used[i]++;
    const char *const *names = find_slots(snake);
    if (names && strcmp(names[0], snake) == 0)
        rename_group(n->set, group, names, entry->name);
    return GB_OK;
}

/* Keras 2: weight_names of each layer's group lead to its tensors. */
static void rename_legacy(tensor_set *set) {
    for (size_t i = 0; i < set->count; i++) {
        char name[TENSOR_NAME], *at = set->items[i].name, *last = strrchr(at, '/');
        at += strncmp(at, "model_weights/", 14) == 0 ? 14 : 0;
        char *colon = last ? strchr(last, ':') : NULL;
        if (!last || last < at)
            continue;
        if (colon)
            *colon = '\0';
        snprintf(name, sizeof name, "%.*s.%s", (int)strcspn(at, "/"), at, last + 1);
        snprintf(set->items[i].name, sizeof set->items[i].name, "%s", name);
    }
}

static void rename_bare(tensor_set *set) {
    for (size_t i = 0; i < set->count; i++) {
        char group[TENSOR_NAME];
        if (sscanf(set->items[i].name, "layers/%511[^/]/", group) == 1 && find_slots(group))
            rename_group(set, group, find_slots(group), group);
    }
}

/* Files with only weights: the names of groups or layers identify the layers. */
static gb_status build_bare(gb_context *context, const char *path, const import_options *options, tensor_set *set,
                            network *net) {
    import_options as_keras = *options;
    as_keras.from = "keras";
    text_append(&net->notes, "activations are not recorded; Keras's defaults are assumed for recurrent layers\n");
    GB_TRY(named_network(context, path, &as_keras, set, net));
    for (size_t i = 0; i < net->count; i++)
        if (strcmp(net->layers[i].cell, "gru") == 0 && net->layers[i].bias == GB_BIAS_NONE)
            return gb_fail(context, GB_UNSUPPORTED,
                           "%s: %s has no bias, so the file does not record reset_after; save the model as .keras",
                           path, net->layers[i].name);
    return GB_OK;
}

/* What an archive has beside its weights; malloc'ed. */
typedef struct keras_archived {
    char *config, *metadata; /* metadata: or NULL */
} keras_archived;

static gb_status build(gb_context *context, const char *path, const keras_archived *archived,
                       const import_options *options, tensor_set *set, const hdf5_texts *texts, network *net) {
    const bool legacy =
        hdf5_text_find(texts, "/model_weights", "layer_names") || hdf5_text_find(texts, "", "layer_names");
    const char *held = hdf5_text_find(texts, "", "model_config"), *schema = hdf5_text_find(texts, "", "schema");
    if (schema && strncmp(schema, "gatebench/", 10) == 0)
        return gb_fail(
            context, GB_DATA,
            "%s: holds results of gatebench and no weights; 'gatebench probe' trains a trial of a run again, "
            "but for that the folder of the run must be beside its results file",
            path);
    drop_seeds(set);
    choose_dtype(set, net);
    if (legacy) {
        rename_legacy(set);
        return held ? keras_build(context, path, held, hdf5_text_find(texts, "", "keras_version"), set, net)
                    : build_bare(context, path, options, set, net);
    }
    if (!archived) {
        rename_bare(set);
        return build_bare(context, path, options, set, net);
    }
    naming n = {.set = set};
    GB_TRY(keras_each_layer(context, path, archived->config, name_layer, &n));
    char *version = archived->metadata ? keras_version(archived->metadata) : NULL;
    gb_status status = keras_build(context, path, archived->config, version, set, net);
    free(version);
    return status;
}

/* The bytes of an HDF5 file, which outlive the set. */
static gb_status read_weights(gb_context *context, const char *path, const keras_archived *archived, const char *bytes,
                              size_t size, const import_options *options, tensor_set *set, network *net) {
    hdf5_texts texts = {0};
    gb_status status = hdf5_weights_read(context, path, bytes, size, set, &texts);
    if (!status)
        status = build(context, path, archived, options, set, &texts, net);
    hdf5_texts_free(&texts);
    return status;
}

gb_status keras_hdf5(gb_context *context, const char *path, const import_options *options, network *net) {
    tensor_set set = {0};
    const char *bytes = NULL;
    size_t size = 0;
    gb_status status = load_file(context, path, &set, &bytes, &size);
    if (!status)
        status = read_weights(context, path, NULL, bytes, size, options, &set, net);
    tensor_set_free(&set);
    return status;
}

static gb_status load_member(gb_context *context, const char *path, archive *a, const char *name, tensor_set *set,
                             const char **bytes, size_t *size) {
    char *read;
    GB_TRY(archive_read(context, a, archive_find(a, name), MOST_BYTES, &read, size));
    *bytes = read;
    return tensor_keep(set, read, 0) ? GB_OK : gb_fail(context, GB_MEMORY, "%s: out of memory for its numbers", path);
}

static gb_status read_archived(gb_context *context, archive *a, keras_archived *archived) {
    size_t length;
    const size_t metadata = archive_find(a, "metadata.json");
    GB_TRY(archive_read(context, a, archive_find(a, "config.json"), MOST_CONFIG, &archived->config, &length));
    return metadata < archive_count(a) ? archive_read(context, a, metadata, MOST_CONFIG, &archived->metadata, &length)
                                       : GB_OK;
}

gb_status keras_archive(gb_context *context, const char *path, const import_options *options, network *net) {
    tensor_set set = {0};
    keras_archived archived = {0};
    const char *bytes = NULL;
    size_t size = 0;
    archive *a;
    GB_TRY(archive_open(context, path, &a));
    gb_status status = read_archived(context, a, &archived);
    if (!status)
        status = load_member(context, path, a, "model.weights.h5", &set, &bytes, &size);
    archive_close(a);
    if (!status)
        status = read_weights(context, path, &archived, bytes, size, options, &set, net);
    tensor_set_free(&set);
    free(archived.config);
    free(archived.metadata);
    return status;
}
