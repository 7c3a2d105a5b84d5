# SPDX-License-Identifier: MIT
# title: How much of the text before it each cell uses
# caption: Mean loss of test symbols after so many symbols of context. Shuffled: the whole window was read, but what stands further back than that is in random order.
# data: metrics metric=context_loss,context_loss_shuffled x=x/context y=value/loss group=cell panel=metric
# label: metric/context_loss = only so many symbols read
# label: metric/context_loss_shuffled = the rest shuffled
# xlabel: symbols of context
# ylabel: loss (nats a symbol)

key_with = 'lines'
end_labels = 0
log_x = 1
x_range = sprintf('set logscale x 2; set xrange [%g:%g]', x_least, x_most)
do for [pass = 1:2] {
    eval pass_begin
    do for [p = 1:panels] {
        eval place(p)
        eval y_axis(mean_least, mean_most)
        if (panel_finite[p]) { plot @BAND, @CURVES } else { eval empty_panel }
        eval placed
    }
    eval pass_end
}
