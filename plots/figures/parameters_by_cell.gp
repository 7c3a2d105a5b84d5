# SPDX-License-Identifier: MIT
# title: Where the parameters are
# caption: Parameters of one recurrent layer, split by what they compute; bars are stacked.
# data: metrics metric=parameters_by_gate/* x=cell y=value/parameters group=part panel=bias one=input,hidden,length,gap,blanks interval=stack
# xlabel:
# ylabel: parameters
# label: bias/keras = counted as Keras does
# label: bias/pytorch = counted as PyTorch does
# label: bias/onednn = counted as oneDNN does
# label: bias/paper = counted as the cell's paper does
# label: */c = candidate
# label: gru*/o = candidate
# label: rnn*/h = candidate
# label: lstm*/o = output gate
# label: cifg/o = output gate
# label: */h = candidate
# label: */z = update gate
# label: */i = input gate
# label: */f = forget gate
# label: gru*/u = update gate
# label: gru*/r = reset gate

if (categories > 6) { columns = 1; if (theme eq 'paper' && width_inches == 0) { width = 497. } }
# A gate has its colour in every figure; those of cells of other programs share the last three.
array gate[6] = ['candidate', 'update gate', 'reset gate', 'input gate', 'forget gate', 'output gate']
array gate_colour[9] = [faint, blue, orange, green, '#E69F00', '#CC79A7', '#56B4E9', '#B8A500', purple]
gate_of(name) = int(sum [i = 1:6] (gate[i] eq name ? i : 0))
colour(g) = gate_colour[gate_of(group_name[g]) ? gate_of(group_name[g]) : 7 + g % 3]
# The totals are printed above the bars, in letters small enough not to overlap; they are omitted if these would be tiny.
digits = 1
do for [i = 1:panels * categories] { digits = larger(digits, is_number(bar_total[i]) ? strlen(sprintf('%g', bar_total[i])) : 1) }
total_size = smaller(0.87, panel_width / categories / (0.64 * font_size * (digits + 0.8)))
key_with = 'boxes'
key_style = 'lc rgb colour(g) fs transparent solid 0.85 noborder'
end_labels = 0
do for [pass = 1:2] {
    eval pass_begin
    set style fill transparent solid 0.85 noborder
    set yrange [0:y_most * 1.12]; set format y '%g'
    do for [p = 1:panels] {
        eval place(p)
        do for [i = 1:categories] {
            total = bar_total[(p - 1) * categories + i]
            set label i + 10 (is_number(total) && total_size > 0.45 ? sprintf('%g', total) : '') at i, (is_number(total) ? total : 0) center offset 0, 0.5 font font_of(total_size) tc rgb ink
        }
        if (panel_finite[p]) {
            plot for [g = 1:groups] data index mean_block[block(p, g)] using 4:5:($4 - 0.31):($4 + 0.31):6:7 with boxxyerror lc rgb colour(g) notitle
        } else { eval empty_panel }
        eval placed
    }
    eval pass_end
}
