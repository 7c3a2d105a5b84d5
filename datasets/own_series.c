/* SPDX-License-Identifier: MIT */
/* A user's own series, each with a class or a number as its target: .ts and .arff files of the UCR and UEA archives,
 * NumPy's .npz, or IDX images with their labels. If the archive has a test part, in the same folder (X_TRAIN.ts,
 * X_TEST.ts; train-images..., t10k-images...) or in the same .npz, it is used; otherwise one is drawn. The validation
 * part is drawn from train. Every channel is standardised over all steps of train. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/files/catalog.h"
#include "datasets/files/series_set.h"
#include "datasets/sequences/windows.h"
#include "support/file.h"

enum { FILE_PATH, TEST_PATH, SPLIT, TEST, VALID, SPLIT_SEED, STANDARDISE };

static const setting options[] = {
    [FILE_PATH] = TASK_OPTION("file", FILE, "", "PATH", "file of the series: .ts, .arff, .npz or gzip'ed IDX images"),
    [TEST_PATH] =
        TASK_OPTION("test", FILE, "", "PATH", "file of the test series; \"\": NAME_TEST.ts beside NAME_TRAIN.ts"),
    [SPLIT] = TASK_OPTION("split", CHOICE, "auto", "auto|drawn",
                          "auto: take the test series of the file, or of its test file; drawn: draw them at random"),
    [TEST] = TASK_OPTION("test_share", REAL, "0.2", "[0.001, 0.4]",
                         "share of the series for testing, if no file has test series"),
    [VALID] = TASK_OPTION("valid_share", REAL, "0.2", "[0.001, 0.4]",
                          "share of the series for validation, not counting test series that a file separates"),
    [SPLIT_SEED] = TASK_OPTION("split_seed", INTEGER, "1", "[0, 1e9]", "seed of the split"),
    [STANDARDISE] = TASK_OPTION("standardise", CHOICE, "yes", "no|yes",
                                "scale inputs and numeric targets to mean 0 and deviation 1 in train"),
    {0}};

typedef struct series_state {
    windows windows;
    own_file file, test;
    series_set set;
    const char **classes;
    size_t held_out; /* there are separate test series */
    char test_path[PATH_MAX], sha256[65];
} series_state;

static void series_close(void *state) {
    series_state *s = state;
    gb_context *context = s->windows.context;
    own_free(&s->file);
    own_free(&s->test);
    series_free(&s->set);
    free(s->classes);
    windows_free(&s->windows);
    gb_release(context, s);
}

/* The path of the test series: the given one, or the archives' naming; "": none. */
static void find_test(series_state *s, const char *path, const char *test) {
    static const char *const names[][2] = {{"_TRAIN.", "_TEST."}, {"train-images", "t10k-images"}};
    const char *slash = strrchr(path, '/'), *name = slash ? slash : path;
    if (*test)
        snprintf(s->test_path, sizeof s->test_path, "%s", test);
    for (size_t i = 0; !*s->test_path && i < sizeof names / sizeof *names; i++) {
        const char *train = strstr(name, names[i][0]);
        if (!train || strlen(path) >= sizeof s->test_path)
            continue;
        snprintf(s->test_path, sizeof s->test_path, "%.*s%s%s", (int)(train - path), path, names[i][1],
                 train + strlen(names[i][0]));
        if (!file_exists(s->test_path))
            *s->test_path = '\0';
    }
}

/* Adds the content of a file and of its label file to the hash that identifies the task's data. */
static gb_status add_content(series_state *s, const char *sha256) {
    char all[3 * 65], beside[65] = "";
    size_t bytes;
    if (*s->set.companion)
        GB_TRY(data_sha256_file(s->windows.context, s->set.companion, beside, &bytes));
    if (!*s->sha256 && !*beside) {
        memcpy(s->sha256, sha256, sizeof s->sha256);
        return GB_OK;
    }
    snprintf(all, sizeof all, "%s %s %s", s->sha256, sha256, beside);
    data_sha256(all, strlen(all), s->sha256);
    return GB_OK;
}

