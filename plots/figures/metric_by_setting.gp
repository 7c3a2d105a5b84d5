# SPDX-License-Identifier: MIT
# title: A number of the trials by a swept setting
# caption: Each line is the mean over seeds at each value of the setting on the axis; bars are its interval.
# data: runs x=seed y=parameters group=cell interval=student
#
# The general figure: "<number>_by_<setting>", also "..._per_<group>" and "..._in_<panel>", draws any number of /runs by
# any numeric setting, such as accuracy_by_length. x= and y= above only fill the place.

do for [pass = 1:2] {
    eval pass_begin
    do for [p = 1:panels] {
        eval place(p)
        eval y_axis(y_least, y_most)
        if (panel_finite[p]) { plot @BARS, @DOTS, @LINES } else { eval empty_panel }
        eval placed
    }
    eval pass_end
}
