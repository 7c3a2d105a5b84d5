# SPDX-License-Identifier: MIT
# The look of every figure: canvas, fonts, axes, and one colour, dash and point for each cell wherever it is drawn.
# `gnuplot -e "term='png'; theme='slides'; dark=1"` and so on choose: term svg, pdf, png, tex (cairolatex) or txt; theme
# web, paper or slides; dark 0 or 1; width_inches (0: the theme's); font_scale.
# Text that the figures name: `# label:` lines here hold for every figure that has no label of its own for a value.
# label: matching/width = equal width
# label: matching/parameters = equal parameters
# label: matching/state = equal state
# label: language/anbn = a^n b^n
# label: language/anbncn = a^n b^n c^n
# label: language/dyck1 = n brackets deep
# label: train_gap/fixed = trained at the gap itself
# label: train_gap/up_to = trained on gaps drawn up to it
# label: train_gap/curriculum = trained on gaps that grow up to it

if (!exists("term")) term = 'svg'
if (!exists("theme")) theme = 'web'
if (!exists("dark")) dark = 0
if (!exists("width_inches")) width_inches = 0
if (!exists("font_scale")) font_scale = 1.
if (!exists("text_columns")) text_columns = 100
if (!exists("text_lines")) text_lines = 24
if (!exists("text_colour")) text_colour = 0
is_text = term eq 'txt'
is_tex = term eq 'tex'

# A copy of this file reads its data, and writes its picture, in the folder where it is, under its own name.
folder = ''
name = exists("ARG0") ? ARG0 : stem.'.gp'
while (strstrt(name, '/')) { folder = folder.name[1:strstrt(name, '/')]; name = name[strstrt(name, '/') + 1:*] }
data = folder.data
if (name[strlen(name) - 2:*] eq '.gp') { name = name[1:strlen(name) - 3] }
if (!exists("output")) output = folder.name.(is_tex ? '-latex' : '').'.'.term

set encoding utf8
set datafile separator comma
set datafile missing ''
set minussign
ink = dark ? '#e8e8e8' : 'black'
paper = dark ? '#16191d' : 'white'
faint = dark ? '#9a9a9a' : '#808080'
smaller(a, b) = a < b ? a : b
larger(a, b) = a > b ? a : b
is_number(x) = x == x
x_least = 1. * x_least; x_most = 1. * x_most; x_first = 1. * x_first; y_least = 1. * y_least; y_most = 1. * y_most # 1 / 2 is 0

