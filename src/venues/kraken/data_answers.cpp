#include <algorithm>

#include "venues/kraken/answers.hpp"
#include "venues/kraken/encode.hpp"
#include "venues/kraken/rest_body.hpp"
#include "venues/kraken/symbols.hpp"

namespace plumb::venues::kraken {
namespace {

using wire::Listing;
using wire::Refused;
using wire::Verdict;

namespace word {
// clang-format off
enum : std::size_t {
    instruments = envelope_key::count, candles, more_candles, elements, continuation_token, tickers, ticker,
    order_book, bids, asks, symbol, type, tick_size, contract_size, tradeable, precision, position_max, post_only,
    time, open, high, low, close, volume, event, execution_event, execution, uid, taker_order, direction,
    timestamp, quantity, price, mark_price, index_price, bid, bid_size, ask, ask_size, count
};
constexpr wire::KeyTable<word::count> kWords{{
    "result", "error", "errors", "serverTime", "message", "code",
    "instruments", "candles", "more_candles", "elements", "continuationToken", "tickers", "ticker",
    "orderBook", "bids", "asks", "symbol", "type", "tickSize", "contractSize", "tradeable",
    "contractValueTradePrecision", "maxPositionSize", "postOnly", "time", "open", "high", "low", "close", "volume",
    "event", "Execution", "execution", "uid", "takerOrder", "direction", "timestamp", "quantity", "price",
    "markPrice", "indexPrice", "bid", "bidSize", "ask", "askSize"}};
// clang-format on
static_assert(kWords.name(symbol) == "symbol" && kWords.name(time) == "time" && kWords.name(uid) == "uid" &&
              kWords.name(ask_size) == "askSize");
}  // namespace word

using Body = RestBody<word::count>;
using Value = Body::Value;

/// A number for a trade that is named by a UUID: its first 64 bits. The numbers of the stream (`seq`) are
/// others.
std::optional<std::uint64_t> number_of_uuid(std::string_view uuid) {
    std::uint64_t number = 0;
    std::size_t digits = 0;
    for (const char c : uuid) {
        if (c == '-') continue;
        const int digit = '0' <= c && c <= '9'   ? c - '0'
                          : 'a' <= c && c <= 'f' ? c - 'a' + 10
                          : 'A' <= c && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) return std::nullopt;
        number = number << 4 | static_cast<unsigned>(digit);
        if (++digits == 16) return number;
    }
    return std::nullopt;
}

class DataAnswer {
 public:
    explicit DataAnswer(Answer& answer) : answer_{answer} {}

    bool read(std::string& why);

 private:
    bool nested(std::size_t which, Value value);
    bool read_listing(Value value);
    bool read_candle(Value value);
    bool read_element(Value value);
    bool read_ticker(Value value);
    bool read_levels(Value value, std::vector<BookLevel>& levels);
    void tell_listing(Body::Reader& read);
    Duration length_of_bars(const wire::AskBars& ask) const;
    void tell_bars(const wire::AskBars& ask);
    void page_of_bars(const wire::AskBars& ask);

