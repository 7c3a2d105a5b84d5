# SPDX-License-Identifier: MIT
# title: Learning curves
# caption: Loss on the validation data while training; thin lines are single trials, and the mean ends where the first of them stopped. The axis follows the trials after a twentieth of the steps; what is above it is cut off.
# data: curves x=step y=valid_loss group=cell panel=task,matching one=gap interval=student means=complete
# label: train_gap/fixed = fixed gap
# label: train_gap/up_to = drawn gaps
# label: train_gap/curriculum = growing gaps
# label: matching/width = equal width
# label: matching/parameters = equal parameters
# label: matching/state = equal state

plot [0:1][0:1] for [g = 1:groups] NaN with lines lt style_of(group_name[g]) title group_title[g] noenhanced
eval panels_begin

set xrange [0:x_most]
third = x_most / 3.
size = 10 ** floor(log10(third) + 1e-9)
set xtics third / size >= 5 ? 5 * size : third / size >= 2 ? 2 * size : size

# Tasks differ in their losses, so each panel has a y axis of its own: from 0 where the loss comes near it. A network that
# knows nothing yet, or an interval of few seeds, would press the lines together, so the trials after that decide.
set format y '%.4g'
do for [p = 1:panels] {
    eval place(p)
    set title panel_title[p] noenhanced font font_panel offset 0, -0.6
    if (in_left_column(p)) { set ylabel 'validation loss' offset 1 } else { unset ylabel }
    if (in_last_row(p)) { set xlabel 'training step' offset 0, 0.4 } else { unset xlabel }
    low = panel_least[p]; high = panel_most[p]
    if (high > low) {
        y_floor = low < 0.5 * high ? 0 : low - 0.06 * (high - low)
        y_ceiling = high + 0.06 * (high - low)
        set yrange [y_floor:y_ceiling]
    } else {
        y_floor = 0; y_ceiling = 1e300 # nothing to cut
        set yrange [*:*]
    }
    clip(y) = y < y_floor ? y_floor : y > y_ceiling ? y_ceiling : y
    if (panel_finite[p]) {
        plot for [g = 1:groups] data index mean_block[block(p, g)] using 4:(clip($6)):(clip($7)) with filledcurves lt style_of(group_name[g]) notitle, \
            for [g = 1:groups] data index seed_block[block(p, g)] using (seeds < 10 ? $4 : NaN):5 with lines lt style_of(group_name[g]) dt 1 lw 0.5 notitle, \
            for [g = 1:groups] data index mean_block[block(p, g)] using 4:5 with lines lt style_of(group_name[g]) notitle
    } else {
        set label 3 'no finite data' at graph 0.5, 0.5 center
        plot [1:2][0:1] NaN notitle
        unset label 3
    }
}
unset multiplot
