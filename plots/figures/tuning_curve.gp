# SPDX-License-Identifier: MIT
# title: Sensitivity to what was tuned
# caption: Lowest validation loss of every trial of the tuning stage by the tuned setting; every seed is a dot, lines go through the means. All arms tried the same values.
# data: runs x=lr y=valid_loss group=cell panel=task,matching interval=mean stage=tune
# label: matching/width = equal width
# label: matching/parameters = equal parameters
# label: matching/state = equal state

plot [0:1][0:1] for [g = 1:groups] NaN with linespoints lt style_of(group_name[g]) title group_title[g] noenhanced
eval panels_begin

log_x = !categories && x_least > 0 && x_most / x_least >= 3
if (log_x) set logscale x
room = categories ? 0.5 : x_most > x_least ? 0.05 * (x_most - x_least) : 1
set xrange [(log_x ? x_least / 1.2 : x_least - room):(log_x ? x_most * 1.2 : x_most + room)]
apart = x_count > 0 # whether the values stand far enough from each other to be named
do for [i = 2:x_count] { if (x_value[i] < (log_x ? 1.8 * x_value[i - 1] : x_value[i - 1] + 0.15 * (x_most - x_least))) { apart = 0 } }
if (categories) {
    set xtics ()
    do for [i = 1:categories] { set xtics add (category[i] i) }
} else { if (apart) {
    set xtics ()
    do for [i = 1:x_count] { set xtics add (sprintf('%g', x_value[i]) x_value[i]) }
} else {
    set format x '%g'
} }

do for [p = 1:panels] {
    eval place(p)
    set title panel_title[p] noenhanced font font_panel offset 0, -0.6
    if (in_left_column(p)) { set ylabel 'validation loss' offset 1 } else { unset ylabel }
    if (in_last_row(p)) { set xlabel (x_name eq 'lr' ? 'learning rate' : x_name) noenhanced offset 0, 0.4 } else { unset xlabel }
    if (panel_finite[p]) {
        if (panel_least[p] > 0 && panel_most[p] / panel_least[p] >= 20) {
            set logscale y; set format y '10^{%T}'
        } else {
            unset logscale y; set format y '%.3g'
        }
        plot for [g = 1:groups] data index seed_block[block(p, g)] using 4:5 with points lt style_of(group_name[g]) pt 6 ps 0.5 lw 0.8 notitle, \
            for [g = 1:groups] data index mean_block[block(p, g)] using 4:5 with linespoints lt style_of(group_name[g]) notitle
    } else {
        set label 3 'no finite data' at graph 0.5, 0.5 center
        plot [1:2][0:1] NaN notitle
        unset label 3
    }
}
unset multiplot
