#pragma once

#include <string>

#include "wire/question.hpp"

namespace plumb::venues::coinbase {

/// Rows of candles asked for at once. The venue's documents say 350, clients use 300, and beyond its limit it
/// refuses.
inline constexpr std::size_t kBarsPerRequest = 300;
inline constexpr std::size_t kAccountsPerPage = 250;
inline constexpr std::size_t kOrdersPerPage = 250;
inline constexpr std::size_t kFillsPerPage = 100;
inline constexpr std::size_t kTradesPerPage = 1000;

/// Indices into Venue::rate_limits().
enum Bucket : unsigned char { kPublicBucket, kPrivateBucket };

/// A question as method, path, query and body; what is private still wants its token.
struct Plain {
    io::Method method = io::Method::get;
    std::string path;   // "/api/v3/brokerage/accounts", which the token names
    std::string query;  // "limit=250", without the question mark
    std::string body;
    bool is_private = true;
    bool uses_reserve = false;
};

/// "ONE_HOUR"; empty for lengths the venue has not (4h).
std::string_view granularity_of(Duration length);

/// `symbol` is the product where the question is about one. Errc::unsupported with words where the venue has
/// no such question, Errc::invalid_argument where something is missing from it. Orders are not checked here.
Result<Plain> encode(const wire::Question& question, std::string_view symbol);

/// The window that one page of bars covers, [from, to), given where the page begins.
struct BarWindow {
    Timestamp from, to;
    bool is_last = false;
};
Result<BarWindow> bar_window(const wire::AskBars& ask);

/// Open orders are asked for in two turns, since the venue does not mix OPEN with other states: the page's
/// first letter says which turn it is.
struct OpenOrdersPage {
    bool queued = false;  // PENDING, QUEUED, CANCEL_QUEUED, EDIT_QUEUED
    std::string cursor;
};
OpenOrdersPage open_orders_page(std::string_view page);

}  // namespace plumb::venues::coinbase
