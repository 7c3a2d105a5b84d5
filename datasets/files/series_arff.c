/* SPDX-License-Identifier: MIT */
/* The .arff files of the UCR and UEA archives (the format is Weka's): @attribute lines, then @data, then one series per
 * row with values separated by commas. The attributes are either one number per step with the class or number last, or
 * one relational attribute and the class. A relational value is a quoted text whose lines (written \n) are the
 * channels. */
#include <stdlib.h>
#include <string.h>

#include "datasets/files/series_lines.h"

typedef enum attribute { ATTRIBUTE_NUMBER, ATTRIBUTE_NAMES, ATTRIBUTE_RELATION } attribute;

typedef struct arff_header {
    attribute first, last; /* kinds of the first and of the last attribute */
    size_t count;          /* attributes per row */
    text labels;           /* of the last one */
} arff_header;

/* Takes the next field from *rest, up to the next separator outside of quotes; removes its quotes. */
static gb_status take_field(const series_lines *l, piece *rest, char separator, piece *field) {
    *rest = piece_trim(*rest);
    if (!rest->length || (*rest->bytes != '\'' && *rest->bytes != '"')) {
        *field = piece_trim(piece_cut(rest, separator));
        return GB_OK;
    }
    const char *open = rest->bytes, *end = rest->bytes + rest->length, *close = open + 1;
    while (close < end && *close != *open)
        close += *close == '\\' && close + 1 < end ? 2 : 1;
    if (close >= end)
        return series_fail(l, open, "the quotation mark %c is not closed in this line", *open);
    *field = (piece){open + 1, (size_t)(close - open - 1)};
    *rest = piece_trim((piece){close + 1, (size_t)(end - close - 1)});
    if (rest->length && separator != ' ' && *rest->bytes != separator)
        return series_fail(l, rest->bytes, "expected '%c' after a quoted value", separator);
    if (rest->length && separator != ' ')
        *rest = (piece){rest->bytes + 1, rest->length - 1};
    return GB_OK;
}

/* The names between braces. */
static gb_status read_names(const series_lines *l, piece type, text *labels) {
    piece rest = {type.bytes + 1, type.length - 1};
    labels->length = 0;
    if (type.bytes[type.length - 1] != '}')
        return series_fail(l, type.bytes, "the list of names is not closed by a }");
    rest.length--;
    while (rest.length) {
        piece name = {0};
        GB_TRY(take_field(l, &rest, ',', &name));
        text_append_bytes(labels, name.bytes, name.length);
        text_append_bytes(labels, "", 1);
    }
    return labels->failed ? gb_fail(l->context, GB_MEMORY, "out of memory for the classes") : GB_OK;
}

static gb_status read_attribute(const series_lines *l, piece rest, arff_header *h) {
    static const char *const numeric[] = {"numeric", "real", "integer"};
    piece name = {0};
    GB_TRY(take_field(l, &rest, ' ', &name));
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): take_field has set it */
    if (name.bytes[-1] != '\'' && name.bytes[-1] != '"') { /* a name without quotes also ends at a tab */
        rest = (piece){name.bytes, (size_t)(l->line.bytes + l->line.length - name.bytes)};
        name = piece_word(&rest);
    }
    attribute kind = ATTRIBUTE_NUMBER;
    piece type = piece_trim(rest);
    bool known = false;
    if (type.length && *type.bytes == '{') {
        kind = ATTRIBUTE_NAMES;
        known = true;
        GB_TRY(read_names(l, type, &h->labels));
    }
    for (size_t i = 0; i < 3; i++)
        known = known || piece_is(type, numeric[i]);
    if (piece_is(type, "relational")) {
        kind = ATTRIBUTE_RELATION;
        known = true;
    }
    if (!known)
        return series_fail(l, type.bytes,
                           "an attribute of type '%.*s'; a series has numeric, {names} or relational ones",
                           (int)(type.length < 40 ? type.length : 40), type.bytes);
    if (h->count && h->last == ATTRIBUTE_NAMES)
        return series_fail(l, l->line.bytes, "an attribute after the class: the class must be the last one");
    h->first = h->count ? h->first : kind;
    h->last = kind;
    h->count++;
    return GB_OK;
}

/* Skips the attributes inside a relational one: the values give the number of steps. */
static gb_status pass_relation(series_lines *l) {
    while (series_next_line(l, "%")) {
        piece rest = l->line;
        if (piece_is(piece_word(&rest), "@end"))
            return GB_OK;
    }
    return gb_fail(l->context, GB_DATA, "%s: a relational attribute has no @end", l->file->path);
}

