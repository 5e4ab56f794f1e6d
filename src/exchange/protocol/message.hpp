#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/words.hpp"
#include "io/http_message.hpp"

namespace plumb::exchange {

/// One HTTP request as it came, also one that asks for a WebSocket.
struct Request {
    std::string method;  // "GET"; any token a stranger may send
    std::string target;  // "/api/v3/order?symbol=BTCUSDT", still encoded
    std::vector<io::Header> headers;
    std::string body;

    const std::string* header(std::string_view name) const { return io::find_header(headers, name); }
    std::string_view path() const { return std::string_view{target}.substr(0, target.find('?')); }
    std::string_view query() const {
        const std::size_t mark = target.find('?');
        return mark == std::string::npos ? std::string_view{} : std::string_view{target}.substr(mark + 1);
    }
};

using Response = io::HttpResponse;

/// What a request is about, for fault scripts and the truth log.
enum class RequestKind : unsigned char {
    place_order,
    cancel_order,
    cancel_all,
    replace_order,
    find_order,
    open_orders,
    order_history,
    executions,
    positions,
    balances,
    account,
    market_data,
    time,
    stream_key,
    dead_man,
    stream,  // asks for a WebSocket
    other,
};
std::string_view to_string(RequestKind kind);
std::optional<RequestKind> parse_request_kind(std::string_view text);

/// A refusal that does not come from the model: each protocol has the venue's status, headers and body for
/// it.
enum class Trouble : unsigned char {
    rate_limited,  // 429, with Retry-After where the venue sends it
    banned,        // 418 (Binance), 403
    unauthorized,
    forbidden,   // the key lacks the right
    time_stamp,  // outside the receive window
    malformed,
    not_found,  // no such address
    order_not_found,
    duplicate_order,
    insufficient_funds,
    internal,         // 500 with the venue's error body
    unavailable,      // 503
    gateway_timeout,  // 504, HTML of a proxy
};
std::string_view to_string(Trouble trouble);
std::optional<Trouble> parse_trouble(std::string_view text);

/// A refusal on an open WebSocket, in the venue's own words (Alpaca: 405, 406, 407).
enum class StreamTrouble : unsigned char {
    symbol_limit,      // more symbols than the plan has
    connection_limit,  // more connections than the plan has
    slow_client,       // does not read what it is sent
    not_authenticated,
};
std::string_view to_string(StreamTrouble trouble);
std::optional<StreamTrouble> parse_stream_trouble(std::string_view text);

/// One WebSocket connection; never used again.
using StreamId = std::uint64_t;

/// What a frame tells, for fault scripts: one frame about several things names the first.
enum class FrameKind : unsigned char { control, trade, quote, book, bar, mark, status, order, fill, account };
std::string_view to_string(FrameKind kind);
std::optional<FrameKind> parse_frame_kind(std::string_view text);

struct Frame {
    FrameKind kind = FrameKind::control;
    std::optional<InstrumentId> instrument;
    ExecutionNumber execution = 0;  // where it tells of one
    bool is_binary = false;
    std::string_view bytes;  // borrowed for the call
};

}  // namespace plumb::exchange