# Styles. The colours are those of Okabe and Ito (2008), which colour-blind readers can distinguish; in black-and-white
# print the dashes and points differ. To add a cell, put its name here and its number below. A cell of another program
# gets one of the eight styles after these, the same in every figure. Groups that are not cells go from dark to light.
cells = 'rnn lstm gru bag window rnn_relu lstm_peephole gru_reset_before mgu cifg gru_no_reset janet mingru'
blue = dark ? '#4aa3df' : '#0072B2'
green = dark ? '#1fc496' : '#009E73'
orange = dark ? '#f08337' : '#D55E00'
purple = dark ? '#b39ddb' : '#6A3D9A'
set linetype  1 lc rgb orange    dt (6,5)       pt 7  ps 0.6 lw 1.8
set linetype  2 lc rgb blue      dt 1           pt 5  ps 0.6 lw 1.8
set linetype  3 lc rgb green     dt (16,6)      pt 9  ps 0.7 lw 1.8
set linetype  4 lc rgb faint     dt (1.5,2.5)   pt 6  ps 0.7 lw 1.8
set linetype  5 lc rgb '#CC79A7' dt (6,2,1.5,2) pt 13 ps 0.7 lw 1.8
set linetype  6 lc rgb '#E69F00' dt (4,2)       pt 11 ps 0.7 lw 1.8
set linetype  7 lc rgb '#56B4E9' dt (10,3)      pt 4  ps 0.6 lw 1.8
set linetype  8 lc rgb '#B8A500' dt (4,2)       pt 8  ps 0.7 lw 1.8
set linetype  9 lc rgb '#E69F00' dt 1           pt 10 ps 0.7 lw 1.8
set linetype 10 lc rgb '#56B4E9' dt (6,2,1.5,2) pt 12 ps 0.7 lw 1.8
set linetype 11 lc rgb purple    dt 1           pt 15 ps 0.7 lw 1.8
set linetype 12 lc rgb '#CC79A7' dt (1.5,2.5)   pt 1  ps 0.7 lw 1.8
set linetype 13 lc rgb faint     dt (10,3)      pt 3  ps 0.7 lw 1.8
do for [i = 0:7] { # cells of other programs
    set linetype 14 + i lc rgb word('#A05195 #7A5230 #C0504D #4F81BD #9BBB59 #8064A2 #4BACC6 #F79646', i + 1) \
        dt (2 + 2 * (i % 4), 2, 1, 2) pt int(word('2 14 4 6 8 10 12 1', i + 1)) ps 0.7 lw 1.8
}
do for [i = 0:3] { set linetype 25 + i lc rgb faint dt (2 + 2 * i, 2 + i) pt 0 ps 0 lw 1.3 } # baselines of the task
place_in(list, name) = int(sum [i = 1:words(list)] (word(list, i) eq name ? i : 0))
letters = 'abcdefghijklmnopqrstuvwxyz0123456789_'
outside(name) = int(sum [i = 1:strlen(name)] (i * strstrt(letters, name[i:i]))) % 8
set palette defined (0 '#30123b', 0.25 '#3b6ea8', 0.5 '#1f9e89', 0.75 '#8fc93a', 1 '#f4d03f')
do for [g = 1:groups] {
    t = groups > 1 ? (g - 1.) / (groups - 1) : 0.
    set linetype 30 + g lc rgb hsv2rgb(0.72 - 0.58 * t, 0.75, 0.45 + 0.45 * t) dt (12, g % 3 ? 3 : 0.01) pt 4 + g % 12 ps 0.6 lw 1.8
}
array style[groups]
do for [g = 1:groups] {
    style[g] = g > groups - baselines ? 25 + (groups - g) % 4 : group_by ne 'cell' ? 30 + g : place_in(cells, group_name[g])
    if (!style[g]) {
        style[g] = 14 + outside(group_name[g])
        do for [h = 1:g - 1] { do for [k = 1:g - 1] { if (style[k] == style[g]) { style[g] = 14 + (style[g] - 13) % 8 } } }
    }
}

# The canvas, in points. All lengths are multiples of the font's size, or of a letter in the terminal.
font_size = (theme eq 'slides' ? 16. : theme eq 'paper' ? 8. : 9.) * font_scale
letter = is_text ? 1. : 0.6 * font_size # about as wide as a letter
line = is_text ? 1. : 1.35 * font_size   # from a line of text to the next
columns = panels <= 3 ? panels : panels == 4 ? 2 : 3 # no row is half empty
if (theme eq 'paper' && panels > 1 && width_inches > 0 && width_inches < 5) { columns = 1 }
if (is_text) { columns = smaller(columns, larger(1, text_columns / 55)) }
width = is_text ? 1. * text_columns : width_inches > 0 ? 72. * width_inches : theme eq 'slides' ? (columns == 3 ? 960. : 720.) : theme eq 'paper' ? (columns == 1 ? 241. : 497.) : columns == 1 ? 465. : columns == 2 ? 570. : 675.
panel_lines = is_text ? larger(8, text_lines - 8) : theme eq 'slides' ? (panels <= columns ? 14 : 9) : columns == 1 ? 15 : columns == 2 ? 12 : panels == 3 ? 12 : 10
line_scale = theme eq 'slides' ? 1.7 : theme eq 'paper' ? 0.75 : 1.
# cairo takes a point as 1/96 inch, and halves letters in a PDF unless fontscale is set
font_of(times) = sprintf('%s,%.3g', is_tex ? '' : term eq 'svg' ? 'sans-serif' : 'sans', font_size * times * (term eq 'svg' ? 96. / 72 : term eq 'png' ? 192. / 72 : 1))
font_large = font_of(1.15)
font_panel = font_of(1)
font_small = font_of(0.87)
set_terminal = 'if (is_text) { if (text_colour) { set terminal dumb ansi256 size width, height } else { set terminal dumb size width, height } };'. \
    'if (term eq "svg") { set terminal svg size width * 96 / 72, height * 96 / 72 dynamic font "'.sprintf('sans-serif,%.3g', font_size * 96 / 72).'" linewidth line_scale'.(dark ? ' background rgb paper' : '').' };'. \
    'if (term eq "png") { set terminal pngcairo size width * 192 / 72, height * 192 / 72 font font_of(1) fontscale 0.75 linewidth 2 * line_scale pointscale 2 * line_scale background paper };'. \
    'if (term eq "pdf" || is_tex && pass == 1) { set terminal pdfcairo size width / 72, height / 72 font font_of(1) fontscale 0.75 linewidth 0.75 * line_scale background paper };'. \
    'if (is_tex && pass == 2) { set terminal cairolatex pdf input size width / 72, height / 72 font font_of(1) linewidth 0.75 * line_scale }'

