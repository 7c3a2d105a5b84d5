# A forest plot: one row per finding, with its name above its marks, and one mark with its interval per series. The text
# below the axis says what a value in the shaded zone means. A full circle supports the claim, a full square contradicts
# it, a hollow circle leaves it open. What is drawn in 'black' gets the colour of the page's theme.
if (!exists("term")) term = 'svg'
if (!exists("output")) output = stem.'.'.term
width = 340.
# A name and its outcome share a line if they fit; otherwise the name gets two lines.
room = 58 # letters
long_names = 0
do for [i = 1:rows] { long_names = long_names || strlen(row_name[i]) + strlen(row_word[i]) > room }
fit(s, n) = strlen(s) <= n ? s : s[1:n - 1].'…'
blank(s, i) = i < 2 ? room : s[i:i] eq ' ' ? i : blank(s, i - 1)
name_part(s, part) = !long_names ? s : strlen(s) <= room ? (part == 1 ? s : '') : part == 1 ? s[1:blank(s, room)] : s[blank(s, room) + 1:*]
lines = long_names ? 11. : 0.
row_height = 15. + lines + 9. * series
shaded = zone_name ne '' ? 'shaded: '.zone_name : ''
long = strlen(scale) + strlen(shaded) > 60
bottom = 35. + (long ? 12. : 0.) + (series > 1 ? 12. : 0.)
height = rows * row_height + bottom + 4.
# In a PDF a unit of the canvas is a hundredth of an inch, 0.72 points.
unit = term eq 'svg' ? 1. : 0.72
font_words = sprintf(',%.3g', 10 * unit)
font_names = sprintf(',%.3g', 9.5 * unit)
if (term eq 'svg') { set terminal svg size width, height dynamic font 'sans-serif,11' }
if (term eq 'pdf') { set terminal pdfcairo size width / 100., height / 100. font 'sans,7.92' fontscale 0.75 linewidth 0.7 }
set encoding utf8
set output output
set datafile separator comma
set datafile missing ''
unset key
set border 1 lw 0.8
set lmargin at screen 10. / width
set rmargin at screen 1 - 14. / width
set tmargin at screen 1 - 4. / height
set bmargin at screen bottom / height
set yrange [rows * row_height:0]
unset ytics
set xtics nomirror out scale 0.5 offset 0, 0.3 font font_words
set format x '%g'

# The estimates and the zone's ends choose the axis; a longer interval is cut at the end of the axis.
finite(x) = x == x && abs(x) < 1e300
low = least; high = most
if (finite(zone_low)) { low = zone_low < low ? zone_low : low; high = zone_low > high ? zone_low : high }
if (finite(zone_high)) { low = zone_high < low ? zone_high : low; high = zone_high > high ? zone_high : high }
span = high > low ? high - low : 0.1 * abs(high) + 1e-9
bounded = scale[1:8] eq 'accuracy'
left_end = interval_least < low - 1.5 * span ? low - 1.5 * span : interval_least < low ? interval_least : low
right_end = interval_most > high + 1.5 * span ? high + 1.5 * span : interval_most > high ? interval_most : high
span = right_end - left_end + 1e-12
left_end = left_end - 0.06 * span
right_end = right_end + 0.06 * span
if (bounded) { left_end = 0; right_end = 1.02 }
log_axis = !bounded && low > 0 && high / low >= 20
if (log_axis) { set logscale x; left_end = low / 1.3; right_end = high * 1.3 }
set xrange [left_end:right_end]
cut(x) = x < left_end ? left_end : x > right_end ? right_end : x
if (!log_axis && (right_end - left_end) > 0) {
    step = (right_end - left_end) / 4.
    size = 10 ** floor(log10(step) + 1e-9)
    set xtics step / size >= 5 ? 5 * size : step / size >= 2 ? 2 * size : size
}

set label 1 scale.(long || shaded eq '' ? '' : '; '.shaded) at screen 10. / width, screen (bottom - 28.) / height left noenhanced font font_words
if (long) set label 2 shaded at screen 10. / width, screen (bottom - 40.) / height left noenhanced font font_words
if (zone_name ne '') {
    set object 1 rectangle from cut(finite(zone_low) ? zone_low : left_end), graph 0 to cut(finite(zone_high) ? zone_high : right_end), graph 1 \
        behind fc rgb '#009E73' fs transparent solid 0.16 noborder
}
if (finite(zone_low)) set arrow 1 from zone_low, graph 0 to zone_low, graph 1 nohead back lc rgb '#009E73' lw 0.8 dt (3,2)
if (finite(zone_high)) set arrow 2 from zone_high, graph 0 to zone_high, graph 1 nohead back lc rgb '#009E73' lw 0.8 dt (3,2)
if (finite(line_at)) set arrow 3 from line_at, graph 0 to line_at, graph 1 nohead back lc rgb '#808080' lw 0.9 dt (2,2)
do for [i = 1:rows] {
    set label 100 + i name_part(row_name[i], 1) at graph 0, first (i - 1) * row_height + 8. left noenhanced font font_names
    if (long_names) { set label 700 + i fit(name_part(row_name[i], 2), room - strlen(row_word[i]) - 2) at graph 0, first (i - 1) * row_height + 19. left noenhanced font font_names }
    set label 400 + i row_word[i] at graph 1, first (i - 1) * row_height + 8. + lines right noenhanced font font_names
}

# The marks of the series are below each other, under the name; a line below the axis says in which order.
y_of(row, s) = (row - 1) * row_height + 17. + lines + 9. * (s - 1)
colour(side) = side == 1 ? 0x008a63 : side == 2 ? 0xc0392b : 0x707070
array shape[3] = [6, 7, 5] # open, for it, against it
if (series > 1) {
    under = 'under each name: '
    do for [s = 1:series] { under = under.(s > 1 ? ', ' : '').(s > 1 && series_name[s][1:6] eq 'equal ' ? series_name[s][7:*] : series_name[s]) }
    set label 3 under at screen 10. / width, screen (bottom - (long ? 52. : 40.)) / height left noenhanced font font_words
}
plot for [s = 1:series] data index s using (cut($6)):(y_of($3, s)):(cut($7) - cut($6)):(0):(colour($8)) with vectors nohead lw 1.6 lc rgb variable notitle, \
    for [s = 1:series] for [side = 0:2] data index s using ($8 == side ? cut($5) : NaN):(y_of($3, s)):(colour($8)) with points pt shape[side + 1] ps 0.75 lw 1.4 lc rgb variable notitle
set output
