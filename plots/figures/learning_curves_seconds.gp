# SPDX-License-Identifier: MIT
# title: Learning curves by core time
# caption: Loss on the validation data by the core seconds that a trial had used; thin lines are single trials, the mean goes through the mean of both at each validation. Times are those of cores that trials shared.
# data: curves x=cpu_seconds y=valid_loss group=cell panel=task,matching one=gap interval=student along=step means=complete
# xlabel: core time (s)
# ylabel: validation loss
# like: learning_curves
