#include "venues/binance/order_words.hpp"

#include <array>
#include <charconv>

namespace plumb::venues::binance {
namespace {

struct StatusName {
    std::string_view name;
    StatusWord status;
};
constexpr auto kStatuses = std::to_array<StatusName>({
    {"NEW", {OrderState::working}},
    {"PENDING_NEW", {OrderState::working}},
    {"PENDING_CANCEL", {OrderState::working}},
    {"PARTIALLY_FILLED", {OrderState::partially_filled}},
    {"FILLED", {OrderState::filled}},
    {"CANCELED", {OrderState::canceled}},
    {"EXPIRED", {OrderState::canceled}},
    {"EXPIRED_IN_MATCH", {OrderState::canceled}},
    {"REJECTED", {OrderState::rejected}},
    {"NEW_INSURANCE", {OrderState::working, true}},
    {"NEW_ADL", {OrderState::working, true}},
});

struct TypeName {
    std::string_view name;
    OrderType type;
};
constexpr auto kTypes = std::to_array<TypeName>({
    {"LIMIT", OrderType::limit},
    {"MARKET", OrderType::market},
    {"LIMIT_MAKER", OrderType::limit},
    {"STOP_LOSS", OrderType::stop},
    {"STOP_LOSS_LIMIT", OrderType::stop_limit},
    {"STOP", OrderType::stop_limit},
    {"STOP_MARKET", OrderType::stop},
    {"TRAILING_STOP_MARKET", OrderType::trailing_stop},
});

constexpr std::string_view kAlgo = "algo-";

std::size_t print(char* out, std::uint64_t number) {
    return static_cast<std::size_t>(std::to_chars(out, out + 20, number).ptr - out);
}

}  // namespace

std::optional<StatusWord> status_of(std::string_view word) {
    for (const StatusName& known : kStatuses)
        if (known.name == word) return known.status;
    return std::nullopt;
}

OrderState state_of(const StatusWord& status, Quantity filled, Quantity quantity) {
    if (!status.by_quantity) return status.state;
    if (filled.is_zero()) return OrderState::working;
    return filled < quantity ? OrderState::partially_filled : OrderState::filled;
}

std::optional<OrderType> type_of(std::string_view word) {
    for (const TypeName& known : kTypes)
        if (known.name == word) return known.type;
    return std::nullopt;
}

std::optional<Side> side_of(std::string_view word) {
    if (word == "BUY") return Side::buy;
    if (word == "SELL") return Side::sell;
    return std::nullopt;
}

ExecutionId execution_id(std::string_view symbol, std::uint64_t trade_id, Side side) {
    std::array<char, 32 + 24> text;
    if (!wire::SymbolText::fits(symbol)) return {};
    std::size_t size = symbol.copy(text.data(), symbol.size());
    text[size++] = '-';
    size += print(text.data() + size, trade_id);
    text[size++] = '-';
    text[size++] = side == Side::buy ? 'b' : 's';
    const std::string_view all{text.data(), size};
    return ExecutionId::fits(all) ? ExecutionId{all} : ExecutionId{};
}

VenueOrderId venue_order_id(std::uint64_t order_id) {
    std::array<char, 20> text;
    return std::string_view{text.data(), print(text.data(), order_id)};
}

VenueOrderId algo_order_id(std::uint64_t algo_id) {
    std::array<char, kAlgo.size() + 20> text;
    kAlgo.copy(text.data(), kAlgo.size());
    return std::string_view{text.data(), kAlgo.size() + print(text.data() + kAlgo.size(), algo_id)};
}

VenueNumber number_of(const VenueOrderId& id) {
    if (id.view().starts_with(kAlgo)) return {id.view().substr(kAlgo.size()), true};
    return {id.view(), false};
}

std::optional<Price> average_of(Decimal value, Quantity filled) {
    if (value.sign() <= 0 || filled.sign() <= 0) return std::nullopt;
    const Result<Decimal> average = Decimal::divide(value, filled.value);
    return average ? std::optional{Price{*average}} : std::nullopt;
}

}  // namespace plumb::venues::binance
