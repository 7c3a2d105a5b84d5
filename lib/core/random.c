/* SPDX-License-Identifier: MIT */
/* Random streams on Philox4x32-10. The key is the seed; the counter holds block number (56 bits), purpose (8 bits)
 * and index (64 bits), so no two streams ever share a block. */
#include "gatebench/random.h"

#include <Random123/philox.h>
#include <math.h>

#define BLOCK 4 /* numbers per call of Philox */

gb_random gb_random_stream(uint64_t seed, gb_purpose purpose, uint64_t index) {
    return (gb_random){
        .key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
        .counter = {0, (uint32_t)purpose << 24, (uint32_t)index, (uint32_t)(index >> 32)},
        .used = BLOCK,
    };
}

static void refill(gb_random *random) {
    const philox4x32_key_t key = {{random->key[0], random->key[1]}};
    const philox4x32_ctr_t counter = {{random->counter[0], random->counter[1], random->counter[2], random->counter[3]}};
    const philox4x32_ctr_t block = philox4x32(counter, key);
    for (unsigned i = 0; i < BLOCK; i++)
        random->block[i] = block.v[i];
    random->used = 0;
    random->counter[0]++;
    if (random->counter[0] == 0)
        random->counter[1]++;
}

uint32_t gb_random_bits(gb_random *random) {
    if (random->used >= BLOCK)
        refill(random);
    return random->block[random->used++];
}

double gb_random_uniform(gb_random *random) {
    const uint32_t high = gb_random_bits(random) >> 5; /* 27 bits */
    const uint32_t low = gb_random_bits(random) >> 6;  /* 26 bits */
    return ((double)high * 0x1p26 + (double)low) * 0x1p-53;
}

double gb_random_normal(gb_random *random) {
    const double radius = sqrt(-2.0 * log(1.0 - gb_random_uniform(random))); /* 1 - u is never 0 */
    const double angle = 2.0 * 3.14159265358979323846 * gb_random_uniform(random);
    return radius * cos(angle);
}

uint32_t gb_random_below(gb_random *random, uint32_t bound) {
    const uint32_t excess = -bound % bound; /* 2^32 mod bound: that many values are rejected */
    uint32_t bits;
    do {
        bits = gb_random_bits(random);
    } while (bits < excess);
    return bits % bound;
}

/* gb_random_below for bounds that may not fit 32 bits. */
static size_t below(gb_random *random, size_t bound) {
    if (bound <= UINT32_MAX)
        return gb_random_below(random, (uint32_t)bound);
    const uint64_t excess = -(uint64_t)bound % bound;
    uint64_t bits;
    do {
        bits = (uint64_t)gb_random_bits(random) << 32;
        bits |= gb_random_bits(random);
    } while (bits < excess);
    return (size_t)(bits % bound);
}

void gb_random_permutation(gb_random *random, size_t *order, size_t count) {
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count; i > 1; i--) {
        const size_t j = below(random, i);
        const size_t kept = order[i - 1];
        order[i - 1] = order[j];
        order[j] = kept;
    }
}
