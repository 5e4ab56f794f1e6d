#include "venues/coinmarketcap/answers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/retry_after.hpp"
#include "venues/coinmarketcap/encode.hpp"
#include "venues/coinmarketcap/keys.hpp"
#include "venues/coinmarketcap/reasons.hpp"
#include "venues/coinmarketcap/symbols.hpp"
#include "wire/json_frame.hpp"

namespace plumb::venues::coinmarketcap {
namespace {

using wire::Decimals;
using wire::JsonFrame;
using wire::MemberReader;
using wire::Members;
using wire::Reply;
using wire::Verdict;

constexpr std::size_t kBytesMax = std::size_t{64} << 20;
constexpr std::size_t kNestingMax = 3;  // data may be a map of lists of coins, no deeper

/// A polled price, or a row of candles, with the currency it is in.
struct Priced {
    std::string currency;
    Price price;
    Timestamp priced_at;
};

/// The key of a member, as it came.
std::string_view key_of(simdjson::ondemand::field& field) {
    const char* raw = field.key().raw();
    const char* end = raw;
    while (*end != '"') ++end;  // what follows was looked at, so the quote is there
    return {raw, static_cast<std::size_t>(end - raw)};
}

}  // namespace

struct AnswerReader::Impl {
    Impl(wire::SymbolMap& map, CoinNumbers& table, CreditBudget& budget)
        : symbols{map}, numbers{table}, credits{budget}, bars{kQuotedBarLength} {}

    Reply read(const wire::Question& asked, const io::HttpResponse& response, Timestamp now);
    bool parse(std::string_view body);
    bool read_status(JsonFrame::Value value);
    bool read_data(JsonFrame::Value value);
    bool read_coins(JsonFrame::Value value, std::size_t depth);
    bool read_coin_or_map(JsonFrame::Object object, std::size_t depth);
    bool read_quote(JsonFrame::Value value);
    bool read_price(JsonFrame::Object object, std::string_view currency);
    bool read_candles(JsonFrame::Value value);
    bool read_candle(JsonFrame::Object object);
    bool read_ohlc(JsonFrame::Object object, std::string_view currency);
    bool read_map_row(JsonFrame::Object object);
    bool read_plan(JsonFrame::Object object);
    bool flat(JsonFrame::Object object, const auto& keys, Members& into) {
        return frame.read(object, keys, into, [](std::size_t, JsonFrame::Value) { return true; });
    }
    /// An array's elements as objects.
    template <class Read>
    bool each_object(JsonFrame::Value value, Read&& read);
    void end_coin(std::uint64_t id, std::string_view symbol);

    Reply judge(int status, const io::HttpResponse& response, Timestamp now) const;
    Reply finish(Timestamp now);
    void give_quotes();

    wire::SymbolMap& symbols;
    CoinNumbers& numbers;
    CreditBudget& credits;
    QuotedBars bars;
    JsonFrame frame{kBytesMax};
    Members root, row, inner;
    const wire::Question* question = nullptr;
    std::vector<wire::WireEvent> events;
    std::vector<wire::Refused> bad_rows;

    std::optional<std::int64_t> code;  // of status; nothing when there was no status to read
    std::string message;
    std::int64_t cost = 0;
    Timestamp answered_at;
    bool has_status = false, has_data = false;

