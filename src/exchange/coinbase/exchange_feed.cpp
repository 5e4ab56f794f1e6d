#include "exchange/coinbase/exchange_feed.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "exchange/coinbase/exchange_rest.hpp"
#include "exchange/coinbase/market_data.hpp"
#include "exchange/coinbase/order_request.hpp"

namespace plumb::exchange::coinbase {

namespace {

constexpr std::array<std::string_view, kExchangeChannels> kNames{
    "heartbeat", "status", "ticker", "ticker_batch", "matches", "level2", "level2_batch", "full"};

constexpr std::size_t index(ExchangeChannel channel) { return static_cast<std::size_t>(channel); }

std::optional<ExchangeChannel> parse_channel(std::string_view name) {
    if (name == "level2_50") name = "level2_batch";
    const auto found = std::ranges::find(kNames, name);
    if (found == kNames.end()) return std::nullopt;
    return static_cast<ExchangeChannel>(found - kNames.begin());
}

/// One entry of "channels": its name and the products it is for.
struct Wish {
    std::string channel;
    std::vector<std::string> products;
};

bool add_products(const nlohmann::json& object, std::vector<std::string>& products) {
    const auto ids = object.find("product_ids");
    if (ids == object.end()) return true;
    if (!ids->is_array()) return false;
    for (const nlohmann::json& one : *ids) {
        if (!one.is_string()) return false;
        products.push_back(one.get<std::string>());
    }
    return true;
}

/// nullopt for a message that cannot be read.
std::optional<std::vector<Wish>> wishes_of(const nlohmann::json& message) {
    std::vector<std::string> common;
    const auto channels = message.find("channels");
    if (!add_products(message, common) || channels == message.end() || !channels->is_array()) {
        return std::nullopt;
    }
    std::vector<Wish> wishes;
    for (const nlohmann::json& one : *channels) {
        Wish wish{"", common};
        if (one.is_string()) {
            wish.channel = one.get<std::string>();
        } else if (one.is_object()) {
            wish.channel = text_member(one, "name");
            if (!add_products(one, wish.products)) return std::nullopt;
        } else {
            return std::nullopt;
        }
        wishes.push_back(std::move(wish));
    }
    return wishes;
}

constexpr std::string_view kUnsigned =
    "level2, level3, and full channels now require authentication. "
    "https://docs.cloud.coinbase.com/exchange/docs/websocket-auth";

bool wants_signature(ExchangeChannel channel) {
    return channel == ExchangeChannel::level2 || channel == ExchangeChannel::full;
}

/// No keys of the Exchange are issued here: that a request is signed counts, by whom cannot be told.
/// Clients write the time as text or as a number.
bool is_signed(const nlohmann::json& message) {
    const auto timestamp = message.find("timestamp");
    if (timestamp == message.end() || !(timestamp->is_string() || timestamp->is_number())) return false;
    return std::ranges::none_of(std::array{"key", "signature", "passphrase"},
                                [&](const char* name) { return text_member(message, name).empty(); });
}

std::string_view done_reason(const OrderRecord& order) {
    return order.status == OrderStatus::filled ? "filled" : "canceled";
}

}  // namespace

ExchangeFeed::ExchangeFeed(Desk& desk) : desk_{desk} {
    const std::size_t count = desk.model.market_count();
    for (std::vector<Listeners>& channel : listeners_) channel.resize(count);
    sequences_.resize(count, 1'000'000);
    last_.resize(count);
    levels_.resize(count);
    batched_.resize(count);
}

ExchangeFeed::Listeners& ExchangeFeed::listeners(ExchangeChannel channel, InstrumentId instrument) {
    return listeners_[index(channel)][instrument.value];
}

void ExchangeFeed::on_closed(StreamId stream) {
    if (streams_.erase(stream) == 0) return;
    for (std::vector<Listeners>& channel : listeners_) {
        for (Listeners& all : channel) std::erase(all, stream);
    }
    std::erase(status_, stream);
}

void ExchangeFeed::tell(std::span<const StreamId> streams, FrameKind kind, InstrumentId instrument) {
    if (!streams.empty()) desk_.outlet.send_all(streams, {kind, instrument, 0, false, json_.text()});
}

void ExchangeFeed::say_error(StreamId stream, std::string_view words, std::string_view reason) {
    json_.clear();
    json_.begin_object()
        .member("type", "error")
        .member("message", words)
        .member("reason", reason)
        .end_object();
    desk_.outlet.send(stream, {FrameKind::control, {}, 0, false, json_.text()});
}

void ExchangeFeed::on_message(StreamId stream, const nlohmann::json& message, Timestamp now) {
    streams_.insert(stream);
    const std::string type = text_member(message, "type");
    if (type != "subscribe" && type != "unsubscribe") {
        return say_error(stream, "Malformed JSON", "type must be subscribe or unsubscribe");
    }
    const bool on = type == "subscribe";
    const auto wishes = wishes_of(message);
    if (!wishes || wishes->empty()) {
        return say_error(stream, "Failed to subscribe", "channels must be a list of channels");
    }
    struct Pick {
        ExchangeChannel channel;
        InstrumentId instrument;
    };
    std::vector<Pick> picks;
    bool wants_status = false;
    for (const Wish& wish : *wishes) {
        const auto channel = parse_channel(wish.channel);
        if (!channel)
            return say_error(stream, "Failed to subscribe", wish.channel + " is not a valid channel");
        if (on && wants_signature(*channel) && !is_signed(message)) {
            return say_error(stream, "Failed to subscribe", kUnsigned);
        }
        if (*channel == ExchangeChannel::status) {
            wants_status = true;
            continue;
        }
        if (wish.products.empty()) {
            return say_error(stream, "Failed to subscribe", "product_ids is required for " + wish.channel);
        }
        for (const std::string& name : wish.products) {
            const Product* product = desk_.products.find(name);
            if (product == nullptr) {
                return say_error(stream, "Failed to subscribe", name + " is not a valid product");
            }
            picks.push_back({*channel, product->id});
        }
    }
    if (wants_status) {
        std::erase(status_, stream);
        if (on) status_.push_back(stream);
    }
    std::vector<Pick> fresh;
    for (const Pick& pick : picks) {
        Listeners& all = listeners(pick.channel, pick.instrument);
        const bool was = 0 < std::erase(all, stream);
        if (on) all.push_back(stream);
        if (on && !was) fresh.push_back(pick);
    }
    // last_match comes before the acknowledgement, as the venue's own frames do.
    for (const Pick& pick : fresh) {
        if (pick.channel == ExchangeChannel::matches)
            begin_channel(stream, pick.channel, pick.instrument, now);
    }
    acknowledge(stream);
    for (const Pick& pick : fresh) {
        if (pick.channel != ExchangeChannel::matches)
            begin_channel(stream, pick.channel, pick.instrument, now);
    }
    if (on && wants_status) {
        encode_status();
        desk_.outlet.send(stream, {FrameKind::status, {}, 0, false, json_.text()});
    }
}

void ExchangeFeed::acknowledge(StreamId stream) {
    json_.clear();
    json_.begin_object().member("type", "subscriptions").begin_array("channels");
    for (std::size_t i = 0; i < kExchangeChannels; ++i) {
        std::vector<std::string_view> names;
        for (const Product& product : desk_.products.all()) {
            const Listeners& all = listeners_[i][product.id.value];
            if (std::ranges::find(all, stream) != all.end()) names.push_back(product.name);
        }
        const bool is_status =
            i == index(ExchangeChannel::status) && std::ranges::find(status_, stream) != status_.end();
        if (names.empty() && !is_status) continue;
        json_.begin_object().member("name", kNames[i]).begin_array("product_ids");
        for (const std::string_view name : names) json_.element(name);
        json_.end_array().null("account_ids").end_object();
    }
    json_.end_array().end_object();
    desk_.outlet.send(stream, {FrameKind::control, {}, 0, false, json_.text()});
}

void ExchangeFeed::begin_channel(StreamId stream, ExchangeChannel channel, InstrumentId instrument,
                                 Timestamp now) {
    FrameKind kind = FrameKind::control;
    switch (channel) {
        case ExchangeChannel::matches: {
            Sale sale = last_[instrument.value];
            if (sale.trade.number == 0) {
                const auto kept =
                    desk_.past.trades(instrument, Timestamp{}, now + std::chrono::milliseconds{1}, 10'000);
                if (kept.empty()) return;
                const PastTrade& past = kept.back();
                sale.trade.number = past.number;
                sale.trade.aggressor = past.aggressor;
                sale.trade.price = past.price;
                sale.trade.quantity = past.quantity;
                sale.at = past.at;
            }
            encode_match("last_match", instrument, sale);
            kind = FrameKind::trade;
            break;
        }
        case ExchangeChannel::ticker:
        case ExchangeChannel::ticker_batch:
            encode_ticker(instrument, now);
            kind = FrameKind::quote;
            break;
        case ExchangeChannel::level2:
        case ExchangeChannel::level2_batch:
            encode_book(instrument, now);
            kind = FrameKind::book;
            break;
        case ExchangeChannel::heartbeat:
        case ExchangeChannel::status:
        case ExchangeChannel::full: return;
    }
    desk_.outlet.send(stream, {kind, instrument, 0, false, json_.text()});
}

void ExchangeFeed::encode_match(std::string_view type, InstrumentId instrument, const Sale& sale) {
    json_.clear();
    json_.begin_object().member("type", type).member("trade_id", sale.trade.number);
    json_.member("maker_order_id", desk_.order_ids.text(sale.trade.maker));
    json_.member("taker_order_id", desk_.order_ids.text(sale.trade.taker));
    json_.member("side", lower_side_word(opposite(sale.trade.aggressor))).quoted("size", sale.trade.quantity);
    json_.quoted("price", sale.trade.price).member("product_id", desk_.products[instrument].name);
    json_.member("sequence", sequences_[instrument.value]).time("time", sale.at, 6).end_object();
}

void ExchangeFeed::encode_ticker(InstrumentId instrument, Timestamp now) {
    const DaySummary day = desk_.past.day(instrument, now);
    const QuoteChanged quote = desk_.model.quote(instrument);
    const Sale& sale = last_[instrument.value];
    json_.clear();
    json_.begin_object().member("type", "ticker").member("sequence", sequences_[instrument.value]);
    json_.member("product_id", desk_.products[instrument].name);
    json_.quoted("price", last_price(desk_, instrument, now)).quoted("open_24h", day.open);
    json_.quoted("volume_24h", day.volume).quoted("low_24h", day.low).quoted("high_24h", day.high);
    json_.quoted("volume_30d", day.volume).quoted("best_bid", quote.bid);
    json_.quoted("best_bid_size", quote.bid_quantity).quoted("best_ask", quote.ask);
    json_.quoted("best_ask_size", quote.ask_quantity);
    json_.member("side", lower_side_word(sale.trade.aggressor));
    json_.time("time", sale.trade.number == 0 ? now : sale.at, 6).member("trade_id", sale.trade.number);
    json_.quoted("last_size", sale.trade.quantity).end_object();
}

void ExchangeFeed::encode_book(InstrumentId instrument, Timestamp now) {
    json_.clear();
    json_.begin_object().member("type", "snapshot").member("product_id", desk_.products[instrument].name);
    for (const Side side : {Side::sell, Side::buy}) {
        json_.begin_array(side == Side::buy ? "bids" : "asks");
        for (const BookLevel& level : desk_.model.levels(instrument, side, 10'000)) {
            json_.begin_array().quoted_element(level.price).quoted_element(level.quantity).end_array();
        }
        json_.end_array();
    }
    json_.time("time", now, 6).end_object();
}

void ExchangeFeed::encode_status() {
    json_.clear();
    json_.begin_object().member("type", "status").begin_array("products");
    std::vector<std::string_view> written{"USD"};
    for (const Product& product : desk_.products.all()) write_exchange_product(json_, desk_, product);
    json_.end_array().begin_array("currencies");
    write_exchange_currency(json_, "USD");
    for (const Product& product : desk_.products.all()) {
        if (std::ranges::find(written, product.base) != written.end()) continue;
        written.push_back(product.base);
        write_exchange_currency(json_, product.base);
    }
    json_.end_array().end_object();
}

void ExchangeFeed::on_trade(const TradeHappened& trade, Timestamp at, Timestamp now) {
    ++sequences_[trade.instrument.value];
    last_[trade.instrument.value] = {trade, at};
    const Listeners& matches = listeners(ExchangeChannel::matches, trade.instrument);
    const Listeners& full = listeners(ExchangeChannel::full, trade.instrument);
    if (!matches.empty() || !full.empty()) {
        encode_match("match", trade.instrument, {trade, at});
        tell(matches, FrameKind::trade, trade.instrument);
        tell(full, FrameKind::trade, trade.instrument);
    }
    if (const Listeners& all = listeners(ExchangeChannel::ticker, trade.instrument); !all.empty()) {
        encode_ticker(trade.instrument, now);
        tell(all, FrameKind::quote, trade.instrument);
    }
}

// received, open, done and change of the full channel; matches are told with the trades.
void ExchangeFeed::on_order(const OrderHappened& happened, Timestamp at) {
    const OrderRecord& order = happened.record;
    const InstrumentId instrument = order.spec.instrument;
    const Listeners& all = listeners(ExchangeChannel::full, instrument);
    if (all.empty() || order.number == 0) return;
    const auto begin = [&](std::string_view type) {
        json_.clear();
        json_.begin_object().member("type", type).time("time", at, 6);
        json_.member("product_id", desk_.products[instrument].name);
        json_.member("sequence", ++sequences_[instrument.value]);
        json_.member("order_id", desk_.order_ids.text(order.number));
        json_.member("side", lower_side_word(order.spec.side));
    };
    const auto end = [&] {
        json_.end_object();
        tell(all, FrameKind::book, instrument);
    };
    switch (happened.step) {
        case OrderStep::accepted:
            begin("received");
            if (0 < order.spec.notional.sign()) {
                json_.quoted("funds", order.spec.notional);
            } else {
                json_.quoted("size", order.spec.quantity);
            }
            if (order.spec.type == OrderType::limit) json_.quoted("price", order.spec.limit);
            json_.member("order_type", order.spec.type == OrderType::market ? "market" : "limit");
            json_.member("client_oid", order.spec.client_id);
            end();
            if (order.status == OrderStatus::working) {
                begin("open");
                json_.quoted("price", order.spec.limit).quoted("remaining_size", order.leaves());
                end();
            }
            return;
        case OrderStep::changed:
        case OrderStep::replaced:
            begin("change");
            json_.member("reason", "modify_order").quoted("new_price", order.spec.limit);
            json_.quoted("new_size", order.leaves());
            return end();
        case OrderStep::filled:
            if (order.status != OrderStatus::filled) return;
            [[fallthrough]];
        case OrderStep::canceled:
        case OrderStep::expired:
            begin("done");
            json_.quoted("price", order.spec.limit).member("reason", done_reason(order));
            json_.quoted("remaining_size", order.spec.quantity - order.filled);
            return end();
        case OrderStep::triggered:
        case OrderStep::rejected: return;
    }
}

void ExchangeFeed::flush_levels(Timestamp now, bool batch) {
    std::vector<std::vector<LevelChanged>>& all = batch ? batched_ : levels_;
    const ExchangeChannel channel = batch ? ExchangeChannel::level2_batch : ExchangeChannel::level2;
    for (std::uint32_t i = 0; i < all.size(); ++i) {
        if (all[i].empty()) continue;
        json_.clear();
        json_.begin_object()
            .member("type", "l2update")
            .member("product_id", desk_.products[InstrumentId{i}].name);
        json_.begin_array("changes");
        for (const LevelChanged& change : all[i]) {
            json_.begin_array().element(lower_side_word(change.side)).quoted_element(change.price);
            json_.quoted_element(change.quantity).end_array();
        }
        json_.end_array().time("time", now, 6).end_object();
        all[i].clear();
        tell(listeners(channel, InstrumentId{i}), FrameKind::book, InstrumentId{i});
    }
}

void ExchangeFeed::on_events(std::span<const ModelEvent> events, Timestamp now) {
    bool has_levels = false;
    for (const ModelEvent& event : events) {
        if (const auto* trade = std::get_if<TradeHappened>(&event.what)) {
            on_trade(*trade, event.at, now);
        } else if (const auto* order = std::get_if<OrderHappened>(&event.what)) {
            on_order(*order, event.at);
        } else if (const auto* level = std::get_if<LevelChanged>(&event.what)) {
            if (!listeners(ExchangeChannel::level2, level->instrument).empty()) {
                levels_[level->instrument.value].push_back(*level);
                has_levels = true;
            }
            if (!listeners(ExchangeChannel::level2_batch, level->instrument).empty()) {
                batched_[level->instrument.value].push_back(*level);
            }
        }
    }
    if (has_levels) flush_levels(now, false);
}

void ExchangeFeed::on_time(Timestamp now) {
    if (levels_at_ + std::chrono::milliseconds{50} <= now) {
        levels_at_ = now;
        flush_levels(now, true);
    }
    if (now < seconds_at_ + std::chrono::seconds{1}) return;
    seconds_at_ = now;
    const bool is_batch = batch_at_ + std::chrono::seconds{5} <= now;
    if (is_batch) batch_at_ = now;
    for (std::uint32_t i = 0; i < sequences_.size(); ++i) {
        const InstrumentId instrument{i};
        if (const Listeners& all = listeners(ExchangeChannel::heartbeat, instrument); !all.empty()) {
            json_.clear();
            json_.begin_object().member("type", "heartbeat").member("last_trade_id", last_[i].trade.number);
            json_.member("product_id", desk_.products[instrument].name).member("sequence", sequences_[i]);
            json_.time("time", now, 6).end_object();
            tell(all, FrameKind::control, instrument);
        }
        if (const Listeners& all = listeners(ExchangeChannel::ticker_batch, instrument);
            is_batch && !all.empty()) {
            encode_ticker(instrument, now);
            tell(all, FrameKind::quote, instrument);
        }
    }
    if (!status_.empty() && status_at_ + std::chrono::seconds{5} <= now) {
        status_at_ = now;
        encode_status();
        desk_.outlet.send_all(status_, {FrameKind::status, {}, 0, false, json_.text()});
    }
}

}  // namespace plumb::exchange::coinbase
