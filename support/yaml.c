/* SPDX-License-Identifier: MIT */
/* The YAML reader: builds our own tree from libfyaml's events, so that every node keeps its position and all errors,
 * ours or the parser's, are shown in the same form. The only file that includes libfyaml.h. */
#include "support/yaml.h"

#include <libfyaml.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "support/file.h"
#include "support/text.h"

enum { LARGEST_FILE = 1 << 20, DEEPEST = 8, MOST_KEYS = 4096 };

/* Building the tree */

typedef struct builder {
    struct fy_parser *parser;
    yaml_document *document;
    yaml_errors *errors;
    struct fy_mark last; /* the last position seen, since an empty value has none */
    bool out_of_memory;
} builder;

static void free_node(yaml_node *node) {
    for (size_t i = 0; i < node->count; i++)
        free_node(&node->children[i]);
    free(node->children);
    free(node->text);
    free(node->key);
}

static void complain(builder *b, size_t line, size_t column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void complain(builder *b, size_t line, size_t column, const char *format, ...) {
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    yaml_error_at(b->errors, b->document->path, b->document->text, line, column, message);
}

/* The next event; NULL at the end or after a syntax error. */
static struct fy_event *next_event(builder *b) {
    struct fy_event *event = fy_parser_parse(b->parser);
    const struct fy_mark *mark = event ? fy_event_start_mark(event) : NULL;
    if (mark)
        b->last = *mark;
    return event;
}

static void place(const builder *b, size_t *line, size_t *column) {
    *line = (size_t)b->last.line + 1;
    *column = (size_t)b->last.column + 1;
}

/* A scalar's text, malloc'ed. */
static char *scalar_text(builder *b, struct fy_event *event) {
    size_t length = 0;
    const char *value = event->scalar.value ? fy_token_get_text(event->scalar.value, &length) : "";
    char *copy = value ? strndup(value, length) : NULL;
    b->out_of_memory |= !copy;
    return copy;
}

static bool add_child(builder *b, yaml_node *parent, yaml_node *child) {
    if ((parent->count & (parent->count - 1)) == 0) { /* full at each power of two */
        yaml_node *grown = realloc(parent->children, (parent->count ? parent->count * 2 : 1) * sizeof *grown);
        if (!grown) {
            b->out_of_memory = true;
            free_node(child);
            return false;
        }
        parent->children = grown;
    }
    parent->children[parent->count++] = *child;
    return true;
}

static bool build_node(builder *b, struct fy_event *event, size_t depth, yaml_node *node);

/* Reads the key of a map's next entry into `entry`; reports a key that is not a plain word. */
static bool build_key(builder *b, struct fy_event *event, const yaml_node *map, yaml_node *entry) {
    place(b, &entry->key_line, &entry->key_column);
    if (event->type != FYET_SCALAR) {
        complain(b, entry->key_line, entry->key_column, "a key must be a single word, not a list, map or alias");
        return false;
    }
    if (map->count == MOST_KEYS) {
        complain(b, entry->key_line, entry->key_column, "this map has more than %d keys", MOST_KEYS);
        return false;
    }
    entry->key = scalar_text(b, event);
    if (!entry->key)
        return false;
    const yaml_node *first = yaml_get(map, entry->key);
    if (first)
        complain(b, entry->key_line, entry->key_column, "\"%s\" is given twice, first in line %zu", entry->key,
                 first->key_line);
    return true;
}

static bool build_children(builder *b, size_t depth, yaml_node *node) {
    enum fy_event_type end = node->kind == YAML_MAP ? FYET_MAPPING_END : FYET_SEQUENCE_END;
    for (struct fy_event *event; (event = next_event(b));) {
        if (event->type == end) {
            fy_parser_event_free(b->parser, event);
            return true;
        }
        yaml_node child = {0};
        bool good = true;
        if (node->kind == YAML_MAP) {
            good = build_key(b, event, node, &child);
            fy_parser_event_free(b->parser, event);
            event = good ? next_event(b) : NULL;
        }
        good = good && event && build_node(b, event, depth, &child);
        if (event)
            fy_parser_event_free(b->parser, event);
        if (!good) {
            free_node(&child);
            return false;
        }
        if (!add_child(b, node, &child))
            return false;
    }
    return false;
}

/* Builds the node that starts with this event; the caller keeps the event. False: stop, an error was reported. */
static bool build_node(builder *b, struct fy_event *event, size_t depth, yaml_node *node) {
    place(b, &node->line, &node->column);
    switch (event->type) {
    case FYET_SCALAR:
        node->kind = YAML_SCALAR;
        node->quoted = event->scalar.value && fy_token_scalar_style(event->scalar.value) != FYSS_PLAIN;
        node->text = scalar_text(b, event);
        return node->text != NULL;
    case FYET_MAPPING_START:
    case FYET_SEQUENCE_START:
        if (depth == DEEPEST) {
            complain(b, node->line, node->column, "nested more than %d deep", DEEPEST);
            return false;
        }
        node->kind = event->type == FYET_MAPPING_START ? YAML_MAP : YAML_LIST;
        return build_children(b, depth + 1, node);
    case FYET_ALIAS:
        complain(b, node->line, node->column, "aliases (*name) are not supported; write the value out");
        return false;
    default:
        complain(b, node->line, node->column, "a value is expected here");
        return false;
    }
}

/* Errors that libfyaml found. It may report several for one position; all are shown. */
static void add_syntax_errors(builder *b, struct fy_diag *diagnostics) {
    void *position = NULL;
    struct fy_diag_error *error;
    while ((error = fy_diag_errors_iterate(diagnostics, &position))) {
        if (error->type == FYET_ERROR && error->msg)
            complain(b, error->line > 0 ? (size_t)error->line : 1, error->column > 0 ? (size_t)error->column : 1, "%s",
                     error->msg);
    }
}

/* Reads the one document of the stream; an empty document becomes an empty scalar. */
static void build_document(builder *b) {
    bool seen = false, going = true;
    for (struct fy_event *event; going && (event = next_event(b));) {
        if (event->type == FYET_DOCUMENT_START && seen) {
            complain(b, (size_t)b->last.line + 1, 1, "a second document starts here; a file may hold only one");
            going = false;
        } else if (event->type == FYET_DOCUMENT_START) {
            seen = true;
        } else if (event->type != FYET_STREAM_START && event->type != FYET_STREAM_END &&
                   event->type != FYET_DOCUMENT_END) {
            going = build_node(b, event, 0, &b->document->root);
        }
        fy_parser_event_free(b->parser, event);
    }
    yaml_node *root = &b->document->root;
    if (root->line == 0) {
        root->line = root->column = 1;
        root->text = strdup("");
        b->out_of_memory |= !root->text;
    }
}

/* The length in bytes of the character that starts here; 0 when it is not UTF-8 or is a control character. libfyaml
 * accepts control characters, and a terminal would obey them. */
static size_t character_bytes(const char *c) {
    unsigned char first = (unsigned char)*c;
    if (first < 0x80)
        return first == '\n' || first == '\t' || first == '\r' || (first >= 0x20 && first != 0x7f);
    size_t bytes = first >= 0xf0 && first <= 0xf4 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    /* longer than need be, halves of pairs, beyond the last character */
    const unsigned char next = (unsigned char)c[1];
    if (first > 0xf4 || (first == 0xe0 && next < 0xa0) || (first == 0xed && next > 0x9f) ||
        (first == 0xf0 && next < 0x90) || (first == 0xf4 && next > 0x8f))
        return 0;
    for (size_t i = 1; i < bytes; i++)
        if (((unsigned char)c[i] & 0xc0) != 0x80)
            return 0;
    return bytes;
}

/* libfyaml would accept bytes that are not text, silently stop at them, or (in a directive) never stop. */
static bool is_all_text(builder *b) {
    size_t line = 1, column = 1, bytes;
    for (const char *c = b->document->text; *c; c += bytes, column++) {
        bytes = character_bytes(c);
        if (bytes == 0) {
            complain(b, line, column, "byte 0x%02x is not text (UTF-8) here", (unsigned)(unsigned char)*c);
            return false;
        }
        if (*c == '\n') {
            line++;
            column = 0;
        }
    }
    return true;
}

/* Runs the parser over document->text. */
static gb_status parse(gb_context *context, yaml_document *document, yaml_errors *errors) {
    struct fy_diag_cfg quiet;
    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL;
    struct fy_diag *diagnostics = fy_diag_create(&quiet);
    builder b = {.document = document, .errors = errors};
    size_t before = errors->count;
    if (diagnostics) {
        fy_diag_set_collect_errors(diagnostics, true);
        struct fy_parse_cfg configuration = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG, .diag = diagnostics};
        b.parser = fy_parser_create(&configuration);
    }
    if (!b.parser || fy_parser_set_string(b.parser, document->text, strlen(document->text)) != 0) {
        b.out_of_memory = true;
    } else if (is_all_text(&b)) {
        build_document(&b);
        if (fy_parser_get_stream_error(b.parser)) {
            add_syntax_errors(&b, diagnostics);
            if (errors->count == before)
                complain(&b, (size_t)b.last.line + 1, (size_t)b.last.column + 1, "not valid YAML from here on");
        }
    }
    if (b.parser)
        fy_parser_destroy(b.parser);
    if (diagnostics)
        fy_diag_destroy(diagnostics);
    if (b.out_of_memory)
        return gb_fail(context, GB_MEMORY, "%s: out of memory while reading YAML", document->path);
    if (errors->count > before)
        return gb_fail(context, GB_INVALID, "%s: %zu error%s in this file", document->path, errors->count - before,
                       errors->count - before == 1 ? "" : "s");
    return GB_OK;
}