    struct Found {
        InstrumentId instrument;
        std::uint64_t id;
        Price price;
        Timestamp priced_at;
    };
    std::vector<Priced> prices;  // of the coin in hand
    std::vector<Found> found;
    std::vector<OpenBar> candles;
    bool candle_coin = false;  // the coin whose candles were read is the one asked for
    std::size_t candle_coins = 0;
    std::size_t rows = 0;
    PlanFacts plan;
    bool has_plan = false;
};

AnswerReader::AnswerReader(wire::SymbolMap& symbols, CoinNumbers& numbers, CreditBudget& credits)
    : impl_{std::make_unique<Impl>(symbols, numbers, credits)} {}
AnswerReader::~AnswerReader() = default;

Reply AnswerReader::read(const wire::Question& question, const io::HttpResponse& response,
                         Timestamp received_at, wire::WireSink& sink) {
    Impl& impl = *impl_;
    Reply reply = impl.read(question, response, received_at);
    if (reply.verdict == Verdict::ok)
        for (const wire::WireEvent& event : impl.events) sink.take(event);
    if (reply.verdict == Verdict::ok || reply.verdict == Verdict::unknown)
        for (const wire::Refused& refused : impl.bad_rows) sink.take(refused);
    return reply;
}

Reply AnswerReader::Impl::read(const wire::Question& asked, const io::HttpResponse& response, Timestamp now) {
    question = &asked;
    const bool sound = parse(response.body);
    if (!sound) {
        code.reset();
        message.clear();
        events.clear();
        bad_rows.clear();
        if (response.status == 200)
            bad_rows.push_back(
                frame.refused().value_or(wire::Refused{"the answer could not be read", {}, 0}));
    } else if (has_status) {
        credits.spend(cost);
    }
    if (response.status != 200 || !sound || code.value_or(0) != 0) {
        if (sound) events.clear(), bad_rows.clear();
        return judge(response.status, response, now);
    }
    return finish(now);
}

bool AnswerReader::Impl::parse(std::string_view body) {
    events.clear();
    bad_rows.clear();
    prices.clear();
    found.clear();
    candles.clear();
    code.reset();
    message.clear();
    cost = 0;
    answered_at = {};
    has_status = has_data = candle_coin = has_plan = false;
    candle_coins = rows = 0;
    plan = {};
    root.clear();
    if (!frame.start(body)) return false;
    JsonFrame::Object object;
    if (const auto error = frame.document().get_object().get(object); error != simdjson::SUCCESS)
        return frame.refuse(error);
    const auto nested = [this](std::size_t key, JsonFrame::Value value) {
        return key == reply::status ? read_status(value) : read_data(value);
    };
    return frame.read(object, reply::kKeys, root, nested) && frame.at_end();
}

/// Codes are numbers, or the same between quotes.
bool AnswerReader::Impl::read_status(JsonFrame::Value value) {
    JsonFrame::Object object;
    if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS)
        return frame.refuse(error);
    if (!flat(object, status::kKeys, inner)) return false;
    has_status = true;
    const auto number_at = [&](std::size_t key) -> std::optional<std::int64_t> {
        if (!inner.says(key)) return std::nullopt;
        std::string_view token = inner.token(key);
        if (const auto text = wire::text_of(token)) token = *text;
        const auto number = wire::number_of(token);
        if (!number || 1'000'000'000 < *number) return std::nullopt;
        return static_cast<std::int64_t>(*number);
    };
    code = number_at(status::error_code);
    if (!code) return frame.refuse("expected a code", "error_code", nullptr);
    cost = number_at(status::credit_count).value_or(0);
    if (inner.says(status::error_message)) {
        const std::string_view token = inner.token(status::error_message);
        if (const auto text = wire::text_of(token)) message = text->substr(0, 200);
    }
    if (inner.says(status::timestamp))
        if (const auto text = wire::text_of(inner.token(status::timestamp)))
            answered_at = wire::time_of_text(*text).value_or(Timestamp{});
    return true;
}

template <class Read>
bool AnswerReader::Impl::each_object(JsonFrame::Value value, Read&& read) {
    JsonFrame::Array array;
    if (const auto error = value.get_array().get(array); error != simdjson::SUCCESS)
        return frame.refuse(error);
    for (auto element : array) {
        JsonFrame::Object object;
        if (const auto error = element.get_object().get(object); error != simdjson::SUCCESS)
            return frame.refuse(error);
        if (!read(object)) return false;
    }
    return true;
}

bool AnswerReader::Impl::read_data(JsonFrame::Value value) {
    has_data = true;
    if (std::holds_alternative<wire::AskListings>(*question))
        return each_object(value, [this](auto object) { return read_map_row(object); });
    if (std::holds_alternative<wire::AskPermissions>(*question) ||
        std::holds_alternative<wire::AskAccount>(*question)) {
        JsonFrame::Object object;
        if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS)
            return frame.refuse(error);
        return read_plan(object);
    }
    if (std::holds_alternative<wire::AskQuotes>(*question) ||
        std::holds_alternative<wire::AskBars>(*question))
        return read_coins(value, 0);
    return true;
}

