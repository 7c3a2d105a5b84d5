/* SPDX-License-Identifier: MIT */
/* Images as sequences: Fashion-MNIST (Xiao et al. 2017), 28 x 28 grey images of ten kinds of clothing, read row by row
 * (28 steps of 28 values) or pixel by pixel (784 steps of one value, Le et al. 2015). The class is predicted at the
 * last step. Permuted: the same fixed permutation of the pixels for every image, which separates neighbouring pixels.
 *
 * Values are grey / 255. VALID is the last 5,000 of the 60,000 training images, TEST the 10,000 images of the test
 * files. */
#include <math.h>
#include <string.h>

#include "datasets/files/catalog.h"
#include "datasets/files/idx.h"
#include "datasets/task_tools.h"

enum { CLASSES = 10, HELD_OUT = 12, FILES = 4, PERMUTATION_SEED = 1 };

/* Order of values below: view, permuted, examples. */
static const setting options[] = {
    TASK_OPTION("view", CHOICE, "rows", "rows|pixels", "one row of pixels per step, or one pixel per step"),
    TASK_OPTION("permuted", CHOICE, "no", "no|yes", "yes: the pixels are read in one fixed random order"),
    TASK_OPTION("examples", INTEGER, "0", "[0, 1e6]",
                "largest number of images used from each of valid and test; 0: all"),
    {0}};

/* The files, in the order of pixels_state.arrays. */
static const struct {
    const char *name;
    size_t dimensions;
} files[FILES] = {{"fashion-train-images", IDX_IMAGES},
                  {"fashion-train-labels", IDX_LABELS},
                  {"fashion-test-images", IDX_IMAGES},
                  {"fashion-test-labels", IDX_LABELS}};

typedef struct pixels_state {
    gb_context *context;
    idx_array arrays[FILES]; /* train images and labels, test images and labels */
    size_t first[TASK_SPLITS], count[TASK_SPLITS];
    size_t *place; /* [item] the pixel at each position of the sequence */
    size_t width;  /* pixels per step */
    task_order order;
    char sha256[65];
} pixels_state;

static void pixels_close(void *state) {
    pixels_state *s = state;
    for (size_t i = 0; i < FILES; i++)
        idx_free(s->context, &s->arrays[i]);
    gb_release(s->context, s->place);
    task_order_free(s->context, &s->order);
    gb_release(s->context, s);
}

/* Reads one file; data_find has verified its SHA-256. */
static gb_status read_file(pixels_state *s, size_t i, char hex[65]) {
    char path[4096], remedy[256];
    const data_file *entry = NULL;
    gb_status status = data_entry(s->context, files[i].name, &entry);
    if (status == GB_OK)
        status = data_find(s->context, files[i].name, path, sizeof path);
    if (status == GB_OK)
        snprintf(hex, 65, "%s", entry->sha256);
    snprintf(remedy, sizeof remedy, "check it with: gatebench data verify %s", files[i].name);
    return status == GB_OK ? idx_read(s->context, path, remedy, files[i].dimensions, &s->arrays[i]) : status;
}

/* Checks that images and labels have the same number of items, and that labels are classes. */
static gb_status check_pair(const pixels_state *s, size_t images) {
    const idx_array *image = &s->arrays[images], *label = &s->arrays[images + 1], *train = &s->arrays[0];
    if (image->count != label->count || image->rows != train->rows || image->columns != train->columns)
        return gb_fail(s->context, GB_DATA,
                       "%s and %s: %zu images of %zu x %zu and %zu labels do not belong together; run: gatebench data "
                       "verify",
                       files[images].name, files[images + 1].name, image->count, image->rows, image->columns,
                       label->count);
    for (size_t i = 0; i < label->count; i++) {
        if (label->values[i] >= CLASSES)
            return gb_fail(s->context, GB_DATA,
                           "%s: label %zu is %d, which is not a class of 0 to %d; run: gatebench data verify",
                           files[images + 1].name, i + 1, label->values[i], CLASSES - 1);
    }
    return GB_OK;
}

