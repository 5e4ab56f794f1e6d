#include "exchange/alpaca/assets.hpp"

#include <algorithm>

#include "exchange/alpaca/ids.hpp"
#include "exchange/alpaca/text.hpp"

namespace plumb::exchange::alpaca {
namespace {

bool is_capital(char c) { return 'A' <= c && c <= 'Z'; }
bool is_digit(char c) { return '0' <= c && c <= '9'; }

/// Made-up names of large simulated markets carry digits, so they pass beside the letters the venue has.
bool is_code(std::string_view text, std::size_t length_max) {
    return !text.empty() && text.size() <= length_max && is_capital(text.front()) &&
           std::ranges::all_of(text, [](char c) { return is_capital(c) || is_digit(c); });
}

}  // namespace

Assets::Assets(const VenueModel& model) {
    for (std::uint32_t i = 0; i < model.market_count(); ++i) {
        const MarketSpec& market = model.market(InstrumentId{i});
        const Instrument& instrument = market.instrument;
        Asset asset;
        asset.instrument = InstrumentId{i};
        asset.is_crypto = market.kind != MarketKind::equity;
        asset.base = instrument.base;
        asset.quote = instrument.quote;
        asset.symbol = asset.is_crypto ? instrument.name() : instrument.base;
        asset.position = asset.is_crypto ? instrument.base + instrument.quote : instrument.base;
        asset.id = uuid_of_name("alpaca asset " + asset.symbol);
        asset.can_short = instrument.can_short && !asset.is_crypto;
        asset.tick = instrument.tick;
        asset.lot = instrument.lot;
        asset.quantity_min = instrument.quantity_min;
        by_text_.emplace(asset.symbol, i);
        by_text_.emplace(asset.id, i);
        assets_.push_back(std::move(asset));
    }
    // A stock may be spelled as a coin without its slash; then the stock has the name.
    for (const Asset& asset : assets_) by_text_.emplace(asset.position, asset.instrument.value);
}

const Asset* Assets::find(std::string_view text) const {
    const auto found = by_text_.find(text);
    return found == by_text_.end() ? nullptr : &assets_[found->second];
}

const Asset* Assets::find_symbol(std::string_view symbol) const {
    const Asset* asset = find(symbol);
    return asset != nullptr && asset->symbol == symbol ? asset : nullptr;
}

void write_asset(JsonOut& out, const Asset& asset) {
    const bool is_stock = !asset.is_crypto;
    out.begin_object();
    out.text("id", asset.id);
    out.text("class", is_stock ? "us_equity" : "crypto");
    out.text("exchange", is_stock ? "NASDAQ" : "CRYPTO");
    out.text("symbol", asset.symbol);
    out.text("name", is_stock ? asset.base + " Common Stock" : asset.base + " / " + asset.quote);
    out.text("status", "active");
    out.boolean("tradable", true);
    out.boolean("marginable", is_stock);
    out.number("maintenance_margin_requirement", std::int64_t{is_stock ? 30 : 100});
    out.text("margin_requirement_long", is_stock ? "30" : "100");
    out.text("margin_requirement_short", is_stock ? "30" : "100");
    out.boolean("shortable", asset.can_short);
    out.boolean("easy_to_borrow", asset.can_short);
    if (is_stock) out.text("borrow_status", asset.can_short ? "easy_to_borrow" : "hard_to_borrow");
    out.boolean("fractionable", true);
    out.key("attributes").begin_array();
    if (is_stock) out.text("fractional_eh_enabled").text("overnight_tradable");
    out.end_array();
    if (asset.is_crypto) {
        out.amount("min_order_size", asset.quantity_min.value);
        out.amount("min_trade_increment", asset.lot.value);
        out.amount("price_increment", asset.tick.value);
    }
    out.end_object();
}

bool is_crypto_symbol(std::string_view text) {
    const std::size_t slash = text.find('/');
    return slash != std::string_view::npos && is_code(text.substr(0, slash), 16) &&
           is_code(text.substr(slash + 1), 8);
}

bool is_stock_symbol(std::string_view text) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    return is_code(text.substr(0, dot), 16) && (dot == text.size() || is_code(text.substr(dot + 1), 4));
}

}  // namespace plumb::exchange::alpaca
