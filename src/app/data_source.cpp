#include "app/data_source.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "venues/demo/demo_history.hpp"
#include "venues/replay/csv_source.hpp"

namespace plumb::app {
namespace {

using std::chrono::days;

// The demo market's calendar. It is nobody's present: a run today and a run next year see the same prices.
const Timestamp kDemoLiveStart = *parse_timestamp("2025-03-03");
constexpr days kDemoPast{60};

// Bases that are coins whatever they are quoted in; files of other names quoted in dollars are taken for stocks.
constexpr auto kCoins = std::to_array<std::string_view>(
    {"AAVE", "ADA",  "ALGO", "ATOM", "AVAX", "BAT",  "BCH",  "BNB",   "BTC",  "CRV", "DAI", "DOGE", "DOT", "EOS", "ETC",
     "ETH",  "FIL",  "GRT",  "LINK", "LTC",  "MATIC", "MKR", "NEAR",  "SHIB", "SOL", "SUSHI", "TRX", "UNI", "USDC", "USDT",
     "WBTC", "XLM",  "XMR",  "XRP",  "XTZ",  "YFI"});

bool is_coin(const SymbolName& symbol) {
    return symbol.quote != "USD" || std::ranges::find(kCoins, symbol.base) != kCoins.end();
}

std::string base_of(const std::string& name) { return name.substr(0, name.find('/')); }

Price finest_tick(const BarHistory& history) {
    int decimals = 0;
    const std::size_t looked_at = std::min<std::size_t>(history.size(), 2000);
    for (std::size_t i = history.size() - looked_at; i < history.size(); ++i) {
        decimals = std::max(decimals, history.close(i).value.decimals());
    }
    return Price{Decimal::power_of_ten(-std::min(decimals, 12))};
}

Quantity lot_worth_a_cent(double price) {
    const int exponent = static_cast<int>(std::floor(std::log10(0.01 / price)));
    return Quantity{Decimal::power_of_ten(std::clamp(exponent, -8, 0))};
}

}  // namespace

Result<DataSource> open_data_source(const Settings& settings) {
    const std::string& name = settings.text("data-source");
    if (name == "demo") {
        const auto seed = static_cast<std::uint64_t>(settings.has("seed") ? settings.integer("seed") : 1);
        auto spec = venues::demo::demo_spec(seed, kDemoLiveStart - kDemoPast, kDemoLiveStart);
        auto history = std::make_unique<venues::demo::DemoHistory>(spec);
        return DataSource{name, std::move(history), std::move(spec)};
    }
    if (name == "csv") {
        if (!settings.has("data-dir")) {
            return fail(Errc::invalid_argument, "data-source csv: expected --data-dir, the folder of the price files");
        }
        auto opened = replay::open_csv_folder(settings.path("data-dir"));
        if (!opened) return fail(opened.error());
        return DataSource{name, std::move(*opened), std::nullopt};
    }
    return fail(Errc::unsupported, "data-source " + name + ": history comes from demo, csv or archive in this version");
}

Result<std::vector<std::string>> chosen_names(const Settings& settings, HistorySource& source) {
    const auto all = source.names();
    if (!all) return fail(all.error());
    const auto find = [&](const std::string& asked) -> Result<std::string> {
        if (std::ranges::find(*all, asked) != all->end()) return asked;
        const auto symbol = parse_symbol(asked);
        if (!symbol) return fail(symbol.error());
        const std::string full = symbol->base + "/" + symbol->quote;
        if (std::ranges::find(*all, full) != all->end()) return full;
        const auto same_base = [&](const std::string& name) { return base_of(name) == symbol->base; };
        if (std::ranges::count_if(*all, same_base) == 1) return *std::ranges::find_if(*all, same_base);
        return fail(Errc::not_found, "the source has no instrument " + asked + "; it has " + std::to_string(all->size()) +
                                         ", the first of them " + (all->empty() ? "none" : all->front()));
    };
    std::vector<std::string> names;
    if (settings.has("symbols")) {
        for (const std::string& asked : settings.symbols("symbols")) {
            const auto name = find(asked);
            if (!name) return fail(name.error());
            if (std::ranges::find(names, *name) == names.end()) names.push_back(*name);
        }
    } else {
        names = *all;
    }
    if (settings.has("exclude-symbols")) {
        for (const std::string& asked : settings.symbols("exclude-symbols")) {
            const auto name = find(asked);
            if (!name) return fail(name.error());
            std::erase(names, *name);
        }
    }
    std::ranges::sort(names);
    return names;
}

Result<std::vector<BarHistory>> load_histories(HistorySource& source, const std::vector<std::string>& names,
                                               Duration length, std::optional<Timestamp> from,
                                               std::optional<Timestamp> to) {
    std::vector<BarHistory> histories;
    for (const std::string& name : names) {
        auto history = source.bars(name, length, from.value_or(Timestamp::min()), to.value_or(Timestamp::max()));
        if (!history) return fail(history.error());
        histories.push_back(std::move(*history));
    }
    return histories;
}

Instrument instrument_for(const DataSource& source, const BarHistory& history) {
    if (source.demo) {
        if (const auto at = venues::demo::find_name(*source.demo, history.name())) return source.demo->names[*at].instrument;
    }
    const auto symbol = parse_symbol(history.name());
    Instrument instrument;
    instrument.base = symbol ? symbol->base : history.name();
    instrument.quote = symbol ? symbol->quote : "USD";
    instrument.tick = finest_tick(history);
    const double price = history.empty() ? 1 : history.close_as_double(history.size() - 1);
    const bool coin = symbol && is_coin(*symbol);
    instrument.lot = coin ? lot_worth_a_cent(price) : Quantity{Decimal{1}};
    instrument.quantity_min = instrument.lot;
    instrument.notional_min = Money{Decimal{coin ? 5 : 1}};
    return instrument;
}

}  // namespace plumb::app
