# SPDX-License-Identifier: MIT
# title: How far beyond the training lengths
# caption: The largest sequence length up to which a trained network made no error. Circles are seeds; the bar is the mean with its interval.
# data: runs x=cell y=horizon group=cell panel=language,matching interval=student
# xlabel:
# ylabel: length without error

key_with = ''
end_labels = 0
SEEDS = 'for [g = 1:groups] data index seed_block[block(p, g)] using ($4 - 0.12):5 with points lt style[g] pt 6 ps 0.45 lw 0.7 notitle'
RANGES = 'for [g = 1:groups] data index mean_block[block(p, g)] using ($4 + 0.12):(bottom($6)):(0):($7 - bottom($6)) with vectors nohead lt style[g] dt 1 lw 2 notitle'
MEANS = 'for [g = 1:groups] data index mean_block[block(p, g)] using ($4 + 0.12):5 with points lt style[g] notitle'
do for [pass = 1:2] {
    eval pass_begin
    do for [p = 1:panels] {
        eval place(p)
        eval y_axis(y_least > 0 ? y_least : 0, y_most)
        if (panel_finite[p]) { plot @SEEDS, @RANGES, @MEANS } else { eval empty_panel }
        eval placed
    }
    eval pass_end
}