/* Takes `content` over, also on failure. */
static gb_status read_content(gb_context *context, const char *name, char *content, yaml_document **out,
                              yaml_errors *errors) {
    *out = NULL;
    yaml_document *document = calloc(1, sizeof *document);
    if (document)
        document->path = strdup(name);
    if (!document || !document->path || !content) {
        free(document);
        free(content);
        return gb_fail(context, GB_MEMORY, "%s: out of memory while reading YAML", name);
    }
    document->text = content;
    gb_status status = parse(context, document, errors);
    if (status != GB_OK)
        yaml_free(document);
    else
        *out = document;
    return status;
}

gb_status yaml_read(gb_context *context, const char *path, yaml_document **document, yaml_errors *errors) {
    *document = NULL;
    char *content;
    size_t size;
    GB_TRY(file_read(context, path, LARGEST_FILE, &content, &size));
    if (strlen(content) != size) {
        free(content);
        yaml_error_at(errors, path, "", 0, 0, "holds a zero byte: not a text file");
        return gb_fail(context, GB_INVALID, "%s: holds a zero byte: not a text file", path);
    }
    return read_content(context, path, content, document, errors);
}

gb_status yaml_read_text(gb_context *context, const char *name, const char *content, yaml_document **document,
                         yaml_errors *errors) {
    *document = NULL;
    if (strlen(content) > LARGEST_FILE)
        return gb_fail(context, GB_IO, "%s: is larger than the limit of %d bytes for such a file", name, LARGEST_FILE);
    return read_content(context, name, strdup(content), document, errors);
}

void yaml_free(yaml_document *document) {
    if (!document)
        return;
    free_node(&document->root);
    free(document->path);
    free(document->text);
    free(document);
}

/* Looking things up */

const yaml_node *yaml_get(const yaml_node *map, const char *key) {
    for (size_t i = 0; map && map->kind == YAML_MAP && i < map->count; i++)
        if (!strcmp(map->children[i].key, key))
            return &map->children[i];
    return NULL;
}

const char *yaml_text(const yaml_node *map, const char *key, const char *otherwise) {
    const yaml_node *node = yaml_get(map, key);
    return node && node->kind == YAML_SCALAR ? node->text : otherwise;
}

double yaml_number(const yaml_node *map, const char *key, double otherwise) {
    double value;
    const char *written = yaml_text(map, key, "");
    return text_is_number(written, &value) ? value : otherwise;
}
