#include "cli/output/style.h"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace carillon::cli {
namespace {

constexpr std::array<std::pair<std::string_view, OutputFormat>, 6> kFormats{{
    {"table", OutputFormat::table},
    {"tsv", OutputFormat::tsv},
    {"json", OutputFormat::json},
    {"jsonl", OutputFormat::jsonl},
    {"yaml", OutputFormat::yaml},
    {"name", OutputFormat::name},
}};

constexpr std::array<std::pair<std::string_view, Tone>, 15> kStatusTones{{
    {"CREATED", Tone::faint},
    {"SCHEDULED", Tone::plain},
    {"WAITING", Tone::waiting},
    {"READY", Tone::waiting},
    {"RETRYING", Tone::waiting},
    {"RUNNING", Tone::active},
    {"STARTED", Tone::active},
    {"STARTED_LATE", Tone::waiting},
    {"COMPLETED", Tone::good},
    {"FAILED", Tone::bad},
    {"LOST", Tone::bad},
    {"TIMED_OUT", Tone::bad},
    {"PAUSED", Tone::waiting},
    {"CANCELLED", Tone::faint},
    {"SUPERSEDED", Tone::faint},
}};

std::string_view sgr_of(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return "";
    case Tone::strong:
      return "1";
    case Tone::good:
      return "32";
    case Tone::bad:
      return "31";
    case Tone::active:
      return "36";
    case Tone::waiting:
      return "33";
    case Tone::faint:
      return "2";
  }
  std::unreachable();
}

struct CodePoint {
  char32_t value;
  std::size_t bytes;
};

// Lenient: a stray byte counts as one column, because the text was escaped before it came here.
CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t bytes = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (bytes == 1 || bytes > text.size()) return {lead, 1};
  char32_t value = lead & (0xffU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) value = (value << 6U) | (byte(i) & 0x3fU);
  return {value, bytes};
}

// The blocks that terminals draw in two columns, and the joiners that take none.
std::size_t width_of(char32_t c) {
  const auto within = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  if (within(0x0300, 0x036f) || within(0x200b, 0x200d) || within(0xfe00, 0xfe0f)) return 0;
  const bool wide = within(0x1100, 0x115f) || within(0x2e80, 0xa4cf) || within(0xac00, 0xd7a3) ||
                    within(0xf900, 0xfaff) || within(0xfe30, 0xfe6f) || within(0xff00, 0xff60) ||
                    within(0x1f300, 0x1faff) || within(0x20000, 0x3fffd);
  return wide ? 2 : 1;
}

}  // namespace

std::optional<OutputFormat> output_format_from_word(std::string_view word) {
  for (const auto& [name, format] : kFormats) {
    if (name == word) return format;
  }
  return std::nullopt;
}

std::string toned(std::string_view text, Tone tone, Colour colour) {
  const std::string_view sgr = sgr_of(tone);
  if (colour == Colour::off || sgr.empty() || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", sgr, text);
}

Tone tone_of_status(std::string_view status) {
  for (const auto& [word, tone] : kStatusTones) {
    if (word == status) return tone;
  }
  return status.starts_with("SKIPPED") ? Tone::waiting : Tone::plain;
}

std::size_t display_width(std::string_view utf8) {
  std::size_t columns = 0;
  while (!utf8.empty()) {
    const CodePoint point = first_code_point(utf8);
    columns += width_of(point.value);
    utf8.remove_prefix(point.bytes);
  }
  return columns;
}

std::string fitted(std::string_view utf8, std::size_t columns) {
  if (display_width(utf8) <= columns) return std::string(utf8);
  std::string out;
  std::size_t used = 1;  // The ellipsis.
  while (!utf8.empty()) {
    const CodePoint point = first_code_point(utf8);
    used += width_of(point.value);
    if (used > columns) break;
    out += utf8.substr(0, point.bytes);
    utf8.remove_prefix(point.bytes);
  }
  return out + "…";
}

}  // namespace carillon::cli