    Answer& answer_;
    Body body_{word::kWords};
    bool has_list_ = false;
    bool has_bids_ = false, has_asks_ = false;
    struct Candle {
        Timestamp open_time;
        Ohlcv values;
    };
    std::vector<Candle> candles_;
    std::vector<BookLevel> bids_, asks_;
};

bool DataAnswer::nested(std::size_t which, Value value) {
    const auto list = [&](std::size_t expected, auto&& row) {
        if (which != expected) return true;
        has_list_ = true;
        return body_.array_of(value, row);
    };
    const auto& question = answer_.question;
    if (std::holds_alternative<wire::AskListings>(question))
        return list(word::instruments, [this](Value row) { return read_listing(row); });
    if (std::holds_alternative<wire::AskBars>(question))
        return list(word::candles, [this](Value row) { return read_candle(row); });
    if (std::holds_alternative<wire::AskTrades>(question))
        return list(word::elements, [this](Value row) { return read_element(row); });
    if (std::holds_alternative<wire::AskQuotes>(question))
        return list(word::tickers, [this](Value row) { return read_ticker(row); });
    if (std::holds_alternative<wire::AskBook>(question) && which == word::order_book) {
        has_list_ = true;
        wire::Members members;
        return body_.object_of(value, members, [this](std::size_t side, Value levels) {
            if (side == word::bids) return has_bids_ = true, read_levels(levels, bids_);
            if (side == word::asks) return has_asks_ = true, read_levels(levels, asks_);
            return true;
        });
    }
    return true;
}

bool DataAnswer::read_listing(Value value) {
    wire::Members members;
    if (!body_.object_of(value, members)) return false;
    Body::Reader read = body_.reader(members);
    tell_listing(read);
    return true;
}

/// A bad row is refused by itself: one contract with an absurd grid must not hide the others.
void DataAnswer::tell_listing(Body::Reader& read) {
    const std::string_view text = read.text(word::symbol);
    if (!read.ok()) return answer_.events.emplace_back(read.refused()), void();
    const wire::SymbolText symbol = symbol_text(text);
    const Result<SymbolName> name = split_symbol(symbol.view());
    if (!name || !wire::AssetText::fits(name->base) || !wire::AssetText::fits(name->quote))
        return answer_.events.emplace_back(wire::Ignored{"no contract that is followed"}), void();
    Listing listing;
    listing.symbol = symbol;
    listing.base = std::string_view{name->base};
    listing.quote = std::string_view{name->quote};
    listing.tick = read.price(word::tick_size);
    const bool inverse = is_inverse(symbol.view());
    if (read.says(word::precision)) {
        const Decimal places = read.decimal(word::precision);  // below zero: steps of tens, hundreds, ...
        const Decimal most{12};
        if (!places.is_multiple_of(Decimal{1}) || places < -most || most < places)
            read.refuse("expected a whole number of decimals", word::precision);
        else
            listing.lot =
                Quantity{Decimal::power_of_ten(-static_cast<int>(places.units() / Int128{Decimal::kOne}))};
    } else if (inverse) {
        listing.lot = read.quantity(word::contract_size);  // whole contracts
    } else {
        read.refuse("a key is missing", word::precision);
    }
    listing.quantity_min = listing.lot;
    if (read.says(word::position_max)) listing.quantity_max = read.quantity_or_zero(word::position_max);
    const bool tradeable = read.truth(word::tradeable);
    const bool post_only = read.says(word::post_only) && read.truth(word::post_only);
    listing.status = !tradeable  ? TradingStatus::closed
                     : post_only ? TradingStatus::halted
                                 : TradingStatus::open;
    listing.can_short = true;
    listing.is_derivative = true;
    listing.fractional = listing.lot.value < Decimal{1};
    const Quantity contract = read.quantity(word::contract_size);
    listing.contract_size = inverse ? Quantity{} : contract;  // a dollar's worth is no fixed count of coins
    if (!read.ok()) return answer_.events.emplace_back(read.refused()), void();
    if (const auto instrument = find_symbol(answer_.context.symbols, symbol.view()))
        answer_.context.listings.put(*instrument, listing);
    answer_.events.emplace_back(listing);
}

bool DataAnswer::read_candle(Value value) {
    wire::Members members;
    if (!body_.object_of(value, members)) return false;
    Body::Reader read = body_.reader(members);
    Candle candle;
    candle.open_time = read.time_of_count(word::time);
    candle.values.open = read.price(word::open);
    candle.values.high = read.price(word::high);
    candle.values.low = read.price(word::low);
    candle.values.close = read.price(word::close);
    candle.values.volume = read.quantity_or_zero(word::volume);
    if (read.ok() && !candles_.empty() && candle.open_time <= candles_.back().open_time)
        read.refuse("expected candles oldest first", word::time);
    if (read.ok() && !check_bar(candle.values))
        read.refuse("the bar's high and low do not enclose its prices", word::high);
    if (read.ok())
        candles_.push_back(candle);
    else
        answer_.events.emplace_back(read.refused());
    return true;
}

/// A recorded answer does not tell its length: then the shortest step between its candles is taken for it.
Duration DataAnswer::length_of_bars(const wire::AskBars& ask) const {
    Duration length = ask.length;
    for (std::size_t i = 1; ask.length == Duration{} && i < candles_.size(); ++i) {
        const Duration step = candles_[i].open_time - candles_[i - 1].open_time;
        length = length == Duration{} ? step : std::min(length, step);
    }
    return length;
}

void DataAnswer::tell_bars(const wire::AskBars& ask) {
    const Duration length = length_of_bars(ask);
    const bool bounded = ask.from < ask.to;
    for (const Candle& candle : candles_) {
        if (bounded && (candle.open_time < ask.from || ask.to <= candle.open_time)) continue;
        if (length == Duration{}) {
            answer_.events.emplace_back(Refused{"one candle alone does not tell its length", {}, 0});
            continue;
        }
        // Marks and indexes are quoted, nobody trades at them. Without volume the last close is carried on.
        const BarOrigin origin = answer_.context.history != wire::PriceSource::last ? BarOrigin::quoted
                                 : candle.values.volume.is_zero()                   ? BarOrigin::filled
                                                                                    : BarOrigin::traded;
        if (candle.open_time + length <= answer_.received_at)
            answer_.events.emplace_back(
                ClosedBar{ask.instrument, origin, candle.open_time, length, candle.values});
        else
            answer_.events.emplace_back(
                OpenBar{ask.instrument, origin, candle.open_time, length, candle.values});
    }
    if (bounded && ask.length != Duration{}) page_of_bars(ask);
}

void DataAnswer::page_of_bars(const wire::AskBars& ask) {
    using std::chrono::seconds;
    const auto second = [](Timestamp time) {
        return std::chrono::ceil<seconds>(time.time_since_epoch()).count();
    };
    const std::int64_t length = std::chrono::duration_cast<seconds>(ask.length).count();
    const std::int64_t from = ask.page.empty()
                                  ? second(ask.from)
                                  : static_cast<std::int64_t>(wire::number_of(ask.page).value_or(0));
    const bool more = body_.top().says(word::more_candles) && body_.top().truth(word::more_candles);
    // As far as was asked, or, where the venue cut the answer, behind its last candle.
    std::int64_t next = from + kBarsPerRequest * length;
    if (more && !candles_.empty()) next = std::min(next, second(candles_.back().open_time) + length);
    if (from < next && next < second(ask.to)) answer_.reply.next_page = std::to_string(next);
}

bool DataAnswer::read_element(Value value) {
    const auto& ask = std::get<wire::AskTrades>(answer_.question);
    wire::Members element, event, outer, execution, taker;
    execution.clear();
    taker.clear();
    const auto nothing = [](std::size_t, Value) { return true; };
    const auto in_execution = [&](std::size_t which, Value inner) {
        return which == word::taker_order ? body_.object_of(inner, taker, nothing) : true;
    };
    const auto in_outer = [&](std::size_t which, Value inner) {
        return which == word::execution ? body_.object_of(inner, execution, in_execution) : true;
    };
    const auto in_event = [&](std::size_t which, Value inner) {
        return which == word::execution_event ? body_.object_of(inner, outer, in_outer) : true;
    };
    const auto in_element = [&](std::size_t which, Value inner) {
        return which == word::event ? body_.object_of(inner, event, in_event) : true;
    };
    if (!body_.object_of(value, element, in_element)) return false;
    Body::Reader read = body_.reader(execution), of_taker = body_.reader(taker);
    Trade trade;
    trade.instrument = ask.instrument;
    trade.price = read.price(word::price);
    trade.quantity = read.quantity(word::quantity);
    const std::optional<std::uint64_t> id = number_of_uuid(read.text(word::uid));
    if (!id) read.refuse("expected a UUID", word::uid);
    trade.trade_id = id.value_or(0);
    // A number in quotes here, a bare one in the documents.
    std::string_view time =
        read.says(word::timestamp) ? execution.token(word::timestamp) : std::string_view{};
    time = wire::text_of(time).value_or(time);
    const std::optional<std::uint64_t> count = wire::number_of(time);
    const std::optional<Timestamp> at = count ? wire::time_of_number(*count) : std::nullopt;
    if (!at) read.refuse("expected a time since 1970", word::timestamp);
    trade.venue_time = at.value_or(Timestamp{});
    trade.received_at = answer_.received_at;
    const std::string_view direction = of_taker.text(word::direction);
    if (direction != "Buy" && direction != "Sell") of_taker.refuse("expected Buy or Sell", word::direction);
    trade.aggressor = direction == "Sell" ? Side::sell : Side::buy;
    if (!read.ok()) return answer_.events.emplace_back(read.refused()), true;
    if (!of_taker.ok()) return answer_.events.emplace_back(of_taker.refused()), true;
    const bool inside = ask.from <= trade.venue_time && trade.venue_time < ask.to;
    if (inside || ask.to <= ask.from) answer_.events.emplace_back(trade);
    return true;
}

bool DataAnswer::read_ticker(Value value) {
    const auto& ask = std::get<wire::AskQuotes>(answer_.question);
    wire::Members members;
    if (!body_.object_of(value, members)) return false;
    Body::Reader read = body_.reader(members);
    const std::string_view symbol = read.text(word::symbol);
    if (!read.ok()) return answer_.events.emplace_back(read.refused()), true;
    const std::optional<InstrumentId> instrument = find_symbol(answer_.context.symbols, symbol);
    const bool wanted =
        ask.instruments.empty() ||
        (instrument && std::ranges::find(ask.instruments, *instrument) != ask.instruments.end());
    if (!instrument || !wanted) return true;
    const auto or_none = [&](std::size_t which) {
        return read.says(which) ? read.price_or_zero(which) : Price{};
    };
    Quote quote;
    quote.instrument = *instrument;
    quote.bid = or_none(word::bid);
    quote.ask = or_none(word::ask);
    if (!quote.bid.is_zero()) quote.bid_quantity = read.quantity(word::bid_size);
    if (!quote.ask.is_zero()) quote.ask_quantity = read.quantity(word::ask_size);
    // The server's clock stands further down in the answer; `lastTime` is the time of the last trade.
    quote.venue_time = quote.received_at = answer_.received_at;
    if (!quote.bid.is_zero() && !quote.ask.is_zero() && quote.ask <= quote.bid)
        read.refuse("expected the bid below the ask", word::bid);
    MarkPrice mark{*instrument, read.price(word::mark_price), or_none(word::index_price), answer_.received_at,
                   answer_.received_at};
    if (!read.ok()) return answer_.events.emplace_back(read.refused()), true;
    answer_.events.emplace_back(quote);
    answer_.events.emplace_back(mark);
    return true;
}

bool DataAnswer::read_levels(Value value, std::vector<BookLevel>& levels) {
    return body_.array_of(value, [&](Value row) {
        std::array<Decimal, 2> pair;
        std::size_t count = 0;
        const auto number = [&](Value one) {
            const std::string_view token = one.raw_json_token();
            const std::optional<Decimal> decimal = wire::decimal_of(token, wire::Decimals::either);
            const bool good = decimal && count < 2 && decimal->sign() >= 0 &&
                              *decimal <= (count == 0 ? wire::kPriceMax : wire::kQuantityMax) &&
                              (count == 1 || decimal->sign() > 0);
            if (!good) return body_.frame().refuse("expected a level of price and size", {}, token.data());
            pair[count++] = *decimal;
            return true;
        };
        if (!body_.array_of(row, number)) return false;
        if (count != 2) return body_.frame().refuse("expected a level of price and size", {}, nullptr);
        levels.push_back({Price{pair[0]}, Quantity{pair[1]}});
        return true;
    });
}

bool DataAnswer::read(std::string& why) {
    const auto rows = [this](std::size_t which, Value value) { return nested(which, value); };
    if (!body_.read(answer_.response.body, rows)) return why = body_.why(), false;
    const Envelope& envelope = body_.envelope();
    answer_.reply.verdict = Verdict::ok;
    if (envelope.error) {
        answer_.is_error = true;
        answer_.events.clear();
        answer_.reply = verdict_of_error(answer_.question, answer_.response.status, envelope);
        return true;
    }
    if (std::holds_alternative<wire::AskClock>(answer_.question)) {
        if (!envelope.success || !envelope.server_time) return why = "no time of the server", false;
        answer_.events.emplace_back(wire::ServerClock{*envelope.server_time, answer_.received_at});
        return true;
    }
    if (!has_list_) return why = "what was asked for is missing", false;
    if (const auto* bars = std::get_if<wire::AskBars>(&answer_.question)) return tell_bars(*bars), true;
    if (std::holds_alternative<wire::AskTrades>(answer_.question)) {
        if (const std::string* token = answer_.response.find("Next-Continuation-Token")) {
            answer_.reply.next_page = *token;
        } else if (body_.top().says(word::continuation_token)) {
            Body::Reader top = body_.top();
            answer_.reply.next_page = top.text(word::continuation_token);
        }
        return true;
    }
    if (!envelope.success) return why = "neither success nor error", false;
    for (wire::WireEvent& event : answer_.events) {
        if (auto* quote = std::get_if<Quote>(&event); quote != nullptr && envelope.server_time)
            quote->venue_time = *envelope.server_time;
        if (auto* mark = std::get_if<MarkPrice>(&event); mark != nullptr && envelope.server_time)
            mark->venue_time = *envelope.server_time;
    }
    if (const auto* book = std::get_if<wire::AskBook>(&answer_.question)) {
        if (!has_bids_ || !has_asks_) return why = "a book of one side", false;
        BookDelta delta;
        delta.instrument = book->instrument;
        delta.snapshot = true;  // without a sequence: it cannot be joined to the stream
        delta.venue_time = envelope.server_time.value_or(answer_.received_at);
        delta.received_at = answer_.received_at;
        answer_.book.bids.swap(bids_);
        answer_.book.asks.swap(asks_);
        delta.bids = answer_.book.bids;
        delta.asks = answer_.book.asks;
        answer_.events.emplace_back(delta);
    }
    return true;
}

}  // namespace

bool read_data_answer(Answer& answer, std::string& why) { return DataAnswer{answer}.read(why); }

}  // namespace plumb::venues::kraken
