# SPDX-License-Identifier: MIT
# title: Recall across a gap
# caption: Share of test sequences in which the first word was recalled after a gap of that many steps.
# data: runs x=gap y=accuracy group=cell panel=train_gap interval=wilson reference=1/answers
# label: train_gap/fixed = trained at the gap itself
# label: train_gap/up_to = trained on gaps drawn up to it
# label: train_gap/curriculum = trained on gaps that grow up to it

plot [0:1][0:1] for [g = 1:groups] NaN with linespoints lt style_of(group_name[g]) title group_title[g] noenhanced
eval panels_begin

set yrange [0:1.02]
set ytics 0.25
log_x = x_least > 0 && x_most / x_least >= 8
if (log_x) set logscale x
set xrange [(log_x ? x_least / 1.12 : x_least - 0.03 * (x_most - x_least) - 0.5):(log_x ? x_most * 1.12 : x_most + 0.03 * (x_most - x_least) + 0.5)]
if (x_count > 0) {
    set xtics ()
    do for [i = 1:x_count] { set xtics add (sprintf('%g', x_value[i]) x_value[i]) }
}

do for [p = 1:panels] {
    eval place(p)
    set title panel_title[p] noenhanced font font_panel offset 0, -0.6
    if (in_left_column(p)) { set ylabel 'accuracy' offset 1; set format y '%.2f' } else { unset ylabel; set format y '' }
    if (in_last_row(p)) { set xlabel 'gap (steps between word and question)' offset 0, 0.4 } else { unset xlabel }
    chance = panel_reference[p]
    if (chance == chance) { set label 2 'chance' at graph 0.01, first chance + 0.04 left textcolor rgb '#808080' font font_small } else { unset label 2 }
    if (panel_finite[p]) {
        plot (chance == chance ? chance : NaN) with lines lt 1 lw 0.9 lc rgb '#808080' dt (2,2) notitle, \
            for [g = 1:groups] data index seed_block[block(p, g)] using (seeds < 10 ? $4 : NaN):5 with points lt style_of(group_name[g]) pt 6 ps 0.45 lw 0.7 notitle, \
            for [g = 1:groups] data index mean_block[block(p, g)] using 4:6:(0):($7 - $6) with vectors nohead lt style_of(group_name[g]) dt 1 lw 3 notitle, \
            for [g = 1:groups] data index mean_block[block(p, g)] using 4:5 with linespoints lt style_of(group_name[g]) notitle
    } else {
        set label 3 'no finite data' at graph 0.5, 0.5 center
        plot [1:2][0:1] NaN notitle
        unset label 3
    }
}
unset multiplot