static gb_status read_files(pixels_state *s) {
    char hexes[FILES][65];
    for (size_t i = 0; i < FILES; i++)
        GB_TRY(read_file(s, i, hexes[i]));
    data_sha256(hexes, sizeof hexes, s->sha256);
    for (size_t i = 0; i < FILES; i += 2)
        GB_TRY(check_pair(s, i));
    return GB_OK;
}

static size_t at_most(size_t count, size_t most) {
    return most && most < count ? most : count;
}

/* One in HELD_OUT images is for validation: the last 5,000 of 60,000. */
static gb_status split_images(pixels_state *s, size_t most) {
    size_t all = s->arrays[0].count, valid = all / HELD_OUT;
    if (valid == 0)
        return gb_fail(s->context, GB_DATA, "%s: %zu images are too few for a validation split", files[0].name, all);
    s->count[TASK_TRAIN] = s->first[TASK_VALID] = all - valid;
    s->count[TASK_VALID] = at_most(valid, most);
    s->count[TASK_TEST] = at_most(s->arrays[2].count, most);
    return GB_OK;
}

static gb_status order_pixels(pixels_state *s, bool permuted) {
    size_t item = s->arrays[0].item;
    GB_TRY(gb_allocate(s->context, item, sizeof *s->place, &s->place));
    for (size_t i = 0; i < item; i++)
        s->place[i] = i;
    if (permuted) {
        gb_random random = gb_random_stream(PERMUTATION_SEED, GB_RANDOM_SPLIT, 0);
        gb_random_permutation(&random, s->place, item);
    }
    return GB_OK;
}

static gb_status pixels_open(gb_context *context, const char *const *values, void **state) {
    pixels_state *s;
    GB_TRY(gb_allocate(context, 1, sizeof *s, &s));
    s->context = context;
    gb_status status = read_files(s);
    if (status == GB_OK)
        status = split_images(s, task_integer(values[2]));
    if (status == GB_OK)
        status = order_pixels(s, !strcmp(values[1], "yes"));
    s->width = !strcmp(values[0], "rows") ? s->arrays[0].columns : 1;
    if (status != GB_OK)
        pixels_close(s);
    else
        *state = s;
    return status;
}

static void pixels_shape(const void *state, task_shape *shape) {
    const pixels_state *s = state;
    *shape = (task_shape){.input = GB_INPUT_DENSE,
                          .input_size = s->width,
                          .output_size = CLASSES,
                          .head = GB_HEAD_LAST,
                          .loss = GB_LOSS_SOFTMAX,
                          .longest = s->arrays[0].item / s->width,
                          .metric = "accuracy",
                          .higher_is_better = true};
    for (size_t i = 0; i <= TASK_TEST; i++) {
        shape->splits[i] = true;
        shape->sequences[i] = s->count[i];
    }
}

/* Image and label of a row of a split. */
static const uint8_t *image_of(const pixels_state *s, task_split split, size_t row, uint8_t *label) {
    const idx_array *images = &s->arrays[split == TASK_TEST ? 2 : 0];
    size_t i = s->first[split] + row;
    *label = images[1].values[i];
    return images->values + i * images->item;
}

static gb_status pixels_batch(void *state, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch) {
    pixels_state *s = state;
    size_t got, width = s->width, steps = s->arrays[0].item / width;
    GB_TRY(task_rows(s->context, &s->order, split, seed, s->count[split], index, n, &got));
    GB_TRY(task_batch_reserve(
        s->context, batch,
        &(task_batch_shape){.steps = steps, .sequences = got, .inputs = width, .classes_last = true}));
    for (size_t i = 0; i < got; i++) {
        uint8_t label;
        const uint8_t *image = image_of(s, split, s->order.rows[i], &label);
        batch->classes[i] = label;
        for (size_t p = 0; p < s->arrays[0].item; p++)
            batch->inputs[(p / width * got + i) * width + p % width] = image[s->place[p]] / 255.0;
    }
    return GB_OK;
}

