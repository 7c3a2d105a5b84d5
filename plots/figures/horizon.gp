# SPDX-License-Identifier: MIT
# title: How far beyond its training
# caption: The largest length up to which each trained network made no error; a circle is a seed, the bar the mean with its interval.
# data: runs x=cell y=horizon group=cell panel=language,matching interval=student
# label: language/anbn = a^n b^n
# label: language/anbncn = a^n b^n c^n
# label: language/dyck1 = n brackets deep
# label: matching/width = equal width
# label: matching/parameters = equal parameters
# label: matching/state = equal state

plot [0:1][0:1] for [g = 1:groups] NaN with points lt style_of(group_name[g]) title group_title[g] noenhanced
eval panels_begin

log_y = y_least > 0 && y_most / y_least >= 20
if (log_y) { set logscale y; set yrange [y_least / 1.3:y_most * 1.3] } else { set yrange [0:y_most * 1.08 + 1] }
set xrange [0.4:categories + 0.6]
set xtics ()
do for [i = 1:categories] { set xtics add (category[i] i) }
set xtics noenhanced scale 0
if (categories > 3) set xtics rotate by 25 right offset 0.8, 0.1
set format y '%.3g'
bottom(low) = log_y && low <= y_least / 1.3 ? y_least / 1.3 : low

do for [p = 1:panels] {
    eval place(p)
    set title panel_title[p] noenhanced font font_panel offset 0, -0.6
    if (in_left_column(p)) { set ylabel 'largest length without error' offset 1 } else { unset ylabel }
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
