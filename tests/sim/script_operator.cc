#include "tests/sim/script_operator.h"

#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"
#include "domain/record/task_messages.h"

namespace carillon {

namespace {

// The first word of the line; the line keeps the rest.
std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  CARILLON_CHECK(read.ec == std::errc{}, text);
  return value;
}

std::int64_t stored_number(Context& context, Subkey subkey) {
  const auto stored = context.get(subkey);
  return stored ? number(*stored) : 0;
}

class ScriptOperator final : public Operator {
 public:
  Result<void> on_record(Context& context, const Record& record) override {
    if (record.type == RecordType::due) return on_due(context, record);
    if (record.type == RecordType::clock_stepped) return on_clock_stepped(context, record);
    for (std::string_view line : split(record.payload, '\n')) {
      if (auto done = run_line(context, line); !done) return done;
    }
    return {};
  }

 private:
  static void tell(Context& context, std::string text) {
    context.emit(Topic::task_events, FactType::task_updated, Key(context.key()), std::move(text));
  }

  static Result<void> on_due(Context& context, const Record& record) {
    const auto due = from_wire<Due>(record.payload);
    if (!due) return fail(due.error());
    if (stored_number(context, kScriptWake) != due->at.unix_ms()) return {};
    context.erase(kScriptWake);
    tell(context, fmt::format("due {} at {}{}", due->at.unix_ms(), context.now().unix_ms(),
                              due->clock_stepped ? " after a jump" : ""));
    return {};
  }

  static Result<void> on_clock_stepped(Context& context, const Record& record) {
    const auto step = from_wire<ClockStepped>(record.payload);
    if (!step) return fail(step.error());
    const std::int64_t moved = stored_number(context, kScriptWake) + (step->to - step->from).ms();
    tell(context, fmt::format("stepped {} to {}", step->from.unix_ms(), step->to.unix_ms()));
    wake(context, moved);
    return {};
  }

  static void wake(Context& context, std::int64_t at) {
    context.put(kScriptWake, std::to_string(at));
    context.wake_at(Instant::from_unix_ms(at));
  }

  static Result<void> run_line(Context& context, std::string_view line) {
    const std::string_view word = take_word(line);
    if (word == "add") {
      context.put(kScriptCounter,
                  std::to_string(stored_number(context, kScriptCounter) + number(line)));
    } else if (word == "answer") {
      context.emit(Topic::task_responses, FactType::task_answer, Key(context.key()),
                   fmt::format("{} {}", line, stored_number(context, kScriptCounter)));
    } else if (word == "fact") {
      tell(context, std::string(line));
    } else if (word == "wake" && line == "never") {
      context.erase(kScriptWake);
      context.wake_at(std::nullopt);
    } else if (word == "wake") {
      wake(context, number(line));
    } else if (word == "put") {
      const auto subkey = static_cast<Subkey>(number(take_word(line)));
      context.put(subkey, Bytes(line));
    } else if (word == "erase") {
      context.erase(static_cast<Subkey>(number(line)));
    } else if (word == "get") {
      tell(context, context.get(static_cast<Subkey>(number(line))).value_or("nothing"));
    } else if (word == "send") {
      send(context, line);
    } else if (word == "refuse") {
      return fail(ErrorCode::corrupt, "The script refuses.");
    } else {
      CARILLON_CHECK(word.empty(), word);
    }
    return {};
  }

  static void send(Context& context, std::string_view line) {
    const auto to = static_cast<OperatorName>(number(take_word(line)));
    const std::string_view key = take_word(line);
    std::string script(line);
    // One level of messages ends its lines with ` ; `, so inner levels use ` ;; ` and so on.
    std::string unfolded;
    for (std::size_t i = 0; i < script.size(); ++i) {
      if (script[i] != ';') {
        unfolded += script[i];
        continue;
      }
      std::size_t run = i;
      while (run < script.size() && script[run] == ';') ++run;
      if (run - i == 1) {
        while (!unfolded.empty() && unfolded.back() == ' ') unfolded.pop_back();
        unfolded += '\n';
        while (run < script.size() && script[run] == ' ') ++run;
      } else {
        unfolded.append(run - i - 1, ';');
      }
      i = run - 1;
    }
    context.send(to, Key(key), RecordType::update_task, std::move(unfolded));
  }
};

}  // namespace

std::unique_ptr<Operator> make_script_operator(OperatorName /*name*/) {
  return std::make_unique<ScriptOperator>();
}

}  // namespace carillon
