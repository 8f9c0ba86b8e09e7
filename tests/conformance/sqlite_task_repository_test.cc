#include "adapters/embedded/sqlite/sqlite_task_repository.h"

#include "adapters/embedded/sqlite/temporary_folder.h"
#include "conformance/task_repository_conformance.h"

namespace carillon {
namespace {

class SqlitePlace final : public RepositoryUnderTest {
 public:
  SqlitePlace() { reopen(); }
  TaskRepository& get() override { return *repository_; }
  void reopen() override {
    repository_.reset();
    auto opened = SqliteTaskRepository::open(folder_.path("views.db"));
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    EXPECT_EQ(opened->warning, "");
    repository_ = std::move(opened->repository);
  }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<SqliteTaskRepository> repository_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, TaskRepositoryConformance, testing::Values(MakeRepository([] {
                           return std::unique_ptr<RepositoryUnderTest>(new SqlitePlace);
                         })));

}  // namespace
}  // namespace carillon
