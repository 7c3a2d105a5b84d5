# SPDX-License-Identifier: MIT
# title: Speed by hidden size
# caption: Milliseconds of one layer, both axes logarithmic; every repeat is a dot. A training pass is forward and backward with every gradient; a streaming step is one step of one sequence. At equal parameters the GRU is wider than the LSTM of its pair. The results' column timing_others has the number of cores that other programs used meanwhile.
# data: metrics metric=train_ms,forward_ms,step_ms x=hidden y=value/milliseconds group=cell panel=metric,matching one=input,length,batch interval=median
# xlabel: hidden units
# ylabel: milliseconds
# label: metric/train_ms = training
# label: metric/forward_ms = inference
# label: metric/step_ms = streaming

log_x = 1
if (panels == 6 && !is_text) { columns = 2 } # a row each pass, a column each matching
dots = 1
end_labels = 0
do for [pass = 1:2] {
    eval pass_begin
    set logscale xy
    do for [p = 1:panels] {
        eval place(p)
        set yrange [panel_least[p] / 1.4:panel_most[p] * 1.4]
        set format y '%g'
        # 1, 2 and 5 of each power of ten, or the powers alone where they are many: gnuplot's versions choose differently
        many = panel_most[p] / panel_least[p] > 100
        set ytics ()
        do for [e = int(floor(log10(panel_least[p]))):int(floor(log10(panel_most[p]))) + 1] { do for [m in '1 2 5'] {
            at = real(m) * 10. ** e
            if (at >= panel_least[p] / 1.4 && at <= 1.4 * panel_most[p] && (!many || m eq '1')) { set ytics add (sprintf('%g', at) at) }
        } }
        if (panel_finite[p]) { plot @DOTS, @LINES } else { eval empty_panel }
        eval placed
    }
    eval pass_end
}
