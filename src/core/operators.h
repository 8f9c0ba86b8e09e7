// The list of operators: name, what a key is, and how to make one. Both hosts read it.
#pragma once

#include <memory>

#include "core/operator.h"

namespace carillon {

// The machine of that name; one instance serves all keys.
std::unique_ptr<Operator> make_operator(OperatorName name);

}  // namespace carillon
