# SPDX-License-Identifier: MIT
# title: Accuracy against parameters
# caption: A mark each arm: its mean accuracy, with its interval, by its number of parameters. The stepped line is the Pareto front: no arm on it is beaten by one with fewer parameters.
# data: runs x=parameters y=accuracy group=cell interval=student
# like: pareto
