// The field table of a struct: one row per member with its number (bytes) and name (JSON).
//
// A struct opts in with
//   static constexpr auto fields() {
//     return std::tuple{Field{1, "taskId", &RunRow::task_id}, Field{2, "status", &RunRow::status}};
//   }
// base/wire.h and base/json_writer.h derive bytes and JSON from the table, codec/ reads JSON by it.
// Numbers are never reused; a retired one stays as a comment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace carillon {

template <class Struct, class Member>
struct Field {
  std::uint32_t number;
  std::string_view name;
  Member Struct::* member;
};
template <class Struct, class Member>
Field(int, const char*, Member Struct::*) -> Field<Struct, Member>;

template <class T>
concept HasFields = requires { T::fields(); };

// A type written as one JSON string: specialise with `static std::string write(const T&)` and
// `static std::optional<T> read(std::string_view)`.
template <class T>
struct TextForm;

template <class T>
concept HasTextForm = requires(const T& value) {
  { TextForm<T>::write(value) } -> std::same_as<std::string>;
};

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <class T>
inline constexpr bool kIsStrongId = requires(const T& id) {
  typename T::raw_type;
  id.value();
};

// The table as an object of its own, because one that each call builds is built at run time.
template <HasFields T>
inline constexpr auto kFieldsOf = T::fields();

// Calls visit(field) for every row, in table order.
template <HasFields T, class Visit>
constexpr void for_each_field(Visit&& visit) {
  std::apply([&](const auto&... row) { (visit(row), ...); }, kFieldsOf<T>);
}

// Calls visit(field) for the row of that name; false when there is none.
template <HasFields T, class Visit>
constexpr bool visit_field(std::string_view name, Visit&& visit) {
  const auto take = [&](const auto& row) {
    if (row.name != name) return false;
    visit(row);
    return true;
  };
  return std::apply([&](const auto&... row) { return (take(row) || ...); }, kFieldsOf<T>);
}

}  // namespace carillon