# Functions of strings: cut to a number of letters, or broken into up to three lines at blanks; in LaTeX special letters are
# escaped. All strings come from the head of this script.
fit(s, n) = strlen(s) <= n ? s : s[1:larger(int(n) - 1, 1)].(is_text ? '.' : '…')
break_at(s, n, i) = i < n / 2 ? int(n) : s[i:i] eq ' ' ? i : break_at(s, n, i - 1)
wrap_two(s, n) = strlen(s) <= n ? s : s[1:break_at(s, n, int(n))]."\n".fit(s[break_at(s, n, int(n)) + 1:*], n)
wrap(s, n) = strlen(s) <= n ? s : s[1:break_at(s, n, int(n))]."\n".wrap_two(s[break_at(s, n, int(n)) + 1:*], n)
text_lines_of(s) = strstrt(s, "\n") ? 1 + text_lines_of(s[strstrt(s, "\n") + 1:*]) : 1
in_tex(c) = c eq '%' ? '{\char37}' : strstrt('_&#${}', c) ? '\'.c : c eq '\' ? '\textbackslash{}' : c eq '^' ? '\^{}' : c eq '~' ? '\~{}' : c eq '<' || c eq '>' ? '$'.c.'$' : c
in_tex_all(s) = strlen(s) == 0 ? '' : strlen(s) == 1 ? in_tex(s) : in_tex_all(s[1:strlen(s) / 2]).in_tex_all(s[strlen(s) / 2 + 1:*])
tic(s) = strstrt(s, '%') == 0 ? s : strlen(s) == 1 ? '％' : tic(s[1:strlen(s) / 2]).tic(s[strlen(s) / 2 + 1:*]) # gnuplot takes a tick's label for a format
array texts[3] = [title, x_title, y_title]
if (is_tex) { do for [list in 'texts group_title panel_title category'] { eval sprintf('do for [i = 1:|%s|] { %s[i] = in_tex_all(%s[i]) }', list, list, list) } }
title = texts[1]; x_title = texts[2] eq 'lr' ? 'learning rate' : texts[2]; y_title = texts[3]

# The data choose the axes. The x axis is logarithmic for a setting whose values grow by factors, and for curves if most of
# them fall in the first seventh of a linear axis. If a setting has few values at some distance, these are the ticks.
log_x = !categories && x_least > 0 && (x_count == 1 || x_count == 2 ? x_most / x_least >= 8 : x_last_gap > 1.5 * x_first_gap && x_most / x_least >= 4)
if (is_curve) { log_x = early >= 0.5 }
x_from = log_x && is_curve ? larger(x_first, x_most / 1e6) : x_least
x_room = is_curve ? 0.01 : 0.05 # beyond the ends, of the axis
x_at(x) = log_x ? (x > 0 ? (log(x) - log(x_from)) / (log(x_most) - log(x_from)) : 0) : (x - x_from) / (x_most - x_from)
if (!(x_most > x_from)) { log_x = 0; x_at(x) = 0.5 }
x_range = !is_number(x_most) ? 'set xrange [0:1]' : categories ? sprintf('set xrange [0.4:%g]', categories + 0.6) : \
    x_most > x_from ? (log_x ? sprintf('set logscale x; set xrange [%.10g:%.10g]', x_from * (x_from / x_most) ** x_room, x_most * (x_most / x_from) ** x_room) : \
    sprintf('set xrange [%.10g:%.10g]', x_from - (x_from > 0 || !is_curve ? x_room : 0) * (x_most - x_from), x_most + x_room * (x_most - x_from))) : \
    sprintf('set xrange [%.10g:%.10g]', x_most - 0.5 * larger(abs(x_most), 1e-9), x_most + 0.5 * larger(abs(x_most), 1e-9))
