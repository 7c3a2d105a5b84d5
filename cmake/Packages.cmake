# SPDX-License-Identifier: MIT
# Debian packages by CPack: libgatebench0 (the shared library), libgatebench-dev (headers and examples), gatebench (the
# program with its recipes and figures). Made from a build for /usr, which the preset `package` is:
#   cmake --preset package && cmake --build --preset package && cpack --preset deb
set(GATEBENCH_MAINTAINER "The gatebench authors <gatebench@localhost>" CACHE STRING "Maintainer of the packages: Name <address>")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME gatebench)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Recurrent neural networks compared: RNN, LSTM, GRU and their kin")
set(CPACK_PACKAGE_VENDOR "The gatebench authors")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/CompressManuals.cmake)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
    WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL libgatebench0 libgatebench-dev gatebench)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${GATEBENCH_MAINTAINER})
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_LIBRARY_OUTPUT_DIRECTORY})
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)

set(CPACK_DEBIAN_LIBGATEBENCH0_PACKAGE_NAME libgatebench0)
set(CPACK_DEBIAN_LIBGATEBENCH0_PACKAGE_SECTION libs)
# What programs built against the library depend on: before 1.0 the interface may change with any version. And a trigger
# instead of the scripts that CPack would write to run ldconfig.
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/packages/shlibs
     CONTENT "libgatebench ${PROJECT_VERSION_MAJOR} libgatebench0 (= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})\n")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/packages/triggers CONTENT "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_LIBGATEBENCH0_PACKAGE_CONTROL_EXTRA ${CMAKE_BINARY_DIR}/packages/shlibs
    ${CMAKE_BINARY_DIR}/packages/triggers)
set(CPACK_DEBIAN_LIBGATEBENCH0_DESCRIPTION "RNN, LSTM, GRU and their variants, each as plain C in single and double
precision and on oneDNN, with models, optimizers and exact gradients.
.
This package contains the shared library.")

set(CPACK_DEBIAN_LIBGATEBENCH-DEV_PACKAGE_NAME libgatebench-dev)
set(CPACK_DEBIAN_LIBGATEBENCH-DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBGATEBENCH-DEV_PACKAGE_SHLIBDEPS OFF)
set(CPACK_COMPONENT_LIBGATEBENCH-DEV_DEPENDS libgatebench0)
set(CPACK_DEBIAN_LIBGATEBENCH-DEV_DESCRIPTION "RNN, LSTM, GRU and their variants, each as plain C in single and double
precision and on oneDNN, with models, optimizers and exact gradients.
.
This package contains the headers, the files for CMake and pkg-config, and
examples.")

set(CPACK_DEBIAN_GATEBENCH_PACKAGE_NAME gatebench)
set(CPACK_DEBIAN_GATEBENCH_PACKAGE_SECTION science)
set(CPACK_DEBIAN_GATEBENCH_PACKAGE_DEPENDS "gnuplot-nox | gnuplot")
set(CPACK_DEBIAN_GATEBENCH_PACKAGE_RECOMMENDS "bible-kjv, dataset-fashion-mnist")
set(CPACK_COMPONENT_GATEBENCH_DEPENDS libgatebench0)
set(CPACK_DEBIAN_GATEBENCH_DESCRIPTION "Compares RNN, LSTM and GRU by scripted experiments: recipes describe trials,
results go to HDF5 files, statistics say in words what holds, and gnuplot
draws the figures of an HTML report.")

# What Debian wants beside every package: its licence and what changed.
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/packages/changelog.Debian CONTENT
"gatebench (${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * Packaged by CPack.

 -- ${GATEBENCH_MAINTAINER}  ${date}
")
execute_process(COMMAND gzip -9nf ${CMAKE_BINARY_DIR}/packages/changelog.Debian)
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  set(folder ${CMAKE_INSTALL_DATADIR}/doc/${component})
  install(FILES LICENSE DESTINATION ${folder} RENAME copyright COMPONENT ${component})
  install(FILES ${CMAKE_BINARY_DIR}/packages/changelog.Debian.gz DESTINATION ${folder} COMPONENT ${component})
endforeach()
include(CPack)
