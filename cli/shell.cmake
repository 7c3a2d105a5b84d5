# SPDX-License-Identifier: MIT
# What a shell wants of an installed program, made by the program itself when it is installed or packaged: completion,
# man pages (where help2man is there), and the schema of recipes. Not in every build: it takes seconds after each link.
set(made ${CMAKE_CURRENT_BINARY_DIR}/shell)
file(MAKE_DIRECTORY ${made})
set(outputs "")
install(CODE "set(build \"${CMAKE_BINARY_DIR}\")")
install(CODE [[
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${build}" --target gatebench_shell
                OUTPUT_VARIABLE said ERROR_VARIABLE said RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "completion and man pages could not be made:\n${said}")
endif()]])

# gatebench_made(<file> <folder> WORDS...): a file that `gatebench WORDS` prints, installed into a folder.
function(gatebench_made file folder)
  add_custom_command(OUTPUT ${made}/${file} COMMAND gatebench-cli ${ARGN} > ${made}/${file}
                     DEPENDS gatebench-cli VERBATIM)
  install(FILES ${made}/${file} DESTINATION ${folder})
  set(outputs ${outputs} ${made}/${file} PARENT_SCOPE)
endfunction()
gatebench_made(gatebench ${CMAKE_INSTALL_DATADIR}/bash-completion/completions completion bash)
gatebench_made(_gatebench ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions completion zsh)
gatebench_made(gatebench.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d completion fish)
gatebench_made(recipe.schema.json ${CMAKE_INSTALL_DATADIR}/gatebench config --schema)

find_program(HELP2MAN help2man DOC "Makes man pages from --help (Debian: help2man)")
mark_as_advanced(HELP2MAN)
if(HELP2MAN)
  # gatebench_man(<page> <summary> WORDS...): the man page of `gatebench WORDS`. help2man hands the program to a shell,
  # which would part its path at spaces: it runs in the program's folder.
  function(gatebench_man page summary)
    list(JOIN ARGN " " words)
    add_custom_command(OUTPUT ${made}/${page}.1
      COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C.UTF-8 ARGP_HELP_FMT=rmargin=78,no-dup-args-note
              ${HELP2MAN} --no-info --section=1 "--name=${summary}" --manual=gatebench
              --version-string=${PROJECT_VERSION} --output=${made}/${page}.1 "./$<TARGET_FILE_NAME:gatebench-cli> ${words}"
      # `man -k` takes one word for the name of a page
      COMMAND sed -i -E "/^\\.SH NAME/{n;s/^gatebench ([a-z]+) /gatebench-\\1 /}" ${made}/${page}.1
      # lines of examples stay lines, and options stand under a heading
      COMMAND sed -i -z -E [=[s/(\n\.IP)((\n(gatebench|source) [^\n]*)+)/\1\n.nf\2\n.fi/g; s/\n\.TP\n(\\-)/\n.SH OPTIONS\n.TP\n\1/]=]
              ${made}/${page}.1
      WORKING_DIRECTORY $<TARGET_FILE_DIR:gatebench-cli>
      DEPENDS gatebench-cli VERBATIM)
    install(FILES ${made}/${page}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
    set(outputs ${outputs} ${made}/${page}.1 PARENT_SCOPE)
  endfunction()
  file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/commands.def lines REGEX "^COMMAND\\(")
  gatebench_man(gatebench "${PROJECT_DESCRIPTION}" "")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "^COMMAND\\(([a-z]+), \"(.*)\"\\)" line "${line}")
    gatebench_man(gatebench-${CMAKE_MATCH_1} "${CMAKE_MATCH_2}" ${CMAKE_MATCH_1})
  endforeach()
endif()
add_custom_target(gatebench_shell DEPENDS ${outputs})
