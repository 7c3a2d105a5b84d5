# SPDX-License-Identifier: MIT
# title: Learning curves
# caption: Loss on the validation data during training. Thin lines are single trials; the mean ends where the first of them stopped. The axis is scaled to the values after the first twentieth of the steps, or to all if these leave enough room; higher values are cut off. On a logarithmic axis a loss of 0 lies on the lower edge.
# data: curves x=step y=valid_loss group=cell panel=task,matching one=gap interval=student means=complete
# xlabel: training step
# ylabel: validation loss

key_with = 'lines'
# Tasks differ in their losses, so each panel has a y axis of its own. A network that knows nothing yet, or an interval of
# few seeds, would press the lines together, so the trials after that decide. Where steps have a log axis, which gives the
# beginning more room, all of it is shown if losses have one too or a quarter of the height is left to what follows.
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
