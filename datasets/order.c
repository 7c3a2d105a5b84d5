/* SPDX-License-Identifier: MIT */
/* Who did it? "the man bit the dog" and "the dog bit the man" contain the same words; the class is the agent.
 *
 * A combination is an unordered pair of nouns and a verb. Both orders of a combination belong to the same part (train,
 * valid or test), so no model has seen a sentence with the words it is tested on. In training, adverbs occur only at
 * the end of sentences. SHIFTED has them in front, which moves every other word. */
#include <string.h>

#include "datasets/task_tools.h"

enum { MOST_ADVERBS = 3, SENTENCE = 5, LONGEST = SENTENCE + MOST_ADVERBS, ATTEMPTS = 100 };

static const char *const nouns[] = {"man",   "dog",   "cat",    "boy",     "girl",   "horse", "bird", "child",
                                    "nurse", "king",  "sailor", "baker",   "farmer", "judge", "wolf", "fox",
                                    "bear",  "mouse", "lion",   "teacher", "doctor", "pilot", "poet", "monk"};
static const char *const verbs[] = {"bit",     "saw",   "chased",  "heard", "helped",  "called", "pushed",  "followed",
                                    "watched", "found", "stopped", "met",   "touched", "warned", "carried", "thanked"};
static const char *const adverbs[] = {"yesterday", "today", "again", "once", "slowly", "quietly", "suddenly", "often"};

/* Order of values below: nouns, verbs, adverbs, test_share, valid_share, split_seed. */
static const setting options[] = {
    TASK_OPTION("nouns", INTEGER, "12", "[3, 24]", "number of nouns: agents, patients and classes"),
    TASK_OPTION("verbs", INTEGER, "8", "[1, 16]", "number of verbs"),
    TASK_OPTION("adverbs", INTEGER, "6", "[1, 8]", "number of adverbs"),
    TASK_OPTION("test_share", REAL, "0.2", "[0.01, 0.5]", "share of the combinations held out for testing"),
    TASK_OPTION("valid_share", REAL, "0.1", "[0.01, 0.4]", "share of the combinations for validation"),
    TASK_OPTION("split_seed", INTEGER, "1", "[0, 1e9]",
                "seed that draws the held-out combinations; the same in all trials"),
    {0}};

typedef struct sentence {
    uint8_t agent, verb, patient, front, trail; /* number of adverbs in front, and at the end */
    uint8_t adverb[MOST_ADVERBS];
} sentence;

typedef struct order_state {
    gb_context *context;
    size_t nouns, verbs, adverbs;
    sentence *split[TASK_SPLITS];
    size_t count[TASK_SPLITS];
    task_order order;
} order_state;

/* A combination's number -> its words. */
static sentence combination(const order_state *s, size_t number) {
    sentence words = {.verb = (uint8_t)(number % s->verbs)};
    size_t pair = number / s->verbs, a = 0;
    for (size_t row = s->nouns - 1; pair >= row; row--) {
        pair -= row;
        a++;
    }
    words.agent = (uint8_t)a;
    words.patient = (uint8_t)(a + 1 + pair);
    return words;
}

static sentence swapped(sentence words) {
    uint8_t agent = words.agent;
    words.agent = words.patient;
    words.patient = agent;
    return words;
}

/* True if every noun and verb is in at least one of these combinations. */
static bool covers_all_words(const order_state *s, const size_t *numbers, size_t count) {
    bool noun[24] = {0}, verb[16] = {0};
    size_t seen = 0;
    for (size_t i = 0; i < count; i++) {
        sentence words = combination(s, numbers[i]);
        seen += !noun[words.agent];
        noun[words.agent] = true;
        seen += !noun[words.patient];
        noun[words.patient] = true;
        seen += !verb[words.verb];
        verb[words.verb] = true;
    }
    return seen == s->nouns + s->verbs;
}

/* A sentence with 1 to 3 random adverbs, in front or at the end. */
static sentence with_adverbs(const order_state *s, gb_random *random, sentence words, bool front) {
    uint8_t count = (uint8_t)(1 + gb_random_below(random, MOST_ADVERBS));
    for (size_t i = 0; i < MOST_ADVERBS && i < count;
         i++) /* checks both, since gcc 14 cannot see that the count is at most that */
        words.adverb[i] = (uint8_t)gb_random_below(random, (uint32_t)s->adverbs);
    if (front)
        words.front = count;
    else
        words.trail = count;
    return words;
}

