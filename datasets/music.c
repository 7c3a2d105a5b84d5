/* SPDX-License-Identifier: MIT */
/* Polyphonic music: the next frame of 88 keys from the frames before (Boulanger-Lewandowski et al. 2012). Inputs are
 * frames 1..T-1, targets frames 2..T; the loss is the binary cross-entropy summed over keys, in nats per frame. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/files/catalog.h"
#include "datasets/files/mat.h"
#include "datasets/files/own.h"
#include "datasets/task_tools.h"

static const setting options[] = {
    TASK_OPTION("set", CHOICE, "jsb", "jsb|nottingham|muse|piano", "one of the four sets"),
    TASK_OPTION("mat", FILE, "", "PATH",
                "your own MAT 5 file instead of a set, with traindata, validdata and testdata"),
    {0}};

typedef struct music_state {
    gb_context *context;
    mat_rolls rolls; /* parts in the order train, valid, test */
    task_order order;
    size_t bytes;
    char file[SETTING_VALUE], sha256[65];
} music_state;

static void music_close(void *state) {
    music_state *s = state;
    mat_free(s->context, &s->rolls);
    task_order_free(s->context, &s->order);
    gb_release(s->context, s);
}

static gb_status read_set(music_state *s, const char *set) {
    char path[4096], remedy[128];
    const data_file *entry = NULL;
    snprintf(remedy, sizeof remedy, "remove it and run: gatebench data fetch %s", set);
    GB_TRY(data_entry(s->context, set, &entry));
    GB_TRY(data_find(s->context, set, path, sizeof path));
    GB_TRY(mat_read(s->context, path, remedy, &s->rolls));
    /* data_find has verified that this is the catalog's file */
    s->bytes = entry->bytes;
    snprintf(s->sha256, sizeof s->sha256, "%s", entry->sha256);
    snprintf(s->file, sizeof s->file, "%s", entry->file);
    return GB_OK;
}

static gb_status read_own(music_state *s, const char *path) {
    own_file file;
    gb_status status = own_read(s->context, "music", path, &file);
    s->bytes = file.size;
    memcpy(s->sha256, file.sha256, sizeof s->sha256);
    snprintf(s->file, sizeof s->file, "%s", path);
    own_free(&file);
    return status == GB_OK ? mat_read(s->context, path, "save it with save('-v6', ...) or scipy.io.savemat", &s->rolls)
                           : status;
}

static gb_status music_open(gb_context *context, const char *const *values, void **state) {
    music_state *s;
    GB_TRY(gb_allocate(context, 1, sizeof *s, &s));
    s->context = context;
    gb_status status = *values[1] ? read_own(s, values[1]) : read_set(s, values[0]);
    if (status != GB_OK)
        music_close(s);
    else
        *state = s;
    return status;
}

static size_t longest_of(const music_state *s, size_t part) {
    size_t longest = 0;
    for (size_t i = 0; i < s->rolls.count[part]; i++) {
        size_t frames = s->rolls.part[part][i].frames;
        longest = frames > longest ? frames : longest;
    }
    return longest;
}

static void music_shape(const void *state, task_shape *shape) {
    const music_state *s = state;
    *shape = (task_shape){.input = GB_INPUT_DENSE,
                          .input_size = MAT_KEYS,
                          .output_size = MAT_KEYS,
                          .head = GB_HEAD_EVERY,
                          .loss = GB_LOSS_BERNOULLI,
                          .metric = "nll",
                          .higher_is_better = false};
    for (size_t i = 0; i < MAT_PARTS; i++) {
        size_t steps = longest_of(s, i) - 1;
        shape->splits[i] = true;
        shape->sequences[i] = s->rolls.count[i];
        shape->longest = steps > shape->longest ? steps : shape->longest;
    }
}

/* Writes one sequence into column `i`. Targets are the inputs shifted by one frame. */
static void write_roll(const mat_roll *roll, size_t i, task_batch *batch) {
    size_t n = batch->batch.sequences;
    batch->lengths[i] = roll->frames - 1;
    for (size_t t = 0; t + 1 < roll->frames; t++) {
        double *input = batch->inputs + (t * n + i) * MAT_KEYS, *target = batch->targets + (t * n + i) * MAT_KEYS;
        const uint8_t *frame = roll->keys + t * MAT_KEYS;
        for (size_t k = 0; k < MAT_KEYS; k++) {
            input[k] = frame[k];
            target[k] = frame[MAT_KEYS + k];
        }
    }
}

static gb_status music_batch(void *state, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch) {
    music_state *s = state;
    size_t got, frames = 0;
    GB_TRY(task_rows(s->context, &s->order, split, seed, s->rolls.count[split], index, n, &got));
    const mat_roll *rolls = s->rolls.part[split];
    for (size_t i = 0; i < got; i++)
        frames = rolls[s->order.rows[i]].frames > frames ? rolls[s->order.rows[i]].frames : frames;
    GB_TRY(task_batch_reserve(s->context, batch,
                              &(task_batch_shape){.steps = frames - 1,
                                                  .sequences = got,
                                                  .inputs = MAT_KEYS,
                                                  .targets = MAT_KEYS,
                                                  .targets_each_step = true}));
    for (size_t i = 0; i < got; i++)
        write_roll(&rolls[s->order.rows[i]], i, batch);
    return GB_OK;
}

/* Statistics of a key in train: how often it sounds, and how often it sounds after a frame in which it was silent [0]
 * or sounded [1]. */
typedef struct key_counts {
    size_t frames, sounding[MAT_KEYS];
    size_t before[2][MAT_KEYS], sounding_after[2][MAT_KEYS];
} key_counts;

