# SPDX-License-Identifier: MIT
# title: How much of the text before it each cell uses
# caption: Mean loss of test symbols after so many symbols of context. Shuffled: the whole window was read, but what stands further back than that is in random order.
# data: metrics metric=context_loss,context_loss_shuffled x=x/context y=value/loss group=cell panel=metric
# label: metric/context_loss = only so many symbols read
# label: metric/context_loss_shuffled = the rest shuffled

plot [0:1][0:1] for [g = 1:groups] NaN with lines lt style_of(group_name[g]) title group_title[g] noenhanced
eval panels_begin

set logscale x 2
set xrange [x_least:x_most]
set yrange [mean_least - 0.04 * (mean_most - mean_least):mean_most + 0.04 * (mean_most - mean_least)]

do for [p = 1:panels] {
    eval place(p)
    set title panel_title[p] noenhanced font font_panel offset 0, -0.6
    if (in_left_column(p)) { set ylabel 'loss in nats per symbol' offset 1.2; set format y '%g' } else { unset ylabel; set format y '' }
    if (in_last_row(p)) { set xlabel 'symbols of context' offset 0, 0.4 } else { unset xlabel }
    plot for [g = 1:groups] data index mean_block[block(p, g)] using 4:6:7 with filledcurves lt style_of(group_name[g]) notitle, \
        for [g = 1:groups] data index mean_block[block(p, g)] using 4:5 with lines lt style_of(group_name[g]) notitle
}
unset multiplot
