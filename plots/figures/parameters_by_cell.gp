# SPDX-License-Identifier: MIT
# title: Where the parameters are
# caption: Parameters of one recurrent layer, split by what they compute; bars are stacked.
# data: metrics metric=parameters_by_gate/* x=cell y=value/parameters group=part panel=bias one=input,hidden interval=stack
# label: bias/keras = counted as Keras does
# label: bias/pytorch = counted as PyTorch does
# label: bias/onednn = counted as oneDNN does
# label: bias/paper = counted as the cell's paper does
# label: */c = candidate
# label: gru*/o = candidate
# label: rnn*/h = candidate
# label: lstm*/o = output gate
# label: */i = input gate
# label: */f = forget gate
# label: gru*/u = update gate
# label: gru*/r = reset gate

array gate_colour[6] = ['#808080', '#0072B2', '#D55E00', '#009E73', '#E69F00', '#CC79A7']
set style fill solid 0.85 noborder
set key samplen 1
plot [0:1][0:1] for [g = 1:groups] NaN with boxes lc rgb gate_colour[(g - 1) % 6 + 1] title group_title[g] noenhanced
eval panels_begin

set xrange [0.4:categories + 0.6]
set yrange [0:y_most * 1.08]
set xtics ()
do for [i = 1:categories] { set xtics add (category[i] i) }
set xtics noenhanced scale 0
if (categories > 3) set xtics rotate by 25 right offset 0.8, 0.1
set boxwidth 0.62

do for [p = 1:panels] {
    eval place(p)
    set title panel_title[p] noenhanced font font_panel offset 0, -0.6
    if (in_left_column(p)) { set ylabel 'parameters' offset 1; set format y '%.0f' } else { unset ylabel; set format y '' }
    do for [i = 1:categories] {
        total = bar_total[(p - 1) * categories + i]
        set label i + 10 (total == total ? sprintf('%.0f', total) : '') at i, (total == total ? total : 0) center offset 0, 0.6 font font_small
    }
    if (panel_finite[p]) {
        plot for [g = 1:groups] data index mean_block[block(p, g)] using 4:5:($4 - 0.31):($4 + 0.31):6:7 with boxxyerror lc rgb gate_colour[(g - 1) % 6 + 1] notitle
    } else {
        set label 3 'no finite data' at graph 0.5, 0.5 center
        plot [1:2][0:1] NaN notitle
        unset label 3
    }
}
unset multiplot
