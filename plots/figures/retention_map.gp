# SPDX-License-Identifier: MIT
# title: What is retained
# caption: Accuracy by the number of blanks between the symbols and their recall, and by the initial bias of the memory gate. The red line is the time constant of an untrained gate with this bias, -1 / ln(sigmoid(bias)) steps; left of it the gate initially stays open for long enough. In the row of a chrono initialisation chrono:T it is at T, the longest time constant that this initialisation draws.
# data: runs x=blanks y=accuracy group=forget_bias panel=cell interval=student
# xlabel: blanks (steps)
# like: metric_by_two_settings

ylabel = 'memory bias at the start'
constant(g) = strstrt(group_name[g], 'chrono:') == 1 ? real(group_name[g][8:*]) : -1 / log(1 / (1 + exp(-group_value[g])))
between(t, i) = i + (log(t) - log(x_value[i])) / (log(x_value[i + 1]) - log(x_value[i]))
reach(t) = x_count == 0 || !is_number(t) ? NaN : t <= x_value[1] ? 0.52 : t >= x_value[x_count] ? x_count + 0.48 : between(t, int(sum [i = 1:x_count] (x_value[i] <= t ? 1 : 0)))
set samples 2
# Above and below the number, if there is one.
OVER = 'for [w = 0:1] for [side = 0:1] for [g = 1:rows_shown] "+" using (reach(constant(g))):(row_order[g] + (side && has_room ? 0.26 : -0.5)):(0):(has_room ? 0.24 : 1) with vectors nohead lw (w ? 1.6 : 4) lc rgb (w ? "#d62728" : "white") notitle'
