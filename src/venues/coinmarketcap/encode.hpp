#pragma once

#include <string>
#include <vector>

#include "wire/question.hpp"

namespace plumb::venues::coinmarketcap {

inline constexpr std::size_t kBarsPerRequest = 500;  // five credits
inline constexpr std::size_t kCoinsPerPage = 5000;   // of the map of all coins

/// One coin as the venue can be asked for it: by number where it is known, else by its ambiguous name.
struct Coin {
    std::uint64_t id = 0;  // zero: not known
    std::string symbol;
    std::string currency;
};

/// "/v3/cryptocurrency/quotes/latest?id=1,1027&convert=USD". Errc::invalid_argument without coins, or more
/// than 100 of them (one credit's worth).
Result<std::string> quotes_target(const std::vector<Coin>& coins);
/// Errc::unsupported for lengths that the venue has not.
Result<std::string> bars_target(const wire::AskBars& ask, const Coin& coin);
Result<std::string> listings_target(const wire::AskListings& ask);

/// The part of a question about bars that one page covers, [from, to).
struct BarWindow {
    Timestamp from, to;
    bool is_last = false;
};
Result<BarWindow> bar_window(const wire::AskBars& ask);

}  // namespace plumb::venues::coinmarketcap
