#pragma once

#include <cstddef>

#include "base/time.hpp"

namespace plumb::wire {

/// What a venue is besides that sells its quotes by credits: it knows how far apart questions must be.
class PolledVenue {
 public:
    virtual ~PolledVenue() = default;

    /// Between two AskQuotes of so many instruments, so that what the plan has left lasts until it is
    /// refilled. Learns from AskPermissions and from what each answer says it cost.
    virtual Duration poll_interval(std::size_t instruments, Timestamp now) const = 0;
};

}  // namespace plumb::wire
