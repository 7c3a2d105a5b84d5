# SPDX-License-Identifier: MIT
# title: Training speed against matrix products
# caption: Operations a second of one layer's training pass, those of its matrix products alone; every repeat is a dot. The line is the best large matrix product of the same minutes: no layer can be faster.
# data: metrics metric=train_gflops x=hidden y=value/gflops group=cell panel=matching one=input,length,batch interval=median
# xlabel: hidden units
# ylabel: billions of operations a second
# like: metric_by_setting

dots = 1
