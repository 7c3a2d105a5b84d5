# SPDX-License-Identifier: MIT
# title: Steps until solved
# caption: Share of the trials that had solved their task by a training step (Kaplan-Meier).
# data: curves x=step y=valid_metric/share_solved group=cell panel=task,matching interval=survival
# label: matching/width = equal width
# label: matching/parameters = equal parameters
# label: matching/state = equal state

plot [0:1][0:1] for [g = 1:groups] NaN with lines lt style_of(group_name[g]) title group_title[g] noenhanced
eval panels_begin

set xrange [0:1.02 * x_most]
set yrange [-0.03:1.03]
set ytics 0.25
third = x_most / 3.
size = 10 ** floor(log10(third) + 1e-9)
set xtics third / size >= 5 ? 5 * size : third / size >= 2 ? 2 * size : size

# Lines that would lie on each other (nothing solved, all solved) are distinguished by a hair's breadth. Thin bars are the
# intervals, drawn where the curve rises; ticks below and above a line are trials that ended unsolved.
lift(g) = 0.008 * (g - (groups + 1) / 2.0)
do for [p = 1:panels] {
    eval place(p)
    set title panel_title[p] noenhanced font font_panel offset 0, -0.6
    if (in_left_column(p)) { set ylabel 'share of seeds' offset 1; set format y '%.2f' } else { unset ylabel; set format y '' }
    if (in_last_row(p)) { set xlabel 'training step' offset 0, 0.4 } else { unset xlabel }
    plot for [g = 1:groups] data index mean_block[block(p, g)] using ($4 + x_most * lift(g)):6:(0):($7 - $6) with vectors nohead lt style_of(group_name[g]) dt 1 lw 0.5 notitle, \
        for [g = 1:groups] data index mean_block[block(p, g)] using 4:($5 + lift(g)) with steps lt style_of(group_name[g]) notitle, \
        for [g = 1:groups] data index seed_block[block(p, g)] using 4:($5 + lift(g) - 0.02):(0):(0.04) with vectors nohead lt style_of(group_name[g]) dt 1 lw 1.2 notitle
}
unset multiplot
