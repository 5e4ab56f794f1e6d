#include "venues/coinbase/reasons.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace plumb::venues::coinbase {
namespace {

using wire::Verdict;

/// NewOrderFailureReason of the venue's API description, without those that say nothing
/// (UNKNOWN_FAILURE_REASON) or prove the order (DUPLICATE_CLIENT_ORDER_ID), and the words under `error` that
/// the request was turned away for.
constexpr auto kOrderRefusals = std::to_array<std::string_view>({
    "ACCOUNT_NOT_AVAILABLE",
    "COMMANDER_REJECTED_NEW_ORDER",
    "GEOFENCING_RESTRICTION",
    "INELIGIBLE_PAIR",
    "INSUFFICIENT_FUND",
    "INSUFFICIENT_FUNDS",
    "INVALID_ARGUMENT",
    "INVALID_BRACKET_PRICES",
    "INVALID_LEDGER_BALANCE",
    "INVALID_LIMIT_PRICE",
    "INVALID_LIMIT_PRICE_POST_ONLY",
    "INVALID_NO_LIQUIDITY",
    "INVALID_PRICE_PRECISION",
    "INVALID_PRODUCT_ID",
    "INVALID_REQUEST",
    "INVALID_SIDE",
    "INVALID_SIZE_PRECISION",
    "IN_LIQUIDATION",
    "ORDER_ENTRY_DISABLED",
    "PRODUCT_TRADING_HALTED",
    "QUOTE_SIZE_NOT_ALLOWED_FOR_BRACKET",
    "TRADING_DISABLED",
    "UNSUPPORTED_ORDER_CONFIGURATION",
    "UNTRADABLE_PRODUCT",
});
/// PreviewFailureReason: found before an order was made.
constexpr auto kPreviewRefusals = std::to_array<std::string_view>({
    "PREVIEW_BREACHED_ACCOUNT_POSITION_LIMIT",
    "PREVIEW_BREACHED_COMPANY_POSITION_LIMIT",
    "PREVIEW_BREACHED_OPEN_INTEREST_LIMIT",
    "PREVIEW_BREACHED_PRICE_LIMIT",
    "PREVIEW_GEOFENCING_RESTRICTION",
    "PREVIEW_INSUFFICIENT_FUND",
    "PREVIEW_INSUFFICIENT_FUNDS_FOR_FUTURES",
    "PREVIEW_INSUFFICIENT_LEDGER_BALANCE",
    "PREVIEW_INVALID_BASE_SIZE_TOO_LARGE",
    "PREVIEW_INVALID_BASE_SIZE_TOO_SMALL",
    "PREVIEW_INVALID_COMMISSION_CONFIGURATION",
    "PREVIEW_INVALID_END_TIME",
    "PREVIEW_INVALID_LEDGER_BALANCE",
    "PREVIEW_INVALID_LIMIT_PRICE",
    "PREVIEW_INVALID_LIMIT_PRICE_POST_ONLY",
    "PREVIEW_INVALID_NO_LIQUIDITY",
    "PREVIEW_INVALID_ORDER_CONFIG",
    "PREVIEW_INVALID_PRICE_PRECISION",
    "PREVIEW_INVALID_PRICE_TOO_LARGE",
    "PREVIEW_INVALID_PRODUCT_ID",
    "PREVIEW_INVALID_QUOTE_SIZE_PRECISION",
    "PREVIEW_INVALID_QUOTE_SIZE_TOO_LARGE",
    "PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL",
    "PREVIEW_INVALID_SIDE",
    "PREVIEW_INVALID_SIZE_PRECISION",
    "PREVIEW_INVALID_STOP_PRICE",
    "PREVIEW_IN_LIQUIDATION",
    "PREVIEW_MISSING_COMMISSION_RATE",
    "PREVIEW_MISSING_MARKET_TRADE_DATA",
    "PREVIEW_MISSING_PRODUCT_PRICE_BOOK",
    "PREVIEW_NOT_ALLOWED_BY_MARKET_STATE",
    "PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE",
    "PREVIEW_STOP_PRICE_BELOW_LAST_TRADE_PRICE",
    "PREVIEW_UNTRADABLE_PRODUCT",
});
/// EditOrderFailureReason.
constexpr auto kEditRefusals = std::to_array<std::string_view>({
    "CANNOT_EDIT_TO_BELOW_FILLED_SIZE",
    "COMMANDER_REJECTED_EDIT_ORDER",
    "EDIT_REQUEST_REJECTED",
    "INVALID_EDITED_PRICE",
    "INVALID_EDITED_SIZE",
    "INVALID_ORIGINAL_ORDER",
    "INVALID_PRICE",
    "INVALID_SIZE",
    "ONLY_LIMIT_ORDER_EDITS_SUPPORTED",
    "ONLY_OPEN_ORDERS_CAN_BE_EDITED",
    "ORDER_NOT_FOUND",
});
/// CancelOrderFailureReason, of those that say the cancel will not happen.
constexpr auto kCancelRefusals = std::to_array<std::string_view>({
    "COMMANDER_REJECTED_CANCEL_ORDER",
    "INVALID_CANCEL_FCM_TRADING_SESSION",
    "INVALID_CANCEL_PRODUCT_ID",
    "INVALID_CANCEL_REQUEST",
    "NOT_ALLOWED_TO_CANCEL",
    "ORDER_IS_BEING_REPLACED",
    "ORDER_IS_FULLY_FILLED",
});

template <std::size_t Size>
bool is_in(const std::array<std::string_view, Size>& list, std::string_view code) {
    return std::find(list.begin(), list.end(), code) != list.end();
}

constexpr auto kSentences = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"INSUFFICIENT_FUND", "the account holds too little for this order"},
    {"INSUFFICIENT_FUNDS", "the account holds too little for this order"},
    {"PREVIEW_INSUFFICIENT_FUND", "the account holds too little for this order"},
    {"UNSUPPORTED_ORDER_CONFIGURATION", "Coinbase does not take this type of order for this product"},
    {"INVALID_LIMIT_PRICE_POST_ONLY", "a post-only order would have traded at once"},
    {"PREVIEW_INVALID_SIZE_PRECISION", "the quantity is not on the product's grid"},
    {"INVALID_SIZE_PRECISION", "the quantity is not on the product's grid"},
    {"INVALID_PRICE_PRECISION", "the price is not on the product's grid"},
    {"PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL", "the order is worth less than the product's minimum"},
    {"PREVIEW_INVALID_BASE_SIZE_TOO_SMALL", "the quantity is below the product's minimum"},
    {"PREVIEW_INVALID_BASE_SIZE_TOO_LARGE", "the quantity is above the product's maximum"},
    {"ORDER_ENTRY_DISABLED", "Coinbase takes no orders for this product now"},
    {"PRODUCT_TRADING_HALTED", "trading of this product is halted"},
    {"TRADING_DISABLED", "trading of this product is disabled"},
    {"GEOFENCING_RESTRICTION", "this account's country may not trade the product"},
    {"ORDER_IS_FULLY_FILLED", "the order has filled already"},
    {"UNKNOWN_CANCEL_ORDER", "Coinbase does not know the order"},
});

}  // namespace

