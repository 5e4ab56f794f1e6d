#include "venues/demo/demo_spec.hpp"

#include <array>
#include <cmath>

#include "base/check.hpp"
#include "base/rng.hpp"
#include "venues/demo/demo_path.hpp"

namespace plumb::venues::demo {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

struct Row {
    const char* base;
    Market market;
    double price;
    const char* tick;
    const char* lot;
    const char* notional_min;
    double volatility;
    double market_beta;
    double spread_bps;
    double day_volume;
};

// Ticks and lots as the large venues have them; volatilities of the usual order; prices as the earlier
// programs' demo.
constexpr auto kRows = std::to_array<Row>({
    {"BTC", Market::crypto, 45000, "0.01", "0.00001", "5", 0.55, 1.0, 1.0, 4e8},
    {"ETH", Market::crypto, 3000, "0.01", "0.0001", "5", 0.60, 1.0, 1.0, 2e8},
    {"LTC", Market::crypto, 75, "0.01", "0.001", "5", 0.65, 1.0, 2.5, 2e7},
    {"BCH", Market::crypto, 250, "0.01", "0.001", "5", 0.65, 1.0, 2.5, 2e7},
    {"LINK", Market::crypto, 15, "0.001", "0.01", "5", 0.75, 1.1, 2.5, 2e7},
    {"DOT", Market::crypto, 7, "0.001", "0.01", "5", 0.75, 1.1, 3.0, 1e7},
    {"AVAX", Market::crypto, 35, "0.01", "0.01", "5", 0.85, 1.2, 3.0, 2e7},
    {"ADA", Market::crypto, 0.5, "0.0001", "0.1", "5", 0.80, 1.2, 3.0, 2e7},
    {"SOL", Market::crypto, 100, "0.01", "0.001", "5", 0.85, 1.2, 1.5, 1e8},
    {"UNI", Market::crypto, 6, "0.001", "0.01", "5", 0.85, 1.2, 4.0, 5e6},
    {"XLM", Market::crypto, 0.12, "0.00001", "1", "5", 0.80, 1.0, 3.0, 5e6},
    {"XRP", Market::crypto, 0.6, "0.0001", "0.1", "5", 0.80, 1.0, 2.0, 5e7},
    {"DOGE", Market::crypto, 0.08, "0.00001", "1", "5", 0.95, 1.2, 2.5, 3e7},
    {"SHIB", Market::crypto, 0.00001, "0.00000001", "1", "5", 1.00, 1.2, 5.0, 2e7},
    {"MATIC", Market::crypto, 0.9, "0.0001", "0.1", "5", 0.85, 1.2, 3.0, 2e7},
    {"ATOM", Market::crypto, 10, "0.001", "0.01", "5", 0.75, 1.1, 3.0, 1e7},
    {"NEAR", Market::crypto, 3.5, "0.001", "0.1", "5", 0.95, 1.2, 3.5, 8e6},
    {"FIL", Market::crypto, 5.5, "0.001", "0.01", "5", 0.85, 1.1, 3.5, 8e6},
    {"AAVE", Market::crypto, 95, "0.01", "0.001", "5", 0.80, 1.1, 3.5, 5e6},
    {"ALGO", Market::crypto, 0.18, "0.0001", "1", "5", 0.80, 1.1, 5.0, 3e6},
    {"USDC", Market::pegged, 1, "0.0001", "0.01", "1", 0.0003, 0, 1.0, 5e7},
    {"USDT", Market::pegged, 1, "0.0001", "0.01", "1", 0.0004, 0, 1.0, 1e8},
    {"AAPL", Market::stock, 175, "0.01", "1", "1", 0.25, 1.1, 1.0, 8e8},
    {"MSFT", Market::stock, 400, "0.01", "1", "1", 0.24, 1.0, 1.0, 6e8},
    {"GOOGL", Market::stock, 140, "0.01", "1", "1", 0.28, 1.1, 1.0, 5e8},
    {"TSLA", Market::stock, 250, "0.01", "1", "1", 0.50, 1.4, 1.5, 9e8},
    {"NVDA", Market::stock, 480, "0.01", "1", "1", 0.45, 1.4, 1.5, 9e8},
    {"KO", Market::stock, 60, "0.01", "1", "1", 0.18, 0.6, 2.0, 5e7},
    {"PEP", Market::stock, 170, "0.01", "1", "1", 0.18, 0.6, 2.0, 5e7},
});

Decimal exact(const char* text) {
    const Result<Decimal> value = Decimal::parse(text);
    PLUMB_CHECK(value.has_value());
    return *value;
}

NameSpec name_of(const Row& row) {
    NameSpec name;
    name.instrument.base = row.base;
    name.instrument.quote = "USD";
    name.instrument.tick = Price{exact(row.tick)};
    name.instrument.lot = Quantity{exact(row.lot)};
    name.instrument.quantity_min = name.instrument.lot;
    name.instrument.notional_min = Money{exact(row.notional_min)};
    name.market = row.market;
    name.price = row.price;
    name.volatility = row.volatility;
    name.market_beta = row.market_beta;
    name.spread_bps = row.spread_bps;
    name.jumps_per_year = row.market == Market::crypto ? 40 : row.market == Market::stock ? 12 : 0;
    name.jump_size = row.market == Market::pegged ? 0 : 0.012;
    name.day_volume = row.day_volume;
    return name;
}

Status check_name(const NameSpec& name) {
    const std::string label = name.instrument.name();
    const auto wrong = [&](const char* what) {
        return fail(Errc::invalid_argument, "demo name " + label + ": " + what);
    };
    if (name.instrument.tick.sign() <= 0 || name.instrument.lot.sign() <= 0)
        return wrong("tick and lot must be above 0");
    if (!std::isfinite(name.price) || !(name.price >= 10 * name.instrument.tick.to_double()))
        return wrong("the price must be at least ten ticks");
    if (!std::isfinite(name.volatility) || !(name.volatility > 0))
        return wrong("the volatility must be above 0");
    if (!(name.spread_bps > 0 && name.spread_bps < 1000))
        return wrong("the bid-ask spread must be in (0, 1000) bps");
    if (!(name.day_volume > 0)) return wrong("the daily volume must be above 0");
    if (name.market != Market::pegged && !(own_variance_per_year(name) > 0))
        return wrong("market factor and jumps leave nothing of the volatility");
    return {};
}

Status check_pair(const DemoSpec& spec, const PairTruth& pair) {
    const auto wrong = [&](const char* what) {
        return fail(Errc::invalid_argument, "demo pair " + pair.y + " on " + pair.x + ": " + what);
    };
    const auto x = find_name(spec, pair.x);
    if (!x || !find_name(spec, pair.y) || pair.x == pair.y)
        return wrong("both must be different names of the market");
    if (spec.names[*x].market == Market::pegged) return wrong("the leader may not be pegged");
    int rows_of_y = 0;
    for (const PairTruth& other : spec.pairs) {
        if (other.y == pair.x) return wrong("the leader must not follow another name");
        rows_of_y += other.y == pair.y ? 1 : 0;
    }
    if (rows_of_y > 1) return wrong("a name may follow one leader only");
    if (pair.half_life < minutes{2}) return wrong("the half-life must be at least two minutes");
    if (!(pair.residual_std > 0) || !(pair.hedge_ratio > 0) || !(pair.intercept >= 0))
        return wrong("residual and hedge ratio must be above 0, the intercept not below 0");
    return {};
}

}  // namespace

