/* SPDX-License-Identifier: MIT */
/* IDX files. The first byte selects whether the rest is the file itself or is first compressed by gzip: then the
 * checksum is right, and the contents are reached too. */
#include "datasets/files/idx.h"

#include "fuzz.h"

enum { MOST_PACKED_INPUT = 1 << 13 };

/* The checksum of gzip. */
static uint32_t crc_of(const uint8_t *bytes, size_t size) {
    static uint32_t table[256];
    for (uint32_t i = 0; !table[255] && i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320u : 0);
    }
    uint32_t crc = ~0u;
    for (size_t i = 0; i < size; i++)
        crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 255];
    return ~crc;
}

/* gzip's form of the bytes, stored; returns how long it is. */
static size_t pack(const uint8_t *bytes, size_t size, uint8_t to[MOST_PACKED_INPUT]) {
    static const uint8_t head[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
    const uint8_t block[5] = {1, (uint8_t)size, (uint8_t)(size >> 8), (uint8_t)~size, (uint8_t)(~size >> 8)};
    const uint32_t ends[2] = {crc_of(bytes, size), (uint32_t)size};
    memcpy(to, head, sizeof head);
    memcpy(to + sizeof head, block, sizeof block);
    memcpy(to + sizeof head + sizeof block, bytes, size);
    memcpy(to + sizeof head + sizeof block + size, ends, sizeof ends);
    return sizeof head + sizeof block + size + sizeof ends;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static uint8_t packed[MOST_PACKED_INPUT];
    char *path = fuzz_place("idx");
    const bool packs = size && bytes[0] & 1 && size < MOST_PACKED_INPUT - 64;
    if (packs)
        size = pack(bytes + 1, size - 1, packed);
    fuzz_put(packs ? packed : size ? bytes + 1 : bytes, packs ? size : size ? size - 1 : 0);
    for (size_t dimensions = IDX_LABELS; dimensions <= IDX_IMAGES; dimensions += IDX_IMAGES - IDX_LABELS) {
        idx_array array;
        gb_status status = idx_read(context, path, "remedy", dimensions, &array);
        if (status != GB_OK)
            fuzz_check_refusal(status, path);
        idx_free(context, &array);
    }
    return 0;
}