/// A coin, a map of coins by number or name, a list of coins, or a map of such lists.
bool AnswerReader::Impl::read_coins(JsonFrame::Value value, std::size_t depth) {
    simdjson::ondemand::json_type type;
    if (const auto error = value.type().get(type); error != simdjson::SUCCESS) return frame.refuse(error);
    if (kNestingMax < depth) return frame.refuse("the answer is nested deeper than any", {}, nullptr);
    if (type == simdjson::ondemand::json_type::array) {
        JsonFrame::Array array;
        if (const auto error = value.get_array().get(array); error != simdjson::SUCCESS)
            return frame.refuse(error);
        for (auto element : array) {
            JsonFrame::Value each;
            if (const auto error = element.get(each); error != simdjson::SUCCESS) return frame.refuse(error);
            if (!read_coins(each, depth + 1)) return false;
        }
        return true;
    }
    JsonFrame::Object object;
    if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS)
        return frame.refuse("expected a coin", "data", nullptr);
    return read_coin_or_map(object, depth);
}

bool AnswerReader::Impl::read_coin_or_map(JsonFrame::Object object, std::size_t depth) {
    std::uint64_t id = 0;
    std::string symbol;
    bool is_coin = false;
    prices.clear();
    bool has_candles = false;
    for (auto member : object) {
        simdjson::ondemand::field field;
        if (const auto error = std::move(member).get(field); error != simdjson::SUCCESS)
            return frame.refuse(error);
        const std::string_view key = key_of(field);
        JsonFrame::Value value = field.value();
        const std::string_view token = value.raw_json_token();
        const bool nested = token.front() == '{' || token.front() == '[';
        if (!nested) {
            if (key == "id") {
                const auto number = wire::number_of(token);
                if (!number || *number == 0)
                    return frame.refuse("expected a coin's number", "id", token.data());
                id = *number;
                is_coin = true;
            } else if (key == "symbol") {
                const auto text = wire::text_of(token);
                if (text) symbol = *text;
            }
        } else if (key == "quote") {
            if (!read_quote(value)) return false;
        } else if (key == "quotes") {
            has_candles = true;
            if (!read_candles(value)) return false;
        } else if (!is_coin && key != "tags" && key != "platform") {
            if (!read_coins(value, depth + 1)) return false;
        }
    }
    if (is_coin) end_coin(id, symbol);
    if (has_candles && !is_coin) return frame.refuse("expected a coin's number", "id", nullptr);
    return true;
}

/// {"USD":{"price":..}} until v2, [{"symbol":"USD","price":..}] in v3.
bool AnswerReader::Impl::read_quote(JsonFrame::Value value) {
    simdjson::ondemand::json_type type;
    if (const auto error = value.type().get(type); error != simdjson::SUCCESS) return frame.refuse(error);
    if (type == simdjson::ondemand::json_type::array)
        return each_object(value, [this](JsonFrame::Object object) { return read_price(object, {}); });
    JsonFrame::Object object;
    if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS)
        return frame.refuse(error);
    for (auto member : object) {
        simdjson::ondemand::field field;
        if (const auto error = std::move(member).get(field); error != simdjson::SUCCESS)
            return frame.refuse(error);
        const std::string currency{key_of(field)};
        JsonFrame::Object inside;
        if (const auto error = field.value().get_object().get(inside); error != simdjson::SUCCESS)
            return frame.refuse("expected a price", "quote", nullptr);
        if (!read_price(inside, currency)) return false;
    }
    return true;
}

