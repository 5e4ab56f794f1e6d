#include "exchange/protocol/message.hpp"

namespace plumb::exchange {

std::string_view to_string(RequestKind kind) {
    switch (kind) {
        case RequestKind::place_order: return "place_order";
        case RequestKind::cancel_order: return "cancel_order";
        case RequestKind::cancel_all: return "cancel_all";
        case RequestKind::replace_order: return "replace_order";
        case RequestKind::find_order: return "find_order";
        case RequestKind::open_orders: return "open_orders";
        case RequestKind::order_history: return "order_history";
        case RequestKind::executions: return "executions";
        case RequestKind::positions: return "positions";
        case RequestKind::balances: return "balances";
        case RequestKind::account: return "account";
        case RequestKind::market_data: return "market_data";
        case RequestKind::time: return "time";
        case RequestKind::stream_key: return "stream_key";
        case RequestKind::dead_man: return "dead_man";
        case RequestKind::stream: return "stream";
        case RequestKind::other: return "other";
    }
    return "";
}

std::string_view to_string(Trouble trouble) {
    switch (trouble) {
        case Trouble::rate_limited: return "rate_limited";
        case Trouble::banned: return "banned";
        case Trouble::unauthorized: return "unauthorized";
        case Trouble::forbidden: return "forbidden";
        case Trouble::time_stamp: return "time_stamp";
        case Trouble::malformed: return "malformed";
        case Trouble::not_found: return "not_found";
        case Trouble::order_not_found: return "order_not_found";
        case Trouble::duplicate_order: return "duplicate_order";
        case Trouble::insufficient_funds: return "insufficient_funds";
        case Trouble::internal: return "internal";
        case Trouble::unavailable: return "unavailable";
        case Trouble::gateway_timeout: return "gateway_timeout";
    }
    return "";
}

std::string_view to_string(FrameKind kind) {
    switch (kind) {
        case FrameKind::control: return "control";
        case FrameKind::trade: return "trade";
        case FrameKind::quote: return "quote";
        case FrameKind::book: return "book";
        case FrameKind::bar: return "bar";
        case FrameKind::mark: return "mark";
        case FrameKind::status: return "status";
        case FrameKind::order: return "order";
        case FrameKind::fill: return "fill";
        case FrameKind::account: return "account";
    }
    return "";
}

std::string_view to_string(StreamTrouble trouble) {
    switch (trouble) {
        case StreamTrouble::symbol_limit: return "symbol_limit";
        case StreamTrouble::connection_limit: return "connection_limit";
        case StreamTrouble::slow_client: return "slow_client";
        case StreamTrouble::not_authenticated: return "not_authenticated";
    }
    return "";
}

namespace {

/// The enumerator that prints as `text`, among those from zero to `last`.
template <class Enum>
std::optional<Enum> parse(std::string_view text, Enum last) {
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        if (to_string(static_cast<Enum>(i)) == text) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

}  // namespace

std::optional<RequestKind> parse_request_kind(std::string_view text) {
    return parse(text, RequestKind::other);
}
std::optional<Trouble> parse_trouble(std::string_view text) { return parse(text, Trouble::gateway_timeout); }
std::optional<FrameKind> parse_frame_kind(std::string_view text) { return parse(text, FrameKind::account); }
std::optional<StreamTrouble> parse_stream_trouble(std::string_view text) {
    return parse(text, StreamTrouble::not_authenticated);
}

}  // namespace plumb::exchange
