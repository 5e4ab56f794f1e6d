#include "app/tape_source.hpp"

#include <algorithm>

#include "app/tape_session.hpp"
#include "bars/resample.hpp"

namespace plumb::app {
namespace {

class TapeHistory : public HistorySource {
 public:
    TapeHistory(std::filesystem::path path, std::vector<Instrument> instruments)
        : path_{std::move(path)}, instruments_{std::move(instruments)} {}

    Result<std::vector<std::string>> names() override {
        std::vector<std::string> all;
        for (const Instrument& each : instruments_) all.push_back(each.name());
        std::ranges::sort(all);
        return all;
    }

    Result<BarHistory> bars(const std::string& name, Duration length, Timestamp from, Timestamp to) override {
        const auto at = std::ranges::find(instruments_, name, &Instrument::name);
        if (at == instruments_.end()) return fail(Errc::not_found, "the tape has no " + name);
        const InstrumentId id{static_cast<std::uint32_t>(at - instruments_.begin())};
        auto tape = store::TapeReader::open(path_);
        if (!tape) return fail(tape.error());
        std::optional<BarHistory> history;
        for (;;) {
            const auto record = tape->next();
            if (!record || !*record) break;
            const auto* event = std::get_if<Event>(&**record);
            const auto* bar = event != nullptr ? std::get_if<ClosedBar>(event) : nullptr;
            if (bar == nullptr || bar->instrument != id || bar->open_time < from || to <= bar->open_time)
                continue;
            if (!history) history.emplace(name, bar->length);
            if (bar->length != history->length()) continue;
            if (const Status added = history->append(bar->open_time, bar->values, bar->origin); !added) {
                return fail(added.error().at(name));
            }
        }
        if (!history)
            return fail(Errc::unsupported,
                        "the tape has no bars of " + name + ": it holds quotes and trades");
        if (length == Duration{} || length == history->length()) return *std::move(history);
        return bars::resample(*history, length);
    }

 private:
    std::filesystem::path path_;
    std::vector<Instrument> instruments_;
};

class TapeFeed : public MarketDataFeed {
 public:
    TapeFeed(store::TapeReader tape, std::vector<std::optional<InstrumentId>> ids)
        : tape_{std::move(tape)}, ids_{std::move(ids)} {}

    Result<std::optional<MarketEvent>> next() override {
        for (;;) {
            const auto record = tape_.next();
            if (!record && record.error().code() == Errc::truncated) return std::optional<MarketEvent>{};
            if (!record) return fail(record.error());
            if (!*record) return std::optional<MarketEvent>{};
            const auto* event = std::get_if<Event>(&**record);
            if (event == nullptr) continue;
            if (auto market = translated(*event)) return std::optional<MarketEvent>{*market};
        }
    }

 private:
    std::optional<MarketEvent> translated(const Event& event) const {
        return std::visit(
            [this](const auto& each) -> std::optional<MarketEvent> {
                using Each = std::decay_t<decltype(each)>;
                // Ticks are made anew from the times of the events.
                if constexpr (std::is_constructible_v<MarketEvent, Each> && !std::is_same_v<Each, Tick>) {
                    if (each.instrument.value >= ids_.size() || !ids_[each.instrument.value])
                        return std::nullopt;
                    Each copy = each;
                    copy.instrument = *ids_[each.instrument.value];
                    return MarketEvent{copy};
                } else {
                    return std::nullopt;
                }
            },
            event);
    }

    store::TapeReader tape_;
    std::vector<std::optional<InstrumentId>> ids_;
};

}  // namespace

Result<TapeDescription> describe_tape(const std::filesystem::path& path) {
    auto tape = store::TapeReader::open(path);
    if (!tape) return fail(tape.error());
    const auto session = read_tape_session(tape->header().session_json);
    if (!session) return fail(session.error());
    return TapeDescription{tape->header().instruments, session->bars};
}

Result<std::unique_ptr<HistorySource>> open_tape_history(const std::filesystem::path& path) {
    auto description = describe_tape(path);
    if (!description) return fail(description.error());
    return std::make_unique<TapeHistory>(path, std::move(description->instruments));
}

Result<std::unique_ptr<MarketDataFeed>> open_tape_feed(const std::filesystem::path& path,
                                                       const InstrumentTable& table) {
    auto tape = store::TapeReader::open(path);
    if (!tape) return fail(tape.error());
    std::vector<std::optional<InstrumentId>> ids;
    for (const Instrument& each : tape->header().instruments) ids.push_back(table.find(each.name()));
    return std::make_unique<TapeFeed>(*std::move(tape), std::move(ids));
}

}  // namespace plumb::app
