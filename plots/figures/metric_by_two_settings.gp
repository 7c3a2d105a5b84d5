# SPDX-License-Identifier: MIT
# title: A metric by two swept settings
# caption: The colour of a tile shows the mean over seeds, which is also printed as a number if there is room.
# data: runs x=seed y=parameters group=seed panel=cell interval=student
#
# The general heat map: "<metric>_by_<setting>_and_<setting>". The groups are the rows.

if (is_text) { columns = 1 }
rows_shown = groups - baselines # a baseline is not a value of the setting
end_labels = 0
key_with = ''
log_x = 0
array column_at[larger(1, x_count)]
place_of(x) = x_count ? int(sum [i = 1:x_count] (x_value[i] <= x ? 1 : 0)) : x
x_range = sprintf('set xrange [0.5:%g]', larger(1, x_count) + 0.5)
x_tics = ''
do for [i = 1:x_count] { x_tics = x_tics.sprintf('%s"%g" %d', i > 1 ? ', ' : '', x_value[i], i) }
x_tics = 'set xtics scale 0 ('.x_tics.')'
array row_order[larger(1, rows_shown)] # numbers from below upwards, others above them
value_of(g) = is_number(group_value[g]) ? group_value[g] : 1e300
do for [g = 1:rows_shown] { row_order[g] = 1 + int(sum [h = 1:rows_shown] (value_of(h) < value_of(g) || (value_of(h) == value_of(g) && h < g) ? 1 : 0)) }
z_from = is_share ? 0 : mean_least; z_to = is_share ? 1 : mean_most > mean_least ? mean_most : mean_least + 1e-9 + abs(mean_least) * 0.01
log_z = !is_share && log_between(z_from, z_to)
z(v) = log_z ? log10(v) : v
shade(v) = (z(v) - z(z_from)) / (z(z_to) - z(z_from))
z_title = y_title
y_title = exists("ylabel") ? ylabel : group_by
panel_lines = larger(5, rows_shown * 1.9)
has_room = (width / columns - 12 * letter) / larger(1, x_count) > 5 * letter
room_for_scale = has_room || is_text ? 0 : 8 * letter # where no number tells what a colour means
do for [p = 1:panels] { panel_title[p] = panel_title[p].(strlen(panel_title[p]) ? ': ' : '').z_title }
has_titles = 1
if (!exists("OVER")) OVER = 'NaN notitle'
FIELDS = 'for [g = 1:rows_shown] data index mean_block[block(p, g)] using (place_of($4)):(row_order[g]):(place_of($4) - 0.5):(place_of($4) + 0.5):(row_order[g] - 0.5):(row_order[g] + 0.5):(z($5)) with boxxyerror lc palette fs solid 1 noborder notitle'
WORDS = 'for [g = 1:rows_shown] data index mean_block[block(p, g)] using (place_of($4)):(row_order[g]):(has_room && is_number($5) ? sprintf("%.3g", $5) : ""):(shade($5) > 0.6 ? 0x000000 : 0xffffff) with labels font font_small tc rgb variable notitle'
do for [pass = 1:2] {
    eval pass_begin
    unset grid; set style fill solid 1 noborder
    set cbrange [z(z_from):z(z_to)]
    set cbtics scale 0 tc rgb ink font font_small; set format cb (log_z ? '10^{%.1f}' : '%.3g')
    do for [p = 1:panels] {
        eval place(p)
        set yrange [0.5:rows_shown + 0.5]
        set ytics scale 0 noenhanced ()
        do for [g = 1:rows_shown] { set ytics add (tic(fit(group_title[g], 14)) row_order[g]) }
        set ytics noenhanced # which adding takes away
        eval scale_of(p)
        if (panel_finite[p]) { plot @FIELDS, @WORDS, @OVER } else { eval empty_panel }
        eval placed
    }
    eval pass_end
}