panel_width = width / columns - 14 * letter
# about as many as the panel has room for
third = (x_most - x_from) / larger(1, smaller(4, panel_width / (9 * letter)))
size = third > 0 ? 10 ** floor(log10(third) + 1e-9) : 1
linear_tics = third > 0 ? sprintf('set format x "%%g"; set xtics %g', third / size >= 5 ? 10 * size : third / size >= 2 ? 5 * size : third / size >= 1 ? 2 * size : size) : 'set xtics autofreq'
# Ticks of a log axis: 1, 2 and 5 times each power of ten if there is room, else 1 and 3 times, else the powers alone. They are
# given as a list. With a series (from, step, to) gnuplot 5.4 multiplies by the step; gnuplot 6 adds it on a short axis, and may
# never finish.
log_tics = ''
decade = log_x && x_from > 0 && x_most > x_from ? panel_width / log10(x_most / x_from) : 0.
tic_wide = (strlen(sprintf('%g', x_most)) + 1.5) * 1.07 * letter
log_steps = decade * log10(2) > tic_wide ? '1 2 5' : decade * log10(3) > tic_wide ? '1 3' : decade > 0 && x_most / x_from <= 1e4 ? '1' : ''
if (strlen(log_steps)) {
    do for [e = int(floor(log10(x_from))):int(floor(log10(x_most)))] { do for [m in log_steps] {
        at = real(m) * 10. ** e
        if (at >= 0.99 * x_from && at <= 1.01 * x_most) { log_tics = log_tics.sprintf('%s%.10g', strlen(log_tics) ? ', ' : '', at) }
    } }
}
x_tics = ''
if (categories) {
    array category_title[categories]
    longest = 0
    do for [i = 1:categories] { longest = larger(longest, strlen(category[i])) }
    slanted = longest * letter > 0.9 * panel_width / categories && !is_text
    do for [i = 1:categories] {
        category_title[i] = tic(fit(category[i], slanted ? 22 : larger(4, panel_width / categories / letter)))
        x_tics = x_tics.sprintf('%scategory_title[%d] %d', i > 1 ? ', ' : '', i, i)
    }
    # Steep enough that one line of letters does not touch the next.
    pitch = panel_width / categories / (1.1 * font_size)
    x_tics = 'set xtics noenhanced scale 0 ('.x_tics.')'.(!slanted ? '' : pitch > 2 ? ' rotate by 30 right offset 0.6, 0.2' : pitch > 1.15 ? ' rotate by 60 right offset 0.4, 0.2' : ' rotate by 90 right offset 0, 0.2')
} else { if (x_count > 0 && !is_curve) {
    taken = -1.
    do for [i = 1:x_count] {
        wide = 0.5 * (strlen(sprintf('%g', x_value[i])) + 2.4) * letter / panel_width
        if (x_at(x_value[i]) - wide >= taken) {
            x_tics = x_tics.sprintf('%s"%g" %.10g', taken >= 0 ? ', ' : '', x_value[i], x_value[i])
            taken = larger(x_at(x_value[i]) + wide, 0)
        }
    }
    x_tics = 'set xtics ('.x_tics.')'
} else {
    x_tics = !log_x ? linear_tics : strlen(log_tics) ? 'set format x "%g"; set xtics ('.log_tics.')' : sprintf('set format x "%s"; set xtics autofreq', x_most / x_from > 1e4 ? '10^{%T}' : '%g')
} }