bool AnswerReader::Impl::read_price(JsonFrame::Object object, std::string_view currency) {
    if (!flat(object, price::kKeys, inner)) return false;
    MemberReader read{price::kKeys, inner, frame.begin(), Decimals::bare};
    Priced found_price;
    found_price.currency = currency.empty() ? read.text(price::symbol) : currency;
    found_price.price = read.price(price::price);
    found_price.priced_at = read.time(price::last_updated);
    if (read.ok())
        prices.push_back(std::move(found_price));
    else
        bad_rows.push_back(read.refused());
    return true;
}

bool AnswerReader::Impl::read_candles(JsonFrame::Value value) {
    return each_object(value, [this](JsonFrame::Object object) { return read_candle(object); });
}

bool AnswerReader::Impl::read_candle(JsonFrame::Object object) {
    const auto* ask = std::get_if<wire::AskBars>(question);
    if (!ask) return true;
    const Instrument& instrument = symbols.instruments()[ask->instrument];
    OpenBar bar;
    bool priced = false;
    const auto nested = [&](std::size_t key, JsonFrame::Value value) {
        if (key != ohlcv::quote) return true;
        JsonFrame::Object currencies;
        if (const auto error = value.get_object().get(currencies); error != simdjson::SUCCESS)
            return frame.refuse("expected a price", "quote", nullptr);
        for (auto member : currencies) {
            simdjson::ondemand::field field;
            if (const auto error = std::move(member).get(field); error != simdjson::SUCCESS)
                return frame.refuse(error);
            if (key_of(field) != instrument.quote) continue;
            JsonFrame::Object inside;
            if (const auto error = field.value().get_object().get(inside); error != simdjson::SUCCESS)
                return frame.refuse("expected a price", "quote", nullptr);
            if (!flat(inside, ohlc::kKeys, inner)) return false;
            MemberReader read{ohlc::kKeys, inner, frame.begin(), Decimals::bare};
            bar.values.open = read.price(ohlc::open);
            bar.values.high = read.price(ohlc::high);
            bar.values.low = read.price(ohlc::low);
            bar.values.close = read.price(ohlc::close);
            if (read.ok() && !check_bar(bar.values))
                read.refuse("the bar's high and low do not enclose its prices", ohlc::high);
            if (!read.ok()) {
                bad_rows.push_back(read.refused());
                return true;
            }
            priced = true;
        }
        return true;
    };
    ++rows;
    const std::size_t bad_before = bad_rows.size();
    if (!frame.read(object, ohlcv::kKeys, row, nested)) return false;
    if (bad_before < bad_rows.size()) return true;
    MemberReader read{ohlcv::kKeys, row, frame.begin(), Decimals::bare};
    bar.instrument = ask->instrument;
    bar.length = ask->length;
    bar.open_time = read.time(ohlcv::time_open);
    // The volume is a rolling day's, in the currency: no bar's, so it is left out.
    bar.origin = BarOrigin::quoted;
    if (!priced) read.refuse("the currency asked for is missing", ohlcv::quote);
    if (read.ok() && bar.open_time.time_since_epoch() % bar.length != Duration::zero())
        read.refuse("expected an opening on the grid of the bar's length", ohlcv::time_open);
    if (read.ok() && row.says(ohlcv::time_close)) {
        const Duration last = read.time(ohlcv::time_close) - bar.open_time;
        if (read.ok() && (last < bar.length - std::chrono::seconds{1} || bar.length < last))
            read.refuse("the bar's times do not span its interval", ohlcv::time_close);
    }
    if (read.ok())
        candles.push_back(bar);
    else
        bad_rows.push_back(read.refused());
    return true;
}

