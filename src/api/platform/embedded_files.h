// Files that are part of the program, put in by the build.
#pragma once

#include <string_view>

namespace carillon::api {

extern const std::string_view kOpenApiJson;  // schema/openapi.json
extern const std::string_view kDocsPage;     // src/api/platform/docs_page.html

}  // namespace carillon::api
