#include "venues/alpaca/market_frame.hpp"

#include "venues/alpaca/decode.hpp"

namespace plumb::venues::alpaca {
namespace {

constexpr std::size_t kLevelsReserved = 1'000;

constexpr wire::KeyTable<2> kLevelKeys{{"p", "s"}};

}  // namespace

MarketObject::MarketObject() {
    bids_.reserve(kLevelsReserved);
    asks_.reserve(kLevelsReserved);
}

void MarketObject::clear() {
    bids_.clear();
    asks_.clear();
    acknowledged_.clear();
    has_bids_ = has_asks_ = false;
}

bool MarketObject::read(wire::JsonWalk& walk) {
    clear();
    return walk.read(kMarketKeys, members_, [&](std::size_t key) {
        switch (key) {
            case key::b:
            case key::a:
            case key::trades:
            case key::quotes:
            case key::bars:
            case key::orderbooks:
            case key::statuses: return false;
            default: return walk.skip();  // conditions of a stock's trade or quote
        }
    });
}

bool MarketObject::read(wire::JsonFrame& frame, wire::JsonFrame::Object object) {
    clear();
    return frame.read(object, kMarketKeys, members_, [&](std::size_t key, wire::JsonFrame::Value value) {
        return read_nested(frame, key, value);
    });
}

bool MarketObject::read_nested(wire::JsonFrame& frame, std::size_t key, wire::JsonFrame::Value value) {
    switch (key) {
        case key::b: return has_bids_ = read_levels(frame, value, bids_, "b");
        case key::a: return has_asks_ = read_levels(frame, value, asks_, "a");
        case key::trades: return read_symbols(frame, value, wire::DataKind::trade, "trades");
        case key::quotes: return read_symbols(frame, value, wire::DataKind::quote, "quotes");
        case key::bars: return read_symbols(frame, value, wire::DataKind::bar, "bars");
        case key::orderbooks: return read_symbols(frame, value, wire::DataKind::book, "orderbooks");
        case key::statuses: return read_symbols(frame, value, wire::DataKind::status, "statuses");
        default: return true;  // conditions of a stock's trade or quote
    }
}

bool MarketObject::read_levels(wire::JsonFrame& frame, wire::JsonFrame::Value value,
                               std::vector<BookLevel>& levels, std::string_view name) {
    wire::JsonFrame::Array list;
    if (value.get_array().get(list) != simdjson::SUCCESS)
        return frame.refuse("expected a list of levels", name, nullptr);
    levels.clear();
    for (auto element : list) {
        wire::JsonFrame::Object object;
        if (const auto error = element.get_object().get(object); error != simdjson::SUCCESS)
            return error == simdjson::INCORRECT_TYPE ? frame.refuse("expected a level", name, nullptr)
                                                     : frame.refuse(error);
        wire::Members members;
        const auto nothing = [](std::size_t, wire::JsonFrame::Value) { return true; };
        if (!frame.read(object, kLevelKeys, members, nothing)) return false;
        wire::MemberReader<2> read{kLevelKeys, members, frame.begin(), wire::Decimals::bare};
        const BookLevel level{read.price(0), read.quantity_or_zero(1)};
        if (!read.ok()) return frame.refuse(read.refused());
        if (levels.size() == Decoder::kLevelsMax)
            return frame.refuse("more levels than a book has", name, nullptr);
        levels.push_back(level);
    }
    return true;
}

bool MarketObject::read_symbols(wire::JsonFrame& frame, wire::JsonFrame::Value value, wire::DataKind data,
                                std::string_view name) {
    wire::JsonFrame::Array list;
    if (value.get_array().get(list) != simdjson::SUCCESS)
        return frame.refuse("expected a list of symbols", name, nullptr);
    for (auto element : list) {
        wire::JsonFrame::Value item;
        if (const auto error = element.get(item); error != simdjson::SUCCESS) return frame.refuse(error);
        const std::string_view token = item.raw_json_token();
        const auto symbol = wire::text_of(token);
        if (!symbol || !wire::SymbolText::fits(*symbol))
            return frame.refuse("expected a symbol", name, token.data());
        if (acknowledged_.size() == Decoder::kSymbolsMax)
            return frame.refuse("more symbols than the venue has", name, token.data());
        acknowledged_.push_back({data, *symbol == "*" ? wire::SymbolText{} : wire::SymbolText{*symbol}});
    }
    return true;
}

}  // namespace plumb::venues::alpaca