# A y axis from the smallest to the largest value: it begins at 0 if 0 is near, and is logarithmic if they differ by a factor of 50.
is_share = strstrt(y_name, 'accuracy') > 0
powers = 0 # tick labels are powers of ten in all panels or in none
do for [p = 1:panels] { if (panel_least[p] > 0 && panel_top[p] / panel_least[p] >= 1e4) { powers = 1 } }
powers_of_ten(e, last) = sprintf('%g, "" %g 1, "" %g 1', 10. ** e, 2 * 10. ** e, 5 * 10. ** e).(e < last ? ', '.powers_of_ten(e + 1, last) : '') # small ticks at 2 and 5
log_between(low, high) = low > 0 && high / low >= 50 && !is_share
# The interval of a few seeds may reach below 0 although no mean does: it is cut at 0.
seed_least = NaN
do for [p = 1:panels] { if (is_number(panel_least[p]) && !(seed_least <= panel_least[p])) { seed_least = panel_least[p] } }
if (!is_curve && mean_least >= 0 && y_least < 0) { y_least = seed_least > 0 && log_between(mean_least, mean_most) ? mean_least / 3 : 0 }
around(low, high) = high > low ? 0.06 * (high - low) + 1e-9 * abs(high) : larger(0.1 * abs(high), 1e-9)
y_axis(low, high) = is_share ? 'y_logged = 0; unset logscale y; set yrange [0:1.03]; set ytics 0.25; set format y "%.2f"' : !(high >= low) ? 'y_logged = 0; unset logscale y; set yrange [0:1]; set ytics autofreq' : \
    log_between(low, high) ? sprintf('y_logged = 1; set logscale y; set yrange [%.10g:%.10g]; set ytics autofreq; set format y "%s"', low / (high / low) ** 0.06, high * (high / low) ** 0.06, powers || high / low >= 1e4 ? '10^{%T}' : high >= 1e5 ? '%.0s%c' : '%g').(high / low > 1e8 ? '' : sprintf('; set ytics (%s)', powers_of_ten(int(floor(log10(low))) - 1, int(ceil(log10(high))) + 1))) : \
    sprintf('y_logged = 0; unset logscale y; set yrange [%.10g:%.10g]; set ytics autofreq; set format y "%s"', \
        low >= 0 && low < 0.5 * high ? 0 : low - around(low, high), high + around(low, high), larger(abs(low), abs(high)) >= 1e4 ? '%.0f' : '%.4g')

# Points of different lines at the same x are drawn slightly beside each other, so that no interval hides another.
apart = groups > 1 && !is_curve ? smaller(0.007, 0.05 / groups) : 0
beside(x, g) = !(x_most > x_from) ? x + 0.04 * larger(abs(x), 1e-9) * (g - (groups + 1) / 2.) : log_x ? x * (x_most / x_from) ** (apart * (g - (groups + 1) / 2.)) : x + apart * (g - (groups + 1) / 2.) * (x_most - x_from)
bottom(low) = low < y_least ? y_least : low
dots = seeds <= most_dots || !is_number(mean_least) # more hide the lines, where there are lines

# What figures draw: `plot @BARS, @DOTS, @LINES`, or for curves `plot @BAND, @TRIALS, @CURVES`. block(p, g) is the block of panel p and group g in the CSV file.
block(p, g) = (p - 1) * groups + g
DOTS = 'for [g = 1:groups] data index seed_block[block(p, g)] using (dots ? beside($4, g) : NaN):5 with points lt style[g] pt 6 ps 0.45 lw 0.7 notitle'
BARS = 'for [g = 1:groups] data index mean_block[block(p, g)] using (beside($4, g)):(bottom($6)):(0):($7 - bottom($6)) with vectors nohead lt style[g] dt 1 lw 1.4 notitle'
clip(y) = y
lifted(y) = y
BAND = 'for [g = 1:groups] data index mean_block[block(p, g)] using 4:(clip($6)):(clip($7)) with filledcurves lt style[g] notitle'
TRIALS = 'for [g = 1:groups] data index seed_block[block(p, g)] using (dots ? $4 : NaN):(lifted($5)) with '.(x_most > x_least ? 'lines lt style[g] dt 1 lw 0.5 notitle' : 'points lt style[g] ps 0.45 notitle') # one validation is no line
CURVES = 'for [g = 1:groups] data index mean_block[block(p, g)] using 4:(lifted($5)) with '.(x_most > x_least ? 'lines' : 'points').' lt style[g] notitle'
# Baselines are drawn across the whole panel.
level_from = x_most > x_least ? x_from : 0.55 * x_most
level_to = x_most > x_least ? x_most : 1.45 * x_most
LEVELS = 'for [g = 1:groups] data index mean_block[block(p, g)] every ::0::0 using (level_from):(g > groups - baselines ? $5 : NaN):(level_to - level_from):(0) with vectors nohead lt style[g] notitle'
LINES = 'for [g = 1:groups] data index mean_block[block(p, g)] using (beside($4, g)):5 with linespoints lt style[g] notitle'

