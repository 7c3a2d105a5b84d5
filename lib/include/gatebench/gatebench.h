/* SPDX-License-Identifier: MIT */
/* libgatebench: recurrent cells on a reference and a oneDNN backend, and training them. Includes every public
 * header. */
#ifndef GATEBENCH_H
#define GATEBENCH_H

#include "gatebench/cell.h"
#include "gatebench/cell_maths.h"
#include "gatebench/context.h"
#include "gatebench/layer.h"
#include "gatebench/model.h"
#include "gatebench/probe.h"
#include "gatebench/random.h"
#include "gatebench/status.h"
#include "gatebench/train.h"

#endif
