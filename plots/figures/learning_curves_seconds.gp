# SPDX-License-Identifier: MIT
# title: Learning curves by core time
# caption: Loss on the validation data by the core seconds used so far. Thin lines are single trials; at each validation the mean curve is at the mean loss and the mean time. Times were measured while trials shared the cores.
# data: curves x=cpu_seconds y=valid_loss group=cell panel=task,matching one=gap interval=student along=step means=complete
# xlabel: core time (s)
# ylabel: validation loss
# like: learning_curves
