# SPDX-License-Identifier: MIT
# title: Quality against parameters
# caption: One mark per arm: the mean of the task's metric over seeds with its interval, by the number of parameters. The stepped line is the Pareto front: no arm with the same number of parameters or fewer is better than an arm on it.
# data: runs x=parameters y=metric group=cell panel=task interval=student

sign = higher_is_better ? 1 : -1
most = 2000
array arm_x[most]
array arm_y[most]
end_labels = 0
key_with = 'linespoints'
capital(s) = strstrt('abcdefghijklmnopqrstuvwxyz', s) ? 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[strstrt('abcdefghijklmnopqrstuvwxyz', s):strstrt('abcdefghijklmnopqrstuvwxyz', s)] : s
title = title[1:7] eq 'Quality' ? capital(y_title[1:1]).y_title[2:*].' against parameters'.title[27:*] : title
MARKS = 'for [g = 1:groups - baselines] data index mean_block[block(p, g)] using 4:5 with points lt style[g] ps 0.9 notitle'
RANGES = 'for [g = 1:groups - baselines] data index mean_block[block(p, g)] using 4:(bottom($6)):(0):($7 - bottom($6)) with vectors nohead lt style[g] dt 1 lw 1.2 notitle'
do for [pass = 1:2] {
    eval pass_begin
    do for [p = 1:panels] {
        arms = 0
        do for [g = 1:groups - baselines] { if (mean_block[block(p, g)] > 0) {
            stats data index mean_block[block(p, g)] using (is_number($5) && arms < most ? (arms = arms + 1, arm_x[arms] = $4, arm_y[arms] = $5, $4) : $4):5 name 'S' nooutput
        } }
        set print $front
        print '0,NaN'
        last = NaN; best = NaN; left = -1.
        do for [step = 1:arms] {
            next = 0
            do for [i = 1:arms] { if (arm_x[i] > left || !is_number(best)) { if (!is_number(best) || sign * arm_y[i] > sign * best) {
                if (!next) { next = i } else { if (arm_x[i] < arm_x[next] || (arm_x[i] == arm_x[next] && sign * arm_y[i] > sign * arm_y[next])) { next = i } }
            } } }
            if (next) { best = arm_y[next]; left = arm_x[next]; print sprintf('%.10g,%.10g', left, best) }
        }
        if (is_number(best)) { print sprintf('%.10g,%.10g', x_most, best) }
        set print
        eval place(p)
        eval y_axis(y_least, y_most)
        if (panel_finite[p] && arms > 0) { plot $front using 1:2 with steps lw 1 lc rgb faint notitle, @LEVELS, @RANGES, @MARKS } else { eval empty_panel }
        eval placed
    }
    eval pass_end
}
