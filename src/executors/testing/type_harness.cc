#include "executors/testing/type_harness.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>
#include <sstream>
#include <thread>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace carillon::testing {
namespace {

class NoReports final : public AttemptReports {
 public:
  void progress(const TaskId&, AttemptProgress) override {}
  void finished(const TaskId&, AttemptFinished) override {}
  void offer(const QueueName&, WorkerCredit) override {}
};

std::string type_of(std::string_view parameters) {
  const auto value = boost::json::parse({parameters.data(), parameters.size()});
  return std::string(value.at("type").as_string());
}

AddressGuard guard_of(const ExecutorOptions& options) {
  return AddressGuard::allowing(options.network.allow).value();
}

}  // namespace

Instant RealClock::wall() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Instant::from_unix_ms(
      std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

std::int64_t RealClock::monotonic_ns() const {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "executors.XXXXXX").string();
  path_ = mkdtemp(name.data());
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryDirectory::path(std::string_view below) const {
  return below.empty() ? path_.string() : (path_ / below).string();
}

void TemporaryDirectory::write(std::string_view below, std::string_view text) const {
  std::filesystem::create_directories((path_ / below).parent_path());
  std::ofstream(path_ / below, std::ios::binary) << text;
}

std::string TemporaryDirectory::read(std::string_view below) const {
  std::ostringstream text;
  text << std::ifstream(path_ / below, std::ios::binary).rdbuf();
  return text.str();
}

bool TemporaryDirectory::has(std::string_view below) const {
  return std::filesystem::exists(std::filesystem::symlink_status(path_ / below));
}

Result<PrunedHistory> FakePruner::prune(Instant now, PruneMode mode) {
  calls.push_back(mode);
  return PrunedHistory{.runs = 7, .logs = 9, .before = now - Duration::days(30)};
}

Result<RunFigures> FakeStatistics::figures(Instant from, Instant to) const {
  asked_from = from;
  asked_to = to;
  return answer;
}

void FakeLogs::append(const AttemptId&, Instant at, LogStream stream, std::string text) {
  const std::scoped_lock lock(mutex_);
  lines_.push_back({.sequence = lines_.size() + 1, .at = at, .stream = stream, .text = text});
}

Result<std::vector<LogLine>> FakeLogs::read(const AttemptId&, std::uint64_t, std::size_t) const {
  const std::scoped_lock lock(mutex_);
  return lines_;
}

Result<std::uint64_t> FakeLogs::forget_before(Instant) { return 0; }

std::string FakeLogs::text(LogStream stream) const {
  const std::scoped_lock lock(mutex_);
  std::string text;
  for (const LogLine& line : lines_) {
    if (line.stream == stream) text += line.text + "\n";
  }
  return text;
}

TypeHarness::TypeHarness(const Adjust& adjust)
    : options([&] {
        ExecutorOptions made;
        made.files.data_root = directory.path();
        if (adjust) adjust(made);
        return made;
      }()),
      files_(SandboxedFiles::open(options.files).value()),
      transfers_(guard_of(options)),
      types_(TypeRegistry::built_in({.options = options,
                                     .files = files_,
                                     .transfers = transfers_,
                                     .pruner = pruner,
                                     .statistics = statistics})) {
  dispatched.attempt.run.task = *parse_task_id("018f0000-0000-7000-8000-000000000001");
  dispatched.attempt.run.number = 4;
  dispatched.attempt.number = 1;
  dispatched.name = "probe";
  dispatched.deadline = clock.wall() + Duration::minutes(2);
}

Result<void> TypeHarness::validate(std::string_view parameters) const {
  return types_.validate(type_of(parameters), parameters);
}

AttemptEnding TypeHarness::run(std::string_view parameters) {
  dispatched.type = type_of(parameters);
  dispatched.parameters = JsonText(std::string(parameters));
  NoReports reports;
  const ExecutionPorts ports{
      .types = types_, .transfers = transfers_, .reports = reports, .logs = logs, .clock = clock};
  auto input = prepare_input(types_, dispatched);
  if (!input) {
    return Failed{.code = "refused", .message = input.error().message, .repeat = Repeat::useless};
  }
  const auto session = std::make_shared<AttemptSession>(
      ports, dispatched, std::move(*input),
      AttemptLife{.stop = stop, .is_running = [] { return true; }});
  const TaskType* type = types_.find(dispatched.type);
  if (const auto* run_handler = std::get_if<RunHandler>(&type->handler)) {
    return (*run_handler)(session->context);
  }
  std::promise<AttemptEnding> ended;
  std::get<StartHandler>(type->handler)(
      std::shared_ptr<AttemptContext>(session, &session->context),
      [&](AttemptEnding ending) { ended.set_value(std::move(ending)); });
  AttemptEnding ending = ended.get_future().get();
  transfers_.flush();  // The callback's closure is gone, and with it what it holds.
  return ending;
}

AttemptEnding TypeHarness::run_and(std::string_view parameters,
                                   const std::function<void()>& meanwhile) {
  auto ending = std::async(std::launch::async, [&] { return run(parameters); });
  meanwhile();
  return ending.get();
}

boost::json::object completed(const AttemptEnding& ending) {
  if (const auto* done = std::get_if<Completed>(&ending)) return done->result.as_object();
  if (const auto* failure = std::get_if<Failed>(&ending)) {
    ADD_FAILURE() << "failed: " << failure->code << ": " << failure->message;
  } else {
    ADD_FAILURE() << "cancelled";
  }
  return {};
}

Failed failed(const AttemptEnding& ending) {
  if (const auto* failure = std::get_if<Failed>(&ending)) return *failure;
  ADD_FAILURE() << "not failed";
  return {};
}

bool is_cancelled(const AttemptEnding& ending) { return std::holds_alternative<Cancelled>(ending); }

bool eventually(const std::function<bool()>& condition) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < limit) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return condition();
}

}  // namespace carillon::testing
