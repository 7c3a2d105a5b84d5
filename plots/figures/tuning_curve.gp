# SPDX-License-Identifier: MIT
# title: Sensitivity to the tuned setting
# caption: Lowest validation loss of every trial of the tuning stage by the tuned setting; every seed is a dot, and lines connect the means. All arms tried the same values.
# data: runs x=lr y=valid_loss group=cell panel=task,matching interval=mean stage=tune
# ylabel: validation loss

do for [pass = 1:2] {
    eval pass_begin
    do for [p = 1:panels] {
        eval place(p)
        eval y_axis(panel_least[p], panel_most[p])
        if (panel_finite[p]) { plot @DOTS, @LINES } else { eval empty_panel }
        eval placed
    }
    eval pass_end
}
