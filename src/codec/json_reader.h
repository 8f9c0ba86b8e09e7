// JSON objects into structs, by their field tables, collecting every fault. Includes simdjson.
//
// At most limits::kFaults are told. Missing members keep the struct's default and null does too;
// unknown members are faults that name the nearest known one. Numbers must fit, words must be in
// their table, instants need an offset.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/fields.h"
#include "base/instant.h"
#include "base/json_text.h"
#include "base/rfc3339.h"
#include "base/strong_id.h"
#include "base/text.h"
#include "base/uuid.h"
#include "base/words.h"
#include "codec/json_document.h"
#include "domain/limits.h"

namespace carillon {

// Reads values and gathers what is wrong with them. `pointer` names the value being read.
class JsonReader {
 public:
  using Element = simdjson::dom::element;

  [[nodiscard]] const std::vector<Error>& errors() const { return errors_; }
  [[nodiscard]] std::vector<Error> take_errors() { return std::move(errors_); }

  void refuse(std::string_view pointer, ErrorCode code, std::string message,
              std::string hint = {}) {
    refuse(pointer, Error{.code = code,
                          .message = std::move(message),
                          .hint = std::move(hint),
                          .column = std::nullopt,
                          .pointer = {}});
  }

  void refuse(std::string_view pointer, Error error) {
    if (errors_.size() == limits::kFaults) return;
    error.pointer = std::string(pointer);
    errors_.push_back(std::move(error));
  }

  // A value of the wrong kind: "maxRetries must be a whole number."
  void expected(std::string_view pointer, std::string_view what, std::string hint = {});

  // A member that the object may not have, with the name that was probably meant.
  void refuse_unknown(std::string_view pointer, std::string_view name,
                      const std::vector<std::string_view>& known);

  void read(Element element, std::string_view pointer, bool& value);
  void read(Element element, std::string_view pointer, std::string& value);
  void read(Element element, std::string_view pointer, Instant& value);
  void read(Element element, std::string_view pointer, Duration& value);
  void read(Element element, std::string_view pointer, JsonText& value);
  void read(Element element, std::string_view pointer, Uuid& value);

  template <class T>
    requires std::is_integral_v<T>
  void read(Element element, std::string_view pointer, T& value) {
    std::int64_t number = 0;
    std::uint64_t large = 0;
    if (std::is_unsigned_v<T> && element.get(large) == simdjson::SUCCESS &&
        large <= std::numeric_limits<T>::max()) {
      value = static_cast<T>(large);
      return;
    }
    if (element.get(number) != simdjson::SUCCESS || !std::in_range<T>(number)) {
      refuse_number(element, pointer);
      return;
    }
    value = static_cast<T>(number);
  }

  template <HasWords E>
  void read(Element element, std::string_view pointer, E& value) {
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS) {
      expected(pointer, "a string", "One of: " + all_words<E>() + ".");
      return;
    }
    const auto known = from_word<E>(text);
    if (!known) {
      refuse(pointer, ErrorCode::invalid_value, "'" + escape_control(text) + "' is not known here.",
             "One of: " + all_words<E>() + ".");
      return;
    }
    value = *known;
  }

  template <class T>
  void read(Element element, std::string_view pointer, std::optional<T>& value) {
    if (element.is_null()) {
      value.reset();
    } else {
      read(element, pointer, value.emplace());
    }
  }

  template <class T>
  void read(Element element, std::string_view pointer, std::vector<T>& value) {
    simdjson::dom::array array;
    if (element.get(array) != simdjson::SUCCESS) {
      expected(pointer, "an array");
      return;
    }
    value.clear();
    for (const Element item : array) {
      read(item, pointer_to(pointer, std::to_string(value.size())), value.emplace_back());
    }
  }

  template <class Raw, class Tag>
  void read(Element element, std::string_view pointer, StrongId<Raw, Tag>& value) {
    Raw raw{};
    read(element, pointer, raw);
    value = StrongId<Raw, Tag>(std::move(raw));
  }

  template <HasTextForm T>
  void read(Element element, std::string_view pointer, T& value) {
    std::string_view text;
    if (element.get(text) == simdjson::SUCCESS) {
      if (const auto read_value = TextForm<T>::read(text)) {
        value = *read_value;
        return;
      }
    }
    refuse(pointer, ErrorCode::invalid_value, "That is not an id of the expected form.");
  }

  template <HasFields T>
    requires(!HasTextForm<T>)
  void read(Element element, std::string_view pointer, T& value) {
    simdjson::dom::object object;
    if (element.get(object) != simdjson::SUCCESS) {
      expected(pointer, "an object");
      return;
    }
    for (const auto [name, member] : object) {
      if (!read_member(name, member, pointer, value)) {
        std::vector<std::string_view> known;
        for_each_field<T>([&](const auto& row) { known.push_back(row.name); });
        refuse_unknown(pointer_to(pointer, name), name, known);
      }
    }
  }

  // Reads one member by the struct's table; false when the table has no such row.
  template <HasFields T>
  bool read_member(std::string_view name, Element member, std::string_view parent, T& value) {
    return visit_field<T>(name, [&](const auto& row) {
      using Member = std::remove_cvref_t<decltype(value.*(row.member))>;
      if (member.is_null() && !kIsOptional<Member>) return;
      read(member, pointer_to(parent, name), value.*(row.member));
    });
  }

 private:
  void refuse_number(Element element, std::string_view pointer);

  std::vector<Error> errors_;
};

}  // namespace carillon
