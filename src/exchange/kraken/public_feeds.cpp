#include "exchange/kraken/public_feeds.hpp"

#include <algorithm>

#include "exchange/kraken/market_data.hpp"

namespace plumb::exchange::kraken {

namespace {

constexpr std::array<std::string_view, 4> kFeedNames{"ticker", "ticker_lite", "trade", "book"};

FrameKind kind_of(PublicFeed feed) {
    switch (feed) {
        case PublicFeed::ticker:
        case PublicFeed::ticker_lite: return FrameKind::quote;
        case PublicFeed::trade: return FrameKind::trade;
        case PublicFeed::book: return FrameKind::book;
    }
    return FrameKind::control;
}

void write_trade(JsonOut& json, const Desk& desk, const Contract& contract, const PastTrade& trade,
                 std::uint64_t sequence, bool liquidation) {
    json.begin_object().member("feed", "trade").member("product_id", contract.symbol);
    json.member("uid", desk.trade_ids.text(trade.number)).member("side", side_word(trade.aggressor));
    json.member("type", liquidation ? "liquidation" : "fill").member("seq", sequence);
    json.member("time", to_ms(trade.at)).member("qty", trade.quantity).member("price", trade.price);
    json.end_object();
}

}  // namespace

std::optional<PublicFeed> parse_public_feed(std::string_view name) {
    const auto found = std::ranges::find(kFeedNames, name);
    if (found == kFeedNames.end()) return std::nullopt;
    return static_cast<PublicFeed>(found - kFeedNames.begin());
}

std::string_view to_string(PublicFeed feed) { return kFeedNames[static_cast<std::size_t>(feed)]; }

PublicFeeds::PublicFeeds(Desk& desk) : desk_{desk} {
    const std::size_t count = desk.model.market_count();
    for (std::vector<Listeners>& feed : listeners_) feed.resize(count);
    trade_counts_.resize(count);
    is_dirty_.resize(count);
}

PublicFeeds::Listeners& PublicFeeds::listeners(PublicFeed feed, InstrumentId instrument) {
    return listeners_[static_cast<std::size_t>(feed)][instrument.value];
}

bool PublicFeeds::subscribe(StreamId stream, PublicFeed feed, InstrumentId instrument, Timestamp now) {
    Listeners& all = listeners(feed, instrument);
    const bool is_new = std::ranges::find(all, stream) == all.end();
    if (is_new) all.push_back(stream);
    send_snapshot(stream, feed, instrument, now);
    return is_new;
}

bool PublicFeeds::unsubscribe(StreamId stream, PublicFeed feed, InstrumentId instrument) {
    return 0 < std::erase(listeners(feed, instrument), stream);
}

bool PublicFeeds::set_heartbeat(StreamId stream, bool on) {
    const bool was_on = std::ranges::find(heartbeats_, stream) != heartbeats_.end();
    if (on && !was_on) heartbeats_.push_back(stream);
    if (!on) std::erase(heartbeats_, stream);
    return on != was_on;
}

void PublicFeeds::remove(StreamId stream) {
    for (std::vector<Listeners>& feed : listeners_) {
        for (Listeners& all : feed) std::erase(all, stream);
    }
    std::erase(heartbeats_, stream);
}

void PublicFeeds::send_snapshot(StreamId stream, PublicFeed feed, InstrumentId instrument, Timestamp now) {
    switch (feed) {
        case PublicFeed::ticker: encode_ticker(instrument, now); break;
        case PublicFeed::ticker_lite: encode_ticker_lite(instrument, now); break;
        case PublicFeed::trade: encode_trades(instrument, now); break;
        case PublicFeed::book: encode_book(instrument, now); break;
    }
    desk_.outlet.send(stream, {kind_of(feed), instrument, 0, false, json_.text()});
}

void PublicFeeds::encode_book(InstrumentId instrument, Timestamp now) {
    json_.clear();
    json_.begin_object().member("feed", "book_snapshot");
    json_.member("product_id", desk_.contracts[instrument].symbol).member("timestamp", to_ms(now));
    json_.member("seq", desk_.model.book_sequence(instrument)).null("tickSize");
    for (const Side side : {Side::buy, Side::sell}) {
        json_.begin_array(side == Side::buy ? "bids" : "asks");
        for (const BookLevel& level : desk_.model.levels(instrument, side, 1'000)) {
            json_.begin_object().member("price", level.price).member("qty", level.quantity).end_object();
        }
        json_.end_array();
    }
    json_.end_object();
}

void PublicFeeds::encode_trades(InstrumentId instrument, Timestamp now) {
    const std::vector<PastTrade> kept =
        desk_.past.trades(instrument, Timestamp{}, now + std::chrono::milliseconds{1}, 10'000);
    const Contract& contract = desk_.contracts[instrument];
    std::uint64_t sequence = kTradeSequenceBase + trade_counts_[instrument.value];
    json_.clear();
    json_.begin_object().member("feed", "trade_snapshot").member("product_id", contract.symbol);
    json_.begin_array("trades");
    for (std::size_t i = kept.size(); 0 < i && kept.size() < i + kTradesInSnapshot; --sequence) {
        write_trade(json_, desk_, contract, kept[--i], sequence, false);
    }
    json_.end_array().end_object();
}

void PublicFeeds::encode_ticker(InstrumentId instrument, Timestamp now) {
    const TickerView view = view_ticker(desk_, instrument, now);
    const Contract& contract = desk_.contracts[instrument];
    const Decimal premium =
        view.mark.index.is_zero()
            ? Decimal{}
            : ((view.mark.mark.value - view.mark.index.value) / view.mark.index.value * Decimal{100})
                  .quantized(Decimal::power_of_ten(-1), Rounding::nearest);
    json_.clear();
    json_.begin_object().member("time", to_ms(now)).member("product_id", contract.symbol);
    json_.member("funding_rate", view.funding_rate).member("funding_rate_prediction", view.funding_rate);
    json_.member("relative_funding_rate", view.mark.funding_rate);
    json_.member("relative_funding_rate_prediction", view.mark.funding_rate);
    json_.member("next_funding_rate_time", to_ms(view.mark.next_funding)).member("feed", "ticker");
    json_.member("bid", view.quote.bid).member("ask", view.quote.ask);
    json_.member("bid_size", view.quote.bid_quantity).member("ask_size", view.quote.ask_quantity);
    json_.member("volume", view.day.volume).member("dtm", 0).member("leverage", "50x");
    json_.member("index", view.mark.index).member("premium", premium).member("last", view.last);
    json_.member("change", view.change).member("suspended", view.suspended).member("tag", "perpetual");
    json_.member("pair", contract.feed_pair).member("openInterest", view.open_interest);
    json_.member("markPrice", view.mark.mark).member("maturityTime", 0).member("post_only", false);
    json_.member("volumeQuote", view.day.value).member("open", view.day.open).member("high", view.day.high);
    json_.member("low", view.day.low).end_object();
}

void PublicFeeds::encode_ticker_lite(InstrumentId instrument, Timestamp now) {
    const TickerView view = view_ticker(desk_, instrument, now);
    const Contract& contract = desk_.contracts[instrument];
    json_.clear();
    json_.begin_object().member("product_id", contract.symbol).member("bid", view.quote.bid);
    json_.member("ask", view.quote.ask).member("change", view.change).member("premium", 0);
    json_.member("volume", view.day.volume).member("tag", "perpetual").member("pair", contract.feed_pair);
    json_.member("dtm", 0).member("maturityTime", 0).member("volumeQuote", view.day.value);
    json_.member("feed", "ticker_lite").end_object();
}

void PublicFeeds::on_trade(const TradeHappened& trade, Timestamp at) {
    const std::uint64_t sequence = kTradeSequenceBase + ++trade_counts_[trade.instrument.value];
    const Listeners& all = listeners(PublicFeed::trade, trade.instrument);
    if (all.empty()) return;
    json_.clear();
    write_trade(json_, desk_, desk_.contracts[trade.instrument],
                {trade.number, trade.aggressor, trade.price, trade.quantity, at}, sequence,
                trade.liquidation);
    desk_.outlet.send_all(all, {FrameKind::trade, trade.instrument, 0, false, json_.text()});
}

void PublicFeeds::on_level(const LevelChanged& level, Timestamp at) {
    const Listeners& all = listeners(PublicFeed::book, level.instrument);
    if (all.empty()) return;
    json_.clear();
    json_.begin_object().member("feed", "book");
    json_.member("product_id", desk_.contracts[level.instrument].symbol);
    json_.member("side", side_word(level.side)).member("seq", level.sequence).member("price", level.price);
    json_.member("qty", level.quantity).member("timestamp", to_ms(at)).end_object();
    desk_.outlet.send_all(all, {FrameKind::book, level.instrument, 0, false, json_.text()});
}

void PublicFeeds::on_event(const ModelEvent& event) {
    if (const auto* trade = std::get_if<TradeHappened>(&event.what)) {
        is_dirty_[trade->instrument.value] = true;
        on_trade(*trade, event.at);
    } else if (const auto* level = std::get_if<LevelChanged>(&event.what)) {
        on_level(*level, event.at);
    } else if (const auto* quote = std::get_if<QuoteChanged>(&event.what)) {
        is_dirty_[quote->instrument.value] = true;
    } else if (const auto* mark = std::get_if<MarkChanged>(&event.what)) {
        is_dirty_[mark->instrument.value] = true;
    } else if (const auto* status = std::get_if<StatusChanged>(&event.what)) {
        is_dirty_[status->instrument.value] = true;
    }
}

void PublicFeeds::on_time(Timestamp now) {
    if (now < ticked_at_ + std::chrono::seconds{1}) return;
    ticked_at_ = now;
    if (!heartbeats_.empty()) {
        json_.clear();
        json_.begin_object().member("feed", "heartbeat").member("time", to_ms(now)).end_object();
        desk_.outlet.send_all(heartbeats_, {FrameKind::control, {}, 0, false, json_.text()});
    }
    for (std::uint32_t i = 0; i < is_dirty_.size(); ++i) {
        if (!is_dirty_[i]) continue;
        const InstrumentId instrument{i};
        is_dirty_[i] = false;
        if (const Listeners& all = listeners(PublicFeed::ticker, instrument); !all.empty()) {
            encode_ticker(instrument, now);
            desk_.outlet.send_all(all, {FrameKind::quote, instrument, 0, false, json_.text()});
        }
        if (const Listeners& all = listeners(PublicFeed::ticker_lite, instrument); !all.empty()) {
            encode_ticker_lite(instrument, now);
            desk_.outlet.send_all(all, {FrameKind::quote, instrument, 0, false, json_.text()});
        }
    }
}

}  // namespace plumb::exchange::kraken
