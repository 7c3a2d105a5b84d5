/* SPDX-License-Identifier: MIT */
/* A hash set of trials: open addressing over 128-bit hashes of their settings, at most half full. */
#include "experiments/recipe/recipe_set.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct trial_slot {
    XXH128_hash_t hash; /* all zero: free */
    size_t number;
};

static bool is_free(const struct trial_slot *slot) {
    return slot->hash.low64 == 0 && slot->hash.high64 == 0;
}

static struct trial_slot *find_slot(const recipe_set *set, XXH128_hash_t hash) {
    size_t i = (size_t)hash.low64 & (set->room - 1);
    while (!is_free(&set->slots[i]) && !XXH128_isEqual(set->slots[i].hash, hash))
        i = (i + 1) & (set->room - 1);
    return &set->slots[i];
}

static bool grow(recipe_set *set) {
    recipe_set wider = {.room = set->room ? 2 * set->room : 256, .count = set->count};
    wider.slots = calloc(wider.room, sizeof *wider.slots);
    if (!wider.slots)
        return false;
    for (size_t i = 0; i < set->room; i++)
        if (!is_free(&set->slots[i]))
            *find_slot(&wider, set->slots[i].hash) = set->slots[i];
    free(set->slots);
    *set = wider;
    return true;
}

/* Names have the same order in all trials of a recipe, so hashing the values is enough. */
static XXH128_hash_t hash_settings(const trial_settings *trial) {
    XXH128_hash_t hash = {1, 1};
    for (size_t i = 0; i < trial->count; i++) {
        const char *value = trial->pairs[i].value;
        hash = XXH3_128bits_withSeed(value, strlen(value), hash.low64 ^ (hash.high64 * 0x9E3779B97F4A7C15ULL) ^ i);
    }
    return hash;
}

int recipe_set_add(recipe_set *set, const trial_settings *trial, const char *word, size_t *number) {
    XXH128_hash_t hash = hash_settings(trial);
    if (*word)
        hash = XXH3_128bits_withSeed(word, strlen(word), hash.low64);
    if (2 * (set->count + 1) > set->room && !grow(set))
        return -1;
    struct trial_slot *slot = find_slot(set, hash);
    bool added = is_free(slot);
    if (added)
        *slot = (struct trial_slot){hash, set->count++};
    if (number)
        *number = slot->number;
    return added;
}

void recipe_set_free(recipe_set *set) {
    free(set->slots);
    *set = (recipe_set){0};
}

bool recipe_set_equal(const trial_settings *a, const trial_settings *b) {
    return XXH128_isEqual(hash_settings(a), hash_settings(b));
}
