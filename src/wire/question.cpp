#include "wire/question.hpp"

namespace plumb::wire {
namespace {

struct Name {
    std::string_view operator()(const AskPlace&) const { return "place order"; }
    std::string_view operator()(const AskCancel&) const { return "cancel order"; }
    std::string_view operator()(const AskReplace&) const { return "replace order"; }
    std::string_view operator()(const AskOrder&) const { return "order"; }
    std::string_view operator()(const AskOpenOrders&) const { return "open orders"; }
    std::string_view operator()(const AskFills&) const { return "fills"; }
    std::string_view operator()(const AskPositions&) const { return "positions"; }
    std::string_view operator()(const AskBalances&) const { return "balances"; }
    std::string_view operator()(const AskAccount&) const { return "account"; }
    std::string_view operator()(const AskPermissions&) const { return "permissions of the key"; }
    std::string_view operator()(const AskListings&) const { return "instruments"; }
    std::string_view operator()(const AskBars&) const { return "bars"; }
    std::string_view operator()(const AskTrades&) const { return "trades"; }
    std::string_view operator()(const AskQuotes&) const { return "quotes"; }
    std::string_view operator()(const AskBook&) const { return "book"; }
    std::string_view operator()(const AskClock&) const { return "clock"; }
    std::string_view operator()(const AskStreamKey&) const { return "stream key"; }
    std::string_view operator()(const AskCancelAllAfter&) const { return "dead-man switch"; }
};

}  // namespace

std::string_view name_of(const Question& question) { return std::visit(Name{}, question); }

bool changes_something(const Question& question) {
    return std::holds_alternative<AskPlace>(question) || std::holds_alternative<AskCancel>(question) ||
           std::holds_alternative<AskReplace>(question) || std::holds_alternative<AskStreamKey>(question) ||
           std::holds_alternative<AskCancelAllAfter>(question);
}

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::ok: return "ok";
        case Verdict::refused: return "refused";
        case Verdict::not_found: return "not_found";
        case Verdict::duplicate: return "duplicate";
        case Verdict::rate_limited: return "rate_limited";
        case Verdict::unauthorized: return "unauthorized";
        case Verdict::clock: return "clock";
        case Verdict::unavailable: return "unavailable";
        case Verdict::unknown: return "unknown";
    }
    return "";
}

std::string_view to_string(DataKind kind) {
    switch (kind) {
        case DataKind::trade: return "trade";
        case DataKind::quote: return "quote";
        case DataKind::bar: return "bar";
        case DataKind::book: return "book";
        case DataKind::mark_price: return "mark_price";
        case DataKind::status: return "status";
        case DataKind::orders: return "orders";
    }
    return "";
}

}  // namespace plumb::wire
