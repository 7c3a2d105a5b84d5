# SPDX-License-Identifier: MIT
# title: Lyapunov spectra
# caption: Lyapunov exponents of the trained and the untrained network along sequences of its task, by rank. Above 0 a direction of the state expands, below 0 it contracts.
# data: metrics metric=spectrum_initial,spectrum x=x/rank y=value/exponent group=cell panel=init,metric interval=student
# xlabel: rank
# ylabel: exponent (nats per step)
# label: metric/spectrum = after training
# label: metric/spectrum_initial = before training

key_with = 'lines'
log_x = 0
x_tics = linear_tics
x_range = sprintf('set xrange [%g:%g]', x_least, x_most)
do for [pass = 1:2] {
    eval pass_begin
    do for [p = 1:panels] {
        eval place(p)
        eval y_axis(smaller(panel_least[p], 0), larger(panel_top[p], 0))
        if (panel_finite[p]) { plot 0 with lines lw 0.9 lc rgb faint dt (2,2) notitle, @BAND, @TRIALS, @CURVES } else { eval empty_panel }
        eval placed
    }
    eval pass_end
}