void AnswerReader::Impl::end_coin(std::uint64_t id, std::string_view symbol) {
    if (const auto* ask = std::get_if<wire::AskBars>(question)) {
        const std::uint64_t known = numbers.find(ask->instrument);
        const bool same = known != 0 ? known == id : symbol == symbols.instruments()[ask->instrument].base;
        candle_coin = candle_coin || same;
        ++candle_coins;
        return;
    }
    for (const Priced& each : prices) {
        const auto instrument = symbols.find(spell_symbol(symbol, each.currency));
        const std::uint64_t known = instrument ? numbers.find(*instrument) : 0;
        if (!instrument || (known != 0 && known != id)) continue;  // another coin of the same name
        found.push_back({*instrument, id, each.price, each.priced_at});
    }
    prices.clear();
}

/// The map is sorted by rank, so of several coins of one name the largest comes first and keeps it.
bool AnswerReader::Impl::read_map_row(JsonFrame::Object object) {
    ++rows;
    if (!flat(object, coin::kKeys, row)) return false;
    MemberReader read{coin::kKeys, row, frame.begin(), Decimals::bare};
    const std::uint64_t id = read.number(coin::id);
    const std::string_view symbol = read.text(coin::symbol);
    if (!read.ok()) {
        bad_rows.push_back(read.refused());
        return true;
    }
    if (!wire::AssetText::fits(symbol) || !split_symbol(spell_symbol(symbol, "USD"))) return true;
    wire::Listing listing;
    listing.symbol = std::string_view{spell_symbol(symbol, "USD")};
    listing.base = symbol;
    listing.quote = std::string_view{"USD"};
    // Nothing trades here: the grid is only as fine as our own instruments need one.
    listing.tick = Price{Decimal::power_of_ten(-8)};
    listing.lot = Quantity{Decimal::power_of_ten(-8)};
    events.emplace_back(listing);
    for (const Instrument& instrument : symbols.instruments().all())
        if (instrument.base == symbol && numbers.find(instrument.id) == 0) numbers.set(instrument.id, id);
    return true;
}

bool AnswerReader::Impl::read_plan(JsonFrame::Object object) {
    const auto part = [&](const auto& keys, JsonFrame::Value value, auto&& take) {
        JsonFrame::Object inside;
        if (const auto error = value.get_object().get(inside); error != simdjson::SUCCESS)
            return frame.refuse(error);
        return frame.read(inside, keys, inner, take);
    };
    const auto number_at = [&](std::size_t key) -> std::optional<std::int64_t> {
        const auto number = inner.says(key) ? wire::number_of(inner.token(key)) : std::nullopt;
        if (!number || 1'000'000'000'000 < *number) return std::nullopt;
        return static_cast<std::int64_t>(*number);
    };
    const auto nothing = [](std::size_t, JsonFrame::Value) { return true; };
    const auto usage_of = [&](std::size_t key, JsonFrame::Value value) {
        JsonFrame::Object inside;
        if (const auto error = value.get_object().get(inside); error != simdjson::SUCCESS)
            return frame.refuse(error);
        if (!flat(inside, used::kKeys, row)) return false;
        const auto left =
            row.says(used::credits_left) ? wire::number_of(row.token(used::credits_left)) : std::nullopt;
        if (left && *left < 1'000'000'000'000)
            (key == usage::current_month ? plan.month_left : plan.day_left) =
                static_cast<std::int64_t>(*left);
        return true;
    };
    const auto parts = [&](std::size_t key, JsonFrame::Value value) {
        if (key == info::usage) return part(usage::kKeys, value, usage_of);
        if (!part(limits::kKeys, value, nothing)) return false;
        has_plan = true;
        plan.month_limit = number_at(limits::credit_limit_monthly);
        plan.minute_limit = number_at(limits::rate_limit_minute);
        if (inner.says(limits::reset))
            if (const auto text = wire::text_of(inner.token(limits::reset)))
                plan.month_reset = wire::time_of_text(*text);
        return true;
    };
    Members outer;
    return frame.read(object, info::kKeys, outer, parts);
}

