#include "exchange/coinbase/advanced_feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "exchange/coinbase/market_data.hpp"
#include "exchange/coinbase/order_json.hpp"
#include "exchange/coinbase/order_request.hpp"

namespace plumb::exchange::coinbase {

namespace {

constexpr std::array<std::string_view, kChannels> kNames{
    "heartbeats", "market_trades", "ticker", "ticker_batch",           "candles",
    "level2",     "status",        "user",   "futures_balance_summary"};

std::optional<Channel> parse_channel(std::string_view name) {
    if (name == "l2_data") name = "level2";
    const auto found = std::ranges::find(kNames, name);
    if (found == kNames.end()) return std::nullopt;
    return static_cast<Channel>(found - kNames.begin());
}

constexpr std::size_t index(Channel channel) { return static_cast<std::size_t>(channel); }
std::string_view name_of(Channel channel) { return kNames[index(channel)]; }

bool needs_products(Channel channel) {
    return channel != Channel::heartbeats && channel != Channel::user && channel != Channel::status &&
           channel != Channel::futures_balance_summary;
}

/// product_ids, or product_ids as one text; nullopt when one is no text.
std::optional<std::vector<std::string>> product_names(const nlohmann::json& message) {
    std::vector<std::string> names;
    const auto ids = message.find("product_ids");
    if (ids == message.end() || ids->is_null()) return names;
    if (ids->is_string()) return std::vector{ids->get<std::string>()};
    if (!ids->is_array()) return std::nullopt;
    for (const nlohmann::json& one : *ids) {
        if (!one.is_string()) return std::nullopt;
        names.push_back(one.get<std::string>());
    }
    return names;
}

}  // namespace

AdvancedFeed::AdvancedFeed(Desk& desk) : desk_{desk} {
    const std::size_t count = desk.model.market_count();
    for (std::vector<Listeners>& channel : listeners_) channel.resize(count);
    trades_.resize(count);
    levels_.resize(count);
}

void AdvancedFeed::open(StreamId stream, Timestamp now) { streams_[stream].sent_at = now; }

void AdvancedFeed::on_closed(StreamId stream) {
    if (streams_.erase(stream) == 0) return;
    for (std::vector<Listeners>& channel : listeners_) {
        for (Listeners& all : channel) std::erase(all, stream);
    }
}

AdvancedFeed::Listeners& AdvancedFeed::listeners(Channel channel, InstrumentId instrument) {
    return listeners_[index(channel)][instrument.value];
}

void AdvancedFeed::begin(std::string_view channel, Timestamp now) {
    head_.clear();
    fmt::format_to(std::back_inserter(head_), R"({{"channel":"{}","client_id":"","timestamp":")", channel);
    append_iso(head_, now, 9);
    head_ += R"(","sequence_num":)";
}

void AdvancedFeed::send(StreamId stream, FrameKind kind, std::optional<InstrumentId> instrument,
                        Timestamp now) {
    const auto found = streams_.find(stream);
    if (found == streams_.end()) return;
    frame_.assign(head_);
    fmt::format_to(std::back_inserter(frame_), R"({},"events":{}}})", found->second.sequence++, json_.text());
    found->second.sent_at = now;
    desk_.outlet.send(stream, {kind, instrument, 0, false, frame_});
}

void AdvancedFeed::broadcast(std::span<const StreamId> streams, FrameKind kind, InstrumentId instrument,
                             Timestamp now) {
    for (const StreamId stream : streams) send(stream, kind, instrument, now);
}

void AdvancedFeed::say_error(StreamId stream, std::string_view words) {
    json_.clear();
    json_.begin_object().member("type", "error").member("message", words).end_object();
    desk_.outlet.send(stream, {FrameKind::control, {}, 0, false, json_.text()});
}

