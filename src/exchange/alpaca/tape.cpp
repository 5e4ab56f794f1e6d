#include "exchange/alpaca/tape.hpp"

#include <algorithm>

namespace plumb::exchange::alpaca {

void Tape::on_events(std::span<const ModelEvent> events) {
    for (const ModelEvent& event : events) {
        if (!begins_at_) begins_at_ = std::chrono::ceil<std::chrono::minutes>(event.at);
        if (const auto* trade = std::get_if<TradeHappened>(&event.what)) {
            Market& market = markets_[trade->instrument.value];
            market.last_trade = PastTrade{.number = trade->number,
                                          .aggressor = trade->aggressor,
                                          .price = trade->price,
                                          .quantity = trade->quantity,
                                          .at = event.at};
            const Timestamp minute = std::chrono::floor<std::chrono::minutes>(event.at);
            if (market.minutes.empty() || market.minutes.back().start != minute) {
                market.minutes.push_back({.start = minute, .trades = 0, .volume = {}, .value = {}});
                if (kMinutesMax < market.minutes.size()) {
                    market.minutes.pop_front();
                    market.is_cut = true;
                }
            }
            Minute& tally = market.minutes.back();
            ++tally.trades;
            tally.volume += trade->quantity;
            tally.value += trade->price * trade->quantity;
        } else if (const auto* quote = std::get_if<QuoteChanged>(&event.what)) {
            auto& quotes = markets_[quote->instrument.value].quotes;
            quotes.push_back({event.at, *quote});
            if (kQuotesMax < quotes.size()) quotes.pop_front();
        }
    }
}

TimedQuote Tape::quote(InstrumentId instrument, Timestamp now) const {
    const auto& quotes = markets_[instrument.value].quotes;
    if (!quotes.empty()) return quotes.back();
    return {now, model_.quote(instrument)};
}

std::optional<Minute> Tape::traded(InstrumentId instrument, Timestamp from, Timestamp to) const {
    const Market& market = markets_[instrument.value];
    if (!begins_at_ || from < *begins_at_) return std::nullopt;
    if (market.is_cut && from < market.minutes.front().start) return std::nullopt;
    Minute sum{.start = from, .trades = 0, .volume = {}, .value = {}};
    auto minute = std::ranges::lower_bound(market.minutes, from, {}, &Minute::start);
    for (; minute != market.minutes.end() && minute->start < to; ++minute) {
        sum.trades += minute->trades;
        sum.volume += minute->volume;
        sum.value += minute->value;
    }
    return sum;
}

}  // namespace plumb::exchange::alpaca
