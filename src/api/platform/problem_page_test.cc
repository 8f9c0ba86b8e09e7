#include "api/platform/problem_page.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace carillon::api {
namespace {

TEST(ProblemReference, is_fresh) {
  const std::string path = std::string(CARILLON_TEST_DATA) + "/../../docs/reference/problems.md";
  if (std::getenv("CARILLON_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << problem_reference();
  std::stringstream kept;
  kept << std::ifstream(path).rdbuf();
  EXPECT_EQ(problem_reference(), kept.str())
      << "If the change is meant, run this test again with CARILLON_UPDATE_GOLDEN=1 and commit "
      << path;
}

}  // namespace
}  // namespace carillon::api
