# SPDX-License-Identifier: MIT
# title: A metric by a swept setting
# caption: Each line connects the means over seeds; bars are their intervals.
# data: runs x=seed y=parameters group=cell interval=student
#
# The general figure: "<metric>_by_<setting>", also "..._per_<group>" and "..._in_<panel>", draws any number of /runs by
# any numeric setting, such as accuracy_by_length. x= and y= above are placeholders.

# Half-way lengths: where a line first falls below the middle between chance and 1, interpolated on the axis as drawn.
array half_way[panels * groups]
chance = baselines ? groups - baselines + 1 : 0 # the first that a task names
is_length = is_share && chance && !categories && place_in('gap length blanks', x_name)
crossing(x, y) = log_x ? last_x * (x / last_x) ** ((last_y - middle) / (last_y - y)) : last_x + (x - last_x) * (last_y - middle) / (last_y - y)
follow(b, x, y) = (half_way[b] = is_number(half_way[b]) ? half_way[b] : last_y >= middle && y < middle ? crossing(x, y) : NaN, last_x = x, last_y = y, x)
do for [p = 1:panels] { do for [g = 1:groups] {
    b = block(p, g)
    half_way[b] = NaN
    if (is_length && g <= groups - baselines && mean_block[b] > 0 && mean_block[block(p, chance)] > 0) {
        stats data index mean_block[block(p, chance)] using 5 name 'S' nooutput
        middle = 0.5 + 0.5 * S_mean; last_x = NaN; last_y = NaN
        stats data index mean_block[b] using (follow(b, $4, $5)):5 nooutput
    }
} }
array half_way_words[panels]
do for [p = 1:panels] {
    half_way_words[p] = ''
    do for [g = 1:groups] {
        half = half_way[block(p, g)]
        if (is_number(half)) { half_way_words[p] = half_way_words[p].sprintf('%s %s %.3g', strlen(half_way_words[p]) ? ',' : 'half-way:', fit(group_title[g], 16), half) }
    }
    half_way_words[p] = wrap(half_way_words[p], words_wide)
    lines_above = larger(lines_above, strlen(half_way_words[p]) ? text_lines_of(half_way_words[p]) : 0)
}

ONE_X = x_most > x_least ? '' : LEVELS.', ' # where a line of baselines would be a point
do for [pass = 1:2] {
    eval pass_begin
    do for [p = 1:panels] {
        eval place(p)
        eval y_axis(y_least, y_most)
        do for [g = 1:groups] {
            half = half_way[block(p, g)]
            unset arrow 60 + g
            if (is_number(half)) { set arrow 60 + g from half, graph 0 to half, first middle nohead lt style[g] dt 1 lw 0.8 }
        }
        set label 4 half_way_words[p] noenhanced at graph 0, graph 1 offset character 0, 0.75 * lines_above left font font_small tc rgb ink
        if (panel_finite[p]) { plot @BARS, @DOTS, @ONE_X @LINES } else { eval empty_panel }
        eval placed
    }
    do for [g = 1:groups] { unset arrow 60 + g }
    eval pass_end
}
