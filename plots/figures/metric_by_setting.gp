# SPDX-License-Identifier: MIT
# title: A number of the trials by a swept setting
# caption: Each line is the mean over seeds at each value of the setting on the axis; bars are its interval.
# data: runs x=seed y=parameters group=cell interval=student
#
# The general figure: "<number>_by_<setting>", also "..._per_<group>" and "..._in_<panel>", draws any number of /runs by
# any numeric setting, such as accuracy_by_length. x= and y= above only fill the place.

plot [0:1][0:1] for [g = 1:groups] NaN with linespoints lt style_of(group_name[g]) title group_title[g] noenhanced
eval panels_begin

# A setting whose values grow by factors is drawn on a log axis, and so is a positive number that spans two decades.
log_x = x_least > 0 && x_most / x_least >= 8
if (x_count >= 3 && x_least > 0) {
    log_x = (x_value[x_count] - x_value[x_count - 1]) > 1.5 * (x_value[2] - x_value[1])
}
if (log_x) {
    set logscale x
    set xrange [x_least / 1.12:x_most * 1.12]
} else {
    margin = 0.04 * (x_most - x_least) + 1e-9
    set xrange [x_least - margin:x_most + margin]
}
if (x_count > 0) {
    set xtics ()
    do for [i = 1:x_count] { set xtics add (sprintf('%g', x_value[i]) x_value[i]) }
}
log_y = y_least > 0 && y_most / y_least >= 50
if (log_y) {
    set logscale y
    set yrange [y_least / 1.3:y_most * 1.3]
} else {
    low = y_least >= 0 && y_least < 0.5 * y_most ? 0 : y_least
    margin = y_most > low ? 0.05 * (y_most - low) : 0.05 * abs(y_most) + 1e-9
    set yrange [(low == 0 ? 0 : low - margin):y_most + margin]
}
set format y '%.3g'
bottom(low) = log_y && low <= 0 ? y_least : low

# Lines at the same x stand beside each other by a hair's breadth, so that no interval hides another.
step(g) = 0.007 * (g - (groups + 1) / 2.0)
beside(x, g) = log_x ? x * (x_most / x_least) ** step(g) : x + step(g) * (x_most - x_least)

do for [p = 1:panels] {
    eval place(p)
    set title panel_title[p] noenhanced font font_panel offset 0, -0.6
    if (in_left_column(p)) { set ylabel y_name noenhanced offset 1 } else { unset ylabel }
    if (in_last_row(p)) { set xlabel x_name noenhanced offset 0, 0.4 } else { unset xlabel }
    if (panel_finite[p]) {
        plot for [g = 1:groups] data index seed_block[block(p, g)] using (seeds < 10 ? beside($4, g) : NaN):5 with points lt style_of(group_name[g]) pt 6 ps 0.45 lw 0.7 notitle, \
            for [g = 1:groups] data index mean_block[block(p, g)] using (beside($4, g)):(bottom($6)):(0):($7 - bottom($6)) with vectors nohead lt style_of(group_name[g]) dt 1 lw 1.4 notitle, \
            for [g = 1:groups] data index mean_block[block(p, g)] using (beside($4, g)):5 with linespoints lt style_of(group_name[g]) notitle
    } else {
        set label 3 'no finite data' at graph 0.5, 0.5 center
        plot [1:2][1:2] NaN notitle
        unset label 3
    }
}
unset multiplot