DemoSpec demo_spec(std::uint64_t seed, Timestamp start, Timestamp live_start) {
    DemoSpec spec;
    spec.seed = seed;
    spec.start = start;
    spec.live_start = live_start;
    for (const Row& row : kRows) spec.names.push_back(name_of(row));
    const Timestamp past_break = std::chrono::floor<minutes>(start + (live_start - start) * 6 / 10);
    const Timestamp live_break = std::chrono::floor<minutes>(live_start + hours{24});
    // Intercepts make the rows' prices agree: y = intercept + hedge_ratio * x at the start.
    spec.pairs = {
        {"ETH/USD", "BTC/USD", 0.06, 300, hours{6}, 36, {}},
        {"BCH/USD", "LTC/USD", 3.0, 25, minutes{90}, 2.5, {}},
        {"DOT/USD", "LINK/USD", 0.4, 1, hours{12}, 0.105, {}},
        {"XRP/USD", "XLM/USD", 4.0, 0.12, minutes{25}, 0.006, {}},
        {"PEP/USD", "KO/USD", 2.5, 20, hours{20}, 1.4, {}},
        {"ADA/USD", "AVAX/USD", 0.012, 0.08, hours{4}, 0.006, past_break},
        {"UNI/USD", "SOL/USD", 0.05, 1, hours{3}, 0.072, live_break},
    };
    return spec;
}

Status add_name(DemoSpec& spec, std::string_view symbol) {
    const Result<SymbolName> parsed = parse_symbol(symbol);
    if (!parsed) return fail(parsed.error());
    NameSpec name = name_of({"", Market::crypto, 0, "0.01", "0.0001", "5", 0.7, 1.0, 3.0, 1e7});
    name.instrument.base = parsed->base;
    name.instrument.quote = parsed->quote;
    if (find_name(spec, name.instrument.name())) return {};
    Rng rng = Rng{spec.seed}.fork(stream_of(name.instrument.name(), Stream::base_price));
    name.price = std::round((50 + 450 * rng.uniform()) * 100) / 100;
    spec.names.push_back(std::move(name));
    return {};
}

Status check(const DemoSpec& spec) {
    using std::chrono::seconds;
    const auto wrong = [](const char* what) { return fail(Errc::invalid_argument, what); };
    const Duration minute = minutes{1};
    if (spec.tick <= Duration{} || minute % spec.tick != Duration{})
        return wrong("demo tick must divide a minute");
    if (spec.start.time_since_epoch() % minute != Duration{} ||
        spec.live_start.time_since_epoch() % minute != Duration{})
        return wrong("demo start and live start must be whole minutes");
    if (spec.live_start < spec.start) return wrong("demo live start must not be before the start");
    if (spec.bar_length < spec.tick || spec.bar_length % spec.tick != Duration{})
        return wrong("demo bar length must be a multiple of the tick");
    for (std::size_t i = 0; i < spec.names.size(); ++i) {
        if (Status status = check_name(spec.names[i]); !status) return status;
        if (*find_name(spec, spec.names[i].instrument.name()) != i)
            return fail(Errc::duplicate, "demo name " + spec.names[i].instrument.name() + " is there twice");
    }
    for (const PairTruth& pair : spec.pairs)
        if (Status status = check_pair(spec, pair); !status) return status;
    return {};
}

std::vector<Instrument> instruments(const DemoSpec& spec) {
    std::vector<Instrument> all;
    for (const NameSpec& name : spec.names) all.push_back(name.instrument);
    return all;
}

std::optional<std::size_t> find_name(const DemoSpec& spec, std::string_view name) {
    for (std::size_t i = 0; i < spec.names.size(); ++i) {
        const Instrument& one = spec.names[i].instrument;
        if (name.size() == one.base.size() + 1 + one.quote.size() && name.starts_with(one.base) &&
            name[one.base.size()] == '/' && name.ends_with(one.quote))
            return i;
    }
    return std::nullopt;
}

}  // namespace plumb::venues::demo
