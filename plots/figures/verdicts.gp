# SPDX-License-Identifier: MIT
# title: Verdicts by task and matching
# caption: The outcome of the paired comparison of two cells on each task, under each matching.
# data: comparisons x=matching y=word group=task

key_with = ''
end_labels = 0
longest = 0
do for [g = 1:groups] { longest = larger(longest, strlen(fit(group_title[g], 26))) }
field_wide = 12
do for [p = 1:panels] { do for [k = 1:3:2] { field_wide = larger(field_wide, strlen(word(panel_title[p], k)) + 13) } } # "gru better (10)"
has_columns(n) = (width / n - (1.15 * longest + 8) * letter) / categories > field_wide * letter
if (theme eq 'paper' && width_inches == 0 && !has_columns(columns)) { width = 497. }
columns = is_text ? 1 : columns == 3 && has_columns(3) ? 3 : columns > 1 && has_columns(2) ? 2 : 1
panel_lines = groups * 2.1
cell_of(name) = place_in(cells, name) ? place_in(cells, name) : 14 + outside(name)
x_title = ''; y_title = ''
x_range = sprintf('set xrange [0.5:%g]', categories + 0.5)
said(k, p) = k < 2 ? word(panel_title[p], 1 + 2 * k).' better' : k == 2 ? 'equivalent' : 'undecided'
FIELD = 'for [k = 0:3] for [g = 1:groups] data index mean_block[block(p, g)] using ($5 == k ? $4 : NaN):(-g):($4 - 0.48):($4 + 0.48):(-g - 0.45):(-g + 0.45) with boxxyerror lt (k < 2 ? cell_of(word(panel_title[p], 1 + 2 * k)) : 25) fs transparent solid (k < 2 ? 0.45 : k == 2 ? 0.22 : 0.06) noborder notitle'
WORDS = 'for [k = 0:3] for [g = 1:groups] data index mean_block[block(p, g)] using 4:(-g):($5 == k ? said(k, p).sprintf(" (%.0f)", $8) : "") with labels noenhanced tc rgb ink notitle'
do for [pass = 1:2] {
    eval pass_begin
    unset grid; unset border
    do for [p = 1:panels] {
        eval place(p)
        set yrange [-groups - 0.5:-0.5]
        set ytics scale 0 noenhanced ()
        do for [g = 1:groups] { set ytics add (tic(fit(group_title[g], 26)) -g) }
        set ytics noenhanced # which adding takes away
        plot @FIELD, @WORDS
        eval placed
    }
    eval pass_end
}
