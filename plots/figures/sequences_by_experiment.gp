# SPDX-License-Identifier: MIT
# title: Sequences until the criterion
# caption: Training sequences that each trial took until it met the criterion of its experiment; a circle is a seed, the bar the mean with its interval. Trials that did not meet it are left out.
# data: runs x=experiment y=sequences group=cell interval=student
# xlabel:
# ylabel: training sequences
# like: horizon