/* All series of the test file are for testing. */
static gb_status read_test(series_state *s) {
    gb_context *context = s->windows.context;
    size_t before = s->set.count;
    GB_TRY(own_read(context, "series", s->test_path, &s->test));
    GB_TRY(series_read(context, &s->test, &s->set));
    if (s->set.train)
        return gb_fail(context, GB_DATA,
                       "%s: holds series for training too, but it is the file of the test series; save only these, as "
                       "X and y",
                       s->test_path);
    s->held_out = s->set.count - before;
    return add_content(s, s->test.sha256);
}

/* A test file that would not be read is refused. */
static gb_status check_test(const series_state *s, const char *const *values) {
    bool drawn = !strcmp(values[SPLIT], "drawn");
    if (!*values[TEST_PATH] || !(drawn || s->set.train))
        return GB_OK;
    return gb_fail(s->windows.context, GB_INVALID,
                   "series: test=%s would not be read, since %s; omit test=", values[TEST_PATH],
                   drawn ? "split=drawn draws the test series from file=" : "file= has test series of its own");
}

static gb_status read_files(series_state *s, const char *const *values) {
    gb_context *context = s->windows.context;
    GB_TRY(own_read(context, "series", values[FILE_PATH], &s->file));
    GB_TRY(series_read(context, &s->file, &s->set));
    GB_TRY(check_test(s, values));
    GB_TRY(add_content(s, s->file.sha256));
    if (!strcmp(values[SPLIT], "drawn"))
        return GB_OK;
    s->held_out = s->set.train ? s->set.count - s->set.train : 0;
    if (!s->held_out)
        find_test(s, values[FILE_PATH], values[TEST_PATH]);
    return *s->test_path ? read_test(s) : GB_OK;
}

/* Numbers the classes in the order of their values if they are numbers, else of their names' bytes. */
static gb_status number_classes(series_state *s) {
    windows *w = &s->windows;
    const series_set *set = &s->set;
    s->classes = calloc(set->count, sizeof *s->classes);
    if (!s->classes)
        return gb_fail(w->context, GB_MEMORY, "out of memory for the classes of %zu series", set->count);
    GB_TRY(gb_allocate(w->context, w->rows, sizeof *w->labels, &w->labels));
    for (size_t i = 0; i < set->count; i++)
        s->classes[i] = set->names.data + set->labels[i];
    qsort(s->classes, set->count, sizeof *s->classes, own_compare_labels);
    for (size_t i = 0; i < set->count; i++)
        if (!w->classes || strcmp(s->classes[w->classes - 1], s->classes[i]) != 0)
            s->classes[w->classes++] = s->classes[i];
    if (w->classes < 2)
        return gb_fail(w->context, GB_DATA, "%s: all series are of the class '%s'", s->file.path, s->classes[0]);
    for (size_t i = 0; i < set->count; i++) {
        const char *name = set->names.data + set->labels[i];
        const char **found = bsearch(&name, s->classes, w->classes, sizeof *s->classes, own_compare_labels);
        for (size_t row = set->starts[i]; row < set->starts[i + 1]; row++)
            w->labels[row] = (int32_t)(found - s->classes);
    }
    return GB_OK;
}

static gb_status take_numbers(series_state *s) {
    windows *w = &s->windows;
    w->targets = 1;
    GB_TRY(gb_allocate(w->context, w->rows, sizeof *w->values, &w->values));
    for (size_t i = 0; i < s->set.count; i++)
        for (size_t row = s->set.starts[i]; row < s->set.starts[i + 1]; row++)
            w->values[row] = s->set.targets[i];
    return GB_OK;
}

