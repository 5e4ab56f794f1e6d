#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/effect.hpp"
#include "core/instrument.hpp"

namespace plumb::store {

/// FNV-1a, 64 bits: for telling that two runs decided alike, not against forgers.
std::uint64_t fnv1a(std::string_view bytes, std::uint64_t before = 0xcbf29ce484222325ULL);

/// What an engine decided, folded into one number: same effects in the same order, same digest, on every
/// machine.
class DecisionDigest {
 public:
    /// Adds the effects of one step and returns the digest of this step alone. A step without effects changes
    /// nothing.
    std::uint64_t add(std::span<const Effect> effects);

    std::uint64_t value() const { return value_; }
    std::uint64_t steps() const { return steps_; }

 private:
    std::uint64_t value_ = 0xcbf29ce484222325ULL;
    std::uint64_t steps_ = 0;
    std::string bytes_;
};

/// One line for people: "SUBMIT buy 0.5 BTC/USD market entry pl-1-2-3 | DENIED gross_limit 12000 > 10000".
std::string describe(std::span<const Effect> effects, const InstrumentTable& instruments);

}  // namespace plumb::store
