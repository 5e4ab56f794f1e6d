#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/market_event.hpp"
#include "wire/wire_event.hpp"

namespace plumb::wire {

struct BandOptions {
    double step_max = 0.25;  // of the price before: a larger one needs a second print that agrees
    Duration confirm_within = std::chrono::seconds{30};
};

/// Why a print is held back.
enum class Poison : unsigned char { none, not_positive, crossed, out_of_band };
std::string_view to_string(Poison poison);

/// The last gate before prices count (F12). What cannot be a price is refused; a leap beyond the band is held
/// back until a second print of the instrument agrees with it, so that one absurd print decides nothing and a
/// crash is followed one print late. The held print itself is lost, and counted. Pure.
///
/// The very first price of an instrument has nothing to be compared with: seed() it from history where there
/// is some.
class PriceBand {
 public:
    PriceBand(std::size_t instruments, BandOptions options);

    void seed(InstrumentId instrument, Price price);
    Poison check(const Trade& trade);
    /// A side without quantity has no price. Locked quotes (bid = ask) pass.
    Poison check(const Quote& quote);
    /// Of any kind it passes for: others than trades, quotes and mark prices have no single price.
    Poison check(const WireEvent& event);

    std::uint64_t held() const { return held_; }

 private:
    struct Reference {
        double price = 0;  // 0: none yet
        double candidate = 0;
        Timestamp candidate_at;
    };
    Poison judge(Reference& reference, double price, Timestamp at);
    bool near(double price, double reference) const;

    BandOptions options_;
    std::vector<Reference> references_;  // of trades and quotes
    std::vector<Reference> marks_;
    std::uint64_t held_ = 0;
};

}  // namespace plumb::wire
