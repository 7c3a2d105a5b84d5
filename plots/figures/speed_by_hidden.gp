# SPDX-License-Identifier: MIT
# title: Speed by hidden size
# caption: Milliseconds of one layer, both axes logarithmic. A training pass is forward and backward with every gradient; a streaming step is one sequence, one step. At equal parameters the GRU is wider than the LSTM beside it. What other programs used meanwhile is in the table (timing_others, in cores).
# data: metrics metric=train_ms,forward_ms,step_ms x=hidden y=value/milliseconds group=cell panel=metric,matching one=input,length,batch interval=median
# label: metric/train_ms = training
# label: metric/forward_ms = inference
# label: metric/step_ms = streaming
# label: matching/width = equal width
# label: matching/parameters = equal parameters

plot [0:1][0:1] for [g = 1:groups] NaN with linespoints lt style_of(group_name[g]) title group_title[g] noenhanced
eval panels_begin

set logscale xy
set ytics ()
do for [e = -5:6] { do for [m in '1 2 5'] { set ytics add (sprintf('%g', m * 10. ** e) m * 10. ** e) } }
set xrange [x_least / 1.3:x_most * 1.3]
set xtics (4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)

# A pass has a column and a y axis, with its two matchings one above the other.
slot(p) = panels == 6 ? ((p - 1) % 2) * 3 + (p - 1) / 2 + 1 : p
other(p) = panels == 6 ? p - 1 + 2 * (p % 2) : p
smaller(a, b) = a < b ? a : b
larger(a, b) = a > b ? a : b
do for [p = 1:panels] {
    eval place(slot(p))
    set title panel_title[p] noenhanced font font_panel offset 0, -0.6
    if (in_left_column(slot(p))) { set ylabel 'milliseconds' offset 1 } else { unset ylabel }
    if (in_last_row(slot(p))) { set xlabel 'hidden units' offset 0, 0.4 } else { unset xlabel }
    if (panel_finite[p]) {
        set yrange [smaller(panel_least[p], panel_least[other(p)]) / 1.3:larger(panel_most[p], panel_most[other(p)]) * 1.3]
        plot for [g = 1:groups] data index seed_block[block(p, g)] using 4:5 with points lt style_of(group_name[g]) pt 7 ps 0.25 notitle, \
            for [g = 1:groups] data index mean_block[block(p, g)] using 4:5 with linespoints lt style_of(group_name[g]) notitle
    } else {
        unset logscale
        set label 3 'no finite data' at graph 0.5, 0.5 center
        plot [1:2][0:1] NaN notitle
        unset label 3
        set logscale xy
    }
}
unset multiplot
