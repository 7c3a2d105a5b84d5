# SPDX-License-Identifier: MIT
# title: Sequences until the criterion
# caption: Number of training sequences until a trial met the criterion of its experiment. Circles are seeds; the bar is the mean with its interval. Trials that did not meet the criterion are omitted.
# data: runs x=experiment y=sequences group=cell interval=student
# xlabel:
# ylabel: training sequences
# like: horizon
