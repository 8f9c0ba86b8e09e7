// How a thread stands back where processors are short. Adapter.
#pragma once

namespace carillon {

// From now on the calling thread lets others go first. What it does is done later then, and nothing
// else: it can still take an idle processor whole. Cannot be taken back without rights that a
// server does not have.
void let_others_go_first();

// Gives the processor to whoever waits for it; goes on at once if nobody does. Even a thread that
// lets others go first keeps them waiting for some milliseconds otherwise, once it is running.
void let_others_run_now();

}  // namespace carillon