# A figure is drawn twice. The first time without output: gnuplot chooses the margins. The second time all panels get
# the same margins, computed from those so that no label is cut:
#   do for [pass = 1:2] { eval pass_begin; do for [p = 1:panels] { eval place(p); ...; plot ...; eval placed }; eval pass_end }
# A figure may set before: key_with (what the key shows: lines, linespoints, boxes, or '' for no key), key_style,
# panel_lines, columns, log_x, x_range, x_tics, end_labels (0: never), room_for_scale (right of the panels),
# lines_above (small words over them).
key_with = 'linespoints'
key_pitch = is_text ? 1.25 : (term eq 'svg' ? 1.6 : 1.3) * font_size # from a row of the key to the next, as the terminals do it
key_style = 'lt style[g]'
end_labels = panels == 1 && groups <= 8 && !is_text ? 1 : 0
longest_group = 1
do for [g = 1:groups] { longest_group = larger(longest_group, strlen(group_title[g])) }
has_titles = 0
do for [p = 1:panels] { has_titles = has_titles || strlen(panel_title[p]) }
room_for_scale = 0
lines_above = 0 # of small words between a panel and its title
words_wide = columns == 1 ? (width - 9 * letter) / letter : width / columns / letter - (is_text ? 6 : 11) # letters over or under a panel, the same in both passes
room_left = 9 * letter; room_inner = 6 * letter; room_right = 2 * letter; room_below = 3.5 * line; room_between = 3.5 * line
array lines_of_panel[panels]
array row_inner[panels]
do for [p = 1:panels] { lines_of_panel[p] = 0 } # a figure may give panels lines of their own
rows = (panels + columns - 1) / columns
array end_at[groups + 1]
array end_rank[groups + 1]
plan = 'rows = (panels + columns - 1) / columns; words_wide = columns == 1 ? (width - 9 * letter) / letter : width / columns / letter - (is_text ? 6 : 11);'. \
    'title_shown = theme eq "paper" ? "" : wrap(is_text && strlen(y_title) ? title."; y: ".y_title : title, width / (letter * 1.2));'. \
    'key_columns = larger(1, smaller(groups, int((width - 2 * letter) / (is_text ? longest_group + 7 : (0.8 * longest_group + 6) * 0.95 * font_size))));'. \
    'key_rows = key_with eq "" || end_labels || (groups == 1 && strlen(group_title[1]) == 0) ? 0 : (groups + key_columns - 1) / key_columns;'. \
    'head = 0.4 * line + (strlen(title_shown) ? 1.3 * line * text_lines_of(title_shown) : 0) + key_pitch * key_rows;'. \
    'column_width = (width - room_left - room_right - (columns - 1) * (room_inner + 1.5 * letter)) / columns;'. \
    'title_lines = 1; do for [p = 1:panels] { title_lines = larger(title_lines, text_lines_of(wrap(panel_title[p], words_wide))) };'. \
    'above = (has_titles ? (0.4 + 1.1 * title_lines) * line : 0.6 * line) + 0.9 * lines_above * line;'. \
    'do for [r = 1:rows] { row_inner[r] = 0; do for [p = 1:panels] { if ((p - 1) / columns == r - 1) { row_inner[r] = larger(row_inner[r], line * (lines_of_panel[p] > 0 ? lines_of_panel[p] : panel_lines)) } } };'. \
    'height = head + rows * above + (sum [r = 1:rows] row_inner[r]) + (rows - 1) * room_between + room_below + 0.3 * line'
