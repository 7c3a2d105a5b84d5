# SPDX-License-Identifier: MIT
# title: How much of the preceding text each cell uses
# caption: Mean loss of test symbols by the number of symbols of context. Shuffled: the network read the whole window, but symbols further back than the context were in random order.
# data: metrics metric=context_loss,context_loss_shuffled x=x/context y=value/loss group=cell panel=metric
# label: metric/context_loss = only the context is read
# label: metric/context_loss_shuffled = symbols further back are shuffled
# xlabel: symbols of context
# ylabel: loss (nats per symbol)

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
