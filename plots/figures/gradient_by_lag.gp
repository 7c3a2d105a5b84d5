# SPDX-License-Identifier: MIT
# title: How much gradient reaches back
# caption: Norm of the loss's gradient with respect to the cell's whole state, relative to lag 0, on a logarithmic axis. Dotted: claim C2 calls it vanished when it is below a thousandth at lag 50. What is below the axis is cut off.
# data: metrics metric=gradient_by_lag_initial,gradient_by_lag x=x/lag y=value/log10_relative_norm group=cell panel=init,metric interval=geometric relative=first
# label: metric/gradient_by_lag = after training
# label: metric/gradient_by_lag_initial = before training

plot [0:1][0:1] for [g = 1:groups] NaN with lines lt style_of(group_name[g]) title group_title[g] noenhanced
eval panels_begin

# The values are log10 already, so that nothing underflows; -3 is a thousandth of lag 0. The axis follows the means: an
# interval of few seeds can reach a hundred decades further, and would press all lines together.
y_lowest = -30
y_floor = mean_least == mean_least ? (mean_least < -4 ? mean_least * 1.04 : -4) : -4
if (y_floor < y_lowest) y_floor = y_lowest
y_ceiling = mean_most == mean_most && mean_most > 0 ? mean_most + 1 : 1
clip(y) = y < y_floor ? y_floor : y > y_ceiling ? y_ceiling : y
set yrange [y_floor:y_ceiling]
claim_lag = x_most >= 50 ? 50. : NaN
if (claim_lag == claim_lag) set arrow 1 from claim_lag, y_floor to claim_lag, y_ceiling nohead lc rgb '#808080' lw 0.9 dt (2,2) back
set xrange [x_least - 0.01 * (x_most - x_least):x_most]

do for [p = 1:panels] {
    eval place(p)
    set title panel_title[p] noenhanced font font_panel offset 0, -0.6
    if (in_left_column(p)) { set ylabel 'gradient relative to lag 0' offset 1.2; set format y '10^{%g}' } else { unset ylabel; set format y '' }
    if (in_last_row(p)) { set xlabel 'lag (steps back from the answer)' offset 0, 0.4 } else { unset xlabel }
    if (panel_finite[p]) {
        plot -3 with lines lt 1 lw 0.9 lc rgb '#808080' dt (2,2) notitle, \
            for [g = 1:groups] data index mean_block[block(p, g)] using 4:(clip($6)):(clip($7)) with filledcurves lt style_of(group_name[g]) notitle, \
            for [g = 1:groups] data index seed_block[block(p, g)] using (seeds < 10 ? $4 : NaN):5 with lines lt style_of(group_name[g]) dt 1 lw 0.4 notitle, \
            for [g = 1:groups] data index mean_block[block(p, g)] using 4:5 with lines lt style_of(group_name[g]) title group_title[g] noenhanced
    } else {
        set label 3 'no finite data' at graph 0.5, 0.5 center
        plot [1:2][0:1] NaN notitle
        unset label 3
    }
}
unset multiplot
