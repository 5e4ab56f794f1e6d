#include "exchange/polygon/streams.hpp"

#include <nlohmann/json.hpp>

#include "exchange/polygon/tick_members.hpp"

namespace plumb::exchange::polygon {
namespace {

using std::chrono::seconds;

constexpr Duration kAuthTimeout = seconds{10};
constexpr Duration kPingInterval = seconds{30};
constexpr std::size_t kParamsMax = 10'000;  // of one message
constexpr std::uint16_t kPolicyViolation = 1008;
constexpr std::string_view kTooManyConnections =
    "Maximum number of websocket connections exceeded. You have reached the connection limit for your "
    "account. Please contact support at support@polygon.io to increase your limit.";
constexpr std::string_view kNoSockets =
    "Your plan doesn't include websocket access. Visit https://polygon.io/pricing to upgrade.";

}  // namespace

Streams::Streams(const ProtocolContext& context, const Tickers& tickers, const Access& access)
    : outlet_{context.outlet},
      tickers_{tickers},
      access_{access},
      subscriptions_{tickers.all().size()},
      bars_{tickers, context.past} {}

bool Streams::open(StreamId stream, std::string_view path, Timestamp now) {
    if (path != "/stocks" && path != "/crypto") return false;
    clients_[stream] = {path == "/stocks", false, now, now};
    tell(stream, "connected", "Connected Successfully");
    return true;
}

void Streams::on_closed(StreamId stream) {
    clients_.erase(stream);
    subscriptions_.remove(stream);
}

void Streams::tell(StreamId stream, std::string_view status, std::string_view message) {
    out_.clear();
    out_.begin_array()
        .begin_object()
        .member("ev", "status")
        .member("status", status)
        .member("message", message)
        .end_object()
        .end_array();
    outlet_.send(stream, {FrameKind::control, std::nullopt, 0, false, out_.text()});
}

void Streams::on_message(StreamId stream, std::string_view text, Timestamp now) {
    const auto client = clients_.find(stream);
    if (client == clients_.end()) return;
    const auto message = nlohmann::json::parse(text, nullptr, false);
    const auto field = [&](const char* name) -> std::optional<std::string> {
        if (!message.is_object()) return std::nullopt;
        const auto found = message.find(name);
        if (found == message.end() || !found->is_string()) return std::nullopt;
        return found->get<std::string>();
    };
    const std::optional<std::string> action = field("action");
    const std::optional<std::string> params = field("params");
    if (!action || !params) return tell(stream, "error", "invalid message");
    if (*action == "auth") return authenticate(stream, client->second, *params, now);
    if (*action != "subscribe" && *action != "unsubscribe") return tell(stream, "error", "unknown action");
    if (!client->second.is_authenticated) return tell(stream, "error", "not authorized");
    subscribe(stream, client->second, *params, *action == "subscribe");
}

void Streams::authenticate(StreamId stream, Client& client, std::string_view key, Timestamp now) {
    const Plan plan = access_.plan_of(key, now);
    if (plan == Plan::paid) {
        client.is_authenticated = true;
        return tell(stream, "auth_success", "authenticated");
    }
    tell(stream, "auth_failed", plan == Plan::free ? kNoSockets : "authentication failed");
    outlet_.close(stream, kPolicyViolation, "");
}

/// One status for each parameter. A name that is not traded is acknowledged like any other.
void Streams::subscribe(StreamId stream, const Client& client, std::string_view params, bool on) {
    std::size_t count = 0;
    while (!params.empty() && count++ < kParamsMax) {
        const std::size_t end = std::min(params.find(','), params.size());
        std::string_view one = params.substr(0, end);
        params.remove_prefix(std::min(end + 1, params.size()));
        while (one.starts_with(' ')) one.remove_prefix(1);
        while (one.ends_with(' ')) one.remove_suffix(1);
        const std::size_t dot = one.find('.');
        const std::optional<Topic> topic = parse_topic(client.is_stock, one.substr(0, dot));
        if (!topic || dot == std::string_view::npos || dot + 1 == one.size()) {
            tell(stream, "error", "invalid subscription: " + std::string{one});
            continue;
        }
        const std::string_view name = one.substr(dot + 1);
        if (name == "*")
            subscriptions_.set_all(stream, *topic, client.is_stock, on);
        else if (const Ticker* ticker = tickers_.find_stream(client.is_stock, name))
            subscriptions_.set(stream, *topic, ticker->id, on);
        tell(stream, "success", (on ? "subscribed to: " : "unsubscribed to: ") + std::string{one});
    }
}

bool Streams::refuse(StreamId stream, StreamTrouble trouble) {
    switch (trouble) {
        case StreamTrouble::connection_limit: tell(stream, "max_connections", kTooManyConnections); break;
        case StreamTrouble::not_authenticated: tell(stream, "auth_failed", "authentication failed"); break;
        case StreamTrouble::slow_client:
        case StreamTrouble::symbol_limit: return false;
    }
    outlet_.close(stream, kPolicyViolation, "");
    return true;
}

void Streams::publish(Topic topic, const Ticker& ticker, FrameKind kind) {
    subscriptions_.find(topic, ticker, scratch_);
    outlet_.send_all(scratch_, {kind, ticker.id, 0, false, out_.text()});
}

void Streams::tell_trade(const TradeHappened& trade, Timestamp at) {
    const Ticker& ticker = tickers_.of(trade.instrument);
    if (!subscriptions_.is_wanted(Topic::trade, ticker)) return;
    out_.clear();
    out_.begin_array().begin_object();
    if (ticker.is_stock) {
        out_.member("ev", "T").member("sym", ticker.stream).member("x", kStockExchange);
        out_.member("i", std::to_string(trade.number)).member("z", kTape);
        out_.member("p", trade.price).member("s", trade.quantity);
        append_conditions(out_, "c", ticker, trade.aggressor, trade.quantity);
        out_.member("t", to_ms(at)).member("q", trade.number);
    } else {
        out_.member("ev", "XT").member("pair", ticker.stream).member("p", trade.price).member("t", to_ms(at));
        out_.member("s", trade.quantity);
        append_conditions(out_, "c", ticker, trade.aggressor, trade.quantity);
        out_.member("i", std::to_string(trade.number)).member("x", kCryptoExchange).member("r", to_ms(at));
    }
    out_.end_object().end_array();
    publish(Topic::trade, ticker, FrameKind::trade);
}

void Streams::tell_quote(const QuoteChanged& quote, Timestamp at) {
    const Ticker& ticker = tickers_.of(quote.instrument);
    if (!subscriptions_.is_wanted(Topic::quote, ticker)) return;
    out_.clear();
    out_.begin_array().begin_object();
    if (ticker.is_stock) {
        out_.member("ev", "Q").member("sym", ticker.stream);
        out_.member("bx", kStockExchange)
            .member("bp", quote.bid)
            .member("bs", round_lots(quote.bid_quantity));
        out_.member("ax", kAskExchange).member("ap", quote.ask).member("as", round_lots(quote.ask_quantity));
        out_.member("c", 1).begin_array("i").end_array();
        out_.member("t", to_ms(at)).member("q", quote.sequence).member("z", kTape);
    } else {
        out_.member("ev", "XQ").member("pair", ticker.stream);
        out_.member("bp", quote.bid).member("bs", quote.bid_quantity);
        out_.member("ap", quote.ask).member("as", quote.ask_quantity);
        out_.member("t", to_ms(at)).member("x", kCryptoExchange).member("r", to_ms(at));
    }
    out_.end_object().end_array();
    publish(Topic::quote, ticker, FrameKind::quote);
}

void Streams::tell_bar(Topic topic, const Ticker& ticker, const Aggregate& bar, Timestamp end) {
    const Price average = vwap(bar, ticker.tick);
    const std::uint64_t trades = std::max<std::uint64_t>(1, bar.detail.trades);
    const auto size = static_cast<std::int64_t>(bar.values.volume.value.units() /
                                                static_cast<Int128>(trades) / Decimal::kOne);
    out_.clear();
    out_.begin_array().begin_object().member("ev", prefix_of(ticker.is_stock, topic));
    out_.member(ticker.is_stock ? "sym" : "pair", ticker.stream).member("v", bar.values.volume);
    StreamBars::DaySoFar day;
    if (ticker.is_stock) {
        day = bars_.day(ticker.id, end - Duration{1});
        out_.member("av", day.volume).member("op", day.open);
    }
    out_.member("vw", average)
        .member("o", bar.values.open)
        .member("c", bar.values.close)
        .member("h", bar.values.high)
        .member("l", bar.values.low);
    if (ticker.is_stock)
        out_.member("a", day.average().quantized(Price{Decimal::power_of_ten(-4)}, Rounding::nearest));
    out_.member("z", size).member("s", to_ms(bar.begin)).member("e", to_ms(end)).end_object().end_array();
    publish(topic, ticker, FrameKind::bar);
}

void Streams::tell_bars(Timestamp now) {
    for (const Ticker& ticker : tickers_.all()) {
        while (const auto done = bars_.take_second(ticker.id, now)) {
            if (subscriptions_.is_wanted(Topic::second, ticker))
                tell_bar(Topic::second, ticker, done->bar, done->end);
        }
        while (const auto done = bars_.take_minute(ticker.id, now)) {
            if (subscriptions_.is_wanted(Topic::minute, ticker))
                tell_bar(Topic::minute, ticker, done->bar, done->end);
        }
    }
}

void Streams::on_events(std::span<const ModelEvent> events) {
    for (const ModelEvent& event : events) {
        if (const auto* trade = std::get_if<TradeHappened>(&event.what)) {
            bars_.on_trade(trade->instrument, trade->price, trade->quantity, event.at);
            tell_trade(*trade, event.at);
        } else if (const auto* quote = std::get_if<QuoteChanged>(&event.what)) {
            tell_quote(*quote, event.at);
        }
    }
}

void Streams::on_time(Timestamp now) {
    tell_bars(now);
    for (auto& [stream, client] : clients_) {
        if (!client.is_authenticated && client.opened_at + kAuthTimeout <= now) {
            client.opened_at = now;  // once, should the host not close it at once
            tell(stream, "auth_timeout", "No authentication request received.");
            outlet_.close(stream, kPolicyViolation, "");
        } else if (client.pinged_at + kPingInterval <= now) {
            client.pinged_at = now;
            outlet_.ping(stream, "");
        }
    }
}

}  // namespace plumb::exchange::polygon