Verdict verdict_of_order(std::string_view code) {
    if (is_in(kOrderRefusals, code) || is_in(kPreviewRefusals, code) || is_in(kEditRefusals, code))
        return Verdict::refused;
    if (code == "DUPLICATE_CLIENT_ORDER_ID") return Verdict::duplicate;
    return verdict_of_error(code);
}

Verdict verdict_of_cancel(std::string_view code) {
    if (is_in(kCancelRefusals, code)) return Verdict::refused;
    if (code == "UNKNOWN_CANCEL_ORDER") return Verdict::not_found;
    if (code == "DUPLICATE_CANCEL_REQUEST") return Verdict::ok;  // a cancel is on its way already
    return verdict_of_error(code);
}

Verdict verdict_of_error(std::string_view code) {
    if (code == "PERMISSION_DENIED" || code == "UNAUTHENTICATED" || code == "unauthorized" ||
        code == "authentication_error" || code == "invalid_token" || code == "expired_token" ||
        code == "invalid_scope")
        return Verdict::unauthorized;
    if (code == "rate_limit_exceeded" || code == "RESOURCE_EXHAUSTED" || code == "resource_exhausted")
        return Verdict::rate_limited;
    return Verdict::unknown;
}

std::string_view sentence_of(std::string_view code) {
    for (const auto& [name, sentence] : kSentences)
        if (name == code) return sentence;
    return {};
}

}  // namespace plumb::venues::coinbase
