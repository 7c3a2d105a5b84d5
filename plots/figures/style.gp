# The look of every figure: canvas, fonts, and one colour, dash and point for each cell wherever it is drawn.
# Colours are those of Okabe and Ito (2008), distinguished by colour-blind readers; dashes and points carry the difference
# into black-and-white print. What is drawn in 'black' becomes the text's colour in the report, light or dark.

if (!exists("term")) term = 'svg'
if (!exists("output")) output = stem.'.'.term

# A new cell: give it a number here and a line below. Cells without one share number 12.
style_of(name) = name eq 'rnn' ? 1 : name eq 'lstm' ? 2 : name eq 'gru' ? 3 : name eq 'bag' ? 4 : \
    name eq 'window' ? 5 : name eq 'rnn_relu' ? 6 : name eq 'lstm_peephole' ? 7 : name eq 'gru_reset_before' ? 8 : \
    name eq 'mgu' ? 9 : name eq 'cifg' ? 10 : name eq 'gru_no_reset' ? 11 : name eq 'janet' ? 13 : name eq 'mingru' ? 14 : 12
set linetype  1 lc rgb '#D55E00' dt 1       pt 7  ps 0.6 lw 1.8
set linetype  2 lc rgb '#0072B2' dt 1       pt 5  ps 0.6 lw 1.8
set linetype  3 lc rgb '#009E73' dt (10,3)  pt 9  ps 0.7 lw 1.8
set linetype  4 lc rgb '#808080' dt (2,3)   pt 6  ps 0.7 lw 1.8
set linetype  5 lc rgb '#CC79A7' dt (6,2,2,2) pt 13 ps 0.7 lw 1.8
set linetype  6 lc rgb '#E69F00' dt (4,2)   pt 11 ps 0.7 lw 1.8
set linetype  7 lc rgb '#56B4E9' dt (10,3)  pt 4  ps 0.6 lw 1.8
set linetype  8 lc rgb '#B8A500' dt (4,2)   pt 8  ps 0.7 lw 1.8
set linetype  9 lc rgb '#E69F00' dt 1       pt 10 ps 0.7 lw 1.8
set linetype 10 lc rgb '#56B4E9' dt (6,2,2,2) pt 12 ps 0.7 lw 1.8
set linetype 11 lc rgb '#B8A500' dt 1       pt 15 ps 0.7 lw 1.8
set linetype 13 lc rgb '#CC79A7' dt (2,3)   pt 1  ps 0.7 lw 1.8
set linetype 14 lc rgb '#808080' dt (10,3)  pt 3  ps 0.7 lw 1.8
set linetype 12 lc rgb '#999999' dt 3       pt 2  ps 0.6 lw 1.8

# Canvas, in pixels: one panel is as wide as a column of text needs, more panels stand in two or three columns.
columns = panels == 1 ? 1 : panels <= 4 ? 2 : 3
rows = (panels + columns - 1) / columns
width = columns == 1 ? 620. : columns == 2 ? 760. : 900.
row_height = columns == 1 ? 280. : columns == 2 ? 205. : 170.
left = 72.
right = 16.
head = groups > 4 ? 102. : 84.
foot = 58.
gap_x = 48.
gap_y = 64.
slanted = categories > 3 ? 34. : 0. # room for names on the x axis that stand aslant
foot = foot + slanted
gap_y = gap_y + slanted
height = head + rows * row_height + (rows - 1) * gap_y + foot
if (!exists("text_columns")) text_columns = 100
if (!exists("text_colour")) text_colour = 0
if (term eq 'svg') { set terminal svg size width, height dynamic font 'sans-serif,12' }
if (term eq 'pdf') { set terminal pdfcairo size 6.9 * width / 760, 6.9 * height / 760 font 'sans,8' linewidth 0.7 }
if (term eq 'txt') { set terminal dumb size text_columns, 10 + 14 * rows }
if (term eq 'txt' && text_colour) { set terminal dumb ansi256 }
# Sizes of text beside the terminal's own.
font_large = term eq 'pdf' ? ',9.5' : ',14'
font_panel = term eq 'pdf' ? ',8' : ',12'
font_small = term eq 'pdf' ? ',7' : ',10'
set output output

set datafile separator comma
set datafile missing ''
set encoding utf8
set border 3 lw 0.8
set grid y lc rgb '#808080' lw 0.3 dt 1
set style fill solid 0.18 noborder

# Where panel p stands; `eval place(p)` before it is drawn. The blocks of the CSV file: block(panel, group).
column_width = (width - left - right - (columns - 1) * gap_x) / columns
left_of(p) = left + ((p - 1) % columns) * (column_width + gap_x)
top_of(p) = head + ((p - 1) / columns) * (row_height + gap_y)
at_screen(l, r, t, b) = sprintf('set lmargin at screen %f; set rmargin at screen %f; set tmargin at screen %f; set bmargin at screen %f', \
    l / width, r / width, 1 - t / height, 1 - b / height)
place(p) = at_screen(left_of(p), left_of(p) + column_width, top_of(p), top_of(p) + row_height)
block(p, g) = (p - 1) * groups + g
in_left_column(p) = (p - 1) % columns == 0
in_last_row(p) = p + columns > panels

# Above the panels stand the title and one key: a plot of its own without axes, of no points. A figure gives its
# entries (`plot [0:1][0:1] for [g = 1:groups] NaN with ... title group_title[g] noenhanced`), then says `eval panels_begin`.
set multiplot
unset border
unset tics
unset grid
eval at_screen(left, width - right, 30., 60.)
set label 1 title noenhanced at screen left / width, screen 1 - 18. / height left font font_large
set key at screen left / width, screen 1 - 30. / height left top horizontal Left reverse samplen 2.6 width 1
panels_begin = 'unset key; unset label 1; set border 3; set xtics nomirror out scale 0.5 offset 0, 0.3; set ytics nomirror out scale 0.5; set grid y'
