#pragma once

#include <cstdint>

namespace plumb::app::bench {

/// Heap allocations that this thread has made through operator new since it began: what every container of
/// ours uses. Nothing in a build with sanitizers, which bring their own operator new.
std::uint64_t allocations_of_this_thread();
bool allocations_are_counted();

}  // namespace plumb::app::bench
