# SPDX-License-Identifier: Apache-2.0
# rlc_add_core(<name> <file>...): a static library of pure decisions, and a test that its undefined
# symbols stay within the allow-list of purity.cmake (no clock, no I/O, no allocation).
#
# The check reads what rlc_pure really defines, so a core may call our pure functions and no other
# function of ours. Sanitizers and coverage add symbols of their own: there is no check there.
set(RLC_PURITY_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/purity.cmake)

function(rlc_add_core name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PRIVATE rlc_flags)
  if(NOT name STREQUAL "rlc_pure")
    target_link_libraries(${name} PUBLIC rlc_pure)
  endif()
  if(BUILD_TESTING AND NOT RLC_SANITIZE)
    add_test(NAME purity.${name}
      COMMAND ${CMAKE_COMMAND} -DARCHIVE=$<TARGET_FILE:${name}> -DPURE=$<TARGET_FILE:rlc_pure>
              -DNM=${CMAKE_NM} -P ${RLC_PURITY_SCRIPT})
    set_tests_properties(purity.${name} PROPERTIES LABELS unit TIMEOUT 30)
  endif()
endfunction()
