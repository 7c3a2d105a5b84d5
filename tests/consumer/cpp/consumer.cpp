// SPDX-License-Identifier: MIT
// A C++ program on the public headers: owns the library's objects by std::unique_ptr, trains a GRU to tell the first
// word of a sequence, and gives the context a cell written in C++.
#include <cmath>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <vector>

#include <gatebench/gatebench.h>

namespace {

template <auto destroy> struct deleter {
    template <typename T> void operator()(T *object) const {
        destroy(object);
    }
};
using context_ptr = std::unique_ptr<gb_context, deleter<gb_context_destroy>>;
using model_ptr = std::unique_ptr<gb_model, deleter<gb_model_destroy>>;
using trainer_ptr = std::unique_ptr<gb_trainer, deleter<gb_trainer_destroy>>;

void check(const context_ptr &context, gb_status status) {
    if (status != GB_OK)
        throw std::runtime_error(gb_context_message(context.get()));
}

// h_t = tanh(x_t W + h_{t-1} U + b), for float and for double
template <typename step> void forward(const step *s) {
    for (std::size_t j = 0; j < s->hidden; j++)
        s->saved[j] = s->h[j] = std::tanh(s->wx[j] + s->uh[j]);
}

template <typename step> void backward(const step *s) {
    for (std::size_t j = 0; j < s->hidden; j++) {
        s->dwx[j] = s->dh[j] * (1 - s->saved[j] * s->saved[j]);
        s->dh_prev[j] = 0;
    }
}

template <typename cell> cell describe() {
    static const char *const gates[] = {"h"};
    cell made{};
    made.info.name = "cpp_rnn";
    made.info.title = "RNN written in C++";
    made.info.source = "Elman 1990";
    made.info.gates = made.info.recurrent_gates = 1;
    made.info.gate_names = gates;
    made.saved = made.first_stage = 1;
    made.forward = forward;
    made.backward = backward;
    return made;
}

constexpr std::size_t steps = 6, sequences = 32, words = 3;

gb_batch draw(std::vector<int32_t> &tokens, gb_purpose purpose, uint64_t index) {
    gb_random random = gb_random_stream(1, purpose, index);
    tokens.resize(steps * sequences);
    for (int32_t &token : tokens)
        token = static_cast<int32_t>(gb_random_below(&random, words));
    gb_batch batch{};
    batch.steps = steps;
    batch.sequences = sequences;
    batch.tokens = batch.classes = tokens.data();
    return batch;
}

std::size_t train(const context_ptr &context, const char *cell) {
    gb_model_spec spec{};
    spec.cell = cell;
    spec.backend = "onednn";
    spec.input_size = spec.output_size = words;
    spec.hidden = 16;
    spec.layers = 1;
    spec.bias = GB_BIAS_SINGLE;
    gb_model *model = nullptr;
    check(context, gb_model_create(context.get(), &spec, &model));
    const model_ptr owned_model(model);
    check(context, gb_model_initialise(model, "keras", 1));

    gb_optimizer_spec optimizer = gb_optimizer_defaults();
    optimizer.learning_rate = 1e-2;
    gb_trainer *trainer = nullptr;
    check(context, gb_trainer_create(model, &optimizer, &trainer));
    const trainer_ptr owned_trainer(trainer);

    std::vector<int32_t> tokens;
    for (uint64_t step = 0; step < 300; step++) {
        gb_step_result result;
        const gb_batch batch = draw(tokens, GB_RANDOM_TRAIN, step);
        check(context, gb_trainer_step(trainer, &batch, &result));
    }
    gb_evaluation found;
    const gb_batch batch = draw(tokens, GB_RANDOM_TEST, 0);
    check(context, gb_model_evaluate(model, &batch, &found));
    std::printf("%s (%s): %zu of %zu right\n", cell, gb_model_implementation(model), found.correct, found.predictions);
    return found.correct;
}

} // namespace

int main() try {
    static const gb_cell_f32 single = describe<gb_cell_f32>();
    static const gb_cell_f64 twofold = describe<gb_cell_f64>();
    gb_context *made = nullptr;
    if (gb_context_create(nullptr, &made) != GB_OK)
        return 1;
    const context_ptr context(made);
    check(context, gb_context_register_cell(made, &single, &twofold));
    const std::size_t good = sequences * 9 / 10;
    return train(context, "gru") > good && train(context, "cpp_rnn") > good ? 0 : 1;
} catch (const std::exception &problem) {
    std::fprintf(stderr, "consumer: %s\n", problem.what());
    return 1;
}
