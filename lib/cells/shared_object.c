/* SPDX-License-Identifier: MIT */
/* Cells from a shared object. */
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "core/context.h"
#include "gatebench/cell_maths.h"

static gb_status register_all(gb_context *context, const char *path, const gb_cell_library *library) {
    if (!library || library->cell_size != sizeof(gb_cell_f64)) {
        return gb_fail(context, GB_DATA,
                       library ? "%s: it was compiled with headers of another version of gatebench; compile it again"
                               : "%s: it exports no gatebench_cells (gatebench/cell_maths.h: gb_cell_library)",
                       path);
    }
    gb_status status = GB_OK;
    for (size_t i = 0; i < library->count && status == GB_OK; i++)
        status = gb_context_register_cell(context, library->f32[i], library->f64[i]);
    return status;
}

gb_status gb_context_load_cells(gb_context *context, const char *path) {
    char file[PATH_MAX]; /* with a slash, or dlopen() would search the system's folders */
    snprintf(file, sizeof file, "%s%s", strchr(path, '/') ? "" : "./", path);
    void *object = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!object)
        return gb_fail(context, GB_DATA, "%s; a shared object with cells is made by cc -shared -fPIC", dlerror());
    const gb_status status = register_all(context, path, dlsym(object, "gatebench_cells"));
    dlclose(object); /* RTLD_NODELETE: the cells stay */
    return status;
}
