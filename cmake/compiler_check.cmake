# Runs before project(): picks clang-19 when the user named nothing, and refuses g++ 12 and older,
# which miscompiles coroutines (temporaries in a co_await expression are destroyed twice).
if(NOT DEFINED CMAKE_CXX_COMPILER AND NOT DEFINED ENV{CXX})
  find_program(CARILLON_CLANGXX NAMES clang++-19 clang++-20 clang++-21 clang++-22)
  find_program(CARILLON_CLANG NAMES clang-19 clang-20 clang-21 clang-22)
  if(CARILLON_CLANGXX AND CARILLON_CLANG)
    set(CMAKE_CXX_COMPILER ${CARILLON_CLANGXX})
    set(CMAKE_C_COMPILER ${CARILLON_CLANG})
  else()
    message(FATAL_ERROR "carillon needs clang 19 or newer, and none was found.\n"
                        "Install it with: apt-get install clang-19 lld-19\n"
                        "or let ./dev build do it.")
  endif()
endif()
