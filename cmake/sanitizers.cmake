# ASan with UBSan, or TSan, over every program of the build; their settings: tools/sanitizers.
# Dependencies stay as they are, so what they do among themselves is not seen.
set(CARILLON_SLOW 1)  # How many times longer than in a release build a test may take.
if(CARILLON_SANITIZE STREQUAL "")
  return()
elseif(CARILLON_SANITIZE STREQUAL "asan")
  set(CARILLON_SLOW 4)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
  # Indexes of spans and vectors: beyond the size but within the capacity ASan sees nothing.
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
elseif(CARILLON_SANITIZE STREQUAL "tsan")
  set(CARILLON_SLOW 8)
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
else()
  message(FATAL_ERROR "CARILLON_SANITIZE is '${CARILLON_SANITIZE}'; it may be empty, asan or tsan.")
endif()
add_compile_options(-fno-omit-frame-pointer)

set(sanitizers ${PROJECT_SOURCE_DIR}/tools/sanitizers)
set(sanitizer_sources ${sanitizers}/defaults.cc)
carillon_embed(sanitizer_sources FILE ${sanitizers}/tsan_suppressions.txt
               NAMESPACE carillon::sanitizers CONSTANT kThreadSuppressions)
add_library(carillon_sanitizers OBJECT ${sanitizer_sources})
# They are called while the runtimes are not ready for calls from instrumented code yet.
target_compile_options(carillon_sanitizers PRIVATE -fno-sanitize=all)
# Into programs only: an archive would give them the same functions twice.
target_sources(carillon_options INTERFACE
  $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:$<TARGET_OBJECTS:carillon_sanitizers>>)
