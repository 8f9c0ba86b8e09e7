# Flags of our own rooms only: dependencies are SYSTEM and keep theirs.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR
    "g++ ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutines, so carillon refuses it.\n"
    "Install clang: apt-get install clang-19 lld-19, then remove the build folder and configure "
    "again with -DCMAKE_CXX_COMPILER=clang++-19, or run ./dev build.")
endif()

add_library(carillon_options INTERFACE)
target_include_directories(carillon_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(carillon_options INTERFACE CARILLON_VERSION="${PROJECT_VERSION}")
target_compile_options(carillon_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wimplicit-fallthrough -Wswitch-enum -Wunused -Werror
  # A designated initialiser that leaves a member out means the member's own default.
  -Wno-missing-designated-field-initializers -Wno-missing-field-initializers)

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
find_program(CARILLON_LLD NAMES ld.lld-19 ld.lld)
if(CARILLON_LLD)
  add_link_options(-fuse-ld=${CARILLON_LLD})
endif()
find_program(CARILLON_CCACHE ccache)
if(CARILLON_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CARILLON_CCACHE})
endif()
