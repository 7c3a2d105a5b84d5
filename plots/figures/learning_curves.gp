# SPDX-License-Identifier: MIT
# title: Learning curves
# caption: Loss on the validation data during training. Thin lines are single trials; the mean ends where the first of them stopped. The axis is scaled to the values after the first twentieth of the steps, or to all if these leave enough room; higher values are cut off. On a logarithmic axis a loss of 0 lies on the lower edge.
# data: curves x=step y=valid_loss group=cell panel=task,matching one=gap interval=student means=complete
# xlabel: training step
# ylabel: validation loss

key_with = 'lines'
# The losses of tasks differ, so each panel has its own y axis. The first losses of a network, or the interval of a few
# seeds, would make the other lines flat, so the axis is chosen from the later values of single trials. If the steps have
# a log axis, which gives the beginning more room, the first losses are shown too, provided that the losses also have a
# log axis or that a quarter of the height is left for the later values.
do for [pass = 1:2] {
    eval pass_begin
    do for [p = 1:panels] {
        eval place(p)
        low = panel_least[p]
        whole = log_x && (log_between(low, panel_top[p]) || panel_top[p] - low <= 4 * (panel_most[p] - low))
        high = whole ? panel_top[p] : panel_most[p]
        eval y_axis(low, high)
        y_floor = low > 0 && log_between(low, high) ? low / (high / low) ** 0.06 : low - 0.06 * (high - low)
        y_ceiling = log_between(low, high) ? high * (high / low) ** 0.06 : high + 0.06 * (high - low)
        clip(y) = !(high > low) ? y : y < y_floor ? y_floor : y > y_ceiling ? y_ceiling : y
        lifted(y) = y_logged && y < y_floor ? y_floor : y
        if (panel_finite[p]) { plot @BAND, @TRIALS, @CURVES } else { eval empty_panel }
        eval placed
    }
    eval pass_end
}
