#pragma once

#include <cstddef>
#include <vector>

#include "core/ids.hpp"

namespace plumb::portfolio {

/// The execution ids seen so far, so that a fill told twice counts once (FAULTS rule 3). Open addressing;
/// reserves room up front and doubles when three quarters full, so a session allocates here only a handful of
/// times.
class FillSet {
 public:
    /// The default takes 1.3 MB and holds 24 576 fills before it grows.
    explicit FillSet(std::size_t reserve = 32768);

    /// True when the id is new; false when it was seen before.
    bool insert(const ExecutionId& id);
    std::size_t size() const { return size_; }

 private:
    void grow();
    std::size_t slot_of(const ExecutionId& id) const;

    std::vector<ExecutionId> slots_;  // an empty id marks a free slot
    std::size_t size_ = 0;
};

}  // namespace plumb::portfolio