/* Both orders of each combination, plain and with adverbs at the end. */
static gb_status fill_split(order_state *s, gb_random *random, task_split split, const size_t *numbers, size_t count) {
    GB_TRY(gb_allocate(s->context, 4 * count, sizeof(sentence), &s->split[split]));
    for (size_t i = 0; i < count; i++) {
        sentence words = combination(s, numbers[i]), *row = s->split[split] + 4 * i;
        row[0] = words;
        row[1] = swapped(words);
        row[2] = with_adverbs(s, random, words, false);
        row[3] = with_adverbs(s, random, swapped(words), false);
        s->count[split] = 4 * (i + 1);
    }
    return GB_OK;
}

/* The plain test sentences, each with adverbs in front and without. */
static gb_status fill_questions(order_state *s, gb_random *random, const size_t *numbers, size_t count) {
    GB_TRY(gb_allocate(s->context, 2 * count, sizeof(sentence), &s->split[TASK_SHIFTED]));
    GB_TRY(gb_allocate(s->context, 2 * count, sizeof(sentence), &s->split[TASK_SWAPPED]));
    for (size_t i = 0; i < 2 * count; i++) {
        sentence words = combination(s, numbers[i / 2]);
        words = i % 2 ? swapped(words) : words;
        s->split[TASK_SWAPPED][i] = words;
        s->split[TASK_SHIFTED][i] = with_adverbs(s, random, words, true);
        s->count[TASK_SWAPPED] = s->count[TASK_SHIFTED] = i + 1;
    }
    return GB_OK;
}

static gb_status make_splits(order_state *s, double test_share, double valid_share, uint64_t split_seed) {
    size_t all = s->nouns * (s->nouns - 1) / 2 * s->verbs;
    size_t test = (size_t)(test_share * (double)all + 0.5), valid = (size_t)(valid_share * (double)all + 0.5);
    if (test == 0 || valid == 0 || test + valid >= all)
        return gb_fail(s->context, GB_INVALID,
                       "order: %zu combinations of %zu nouns and %zu verbs leave a split empty; use more words", all,
                       s->nouns, s->verbs);
    size_t *numbers, train = all - test - valid;
    gb_status status = gb_allocate(s->context, all, sizeof *numbers, &numbers);
    if (status != GB_OK)
        return status;
    bool covered = false;
    gb_random random = {0};
    for (size_t attempt = 0; attempt < ATTEMPTS && !covered; attempt++) {
        random = gb_random_stream(split_seed, GB_RANDOM_SPLIT, attempt);
        gb_random_permutation(&random, numbers, all);
        covered = covers_all_words(s, numbers, train);
    }
    if (!covered)
        status = gb_fail(s->context, GB_INVALID,
                         "order: %zu training combinations out of %zu cannot contain all words; use smaller shares for "
                         "valid and test",
                         train, all);
    if (status == GB_OK)
        status = fill_split(s, &random, TASK_TRAIN, numbers, train);
    if (status == GB_OK)
        status = fill_split(s, &random, TASK_VALID, numbers + train, valid);
    if (status == GB_OK)
        status = fill_split(s, &random, TASK_TEST, numbers + train + valid, test);
    if (status == GB_OK)
        status = fill_questions(s, &random, numbers + train + valid, test);
    gb_release(s->context, numbers);
    return status;
}

static void order_close(void *state) {
    order_state *s = state;
    for (size_t i = 0; i < TASK_SPLITS; i++)
        gb_release(s->context, s->split[i]);
    task_order_free(s->context, &s->order);
    gb_release(s->context, s);
}

static gb_status order_open(gb_context *context, const char *const *values, void **state) {
    order_state *s;
    GB_TRY(gb_allocate(context, 1, sizeof *s, &s));
    s->context = context;
    s->nouns = task_integer(values[0]);
    s->verbs = task_integer(values[1]);
    s->adverbs = task_integer(values[2]);
    gb_status status = make_splits(s, task_real(values[3]), task_real(values[4]), task_integer(values[5]));
    if (status != GB_OK)
        order_close(s);
    else
        *state = s;
    return status;
}

static void order_shape(const void *state, task_shape *shape) {
    const order_state *s = state;
    *shape = (task_shape){.input = GB_INPUT_TOKENS,
                          .input_size = 1 + s->nouns + s->verbs + s->adverbs,
                          .output_size = s->nouns,
                          .head = GB_HEAD_LAST,
                          .loss = GB_LOSS_SOFTMAX,
                          .longest = LONGEST,
                          .metric = "accuracy",
                          .higher_is_better = true};
    for (size_t i = 0; i < TASK_SPLITS; i++) {
        shape->splits[i] = true;
        shape->sequences[i] = s->count[i];
    }
}

