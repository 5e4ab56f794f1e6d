#include "venues/polygon/answers.hpp"

#include <algorithm>

#include "wire/json_frame.hpp"

namespace plumb::venues::polygon {
namespace {

using wire::JsonFrame;
using wire::Members;
using wire::Reply;
using wire::Verdict;
using wire::WireEvent;

namespace word {
// clang-format off
enum : std::size_t {
    status, error, message, ticker, adjusted, results, next_url, tickers, server_time, active, market, last_quote,
    o, h, l, c, v, t, p, big_p, s, big_s, price, size, id, participant_timestamp, sip_timestamp, sequence_number,
    conditions, count
};
constexpr wire::KeyTable<word::count> kWords{{
    "status", "error", "message", "ticker", "adjusted", "results", "next_url", "tickers", "serverTime", "active",
    "market", "lastQuote", "o", "h", "l", "c", "v", "t", "p", "P", "s", "S", "price", "size", "id",
    "participant_timestamp", "sip_timestamp", "sequence_number", "conditions"}};
// clang-format on
static_assert(kWords.name(conditions) == "conditions" && kWords.name(big_s) == "S");
}  // namespace word
using Reader = wire::MemberReader<word::count>;
using Value = JsonFrame::Value;

std::string line_of(std::string_view text) {
    std::string line{text.substr(0, 160)};
    for (char& c : line)
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
    return line;
}

class Answer {
 public:
    Answer(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at,
           ReadContext& context)
        : question_{question}, response_{response}, received_at_{received_at}, context_{context} {}

    Reply read(wire::WireSink& sink);

 private:
    bool read_body();
    bool nested(std::size_t which, Value value);
    bool read_row(Value value);
    void take_bar(Reader& read);
    void take_trade(Reader& read, bool bought, bool sold);
    bool take_quote(Reader& read, const Members& quote);
    void take_listing(Reader& read);

    bool judge();
    bool judge_bars(const wire::AskBars& ask);
    bool judge_page(std::string_view path);
    void judge_error();
    bool why(std::string words) {
        why_ = std::move(words);
        return false;
    }
    std::string_view text_at(std::size_t which) const {
        return wire::text_of(top_.has(which) ? top_.token(which) : "").value_or("");
    }
    Reader reader(const Members& members) const {
        return {word::kWords, members, frame_.begin(), wire::Decimals::bare};
    }

