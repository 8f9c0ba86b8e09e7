#include "tests/sim/world/seed_runner.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <tuple>

#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"

namespace carillon {
namespace {

// What the processes share: the next seed to take, and whether to take one at all.
struct Shared {
  std::atomic<std::uint64_t> next;
  std::atomic<bool> stop;
};

Shared* make_shared_memory() {
  void* const memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CARILLON_CHECK(memory != MAP_FAILED, "memory to share");
  return new (memory) Shared{};
}

// Fields of a line are parted by tabs; what they hold has none.
std::string plain(std::string text) {
  std::ranges::replace_if(text, [](char c) { return c == '\t' || c == '\n'; }, ' ');
  return text;
}

void write_line(int pipe, const std::string& line) {
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = ::write(pipe, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) std::_Exit(3);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

void write_findings(int pipe, std::uint64_t seed, const SeedFindings& findings) {
  const SeedSums& sums = findings.sums;
  std::string lines = fmt::format("sums\t{}\t{}\t{}\t{}\t{}\t{}\n", sums.worlds, sums.simulated_ms,
                                  sums.facts, sums.attempts, sums.commits, sums.slots);
  for (const SeedFailure& failure : findings.failures) {
    lines += fmt::format("broken\t{}\t{}\t{}\n", seed, plain(failure.promise), plain(failure.what));
  }
  for (const auto& [what, times] : findings.reached) {
    if (times > 0) lines += fmt::format("reached\t{}\t{}\n", plain(what), times);
  }
  write_line(pipe, lines + "end\n");
}

[[noreturn]] void work(Shared& shared, std::uint64_t end, int pipe, const SeedJob& job) {
  for (;;) {
    const std::uint64_t seed = shared.next.fetch_add(1);
    if (seed >= end || shared.stop.load()) std::_Exit(0);
    write_line(pipe, fmt::format("begin\t{}\n", seed));
    write_findings(pipe, seed, job(seed));
  }
}

std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields;
  for (std::size_t tab = line.find('\t'); tab != std::string_view::npos; tab = line.find('\t')) {
    fields.emplace_back(line.substr(0, tab));
    line.remove_prefix(tab + 1);
  }
  fields.emplace_back(line);
  return fields;
}

std::uint64_t number(const std::string& text) { return std::strtoull(text.c_str(), nullptr, 10); }

// One working process as its parent sees it.
struct Worker {
  pid_t process = -1;
  int pipe = -1;
  std::string unread;
  std::optional<std::uint64_t> seed;  // Begun and not ended.
};

class Search {
 public:
  Search(SeedRange range, OnFailure on_failure, const SeedJob& job)
      : end_(range.first + range.count),
        on_failure_(on_failure),
        job_(job),
        shared_(*make_shared_memory()) {
    shared_.next = range.first;
  }

  ~Search() { ::munmap(&shared_, sizeof(Shared)); }

  SeedReport run(unsigned processes) {
    for (unsigned i = 0; i < processes; ++i) start();
    while (!workers_.empty()) listen();
    std::ranges::sort(report_.failures, {}, &SeedFailure::seed);
    return std::move(report_);
  }

 private:
  void start() {
    int ends[2];
    CARILLON_CHECK(::pipe(ends) == 0, "a pipe");
    std::fflush(nullptr);
    const pid_t process = ::fork();
    CARILLON_CHECK(process >= 0, "a process");
    if (process == 0) {
      ::close(ends[0]);
      work(shared_, end_, ends[1], job_);
    }
    ::close(ends[1]);
    workers_.push_back({.process = process, .pipe = ends[0], .unread = {}, .seed = {}});
  }

  void listen() {
    std::vector<pollfd> polled;
    for (const Worker& worker : workers_) polled.push_back({worker.pipe, POLLIN, 0});
    if (::poll(polled.data(), polled.size(), -1) < 0) return;
    for (std::size_t i = polled.size(); i-- > 0;) {
      if (polled[i].revents != 0 && !read_from(workers_[i])) end(i);
    }
  }

  // False when the process has ended.
  bool read_from(Worker& worker) {
    char bytes[65536];
    const ssize_t size = ::read(worker.pipe, bytes, sizeof bytes);
    if (size <= 0) return size < 0 && errno == EINTR;
    worker.unread.append(bytes, static_cast<std::size_t>(size));
    std::size_t from = 0;
    for (std::size_t at = 0; (at = worker.unread.find('\n', from)) != std::string::npos;) {
      take(worker, fields_of(std::string_view(worker.unread).substr(from, at - from)));
      from = at + 1;
    }
    worker.unread.erase(0, from);
    return true;
  }

  void take(Worker& worker, const std::vector<std::string>& fields) {
    if (fields[0] == "begin") {
      worker.seed = number(fields[1]);
    } else if (fields[0] == "end") {
      worker.seed.reset();
    } else if (fields[0] == "reached") {
      report_.reached[fields[1]] += number(fields[2]);
    } else if (fields[0] == "broken") {
      fail({.seed = number(fields[1]), .promise = fields[2], .what = fields[3]});
    } else if (fields[0] == "sums") {
      SeedSums& sums = report_.sums;
      sums.worlds += number(fields[1]);
      sums.simulated_ms += static_cast<std::int64_t>(number(fields[2]));
      sums.facts += number(fields[3]);
      note_size(worker.seed.value_or(0), number(fields[3]));
      sums.attempts += number(fields[4]);
      sums.commits += number(fields[5]);
      sums.slots += number(fields[6]);
    }
  }

  void note_size(std::uint64_t seed, std::uint64_t facts) {
    if (facts <= report_.largest_facts) return;
    report_.largest_seed = seed;
    report_.largest_facts = facts;
  }

  void fail(SeedFailure failure) {
    report_.failures.push_back(std::move(failure));
    if (on_failure_ == OnFailure::stop) shared_.stop = true;
  }

  void end(std::size_t index) {
    const Worker worker = std::move(workers_[index]);
    workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(index));
    ::close(worker.pipe);
    int status = 0;
    std::ignore = ::waitpid(worker.process, &status, 0);
    if (!worker.seed) return;
    fail({.seed = *worker.seed,
          .promise = "the process does not stop",
          .what = WIFSIGNALED(status) ? fmt::format("signal {}", WTERMSIG(status))
                                      : fmt::format("exit code {}", WEXITSTATUS(status))});
    if (!shared_.stop) start();
  }

  const std::uint64_t end_;
  const OnFailure on_failure_;
  const SeedJob& job_;
  Shared& shared_;
  std::vector<Worker> workers_;
  SeedReport report_;
};

}  // namespace

SeedReport run_seeds(SeedRange range, unsigned processes, OnFailure on_failure,
                     const SeedJob& job) {
  const auto begin = std::chrono::steady_clock::now();
  SeedReport report = Search(range, on_failure, job).run(std::max(1U, processes));
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report;
}

}  // namespace carillon
