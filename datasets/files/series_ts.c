/* SPDX-License-Identifier: MIT */
/* The .ts files of the UCR and UEA archives (as aeon and sktime describe them): a header of @ lines, then @data, then
 * one series per line. Channels are separated by colons, the values of a channel by commas; the class or number comes
 * last. */
#include <stdlib.h>
#include <string.h>

#include "datasets/files/series_lines.h"

enum { MOST_CHANNELS = 10000, MOST_STEPS = 1 << 24 };

typedef struct ts_header {
    bool class, number; /* what each series ends with */
    bool equal;         /* all have the same number of steps ... */
    size_t steps;       /* ... namely this; 0: not given, that of the first series */
    size_t channels;    /* 0: not given */
    text labels;        /* classes that the header lists, each followed by a NUL */
} ts_header;

static gb_status read_truth(const series_lines *l, piece word, bool *truth) {
    *truth = piece_is(word, "true");
    if (*truth || piece_is(word, "false"))
        return GB_OK;
    return series_fail(l, word.bytes, "expected true or false, found '%.*s'",
                       (int)(word.length < 40 ? word.length : 40), word.bytes);
}

static gb_status read_labels(const series_lines *l, piece rest, ts_header *h) {
    GB_TRY(read_truth(l, piece_word(&rest), &h->class));
    while (h->class && rest.length) {
        piece label = piece_word(&rest);
        text_append_bytes(&h->labels, label.bytes, label.length);
        text_append_bytes(&h->labels, "", 1);
    }
    return h->labels.failed ? gb_fail(l->context, GB_MEMORY, "out of memory for the classes") : GB_OK;
}

/* Reads an integer of at least 1. */
static gb_status read_count(const series_lines *l, piece word, size_t most, size_t *count) {
    double number;
    GB_TRY(series_number(l, word, &number));
    bool within = number >= 1 && number <= (double)most;
    *count = within ? (size_t)number : 0;
    if (!within || (double)*count != number)
        return series_fail(l, word.bytes, "expected a whole number from 1 to %zu", most);
    return GB_OK;
}

/* Other header lines are ignored: names, and whether there are several channels or missing values. */
static gb_status read_directive(const series_lines *l, ts_header *h) {
    static const char *const passed[] = {"@problemName", "@missing",   "@univariate",
                                         "@nbChannels",  "@frequency", "@horizon"};
    piece rest = l->line, key = piece_word(&rest);
    bool truth = false;
    if (piece_is(key, "@classLabel"))
        return read_labels(l, rest, h);
    if (piece_is(key, "@targetLabel"))
        return read_truth(l, piece_word(&rest), &h->number);
    if (piece_is(key, "@dimension") || piece_is(key, "@dimensions"))
        return read_count(l, piece_word(&rest), MOST_CHANNELS, &h->channels);
    if (piece_is(key, "@equalLength"))
        return read_truth(l, piece_word(&rest), &h->equal);
    if (piece_is(key, "@seriesLength"))
        return read_count(l, piece_word(&rest), MOST_STEPS, &h->steps);
    if (piece_is(key, "@timeStamps")) {
        GB_TRY(read_truth(l, piece_word(&rest), &truth));
        return truth ? series_fail(l, key.bytes,
                                   "series with timestamps are not supported; write only the values, one per step, "
                                   "with @timeStamps false")
                     : GB_OK;
    }
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
        if (piece_is(key, passed[i]))
            return GB_OK;
    return series_fail(l, key.bytes,
                       "unknown directive '%.*s'; those of .ts files are @problemName, @timeStamps, "
                       "@missing, @univariate, @dimension, @equalLength, @seriesLength, @classLabel, "
                       "@targetLabel and @data",
                       (int)(key.length < 40 ? key.length : 40), key.bytes);
}

static gb_status read_header(series_lines *l, ts_header *h) {
    while (series_next_line(l, "#%")) {
        piece rest = l->line;
        if (*l->line.bytes != '@')
            return series_fail(l, l->line.bytes, "expected @data before the series");
        if (!piece_is(piece_word(&rest), "@data")) {
            GB_TRY(read_directive(l, h));
            continue;
        }
        if (!h->class && !h->number)
            return series_fail(
                l, l->line.bytes,
                "neither @classLabel true nor @targetLabel true comes before @data, so there is no target");
        return GB_OK;
    }
    return gb_fail(l->context, GB_DATA, "%s: has no @data line", l->file->path);
}

/* Reads one line: channels, then the target. */
static gb_status read_series(const series_lines *l, ts_header *h, series_set *set, numbers *values) {
    piece rest = l->line;
    const char *last = l->line.bytes + l->line.length;
    while (last > l->line.bytes && last[-1] != ':')
        last--;
    if (last == l->line.bytes)
        return series_fail(l, l->line.bytes, "expected values, a colon, and the class or number");
    piece label = piece_trim((piece){last, (size_t)(l->line.bytes + l->line.length - last)});
    rest.length = (size_t)(last - 1 - l->line.bytes);
    size_t channels = 0, steps = 0;
    values->count = 0;
    for (bool more = true; more; channels++) {
        more = rest.length && memchr(rest.bytes, ':', rest.length);
        piece channel = piece_cut(&rest, ':');
        size_t before = values->count;
        const char *start = channel.bytes;
        for (bool values_left = true; values_left;) {
            double value;
            values_left = channel.length && memchr(channel.bytes, ',', channel.length);
            GB_TRY(series_number(l, piece_cut(&channel, ','), &value));
            GB_TRY(numbers_add(l->context, values, value));
        }
        steps = channels ? steps : values->count;
        if (values->count - before != steps)
            return series_fail(l, start, "channel %zu has %zu values, but channel 1 has %zu", channels + 1,
                               values->count - before, steps);
    }
    if (h->channels && channels != h->channels)
        return series_fail(l, l->line.bytes, "%zu channels, but the header says %zu", channels, h->channels);
    if (h->equal && h->steps && steps != h->steps)
        return series_fail(l, l->line.bytes, "%zu values per channel, but by @equalLength and %s there must be %zu",
                           steps, set->count ? "the earlier series" : "@seriesLength", h->steps);
    h->steps = h->steps ? h->steps : steps;
    if (!h->number)
        GB_TRY(series_check_label(l, label, &h->labels));
    return series_add(l, set, values, channels, steps, label, h->number);
}

gb_status series_read_ts(gb_context *context, const own_file *file, series_set *set) {
    series_lines l = {.context = context, .file = file};
    ts_header h = {0};
    numbers values = {0};
    gb_status status = own_check_text(context, file);
    if (status == GB_OK)
        status = read_header(&l, &h);
    while (status == GB_OK && series_next_line(&l, "#%"))
        status = read_series(&l, &h, set, &values);
    free(values.items);
    text_free(&h.labels);
    return status;
}
