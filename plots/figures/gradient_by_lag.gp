# SPDX-License-Identifier: MIT
# title: How much gradient reaches back
# caption: Norm of the loss's gradient with respect to the cell's whole state, relative to lag 0, on a logarithmic axis. Thin straight lines are least-squares fits of the means; their slopes, in decades per step, are given above each panel. The dotted line is at a thousandth: claim C2 calls a gradient vanished if it is below this at lag 50. Values below the axis are cut off.
# data: metrics metric=gradient_by_lag_initial,gradient_by_lag x=x/lag y=value/log10_relative_norm group=cell panel=init,metric interval=geometric relative=first
# xlabel: lag (steps back from the answer)
# ylabel: gradient relative to lag 0
# label: metric/gradient_by_lag = after training
# label: metric/gradient_by_lag_initial = before training

# The values are already log10, so that nothing underflows; -3 is a thousandth of lag 0. The means choose the axis: the
# interval of a few seeds can reach a hundred decades further, and the lines would become indistinguishable.
y_floor = is_number(mean_least) && mean_least < -4 ? larger(mean_least * 1.04, -30) : -4
y_ceiling = is_number(mean_most) && mean_most > 0 ? mean_most + 1 : 1
clip(y) = y < y_floor ? y_floor : y > y_ceiling ? y_ceiling : y
log_x = 0
end_labels = 0
key_with = 'lines'
x_range = sprintf('set xrange [%g:%g]', x_least, x_most)
array slope[panels * groups]
array start[panels * groups]
do for [b = 1:panels * groups] {
    slope[b] = NaN; start[b] = NaN
    if (mean_block[b] > 0) {
        stats data index mean_block[b] using (is_number($5) && $5 > -1e30 ? $4 : NaN):5 name 'S' nooutput
        if (exists('S_records') && S_records > 2) { slope[b] = S_slope; start[b] = S_intercept }
    }
}
# The slopes are printed above each panel, two cells per line if they fit.
longest = 1
do for [g = 1:groups] { longest = larger(longest, strlen(fit(group_title[g], 16))) }
a_line = 2 * (longest + 10) * 0.87 * letter < width / columns - 8 * letter ? 2 : 1
array words_of[panels]
do for [p = 1:panels] {
    words_of[p] = ''
    said = 0
    do for [g = 1:groups] {
        s = slope[block(p, g)]
        if (is_number(s)) { words_of[p] = words_of[p].sprintf('%s%s %.2g', said == 0 ? '' : said % a_line ? ', ' : ",\n", fit(group_title[g], 16), s); said = said + 1 }
    }
    lines_above = larger(lines_above, (said + a_line - 1) / a_line)
}
FITS = 'for [g = 1:groups] start[block(p, g)] + slope[block(p, g)] * x with lines lt style[g] dt 1 lw 0.6 notitle'
do for [pass = 1:2] {
    eval pass_begin
    set yrange [y_floor:y_ceiling]
    set format y '10^{%g}'
    if (x_most >= 50) { set arrow 1 from 50, y_floor to 50, y_ceiling nohead lc rgb faint lw 0.9 dt (2,2) back }
    do for [p = 1:panels] {
        eval place(p)
        set label 5 words_of[p] noenhanced at graph 0, graph 1 offset character 0, 0.75 * lines_above left font font_small tc rgb ink
        if (panel_finite[p]) { plot -3 with lines lw 0.9 lc rgb faint dt (2,2) notitle, @BAND, @TRIALS, @FITS, @CURVES } else { unset label 5; eval empty_panel }
        eval placed
    }
    unset arrow 1
    eval pass_end
}
