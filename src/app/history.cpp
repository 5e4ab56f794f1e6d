#include "app/history.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "app/tape_source.hpp"
#include "app/venue_history.hpp"
#include "app/venue_session.hpp"
#include "app/wall_pacer.hpp"
#include "core/instrument.hpp"
#include "store/archive_source.hpp"
#include "venues/demo/demo_history.hpp"
#include "venues/replay/csv_source.hpp"

namespace plumb::app {
namespace {

// Whether the user wrote a quote: a bare name takes whatever default is offered.
Result<bool> names_quote(std::string_view symbol) {
    const Result<SymbolName> one = parse_symbol(symbol, "USD");
    const Result<SymbolName> other = parse_symbol(symbol, "USDT");
    if (!one) return fail(one.error());
    return one->quote == other->quote;
}

// The name on offer that a user's spelling means: base and quote if both are there, else the base alone where
// it is unique.
Result<std::string> name_on_offer(std::string_view symbol, const std::vector<std::string>& names) {
    const Result<SymbolName> asked = parse_symbol(symbol);
    if (!asked) return fail(asked.error().at("--symbols"));
    const Result<bool> with_quote = names_quote(symbol);
    if (!with_quote) return fail(with_quote.error().at("--symbols"));
    const std::string exact = asked->base + "/" + asked->quote;
    if (*with_quote && std::ranges::find(names, exact) != names.end()) return exact;
    std::vector<std::string> same_base;
    for (const std::string& name : names) {
        if (name.substr(0, name.find('/')) == asked->base) same_base.push_back(name);
    }
    if (same_base.size() == 1) return same_base.front();
    if (same_base.empty()) {
        return fail(Errc::not_found,
                    fmt::format("--symbols: {} is not on offer: {}", symbol, fmt::join(names, " ")));
    }
    return fail(Errc::not_found, fmt::format("--symbols: {} may be any of {}: add the quote", symbol,
                                             fmt::join(same_base, " ")));
}

}  // namespace

Result<std::vector<std::string>> chosen_names(const Settings& settings,
                                              const std::vector<std::string>& names) {
    std::vector<std::string> chosen = names;
    if (settings.has("symbols")) {
        chosen.clear();
        for (const std::string& symbol : settings.symbols("symbols")) {
            Result<std::string> name = name_on_offer(symbol, names);
            if (!name) return fail(name.error());
            if (std::ranges::find(chosen, *name) == chosen.end()) chosen.push_back(*std::move(name));
        }
    }
    if (settings.has("exclude-symbols")) {
        for (const std::string& symbol : settings.symbols("exclude-symbols")) {
            const Result<std::string> name = name_on_offer(symbol, names);
            if (!name) return fail(name.error());
            std::erase(chosen, *name);
        }
    }
    return chosen;
}

venues::demo::DemoSpec demo_market(std::uint64_t seed) {
    return venues::demo::demo_spec(seed, kDemoLiveStart - kDemoHistory, kDemoLiveStart);
}

Result<std::unique_ptr<HistorySource>> open_history(const Settings& settings, const Streams* people) {
    const std::string& source = settings.text("data-source");
    if (source == "demo") {
        const auto seed = static_cast<std::uint64_t>(settings.integer("seed"));
        return std::make_unique<venues::demo::DemoHistory>(demo_market(seed));
    }
    if (source == "archive") {
        return store::open_archive(settings.has("data-dir") ? settings.path("data-dir")
                                                            : settings.workspace());
    }
    if (source == "replay") {
        if (!settings.has("tape"))
            return fail(Errc::invalid_argument,
                        "--data-source replay: expected --tape FILE, a session's tape");
        return open_tape_history(settings.path("tape"));
    }
    if (is_venue(source)) return open_venue_history(settings, source, people);
    if (source != "csv") {
        return fail(
            Errc::unsupported,
            fmt::format("--data-source {} has no history in this version: demo, csv, archive and replay have",
                        source));
    }
    if (!settings.has("data-dir")) {
        return fail(Errc::invalid_argument,
                    "--data-source csv: expected --data-dir, the folder of price files");
    }
    return replay::open_csv_folder(settings.path("data-dir"));
}

HistoryWindow history_window(const Settings& settings, Duration length) {
    HistoryWindow window{.length = length, .back = {}, .from = {}, .to = {}};
    if (settings.has("from"))
        window.from = settings.date("from");
    else if (is_venue(settings.text("data-source")))
        window.from = settings.has("to") ? settings.date("to") - from_seconds(settings.number("days") * 86400)
                                         : wall_clock_now() - from_seconds(settings.number("days") * 86400);
    else
        window.back = from_seconds(settings.number("days") * 86400);
    if (settings.has("to")) window.to = settings.date("to");
    return window;
}

Result<std::vector<BarHistory>> load_histories(HistorySource& source, const Settings& settings,
                                               const HistoryWindow& window) {
    const Result<std::vector<std::string>> names = source.names();
    if (!names) return fail(names.error());
    const Result<std::vector<std::string>> chosen = chosen_names(settings, *names);
    if (!chosen) return fail(chosen.error());
    const Status ready = source.prepare(*chosen, window.length, window.from.value_or(Timestamp::min()),
                                        window.to.value_or(Timestamp::max()));
    if (!ready) return fail(ready.error());
    std::vector<BarHistory> histories;
    Timestamp latest = Timestamp::min();
    for (const std::string& name : *chosen) {
        Result<BarHistory> history = source.bars(name, window.length, window.from.value_or(Timestamp::min()),
                                                 window.to.value_or(Timestamp::max()));
        if (!history) return fail(history.error());
        if (history->empty()) continue;
        latest = std::max(latest, history->close_time(history->size() - 1));
        histories.push_back(*std::move(history));
    }
    if (window.back) {
        for (BarHistory& history : histories)
            history = history.slice(latest - *window.back, Timestamp::max());
        std::erase_if(histories, [](const BarHistory& history) { return history.empty(); });
    }
    if (histories.empty()) return fail(Errc::empty, "expected bars, found none in the time asked for");
    return histories;
}

}  // namespace plumb::app
