#include "exchange/host/truth_writer.hpp"

#include <fmt/format.h>

#include <iterator>

#include "exchange/faults/fault_script.hpp"

namespace plumb::exchange {
namespace {

constexpr AccountId kHouse{};

template <class... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};

}  // namespace

std::string_view to_string(BalanceReason reason) {
    switch (reason) {
        case BalanceReason::trade: return "trade";
        case BalanceReason::fee: return "fee";
        case BalanceReason::reserve: return "reserve";
        case BalanceReason::release: return "release";
        case BalanceReason::deposit: return "deposit";
        case BalanceReason::withdrawal: return "withdrawal";
        case BalanceReason::funding: return "funding";
        case BalanceReason::liquidation: return "liquidation";
    }
    return "";
}

std::string_view to_string(TradingStatus status) {
    switch (status) {
        case TradingStatus::open: return "open";
        case TradingStatus::halted: return "halted";
        case TradingStatus::closed: return "closed";
    }
    return "";
}

void append_json_text(std::string& out, std::string_view text) {
    out += '"';
    for (const char each : text) {
        const auto byte = static_cast<unsigned char>(each);
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += each;
        } else if (byte < 0x20 || 0x7e < byte) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
        } else {
            out += each;
        }
    }
    out += '"';
}

void TruthWriter::key(std::string_view name) {
    line_ += ",\"";
    line_ += name;
    line_ += "\":";
}

TruthWriter& TruthWriter::begin(std::string_view record, Timestamp at) {
    line_.clear();
    fmt::format_to(std::back_inserter(line_), R"({{"sequence":{},"at":"{}","venue":"{}","record":"{}")",
                   log_.next_sequence(), to_iso(at), venue_, record);
    return *this;
}

TruthWriter& TruthWriter::text(std::string_view name, std::string_view value) {
    key(name);
    append_json_text(line_, value);
    return *this;
}

TruthWriter& TruthWriter::amount(std::string_view name, Decimal value) {
    key(name);
    char digits[Decimal::kTextMax];
    line_ += '"';
    line_.append(digits, value.print(digits));
    line_ += '"';
    return *this;
}

TruthWriter& TruthWriter::flag(std::string_view name, bool value) {
    return json(name, value ? "true" : "false");
}

TruthWriter& TruthWriter::json(std::string_view name, std::string_view value) {
    key(name);
    line_ += value;
    return *this;
}

void TruthWriter::end() {
    line_ += '}';
    log_.write(line_);
}

void TruthWriter::order(const OrderHappened& happened, Timestamp at, const VenueModel& model) {
    const OrderRecord& record = happened.record;
    const OrderSpec& spec = record.spec;
    begin("order", at).text("step", to_string(happened.step)).number("order", record.number);
    text("client_id", spec.client_id).text("account", model.account(spec.account).name);
    text("instrument", model.market(spec.instrument).instrument.name())
        .text("side", plumb::to_string(spec.side));
    text("type", plumb::to_string(spec.type)).text("time_in_force", plumb::to_string(spec.time_in_force));
    amount("quantity", spec.quantity.value);
    if (!spec.notional.is_zero()) amount("notional", spec.notional.value);
    if (!spec.limit.is_zero()) amount("limit", spec.limit.value);
    if (!spec.stop.is_zero()) amount("stop", spec.stop.value);
    if (spec.post_only) flag("post_only", true);
    if (spec.reduce_only) flag("reduce_only", true);
    text("status", to_string(record.status)).amount("filled", record.filled.value);
    amount("filled_value", record.filled_value.value);
    if (record.end_reason != EndReason::none) text("end_reason", to_string(record.end_reason));
    if (happened.step == OrderStep::rejected) text("refusal", to_string(happened.refusal));
    if (record.by_hand) flag("by_hand", true);
    if (record.replaces != 0) number("replaces", record.replaces);
    if (record.replaced_by != 0) number("replaced_by", record.replaced_by);
    end();
}

void TruthWriter::fill(const OrderHappened& happened, Timestamp at, const VenueModel& model) {
    const Execution& execution = happened.execution;
    begin("fill", at).number("execution", execution.number).number("trade", execution.trade);
    number("order", execution.order).text("client_id", happened.record.spec.client_id);
    text("account", model.account(execution.account).name);
    text("instrument", model.market(execution.instrument).instrument.name());
    text("side", plumb::to_string(execution.side)).amount("price", execution.price.value);
    amount("quantity", execution.quantity.value).flag("maker", execution.maker);
    amount("fee", execution.fee).text("fee_asset", model.asset_name(execution.fee_asset));
    amount("realized", execution.realized_profit.value);
    amount("position_after", execution.position_after.value);
    amount("filled_after", execution.filled_after.value);
    if (execution.liquidation) flag("liquidation", true);
    if (happened.record.by_hand) flag("by_hand", true);
    end();
}

void TruthWriter::model_events(std::span<const ModelEvent> events, const VenueModel& model) {
    for (const ModelEvent& event : events) {
        const Timestamp at = event.at;
        std::visit(
            Overloaded{
                [&](const OrderHappened& order_event) {
                    if (order_event.record.spec.account == kHouse) return;
                    if (order_event.step == OrderStep::filled) fill(order_event, at, model);
                    order(order_event, at, model);
                },
                [&](const BalanceChanged& balance) {
                    if (balance.account == kHouse) return;
                    begin("balance", at).text("account", model.account(balance.account).name);
                    text("asset", model.asset_name(balance.asset)).amount("total", balance.total);
                    amount("held", balance.held).amount("change", balance.change);
                    text("reason", to_string(balance.reason)).end();
                },
                [&](const PositionChanged& position) {
                    if (position.account == kHouse) return;
                    begin("position", at).text("account", model.account(position.account).name);
                    text("instrument", model.market(position.instrument).instrument.name());
                    amount("quantity", position.quantity.value).amount("entry", position.entry.value).end();
                },
                [&](const StatusChanged& status) {
                    begin("status", at)
                        .text("instrument", model.market(status.instrument).instrument.name())
                        .text("status", to_string(status.status))
                        .end();
                },
                [&](const FundingPaid& funding) {
                    if (funding.account == kHouse) return;
                    begin("funding", at).text("account", model.account(funding.account).name);
                    text("instrument", model.market(funding.instrument).instrument.name());
                    amount("amount", funding.amount.value).amount("rate", funding.rate).end();
                },
                [](const TradeHappened&) {},
                [](const LevelChanged&) {},
                [](const QuoteChanged&) {},
                [](const MarkChanged&) {},
            },
            event.what);
    }
}

}  // namespace plumb::exchange
