#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace plumb {

/// Insertions, deletions and substitutions that turn one into the other (Levenshtein). O(a b) time, O(b)
/// memory.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate with the fewest edits, the first of equals; empty when there are no candidates.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace plumb
