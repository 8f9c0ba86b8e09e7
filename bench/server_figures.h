// The figures of the real binary. Each function starts servers of its own on fresh data.
#pragma once

#include <filesystem>

#include "figures.h"

namespace carillon::bench {

struct Bench {
  std::filesystem::path binary;
  std::filesystem::path directory;  // On the disk that is measured.
  FigureTable& table;
};

void measure_creating(const Bench& bench);
void measure_starting(const Bench& bench);
void measure_lives(const Bench& bench);
void measure_restart(const Bench& bench);

}  // namespace carillon::bench
