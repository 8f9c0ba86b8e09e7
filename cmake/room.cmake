# Declares a room: its library, its unit tests and its link check, in one call.
#
#   carillon_room(domain_cron
#     USES base                          # rooms it may include; linked PUBLIC
#     THIRD_PARTY cctz                   # names from cmake/dependencies.cmake; linked PRIVATE
#     SOURCES cron_expression.cc         # listed by hand, never globbed: a new file is a decision
#     TESTS cron_expression_test.cc      # become one test program, build/tests/<room>_test
#     TEST_USES tests_support)           # rooms that only the tests need
#
# The room is linked alone against only what it names (target <room>_link_check), so a forbidden
# dependency that slips past the include rules still breaks the build.
function(carillon_room name)
  cmake_parse_arguments(
    ARG "" "" "USES;THIRD_PARTY;SOURCES;TESTS;TEST_USES;TEST_THIRD_PARTY" ${ARGN})
  set(third_party ${ARG_THIRD_PARTY})
  list(TRANSFORM third_party PREPEND third_party::)
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC carillon_options ${ARG_USES} PRIVATE ${third_party})

  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/${name}_link_check.cc "int main() { return 0; }\n")
  add_executable(${name}_link_check ${CMAKE_CURRENT_BINARY_DIR}/${name}_link_check.cc)
  target_link_libraries(${name}_link_check PRIVATE
    "$<LINK_LIBRARY:WHOLE_ARCHIVE,${name}>" ${ARG_USES} ${third_party})
  set_target_properties(${name}_link_check PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/link_checks)

  if(ARG_TESTS)
    set(test_third_party ${ARG_TEST_THIRD_PARTY})
    list(TRANSFORM test_third_party PREPEND third_party::)
    add_executable(${name}_test ${ARG_TESTS})
    target_link_libraries(${name}_test PRIVATE
      ${name} ${ARG_TEST_USES} ${third_party} ${test_third_party} third_party::gtest)
    target_compile_definitions(${name}_test PRIVATE
      CARILLON_TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}")
    # The tests themselves, not what they test: half of the time that a compiler takes for them.
    target_compile_options(${name}_test PRIVATE -O0)
    set_target_properties(${name}_test PROPERTIES
      RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 120)
  endif()
endfunction()
