// The figures of the real binary. Each function starts servers of its own on fresh data, but for
// those that share the one with very many tasks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "figures.h"
#include "stored_tasks.h"

namespace carillon::bench {

enum class Length : std::uint8_t {
  usual,  // All parts within five minutes.
  full,   // Mixed load for ten minutes, flatness at five million tasks.
};

struct Bench {
  std::filesystem::path binary;
  std::filesystem::path directory;  // On the disk that is measured.
  FigureTable& table;
  StoredTasks& stored;
  Length length = Length::usual;
};

// How many tasks the shared server holds.
inline constexpr std::size_t kManyTasks = 1'000'000;

void measure_creating(const Bench& bench);
void measure_starting(const Bench& bench);
void measure_lives(const Bench& bench);
void measure_spread(const Bench& bench);
void measure_recurring(const Bench& bench);
void measure_restart(const Bench& bench);
void measure_streams(const Bench& bench);
void measure_logs(const Bench& bench);

// On the shared server, in this order: what is added later changes what is measured first.
void measure_pending(const Bench& bench);
void measure_lists(const Bench& bench);
void measure_mixed(const Bench& bench);
void measure_flatness(const Bench& bench);

}  // namespace carillon::bench
