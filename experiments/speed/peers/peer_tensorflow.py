# SPDX-License-Identifier: MIT
"""TensorFlow: Keras's layers in tf.function, plain and compiled by XLA, and for the LSTM the fused block of all steps."""
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)


def version():
    return "TensorFlow " + tf.__version__


def block_lstm(x, state, w, b, hidden):
    peephole = tf.zeros([hidden])
    return tf.raw_ops.BlockLSTMV2(seq_len_max=tf.cast(tf.shape(x)[0], tf.int64), x=x, cs_prev=state[1], h_prev=state[0],
                                  w=w, wci=peephole, wcf=peephole, wco=peephole, b=b, cell_clip=0.0,
                                  use_peephole=False)


def block_calls(x, state, dy, input, hidden, work):
    w = tf.Variable(tf.random.normal([input + hidden, 4 * hidden], stddev=0.1))
    b = tf.Variable(tf.zeros([4 * hidden]))

    @tf.function
    def forward(x, state):
        return block_lstm(x, state, w, b, hidden).h

    @tf.function
    def train(x, state):
        with tf.GradientTape() as tape:
            tape.watch([x, *state])
            product = tf.reduce_sum(block_lstm(x, state, w, b, hidden).h * dy)
        return tape.gradient(product, [x, *state, w, b])
    run = train if work == "train" else forward
    return {"fused block": lambda: run(x, state)}


def prepare(cell, steps, batch, input, hidden, work):
    tf.random.set_seed(1)
    if work == "step":
        steps = batch = 1
    kind = {"rnn": tf.keras.layers.SimpleRNN, "lstm": tf.keras.layers.LSTM, "gru": tf.keras.layers.GRU}[cell]
    layer = kind(hidden, return_sequences=True, return_state=True)
    x = tf.random.normal([batch, steps, input])
    dy = tf.random.normal([batch, steps, hidden])
    state = [tf.zeros([batch, hidden]) for _ in range(2 if cell == "lstm" else 1)]
    layer(x, initial_state=state)
    calls = {}
    for name, compiled in (("keras", False), ("keras, XLA", True)):
        @tf.function(jit_compile=compiled)
        def forward(x, state):
            return layer(x, initial_state=state)

        @tf.function(jit_compile=compiled)
        def train(x, state):
            with tf.GradientTape() as tape:
                tape.watch([x, *state])
                product = tf.reduce_sum(layer(x, initial_state=state)[0] * dy)
            return tape.gradient(product, [x, *state, *layer.trainable_variables])
        if work == "train":
            calls[name] = lambda train=train: train(x, state)
        else:
            carried = [state]

            def call(forward=forward, carried=carried):
                found = forward(x, carried[0])
                if work == "step":
                    carried[0] = list(found[1:])
            calls[name] = call
    if cell == "lstm" and work != "step":
        calls.update(block_calls(tf.transpose(x, [1, 0, 2]), state, tf.transpose(dy, [1, 0, 2]), input, hidden, work))
    return calls