void AdvancedFeed::on_message(StreamId stream, const nlohmann::json& message, Timestamp now) {
    const std::string type = text_member(message, "type");
    if (type != "subscribe" && type != "unsubscribe") return say_error(stream, "failure to subscribe");
    const auto channel = parse_channel(text_member(message, "channel"));
    if (!channel) return say_error(stream, "channel not found");
    const std::string token = text_member(message, "jwt");
    const ApiAccess* access = token.empty() ? nullptr : desk_.keys.verify(token, "", "", "", now);
    const bool is_private = *channel == Channel::user || *channel == Channel::futures_balance_summary;
    if (access == nullptr && (is_private || !token.empty())) {
        return say_error(stream, "authentication failure");
    }
    const auto names = product_names(message);
    if (!names) return say_error(stream, "failure to subscribe");
    std::vector<InstrumentId> products;
    for (const std::string& name : *names) {
        const Product* product = desk_.products.find(name);
        if (product == nullptr) return say_error(stream, "product not found: " + name);
        products.push_back(product->id);
    }
    Stream& state = streams_[stream];
    if (type == "unsubscribe") {
        unsubscribe(stream, *channel, products, names->empty());
        return acknowledge(stream, now);
    }
    if (needs_products(*channel) && products.empty()) {
        return say_error(stream, "failure to subscribe: product_ids is required");
    }
    if (is_private) state.account = access->account;
    subscribe(stream, *channel, products, now);
}

void AdvancedFeed::subscribe(StreamId stream, Channel channel, const std::vector<InstrumentId>& products,
                             Timestamp now) {
    Stream& state = streams_[stream];
    state.is_on[index(channel)] = true;
    if (products.empty()) state.products[index(channel)].clear();
    for (const InstrumentId product : products) {
        state.products[index(channel)].insert(product);
        Listeners& all = listeners(channel, product);
        if (std::ranges::find(all, stream) == all.end()) all.push_back(stream);
    }
    acknowledge(stream, now);
    if (channel == Channel::user) return send_user_snapshot(stream, now);
    if (channel == Channel::status) return send_status({&stream, 1}, now);
    if (!needs_products(channel)) return;
    for (const InstrumentId product : products) send_snapshot(stream, channel, product, now);
}

void AdvancedFeed::unsubscribe(StreamId stream, Channel channel, const std::vector<InstrumentId>& products,
                               bool all) {
    Stream& state = streams_[stream];
    std::set<InstrumentId>& subscribed = state.products[index(channel)];
    const std::vector<InstrumentId> gone =
        all ? std::vector<InstrumentId>{subscribed.begin(), subscribed.end()} : products;
    for (const InstrumentId product : gone) {
        subscribed.erase(product);
        std::erase(listeners(channel, product), stream);
    }
    if (subscribed.empty()) state.is_on[index(channel)] = false;
}

void AdvancedFeed::acknowledge(StreamId stream, Timestamp now) {
    const Stream& state = streams_[stream];
    json_.clear();
    json_.begin_array().begin_object().begin_object("subscriptions");
    for (std::size_t i = 0; i < kChannels; ++i) {
        if (!state.is_on[i]) continue;
        json_.begin_array(kNames[i]);
        for (const InstrumentId product : state.products[i]) json_.element(desk_.products[product].name);
        if (state.products[i].empty()) {
            const bool is_user = i == index(Channel::user);
            json_.element(is_user ? desk_.user_id(state.account) : std::string{kNames[i]});
        }
        json_.end_array();
    }
    json_.end_object().end_object().end_array();
    begin("subscriptions", now);
    send(stream, FrameKind::control, {}, now);
}