static void count_keys(const music_state *s, key_counts *c) {
    *c = (key_counts){0};
    for (size_t i = 0; i < s->rolls.count[TASK_TRAIN]; i++) {
        const mat_roll *roll = &s->rolls.part[TASK_TRAIN][i];
        c->frames += roll->frames;
        for (size_t f = 0; f < roll->frames; f++) {
            const uint8_t *frame = roll->keys + f * MAT_KEYS;
            for (size_t k = 0; k < MAT_KEYS; k++) {
                c->sounding[k] += frame[k];
                if (f > 0) {
                    uint8_t last = frame[(ptrdiff_t)k - MAT_KEYS];
                    c->before[last][k]++;
                    c->sounding_after[last][k] += frame[k];
                }
            }
        }
    }
}

/* -log P of one key with add-one smoothing. */
static double surprise(uint8_t sounds, size_t sounding, size_t all) {
    size_t favourable = sounds ? sounding : all - sounding;
    return -log((double)(favourable + 1) / (double)(all + 2));
}

/* Mean nats over all frames, and the mean over sequences of each sequence's mean. */
typedef struct nll {
    double frame_mean, sequence_mean;
} nll;

/* markov false: each frame independently, all frames. true: given the previous frame, from frame 2 on. */
static nll measure(const music_state *s, const key_counts *c, bool markov) {
    nll mean = {0};
    size_t frames = 0, count = s->rolls.count[TASK_TEST];
    for (size_t i = 0; i < count; i++) {
        const mat_roll *roll = &s->rolls.part[TASK_TEST][i];
        double sum = 0;
        for (size_t f = markov; f < roll->frames; f++) {
            const uint8_t *frame = roll->keys + f * MAT_KEYS;
            for (size_t k = 0; k < MAT_KEYS; k++) {
                uint8_t last = markov ? frame[(ptrdiff_t)k - MAT_KEYS] : 0;
                sum += markov ? surprise(frame[k], c->sounding_after[last][k], c->before[last][k])
                              : surprise(frame[k], c->sounding[k], c->frames);
            }
        }
        size_t counted = roll->frames - markov;
        mean.frame_mean += sum;
        mean.sequence_mean += sum / (double)counted;
        frames += counted;
    }
    mean.frame_mean /= (double)frames;
    mean.sequence_mean /= (double)count;
    return mean;
}

static size_t music_baselines(void *state, task_baseline *baselines, size_t most) {
    static const char marginal_note[] = "how often each key sounds in train, add-one smoothing; all test frames";
    static const char markov_note[] =
        "each key given its own state one frame before, add-one smoothing; from frame 2 on";
    const music_state *s = state;
    key_counts c;
    count_keys(s, &c);
    nll marginal = measure(s, &c, false), markov = measure(s, &c, true);
    const task_baseline all[] = {
        {"uniform", "nll", MAT_KEYS * log(2), "every key with probability 1/2"},
        {"marginal", "nll", marginal.frame_mean, marginal_note},
        {"marginal", "nll_sequence_mean", marginal.sequence_mean, marginal_note},
        {"markov1", "nll", markov.frame_mean, markov_note},
        {"markov1", "nll_sequence_mean", markov.sequence_mean, markov_note},
    };
    return task_copy_baselines(all, sizeof all / sizeof *all, baselines, most);
}

/* Prints the first frames of a test sequence as the notes that sound ("60": middle C). */
static void music_sample(void *state, uint64_t seed, FILE *out) {
    enum { SHOWN = 6, LOWEST_NOTE = 21 };
    const music_state *s = state;
    gb_random random = gb_random_stream(seed, GB_RANDOM_TEST, 0);
    const mat_roll *roll = &s->rolls.part[TASK_TEST][gb_random_below(&random, (uint32_t)s->rolls.count[TASK_TEST])];
    for (size_t f = 0; f < roll->frames && f < SHOWN; f++) {
        fputs(f ? " | " : "", out);
        const char *gap = "";
        for (size_t k = 0; k < MAT_KEYS; k++) {
            if (roll->keys[f * MAT_KEYS + k]) {
                fprintf(out, "%s%zu", gap, k + LOWEST_NOTE);
                gap = " ";
            }
        }
        fputs(*gap ? "" : "-", out);
    }
    fprintf(out, " | ... (%zu frames, MIDI notes)\n", roll->frames);
}

static void music_facts(void *state, FILE *out) {
    const music_state *s = state;
    fprintf(out, "file\t%s\nbytes\t%zu\nsha256\t%s\n", s->file, s->bytes, s->sha256);
    for (size_t i = 0; i < MAT_PARTS; i++) {
        size_t frames = 0;
        for (size_t j = 0; j < s->rolls.count[i]; j++)
            frames += s->rolls.part[i][j].frames;
        const char *name = task_split_name((task_split)i);
        fprintf(out, "%s sequences\t%zu\n%s frames\t%zu\n%s longest (frames)\t%zu\n", name, s->rolls.count[i], name,
                frames, name, longest_of(s, i));
    }
}

static const char *music_sha256(const void *state) {
    return ((const music_state *)state)->sha256;
}

const task_type task_music_type = {
    .name = "music",
    .summary = "the next frame of polyphonic music, 88 keys",
    .source = "Boulanger-Lewandowski et al. 2012; protocol of Chung et al. 2014",
    .options = options,
    .version = 1,
    .open = music_open,
    .close = music_close,
    .shape = music_shape,
    .batch = music_batch,
    .baselines = music_baselines,
    .sample = music_sample,
    .facts = music_facts,
    .sha256 = music_sha256,
};
