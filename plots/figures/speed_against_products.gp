# SPDX-License-Identifier: MIT
# title: Training speed against matrix products
# caption: Operations per second of one layer's training pass, counting only its matrix products; every repeat is a dot. The line is the best large matrix product measured at the same time; no layer can be faster.
# data: metrics metric=train_gflops x=hidden y=value/gflops group=cell panel=matching one=input,length,batch interval=median
# xlabel: hidden units
# ylabel: billions of operations a second
# like: metric_by_setting

dots = 1