in_left_column(p) = (p - 1) % columns == 0
in_last_row(p) = p + columns > panels
left_of(p) = room_left + ((p - 1) % columns) * (column_width + room_inner + 1.5 * letter)
row_of(p) = (p - 1) / columns + 1
top_of(p) = head + above + (row_of(p) > 1 ? (sum [r = 1:row_of(p) - 1] (row_inner[r] + above + room_between)) : 0)
at_screen(l, r, t, b) = sprintf('set lmargin at screen %f; set rmargin at screen %f; set tmargin at screen %f; set bmargin at screen %f', \
    l / width, r / width, 1 - t / height, 1 - b / height)
cell_left(p) = ((p - 1) % columns) * width / columns
cell_height(p) = row_inner[row_of(p)] + above + (in_last_row(p) ? room_below : room_between)
cell_bottom(p) = height - top_of(p) + above - cell_height(p)
place(p) = sprintf('set title wrap(panel_title[%d], %d)', p, words_wide).sprintf(' noenhanced font font_panel tc rgb ink offset 0, %g; ', 0.85 * lines_above - 0.7). \
    (in_left_column(p) && !is_text ? sprintf('y_words = wrap(y_title, %d); set ylabel y_words noenhanced tc rgb ink offset 1 - text_lines_of(y_words), 0;', larger(8, row_inner[row_of(p)] / letter)) : 'unset ylabel;'). \
    (in_last_row(p) ? sprintf('set xlabel wrap(x_title, %d) noenhanced tc rgb ink;', larger(8, words_wide)) : 'unset xlabel;'). \
    (pass == 1 ? sprintf('unset lmargin; unset rmargin; unset tmargin; unset bmargin; set origin %f, %f; set size %f, %f', \
        cell_left(p) / width, cell_bottom(p) / height, 1. / columns, cell_height(p) / height) \
    : at_screen(left_of(p), left_of(p) + column_width, top_of(p), top_of(p) + row_inner[row_of(p)]))
# The colour scale, to the right of the last panel of the first row, within room_for_scale. Set it before that panel's plot.
scale_of(p) = pass == 1 || is_text || room_for_scale == 0 || p != smaller(columns, panels) ? 'unset colorbox' : \
    sprintf('set colorbox user origin screen %f, screen %f size screen %f, screen %f noborder', (left_of(p) + column_width + 2 * letter) / width, \
        1 - (top_of(p) + row_inner[1]) / height, 1.3 * letter / width, row_inner[1] / height)
x_unit = 0.; y_unit = 0.
y_logged = 0
y_share(y) = y_logged ? (y > 0 ? (log(y) - log(GPVAL_Y_MIN)) / (log(GPVAL_Y_MAX) - log(GPVAL_Y_MIN)) : 0) : (y - GPVAL_Y_MIN) / (GPVAL_Y_MAX - GPVAL_Y_MIN)
placed = 'if (pass == 1) {'. \
    ' x_unit = width * GPVAL_TERM_SCALE / GPVAL_TERM_XSIZE; y_unit = height * GPVAL_TERM_SCALE / GPVAL_TERM_YSIZE;'. \
    ' used = GPVAL_TERM_XMIN * x_unit - cell_left(p) + 0.3 * letter; if (in_left_column(p)) { most_left = larger(most_left, used) } else { most_inner = larger(most_inner, used) };'. \
    ' used = GPVAL_TERM_YMIN * y_unit - cell_bottom(p) + 0.2 * line; if (in_last_row(p)) { most_below = larger(most_below, used) } else { most_between = larger(most_between, used) };'. \
    ' most_right = larger(most_right, cell_left(p) + width / columns - GPVAL_TERM_XMAX * x_unit);'. \
    ' if (end_labels) { do for [g = 1:groups] { end_at[g] = is_number(line_end[g]) ? y_share(line_end[g]) : NaN; if (!is_number(end_at[g]) || end_at[g] < 0 || end_at[g] > 1.001) { end_labels = 0; end_at[g] = 0 } } } }'
