# SPDX-License-Identifier: MIT
# title: Paired differences
# caption: Mean paired differences with their intervals; the band is the margin of equivalence.
# data: comparisons x=row y=difference group=arms
#
# A forest plot: rows from top to bottom, one panel below the other, each with its own axis.

columns = 1
longest = 0
do for [i = 1:categories] { longest = larger(longest, strlen(category[i])) }
if (longest > 30 && width_inches == 0 && !is_text) { width = theme eq 'slides' ? 720. : theme eq 'paper' ? 497. : 675. }
label_most = int(0.55 * width / (0.87 * letter))
array row_title[categories]
do for [i = 1:categories] { row_title[i] = tic(fit(category[i], label_most)) }
do for [p = 1:panels] { lines_of_panel[p] = 1.15 * (panel_last[p] - panel_first[p] + 1) + 0.3 }
against = group_title[2]
is_band = group_name[1] eq 'difference'
key_with = 'lines'
key_style = 'lt (g == 1 ? 2 : 27) lw (g == 1 ? 1.8 : 6)'
end_labels = 0
x_range = 'set xrange [*:*]'
x_tics = 'set xtics autofreq'
y_title = ''
# Published numbers that differ by factors have a log axis; an interval that reaches 0 is cut at the axis's end.
array value_least[panels]
do for [p = 1:panels] {
    value_least[p] = NaN
    do for [b = 1:2] { if (!is_band && mean_block[block(p, b)] > 0) {
        stats data index mean_block[block(p, b)] using 5 name 'S' nooutput
        value_least[p] = value_least[p] <= S_min ? value_least[p] : S_min
    } }
}
do for [pass = 1:2] {
    eval pass_begin
    unset grid
    set grid x lc rgb faint lw 0.3 dt 1
    do for [p = 1:panels] {
        eval place(p)
        set xlabel (p == panels && is_band ? 'difference' : '') tc rgb ink
        set yrange [-panel_last[p] - 0.6:-panel_first[p] + 0.6]
        set ytics scale 0 noenhanced () font font_small
        do for [i = panel_first[p]:panel_last[p]] { set ytics add (row_title[i] -i) }
        set ytics noenhanced # which adding takes away
        set title ''; set label 40 fit(panel_title[p], width / letter - 2) noenhanced at screen letter / width, graph 1 offset 0, 0.6 left font font_panel tc rgb ink
        logged = !is_band && log_between(value_least[p], panel_top[p])
        span = larger(abs(panel_top[p]), abs(panel_least[p]))
        set xtics autofreq; if (span >= 1e4 || (logged && value_least[p] >= 1)) { set format x '%.0s%c' } else { set format x (logged ? '%g' : '%.4g') }
        if (is_band) { set arrow 2 from first 0, graph 0 to first 0, graph 1 nohead lc rgb ink lw 0.8 back }
        start(x) = logged && x < value_least[p] / 2 ? value_least[p] / 2 : x
        if (logged) { set logscale x; set xrange [value_least[p] / 2:*]; powers_apart = column_width / larger(1, log10(panel_top[p] / value_least[p])) > 8 * letter ? 1 : 2; value_tics = ""; do for [e = 2 * int(floor(0.5 * log10(value_least[p] / 2))):int(ceil(log10(panel_top[p]))) + 1:powers_apart] { value_tics = value_tics.sprintf("%s%g", strlen(value_tics) ? ", " : "", 10. ** e) }; eval "set xtics (".value_tics.")" } else { unset logscale x; set xrange [*:*] }
        step = logged ? 0 : (panel_top[p] - panel_least[p]) / larger(1.5, (pass == 1 ? column_width - 0.4 * width : column_width) / (10 * letter))
        if (step > 0) { ten = 10. ** floor(log10(step)); step = ten * (step / ten > 5 ? 10 : step / ten > 2 ? 5 : step / ten > 1 ? 2 : 1); eval sprintf("set xtics %.10g", step); if (span < 1e4) { set format x sprintf('%%.%dg', larger(4, ceil(log10(span / step)) + 2)) } }
        plot data index mean_block[block(p, 2)] using 5:(-$4):(start($6)):7:(-$4 - 0.42):(-$4 + 0.42) with boxxyerror lc rgb faint fs transparent solid 0.25 noborder notitle, \
            data index mean_block[block(p, 1)] using (start($6)):(-$4):($7 - start($6)):(0) with vectors nohead lt 2 dt 1 lw 1.6 notitle, \
            data index mean_block[block(p, 1)] using 5:(-$4) with points lt 2 ps 0.7 notitle, \
            data index mean_block[block(p, 2)] using (is_band ? NaN : $5):(-$4) with points pt 2 ps 0.9 lw 1.4 lc rgb orange notitle
        eval placed
    }
    unset arrow 2
    eval pass_end
    room_right = larger(room_right, 5.5 * letter) # half of a long number at the end of an axis
    room_left = is_text ? room_left : smaller(room_left, (0.95 * smaller(longest, label_most) + 3) * letter) # gnuplot takes small letters for large ones
}