/* Writes the words of a sentence as tokens: 0 is "the", then nouns, verbs, adverbs. Returns their number. */
static size_t spell(const order_state *s, const sentence *words, int32_t tokens[LONGEST]) {
    size_t length = 0;
    int32_t noun = 1, verb = noun + (int32_t)s->nouns, adverb = verb + (int32_t)s->verbs;
    for (size_t i = 0; i < words->front; i++)
        tokens[length++] = adverb + words->adverb[i];
    tokens[length++] = 0;
    tokens[length++] = noun + words->agent;
    tokens[length++] = verb + words->verb;
    tokens[length++] = 0;
    tokens[length++] = noun + words->patient;
    for (size_t i = 0; i < words->trail; i++)
        tokens[length++] = adverb + words->adverb[i];
    return length;
}

static const char *word_of(const order_state *s, size_t token) {
    if (token == 0)
        return "the";
    if (token <= s->nouns)
        return nouns[token - 1];
    if (token <= s->nouns + s->verbs)
        return verbs[token - 1 - s->nouns];
    return adverbs[token - 1 - s->nouns - s->verbs];
}

static gb_status order_batch(void *state, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch) {
    order_state *s = state;
    size_t got, steps = 0;
    int32_t tokens[LONGEST];
    GB_TRY(task_rows(s->context, &s->order, split, seed, s->count[split], index, n, &got));
    for (size_t i = 0; i < got; i++) {
        size_t length = spell(s, &s->split[split][s->order.rows[i]], tokens);
        steps = length > steps ? length : steps;
    }
    GB_TRY(task_reserve_labelled(s->context, steps, got, batch));
    for (size_t i = 0; i < got; i++) {
        const sentence *words = &s->split[split][s->order.rows[i]];
        batch->lengths[i] = spell(s, words, tokens);
        batch->classes[i] = words->agent;
        for (size_t t = 0; t < batch->lengths[i]; t++)
            batch->tokens[t * got + i] = tokens[t];
    }
    return GB_OK;
}

static size_t order_baselines(void *state, task_baseline *baselines, size_t most) {
    const order_state *s = state;
    const task_baseline all[] = {
        {"chance", "accuracy", 1.0 / (double)s->nouns, "one of the nouns at random"},
        {"bag", "accuracy", 0.5, "knows both nouns, but not which came first"},
    };
    return task_copy_baselines(all, sizeof all / sizeof *all, baselines, most);
}

static void print_sentence(const order_state *s, const sentence *words, FILE *out) {
    int32_t tokens[LONGEST];
    size_t length = spell(s, words, tokens);
    for (size_t t = 0; t < length; t++)
        fprintf(out, "%s ", word_of(s, (size_t)tokens[t]));
    fprintf(out, "-> %s\n", nouns[words->agent]);
}

/* Prints a test sentence, the same words in the other order, and the first sentence with adverbs in front. */
static void order_sample(void *state, uint64_t seed, FILE *out) {
    const order_state *s = state;
    gb_random random = gb_random_stream(seed, GB_RANDOM_TEST, 0);
    size_t pair = gb_random_below(&random, (uint32_t)(s->count[TASK_SWAPPED] / 2));
    print_sentence(s, &s->split[TASK_SWAPPED][2 * pair], out);
    print_sentence(s, &s->split[TASK_SWAPPED][2 * pair + 1], out);
    print_sentence(s, &s->split[TASK_SHIFTED][2 * pair], out);
}

static void order_word(const void *state, size_t token, char *word, size_t size) {
    snprintf(word, size, "%s", word_of(state, token));
}

static void order_facts(void *state, FILE *out) {
    const order_state *s = state;
    fprintf(out, "words\t%zu\ncombinations\t%zu\n", 1 + s->nouns + s->verbs + s->adverbs,
            s->nouns * (s->nouns - 1) / 2 * s->verbs);
}

const task_type task_order_type = {
    .name = "order",
    .summary = "who did it: the same words in two orders",
    .source = "made for claim C1; held out by combination after Lake & Baroni 2018",
    .options = options,
    .version = 1,
    .open = order_open,
    .close = order_close,
    .shape = order_shape,
    .batch = order_batch,
    .baselines = order_baselines,
    .sample = order_sample,
    .word = order_word,
    .facts = order_facts,
    .sha256 = task_no_sha256,
};