# The names of the lines are at the ends of the lines, moved so that they do not overlap; if one had to move far, there is a key.
spread = 'apart_by = 1.15 * line / row_inner[1];'. \
    'do for [g = 1:groups] { end_rank[g] = 1 + int(sum [h = 1:groups] (end_at[h] < end_at[g] || (end_at[h] == end_at[g] && h < g) ? 1 : 0)) };'. \
    'far = 0; above_last = -1.; do for [k = 1:groups] { do for [g = 1:groups] { if (end_rank[g] == k) { at = larger(end_at[g], above_last + apart_by); far = larger(far, at - end_at[g]); end_at[g] = at; above_last = at } } };'. \
    'over = larger(0, above_last - 1); if (over > 0) { below_last = 2.; do for [k = 1:groups] { do for [g = 1:groups] { if (end_rank[g] == groups + 1 - k) { at = smaller(end_at[g], smaller(1, below_last - apart_by)); end_at[g] = at; below_last = at; far = larger(far, -at) } } } };'. \
    'if (far > 3 * apart_by || line_gap > 0.06) { end_labels = 0 }'
# (The size of the first pass's last panel would be that of the whole picture in LaTeX.)
tics_shown = 'set xtics nomirror out scale 0.5 tc rgb ink offset 0, 0.2 autofreq; set ytics nomirror out scale 0.5 tc rgb ink autofreq'
pass_begin = 'eval plan; set origin 0, 0; set size 1, 1; most_left = 0; most_inner = 0; most_below = 0; most_between = 0; most_right = 0; eval set_terminal; set output (pass == 1 ? "/dev/null" : output); set multiplot;'. \
    'unset border; unset tics; unset grid; unset logscale; unset title; unset xlabel; unset ylabel; set xrange [0:1]; set yrange [0:1];'. \
    'eval at_screen(letter, width - letter, 0.5 * line, head);'. \
    'if (strlen(title_shown)) { set label 1 title_shown noenhanced tc rgb ink at screen letter / width, screen 1 - 0.9 * line / height left font font_large };'. \
    'if (key_rows) { set key at screen letter / width, screen 1 - (head - key_pitch * key_rows - 0.1 * line) / height left top horizontal Left reverse noenhanced samplen 2.4 width (is_text ? 0 : -0.2 * larger(0, longest_group - 8)) maxcols key_columns tc rgb ink } else { unset key };'. \
    'if (key_rows || strlen(title_shown)) { eval "plot for [g = 1:groups] NaN with ".(key_with eq "" ? "lines" : key_with)." ".key_style." title group_title[g]" };'. \
    'unset key; unset label 1; set border 3 lw 0.8 lc rgb ink; eval tics_shown;'. \
    'set grid y lc rgb faint lw 0.3 dt 1; set style fill transparent solid (groups - baselines > 6 ? 0.05 : 0.18) noborder; eval x_range; eval x_tics;'. \
    'if (pass == 2 && end_labels) { do for [g = 1:groups] { set label 50 + g group_title[g] noenhanced at graph 1.03, graph end_at[g] left offset character 0.6, 0 tc rgb ink point lt style[g] } }'
empty_panel = 'set label 3 "no finite data" at graph 0.5, 0.5 center tc rgb ink; unset logscale; unset xtics; unset ytics; plot [0:1][0:1] NaN notitle; unset label 3; eval x_range; '. \
    'eval tics_shown; eval x_tics'
pass_end = 'unset multiplot; set output; do for [i = 1:60] { unset label i };'. \
    'if (pass == 1) { if (end_labels) { eval spread }; room_left = most_left; room_inner = columns > 1 ? most_inner : 0; room_below = most_below; room_between = rows > 1 ? most_between : 0; room_right = larger(smaller(most_right, 7 * letter), letter) + room_for_scale + (end_labels ? (longest_group + 3) * letter + 0.03 * width : 0) }'
