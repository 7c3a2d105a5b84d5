# SPDX-License-Identifier: MIT
# title: What the memory gates keep, word by word
# caption: One test sentence as a trained network reads it: columns are words, rows are units. The colour is the share of its state that the memory gate of the unit (LSTM: forget gate; GRU: update gate) keeps at that word. Rows are sorted by their mean share.
# data: metrics metric=memory_kept/* x=part/word y=value/kept group=x panel=cell one=seed,gap,length interval=dots
# xlabel:
# ylabel: units
#
# A group is a unit, named by its rank; a word is named by its step and its text, "3 bit".

columns = categories > 24 ? 1 : smaller(panels, 3)
end_labels = 0
key_with = ''
panel_lines = larger(6, smaller(18, 0.6 * groups))
x_range = sprintf('set xrange [0.5:%g]', categories + 0.5)
word_of(s) = strstrt(s, ' ') ? s[strstrt(s, ' ') + 1:*] : s
every = is_text ? 1 + int(6. * categories / panel_width) : 1 + int(categories * line / panel_width)
x_tics = ''
do for [i = 1:categories] {
    category_title[i] = (i - 1) % every ? '' : tic(fit(word_of(category[i]), is_text ? 5 : 14))
    x_tics = x_tics.sprintf('%scategory_title[%d] %d', i > 1 ? ', ' : '', i, i)
}
x_tics = 'set xtics noenhanced scale 0 ('.x_tics.')'.(is_text ? '' : ' rotate by 90 right offset 0, -0.2')
room_for_scale = is_text ? 0 : 7 * letter
FIELDS = 'for [g = 1:groups] data index seed_block[block(p, g)] using 4:(-g):($4 - 0.5):($4 + 0.5):(-g - 0.5):(-g + 0.5):5 with boxxyerror lc palette fs solid 1 noborder notitle'
LETTERS = 'for [g = 1:groups] data index seed_block[block(p, g)] using 4:(-g):(sprintf("%d", int(9.999 * $5))) with labels notitle'
do for [pass = 1:2] {
    eval pass_begin
    unset grid; unset border; unset ytics; set style fill solid 1 noborder
    set cbrange [0:1]; set cbtics 0.5 scale 0 tc rgb ink font font_small
    do for [p = 1:panels] {
        eval place(p)
        set yrange [-groups - 0.5:-0.5]
        eval scale_of(p)
        if (is_text) { plot @LETTERS } else { if (panel_finite[p]) { plot @FIELDS } else { eval empty_panel } }
        eval placed
    }
    eval pass_end
}
