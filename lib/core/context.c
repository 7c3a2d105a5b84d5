/* SPDX-License-Identifier: MIT */
/* The context holds all mutable state of the library: memory functions, registered cells, the sentence of the last
 * failure. */
#include "core/context.h"

#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/sizes.h"

#define ALIGNMENT 64 /* the size of a cache line and of the widest vector */

struct gb_context {
    gb_allocator allocator;
    context_item *items;
    char message[1024];
};

static void *default_allocate(void *user, size_t bytes) {
    (void)user;
    if (!size_add(&bytes, ALIGNMENT - 1))
        return NULL;
    return aligned_alloc(ALIGNMENT, bytes / ALIGNMENT * ALIGNMENT);
}

static void default_release(void *user, void *block) {
    (void)user;
    free(block);
}

gb_status gb_context_create(const gb_allocator *allocator, gb_context **context) {
    static const gb_allocator standard = {default_allocate, default_release, NULL};
    if (!context)
        return GB_INVALID;
    *context = NULL;
    if (!allocator)
        allocator = &standard;
    if (!allocator->allocate || !allocator->release)
        return GB_INVALID;
    gb_context *made = allocator->allocate(allocator->user, sizeof *made);
    if (!made)
        return GB_MEMORY;
    *made = (gb_context){.allocator = *allocator};
    *context = made;
    return GB_OK;
}

void gb_context_destroy(gb_context *context) {
    if (!context)
        return;
    const gb_allocator allocator = context->allocator;
    for (context_item *item = context->items, *next; item; item = next) {
        next = item->next;
        allocator.release(allocator.user, item);
    }
    allocator.release(allocator.user, context);
}

void context_append(gb_context *context, context_item *item) {
    context_item **end = &context->items;
    while (*end)
        end = &(*end)->next;
    item->next = NULL;
    *end = item;
}

const context_item *context_first(const gb_context *context) {
    return context->items;
}

const char *gb_context_message(const gb_context *context) {
    return context ? context->message : "";
}

/* Numbers in a sentence have a decimal point in every locale. The message may contain the previous one. (gb_fail) is in
 * parentheses, since under the analyzer it is also a macro. */
gb_status(gb_fail)(gb_context *context, gb_status status, const char *format, ...) {
    if (context) {
        char message[sizeof context->message] = "";
        const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
        const locale_t before = plain ? uselocale(plain) : (locale_t)0;
        va_list arguments;
        va_start(arguments, format);
        /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): the line above starts it */
        vsnprintf(message, sizeof message, format, arguments);
        va_end(arguments);
        memcpy(context->message, message, sizeof message);
        if (plain) {
            uselocale(before);
            freelocale(plain);
        }
    }
    return status;
}

gb_status gb_allocate(gb_context *context, size_t count, size_t size, void *block_out) {
    void *block = NULL;
    size_t bytes = count;
    memcpy(block_out, &block, sizeof block);
    if (!size_multiply(&bytes, size))
        return gb_fail(context, GB_MEMORY, "%zu items of %zu bytes exceed the address space", count, size);
    if (bytes == 0)
        bytes = 1;
    block = context->allocator.allocate(context->allocator.user, bytes);
    if (!block)
        return gb_fail(context, GB_MEMORY, "out of memory: %zu bytes cannot be allocated", bytes);
    memset(block, 0, bytes);
    memcpy(block_out, &block, sizeof block);
    return GB_OK;
}

void gb_release(gb_context *context, void *block) {
    if (block)
        context->allocator.release(context->allocator.user, block);
}

const char *gb_version(void) {
    return GATEBENCH_VERSION;
}
