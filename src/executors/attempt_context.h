// AttemptContext: all that a handler knows of its attempt, and its way to speak while it runs.
//
// Made by the service for one attempt. The handler's threads use it; log and progress are safe from
// any thread and do nothing once the attempt has ended.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/instant.h"
#include "domain/id/ids.h"
#include "domain/run/run_row.h"
#include "executors/stop_signal.h"
#include "ports/clock.h"
#include "ports/log_store.h"

namespace carillon {

struct AttemptAbout {
  AttemptId attempt;
  std::string task_name;
  std::string type;
  RunTrigger trigger = RunTrigger::slot;
  std::optional<Instant> nominal;  // The slot's instant; none for a run by hand.
  Instant deadline;
  std::string traceparent;  // W3C trace context to pass on; empty when there is none.
};

// Where a handler's words go. Any thread.
class AttemptVoice {
 public:
  AttemptVoice() = default;
  AttemptVoice(const AttemptVoice&) = delete;
  AttemptVoice& operator=(const AttemptVoice&) = delete;
  virtual ~AttemptVoice() = default;

  virtual void log(LogStream stream, std::string line) = 0;
  virtual void progress(std::string note) = 0;
};

// The parts a context is made of.
struct AttemptInput {
  AttemptAbout about;
  boost::json::object parameters;  // Defaults filled in, templates expanded, `type` left out.
  boost::json::value inputs;       // Results of earlier steps by name, or null.
};

class AttemptContext {
 public:
  // Requires  voice and clock outlive the context
  AttemptContext(AttemptInput input, AttemptVoice& voice, const Clock& clock,
                 std::shared_ptr<StopSignal> stop);

  [[nodiscard]] const AttemptAbout& about() const { return input_.about; }
  [[nodiscard]] const boost::json::object& parameters() const { return input_.parameters; }
  [[nodiscard]] const boost::json::value& inputs() const { return input_.inputs; }
  [[nodiscard]] StopSignal& stop() { return *stop_; }
  [[nodiscard]] const StopSignal& stop() const { return *stop_; }
  [[nodiscard]] Instant now() const { return clock_.wall(); }

  // The same for every attempt of a run, so that a receiver can tell a repeat from a new run.
  [[nodiscard]] std::string idempotency_key() const;

  // What is left until the deadline; never negative.
  [[nodiscard]] Duration time_left() const;

  // Keeps a line of output. Longer ones than 8 KiB are cut; control characters and bytes that are
  // not UTF-8 are escaped.
  void log(LogStream stream, std::string_view line);

  // A sign of life, in words for people.
  void progress(std::string_view note);

 private:
  AttemptInput input_;
  AttemptVoice& voice_;
  const Clock& clock_;
  std::shared_ptr<StopSignal> stop_;
};

}  // namespace carillon
