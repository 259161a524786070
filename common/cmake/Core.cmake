# SPDX-License-Identifier: Apache-2.0
# rlc_add_core(<name> <file>...): a static library of pure decisions, and a test that its undefined
# symbols stay within the allow-list of purity.cmake (no clock, no I/O, no allocation).
function(rlc_add_core name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PRIVATE rlc_flags PUBLIC rlc_pure)
  if(BUILD_TESTING AND NOT RLC_SANITIZE)
    add_test(NAME purity.${name}
      COMMAND ${CMAKE_COMMAND} -DARCHIVE=$<TARGET_FILE:${name}> -DNM=${CMAKE_NM}
              -P ${PROJECT_SOURCE_DIR}/common/cmake/purity.cmake)
    set_tests_properties(purity.${name} PROPERTIES LABELS unit TIMEOUT 30)
  endif()
endfunction()
