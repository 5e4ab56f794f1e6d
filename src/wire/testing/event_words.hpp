#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "core/instrument.hpp"
#include "wire/wire_event.hpp"

namespace plumb::wire::testing {

/// Events as lines of text, for tests to compare with what a person wrote. Keeps what it takes.
class TextSink final : public wire::WireSink {
 public:
    explicit TextSink(const InstrumentTable& instruments) : instruments_{instruments} {}

    void take(const wire::WireEvent& event) override {
        lines.push_back(std::visit([this](const auto& each) { return text(each); }, event));
    }
    std::vector<std::string> lines;

 private:
    std::string name(InstrumentId id) const { return instruments_[id].name(); }

    std::string text(const wire::Ignored&) const { return "ignored"; }
    std::string text(const wire::Refused& refused) const {
        return fmt::format("refused {}", refused.field.view());
    }
    std::string text(const wire::Control& control) const {
        constexpr const char* kKinds[] = {"welcome", "authenticated", "acknowledged", "refused",
                                          "error",   "heartbeat",     "shutdown"};
        std::string line = kKinds[static_cast<int>(control.kind)];
        if (control.refusal != wire::Refusal::none)
            line += fmt::format(" for {}", static_cast<int>(control.refusal));
        if (control.data) line += fmt::format(" {}", to_string(*control.data));
        if (control.instrument) line += fmt::format(" {}", name(*control.instrument));
        if (control.code != 0) line += fmt::format(" {}", control.code);
        if (control.kind == wire::Control::Kind::refused || control.kind == wire::Control::Kind::error)
            line += fmt::format(" \"{}\"", control.text.view());
        return line;
    }
    std::string text(const Trade& trade) const {
        return fmt::format("trade {} {} {} x {} id {} at {}", name(trade.instrument),
                           to_string(trade.aggressor), trade.price.to_string(), trade.quantity.to_string(),
                           trade.trade_id, to_iso(trade.venue_time));
    }
    std::string text(const Quote& quote) const {
        return fmt::format("quote {} {} x {} / {} x {} seq {} at {}", name(quote.instrument),
                           quote.bid.to_string(), quote.bid_quantity.to_string(), quote.ask.to_string(),
                           quote.ask_quantity.to_string(), quote.sequence, to_iso(quote.venue_time));
    }
    template <class Bar>
    std::string bar(const char* kind, const Bar& bar) const {
        return fmt::format("{} {} {} {} o {} h {} l {} c {} v {} {}", kind, name(bar.instrument),
                           granularity_name(bar.length), to_iso(bar.open_time), bar.values.open.to_string(),
                           bar.values.high.to_string(), bar.values.low.to_string(),
                           bar.values.close.to_string(), bar.values.volume.to_string(),
                           to_string(bar.origin));
    }
    std::string text(const ClosedBar& each) const { return bar("closed_bar", each); }
    std::string text(const OpenBar& each) const { return bar("open_bar", each); }
    std::string text(const BookDelta& delta) const {
        const auto levels = [](std::span<const BookLevel> side) {
            std::string all;
            for (const BookLevel& level : side)
                all += fmt::format(" {}:{}", level.price.to_string(), level.quantity.to_string());
            return all;
        };
        return fmt::format("book {} {} seq {} at {} bids{} asks{}", name(delta.instrument),
                           delta.snapshot ? "snapshot" : "update", delta.last_sequence,
                           to_iso(delta.venue_time), levels(delta.bids), levels(delta.asks));
    }
    std::string text(const MarkPrice&) const { return "mark_price"; }
    std::string text(const MarketStatus& status) const {
        constexpr const char* kStatuses[] = {"open", "halted", "closed"};
        return fmt::format("status {} {}", name(status.instrument),
                           kStatuses[static_cast<int>(status.status)]);
    }
    std::string text(const wire::OrderUpdate& order) const {
        std::string line =
            fmt::format("order {} {} {} {} {} {}", order.symbol.view(), order.client_order.view(),
                        order.venue_order.view(), to_string(order.side),
                        order.type ? to_string(*order.type) : "other", to_string(order.state));
        const auto add = [&](const char* word, const auto& value) {
            if (value) line += fmt::format(" {} {}", word, value->to_string());
        };
        add("quantity", order.quantity);
        add("filled", order.filled);
        add("limit", order.limit);
        add("stop", order.stop);
        add("average", order.average);
        if (order.fill)
            line += fmt::format(" fill {} {} x {} fee {} {}{}", order.fill->execution.view(),
                                order.fill->price.to_string(), order.fill->quantity.to_string(),
                                order.fill->fee.to_string(), order.fill->fee_asset.view(),
                                order.fill->maker ? " maker" : "");
        line += fmt::format(" at {}", to_iso(order.venue_time));
        if (!order.reason.empty()) line += fmt::format(" \"{}\"", order.reason.view());
        return line;
    }
    std::string text(const wire::Balance& balance) const {
        return fmt::format("balance {} {} available {}", balance.asset.view(), balance.total.to_string(),
                           balance.available.to_string());
    }
    std::string text(const wire::VenuePosition& position) const {
        return fmt::format("position {} {}", position.symbol.view(), position.quantity.to_string());
    }
    std::string text(const wire::AccountFacts& facts) const {
        const auto truth = [](const std::optional<bool>& value) {
            return !value ? "unsaid" : *value ? "yes" : "no";
        };
        return fmt::format("account {} trade {} withdraw {} short {}", facts.account.view(),
                           truth(facts.may_trade), truth(facts.may_withdraw), truth(facts.may_short));
    }
    std::string text(const wire::Listing& listing) const {
        return fmt::format("listing {} {}/{} tick {} lot {} quantity {}..{} notional {}..{} {}",
                           listing.symbol.view(), listing.base.view(), listing.quote.view(),
                           listing.tick.to_string(), listing.lot.to_string(),
                           listing.quantity_min.to_string(), listing.quantity_max.to_string(),
                           listing.notional_min.to_string(), listing.notional_max.to_string(),
                           listing.status == TradingStatus::open     ? "open"
                           : listing.status == TradingStatus::halted ? "halted"
                                                                     : "closed");
    }
    std::string text(const wire::ServerClock& clock) const {
        return fmt::format("clock {}", to_iso(clock.venue_time));
    }
    std::string text(const wire::StreamKey&) const { return "stream_key"; }

    const InstrumentTable& instruments_;
};

}  // namespace plumb::wire::testing
