#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "exchange/protocol/message.hpp"

namespace plumb::exchange::binance {

/// The two boards of the venue: the same manners, other addresses, words and limits.
enum class Board : unsigned char { spot, futures };

/// A refusal in the venue's words: {"code":-1121,"msg":"Invalid symbol."} and the HTTP status it comes with.
struct VenueError {
    int status = 400;
    int code = -1000;
    std::string message;
    std::string data;              // JSON of the key "data" (cancelReplace); empty: none
    std::int64_t retry_after = 0;  // seconds; zero: no such header

    /// {"code":…,"msg":…[,"data":…]}
    std::string body() const;
};

template <class T>
using Checked = std::expected<T, VenueError>;
/// The JSON of an answer, or why there is none.
using Answer = Checked<std::string>;

std::unexpected<VenueError> refuse(int code, std::string message);
std::unexpected<VenueError> refuse(VenueError error);

// The errors about parameters that every request may end with.
std::unexpected<VenueError> missing(std::string_view parameter);
std::unexpected<VenueError> empty(std::string_view parameter);
std::unexpected<VenueError> illegal(std::string_view parameter, std::string_view range);
std::unexpected<VenueError> not_required(std::string_view parameter);
std::unexpected<VenueError> too_precise(std::string_view parameter);
std::unexpected<VenueError> invalid_data(std::string_view parameter);
std::unexpected<VenueError> invalid_symbol();
std::unexpected<VenueError> filter_failure(std::string_view filter);

/// What the model refuses of a new order, in the board's words. The documents: errors.md, "Messages for
/// -1010, -2010, -2011, and -2038", and the error codes of the derivatives documents.
VenueError order_refused(Board board, Refusal refusal);
VenueError cancel_refused(Board board, Refusal refusal);
/// Trouble that a script makes.
VenueError trouble_error(Board board, Trouble trouble, Timestamp now);

}  // namespace plumb::exchange::binance