Reply AnswerReader::Impl::judge(int http, const io::HttpResponse& response, Timestamp now) const {
    const Judgement judgement = judgement_of(http, code.value_or(0), now);
    Reply reply{judgement.verdict, code.value_or(0) != 0 ? *code : http, judgement.words, {}, {}};
    if (reply.words.empty()) reply.words = message;
    if (reply.words.empty()) reply.words = fmt::format("CoinMarketCap answered with status {}", http);
    for (char& c : reply.words)
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    if (reply.verdict == Verdict::rate_limited) {
        // What the venue says counts; only a limit of the day or month outlasts a shorter word.
        const bool credits_gone = code == 1009 || code == 1010;
        const auto said = io::retry_at(response, now);
        reply.retry_at = said && !(credits_gone && *said < judgement.until) ? said : judgement.until;
    }
    return reply;
}

/// A price by a name that several coins have is nobody's, unless the coin's number is known.
void AnswerReader::Impl::give_quotes() {
    for (const Found& each : found) {
        const auto others = std::count_if(found.begin(), found.end(), [&](const Found& other) {
            return other.instrument == each.instrument;
        });
        if (1 < others && numbers.find(each.instrument) == 0) {
            bad_rows.push_back(
                {"several coins have this name: read the instruments first", std::string_view{"symbol"}, 0});
            continue;
        }
        const QuotedBars::News news = bars.take(each.instrument, each.price, each.priced_at);
        if (news.closed) events.emplace_back(*news.closed);
        if (news.open) events.emplace_back(*news.open);
    }
}

Reply AnswerReader::Impl::finish(Timestamp now) {
    const Reply unreadable{Verdict::unknown, 200, "CoinMarketCap's answer could not be read", {}, {}};
    Reply good{Verdict::ok, 200, {}, {}, {}};
    if (std::holds_alternative<wire::AskClock>(*question)) {
        if (answered_at == Timestamp{}) return unreadable;
        events.assign(1, wire::ServerClock{answered_at, now});
        return good;
    }
    if (!has_data) return unreadable;
    if (std::holds_alternative<wire::AskQuotes>(*question)) {
        give_quotes();
        if (found.empty() && bad_rows.empty()) {
            good.verdict = Verdict::refused;
            good.words = "CoinMarketCap knows none of these coins";
        }
        return good;
    }
    if (const auto* ask = std::get_if<wire::AskBars>(question)) {
        const Result<BarWindow> window = bar_window(*ask);
        if (!window || candle_coins != 1 || !candle_coin) {
            bad_rows.clear();
            return {
                Verdict::unknown, 200, "CoinMarketCap's candles are not of the one coin asked for", {}, {}};
        }
        std::sort(candles.begin(), candles.end(),
                  [](const OpenBar& a, const OpenBar& b) { return a.open_time < b.open_time; });
        for (const OpenBar& bar : candles) {
            if (bar.open_time < window->from || window->to <= bar.open_time) continue;
            if (const Result<ClosedBar> closed = bar.closed(now))
                events.emplace_back(*closed);
            else
                events.emplace_back(bar);
        }
        if (!window->is_last)
            good.next_page = std::to_string(
                std::chrono::floor<std::chrono::seconds>(window->to.time_since_epoch()).count());
        return good;
    }
    if (const auto* ask = std::get_if<wire::AskListings>(question)) {
        if (kCoinsPerPage <= rows) {
            const std::uint64_t start = ask->page.empty() ? 1 : wire::number_of(ask->page).value_or(1);
            good.next_page = std::to_string(start + kCoinsPerPage);
        }
        return good;
    }
    if (!has_plan) return unreadable;
    credits.learn(plan);
    wire::AccountFacts facts;
    facts.may_trade = facts.may_withdraw = facts.may_short = false;
    facts.received_at = now;
    if (credits.exhausted_until(now)) facts.trouble = std::string_view{"the credits of the plan are used up"};
    events.assign(1, facts);
    return good;
}

}  // namespace plumb::venues::coinmarketcap