static gb_status check_header(const series_lines *l, const arff_header *h) {
    if (h->count < 2)
        return series_fail(l, l->line.bytes, "only %zu attribute%s before @data; a series needs steps and a class",
                           h->count, h->count == 1 ? "" : "s");
    if (h->first == ATTRIBUTE_RELATION ? h->count != 2 : h->first != ATTRIBUTE_NUMBER)
        return series_fail(l, l->line.bytes,
                           "expected numeric attributes and the class, or one relational attribute and the class");
    if (h->last == ATTRIBUTE_RELATION)
        return series_fail(l, l->line.bytes, "the last attribute is relational, but it must be the class or number");
    return GB_OK;
}

static gb_status read_header(series_lines *l, arff_header *h) {
    while (series_next_line(l, "%")) {
        piece rest = l->line, key = piece_word(&rest);
        if (piece_is(key, "@data"))
            return check_header(l, h);
        if (piece_is(key, "@attribute")) {
            GB_TRY(read_attribute(l, rest, h));
            if (h->last == ATTRIBUTE_RELATION)
                GB_TRY(pass_relation(l));
        } else if (!piece_is(key, "@relation")) {
            return series_fail(l, key.bytes, "expected @relation, @attribute or @data, found '%.*s'",
                               (int)(key.length < 40 ? key.length : 40), key.bytes);
        }
    }
    return gb_fail(l->context, GB_DATA, "%s: has no @data line", l->file->path);
}

/* Reads the channels of a relational value: its lines, each with the same number of values. */
static gb_status read_relation(const series_lines *l, piece value, numbers *values, size_t *channels, size_t *steps) {
    const char *end = value.bytes + value.length;
    for (const char *at = value.bytes; at <= end; (*channels)++) {
        const char *stop = at;
        while (stop < end && !(*stop == '\\' && stop + 1 < end && stop[1] == 'n'))
            stop++;
        piece channel = {at, (size_t)(stop - at)};
        size_t before = values->count;
        for (bool more = true; more;) {
            double number;
            more = channel.length && memchr(channel.bytes, ',', channel.length);
            GB_TRY(series_number(l, piece_cut(&channel, ','), &number));
            GB_TRY(numbers_add(l->context, values, number));
        }
        *steps = *channels ? *steps : values->count;
        if (values->count - before != *steps)
            return series_fail(l, at, "channel %zu has %zu values, but channel 1 has %zu", *channels + 1,
                               values->count - before, *steps);
        at = stop + 2;
    }
    return GB_OK;
}

static gb_status read_row(const series_lines *l, const arff_header *h, series_set *set, numbers *values) {
    piece rest = l->line, field = {0};
    size_t channels = 0, steps = 0, fields = 1;
    values->count = 0;
    if (*rest.bytes == '{')
        return series_fail(l, rest.bytes, "sparse rows {...} are not supported; write every value");
    if (h->first == ATTRIBUTE_RELATION) {
        GB_TRY(take_field(l, &rest, ',', &field));
        GB_TRY(read_relation(l, field, values, &channels, &steps));
    } else {
        for (; fields < h->count && rest.length; fields++) {
            double number;
            GB_TRY(take_field(l, &rest, ',', &field));
            GB_TRY(series_number(l, field, &number));
            GB_TRY(numbers_add(l->context, values, number));
        }
        channels = 1;
        steps = values->count;
    }
    const char *at = rest.bytes;
    GB_TRY(take_field(l, &rest, ',', &field));
    if (!field.length || rest.length)
        return series_fail(l, rest.length ? rest.bytes : at, "%s values than the %zu attributes of the header",
                           rest.length ? "more" : "fewer", h->count);
    if (h->last == ATTRIBUTE_NAMES)
        GB_TRY(series_check_label(l, field, &h->labels));
    return series_add(l, set, values, channels, steps, field, h->last == ATTRIBUTE_NUMBER);
}

gb_status series_read_arff(gb_context *context, const own_file *file, series_set *set) {
    series_lines l = {.context = context, .file = file};
    arff_header h = {0};
    numbers values = {0};
    gb_status status = own_check_text(context, file);
    if (status == GB_OK)
        status = read_header(&l, &h);
    while (status == GB_OK && series_next_line(&l, "%"))
        status = read_row(&l, &h, set, &values);
    free(values.items);
    text_free(&h.labels);
    return status;
}