/* The mean training image of each class, [CLASSES][item]. A class without images keeps zeros. */
static void average_classes(const pixels_state *s, double *means) {
    size_t item = s->arrays[0].item, seen[CLASSES] = {0};
    for (size_t row = 0; row < s->count[TASK_TRAIN]; row++) {
        uint8_t label;
        const uint8_t *image = image_of(s, TASK_TRAIN, row, &label);
        seen[label]++;
        for (size_t p = 0; p < item; p++)
            means[label * item + p] += image[p];
    }
    for (size_t c = 0; c < CLASSES; c++)
        for (size_t p = 0; p < item && seen[c]; p++)
            means[c * item + p] /= (double)seen[c];
}

/* The number of test images that are closest (in squared distance) to the mean image of their own class. */
static size_t count_nearest(const pixels_state *s, const double *means) {
    size_t item = s->arrays[0].item, right = 0;
    for (size_t row = 0; row < s->count[TASK_TEST]; row++) {
        uint8_t label;
        const uint8_t *image = image_of(s, TASK_TEST, row, &label);
        size_t nearest = 0;
        double least = INFINITY;
        for (size_t c = 0; c < CLASSES; c++) {
            double distance = 0;
            for (size_t p = 0; p < item; p++)
                distance += (image[p] - means[c * item + p]) * (image[p] - means[c * item + p]);
            if (distance < least) {
                least = distance;
                nearest = c;
            }
        }
        right += nearest == label;
    }
    return right;
}

static size_t pixels_baselines(void *state, task_baseline *baselines, size_t most) {
    const pixels_state *s = state;
    double *means;
    if (gb_allocate(s->context, CLASSES * s->arrays[0].item, sizeof *means, &means) != GB_OK)
        return 0;
    average_classes(s, means);
    double nearest = (double)count_nearest(s, means) / (double)s->count[TASK_TEST];
    gb_release(s->context, means);
    const task_baseline all[] = {
        {"chance", "accuracy", 1.0 / CLASSES, "one of the ten classes at random"},
        {"nearest mean", "accuracy", nearest, "the class with the nearest mean training image, measured on test"},
    };
    return task_copy_baselines(all, sizeof all / sizeof *all, baselines, most);
}

/* Prints a test image as characters, independent of the view, and its class. */
static void pixels_sample(void *state, uint64_t seed, FILE *out) {
    static const char *const names[CLASSES] = {"T-shirt", "trousers", "pullover", "dress", "coat",
                                               "sandal",  "shirt",    "sneaker",  "bag",   "ankle boot"};
    static const char greys[] = " .:-=+*#%@";
    const pixels_state *s = state;
    gb_random random = gb_random_stream(seed, GB_RANDOM_TEST, 0);
    uint8_t label;
    const uint8_t *image = image_of(s, TASK_TEST, gb_random_below(&random, (uint32_t)s->count[TASK_TEST]), &label);
    for (size_t p = 0; p < s->arrays[0].item; p++) {
        fputc(greys[image[s->place[p]] * (sizeof greys - 2) / 255], out);
        if ((p + 1) % s->arrays[0].columns == 0)
            fputc('\n', out);
    }
    fprintf(out, "-> %s\n", names[label]);
}

static void pixels_facts(void *state, FILE *out) {
    const pixels_state *s = state;
    fprintf(out, "images\t%zu + %zu\nsize\t%zu x %zu\nsha256\t%s\n", s->arrays[0].count, s->arrays[2].count,
            s->arrays[0].rows, s->arrays[0].columns, s->sha256);
}

static const char *pixels_sha256(const void *state) {
    return ((const pixels_state *)state)->sha256;
}

const task_type task_pixels_type = {
    .name = "pixels",
    .summary = "the class of an image read as a sequence",
    .source = "Fashion-MNIST (Xiao et al. 2017) as Debian's dataset-fashion-mnist; the task after Le et al. 2015",
    .options = options,
    .version = 1,
    .open = pixels_open,
    .close = pixels_close,
    .shape = pixels_shape,
    .batch = pixels_batch,
    .baselines = pixels_baselines,
    .sample = pixels_sample,
    .facts = pixels_facts,
    .sha256 = pixels_sha256,
};
