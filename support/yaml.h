/* SPDX-License-Identifier: MIT */
/* The one YAML reader (uses libfyaml). A document becomes a tree of nodes with positions. Errors have gcc's form:
 * `file:line:column: error: ...`, the line, a caret, and a "did you mean". All errors of a file are collected. */
#ifndef GATEBENCH_SUPPORT_YAML_H
#define GATEBENCH_SUPPORT_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "gatebench/context.h"
#include "support/cleanup.h"

struct text;

typedef enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP } yaml_kind;

typedef struct yaml_node {
    yaml_kind kind;
    char *text;          /* scalar: its text; map and list: NULL */
    bool quoted;         /* scalar written in quotes: always text */
    size_t line, column; /* from 1 */
    char *key;           /* key of a map's entry, else NULL */
    size_t key_line, key_column;
    struct yaml_node *children; /* members of a list or map, in order */
    size_t count;
} yaml_node;

typedef struct yaml_document {
    char *path; /* as given, for messages */
    char *text; /* the whole file */
    yaml_node root;
} yaml_document;

/* Errors of one or more documents, shown together. */
typedef struct yaml_errors {
    char *text; /* the finished messages of the first 100, one after the other; NULL when there are none */
    size_t count;
} yaml_errors;

/* Reads a file (at most 1 MiB, depth 8, 4,096 keys in a map, no duplicate keys, no aliases). Errors: GB_INVALID (syntax
 * errors, which go to `errors`), GB_IO (the file cannot be read). */
gb_status yaml_read(gb_context *context, const char *path, yaml_document **document, yaml_errors *errors);
gb_status yaml_read_text(gb_context *context, const char *name, const char *text, yaml_document **document,
                         yaml_errors *errors);
void yaml_free(yaml_document *document); /* takes NULL */
CLEANUP_POINTER(yaml_free, yaml_document)

/* The entry of a map, or NULL. */
const yaml_node *yaml_get(const yaml_node *map, const char *key);
/* The text of a scalar entry, or `otherwise`. */
const char *yaml_text(const yaml_node *map, const char *key, const char *otherwise);
double yaml_number(const yaml_node *map, const char *key, double otherwise);

/* Appends one line per difference between two trees: "compare[1].margin changed from 0.02 to 0.3\n". NULL is an empty
 * tree. `path` names the trees. Lists are compared by position. */
void yaml_differences(const yaml_node *was, const yaml_node *is, const char *path, struct text *lines);

/* Adds an error at a position of a source; line 0: about all of it. */
void yaml_error_at(yaml_errors *errors, const char *path, const char *source, size_t line, size_t column,
                   const char *message);
/* Adds an error at a node (at its key when at_key), printf format. */
void yaml_error(yaml_errors *errors, const yaml_document *document, const yaml_node *node, bool at_key,
                const char *format, ...) __attribute__((format(printf, 5, 6)));
void yaml_errors_free(yaml_errors *errors);

/* True if the whole text is a number (C locale; no nan, inf or hex, and no leading zeros, since some programs read them
 * as octal). */
bool text_is_integer(const char *text, long long *value);
bool text_is_number(const char *text, double *value);

#endif
