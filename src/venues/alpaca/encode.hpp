#pragma once

#include <string>
#include <string_view>

#include "venues/alpaca/directory.hpp"
#include "wire/venue.hpp"

namespace plumb::venues::alpaca {

// Request budgets, by their place in Venue::rate_limits().
inline constexpr unsigned char kTradingBucket = 0;
inline constexpr unsigned char kDataBucket = 1;

inline constexpr std::size_t kOrdersPerPage = 500;
inline constexpr std::size_t kFillsPerPage = 100;
/// The second page of the listings; the first has the coins.
inline constexpr std::string_view kStocksPage = "us_equity";

/// What requests are made from.
struct RequestDesk {
    const Directory& directory;
    const wire::Credentials& credentials;
    std::string_view feed;  // of stocks: "iex", "sip"
};

/// A question in the venue's words, with the headers that prove who asks. Errors as Venue::ask.
Result<wire::WireRequest> encode(const wire::Question& question, const RequestDesk& desk);

/// "1Min", "4Hour", "1Day"; empty for a length the venue does not offer.
std::string timeframe_of(Duration length);

/// Errc::denied when a part of the key is missing or holds characters that no header may carry.
Status check_credentials(const wire::Credentials& credentials);

/// `{"action":"auth",...}` for both kinds of stream.
std::string auth_frame(const wire::Credentials& credentials);

/// Appends `text` between quotes, escaped as JSON wants it.
void append_json_text(std::string& out, std::string_view text);
/// Everything but letters, digits and -._~ as %XX.
std::string url_encoded(std::string_view text);

}  // namespace plumb::venues::alpaca