    const wire::Question& question_;
    const io::HttpResponse& response_;
    Timestamp received_at_;
    ReadContext& context_;
    JsonFrame frame_{64 << 20};
    Members top_;
    Reply reply_;
    std::string why_;
    std::vector<WireEvent> events_;
    struct Bar {
        Timestamp open_time;
        Ohlcv values;
    };
    std::vector<Bar> bars_;
};

bool Answer::read_body() {
    if (!frame_.start(response_.body)) return false;
    JsonFrame::Object object;
    if (const auto error = frame_.document().get_object().get(object); error != simdjson::SUCCESS)
        return frame_.refuse(error);
    return frame_.read(object, word::kWords, top_, [this](std::size_t which, Value value) {
        return nested(which, value);
    }) && frame_.at_end();
}

bool Answer::nested(std::size_t which, Value value) {
    const bool quotes = std::holds_alternative<wire::AskQuotes>(question_);
    if (which != (quotes ? word::tickers : word::results)) return true;
    JsonFrame::Array array;
    if (const auto error = value.get_array().get(array); error != simdjson::SUCCESS)
        return frame_.refuse(error);
    for (auto element : array) {
        Value row;
        if (const auto error = std::move(element).get(row); error != simdjson::SUCCESS)
            return frame_.refuse(error);
        if (!read_row(row)) return false;
    }
    return true;
}

bool Answer::read_row(Value value) {
    JsonFrame::Object object;
    if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS)
        return frame_.refuse(error);
    Members members, quote;
    quote.clear();
    bool bought = false, sold = false;
    const auto inner = [&](std::size_t which, Value nested) {
        if (which == word::last_quote) {
            JsonFrame::Object of;
            if (const auto error = nested.get_object().get(of); error != simdjson::SUCCESS)
                return frame_.refuse(error);
            return frame_.read(of, word::kWords, quote, [](std::size_t, Value) { return true; });
        }
        JsonFrame::Array array;
        if (which != word::conditions || nested.get_array().get(array) != simdjson::SUCCESS) return true;
        for (auto element : array) {
            Value one;
            if (const auto error = std::move(element).get(one); error != simdjson::SUCCESS)
                return frame_.refuse(error);
            const auto condition = wire::number_of(one.raw_json_token());
            sold = sold || condition == 1;
            bought = bought || condition == 2;
        }
        return true;
    };
    if (!frame_.read(object, word::kWords, members, inner)) return false;
    Reader read = reader(members);
    if (std::holds_alternative<wire::AskBars>(question_))
        take_bar(read);
    else if (std::holds_alternative<wire::AskTrades>(question_))
        take_trade(read, bought, sold);
    else if (std::holds_alternative<wire::AskQuotes>(question_))
        return take_quote(read, quote);
    else if (std::holds_alternative<wire::AskListings>(question_))
        take_listing(read);
    return true;
}

void Answer::take_bar(Reader& read) {
    Bar bar;
    bar.open_time = read.time_of_count(word::t);
    bar.values.open = read.price(word::o);
    bar.values.high = read.price(word::h);
    bar.values.low = read.price(word::l);
    bar.values.close = read.price(word::c);
    bar.values.volume = read.quantity_or_zero(word::v);
    if (read.ok() && !bars_.empty() && bar.open_time <= bars_.back().open_time)
        read.refuse("expected bars oldest first", word::t);
    if (read.ok() && !check_bar(bar.values))
        read.refuse("the bar's high and low do not enclose its prices", word::h);
    if (read.ok())
        bars_.push_back(bar);
    else
        events_.emplace_back(read.refused());
}

void Answer::take_trade(Reader& read, bool bought, bool sold) {
    const auto& ask = std::get<wire::AskTrades>(question_);
    Trade trade;
    trade.instrument = ask.instrument;
    trade.price = read.price(word::price);
    trade.quantity = read.quantity(word::size);
    // As on the stream: stocks are numbered per symbol by their sequence, coins by the exchange's id.
    if (read.says(word::sequence_number))
        trade.trade_id = read.number(word::sequence_number);
    else
        trade.trade_id =
            wire::number_of(wire::text_of(read.token(word::id)).value_or(read.token(word::id))).value_or(0);
    const bool sip = read.says(word::sip_timestamp);
    trade.venue_time = read.time_of_count(sip ? word::sip_timestamp : word::participant_timestamp);
    trade.received_at = received_at_;
    trade.aggressor = sold && !bought ? Side::sell : Side::buy;
    if (!read.ok()) return events_.emplace_back(read.refused()), void();
    const bool inside = ask.from <= trade.venue_time && trade.venue_time < ask.to;
    if (inside || ask.to <= ask.from) events_.emplace_back(trade);
}

bool Answer::take_quote(Reader& read, const Members& members) {
    const auto& ask = std::get<wire::AskQuotes>(question_);
    const std::string_view name = read.text(word::ticker);
    if (!read.ok()) return events_.emplace_back(read.refused()), true;
    const std::optional<InstrumentId> instrument = context_.symbols.find(name);
    const bool wanted =
        ask.instruments.empty() ||
        (instrument && std::ranges::find(ask.instruments, *instrument) != ask.instruments.end());
    if (!instrument || !wanted) return true;
    Reader of = reader(members);
    Quote quote;
    quote.instrument = *instrument;
    quote.bid = of.price_or_zero(word::p);
    quote.bid_quantity = of.quantity_or_zero(word::s);
    quote.ask = of.price_or_zero(word::big_p);
    quote.ask_quantity = of.quantity_or_zero(word::big_s);
    quote.venue_time = of.time_of_count(word::t);
    quote.received_at = received_at_;
    if (quote.bid.is_zero() != quote.bid_quantity.is_zero())
        of.refuse("a bid needs price and quantity", word::p);
    if (quote.ask.is_zero() != quote.ask_quantity.is_zero())
        of.refuse("an ask needs price and quantity", word::big_p);
    if (!quote.bid.is_zero() && !quote.ask.is_zero() && quote.ask <= quote.bid)
        of.refuse("expected the bid below the ask", word::p);
    events_.push_back(of.ok() ? WireEvent{quote} : WireEvent{of.refused()});
    return true;
}

void Answer::take_listing(Reader& read) {
    const std::string_view name = read.text(word::ticker);
    const bool active = !read.says(word::active) || read.truth(word::active);
    if (!read.ok()) return events_.emplace_back(read.refused()), void();
    const Result<SymbolName> split = split_symbol(name);
    if (!split || !wire::AssetText::fits(split->base) || !wire::AssetText::fits(split->quote))
        return events_.emplace_back(wire::Ignored{"a kind of instrument that is not followed"}), void();
    wire::Listing listing;
    const bool coin = name.starts_with("X:");
    listing.symbol = std::string_view{coin ? spell_crypto(split->base, split->quote) : split->base};
    listing.base = std::string_view{split->base};
    listing.quote = std::string_view{split->quote};
    // Nothing is traded here, and no grid is told: eight decimals hold every price and size.
    listing.tick = Price{Decimal::power_of_ten(-8)};
    listing.lot = listing.quantity_min = Quantity{Decimal::power_of_ten(-8)};
    listing.status = active ? TradingStatus::open : TradingStatus::closed;
    events_.emplace_back(listing);
}

bool Answer::judge_page(std::string_view path) {
    if (!top_.says(word::next_url)) return true;
    const Result<std::string> page = page_of(text_at(word::next_url), context_.endpoint, path);
    if (!page) return why(page.error().message());
    reply_.next_page = *page;
    return true;
}

bool Answer::judge_bars(const wire::AskBars& ask) {
    // Whose bars they are the answer says too; it must be whose we asked.
    InstrumentId instrument = ask.instrument;
    const std::string_view name = text_at(word::ticker);
    const std::string_view symbol = context_.symbols.symbol_of(instrument);
    if (!symbol.empty() && !name.empty() && name != ticker_of(symbol)) return why("bars of another symbol");
    if (symbol.empty())
        if (const auto found = context_.symbols.find(name)) instrument = *found;
    if (top_.says(word::adjusted)) {
        Reader read = reader(top_);
        const bool adjusted = read.truth(word::adjusted);
        if (!read.ok() || adjusted != context_.plan.adjusted)
            return why("bars adjusted for splits in another way than asked");
    }
    Duration length = ask.length;  // a recorded answer does not tell: the shortest step between its bars
    for (std::size_t i = 1; ask.length == Duration{} && i < bars_.size(); ++i) {
        const Duration step = bars_[i].open_time - bars_[i - 1].open_time;
        length = length == Duration{} ? step : std::min(length, step);
    }
    // What is delayed has not seen the last quarter of an hour yet.
    const Timestamp seen_until = text_at(word::status) == "DELAYED" ? received_at_ - kDelay : received_at_;
    for (const Bar& bar : bars_) {
        if (ask.from < ask.to && (bar.open_time < ask.from || ask.to <= bar.open_time)) continue;
        if (length == Duration{})
            events_.emplace_back(wire::Refused{"one bar alone does not tell its length", {}, 0});
        else if (bar.open_time + length <= seen_until)
            events_.emplace_back(ClosedBar{instrument, BarOrigin::traded, bar.open_time, length, bar.values});
        else
            events_.emplace_back(OpenBar{instrument, BarOrigin::traded, bar.open_time, length, bar.values});
    }
    return judge_page("/v2/aggs/ticker/");
}

bool Answer::judge() {
    reply_.verdict = Verdict::ok;
    if (std::holds_alternative<wire::AskClock>(question_)) {
        const std::optional<Timestamp> time = wire::time_of_text(text_at(word::server_time));
        if (!time) return why("no time of the server");
        events_.emplace_back(wire::ServerClock{*time, received_at_});
        return true;
    }
    const std::string_view status = text_at(word::status);
    if (status != "OK" && status != "DELAYED") return why("a status that is neither OK nor DELAYED");
    if (const auto* bars = std::get_if<wire::AskBars>(&question_)) return judge_bars(*bars);
    if (std::holds_alternative<wire::AskTrades>(question_)) return judge_page("/v3/trades/");
    if (const auto* listings = std::get_if<wire::AskListings>(&question_)) {
        std::uint64_t next = wire::number_of(listings->page).value_or(0) + 1;
        const std::size_t count = context_.symbols.instruments().size();
        while (next < count &&
               context_.symbols.symbol_of(InstrumentId{static_cast<std::uint32_t>(next)}).empty())
            ++next;
        if (next < count) reply_.next_page = std::to_string(next);
    }
    return true;
}

void Answer::judge_error() {
    events_.clear();
    reply_.code = response_.status;
    const std::string_view said =
        text_at(word::error).empty() ? text_at(word::message) : text_at(word::error);
    const std::string words = said.empty() ? std::string{} : " (" + line_of(said) + ")";
    if (response_.status == 401) {
        reply_.verdict = Verdict::unauthorized;
        reply_.words = "Polygon.io does not know the API key: copy it whole from the dashboard" + words;
    } else if (response_.status == 403) {
        reply_.verdict = Verdict::unauthorized;
        reply_.words =
            "the plan of this key does not include what was asked: ask for older data, or change the plan" +
            words;
        wire::Control refused;
        refused.kind = wire::Control::Kind::refused;
        refused.refusal = wire::Refusal::not_entitled;
        refused.code = 403;
        refused.text = std::string_view{line_of(said)}.substr(0, 96);
        events_.emplace_back(refused);
    } else if (response_.status == 404) {
        reply_.verdict = Verdict::not_found;
        reply_.words = "Polygon.io knows no such thing" + words;
    } else if (response_.status == 400) {
        reply_.verdict = Verdict::refused;
        reply_.words = "Polygon.io does not take the question" + words;
    } else {
        reply_.words = "HTTP " + std::to_string(response_.status) + words;
    }
}

Reply Answer::read(wire::WireSink& sink) {
    reply_.code = response_.status;
    if (response_.status == 429) {
        reply_.verdict = Verdict::rate_limited;
        reply_.words = context_.plan.basic ? "the five requests a minute of the basic plan are used up"
                                           : "too many requests a minute for the plan of this key";
        if (const std::string* after = response_.find("Retry-After"))
            if (const auto wait = wire::number_of(*after); wait && *wait < 86'400)
                reply_.retry_at = received_at_ + std::chrono::seconds{*wait};
        return reply_;
    }
    if (response_.status >= 500) {
        reply_.words = "HTTP " + std::to_string(response_.status);
        return reply_;
    }
    const bool sound = read_body();
    const std::string_view status = sound ? text_at(word::status) : std::string_view{};
    const bool is_error = sound && response_.status != 200 &&
                          (status == "ERROR" || status == "NOT_AUTHORIZED" || status == "NOT_FOUND");
    if (is_error) {
        judge_error();
    } else if (!sound || response_.status != 200 || !judge()) {
        std::string reason = why_;
        if (!sound) reason = frame_.refused() ? frame_.refused()->reason : "not readable";
        reply_ = {};
        reply_.code = response_.status;
        reply_.words = "the answer (HTTP " + std::to_string(response_.status) +
                       ") is not what the documents promise: " + reason;
        return reply_;
    }
    for (const WireEvent& event : events_) sink.take(event);
    return reply_;
}

}  // namespace

Reply read_answer(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at,
                  ReadContext& context, wire::WireSink& sink) {
    return Answer{question, response, received_at, context}.read(sink);
}

}  // namespace plumb::venues::polygon
