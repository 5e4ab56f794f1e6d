#include "exchange/binance/account_answers.hpp"

#include <algorithm>

#include "exchange/binance/filters.hpp"

namespace plumb::exchange::binance {
namespace {

/// The rates of the first market: all are alike.
FeeRule fees_of(const Desk& desk) {
    return desk.symbols.all().empty() ? FeeRule{} : desk.model.market(InstrumentId{0}).fees;
}

std::int64_t basis_points(Decimal rate) {
    return static_cast<std::int64_t>((rate * Decimal{10'000}).units() / Decimal::kOne);
}

/// When anything of the account moved last: its newest order, or the opening.
Timestamp updated_at(const Desk& desk, AccountId account, Timestamp now) {
    const auto orders = desk.model.orders(account, std::nullopt, now);
    return orders.empty() ? desk.past.begins_at() : orders.back().updated_at;
}

void write_rates(JsonWriter& json, std::string_view key, const FeeRule& fees) {
    json.open(key).fixed("maker", fees.maker, kAssetDecimals).fixed("taker", fees.taker, kAssetDecimals);
    json.text("buyer", "0.00000000").text("seller", "0.00000000").close();
}

/// Every asset there is at the venue, with what the account has of it.
struct AssetLine {
    std::string name;
    Balance balance;
};
std::vector<AssetLine> assets_of(const Desk& desk, AccountId account, Timestamp now) {
    std::vector<AssetLine> lines;
    const auto add = [&](const std::string& name, AssetId asset) {
        if (std::ranges::find(lines, name, &AssetLine::name) == lines.end())
            lines.push_back({name, desk.model.balance(account, asset, now)});
    };
    for (const Symbol& symbol : desk.symbols.all()) {
        if (lines.empty()) add(symbol.quote, symbol.quote_asset);
        add(symbol.base, symbol.base_asset);
    }
    for (const Balance& balance : desk.model.balances(account, now))
        add(desk.model.asset_name(balance.asset), balance.asset);
    return lines;
}

}  // namespace

Answer spot_account_info(Desk& desk, Call& call) {
    const auto omit = call.parameters.boolean("omitZeroBalances", false);
    if (!omit) return refuse(omit.error());
    const FeeRule fees = fees_of(desk);
    JsonWriter json;
    json.open()
        .number("makerCommission", basis_points(fees.maker))
        .number("takerCommission", basis_points(fees.taker));
    json.number("buyerCommission", 0).number("sellerCommission", 0);
    write_rates(json, "commissionRates", fees);
    json.boolean("canTrade", true)
        .boolean("canWithdraw", false)
        .boolean("canDeposit", false)
        .boolean("brokered", false);
    json.boolean("requireSelfTradePrevention", false).boolean("preventSor", false);
    json.number("updateTime", call.stamp(updated_at(desk, call.account, call.now)))
        .text("accountType", "SPOT")
        .open_list("balances");
    for (const auto& [name, balance] : assets_of(desk, call.account, call.now)) {
        if (*omit && balance.total.is_zero()) continue;
        json.open()
            .text("asset", name)
            .fixed("free", balance.free(), kAssetDecimals)
            .fixed("locked", balance.held, kAssetDecimals)
            .close();
    }
    json.close_list().open_list("permissions").text({}, "SPOT").close_list();
    return json.number("uid", 354937868 + call.account.value).close().take();
}

Answer commission(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    JsonWriter json;
    json.open().text("symbol", (*symbol)->name);
    write_rates(json, "standardCommission", desk.model.market((*symbol)->id).fees);
    write_rates(json, "specialCommission", {});
    write_rates(json, "taxCommission", {});
    json.open("discount").boolean("enabledForAccount", false).boolean("enabledForSymbol", false);
    return json.text("discountAsset", "BNB").text("discount", "0.25000000").close().close().take();
}

Answer my_filters(Desk& desk, Call& call) {
    const auto symbol = desk.symbols.need(call.parameters);
    if (!symbol) return refuse(symbol.error());
    return R"({"exchangeFilters":[],"symbolFilters":[],"assetFilters":[]})";
}

Answer retired_user_stream(Desk&, Call&) {
    return refuse({410, -1016, "This service is no longer available.", {}, 0});
}

Answer empty_list(Desk&, Call&) { return "[]"; }

Answer system_status(Desk&, Call&) { return R"({"status":0,"msg":"normal"})"; }

Answer coins(Desk& desk, Call& call) {
    JsonWriter json;
    json.open_list();
    for (const auto& [name, balance] : assets_of(desk, call.account, call.now)) {
        json.open()
            .text("coin", name)
            .boolean("depositAllEnable", false)
            .fixed("free", balance.free(), kAssetDecimals);
        json.text("freeze", "0").text("ipoable", "0").text("ipoing", "0").boolean("isLegalMoney", false);
        json.fixed("locked", balance.held, kAssetDecimals)
            .text("name", name)
            .open_list("networkList")
            .close_list();
        json.text("storage", "0")
            .boolean("trading", true)
            .boolean("withdrawAllEnable", false)
            .text("withdrawing", "0")
            .close();
    }
    return json.close_list().take();
}

Answer trade_fees(Desk& desk, Call& call) {
    const auto one = desk.symbols.maybe(call.parameters);
    if (!one) return refuse(one.error());
    JsonWriter json;
    json.open_list();
    for (const Symbol& symbol : desk.symbols.all()) {
        if (*one != nullptr && *one != &symbol) continue;
        const FeeRule& fees = desk.model.market(symbol.id).fees;
        json.open()
            .text("symbol", symbol.name)
            .plain("makerCommission", fees.maker)
            .plain("takerCommission", fees.taker)
            .close();
    }
    return json.close_list().take();
}

Answer account_status(Desk&, Call&) { return R"({"data":"Normal"})"; }

Answer trading_status(Desk&, Call&) {
    return R"({"data":{"isLocked":false,"plannedRecoverTime":0,"triggerCondition":{"GCR":150,"IFER":150,"UFR":300},"updateTime":0}})";
}

Answer key_restrictions(Desk& desk, Call& call) {
    const auto key = desk.keys.find(call.api_key, call.now);
    if (!key) return refuse(key.error());
    JsonWriter json;
    json.open().boolean("ipRestrict", false).number("createTime", call.stamp(desk.past.begins_at()));
    json.boolean("enableWithdrawals", (*key)->access.may_withdraw).boolean("enableInternalTransfer", false);
    json.boolean("permitsUniversalTransfer", false)
        .boolean("enableVanillaOptions", false)
        .boolean("enableReading", true);
    json.boolean("enableFutures", !desk.is_spot()).boolean("enableMargin", false);
    return json.boolean("enableSpotAndMarginTrading", (*key)->access.may_trade).close().take();
}

Answer user_assets(Desk& desk, Call& call) {
    JsonWriter json;
    json.open_list();
    for (const auto& [name, balance] : assets_of(desk, call.account, call.now)) {
        if (balance.total.is_zero()) continue;
        json.open()
            .text("asset", name)
            .fixed("free", balance.free(), kAssetDecimals)
            .fixed("locked", balance.held, kAssetDecimals);
        json.text("freeze", "0")
            .text("withdrawing", "0")
            .text("ipoable", "0")
            .text("btcValuation", "0")
            .close();
    }
    return json.close_list().take();
}

Answer empty_page(Desk&, Call&) { return R"({"rows":[],"total":0})"; }
Answer empty_dribblets(Desk&, Call&) { return R"({"total":0,"userAssetDribblets":[]})"; }

}  // namespace plumb::exchange::binance
