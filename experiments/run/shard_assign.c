/* SPDX-License-Identifier: MIT */
/* Assigns trials to shards. */
#include "experiments/run/shard_assign.h"
#include "support/cleanup.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* An arm: its trials are those with the same key. */
typedef struct arm {
    uint64_t key;
    size_t first; /* index of its first trial in the plan */
    size_t tuning, final;
    double tuning_flops, final_flops;
    size_t shard; /* from 0 */
} arm;

typedef struct arms {
    arm *items;
    size_t count;
} arms;

static uint64_t hash_arm(const trial_settings *trial, const char *const *swept) {
    uint64_t hash = XXH3_64bits(trial->matching, strlen(trial->matching));
    for (; *swept; swept++) {
        const char *value = strcmp(*swept, "seed") == 0 ? "" : trial_text(trial, *swept);
        hash = XXH3_64bits_withSeed(value, strlen(value) + 1, hash);
    }
    return hash;
}

static int compare_keys(const void *a, const void *b) {
    const arm *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

/* The operations of an arm. A tuned setting may change the cost of the final trials, and it is chosen during the run.
 * Such trials count with the mean cost of the tuning trials, so that every shard computes the same value at any
 * time. */
static double weigh(const arm *a) {
    if (a->tuning)
        return a->tuning_flops * (double)(a->tuning + a->final) / (double)a->tuning;
    return a->final_flops;
}

static int compare_weights(const void *a, const void *b) {
    double x = weigh(a), y = weigh(b);
    if (x != y)
        return x > y ? -1 : 1;
    return (((const arm *)a)->first > ((const arm *)b)->first) - (((const arm *)a)->first < ((const arm *)b)->first);
}

static void add_trials(arms *all, const char *const *swept, const stage *s, bool tuning) {
    for (size_t i = 0; i < s->list.count; i++) {
        double flops = s->costs[i].flops;
        all->items[all->count] = (arm){.key = hash_arm(&s->list.trials[i], swept),
                                       .first = all->count,
                                       .tuning = tuning,
                                       .final = !tuning,
                                       .tuning_flops = tuning ? flops : 0,
                                       .final_flops = tuning ? 0 : flops};
        all->count++;
    }
}

/* The arms of both stages, sorted by key. False: out of memory. */
static bool find_arms(arms *all, const char *const *swept, const stage *tune, const stage *final) {
    *all = (arms){.items = calloc(tune->list.count + final->list.count + 1, sizeof *all->items)};
    if (!all->items)
        return false;
    add_trials(all, swept, tune, true);
    add_trials(all, swept, final, false);
    qsort(all->items, all->count, sizeof *all->items, compare_keys);
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        arm *last = count ? &all->items[count - 1] : NULL, *next = &all->items[i];
        if (!last || last->key != next->key) {
            all->items[count++] = *next;
            continue;
        }
        last->tuning += next->tuning;
        last->final += next->final;
        last->tuning_flops += next->tuning_flops;
        last->final_flops += next->final_flops;
    }
    all->count = count;
    return true;
}

size_t shard_count_arms(const char *const *swept, const stage *tune, const stage *final) {
    arms all;
    if (!find_arms(&all, swept, tune, final))
        return 0;
    free(all.items);
    return all.count;
}

static void mark(const arms *all, const char *const *swept, size_t mine, stage *s) {
    for (size_t i = 0; i < s->list.count; i++) {
        arm wanted = {.key = hash_arm(&s->list.trials[i], swept)};
        size_t low = 0, high = all->count - 1;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (all->items[middle].key < wanted.key)
                low = middle + 1;
            else
                high = middle;
        }
        s->elsewhere[i] = all->items[low].shard != mine;
    }
}

/* Assigns the arms, the most expensive first, each to the shard with the least work so far: load[shards]. */
static void deal_out(arms *all, double *load, size_t shards) {
    qsort(all->items, all->count, sizeof *all->items, compare_weights);
    for (size_t i = 0; i < all->count; i++) {
        arm *next = &all->items[i];
        for (size_t k = 1; k < shards; k++)
            next->shard = load[k] < load[next->shard] ? k : next->shard;
        load[next->shard] += weigh(next);
    }
}

double shard_largest_share(size_t shards, const char *const *swept, const stage *tune, const stage *final) {
    arms all = {0};
    CLEANUP(free_at) double *load = calloc(shards ? shards : 1, sizeof *load);
    double sum = 0, largest = 0;
    if (load && find_arms(&all, swept, tune, final))
        deal_out(&all, load, shards);
    for (size_t k = 0; load && k < shards; k++) {
        sum += load[k];
        largest = load[k] > largest ? load[k] : largest;
    }
    free(all.items);
    return sum > 0 ? largest / sum : 0;
}

gb_status shard_assign(gb_context *context, shard mine, const char *const *swept, stage *tune, stage *final) {
    arms all;
    CLEANUP(free_at) double *load = calloc(mine.count ? mine.count : 1, sizeof *load);
    GB_NEED(context, load && find_arms(&all, swept, tune, final), "for %zu shards", mine.count);
    deal_out(&all, load, mine.count);
    qsort(all.items, all.count, sizeof *all.items, compare_keys);
    mark(&all, swept, mine.index - 1, tune);
    mark(&all, swept, mine.index - 1, final);
    free(all.items);
    return GB_OK;
}
