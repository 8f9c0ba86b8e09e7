// The sandbox helper as a program of its own, so that tests need not carry the whole server.
#include "executors/sandbox/sandbox_main.h"

int main(int argc, char** argv) {
  if (argc < 2 || argv[1] != carillon::kSandboxArgument) return 2;
  return carillon::sandbox_main(argc, argv);
}