static gb_status open_series(series_state *s, const char *const *values) {
    windows *w = &s->windows;
    GB_TRY(read_files(s, values));
    w->rows = s->set.steps;
    w->width = s->set.channels;
    GB_TRY(gb_allocate(w->context, w->rows * w->width, sizeof *w->inputs, &w->inputs));
    memcpy(w->inputs, s->set.values, w->rows * w->width * sizeof *w->inputs);
    GB_TRY(s->set.numbers ? take_numbers(s) : number_classes(s));
    for (size_t i = 0; i < s->set.count; i++)
        GB_TRY(windows_add(w, s->set.starts[i], s->set.starts[i + 1] - s->set.starts[i]));
    GB_TRY(windows_split(w, s->held_out, task_real(values[TEST]), task_real(values[VALID]), true,
                         task_integer(values[SPLIT_SEED])));
    return !strcmp(values[STANDARDISE], "yes") ? windows_standardise(w, s->set.numbers) : GB_OK;
}

static gb_status series_open(gb_context *context, const char *const *values, void **state) {
    series_state *s;
    GB_TRY(gb_allocate(context, 1, sizeof *s, &s));
    s->windows = (windows){.context = context, .task = "series"};
    gb_status status = open_series(s, values);
    if (status != GB_OK)
        series_close(s);
    else
        *state = s;
    return status;
}

static void series_shape(const void *state, task_shape *shape) {
    windows_shape(&((const series_state *)state)->windows, shape);
}

static gb_status series_batch(void *state, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch) {
    return windows_batch(&((series_state *)state)->windows, split, seed, index, n, batch);
}

static size_t series_baselines(void *state, task_baseline *baselines, size_t most) {
    return windows_baselines(&((const series_state *)state)->windows, baselines, most);
}

/* Prints the start of a test series as read, and its target. */
static void series_sample(void *state, uint64_t seed, FILE *out) {
    enum { SHOWN = 8 };
    const series_state *s = state;
    const windows *w = &s->windows;
    gb_random random = gb_random_stream(seed, GB_RANDOM_TEST, 0);
    const window *item = &w->items[w->first[TASK_TEST] + gb_random_below(&random, (uint32_t)w->size[TASK_TEST])];
    for (size_t c = 0; c < w->width && c < SHOWN; c++) {
        for (size_t t = 0; t < item->steps && t < SHOWN; t++)
            fprintf(out, "%s%.3g", t ? " " : "", w->inputs[(item->first + t) * w->width + c]);
        fputs(item->steps > SHOWN ? " ...\n" : "\n", out);
    }
    if (w->classes)
        fprintf(out, "-> %s (%zu steps)\n", s->classes[w->labels[item->first]], item->steps);
    else
        fprintf(out, "-> %.4g (%zu steps)\n", w->values[item->first], item->steps);
}

static void series_facts(void *state, FILE *out) {
    const series_state *s = state;
    const windows *w = &s->windows;
    fprintf(out, "file\t%s\n", s->file.path);
    if (*s->test_path)
        fprintf(out, "test series\t%s\n", s->test_path);
    fprintf(out, "sha256\t%s\npredicted\t%s\nseries\t%zu\nchannels\t%zu\n", s->sha256,
            w->classes ? "a class" : "a number", w->count, w->width);
    for (size_t i = 0; i < w->classes && i < 20; i++)
        fprintf(out, "class %zu\t%s\n", i, s->classes[i]);
    windows_facts(w, out);
}

static const char *series_sha256(const void *state) {
    return ((const series_state *)state)->sha256;
}

const task_type task_own_series_type = {
    .name = "series",
    .summary = "the class or number of your time series",
    .source = "your files; the format of the UCR archive (Dau et al. 2019) and the UEA archive (Bagnall et al. 2018)",
    .options = options,
    .version = 2,
    .open = series_open,
    .close = series_close,
    .shape = series_shape,
    .batch = series_batch,
    .baselines = series_baselines,
    .sample = series_sample,
    .facts = series_facts,
    .sha256 = series_sha256,
};
