# Puts a text file into the program as a string_view.
#
#   carillon_embed(sources FILE schema/openapi.json NAMESPACE carillon::api CONSTANT kOpenApiJson)
#
# appends a generated source to the list `sources`. A change of the file configures again.
function(carillon_embed sources)
  cmake_parse_arguments(ARG "" "FILE;NAMESPACE;CONSTANT" "" ${ARGN})
  get_filename_component(path ${ARG_FILE} ABSOLUTE)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  file(READ ${path} text)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${ARG_CONSTANT}.cc)
  file(CONFIGURE OUTPUT ${generated} @ONLY CONTENT
"#include <string_view>

namespace @ARG_NAMESPACE@ {
extern const std::string_view @ARG_CONSTANT@;
const std::string_view @ARG_CONSTANT@ = R\"carillon_file(@text@)carillon_file\";
}  // namespace @ARG_NAMESPACE@
")
  # Compilers must accept 64 KiB of literal and accept far more.
  set_source_files_properties(${generated} PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
  set(${sources} ${${sources}} ${generated} PARENT_SCOPE)
endfunction()
