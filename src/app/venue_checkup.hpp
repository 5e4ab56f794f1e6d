#pragma once

#include <string>
#include <vector>

#include "app/settings.hpp"

namespace plumb::app {

enum class Verdict : unsigned char { good, note, bad };

/// One line of `plumb doctor`.
struct Finding {
    std::string check;
    Verdict verdict;
    std::string text;
};

/// Looks at each venue that is named (--venue, --data-source, --short-venue) or has a key: whether it
/// answers, how far its clock is from ours, what the key may do (one that may withdraw is bad), what the
/// venue can, and what the pairs of the latest benchmarks cannot be sold short there. Reads only; trades
/// nothing.
std::vector<Finding> check_venues(const Settings& settings);

}  // namespace plumb::app