void AdvancedFeed::send_snapshot(StreamId stream, Channel channel, InstrumentId instrument, Timestamp now) {
    if (channel == Channel::market_trades) {
        std::vector<PastTrade> kept =
            desk_.past.trades(instrument, Timestamp{}, now + std::chrono::milliseconds{1}, 10'000);
        // What waits for its batch comes there, not here.
        const std::vector<PastTrade>& waiting = trades_[instrument.value];
        if (!waiting.empty()) {
            std::erase_if(kept, [&](const PastTrade& one) { return waiting.front().number <= one.number; });
        }
        kept.erase(kept.begin(),
                   kept.end() - static_cast<std::ptrdiff_t>(std::min(kept.size(), kTradesInSnapshot)));
        std::ranges::reverse(kept);
        encode_trades(instrument, kept, "snapshot");
        begin("market_trades", now);
        return send(stream, FrameKind::trade, instrument, now);
    }
    if (channel == Channel::level2) {
        flush_levels(now);
        encode_book(instrument, now);
        begin("l2_data", now);
        return send(stream, FrameKind::book, instrument, now);
    }
    if (channel == Channel::candles) {
        if (!encode_candles(instrument, true, now)) return;
        begin("candles", now);
        return send(stream, FrameKind::bar, instrument, now);
    }
    encode_ticker(channel, instrument, "snapshot", now);
    begin(name_of(channel), now);
    send(stream, FrameKind::quote, instrument, now);
}

void AdvancedFeed::encode_trades(InstrumentId instrument, std::span<const PastTrade> trades,
                                 std::string_view type) {
    const std::string& name = desk_.products[instrument].name;
    json_.clear();
    json_.begin_array().begin_object().member("type", type).begin_array("trades");
    for (const PastTrade& trade : trades) {
        json_.begin_object().member("product_id", name).quoted("trade_id", trade.number);
        json_.quoted("price", trade.price).quoted("size", trade.quantity).time("time", trade.at, 6);
        json_.member("side", side_word(trade.aggressor)).end_object();
    }
    json_.end_array().end_object().end_array();
}

void AdvancedFeed::encode_ticker(Channel channel, InstrumentId instrument, std::string_view type,
                                 Timestamp now) {
    const DaySummary day = desk_.past.day(instrument, now);
    const QuoteChanged quote = desk_.model.quote(instrument);
    const Price last = last_price(desk_, instrument, now);
    json_.clear();
    json_.begin_array().begin_object().member("type", type).begin_array("tickers").begin_object();
    json_.member("type", "ticker").member("product_id", desk_.products[instrument].name);
    json_.quoted("price", last).quoted("volume_24_h", day.volume).quoted("low_24_h", day.low);
    json_.quoted("high_24_h", day.high).quoted("low_52_w", day.low).quoted("high_52_w", day.high);
    json_.quoted("price_percent_chg_24_h", percent_change(day.open, last));
    if (channel == Channel::ticker) {
        json_.quoted("best_bid", quote.bid).quoted("best_bid_quantity", quote.bid_quantity);
        json_.quoted("best_ask", quote.ask).quoted("best_ask_quantity", quote.ask_quantity);
    }
    json_.end_object().end_array().end_object().end_array();
}

bool AdvancedFeed::encode_candles(InstrumentId instrument, bool snapshot, Timestamp now) {
    constexpr auto kLength = std::chrono::minutes{5};
    const std::string& name = desk_.products[instrument].name;
    const auto open = desk_.past.open_bar(instrument, kLength, now);
    if (!snapshot && !open) return false;
    json_.clear();
    json_.begin_array()
        .begin_object()
        .member("type", snapshot ? "snapshot" : "update")
        .begin_array("candles");
    const auto write = [&](Timestamp start, const Ohlcv& values) {
        json_.begin_object().quoted("start", to_ms(start) / 1'000).quoted("high", values.high);
        json_.quoted("low", values.low).quoted("open", values.open).quoted("close", values.close);
        json_.quoted("volume", values.volume).member("product_id", name).end_object();
    };
    if (open) write(open->open_time, open->values);
    if (snapshot) {
        const auto bars = desk_.past.bars(instrument, kLength,
                                          now - kLength * static_cast<std::int64_t>(kCandlesInSnapshot + 1),
                                          now, kCandlesInSnapshot, now);
        for (auto bar = bars.rbegin(); bar != bars.rend(); ++bar) write(bar->open_time, bar->values);
    }
    json_.end_array().end_object().end_array();
    return true;
}

void AdvancedFeed::encode_book(InstrumentId instrument, Timestamp now) {
    json_.clear();
    json_.begin_array().begin_object().member("type", "snapshot");
    json_.member("product_id", desk_.products[instrument].name).begin_array("updates");
    for (const Side side : {Side::buy, Side::sell}) {
        for (const BookLevel& level : desk_.model.levels(instrument, side, 10'000)) {
            json_.begin_object().member("side", side == Side::buy ? "bid" : "offer");
            json_.time("event_time", now, 6).quoted("price_level", level.price);
            json_.quoted("new_quantity", level.quantity).end_object();
        }
    }
    json_.end_array().end_object().end_array();
}

void AdvancedFeed::flush_levels(Timestamp now) {
    for (const InstrumentId instrument : touched_) {
        std::vector<LevelChanged>& changes = levels_[instrument.value];
        json_.clear();
        json_.begin_array().begin_object().member("type", "update");
        json_.member("product_id", desk_.products[instrument].name).begin_array("updates");
        for (const LevelChanged& change : changes) {
            json_.begin_object().member("side", change.side == Side::buy ? "bid" : "offer");
            json_.time("event_time", now, 6).quoted("price_level", change.price);
            json_.quoted("new_quantity", change.quantity).end_object();
        }
        json_.end_array().end_object().end_array();
        changes.clear();
        begin("l2_data", now);
        broadcast(listeners(Channel::level2, instrument), FrameKind::book, instrument, now);
    }
    touched_.clear();
}

void AdvancedFeed::flush_trades(Timestamp now) {
    for (std::uint32_t i = 0; i < trades_.size(); ++i) {
        if (trades_[i].empty()) continue;
        const Listeners& all = listeners(Channel::market_trades, InstrumentId{i});
        if (!all.empty()) {
            encode_trades(InstrumentId{i}, trades_[i], "update");
            begin("market_trades", now);
            broadcast(all, FrameKind::trade, InstrumentId{i}, now);
        }
        trades_[i].clear();
    }
}

void AdvancedFeed::send_user_snapshot(StreamId stream, Timestamp now) {
    const Stream& state = streams_[stream];
    const std::set<InstrumentId>& wanted = state.products[index(Channel::user)];
    std::vector<OrderRecord> orders = desk_.model.open_orders(state.account, std::nullopt, now);
    std::erase_if(orders, [&](const OrderRecord& order) {
        return !wanted.empty() && !wanted.contains(order.spec.instrument);
    });
    std::size_t next = 0;
    do {
        json_.clear();
        json_.begin_array().begin_object().member("type", "snapshot").begin_array("orders");
        const std::size_t end = std::min(next + kUserOrdersInFrame, orders.size());
        for (; next < end; ++next) write_user_order(json_, desk_, orders[next]);
        json_.end_array().begin_object("positions").begin_array("perpetual_futures_positions").end_array();
        json_.begin_array("expiring_futures_positions").end_array().end_object().end_object().end_array();
        begin("user", now);
        send(stream, FrameKind::order, {}, now);
    } while (next < orders.size());
}

void AdvancedFeed::send_status(std::span<const StreamId> streams, Timestamp now) {
    for (const StreamId stream : streams) {
        const std::set<InstrumentId>& wanted = streams_[stream].products[index(Channel::status)];
        json_.clear();
        json_.begin_array().begin_object().member("type", "snapshot").begin_array("products");
        for (const Product& product : desk_.products.all()) {
            if (!wanted.empty() && !wanted.contains(product.id)) continue;
            const MarketSpec& market = desk_.model.market(product.id);
            const TradingStatus status = desk_.model.status(product.id);
            json_.begin_object().member("product_type", "SPOT").member("id", product.name);
            json_.member("base_currency", product.base).member("quote_currency", product.quote);
            json_.quoted("base_increment", market.instrument.lot);
            json_.quoted("quote_increment", market.instrument.tick);
            json_.member("display_name", product.base + "/" + product.quote);
            json_.member("status", status == TradingStatus::open     ? "online"
                                   : status == TradingStatus::halted ? "offline"
                                                                     : "delisted");
            json_.member("status_message", "").quoted("min_market_funds", market.instrument.notional_min);
            json_.end_object();
        }
        json_.end_array().end_object().end_array();
        begin("status", now);
        send(stream, FrameKind::status, {}, now);
    }
}

void AdvancedFeed::on_events(std::span<const ModelEvent> events, Timestamp now) {
    for (const ModelEvent& event : events) {
        if (const auto* level = std::get_if<LevelChanged>(&event.what)) {
            if (listeners(Channel::level2, level->instrument).empty()) continue;
            std::vector<LevelChanged>& changes = levels_[level->instrument.value];
            if (changes.empty()) touched_.push_back(level->instrument);
            changes.push_back(*level);
        } else if (const auto* trade = std::get_if<TradeHappened>(&event.what)) {
            if (!listeners(Channel::market_trades, trade->instrument).empty()) {
                trades_[trade->instrument.value].push_back(
                    {trade->number, trade->aggressor, trade->price, trade->quantity, event.at});
            }
            if (const Listeners& all = listeners(Channel::ticker, trade->instrument); !all.empty()) {
                encode_ticker(Channel::ticker, trade->instrument, "update", now);
                begin("ticker", now);
                broadcast(all, FrameKind::quote, trade->instrument, now);
            }
        } else if (const auto* order = std::get_if<OrderHappened>(&event.what)) {
            const OrderRecord& record = order->record;
            if (record.spec.account.value == 0 || record.number == 0) continue;
            for (auto& [stream, state] : streams_) {
                if (!state.is_on[index(Channel::user)] || state.account != record.spec.account) continue;
                const std::set<InstrumentId>& wanted = state.products[index(Channel::user)];
                if (!wanted.empty() && !wanted.contains(record.spec.instrument)) continue;
                json_.clear();
                json_.begin_array().begin_object().member("type", "update").begin_array("orders");
                write_user_order(json_, desk_, record);
                json_.end_array().end_object().end_array();
                begin("user", now);
                send(stream, FrameKind::order, record.spec.instrument, now);
            }
        } else if (std::get_if<StatusChanged>(&event.what) != nullptr) {
            status_at_ = Timestamp{};
        }
    }
    flush_levels(now);
}

void AdvancedFeed::on_time(Timestamp now) {
    if (trades_at_ + kTradesEvery <= now) {
        trades_at_ = now;
        flush_trades(now);
    }
    if (now < seconds_at_ + std::chrono::seconds{1}) return;
    seconds_at_ = now;
    const bool is_batch = batch_at_ + std::chrono::seconds{5} <= now;
    if (is_batch) batch_at_ = now;
    for (std::uint32_t i = 0; i < trades_.size(); ++i) {
        const InstrumentId instrument{i};
        if (const Listeners& all = listeners(Channel::candles, instrument);
            !all.empty() && encode_candles(instrument, false, now)) {
            begin("candles", now);
            broadcast(all, FrameKind::bar, instrument, now);
        }
        if (const Listeners& all = listeners(Channel::ticker_batch, instrument); is_batch && !all.empty()) {
            encode_ticker(Channel::ticker_batch, instrument, "update", now);
            begin("ticker_batch", now);
            broadcast(all, FrameKind::quote, instrument, now);
        }
    }
    const bool tells_status = status_at_ + std::chrono::minutes{1} <= now;
    if (tells_status) status_at_ = now;
    std::vector<StreamId> quiet;
    for (auto& [stream, state] : streams_) {
        if (state.is_on[index(Channel::heartbeats)]) {
            json_.clear();
            json_.begin_array().begin_object().member("current_time", fmt::format("{} UTC", to_text(now)));
            json_.member("heartbeat_counter", ++state.heartbeats).end_object().end_array();
            begin("heartbeats", now);
            send(stream, FrameKind::control, {}, now);
        }
        if (tells_status && state.is_on[index(Channel::status)]) send_status({&stream, 1}, now);
        if (state.sent_at + kQuietMax <= now) quiet.push_back(stream);
    }
    for (const StreamId stream : quiet) desk_.outlet.close(stream, 1000, "");
}

}  // namespace plumb::exchange::coinbase
