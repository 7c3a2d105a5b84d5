# SPDX-License-Identifier: MIT
# title: Sequences until the criterion
# caption: Training sequences that each trial took until it met the criterion of its experiment, on a logarithmic axis; a circle is a seed, the bar the mean with its interval. Trials that did not meet it are left out.
# data: runs x=experiment y=sequences group=cell interval=student

plot [0:1][0:1] for [g = 1:groups] NaN with points lt style_of(group_name[g]) title 'LSTM of 1997'
eval panels_begin

set xrange [0.4:categories + 0.6]
set xtics ()
do for [i = 1:categories] { set xtics add (category[i] i) }
set xtics noenhanced scale 0
if (categories > 3) set xtics rotate by 25 right offset 0.8, 0.1
if (y_least > 0) { set logscale y; set yrange [y_least / 1.5:y_most * 1.5] }
set format y '%.3g'
bottom(low) = y_least > 0 && low <= y_least / 1.5 ? y_least / 1.5 : low

do for [p = 1:panels] {
    eval place(p)
    set title panel_title[p] noenhanced font font_panel offset 0, -0.6
    if (in_left_column(p)) { set ylabel 'training sequences' offset 1 } else { unset ylabel }
    if (panel_finite[p]) {
        plot for [g = 1:groups] data index seed_block[block(p, g)] using ($4 - 0.12):5 with points lt style_of(group_name[g]) pt 6 ps 0.45 lw 0.7 notitle, \
            for [g = 1:groups] data index mean_block[block(p, g)] using ($4 + 0.12):(bottom($6)):(0):($7 - bottom($6)) with vectors nohead lt style_of(group_name[g]) dt 1 lw 2 notitle, \
            for [g = 1:groups] data index mean_block[block(p, g)] using ($4 + 0.12):5 with points lt style_of(group_name[g]) notitle
    } else {
        set label 3 'no finite data' at graph 0.5, 0.5 center
        plot [1:2][0:1] NaN notitle
        unset label 3
    }
}
unset multiplot
