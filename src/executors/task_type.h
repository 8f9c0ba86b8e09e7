// The contract of a task type: what it is called, what it takes, and the function that runs it.
//
// A type is a value made by one function per file in types/; the registry holds them. Handlers are
// called from many threads at once and keep nothing between attempts.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.h"
#include "domain/policy/policy_words.h"
#include "executors/attempt_context.h"

namespace carillon {

// What people and the service layer may know of a type. The texts live as long as the program.
struct TypeInfo {
  std::string_view name;
  Lane lane = Lane::cpu;
  std::string_view summary;           // One sentence.
  std::string_view parameter_schema;  // JSON Schema (draft 7) of the parameters without `type`.
  std::string_view example;           // A body that can be posted.
};

// Whether another attempt may help.
enum class Repeat : std::uint8_t { may_help, useless };

struct Completed {
  boost::json::value result;
};
struct Failed {
  std::string code;  // kebab-case.
  std::string message;
  Repeat repeat = Repeat::may_help;
};
struct Cancelled {
  std::string reason;
};

// How an attempt ended, in the words of its handler.
using AttemptEnding = std::variant<Completed, Failed, Cancelled>;

// Runs to the end on a thread of its own. Looks at context.stop() at least every 100 ms or reacts
// to it. May throw; the boundary turns that into a failure with code `internal`.
using RunHandler = std::function<AttemptEnding(AttemptContext& context)>;

// Called exactly once, from any thread.
using Conclude = std::function<void(AttemptEnding ending)>;

// Starts and returns at once; `conclude` is called later, or before it returns.
using StartHandler =
    std::function<void(const std::shared_ptr<AttemptContext>& context, Conclude conclude)>;

// Rules that a schema cannot say. Strings that hold a template are not expanded yet when a task is
// created, and are when an attempt begins: the check is made at both times.
using ParameterCheck = std::function<Result<void>(const boost::json::object& parameters)>;

struct TaskType {
  TypeInfo info;
  std::variant<RunHandler, StartHandler> handler;  // StartHandler exactly for Lane::http.
  ParameterCheck check;                            // May be empty.
};

}  // namespace carillon
